//! Decoding that never stops early: every mistake of a mapping is collected, and what can be read is read.

use super::code::Code;
use super::diagnostic::{Diagnostic, Diagnostics};
use super::everyday::of_sign;
use super::lang::{Says, says};
use super::lookalike::plainly;
use super::slips::{cut_by_hash, in_scalar, in_word, quoted_around};
use super::source::{SourceFile, Span, Spanned};
use super::tree::{Node, NodeKind};

/// Longest text of a file that a suggestion repeats.
const LONGEST_SHOWN: usize = 80;

/// What a mapping is called, in Korean and in English.
const KEYS: (&str, &str) = ("키와 값의 모음", "a set of keys with values");

/// Where decoding puts what it finds wrong.
#[derive(Debug)]
pub struct Reader {
    /// The file that is being read.
    pub file: SourceFile,
    /// What was found wrong so far.
    pub problems: Diagnostics,
    /// Keys that are legal elsewhere in files of this kind, each with the place where it belongs.
    pub elsewhere: &'static [(&'static str, &'static str, &'static str)],
}

impl Reader {
    /// A reader without a table of places.
    pub fn new(file: SourceFile) -> Self {
        Self { file, problems: Diagnostics::default(), elsewhere: &[] }
    }

    /// Reports an error.
    pub fn error(&mut self, code: Code, span: Span, message: Says) {
        self.report(Diagnostic::error(code, &self.file, span, message));
    }

    /// Reports a finished diagnostic; where a word is unknown for a sign in it that only looks right, that sign.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.problems.push(sharpened(diagnostic));
    }

    /// Reports the sign that made a text of what should have been a list or keys, if there is one.
    pub fn slip_in(&mut self, node: &Node, listed: bool) -> bool {
        let plain = matches!(&node.kind, NodeKind::Scalar { plain: true, .. });
        let found = if plain { in_scalar(self.file.slice(node.span), listed) } else { None };
        let Some(slip) = found else { return false };
        let slip = slip.moved(node.span.start as usize);
        let span = Span::new(slip.start, slip.end);
        self.problems.push(Diagnostic::error(slip.code, &self.file, span, slip.message).help(slip.help));
        true
    }

    /// A text that may be a sentence or a name: what ` #` cut off is a finding.
    pub fn prose<'n>(&mut self, node: &'n Node) -> Option<&'n str> {
        let text = self.text(node)?;
        if matches!(&node.kind, NodeKind::Scalar { plain: true, .. }) {
            self.cut_off(node.span.end as usize);
            if let Some(slip) = quoted_around(self.file.slice(node.span)) {
                let slip = slip.moved(node.span.start as usize);
                let span = Span::new(slip.start, slip.end);
                self.problems.push(Diagnostic::warning(slip.code, &self.file, span, slip.message).help(slip.help));
            }
        }
        Some(text)
    }

    /// Reports what stands behind a ` #` at this byte, if it belongs to the text before; whether it did.
    pub fn cut_off(&mut self, end: usize) -> bool {
        let found = cut_by_hash(self.file.text(), end);
        let is_cut = found.is_some();
        if let Some(slip) = found {
            let span = Span::new(slip.start, slip.end);
            self.problems.push(Diagnostic::warning(slip.code, &self.file, span, slip.message).help(slip.help));
        }
        is_cut
    }

    /// Reports with the nearest legal word; once no more are shown, without looking for it.
    pub fn report_near<'a>(&mut self, problem: Diagnostic, written: &str, legal: impl IntoIterator<Item = &'a str>) {
        let problem = if self.problems.is_full() { problem } else { problem.did_you_mean(written, legal) };
        self.report(problem);
    }

    /// Reports that something else stands in place of keys with values.
    pub fn not_keys(&mut self, node: &Node) {
        self.not_keys_but(node, None);
    }

    /// The same with what to write; lines of keys where nothing better is known.
    pub fn not_keys_but(&mut self, node: &Node, help: Option<Says>) {
        let lines = || says("`키: 값`의 줄을 적는다", "write lines of the form `key: value`");
        self.wrong_shape(node, KEYS.0, KEYS.1, help.unwrap_or_else(lines));
    }

    /// Reports that a value has the wrong shape.
    pub fn wrong_type(&mut self, node: &Node, ko: &str, en: &str) {
        self.wrong_shape(node, ko, en, says(format!("여기에 {ko}을(를) 적는다"), format!("write {en} here")));
    }

    /// Reports that a value has the wrong shape, and what to write.
    pub fn wrong_shape(&mut self, node: &Node, ko: &str, en: &str, help: Says) {
        if (en == "a list" || en == KEYS.1) && self.slip_in(node, en == "a list") {
            return;
        }
        let (found_ko, found_en) = match &node.kind {
            NodeKind::Map(_) => KEYS,
            NodeKind::List(_) => ("목록", "a list"),
            NodeKind::Scalar { .. } if node.is_null() => ("빈 값", "nothing"),
            NodeKind::Scalar { .. } => ("하나의 값", "a single value"),
        };
        let message =
            says(format!("{ko} 자리에 {found_ko}이(가) 있다"), format!("{en} must stand here, and this is {found_en}"));
        let span = Span::new(node.span.start as usize, first_line_end(&self.file, node.span));
        self.report(Diagnostic::error(Code::WrongType, &self.file, span, message).help(help));
    }

    /// A text, or a report.
    pub fn text<'n>(&mut self, node: &'n Node) -> Option<&'n str> {
        match node.text() {
            Some(text) if !node.is_null() => Some(text),
            _ => {
                match node.list().map(|items| items.iter().map(Self::shown).collect::<Vec<_>>()).as_deref() {
                    Some([Some(only)]) => {
                        let help = says(format!("`{only}`(으)로 적는다"), format!("write `{only}`"));
                        self.wrong_shape(node, "글자", "text", help);
                    }
                    _ => self.wrong_type(node, "글자", "text"),
                }
                None
            }
        }
    }

    /// A short text, for a line to write.
    fn shown(node: &Node) -> Option<&str> {
        node.text().filter(|text| !text.is_empty() && text.len() <= LONGEST_SHOWN && !text.contains('\n'))
    }

    /// The items of a list, or a report.
    pub fn list<'n>(&mut self, node: &'n Node) -> Option<&'n [Node]> {
        if node.list().is_none() {
            // What stands here is shown as the list that it was meant to be, or as its first entry.
            let written = self.file.slice(node.span);
            let first = written.lines().next().unwrap_or_default();
            let help = if node.is_null() || first.len() > LONGEST_SHOWN {
                says("항목마다 `- `로 시작하는 줄을 적는다", "write a line that begins with `- ` for each entry")
            } else if first.len() < written.len() {
                says(
                    format!("`- {first}`처럼 `- `로 시작하고, 아래 줄은 두 칸 들여 쓴다"),
                    format!("begin with `- `, as in `- {first}`, and indent the lines below by two"),
                )
            } else {
                let bare = written.trim_matches(['(', ')', '（', '）']).trim();
                says(format!("`[{bare}]`로 적는다"), format!("write `[{bare}]`"))
            };
            self.wrong_shape(node, "목록", "a list", help);
        }
        node.list()
    }

    /// The entries of a mapping, or a report.
    pub fn map<'n>(&mut self, node: &'n Node) -> Option<Fields<'n>> {
        Fields::of(node, self)
    }

    /// `true` or `false`, or a report that says how to spell it.
    pub fn flag(&mut self, node: &Node) -> Option<bool> {
        match &node.kind {
            NodeKind::Scalar { text, .. } if text == "true" => Some(true),
            NodeKind::Scalar { text, .. } if text == "false" => Some(false),
            NodeKind::Scalar { text, .. } => {
                let truth = truth(text);
                let mut problem = Diagnostic::error(
                    Code::NotTrueOrFalse,
                    &self.file,
                    node.span,
                    says(format!("`{text}`: 참도 거짓도 아니다"), format!("`{text}` is neither `true` nor `false`")),
                );
                problem = problem.help(match truth {
                    Some(truth) => says(format!("`{truth}`로 적는다"), format!("write `{truth}`")),
                    None if NOT_KNOWN.contains(&text.trim().to_lowercase().as_str()) => says(
                        "`true`나 `false`로 적는다. 아직 알 수 없으면 이 줄을 지운다",
                        "write `true` or `false`; while it is not known, leave the line out",
                    ),
                    None => says("`true`나 `false`로 적는다", "write `true` or `false`"),
                });
                self.report(problem);
                None
            }
            _ => {
                self.wrong_type(node, "`true` 또는 `false`", "`true` or `false`");
                None
            }
        }
    }

    /// One of a closed list of words, or a report with a suggestion. Returns the index.
    pub fn word(&mut self, node: &Node, legal: &[&str]) -> Option<usize> {
        let text = self.text(node)?;
        let found = legal.iter().position(|word| *word == text);
        if found.is_none() && self.problems.is_full() {
            self.error(Code::ValueNotAllowed, node.span, says("", ""));
        } else if found.is_none() {
            self.report(
                Diagnostic::error(
                    Code::ValueNotAllowed,
                    &self.file,
                    node.span,
                    says(format!("`{text}`: 여기에 쓸 수 없는 말이다"), format!("`{text}` cannot stand here")),
                )
                .did_you_mean(text, legal.iter().copied()),
            );
        }
        found
    }
}

/// A type that can be read from a node.
pub trait Decode: Sized {
    /// Reads it; what is wrong goes to the reader.
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self>;
}

impl Decode for String {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        reader.prose(node).map(str::to_owned)
    }
}

impl Decode for bool {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        reader.flag(node)
    }
}

impl<T: Decode> Decode for Spanned<T> {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        T::decode(node, reader).map(|value| Self { value, span: node.span })
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        Some(reader.list(node)?.iter().filter_map(|item| T::decode(item, reader)).collect())
    }
}

/// One mapping being read: each key is taken once; what is left at [`Fields::done`] is unknown.
#[derive(Debug)]
pub struct Fields<'n> {
    /// The whole mapping.
    pub span: Span,
    left: Vec<&'n (Node, Node)>,
    known: Vec<&'static str>,
    /// Those of the known keys that are not there.
    absent: Vec<&'static str>,
    missing: Vec<&'static str>,
}

impl<'n> Fields<'n> {
    /// The fields of a mapping; a key that appears twice is reported and its first value kept.
    pub fn of(node: &'n Node, reader: &mut Reader) -> Option<Self> {
        let Some(entries) = node.map() else {
            reader.not_keys(node);
            return None;
        };
        if cut_by_comma(entries, node, reader) {
            return None;
        }
        let mut first = std::collections::HashMap::with_capacity(entries.len());
        let mut left = Vec::with_capacity(entries.len());
        for entry in entries {
            let Some(key) = entry.0.text() else {
                reader.wrong_type(&entry.0, "키", "a key");
                continue;
            };
            if let Some(&span) = first.get(key) {
                let problem = Diagnostic::error(
                    Code::DuplicateKey,
                    &reader.file,
                    entry.0.span,
                    says(format!("키 `{key}`이(가) 두 번 나온다"), format!("the key `{key}` appears twice")),
                )
                .related(span, says("처음 나온 곳", "first here"))
                .help(says("하나를 지우거나 합친다", "remove one, or join the two"));
                reader.report(problem);
                continue;
            }
            first.insert(key, entry.0.span);
            left.push(entry);
        }
        Some(Self { span: node.span, left, known: Vec::new(), absent: Vec::new(), missing: Vec::new() })
    }

    /// The node of a key, if it is there.
    pub fn node(&mut self, key: &'static str) -> Option<&'n Node> {
        Some(&self.entry(key)?.1)
    }

    /// Key and value nodes of a key, if it is there.
    pub fn entry(&mut self, key: &'static str) -> Option<&'n (Node, Node)> {
        self.known.push(key);
        let Some(at) = self.left.iter().position(|(k, _)| k.text() == Some(key)) else {
            self.absent.push(key);
            return None;
        };
        Some(self.left.remove(at))
    }

    /// The node of a key that must be there.
    pub fn must(&mut self, key: &'static str) -> Option<&'n Node> {
        let node = self.node(key);
        if node.is_none() {
            self.missing.push(key);
        }
        node
    }

    /// The decoded value of a key, if it is there.
    pub fn optional<T: Decode>(&mut self, key: &'static str, reader: &mut Reader) -> Option<T> {
        T::decode(self.node(key)?, reader)
    }

    /// The decoded value of a key that must be there.
    pub fn required<T: Decode>(&mut self, key: &'static str, reader: &mut Reader) -> Option<T> {
        T::decode(self.must(key)?, reader)
    }

    /// Whether a key is still there.
    pub fn has(&self, key: &str) -> bool {
        self.left.iter().any(|(k, _)| k.text() == Some(key))
    }

    /// The keys that are still there.
    pub fn rest(&self) -> impl Iterator<Item = &'n (Node, Node)> + '_ {
        self.left.iter().copied()
    }

    /// Takes all that is left: a mapping whose keys are free.
    pub fn take_rest(&mut self) -> Vec<&'n (Node, Node)> {
        std::mem::take(&mut self.left)
    }

    /// Reports what is missing and what is unknown; a missing key and an unknown one that look alike are one mistake.
    pub fn done(mut self, reader: &mut Reader) {
        for (key, _) in std::mem::take(&mut self.left) {
            let written = key.text().unwrap_or_default();
            if written.starts_with("x-") {
                continue;
            }
            if reader.problems.is_full() {
                reader.error(Code::UnknownKey, key.span, says("", ""));
                continue;
            }
            if let Some(wanted) = super::closest(written, self.missing.iter().copied()) {
                self.missing.retain(|name| *name != wanted);
            }
            // A word of everyday may mean two keys: the one that is not there is the one that was meant.
            let absent = super::closest(written, self.absent.iter().copied());
            let legal = absent.as_slice().iter().chain(&self.known).copied().take(if absent.is_some() {
                1
            } else {
                usize::MAX
            });
            let problem = unknown_key(reader, key, written, legal);
            reader.report(problem);
        }
        for name in self.missing {
            let start = self.span.start as usize;
            let span = Span::new(start, first_line_end(&reader.file, self.span));
            let message = says(format!("`{name}`이(가) 빠졌다"), format!("`{name}` is missing here"));
            let help = says(format!("`{name}:`을 더한다"), format!("add `{name}:`"));
            reader.report(Diagnostic::error(Code::MissingKey, &reader.file, span, message).help(help));
        }
    }
}

/// Between braces a comma ends a value: `{ at-most: 30,5 % }` says 30, and then `5 %`, which has no value. What stands
/// in such braces is not what was meant, and nothing more is said of it.
fn cut_by_comma(entries: &[(Node, Node)], node: &Node, reader: &mut Reader) -> bool {
    let text = reader.file.text();
    if !reader.file.slice(node.span).starts_with('{') {
        return false;
    }
    let bare = |(key, value): &(Node, Node)| {
        let plain = matches!(&key.kind, NodeKind::Scalar { plain: true, .. });
        let behind = text[key.span.end as usize..].trim_start();
        plain && value.is_null() && !behind.starts_with(':')
    };
    let Some(at) = entries.iter().position(bare) else { return false };
    let key = &entries[at].0;
    let written = reader.file.slice(key.span);
    let before = at.checked_sub(1).map(|at| reader.file.slice(entries[at].1.span)).unwrap_or_default();
    let number = before.ends_with(|c: char| c.is_ascii_digit()) && written.starts_with(|c: char| c.is_ascii_digit());
    let message = says(
        format!("`{written}`에 값이 없다: 중괄호 안에서는 쉼표가 값을 끝낸다"),
        format!("`{written}` has no value: between braces a comma ends the value before it"),
    );
    let help = if number {
        let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).count();
        let parts = entries[at..].iter().take_while(|entry| bare(entry)).map(|(key, _)| reader.file.slice(key.span));
        let parts: Vec<&str> = parts.take_while(|part| part.starts_with(|c: char| c.is_ascii_digit())).collect();
        let thousands = parts.iter().all(|part| digits(part) == 3);
        let plain = format!("{before}{}{}", if thousands { "" } else { "." }, parts.concat());
        says(format!("수는 쉼표 없이 `{plain}`로 적는다"), format!("write the number without its comma, `{plain}`"))
    } else {
        says("쉼표가 든 글은 큰따옴표로 묶는다", "put a text that holds a comma in double quotes")
    };
    // A sign of comparison with its value and no colon between: `= 30 %`.
    let sign = written.split_once(' ').filter(|(sign, _)| sign.chars().all(|c| "=<>!≤≥≠".contains(c)));
    if let Some((sign, operator, value)) = sign.and_then(|(sign, value)| Some((sign, of_sign(sign)?, value))) {
        let message = says(
            format!("`{sign}`는 여기의 연산자가 아니고, 값과의 사이에 쌍점이 없다"),
            format!("`{sign}` is no operator here, and there is no colon between it and its value"),
        );
        let help = says(format!("`{operator}: {value}`로 적는다"), format!("write `{operator}: {value}`"));
        reader.problems.push(Diagnostic::error(Code::UnknownKey, &reader.file, key.span, message).help(help));
        return true;
    }
    if let Some(slip) = in_word(written) {
        let slip = slip.moved(key.span.start as usize);
        let span = Span::new(slip.start, slip.end);
        reader.problems.push(Diagnostic::error(slip.code, &reader.file, span, slip.message).help(slip.help));
        return true;
    }
    reader.problems.push(Diagnostic::error(Code::UnknownKey, &reader.file, key.span, message).help(help));
    true
}

/// What people write where they do not know.
const NOT_KNOWN: [&str; 17] = [
    "미정",
    "모름",
    "미상",
    "아마도",
    "아마",
    "확인 중",
    "확인중",
    "검토 중",
    "해당 없음",
    "unknown",
    "maybe",
    "perhaps",
    "tbd",
    "tba",
    "n/a",
    "na",
    "?",
];

/// `true` or `false`, from what people write for it.
fn truth(text: &str) -> Option<&'static str> {
    const TRUE: &[&str] = &[
        "yes",
        "on",
        "y",
        "t",
        "true",
        "ok",
        "1",
        "o",
        "○",
        "◯",
        "예",
        "네",
        "응",
        "참",
        "맞음",
        "맞다",
        "그렇다",
        "있음",
        "있다",
        "해당",
        "함",
    ];
    const FALSE: &[&str] = &[
        "no",
        "off",
        "n",
        "f",
        "false",
        "0",
        "x",
        "×",
        "✕",
        "아니오",
        "아니요",
        "거짓",
        "틀림",
        "아니다",
        "그렇지 않다",
        "없음",
        "없다",
        "해당 없음",
        "미해당",
        "안 함",
    ];
    let text = plainly(text).to_lowercase();
    let among = |list: &[&str]| list.contains(&text.as_str());
    if among(TRUE) { Some("true") } else { Some("false").filter(|_| among(FALSE)) }
}

/// The codes that say that a word is not known where it stands.
const OF_WORDS: [Code; 15] = [
    Code::UnknownKey,
    Code::ValueNotAllowed,
    Code::NotTrueOrFalse,
    Code::BadId,
    Code::BadDate,
    Code::BadCountry,
    Code::UnknownFact,
    Code::UnknownTerm,
    Code::UnknownCriterion,
    Code::UnknownReading,
    Code::UnknownCollection,
    Code::UnknownOption,
    Code::BadLanguage,
    Code::BadVersion,
    Code::BadLicence,
];

/// The same problem, told by the sign that makes the word unknown.
fn sharpened(problem: Diagnostic) -> Diagnostic {
    /// No word is so long; sentences are not looked through.
    const LONGEST: usize = 400;
    let text = problem.file.slice(problem.span);
    if !OF_WORDS.contains(&problem.code) || text.is_empty() || text.len() > LONGEST {
        return problem;
    }
    let Some(slip) = in_word(text) else { return problem };
    let slip = slip.moved(problem.span.start as usize);
    let span = Span::new(slip.start, slip.end);
    Diagnostic { code: slip.code, span, message: slip.message, help: Some(slip.help), ..problem }
}

fn first_line_end(file: &SourceFile, span: Span) -> usize {
    let text = file.slice(span);
    span.start as usize + text.find('\n').unwrap_or(text.len()).min(text.len())
}

fn unknown_key<'a>(reader: &Reader, key: &Node, written: &str, known: impl IntoIterator<Item = &'a str>) -> Diagnostic {
    // A key that is exactly right elsewhere is misplaced, however near it is to one that is right here.
    if let Some((_, ko, en)) = reader.elsewhere.iter().find(|(name, ..)| *name == written) {
        return Diagnostic::error(
            Code::KeyAtWrongDepth,
            &reader.file,
            key.span,
            says(
                format!("`{written}`: 이 자리에 올 수 없는 키이다"),
                format!("`{written}` does not belong at this depth"),
            ),
        )
        .help(says(format!("{ko}. 들여쓰기를 확인한다"), format!("{en}; check the indentation")));
    }
    Diagnostic::error(
        Code::UnknownKey,
        &reader.file,
        key.span,
        says(format!("`{written}`: 여기에서는 모르는 키이다"), format!("`{written}` is not a key that is known here")),
    )
    .did_you_mean(written, known)
}
