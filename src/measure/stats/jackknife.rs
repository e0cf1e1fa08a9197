//! The standard error of an estimate, by leaving out one part at a time.

/// The standard error of an estimate of which these were made with one part left out: `sqrt((n - 1) / n sum (x_i -
/// mean)^2)`; none of fewer than two.
pub(in crate::measure) fn jackknife(without_one: impl Iterator<Item = f64>) -> Option<f64> {
    let values: Vec<f64> = without_one.collect();
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let square = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
    (values.len() > 1 && square.is_finite()).then(|| ((n - 1.0) / n * square).sqrt())
}
