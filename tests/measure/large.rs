//! Models of which only a sample is held in memory, with their units in another order.

use std::path::Path;

use sovgrade::evidence::{LinkEvidence, Relation};
use sovgrade::measure::{Options, measure};

use crate::fixtures::{Chance, Format, Sizes, Weights, sized, trained, write_sized};

/// Two of these have 65 million numbers, more than a run holds.
const LARGE: Sizes = Sizes { width: 512, neurons: 2048, layers: 8, tokens: 1000, heads: 8, kv_heads: 4, head: 64 };

/// So deep that only some channels of the stream are held.
const DEEP: Sizes = Sizes { width: 1024, neurons: 64, layers: 70, tokens: 600, heads: 8, kv_heads: 8, head: 16 };

fn order(chance: &mut Chance, count: usize) -> Vec<usize> {
    let mut out: Vec<usize> = (0..count).collect();
    for at in (1..count).rev() {
        out.swap(at, (chance.next() % (at as u64 + 1)) as usize);
    }
    out
}

/// Rows, or columns, in another order.
fn moved(entry: &mut (Vec<usize>, Vec<f32>), order: &[usize], columns: bool) {
    let (rows, width) = (entry.0[0], entry.0[1]);
    let at = |row: usize, column: usize| {
        if columns { row * width + order[column] } else { order[row] * width + column }
    };
    entry.1 =
        (0..rows).flat_map(|row| (0..width).map(move |column| (row, column))).map(|(r, c)| entry.1[at(r, c)]).collect();
}

/// The same function: in every layer neurons and groups of heads change places.
fn shuffled(from: &Weights, seed: u64) -> Weights {
    let mut chance = Chance(seed);
    let mut out = from.clone();
    let Sizes { neurons, layers, heads, kv_heads, head, .. } = LARGE;
    for layer in 0..layers {
        let mut put = |leaf: &str, order: &[usize], columns: bool| {
            moved(out.get_mut(&format!("model.layers.{layer}.{leaf}.weight")).unwrap(), order, columns);
        };
        let places = order(&mut chance, neurons);
        put("mlp.gate_proj", &places, false);
        put("mlp.up_proj", &places, false);
        put("mlp.down_proj", &places, true);
        let groups = order(&mut chance, kv_heads);
        let rows = |of: usize| -> Vec<usize> {
            groups.iter().flat_map(|group| group * of * head..(group + 1) * of * head).collect()
        };
        let (keys, queries) = (rows(1), rows(heads / kv_heads));
        put("self_attn.k_proj", &keys, false);
        put("self_attn.v_proj", &keys, false);
        put("self_attn.q_proj", &queries, false);
        put("self_attn.o_proj", &queries, true);
    }
    out
}

/// The same function once more: the channels of the stream in another order, half of them with the other sign.
fn in_other_channels(from: &Weights, seed: u64) -> Weights {
    let mut chance = Chance(seed);
    let places = order(&mut chance, LARGE.width);
    let signs: Vec<f32> = (0..LARGE.width).map(|_| if chance.next().is_multiple_of(2) { 1.0 } else { -1.0 }).collect();
    let mut out = from.clone();
    for (name, entry) in &mut out {
        if entry.0.len() == 1 {
            entry.1 = places.iter().map(|&at| entry.1[at]).collect();
            continue;
        }
        let writes = name.contains("o_proj") || name.contains("down_proj");
        moved(entry, &places, !writes);
        let width = entry.0[1];
        for (at, number) in entry.1.iter_mut().enumerate() {
            *number *= signs[if writes { at / width } else { at % width }];
        }
    }
    out
}

fn link(root: &Path, candidate: &Weights, reference: &Path) -> LinkEvidence {
    let candidate = write_sized(root, "candidate", candidate, Format::Bf16, LARGE);
    let options = Options { digests: false, ..Options::default() };
    measure(&candidate, &[reference.to_owned()], &options).unwrap().links.remove(0)
}

#[test]
fn shuffled_units_of_a_large_model_are_found_and_a_stranger_s_are_not() {
    let root = tempfile::tempdir().unwrap();
    let from = sized(LARGE, 51);
    let reference = write_sized(root.path(), "reference", &from, Format::Bf16, LARGE);
    let found = link(root.path(), &trained(&shuffled(&from, 52), 53, 0.5), &reference);
    assert_eq!(found.relation, Relation::Shared);
    let text = found.components.iter().find(|part| part.id == "text").unwrap();
    assert_eq!(text.relation, Relation::Shared);
    assert_eq!(text.layers, (0..8).collect::<Vec<u32>>(), "every layer");
    let z = |family: &str| text.tests.iter().find(|test| test.family == family).and_then(|test| test.z).unwrap();
    assert!(z("f3") > 20.0 && z("f4") > 8.0, "{} {}", z("f3"), z("f4"));

    let found = link(root.path(), &trained(&in_other_channels(&shuffled(&from, 55), 56), 57, 0.5), &reference);
    let text = found.components.iter().find(|part| part.id == "text").unwrap();
    assert_eq!((text.relation, text.layers.len()), (Relation::Shared, 8), "{:?}", text.tests);

    let found = link(root.path(), &sized(LARGE, 54), &reference);
    let text = found.components.iter().find(|part| part.id == "text").unwrap();
    assert_eq!(found.relation, Relation::NoTrace, "{:?} {:?}", text.looked_for, text.not_looked_for);
    assert!(text.tests.iter().all(|test| test.z.is_none_or(|z| z < 5.0)), "{:?}", text.tests);
}

/// The pass over whole files speaks of every unit, however few the ladder saw.
#[test]
fn all_units_of_a_model_are_counted_though_some_channels_are_held() {
    let root = tempfile::tempdir().unwrap();
    let from = sized(DEEP, 61);
    let reference = write_sized(root.path(), "reference", &from, Format::Bf16, DEEP);
    let candidate = write_sized(root.path(), "candidate", &trained(&from, 62, 0.3), Format::Bf16, DEEP);
    let options = Options { digests: false, ..Options::default() };
    let evidence = measure(&candidate, &[reference], &options).unwrap();
    let limits = format!("{:?}", evidence.limits);
    assert!(limits.contains("256 channels of the residual stream"), "{limits}");
    let text = evidence.links[0].components.iter().find(|part| part.id == "text").unwrap();
    assert_eq!((text.relation, text.layers.len()), (Relation::Shared, DEEP.layers));
    let test = |family: &str| text.tests.iter().find(|test| test.family == family).unwrap();
    let channels = (DEEP.layers * DEEP.kv_heads * DEEP.head) as u64;
    assert_eq!((test("f4").n, test("f4").agree), (Some(channels), Some(channels)));
    assert!(test("identity").z.is_some(), "equal numbers are told apart from those after a swap");
}
