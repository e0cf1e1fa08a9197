//! `licence list` and `licence show`.

use super::Exit;
use super::args::{Licence, LicenceCommand};
use super::screen::Screen;
use crate::licence::catalogue;
use crate::report::{licence_page, licence_table};
use crate::text::{Code, Diagnostic, SourceFile, Span, says};

pub(super) fn run(options: &Licence, screen: &Screen) -> Exit {
    let mut canvas = screen.canvas();
    match &options.command {
        LicenceCommand::List => licence_table(catalogue(), &mut canvas),
        LicenceCommand::Show { id } => {
            let all = catalogue();
            let mut found: Vec<_> = all.by_id(id).into_iter().collect();
            if found.is_empty() {
                found.extend(all.by_name(id));
            }
            if found.is_empty() {
                found.extend(all.by_license_name(id));
            }
            if found.is_empty() {
                let message = says(format!("라이선스 `{id}`를 찾을 수 없다"), format!("there is no licence `{id}`"));
                let problem =
                    Diagnostic::error(Code::NoSuchLicence, &SourceFile::nameless(id), Span::default(), message);
                screen.problems(problem.did_you_mean(id, all.ids()).into());
                return Exit::Unusable;
            }
            for licence in found {
                licence_page(licence, screen.lang, &mut canvas);
            }
        }
    }
    screen.print(&canvas.finish());
    Exit::Done
}
