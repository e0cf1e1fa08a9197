//! Licences as facts: what the card states and the LICENSE file says, resolved to the licences that are meant; and the
//! licences of references, which come along with what was taken over; and what looks like terms and was not read.

mod choice;
mod clauses;
mod files;
mod join;

use std::collections::{BTreeMap, BTreeSet};

use self::choice::Offers;
use super::card::StatedLicence;
use super::directory::Directory;
use crate::facts::{Assurance, Draft, Fact, Finding, ItemDraft, Origin, Source, Speaker, Value};
use crate::licence::{How, Identified, LicenceStatement, Note, Resolution, TextMatch, catalogue};
use crate::text::{Diagnostics, Says, Severity, SourceFile, clean, says};
use crate::vocabulary::vocabulary;

/// How the licence of a reference is called while nobody says which it is.
const UNSTATED: &str = "unstated: ";

/// Largest licence text that is read; the longest known has 60 kB.
const MAX_BYTES: u64 = 1 << 20;

/// Adds an item for every licence that is stated or comes along, with its clauses. `access` are the keys of the card by
/// which the Hub asks for consent before it gives access, `names` what the model and its maker are called.
pub(super) fn state(
    stated: &[StatedLicence],
    access: &[String],
    names: &[String],
    directory: &mut Directory,
    draft: &mut Draft,
    problems: &mut Diagnostics,
) {
    let mut all = merged(stated);
    all.extend(carried_along(draft));
    let mut offers = Offers::default();
    let (mut weighed, mut known) = (BTreeSet::new(), BTreeSet::new());
    for statement in &all {
        pointed_at(statement, directory, draft);
        let text = text_of(statement, directory, problems);
        weighed.extend(text.as_ref().map(|text| text.name().to_owned()));
        let inherited = statement.inherited && !is_own(statement, draft);
        for id in &statement.ids {
            if id.starts_with(UNSTATED) {
                unnamed(statement, inherited, &mut offers, draft);
                continue;
            }
            let resolution = catalogue().resolve(&LicenceStatement {
                license: Some(id),
                license_name: statement.name.as_deref(),
                license_link: statement.link.as_deref(),
                text: text.as_ref().map(SourceFile::text),
                names,
            });
            let operands = resolution.terms.iter().flat_map(crate::licence::Terms::operands);
            known.extend(operands.flat_map(|operand| &operand.candidates).map(|licence| licence.id.clone()));
            add(statement, inherited, &resolution, text.as_ref(), &mut offers, draft);
        }
    }
    offers.mark(draft);
    join::check(draft);
    files::limits(&weighed, &known, names, directory, draft);
    files::access(access, draft);
}

/// Says of a file that a statement points at that it is not there.
fn pointed_at(statement: &StatedLicence, directory: &Directory, draft: &mut Draft) {
    let link = statement.link.as_deref().filter(|link| !link.contains("://"));
    for name in statement.file.as_deref().into_iter().chain(link) {
        if !directory.has(name) && directory.folder.names().next().is_some() {
            files::missing(&clean(name), draft);
        }
    }
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

/// The licences of references whose weights were taken over, unless the reference is the maker's own. One that merely
/// shares its weights, or took them from here, hands no licence on.
fn carried_along(draft: &Draft) -> Vec<StatedLicence> {
    let (component, link) = (vocabulary().must_collection("component"), vocabulary().must_collection("link"));
    let word = |path: &str, word: &str| Value::word(vocabulary().entry(vocabulary().must(path)).kind, word);
    let (shared, taken) = (word("link.relation", "shared"), word("link.direction", "from-reference"));
    let settled = |item: &ItemDraft, path: &str| {
        Fact::settle(item.sources.get(&vocabulary().must(path)).cloned().unwrap_or_default())
    };
    let mut found: BTreeMap<(String, bool), StatedLicence> = BTreeMap::new();
    let items = draft.root.children.get(&component).into_iter().flatten();
    for (reference, item) in items.filter_map(|(_, item)| item.children.get(&link)).flatten() {
        let stands = |path: &str, value: &Option<Value>| settled(item, path).claimed() == value.as_ref();
        if !stands("link.relation", &shared) || !stands("link.direction", &taken) {
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
    let licence = catalogue().carried_by(reference)?;
    let wanted = reference.to_lowercase();
    let name = wanted.rsplit('/').next().unwrap_or_default();
    let is_it = |model: &String| model.to_lowercase() == wanted || model.to_lowercase() == name;
    let uses = licence.used_by.iter().find(|uses| uses.models.iter().any(is_it))?;
    let origin = Origin {
        file: licence.file.name().to_owned(),
        url: Some(uses.source.clone()),
        publisher: Some(uses.holder.clone()),
        ..Origin::default()
    };
    let source = Source::declared(Value::text(licence.id.as_str()), origin).at(Assurance::Documented);
    Some((licence.id.clone(), source.by(Speaker::File)))
}

/// The text that lies beside the statement. A licence that comes along has its text only where the card says so.
fn text_of(statement: &StatedLicence, directory: &mut Directory, problems: &mut Diagnostics) -> Option<SourceFile> {
    let link = statement.link.as_deref().filter(|link| directory.has(link));
    let own = statement.applies_to == "weights" && !statement.inherited;
    let stated = statement.file.as_deref().filter(|file| directory.has(file)).or(link).map(str::to_owned);
    let name = stated.or_else(|| files::text_for_weights(directory).filter(|_| own))?;
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
    offers: &mut Offers,
    draft: &mut Draft,
) {
    for note in &resolution.notes {
        let says = note.says(text.map(SourceFile::name));
        draft.findings.push(Finding {
            says,
            sources: statement.sources.clone(),
            contradiction: note.contradicts(),
            code: None,
        });
    }
    let Some(terms) = &resolution.terms else {
        unnamed(statement, inherited, offers, draft);
        return;
    };
    let known = known_text(resolution);
    let operands = terms.operands();
    let ids: Vec<String> = operands.iter().map(|operand| id_of(operand)).collect();
    let keys: Vec<String> = ids.iter().map(|id| format!("{}/{id}", statement.applies_to)).collect();
    let (sets, weighed) = choice::alternatives(terms, &keys);
    if !weighed {
        choice::too_many(draft);
    }
    for ((operand, id), key) in operands.into_iter().zip(&ids).zip(&keys) {
        if !sets.iter().any(|set| set.contains(key)) {
            continue;
        }
        let named_in_file = text.filter(|_| operand.how == How::Notice).map(|text| vec![named_in(text, id)]);
        let sources = named_in_file.as_ref().unwrap_or(&statement.sources);
        for source in sources {
            let item = draft.root.item("licence", key, source);
            item.called = Some(called(id, statement.applies_to));
            describe(item, id, statement.applies_to, inherited, source);
        }
        let Some(source) = sources.first() else { continue };
        let item = draft.root.item("licence", key, source);
        // Of several operands the text is that of one.
        let known = known.filter(|is_known| !is_known || operand.how == How::Digest);
        if let (Some(truth), Some(text)) = (known, text) {
            let origin = Origin { file: text.name().to_owned(), ..Origin::default() };
            let source = Source::measured(Value::Flag(truth), origin);
            item.add("licence.text-known", source.clone());
            if truth {
                item.presence.push((Speaker::File, Assurance::Measured));
                item.add("licence.id", Source { value: Some(Value::text(id.as_str())), ..source });
            }
        }
        clauses::add(operand, item);
        clauses::add_approval(operand, item);
        draft.findings.extend(clauses::contradictions(operand));
    }
    offers.add(sets);
}

/// A notice is the maker's word, in the file that holds it.
fn named_in(text: &SourceFile, id: &str) -> Source {
    Source::declared(Value::text(id), Origin { file: text.name().to_owned(), ..Origin::default() })
}

/// What an operand is called by its facts: the id of the catalogue, and the exception with it.
fn id_of(operand: &Identified<'_>) -> String {
    // Ids of the SPDX list are compared in small letters, as the Hub writes them.
    let listed = || operand.spdx.map_or_else(|| clean(&operand.written), |(id, _)| id.to_lowercase());
    let id = operand.licence().map_or_else(listed, |licence| licence.id.clone());
    operand.exception.as_ref().map_or_else(|| id.clone(), |exception| format!("{id} WITH {}", clean(exception)))
}

/// What sentences call a licence of a part.
fn called(id: &str, applies_to: &str) -> Says {
    let kind = vocabulary().entry(vocabulary().must("licence.applies-to")).kind;
    let part = kind.words().iter().find(|word| word.id == applies_to).map(|word| word.says);
    let (ko, en) = part.map_or((applies_to, applies_to), |part| (part.ko, part.en));
    says(format!("{ko}의 라이선스 `{id}`"), format!("licence `{id}` of {en}"))
}

/// A licence that nobody names still applies: an item of which nothing is known.
fn unnamed(statement: &StatedLicence, inherited: bool, offers: &mut Offers, draft: &mut Draft) {
    let written = clean(&statement.ids.join(", "));
    let key = format!("{}/{written}", statement.applies_to);
    let (name, limit) = match written.strip_prefix(UNSTATED) {
        Some(reference) => (
            says(
                format!("`{reference}`의 라이선스(밝히지 않음)"),
                format!("the licence of `{reference}` (not stated)"),
            ),
            says(
                format!("`{reference}`의 라이선스를 아무도 밝히지 않았다"),
                format!("nobody states the licence of `{reference}`"),
            ),
        ),
        None => {
            let name = called(&written, statement.applies_to);
            let limit = says(
                format!("{}이(가) 무엇인지 알 수 없다", name.ko),
                format!("which licence the {} is cannot be told", name.en),
            );
            (name, limit)
        }
    };
    for source in &statement.sources {
        let item = draft.root.item("licence", &key, source);
        item.called = Some(name.clone());
        item.add_word("licence.applies-to", statement.applies_to, source);
        item.add("licence.inherited", Source { value: Some(Value::Flag(inherited)), ..source.clone() });
    }
    offers.fix(&key);
    draft.limits.push(limit);
}

fn describe(item: &mut ItemDraft, id: &str, applies_to: &str, inherited: bool, source: &Source) {
    item.add("licence.id", Source { value: Some(Value::text(id)), ..source.clone() });
    item.add_word("licence.applies-to", applies_to, source);
    item.add("licence.inherited", Source { value: Some(Value::Flag(inherited)), ..source.clone() });
}

/// Whether the text is the known one; `None` where there is none, or no copy to compare with.
fn known_text(resolution: &Resolution<'_>) -> Option<bool> {
    match resolution.text.as_ref()? {
        TextMatch::Known(_) => Some(true),
        TextMatch::Differs(_) => Some(false),
        TextMatch::TitleOnly(_) | TextMatch::Notice(_) => None,
        TextMatch::Unrecognised => {
            resolution.notes.iter().any(|note| matches!(note, Note::TextDiffers { .. })).then_some(false)
        }
    }
}
