//! `licence list` and `licence show`.

use super::Exit;
use super::args::{Licence, LicenceCommand};
use super::screen::Screen;
use crate::licence::{Licence as Known, catalogue, listed};
use crate::report::{licence_name, licence_page, licence_table};
use crate::text::{Code, Diagnostic, SourceFile, Span, says};

pub(super) fn run(options: &Licence, screen: &Screen) -> Exit {
    let mut canvas = screen.canvas();
    match &options.command {
        LicenceCommand::List => licence_table(catalogue(), &mut canvas),
        LicenceCommand::Show { id } => {
            let found = meant(id);
            for licence in &found {
                licence_page(licence, screen.lang, &mut canvas);
            }
            match listed(id).filter(|_| found.is_empty()) {
                Some((spdx, title)) => licence_name(spdx, title, screen.lang, &mut canvas),
                None if found.is_empty() => {
                    screen.problems(unknown(id).into());
                    return Exit::Unusable;
                }
                None => {}
            }
        }
    }
    screen.print(&canvas.finish());
    Exit::Done
}

/// The licences that go by this name: its id, an alias, a `license_name` that several may share, or a name in words.
fn meant(name: &str) -> Vec<&'static Known> {
    let all = catalogue();
    let one = all.by_id(name).or_else(|| all.by_name(name));
    let shared = || all.by_license_name(name);
    let found = one.map_or_else(shared, |licence| vec![licence]);
    if found.is_empty() { all.by_words(name).into_iter().collect() } else { found }
}

fn unknown(id: &str) -> Diagnostic {
    let message = says(format!("라이선스 `{id}`를 찾을 수 없다"), format!("there is no licence `{id}`"));
    let problem = Diagnostic::error(Code::NoSuchLicence, &SourceFile::nameless(id), Span::default(), message);
    match catalogue().near(id) {
        Some(near) => problem.help(says(format!("`{near}`을(를) 뜻했는가?"), format!("did you mean `{near}`?"))),
        None => problem.did_you_mean(id, catalogue().ids()),
    }
}
