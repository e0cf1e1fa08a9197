//! What a look at a table would have found. Rows in place are told by the signs and places of channels; channels in
//! another order, rotated or cut by a turn that half of the rows tell and the other half is measured in.

use crate::evidence::{ChangeClass, LookedFor, Planted};
use crate::measure::families::f1_reordered_rows::Reordered;
use crate::measure::families::tables::Paired;
use crate::measure::families::{f1_channel_places, f1_channel_signs};
use crate::measure::search::budget::Budget;
use crate::measure::search::held_out;
use crate::measure::stats::matrix::Matrix;
use crate::measure::stats::mixed::mixed;
use crate::measure::verdict::coverage::Coverage;
use crate::measure::verdict::thresholds::ALIKE_IN_ANOTHER_BASIS;
use crate::text::says;

/// Stated correlations that are planted, the least first.
const STATED: [f64; 6] = [0.3, 0.5, 0.7, 0.8, 0.9, 0.95];

/// A table that has no row in common with the reference's cannot hold one of it.
pub(in crate::measure) fn without_rows() -> Coverage {
    let mut out = Coverage::default();
    for class in ChangeClass::ALL.into_iter().take(ChangeClass::STANDARD) {
        out.cannot_be(class, "no-row-in-common");
    }
    out
}

/// What the looks at two tables of corresponding rows cover. `signs`: the stream is free to change the sign of a
/// channel. `all`: every channel of both is held; of some, another basis has left too little.
pub(in crate::measure) fn of_table(pair: &Paired, signs: bool, all: bool, budget: Budget) -> Coverage {
    let mut out = Coverage::default();
    let same_width = pair.reference.columns == pair.candidate.columns;
    for class in [ChangeClass::UnitsReordered, ChangeClass::UnitsReorderedInAnotherBasis] {
        out.cannot_be(class, "no-units");
    }
    let in_place = |planted: &Matrix| {
        let a = &pair.reference;
        signs && f1_channel_signs::test(a, planted).ln_p() <= budget.ln_level()
            || f1_channel_places::fixed_points(a, planted).ln_p() <= budget.ln_level()
    };
    let elsewhere = |planted: &Matrix| {
        held_out::correlation(&pair.reference, planted).is_some_and(|alike| alike >= ALIKE_IN_ANOTHER_BASIS)
    };
    if same_width {
        out.looked_for.push(row(ChangeClass::InPlace, "f1", (pair, &STATED), &in_place));
        out.cannot_be(ChangeClass::ChannelsCutOrAdded, "same-width");
        if !all {
            for class in [ChangeClass::ChannelsReordered, ChangeClass::ChannelsRotated] {
                out.not(class, says("표의 채널 가운데 일부만 읽었다", "of the table's channels some were read"));
            }
            return out;
        }
        for class in [ChangeClass::ChannelsReordered, ChangeClass::ChannelsRotated] {
            out.looked_for.push(row(class, "held-out-rows", (pair, &STATED), &elsewhere));
        }
    } else {
        for class in [ChangeClass::InPlace, ChangeClass::ChannelsReordered, ChangeClass::ChannelsRotated] {
            out.cannot_be(class, "other-width");
        }
        out.looked_for.push(row(ChangeClass::ChannelsCutOrAdded, "held-out-rows", (pair, &STATED), &elsewhere));
    }
    out
}

/// What the look at rows in other places covers: the reference's rows, planted at a stated correlation and turned
/// round.
pub(in crate::measure) fn of_rows(
    out: &mut Coverage,
    pair: &Paired,
    look: &dyn Fn(&Matrix, &Matrix) -> Option<Reordered>,
    budget: Budget,
) {
    if pair.reference.columns != pair.candidate.columns {
        let why = says("표의 폭이 달라 같은 채널이 없다", "the tables have different widths, so no channel in common");
        return out.not(ChangeClass::RowsReordered, why);
    }
    let finds = |planted: &Matrix| {
        let turned = planted.take_rows((0..planted.rows).rev());
        look(&pair.reference, &turned).is_some_and(|rows| rows.ln_p() <= budget.ln_level())
    };
    out.looked_for.push(row(ChangeClass::RowsReordered, "f1-rows", (pair, &STATED[2..]), &finds));
}

/// The least stated correlation whose plant is found.
fn row(change: ChangeClass, by: &str, (pair, stated): (&Paired, &[f64]), finds: &dyn Fn(&Matrix) -> bool) -> LookedFor {
    let found = stated.iter().copied().find(|&rho| finds(&mixed(&pair.reference, &pair.candidate, rho)));
    LookedFor {
        change,
        // The rows of another vocabulary are other rows.
        with_new_vocabulary: true,
        least_correlation: Some(found.unwrap_or(STATED[STATED.len() - 1])),
        least_share: None,
        planted: if found.is_some() { Planted::Found } else { Planted::Missed },
        by: by.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::stats::test_matrices::random;

    /// Of a turned table some channels hold little of what all hold, so they clear nothing.
    #[test]
    fn some_channels_of_a_table_cover_no_other_basis() {
        let pair = Paired { reference: random(600, 64, 1), candidate: random(600, 64, 2), of: 600 };
        let budget = Budget::of(1, 1);
        assert!(of_table(&pair, true, true, budget).is_whole());
        let some = of_table(&pair, true, false, budget);
        assert!(!some.is_whole());
        let open: Vec<ChangeClass> = some.not_looked_for.iter().map(|row| row.change).collect();
        assert_eq!(open, [ChangeClass::ChannelsReordered, ChangeClass::ChannelsRotated]);
    }
}
