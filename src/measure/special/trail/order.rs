//! Whether the checkpoints of a path lie in the order that was given, and none of them twice.
//!
//! Training moves weights step by step, and steps hardly undo each other: of three checkpoints the first and the last
//! lie farthest apart (method 8.6: at the middle one of a chain the angle's cosine is -0.14 to 0.05, so the square of
//! the way across is the sum of both squares up to a seventh). A path that lists them otherwise has a triple whose ends
//! are nearer than one of its steps. Distances have no direction, so the whole path read backwards passes too: that it
//! begins where it says is the question of the random start.

use crate::evidence::{TestResult, TrailCheck, TrailQuestion, Words};
use crate::measure::model::shape::{Layer, Model};
use crate::measure::stats::matrix::Matrix;
use crate::text::says;

/// Numbers that stand for a checkpoint: at even distances over its matrices, the same places in all.
const MOST_NUMBERS: usize = 1 << 16;
/// So many triples are named.
const MOST_NAMED: usize = 8;

/// What is kept of a checkpoint.
#[derive(Debug, Clone)]
pub(super) struct Place {
    id: String,
    numbers: Vec<f32>,
}

impl Place {
    pub(super) fn of(model: &Model) -> Self {
        let layers = model.towers.iter().flat_map(|tower| &tower.layers);
        let tables = model.embedding.iter().chain(&model.head);
        let matrices: Vec<&Matrix> = layers.flat_map(matrices_of).chain(tables).collect();
        let all: usize = matrices.iter().map(|matrix| matrix.data.len()).sum();
        let step = all.div_ceil(MOST_NUMBERS).max(1);
        let numbers = matrices.iter().flat_map(|matrix| matrix.data.iter().copied().step_by(step)).collect();
        Self { id: model.id.clone(), numbers }
    }

    /// Square of the distance; none of checkpoints that hold other matrices.
    fn squared_distance(&self, other: &Self) -> Option<f64> {
        (self.numbers.len() == other.numbers.len()).then(|| {
            self.numbers.iter().zip(&other.numbers).map(|(x, y)| (f64::from(*x) - f64::from(*y)).powi(2)).sum()
        })
    }
}

fn matrices_of(layer: &Layer) -> impl Iterator<Item = &Matrix> {
    let attention = layer.attention.iter().flat_map(|part| [&part.query, &part.key, &part.value, &part.output]);
    attention
        .chain(layer.experts.iter().flat_map(|part| [part.gate.as_ref(), Some(&part.up), Some(&part.down)]).flatten())
}

/// The check of the order of a whole path.
pub(super) fn check(places: &[Place]) -> TrailCheck {
    let mut failures: Vec<Words> = Vec::new();
    let mut wrong = 0_u64;
    let mut say = |words: Words, failures: &mut Vec<Words>| {
        wrong += 1;
        if failures.len() < MOST_NAMED {
            failures.push(words);
        }
    };
    let distance = |i: usize, k: usize| places[i].squared_distance(&places[k]);
    for k in 0..places.len() {
        for i in (0..k).filter(|&i| distance(i, k) == Some(0.0)) {
            let (one, other) = (&places[i].id, &places[k].id);
            say(
                says(
                    format!("`{other}`의 수는 `{one}`의 것과 하나도 다르지 않다: 같은 체크포인트가 두 번 나온다"),
                    format!("no number of `{other}` differs from `{one}`: one checkpoint stands there twice"),
                )
                .into(),
                &mut failures,
            );
        }
    }
    let mut asked = 0;
    for (i, j, k) in triples(places.len()) {
        let (Some(first), Some(second), Some(across)) = (distance(i, j), distance(j, k), distance(i, k)) else {
            continue;
        };
        asked += 1;
        if across < first.max(second) {
            let [one, middle, last] = [i, j, k].map(|at| &places[at].id);
            say(
                says(
                    format!("순서가 맞지 않는다: `{middle}`은(는) `{one}`와(과) `{last}` 사이에 있지 않다"),
                    format!("out of order: `{middle}` does not lie between `{one}` and `{last}`"),
                )
                .into(),
                &mut failures,
            );
        }
    }
    TrailCheck {
        check: TrailQuestion::Order,
        at: places.last().map_or_else(String::new, |place| place.id.clone()),
        against: None,
        passed: wrong == 0,
        relation: None,
        failures,
        tests: vec![TestResult {
            family: "order-of-triples".to_owned(),
            statistic: Some(wrong as f64),
            n: Some(asked),
            ..TestResult::default()
        }],
    }
}

/// Triples of a path: each neighbouring one, and each checkpoint between the ends.
fn triples(count: usize) -> Vec<(usize, usize, usize)> {
    let neighbours = (2..count).map(|k| (k - 2, k - 1, k));
    let ends = (1..count.saturating_sub(1)).map(|j| (0, j, count - 1));
    let mut all: Vec<(usize, usize, usize)> = neighbours.chain(ends).collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A path of steps of one length in fresh directions.
    fn path(count: usize) -> Vec<Place> {
        let mut at = vec![0.0_f32; 64];
        (0..count)
            .map(|step| {
                at[step] += 1.0;
                Place { id: format!("s{step}"), numbers: at.clone() }
            })
            .collect()
    }

    #[test]
    fn a_path_in_order_passes_forwards_and_backwards() {
        let mut places = path(6);
        assert!(check(&places).passed);
        places.reverse();
        assert!(check(&places).passed, "distances have no direction");
    }

    #[test]
    fn every_exchange_of_two_checkpoints_is_seen() {
        for i in 0..6 {
            for j in i + 1..6 {
                let mut places = path(6);
                places.swap(i, j);
                assert!(!check(&places).passed, "{i} {j}");
            }
        }
    }

    #[test]
    fn a_checkpoint_that_stands_there_twice_is_seen() {
        let mut places = path(4);
        places.insert(1, Place { id: "again".to_owned(), ..places[3].clone() });
        assert!(!check(&places).passed);
    }
}
