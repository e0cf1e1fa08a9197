//! What is said of small synthetic checkpoints: strangers, descendants, a common start, disguises, parts.

use std::fs;
use std::path::{Path, PathBuf};

use sovgrade::evidence::{Change, ExplanationState, LinkEvidence, Relation};
use sovgrade::measure::{MeasureError, Options, measure};
use sovgrade::text::Lang;

use crate::fixtures::{Format, LAYERS, NEURONS, WIDTH, Weights, model, stepped, trained};

fn write(root: &Path, name: &str, weights: &Weights) -> PathBuf {
    crate::fixtures::write(root, name, weights, Format::F32)
}

fn link(candidate: &Path, reference: &Path) -> LinkEvidence {
    measure(candidate, &[reference.to_owned()], &Options::default()).unwrap().links.remove(0)
}

#[test]
fn strangers_leave_no_trace_and_a_power_is_said() {
    let root = tempfile::tempdir().unwrap();
    let (a, b) = (write(root.path(), "a", &model(1)), write(root.path(), "b", &model(2)));
    let found = link(&b, &a);
    assert_eq!(found.relation, Relation::NoTrace, "{found:?}");
    assert!(found.controls.iter().all(|control| control.passed), "{:?}", found.controls);
    let reach = found.components.iter().flat_map(|part| &part.looked_for).filter_map(|class| class.least_correlation);
    assert!(reach.clone().count() > 0 && reach.fold(0.0, f64::max) <= 1.0, "{found:?}");
}

#[test]
fn a_descendant_is_found_whole_though_half_of_it_is_new() {
    let root = tempfile::tempdir().unwrap();
    let (a, b) = (write(root.path(), "a", &model(1)), write(root.path(), "b", &trained(&model(1), 3, 1.0)));
    let found = link(&b, &a);
    assert_eq!(found.relation, Relation::Shared, "{found:?}");
    let text = found.components.iter().find(|part| part.id == "text").unwrap();
    assert_eq!(text.layers, [0, 1, 2, 3]);
    assert!(found.changes.is_empty(), "noise moves every number by itself: {:?}", found.changes);
}

/// One factor for each neuron, and one for each value channel, undone by what reads it.
fn rescaled(weights: &Weights, factor: &mut dyn FnMut() -> f32) -> Weights {
    let mut out = weights.clone();
    for layer in 0..LAYERS {
        for (writes, reads, group) in [("mlp.up_proj", "mlp.down_proj", 1), ("self_attn.v_proj", "self_attn.o_proj", 2)]
        {
            let name = |leaf: &str| format!("model.layers.{layer}.{leaf}.weight");
            let rows = out[&name(writes)].0[0];
            let factors: Vec<f32> = (0..rows).map(|_| factor()).collect();
            for (at, value) in out.get_mut(&name(writes)).unwrap().1.iter_mut().enumerate() {
                *value *= factors[at / WIDTH];
            }
            let columns = rows * group;
            // Eight channels of a key-value head are read by both query heads of its group.
            let of_column = |column: usize| if group == 1 { column } else { column / 16 * 8 + column % 8 };
            for (at, value) in out.get_mut(&name(reads)).unwrap().1.iter_mut().enumerate() {
                *value /= factors[of_column(at % columns)];
            }
        }
    }
    out
}

/// The smaller four tenths of every matrix of the layers set to zero.
fn pruned(weights: &Weights) -> Weights {
    let mut out = weights.clone();
    for (_, (_, numbers)) in out.iter_mut().filter(|entry| entry.0.contains("_proj")) {
        let mut sizes: Vec<f32> = numbers.iter().map(|value| value.abs()).collect();
        sizes.sort_by(f32::total_cmp);
        let least = sizes[sizes.len() * 4 / 10];
        numbers.iter_mut().filter(|value| value.abs() < least).for_each(|value| *value = 0.0);
    }
    out
}

/// Every matrix of the layers carried into 40 of its 64 directions, and back.
fn cut_in_rank(weights: &Weights) -> Weights {
    let mut out = weights.clone();
    for (_, (shape, numbers)) in out.iter_mut().filter(|entry| entry.0.contains("_proj")) {
        let columns = shape[1];
        let mut kept: Vec<Vec<f32>> = Vec::new();
        for mut row in numbers.chunks(columns).take(columns.min(shape[0]) * 5 / 8).map(<[f32]>::to_vec) {
            for _ in 0..2 {
                for other in &kept {
                    let along: f32 = row.iter().zip(other).map(|(x, y)| x * y).sum();
                    row.iter_mut().zip(other).for_each(|(x, y)| *x -= along * y);
                }
            }
            let length = row.iter().map(|x| x * x).sum::<f32>().sqrt();
            for x in &mut row {
                *x /= length;
            }
            kept.push(row);
        }
        for row in numbers.chunks_mut(columns) {
            let weights: Vec<f32> = kept.iter().map(|way| row.iter().zip(way).map(|(x, y)| x * y).sum()).collect();
            row.fill(0.0);
            for (way, weight) in kept.iter().zip(weights) {
                row.iter_mut().zip(way).for_each(|(x, y)| *x += weight * y);
            }
        }
    }
    out
}

/// Every combination of what leaves the function as it is, or takes numbers away, is told without the word for training;
/// the same after steps of training is told with it, as far as nothing was taken away.
#[test]
fn only_what_moved_together_is_called_trained_further() {
    let root = tempfile::tempdir().unwrap();
    let base = stepped(&model(1), 2, 0.5);
    let reference = write(root.path(), "reference", &base);
    for mask in 0..32_u32 {
        let has = |bit: u32| mask >> bit & 1 == 1;
        let mut chance = crate::fixtures::Chance(40 + u64::from(mask));
        let mut weights = if has(0) { stepped(&base, 3, 0.1) } else { base.clone() };
        if has(1) {
            weights = rescaled(&weights, &mut || if chance.unit() < 0.5 { -1.0 } else { 1.0 });
        }
        if has(2) {
            weights = rescaled(&weights, &mut || (0.4 * chance.normal()).exp());
        }
        if has(3) {
            weights = cut_in_rank(&weights);
        }
        if has(4) {
            weights = pruned(&weights);
        }
        // Tables are not cut: of trained ones the word is right.
        if !has(0) || has(3) || has(4) {
            for table in ["model.embed_tokens.weight", "lm_head.weight"] {
                weights.insert(table.to_owned(), base[table].clone());
            }
        }
        let found = link(&write(root.path(), "candidate", &weights), &reference);
        assert_eq!(found.relation, Relation::Shared, "{mask:05b}");
        let trained = found.changes.contains(&Change::TrainedFurther);
        // Where numbers were taken away as well, the word is true and may be missing.
        if !has(0) || !has(3) && !has(4) {
            assert_eq!(trained, has(0), "{mask:05b}: {:?}", found.changes);
        }
        if !has(3) && !has(4) {
            assert_eq!(found.changes.contains(&Change::SignsFlipped), has(1), "{mask:05b}: {:?}", found.changes);
            assert_eq!(found.changes.contains(&Change::Rescaled), has(2), "{mask:05b}: {:?}", found.changes);
        }
    }
}

#[test]
fn gains_neither_exculpate_nor_accuse() {
    let root = tempfile::tempdir().unwrap();
    let mut apart = trained(&model(1), 3, 0.7);
    let other = model(9);
    for (name, entry) in &mut apart {
        if entry.0.len() == 1 {
            *entry = other[name].clone();
        }
    }
    let found = link(&write(root.path(), "b", &apart), &write(root.path(), "a", &model(1)));
    assert_eq!(found.relation, Relation::Shared, "{found:?}");
    let explanations = found.explanations.unwrap();
    assert!(
        explanations.each().iter().all(|(_, one)| one.state == ExplanationState::Open),
        "two files do not tell a common start from descent"
    );
}

#[test]
fn one_foreign_layer_among_own_ones_is_named() {
    let root = tempfile::tempdir().unwrap();
    let (theirs, mut own) = (model(1), model(2));
    for leaf in [
        "self_attn.q_proj",
        "self_attn.k_proj",
        "self_attn.v_proj",
        "self_attn.o_proj",
        "mlp.gate_proj",
        "mlp.up_proj",
        "mlp.down_proj",
        "input_layernorm",
        "post_attention_layernorm",
    ] {
        own.insert(format!("model.layers.3.{leaf}.weight"), theirs[&format!("model.layers.1.{leaf}.weight")].clone());
    }
    let found = link(&write(root.path(), "b", &own), &write(root.path(), "a", &theirs));
    let text = found.components.iter().find(|part| part.id == "text").unwrap();
    assert_eq!((text.relation, text.layers.as_slice()), (Relation::Shared, &[3][..]), "{found:?}");
    assert!(found.components.iter().filter(|part| part.id != "text").all(|part| part.relation == Relation::NoTrace));
}

#[test]
fn shuffled_neurons_do_not_hide() {
    let root = tempfile::tempdir().unwrap();
    let theirs = model(1);
    let mut shuffled = theirs.clone();
    for layer in 0..LAYERS {
        let moved = |at: usize| (at * 35 + 7 * layer) % NEURONS;
        for leaf in ["gate_proj", "up_proj"] {
            let name = format!("model.layers.{layer}.mlp.{leaf}.weight");
            let old = &theirs[&name].1;
            let numbers = (0..NEURONS).flat_map(|at| old[moved(at) * WIDTH..][..WIDTH].to_vec()).collect();
            shuffled.insert(name, (vec![NEURONS, WIDTH], numbers));
        }
        let name = format!("model.layers.{layer}.mlp.down_proj.weight");
        let old = &theirs[&name].1;
        let numbers = (0..WIDTH)
            .flat_map(|row| (0..NEURONS).map(move |at| (row, at)))
            .map(|(row, at)| old[row * NEURONS + moved(at)])
            .collect();
        shuffled.insert(name, (vec![WIDTH, NEURONS], numbers));
    }
    let found = link(&write(root.path(), "b", &shuffled), &write(root.path(), "a", &theirs));
    assert_eq!(found.relation, Relation::Shared, "{found:?}");
    let text = found.components.iter().find(|part| part.id == "text").unwrap();
    assert!((text.share.unwrap() - 1.0).abs() < 1e-9);
}

#[test]
fn the_same_run_gives_the_same_bytes_and_binds_them_to_files() {
    let root = tempfile::tempdir().unwrap();
    let (a, b, c) = (
        write(root.path(), "a", &model(1)),
        write(root.path(), "b", &trained(&model(1), 3, 0.5)),
        write(root.path(), "c", &model(2)),
    );
    let run =
        |references: &[PathBuf]| serde_json::to_string(&measure(&b, references, &Options::default()).unwrap()).unwrap();
    assert_eq!(run(&[a.clone(), c.clone()]), run(&[a.clone(), c.clone()]));
    let evidence = measure(&b, &[c, a], &Options::default()).unwrap();
    assert!(evidence.subject.files.iter().all(|file| file.sha256.as_ref().is_some_and(|digest| digest.len() == 64)));
    assert_eq!(
        evidence.links.iter().map(|link| link.relation).collect::<Vec<_>>(),
        [Relation::NoTrace, Relation::Shared]
    );
}

#[test]
fn a_control_that_rings_decides_nothing() {
    let root = tempfile::tempdir().unwrap();
    let (a, b, kin) = (
        write(root.path(), "a", &model(1)),
        write(root.path(), "b", &model(2)),
        write(root.path(), "kin", &trained(&model(2), 5, 0.5)),
    );
    let options = Options { controls: vec![kin], ..Options::default() };
    let found = measure(&b, &[a], &options).unwrap().links.remove(0);
    assert_eq!(found.relation, Relation::Undecided);
}

#[test]
fn numbers_that_are_none_are_left_out_and_said_so() {
    let root = tempfile::tempdir().unwrap();
    let mut broken = model(1);
    broken.get_mut("model.layers.2.mlp.up_proj.weight").unwrap().1[5] = f32::NAN;
    broken.get_mut("model.embed_tokens.weight").unwrap().1[9] = f32::INFINITY;
    let found = link(&write(root.path(), "b", &broken), &write(root.path(), "a", &model(1)));
    let text = found.components.iter().find(|part| part.id == "text").unwrap();
    assert_eq!(text.layers, [0, 1, 2, 3], "what is left of layer 2 decides: {found:?}");
    assert!(
        found.not_compared.iter().any(|part| part.get(Lang::En).contains("layers.2.mlp.up_proj")),
        "{:?}",
        found.not_compared
    );
}

#[test]
fn nothing_to_compare_with_is_an_error_and_no_weights_too() {
    let root = tempfile::tempdir().unwrap();
    let a = write(root.path(), "a", &model(1));
    assert!(matches!(measure(&a, &[], &Options::default()), Err(MeasureError::NoReference)));
    let empty = root.path().join("empty");
    fs::create_dir_all(&empty).unwrap();
    let Err(MeasureError::Of { error, .. }) = measure(&a, &[empty], &Options::default()) else { panic!("measured") };
    assert!(matches!(*error, MeasureError::Weights(_)), "{error}");
}

#[test]
fn copied_gates_among_own_matrices_are_found_by_equality() {
    let root = tempfile::tempdir().unwrap();
    let (reference, mut candidate) = (model(1), model(2));
    // One family alone decides nothing, but equal numbers in the same neurons do.
    let name = "model.layers.1.mlp.gate_proj.weight";
    candidate.insert(name.to_owned(), reference[name].clone());
    let (a, b) = (write(root.path(), "reference", &reference), write(root.path(), "candidate", &candidate));
    let evidence = measure(&b, &[a], &Options::default()).unwrap();
    let link = &evidence.links[0];
    let text = link.components.iter().find(|component| component.id == "text").unwrap();
    assert_eq!((link.relation, text.relation), (Relation::Shared, Relation::Shared));
    let identity = text.tests.iter().find(|test| test.family == "identity").unwrap();
    assert!(identity.z.unwrap() > 6.5, "all 48 pairs of neighbours agree to the last digit: {identity:?}");
    let share = text.share.unwrap();
    let copied = (NEURONS * WIDTH) as f64;
    let all: usize = candidate.iter().filter(|entry| entry.0.contains("layers")).map(|entry| entry.1.1.len()).sum();
    assert!((share - copied / all as f64).abs() < 0.01, "{share}");
    assert!(text.notes.iter().any(|note| note.get(Lang::En).contains("same neurons")));
}
