//! `measure --claims`: what a card or a bill of materials says of lineage, answered by what was measured.

use std::path::Path;

use super::args::Measure;
use super::screen::Screen;
use crate::claims::{Claim, Verdict, claims_of, settle};
use crate::evidence::{EvidenceFile, SCHEMA, Subject};
use crate::files::{Place, locate};
use crate::gather::gather;
use crate::import::ancestors;
use crate::measure::MeasureError;
use crate::report::{claims_json, claims_page, evidence_page, to_text};
use crate::text::{Diagnostics, MAX_TEXT_BYTES, clean, read_text};

/// The claims of a bill of materials (a file of JSON), or of a card and what lies beside it.
pub(super) fn read(path: &Path) -> Result<Vec<Claim>, Diagnostics> {
    if path.is_file() && path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json")) {
        let name = clean(&path.to_string_lossy());
        return ancestors(&read_text(path, &name, MAX_TEXT_BYTES)?);
    }
    Ok(claims_of(&gather(path, &[])?.dossier))
}

/// What stands in place of a measurement where there is nothing to compare with: every claim is then open.
///
/// # Errors
/// There is nothing at the path.
pub(super) fn unmeasured(model: &Path) -> Result<EvidenceFile, MeasureError> {
    let id = match locate(model)? {
        Place::Folder(folder) => folder.identity().text().to_owned(),
        Place::File(file) => clean(&file.file_name().unwrap_or(file.as_os_str()).to_string_lossy()),
    };
    let subject = Subject { id, ..Subject::default() };
    Ok(EvidenceFile { schema: SCHEMA.to_owned(), subject, ..EvidenceFile::default() })
}

/// Shows what became of each claim; whether any is refuted.
pub(super) fn answer(claims: &[Claim], evidence: &EvidenceFile, arguments: &Measure, screen: &Screen) -> bool {
    let rulings = settle(claims, evidence);
    if arguments.json {
        screen.print(&to_text(&claims_json(&rulings, evidence, screen.lang)));
    } else {
        let mut canvas = screen.canvas();
        claims_page(&rulings, evidence, screen.lang, &mut canvas);
        if arguments.verbose && !evidence.links.is_empty() {
            canvas.blank();
            evidence_page(evidence, true, screen.lang, &mut canvas);
        }
        screen.print(&canvas.finish());
    }
    rulings.iter().any(|ruling| ruling.verdict == Verdict::Refuted)
}
