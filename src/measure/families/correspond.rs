//! Which unit of the reference stands against which of the candidate in one pair of layers: as they are counted, or
//! matched.
//!
//! A matching for one family is made only from tensors that this family's group leaves as they are, so that its p-value
//! stays exact (method 4.2): neurons by gate, for signs of up and down; heads by query and key, for
//! signs of value and output; heads by value and output, for signs of query and key.

use crate::measure::model::shape::{Attention, FeedForward, Layer};
use crate::measure::stats::assignment::{best_assignment, best_pairs};
use crate::measure::stats::matrix::{Matrix, dot, narrow};
use crate::weights::Rotary;

/// For each layer of the candidate: the reference's layer and a weight.
pub(in crate::measure) type LayerMap = Vec<Option<(usize, f64)>>;

/// For each expert of a layer the pairs of neurons that are duplicates.
pub(in crate::measure) type Duplicates = Vec<Vec<(usize, usize)>>;

/// How units are put against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::measure) enum Arrangement {
    /// Unit `i` with unit `i`.
    InPlace,
    /// Each unit with the one that its other tensors resemble most.
    Matched,
}

/// Pairs of units (reference's, candidate's) with a weight from the matching.
pub(in crate::measure) type Pairs = Vec<(usize, usize, f64)>;

/// One expert (or the dense part) of each side with the pairs of its neurons.
#[derive(Debug, Clone)]
pub(in crate::measure) struct NeuronPairs {
    pub reference: usize,
    pub candidate: usize,
    pub neurons: Pairs,
}

/// One key-value head of each side with the pairs of its query heads.
#[derive(Debug, Clone)]
pub(in crate::measure) struct HeadPairs {
    pub reference: usize,
    pub candidate: usize,
    pub queries: Vec<(usize, usize)>,
}

/// Of two parts with more neurons than this nothing is matched: it would take too long.
const MOST_NEURONS: usize = 4096;

/// Experts put against each other, by index: each with its own number, or all with the dense part of the reference.
fn expert_pairs(reference: &Layer, candidate: &Layer) -> Vec<(usize, usize)> {
    match (reference.experts.len(), candidate.experts.len()) {
        (0, _) | (_, 0) => Vec::new(),
        (1, many) => (0..many).map(|expert| (0, expert)).collect(),
        (many, 1) => (0..many).map(|expert| (expert, 0)).collect(),
        (a, b) => (0..a.min(b)).map(|expert| (expert, expert)).collect(),
    }
}

/// Neurons of two layers. In place they must be equally many. The reference is already in the candidate's basis.
pub(in crate::measure) fn neurons(reference: &Layer, candidate: &Layer, arrangement: Arrangement) -> Vec<NeuronPairs> {
    match arrangement {
        Arrangement::InPlace => expert_pairs(reference, candidate)
            .into_iter()
            .filter(|&(a, b)| reference.experts[a].neurons() == candidate.experts[b].neurons())
            .map(|(a, b)| NeuronPairs {
                reference: a,
                candidate: b,
                neurons: (0..candidate.experts[b].neurons()).map(|at| (at, at, 1.0)).collect(),
            })
            .collect(),
        Arrangement::Matched => matched_experts(reference, candidate),
    }
}

/// Experts matched by how well their neurons match, neurons by the cosine of their gate rows.
fn matched_experts(reference: &Layer, candidate: &Layer) -> Vec<NeuronPairs> {
    let too_many = |experts: &[FeedForward]| experts.iter().any(|expert| expert.neurons() > MOST_NEURONS);
    if too_many(&reference.experts) && too_many(&candidate.experts) {
        return Vec::new();
    }
    let (many, here) = (reference.experts.len(), candidate.experts.len());
    let mut found: Vec<Vec<Pairs>> = Vec::with_capacity(here);
    let mut score = Matrix::zero(here, many);
    for (b, expert) in candidate.experts.iter().enumerate() {
        found
            .push(reference.experts.iter().map(|other| match_rows(other.leading(), expert.leading(), false)).collect());
        for (a, pairs) in found[b].iter().enumerate() {
            score.data[b * many + a] = narrow(pairs.iter().map(|pair| pair.2).sum::<f64>());
        }
    }
    let chosen: Vec<Option<usize>> = if many == 1 { vec![Some(0); here] } else { best_assignment(&score) };
    chosen
        .into_iter()
        .enumerate()
        .filter_map(|(b, a)| a.map(|a| NeuronPairs { reference: a, candidate: b, neurons: found[b][a].clone() }))
        .collect()
}

/// The candidate's rows with the reference's by cosine (its size, if signs may differ): the best assignment, or mutual
/// nearest neighbours.
pub(in crate::measure) fn match_rows(reference: &Matrix, candidate: &Matrix, any_sign: bool) -> Pairs {
    let mut cosines = candidate.row_cosines(reference);
    if any_sign {
        cosines.data.iter_mut().for_each(|value| *value = value.abs());
    }
    best_pairs(&cosines)
        .into_iter()
        .enumerate()
        .filter_map(|(b, a)| a.map(|a| (a, b, f64::from(cosines.at(b, a)).max(0.0))))
        .collect()
}

/// What heads are compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::measure) enum HeadKey {
    /// The form that query and key make, which no turn of a rotary pair changes.
    QueryKey,
    /// The product of value and output, which no map of the value space changes.
    ValueOutput,
}

/// Heads of two layers, in place (equally many) or matched by `key`.
pub(in crate::measure) fn heads(
    reference: &Attention,
    candidate: &Attention,
    arrangement: Arrangement,
    key: HeadKey,
    rotary: Rotary,
) -> Vec<HeadPairs> {
    let groups = (reference.heads / reference.kv_heads, candidate.heads / candidate.kv_heads);
    if reference.head_width != candidate.head_width {
        return Vec::new();
    }
    match arrangement {
        Arrangement::InPlace if reference.kv_heads == candidate.kv_heads && groups.0 == groups.1 => (0..candidate
            .kv_heads)
            .map(|head| HeadPairs {
                reference: head,
                candidate: head,
                queries: (head * groups.0..(head + 1) * groups.0).map(|query| (query, query)).collect(),
            })
            .collect(),
        Arrangement::InPlace => Vec::new(),
        Arrangement::Matched => {
            let similarity = query_head_similarity(reference, candidate, key, rotary);
            let mut score = Matrix::zero(candidate.kv_heads, reference.kv_heads);
            let mut inside = Vec::new();
            for b in 0..candidate.kv_heads {
                for a in 0..reference.kv_heads {
                    let mut part = Matrix::zero(groups.1, groups.0);
                    for (row, query) in (b * groups.1..(b + 1) * groups.1).enumerate() {
                        for (column, other) in (a * groups.0..(a + 1) * groups.0).enumerate() {
                            part.data[row * groups.0 + column] = similarity.at(query, other);
                        }
                    }
                    let queries: Vec<(usize, usize)> = best_assignment(&part)
                        .into_iter()
                        .enumerate()
                        .filter_map(|(row, column)| column.map(|column| (a * groups.0 + column, b * groups.1 + row)))
                        .collect();
                    score.data[b * reference.kv_heads + a] =
                        queries.iter().map(|&(other, query)| similarity.at(query, other)).sum();
                    inside.push(queries);
                }
            }
            best_assignment(&score)
                .into_iter()
                .enumerate()
                .filter_map(|(b, a)| {
                    a.map(|a| HeadPairs {
                        reference: a,
                        candidate: b,
                        queries: inside[b * reference.kv_heads + a].clone(),
                    })
                })
                .collect()
        }
    }
}

/// Similarity of every query head of the candidate (rows) with every one of the reference (columns), by `key`
/// (method 4.13, head invariants).
pub(in crate::measure) fn query_head_similarity(
    reference: &Attention,
    candidate: &Attention,
    key: HeadKey,
    rotary: Rotary,
) -> Matrix {
    let own = |side: &Attention, head: usize| invariant(side, head, side, head, key, rotary).max(0.0).sqrt();
    let lengths: [Vec<f64>; 2] =
        [reference, candidate].map(|side| (0..side.heads).map(|head| own(side, head)).collect());
    let mut out = Matrix::zero(candidate.heads, reference.heads);
    for b in 0..candidate.heads {
        for a in 0..reference.heads {
            let scale = lengths[0][a] * lengths[1][b];
            if scale > 0.0 {
                out.data[b * reference.heads + a] = narrow(invariant(reference, a, candidate, b, key, rotary) / scale);
            }
        }
    }
    out
}

/// Inner product of the forms of two heads, without forming them.
fn invariant(a: &Attention, a_head: usize, b: &Attention, b_head: usize, key: HeadKey, rotary: Rotary) -> f64 {
    let h = a.head_width.min(b.head_width);
    let query = |side: &Attention, head: usize| head * side.head_width;
    let shared = |side: &Attention, head: usize| head / (side.heads / side.kv_heads) * side.head_width;
    let (qa, qb, ka, kb) = (query(a, a_head), query(b, b_head), shared(a, a_head), shared(b, b_head));
    let bilinear = |left: (&Matrix, &Matrix), right: (&Matrix, &Matrix), rows: (usize, usize, usize, usize)| {
        let products = |(x, y): (&Matrix, &Matrix), (i, j): (usize, usize)| {
            x.take_rows(i..i + h).times_transposed(&y.take_rows(j..j + h)).data
        };
        dot(&products(left, (rows.0, rows.1)), &products(right, (rows.2, rows.3)))
    };
    match (key, rotary_partner(rotary, h)) {
        (HeadKey::ValueOutput, _) => bilinear((&a.value, &b.value), (&a.output, &b.output), (ka, kb, qa, qb)),
        (HeadKey::QueryKey, None) => bilinear((&a.query, &b.query), (&a.key, &b.key), (qa, qb, ka, kb)),
        (HeadKey::QueryKey, Some(pairs)) => pairs
            .into_iter()
            .map(|(j, k)| {
                let complex = |x: &Matrix, y: &Matrix, at: usize, there: usize| {
                    let (x1, x2, y1, y2) = (x.row(at + j), x.row(at + k), y.row(there + j), y.row(there + k));
                    (dot(x1, y1) + dot(x2, y2), dot(x1, y2) - dot(x2, y1))
                };
                let (q_real, q_imaginary) = complex(&b.query, &a.query, qb, qa);
                let (k_real, k_imaginary) = complex(&a.key, &b.key, ka, kb);
                q_real * k_real - q_imaginary * k_imaginary
            })
            .sum(),
    }
}

/// The rotary pairs of a head of width `h`, where the pairing is known.
pub(in crate::measure) fn rotary_partner(rotary: Rotary, h: usize) -> Option<Vec<(usize, usize)>> {
    match rotary {
        Rotary::Halves => Some((0..h / 2).map(|at| (at, at + h / 2)).collect()),
        Rotary::Interleaved => Some((0..h / 2).map(|at| (2 * at, 2 * at + 1)).collect()),
        Rotary::None | Rotary::Unknown => None,
    }
}
