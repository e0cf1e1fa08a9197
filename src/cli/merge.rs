//! `merge`: the parts of a measurement that was divided become one evidence file.

use std::path::PathBuf;

use super::Exit;
use super::args::Merge;
use super::measure::written;
use super::output::{may_write, write};
use super::screen::Screen;
use crate::evidence::{MAX_BYTES, read_evidence};
use crate::measure::merge;
use crate::text::{Code, Diagnostic, Diagnostics, SourceFile, Span, read_text, shown_path};

pub(super) fn run(arguments: &Merge, screen: &Screen) -> Exit {
    if !may_write([&arguments.output], arguments.files.iter().map(PathBuf::as_path), screen) {
        return Exit::Unusable;
    }
    let mut problems = Diagnostics::default();
    let mut parts = Vec::new();
    for path in &arguments.files {
        let name = shown_path(path);
        match read_text(path, &name, MAX_BYTES).map_err(Diagnostics::from).and_then(|file| read_evidence(&file)) {
            Ok(file) => parts.push((name, file)),
            Err(found) => problems.extend(found),
        }
    }
    if !problems.is_empty() {
        screen.problems(problems);
        return Exit::Unusable;
    }
    match merge(parts) {
        Ok(whole) if write(&arguments.output, written(&whole).as_bytes(), screen) => Exit::Done,
        Ok(_) => Exit::Unusable,
        Err(faults) => {
            for fault in faults {
                let at = SourceFile::nameless(&shown_path(&arguments.output));
                problems.push(Diagnostic::error(Code::BadOption, &at, Span::default(), fault.says()));
            }
            screen.problems(problems);
            Exit::Unusable
        }
    }
}
