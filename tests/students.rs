//! Students that were taught by hidden states, in the teacher's own basis, and took no weight: the residual basis
//! shows, the layers do not (method 1.3).
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    missing_docs
)]

#[allow(dead_code, reason = "shared with a benchmark, which uses other parts")]
mod toy;

use sovgrade::evidence::Relation;
use sovgrade::measure::{Options, measure};
use toy::{Language, Net, Shape, Training, train};

const SHAPE: Shape = Shape { tokens: 96, width: 48, layers: 2, heads: 6, neurons: 72 };

#[test]
fn the_way_back_is_the_slope_of_the_loss() {
    // Training is only worth something if it trains: the loss of a language whose next token has a few likely values
    // falls far below that of guessing.
    let mut net = Net::fresh(SHAPE, 5);
    let language = Language { tokens: SHAPE.tokens, seed: 11 };
    let begun = train(&mut net.clone(), Training { language, steps: 10, rate: 0.0, seed: 1, teacher: None });
    let ended = train(&mut net, Training { language, steps: 300, rate: 6e-3, seed: 1, teacher: None });
    assert!(begun > 4.4 && ended < 2.9, "{begun} {ended}");
}

/// Every token is met in training and no tokenizer says which are rare: what is taught is then as complete as what is
/// copied.
#[test]
fn a_student_of_hidden_states_is_not_derived() {
    taught_is_told_from_copied(SHAPE.tokens, false);
}

/// A seventh of the vocabulary is never met, as in every vocabulary: nothing of the teacher is in its rows.
#[test]
fn a_student_is_not_derived_where_token_ids_tell_what_is_rare() {
    taught_is_told_from_copied(SHAPE.tokens * 6 / 7, true);
}

fn taught_is_told_from_copied(met: usize, has_tokenizer: bool) {
    let language = Language { tokens: met, seed: 11 };
    let mut teacher = Net::fresh(SHAPE, 1);
    train(&mut teacher, Training { language, steps: 300, rate: 6e-3, seed: 2, teacher: None });
    let mut student = Net::fresh(SHAPE, 3);
    train(&mut student, Training { language, steps: 500, rate: 6e-3, seed: 4, teacher: Some(&teacher) });
    // A descendant of the same teacher, for contrast.
    let mut descendant = teacher.clone();
    train(
        &mut descendant,
        Training { language: Language { seed: 12, ..language }, steps: 300, rate: 6e-3, seed: 5, teacher: None },
    );
    let root = tempfile::tempdir().unwrap();
    let write = |net: &Net, name: &str| {
        let directory = net.write(root.path(), name);
        if has_tokenizer {
            let vocabulary: serde_json::Map<_, _> =
                (0..SHAPE.tokens).map(|id| (format!("word-{id}"), id.into())).collect();
            let tokenizer = serde_json::json!({"model": {"type": "BPE", "vocab": vocabulary, "merges": []}});
            std::fs::write(directory.join("tokenizer.json"), tokenizer.to_string()).unwrap();
        }
        directory
    };
    let reference = write(&teacher, "teacher");
    let look = |net: &Net, name: &str| {
        let candidate = write(net, name);
        measure(&candidate, std::slice::from_ref(&reference), &Options { digests: false, ..Options::default() })
            .unwrap()
            .links
            .remove(0)
    };
    let taught = look(&student, "student");
    let rings = |family: &str| {
        taught
            .components
            .iter()
            .flat_map(|part| &part.tests)
            .filter(|test| test.family == family)
            .filter_map(|test| test.z)
            .fold(0.0, f64::max)
    };
    assert!(rings("f1") > 6.0, "the teacher's residual basis shows: {taught:?}");
    for family in ["f2", "f3", "f4", "f5"] {
        assert!(rings(family) < 5.0, "{family}: {taught:?}");
    }
    assert_ne!(taught.relation, Relation::Shared, "{taught:?}");
    assert!(taught.components.iter().all(|part| part.layers.is_empty()), "{taught:?}");
    let said = serde_json::to_string(&taught).unwrap();
    assert!(said.contains("hidden states"), "the reader is told what else gives such a trace: {said}");
    assert_eq!(look(&descendant, "descendant").relation, Relation::Shared);
}
