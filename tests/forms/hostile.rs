//! Files that lie: each is refused in both languages, with what is wrong.

use sovgrade::weights::{GgufProblem, Problem, TorchProblem};

use crate::form_writers::{
    Entry, Given, Pickle, gguf, gguf_tensor, gguf_text, gguf_value, gguf_word, state, torch, torch_entries, torch_of,
    zip, zip64,
};
use crate::read;

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

pub(crate) const STORAGE: (&str, &str, u64) = ("FloatStorage", "0", 6);

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
    program.iter().map(|&byte| u32::from(byte == 0x94)).sum::<u32>() - 1
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
        let strides = crate::form_writers::strides(shape);
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
    assert_eq!(read(&zip64(&good)).unwrap().tensors, read(&zip(&good)).unwrap().tensors, "as beyond 4 GiB");
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
        TorchProblem::EntryTwice("model/data/0".to_owned()).into()
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
