//! What is handed in beside a model, and `--against`: a model is measured, and what is found joins its facts, in one
//! go.

use std::path::{Path, PathBuf};

use super::args::Reading;
use crate::desk::gathered_for;
use crate::evidence::{EvidenceFile, MAX_BYTES as MAX_EVIDENCE_BYTES, sha256};
use crate::facts::Date;
use crate::gather::{Gathered, Handed, Vouch};
use crate::measure::{MeasureError, Options, measure};
use crate::rules::Ruleset;
use crate::signing::{Envelope, EnvelopeFault, MAX_ENVELOPE_BYTES, PublicKey, Statement, beside};
use crate::text::{Code, Diagnostic, Diagnostics, Says, SourceFile, Span, clean, read_text, says};

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
    /// A key cannot be read, or a signature beside evidence was made by none of those that were handed in.
    pub(super) fn of(reading: &Reading, against: &[Reference], as_of: Option<Date>) -> Result<Self, Diagnostics> {
        let mut vouched: Vec<Vouch> = reading.vouch.iter().map(|text| Vouch::parse(text)).collect();
        let signed = signed(&reading.evidence, &reading.trust)?;
        vouched.extend(signed.iter().map(|file| Vouch { file: file.clone(), entry: None }));
        Ok(Self {
            evidence: reading.evidence.iter().filter(|file| !signed.contains(file)).cloned().collect(),
            vouched,
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
        let measured = self.measured_now(model)?;
        gathered_for(rules, model, &self.handed(&measured))
    }

    /// All that is handed in, with what was measured.
    pub(super) fn handed<'a>(&'a self, measured: &'a [EvidenceFile]) -> Handed<'a> {
        Handed {
            evidence: &self.evidence,
            vouched: &self.vouched,
            measured,
            pass_over: &self.pass_over,
            id: self.id.as_deref(),
            as_of: self.as_of,
            ..Handed::default()
        }
    }

    /// What measuring a model against the references finds; nothing where there are none.
    ///
    /// # Errors
    /// The model or a reference cannot be measured.
    pub(super) fn measured_now(&self, model: &Path) -> Result<Vec<EvidenceFile>, Diagnostics> {
        if self.against.is_empty() {
            return Ok(Vec::new());
        }
        measured(model, &self.against, &self.pass_over).map(|it| vec![it])
    }
}

/// What measuring a model against references finds.
pub(super) fn measured(model: &Path, against: &[Reference], pass_over: &[String]) -> Result<EvidenceFile, Diagnostics> {
    let paths: Vec<PathBuf> = against.iter().map(|reference| reference.path.clone()).collect();
    let mut measured = measure(model, &paths, &Options::default()).map_err(|error| refused(model, &error))?;
    name(&mut measured, against, pass_over);
    Ok(measured)
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

/// The evidence files that carry a signature by one of these keys, in the file beside them.
///
/// # Errors
/// A key cannot be read; a signature is none, is about another file, or was made by none of the keys; or keys were
/// handed in and no evidence carries a signature.
fn signed(evidence: &[PathBuf], keys: &[PathBuf]) -> Result<Vec<PathBuf>, Diagnostics> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let keys = keys.iter().map(|path| PublicKey::read(path)).collect::<Result<Vec<_>, _>>()?;
    let mut files = Vec::new();
    for file in evidence {
        let signature = beside(file);
        if signature.is_file() {
            is_signed(file, &signature, &keys).map_err(|why| bad_signature(&signature, &why))?;
            files.push(file.clone());
        }
    }
    if files.is_empty() {
        let message = says(
            "열쇠를 주었으나 서명이 있는 증거가 없다",
            "a key was handed in, and no evidence carries a signature that it could have made",
        );
        let help = says(
            "`--evidence 파일`을 함께 주고, 그 옆에 서명을 `파일.sig`로 둔다",
            "name the evidence with `--evidence FILE`; its signature lies beside it as `FILE.sig`",
        );
        let nowhere = SourceFile::nameless("--trust");
        return Err(Diagnostic::error(Code::BadSignature, &nowhere, Span::default(), message).help(help).into());
    }
    Ok(files)
}

/// Whether one of the keys signed a statement about this very file.
fn is_signed(file: &Path, signature: &Path, keys: &[PublicKey]) -> Result<(), Says> {
    let text = |path: &Path, most| read_text(path, &clean(&path.to_string_lossy()), most).map_err(|p| p.message);
    let (signed, about) = (text(signature, MAX_ENVELOPE_BYTES)?, text(file, MAX_EVIDENCE_BYTES)?);
    let envelope = Envelope::read(signed.text().as_bytes()).map_err(EnvelopeFault::says)?;
    let statement = Statement::read(&envelope.payload).map_err(|fault| fault.says())?;
    if !statement.is_about(&sha256(about.text().as_bytes())) {
        return Err(says("다른 파일에 한 서명이다", "it was made over another file"));
    }
    let own = envelope.made_by(keys).is_some();
    let none = || says("건네받은 열쇠의 서명이 아니다", "none of the keys that were handed in made it");
    own.then_some(()).ok_or_else(none)
}

fn bad_signature(signature: &Path, why: &Says) -> Diagnostic {
    let name = clean(&signature.to_string_lossy());
    let message = says(
        format!("`{name}`: 서명이 확인되지 않는다: {}", why.ko),
        format!("`{name}`: the signature does not verify: {}", why.en),
    );
    let help = says(
        "서명한 사람의 공개 열쇠를 준다. 서명 없이 직접 보증하려면 `--vouch 파일`을 쓴다",
        "hand in the public key of whoever signed; to vouch for the file yourself, use `--vouch FILE`",
    );
    Diagnostic::error(Code::BadSignature, &SourceFile::nameless(&name), Span::default(), message).help(help)
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
