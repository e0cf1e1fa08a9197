//! From what a card and a LICENSE file state to the licences that are meant, each with how it was known.
//!
//! The order is digest, title, `license_name`, name or Hub id, name in words, SPDX expression, link. A text outweighs
//! every name, also when it is not the text that the name promises: then the licence is unknown, not the named one. A
//! notice is a name: where it names another licence than the card, both apply.

use super::catalogue::{Catalogue, canonical};
use super::clause::{Clause, ClauseName, ClauseValue};
use super::entry::Licence;
use super::expression::{Expr, is_listed_exception, listed, parse};
use super::note::Note;
use super::recognise::TextMatch;

/// Ids of the Hub that name a family of texts, or none.
const NAMES_NO_TEXT: [&str; 8] = ["openrail", "bsd", "cc", "gpl", "lgpl", "gfdl", "unknown", "other"];

/// Alternatives of one statement at most; what offers more is read as if all of it applied.
const MOST_ALTERNATIVES: usize = 16;

/// What is stated about the licence of one thing.
#[derive(Debug, Clone, Copy, Default)]
pub struct LicenceStatement<'a> {
    /// A Hub id, an id of the catalogue, or an SPDX expression.
    pub license: Option<&'a str>,
    /// The Hub's `license_name`.
    pub license_name: Option<&'a str>,
    /// The Hub's `license_link`.
    pub license_link: Option<&'a str>,
    /// The text of the LICENSE file, if there is one.
    pub text: Option<&'a str>,
    /// What the model and its maker are called: a notice may name them.
    pub names: &'a [String],
}

/// How a licence was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// The text has the digest of a known copy.
    Digest,
    /// The text has the title.
    Title,
    /// By `license_name`.
    LicenceName,
    /// By a Hub id, an id of the catalogue or an alias.
    Name,
    /// By its name in words.
    Words,
    /// By the notice that lies where the text is expected.
    Notice,
    /// As an operand of an SPDX expression, or an id of the SPDX list.
    Spdx,
    /// By the address in `license_link`.
    Link,
}

/// One licence of a resolution.
#[derive(Debug, Clone)]
pub struct Identified<'c> {
    /// As it was written, or the title of the text.
    pub written: String,
    /// How it was known.
    pub how: How,
    /// The licences it can be: one; several that share a name; none where no file describes it.
    pub candidates: Vec<&'c Licence>,
    /// Id and name in the SPDX list.
    pub spdx: Option<(&'static str, &'static str)>,
    /// The exception after `WITH`.
    pub exception: Option<String>,
}

impl<'c> Identified<'c> {
    fn new(written: &str, how: How, candidates: Vec<&'c Licence>) -> Self {
        Self { written: written.to_owned(), how, candidates, spdx: None, exception: None }
    }

    /// The licence, if it can be only one.
    pub fn licence(&self) -> Option<&'c Licence> {
        match self.candidates.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// A clause on which all candidates agree in its value; unknown values agree with nothing.
    pub fn clause(&self, name: ClauseName) -> Option<&'c Clause> {
        let mut clauses = self.candidates.iter().map(|licence| licence.clause(name));
        let first = clauses.next()??;
        let known = first.value != ClauseValue::Unknown;
        (known && clauses.all(|other| other.is_some_and(|other| other.value == first.value))).then_some(first)
    }
}

/// Licences and how they apply together.
#[derive(Debug, Clone)]
pub enum Terms<'c> {
    /// One licence.
    One(Identified<'c>),
    /// All apply.
    All(Vec<Terms<'c>>),
    /// The user may choose.
    Any(Vec<Terms<'c>>),
}

impl<'c> Terms<'c> {
    /// Every licence that is named, in the order of writing.
    pub fn operands(&self) -> Vec<&Identified<'c>> {
        match self {
            Self::One(one) => vec![one],
            Self::All(list) | Self::Any(list) => list.iter().flat_map(Self::operands).collect(),
        }
    }

    /// The sets of operands, by their index, of which whoever uses the work takes one: one set where nothing is to be
    /// chosen. `None` where there are too many.
    pub fn alternatives(&self) -> Option<Vec<Vec<usize>>> {
        self.sets(&mut 0)
    }

    /// `next` is the index of the next operand.
    fn sets(&self, next: &mut usize) -> Option<Vec<Vec<usize>>> {
        match self {
            Self::One(_) => {
                *next += 1;
                Some(vec![vec![*next - 1]])
            }
            Self::Any(list) => {
                let mut all = Vec::new();
                for terms in list {
                    all.extend(terms.sets(next)?);
                }
                (all.len() <= MOST_ALTERNATIVES).then_some(all)
            }
            Self::All(list) => {
                let mut all = vec![Vec::new()];
                for terms in list {
                    let sets = terms.sets(next)?;
                    all = all
                        .iter()
                        .flat_map(|set| sets.iter().map(move |more| [set.as_slice(), more].concat()))
                        .collect();
                    if all.len() > MOST_ALTERNATIVES {
                        return None;
                    }
                }
                Some(all)
            }
        }
    }

    fn operands_mut(&mut self) -> Vec<&mut Identified<'c>> {
        match self {
            Self::One(one) => vec![one],
            Self::All(list) | Self::Any(list) => list.iter_mut().flat_map(Self::operands_mut).collect(),
        }
    }
}

/// What a statement means.
#[derive(Debug, Clone, Default)]
pub struct Resolution<'c> {
    /// The licences; nothing where the statement names none and no text is recognised.
    pub terms: Option<Terms<'c>>,
    /// What the text turned out to be; nothing where there is none.
    pub text: Option<TextMatch<'c>>,
    /// What does not fit.
    pub notes: Vec<Note<'c>>,
}

impl Catalogue {
    /// The licences that a statement means.
    pub fn resolve(&self, statement: &LicenceStatement<'_>) -> Resolution<'_> {
        let mut found = Resolution::default();
        found.terms = self.stated(statement, &mut found.notes);
        if let Some(text) = statement.text.filter(|text| !text.trim().is_empty()) {
            found.weigh(self.recognise_of(text, statement.names));
        }
        found.note_names(self);
        found
    }

    /// What the names say, without the text.
    fn stated<'c>(&'c self, statement: &LicenceStatement<'_>, notes: &mut Vec<Note<'c>>) -> Option<Terms<'c>> {
        let license = statement.license.map(str::trim).filter(|value| !value.is_empty());
        let license_name = statement.license_name.map(str::trim).filter(|value| !value.is_empty());
        let by_id = license.and_then(|value| self.read_license(value, notes));
        let by_name = license_name.map(|value| self.read_license_name(value, statement.license_link));
        if let (Some(id), Some(name)) = (&by_id, &by_name)
            && !may_agree(id, name)
        {
            notes.push(Note::NamesDisagree { license: id.written(), license_name: name.written.clone() });
        }
        by_name.map(Terms::One).or(by_id).or_else(|| {
            let link = statement.license_link?;
            self.by_url(link).map(|licence| Terms::One(Identified::new(link, How::Link, vec![licence])))
        })
    }

    /// `license_name`: all that share it, else one whose own name it is. Where several share it, a link to the text of
    /// one of them tells.
    fn read_license_name(&self, value: &str, link: Option<&str>) -> Identified<'_> {
        let mut candidates = self.by_license_name(value);
        if candidates.is_empty() {
            candidates.extend(self.by_name(value).or_else(|| self.by_words(value)));
        }
        if candidates.len() > 1
            && let Some(linked) = link.and_then(|link| self.by_url(link))
            && candidates.iter().any(|licence| licence.id == linked.id)
        {
            return Identified::new(value, How::Link, vec![linked]);
        }
        Identified { spdx: listed(value), ..Identified::new(value, How::LicenceName, candidates) }
    }

    /// `license`: a name as a whole, else an expression. `other` and `unknown` state nothing.
    fn read_license<'c>(&'c self, value: &str, notes: &mut Vec<Note<'c>>) -> Option<Terms<'c>> {
        if matches!(canonical(value).as_str(), "other" | "unknown") {
            return None;
        }
        let whole = self.operand(value, How::Name, None);
        let known = !whole.candidates.is_empty() || whole.spdx.is_some();
        if known || !value.contains([' ', '(', '/', '|', '&', ',']) {
            return Some(Terms::One(whole));
        }
        if let Some(expr) = parse(value).ok().or_else(|| self.expression_of_words(value)) {
            return Some(self.terms(expr, notes));
        }
        notes.push(Note::NotAnExpression { written: value.to_owned(), near: self.near(value) });
        Some(Terms::One(whole))
    }

    fn terms<'c>(&'c self, expr: Expr, notes: &mut Vec<Note<'c>>) -> Terms<'c> {
        match expr {
            Expr::One(name, exception) => Terms::One(self.with_exception(&name, exception, notes)),
            Expr::All(list) => Terms::All(list.into_iter().map(|expr| self.terms(expr, notes)).collect()),
            Expr::Any(list) => Terms::Any(list.into_iter().map(|expr| self.terms(expr, notes)).collect()),
        }
    }

    /// An exception of the SPDX list only widens what is allowed, so the clauses of the licence stand. Of any other
    /// nobody knows what it does to them.
    fn with_exception<'c>(
        &'c self,
        name: &str,
        exception: Option<String>,
        notes: &mut Vec<Note<'c>>,
    ) -> Identified<'c> {
        let mut one = self.operand(name, How::Spdx, None);
        if let Some(exception) = &exception {
            let listed = is_listed_exception(exception);
            notes.push(Note::Exception { licence: name.to_owned(), exception: exception.clone(), listed });
            if !listed {
                one.candidates.clear();
                one.spdx = None;
            }
        }
        Identified { exception, ..one }
    }

    /// A name: an id or an alias, else an id of the SPDX list, else a name in words.
    fn operand(&self, name: &str, how: How, exception: Option<String>) -> Identified<'_> {
        let spdx = listed(name);
        let mut candidates: Vec<&Licence> = self.by_name(name).into_iter().collect();
        let mut how = if candidates.is_empty() && spdx.is_some() { How::Spdx } else { how };
        if candidates.is_empty() && spdx.is_none() {
            candidates.extend(self.by_words(name));
            how = if candidates.is_empty() { how } else { How::Words };
        }
        Identified { spdx, exception, ..Identified::new(name, how, candidates) }
    }
}

impl<'c> Resolution<'c> {
    /// Lets the text decide over the names.
    fn weigh(&mut self, text: TextMatch<'c>) {
        match &text {
            TextMatch::Known(licence) => self.settle(licence, How::Digest),
            TextMatch::TitleOnly(licence) => {
                self.settle(licence, How::Title);
                self.notes.push(Note::TextNotCompared { licence });
            }
            TextMatch::Notice(named) => self.named(named),
            TextMatch::Differs(from) => self.refuse(from.clone()),
            TextMatch::Unrecognised => self.doubt(),
        }
        self.text = Some(text);
    }

    /// The text is this licence's: it narrows what was stated, or stands in its place.
    fn settle(&mut self, licence: &'c Licence, how: How) {
        let is_it = |one: &&mut Identified<'c>| one.candidates.iter().any(|other| other.id == licence.id);
        if let Some(terms) = &mut self.terms {
            if let Some(one) = terms.operands_mut().into_iter().find(is_it) {
                (one.how, one.candidates) = (how, vec![licence]);
                return;
            }
            self.notes.push(Note::TextIsAnother { stated: terms.written(), text: licence });
        }
        self.terms = Some(Terms::One(Identified::new(&licence.title, how, vec![licence])));
    }

    /// A notice names these: it confirms what is stated, stands where nothing is, and adds to what it contradicts.
    fn named(&mut self, named: &[&'c Licence]) {
        let is_named = |one: &&Identified<'c>| one.candidates.iter().any(|a| named.iter().any(|b| a.id == b.id));
        let confirmed = self.terms.iter().flat_map(Terms::operands).any(|one| is_named(&one));
        self.notes.push(Note::TextIsNotice { licences: named.to_vec() });
        if confirmed {
            return;
        }
        let one = |licence: &&'c Licence| Terms::One(Identified::new(&licence.title, How::Notice, vec![*licence]));
        let mut all: Vec<Terms<'c>> = named.iter().map(one).collect();
        if let Some(stated) = self.terms.take() {
            self.notes.push(Note::TextIsAnother { stated: stated.written(), text: named[0] });
            all.insert(0, stated);
        }
        self.terms = Some(if all.len() == 1 { all.remove(0) } else { Terms::All(all) });
    }

    /// The text is none of these, whatever was stated: nothing is assumed.
    fn refuse(&mut self, from: Vec<&'c Licence>) {
        let written = self.terms.as_ref().map_or_else(|| from[0].title.clone(), Terms::written);
        self.terms = Some(Terms::One(Identified::new(&written, How::Title, Vec::new())));
        self.notes.push(Note::TextDiffers { from, titled: true });
    }

    /// The text says nothing: names whose texts are known are refuted by it, others stay as stated.
    fn doubt(&mut self) {
        let mut refuted: Vec<&'c Licence> = Vec::new();
        let operands = self.terms.as_mut().map(Terms::operands_mut).unwrap_or_default();
        for one in operands {
            let (known, unknown): (Vec<_>, Vec<_>) =
                std::mem::take(&mut one.candidates).into_iter().partition(|licence| !licence.text.digests.is_empty());
            self.notes.extend(unknown.iter().map(|licence| Note::TextNotCompared { licence }));
            one.candidates = unknown;
            refuted.extend(known);
        }
        let refutes = !refuted.is_empty();
        let differs = Note::TextDiffers { from: refuted, titled: false };
        self.notes.push(if refutes { differs } else { Note::TextUnrecognised });
    }

    /// Notes on names that name none, or several.
    fn note_names(&mut self, catalogue: &Catalogue) {
        let differs = self.notes.iter().any(|note| matches!(note, Note::TextDiffers { .. }));
        for one in self.terms.iter().flat_map(Terms::operands) {
            let name = one.written.clone();
            if NAMES_NO_TEXT.contains(&canonical(&name).as_str()) {
                self.notes.push(Note::NamesNoText { name });
            } else if one.candidates.len() > 1 {
                self.notes.push(Note::NameOfSeveral { name, licences: one.candidates.clone() });
            } else if let ([licence], How::Words) = (one.candidates.as_slice(), one.how) {
                self.notes.push(Note::InWords { name, licence });
            } else if one.candidates.is_empty() && !differs && one.exception.is_none() {
                let near = if one.spdx.is_some() { None } else { catalogue.near(&name) };
                self.notes.push(Note::NotInCatalogue { name, title: one.spdx.map(|(_, title)| title), near });
            }
        }
    }
}

impl Terms<'_> {
    /// The statement as it was written.
    fn written(&self) -> String {
        match self {
            Self::One(one) => one.written.clone(),
            Self::All(list) => list.iter().map(Self::written).collect::<Vec<_>>().join(" AND "),
            Self::Any(list) => list.iter().map(Self::written).collect::<Vec<_>>().join(" OR "),
        }
    }
}

/// Whether a name can mean one of the stated licences; a name that no file describes may be anything but them.
fn may_agree(stated: &Terms<'_>, name: &Identified<'_>) -> bool {
    stated.operands().iter().any(|one| {
        canonical(&one.written) == canonical(&name.written)
            || one.candidates.iter().any(|a| name.candidates.iter().any(|b| a.id == b.id))
    })
}
