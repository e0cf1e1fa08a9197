//! The parts that ruleset files are made of, read from nodes.

use super::model::{Citation, Decision, InForce, LocalText, Note, Release, Remedy, SourceInfo, Status};
use crate::facts::{Date, Style, Value, no_date};
use crate::text::{Code, Decode, Diagnostic, Node, Reader, Span, says};
use crate::vocabulary::{Kind, is_language, language_meant};

/// Keys of ruleset files with the place where each belongs.
pub(super) const PLACES: &[(&str, &str, &str)] = &[
    (
        "where",
        "`where`: `every`, `some`, `none`, `count`, `share`와 나란히 둔다",
        "`where` stands beside `every`, `some`, `none`, `count` or `share`",
    ),
    (
        "holds",
        "`holds`: `every`, `some`, `none`, `count`, `share`와 나란히 둔다",
        "`holds` stands beside `every`, `some`, `none`, `count` or `share`",
    ),
    ("of", "`of`: 모음의 이름을 적은 머리 키와 나란히 둔다", "`of` stands beside the head that names a collection"),
    ("empty", "`empty`: `every`와 나란히 둔다", "`empty` stands beside `every`"),
    (
        "unlisted",
        "`unlisted`: `every`, `some`, `count`와 나란히 둔다",
        "`unlisted` stands beside `every`, `some` or `count`",
    ),
    ("by", "`by`: `share`와 나란히 둔다", "`by` stands beside `share`"),
    ("is", "`is`: `fact`와 나란히 둔다", "`is` stands beside `fact`"),
    ("is-not", "`is-not`: `fact`와 나란히 둔다", "`is-not` stands beside `fact`"),
    ("in", "`in`: `fact`와 나란히 둔다", "`in` stands beside `fact`"),
    ("not-in", "`not-in`: `fact`와 나란히 둔다", "`not-in` stands beside `fact`"),
    ("contains", "`contains`: `fact`와 나란히 둔다", "`contains` stands beside `fact`"),
    ("known", "`known`: `fact`와 나란히 둔다", "`known` stands beside `fact`"),
    (
        "at-least",
        "`at-least`: `fact`, `count`, `share`와 나란히 둔다",
        "`at-least` stands beside `fact`, `count` or `share`",
    ),
    (
        "at-most",
        "`at-most`: `fact`, `count`, `share`와 나란히 둔다",
        "`at-most` stands beside `fact`, `count` or `share`",
    ),
    (
        "more-than",
        "`more-than`: `fact`, `count`, `share`와 나란히 둔다",
        "`more-than` stands beside `fact`, `count` or `share`",
    ),
    (
        "less-than",
        "`less-than`: `fact`, `count`, `share`와 나란히 둔다",
        "`less-than` stands beside `fact`, `count` or `share`",
    ),
    (
        "options",
        "`options`: `reading`과 나란히 둔다",
        "`options` stands beside `reading`, or inside a reading of ruleset.yaml",
    ),
    ("fact", "`fact`: `test` 안에 둔다", "`fact` belongs inside `test`"),
    ("every", "`every`: `test` 안에 둔다", "`every` belongs inside `test`"),
    ("some", "`some`: `test` 안에 둔다", "`some` belongs inside `test`"),
    ("none", "`none`: `test` 안에 둔다", "`none` belongs inside `test`"),
    ("all", "`all`: `test` 안에 둔다", "`all` belongs inside `test`"),
    ("any", "`any`: `test` 안에 둔다", "`any` belongs inside `test`"),
    ("not", "`not`: `test` 안에 둔다", "`not` belongs inside `test`"),
    ("count", "`count`: `test` 안에 둔다", "`count` belongs inside `test`"),
    ("share", "`share`: `test` 안에 둔다", "`share` belongs inside `test`"),
    ("term", "`term`: `test` 안에 둔다", "`term` belongs inside `test`"),
    ("criterion", "`criterion`: `test` 안에 둔다", "`criterion` belongs inside `test`"),
    ("reading", "`reading`: `test` 안에 둔다", "`reading` belongs inside `test`"),
    ("evidence", "`evidence`: `remedy` 안에 둔다", "`evidence` belongs inside `remedy`"),
    ("declare", "`declare`: `remedy` 안에 둔다", "`declare` belongs inside `remedy`"),
    ("change", "`change`: `remedy` 안에 둔다", "`change` belongs inside `remedy`"),
    ("ladder", "`ladder`: `scale` 안에 둔다", "`ladder` belongs inside `scale`"),
    ("gate", "`gate`: `scale` 안에 둔다", "`gate` belongs inside `scale`"),
    ("scorecard", "`scorecard`: `scale` 안에 둔다", "`scorecard` belongs inside `scale`"),
    ("requires", "`requires`: 단계나 축 안에 둔다", "`requires` belongs inside a rung or an axis"),
    ("wants", "`wants`: 단계나 축 안에 둔다", "`wants` belongs inside a rung or an axis"),
    ("test", "`test`: 기준이나 용어 바로 아래에 둔다", "`test` belongs directly under a criterion or a term"),
    ("needs", "`needs`: 기준 바로 아래에 둔다", "`needs` belongs directly under a criterion"),
    ("dimension", "`dimension`: 기준 바로 아래에 둔다", "`dimension` belongs directly under a criterion"),
    ("rationale", "`rationale`: 기준 바로 아래에 둔다", "`rationale` belongs directly under a criterion"),
    ("cites", "`cites`: 기준 바로 아래에 둔다", "`cites` belongs directly under a criterion"),
    ("remedy", "`remedy`: 기준 바로 아래에 둔다", "`remedy` belongs directly under a criterion"),
    ("applies", "`applies`: 기준 바로 아래에 둔다", "`applies` belongs directly under a criterion"),
    (
        "question",
        "`question`: 기준이나 해석 바로 아래에 둔다",
        "`question` belongs directly under a criterion or a reading",
    ),
    ("meaning", "`meaning`: 용어 바로 아래에 둔다", "`meaning` belongs directly under a term"),
    ("scope", "`scope`: 용어 바로 아래에 둔다", "`scope` belongs directly under a term"),
    ("default", "`default`: 해석 바로 아래에 둔다", "`default` belongs directly under a reading"),
    ("settles", "`settles`: 해석 바로 아래에 둔다", "`settles` belongs directly under a reading"),
    ("because", "`because`: 선택지, 결정, 메모 안에 둔다", "`because` belongs inside an option, a decision or a note"),
    ("home", "`home`: ruleset.yaml 맨 위에 둔다", "`home` belongs at the top of ruleset.yaml"),
    ("languages", "`languages`: ruleset.yaml 맨 위에 둔다", "`languages` belongs at the top of ruleset.yaml"),
    ("scale", "`scale`: ruleset.yaml 맨 위에 둔다", "`scale` belongs at the top of ruleset.yaml"),
    ("readings", "`readings`: ruleset.yaml 맨 위에 둔다", "`readings` belongs at the top of ruleset.yaml"),
    ("decisions", "`decisions`: ruleset.yaml 맨 위에 둔다", "`decisions` belongs at the top of ruleset.yaml"),
    ("notes", "`notes`: ruleset.yaml 맨 위에 둔다", "`notes` belongs at the top of ruleset.yaml"),
    ("history", "`history`: ruleset.yaml 맨 위에 둔다", "`history` belongs at the top of ruleset.yaml"),
    ("version", "`version`: ruleset.yaml 맨 위에 둔다", "`version` belongs at the top of ruleset.yaml"),
    ("sources", "`sources`: ruleset.yaml 맨 위에 둔다", "`sources` belongs at the top of ruleset.yaml"),
    ("publisher", "`publisher`: ruleset.yaml 맨 위에 둔다", "`publisher` belongs at the top of ruleset.yaml"),
    ("contact", "`contact`: ruleset.yaml 맨 위에 둔다", "`contact` belongs at the top of ruleset.yaml"),
    ("status", "`status`: ruleset.yaml 맨 위에 둔다", "`status` belongs at the top of ruleset.yaml"),
    ("in-force", "`in-force`: ruleset.yaml 맨 위에 둔다", "`in-force` belongs at the top of ruleset.yaml"),
];

/// Longest id.
const MAX_ID: usize = 80;

/// Whether a text can be a file's name and a word of rules: letters, digits, `.`, `-`, `_`.
pub(super) fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= MAX_ID
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// An id, or a report.
pub(super) fn id(node: &Node, reader: &mut Reader) -> Option<String> {
    let text = reader.text(node)?;
    let good = is_id(text);
    if !good {
        let file = reader.file.clone();
        let message =
            says(format!("`{text}`: 식별자로 쓸 수 없는 글자가 있다"), format!("`{text}` cannot be used as an id"));
        reader.report(Diagnostic::error(Code::BadId, &file, node.span, message).help(says(
            "영문자, 숫자, `-`, `_`, `.`만 쓰고 영문자나 숫자로 시작한다",
            "use letters, digits, `-`, `_` and `.`, and begin with a letter or digit",
        )));
    }
    good.then(|| text.to_owned())
}

/// A day of the calendar, as it was written.
pub(super) fn day(node: &Node, reader: &mut Reader) -> Option<String> {
    let text = reader.text(node)?;
    if Date::parse(text).is_none() {
        reader.report(no_date(text, node, reader));
        return None;
    }
    Some(text.trim().to_owned())
}

/// A version: numbers with points between them, and what may follow a hyphen.
pub(super) fn version(node: &Node, reader: &mut Reader) -> Option<String> {
    let text = reader.text(node)?;
    let (numbers, behind) = text.split_once(['-', '+']).unwrap_or((text, "x"));
    let parts: Vec<&str> = numbers.split('.').collect();
    let is_number = |part: &&str| !part.is_empty() && part.len() <= 9 && part.bytes().all(|byte| byte.is_ascii_digit());
    let tail =
        !behind.is_empty() && behind.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    if parts.len() <= 4 && parts.iter().all(is_number) && tail {
        return Some(text.to_owned());
    }
    let digits = |c: char| c.is_ascii_digit() || c == '.';
    let pointed = text.replace(',', ".");
    let text_of = pointed.as_str();
    let start = text_of.find(|c: char| c.is_ascii_digit());
    let meant: String = start.map(|at| text_of[at..].chars().take_while(|c| digits(*c)).collect()).unwrap_or_default();
    let meant = meant.trim_matches('.');
    let message = says(format!("`{text}`: 판 번호가 아니다"), format!("`{text}` is not a version"));
    let help = if meant.is_empty() {
        says("`1.0.0`처럼 수와 점으로 적는다", "write numbers and points, as in `1.0.0`")
    } else {
        says(format!("`{meant}`(으)로 적는다"), format!("write `{meant}`"))
    };
    reader.report(Diagnostic::error(Code::BadVersion, &reader.file, node.span, message).help(help));
    None
}

/// A text in languages; a missing language is a finding, an unknown one a mistake.
pub(crate) fn local(node: &Node, languages: &[String], reader: &mut Reader) -> Option<LocalText> {
    let mut text = LocalText::default();
    if node.text().is_some() {
        if reader.slip_in(node, false) {
            return None;
        }
        let file = reader.file.clone();
        let message = says("글은 언어마다 따로 적어야 한다", "a text is written once for each language");
        let codes = languages.iter().map(|code| format!("`{code}: ...`")).collect::<Vec<_>>().join(", ");
        let help = says(format!("아래에 {codes}을(를) 적는다"), format!("write {codes} below it"));
        reader.report(Diagnostic::error(Code::WrongType, &file, node.span, message).help(help));
        return None;
    }
    // Keys that are no language: each is most likely one that is missing.
    let mut odd = 0;
    for (key, value) in reader.map(node)?.take_rest() {
        let code = key.text().unwrap_or_default();
        if !languages.iter().any(|l| l == code) {
            let problem = not_a_language(key, languages, reader);
            reader.report(problem);
            odd += 1;
            continue;
        }
        if value.is_null() || value.text().is_some_and(|t| t.trim().is_empty()) {
            if value.is_null() && reader.cut_off(key.span.end as usize + 1) {
                text.0.insert(code.to_owned(), String::new()); // why it is not there was reported
            }
            continue;
        }
        if let Some(said) = reader.prose(value) {
            text.0.insert(code.to_owned(), said.trim().to_owned());
        } else {
            text.0.insert(code.to_owned(), String::new()); // it is there, and was reported
        }
    }
    for language in languages {
        if !text.0.contains_key(language) && odd > 0 {
            odd -= 1;
        } else if !text.0.contains_key(language) {
            let file = reader.file.clone();
            let start = node.span.start as usize;
            let first = file.slice(node.span).lines().next().unwrap_or_default().len();
            let span = Span::new(start, start + first);
            let message = says(format!("`{language}` 글이 없다"), format!("the text in `{language}` is missing"));
            reader.report(
                Diagnostic::warning(Code::TextMissing, &file, span, message)
                    .help(says(format!("`{language}:`를 더한다"), format!("add `{language}:`"))),
            );
        }
    }
    Some(text)
}

/// A key among texts that is no language of the ruleset.
fn not_a_language(key: &Node, languages: &[String], reader: &Reader) -> Diagnostic {
    let (file, code) = (&reader.file, key.text().unwrap_or_default());
    let message = says(
        format!("`{code}`은(는) 이 규칙 모음의 언어가 아니다"),
        format!("`{code}` is not a language of this ruleset"),
    );
    if is_language(code) {
        let help = says(
            format!("ruleset.yaml의 `languages`에 `{code}`을(를) 더하거나, 이 언어의 글을 지운다"),
            format!("add `{code}` to `languages` in ruleset.yaml, or remove the texts in it"),
        );
        return Diagnostic::error(Code::BadLanguage, file, key.span, message).help(help);
    }
    let problem = Diagnostic::error(Code::UnknownKey, file, key.span, message);
    match language_meant(code).filter(|meant| languages.iter().any(|language| language == meant)) {
        Some(meant) => problem.help(says(format!("`{meant}`(으)로 적는다"), format!("write `{meant}`"))),
        None => problem.did_you_mean(code, languages.iter().map(String::as_str)),
    }
}

/// The texts of a mapping's key that must be there.
pub(super) fn local_of(
    fields: &mut crate::text::Fields<'_>,
    key: &'static str,
    languages: &[String],
    reader: &mut Reader,
) -> LocalText {
    fields.must(key).and_then(|node| local(node, languages, reader)).unwrap_or_default()
}

/// An address that a page can link to; what is none is told and kept.
fn address(node: &Node, reader: &mut Reader) -> Option<String> {
    let text = reader.text(node)?;
    let scheme = ["https://", "http://"].iter().find_map(|scheme| text.strip_prefix(scheme));
    let good =
        scheme.is_some_and(|rest| rest.contains('.') && !rest.starts_with('.') && !text.contains(char::is_whitespace));
    if !good {
        let message = says(format!("`{text}`: 웹 주소가 아니다"), format!("`{text}` is no address of the web"));
        let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let help = if bare.len() < text.len() && bare.starts_with("http") {
            says(format!("빈칸 없이 `{bare}`로 적는다"), format!("write `{bare}`, without blanks"))
        } else {
            says(
                "`https://`로 시작하는 주소를 적는다. 주소가 없으면 이 줄을 지운다",
                "write an address that begins with `https://`; without one, leave the line out",
            )
        };
        reader.report(Diagnostic::warning(Code::ValueNotAllowed, &reader.file, node.span, message).help(help));
    }
    Some(text.to_owned())
}

impl Decode for SourceInfo {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        if let Some(title) = lone(node) {
            let line = format!("source: {{ title: \"{title}\" }}");
            reader.not_keys_but(node, Some(says(format!("`{line}`로 적는다"), format!("write `{line}`"))));
            return None;
        }
        let mut fields = reader.map(node)?;
        let info = Self {
            id: fields.node("id").and_then(|node| id(node, reader)),
            title: fields.required("title", reader).unwrap_or_default(),
            url: fields.node("url").and_then(|node| address(node, reader)),
            licence: fields.node("licence").and_then(|node| reader.text(node)).map(str::to_owned),
            retrieved: fields.node("retrieved").and_then(|node| day(node, reader)),
        };
        fields.done(reader);
        Some(info)
    }
}

impl Decode for Status {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let words = Self::ALL.map(|(_, word)| word);
        reader.word(node, &words).map(|at| Self::ALL[at].0)
    }
}

impl Decode for InForce {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = reader.map(node)?;
        let mut day = |key: &'static str| -> Option<Date> {
            match Value::decode(Kind::Date, fields.node(key)?, Style::Rule, reader) {
                Some(Value::Date(date)) => Some(date),
                _ => None,
            }
        };
        let days = Self { from: day("from"), until: day("until") };
        fields.done(reader);
        if let (Some(from), Some(until)) = (days.from, days.until)
            && until < from
        {
            let file = reader.file.clone();
            let message = says(
                format!("`until`이 `from`보다 앞선다: {until}, {from}"),
                format!("`until` is before `from`: {until}, {from}"),
            );
            let help = says("두 날짜를 살펴 고친다", "put the earlier day under `from`");
            let problem = Diagnostic::error(Code::ValueNotAllowed, &file, file.first_line(node.span), message);
            reader.report(problem.help(help));
        }
        Some(days)
    }
}

/// A text that stands alone where keys should, short enough to be repeated.
fn lone(node: &Node) -> Option<&str> {
    node.text().filter(|text| !node.is_null() && text.len() <= 120 && !text.contains(['"', '\\']))
}

impl Decode for Citation {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        if let Some(text) = lone(node) {
            let (source, at) = text.split_once(' ').unwrap_or(("...", text));
            let line = format!("- {{ source: {source}, at: \"{at}\" }}");
            reader.not_keys_but(node, Some(says(format!("`{line}`로 적는다"), format!("write `{line}`"))));
            return None;
        }
        let mut fields = reader.map(node)?;
        let source: Option<String> = fields.required("source", reader);
        let at = fields.optional("at", reader);
        fields.done(reader);
        Some(Self { source: source?, at })
    }
}

/// What would move an outcome.
pub(super) fn remedy(node: &Node, languages: &[String], reader: &mut Reader) -> Option<Remedy> {
    let mut fields = reader.map(node)?;
    let mut part = |key: &'static str| fields.node(key).and_then(|node| local(node, languages, reader));
    let remedy = Remedy { evidence: part("evidence"), declare: part("declare"), change: part("change") };
    fields.done(reader);
    Some(remedy)
}

/// A settled contradiction.
pub(super) fn decision(node: &Node, languages: &[String], reader: &mut Reader) -> Option<Decision> {
    let mut fields = reader.map(node)?;
    let decision = Decision {
        id: fields.required("id", reader).unwrap_or_default(),
        about: local_of(&mut fields, "about", languages, reader),
        decision: local_of(&mut fields, "decision", languages, reader),
        because: local_of(&mut fields, "because", languages, reader),
    };
    fields.done(reader);
    Some(decision)
}

/// A statement that is no criterion.
pub(super) fn note(node: &Node, languages: &[String], reader: &mut Reader) -> Option<Note> {
    let mut fields = reader.map(node)?;
    let noted = Note {
        of: fields.required("of", reader).unwrap_or_default(),
        because: local_of(&mut fields, "because", languages, reader),
    };
    fields.done(reader);
    Some(noted)
}

/// A version of the history.
pub(super) fn release(node: &Node, languages: &[String], reader: &mut Reader) -> Option<Release> {
    let mut fields = reader.map(node)?;
    let release = Release {
        version: fields.must("version").and_then(|node| version(node, reader)).unwrap_or_default(),
        date: fields.must("date").and_then(|node| day(node, reader)).unwrap_or_default(),
        changes: local_of(&mut fields, "changes", languages, reader),
    };
    fields.done(reader);
    Some(release)
}
