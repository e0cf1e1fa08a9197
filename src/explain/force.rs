//! Whether the rules are in force on the day of the grade.

use crate::facts::Date;
use crate::rules::{Ruleset, Status};
use crate::text::Lang;

/// A line on the force of the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForceLine {
    /// The sentence.
    pub text: String,
    /// Whether the reader must be warned: a draft, another day, or a day that is not known.
    pub warns: bool,
}

/// From when until when the rules are in force; nothing where they do not say.
pub(super) fn force(rules: &Ruleset, day: Option<Date>, lang: Lang) -> Vec<ForceLine> {
    let mut lines = Vec::new();
    if rules.status == Status::Draft {
        let text = match lang {
            Lang::Ko => "이 규칙 모음은 초안이다.",
            Lang::En => "This ruleset is a draft.",
        };
        lines.push(ForceLine { text: text.to_owned(), warns: true });
    }
    let Some(span) = rules.in_force else { return lines };
    let days = span_words(span.from, span.until, lang);
    let (text, warns) = match (day, lang) {
        (Some(day), _) if span.covers(day) => (format!("{days}."), false),
        (Some(day), Lang::Ko) if span.from.is_some_and(|from| day < from) => {
            (format!("기준일 {day}에는 아직 시행 전인 기준이다. {days}."), true)
        }
        (Some(day), Lang::Ko) => (format!("기준일 {day}에는 이미 시행이 끝난 기준이다. {days}."), true),
        (Some(day), Lang::En) if span.from.is_some_and(|from| day < from) => {
            (format!("Not yet in force on {day}, the day of this grade. {days}."), true)
        }
        (Some(day), Lang::En) => (format!("No longer in force on {day}, the day of this grade. {days}."), true),
        (None, Lang::Ko) => {
            (format!("{days}. 기준일을 알 수 없어 시행 중인지 말할 수 없다(`--as-of`로 정한다)."), true)
        }
        (None, Lang::En) => (
            format!("{days}. The day of this grade is not known, so whether they are cannot be said (set `--as-of`)."),
            true,
        ),
    };
    lines.push(ForceLine { text, warns });
    lines
}

/// `In force from ... until ...`.
pub fn span_words(from: Option<Date>, until: Option<Date>, lang: Lang) -> String {
    match (from, until, lang) {
        (Some(from), Some(until), Lang::Ko) => format!("{from}부터 {until}까지 시행"),
        (Some(from), None, Lang::Ko) => format!("{from}부터 시행"),
        (None, Some(until), Lang::Ko) => format!("{until}까지 시행"),
        (None, None, Lang::Ko) => "시행일을 정하지 않음".to_owned(),
        (Some(from), Some(until), Lang::En) => format!("In force from {from} until {until}"),
        (Some(from), None, Lang::En) => format!("In force from {from}"),
        (None, Some(until), Lang::En) => format!("In force until {until}"),
        (None, None, Lang::En) => "No days of force are set".to_owned(),
    }
}
