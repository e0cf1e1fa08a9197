//! Low-rank adapters: a difference that few directions hold, in some tensors, with all others untouched (method 11.5).
//!
//! - **Statistic**: singular values of `B - A` of each changed matrix, by random projection in two passes over its rows
//!   (Halko, Martinsson and Tropp 2011); the rank is the number above the edge of rounding noise, `ulp (sqrt m + sqrt
//!   n) / 2` with `ulp` the root mean square of the last place.
//! - **Called an adapter** if every tensor is either the reference's to the last digit or changed by a rank of at most
//!   a quarter of its smaller side that holds 99 % of what rounding does not explain. Training of whole tensors moves
//!   every direction.
//! - **Silent** where shapes differ, where the number format changed, and where a gain or a bias moved.
//!
//! A directory that holds the factors alone has no weights to compare; it is named for what it is.

use std::collections::BTreeMap;

use crate::evidence::{Adapter, LinkEvidence, Relation, Words};
use crate::measure::MeasureError;
use crate::measure::special::merges::{eigenvalues, last_place};
use crate::measure::stats::chance::Chance;
use crate::measure::stats::matrix::{Matrix, narrow};
use crate::text::says;
use crate::weights::{Checkpoint, Dtype, Numbers, Role, Tensor};

/// Largest rank that is looked for.
const MOST_RANK: usize = 256;
/// Directions beyond the rank that is looked for.
const BESIDE: usize = 8;
/// Share of the change beyond rounding that the rank must hold.
const LEAST_EXPLAINED: f64 = 0.99;
/// Numbers that are read at once.
const AT_ONCE: usize = 1 << 20;

/// The adapter that makes the whole difference between two checkpoints; none if the difference is something else.
pub(in crate::measure) fn find(
    reference: &Checkpoint,
    candidate: &Checkpoint,
) -> Result<Option<Adapter>, MeasureError> {
    let (mut changed, mut untouched, mut rank, mut explained) = (Vec::new(), 0, 0, 1.0_f64);
    let sides = (Numbers::of(reference), Numbers::of(candidate));
    // Small matrices first: the first that training moved in all directions ends the look.
    let mut tensors: Vec<&Tensor> = candidate.tensors.iter().filter(|tensor| counts(tensor)).collect();
    tensors.sort_by_key(|tensor| (tensor.shape.len() < 2, tensor.placement.layer.is_none(), tensor.elements));
    for tensor in tensors {
        let Some(other) = reference.tensor(&tensor.name) else { return Ok(None) };
        if other.shape != tensor.shape || other.dtype != tensor.dtype || !tensor.dtype.is_comparable() {
            return Ok(None);
        }
        let difference = Difference { numbers: (&sides.0, &sides.1), tensors: (other, tensor) };
        let Some(energy) = difference.energy()? else {
            untouched += 1;
            continue;
        };
        if tensor.shape.len() != 2 {
            return Ok(None);
        }
        let Some((found, share)) = difference.rank(energy)? else { return Ok(None) };
        rank = rank.max(found);
        explained = explained.min(share);
        changed.push((tensor.placement.role, tensor.placement.layer));
    }
    Ok((!changed.is_empty()).then(|| adapter(&changed, rank, untouched, explained, true)))
}

fn counts(tensor: &Tensor) -> bool {
    !matches!(tensor.placement.role, Role::Buffer | Role::Scale)
}

fn adapter(changed: &[(Role, Option<u32>)], rank: usize, untouched: u64, explained: f64, merged: bool) -> Adapter {
    let mut by_layer: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let mut roles: Vec<String> = Vec::new();
    for (role, layer) in changed {
        let name = role.word().to_owned();
        if let Some(layer) = layer {
            by_layer.entry(*layer).or_default().push(name.clone());
        }
        roles.push(name);
    }
    roles.sort();
    roles.dedup();
    let whole = |names: &Vec<String>| roles.iter().all(|role| names.contains(role));
    Adapter {
        rank: u32::try_from(rank).unwrap_or(u32::MAX),
        layers: by_layer.iter().filter(|(_, names)| whole(names)).map(|(layer, _)| *layer).collect(),
        roles,
        changed: changed.len() as u64,
        untouched,
        explained,
        merged,
    }
}

/// What is done with a block: its first row, the numbers of the reference, those of the candidate.
type EachBlock<'a> = dyn FnMut(usize, &[f32], &[f32]) + 'a;

/// One tensor on two sides.
struct Difference<'a> {
    numbers: (&'a Numbers<'a>, &'a Numbers<'a>),
    tensors: (&'a Tensor, &'a Tensor),
}

/// Sum of squares of a difference, and of the last places.
#[derive(Debug, Clone, Copy)]
struct Energy {
    moved: f64,
    places: f64,
}

impl Difference<'_> {
    /// Calls `each` with the first row and the numbers of both sides, block by block.
    fn blocks(&self, each: &mut EachBlock<'_>) -> Result<(), MeasureError> {
        let (rows, columns) = Numbers::table_shape(self.tensors.1);
        let step = (AT_ONCE / columns.max(1)).max(1);
        let (mut a, mut b) = (Vec::new(), Vec::new());
        for first in (0..rows).step_by(step) {
            a.clear();
            b.clear();
            let range = first..(first + step).min(rows);
            self.numbers.0.read_rows(self.tensors.0, range.clone(), &mut a)?;
            self.numbers.1.read_rows(self.tensors.1, range, &mut b)?;
            each(first, &a, &b);
        }
        Ok(())
    }

    /// How much moved; none if nothing did.
    fn energy(&self) -> Result<Option<Energy>, MeasureError> {
        let mut energy = Energy { moved: 0.0, places: 0.0 };
        let mut grid = true;
        let dtype: Dtype = self.tensors.1.dtype;
        self.blocks(&mut |_, a, b| {
            for (&x, &y) in a.iter().zip(b) {
                let (x, y) = (f64::from(x), f64::from(y));
                energy.moved += (y - x).powi(2);
                match last_place(x.abs().max(y.abs()), dtype) {
                    Some(place) => energy.places += place * place,
                    None => grid = false,
                }
            }
        })?;
        // A format with a grid of its own has no last place: what it moved is never called an adapter.
        let energy = if grid { energy } else { Energy { places: 0.0, ..energy } };
        Ok((energy.moved > 0.0 || energy.moved.is_nan()).then_some(energy))
    }

    /// The rank above rounding, and the share of the change beyond rounding that it holds; none if it is not low.
    fn rank(&self, energy: Energy) -> Result<Option<(usize, f64)>, MeasureError> {
        let (rows, columns) = Numbers::table_shape(self.tensors.1);
        let size = (rows * columns) as f64;
        let usual = (energy.places / size).sqrt();
        let edge = usual * ((rows as f64).sqrt() + (columns as f64).sqrt()) / 2.0;
        let most = (rows.min(columns) / 4).min(MOST_RANK);
        let mut wanted = 16.min(most);
        while wanted > 0 && energy.moved.is_finite() {
            let Singular { squares, fourth } = self.singular((wanted + BESIDE).min(rows.min(columns)))?;
            if effective_rank(energy.moved, fourth) > 2.0 * most as f64 {
                return Ok(None);
            }
            // Squares of less than 1e-11 of the largest are rounding of this very computation, whose products are added
            // in f32.
            let floor = squares.first().map_or(0.0, |largest| 1e-11 * largest);
            let above = squares.iter().take_while(|square| **square > floor && square.sqrt() > edge).count();
            if above > wanted && !could_be_low(&squares, (wanted, most), energy.moved) {
                return Ok(None);
            }
            if above <= wanted {
                let held: f64 = squares[..above].iter().sum();
                let rounding = usual * usual / 4.0 * size;
                let beyond = (energy.moved - held - rounding).max(0.0);
                let share = if held > 0.0 { held / (held + beyond) } else { 0.0 };
                return Ok((above > 0 && share > LEAST_EXPLAINED).then_some((above, share)));
            }
            if wanted == most {
                break;
            }
            wanted = (2 * wanted).min(most);
        }
        Ok(None)
    }

    /// What a projection on `count` random directions tells of the singular values.
    fn singular(&self, count: usize) -> Result<Singular, MeasureError> {
        let (rows, columns) = Numbers::table_shape(self.tensors.1);
        let mut chance = Chance::new(0x10ad);
        let directions = Matrix::new(count, columns, (0..columns * count).map(|_| narrow(chance.normal())).collect());
        let mut image = vec![Vec::with_capacity(rows); count];
        self.blocks(&mut |_, a, b| {
            let seen = moved(a, b, columns).times_transposed(&directions);
            for row in seen.data.chunks_exact(count) {
                image.iter_mut().zip(row).for_each(|(line, value)| line.push(f64::from(*value)));
            }
        })?;
        let basis = orthonormal(&image);
        let mut small = vec![vec![0.0; columns]; basis.len()];
        self.blocks(&mut |first, a, b| {
            let moved = moved(a, b, columns);
            let part = basis.iter().flat_map(|vector| vector[first..first + moved.rows].iter().map(|x| narrow(*x)));
            let seen = Matrix::new(basis.len(), moved.rows, part.collect()).times(&moved);
            for (line, row) in small.iter_mut().zip(seen.data.chunks_exact(columns)) {
                line.iter_mut().zip(row).for_each(|(sum, value)| *sum += f64::from(*value));
            }
        })?;
        let gram: Vec<Vec<f64>> =
            small.iter().map(|a| small.iter().map(|b| a.iter().zip(b).map(|(x, y)| x * y).sum()).collect()).collect();
        let squares = eigenvalues(&gram).into_iter().map(|value| value.max(0.0)).collect();
        // Each column of the image, carried back by the difference.
        let back = image.iter().map(|column| {
            let parts: Vec<f64> =
                basis.iter().map(|vector| vector.iter().zip(column).map(|(x, y)| x * y).sum()).collect();
            let products =
                gram.iter().zip(&parts).map(|(row, x)| x * row.iter().zip(&parts).map(|(g, y)| g * y).sum::<f64>());
            products.sum::<f64>()
        });
        Ok(Singular { fourth: back.sum::<f64>() / count as f64, squares })
    }
}

/// What is known of the singular values of a difference.
#[derive(Debug)]
struct Singular {
    /// Squares of the largest.
    squares: Vec<f64>,
    /// Sum of the fourth powers of all, by as many random vectors (Hutchinson 1990).
    fourth: f64,
}

/// `(sum s^2)^2 / sum s^4`: never more than the rank, and never more than `r / 0.99^2` where `r` directions hold 99 %
/// of the squares. The estimate of the fourth powers errs by a share of about `sqrt(2 / (24 r))`, which leaves room for
/// the factor of two that is asked.
fn effective_rank(squares: f64, fourth: f64) -> f64 {
    if fourth > 0.0 { squares * squares / fourth } else { 0.0 }
}

/// What moved, in rows of `columns`.
fn moved(reference: &[f32], candidate: &[f32], columns: usize) -> Matrix {
    let numbers = candidate.iter().zip(reference).map(|(y, x)| y - x).collect::<Vec<f32>>();
    Matrix::new(numbers.len() / columns.max(1), columns, numbers)
}

/// Whether `most` directions could hold enough of the change, if none beyond those seen holds more than the `wanted`-th
/// does. Seen through eight directions beside sixteen, a square comes out too small by a factor of 1 + 16/7 at most on
/// average (Halko, Martinsson and Tropp 2011, theorem 10.5), so it counts four times.
fn could_be_low(squares: &[f64], (wanted, most): (usize, usize), moved: f64) -> bool {
    let seen: f64 = squares[..wanted].iter().sum();
    let beyond = 4.0 * squares[wanted - 1] * (most - wanted) as f64;
    4.0 * seen + beyond >= LEAST_EXPLAINED * moved
}

/// The vectors made orthogonal and of length one, twice over for rounding; those that vanish are left out.
fn orthonormal(vectors: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut out: Vec<Vec<f64>> = Vec::with_capacity(vectors.len());
    for vector in vectors {
        let mut vector = vector.clone();
        let length = |vector: &[f64]| vector.iter().map(|x| x * x).sum::<f64>().sqrt();
        let before = length(&vector);
        for _ in 0..2 {
            for known in &out {
                let along: f64 = known.iter().zip(&vector).map(|(x, y)| x * y).sum();
                vector.iter_mut().zip(known).for_each(|(x, y)| *x -= along * y);
            }
        }
        let after = length(&vector);
        if after > 1e-10 * before && after > 0.0 {
            for number in &mut vector {
                *number /= after;
            }
            out.push(vector);
        }
    }
    out
}

/// Says of a candidate that holds low-rank factors alone what it is, and which tensors of the reference the factors
/// fit.
pub(in crate::measure) fn name_factors(reference: &Checkpoint, candidate: &Checkpoint, link: &mut LinkEvidence) {
    let factors: Vec<&Tensor> =
        candidate.tensors.iter().filter(|tensor| tensor.placement.role == Role::LowRank).collect();
    let only = candidate.tensors.iter().all(|tensor| tensor.placement.role == Role::LowRank);
    if factors.is_empty() || !only {
        return;
    }
    let (mut fit, mut rank) = (Vec::new(), 0);
    for down in factors.iter().filter(|tensor| tensor.name.contains("lora_A")) {
        let up = candidate.tensor(&down.name.replace("lora_A", "lora_B"));
        let stem = down.name.split(".lora_A").next().unwrap_or_default().trim_start_matches("base_model.model.");
        let target = reference.tensor(&format!("{stem}.weight"));
        if let (Some(up), Some(target)) = (up, target)
            && let ([low, into], [from, also_low], [rows, columns]) =
                (down.shape.as_slice(), up.shape.as_slice(), target.shape.as_slice())
            && low == also_low
            && (from, into) == (rows, columns)
        {
            rank = rank.max(usize::try_from(*low).unwrap_or(usize::MAX));
            fit.push((target.placement.role, target.placement.layer));
        }
    }
    let all = factors.len() / 2;
    link.relation = Relation::Undecided;
    link.limits.push(Words::from(says(
        "이 디렉터리에는 어댑터의 저랭크 인자만 있다. 인자는 새로 학습한 수여서 어느 모델 위에 얹은 것인지 스스로 보이지 못한다. 어댑터를 합친 모델을 재야 한다",
        "this directory holds the low-rank factors of an adapter and nothing else; the factors are new numbers and do \
        not show whose weights they were made for: measure the model with the adapter merged into it",
    )));
    link.limits.push(Words::from(says(
        format!(
            "인자 {all}쌍 가운데 {}쌍의 크기가 이 대조 모델의 텐서와 맞는다. 크기가 맞는 것은 계보의 증거가 아니다",
            fit.len()
        ),
        format!(
            "{} of {all} pairs of factors fit tensors of this reference in size, which is no evidence of lineage",
            fit.len()
        ),
    )));
    if !fit.is_empty() {
        let untouched = reference.tensors.iter().filter(|tensor| counts(tensor)).count() as u64 - fit.len() as u64;
        link.adapter = Some(adapter(&fit, rank, untouched, 1.0, false));
    }
}
