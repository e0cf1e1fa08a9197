//! Where what a link says comes from: its source with its assurance, and how it was found, in words.

use super::decode::ReadEvidence;
use super::families::family_name;
use super::file::{ComponentEvidence, Document, LinkEvidence, Words};
use super::hand::Bound;
use super::seen::Relation;
use crate::facts::{Assurance, Date, Origin, Source, Speaker, Value};
use crate::text::{Lang, Says, Span, clean, says};

/// What evidence needs to know of the model beside the draft.
pub(crate) struct Parts<'a> {
    /// The id of the component of a kind (`text`, `vision`, ...), where the model has one.
    pub id_of: &'a dyn Fn(&str) -> Option<String>,
    /// The role of a kind, as the vocabulary has it.
    pub role_of: fn(&str) -> &'static str,
}

/// The source of a link. With a document it is what somebody published. Without one it was measured: in this run, or by
/// others, which counts for more than a word only if the one who grades vouches for it and every weights file is named
/// by its digest.
pub(super) fn link_source(
    read: &ReadEvidence,
    link: &LinkEvidence,
    component: &ComponentEvidence,
    (place, entry): (Span, &str),
    parts: &Parts<'_>,
) -> Source {
    if let Some(document) = &link.source {
        let mut source = from_document(read, document, entry);
        source.origin.at = read.position(place);
        return source;
    }
    let kind = match component.relation {
        // The format before says less than it seems, and counts as a document at most.
        _ if read.is_reported() => Assurance::Documented,
        Relation::NoTrace => Assurance::Corroborated,
        _ => Assurance::Measured,
    };
    let (speaker, assurance) = match read.hand.speaker(entry) {
        Speaker::Vouched if read.bound == Bound::All => (Speaker::Vouched, kind),
        Speaker::Run => (Speaker::Run, kind),
        _ => (Speaker::Report, Assurance::Declared),
    };
    let origin = Origin {
        file: read.source.name().to_owned(),
        at: read.position(place),
        how: Some(how(link, component, parts)),
        ..Origin::default()
    };
    Source::declared(Value::Flag(true), origin).at(assurance).by(speaker)
}

/// What a document states: documented if it has a title and an address, else somebody's word. A vouch says that the one
/// who grades has opened it.
pub(super) fn from_document(read: &ReadEvidence, document: &Document, entry: &str) -> Source {
    let assurance = if document.is_usable() { Assurance::Documented } else { Assurance::Declared };
    let speaker = match read.hand.speaker(entry) {
        Speaker::Vouched if assurance > Assurance::Declared => Speaker::Vouched,
        _ => Speaker::Report,
    };
    let record = document.record.as_deref();
    let origin = Origin {
        file: read.source.name().to_owned(),
        at: None,
        title: Some(match record {
            Some(record) => format!("{} ({record})", document.title),
            None => document.title.clone(),
        }),
        url: document.url.clone(),
        publisher: document.publisher.clone(),
        how: None,
    };
    let date = document.date.as_deref().and_then(Date::parse);
    Source { date, ..Source::declared(Value::Flag(true), origin).at(assurance).by(speaker) }
}

/// What an assessor attests: audited if it is vouched for and bound to the weights that lie here, else what its
/// document is worth.
pub(super) fn from_assessor(read: &ReadEvidence, document: &Document, entry: &str) -> Source {
    let source = from_document(read, document, entry);
    let named = document.publisher.is_some() && document.date.is_some() && document.record.is_some();
    let counts = match read.hand.speaker(entry) {
        Speaker::Run => true,
        Speaker::Vouched => named && read.bound == Bound::All,
        _ => false,
    };
    if !counts {
        return source;
    }
    let speaker = read.hand.speaker(entry);
    source.at(Assurance::Audited).by(speaker)
}

fn how(link: &LinkEvidence, component: &ComponentEvidence, parts: &Parts<'_>) -> Says {
    // Effect sizes say how much; whether, is said by the tests that have a chance law, where there are any.
    let lawful = component.tests.iter().any(|test| test.log10_p.is_some());
    let families: Vec<Says> = component
        .tests
        .iter()
        .filter(|test| test.skipped.is_none() && (!lawful || test.log10_p.is_some()))
        .map(|test| family_name(&clean(&test.family)))
        .collect();
    let listed = |lang: Lang| families.iter().map(|name| name.get(lang)).collect::<Vec<_>>().join(", ");
    let (ko, en) = (listed(Lang::Ko), listed(Lang::En));
    if component.relation == Relation::NoTrace {
        let (reach_ko, reach_en) = reach(component);
        let covered = coverage(link, component, parts);
        return says(
            format!("검정({ko})에서 공유를 찾지 못했다{}{reach_ko}", covered.ko),
            format!("tests ({en}) found nothing shared{}{reach_en}", covered.en),
        );
    }
    let notes: Vec<Says> = component.notes.iter().map(cleaned).collect();
    let noted = |lang: Lang| notes.iter().map(|note| format!(". {}", note.get(lang))).collect::<String>();
    says(format!("검정: {ko}{}", noted(Lang::Ko)), format!("tests: {en}{}", noted(Lang::En)))
}

/// How much of a component the look covers: a text backbone holds its embedding and head unless they are listed for
/// themselves, and about these the same look may decide nothing.
fn coverage(link: &LinkEvidence, component: &ComponentEvidence, parts: &Parts<'_>) -> Says {
    let within = |other: &&ComponentEvidence| {
        other.id == component.id
            || component.id == "text"
                && matches!(other.id.as_str(), "embedding" | "head")
                && (parts.id_of)(&other.id).is_none()
    };
    let counted = |only: &dyn Fn(&ComponentEvidence) -> bool| -> f64 {
        let inside = link.components.iter().filter(within).filter(|other| only(other));
        inside.map(|other| other.parameters.unwrap_or(0) as f64).sum()
    };
    let open: Vec<&str> = link
        .components
        .iter()
        .filter(within)
        .filter(|other| other.relation != Relation::NoTrace)
        .map(|other| other.id.as_str())
        .collect();
    let (all, decided) = (counted(&|_| true), counted(&|other| other.relation == Relation::NoTrace));
    if open.is_empty() || all <= 0.0 {
        return Says::default();
    }
    let (open, percent) = (open.join(", "), 100.0 * decided / all);
    says(
        format!(". 파라미터의 {percent:.1} %를 살핀 것이며 {open}에 대해서는 판단하지 못했다"),
        format!(". This covers {percent:.1} % of the parameters and decides nothing about {open}"),
    )
}

/// What a look without a finding would have found.
fn reach(component: &ComponentEvidence) -> (String, String) {
    let weakest = component.looked_for.iter().filter_map(|class| class.least_correlation).max_by(f64::total_cmp);
    match weakest {
        Some(rho) => (
            format!(". 상관 {rho:.3} 이상으로 공유했다면 찾았을 것이다"),
            format!(". Sharing with a correlation of {rho:.3} or more would have been found"),
        ),
        None => (String::new(), String::new()),
    }
}

/// The evidence's own sentence in the reader's language, or, where whoever made it wrote one text only, as a quotation.
pub(super) fn cleaned(words: &Words) -> Says {
    let (ko, en) = (words.get(Lang::Ko), words.get(Lang::En));
    let quoted =
        |text: &str| says(format!("증거 파일의 말: “{text}”"), format!("in the evidence's own words: “{text}”"));
    match (ko, en) {
        (ko, "") => quoted(ko),
        ("", en) => quoted(en),
        (ko, en) if ko == en => quoted(en),
        _ => says(ko, en),
    }
}
