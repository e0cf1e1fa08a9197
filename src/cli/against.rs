//! What is handed in beside a model, and `--against`: a model is measured, and what is found joins its facts, in one go.

use std::path::{Path, PathBuf};

use super::args::Reading;
use crate::desk::gathered_for;
use crate::evidence::EvidenceFile;
use crate::facts::Date;
use crate::gather::{Gathered, Handed, Vouch};
use crate::measure::{MeasureError, Options, measure};
use crate::rules::Ruleset;
use crate::text::{Code, Diagnostic, Diagnostics, SourceFile, Span, clean, says};

/// A reference to measure against, with the id that the one who grades gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) id: Option<String>,
    pub(super) path: PathBuf,
}

impl Reference {
    /// Reads `[ID=]PATH`. A path that is there is taken whole.
    fn parse(text: &str) -> Self {
        match text.split_once('=') {
            Some((id, path)) if !Path::new(text).exists() && !id.is_empty() && !path.is_empty() => {
                Self { id: Some(id.to_owned()), path: path.into() }
            }
            _ => Self { id: None, path: text.into() },
        }
    }
}

impl From<&str> for Reference {
    fn from(text: &str) -> Self {
        Self::parse(text)
    }
}

/// All that is handed in beside a model.
#[derive(Debug, Clone, Default)]
pub(super) struct Beside {
    pub(super) evidence: Vec<PathBuf>,
    pub(super) vouched: Vec<Vouch>,
    pub(super) pass_over: Vec<String>,
    pub(super) id: Option<String>,
    pub(super) against: Vec<Reference>,
    pub(super) as_of: Option<Date>,
}

impl Beside {
    /// What the arguments name.
    ///
    /// # Errors
    /// A key was handed in: signatures are not verified yet, and one that was not verified counts for nothing.
    pub(super) fn of(reading: &Reading, against: &[Reference], as_of: Option<Date>) -> Result<Self, Diagnostics> {
        if let Some(key) = reading.trust.first() {
            return Err(not_verified(key).into());
        }
        Ok(Self {
            evidence: reading.evidence.clone(),
            vouched: reading.vouch.iter().map(|text| Vouch::parse(text)).collect(),
            pass_over: reading.pass_over.clone(),
            id: reading.id.clone(),
            against: against.to_vec(),
            as_of,
        })
    }

    /// The files that are read.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        let vouched = self.vouched.iter().map(|vouch| &vouch.file);
        self.evidence.iter().chain(vouched).chain(self.against.iter().map(|it| &it.path)).map(PathBuf::as_path)
    }

    /// The facts of a model as a ruleset asks for them, with those that what is handed in and measuring it against
    /// references add.
    pub(super) fn gathered(&self, rules: &Ruleset, model: &Path) -> Result<Gathered, Diagnostics> {
        let measured = if self.against.is_empty() { Vec::new() } else { vec![self.measured(model)?] };
        gathered_for(
            rules,
            model,
            &Handed {
                evidence: &self.evidence,
                vouched: &self.vouched,
                measured: &measured,
                pass_over: &self.pass_over,
                id: self.id.as_deref(),
                as_of: self.as_of,
                ..Handed::default()
            },
        )
    }

    fn measured(&self, model: &Path) -> Result<EvidenceFile, Diagnostics> {
        let paths: Vec<PathBuf> = self.against.iter().map(|reference| reference.path.clone()).collect();
        let mut measured = measure(model, &paths, &Options::default()).map_err(|error| refused(model, &error))?;
        name(&mut measured, &self.against, &self.pass_over);
        Ok(measured)
    }
}

/// Notes in what was measured what the one who measures says: which model a reference is, and which weights files need
/// not be looked into. There is one link a reference, in their order; a part of a run has fewer.
pub(super) fn name(measured: &mut EvidenceFile, against: &[Reference], pass_over: &[String]) {
    if measured.links.len() == against.len() {
        for (link, reference) in measured.links.iter_mut().zip(against) {
            if let Some(id) = &reference.id {
                link.reference.id.clone_from(id);
            }
        }
    }
    if let Some(run) = &mut measured.run {
        run.settings.passed_over = pass_over.to_vec();
    }
}

fn not_verified(key: &Path) -> Diagnostic {
    let key = clean(&key.to_string_lossy());
    let message = says(
        "이 판은 아직 서명을 확인하지 못한다. 확인하지 않은 서명은 아무것도 보증하지 않는다",
        "this version does not verify signatures yet, and a signature that was not verified vouches for nothing",
    );
    let help = says(
        "열쇠 대신 `--vouch 파일`로 직접 보증한다",
        "vouch for the file yourself: `--vouch FILE` instead of `--trust KEY`",
    );
    Diagnostic::error(Code::BadOption, &SourceFile::nameless(&key), Span::default(), message).help(help)
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
