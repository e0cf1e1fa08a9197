//! Mixtures: a candidate that two or more references of one run are found in, as a weighted sum of them (method 11.1).
//!
//! - **Model**: tensor by tensor `y = sum_k beta_k x_k + e`, coded as `y = s x_0 + sum_k beta_k (x_k - x_0) + e` with
//!   `x_0` the reference nearest to all others, which takes the collinearity away; the coefficient of `x_0` is `s -
//!   sum_k beta_k`, and `s` is the sum of all.
//! - **Errors**: clustered by row within a tensor, by leaving out a tensor at a time over all (never `n` numbers as if
//!   independent).
//! - **Null**: with one true parent the coefficient of every other reference is zero given the parent. That is exact
//!   where the other reference is no kin of the parent (its signs and orders are a random element of the group given
//!   all else), and F2 on what is left of both after the parent is taken out tests it. It is *not* true of kin: a
//!   sibling learnt alike and a later checkpoint lies beyond, so both get coefficients without any merge.
//! - **Called a merge**, hence, only if at least two coefficients are beyond [`LEAST_COEFFICIENT`] and five standard
//!   errors, and one of these holds: the mixture leaves nothing but rounding (a point of so many dimensions does not
//!   fall on a line by chance); the references are no kin and F2 given the other is beyond the level; or the
//!   differences from the ancestor are trimmed or dropped as TIES and DARE do ([`sparse`]). What lies between kin with
//!   more left over is reported as lying between.
//! - **Silent** where a component is not found as named, where shapes differ, and on tensors of 8 bits for the rounding
//!   (their grid is coarser than the last place).

mod arc;
mod describe;
mod normal;
mod solve;
mod sparse;
mod tensors;

use self::describe::describe;
use self::normal::{Fit, Sums};
pub(in crate::measure) use self::solve::eigenvalues;
pub(in crate::measure) use self::tensors::last_place;
use self::tensors::{Shared, shared};
use crate::evidence::{Change, LinkEvidence, Mixture, MixtureKind, Relation};
use crate::measure::MeasureError;
use crate::measure::search::budget::LEVEL;
use crate::measure::stats::tail::SignSum;
use crate::weights::{Checkpoint, Numbers};

/// Least coefficient that counts; smaller ones are not worth the name.
const LEAST_COEFFICIENT: f64 = 0.02;
/// Least number of standard errors that it must have.
const LEAST_ERRORS: f64 = 5.0;
/// What is left over counts as rounding up to so many units in the last place (root mean square); one rounding leaves
/// 0.29, a chain of a few in the same format more.
const ROUNDING: f64 = 1.0;
/// Least share of the difference from the nearest reference that a place between kin must explain to be told.
const LEAST_BETWEEN: f64 = 0.25;
/// Most references of one mixture.
const MOST_REFERENCES: usize = 16;
/// Components that are looked at.
const COMPONENTS: [&str; 6] = ["text", "vision", "audio", "projector", "embedding", "head"];

/// One tensor of the candidate beside the same of each reference.
struct TensorFit {
    tensor: Shared,
    sums: Sums,
    /// The tensor by itself; none where its references are too alike.
    fit: Option<Fit>,
    /// Root mean square of what its own fit leaves over, in units of the last place.
    residual_ulp: Option<f64>,
}

impl TensorFit {
    fn is_rounding(&self) -> bool {
        self.residual_ulp.is_some_and(|left| left <= ROUNDING)
    }
}

/// Finds the mixtures of a run. `links` belong to `references`, in their order.
pub(in crate::measure) fn find(
    candidate: &Checkpoint,
    references: &[&Checkpoint],
    links: &[LinkEvidence],
) -> Result<Vec<Mixture>, MeasureError> {
    let mut out = Vec::new();
    for component in COMPONENTS {
        let related: Vec<usize> =
            (0..links.len()).filter(|&at| as_named(&links[at], component)).take(MOST_REFERENCES).collect();
        if related.len() >= 2 {
            let sides: Vec<&Checkpoint> = related.iter().map(|&at| references[at]).collect();
            let ids: Vec<String> = related.iter().map(|&at| links[at].reference.id.clone()).collect();
            out.extend(mixture(candidate, &sides, &ids, component)?);
        }
    }
    // Tables have no neurons to swap: they go with the layers that were mixed from the same references.
    let trained = out.iter().find(|mixture| mixture.kind == MixtureKind::TrainedAfter).map(ids_of);
    for table in out.iter_mut().filter(|mixture| matches!(mixture.component.as_str(), "embedding" | "head")) {
        if table.kind == MixtureKind::Between && trained.as_ref() == Some(&ids_of(table)) {
            table.kind = MixtureKind::TrainedAfter;
        }
    }
    out.retain(|mixture| {
        mixture.kind != MixtureKind::Between || mixture.r2.is_some_and(|share| share >= LEAST_BETWEEN)
    });
    Ok(out)
}

/// References with a coefficient that counts.
fn ids_of(mixture: &Mixture) -> Vec<String> {
    let drawn = mixture.coefficients.iter().filter(|part| counts(part.value, part.se));
    drawn.map(|part| part.id.clone()).collect()
}

/// Marks the links of the references that a merge draws on.
pub(in crate::measure) fn mark(mixtures: &[Mixture], links: &mut [LinkEvidence]) {
    for mixture in mixtures.iter().filter(|mixture| mixture.kind.is_merge()) {
        let ids = ids_of(mixture);
        let drawn = |id: &str| ids.iter().any(|known| known == id);
        for link in links.iter_mut().filter(|link| link.relation == Relation::Shared && drawn(&link.reference.id)) {
            for component in link.components.iter_mut().filter(|component| component.id == mixture.component) {
                component.changes.push(Change::Merged);
                component.changes.sort();
                component.changes.dedup();
            }
            link.changes.push(Change::Merged);
            link.changes.sort();
            link.changes.dedup();
        }
    }
}

fn counts(value: f64, se: f64) -> bool {
    value.abs() >= LEAST_COEFFICIENT && value.abs() > LEAST_ERRORS * se
}

/// Whether the component is found in the reference, as named.
fn as_named(link: &LinkEvidence, component: &str) -> bool {
    link.components.iter().any(|part| {
        part.id == component
            && part.relation == Relation::Shared
            && part.changes.iter().all(|change| !change.moves_channels() && *change != Change::UnitsReordered)
    })
}

fn mixture(
    candidate: &Checkpoint,
    references: &[&Checkpoint],
    ids: &[String],
    component: &str,
) -> Result<Option<Mixture>, MeasureError> {
    let tensors = shared(candidate, references, component);
    if tensors.is_empty() {
        return Ok(None);
    }
    let readers: Vec<Numbers<'_>> = references.iter().map(|checkpoint| Numbers::of(checkpoint)).collect();
    let own = Numbers::of(candidate);
    let mut fits = Vec::with_capacity(tensors.len());
    for tensor in tensors {
        let block = tensor.read(&own, &readers)?;
        fits.push((tensor, Sums::of(&block)));
    }
    let total = fits.iter().fold(Sums::empty(references.len()), |total, (_, sums)| total.with(sums));
    let ancestor = total.nearest_to_all();
    let Some(pooled) = Fit::of(&total, ancestor) else {
        return Ok(Some(describe::not_identified(component)));
    };
    let mut all = Vec::with_capacity(fits.len());
    let mut kin = Kin::new(references.len());
    let mut atoms = sparse::Atoms::new(references.len());
    for (tensor, sums) in fits {
        let block = tensor.read(&own, &readers)?;
        let fit = Fit::of(&sums, ancestor);
        let residual_ulp = fit.as_ref().and_then(|fit| block.residual_ulp(&fit.coefficients, tensor.dtype));
        if residual_ulp.is_none_or(|left| left > ROUNDING) {
            atoms.look(&block, ancestor, tensor.dtype);
            if tensor.swaps {
                kin.look(&block, &pooled.coefficients);
            }
        }
        let errors = fit.as_ref().map(|fit| block.clustered_errors(fit, ancestor));
        let fit = fit.map(|fit| Fit { errors: errors.unwrap_or_default(), ..fit });
        all.push(TensorFit { tensor, sums, fit, residual_ulp });
    }
    // One tensor alone has none to leave out: its rows are the clusters then.
    let errors = match all.as_slice() {
        [only] => only.fit.as_ref().map_or_else(Vec::new, |fit| fit.errors.clone()),
        _ => normal::jackknife(&total, all.iter().map(|fit| &fit.sums), ancestor, &pooled),
    };
    if errors.len() < references.len() || errors.iter().any(|error| !error.is_finite()) {
        return Ok(Some(describe::not_identified(component)));
    }
    let pooled = Fit { errors, ..pooled };
    let looks = (references.len() * references.len() * COMPONENTS.len()) as f64;
    Ok(describe(component, ids, &pooled, &total, &all, (&kin, &atoms), (LEVEL / looks).ln()))
}

/// F2 on the leading matrices, unit `i` against unit `i + m/2`: between references, and between the candidate and a
/// reference given the others.
struct Kin {
    /// Between references, `[a][b]`.
    between: Vec<Vec<SignSum>>,
    /// What is left of the candidate against each reference after the others are taken out.
    given: Vec<SignSum>,
}

impl Kin {
    fn new(references: usize) -> Self {
        Self {
            between: vec![vec![SignSum::default(); references]; references],
            given: vec![SignSum::default(); references],
        }
    }

    fn look(&mut self, block: &normal::Block, coefficients: &[f64]) {
        let half = block.rows / 2;
        let references = block.references.len();
        for at in 0..half {
            let apart = |data: &[f32]| -> Vec<f64> {
                let (x, y) = (&data[at * block.columns..][..block.columns], &data[(at + half) * block.columns..]);
                x.iter().zip(y).map(|(x, y)| f64::from(*x) - f64::from(*y)).collect()
            };
            let sides: Vec<Vec<f64>> = block.references.iter().map(|data| apart(data)).collect();
            for a in 0..references {
                for b in a + 1..references {
                    self.between[a][b].terms.push(cosine(&sides[a], &sides[b]));
                }
            }
            let own = apart(&block.candidate);
            for (k, side) in sides.iter().enumerate() {
                let left: Vec<f64> = own
                    .iter()
                    .enumerate()
                    .map(|(i, y)| {
                        let others: f64 = (0..references)
                            .filter(|&other| other != k)
                            .map(|other| coefficients[other] * sides[other][i])
                            .sum();
                        y - others
                    })
                    .collect();
                self.given[k].terms.push(cosine(&left, side));
            }
        }
    }

    /// Whether no two of these references are related by F2.
    fn strangers(&self, among: &[usize], ln_level: f64) -> bool {
        among.iter().all(|&a| {
            among.iter().filter(|&&b| b > a).all(|&b| {
                let sum = &self.between[a][b];
                sum.units() > 0 && sum.ln_p() > ln_level
            })
        })
    }
}

fn cosine(a: &[f64], b: &[f64]) -> f64 {
    let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    let scale = (dot(a, a) * dot(b, b)).sqrt();
    if scale > 0.0 { dot(a, b) / scale } else { 0.0 }
}
