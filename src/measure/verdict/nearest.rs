//! Which of several related references lies nearest.
//!
//! Two references are compared over the tensors that both were compared with, as they are stored: by how much the one
//! is more alike, in the mean over numbers, with a standard error that leaves out one tensor at a time. The nearest is
//! named beyond three standard errors of every other one (method 8.9), else none is. Nearness is no direction: a child,
//! a parent and a sibling can each lie nearest.

use std::collections::BTreeMap;

use crate::evidence::{LinkEvidence, Relation};
use crate::measure::stats::jackknife::jackknife;
use crate::measure::verdict::thresholds::NEARER;

/// A tensor by component, layer and role.
type Place<'a> = (&'a str, Option<u32>, &'a str);

/// How alike a tensor is, and over how many numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Alike {
    correlation: f64,
    numbers: f64,
}

/// Says of every related reference whether it is the nearest, where one is; of a single one nothing is said.
pub(in crate::measure) fn mark(links: &mut [LinkEvidence]) {
    let related: Vec<usize> = (0..links.len()).filter(|&at| links[at].relation == Relation::Shared).collect();
    if related.len() < 2 {
        return;
    }
    let sides: Vec<BTreeMap<Place<'_>, Alike>> = related.iter().map(|&at| tensors_of(&links[at])).collect();
    let nearer = |one: usize| {
        (0..sides.len()).filter(|&other| other != one).all(|other| is_nearer(&sides[one], &sides[other]) == Some(true))
    };
    let nearest = (0..sides.len()).find(|&one| nearer(one));
    if let Some(nearest) = nearest {
        for (place, at) in related.iter().enumerate() {
            links[*at].nearest = Some(place == nearest);
        }
    }
}

fn tensors_of(link: &LinkEvidence) -> BTreeMap<Place<'_>, Alike> {
    let shared = link.components.iter().filter(|component| component.relation == Relation::Shared);
    let each = shared.flat_map(|component| {
        component.tensors.iter().map(|tensor| {
            let alike = Alike { correlation: tensor.correlation, numbers: tensor.numbers as f64 };
            ((component.id.as_str(), tensor.layer, tensor.role.as_str()), alike)
        })
    });
    each.collect()
}

/// Whether the one is more alike than the other beyond the error; none where too little is common to both.
fn is_nearer(one: &BTreeMap<Place<'_>, Alike>, other: &BTreeMap<Place<'_>, Alike>) -> Option<bool> {
    let common: Vec<Alike> = one
        .iter()
        .filter_map(|(place, alike)| {
            let correlation = alike.correlation - other.get(place)?.correlation;
            Some(Alike { correlation, numbers: alike.numbers })
        })
        .collect();
    let (sum, numbers) =
        common.iter().fold((0.0, 0.0), |all, one| (all.0 + one.correlation * one.numbers, all.1 + one.numbers));
    let without = common.iter().map(|one| (sum - one.correlation * one.numbers) / (numbers - one.numbers));
    let error = jackknife(without)?;
    Some(sum / numbers > NEARER * error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{ComponentEvidence, TensorEvidence};

    fn link(correlations: &[f64]) -> LinkEvidence {
        let tensor = |(layer, &correlation): (u32, &f64)| TensorEvidence {
            role: "up".to_owned(),
            layer: Some(layer),
            from: None,
            numbers: 100,
            correlation,
            identical: 0.0,
            chance: 0.0,
        };
        let component = ComponentEvidence {
            id: "text".to_owned(),
            relation: Relation::Shared,
            tensors: (0..).zip(correlations).map(tensor).collect(),
            ..ComponentEvidence::default()
        };
        LinkEvidence { relation: Relation::Shared, components: vec![component], ..LinkEvidence::default() }
    }

    #[test]
    fn the_nearest_is_named_beyond_three_errors_alone() {
        let mut links = [link(&[0.90, 0.91, 0.92, 0.90]), link(&[0.99, 0.99, 0.98, 0.99])];
        mark(&mut links);
        assert_eq!(links.each_ref().map(|link| link.nearest), [Some(false), Some(true)]);
        let mut alike = [link(&[0.90, 0.95, 0.92, 0.97]), link(&[0.95, 0.91, 0.97, 0.92])];
        mark(&mut alike);
        assert_eq!(alike.each_ref().map(|link| link.nearest), [None, None]);
    }

    #[test]
    fn one_related_reference_is_not_the_nearest_of_anything() {
        let mut links = [link(&[0.9, 0.9]), LinkEvidence { relation: Relation::NoTrace, ..link(&[0.1, 0.1]) }];
        mark(&mut links);
        assert!(links.iter().all(|link| link.nearest.is_none()));
    }
}
