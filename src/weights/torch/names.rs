//! The names that a pickle of weights may use, and what each means here. All others are refused.
//!
//! Nothing that a name stands for in Python is ever run; the table says which values of the tree its use makes.

use crate::weights::Dtype;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The type of a storage: its number format, or none for bytes whose format the tensor states.
    Storage(Option<Dtype>),
    /// A number format.
    Format(Dtype),
    /// Makes a tensor of a storage, a place in it, a shape and strides.
    Tensor,
    /// The same, with a number format at the end.
    TensorWithFormat,
    /// Makes a parameter of a tensor: the tensor.
    Parameter,
    /// Makes a tensor by another name of this table, for a type that adds nothing to the numbers.
    Typed,
    /// A type that is only ever named beside a tensor.
    Type,
    /// A mapping.
    Mapping,
    /// A sequence.
    Sequence,
    /// A value that holds no weights: a setting, a date, a random state. What is made with it is passed over.
    Setting,
}

use Meaning::{Format, Mapping, Parameter, Sequence, Setting, Storage, Tensor, TensorWithFormat, Type, Typed};

/// Module, name, meaning.
static ALLOWED: &[(&str, &str, Meaning)] = &[
    ("torch", "FloatStorage", Storage(Some(Dtype::F32))),
    ("torch", "HalfStorage", Storage(Some(Dtype::F16))),
    ("torch", "BFloat16Storage", Storage(Some(Dtype::BF16))),
    ("torch", "DoubleStorage", Storage(Some(Dtype::F64))),
    ("torch", "LongStorage", Storage(Some(Dtype::I64))),
    ("torch", "IntStorage", Storage(Some(Dtype::I32))),
    ("torch", "ShortStorage", Storage(Some(Dtype::I16))),
    ("torch", "CharStorage", Storage(Some(Dtype::I8))),
    ("torch", "ByteStorage", Storage(Some(Dtype::U8))),
    ("torch", "BoolStorage", Storage(Some(Dtype::BOOL))),
    ("torch", "ComplexFloatStorage", Storage(Some(Dtype::C64))),
    ("torch.storage", "UntypedStorage", Storage(None)),
    ("torch", "UntypedStorage", Storage(None)),
    ("torch._utils", "_rebuild_tensor", Tensor),
    ("torch._utils", "_rebuild_tensor_v2", Tensor),
    ("torch._utils", "_rebuild_tensor_v3", TensorWithFormat),
    ("torch._utils", "_rebuild_parameter", Parameter),
    ("torch._utils", "_rebuild_parameter_with_state", Parameter),
    ("torch._tensor", "_rebuild_from_type_v2", Typed),
    ("torch", "Tensor", Type),
    ("torch.nn.parameter", "Parameter", Type),
    ("torch.nn.parameter", "Buffer", Type),
    ("torch", "float32", Format(Dtype::F32)),
    ("torch", "float64", Format(Dtype::F64)),
    ("torch", "float16", Format(Dtype::F16)),
    ("torch", "bfloat16", Format(Dtype::BF16)),
    ("torch", "float8_e4m3fn", Format(Dtype::F8_E4M3)),
    ("torch", "float8_e5m2", Format(Dtype::F8_E5M2)),
    ("torch", "float8_e4m3fnuz", Format(Dtype::F8_E4M3FNUZ)),
    ("torch", "float8_e5m2fnuz", Format(Dtype::F8_E5M2FNUZ)),
    ("torch", "float8_e8m0fnu", Format(Dtype::F8_E8M0)),
    ("torch", "complex64", Format(Dtype::C64)),
    ("torch", "int8", Format(Dtype::I8)),
    ("torch", "int16", Format(Dtype::I16)),
    ("torch", "int32", Format(Dtype::I32)),
    ("torch", "int64", Format(Dtype::I64)),
    ("torch", "uint8", Format(Dtype::U8)),
    ("torch", "uint16", Format(Dtype::U16)),
    ("torch", "uint32", Format(Dtype::U32)),
    ("torch", "uint64", Format(Dtype::U64)),
    ("torch", "bool", Format(Dtype::BOOL)),
    ("collections", "OrderedDict", Mapping),
    ("collections", "defaultdict", Mapping),
    ("collections", "Counter", Mapping),
    ("builtins", "dict", Mapping),
    ("__builtin__", "dict", Mapping),
    ("torch", "Size", Sequence),
    ("builtins", "set", Sequence),
    ("builtins", "frozenset", Sequence),
    ("builtins", "list", Sequence),
    ("builtins", "tuple", Sequence),
    ("__builtin__", "set", Sequence),
    ("torch", "device", Setting),
    ("builtins", "complex", Setting),
    ("builtins", "bytearray", Setting),
    ("builtins", "slice", Setting),
    ("builtins", "int", Setting),
    ("builtins", "float", Setting),
    ("builtins", "bool", Setting),
    ("builtins", "str", Setting),
    ("builtins", "bytes", Setting),
    ("_codecs", "encode", Setting),
    ("argparse", "Namespace", Setting),
    ("types", "SimpleNamespace", Setting),
    ("pathlib", "PosixPath", Setting),
    ("pathlib", "WindowsPath", Setting),
    ("pathlib", "PurePosixPath", Setting),
    ("datetime", "datetime", Setting),
    ("datetime", "date", Setting),
    ("datetime", "timedelta", Setting),
    ("datetime", "timezone", Setting),
    ("decimal", "Decimal", Setting),
    ("fractions", "Fraction", Setting),
    ("uuid", "UUID", Setting),
    ("numpy", "dtype", Setting),
    ("numpy", "ndarray", Setting),
    ("numpy.core.multiarray", "scalar", Setting),
    ("numpy.core.multiarray", "_reconstruct", Setting),
    ("numpy._core.multiarray", "scalar", Setting),
    ("numpy._core.multiarray", "_reconstruct", Setting),
    ("numpy._core.numeric", "_frombuffer", Setting),
    ("numpy.core.numeric", "_frombuffer", Setting),
    ("torch.torch_version", "TorchVersion", Setting),
    ("torch.serialization", "_get_layout", Setting),
    ("pytorch_lightning.utilities.parsing", "AttributeDict", Setting),
    ("lightning.fabric.utilities.data", "AttributeDict", Setting),
    ("lightning_fabric.utilities.data", "AttributeDict", Setting),
];

/// Longest module or name that is looked up, in bytes.
pub(super) const MAX_BYTES: usize = 256;

/// A name of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name(usize);

impl Name {
    /// The name, if it may be used.
    pub(super) fn find(module: &str, name: &str) -> Option<Self> {
        ALLOWED.iter().position(|(known, word, _)| *known == module && *word == name).map(Self)
    }

    /// What it stands for.
    pub(super) fn meaning(self) -> Meaning {
        ALLOWED[self.0].2
    }

    /// As it is written in Python.
    pub(super) fn word(self) -> String {
        format!("{}.{}", ALLOWED[self.0].0, ALLOWED[self.0].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_something_in_python_is_not_known() {
        for (module, name) in [
            ("os", "system"),
            ("posix", "system"),
            ("builtins", "eval"),
            ("builtins", "exec"),
            ("builtins", "getattr"),
            ("__builtin__", "eval"),
            ("subprocess", "Popen"),
            ("torch", "load"),
            ("torch.hub", "load"),
            ("torch.storage", "_load_from_bytes"),
            ("torch._utils", "_rebuild_wrapper_subclass"),
            ("functools", "partial"),
            ("operator", "attrgetter"),
            ("collections", "OrderedDict.update"),
            ("torch", "nn.Module"),
        ] {
            assert_eq!(Name::find(module, name), None, "{module}.{name}");
        }
    }

    #[test]
    fn no_name_is_listed_twice() {
        let mut names: Vec<_> = ALLOWED.iter().map(|&(module, name, _)| (module, name)).collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
