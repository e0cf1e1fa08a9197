//! Which tower of the reference stands against which of the candidate: each of its kind, or each of all where there is
//! none of it, since a kind is read off names; and of these the one that tells most.

use crate::measure::model::shape::{Model, Tower};
use crate::measure::search::compare::TowerFinding;
use crate::measure::stats::pair::Pair;
use crate::weights::ComponentKind;

/// For every tower of the candidate the pairs that it can be in: with the reference's towers of its kind, the one of
/// the same name first; with all of them where none is of its kind.
pub(in crate::measure) fn pairs<'a>(reference: &'a Model, candidate: &'a Model) -> Vec<Vec<Pair<&'a Tower>>> {
    let of = |candidate: &'a Tower| {
        let kin = reference.towers_of(candidate.kind).next().is_some();
        let those = reference.towers.iter().filter(|tower| !kin || tower.kind == candidate.kind);
        let mut pairs: Vec<Pair<&'a Tower>> = those.map(|reference| Pair { reference, candidate }).collect();
        pairs.sort_by_key(|pair| pair.reference.id != candidate.id);
        pairs
    };
    candidate.towers.iter().map(of).filter(|pairs| !pairs.is_empty()).collect()
}

/// Of the pairs of one tower of the candidate, each with what was found, the one that tells most: in which most
/// parts of layers are found, and of these the
/// one whose families are the least probable by chance. Nothing tells more than the first of equals. The choice
/// is paid for: the budget counts every pair.
pub(in crate::measure) fn most_telling<'a>(
    found: impl IntoIterator<Item = (Pair<&'a Tower>, TowerFinding)>,
) -> Option<(Pair<&'a Tower>, TowerFinding)> {
    let mut best: Option<(Pair<&'a Tower>, TowerFinding)> = None;
    for each in found {
        let more = best.as_ref().is_none_or(|known| {
            let (a, b) = (telling(&each.1), telling(&known.1));
            a.0 > b.0 || a.0 == b.0 && a.1 > b.1
        });
        if more {
            best = Some(each);
        }
    }
    best
}

/// Parts of layers that were found, and how improbable the families are together.
fn telling(finding: &TowerFinding) -> (usize, f64) {
    let parts = finding.layers.iter().map(|found| usize::from(found.feed_forward) + usize::from(found.attention)).sum();
    (parts, finding.families.values().map(|found| -found.ln_p).sum())
}

/// How many pairs of towers a run may compare, of which a tower of the candidate has one for each of its kind in the
/// reference that has most of them; one for each of all in a reference that has none of its kind.
pub(in crate::measure) fn most_pairs(
    candidate: &[(ComponentKind, usize)],
    references: &[Vec<(ComponentKind, usize)>],
) -> usize {
    let count = |depths: &[(ComponentKind, usize)], kind| {
        let kin = depths.iter().filter(|depth| depth.0 == kind).count();
        if kin > 0 { kin } else { depths.len() }
    };
    let most = |kind| references.iter().map(|depths| count(depths, kind)).max().unwrap_or(0).max(1);
    candidate.iter().map(|&(kind, _)| most(kind)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_is_paid_for() {
        let (text, eye) = ((ComponentKind::Text, 4), (ComponentKind::Vision, 2));
        assert_eq!(most_pairs(&[text], &[vec![text]]), 1);
        assert_eq!(most_pairs(&[text, eye], &[vec![text], vec![text, text]]), 4);
        assert_eq!(most_pairs(&[eye], &[vec![text, text], vec![eye]]), 2, "a kind that is not there is asked of all");
        assert_eq!(most_pairs(&[text, text, eye], &[vec![text, text, text, eye]]), 7);
        assert_eq!(most_pairs(&[text], &[]), 1);
    }
}
