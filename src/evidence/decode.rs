//! Reading an evidence file: every mistake at once, each with its place.

use std::collections::HashSet;

use super::file::{
    ComponentEvidence, Control, Document, EvidenceFile, FileDigest, InBoth, Level, LinkEvidence, OLD_SCHEMA,
    PartEvidence, ReferenceModel, RunRecord, SCHEMA, Settings, Shard, StatedFact, Subject, TensorEvidence, TestResult,
    Through, Words,
};
use super::hand::{Bound, Hand};
use super::older::raised;
use super::scalar::{digest, each, json, number, present, share, text, whole};
use super::seen::{
    Change, ChangeClass, Explanation, ExplanationState, Explanations, LookedFor, NotLookedFor, Planted, Relation,
};
use crate::text::{
    Code, Decode, Diagnostic, Diagnostics, Fields, Node, Position, Reader, SourceFile, Span, clean, parse_json,
    prose_tree, says,
};

/// Largest evidence file: one with a thousand references has some 3 MB.
pub(crate) const MAX_BYTES: u64 = 16 << 20;

/// Files of its subject that evidence may name: as many as a directory may hold.
pub(crate) const MAX_SUBJECT_FILES: usize = 20_000;

/// An evidence file with the places of what it says.
#[derive(Debug, Clone)]
pub(crate) struct ReadEvidence {
    /// The text.
    pub source: SourceFile,
    /// The data.
    pub file: EvidenceFile,
    /// For each link: its relation, and the relation of each of its components.
    pub links: Vec<(Span, Vec<Span>)>,
    /// The values of documented facts.
    pub documented: Vec<Node>,
    /// The values of attested facts.
    pub attested: Vec<Node>,
    /// How it came in.
    pub hand: Hand,
    /// Whether it is about the weights that lie here.
    pub bound: Bound,
    /// Weights files that lie here, that it did not read, and that nobody passes over by name.
    pub unread: Vec<String>,
}

impl ReadEvidence {
    /// Whether it is of the format before, and read as what others report.
    pub(crate) fn is_reported(&self) -> bool {
        self.file.schema == OLD_SCHEMA
    }

    /// Whether it was measured just now and stands in no file, so that its lines are nowhere to be looked up.
    pub(crate) fn is_of_this_run(&self) -> bool {
        self.hand == Hand::Run
    }

    /// Where something stands in the file, if there is one.
    pub(super) fn position(&self, span: Span) -> Option<Position> {
        (!self.is_of_this_run()).then(|| self.source.position(span.start))
    }
}

/// What a measurement of this run is called where others have a file's name.
const THIS_RUN: &str = "sovgrade measure";

/// Takes what was just measured as if it had been written and read.
///
/// # Errors
/// What would be wrong with it as a file.
pub(crate) fn measured(evidence: &EvidenceFile) -> Result<ReadEvidence, Diagnostics> {
    let text = serde_json::to_string_pretty(evidence).unwrap_or_default();
    Ok(ReadEvidence { hand: Hand::Run, bound: Bound::All, ..read(&SourceFile::new(THIS_RUN, text))? })
}

/// Reads an evidence file.
///
/// # Errors
/// All mistakes of the file.
pub(crate) fn read(source: &SourceFile) -> Result<ReadEvidence, Diagnostics> {
    let mut root = prose_tree(parse_json(source)?);
    if root.get("schema").and_then(Node::text) == Some(OLD_SCHEMA) {
        root = raised(&root);
    }
    let mut reader = Reader::new(source.clone());
    let read = root_of(&root, &mut reader);
    match read {
        Some(read) if !reader.problems.has_errors() => Ok(read),
        _ => Err(reader.problems),
    }
}

fn root_of(root: &Node, reader: &mut Reader) -> Option<ReadEvidence> {
    let mut fields = Fields::of(root, reader)?;
    let schema: Option<String> = fields.required("schema", reader);
    if let Some(schema) = schema.as_deref()
        && ![SCHEMA, OLD_SCHEMA].contains(&schema)
    {
        let newer = schema.strip_prefix("sovgrade/evidence/").is_some_and(|n| n.parse::<u32>().is_ok_and(|n| n > 2));
        let code = if newer { Code::NewerFormat } else { Code::ValueNotAllowed };
        let span = root.get("schema").map_or(root.span, |node| node.span);
        let problem = Diagnostic::error(
            code,
            &reader.file,
            span,
            says(format!("`{schema}` 형식은 읽을 수 없다"), format!("the format `{schema}` cannot be read")),
        )
        .help(says(
            format!("이 프로그램은 `{SCHEMA}`을 읽고, `{OLD_SCHEMA}`은 남의 보고로 읽는다"),
            format!("this program reads `{SCHEMA}`, and `{OLD_SCHEMA}` as what others report"),
        ));
        reader.report(problem);
        return None;
    }
    let subject = fields.required("subject", reader);
    let (mut links, mut places) = (Vec::new(), Vec::new());
    for node in each(fields.node("links"), reader) {
        if let Some(link) = LinkEvidence::decode(node, reader) {
            let components = node.get("components").and_then(Node::list).unwrap_or_default();
            places.push((relation_span(node), components.iter().map(relation_span).collect()));
            links.push(link);
        }
    }
    let (documented, documented_at) = stated(fields.node("documented"), reader);
    let (attested, attested_at) = stated(fields.node("attested"), reader);
    let level = present(fields.node("level")).and_then(|node| Level::decode(node, reader));
    let mixtures = fields.optional("mixtures", reader).unwrap_or_default();
    let trail = present(fields.node("trail")).and_then(|node| Decode::decode(node, reader));
    let limits = fields.optional("limits", reader).unwrap_or_default();
    let shard = fields.optional("shard", reader);
    let run = present(fields.node("run")).and_then(|node| RunRecord::decode(node, reader));
    fields.done(reader);
    let file = EvidenceFile {
        schema: schema?,
        run,
        subject: subject?,
        links,
        documented,
        attested,
        mixtures,
        trail,
        shard,
        level,
        limits,
    };
    let source = reader.file.clone();
    Some(ReadEvidence {
        source,
        file,
        links: places,
        documented: documented_at,
        attested: attested_at,
        hand: Hand::Report,
        bound: Bound::No,
        unread: Vec::new(),
    })
}

fn relation_span(node: &Node) -> Span {
    node.get("relation").map_or(node.span, |relation| relation.span)
}

fn stated(node: Option<&Node>, reader: &mut Reader) -> (Vec<StatedFact>, Vec<Node>) {
    let mut both = (Vec::new(), Vec::new());
    for node in each(node, reader) {
        if let (Some(fact), Some(value)) = (StatedFact::decode(node, reader), node.get("value")) {
            both.0.push(fact);
            both.1.push(value.clone());
        }
    }
    both
}

impl Decode for Shard {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let [part, of, references] =
            ["part", "of", "references"].map(|name| fields.must(name).and_then(|node| whole(node, reader)));
        let run = fields.must("run").and_then(|node| digest(node, reader));
        fields.done(reader);
        Some(Self { part: part?, of: of?, references: references?, run: run? })
    }
}

impl Decode for RunRecord {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let program = fields.required("program", reader);
        let settings = present(fields.node("settings")).and_then(|node| Settings::decode(node, reader));
        let screened = present(fields.node("screened")).and_then(|node| whole(node, reader));
        fields.done(reader);
        Some(Self { program: program?, settings: settings.unwrap_or_default(), screened: screened.unwrap_or(0) })
    }
}

impl Decode for Settings {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let quick = present(fields.node("quick")).and_then(|node| reader.flag(node)).unwrap_or(false);
        let passed_over = fields.optional("passed-over", reader).unwrap_or_default();
        fields.done(reader);
        Some(Self { quick, passed_over })
    }
}

impl Decode for Subject {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let id = fields.required("id", reader);
        let files: Vec<FileDigest> = fields.optional("files", reader).unwrap_or_default();
        let mut names = HashSet::new();
        if let Some(twice) = files.iter().find(|file| !names.insert(file.name.clone())) {
            let shown = clean(&twice.name);
            let message =
                says(format!("파일 `{shown}`이(가) 두 번 나온다"), format!("the file `{shown}` is named twice"));
            reader.error(Code::DuplicateId, node.span, message);
        }
        if files.len() > MAX_SUBJECT_FILES {
            let message = says(
                format!("파일이 {MAX_SUBJECT_FILES}개를 넘는다"),
                format!("it names more than {MAX_SUBJECT_FILES} files"),
            );
            reader.error(Code::TooManyFiles, node.span, message);
        }
        let through = present(fields.node("through")).and_then(|node| reader.word(node, &["sketch"]));
        fields.done(reader);
        Some(Self { id: id?, files, through: through.map(|_| Through::Sketch) })
    }
}

impl Decode for FileDigest {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let name = fields.required("name", reader);
        let bytes = fields.must("bytes").and_then(|node| whole(node, reader));
        let sha256 = present(fields.node("sha256")).and_then(|node| digest(node, reader));
        let read = present(fields.node("read")).and_then(|node| reader.flag(node)).unwrap_or(true);
        let why = words(fields.node("why"), reader);
        fields.done(reader);
        Some(Self { name: name?, bytes: bytes?, sha256, read, why })
    }
}

impl Decode for ReferenceModel {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let id = fields.required("id", reader);
        let read = Self {
            id: String::new(),
            files: fields.optional("files", reader).unwrap_or_default(),
            holder: text(fields.node("holder"), reader),
            jurisdiction: text(fields.node("jurisdiction"), reader),
            same_maker: present(fields.node("same-maker")).and_then(|node| reader.flag(node)),
            licence: text(fields.node("licence"), reader),
            released: date(&mut fields, "released", reader),
        };
        if let (Some(code), Some(at)) = (&read.jurisdiction, node.get("jurisdiction"))
            && crate::vocabulary::Country::parse(code).is_none()
        {
            reader.error(
                Code::BadCountry,
                at.span,
                says(format!("`{code}`은(는) 국가 코드가 아니다"), format!("`{code}` is not a country code")),
            );
        }
        fields.done(reader);
        Some(Self { id: id?, ..read })
    }
}

impl Decode for LinkEvidence {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let reference = fields.required("reference", reader);
        let relation = fields.must("relation").and_then(|node| relation(node, reader, Relation::OF_LINKS));
        let read = Self {
            reference: ReferenceModel::default(),
            relation: Relation::Undecided,
            share: share(fields.node("share"), reader),
            coverage: share(fields.node("coverage"), reader),
            nearest: present(fields.node("nearest")).and_then(|node| reader.flag(node)),
            explanations: present(fields.node("explanations")).and_then(|node| Decode::decode(node, reader)),
            changes: fields.optional("changes", reader).unwrap_or_default(),
            components: fields.optional("components", reader).unwrap_or_default(),
            adapter: present(fields.node("adapter")).and_then(|node| Decode::decode(node, reader)),
            tables: fields.optional("tables", reader).unwrap_or_default(),
            controls: fields.optional("controls", reader).unwrap_or_default(),
            context: present(fields.node("context")).and_then(|node| Decode::decode(node, reader)),
            not_compared: fields.optional("not-compared", reader).unwrap_or_default(),
            limits: fields.optional("limits", reader).unwrap_or_default(),
            source: present(fields.node("source")).and_then(|node| Document::decode(node, reader)),
        };
        fields.done(reader);
        Some(Self { reference: reference?, relation: relation?, ..read })
    }
}

impl Decode for ComponentEvidence {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let id = fields.required("id", reader);
        let relation = fields.must("relation").and_then(|node| relation(node, reader, Relation::ALL.len()));
        let read = Self {
            id: String::new(),
            relation: Relation::Undecided,
            share: share(fields.node("share"), reader),
            coverage: share(fields.node("coverage"), reader),
            layers: each(fields.node("layers"), reader).iter().filter_map(|node| small(node, reader)).collect(),
            layer_count: present(fields.node("layer-count")).and_then(|node| small(node, reader)),
            parameters: present(fields.node("parameters")).and_then(|node| whole(node, reader)),
            parts: fields.optional("parts", reader).unwrap_or_default(),
            changes: fields.optional("changes", reader).unwrap_or_default(),
            explanations: present(fields.node("explanations")).and_then(|node| Decode::decode(node, reader)),
            tests: fields.optional("tests", reader).unwrap_or_default(),
            looked_for: fields.optional("looked-for", reader).unwrap_or_default(),
            not_looked_for: fields.optional("not-looked-for", reader).unwrap_or_default(),
            notes: fields.optional("notes", reader).unwrap_or_default(),
            tensors: fields.optional("tensors", reader).unwrap_or_default(),
        };
        fields.done(reader);
        Some(Self { id: id?, relation: relation?, ..read })
    }
}

pub(super) fn relation(node: &Node, reader: &mut Reader, allowed: usize) -> Option<Relation> {
    let words: Vec<&str> = Relation::ALL.iter().take(allowed).map(|relation| relation.word()).collect();
    reader.word(node, &words).map(|at| Relation::ALL[at])
}

impl Decode for Explanations {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let mut one = |name: &'static str, reader: &mut Reader| {
            present(fields.node(name)).and_then(|node| Explanation::decode(node, reader)).unwrap_or_default()
        };
        let read = Self {
            from_reference: one("from-reference", reader),
            to_reference: one("to-reference", reader),
            common_source: one("common-source", reader),
            common_start: one("common-start", reader),
        };
        fields.done(reader);
        Some(read)
    }
}

impl Decode for Explanation {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let words = ExplanationState::ALL.map(ExplanationState::word);
        let state = fields.must("state").and_then(|node| reader.word(node, &words)).map(|at| ExplanationState::ALL[at]);
        let because = words_of(&mut fields, "because", reader);
        fields.done(reader);
        Some(Self { state: state?, because })
    }
}

fn words_of(fields: &mut Fields<'_>, name: &'static str, reader: &mut Reader) -> Option<Words> {
    words(fields.node(name), reader)
}

impl Decode for LookedFor {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let change = fields.required("change", reader);
        let with_new_vocabulary =
            present(fields.node("with-new-vocabulary")).and_then(|node| reader.flag(node)).unwrap_or(false);
        let least_correlation = share(fields.node("least-correlation"), reader);
        let least_share = share(fields.node("least-share"), reader);
        let words = Planted::ALL.map(Planted::word);
        let planted = fields.must("planted").and_then(|node| reader.word(node, &words)).map(|at| Planted::ALL[at]);
        let by = fields.required("by", reader);
        fields.done(reader);
        let (change, planted, by) = (change?, planted?, by?);
        Some(Self { change, with_new_vocabulary, least_correlation, least_share, planted, by })
    }
}

impl Decode for NotLookedFor {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let (change, why) = (fields.required("change", reader), fields.required("why", reader));
        fields.done(reader);
        Some(Self { change: change?, why: why? })
    }
}

impl Decode for PartEvidence {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let (role, basis) = (fields.required("role", reader), fields.required("basis", reader));
        let layer = fields.must("layer").and_then(|node| small(node, reader));
        let from = fields.must("from").and_then(|node| small(node, reader));
        let correlation = number(fields.node("correlation"), reader);
        let matched = fields.must("matched").and_then(|node| reader.flag(node));
        fields.done(reader);
        Some(Self { role: role?, layer: layer?, from: from?, correlation, basis: basis?, matched: matched? })
    }
}

impl Decode for Level {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let run = share(fields.must("run"), reader);
        let looks = fields.must("looks").and_then(|node| whole(node, reader));
        fields.done(reader);
        Some(Self { run: run?, looks: looks? })
    }
}

impl Decode for TensorEvidence {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let role = fields.required("role", reader);
        let mut layer = |name: &'static str, reader: &mut Reader| {
            present(fields.node(name)).and_then(|node| whole(node, reader)).and_then(|layer| u32::try_from(layer).ok())
        };
        let (here, from) = (layer("layer", reader), layer("from", reader));
        let numbers = fields.must("numbers").and_then(|node| whole(node, reader));
        let correlation = number(fields.must("correlation"), reader);
        let identical = share(fields.must("identical"), reader);
        let chance = share(fields.must("chance"), reader);
        fields.done(reader);
        Some(Self {
            role: role?,
            layer: here,
            from,
            numbers: numbers?,
            correlation: correlation?,
            identical: identical?,
            chance: chance?,
        })
    }
}

impl Decode for TestResult {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let family = fields.required("family", reader);
        let kind = text(fields.node("kind"), reader);
        let statistic = number(fields.node("statistic"), reader);
        let n = present(fields.node("n")).and_then(|node| whole(node, reader));
        let z = number(fields.node("z"), reader);
        let log10_p = number(fields.node("log10-p"), reader);
        let standard_error = number(fields.node("standard-error"), reader);
        let agree = present(fields.node("agree")).and_then(|node| whole(node, reader));
        let skipped = words(fields.node("skipped"), reader);
        fields.done(reader);
        Some(Self { family: family?, kind, statistic, standard_error, n, z, log10_p, agree, skipped })
    }
}

impl Decode for Control {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let (id, passed) = (fields.required("id", reader), fields.required("passed", reader));
        let detail = words(fields.node("detail"), reader);
        fields.done(reader);
        Some(Self { id: id?, passed: passed?, detail })
    }
}

impl Decode for Words {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        if node.map().is_none() {
            return String::decode(node, reader).map(Self::Plain);
        }
        let mut fields = Fields::of(node, reader)?;
        let (ko, en) = (fields.required("ko", reader), fields.required("en", reader));
        fields.done(reader);
        Some(Self::Both(InBoth { ko: ko?, en: en? }))
    }
}

fn small(node: &Node, reader: &mut Reader) -> Option<u32> {
    whole(node, reader).and_then(|number| u32::try_from(number).ok())
}

fn words(node: Option<&Node>, reader: &mut Reader) -> Option<Words> {
    present(node).and_then(|node| Words::decode(node, reader))
}

impl Decode for StatedFact {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let fact = fields.required("fact", reader);
        let item = text(fields.node("item"), reader);
        let value = fields.must("value").map(json);
        let source = fields.required("source", reader);
        fields.done(reader);
        Some(Self { fact: fact?, item, value: value?, source: source? })
    }
}

impl Decode for Document {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let title = fields.required("title", reader);
        let read = Self {
            title: String::new(),
            url: text(fields.node("url"), reader),
            publisher: text(fields.node("publisher"), reader),
            date: date(&mut fields, "date", reader),
            record: text(fields.node("record"), reader),
        };
        fields.done(reader);
        Some(Self { title: title?, ..read })
    }
}

/// A day, as text.
fn date(fields: &mut Fields<'_>, name: &'static str, reader: &mut Reader) -> Option<String> {
    let node = present(fields.node(name))?;
    let date = text(Some(node), reader)?;
    if crate::facts::Date::parse(&date).is_none() {
        let message = says(format!("`{date}`은(는) 날짜가 아니다"), format!("`{date}` is not a date"));
        reader.error(Code::BadDate, node.span, message);
    }
    Some(date)
}

impl Decode for Change {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        reader.word(node, &Self::ALL.map(Self::word)).map(|at| Self::ALL[at])
    }
}

impl Decode for ChangeClass {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        reader.word(node, &Self::ALL.map(Self::word)).map(|at| Self::ALL[at])
    }
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
