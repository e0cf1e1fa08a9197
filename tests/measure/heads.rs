//! Attention that was turned from many key-value heads to fewer: means of neighbours, trained further.

use std::path::{Path, PathBuf};

use sovgrade::evidence::{EvidenceFile, Relation};
use sovgrade::measure::{Options, measure};

use crate::fixtures::{Format, LAYERS, SMALL, Sizes, WIDTH, Weights, model, trained, write_sized};

const HEAD: usize = 8;

/// Key and value with the mean of every two heads.
fn grouped(from: &Weights) -> Weights {
    let mut out = from.clone();
    for (name, (shape, numbers)) in &mut out {
        if name.contains("k_proj") || name.contains("v_proj") {
            let size = HEAD * WIDTH;
            let means: Vec<f32> = numbers
                .chunks_exact(2 * size)
                .flat_map(|two| (0..size).map(|at| f32::midpoint(two[at], two[size + at])).collect::<Vec<_>>())
                .collect();
            *shape = vec![shape[0] / 2, WIDTH];
            *numbers = means;
        }
    }
    out
}

fn written(root: &Path, name: &str, weights: &Weights, heads: usize) -> PathBuf {
    write_sized(root, name, weights, Format::Bf16, Sizes { kv_heads: heads, ..SMALL })
}

/// `z` and the number of units of a family in the text backbone.
fn family(evidence: &EvidenceFile, id: &str) -> Option<(f64, u64)> {
    let text = evidence.links[0].components.iter().find(|part| part.id == "text").unwrap();
    let test = text.tests.iter().find(|test| test.family == id && test.z.is_some())?;
    Some((test.z.unwrap(), test.n.unwrap()))
}

#[test]
fn means_of_heads_are_told_from_heads_of_another_model() {
    let root = tempfile::tempdir().unwrap();
    let from = model(41);
    let reference = written(root.path(), "reference", &from, 4);
    let child = written(root.path(), "child", &trained(&grouped(&from), 42, 0.4), 2);
    let stranger = written(root.path(), "stranger", &grouped(&model(43)), 2);
    let options = Options { digests: false, ..Options::default() };
    let found = measure(&child, std::slice::from_ref(&reference), &options).unwrap();
    assert_eq!(found.links[0].relation, Relation::Shared);
    for (id, units) in [("f4", LAYERS * 2 * HEAD), ("f5", LAYERS * 2 * HEAD / 2)] {
        let (z, n) = family(&found, id).unwrap_or_else(|| panic!("{id} was skipped"));
        assert_eq!(n, units as u64, "{id}");
        assert!(z > 0.8 * (units as f64).sqrt(), "{id}: {z}");
    }
    let found = measure(&stranger, &[reference], &options).unwrap();
    assert_eq!(found.links[0].relation, Relation::NoTrace);
    for id in ["f4", "f5"] {
        let (z, _) = family(&found, id).unwrap();
        assert!(z.abs() < 4.0, "{id}: {z}");
    }
}
