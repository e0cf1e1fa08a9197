//! Neurons in another order and another basis: which way of matching serves a pair of towers.
//!
//! Small layers are matched by the Gram matrix of their gates, which holds from the fewest neurons on; wide ones by
//! sums over the layer, which cost no more than reading them. Of towers of which a sample is held, one layer is read
//! from the files, and others only if it rings.

use crate::measure::families::agreement::Agreement;
use crate::measure::families::units::Stack;
use crate::measure::model::feed_forward::Gates;
use crate::measure::model::shape::Tower;
use crate::measure::search::gram;
use crate::measure::search::matched::{Block, Cell, Matched, RINGS};
use crate::measure::search::moments::{self, Described, Held, InFile, Neurons, Planted};
use crate::measure::search::wide::Wide;
use crate::measure::stats::matrix::Matrix;
use crate::measure::stats::pair::Pair;
use crate::weights::NormKind;

/// From so many neurons on sums over a layer tell them apart (method 4.11).
const MANY: usize = 256;
/// Pairs of layers that are all looked at; of more, those that lie beside each other.
const MOST_PAIRS: usize = 16;
/// Numbers of one layer's gates and the branch beside them that are read for it: minutes at most.
const MOST_READ: usize = 1 << 31;

/// Layers that are held whole.
pub(in crate::measure) fn of_held(a: &Stack, b: &Stack, map: &[(usize, usize)]) -> Matched {
    let (there, here) = (Block::all(a), Block::all(b));
    let fewest = there.iter().chain(&here).map(|block| block.neurons).min().unwrap_or(0);
    if fewest < MANY {
        return gram::match_and_test(a, b, map);
    }
    let mut out = Matched::default();
    let mut found: Vec<Cell> = Vec::new();
    let mut probes: Vec<(f64, [Matrix; 2])> = Vec::new();
    let held = |stack: &Stack, block: &Block| Held::of(block.rows(stack));
    let mut cell = |(i, x): (usize, &(Held, Described)), (j, y): (usize, &(Held, Described))| {
        let (sum, gates) = moments::test((&x.0, &x.1), (&y.0, &y.1))?;
        probes.push((sum.z(), gates));
        Some(Cell { reference: i, candidate: j, sum })
    };
    let told = |stack: &Stack, block: &Block| {
        let held = held(stack, block);
        Described::of(&held).map(|told| (held, told))
    };
    if there.len() * here.len() <= MOST_PAIRS {
        let xs: Vec<_> = there.iter().filter_map(|block| Some((block, told(a, block)?))).collect();
        let ys: Vec<_> = here.iter().filter_map(|block| Some((block, told(b, block)?))).collect();
        for (j, y) in &ys {
            for (i, x) in xs.iter().filter(|(i, _)| i.fits(j)) {
                found.extend(cell((i.layer, x), (j.layer, y)));
                out.tried += 1;
            }
        }
    } else {
        let of = |blocks: &[Block], layer: usize| -> Vec<Block> {
            blocks.iter().filter(|block| block.layer == layer).copied().collect()
        };
        let beside = |&(i, j): &(usize, usize)| of(&there, i).into_iter().zip(of(&here, j)).collect::<Vec<_>>();
        for (i, j) in middle_first(map).iter().flat_map(beside).filter(|(i, j)| i.fits(j)) {
            if found.first().is_some_and(|first| first.sum.z() < RINGS) {
                break;
            }
            let (Some(x), Some(y)) = (told(a, &i), told(b, &j)) else { continue };
            found.extend(cell((i.layer, &x), (j.layer, &y)));
            out.tried += 1;
        }
    }
    out.keep_loudest(&found);
    let loudest = probes.into_iter().max_by(|x, y| x.0.total_cmp(&y.0));
    out.probes = loudest.filter(|(z, _)| *z >= RINGS).map(|(_, gates)| gates.map(Matrix::into_unit_rows));
    out
}

/// Gated layers in files, with the reference planted in the candidate if `rho` says so; none where that would take too
/// long or there are no gates to read.
pub(in crate::measure) fn of_files(
    files: Pair<&Wide<'_>>,
    towers: Pair<&Tower>,
    map: &[(usize, usize)],
    rho: Option<f64>,
) -> Option<Matched> {
    let mut out = Matched::default();
    let mut found: Vec<Cell> = Vec::new();
    let mut loudest = RINGS;
    for (i, j) in middle_first(map) {
        if found.first().is_some_and(|first| first.sum.z() < RINGS) {
            break;
        }
        let (sum, gates) = with_neurons(files, towers, (i, j), rho, |gated, a, b| {
            gated.then(|| moments::test((a, &Described::of(a)?), (b, &Described::of(b)?))).flatten()
        })?;
        if sum.z() >= loudest {
            loudest = sum.z();
            out.probes = Some(gates.map(Matrix::into_unit_rows));
        }
        found.push(Cell { reference: i, candidate: j, sum });
        out.tried += 1;
    }
    out.keep_loudest(&found);
    Some(out)
}

/// Neurons of one layer without gates that two matchings find in the same place: by what reads the stream and by what
/// writes to it (method 4.12).
pub(in crate::measure) fn agreement_in_files(
    files: Pair<&Wide<'_>>,
    towers: Pair<&Tower>,
    map: &[(usize, usize)],
    rho: Option<f64>,
) -> Option<Agreement> {
    let layers = middle_first(map).into_iter().next()?;
    with_neurons(files, towers, layers, rho, |gated, a, b| (!gated).then(|| moments::agreement(a, b)).flatten())
}

/// What `look` makes of the neurons of one layer of each side; none where they are no neurons of one make, or too many.
fn with_neurons<T>(
    files: Pair<&Wide<'_>>,
    towers: Pair<&Tower>,
    (i, j): (usize, usize),
    rho: Option<f64>,
    look: impl FnOnce(bool, &dyn Neurons, &dyn Neurons) -> Option<T>,
) -> Option<T> {
    let readers = (files.reference.reader(towers.reference)?, files.candidate.reader(towers.candidate)?);
    let gates = (
        files.reference.kept(Gates::of(&readers.0, towers.reference.layers[i].number))??,
        files.candidate.kept(Gates::of(&readers.1, towers.candidate.layers[j].number))??,
    );
    let gated = gates.0.gated;
    let centred = |tower: &Tower| tower.traits.norm == Some(NormKind::Layer);
    let (a, b) = (
        InFile { gates: gates.0, files: files.reference, centred: centred(towers.reference) },
        InFile { gates: gates.1, files: files.candidate, centred: centred(towers.candidate) },
    );
    if gated != b.gates.gated || 2 * (a.count() * a.width()).max(b.count() * b.width()) > MOST_READ {
        return None;
    }
    let planted = rho.map(|rho| Planted { reference: &a, candidate: &b, rho });
    let there: &dyn Neurons = planted.as_ref().map_or(&b, |planted| planted);
    look(gated, &a, there)
}

/// The pairs of a map from the middle on, those before it last: what was begun anew is most often at the ends.
fn middle_first(map: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let (before, after) = map.split_at(map.len() / 2);
    after.iter().chain(before).copied().collect()
}
