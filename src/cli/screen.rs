//! Where output goes and how it looks.

use std::ffi::OsString;
use std::io::{ErrorKind, IsTerminal, Write};
use std::sync::OnceLock;

use super::Exit;
use super::args::{Look, When};
use crate::report::{Canvas, own_colours};
use crate::text::{Diagnostics, Lang, Severity, escape, render};

/// The language, widths and colours of one run.
#[derive(Debug)]
pub(super) struct Screen {
    pub(super) lang: Lang,
    width: usize,
    colour: bool,
    error_colour: bool,
    plain: bool,
    /// Why stdout could not be written, where it could not.
    unwritten: OnceLock<String>,
}

/// Columns where nothing says how wide the terminal is.
const PIPED: usize = 80;

impl Screen {
    pub(super) fn new(lang: Lang, look: &Look) -> Self {
        let wish = |terminal: bool| match look.color {
            _ if look.plain => false,
            When::Always => true,
            When::Never => false,
            When::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        };
        let columns = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
        let terminal = std::io::stdout().is_terminal();
        let measured = terminal.then(terminal_size::terminal_size).flatten().map(|(width, _)| usize::from(width.0));
        Self {
            lang,
            width: columns.or(measured).unwrap_or(PIPED).min(100),
            colour: wish(terminal),
            error_colour: wish(std::io::stderr().is_terminal()),
            plain: look.plain,
            unwritten: OnceLock::new(),
        }
    }

    /// An empty canvas for stdout.
    pub(super) fn canvas(&self) -> Canvas {
        Canvas::new(self.width, self.colour, self.plain)
    }

    /// A canvas for a file: no colour.
    pub(super) fn canvas_for_file(&self) -> Canvas {
        Canvas::new(PIPED, false, self.plain)
    }

    /// One of two texts.
    pub(super) fn say<'t>(&self, ko: &'t str, en: &'t str) -> &'t str {
        match self.lang {
            Lang::Ko => ko,
            Lang::En => en,
        }
    }

    /// Writes to stdout. What goes wrong is told at the end of the run.
    ///
    /// Every format's writer has made its texts harmless; this is the last door, which nothing passes that a terminal
    /// would obey.
    pub(super) fn print(&self, text: &str) {
        let text = escape::page(text, &own_colours(self.colour));
        let mut out = std::io::stdout().lock();
        self.printed(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
    }

    /// Notes how writing to stdout went. A reader that has gone away is no error: it has read what it wanted.
    pub(super) fn printed(&self, result: std::io::Result<()>) {
        let Err(error) = result else { return };
        if error.kind() != ErrorKind::BrokenPipe {
            let _ = self.unwritten.set(error.to_string());
        }
    }

    /// What a run came to, once all is written: without its result on stdout it has not done what was asked.
    pub(super) fn concluded(&self, exit: Exit) -> Exit {
        self.printed(std::io::stdout().lock().flush());
        let Some(why) = self.unwritten.get() else { return exit };
        self.note(&match self.lang {
            Lang::Ko => format!("표준 출력에 쓸 수 없다: {why}"),
            Lang::En => format!("stdout cannot be written: {why}"),
        });
        Exit::Unusable
    }

    /// Writes a line to stderr.
    pub(super) fn note(&self, text: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{}", escape::page(text, &[]));
    }

    /// Shows a question on stderr; what is typed follows on the same line.
    pub(super) fn ask(&self, text: &str) {
        let mut out = std::io::stderr().lock();
        let _ = out.write_all(escape::page(text, &[]).as_bytes()).and_then(|()| out.flush());
    }

    /// Shows diagnostics on stderr, in the order of files and places.
    pub(super) fn problems(&self, problems: Diagnostics) {
        let list = problems.sorted();
        let errors = list.iter().filter(|problem| problem.severity == Severity::Error).count();
        let mut text = String::new();
        for problem in &list {
            text.push_str(&render(problem, self.lang, self.error_colour, self.plain, self.width));
            text.push('\n');
        }
        if list.len() > 1 {
            let warnings = list.len() - errors;
            text.push_str(&match self.lang {
                Lang::Ko => format!("오류 {errors}개, 경고 {warnings}개\n"),
                Lang::En => format!("{}, {}\n", counted(errors, "error"), counted(warnings, "warning")),
            });
        }
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }
}

fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// The language: `--lang`, else `SOVGRADE_LANG`, else the locale, else English.
///
/// Read before the arguments are parsed, so that mistakes among them are told in the right language too.
pub(super) fn language_of(arguments: impl Iterator<Item = OsString>) -> Lang {
    let arguments: Vec<String> = arguments.map(|argument| argument.to_string_lossy().into_owned()).collect();
    let asked = arguments.iter().enumerate().find_map(|(at, argument)| match argument.strip_prefix("--lang") {
        Some("") => arguments.get(at + 1).cloned(),
        Some(rest) => rest.strip_prefix('=').map(str::to_owned),
        None => None,
    });
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let word = asked
        .or_else(|| set("SOVGRADE_LANG"))
        .or_else(|| set("LC_ALL"))
        .or_else(|| set("LC_MESSAGES"))
        .or_else(|| set("LANG"));
    match word {
        Some(word) if word.starts_with("ko") => Lang::Ko,
        _ => Lang::En,
    }
}
