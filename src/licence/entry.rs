//! One licence as its data file describes it.

use super::clause::{Clause, ClauseName, read_country, read_says};
use crate::text::{Aliases, Code, Diagnostics, Node, Reader, Says, SourceFile, Span, parse_yaml, says};
use crate::vocabulary::Country;

/// The format of licence files that is read here.
const FORMAT: &str = "1";

/// The law that governs a licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Law {
    /// Of this country.
    Of(Country),
    /// The text was read and names none.
    NotStated,
    /// Not read.
    Unknown,
}

/// How much of the text was read for the data file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadDepth {
    /// All of it.
    Full,
    /// The clauses that decide.
    DecidingClauses,
    /// Only somebody else's summary.
    SecondHand,
    /// Nothing of it.
    NotRead,
}

impl ReadDepth {
    const WORDS: [&str; 4] = ["full", "deciding-clauses", "second-hand", "not-read"];
    const ALL: [Self; 4] = [Self::Full, Self::DecidingClauses, Self::SecondHand, Self::NotRead];

    /// Every word of the files.
    pub(super) fn words() -> [&'static str; 4] {
        Self::WORDS
    }

    /// The word in the files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Full => Self::WORDS[0],
            Self::DecidingClauses => Self::WORDS[1],
            Self::SecondHand => Self::WORDS[2],
            Self::NotRead => Self::WORDS[3],
        }
    }
}

/// The digest of one known copy of a licence text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextDigest {
    /// SHA-256 of the normal form, lower-case hexadecimal.
    pub sha256: String,
    /// Which copy it was computed from.
    pub of: String,
}

/// What is known of the text itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownText {
    /// Where it can be read.
    pub url: String,
    /// Lines by which a copy of it, or of a sibling, shows what it claims to be.
    pub title_lines: Vec<String>,
    /// Lines near the title that tell this version from others; none where the title says it.
    pub date_lines: Vec<String>,
    /// Digests of copies; none where no copy could be had.
    pub digests: Vec<TextDigest>,
    /// Digests of the usual notice that names the licence without being its text.
    pub notices: Vec<TextDigest>,
}

/// Models that are known to carry the licence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// Their names.
    pub models: Vec<String>,
    /// Who made them.
    pub holder: String,
    /// Where that is said.
    pub source: String,
    /// Read only in somebody else's summary.
    pub second_hand: bool,
}

/// One licence.
#[derive(Debug, Clone)]
pub struct Licence {
    /// Its id in this project, also the name of its file.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// Ids of the Hub that mean this licence and no other.
    pub hub_ids: Vec<String>,
    /// Values of the Hub's `license_name`; several licences may share one.
    pub license_names: Vec<String>,
    /// Other names that mean this licence and no other.
    pub aliases: Vec<String>,
    /// SPDX expression, with `LicenseRef-` where the SPDX list has none.
    pub spdx: String,
    /// Who published the text; nothing for texts that belong to nobody.
    pub publisher: Option<String>,
    /// The law that governs it.
    pub governing_law: Law,
    /// Clause of the governing law, with state and forum.
    pub governing_law_at: Option<String>,
    /// Date of the version, as precise as it is known: `2024-09-19`, `2024-05`, `2025`.
    pub date: Option<String>,
    /// The text.
    pub text: KnownText,
    /// How much of it was read.
    pub read: ReadDepth,
    /// Every clause, in the order of [`ClauseName::ALL`].
    pub clauses: Vec<Clause>,
    /// What a reader must know besides.
    pub notes: Vec<Says>,
    /// Models that carry it.
    pub used_by: Vec<Use>,
    /// The data file, for sentences that lead back to a line.
    pub file: SourceFile,
}

impl Licence {
    /// What a card writes for it: the Hub's id where there is one.
    pub fn to_write(&self) -> &str {
        self.hub_ids.first().unwrap_or(&self.id)
    }

    /// One clause. Every licence of the catalogue has every clause.
    pub fn clause(&self, name: ClauseName) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.name == name)
    }

    /// Reads a data file. `stem` is the file's name without `.yaml`, which is the id.
    ///
    /// # Errors
    /// Every mistake of the file.
    pub fn read(stem: &str, text: &str) -> Result<Self, Diagnostics> {
        let file = SourceFile::new(format!("licences/{stem}.yaml"), text);
        let root = parse_yaml(&file, Aliases::Refuse)?;
        let mut reader = Reader::new(file);
        let licence = read_licence(stem, &root, &mut reader);
        match licence {
            Some(licence) if !reader.problems.has_errors() => Ok(licence),
            _ => Err(reader.problems),
        }
    }
}

fn read_licence(stem: &str, root: &Node, reader: &mut Reader) -> Option<Licence> {
    let mut fields = reader.map(root)?;
    read_format(fields.must("format"), reader);
    let id: Option<String> = fields.required("id", reader);
    if id.as_deref().is_some_and(|id| id != stem) {
        let message = says(format!("식별자가 파일 이름 `{stem}`과 다르다"), format!("the file is called `{stem}`"));
        reader.error(Code::IdIsNotFileName, root.span, message);
    }
    let title = fields.required("title", reader);
    let hub_ids = fields.required("hub-ids", reader);
    let license_names = fields.required("license-names", reader);
    let aliases = fields.required("aliases", reader);
    let spdx = fields.required("spdx", reader);
    let publisher: Option<String> = fields.required("publisher", reader);
    let governing_law = fields.must("governing-law").and_then(|node| read_law(node, reader));
    let governing_law_at = fields.optional("governing-law-at", reader);
    let date = fields.optional("date", reader);
    let text = fields.must("text").and_then(|node| read_text(node, reader));
    let read = fields.must("read").and_then(|node| reader.word(node, &ReadDepth::WORDS)).map(|at| ReadDepth::ALL[at]);
    let clauses = if read == Some(ReadDepth::NotRead) { fields.node("clauses") } else { fields.must("clauses") };
    let clauses = clauses.map_or_else(|| Clause::unread(root.span), |node| Clause::read_all(node, reader));
    let notes = fields.node("notes").and_then(|node| reader.list(node)).unwrap_or_default();
    let notes = notes.iter().filter_map(|note| read_says(note, reader)).collect();
    let used_by = fields.node("used-by").and_then(|node| reader.list(node)).unwrap_or_default();
    let used_by = used_by.iter().filter_map(|item| read_use(item, reader)).collect();
    fields.done(reader);
    Some(Licence {
        id: id?,
        title: title?,
        hub_ids: hub_ids?,
        license_names: license_names?,
        aliases: aliases?,
        spdx: spdx?,
        publisher: publisher.filter(|name| name != "none"),
        governing_law: governing_law?,
        governing_law_at,
        date,
        text: text?,
        read: read?,
        clauses,
        notes,
        used_by,
        file: reader.file.clone(),
    })
}

fn read_format(node: Option<&Node>, reader: &mut Reader) {
    if let Some(node) = node
        && node.text() != Some(FORMAT)
    {
        let message = says(format!("`{FORMAT}` 형식만 읽을 수 있다"), format!("only format `{FORMAT}` can be read"));
        reader.error(Code::NewerFormat, node.span, message);
    }
}

fn read_law(node: &Node, reader: &mut Reader) -> Option<Law> {
    match node.text() {
        Some("none") => Some(Law::NotStated),
        Some("unknown") => Some(Law::Unknown),
        _ => read_country(node, reader).map(Law::Of),
    }
}

fn read_text(node: &Node, reader: &mut Reader) -> Option<KnownText> {
    let mut fields = reader.map(node)?;
    let url = fields.required("url", reader);
    let title_lines = fields.required("title-lines", reader);
    let date_lines = fields.optional("date-lines", reader).unwrap_or_default();
    let digests = fields.must("digests").and_then(|node| reader.list(node)).unwrap_or_default();
    let digests = digests.iter().filter_map(|item| read_digest(item, reader)).collect();
    let notices = fields.node("notices").and_then(|node| reader.list(node)).unwrap_or_default();
    let notices = notices.iter().filter_map(|item| read_digest(item, reader)).collect();
    fields.done(reader);
    Some(KnownText { url: url?, title_lines: title_lines?, date_lines, digests, notices })
}

fn read_digest(node: &Node, reader: &mut Reader) -> Option<TextDigest> {
    let mut fields = reader.map(node)?;
    let sha256: Option<String> = fields.required("sha256", reader);
    let of = fields.required("of", reader);
    fields.done(reader);
    let sha256 = sha256?;
    if sha256.len() != 64 || !sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        wrong_digest(node.span, reader);
        return None;
    }
    Some(TextDigest { sha256, of: of? })
}

fn wrong_digest(span: Span, reader: &mut Reader) {
    let message = says("SHA-256은 소문자 16진수 64자이다", "a SHA-256 has 64 lower-case hexadecimal digits");
    reader.error(Code::WrongType, span, message);
}

fn read_use(node: &Node, reader: &mut Reader) -> Option<Use> {
    let mut fields = reader.map(node)?;
    let models = fields.required("models", reader);
    let holder = fields.required("holder", reader);
    let source = fields.required("source", reader);
    let second_hand = fields.optional("second-hand", reader).unwrap_or(false);
    fields.done(reader);
    Some(Use { models: models?, holder: holder?, source: source?, second_hand })
}
