//! The data of a ruleset.

use std::collections::BTreeMap;

use super::each::{Choice, Each};
use super::expr::{Expr, NodeId, Place};
use crate::facts::{Assurance, Date, Family};
use crate::text::{Lang, SourceFile, Span};
use crate::vocabulary::{Country, OwnFacts};

/// A text in the languages of the ruleset.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LocalText(pub BTreeMap<String, String>);

impl LocalText {
    /// The text in a language, else in English, else in any.
    pub fn get(&self, lang: Lang) -> &str {
        self.0
            .get(lang.code())
            .or_else(|| self.0.get("en"))
            .or_else(|| self.0.values().next())
            .map_or("", String::as_str)
    }
}

/// A checked ruleset.
#[derive(Debug, Clone)]
pub struct Ruleset {
    /// Its id, the name of its folder.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: LocalText,
    /// The standard that it follows.
    pub source: SourceInfo,
    /// Further documents that its criteria cite.
    pub sources: Vec<SourceInfo>,
    /// Who publishes it.
    pub publisher: Option<LocalText>,
    /// Where questions go: a mail address, a web address, or words.
    pub contact: Option<String>,
    /// Whether it is published or still a draft.
    pub status: Status,
    /// The days on which it is in force.
    pub in_force: Option<InForce>,
    /// What "domestic" means, unless the caller says otherwise.
    pub home: Option<Country>,
    /// Languages in which every text must be there.
    pub languages: Vec<String>,
    /// How outcomes become a grade.
    pub scale: Scale,
    /// Choices where the standard is silent or contradicts itself.
    pub readings: Vec<Reading>,
    /// Contradictions of the standard that are settled without a choice.
    pub decisions: Vec<Decision>,
    /// Statements of the standard that are no criterion, with the reason.
    pub notes: Vec<Note>,
    /// Versions, newest first.
    pub history: Vec<Release>,
    /// Defined words.
    pub terms: Vec<Term>,
    /// The criteria, sorted by id.
    pub criteria: Vec<Criterion>,
    /// All compiled tests.
    pub expr: Expr,
    /// The files, by the index that places name.
    pub files: Vec<SourceFile>,
    /// `sha256:` over names and contents of all files.
    pub digest: String,
    /// Where the files come from.
    pub origin: RulesetOrigin,
    /// The families of reference models with which it asks for a comparison.
    pub families: Vec<Family>,
    /// The facts that it brings along.
    pub own: OwnFacts,
    /// Named bundles of readings.
    pub profiles: Vec<Profile>,
}

/// A named bundle of readings: the author's own choice, the letter of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: LocalText,
    /// Who reads the standard so, and why.
    pub because: LocalText,
    /// Index of a reading with the index of the option chosen; the others keep their default.
    pub readings: Vec<(usize, usize)>,
}

/// Where the files of a ruleset come from, as the head of a report says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RulesetOrigin {
    /// They are part of the program.
    Embedded,
    /// They were read from a folder, or from texts that were handed in.
    Folder {
        /// The folder as it was named.
        named: String,
        /// Whether the program has a ruleset of the same id, and whether these are its files.
        same_as_embedded: Option<bool>,
    },
}

/// How far a ruleset has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Status {
    /// It stands as it is.
    #[default]
    Published,
    /// It may still change, and is not to be relied on.
    Draft,
}

impl Status {
    /// All, with their words.
    pub const ALL: [(Self, &str); 2] = [(Self::Published, "published"), (Self::Draft, "draft")];

    /// The word of the files.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(status, _)| *status == self).map_or("", |(_, word)| word)
    }
}

/// The days on which a ruleset is in force, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InForce {
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub until: Option<Date>,
}

impl InForce {
    /// Whether a day lies within.
    pub fn covers(&self, day: Date) -> bool {
        self.from.is_none_or(|from| day >= from) && self.until.is_none_or(|until| day <= until)
    }
}

/// A document: the standard that a ruleset follows, or another that its criteria cite.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceInfo {
    /// The name by which criteria cite it; of the standard itself the ruleset's id where absent.
    pub id: Option<String>,
    /// Title.
    pub title: String,
    /// Address.
    pub url: Option<String>,
    /// Licence of its text.
    pub licence: Option<String>,
    /// When it was read.
    pub retrieved: Option<String>,
}

/// How outcomes become a grade.
#[derive(Debug, Clone, PartialEq)]
pub enum Scale {
    /// Rungs, lowest first.
    Ladder(Vec<Rung>),
    /// Axes, each passed or failed.
    Gate(Vec<Axis>),
    /// Weighted objectives with floors.
    Scorecard(Scorecard),
}

/// One step of a ladder.
#[derive(Debug, Clone, PartialEq)]
pub struct Rung {
    /// Its id: `T4-1`.
    pub id: String,
    /// Where the id stands in ruleset.yaml.
    pub id_span: Span,
    /// The level it belongs to, where several rungs share one.
    pub level: Option<String>,
    /// The zone that begins with it and reaches up to the next.
    pub zone: Option<LocalText>,
    /// What is said at the line below it: "from here on sovereign".
    pub line: Option<LocalText>,
    /// Its title.
    pub title: LocalText,
    /// Criteria that it adds to those of the rungs below, by index.
    pub requires: Vec<usize>,
    /// Criteria that are wanted and reported, and do not decide.
    pub wants: Vec<usize>,
}

/// One axis of a gate.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: LocalText,
    /// Criteria that decide, by index.
    pub requires: Vec<usize>,
    /// Criteria that are wanted and reported, and do not decide.
    pub wants: Vec<usize>,
}

/// Weighted objectives with floors.
#[derive(Debug, Clone, PartialEq)]
pub struct Scorecard {
    /// The objectives.
    pub objectives: Vec<Objective>,
    /// What caps the total.
    pub floors: Vec<Floor>,
    /// What a criterion that does not apply is worth.
    pub not_applicable: NotApplicable,
}

/// What a criterion that does not apply is worth in a scorecard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotApplicable {
    /// It leaves the sum and what the sum is divided by.
    LeaveOut,
    /// No points.
    Zero,
}

/// One objective of a scorecard.
#[derive(Debug, Clone, PartialEq)]
pub struct Objective {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: LocalText,
    /// Its weight in percent of the total.
    pub weight: Choice<f64>,
    /// What its points are divided by; the sum of its points where absent.
    pub out_of: Option<f64>,
    /// Criteria by index, with the points of a met one.
    pub criteria: Vec<(usize, f64)>,
    /// Points for items.
    pub each: Option<Each>,
}

/// A floor of a scorecard: unless its criteria are satisfied, the total is at most `cap`.
#[derive(Debug, Clone, PartialEq)]
pub struct Floor {
    /// Its title.
    pub title: LocalText,
    /// Criteria by index.
    pub requires: Vec<usize>,
    /// Largest total in percent without them.
    pub cap: f64,
}

/// A named choice where the standard is silent or contradicts itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Its id.
    pub id: String,
    /// What is open.
    pub question: LocalText,
    /// Index of the default option.
    pub default: usize,
    /// The options, in the order of the file.
    pub options: Vec<ReadingOption>,
    /// Passages of the standard that it settles.
    pub settles: Vec<String>,
}

/// One option of a reading.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadingOption {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: LocalText,
    /// Why one might choose it.
    pub because: LocalText,
}

/// A contradiction of the standard that is settled without a choice.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The passage.
    pub id: String,
    /// What is open.
    pub about: LocalText,
    /// What was decided.
    pub decision: LocalText,
    /// Why.
    pub because: LocalText,
}

/// A statement of the standard that is no criterion.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// The statement.
    pub of: String,
    /// Why it is none.
    pub because: LocalText,
}

/// One version in the history of a ruleset.
#[derive(Debug, Clone, PartialEq)]
pub struct Release {
    /// The version.
    pub version: String,
    /// Its day.
    pub date: String,
    /// What changed.
    pub changes: LocalText,
}

/// A defined word.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: LocalText,
    /// What it means.
    pub meaning: LocalText,
    /// The collection whose items it speaks of; the model where absent.
    pub scope: Option<String>,
    /// Where its test stands.
    pub place: Place,
}

/// What a criterion may be about, in the words that every ruleset has. `facts.yaml` adds words of its own.
pub const DIMENSIONS: [&str; 8] =
    ["data", "weights", "architecture", "licence", "tokenizer", "infrastructure", "operation", "transparency"];

/// One question with a test.
#[derive(Debug, Clone, PartialEq)]
pub struct Criterion {
    /// Its id, the name of its file.
    pub id: String,
    /// Where the id stands in its file.
    pub id_span: Span,
    /// What it is about: a word of [`DIMENSIONS`] or of the ruleset.
    pub dimension: String,
    /// Its title.
    pub title: LocalText,
    /// The question, to be answered with yes or no.
    pub question: LocalText,
    /// Why the question is asked.
    pub rationale: LocalText,
    /// Where the standard says so.
    pub cites: Vec<Citation>,
    /// The assurance that the facts need for the answer to stand on its own.
    pub needs: Assurance,
    /// Whether the criterion applies.
    pub applies: Option<NodeId>,
    /// What is said in the head of a report where it does not apply.
    pub not_applicable: Option<LocalText>,
    /// The test.
    pub test: NodeId,
    /// What would move the outcome.
    pub remedy: Remedy,
    /// Index of its file.
    pub file: usize,
}

/// A place of the standard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// The document.
    pub source: String,
    /// The passage.
    pub at: Option<String>,
}

/// What would move an outcome.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Remedy {
    /// Evidence to supply where the answer is only claimed.
    pub evidence: Option<LocalText>,
    /// What to declare where the answer is unknown.
    pub declare: Option<LocalText>,
    /// What to change about the model where the answer is no.
    pub change: Option<LocalText>,
}

impl Ruleset {
    /// The criterion of an id.
    pub fn criterion(&self, id: &str) -> Option<&Criterion> {
        self.criteria.binary_search_by(|c| c.id.as_str().cmp(id)).ok().map(|at| &self.criteria[at])
    }

    /// The document that a citation names.
    pub fn document(&self, cited: &str) -> Option<&SourceInfo> {
        let named = |source: &&SourceInfo| source.id.as_deref() == Some(cited);
        let standard = (cited == self.id).then_some(&self.source);
        self.sources.iter().chain([&self.source]).find(named).or(standard)
    }

    /// The default option of every reading.
    pub fn default_readings(&self) -> Vec<usize> {
        self.readings.iter().map(|reading| reading.default).collect()
    }

    /// The option of every reading under a profile.
    pub fn readings_of(&self, profile: &Profile) -> Vec<usize> {
        let mut chosen = self.default_readings();
        for (reading, option) in &profile.readings {
            chosen[*reading] = *option;
        }
        chosen
    }

    /// The profile that stands for these options, where one does.
    pub fn profile(&self, chosen: &[usize]) -> Option<&Profile> {
        self.profiles.iter().find(|profile| self.readings_of(profile) == chosen)
    }
}
