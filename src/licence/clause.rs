//! The clauses that matter for sovereignty, and how one is read from its entry.

use crate::text::{Code, Fields, Node, Reader, Says, Span, says};
use crate::vocabulary::{Country, Unit, parse_number, vocabulary};

macro_rules! clauses {
    ($($name:ident $key:literal $path:literal;)*) => {
        /// Which clause. Each is the vocabulary's fact `licence.<key>`, which says in two languages what it means.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ClauseName {
            $(#[doc = concat!("The fact `", $path, "`.")] $name,)*
        }

        impl ClauseName {
            /// Every clause, in the order of the files.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The key in a licence file.
            pub fn key(self) -> &'static str {
                match self { $(Self::$name => $key,)* }
            }

            /// The path of the fact.
            pub fn path(self) -> &'static str {
                match self { $(Self::$name => $path,)* }
            }
        }
    };
}

clauses! {
    CommercialUse "commercial-use" "licence.commercial-use";
    CommercialThreshold "commercial-threshold" "licence.commercial-threshold";
    Modification "modification" "licence.modification";
    Redistribution "redistribution" "licence.redistribution";
    DerivativeNaming "derivative-naming" "licence.derivative-naming";
    Attribution "attribution" "licence.attribution";
    OutputRestriction "output-restriction" "licence.output-restriction";
    FieldOfUse "field-of-use" "licence.field-of-use";
    Revocable "revocable" "licence.revocable";
    EndsOnBreach "ends-on-breach" "licence.ends-on-breach";
    UnilaterallyUpdatable "unilaterally-updatable" "licence.unilaterally-updatable";
    RemoteRestriction "remote-restriction" "licence.remote-restriction";
    GeographicExclusion "geographic-exclusion" "licence.geographic-exclusion";
    DerivativesOwnedBy "derivatives-owned-by" "licence.derivatives-owned-by";
    PatentGrant "patent-grant" "licence.patent-grant";
    EndsOnLitigation "ends-on-litigation" "licence.ends-on-litigation";
}

/// What a licence says on one point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ClauseValue {
    /// A word that the vocabulary allows for this fact.
    Word(&'static str),
    /// Monthly users above which another licence is needed.
    Users(f64),
    /// The text draws no line by users.
    NoThreshold,
    /// Nobody here has read it.
    Unknown,
}

/// One side of a clause that contradicts another of the same text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The value that this side alone would give.
    pub says: &'static str,
    /// Where in the licence.
    pub at: String,
    /// The words that say so, one line at most.
    pub words: String,
}

/// One clause of one licence, with where it stands and where it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// Which clause.
    pub name: ClauseName,
    /// What it says.
    pub value: ClauseValue,
    /// Where in the licence, as in `§2.1`; nothing where the text is silent.
    pub at: Option<String>,
    /// The condition, or what a reader must know besides the value.
    pub condition: Option<Says>,
    /// The excluded territories of a geographic exclusion, in alphabetical order.
    pub countries: Vec<Country>,
    /// Both sides of a contradiction.
    pub sides: Vec<Side>,
    /// The text was read and says nothing on this point.
    pub silent: bool,
    /// Read only in somebody else's summary.
    pub second_hand: bool,
    /// Where it was read. Nothing only where the value is unknown.
    pub source: Option<String>,
    /// Where the entry stands in the licence file.
    pub span: Span,
}

impl Clause {
    /// A clause of which nothing is known.
    fn unknown(name: ClauseName, span: Span) -> Self {
        Self {
            name,
            value: ClauseValue::Unknown,
            at: None,
            condition: None,
            countries: Vec::new(),
            sides: Vec::new(),
            silent: false,
            second_hand: false,
            source: None,
            span,
        }
    }

    /// Every clause of a text that nobody here has read.
    pub(super) fn unread(span: Span) -> Vec<Self> {
        ClauseName::ALL.iter().map(|name| Self::unknown(*name, span)).collect()
    }

    /// Reads all clauses of a licence. A missing one is reported: silence in the data is not silence in the licence.
    pub(super) fn read_all(node: &Node, reader: &mut Reader) -> Vec<Self> {
        let Some(mut fields) = reader.map(node) else { return Vec::new() };
        let mut clauses = Vec::with_capacity(ClauseName::ALL.len());
        for &name in ClauseName::ALL {
            if let Some(node) = fields.must(name.key()) {
                clauses.extend(Self::read(name, node, reader));
            }
        }
        fields.done(reader);
        clauses
    }

    fn read(name: ClauseName, node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = reader.map(node)?;
        let value = read_value(name, &mut fields, reader);
        let clause = Self {
            value: value.unwrap_or(ClauseValue::Unknown),
            at: fields.optional("at", reader),
            condition: fields.node("condition").and_then(|node| read_says(node, reader)),
            countries: fields.node("countries").map(|node| read_countries(node, reader)).unwrap_or_default(),
            sides: fields.node("sides").map(|node| read_sides(name, node, reader)).unwrap_or_default(),
            silent: fields.optional("silent", reader).unwrap_or(false),
            second_hand: fields.optional("second-hand", reader).unwrap_or(false),
            source: fields.optional("source", reader),
            ..Self::unknown(name, node.span)
        };
        fields.done(reader);
        value?;
        clause.check(node.span, reader);
        Some(clause)
    }

    /// What is known has a source and a place or says that the text is silent; a contradiction has both sides.
    fn check(&self, span: Span, reader: &mut Reader) {
        let mut lacks = |key: &str, why: Says| {
            let message = says(format!("`{key}`이(가) 빠졌다: {}", why.ko), format!("`{key}` is missing: {}", why.en));
            reader.error(Code::MissingKey, span, message);
        };
        if self.value == ClauseValue::Unknown {
            return;
        }
        if self.source.is_none() {
            lacks("source", says("알려진 조항에는 출처가 있어야 한다", "what is known has a source"));
        }
        if self.at.is_none() && !self.silent {
            lacks("at", says("조항의 자리를 적거나 `silent: true`를 적는다", "give the place, or `silent: true`"));
        }
        if self.value == ClauseValue::Word("contradictory") && self.sides.len() < 2 {
            lacks("sides", says("모순에는 양쪽이 있어야 한다", "a contradiction has both sides"));
        }
        if self.value == ClauseValue::Word("conditional") && self.condition.is_none() {
            lacks("condition", says("조건부에는 조건을 적는다", "what is conditional names its condition"));
        }
    }
}

fn read_value(name: ClauseName, fields: &mut Fields<'_>, reader: &mut Reader) -> Option<ClauseValue> {
    if name != ClauseName::CommercialThreshold {
        let node = fields.must("value")?;
        return if node.text() == Some("unknown") {
            Some(ClauseValue::Unknown)
        } else {
            read_word(name, node, reader).map(ClauseValue::Word)
        };
    }
    if let Some(node) = fields.node("number") {
        let text = reader.text(node)?;
        let users = parse_number(text, Unit::Users, false);
        if users.is_err() {
            let message = says("이용자 수는 `10 M users`처럼 적는다", "users are written as in `10 M users`");
            reader.error(Code::NumberWithoutUnit, node.span, message);
        }
        return users.ok().map(ClauseValue::Users);
    }
    let node = fields.must("value")?;
    reader.word(node, &["none", "unknown"]).map(|at| [ClauseValue::NoThreshold, ClauseValue::Unknown][at])
}

/// One of the words that the vocabulary allows for the fact.
fn read_word(name: ClauseName, node: &Node, reader: &mut Reader) -> Option<&'static str> {
    let legal: Vec<&'static str> = words_of(name);
    reader.word(node, &legal).map(|at| legal[at])
}

/// The words that the vocabulary allows; none for a clause that is a number.
pub(super) fn words_of(name: ClauseName) -> Vec<&'static str> {
    let kind = vocabulary().entry(vocabulary().must(name.path())).kind;
    kind.words().iter().map(|word| word.id).collect()
}

/// A text in both languages.
pub(super) fn read_says(node: &Node, reader: &mut Reader) -> Option<Says> {
    let mut fields = reader.map(node)?;
    let (ko, en) = (fields.required("ko", reader), fields.required("en", reader));
    fields.done(reader);
    Some(Says { ko: ko?, en: en? })
}

fn read_countries(node: &Node, reader: &mut Reader) -> Vec<Country> {
    let mut countries = Vec::new();
    for item in reader.list(node).unwrap_or_default() {
        countries.extend(read_country(item, reader));
    }
    countries.sort_unstable();
    countries
}

/// A country code, or a report.
pub(super) fn read_country(node: &Node, reader: &mut Reader) -> Option<Country> {
    let text = reader.text(node)?;
    let country = Country::parse(text);
    if country.is_none() {
        let message = says(format!("`{text}`은(는) 국가 코드가 아니다"), format!("`{text}` is not a country code"));
        reader.error(Code::BadCountry, node.span, message);
    }
    country
}

fn read_sides(name: ClauseName, node: &Node, reader: &mut Reader) -> Vec<Side> {
    let mut sides = Vec::new();
    for item in reader.list(node).unwrap_or_default() {
        let Some(mut fields) = reader.map(item) else { continue };
        let says = fields.must("says").and_then(|node| read_word(name, node, reader));
        let (at, words) = (fields.required("at", reader), fields.required("words", reader));
        fields.done(reader);
        if let (Some(says), Some(at), Some(words)) = (says, at, words) {
            sides.push(Side { says, at, words });
        }
    }
    sides
}
