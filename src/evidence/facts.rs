//! Evidence into facts: links of components with what was seen, what documents state, what assessors attest.
//!
//! | relation | what follows |
//! |---|---|
//! | shared | the link with what was seen; nothing about how the component started |
//! | no-trace | supports a claim of random initialisation and of complete links, with what was covered |
//! | undecided | no link: it stands among the limits, and bars that looking elsewhere corroborates anything |
//! | no counterpart, beside | nothing |

use super::anew::contradicted;
use super::conclude::{Asked, Undecided, conclude};
use super::context::GainsContext;
use super::decode::ReadEvidence;
use super::file::{ComponentEvidence, LinkEvidence, OLD_SCHEMA};
use super::hand::entry;
use super::origins::{Parts, cleaned, from_assessor, from_document, link_source};
use super::seen::{Explanation, ExplanationState, Explanations, Planted, Relation};
use super::stated::{stated, unattested};
use super::trails::trails;
use crate::facts::{
    Assurance, Date, Draft, Finding, ItemDraft, Origin, Source, Speaker, Value, directions, imply_no_family,
};
use crate::text::{Code, Diagnostic, Diagnostics, Lang, Says, Span, clean, model_id, says};
use crate::vocabulary::{Country, vocabulary};

/// What is kept until all files are read.
#[derive(Default)]
struct Kept {
    aside: Vec<SetAside>,
    undecided: Vec<Undecided>,
}

/// A link that does not count.
struct SetAside {
    component: String,
    reference: String,
    relation: Relation,
    source: Source,
    why: Says,
}

/// Adds what evidence files say to the draft, and returns what is wrong with them.
pub(crate) fn add(files: &[ReadEvidence], parts: &Parts<'_>, asked: &Asked<'_>, draft: &mut Draft) -> Diagnostics {
    let mut problems = Diagnostics::default();
    let mut kept = Kept::default();
    if let Some(problem) = too_many_links(files, draft) {
        return problem.into();
    }
    for read in files {
        for (at, (link, places)) in read.file.links.iter().zip(&read.links).enumerate() {
            add_link(read, (link, &entry("links", at)), places, parts, draft, &mut kept);
        }
        for (at, (fact, value)) in read.file.documented.iter().zip(&read.documented).enumerate() {
            let source = from_document(read, &fact.source, &entry("documented", at));
            stated(read, fact, value, source, asked.words, draft, &mut problems);
        }
        for (at, (fact, value)) in read.file.attested.iter().zip(&read.attested).enumerate() {
            let source = from_assessor(read, &fact.source, &entry("attested", at));
            let named = fact.source.publisher.is_some() && fact.source.date.is_some() && fact.source.record.is_some();
            if !named {
                problems.push(unattested(&read.source, value.span));
            }
            stated(read, fact, value, source, asked.words, draft, &mut problems);
        }
        draft.limits.extend(read.file.limits.iter().map(cleaned));
        if read.is_reported() {
            draft.limits.push(as_reported(read));
        }
    }
    let refused = trails(files, parts, draft);
    let mut seen = std::collections::HashSet::new();
    draft.limits.retain(|limit| seen.insert(limit.en.clone()));
    directions(draft);
    imply_no_family(&mut draft.root);
    conclude(draft, &refused, &kept.undecided, asked);
    for link in kept.aside {
        keep_aside(link, draft);
    }
    problems
}

/// Links of components that all evidence files may hold together, so that a short file cannot open millions: one
/// without places speaks of every component.
pub(crate) const MAX_LINKS: usize = 20_000;

fn too_many_links(files: &[ReadEvidence], draft: &Draft) -> Option<Diagnostic> {
    let items = draft.root.children.get(&vocabulary().must_collection("component"));
    let known = items.map_or(1, |items| items.len().max(1));
    let mut sum = 0;
    for read in files {
        let of = |link: &LinkEvidence| if link.components.is_empty() { known } else { link.components.len() };
        sum += read.file.links.iter().map(of).sum::<usize>();
        if sum > MAX_LINKS {
            let message = says(
                format!("증거의 계보 관계가 구성요소마다 세어 모두 {MAX_LINKS}개를 넘는다"),
                format!("the evidence holds more than {MAX_LINKS} links, counted for each component"),
            );
            let help = says("관계있는 대조 모델만 남긴다", "leave only the references that matter");
            let problem = Diagnostic::error(Code::TooLarge, &read.source, Span::default(), message);
            return Some(problem.help(help));
        }
    }
    None
}

fn add_link(
    read: &ReadEvidence,
    (link, entry): (&LinkEvidence, &str),
    (place, places): &(Span, Vec<Span>),
    parts: &Parts<'_>,
    draft: &mut Draft,
    kept: &mut Kept,
) {
    draft.limits.extend(link.limits.iter().map(cleaned));
    if let Some(gains) =
        link.context.as_ref().and_then(|context| context.gains.as_ref()).filter(|it| !it.layers.is_empty())
    {
        let document = link.source.clone().unwrap_or_default();
        let source = from_document(read, &document, entry);
        draft.findings.push(Finding {
            says: told_of_gains(link, gains),
            sources: vec![source],
            contradiction: false,
            code: None,
        });
    }
    let reference = model_id(&link.reference.id);
    draft.limits.extend(link.not_compared.iter().map(|what| {
        let what = cleaned(what);
        says(
            format!("{reference}와(과) 견주지 않은 것: {}", what.ko),
            format!("not compared with {reference}: {}", what.en),
        )
    }));
    if link.components.is_empty() {
        let whole = ComponentEvidence {
            id: String::new(),
            relation: link.relation,
            changes: link.changes.clone(),
            share: link.share,
            ..ComponentEvidence::default()
        };
        for id in of_the_whole(link.relation, parts, draft) {
            add_component(read, link, &whole, &id, (*place, entry), parts, draft, kept);
        }
        return;
    }
    let text = link.components.iter().find(|component| component.id == "text").map(|component| component.relation);
    for (component, place) in link.components.iter().zip(places) {
        let known = (parts.id_of)(&component.id);
        let belongs_to_text = known.is_none() && matches!(component.id.as_str(), "embedding" | "head");
        // The card's text backbone includes its embedding and head unless they are listed: the same verdict says no
        // more of them, and only reuse makes of them something to be told apart.
        if belongs_to_text && (text == Some(component.relation) || component.relation != Relation::Shared) {
            if component.relation == Relation::Undecided && text == Some(Relation::NoTrace) {
                let id = (parts.id_of)("text").unwrap_or_else(|| "text".to_owned());
                undecided(read, link, component, &id, draft, kept);
            }
            continue;
        }
        let id = known.unwrap_or_else(|| clean(&component.id));
        add_component(read, link, component, &id, (*place, entry), parts, draft, kept);
    }
}

/// The components that a relation without places speaks of: all that are known; of shared weights, the text backbone,
/// since nothing says that the others are shared as well.
fn of_the_whole(relation: Relation, parts: &Parts<'_>, draft: &Draft) -> Vec<String> {
    let items = draft.root.children.get(&vocabulary().must_collection("component"));
    let known: Vec<String> = items.into_iter().flatten().map(|(id, _)| id.clone()).collect();
    let text = (parts.id_of)("text").unwrap_or_else(|| "text".to_owned());
    match (relation, known.as_slice()) {
        (_, [only]) => vec![only.clone()],
        (Relation::Shared, _) | (_, []) => vec![text],
        _ => known,
    }
}

#[expect(clippy::too_many_arguments, reason = "one component of one link of one file, and where it goes")]
fn add_component(
    read: &ReadEvidence,
    link: &LinkEvidence,
    component: &ComponentEvidence,
    id: &str,
    (place, entry): (Span, &str),
    parts: &Parts<'_>,
    draft: &mut Draft,
    kept: &mut Kept,
) {
    let reference = model_id(&link.reference.id);
    match component.relation {
        Relation::NoCounterpart | Relation::Beside => return,
        Relation::Undecided => return undecided(read, link, component, id, draft, kept),
        // While a weights file was not read, nothing is without a trace.
        Relation::NoTrace if link.source.is_none() && !read.unread.is_empty() => {
            draft.limits.push(not_all_read(read, &reference, id));
            return undecided(read, link, component, id, draft, kept);
        }
        Relation::Shared | Relation::NoTrace => {}
    }
    let source = link_source(read, link, component, (place, entry), parts);
    if let Some(why) = contradicted(read, link, component) {
        kept.aside.push(SetAside { component: id.to_owned(), reference, relation: component.relation, source, why });
        return;
    }
    if let Some(says) = told(link, component, id, &reference, &source) {
        draft.findings.push(Finding { says, sources: vec![source.clone()], contradiction: false, code: None });
    }
    let item = draft.root.item("component", id, &source);
    describe_component(component, &source, parts, item);
    let share = component.share.or(link.share.filter(|_| link.components.len() <= 1));
    let entry = item.item("link", &reference, &source);
    let like = |value: Value| Source { value: Some(value), ..source.clone() };
    entry.add("link.reference", like(Value::text(reference.as_str())));
    entry.add_word("link.relation", component.relation.word(), &source);
    let kinds = if component.changes.is_empty() { &link.changes } else { &component.changes };
    if let Some(value) = words("link.changes", kinds.iter().map(|kind| kind.word())) {
        entry.add("link.changes", like(value));
    }
    if component.relation == Relation::Shared {
        if let Some(share) = share {
            entry.add("link.share", like(Value::Number(share * 100.0)));
        }
        if !component.layers.is_empty() {
            entry.add("link.layers", like(Value::Number(component.layers.len() as f64)));
        }
        explained(component.explanations.as_ref().or(link.explanations.as_ref()), &source, entry);
    }
    if let Some(coverage) = component.coverage.or(link.coverage.filter(|_| link.components.len() <= 1)) {
        entry.add("link.coverage", like(Value::Number(coverage * 100.0)));
    }
    let covered = component.looked_for.iter().filter(|class| class.planted != Planted::Missed);
    if let Some(value) = words("link.looked-for", covered.map(|class| class.change.word())) {
        entry.add("link.looked-for", like(value));
    }
    describe_reference(link, &like, entry);
}

/// What explains that numbers are shared: whether trained weights are, and which way they went. The first may be
/// measured; the second is somebody's word.
fn explained(explanations: Option<&Explanations>, source: &Source, entry: &mut ItemDraft) {
    let open = Explanations::default();
    let explanations = explanations.unwrap_or(&open);
    let said = |explanation: &Explanation| {
        let because = explanation.because.as_ref().map(cleaned);
        let assurance = if source.origin.title.is_some() { source.assurance } else { Assurance::Declared };
        let origin = Origin { how: because.or_else(|| source.origin.how.clone()), ..source.origin.clone() };
        word_of(&Source { origin, ..source.clone() }).at(assurance.min(Assurance::Documented))
    };
    let ways = [
        ("from-reference", &explanations.from_reference),
        ("to-reference", &explanations.to_reference),
        ("common-source", &explanations.common_source),
    ];
    let trained = |truth: bool, like: Source| Source { value: Some(Value::Flag(truth)), ..like };
    for (word, explanation) in ways.into_iter().filter(|(_, it)| it.state == ExplanationState::Stated) {
        let by = said(explanation);
        entry.add_word("link.direction", word, &by);
        entry.add("link.trained-weights-shared", trained(true, by));
    }
    let start = &explanations.common_start;
    entry.add(
        "link.trained-weights-shared",
        match start.state {
            ExplanationState::Stated => trained(false, said(start)),
            ExplanationState::Excluded => trained(true, source.clone()),
            ExplanationState::Open => source.clone().leaving_open(says(
                "두 파일만으로는 학습된 가중치를 공유하는지 같은 무작위 출발점만 공유하는지 가려지지 않는다",
                "two files do not tell whether trained weights are shared or only the same random start",
            )),
        },
    );
}

/// A look that decided nothing adds no link. It is told among the limits, and what was measured bars corroboration.
fn undecided(
    read: &ReadEvidence,
    link: &LinkEvidence,
    component: &ComponentEvidence,
    id: &str,
    draft: &mut Draft,
    kept: &mut Kept,
) {
    let reference = model_id(&link.reference.id);
    let notes: Vec<Says> = component.notes.iter().map(cleaned).collect();
    let noted = |lang: Lang| notes.iter().map(|note| format!(". {}", note.get(lang))).collect::<String>();
    let by = link.source.as_ref().map(|document| clean(&document.title));
    let (by_ko, by_en) = by.map_or_else(Default::default, |title| (format!(" (“{title}”)"), format!(" (“{title}”)")));
    let said = says(
        format!(
            "`{id}`의 가중치를 `{reference}`와(과) 공유하는지 판단하지 못했다{by_ko}. 아무것도 받치지 않고 부정하지도 않는다{}",
            noted(Lang::Ko)
        ),
        format!(
            "whether `{id}` shares its weights with `{reference}` was not decided{by_en}; this supports and \
            contradicts nothing{}",
            noted(Lang::En)
        ),
    );
    draft.limits.push(said);
    if link.source.is_none() && !read.is_reported() {
        kept.undecided.push(Undecided { component: id.to_owned(), reference });
    }
}

/// A file of the format before.
fn as_reported(read: &ReadEvidence) -> Says {
    let name = clean(read.source.name());
    says(
        format!(
            "`{name}`은(는) 예전 형식(`{OLD_SCHEMA}`)이어서 남의 보고로 읽었다. 관계가 있다는 말은 가중치를 공유한다는 말로만, 없다는 말은 판단하지 못한 것으로 친다. 다시 \
            측정하면 지금의 형식이 된다"
        ),
        format!(
            "`{name}` is of the format before (`{OLD_SCHEMA}`) and was read as reported: a relation counts as shared \
            weights with everything open, its absence as not decided. Measuring again gives the present format"
        ),
    )
}

/// A part that evidence shows is there, with its role where the card is silent.
fn describe_component(component: &ComponentEvidence, source: &Source, parts: &Parts<'_>, item: &mut ItemDraft) {
    let role = vocabulary().must("component.role");
    if !component.id.is_empty() && !item.sources.contains_key(&role) {
        item.add_word("component.role", (parts.role_of)(&component.id), source);
    }
    if source.assurance >= Assurance::Corroborated {
        let here = Source { value: Some(Value::Flag(true)), assurance: Assurance::Measured, ..source.clone() };
        item.add("component.weight-bearing", here);
    }
}

/// What is said beside a measurement is somebody's word: of this run it is no finding.
fn word_of(source: &Source) -> Source {
    match source.speaker {
        Speaker::Run => source.clone().by(Speaker::Report).at(Assurance::Declared),
        _ => source.clone(),
    }
}

/// What the file knows of the reference's holder: the writer's word, not a measurement.
fn describe_reference(link: &LinkEvidence, like: &dyn Fn(Value) -> Source, entry: &mut ItemDraft) {
    let said = |value: Value| {
        let source = word_of(&like(value));
        let assurance = source.assurance.min(Assurance::Documented);
        source.at(assurance)
    };
    if let Some(same) = link.reference.same_maker {
        entry.add("link.same-maker", said(Value::Flag(same)));
    }
    if let Some(holder) = &link.reference.holder {
        entry.add("link.holder", said(Value::text(clean(holder))));
    }
    if let Some(country) = link.reference.jurisdiction.as_deref().and_then(Country::parse) {
        entry.add("link.jurisdiction", said(Value::Country(country)));
    }
    if let Some(licence) = &link.reference.licence {
        entry.add("link.licence", said(Value::text(clean(licence))));
    }
    if let Some(day) = link.reference.released.as_deref().and_then(Date::parse) {
        entry.add("link.reference-released", said(Value::Date(day)));
    }
}

/// Norm gains that were published layer by layer: the wrong answer, and the right one beside it.
fn told_of_gains(link: &LinkEvidence, gains: &GainsContext) -> Says {
    let reference = model_id(&link.reference.id);
    let (count, raw, centred) = (gains.layers.len(), gains.raw_cosine, gains.centred);
    let largest = gains.layers.iter().map(|layer| layer.centred.abs()).fold(0.0, f64::max);
    says(
        format!(
            "`{reference}`와 견준 정규화 계수 벡터 {count}쌍의 원시 코사인은 평균 {raw:.3}이며 출처에 관해서는 아무것도 말해 주지 않는다. 계수는 대개 1에서 출발해 양수로 남아 \
            관계없는 모델끼리도 높은 층이 많다. 평균을 빼면 {centred:.4}이고 어느 쌍도 {largest:.3}을 넘지 않는다. 관계가 드러나지 않는다"
        ),
        format!(
            "{count} pairs of norm gains compared with `{reference}` have a mean raw cosine of {raw:.3}, which says \
            nothing of where they come from: gains mostly start at one and stay positive, so it is high in many layers \
            of unrelated models. With the means taken off it is {centred:.4}, and no pair is beyond {largest:.3}: no link shows"
        ),
    )
}

/// What a measurement without a trace is worth, in words; shared weights speak through the facts of their link.
fn told(
    link: &LinkEvidence,
    component: &ComponentEvidence,
    id: &str,
    reference: &str,
    source: &Source,
) -> Option<Says> {
    if link.source.is_some() {
        return None;
    }
    let how = source.origin.how.clone().unwrap_or_default();
    Some(match component.relation {
        Relation::NoTrace => says(
            format!("`{id}`의 가중치에서 `{reference}`의 흔적을 찾지 못했다. {}", how.ko),
            format!("no trace of `{reference}` in the weights of `{id}`: {}", how.en),
        ),
        Relation::Shared | Relation::Undecided | Relation::NoCounterpart | Relation::Beside => return None,
    })
}

/// A weights file that nobody looked into may hold what was looked for.
fn not_all_read(read: &ReadEvidence, reference: &str, id: &str) -> Says {
    let names = read.unread.iter().take(4).map(|name| format!("`{}`", clean(name))).collect::<Vec<_>>().join(", ");
    let first = read.unread.first().map(|name| clean(name)).unwrap_or_default();
    says(
        format!(
            "읽지 않은 가중치 파일({names})이 있어 `{id}`에 `{reference}`의 흔적이 없다고 하지 않는다. 살피지 않아도 되는 파일이면 `--pass-over {first}`로 밝힌다"
        ),
        format!(
            "weights files were not read ({names}), so it is not said that `{id}` has no trace of `{reference}`; if one \
            need not be looked into, say so with `--pass-over {first}`"
        ),
    )
}

/// Words of a fact as a set.
pub(super) fn words<'w>(path: &str, ids: impl Iterator<Item = &'w str>) -> Option<Value> {
    let kind = vocabulary().entry(vocabulary().must(path)).kind;
    let mut set = crate::facts::WordSet::default();
    for id in ids {
        if let Some(Value::Words(one)) = Value::word(kind, id) {
            set.0 |= one.0;
        }
    }
    (set.0 != 0).then_some(Value::Words(set))
}

/// A link that does not count is told, and stands on the facts of the link if others speak of it; alone it opens none.
fn keep_aside(link: SetAside, draft: &mut Draft) {
    let source = Source { set_aside: Some(link.why.clone()), ..link.source };
    let collections = (vocabulary().must_collection("component"), vocabulary().must_collection("link"));
    let entry = draft
        .root
        .children
        .get_mut(&collections.0)
        .and_then(|items| items.get_mut(&link.component))
        .and_then(|item| item.children.get_mut(&collections.1))
        .and_then(|links| links.get_mut(&link.reference));
    if let Some(entry) = entry {
        entry.add_word("link.relation", link.relation.word(), &source);
        return;
    }
    let (component, reference) = (&link.component, &link.reference);
    let kind = vocabulary().entry(vocabulary().must("link.relation")).kind;
    let word = kind.words().iter().find(|word| word.id == link.relation.word());
    let (ko, en) = word.map_or((link.relation.word(), link.relation.word()), |word| (word.says.ko, word.says.en));
    draft.findings.push(Finding {
        says: says(
            format!("구성요소 `{component}`와 `{reference}`: {ko}"),
            format!("component `{component}` and `{reference}`: {en}"),
        ),
        sources: vec![source],
        contradiction: false,
        code: None,
    });
}
