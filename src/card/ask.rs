//! Asking in a terminal: one question at a time, with a way back.

use std::collections::{BTreeMap, BTreeSet};

use super::scalar;
use crate::explain::{Question, Writes};
use crate::facts::{Style, Value};
use crate::text::{Aliases, Lang, Reader, SourceFile, parse_yaml, says};
use crate::vocabulary::Kind;

/// Questions that are being asked.
#[derive(Debug)]
pub struct Interview<'q> {
    questions: Vec<&'q Question>,
    at: usize,
    answers: BTreeMap<usize, String>,
    unknown: BTreeSet<usize>,
    lang: Lang,
}

/// What became of a line that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// It was taken; the next question follows.
    Next,
    /// It is no answer, and why.
    Again(String),
    /// Whoever was asked leaves, and nothing is to be written.
    Left,
}

/// What may be typed instead of an answer, in either language.
const BACK: [&str; 4] = ["<", "back", "뒤로", "이전"];
const SKIP: [&str; 5] = ["", ">", "skip", "건너뛰기", "건너뜀"];
const UNKNOWN: [&str; 5] = ["?", "i do not know", "unknown", "모름", "모른다"];
const LEAVE: [&str; 4] = ["quit", "exit", "그만", "나가기"];

/// The word for what is known and not told.
const UNDISCLOSED: &str = "undisclosed";

impl<'q> Interview<'q> {
    /// Begins to ask. Whole entries of lists are written by hand and not asked for.
    pub fn new(questions: impl IntoIterator<Item = &'q Question>, lang: Lang) -> Self {
        let asked = questions.into_iter().filter(|question| !matches!(question.writes, Writes::Entry(_)));
        let (answers, unknown) = (BTreeMap::new(), BTreeSet::new());
        Self { questions: asked.collect(), at: 0, answers, unknown, lang }
    }

    /// How many are asked.
    pub fn len(&self) -> usize {
        self.questions.len()
    }

    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.questions.is_empty()
    }

    /// The question at hand, as it is shown; nothing when all were asked.
    pub fn prompt(&self) -> Option<String> {
        let question = self.questions.get(self.at)?;
        let mut text = format!("\n[{}/{}] {}\n", self.at + 1, self.questions.len(), question.text);
        for line in question.lines(self.lang).iter().skip(1) {
            text.push_str(&format!("  {line}\n"));
        }
        if let Some(answer) = self.answers.get(&self.at) {
            let was = says(format!("  지금 답: {answer}\n"), format!("  answered so far: {answer}\n"));
            text.push_str(was.get(self.lang));
        }
        text.push_str("> ");
        Some(text)
    }

    /// What may be typed, told once.
    pub fn help(lang: Lang) -> &'static str {
        match lang {
            Lang::Ko => {
                "답을 적는다. 빈 줄은 건너뛰기, `<`는 뒤로, `?`는 모름, `undisclosed`는 알지만 밝히지 않음, `그만`은 쓰지 않고 \
                 끝내기이다. 정해진 낱말은 번호로도 고를 수 있다."
            }
            Lang::En => {
                "Type an answer. An empty line skips, `<` goes back, `?` means that you do not know, `undisclosed` that \
                 you will not tell, `quit` ends and writes nothing. Words of a list may be chosen by their number."
            }
        }
    }

    /// Takes a line.
    pub fn take(&mut self, line: &str) -> Turn {
        let text = line.trim();
        let word = text.to_lowercase();
        let is = |words: &[&str]| words.contains(&word.as_str());
        if is(&LEAVE) {
            return Turn::Left;
        }
        if is(&BACK) {
            self.at = self.at.saturating_sub(1);
            return Turn::Next;
        }
        if is(&SKIP) {
            self.at += 1;
            return Turn::Next;
        }
        if is(&UNKNOWN) {
            self.answers.remove(&self.at);
            self.unknown.insert(self.at);
            self.at += 1;
            return Turn::Next;
        }
        let Some(question) = self.questions.get(self.at) else { return Turn::Next };
        match answer(question, text, self.lang) {
            Ok(Some(answer)) => {
                self.answers.insert(self.at, answer);
            }
            // That a list may have gaps is what its silence says already.
            Ok(None) => {
                self.answers.remove(&self.at);
            }
            Err(why) => return Turn::Again(why),
        }
        self.unknown.remove(&self.at);
        self.at += 1;
        Turn::Next
    }

    /// The answers, each with its question, as YAML.
    pub fn answers(&self) -> Vec<(Question, String)> {
        self.answers.iter().map(|(at, answer)| (self.questions[*at].clone(), answer.clone())).collect()
    }

    /// The fields of which whoever was asked does not know.
    pub fn unknown(&self) -> Vec<String> {
        self.unknown.iter().map(|at| self.questions[*at].field.clone()).collect()
    }
}

/// An answer as YAML; nothing for a `no` that is said by silence.
fn answer(question: &Question, text: &str, lang: Lang) -> Result<Option<String>, String> {
    if text == UNDISCLOSED && !matches!(question.writes, Writes::Word(..)) {
        return Ok(Some(UNDISCLOSED.to_owned()));
    }
    match &question.writes {
        Writes::Free => Ok(Some(scalar::text(text))),
        Writes::Entry(_) => Ok(None),
        Writes::Word(word, _) => {
            let yes = decoded(Kind::Flag, text, lang);
            if text == word {
                return Ok(Some(word.clone()));
            }
            Ok(matches!(yes?, Value::Flag(true)).then(|| word.clone()))
        }
        Writes::Value(kind) => decoded(*kind, text, lang).map(|value| Some(scalar::value(&value, *kind))),
    }
}

/// Reads what was typed as a card would be read.
fn decoded(kind: Kind, text: &str, lang: Lang) -> Result<Value, String> {
    let written = as_yaml(kind, text);
    let file = SourceFile::new("answer", written.as_str());
    let mut reader = Reader::new(file.clone());
    let read = parse_yaml(&file, Aliases::Refuse);
    let node = read.map_err(|problem| problem.message.get(lang).to_owned())?;
    let value = Value::decode(kind, &node, Style::Card, &mut reader);
    let problem = reader.problems.iter().next().map(|problem| {
        let help = problem.help.as_ref().map_or("", |help| help.get(lang));
        format!("{}. {help}", problem.message.get(lang))
    });
    match (value, problem) {
        (Some(value), None) => Ok(value),
        (_, Some(problem)) => Err(problem),
        (None, None) => Err(says("답으로 읽을 수 없다", "this cannot be read as an answer").get(lang).to_owned()),
    }
}

/// What was typed, as the YAML that it stands for.
fn as_yaml(kind: Kind, text: &str) -> String {
    let words = kind.words();
    let chosen = |text: &str| {
        let number: Option<usize> = text.parse().ok();
        number.and_then(|number| words.get(number.checked_sub(1)?)).map(|word| word.id.to_owned())
    };
    let each = || -> Vec<String> {
        let inside = text.trim_start_matches('[').trim_end_matches(']');
        let parts = inside.split(',').map(|part| part.trim().trim_matches('"')).filter(|part| !part.is_empty());
        parts.map(|part| scalar::text(&chosen(part).unwrap_or_else(|| part.to_owned()))).collect()
    };
    match kind {
        Kind::Flag => match text.to_lowercase().as_str() {
            "y" | "예" | "네" | "그렇다" => "yes".to_owned(),
            "n" | "아니오" | "아니요" | "아니다" => "no".to_owned(),
            _ => text.to_owned(),
        },
        Kind::Word(_) => scalar::text(&chosen(text).unwrap_or_else(|| text.to_owned())),
        Kind::Words(_) | Kind::Texts | Kind::Countries => format!("[{}]", each().join(", ")),
        Kind::Text | Kind::Country => scalar::text(text.trim_matches('"')),
        Kind::Number(_) | Kind::Date => format!("\"{}\"", text.replace(['"', '\\'], "")),
    }
}
