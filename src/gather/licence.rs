//! Licences as facts: what the card states and the LICENSE file says, resolved to the licences that are meant; and the
//! licences of references, which come along with what was taken over.

mod clauses;
mod join;

use std::collections::BTreeMap;

use super::card::StatedLicence;
use super::directory::Directory;
use crate::facts::{Assurance, Draft, Fact, Finding, ItemDraft, Origin, Source, Value};
use crate::licence::{LicenceStatement, Note, Resolution, TextMatch, catalogue};
use crate::text::{Diagnostics, Severity, SourceFile, clean, says};
use crate::vocabulary::vocabulary;

/// Where a text lies if nobody says where.
const FILES: [&str; 9] = [
    "LICENSE",
    "LICENSE.md",
    "LICENSE.txt",
    "LICENCE",
    "LICENCE.md",
    "LICENCE.txt",
    "License",
    "license",
    "license.txt",
];

/// How the licence of a reference is called while nobody says which it is.
const UNSTATED: &str = "unstated: ";

/// Largest licence text that is read; the longest known has 60 kB.
const MAX_BYTES: u64 = 1 << 20;

/// Adds an item for every licence that is stated or comes along, with its clauses.
pub(super) fn state(
    stated: &[StatedLicence],
    directory: &mut Directory,
    draft: &mut Draft,
    problems: &mut Diagnostics,
) {
    let mut all = merged(stated);
    all.extend(carried_along(draft));
    for statement in &all {
        let text = text_of(statement, directory, problems);
        let inherited = statement.inherited && !is_own(statement, draft);
        for id in &statement.ids {
            if id.starts_with(UNSTATED) {
                unnamed(statement, inherited, draft);
                continue;
            }
            let resolution = catalogue().resolve(&LicenceStatement {
                license: Some(id),
                license_name: statement.name.as_deref(),
                license_link: statement.link.as_deref(),
                text: text.as_ref().map(SourceFile::text),
            });
            add(statement, inherited, &resolution, text.as_ref(), draft);
        }
    }
    join::check(draft);
}

/// Statements about one part that name the same licences are one statement with several sources.
fn merged(stated: &[StatedLicence]) -> Vec<StatedLicence> {
    let mut all: Vec<StatedLicence> = Vec::new();
    for statement in stated {
        let same = |other: &&mut StatedLicence| {
            other.applies_to == statement.applies_to
                && other.inherited == statement.inherited
                && named(other) == named(statement)
        };
        match all.iter_mut().find(same) {
            Some(other) => {
                other.sources.extend(statement.sources.clone());
                other.name = other.name.take().or_else(|| statement.name.clone());
                other.link = other.link.take().or_else(|| statement.link.clone());
                other.file = other.file.take().or_else(|| statement.file.clone());
            }
            None => all.push(statement.clone()),
        }
    }
    all
}

/// What a statement names: `license_name` where the id is `other`.
fn named(statement: &StatedLicence) -> Vec<String> {
    let one = |id: &String| match (&statement.name, id.to_lowercase().as_str()) {
        (Some(name), "other" | "unknown") => name.to_lowercase(),
        (_, id) => id.to_owned(),
    };
    statement.ids.iter().map(one).collect()
}

/// What the card calls another's licence is its own after all: the maker's own design, a teacher of its own.
fn is_own(statement: &StatedLicence, draft: &Draft) -> bool {
    let claimed = |item: &ItemDraft, path: &str| {
        item.sources.get(&vocabulary().must(path)).and_then(|sources| Fact::settle(sources.clone()).claimed().cloned())
    };
    if statement.place.starts_with("architecture") {
        let kind = vocabulary().entry(vocabulary().must("architecture.rights")).kind;
        return claimed(&draft.root, "architecture.rights") == Value::word(kind, "own");
    }
    let id = statement.place.strip_suffix("/licence").and_then(|place| {
        place.strip_prefix("teachers/").or_else(|| place.split_once("/synthetic_from/").map(|(_, id)| id))
    });
    let teachers = draft.root.children.get(&vocabulary().must_collection("teacher"));
    let teacher = id.and_then(|id| teachers?.get(id));
    teacher.is_some_and(|teacher| claimed(teacher, "teacher.same-maker") == Some(Value::Flag(true)))
}

/// The licences of references that components' weights come from, unless the reference is the maker's own.
fn carried_along(draft: &Draft) -> Vec<StatedLicence> {
    let (component, link) = (vocabulary().must_collection("component"), vocabulary().must_collection("link"));
    let verdict = vocabulary().must("link.verdict");
    let derived = Value::word(vocabulary().entry(verdict).kind, "derived");
    let settled = |item: &ItemDraft, path: &str| {
        Fact::settle(item.sources.get(&vocabulary().must(path)).cloned().unwrap_or_default())
    };
    let mut found: BTreeMap<(String, bool), StatedLicence> = BTreeMap::new();
    let items = draft.root.children.get(&component).into_iter().flatten();
    for (reference, item) in items.filter_map(|(_, item)| item.children.get(&link)).flatten() {
        if settled(item, "link.verdict").claimed() != derived.as_ref() {
            continue;
        }
        let own = settled(item, "link.same-maker").claimed() == Some(&Value::Flag(true));
        let stated = settled(item, "link.licence");
        let (id, source) = match (stated.claimed(), stated.standing()) {
            (Some(Value::Text(id)), Some(source)) => (id.to_string(), source.clone()),
            _ => match known_licence(reference) {
                Some(known) => known,
                None => unstated(reference, item),
            },
        };
        let entry = found.entry((id.clone(), own)).or_insert_with(|| StatedLicence {
            applies_to: "component",
            inherited: !own,
            ids: vec![id],
            ..StatedLicence::default()
        });
        entry.sources.push(source);
    }
    found.into_values().collect()
}

/// A licence that nobody states comes along all the same.
fn unstated(reference: &str, item: &ItemDraft) -> (String, Source) {
    let stated = item.sources.get(&vocabulary().must("link.reference")).and_then(|sources| sources.first());
    let source = stated.cloned().unwrap_or_else(|| Source::declared(Value::text(reference), Origin::default()));
    (format!("{UNSTATED}{reference}"), source)
}

/// The licence that the licence data knows a model to carry.
fn known_licence(reference: &str) -> Option<(String, Source)> {
    let wanted = reference.to_lowercase();
    let name = wanted.rsplit('/').next().unwrap_or_default().to_owned();
    catalogue().licences().find_map(|licence| {
        let uses = licence.used_by.iter().find(|uses| {
            uses.models.iter().map(|model| model.to_lowercase()).any(|model| model == wanted || model == name)
        })?;
        let origin = Origin {
            file: licence.file.name().to_owned(),
            url: Some(uses.source.clone()),
            publisher: Some(uses.holder.clone()),
            ..Origin::default()
        };
        let source = Source::declared(Value::text(licence.id.as_str()), origin).at(Assurance::Documented);
        Some((licence.id.clone(), Source { from_card: false, ..source }))
    })
}

/// The text that lies beside the statement. A licence that comes along has its text only where the card says so.
fn text_of(statement: &StatedLicence, directory: &mut Directory, problems: &mut Diagnostics) -> Option<SourceFile> {
    let link = statement.link.as_deref().filter(|link| directory.has(link));
    let own = statement.applies_to == "weights" && !statement.inherited;
    let usual = FILES.into_iter().find(|name| own && directory.has(name));
    let name = statement.file.as_deref().filter(|file| directory.has(file)).or(link).or(usual)?.to_owned();
    match directory.read_up_to(&name, MAX_BYTES)? {
        Ok(file) => Some(file),
        Err(mut problem) => {
            problem.severity = Severity::Warning;
            problems.push(problem);
            None
        }
    }
}

fn add(
    statement: &StatedLicence,
    inherited: bool,
    resolution: &Resolution<'_>,
    text: Option<&SourceFile>,
    draft: &mut Draft,
) {
    for note in &resolution.notes {
        let contradiction = matches!(note, Note::NamesDisagree { .. } | Note::TextIsAnother { .. });
        draft.findings.push(Finding { says: note.says(), sources: statement.sources.clone(), contradiction });
    }
    let Some(terms) = &resolution.terms else {
        unnamed(statement, inherited, draft);
        return;
    };
    let known = known_text(resolution);
    for operand in terms.operands() {
        let licence = operand.licence();
        let id = licence.map_or_else(|| clean(&operand.written), |licence| licence.id.clone());
        let key = format!("{}/{id}", statement.applies_to);
        for source in &statement.sources {
            let item = draft.root.item("licence", &key, source);
            describe(item, &id, statement.applies_to, inherited, source);
        }
        let Some(source) = statement.sources.first() else { continue };
        let item = draft.root.item("licence", &key, source);
        if let (Some(truth), Some(text)) = (known, text) {
            let origin = Origin { file: text.name().to_owned(), ..Origin::default() };
            let source = Source::measured(Value::Flag(truth), origin);
            item.add("licence.text-known", source.clone());
            if truth {
                item.presence.push((false, Assurance::Measured));
                item.add("licence.id", Source { value: Some(Value::text(id.as_str())), ..source });
            }
        }
        clauses::add(operand, item);
        draft.findings.extend(clauses::contradictions(operand));
    }
}

/// A licence that nobody names still applies: an item of which nothing is known.
fn unnamed(statement: &StatedLicence, inherited: bool, draft: &mut Draft) {
    let key = format!("{}/{}", statement.applies_to, clean(&statement.ids.join(", ")));
    for source in &statement.sources {
        let item = draft.root.item("licence", &key, source);
        item.add_word("licence.applies-to", statement.applies_to, source);
        item.add("licence.inherited", Source { value: Some(Value::Flag(inherited)), ..source.clone() });
    }
    draft.limits.push(says(
        format!("`{key}`이(가) 어떤 라이선스인지 알 수 없다"),
        format!("which licence `{key}` is cannot be told"),
    ));
}

fn describe(item: &mut ItemDraft, id: &str, applies_to: &str, inherited: bool, source: &Source) {
    let plain = Source { against_interest: false, ..source.clone() };
    item.add("licence.id", Source { value: Some(Value::text(id)), ..plain.clone() });
    item.add_word("licence.applies-to", applies_to, &plain);
    let come = Source { value: Some(Value::Flag(inherited)), against_interest: inherited, ..plain };
    item.add("licence.inherited", come);
}

/// Whether the text is the known one; `None` where there is none, or no copy to compare with.
fn known_text(resolution: &Resolution<'_>) -> Option<bool> {
    match resolution.text.as_ref()? {
        TextMatch::Known(_) => Some(true),
        TextMatch::Differs(_) => Some(false),
        TextMatch::TitleOnly(_) => None,
        TextMatch::Unrecognised => {
            resolution.notes.iter().any(|note| matches!(note, Note::TextDiffers { .. })).then_some(false)
        }
    }
}
