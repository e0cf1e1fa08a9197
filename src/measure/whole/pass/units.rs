//! The exact families on whole tensors, in place and as they are stored, from the cosines that the pass kept.
//!
//! Groups, statistics and nulls are those of `f2_neuron_swaps` to `f5_rotary_signs`; two things differ. Gains are not
//! folded in: the signs of a group move what is stored as they move what is folded. And a neuron is swapped with its
//! neighbour, because rows are read in their order: any pairs that are fixed beforehand serve.

use std::collections::BTreeMap;

use super::BLOCK;
use super::pairs::Pair;
use super::sums::Wanted;
use super::tensor::{SAMPLES, TensorFound};
use crate::measure::families::f5_rotary_signs::sign_units;
use crate::measure::families::family::Family;
use crate::measure::model::heads::{self, fused_orders};
use crate::measure::stats::tail::SignSum;
use crate::measure::verdict::alignment::Stream;
use crate::weights::{Fusion, Halves, Role};

/// Which side of a matrix its units are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Units {
    Rows,
    Columns,
}

impl Stream {
    fn units(&self, role: Role, rows: usize, columns: usize) -> Option<Units> {
        let turned = rows == columns && self.turned;
        let reads = match role {
            Role::Gate
            | Role::Up
            | Role::GateUp(_)
            | Role::Query
            | Role::Key
            | Role::Value
            | Role::QueryKeyValue(_) => true,
            Role::Down | Role::Output => false,
            _ => return None,
        };
        // Experts stand on top of each other, so the side that is not the stream tells nothing of a part that writes.
        match (reads, columns == self.width, rows == self.width) {
            (true, true, _) if !turned => Some(Units::Rows),
            (true, _, true) => Some(Units::Columns),
            (false, _, true) if !turned => Some(Units::Columns),
            (false, true, _) => Some(Units::Rows),
            _ => None,
        }
    }
}

/// What the inner loops are asked for of one pair.
pub(super) fn wanted(pair: &Pair<'_>, streams: &BTreeMap<u32, Stream>) -> Wanted {
    let placement = pair.candidate.placement;
    let widest = pair.reference.dtype.bits().max(pair.candidate.dtype.bits());
    let bytes = pair.rows * pair.columns * usize::try_from(widest).unwrap_or(8) / 8;
    let samples = SAMPLES.div_ceil(bytes.div_ceil(BLOCK).max(1));
    let plain = Wanted { samples, ..Wanted::default() };
    let stream = placement.stack.and_then(|stack| streams.get(&stack)).filter(|_| !placement.is_bias);
    let Some(stream) = stream else { return plain };
    match stream.units(placement.role, pair.rows, pair.columns) {
        Some(Units::Columns) => Wanted { columns: true, ..plain },
        Some(Units::Rows) => {
            let neurons =
                matches!(placement.role, Role::Gate | Role::Up | Role::Value | Role::GateUp(Halves::GateFirst));
            Wanted { swaps: neurons, ..plain }
        }
        None => plain,
    }
}

/// Families over all layers of one of the candidate's stacks that stand in place; `left_out` are its layers that began
/// as copies of others.
pub(in crate::measure) fn families(
    tensors: &[TensorFound],
    stack: u32,
    stream: &Stream,
    left_out: &[u32],
) -> BTreeMap<Family, SignSum> {
    let mut layers: BTreeMap<u32, Vec<&TensorFound>> = BTreeMap::new();
    for found in
        tensors.iter().filter(|found| found.placement.stack == Some(stack) && !found.placement.is_bias && found.finite)
    {
        if let Some(layer) =
            found.placement.layer.filter(|layer| found.from == Some(*layer) && !left_out.contains(layer))
        {
            layers.entry(layer).or_default().push(found);
        }
    }
    let mut out: BTreeMap<Family, Vec<f64>> = BTreeMap::new();
    for layer in layers.values() {
        for (family, terms) in [
            (Family::NeuronSwaps, neuron_swaps(layer, stream)),
            (Family::UpDownSigns, up_down(layer, stream)),
            (Family::ValueSigns, value_signs(layer, stream)),
            (Family::RotarySigns, rotary_signs(layer, stream)),
        ] {
            out.entry(family).or_default().extend(terms);
        }
    }
    out.into_iter().map(|(family, terms)| (family, SignSum::of(terms))).filter(|(_, sum)| sum.units() > 0).collect()
}

/// Numeric identity (method 6.3): equal numbers of neighbouring neurons and value channels in place, less those after a
/// swap.
///
/// - **Group**: swap two neurons, or two channels of one value head, wherever they stand.
/// - **Statistic**: `eq(a, b) + eq(a', b') - eq(a, b') - eq(a', b)`, counts of equal numbers of neighbouring rows.
/// - **Null**: fair signs, so shared grids, shared constants and formats cannot move it.
/// - **Silent** on tensors with few different values, or where chance makes equal more than one number in twenty.
pub(in crate::measure) fn identity(tensors: &[TensorFound], stack: u32, stream: &Stream) -> SignSum {
    let terms = tensors
        .iter()
        .filter(|found| found.placement.stack == Some(stack) && found.telling && found.finite && stream.swaps_allowed)
        .flat_map(|found| found.equal_swaps.iter().map(|&term| f64::from(term)))
        .collect();
    SignSum::of(terms)
}

/// Cosines of the units of one expert's tensor, or of the only one.
fn cosines(layer: &[&TensorFound], role: Role, expert: Option<u32>) -> Option<Vec<f64>> {
    let found = layer
        .iter()
        .find(|found| found.placement.role == role && found.placement.expert == expert && found.parts == 1)?;
    let kept = if found.column_cosines.is_empty() { &found.row_cosines } else { &found.column_cosines };
    Some(kept.iter().map(|&value| f64::from(value)).collect())
}

/// F2: gates in the order of experts, or the only matrix of a plain part.
fn neuron_swaps(layer: &[&TensorFound], stream: &Stream) -> Vec<f64> {
    let gated = layer.iter().any(|found| matches!(found.placement.role, Role::Gate | Role::GateUp(_)));
    let swaps = layer.iter().filter(|_| stream.swaps_allowed).flat_map(|found| {
        let leads = match found.placement.role {
            Role::Gate => found.swaps.len(),
            // Gates come first, and no pair may hold a gate and an up.
            Role::GateUp(Halves::GateFirst) if found.parts == 1 => found.rows / 4,
            Role::Up if !gated => found.swaps.len(),
            _ => 0,
        };
        &found.swaps[..leads.min(found.swaps.len())]
    });
    swaps.map(|&term| f64::from(term)).collect()
}

/// F3: rows of up with columns of down, expert by expert.
fn up_down(layer: &[&TensorFound], stream: &Stream) -> Vec<f64> {
    if stream.traits.linear_up != Some(true) || !stream.swaps_allowed {
        return Vec::new();
    }
    let downs = layer.iter().filter(|found| found.placement.role == Role::Down).map(|found| found.placement.expert);
    let terms = downs.filter_map(|expert| {
        let down = cosines(layer, Role::Down, expert)?;
        let up = cosines(layer, Role::Up, expert).or_else(|| {
            let both = cosines(layer, Role::GateUp(Halves::GateFirst), expert)?;
            Some(both[both.len() / 2..].to_vec())
        })?;
        let gated = up.len() == down.len()
            && (cosines(layer, Role::Gate, expert).is_some() || cosines(layer, Role::Up, expert).is_none());
        gated.then(|| up.iter().zip(&down).map(|(up, down)| up + down).collect::<Vec<f64>>())
    });
    terms.flatten().collect()
}

/// Query, key, value and output, unit by unit, with the numbers of heads and of key-value heads.
struct Heads {
    parts: [Vec<f64>; 4],
    group: usize,
    keys: usize,
    width: usize,
}

impl Heads {
    fn of(layer: &[&TensorFound], stream: &Stream) -> Option<Self> {
        let width = stream.head_width?;
        let output = cosines(layer, Role::Output, None)?;
        let fused = [Fusion::Blocks, Fusion::Grouped]
            .into_iter()
            .find_map(|fusion| Some((fusion, cosines(layer, Role::QueryKeyValue(fusion), None)?)));
        let [query, key, value] = match fused {
            Some((fusion, all)) => {
                let kv_heads = all.len().checked_sub(output.len())? / 2 / width;
                if kv_heads == 0 || all.len() != output.len() + 2 * kv_heads * width {
                    return None;
                }
                fused_orders(fusion, heads::Heads { heads: output.len() / width, kv_heads, width })
                    .map(|order| order.into_iter().map(|row| all[row]).collect())
            }
            None => [
                cosines(layer, Role::Query, None)?,
                cosines(layer, Role::Key, None)?,
                cosines(layer, Role::Value, None)?,
            ],
        };
        let (heads, kv_heads) = (output.len() / width, key.len() / width);
        let fits = kv_heads > 0
            && heads.is_multiple_of(kv_heads)
            && query.len() == heads * width
            && output.len() == heads * width
            && key.len() == kv_heads * width
            && value.len() == key.len();
        fits.then(|| Self { parts: [query, key, value, output], keys: kv_heads, group: heads / kv_heads, width })
    }

    /// For each key-value head and each of `units`: the cosine of its own channels and of those of its group's query
    /// heads.
    fn terms(&self, own: usize, shared: usize, units: &[Vec<usize>]) -> Vec<f64> {
        let mut out = Vec::with_capacity(self.keys * units.len());
        for head in 0..self.keys {
            for unit in units {
                let term = unit.iter().map(|channel| {
                    let queries = (head * self.group..(head + 1) * self.group)
                        .map(|query| self.parts[shared][query * self.width + channel]);
                    self.parts[own][head * self.width + channel] + queries.sum::<f64>()
                });
                out.push(term.sum());
            }
        }
        out
    }
}

/// F4: rows of value with columns of output.
fn value_signs(layer: &[&TensorFound], stream: &Stream) -> Vec<f64> {
    let Some(heads) = Heads::of(layer, stream) else { return Vec::new() };
    let units: Vec<Vec<usize>> = (0..heads.width).map(|channel| vec![channel]).collect();
    heads.terms(2, 3, &units)
}

/// F5: rows of key with rows of query, rotary pair by rotary pair.
fn rotary_signs(layer: &[&TensorFound], stream: &Stream) -> Vec<f64> {
    let Some(heads) = Heads::of(layer, stream) else { return Vec::new() };
    heads.terms(1, 0, &sign_units(stream.traits.rotary, heads.width))
}
