//! `--against`: a model is measured, and what is found joins its facts, in one go.

use std::path::{Path, PathBuf};

use crate::gather::{Gathered, gather, gather_measured};
use crate::measure::{MeasureError, Options, measure};
use crate::text::{Code, Diagnostic, Diagnostics, SourceFile, Span, clean, says};

/// The facts of a model, with those that measuring it against references adds.
pub(super) fn gathered(model: &Path, evidence: &[PathBuf], against: &[PathBuf]) -> Result<Gathered, Diagnostics> {
    if against.is_empty() {
        return gather(model, evidence);
    }
    let measured = measure(model, against, &Options::default()).map_err(|error| refused(model, &error))?;
    gather_measured(model, evidence, &[measured])
}

/// Why a model could not be measured: said of the model at fault, which may be a reference.
pub(super) fn refused(model: &Path, error: &MeasureError) -> Diagnostics {
    let name = match error {
        MeasureError::Of { model, .. } => model.clone(),
        _ => clean(&model.to_string_lossy()),
    };
    let error = match error {
        MeasureError::Of { error, .. } => error.as_ref(),
        error => error,
    };
    if let MeasureError::Place(problems) = error {
        return problems.as_ref().clone();
    }
    // The directory is named once.
    let why = match error {
        MeasureError::Weights(error) if error.file == name => error.problem.says(),
        error => error.says(),
    };
    let message =
        says(format!("`{name}`: 측정할 수 없다: {}", why.ko), format!("`{name}` cannot be measured: {}", why.en));
    let problem = Diagnostic::error(Code::BadWeights, &SourceFile::nameless(&name), Span::default(), message);
    let help = match error {
        MeasureError::State { .. } => says("처음부터 다시 재려면 그 폴더를 지운다", "remove that folder to begin anew"),
        MeasureError::Weights(error) => error.problem.help(),
        _ => says(
            "가중치가 있는 디렉터리나 스케치를 양쪽에 준다",
            "give directories with weights, or sketches, on both sides",
        ),
    };
    problem.help(help).into()
}
