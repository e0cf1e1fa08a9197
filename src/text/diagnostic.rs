//! A diagnostic: what is wrong, where, why, and what to write instead, in both languages.

use std::collections::BTreeMap;

use super::code::Code;
use super::lang::Says;
use super::limits::{MAX_PROBLEMS, MAX_PROBLEMS_IN_ALL};
use super::says;
use super::source::{SourceFile, Span};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth a look; nothing is refused.
    Warning,
    /// The input cannot be used.
    Error,
}

/// One mistake in one file.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// The stable id.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// The file.
    pub file: SourceFile,
    /// The offending bytes; empty where the whole file is meant.
    pub span: Span,
    /// What is wrong, and why.
    pub message: Says,
    /// What to write instead.
    pub help: Option<Says>,
    /// Another place of the same file that belongs to it, with its label.
    pub related: Option<(Span, Says)>,
    /// What mends it, where there is one right form and no other: the bytes, and what stands there then.
    pub fix: Option<(Span, String)>,
}

impl Diagnostic {
    /// An error.
    pub fn error(code: Code, file: &SourceFile, span: Span, message: Says) -> Self {
        let message = Says { ko: shortened(message.ko), en: shortened(message.en) };
        Self {
            code,
            severity: Severity::Error,
            file: file.clone(),
            span,
            message,
            help: None,
            related: None,
            fix: None,
        }
    }

    /// A warning.
    pub fn warning(code: Code, file: &SourceFile, span: Span, message: Says) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, file, span, message) }
    }

    /// Adds what to write instead.
    #[must_use]
    pub fn help(mut self, help: Says) -> Self {
        self.help = Some(help);
        self
    }

    /// Adds what mends it without a doubt.
    #[must_use]
    pub fn fix(mut self, span: Span, text: impl Into<String>) -> Self {
        self.fix = Some((span, text.into()));
        self
    }

    /// Adds "did you mean", if there is a near word; else the list of legal words.
    #[must_use]
    pub fn did_you_mean<'a>(self, written: &str, legal: impl IntoIterator<Item = &'a str>) -> Self {
        let legal: Vec<&str> = legal.into_iter().collect();
        if let Some(word) = super::closest(written, legal.iter().copied()) {
            return self.help(says(format!("`{word}`을(를) 뜻했는가?"), format!("did you mean `{word}`?")));
        }
        if legal.is_empty() {
            return self;
        }
        let shown = legal.iter().take(24).map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        let more = if legal.len() > 24 { ", ..." } else { "" };
        self.help(says(format!("쓸 수 있는 것: {shown}{more}"), format!("what can stand here: {shown}{more}")))
    }

    /// Adds another place of the same file.
    #[must_use]
    pub fn related(mut self, span: Span, label: Says) -> Self {
        self.related = Some((span, label));
        self
    }
}

/// The mistakes of one reading, in the order of files and places.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    /// How many are kept of each file, by its name.
    kept: BTreeMap<String, usize>,
    /// Files with more problems than are kept, with the number of those that were not.
    dropped: BTreeMap<String, (SourceFile, usize)>,
    /// Problems of further files.
    elsewhere: usize,
    /// An error was among those that were only counted: what is not shown still forbids.
    dropped_errors: bool,
}

impl Diagnostics {
    /// Adds one; beyond the limit of a file it is only counted.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let name = diagnostic.file.name();
        let kept = self.kept.get(name).copied().unwrap_or_default();
        if kept < MAX_PROBLEMS && self.list.len() < MAX_PROBLEMS_IN_ALL {
            self.kept.insert(name.to_owned(), kept + 1);
            self.list.push(diagnostic);
            return;
        }
        self.dropped_errors |= diagnostic.severity == Severity::Error;
        self.drop(diagnostic.file, 1);
    }

    /// Counts problems that are not kept.
    fn drop(&mut self, file: SourceFile, number: usize) {
        if let Some((_, n)) = self.dropped.get_mut(file.name()) {
            *n += number;
        } else if self.dropped.len() < MAX_PROBLEMS {
            self.dropped.insert(file.name().to_owned(), (file, number));
        } else {
            self.elsewhere += number;
        }
    }

    /// Whether further ones will only be counted, so that nobody need look for what they should have been.
    pub fn is_full(&self) -> bool {
        self.list.len() >= MAX_PROBLEMS
    }

    /// Adds all of another list.
    pub fn extend(&mut self, other: Self) {
        for diagnostic in other.list {
            self.push(diagnostic);
        }
        for (file, number) in other.dropped.into_values() {
            self.drop(file, number);
        }
        self.elsewhere += other.elsewhere;
        self.dropped_errors |= other.dropped_errors;
    }

    /// Keeps the first of those of a code that say the same: what is said of a hundred texts has one cause.
    pub fn told_once(&mut self, code: Code) {
        let mut said = std::collections::HashSet::new();
        let kept = &mut self.kept;
        self.list.retain(|it| {
            let keep = it.code != code || said.insert(it.message.en.clone());
            if !keep && let Some(n) = kept.get_mut(it.file.name()) {
                *n = n.saturating_sub(1);
            }
            keep
        });
    }

    /// Leaves out what another list says already, at the same place.
    pub fn without_those_of(&mut self, told: &Self) {
        let same = |a: &Diagnostic, b: &Diagnostic| {
            a.code == b.code && a.span == b.span && a.file.name() == b.file.name() && a.message.en == b.message.en
        };
        self.list.retain(|it| !told.list.iter().any(|other| same(it, other)));
    }

    /// Leaves out those of a code.
    pub fn without(&mut self, code: Code) {
        self.list.retain(|it| it.code != code);
    }

    /// All of them, sorted by file and place.
    pub fn sorted(mut self) -> Vec<Diagnostic> {
        for (file, n) in std::mem::take(&mut self.dropped).into_values() {
            let end = file.text().len();
            self.list.push(
                Diagnostic::error(
                    Code::TooManyProblems,
                    &file,
                    Span::new(end, end),
                    says(
                        format!("이 파일에는 그 밖에도 문제가 {n}개 더 있다"),
                        format!("this file has {n} more problems"),
                    ),
                )
                .help(says("위의 것을 고친 뒤에 다시 검사한다", "mend those above and check again")),
            );
        }
        if self.elsewhere > 0 {
            let n = self.elsewhere;
            let message =
                says(format!("다른 파일에도 문제가 {n}개 더 있다"), format!("further files have {n} more problems"));
            let nowhere = SourceFile::nameless("");
            self.list.push(Diagnostic::error(Code::TooManyProblems, &nowhere, Span::default(), message));
        }
        self.list.sort_by(|a, b| a.file.name().cmp(b.file.name()).then(a.span.cmp(&b.span)).then(a.code.cmp(&b.code)));
        self.list
    }

    /// The list as it was collected.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// Whether nothing was found at all.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether something was found that forbids using the input.
    pub fn has_errors(&self) -> bool {
        self.dropped_errors || self.list.iter().any(|d| d.severity == Severity::Error)
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        let mut one = Self::default();
        one.push(diagnostic);
        one
    }
}

/// A message quotes what was written, and a stranger may have written a megabyte.
fn shortened(mut text: String) -> String {
    const MOST: usize = 1_000;
    if text.len() > MOST {
        let end = (0..=MOST).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_that_is_not_shown_still_forbids() {
        let file = SourceFile::nameless("t");
        let mut problems = Diagnostics::default();
        for _ in 0..MAX_PROBLEMS {
            problems.push(Diagnostic::warning(Code::Syntax, &file, Span::default(), says("ㄱ", "a")));
        }
        assert!(!problems.has_errors());
        problems.push(Diagnostic::error(Code::Syntax, &file, Span::default(), says("ㄱ", "a")));
        assert!(problems.has_errors());
        let mut all = Diagnostics::default();
        all.extend(problems);
        assert!(all.has_errors());
    }

    #[test]
    fn of_a_million_problems_a_bounded_number_is_kept() {
        let mut problems = Diagnostics::default();
        for n in 0..20_000 {
            let file = SourceFile::nameless(&format!("f{n}"));
            for _ in 0..50 {
                problems.push(Diagnostic::warning(Code::Syntax, &file, Span::default(), says("ㄱ", "a")));
            }
        }
        let mut all = Diagnostics::default();
        all.extend(problems);
        let list = all.sorted();
        assert!(list.len() <= MAX_PROBLEMS_IN_ALL + MAX_PROBLEMS + 1, "{}", list.len());
        assert!(list.iter().any(|problem| problem.message.en.starts_with("further files have")));
    }

    #[test]
    fn a_message_is_short_whatever_was_written() {
        let text = "가".repeat(1_000_000);
        let problem =
            Diagnostic::error(Code::Syntax, &SourceFile::nameless("t"), Span::default(), says(text.clone(), text));
        assert!(problem.message.ko.len() < 1_100 && problem.message.en.ends_with('…'));
    }
}
