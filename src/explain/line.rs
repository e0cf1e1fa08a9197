//! The line that would say a fact: of the card, or of an evidence file. Where the rule asks for one value and no other,
//! the value stands there; else three dots.

use super::wording::Read;
use crate::facts::{Assurance, Dossier, Value, shown_by_nothing};
use crate::gather::{entry_of, field_of, is_free, is_of_names, list_of_names};
use crate::grade::{Move, MoveKind};
use crate::rules::{Constant, NodeId, Op, Ranged, Slot, Test};
use crate::vocabulary::{Country, Kind, PathId, vocabulary};

/// A step of which the line is asked for.
pub(super) struct Line<'l, 'a> {
    /// The rules, as they are read.
    pub(super) read: Read<'l>,
    /// The facts.
    pub(super) dossier: &'l Dossier,
    /// The step.
    pub(super) step: &'l Move<'a>,
    /// What "domestic" means.
    pub(super) home: Option<Country>,
}

/// Where the value is not known.
const OPEN: &str = "...";

impl Line<'_, '_> {
    /// The line, with the item's id in place of `[]`; nothing where a model is to be changed or sources are to be
    /// settled, for neither is done by writing a line.
    pub(super) fn written(&self, slot: &Slot, needs: Assurance) -> Option<String> {
        match self.step.kind {
            MoveKind::Change | MoveKind::Settle => None,
            MoveKind::Evidence => self.evidence_entry(slot.path, needs),
            MoveKind::List => self.item(self.step.looked_for?),
            MoveKind::Declare | MoveKind::DeclareWithEvidence | MoveKind::Complete => self.field(slot),
        }
    }

    fn field(&self, slot: &Slot) -> Option<String> {
        let fact = vocabulary().entry(slot.path);
        let value = match self.step.leaf {
            None => Some("yes".to_owned()),
            Some((_, test)) => self.value(fact.kind, test, self.step.wanted),
        };
        // What is kept for people is written as they like, and names are theirs to know.
        let value = value.as_deref().filter(|_| !is_free(fact.path) && !is_of_names(fact.path)).unwrap_or(OPEN);
        let Some(field) = field_of(fact.path) else {
            return slot.item.is_none().then(|| format!("facts: {{{}: {value}}}", fact.path));
        };
        if let Some(key) = list_of_names(fact.path) {
            let entry = format!("[{{{key}: {OPEN}}}]");
            return Some(format!("{}: {entry}", self.with_items(&field)));
        }
        // `complete: [datasets]` says it by itself.
        if field.contains(": [") {
            return Some(self.with_its_list(slot.path, field));
        }
        Some(format!("{}: {value}", self.with_items(&field)))
    }

    /// A field with the names of the items in question in its brackets.
    fn with_items(&self, field: &str) -> String {
        let mut items = self.step.items.iter();
        let mut parts = field.split("[]");
        let mut line = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let id = items.next().map_or("", |item| item.id.as_str());
            line = format!("{line}[{id}]{part}");
        }
        line
    }

    /// That a list is complete is said beside a list. Where the card lists nothing, the list comes first: an empty one
    /// where that is a statement in itself, else the entries that only the maker knows.
    fn with_its_list(&self, complete: PathId, field: String) -> String {
        let Some(collection) = vocabulary().completed_by(complete) else { return field };
        let about = vocabulary().collection_of(collection);
        if about.parent.is_some() || self.dossier.items(collection).iter().any(|item| item.from_card) {
            return field;
        }
        let list = field.split_once('[').and_then(|(_, rest)| rest.strip_suffix(']'));
        match (list, entry_of(about.name)) {
            (Some(list), Some(entry)) if entry.none_is_said => format!("{list}: []\n{field}"),
            (Some(list), Some(entry)) => format!("{list}: [{{{}: {OPEN}}}]\n{field}", entry.id),
            _ => field,
        }
    }

    /// The one value that a test asks for, as a card writes it.
    fn value(&self, kind: Kind, test: &Test, wanted: bool) -> Option<String> {
        let constant = match test {
            Test::Is(constant) | Test::Contains(constant) => constant,
            Test::In(list) if list.len() == 1 => &list[0],
            _ => return None,
        };
        match constant {
            Constant::Value(Value::Flag(truth)) => Some(if *truth == wanted { "yes" } else { "no" }.to_owned()),
            _ if !wanted => None,
            Constant::Value(value) => Some(value.written(single(kind))),
            Constant::Home => self.home.map(|country| country.to_string()),
            Constant::HomeLanguage | Constant::Group(_) => None,
        }
    }

    /// An item that would do: `artefacts: [{name: model-card, present: yes, licence: ...}]`.
    fn item(&self, ranged: &Ranged) -> Option<String> {
        let name = vocabulary().collection_of(ranged.collection).name;
        let prefix = format!("{name}.");
        let mut asked: Vec<(PathId, Option<String>)> = Vec::new();
        for node in ranged.filter.iter().chain(&ranged.holds) {
            self.asked(*node, true, &mut asked);
        }
        let mut list = None;
        let mut fields: Vec<String> = Vec::new();
        for (path, value) in asked {
            let entry = vocabulary().entry(path);
            let Some(field) = field_of(entry.path).filter(|_| entry.path.starts_with(&prefix)) else { continue };
            let Some((before, key)) = field.split_once("[].") else { continue };
            let known = fields.iter().any(|other| other.starts_with(&format!("{key}:")));
            if known || key.contains("[]") || *list.get_or_insert_with(|| before.to_owned()) != before {
                continue;
            }
            fields.push(format!("{key}: {}", value.as_deref().unwrap_or(OPEN)));
        }
        let own = vocabulary().collection(name).is_none();
        if let Some(key) = if own { Some("id") } else { entry_of(name).map(|entry| entry.id) }
            && !fields.iter().any(|field| field.starts_with(&format!("{key}:")))
        {
            fields.insert(0, format!("{key}: {OPEN}"));
        }
        let list = list.or_else(|| own.then(|| format!("facts.{name}"))).or_else(|| {
            let all = vocabulary().entries().filter(|(_, entry)| entry.path.starts_with(&prefix));
            all.into_iter().find_map(|(_, entry)| Some(field_of(entry.path)?.split_once("[]")?.0.to_owned()))
        })?;
        if fields.is_empty() {
            fields.push(OPEN.to_owned());
        }
        // A list that belongs to an item stands at that item.
        let list = match self.step.items.first() {
            Some(item) => list.replacen("[]", &format!("[{}]", item.id), 1),
            None => list,
        };
        Some(format!("{list}: [{{{}}}]", fields.join(", ")))
    }

    /// The facts that a test asks for, in its order; of several ways the first.
    fn asked(&self, id: NodeId, wanted: bool, out: &mut Vec<(PathId, Option<String>)>) {
        let expr = &self.read.rules.expr;
        match &expr.node(id).op {
            Op::Fact(slot, test) => {
                let kind = vocabulary().entry(slot.path).kind;
                out.push((slot.path, self.value(kind, test, wanted)));
            }
            Op::All(range) => expr.children(*range).iter().for_each(|part| self.asked(*part, wanted, out)),
            Op::Any(range) => {
                if let Some(first) = expr.children(*range).first() {
                    self.asked(*first, wanted, out);
                }
            }
            Op::Not(inner) => self.asked(*inner, !wanted, out),
            Op::Term(_, inner) => self.asked(*inner, wanted, out),
            Op::Reading(reading, range) => {
                let reading = usize::from(*reading);
                self.asked(expr.children(*range)[self.read.readings[reading]], wanted, out);
            }
            Op::Criterion(..) | Op::Quantified(..) | Op::Count(..) | Op::Share(..) => {}
        }
    }

    /// An entry of an evidence file that would do, as a hint at its form. None for what weights show: a verdict is
    /// measured and not written by hand.
    fn evidence_entry(&self, path: PathId, needs: Assurance) -> Option<String> {
        let fact = vocabulary().entry(path);
        let about_weights = !shown_by_nothing(path);
        let list = match needs {
            Assurance::Declared | Assurance::Documented => "documented",
            Assurance::Corroborated | Assurance::Measured if about_weights => return None,
            Assurance::Corroborated | Assurance::Measured => "documented",
            Assurance::Audited => "attested",
        };
        let ids: Vec<&str> = self.step.items.iter().map(|item| item.id.as_str()).collect();
        let item = if ids.is_empty() { String::new() } else { format!(", \"item\": \"{}\"", ids.join("/")) };
        let known = self.step.items.last().map_or_else(|| self.dossier.fact(path), |item| item.fact(path));
        let value = known.claimed().map_or_else(|| OPEN.to_owned(), |value| value.json(fact.kind).to_string());
        let entry = format!(
            "{list}: {{\"fact\": \"{}\"{item}, \"value\": {value}, \"source\": {{\"title\": ..., \"url\": ...}}}}",
            fact.path
        );
        // A document that nobody opened is no more than documented.
        let vouch = if needs > Assurance::Documented { "; --vouch FILE" } else { "" };
        Some(format!("{entry}{vouch}"))
    }
}

/// The kind of one element of a set.
fn single(kind: Kind) -> Kind {
    match kind {
        Kind::Words(words) => Kind::Word(words),
        other => other,
    }
}
