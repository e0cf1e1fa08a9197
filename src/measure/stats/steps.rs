//! Whether numbers stand on even steps, as quantised ones do whatever the format of their file: eight bits that were
//! made numbers again, in groups of a row, a column or a block.

use crate::measure::stats::matrix::Matrix;

/// Most steps between the least and the greatest number of a group of eight bits.
const MOST_STEPS: f64 = 255.0;
/// Most values that a group of four bits has, evenly spaced or not.
const FOUR_BITS: usize = 16;
/// A number may miss its step by so much of it: half precision moves one of 127 steps by 0.06. Of 16 numbers that know
/// no steps all fall that near with a chance of one in 10^10.
const SLACK: f64 = 0.1;
/// Fewer numbers tell nothing.
const LEAST_NUMBERS: usize = 16;
/// Numbers of a block in the usual formats of blocks, or a divisor of it.
const BLOCK: usize = 32;
/// Rows, and columns, that are looked at.
const GROUPS: usize = 8;

/// Whether most groups of one kind stand on steps.
pub(in crate::measure) fn on_steps(matrix: &Matrix) -> bool {
    let rows: Vec<&[f32]> = evenly(matrix.rows).map(|row| matrix.row(row)).collect();
    let columns: Vec<Vec<f32>> =
        evenly(matrix.columns).map(|column| (0..matrix.rows).map(|row| matrix.at(row, column)).collect()).collect();
    let blocks = || {
        rows.iter().flat_map(|row| row.chunks_exact(BLOCK)).chain(columns.iter().flat_map(|c| c.chunks_exact(BLOCK)))
    };
    most(rows.iter().copied()) || most(columns.iter().map(Vec::as_slice)) || most(blocks())
}

fn evenly(all: usize) -> impl Iterator<Item = usize> {
    (0..all).step_by(all.div_ceil(GROUPS).max(1))
}

/// Whether most of the groups that can tell stand on steps.
fn most<'a>(groups: impl Iterator<Item = &'a [f32]>) -> bool {
    let told: Vec<bool> = groups.filter_map(group).collect();
    2 * told.iter().filter(|steps| **steps).count() > told.len()
}

/// Whether one group does; none where it cannot tell.
fn group(numbers: &[f32]) -> Option<bool> {
    if numbers.len() < LEAST_NUMBERS || numbers.iter().any(|number| !number.is_finite()) {
        return None;
    }
    let mut values: Vec<f64> = numbers.iter().map(|&number| f64::from(number)).collect();
    values.sort_unstable_by(f64::total_cmp);
    values.dedup();
    let (least, greatest) = (*values.first()?, *values.last()?);
    let step = values.windows(2).map(|pair| pair[1] - pair[0]).min_by(f64::total_cmp)?;
    // Numbers that were set to zero are few values by that alone; what is left of them must be few too.
    let left = numbers.iter().filter(|number| **number != 0.0).count();
    if values.len() <= FOUR_BITS && 4 * values.iter().filter(|value| **value != 0.0).count() <= left {
        return Some(true);
    }
    let near = |value: &f64| {
        let steps = (value - least) / step;
        (steps - steps.round()).abs() <= SLACK
    };
    Some((greatest - least) / step <= MOST_STEPS + 0.5 && values.iter().all(near))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::stats::chance::Chance;
    use crate::measure::stats::matrix::narrow;

    fn drawn(round: impl Fn(usize, usize, f64) -> f64) -> Matrix {
        let mut chance = Chance::new(3);
        let data = (0..64 * 96).map(|at| narrow(round(at / 96, at % 96, chance.normal())));
        Matrix::new(64, 96, data.collect())
    }

    #[test]
    fn quantised_numbers_stand_on_steps_however_they_were_grouped() {
        let eight = |scale: f64, value: f64| (value * 30.0).round().clamp(-127.0, 127.0) * scale;
        assert!(on_steps(&drawn(|row, _, value| eight(0.01 + row as f64 * 0.0007, value))));
        assert!(on_steps(&drawn(|_, column, value| eight(0.01 + column as f64 * 0.0007, value))));
        let four = |scale: f64, value: f64| (value * 3.0).round().clamp(-8.0, 7.0) * scale;
        assert!(on_steps(&drawn(|row, column, value| four(0.02 + (row * 3 + column / 32) as f64 * 0.001, value))));
        assert!(on_steps(&drawn(|_, _, value| value.signum())));
    }

    #[test]
    fn numbers_of_any_other_kind_do_not() {
        assert!(!on_steps(&drawn(|_, _, value| value)));
        // Sixteen bits of which eight are significant.
        assert!(!on_steps(&drawn(|_, _, value| f64::from(f32::from_bits(narrow(value).to_bits() & 0xFFFF_0000)))));
        // Pruned to one number in eight.
        let pruned = |_, _, value: f64| if value.abs() < 1.53 { 0.0 } else { value };
        assert!(!on_steps(&drawn(pruned)));
        assert!(!on_steps(&drawn(|_, _, _| 0.5)));
        assert!(!on_steps(&Matrix::default()));
    }
}
