//! Laws: what is written is read, and what is broken is refused or read within the file.

use proptest::prelude::*;
use sovgrade::weights::Dtype;

use crate::form_writers::{Given, Pickle, gguf, gguf_tensor, gguf_value, torch, torch_of};
use crate::hostile::STORAGE;
use crate::{read, sample};

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
#[ignore = "takes minutes: cargo test --release --test forms -- --ignored"]
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
