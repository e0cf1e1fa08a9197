//! A checkpoint trail: a claimed path from initial weights to the release, put to the test.
//!
//! 1. *Random start*: the first checkpoint's matrices are what an initialiser draws, its gains constant ([`start`]).
//! 2. *Foreign start*: no reference of the run is related to the first checkpoint. Equal random numbers are a relation,
//!    too.
//! 3. *Steps*: each checkpoint shares its numbers with the one before, as named, in every layer of every tower, and so
//!    do the tables. The test is symmetric: it does not tell which of the two came first.
//! 4. *Order*: of three checkpoints the middle one lies between the others, and none stands there twice ([`order`]).
//! 5. *Release*: the last checkpoint is the candidate, number by number up to the coarser format's rounding.
//!
//! What it cannot show: that nobody made the path backwards, by hiding a little of trained weights in noise. That is
//! why a passed trail is audited only in an assessor's hands.

mod order;
mod release;
mod start;

use std::path::PathBuf;

use crate::evidence::{
    ComponentEvidence, LinkEvidence, Relation, Subject, TestResult, Trail, TrailCheck, TrailQuestion, Words,
};
use crate::measure::model::plan::Sample;
use crate::measure::model::shape::Model;
use crate::measure::model::stacks::kind_of;
use crate::measure::progress::Progress;
use crate::measure::search::budget::Budget;
use crate::measure::sketch::source::Source;
use crate::measure::{MeasureError, Options, model::digest, verdict::link};
use crate::text::{Says, says};
use crate::weights::Checkpoint;

/// Tests the path `steps`, first checkpoint first, to the release. No reference may be related to its start.
pub(in crate::measure) fn test(
    release: &Checkpoint,
    steps: &[PathBuf],
    references: &[PathBuf],
    options: &Options,
) -> Result<Trail, MeasureError> {
    if steps.len() < 2 {
        return Err(MeasureError::ShortTrail);
    }
    let open = |path: &PathBuf| match Source::open(path).map_err(|error| error.of(path))? {
        Source::Files(checkpoint) => Ok(checkpoint),
        Source::Sketch(_) => Err(MeasureError::SketchInTrail.of(path)),
    };
    let steps = steps.iter().map(open).collect::<Result<Vec<_>, MeasureError>>()?;
    let others = references.iter().map(|path| Source::open(path)).collect::<Result<Vec<_>, _>>()?;
    let directories: Vec<&Checkpoint> =
        steps.iter().map(|step| &**step).chain(others.iter().filter_map(Source::checkpoint)).collect();
    let sample = Sample::that_fits(release, &directories);
    let quiet = Progress::default();
    let mut before = Model::read(&steps[0], sample, &quiet)?;
    let budget = Budget::of(steps.len() + others.len(), before.towers.len());
    let mut checkpoints = vec![checkpoint(&before, &steps[0], options)?];
    let mut checks = vec![start::check(&before.id, &steps[0])?];
    let mut places = vec![order::Place::of(&before)];
    for reference in others {
        let common = sample.meet(reference.sketched().unwrap_or(sample));
        let first = if common == sample { before.clone() } else { Model::read(&steps[0], common, &quiet)?.rounded() };
        checks.push(foreign_start(&first, &reference.model(common, false, &quiet)?, budget));
    }
    for step in steps.iter().skip(1) {
        let next = Model::read(step, sample, &quiet)?;
        checks.push(descends(&before, &next, budget));
        checkpoints.push(checkpoint(&next, step, options)?);
        places.push(order::Place::of(&next));
        before = next;
    }
    checks.push(order::check(&places));
    let last = &steps[steps.len() - 1];
    checks.push(release::check(&before.id, last, release)?);
    Ok(Trail {
        passed: checks.iter().all(|check| check.passed),
        checkpoints,
        checks,
        components: components(release),
        attested: None,
    })
}

/// What is missing where a trail was tested beside no reference.
pub(in crate::measure) fn without_references() -> Says {
    says(
        "대조 모델을 주지 않아, 첫 체크포인트가 다른 모델의 출발점과 같은지는 살펴보지 않았다",
        "no reference was given, so whether the first checkpoint is another model's start was not looked at",
    )
}

/// The components that the path is about: those with weights in the release.
fn components(release: &Checkpoint) -> Vec<String> {
    release.components().iter().filter(|count| count.parameters > 0).map(|count| count.kind.id().to_owned()).collect()
}

fn checkpoint(model: &Model, files: &Checkpoint, options: &Options) -> Result<Subject, MeasureError> {
    let files = digest::files(files, options.digests, &[], &options.progress)?;
    Ok(Subject { id: model.id.clone(), files, through: None })
}

fn foreign_start(first: &Model, reference: &Model, budget: Budget) -> TrailCheck {
    let (found, _) = link::link(reference, first, budget, None);
    let related = found.relation == Relation::Shared;
    let mut failures = Vec::new();
    if related {
        failures.push(Words::from(says(
            format!("첫 체크포인트의 가중치가 `{}`의 것과 관계있다", reference.id),
            format!("the first checkpoint's weights are related to those of `{}`", reference.id),
        )));
    } else if found.relation == Relation::Undecided {
        failures.push(Words::from(says(
            format!("`{}`와는 견줄 수 있는 부분이 모자랐다", reference.id),
            format!("too little of `{}` could be compared", reference.id),
        )));
    }
    TrailCheck {
        check: TrailQuestion::ForeignStart,
        at: first.id.clone(),
        against: Some(reference.id.clone()),
        passed: !related,
        relation: Some(found.relation),
        tests: loudest(&found),
        failures,
    }
}

fn descends(before: &Model, next: &Model, budget: Budget) -> TrailCheck {
    let (found, _) = link::link(before, next, budget, None);
    let mut failures = Vec::new();
    let related = |relation: Relation| relation == Relation::Shared;
    for tower in &next.towers {
        let id = tower.id.as_str();
        match found.components.iter().find(|part| part.id == id) {
            None => failures.push(missing(id)),
            Some(part) if !related(part.relation) => failures.push(not_from(part, &before.id)),
            Some(part) if part.layers.len() < tower.layers.len() => failures.push(Words::from(says(
                format!(
                    "{id}: {}개 층 가운데 {}개만 앞 체크포인트와 가중치를 공유한다",
                    tower.layers.len(),
                    part.layers.len()
                ),
                format!(
                    "{id}: only {} of {} layers share their weights with the checkpoint before",
                    part.layers.len(),
                    tower.layers.len()
                ),
            ))),
            Some(_) => {}
        }
    }
    let tables = found.components.iter().filter(|part| matches!(part.id.as_str(), "embedding" | "head" | "projector"));
    failures.extend(tables.filter(|part| part.relation == Relation::NoTrace).map(|part| not_from(part, &before.id)));
    let mut tests = loudest(&found);
    tests.push(gain_spread(next));
    TrailCheck {
        check: TrailQuestion::Step,
        at: next.id.clone(),
        against: Some(before.id.clone()),
        passed: failures.is_empty() && !next.towers.is_empty(),
        relation: Some(found.relation),
        failures,
        tests,
    }
}

fn missing(id: &str) -> Words {
    says(format!("{id}: 견줄 수 없다"), format!("{id}: nothing to compare with")).into()
}

fn not_from(part: &ComponentEvidence, before: &str) -> Words {
    let id = &part.id;
    match part.relation {
        Relation::Undecided => says(
            format!("{id}: `{before}`의 것과 가중치를 공유하는지 판단하지 못했다"),
            format!("{id}: whether it shares its weights with that of `{before}` could not be decided"),
        ),
        _ => says(
            format!("{id}: `{before}`의 것과 가중치를 공유하지 않는다"),
            format!("{id}: shares no weights with that of `{before}`"),
        ),
    }
    .into()
}

/// The figures of the towers, without what did not speak.
fn loudest(found: &LinkEvidence) -> Vec<TestResult> {
    let towers = found.components.iter().filter(|part| kind_of(&part.id).is_some());
    let spoke = towers.flat_map(|part| &part.tests).filter(|test| test.skipped.is_none());
    spoke.filter(|test| test.family != "raw-cosine-norm-gains").cloned().collect()
}

/// How far gains and biases are from a constant, as the root mean square deviation from their own means: it grows with
/// training. Description only.
fn gain_spread(model: &Model) -> TestResult {
    let (mut squares, mut count) = (0.0, 0_u64);
    for vector in model.towers.iter().flat_map(|tower| &tower.layers).flat_map(|layer| layer.constant_start.values()) {
        let mean = vector.iter().map(|&value| f64::from(value)).sum::<f64>() / vector.len().max(1) as f64;
        squares += vector.iter().map(|&value| (f64::from(value) - mean).powi(2)).sum::<f64>();
        count += vector.len() as u64;
    }
    TestResult {
        family: "gain-spread".to_owned(),
        statistic: Some((squares / count.max(1) as f64).sqrt()),
        n: Some(count),
        ..TestResult::default()
    }
}
