//! The clauses of a licence as facts of its item: each with its place in the text, its address, and the line of the
//! licence data that says so.

use crate::facts::{Assurance, Finding, ItemDraft, Origin, Source, Speaker, Value};
use crate::licence::{Clause, ClauseName, ClauseValue, Identified, Law, Licence, osi_approved};
use crate::text::says;
use crate::vocabulary::vocabulary;

/// Adds all clauses on which the licences that may be meant agree.
pub(super) fn add(operand: &Identified<'_>, item: &mut ItemDraft) {
    for &name in ClauseName::ALL {
        let (Some(clause), Some(licence)) = (operand.clause(name), operand.candidates.first()) else { continue };
        let like = source(clause, licence);
        match clause.value {
            ClauseValue::Word(word) => item.add_word(name.path(), word, &like),
            ClauseValue::Users(users) => {
                item.add(name.path(), Source { value: Some(Value::Number(users)), ..like.clone() });
            }
            ClauseValue::NoThreshold | ClauseValue::Unknown => {}
        }
        if !clause.countries.is_empty() {
            let countries = Value::countries(clause.countries.iter().copied());
            item.add("licence.excluded-territories", Source { value: Some(countries), ..like });
        }
    }
    let Some(licence) = operand.licence() else { return };
    if let Law::Of(country) = licence.governing_law {
        let mut origin = of(licence);
        origin.title = licence.governing_law_at.as_ref().map(|at| format!("{}, {at}", licence.title));
        item.add("licence.governing-law", documented(Value::Country(country), origin));
    }
}

/// Whether the Open Source Initiative approved the licence, as the SPDX list has it. An exception makes another text of
/// it, and of a licence that is not on the list nothing is known.
pub(super) fn add_approval(operand: &Identified<'_>, item: &mut ItemDraft) {
    if operand.exception.is_some() {
        return;
    }
    let id = operand.spdx.map(|(id, _)| id).or_else(|| operand.licence().map(|licence| licence.spdx.as_str()));
    let Some((id, approved)) = id.and_then(|id| Some((id, osi_approved(id)?))) else { return };
    let origin = Origin {
        file: "SPDX".to_owned(),
        title: Some(format!("SPDX License List: {id}")),
        url: Some(format!("https://spdx.org/licenses/{id}.html")),
        publisher: Some("SPDX".to_owned()),
        ..Origin::default()
    };
    item.add("licence.osi-approved", documented(Value::Flag(approved), origin));
}

fn of(licence: &Licence) -> Origin {
    Origin {
        file: licence.file.name().to_owned(),
        title: Some(licence.title.clone()),
        url: Some(licence.text.url.clone()),
        publisher: licence.publisher.clone(),
        ..Origin::default()
    }
}

fn documented(value: Value, origin: Origin) -> Source {
    Source::declared(value, origin).at(Assurance::Documented).by(Speaker::File)
}

fn source(clause: &Clause, licence: &Licence) -> Source {
    let mut origin = of(licence);
    origin.at = Some(licence.file.position(clause.span.start));
    if let Some(at) = &clause.at {
        origin.title = Some(format!("{}, {at}", licence.title));
    }
    origin.url = clause.source.clone().or(origin.url);
    origin.how = clause
        .condition
        .clone()
        .or_else(|| clause.silent.then(|| says("조문이 이 점을 말하지 않는다", "the text is silent on this point")));
    let source = documented(Value::Flag(true), origin);
    // What was read only in somebody else's summary is hearsay until the text is read.
    if clause.second_hand { source.at(Assurance::Declared) } else { source }
}

/// Clauses that contradict each other in one text, both sides with their places.
pub(super) fn contradictions(operand: &Identified<'_>) -> Vec<Finding> {
    let Some(licence) = operand.licence() else { return Vec::new() };
    let contradictory = licence.clauses.iter().filter(|clause| clause.sides.len() > 1);
    let finding = |clause: &Clause| {
        let sides = clause.sides.iter().map(|side| {
            let mut origin = of(licence);
            origin.at = Some(licence.file.position(clause.span.start));
            origin.title = Some(format!("{}, {}: “{}”", licence.title, side.at, side.words));
            documented(Value::text(side.says), origin)
        });
        let places = clause.sides.iter().map(|side| side.at.as_str()).collect::<Vec<_>>().join(", ");
        let (title, name) = (&licence.title, vocabulary().entry(vocabulary().must(clause.name.path())).label);
        Finding {
            says: says(
                format!("{title}의 조항들이 서로 어긋난다: {}({places}). 어느 쪽으로도 정하지 않는다", name.ko),
                format!(
                    "clauses of {title} contradict each other: {} ({places}); neither is taken as decided",
                    name.en
                ),
            ),
            sources: sides.collect(),
            contradiction: true,
            code: None,
        }
    };
    contradictory.map(finding).collect()
}
