//! What the pass over whole files adds to a link: how alike each tensor is, the exact families over all units where
//! only a sample was read before, numeric identity with its chance, digests.

use std::collections::BTreeMap;

use crate::evidence::{ComponentEvidence, Explanations, LinkEvidence, Relation, TensorEvidence, TestResult, Words};
use crate::measure::families::family::Family;
use crate::measure::search::budget::Budget;
use crate::measure::stats::tail::SignSum;
use crate::measure::verdict::alignment::{AlignedTower, Alignment};
use crate::measure::verdict::judge;
use crate::measure::whole::pass::{self, PassFinding, PassPlan, TensorFound};
use crate::text::says;
use crate::weights::{Checkpoint, Role, WeightsError};

/// Reads both models whole and completes the link. `sampled` says that the ladder saw only a part.
pub(in crate::measure) fn complete(
    (reference, candidate): (&Checkpoint, &Checkpoint),
    alignment: &Alignment,
    (sampled, budget): (bool, Budget),
    plan: PassPlan<'_>,
    link: &mut LinkEvidence,
) -> Result<[Vec<String>; 2], WeightsError> {
    let maps = alignment.towers.iter().map(|(stack, tower)| (*stack, tower.map.clone())).collect();
    let streams = alignment.towers.iter().map(|(stack, tower)| (*stack, tower.stream)).collect();
    let PassFinding { tensors, digests } =
        pass::run((reference, candidate), (&maps, &alignment.without), &streams, plan)?;
    for component in &mut link.components {
        let tower = alignment.towers.iter().find(|(_, tower)| tower.id == component.id);
        let own = |found: &&TensorFound| match (found.placement.stack, tower) {
            (Some(stack), Some((own, _))) => stack == *own,
            // What no layer holds counts with the only tower of its kind.
            _ => found.placement.component.id() == component.id,
        };
        let of_it: Vec<&TensorFound> = tensors.iter().filter(|found| found.finite).filter(own).collect();
        if let Some((&stack, AlignedTower { stream, copies, .. })) = tower {
            if sampled {
                for (family, sum) in pass::families(&tensors, stack, stream, copies) {
                    take(component, family, &sum);
                }
            }
            count_equal(component, &of_it, &pass::identity(&tensors, stack, stream), budget);
        } else if component.tests.iter().any(|test| test.family == "identity") {
            count_equal(component, &of_it, &SignSum::default(), budget);
        }
        if component.relation == Relation::Shared {
            component.tensors = table(&of_it);
        }
    }
    let shared = link.components.iter().filter(|component| component.relation == Relation::Shared);
    link.changes = shared.flat_map(|component| component.changes.iter().copied()).chain(link.changes.clone()).collect();
    link.changes.sort();
    link.changes.dedup();
    let relation = judge::over_all(link.components.iter().map(|component| &component.relation));
    if relation == Relation::Shared || link.controls.iter().all(|control| control.passed) {
        link.relation = relation;
    }
    if link.relation == Relation::Shared && link.explanations.is_none() {
        link.explanations = Some(Explanations::default());
    }
    Ok(digests)
}

/// Puts a family over all units in the place of what a sample gave, where it says more.
fn take(component: &mut ComponentEvidence, family: Family, sum: &SignSum) {
    let log10_p = sum.ln_p() / std::f64::consts::LN_10;
    let told = component.tests.iter_mut().find(|test| test.family == family.id() && test.skipped.is_none());
    if let Some(test) = told
        && test.log10_p.is_some_and(|known| log10_p < known)
    {
        test.n = Some(sum.units() as u64);
        test.agree = Some(sum.agree() as u64);
        test.z = Some(sum.z());
        test.log10_p = Some(log10_p);
    }
}

/// Numeric identity: the share of equal numbers, its chance, and how far beyond chance it is. Beyond the level it is a
/// finding by itself (method 6.5).
fn count_equal(component: &mut ComponentEvidence, tensors: &[&TensorFound], swaps: &SignSum, budget: Budget) {
    let numbers: u64 = tensors.iter().map(|found| found.numbers()).sum();
    let equal: u64 = tensors.iter().map(|found| found.equal).sum();
    if numbers == 0 {
        return;
    }
    let share = equal as f64 / numbers as f64;
    let chance = tensors.iter().map(|found| found.chance * found.numbers() as f64).sum::<f64>() / numbers as f64;
    component.tests.retain(|test| test.family != "identity");
    let tells = swaps.units() > 0;
    component.tests.push(TestResult {
        kind: None,
        standard_error: None,
        family: "identity".to_owned(),
        statistic: Some(share),
        n: Some(numbers),
        agree: None,
        z: tells.then(|| swaps.z()),
        log10_p: tells.then(|| swaps.ln_p() / std::f64::consts::LN_10),
        skipped: None,
    });
    let found = swaps.z() > 0.0 && swaps.ln_p() <= budget.ln_level();
    if found && component.relation != Relation::Shared {
        component.relation = Relation::Shared;
        component.explanations.get_or_insert_with(Explanations::default);
        component.share = Some(((share - chance) / (1.0 - chance)).clamp(0.0, 1.0));
        let (whole, by_chance) = (share * 100.0, chance * 100.0);
        component.notes.push(Words::from(says(
            format!("숫자의 {whole:.2} %가 똑같다. 우연이라면 {by_chance:.2} %이고, 같은 숫자는 같은 뉴런에 모여 있다"),
            format!(
                "{whole:.2} % of the numbers are the same, where chance gives {by_chance:.2} %, and they stand in \
            the same neurons"
            ),
        )));
    }
}

/// One entry for each role of each layer, experts together.
fn table(tensors: &[&TensorFound]) -> Vec<TensorEvidence> {
    let mut cells: BTreeMap<(Option<u32>, &'static str), Vec<&TensorFound>> = BTreeMap::new();
    for found in tensors {
        cells
            .entry((found.placement.layer, word(found.placement.role, found.placement.is_bias)))
            .or_default()
            .push(found);
    }
    cells
        .into_iter()
        .map(|((layer, role), found)| {
            let numbers: u64 = found.iter().map(|tensor| tensor.numbers()).sum();
            let mean = |value: &dyn Fn(&TensorFound) -> f64| {
                found.iter().map(|tensor| value(tensor) * tensor.numbers() as f64).sum::<f64>() / numbers.max(1) as f64
            };
            TensorEvidence {
                role: role.to_owned(),
                layer,
                from: found[0].from.filter(|from| layer != Some(*from)),
                numbers,
                correlation: mean(&|tensor| tensor.correlation),
                identical: mean(&|tensor| tensor.equal as f64 / tensor.numbers().max(1) as f64).min(1.0),
                chance: mean(&|tensor| tensor.chance).min(1.0),
            }
        })
        .collect()
}

/// A role's word in evidence, where norms are one and what no family asks about is another.
fn word(role: Role, is_bias: bool) -> &'static str {
    match role {
        _ if is_bias => "bias",
        Role::AttentionNorm | Role::FeedForwardNorm | Role::FinalNorm | Role::OtherNorm => "norm",
        Role::LowRank | Role::Scale | Role::Packed | Role::Buffer | Role::Unknown => "other",
        role => role.word(),
    }
}
