//! Values of facts, read from nodes and said in words.

use std::fmt::Write as _;

use super::bounds::bounds_said;
use super::date::Date;
use crate::text::{Code, Diagnostic, Lang, Node, NodeKind, Reader, Says, says};
use crate::vocabulary::{Country, Group, Kind, Measured, NumberError, Unit, Word, read_number, rounding};

/// Words of one closed list as bits, by their index in the list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WordSet(pub u64);

impl WordSet {
    /// The set with one more word.
    #[must_use]
    pub fn with(self, index: u8) -> Self {
        Self(self.0 | 1 << index)
    }

    /// Whether a word is in it.
    pub fn has(self, index: u8) -> bool {
        self.0 >> index & 1 == 1
    }

    /// Indexes of its words.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (0..64).filter(move |&index| self.has(index))
    }
}

/// A value. Which variant a path has is its [`Kind`]; words are kept as indexes into the path's list.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// True or false.
    Flag(bool),
    /// A word, by index.
    Word(u8),
    /// Words.
    Words(WordSet),
    /// Text.
    Text(Box<str>),
    /// Texts, sorted.
    Texts(Box<[Box<str>]>),
    /// A number in the path's unit.
    Number(f64),
    /// A day.
    Date(Date),
    /// A country.
    Country(Country),
    /// Countries, sorted.
    Countries(Box<[Country]>),
}

/// How strictly a value is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// In rules and cases: `true`, units, and nothing else.
    Rule,
    /// In cards: `yes`, a bare number in the field's own unit, a share from 0 to 1, one value for a list.
    Card,
}

impl Value {
    /// A text value.
    pub fn text(text: impl Into<Box<str>>) -> Self {
        Self::Text(text.into())
    }

    /// Texts in no order.
    pub fn texts<S: Into<Box<str>>>(texts: impl IntoIterator<Item = S>) -> Self {
        let mut list: Vec<Box<str>> = texts.into_iter().map(Into::into).collect();
        list.sort();
        list.dedup();
        Self::Texts(list.into())
    }

    /// Countries in no order.
    pub fn countries(countries: impl IntoIterator<Item = Country>) -> Self {
        let mut list: Vec<Country> = countries.into_iter().collect();
        list.sort();
        list.dedup();
        Self::Countries(list.into())
    }

    /// The word `id` of a kind that has words, alone or as a set of one.
    pub fn word(kind: Kind, id: &str) -> Option<Self> {
        let index = u8::try_from(kind.words().iter().position(|word| word.id == id)?).ok()?;
        Some(match kind {
            Kind::Words(_) => Self::Words(WordSet::default().with(index)),
            _ => Self::Word(index),
        })
    }

    /// Whether two values say the same. Numbers that differ by at most one part in a hundred do: cards round
    /// (`102.6B`), files count, and a declared parameter count is accepted within 1 %. So do numbers of which one is
    /// the other rounded to the digits that it is written with (`7B`).
    pub fn agrees(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => {
                let rounded = rounding(*a).max(rounding(*b));
                (a - b).abs() <= f64::max(0.01 * a.abs().max(b.abs()), rounded)
            }
            _ => self == other,
        }
    }

    /// Whether this is a set without elements.
    pub fn is_empty_set(&self) -> bool {
        match self {
            Self::Words(set) => set.0 == 0,
            Self::Texts(texts) => texts.is_empty(),
            Self::Countries(list) => list.is_empty(),
            _ => false,
        }
    }

    /// A key that sorts values of one kind the same way everywhere.
    pub fn sort_key(&self) -> String {
        format!("{self:?}")
    }

    /// Reads a value of a kind; `None` after a report. `undisclosed` in a card is not a value: ask
    /// [`Value::is_undisclosed`] first.
    pub fn decode(kind: Kind, node: &Node, style: Style, reader: &mut Reader) -> Option<Self> {
        match kind {
            Kind::Flag => flag(node, style, reader).map(Self::Flag),
            Kind::Word(words) => word(node, words, reader).map(Self::Word),
            Kind::Words(words) => {
                let indexes = each(items(node, style, reader)?, |item| word(item, words, reader));
                indexes.map(|list| Self::Words(list.into_iter().fold(WordSet::default(), WordSet::with)))
            }
            Kind::Text => reader.prose(node).map(Self::text),
            Kind::Texts => each(items(node, style, reader)?, |item| reader.prose(item)).map(Self::texts),
            Kind::Number(unit) => number(node, unit, style, reader).map(Self::Number),
            Kind::Date => {
                let text = reader.text(node)?;
                let date = Date::parse(text);
                if date.is_none() {
                    reader.report(no_date(text, node, reader));
                }
                date.map(Self::Date)
            }
            Kind::Country => country(node, reader).map(Self::Country),
            Kind::Countries => each(items(node, style, reader)?, |item| country(item, reader)).map(Self::countries),
        }
    }

    /// Whether a card's node says that the maker will not tell.
    pub fn is_undisclosed(node: &Node) -> bool {
        match &node.kind {
            NodeKind::Scalar { text, .. } => text == "undisclosed",
            NodeKind::List(items) => !items.is_empty() && items.iter().all(Self::is_undisclosed),
            NodeKind::Map(_) => false,
        }
    }

    /// The value as files write it.
    pub fn written(&self, kind: Kind) -> String {
        let word = |index: u8| kind.words().get(usize::from(index)).map_or("", |w| w.id);
        match self {
            Self::Flag(truth) => truth.to_string(),
            Self::Word(index) => word(*index).to_owned(),
            Self::Words(set) => set.iter().map(word).collect::<Vec<_>>().join(", "),
            Self::Text(text) => text.to_string(),
            Self::Texts(texts) => texts.join(", "),
            Self::Number(number) => {
                let unit = if let Kind::Number(unit) = kind { unit.symbol() } else { "" };
                format!("{} {unit}", plain_number(*number)).trim_end().to_owned()
            }
            Self::Date(date) => date.to_string(),
            Self::Country(country) => country.to_string(),
            Self::Countries(list) => list.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        }
    }

    /// The value as a sentence says it.
    pub fn says(&self, kind: Kind, lang: Lang) -> String {
        let word = |index: u8| {
            kind.words().get(usize::from(index)).map_or("", |w| if lang == Lang::Ko { w.says.ko } else { w.says.en })
        };
        match self {
            Self::Flag(truth) => match (truth, lang) {
                (true, Lang::Ko) => "그렇다".to_owned(),
                (false, Lang::Ko) => "그렇지 않다".to_owned(),
                (true, Lang::En) => "yes".to_owned(),
                (false, Lang::En) => "no".to_owned(),
            },
            Self::Word(index) => word(*index).to_owned(),
            set if set.is_empty_set() => none(lang),
            Self::Words(set) => set.iter().map(word).collect::<Vec<_>>().join(", "),
            Self::Number(number) => {
                let unit = match (kind, lang) {
                    (Kind::Number(unit), Lang::Ko) => unit.symbol_ko(),
                    (Kind::Number(unit), Lang::En) => unit.symbol(),
                    _ => "",
                };
                // Korean writes a counter onto its number: `60개월`.
                let counter = matches!(unit, "명" | "점" | "개월" | "일" | "시간" | "원");
                let between = if counter { "" } else { " " };
                format!("{}{between}{unit}", short_number(*number)).trim_end().to_owned()
            }
            _ => self.written(kind),
        }
    }

    /// The value as JSON.
    pub fn json(&self, kind: Kind) -> serde_json::Value {
        let word = |index: u8| kind.words().get(usize::from(index)).map_or("", |w| w.id);
        match self {
            Self::Flag(truth) => (*truth).into(),
            Self::Words(set) => set.iter().map(word).collect::<Vec<_>>().into(),
            Self::Texts(texts) => texts.iter().map(ToString::to_string).collect::<Vec<_>>().into(),
            Self::Number(number) => json_number(*number),
            Self::Countries(list) => list.iter().map(ToString::to_string).collect::<Vec<_>>().into(),
            _ => self.written(kind).into(),
        }
    }
}

/// Reads every item, so that every mistake is found, and fails if one of them does.
fn each<'n, T>(items: &'n [Node], read: impl FnMut(&'n Node) -> Option<T>) -> Option<Vec<T>> {
    let read: Vec<Option<T>> = items.iter().map(read).collect();
    read.into_iter().collect()
}

fn none(lang: Lang) -> String {
    match lang {
        Lang::Ko => "없음".to_owned(),
        Lang::En => "none".to_owned(),
    }
}

/// Whole numbers as whole numbers, so that the bytes do not depend on how a float is printed.
fn json_number(number: f64) -> serde_json::Value {
    const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53: whole numbers up to here are exact in a double
    if number.fract() == 0.0 && number.abs() < EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53, checked above")]
        return (number as i64).into();
    }
    serde_json::Number::from_f64(number).map_or(serde_json::Value::Null, Into::into)
}

fn plain_number(number: f64) -> String {
    match json_number(number) {
        serde_json::Value::Number(n) => n.to_string(),
        _ => String::new(),
    }
}

/// `102.6B`, `19.7T`, `2.3`: at most four digits that matter. What has no letter is written as a power: `3.8e25`.
fn short_number(number: f64) -> String {
    if number.abs() >= 1e18 {
        let power = number.abs().log10().floor();
        return format!("{}e{power}", trimmed(number / 10f64.powf(power)));
    }
    for (factor, letter) in [(1e12, "T"), (1e9, "B"), (1e6, "M")] {
        if number.abs() >= factor {
            return format!("{}{letter}", trimmed(number / factor));
        }
    }
    trimmed(number)
}

fn trimmed(number: f64) -> String {
    let mut text = String::new();
    let _ = write!(text, "{number:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    let (whole, rest) = text.split_once('.').map_or((text, None), |(w, r)| (w, Some(r)));
    let mut grouped = String::new();
    let digits = whole.trim_start_matches('-');
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if whole.starts_with('-') { "-" } else { "" };
    rest.map_or_else(|| format!("{sign}{grouped}"), |rest| format!("{sign}{grouped}.{rest}"))
}

/// A text that is no day, and the day that it may mean.
pub(crate) fn no_date(text: &str, node: &Node, reader: &Reader) -> Diagnostic {
    let message = says(format!("`{text}`: 있는 날짜가 아니다"), format!("`{text}` is not a day of the calendar"));
    let meant = Date::meant(text);
    let all = |between: &str| meant.iter().map(|day| format!("`{day}`")).collect::<Vec<_>>().join(between);
    let help = if meant.is_empty() {
        says("`2026-01-15`처럼 적는다", "write it as `2026-01-15`")
    } else {
        says(format!("{}(으)로 적는다", all("이나 ")), format!("write {}", all(" or ")))
    };
    Diagnostic::error(Code::BadDate, &reader.file, node.span, message).help(help)
}

fn flag(node: &Node, style: Style, reader: &mut Reader) -> Option<bool> {
    if style == Style::Card {
        match node.text().map(str::to_lowercase).as_deref() {
            Some("yes") => return Some(true),
            Some("no") => return Some(false),
            _ => {}
        }
    }
    reader.flag(node)
}

fn word(node: &Node, words: &'static [Word], reader: &mut Reader) -> Option<u8> {
    let legal: Vec<&str> = words.iter().map(|w| w.id).collect();
    if let Some(text) = node.text()
        && !legal.contains(&text)
        && let Some(meant) = words.iter().find(|word| is_said(word, text))
    {
        let id = meant.id;
        let message = says(format!("`{text}`: 여기에 쓸 수 없는 말이다"), format!("`{text}` cannot stand here"));
        let help = says(format!("`{id}`(으)로 적는다"), format!("write `{id}`"));
        let problem = Diagnostic::error(Code::ValueNotAllowed, &reader.file, node.span, message).help(help);
        reader.report(problem.fix(node.span, id));
        return None;
    }
    reader.word(node, &legal).and_then(|index| u8::try_from(index).ok())
}

/// Whether a text is what sentences say for a word.
fn is_said(word: &Word, text: &str) -> bool {
    let bare = |text: &str| text.split_whitespace().collect::<String>().to_lowercase();
    let text = bare(text);
    bare(word.says.ko) == text || bare(word.says.en) == text
}

/// A list; in cards one value stands for a list of one.
fn items<'n>(node: &'n Node, style: Style, reader: &mut Reader) -> Option<&'n [Node]> {
    match (&node.kind, style) {
        (NodeKind::Scalar { .. }, Style::Card) if !node.is_null() => Some(std::slice::from_ref(node)),
        _ => reader.list(node),
    }
}

fn country(node: &Node, reader: &mut Reader) -> Option<Country> {
    let text = reader.text(node)?;
    let country = Country::parse(text).filter(Country::is_one);
    if country.is_none() {
        let (message, help) = no_country(text);
        reader.report(Diagnostic::error(Code::BadCountry, &reader.file, node.span, message).help(help));
    }
    country
}

/// Why a text is no country, and what to write.
fn no_country(text: &str) -> (Says, Says) {
    if let Some(group) = Group::meant(text) {
        let word = group.word();
        return (
            says(
                format!("`{text}`은(는) 국가가 아니라 여러 국가의 묶음이다"),
                format!("`{text}` is no country: it is a group of countries"),
            ),
            says(
                format!("국가 하나를 적는다. 묶음은 `in: [{word}]`와 `not-in: [{word}]`에만 쓸 수 있다"),
                format!("write one country; a group stands in `in: [{word}]` and `not-in: [{word}]` alone"),
            ),
        );
    }
    let message = says(format!("`{text}`: 국가 코드가 아니다"), format!("`{text}` is not a country code"));
    let parts = text.split([' ', '/', '·', ';', '+', '|']).filter(|part| !part.is_empty());
    let several: Vec<Option<Country>> = parts.map(Country::meant).collect();
    if several.len() > 1 && Country::meant(text).is_none() && several.iter().all(Option::is_some) {
        let list = several.iter().flatten().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let help =
            says(format!("국가마다 따로 적는다: `[{list}]`"), format!("write each country by itself: `[{list}]`"));
        return (message, help);
    }
    let help = match Country::meant(text) {
        _ if text == "false" => {
            says("노르웨이는 `\"NO\"`로, 따옴표를 붙여 적는다", "write Norway as `\"NO\"`, in quotes")
        }
        Some(country) => {
            let (ko, en) = country.names();
            says(format!("`{country}`로 적는다 ({ko})"), format!("did you mean `{country}` ({en})?"))
        }
        None => {
            says("`KR`처럼 ISO 3166의 대문자 두 글자로 적는다", "write the two capital letters of ISO 3166, as in `KR`")
        }
    };
    (message, help)
}

fn number(node: &Node, unit: Unit, style: Style, reader: &mut Reader) -> Option<f64> {
    let text = reader.text(node)?;
    let file = reader.file.clone();
    let named = unit.symbol().is_empty();
    let problem = match read_number(text, unit) {
        Ok(Measured { number, with_unit: false }) if style == Style::Card && unit == Unit::Percent && number <= 1.0 => {
            return Some(number * 100.0);
        }
        Ok(Measured { number, with_unit }) if with_unit || named || style == Style::Card => return Some(number),
        Ok(_) => no_number(text, unit, &NumberError::NoUnit),
        Err(error) => no_number(text, unit, &error),
    };
    let (code, message, mut help) = problem;
    if let Some(said) = bounds_said(text, unit) {
        help = match style {
            Style::Rule => said,
            Style::Card => {
                says("범위나 비교가 아니라 수 하나를 적는다", "write one number, and no range or comparison")
            }
        };
    }
    reader.report(Diagnostic::error(code, &file, node.span, message).help(help));
    None
}

/// Why a text is no number of this unit, and what to write.
fn no_number(text: &str, unit: Unit, error: &NumberError) -> (Code, Says, Says) {
    match error {
        NumberError::NotANumber => {
            let message = says(format!("`{text}`: 수로 읽을 수 없다"), format!("`{text}` is not a number"));
            (Code::WrongType, message, example(unit))
        }
        NumberError::NoUnit => (
            Code::NumberWithoutUnit,
            says(
                format!("`{text}`에 단위가 없다: 이 사실은 {}(으)로 잰다", unit.symbol_ko()),
                format!("`{text}` lacks its unit: this fact is counted in {}", unit.symbol()),
            ),
            match text.trim().parse::<f64>() {
                // A part of one was meant as a share, or as a part of a percent.
                Ok(part) if unit == Unit::Percent && part > 0.0 && part < 1.0 => {
                    let share = (part * 1e6).round() / 1e4;
                    says(
                        format!("전체를 1로 본 비율이면 `{share} %`로, 백분율이면 `{text} %`로 적는다"),
                        format!("write `{share} %` for a part of one, `{text} %` for percent"),
                    )
                }
                _ => says(format!("`{text} {}`로 적는다", unit.symbol()), format!("write `{text} {}`", unit.symbol())),
            },
        ),
        NumberError::OtherUnit(other) => {
            let (ko, en) = match unit.symbol() {
                "" => ("단위 없이".to_owned(), "without a unit".to_owned()),
                symbol => (format!("{}(으)로", unit.symbol_ko()), format!("in {symbol}")),
            };
            let message = says(
                format!("단위가 `{other}`이다: 이 사실은 {ko} 잰다"),
                format!("`{other}` is not the unit of this fact, which is counted {en}"),
            );
            (Code::NumberWithOtherUnit, message, example(unit))
        }
        NumberError::Unclear(meant) => {
            let message = says(
                format!("`{text}`: 쉼표와 점, 빈칸의 자리만으로는 어떤 수인지 알 수 없다"),
                format!("`{text}` can be read in more than one way: its commas, points or blanks do not settle it"),
            );
            let unit = text.trim_start_matches(|c: char| !c.is_alphabetic() && c != '%').trim();
            let one = |it: &String| format!("`{}`", format!("{it} {unit}").trim_end());
            let all = |between: &str| meant.iter().map(one).collect::<Vec<_>>().join(between);
            let help = says(format!("{}(으)로 적는다", all("이나 ")), format!("write {}", all(" or ")));
            (Code::WrongType, message, help)
        }
        NumberError::BelowZero => (
            Code::ValueNotAllowed,
            says(
                format!("`{text}`: 0보다 작을 수 없다"),
                format!("`{text}` is below zero, which nothing counted can be"),
            ),
            example(unit),
        ),
        NumberError::AboveWhole => (
            Code::ValueNotAllowed,
            says(
                format!("`{text}`: 비율은 100 %를 넘을 수 없다"),
                format!("`{text}` is more than the whole: a share is 100 % at most"),
            ),
            example(unit),
        ),
    }
}

fn example(unit: Unit) -> Says {
    let sample = match unit {
        Unit::Percent => "30 %",
        Unit::Tokens => "2 T tokens",
        Unit::Parameters => "7 B parameters",
        Unit::Flop => "1e25 FLOP",
        Unit::Users => "10 M users",
        Unit::Points => "125 points",
        Unit::Entries => "131072 entries",
        _ => "12",
    };
    says(format!("`{sample}`처럼 적는다"), format!("write it as `{sample}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Aliases, SourceFile, parse_yaml};
    use crate::vocabulary::parse_number;
    use proptest::prelude::*;

    fn read(kind: Kind, text: &str, style: Style) -> Option<Value> {
        let file = SourceFile::new("t.yaml", text);
        let node = parse_yaml(&file, Aliases::Refuse).expect("valid");
        Value::decode(kind, &node, style, &mut Reader::new(file))
    }

    #[test]
    fn cards_are_read_leniently_and_rules_strictly() {
        assert_eq!(read(Kind::Flag, "yes", Style::Card), Some(Value::Flag(true)));
        assert_eq!(read(Kind::Flag, "yes", Style::Rule), None);
        assert_eq!(read(Kind::Number(Unit::Percent), "0.023", Style::Card), Some(Value::Number(2.3)));
        assert_eq!(read(Kind::Number(Unit::Percent), "2.3 %", Style::Card), Some(Value::Number(2.3)));
        assert_eq!(read(Kind::Number(Unit::Percent), "30", Style::Rule), None);
        assert_eq!(read(Kind::Number(Unit::Percent), "0.5 percent", Style::Card), Some(Value::Number(0.5)));
        for (unit, text) in
            [(Unit::Parameters, "-5B"), (Unit::Percent, "-1"), (Unit::Percent, "101"), (Unit::Count, "2,1")]
        {
            assert_eq!(read(Kind::Number(unit), text, Style::Card), None, "{text}");
        }
        assert_eq!(read(Kind::Countries, "KR", Style::Card), read(Kind::Countries, "[KR]", Style::Rule));
    }

    proptest! {
        /// What a report prints is read back as the number that it shows.
        #[test]
        fn what_is_printed_is_read_back(whole in 0u64..1 << 53, cut in 0u32..54, unit in 0..Unit::ALL.len()) {
            let (number, unit) = ((whole >> cut) as f64, Unit::ALL[unit]);
            let number = if unit == Unit::Percent { number % 101.0 } else { number };
            let kind = Kind::Number(unit);
            for lang in [Lang::Ko, Lang::En] {
                let said = Value::Number(number).says(kind, lang);
                let back = parse_number(&said, unit, false);
                prop_assert!(back.is_ok(), "{}: {:?}", said, back);
                let back = Value::Number(back.unwrap_or(-1.0));
                prop_assert!(back.agrees(&Value::Number(number)), "{}", said);
                prop_assert_eq!(&back.says(kind, lang), &said);
                prop_assert!(number >= 1e6 || back == Value::Number(number), "{}", said);
            }
            let written = Value::Number(number).written(kind);
            prop_assert_eq!(parse_number(&written, unit, false), Ok(number), "{}", written);
        }
    }

    #[test]
    fn numbers_are_said_shortly() {
        assert_eq!(Value::Number(102.6e9).says(Kind::Number(Unit::Parameters), Lang::En), "102.6B parameters");
        assert_eq!(Value::Number(131_072.0).says(Kind::Number(Unit::Entries), Lang::Ko), "131,072 항목");
        assert_eq!(Value::Number(2.3).written(Kind::Number(Unit::Percent)), "2.3 %");
    }
}
