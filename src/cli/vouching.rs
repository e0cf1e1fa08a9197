//! Whether a vouch would change a grade. It is tried before anybody is asked for one.

use std::path::{Path, PathBuf};

use super::ruled::Ruled;
use crate::desk::gathered_for;
use crate::evidence::EvidenceFile;
use crate::gather::{Handed, Vouch};
use crate::grade::{Grade, grade};
use crate::text::clean;

/// The evidence files without a vouch for which one would change the grade that was `found`, and no more of them than
/// it takes to get the grade that vouching for all would give.
pub(super) fn worth_vouching(model: &Path, ruled: &Ruled, measured: &[EvidenceFile], found: &Grade) -> Vec<String> {
    let Ruled { rules, options, beside } = ruled;
    let graded = |files: &[&PathBuf]| -> Option<Grade> {
        let tried = files.iter().map(|file| Vouch { file: PathBuf::clone(file), entry: None });
        let vouched: Vec<Vouch> = beside.vouched.iter().cloned().chain(tried).collect();
        let handed = Handed { vouched: &vouched, tried: true, ..beside.handed(measured) };
        Some(grade(rules, &gathered_for(rules, model, &handed).ok()?.dossier, options).grade)
    };
    let mut files: Vec<&PathBuf> = beside.evidence.iter().collect();
    let Some(all) = (!files.is_empty()).then(|| graded(&files)).flatten().filter(|all| all != found) else {
        return Vec::new();
    };
    for file in &beside.evidence {
        let fewer: Vec<&PathBuf> = files.iter().copied().filter(|it| *it != file).collect();
        if graded(&fewer).as_ref() == Some(&all) {
            files = fewer;
        }
    }
    files.into_iter().map(|file| clean(&file.to_string_lossy())).collect()
}
