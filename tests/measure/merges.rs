//! Mixtures of several references: coefficients with errors, how they were mixed, and what must not be called a merge.

use std::path::{Path, PathBuf};

use crate::fixtures::{Chance, Format, Weights, combined, model, rounded, trained, write};
use sovgrade::evidence::{Change, EvidenceFile, Mixture, MixtureKind};
use sovgrade::measure::{Options, measure};

struct Family {
    root: tempfile::TempDir,
    base: Weights,
    first: Weights,
    second: Weights,
}

/// A base and two models trained from it, in bf16 as they are published.
fn family() -> Family {
    let base = rounded(&model(1));
    let (first, second) = (rounded(&trained(&base, 21, 0.3)), rounded(&trained(&base, 22, 0.3)));
    Family { root: tempfile::tempdir().unwrap(), base, first, second }
}

impl Family {
    fn measure(&self, candidate: &Weights, with_base: bool) -> EvidenceFile {
        let at = |name: &str, weights: &Weights| write(self.root.path(), name, weights, Format::Bf16);
        let mut references = vec![at("first", &self.first), at("second", &self.second)];
        if with_base {
            references.insert(0, at("base", &self.base));
        }
        run(&at("candidate", candidate), &references)
    }
}

fn run(candidate: &Path, references: &[PathBuf]) -> EvidenceFile {
    let options = Options { digests: false, ..Options::default() };
    measure(candidate, references, &options).unwrap()
}

fn text(evidence: &EvidenceFile) -> &Mixture {
    evidence.mixtures.iter().find(|mixture| mixture.component == "text").unwrap()
}

fn coefficient(mixture: &Mixture, id: &str) -> f64 {
    mixture.coefficients.iter().find(|part| part.id == id).unwrap().value
}

fn statistic(mixture: &Mixture, family: &str) -> f64 {
    mixture.tests.iter().find(|test| test.family == family).unwrap().statistic.unwrap()
}

#[test]
fn a_weighted_mean_is_solved_for_in_every_component() {
    let kin = family();
    let evidence = kin.measure(&combined(&[&kin.first, &kin.second], &mut |_, x| 0.7 * x[0] + 0.3 * x[1]), true);
    assert_eq!(evidence.mixtures.len(), 3, "text, embedding, head: {:?}", evidence.mixtures);
    for mixture in &evidence.mixtures {
        assert_eq!(mixture.kind, MixtureKind::Linear, "{mixture:?}");
        for (id, wanted) in [("base", 0.0), ("first", 0.7), ("second", 0.3)] {
            let found = mixture.coefficients.iter().find(|part| part.id == id).unwrap();
            assert!((found.value - wanted).abs() < 5.0 * found.se + 1e-3 && found.se < 0.01, "{id}: {mixture:?}");
        }
    }
    let merged: Vec<bool> = evidence.links.iter().map(|link| link.changes.contains(&Change::Merged)).collect();
    assert_eq!(merged, [false, true, true], "the base has no part in it");
}

#[test]
fn differences_added_to_the_base_are_task_arithmetic() {
    let kin = family();
    let mixed =
        combined(&[&kin.base, &kin.first, &kin.second], &mut |_, x| x[0] + 0.9 * (x[1] - x[0]) + 0.6 * (x[2] - x[0]));
    let evidence = kin.measure(&mixed, true);
    let mixture = text(&evidence);
    assert_eq!(mixture.kind, MixtureKind::TaskArithmetic, "{mixture:?}");
    assert!((coefficient(mixture, "base") + 0.5).abs() < 0.01 && (coefficient(mixture, "first") - 0.9).abs() < 0.01);
}

#[test]
fn a_mean_along_the_arc_is_told_from_a_straight_one() {
    let kin = family();
    let mut mixed = kin.first.clone();
    for (name, (_, numbers)) in &mut mixed {
        let (a, b) = (&kin.first[name].1, &kin.second[name].1);
        let dot = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum::<f64>();
        let angle = (dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()).acos();
        let weights = [(0.75 * angle).sin() / angle.sin(), (0.25 * angle).sin() / angle.sin()];
        for (at, number) in numbers.iter_mut().enumerate() {
            *number = (weights[0] * f64::from(a[at]) + weights[1] * f64::from(b[at])) as f32;
        }
    }
    let evidence = kin.measure(&mixed, false);
    let mixture = text(&evidence);
    assert_eq!(mixture.kind, MixtureKind::Slerp, "{mixture:?}");
    assert!((statistic(mixture, "arc-excess") - 1.0).abs() < 0.1);
    assert!(mixture.parts.is_empty(), "one t for all layers: {mixture:?}");
    assert!(mixture.coefficients.iter().map(|part| part.value).sum::<f64>() > 1.005);
}

#[test]
fn layers_taken_whole_and_shares_that_change_with_depth_are_ranges() {
    let kin = family();
    let layer = |name: &str| name.split('.').nth(2).and_then(|number| number.parse::<f32>().ok());
    let whole = combined(&[&kin.first, &kin.second], &mut |name, x| {
        if layer(name).is_none_or(|at| at < 2.0) { x[0] } else { x[1] }
    });
    let evidence = kin.measure(&whole, false);
    let mixture = text(&evidence);
    assert_eq!(mixture.kind, MixtureKind::LayerWise, "{mixture:?}");
    let runs: Vec<(u32, u32, i32)> =
        mixture.parts.iter().map(|part| (part.first, part.last, part.from[0].round() as i32)).collect();
    assert_eq!(runs, [(0, 1, 1), (2, 3, 0)]);

    let gradient = combined(&[&kin.first, &kin.second], &mut |name, x| {
        let share = layer(name).unwrap_or(0.0) / 4.0;
        (1.0 - share) * x[0] + share * x[1]
    });
    let evidence = kin.measure(&gradient, false);
    let mixture = text(&evidence);
    assert_eq!((mixture.kind, mixture.parts.len()), (MixtureKind::LayerWise, 1), "{mixture:?}");
    let part = &mixture.parts[0];
    assert_eq!((part.first, part.last), (0, 3));
    assert!((part.from[1] - 0.0).abs() < 0.01 && (part.to[1] - 0.75).abs() < 0.01, "{part:?}");
}

/// Differences from the base of which each model keeps the larger half; a number's sign is settled by their sum.
fn trimmed(kin: &Family, scale: f32) -> Weights {
    let mut out = kin.base.clone();
    for (name, (_, numbers)) in &mut out {
        let differences: Vec<Vec<f32>> = [&kin.first, &kin.second]
            .iter()
            .map(|side| {
                let all: Vec<f32> = side[name].1.iter().zip(&kin.base[name].1).map(|(x, base)| x - base).collect();
                let mut sizes: Vec<f32> = all.iter().map(|x| x.abs()).collect();
                sizes.sort_by(f32::total_cmp);
                let least = sizes[sizes.len() / 2];
                all.into_iter().map(|x| if x.abs() >= least { x } else { 0.0 }).collect()
            })
            .collect();
        for (at, number) in numbers.iter_mut().enumerate() {
            let sides = [differences[0][at], differences[1][at]];
            let sign = (sides[0] + sides[1]).signum();
            let agreed: Vec<f32> = sides.into_iter().filter(|x| *x != 0.0 && x.signum() == sign).collect();
            if !agreed.is_empty() {
                *number += scale * agreed.iter().sum::<f32>() / agreed.len() as f32;
            }
        }
    }
    out
}

#[test]
fn trimmed_and_dropped_differences_are_told_apart() {
    let kin = family();
    let evidence = kin.measure(&trimmed(&kin, 0.8), true);
    let mixture = text(&evidence);
    assert_eq!(mixture.kind, MixtureKind::Ties, "{mixture:?}");
    assert!((statistic(mixture, "ratio-atom/first") - 0.8).abs() < 0.02, "{mixture:?}");
    assert!(evidence.links.iter().skip(1).all(|link| link.changes.contains(&Change::Merged)));

    let mut chance = Chance(5);
    let dropped = combined(&[&kin.base, &kin.first, &kin.second], &mut |_, x| {
        let mut kept = |share: f64| if chance.unit() < share { 1.0 / share as f32 } else { 0.0 };
        x[0] + 0.6 * kept(0.3) * (x[1] - x[0]) + 0.4 * kept(0.5) * (x[2] - x[0])
    });
    let evidence = kin.measure(&dropped, true);
    let mixture = text(&evidence);
    assert_eq!(mixture.kind, MixtureKind::Dare, "{mixture:?}");
    assert!((statistic(mixture, "ratio-atom/first") - 2.0).abs() < 0.05, "0.6 / 0.3: {mixture:?}");
    assert!((statistic(mixture, "ratio-atom/second") - 0.8).abs() < 0.05, "0.4 / 0.5: {mixture:?}");
    assert!((coefficient(mixture, "first") - 0.6).abs() < 0.05, "{mixture:?}");
}

#[test]
fn kin_that_learnt_alike_and_steps_of_one_training_are_no_merge() {
    let kin = family();
    // A sibling with half of another's change, and its own.
    let alike = combined(&[&kin.base, &kin.first, &trained(&kin.base, 30, 0.3)], &mut |_, x| {
        x[0] + 0.5 * (x[1] - x[0]) + 0.5 * (x[2] - x[0])
    });
    let later = trained(&kin.first, 31, 0.3);
    let sided = Family { second: rounded(&later), ..family() };
    for evidence in [kin.measure(&alike, true), sided.measure(&trained(&kin.first, 32, 0.002), true)] {
        assert!(evidence.mixtures.iter().all(|mixture| !mixture.kind.is_merge()), "{:?}", evidence.mixtures);
        assert!(evidence.links.iter().all(|link| !link.changes.contains(&Change::Merged)));
    }
    // The first lies on the way from the base to what came later.
    let on_the_way = run(
        &write(kin.root.path(), "middle", &kin.first, Format::Bf16),
        &[
            write(kin.root.path(), "base", &kin.base, Format::Bf16),
            write(kin.root.path(), "later", &later, Format::Bf16),
        ],
    );
    assert_eq!(text(&on_the_way).kind, MixtureKind::Between, "{:?}", on_the_way.mixtures);
}

#[test]
fn references_that_are_the_same_leave_shares_open() {
    let kin = family();
    let same = Family { second: kin.first.clone(), ..family() };
    let evidence = same.measure(&trained(&kin.first, 33, 0.1), false);
    assert!(
        evidence.mixtures.iter().all(|mixture| mixture.kind == MixtureKind::NotIdentified),
        "{:?}",
        evidence.mixtures
    );
}

#[test]
fn two_strangers_mixed_and_trained_on_are_found_in_it() {
    let (one, other) = (rounded(&model(1)), rounded(&model(2)));
    let root = tempfile::tempdir().unwrap();
    let mixed = trained(&combined(&[&one, &other], &mut |_, x| 0.65 * x[0] + 0.35 * x[1]), 40, 0.3);
    let at = |name: &str, weights: &Weights| write(root.path(), name, weights, Format::Bf16);
    let evidence = run(&at("mixed", &mixed), &[at("one", &one), at("other", &other)]);
    let mixture = text(&evidence);
    assert_eq!(mixture.kind, MixtureKind::TrainedAfter, "{mixture:?}");
    assert!((coefficient(mixture, "one") - 0.65).abs() < 0.02 && (coefficient(mixture, "other") - 0.35).abs() < 0.02);
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn the_zoo_s_merges_are_solved_for() {
    let zoo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/zoo");
    for (candidate, references, kind, wanted) in [
        ("a-merge-linear", ["a-ft", "a-ft2"], MixtureKind::Linear, [0.5, 0.5]),
        ("a-merge-slerp", ["a-ft2", "a-cpt"], MixtureKind::Slerp, [0.637, 0.439]),
        ("a-b-merge", ["llama-a", "llama-b"], MixtureKind::TrainedAfter, [0.6, 0.4]),
    ] {
        let evidence = run(&zoo.join(candidate), &references.map(|name| zoo.join(name)));
        let mixture = text(&evidence);
        assert_eq!(mixture.kind, kind, "{candidate}: {mixture:?}");
        for (part, wanted) in mixture.coefficients.iter().zip(wanted) {
            assert!((part.value - wanted).abs() < 0.07, "{candidate}: {mixture:?}");
        }
        assert!(evidence.links.iter().all(|link| link.changes.contains(&Change::Merged)), "{candidate}");
    }
}
