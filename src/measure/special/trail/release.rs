//! Whether the last checkpoint of a trail is the release: every number the same, or the same after rounding to the
//! coarser of the two formats.

use crate::evidence::{TestResult, TrailCheck, TrailQuestion, Words};
use crate::measure::MeasureError;
use crate::measure::special::merges::last_place;
use crate::text::says;
use crate::weights::{Checkpoint, Numbers, Role, Tensor};

/// So many tensors that differ are named.
const MOST_NAMED: usize = 8;
/// Numbers that are read at once.
const AT_ONCE: usize = 1 << 20;

pub(super) fn check(id: &str, last: &Checkpoint, release: &Checkpoint) -> Result<TrailCheck, MeasureError> {
    let sides = (Numbers::of(last), Numbers::of(release));
    let (mut same, mut of, mut wrong): (u64, u64, Vec<Words>) = (0, 0, Vec::new());
    for tensor in release.tensors.iter().filter(|tensor| is_trained(tensor)) {
        let name = &tensor.name;
        match last.tensor(name).filter(|other| other.shape == tensor.shape && other.dtype.is_comparable()) {
            Some(other) if tensor.dtype.is_comparable() => {
                let equal = equal_numbers((&sides.0, other), (&sides.1, tensor))?;
                same += equal;
                of += tensor.elements;
                if equal < tensor.elements {
                    let differ = tensor.elements - equal;
                    wrong.push(
                        says(format!("{name}: 수 {differ}개가 다르다"), format!("{name}: {differ} numbers differ"))
                            .into(),
                    );
                }
            }
            _ => wrong.push(
                says(
                    format!("{name}: 마지막 체크포인트에 같은 텐서가 없다"),
                    format!("{name}: the last checkpoint has no such tensor"),
                )
                .into(),
            ),
        }
    }
    let passed = wrong.is_empty() && of > 0;
    wrong.truncate(MOST_NAMED);
    Ok(TrailCheck {
        check: TrailQuestion::Release,
        at: id.to_owned(),
        against: None,
        passed,
        relation: None,
        failures: wrong,
        tests: vec![TestResult {
            family: "identity".to_owned(),
            statistic: Some(same as f64 / of.max(1) as f64),
            n: Some(of),
            ..TestResult::default()
        }],
    })
}

fn is_trained(tensor: &Tensor) -> bool {
    !matches!(tensor.placement.role, Role::Buffer | Role::Scale) && tensor.parameters() > 0
}

/// How many numbers are the same up to half a last place of the coarser format.
fn equal_numbers(a: (&Numbers<'_>, &Tensor), b: (&Numbers<'_>, &Tensor)) -> Result<u64, MeasureError> {
    let (rows, columns) = Numbers::table_shape(b.1);
    let step = (AT_ONCE / columns.max(1)).max(1);
    let (mut x, mut y, mut equal) = (Vec::new(), Vec::new(), 0);
    let cast = a.1.dtype != b.1.dtype;
    for first in (0..rows).step_by(step) {
        x.clear();
        y.clear();
        let range = first..(first + step).min(rows);
        a.0.read_rows(a.1, range.clone(), &mut x)?;
        b.0.read_rows(b.1, range, &mut y)?;
        let same = |x: f32, y: f32| {
            let place = |dtype| last_place(f64::from(x).abs().max(f64::from(y).abs()), dtype);
            let near = || {
                let coarser = place(a.1.dtype).zip(place(b.1.dtype)).map(|(one, other)| one.max(other));
                coarser.is_some_and(|place| (f64::from(x) - f64::from(y)).abs() <= place / 2.0)
            };
            x.total_cmp(&y).is_eq() || x == 0.0 && y == 0.0 || cast && near()
        };
        equal += x.iter().zip(&y).filter(|(x, y)| same(**x, **y)).count() as u64;
    }
    Ok(equal)
}
