//! The grade as declarations: the ruleset as a standard with its requirements, each criterion as a claim with what
//! speaks for and against it, and one attestation a ruleset that joins them.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::component::named;
use super::{lineage, set};
use crate::explain::{Because, CriterionLine, Side, Voice};
use crate::facts::{Assurance, Source, View};
use crate::grade::{Outcome, Truth};
use crate::report::Assessment;
use crate::rules::Scale;
use crate::text::Lang;
use crate::text::escape::link as address;
use crate::vocabulary::vocabulary;

/// What claims are made about.
const TARGET: &str = "target:model";
/// Who evaluates them.
const ASSESSOR: &str = "assessor:sovgrade";

/// The rulesets as standards.
pub(super) fn standards(all: &[Assessment<'_>]) -> Vec<Value> {
    all.iter().map(standard).collect()
}

fn standard(it: &Assessment<'_>) -> Value {
    let (rules, lang) = (it.rules, it.story.lang);
    let requirements: Vec<Value> = rules
        .criteria
        .iter()
        .map(|criterion| {
            json!({
                "bom-ref": requirement_ref(it, &criterion.id),
                "identifier": criterion.id,
                "title": criterion.title.get(lang),
                "text": criterion.question.get(lang),
            })
        })
        .collect();
    let level = |id: &str, title: &str, requires: &[usize]| {
        json!({
            "bom-ref": format!("level:{}:{id}", rules.id),
            "identifier": id,
            "title": title,
            "requirements": requires.iter().map(|at| requirement_ref(it, &rules.criteria[*at].id)).collect::<Vec<_>>(),
        })
    };
    let levels: Vec<Value> = match &rules.scale {
        Scale::Ladder(rungs) => rungs.iter().map(|it| level(&it.id, it.title.get(lang), &it.requires)).collect(),
        Scale::Gate(axes) => axes.iter().map(|it| level(&it.id, it.title.get(lang), &it.requires)).collect(),
        Scale::Scorecard(_) => Vec::new(),
    };
    let mut map = Map::new();
    map.insert("bom-ref".to_owned(), format!("standard:{}", rules.id).into());
    map.insert("name".to_owned(), rules.title.get(lang).into());
    map.insert("version".to_owned(), rules.version.clone().into());
    map.insert("description".to_owned(), rules.source.title.clone().into());
    if let Some(publisher) = &rules.publisher {
        map.insert("owner".to_owned(), publisher.get(lang).into());
    }
    set(&mut map, "requirements", requirements);
    set(&mut map, "levels", levels);
    Value::Object(map)
}

fn requirement_ref(it: &Assessment<'_>, criterion: &str) -> String {
    format!("requirement:{}:{criterion}", it.rules.id)
}

/// Assessors, attestations, claims, evidence and the target.
pub(super) fn declarations(all: &[Assessment<'_>]) -> Value {
    let mut book = Book::default();
    let attestations: Vec<Value> = all.iter().map(|it| book.attestation(it)).collect();
    if let Some(it) = all.first() {
        book.lineage(it);
    }
    let mut target = all.first().map(|it| named(&it.dossier.id)).unwrap_or_default();
    target.insert("bom-ref".to_owned(), TARGET.into());
    let mut map = Map::new();
    map.insert("assessors".to_owned(), assessors(all).into());
    set(&mut map, "attestations", attestations);
    set(&mut map, "claims", book.claims);
    set(&mut map, "evidence", book.evidence);
    map.insert("targets".to_owned(), json!({"components": [target]}));
    Value::Object(map)
}

/// This program, for which nobody answers, and the bodies whose attestations are among the facts.
fn assessors(all: &[Assessment<'_>]) -> Vec<Value> {
    let mut bodies = BTreeSet::new();
    for it in all {
        let facts = it.dossier.each_fact();
        let sources = facts.iter().flat_map(|(_, _, fact)| fact.sources());
        let audited = sources.filter(|source| source.counts() && source.assurance == Assurance::Audited);
        bodies.extend(audited.filter_map(|source| source.origin.publisher.clone()));
    }
    let program = format!("sovgrade {} (a program, run by whoever made this file)", env!("CARGO_PKG_VERSION"));
    let body = |(at, name): (usize, String)| json!({"bom-ref": format!("assessor:{}", at + 1), "organization": {"name": name}});
    let own = json!({"bom-ref": ASSESSOR, "organization": {"name": program}});
    std::iter::once(own).chain(bodies.into_iter().enumerate().map(body)).collect()
}

/// Claims and evidence while they are collected.
#[derive(Debug, Default)]
struct Book {
    claims: Vec<Value>,
    evidence: Vec<Value>,
    /// What each piece of evidence says and where it stands, in their order: one that is cited twice stands once.
    known: Vec<Value>,
}

impl Book {
    fn attestation(&mut self, it: &Assessment<'_>) -> Value {
        let map: Vec<Value> = it.story.criteria.iter().map(|line| self.requirement(it, line)).collect();
        json!({"summary": it.story.headline, "assessor": ASSESSOR, "map": map})
    }

    /// One criterion: which claims meet its requirement, which speak against it, how far it conforms.
    fn requirement(&mut self, it: &Assessment<'_>, line: &CriterionLine) -> Value {
        let lang = it.story.lang;
        let criterion = &it.rules.criteria[line.criterion];
        let claim = format!("claim:{}:{}", it.rules.id, criterion.id);
        let standing = it.grading.criteria[line.criterion].standing;
        let score = match line.outcome {
            Outcome::Met => Some(1),
            Outcome::NotMet | Outcome::Contradicted => Some(0),
            Outcome::Unknown | Outcome::NotApplicable => None,
        };
        let (mut claims, mut against) = (Vec::new(), Vec::new());
        if line.outcome != Outcome::Met && standing.truth.get(View::Declared) == Truth::True {
            let by_card = format!("{claim}:as-declared");
            self.as_declared(it, line, &by_card);
            claims.push(by_card);
        }
        if score.is_some() {
            self.found(it, line, &claim);
            if line.outcome == Outcome::Met { claims.push(claim) } else { against.push(claim) }
        }
        let mut conformance = Map::new();
        if let Some(score) = score {
            conformance.insert("score".to_owned(), score.into());
        }
        let decided = line.decided.iter().map(|it| it.text.as_str());
        let why = decided.chain(line.reasons.iter().map(|reason| reason.text.as_str()));
        let outcome = line.outcome.says();
        let rationale = std::iter::once(outcome.get(lang)).chain(why).collect::<Vec<_>>();
        conformance.insert("rationale".to_owned(), rationale.join(" · ").into());
        let mut entry = Map::new();
        entry.insert("requirement".to_owned(), requirement_ref(it, &criterion.id).into());
        set(&mut entry, "claims", claims.into_iter().map(Value::from).collect());
        set(&mut entry, "counterClaims", against.into_iter().map(Value::from).collect());
        entry.insert("conformance".to_owned(), conformance.into());
        entry.insert("confidence".to_owned(), json!({ "rationale": confidence(it, line) }));
        Value::Object(entry)
    }

    /// What was found, with the sources that say so and those that say otherwise.
    fn found(&mut self, it: &Assessment<'_>, line: &CriterionLine, claim: &str) {
        let sides: Vec<&Side> = line.reasons.iter().flat_map(all_sides).collect();
        let evidence = self.cited(it, sides.iter().copied());
        let others = contradicting(it, &sides).into_iter().filter(|side| !sides.contains(side));
        let counter = self.cited(it, others);
        let title = it.rules.criteria[line.criterion].title.get(it.story.lang);
        let reasoning: Vec<&str> = line.reasons.iter().map(|reason| reason.text.as_str()).collect();
        let mut map = Map::new();
        map.insert("bom-ref".to_owned(), claim.into());
        map.insert("target".to_owned(), TARGET.into());
        map.insert("predicate".to_owned(), format!("{title}: {}", line.outcome.says().get(it.story.lang)).into());
        map.insert("reasoning".to_owned(), reasoning.join(" ").into());
        set(&mut map, "evidence", evidence);
        set(&mut map, "counterEvidence", counter);
        self.claims.push(map.into());
    }

    /// What the card says where nobody else agrees, with what speaks against it.
    fn as_declared(&mut self, it: &Assessment<'_>, line: &CriterionLine, claim: &str) {
        let sides: Vec<&Side> = line.reasons.iter().flat_map(all_sides).collect();
        let all: Vec<&Side> = contradicting(it, &sides).into_iter().chain(sides).collect();
        let (own, others): (Vec<&Side>, Vec<&Side>) = all.into_iter().partition(|side| side.source.speaker.is_maker());
        let (evidence, counter) = (self.cited(it, own.into_iter()), self.cited(it, others.into_iter()));
        let title = it.rules.criteria[line.criterion].title.get(it.story.lang);
        let predicate = match it.story.lang {
            Lang::Ko => format!("{title}: 카드의 말로는 충족"),
            Lang::En => format!("{title}: met by what the card says"),
        };
        let mut map = Map::new();
        map.insert("bom-ref".to_owned(), claim.into());
        map.insert("target".to_owned(), TARGET.into());
        map.insert("predicate".to_owned(), predicate.into());
        set(&mut map, "evidence", evidence);
        set(&mut map, "counterEvidence", counter);
        self.claims.push(map.into());
    }

    /// Each ancestor that the maker names is a claim, with what was measured for and against it.
    fn lineage(&mut self, it: &Assessment<'_>) {
        let path = vocabulary().must("link.relation");
        for (component, link) in lineage::links(it) {
            let [shared, no_trace] = lineage::sides(link);
            if !shared.iter().any(|source| source.speaker.is_maker()) {
                continue;
            }
            let side = |source: &Source| Side {
                path,
                items: vec![component.id.clone(), link.id.clone()],
                source: source.clone(),
            };
            let [own, others] = [shared, no_trace].map(|list| list.into_iter().map(side).collect::<Vec<_>>());
            let (evidence, counter) = (self.cited(it, own.iter()), self.cited(it, others.iter()));
            let mut map = Map::new();
            map.insert("bom-ref".to_owned(), format!("claim:lineage:{}:{}", component.id, link.id).into());
            map.insert("target".to_owned(), TARGET.into());
            map.insert("predicate".to_owned(), lineage::claim(it, component, link).into());
            set(&mut map, "evidence", evidence);
            set(&mut map, "counterEvidence", counter);
            self.claims.push(map.into());
        }
    }

    /// References to the evidence that some sources are; each is written once.
    fn cited<'s>(&mut self, it: &Assessment<'_>, sides: impl Iterator<Item = &'s Side>) -> Vec<Value> {
        let mut refs: Vec<Value> = Vec::new();
        for side in sides {
            let said = said(it, side);
            let at = self.known.iter().position(|known| *known == said).unwrap_or_else(|| {
                self.known.push(said.clone());
                let mut map = Map::new();
                map.insert("bom-ref".to_owned(), format!("evidence:{}", self.known.len()).into());
                map.extend(said.as_object().cloned().unwrap_or_default());
                self.evidence.push(map.into());
                self.known.len() - 1
            });
            let cited = Value::from(format!("evidence:{}", at + 1));
            if !refs.contains(&cited) {
                refs.push(cited);
            }
        }
        refs
    }
}

/// One source of one fact as a piece of evidence. The day stands in the description: the standard's field for it wants
/// a time of day, which nobody knows.
fn said(it: &Assessment<'_>, side: &Side) -> Value {
    let voice = Voice { lang: it.story.lang, home: it.grading.home };
    let entry = vocabulary().entry(side.path);
    let source = &side.source;
    let value = source.value.as_ref().map_or_else(|| "?".to_owned(), |value| value.written(entry.kind));
    let items = if side.items.is_empty() { String::new() } else { format!(" [{}]", side.items.join(" / ")) };
    let place = it.without_paths(&voice.place(source));
    let day = source.date.map_or_else(String::new, |day| format!(", {day}"));
    let how = voice.assurance(source);
    let mut data = Map::new();
    data.insert("name".to_owned(), source.origin.title.clone().unwrap_or_else(|| place.clone()).into());
    if let Some(url) = source.origin.url.as_deref().and_then(address) {
        data.insert("contents".to_owned(), json!({ "url": url }));
    }
    let mut map = Map::new();
    map.insert("propertyName".to_owned(), format!("sovgrade:{}", entry.path).into());
    map.insert("description".to_owned(), format!("{}{items} = {value} ({how}; {place}{day})", entry.path).into());
    map.insert("data".to_owned(), json!([data]));
    if let Some(publisher) = &source.origin.publisher {
        map.insert("author".to_owned(), json!({ "name": publisher }));
    }
    Value::Object(map)
}

/// The sources of a reason and of its parts.
fn all_sides(reason: &Because) -> Vec<&Side> {
    reason.sides.iter().chain(reason.parts.iter().flat_map(all_sides)).collect()
}

/// The sides of every contradiction about a fact that these are sources of.
fn contradicting<'a>(it: &Assessment<'a>, sides: &[&Side]) -> Vec<&'a Side> {
    let about = |other: &Side| sides.iter().any(|side| side.path == other.path && side.items == other.items);
    let told = it.story.contradictions.iter().filter(|told| told.sides.iter().any(about));
    told.flat_map(|told| &told.sides).filter(|side| about(side)).collect()
}

/// How sure the outcome is, in words: the program has steps of assurance and no number for them.
fn confidence(it: &Assessment<'_>, line: &CriterionLine) -> String {
    let needs = it.rules.criteria[line.criterion].needs.word();
    let lacking = line.lacking.iter().map(|reason| reason.text.as_str());
    let first = match (it.story.lang, line.assured) {
        (Lang::Ko, true) => format!("확인됨 (필요한 확인 수준: {needs})"),
        (Lang::Ko, false) => format!("확인되지 않음 (필요한 확인 수준: {needs})"),
        (Lang::En, true) => format!("assured (needs {needs})"),
        (Lang::En, false) => format!("not assured (needs {needs})"),
    };
    std::iter::once(first.as_str()).chain(lacking).collect::<Vec<_>>().join(" · ")
}
