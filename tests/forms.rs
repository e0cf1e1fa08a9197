//! PyTorch and GGUF files against the packages that write them: the same names, formats, shapes and numbers.
//!
//! `form_samples/make.py` made the samples with torch 2.15, safetensors and gguf 2.4; the safetensors file beside each holds the
//! numbers that its own package reads from it.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use sovgrade::weights::{Dtype, Form, GgufProblem, Header, Problem, TorchProblem, WeightsError, read_weights};

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/form_samples").join(name)
}

fn header(name: &str) -> Result<Header, WeightsError> {
    let mut file = File::open(sample(name)).unwrap();
    let bytes = file.metadata().unwrap().len();
    read_weights(name, &mut file, bytes)
}

/// Format, shape and bytes of every tensor of a sample, by name.
fn tensors(name: &str) -> BTreeMap<String, (Dtype, Vec<u64>, Vec<u8>)> {
    let mut file = File::open(sample(name)).unwrap();
    let mut tensors = BTreeMap::new();
    for tensor in header(name).unwrap().tensors {
        file.seek(SeekFrom::Start(tensor.begin)).unwrap();
        let mut bytes = vec![0; usize::try_from(tensor.end - tensor.begin).unwrap()];
        file.read_exact(&mut bytes).unwrap();
        tensors.insert(tensor.name, (tensor.dtype, tensor.shape, bytes));
    }
    tensors
}

fn problem(name: &str) -> Problem {
    header(name).unwrap_err().problem
}

#[test]
fn what_torch_writes_is_what_safetensors_holds() {
    for (torch, safetensors) in [
        ("module.pt", "module.safetensors"),
        ("kinds-2.pt", "kinds.safetensors"),
        ("kinds-4.pt", "kinds.safetensors"),
        ("checkpoint.pt", "checkpoint.safetensors"),
    ] {
        assert_eq!(header(torch).unwrap().form, Form::Torch);
        assert_eq!(tensors(torch), tensors(safetensors), "{torch}");
    }
}

#[test]
fn a_tied_head_is_a_name_and_no_further_numbers() {
    let header = header("module.pt").unwrap();
    let tied: Vec<_> = header.tied.iter().map(|tied| (tied.name.as_str(), tied.with.as_str())).collect();
    assert_eq!(tied, [("lm_head.weight", "embed_tokens.weight")]);
}

#[test]
fn what_belongs_to_training_is_passed_over_and_named() {
    assert_eq!(header("checkpoint.pt").unwrap().passed_over, ["optimizer", "rng_state"]);
    assert_eq!(problem("optimizer.pt"), TorchProblem::Optimiser.into());
}

#[test]
fn other_forms_of_torch_are_refused_by_name() {
    assert_eq!(problem("old.pt"), TorchProblem::OldForm.into());
    assert_eq!(problem("script.pt"), TorchProblem::Script.into());
}

#[test]
fn what_gguf_writes_is_read_to_the_last_bit() {
    let header = header("formats.gguf").unwrap();
    assert_eq!(header.form, Form::Gguf);
    let value = |key: &str| header.metadata.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str());
    assert_eq!(value("general.architecture"), Some("llama"));
    assert_eq!(value("llama.attention.head_count"), Some("2"));
    assert_eq!(value("tokenizer.ggml.tokens"), None, "arrays are stepped over");
    assert_eq!(value("general.description"), None, "so are long texts");
    let (ours, theirs) = (tensors("formats.gguf"), tensors("formats.safetensors"));
    assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>());
    for (name, (dtype, shape, bytes)) in ours {
        let (expected_dtype, expected_shape, expected) = &theirs[&name];
        let mut numbers = [Vec::new(), Vec::new()];
        assert!(dtype.decode(&bytes, &mut numbers[0]) && expected_dtype.decode(expected, &mut numbers[1]), "{name}");
        let bits = numbers.map(|numbers| numbers.iter().map(|number| number.to_bits()).collect::<Vec<_>>());
        assert_eq!((&shape, &bits[0]), (expected_shape, &bits[1]), "{name}");
    }
}

#[test]
fn a_version_of_gguf_that_is_not_read_is_named() {
    for (version, expected) in
        [(1_u32, GgufProblem::Version(1)), (4, GgufProblem::Version(4)), (3 << 24, GgufProblem::BigEndian)]
    {
        let bytes = [b"GGUF".as_slice(), &version.to_le_bytes(), &[0; 40]].concat();
        let read = read_weights("m", &mut std::io::Cursor::new(&bytes), bytes.len() as u64);
        assert_eq!(read.unwrap_err().problem, expected.into());
    }
}

mod form_writers;

use form_writers::{
    Entry, Given, Pickle, gguf, gguf_tensor, gguf_text, gguf_value, gguf_word, state, torch, torch_entries, torch_of,
    zip,
};
use proptest::prelude::*;

fn read(bytes: &[u8]) -> Result<Header, WeightsError> {
    read_weights("m", &mut std::io::Cursor::new(bytes), bytes.len() as u64)
}

fn refused(bytes: &[u8]) -> Problem {
    let error = read(bytes).expect_err("refused");
    let said = error.says();
    assert!(said.ko.chars().any(|c| ('가'..='힣').contains(&c)), "no Korean in {}", said.ko);
    assert!(!said.en.chars().any(|c| c.is_control() || ('가'..='힣').contains(&c)), "{}", said.en);
    error.problem
}

fn given(name: &str, shape: &[u64]) -> Given {
    let count = usize::try_from(shape.iter().product::<u64>()).unwrap();
    Given { name: name.to_owned(), storage: "FloatStorage", width: 4, shape: shape.to_vec(), bytes: vec![1; count * 4] }
}

/// A file of one value, with one storage of 24 bytes.
fn of_value(value: impl FnOnce(Pickle) -> Pickle) -> Vec<u8> {
    torch(&value(Pickle::new()).end(), &[vec![0; 24]])
}

/// A file of a state dict with one tensor under a name.
fn of_tensor(tensor: impl FnOnce(Pickle) -> Pickle) -> Vec<u8> {
    of_value(|pickle| tensor(pickle.op(b'}').text("w")).op(b's'))
}

const STORAGE: (&str, &str, u64) = ("FloatStorage", "0", 6);

#[test]
fn whatever_a_pickle_asks_for_is_refused_unless_weights_need_it() {
    for (module, name) in [
        ("os", "system"),
        ("posix", "system"),
        ("nt", "system"),
        ("builtins", "eval"),
        ("__builtin__", "exec"),
        ("subprocess", "Popen"),
        ("torch.hub", "load"),
        ("torch", "load"),
        ("runpy", "_run_code"),
        ("builtins", "getattr"),
        ("collections", "OrderedDict.fromkeys"),
        ("webbrowser", "open"),
        ("torch._utils", "_rebuild_wrapper_subclass"),
        ("numpy", "load"),
        ("__main__", "Config"),
    ] {
        let full = format!("{module}.{name}");
        let call = |pickle: Pickle| pickle.text("id").op(0x85).op(b'R');
        // Called, only named, called before the weights, as a value beside them, in the newer form of names.
        for bytes in [
            of_value(|pickle| call(pickle.name(module, name))),
            of_tensor(|pickle| pickle.name(module, name)),
            of_value(|pickle| call(pickle.name(module, name)).op(b'0').op(b'}')),
            of_tensor(|pickle| call(pickle.text(module).text(name).op(0x93))),
            of_tensor(|pickle| pickle.name(module, name).op(b')').op(0x81)),
        ] {
            assert_eq!(refused(&bytes), TorchProblem::Name(full.clone()).into());
        }
    }
}

#[test]
fn known_names_are_called_only_as_what_they_are() {
    for (module, name) in [("torch", "FloatStorage"), ("torch", "float32"), ("torch", "Tensor")] {
        let bytes = of_tensor(|pickle| pickle.name(module, name).op(b')').op(b'R'));
        assert_eq!(refused(&bytes), TorchProblem::Called(format!("{module}.{name}")).into());
    }
    let form = |bytes: &[u8]| assert_eq!(refused(bytes), TorchProblem::Form.into());
    // Something that is no name; arguments that are no tuple; a tensor without a storage; too few arguments.
    form(&of_tensor(|pickle| pickle.text("os.system").text("id").op(0x85).op(b'R')));
    form(&of_tensor(|pickle| pickle.name("collections", "OrderedDict").op(b'N').op(b'R')));
    form(&of_tensor(|pickle| pickle.name("torch._utils", "_rebuild_tensor_v2").numbers(&[0, 0, 0, 0, 0]).op(b'R')));
    form(&of_tensor(|pickle| pickle.name("torch._utils", "_rebuild_parameter").op(b')').op(b'R')));
    // A call by another name names a call that makes a tensor, and no further name.
    form(&of_tensor(|pickle| pickle.name("torch._tensor", "_rebuild_from_type_v2").op(b')').op(b'R')));
    let own = "torch._tensor";
    assert!(matches!(
        refused(&of_tensor(|pickle| {
            let again = |pickle: Pickle| pickle.name(own, "_rebuild_from_type_v2").name("torch", "Tensor");
            again(again(pickle.name(own, "_rebuild_from_type_v2").op(b'(')).op(b')').op(0x87)).op(b't').op(b'R')
        })),
        Problem::Torch(TorchProblem::Form | TorchProblem::Called(_))
    ));
    // A persistent value that is no storage.
    form(&of_tensor(|pickle| pickle.text("module").op(0x85).op(b'Q')));
    form(&of_tensor(|pickle| pickle.op(b'Q')));
    // Below a mark, from an empty stack, from an empty memo.
    form(&torch(b"\x80\x02(0.", &[]));
    form(&torch(b"\x80\x02R.", &[]));
    form(&torch(b"\x80\x02h\x07.", &[]));
    form(&torch(b"\x80\x02u.", &[]));
}

#[test]
fn instructions_that_weights_have_no_use_for_are_named() {
    for code in
        [b'i', b'o', b'I', b'L', b'F', b'S', b'V', b'g', b'p', b'd', b'l', b'P', 0x82, 0x83, 0x84, 0x92, 0x97, 0xff]
    {
        assert_eq!(refused(&torch(&[0x80, 2, code, b'.'], &[])), TorchProblem::Instruction(code).into());
    }
    assert_eq!(refused(&torch(&[0x80, 9, b'.'], &[])), TorchProblem::Protocol(9).into());
    for short in [
        &b""[..],
        b"\x80",
        b"\x80\x02",
        b"\x80\x02X\xff\xff\xff\x7fab",
        b"\x80\x02\x8d\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x80\x02cos",
    ] {
        assert_eq!(refused(&torch(short, &[])), TorchProblem::EndsEarly.into(), "{short:?}");
    }
}

#[test]
fn what_grows_without_limit_is_refused() {
    let much = |program: &[u8]| assert_eq!(refused(&torch(program, &[])), TorchProblem::TooMuch.into());
    let long = |unit: &[u8], count: usize| [b"\x80\x02", unit.repeat(count).as_slice(), b"."].concat();
    much(&long(b"N", 4 << 20));
    much(&long(b"(", 4 << 20));
    much(&long(b"]0", 8 << 20));
    much(&long(b"}NNs0", 4 << 20));
    much(&long(b"]Na0", 4 << 20));
    much(b"\x80\x02Nr\xff\xff\xff\xff.");
    // Twice the one before, forty times: 2^40 tensors if each were written out.
    let mut bomb = Pickle::new().op(b'}').text("w").tensor(STORAGE, 0, &[6], &[1]).op(b's');
    for _ in 0..31 {
        bomb = bomb.op(0x94).op(b'0').op(b'}').op(b'(').text("a").op(b'j');
        bomb.0.extend(last(&bomb.0).to_le_bytes());
        bomb = bomb.text("b").op(b'j');
        bomb.0.extend(last(&bomb.0).to_le_bytes());
        bomb = bomb.op(b'u');
    }
    let problem = refused(&torch(&bomb.end(), &[vec![0; 24]]));
    assert_eq!(problem, TorchProblem::TooMuch.into());
    // A mapping that holds itself.
    let own = Pickle::new().op(b'}').op(0x94).text("a").op(b'h').op(0).op(b's');
    assert!(matches!(
        refused(&torch(&own.end(), &[])),
        Problem::Torch(TorchProblem::TooDeep(_) | TorchProblem::NoTensors)
    ));
}

/// The place of the memo that was filled last.
fn last(program: &[u8]) -> u32 {
    u32::try_from(program.iter().filter(|&&byte| byte == 0x94).count()).unwrap() - 1
}

#[test]
fn tensors_must_lie_in_their_storage_row_after_row() {
    let at =
        |offset, shape: &[u64], strides: &[u64]| of_tensor(|pickle| pickle.tensor(STORAGE, offset, shape, strides));
    assert_eq!(read(&at(0, &[2, 3], &[3, 1])).unwrap().tensors[0].elements, 6);
    assert_eq!(read(&at(2, &[4], &[1])).unwrap().tensors[0].elements, 4);
    assert_eq!(read(&at(0, &[0, 9], &[7, 7])).unwrap().tensors[0].elements, 0);
    assert_eq!(read(&at(0, &[1, 6], &[99, 1])).unwrap().tensors[0].elements, 6, "the stride of one row says nothing");
    for (shape, strides) in [(&[2, 3][..], &[1, 2][..]), (&[2, 3], &[0, 1]), (&[6], &[2]), (&[2, 3], &[3])] {
        assert_eq!(refused(&at(0, shape, strides)), TorchProblem::Strided("w".to_owned()).into());
    }
    for (offset, shape, bytes) in [(0, 7, 4), (6, 1, 4), (1, 6, 4), (1 << 40, 1, (1 << 42) + 4 - 24)] {
        assert_eq!(
            refused(&at(offset, &[shape], &[1])),
            TorchProblem::BeyondStorage { name: "w".to_owned(), bytes }.into()
        );
    }
    for shape in [&[1 << 40, 1 << 40][..], &[1 << 62], &[1 << 61, 8]] {
        let strides = form_writers::strides(shape);
        assert_eq!(refused(&at(0, shape, &strides)), Problem::Overflow("w".to_owned()));
    }
    assert!(matches!(refused(&at(0, &[1; 17], &[1; 17])), Problem::Rank { rank: 17, .. }));
    assert_eq!(refused(&at(0, &[u64::MAX], &[1])), TorchProblem::Shape("w".to_owned()).into());
    assert_eq!(refused(&at(1 << 63, &[1], &[1])), TorchProblem::Form.into());
}

#[test]
fn storages_are_what_the_pickle_says_of_them() {
    let over = |storage| of_tensor(|pickle| pickle.tensor(storage, 0, &[1], &[1]));
    assert_eq!(refused(&over(("FloatStorage", "7", 6))), TorchProblem::StorageMissing("7".to_owned()).into());
    assert_eq!(
        refused(&over(("FloatStorage", "../byteorder", 6))),
        TorchProblem::StorageMissing("../byteorder".to_owned()).into()
    );
    for (storage, needed) in
        [(("FloatStorage", "0", 5), 20), (("DoubleStorage", "0", 6), 48), (("ByteStorage", "0", 1 << 62), 1 << 62)]
    {
        assert_eq!(refused(&over(storage)), TorchProblem::StorageSize { key: "0".to_owned(), needed, held: 24 }.into());
    }
    let two = |second: (&str, &str, u64), offset, shape: &[u64]| {
        let first = Pickle::new().op(b'}').op(b'(').text("a").tensor(STORAGE, 0, &[4], &[1]);
        torch(&first.text("b").tensor(second, offset, shape, &[1]).op(b'u').end(), &[vec![0; 24]])
    };
    assert_eq!(refused(&two(("IntStorage", "0", 6), 0, &[4])), TorchProblem::TwoFormats("0".to_owned()).into());
    assert_eq!(refused(&two(STORAGE, 3, &[2])), Problem::Overlap("b".to_owned()), "half of the other's numbers");
    assert_eq!(refused(&two(STORAGE, 0, &[5])), Problem::Overlap("b".to_owned()));
    assert_eq!(read(&two(STORAGE, 4, &[2])).unwrap().tensors.len(), 2, "parts of one storage are two tensors");
    let tied = read(&two(STORAGE, 0, &[4])).unwrap();
    assert_eq!((tied.tensors.len(), tied.tied.len()), (1, 1), "the same numbers are one tensor");
}

#[test]
fn names_keep_the_limits_of_all_forms() {
    let named = |name: &str| torch_of(&[given(name, &[2])]);
    assert_eq!(refused(&named("")), Problem::NameLength(0));
    assert!(matches!(
        refused(&named(&"x".repeat(1025))),
        Problem::Torch(TorchProblem::NoNames) | Problem::NameLength(_)
    ));
    assert!(matches!(refused(&named("a\u{1b}[31m")), Problem::NameControl(_)));
    assert_eq!(refused(&torch_of(&[given("a", &[2]), given("a", &[2])])), Problem::DuplicateName("a".to_owned()));
}

#[test]
fn what_a_trainer_wraps_is_found_under_its_usual_key() {
    let inner = |pickle: Pickle, name: &str| pickle.op(b'}').text(name).tensor(STORAGE, 0, &[6], &[1]).op(b's');
    for key in ["state_dict", "model", "model_state_dict", "module", "net"] {
        let file = of_value(|pickle| {
            let pickle = pickle.op(b'}').op(b'(').text("epoch").number(3).text("note").text("x");
            inner(pickle.text(key), "layer.weight").op(b'u')
        });
        let names: Vec<String> = read(&file).unwrap().tensors.into_iter().map(|tensor| tensor.name).collect();
        assert_eq!(names, ["layer.weight"], "{key}");
    }
    // Mappings that no loader unwraps keep their names.
    let file = of_value(|pickle| inner(pickle.op(b'}').op(b'(').text("generator"), "w").op(b'u'));
    assert_eq!(read(&file).unwrap().tensors[0].name, "generator.w");
    assert_eq!(refused(&of_value(|pickle| pickle.op(b'}'))), TorchProblem::NoTensors.into());
    assert_eq!(refused(&of_value(|pickle| pickle.tensor(STORAGE, 0, &[6], &[1]))), TorchProblem::NoNames.into());
}

#[test]
fn archives_that_lie_are_refused() {
    let tensors = [given("a", &[2]), given("b", &[3])];
    let storages: Vec<Vec<u8>> = tensors.iter().map(|tensor| tensor.bytes.clone()).collect();
    let good = torch_entries(&state(&tensors).end(), &storages);
    let name = || "model/data/1".to_owned();
    let with = |change: fn(&mut Entry)| {
        let mut entries = good.clone();
        change(&mut entries[3]);
        zip(&entries)
    };
    assert_eq!(read(&zip(&good)).unwrap().tensors.len(), 2);
    assert_eq!(refused(&with(|entry| entry.method = [8, 8])), TorchProblem::Compressed(name()).into());
    assert_eq!(refused(&with(|entry| entry.method[1] = 8)), TorchProblem::TwoHeads(name()).into());
    assert_eq!(refused(&with(|entry| entry.flags = 1)), TorchProblem::Encrypted(name()).into());
    assert_eq!(
        refused(&with(|entry| entry.inner_name = Some("model/data/9".to_owned()))),
        TorchProblem::TwoHeads(name()).into()
    );
    assert_eq!(refused(&with(|entry| entry.claimed = Some(u32::MAX - 1))), TorchProblem::EntryBeyond(name()).into());
    assert_eq!(
        refused(&with(|entry| entry.claimed = Some(20))),
        TorchProblem::EntriesOverlap("model/version".to_owned()).into()
    );
    assert!(matches!(
        refused(&with(|entry| entry.head = Some(u32::MAX - 1))),
        Problem::Torch(TorchProblem::Archive(_))
    ));
    assert!(matches!(refused(&with(|entry| entry.head = Some(0))), Problem::Torch(TorchProblem::TwoHeads(_))));
    assert_eq!(
        refused(&with(|entry| entry.name = "model/data/0".to_owned())),
        TorchProblem::TwoHeads("model/data/0".to_owned()).into()
    );
    assert!(matches!(
        refused(&with(|entry| entry.name = "a\nb".to_owned())),
        Problem::Torch(TorchProblem::EntryName(_))
    ));
    let twice = [good.as_slice(), &[good[3].clone()]].concat();
    assert_eq!(refused(&zip(&twice)), TorchProblem::EntryTwice(name()).into());
    let other = [good.as_slice(), &[Entry::new("other/data.pkl", b"\x80\x02}.")]].concat();
    assert_eq!(refused(&zip(&other)), TorchProblem::TwoPrograms.into());
    assert_eq!(refused(&zip(&good[1..])), TorchProblem::NoData.into());
    assert_eq!(refused(&[zip(&good).as_slice(), b"more"].concat()), TorchProblem::NotAlone.into());
    assert_eq!(refused(&zip(&good)[..400]), TorchProblem::NoDirectory.into());
    let big = [Entry::new("model/byteorder", b"big"), good[0].clone(), good[2].clone(), good[3].clone()];
    assert_eq!(refused(&zip(&big)), TorchProblem::ByteOrder("big".to_owned()).into());
    let script = [good.as_slice(), &[Entry::new("model/code/__torch__.py", b"")]].concat();
    assert_eq!(refused(&zip(&script)), TorchProblem::Script.into());
}

#[test]
fn gguf_files_that_lie_are_refused() {
    let tensor = || gguf_tensor("w", &[32, 2], 8, 0);
    let architecture = || gguf_word("general.architecture", "llama");
    let good = gguf(&[architecture()], &[tensor()], &[0; 68]);
    assert_eq!(read(&good).unwrap().tensors[0].shape, [2, 32], "rows come first");
    let one = |tensor: Vec<u8>| gguf(&[], &[tensor], &[0; 68]);
    let name = || "w".to_owned();
    for number in [4, 5, 31, 33, 36, 38, 42, u32::MAX] {
        let expected = GgufProblem::Format { name: name(), number };
        assert_eq!(refused(&one(gguf_tensor("w", &[32, 2], number, 0))), expected.into());
    }
    let block = GgufProblem::Block { name: name(), row: 31, word: "Q8_0", block: 32 };
    assert_eq!(refused(&one(gguf_tensor("w", &[31, 32], 8, 0))), block.into());
    assert_eq!(refused(&one(gguf_tensor("w", &[32, 2], 8, 4))), GgufProblem::Unaligned(name()).into());
    assert!(matches!(refused(&one(gguf_tensor("w", &[32, 3], 8, 0))), Problem::BeyondEnd { .. }));
    assert!(matches!(refused(&one(gguf_tensor("w", &[32, 2], 8, 64))), Problem::Hole { .. }));
    assert!(matches!(refused(&one(gguf_tensor("w", &[1 << 40, 1 << 40], 0, 0))), Problem::Overflow(_)));
    assert!(matches!(refused(&one(gguf_tensor("w", &[1 << 63], 0, 0))), Problem::Overflow(_)));
    assert!(matches!(refused(&one(gguf_tensor("w", &[32, 2], 8, u64::MAX - 31))), Problem::Overflow(_)));
    assert!(matches!(refused(&one(gguf_tensor("w", &[1; 17], 0, 0))), Problem::Rank { .. }));
    assert!(matches!(refused(&one(gguf_tensor("w\u{7}", &[32, 2], 8, 0))), Problem::NameControl(_)));
    assert!(matches!(refused(&one(gguf_tensor("", &[32, 2], 8, 0))), Problem::NameLength(0)));
    assert!(matches!(refused(&gguf(&[], &[tensor(), tensor()], &[0; 68])), Problem::DuplicateName(_)));
    let second = gguf_tensor("v", &[32, 2], 8, 32);
    assert!(matches!(refused(&gguf(&[], &[tensor(), second], &[0; 200])), Problem::Overlap(_)));
    assert!(matches!(refused(&gguf(&[], &[tensor()], &[0; 200])), Problem::Trailing(_)));
    let values = |values: &[Vec<u8>]| gguf(values, &[], &[]);
    assert_eq!(
        refused(&values(&[architecture(), architecture()])),
        GgufProblem::KeyTwice("general.architecture".to_owned()).into()
    );
    for number in [0, 7, 24, 1 << 20] {
        let stated = gguf_value("general.alignment", 4, &u32::to_le_bytes(number));
        assert_eq!(refused(&values(&[stated])), GgufProblem::Alignment(number.into()).into());
    }
    let array = |kind: u32, count: u64| gguf_value("a", 9, &[&kind.to_le_bytes()[..], &count.to_le_bytes()].concat());
    assert_eq!(refused(&values(&[array(9, 1)])), GgufProblem::Nested("a".to_owned()).into());
    for (kind, count) in [(4, u64::MAX), (0, 1 << 40), (8, u64::MAX), (12, 1 << 61)] {
        assert_eq!(refused(&values(&[array(kind, count)])), GgufProblem::EndsEarly.into());
    }
    assert!(matches!(refused(&values(&[gguf_value("a", 13, &[])])), Problem::Gguf(GgufProblem::ValueType { .. })));
    assert_eq!(refused(&values(&[gguf_value("", 0, &[0])])), GgufProblem::KeyLength(0).into());
    let claims = |tensors: u64, values: u64| {
        [b"GGUF\x03\0\0\0".as_slice(), &tensors.to_le_bytes(), &values.to_le_bytes(), &[0; 64]].concat()
    };
    assert!(matches!(refused(&claims(u64::MAX, 0)), Problem::TooManyTensors(_)));
    assert_eq!(refused(&claims(0, u64::MAX)), GgufProblem::TooManyKeys(u64::MAX).into());
    assert_eq!(gguf_text("ab").len(), 10);
}

#[test]
fn forms_that_are_not_read_are_named() {
    for (bytes, word) in [
        (&b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n"[..], "Git LFS"),
        (b"\x89HDF\r\n\x1a\n________", "HDF5"),
        (b"tjgg____________", "GGML"),
        (b"\x93NUMPY\x01\0______", "NumPy"),
    ] {
        assert!(refused(bytes).to_string().contains(word));
    }
}

/// Kinds of storages: torch's word, ours, bytes of a number.
const KINDS: [(&str, Dtype, usize); 8] = [
    ("FloatStorage", Dtype::F32, 4),
    ("HalfStorage", Dtype::F16, 2),
    ("BFloat16Storage", Dtype::BF16, 2),
    ("DoubleStorage", Dtype::F64, 8),
    ("LongStorage", Dtype::I64, 8),
    ("CharStorage", Dtype::I8, 1),
    ("ByteStorage", Dtype::U8, 1),
    ("BoolStorage", Dtype::BOOL, 1),
];

fn states() -> impl Strategy<Value = Vec<Given>> {
    let tensor =
        ("[a-z]{1,4}(\\.[a-z0-9]{1,4}){0,3}", 0..KINDS.len(), prop::collection::vec(0_u64..4, 0..4), any::<u8>());
    prop::collection::vec(tensor, 1..12).prop_map(|tensors| {
        let mut seen = std::collections::HashSet::new();
        tensors
            .into_iter()
            .filter(|(name, ..)| seen.insert(name.clone()))
            .map(|(name, kind, shape, byte)| {
                let (storage, _, width) = KINDS[kind];
                let count = usize::try_from(shape.iter().product::<u64>()).unwrap();
                Given { name, storage, width, shape, bytes: vec![byte; count * width] }
            })
            .collect()
    })
}

/// Whatever is read lies in the file, and no number is listed twice.
fn holds(bytes: &[u8]) {
    let Ok(header) = read(bytes) else { return };
    let mut reached = 0;
    for tensor in header.tensors {
        assert!(tensor.begin <= tensor.end && tensor.end <= bytes.len() as u64, "{tensor:?}");
        assert!(tensor.begin == tensor.end || tensor.begin >= reached, "{tensor:?}");
        reached = reached.max(tensor.end);
        assert_eq!(tensor.dtype.bytes_of(tensor.elements), Some(tensor.end - tensor.begin));
        assert_eq!(tensor.shape.iter().product::<u64>(), tensor.elements);
    }
}

/// Instructions that mean something, with short operands, one of which is chosen by a number.
fn instruction(choice: usize, operand: u8) -> Vec<u8> {
    let tensor = || Pickle::default().tensor(STORAGE, 0, &[6], &[1]).0;
    match choice {
        0..=27 => vec![b"N()]}0122tasuebRQ.\x85\x86\x87\x94\x8f\x90\x91\x81\x88\x93"[choice]],
        28..=31 => vec![[b'q', b'h', b'K', 0x80][choice - 28], operand % 16],
        32 => Pickle::default().text(["a", "state_dict", "storage", "0"][usize::from(operand) % 4]).0,
        33 => Pickle::default().name("torch._utils", "_rebuild_tensor_v2").0,
        34 => Pickle::default().name("torch", "FloatStorage").0,
        35 => Pickle::default().name("collections", "OrderedDict").0,
        36 => Pickle::default().name("torch._utils", "_rebuild_parameter").0,
        37 => Pickle::default().numbers(&[u64::from(operand % 8), 1]).0,
        38 => Pickle::default().name("argparse", "Namespace").op(b')').op(0x81).0,
        39 => vec![operand],
        _ => tensor(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn random_states_are_read_as_they_were_written(tensors in states()) {
        let bytes = torch_of(&tensors);
        let header = read(&bytes).unwrap();
        prop_assert_eq!(header.tensors.len(), tensors.len());
        for tensor in &tensors {
            let found = header.tensors.iter().find(|found| found.name == tensor.name).unwrap();
            let kind = KINDS.iter().find(|kind| kind.0 == tensor.storage).unwrap().1;
            prop_assert_eq!((found.dtype, &found.shape), (kind, &tensor.shape));
            let range = usize::try_from(found.begin).unwrap()..usize::try_from(found.end).unwrap();
            prop_assert_eq!(&bytes[range], tensor.bytes.as_slice());
        }
    }

    #[test]
    fn random_gguf_files_are_read_as_they_were_written(
        tensors in prop::collection::vec((prop::sample::select(vec![(0_u32, 4_u64, 1_u64), (1, 2, 1), (8, 34, 32), (2, 18, 32), (12, 144, 256)]), 0_u64..4, 0_u64..3), 0..8),
        more in 0_usize..40,
    ) {
        let (mut listed, mut data) = (Vec::new(), Vec::new());
        for (at, ((kind, size, block), rows, blocks)) in tensors.iter().enumerate() {
            data.resize(data.len().next_multiple_of(32), 0);
            listed.push(gguf_tensor(&format!("blk.{at}.w"), &[blocks * block, *rows], *kind, data.len() as u64));
            data.resize(data.len() + usize::try_from(rows * blocks * size).unwrap(), 7);
        }
        let values: Vec<Vec<u8>> = (0..more).map(|at| gguf_value(&format!("k.{at}"), 4, &[1, 0, 0, 0])).collect();
        let bytes = gguf(&values, &listed, &data);
        let header = read(&bytes).unwrap();
        prop_assert_eq!((header.tensors.len(), header.metadata.len()), (tensors.len(), more));
        holds(&bytes);
    }

    #[test]
    fn one_changed_byte_or_a_cut_is_refused_or_read_within_the_file(
        which in 0_usize..6, place in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>(),
    ) {
        let names = ["module.pt", "kinds-2.pt", "kinds-4.pt", "checkpoint.pt", "script.pt", "formats.gguf"];
        let mut bytes = std::fs::read(sample(names[which])).unwrap();
        let place = place.index(bytes.len());
        if cut {
            bytes.truncate(place);
        } else {
            bytes[place] = byte;
        }
        holds(&bytes);
    }

    #[test]
    fn random_pickles_are_refused_or_read_within_the_file(
        program in prop::collection::vec((0_usize..44, any::<u8>()), 0..60),
    ) {
        let mut bytes = vec![0x80, 2];
        bytes.extend(program.into_iter().flat_map(|(choice, operand)| instruction(choice, operand)));
        bytes.push(b'.');
        holds(&torch(&bytes, &[vec![0; 24]]));
    }
}

/// The same laws on many more cases, for a night.
#[test]
#[ignore = "minutes"]
fn many_random_pickles_and_every_byte_of_every_sample() {
    for name in ["module.pt", "kinds-2.pt", "kinds-4.pt", "checkpoint.pt", "script.pt", "formats.gguf"] {
        let whole = std::fs::read(sample(name)).unwrap();
        for at in 0..whole.len() {
            for change in [1, 0x80, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] ^= change;
                holds(&bytes);
            }
            holds(&whole[..at]);
        }
    }
    let mut seed = 1_u64;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        seed >> 33
    };
    for _ in 0..200_000 {
        let mut bytes = vec![0x80, 2];
        for _ in 0..next() % 80 {
            bytes.extend(instruction(usize::try_from(next() % 44).unwrap(), (next() & 0xff) as u8));
        }
        bytes.push(b'.');
        holds(&torch(&bytes, &[vec![0; 24]]));
    }
}
