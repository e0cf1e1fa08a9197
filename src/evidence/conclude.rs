//! What links without a trace mean for the claims of a component. What a component started from is concluded by the
//! terms of a ruleset and written nowhere: weights show that numbers are shared, not which way they went.

use super::seen::Relation;
use crate::facts::{
    Assurance, Compared, Comparison, Date, Draft, Fact, Family, ItemDraft, NO_FAMILY, Source, Speaker, Value,
};
use crate::text::says;
use crate::vocabulary::{OwnFacts, vocabulary};

/// A measurement that decided nothing: it bars that looking elsewhere corroborates anything.
pub(super) struct Undecided {
    /// The component.
    pub component: String,
    /// The reference.
    pub reference: String,
}

/// Supports, for each component, what its links without a trace support. The start of a `refused` one was put to the
/// test and did not stand: nothing supports it then. Nor does anything where a measurement was `undecided` and no other
/// one settled it.
pub(super) fn conclude(draft: &mut Draft, refused: &[String], undecided: &[Undecided], asked: &Asked<'_>) {
    let component = vocabulary().must_collection("component");
    let day = asked.day(&draft.root);
    let mut barred = Vec::new();
    for (id, item) in draft.root.children.entry(component).or_default() {
        let standing = standing(item);
        let compared = compared(id, item, &standing, asked, day);
        let all = compared.is_complete();
        if !compared.families.is_empty() {
            draft.about.comparisons.push(compared);
        }
        left_open(item, &standing);
        if !standing.iter().any(Standing::supports) {
            continue;
        }
        let open = undecided.iter().find(|it| {
            it.component == *id && !standing.iter().any(|link| link.reference == it.reference && link.supports())
        });
        if let Some(open) = open {
            barred.push(says(
                format!(
                    "구성요소 `{id}`: `{}`와(과)의 관계를 판단하지 못했으므로 다른 모델의 흔적이 없다는 것만으로 뒷받침하지 않는다",
                    open.reference
                ),
                format!(
                    "component `{id}`: no trace of other models supports nothing while its relation to `{}` is not \
                    decided",
                    open.reference
                ),
            ));
            continue;
        }
        support(item, "component.links-complete", &Value::Flag(true), &standing);
        if all {
            support(item, NO_FAMILY, &Value::Flag(true), &standing);
        }
        let kind = vocabulary().entry(vocabulary().must("component.initialisation")).kind;
        let clean = standing.iter().all(|link| link.relation != Relation::Shared || link.later) && !disputed(item);
        if let Some(random) = Value::word(kind, "random-init").filter(|_| clean && !refused.contains(id)) {
            support(item, "component.initialisation", &random, &standing);
        }
    }
    draft.limits.extend(barred);
}

/// What a ruleset asks of comparisons, and what the one who grades knows.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Asked<'a> {
    /// The families of reference models.
    pub families: &'a [Family],
    /// What the model is called, if the one who grades says so: its own family need not be compared.
    pub own: Option<&'a str>,
    /// The day as of which is graded, where it was given.
    pub as_of: Option<Date>,
    /// The facts that the ruleset brings along.
    pub words: &'a OwnFacts,
}

impl Asked<'_> {
    /// The day by which a reference must have been out to be asked for. The maker's own word for the day of release
    /// would shorten the list, so it counts only where it is proved; else the day of the grade does.
    fn day(&self, root: &ItemDraft) -> Option<Date> {
        let sources = root.sources.get(&vocabulary().must("model.released")).cloned().unwrap_or_default();
        let fact = Fact::settle(sources.into_iter().filter(Source::is_solid).collect());
        match fact.claimed() {
            Some(Value::Date(day)) => Some(*day),
            _ => self.as_of,
        }
    }
}

/// With which of the families that are asked for a component was compared.
fn compared(id: &str, item: &ItemDraft, standing: &[Standing], asked: &Asked<'_>, day: Option<Date>) -> Comparison {
    let role = vocabulary().must("component.role");
    let of_role = |family: &&Family| {
        let said = item.sources.get(&role).into_iter().flatten();
        let roles = said.filter_map(|source| Some(source.value.as_ref()?.written(vocabulary().entry(role).kind)));
        roles.into_iter().any(|word| family.roles.contains(&word))
    };
    let not_own = |family: &&Family| !asked.own.is_some_and(|own| family.has(own));
    let wanted = asked.families.iter().filter(|family| family.required).filter(of_role).filter(not_own);
    let no_trace = |family: &Family| standing.iter().any(|link| link.supports() && family.has(&link.reference));
    let families = wanted
        .filter_map(|family| {
            let model = family.out_by(day).last()?;
            Some(Compared { family: family.id.clone(), done: no_trace(family), model: model.id.clone() })
        })
        .collect();
    let link = vocabulary().must_collection("link");
    let looked_at = |reference: &String| standing.iter().any(|it| it.reference == *reference && it.is_measured());
    let links = item.children.get(&link).into_iter().flatten();
    let named = links.map(|(reference, _)| reference.clone()).filter(|reference| !looked_at(reference)).collect();
    Comparison { component: id.to_owned(), families, named }
}

/// The relation of a link that stands.
struct Standing {
    reference: String,
    relation: Relation,
    /// The reference is said to have its weights from here.
    later: bool,
    source: Source,
}

impl Standing {
    /// Whether somebody looked at the weights.
    fn is_measured(&self) -> bool {
        self.source.is_solid() && self.source.assurance >= Assurance::Corroborated
    }

    /// Whether it supports that the component has nothing of the reference: found in the weights, not said by the card.
    fn supports(&self) -> bool {
        self.relation == Relation::NoTrace && self.is_measured()
    }
}

/// Whether somebody whose word counts says of a link that weights are shared, and nothing stands of it.
fn disputed(item: &ItemDraft) -> bool {
    let path = vocabulary().must("link.relation");
    let shared = Value::word(vocabulary().entry(path).kind, Relation::Shared.word());
    let links = item.children.get(&vocabulary().must_collection("link")).into_iter().flatten();
    links.filter_map(|(_, link)| link.sources.get(&path)).any(|sources| {
        let says_so = |it: &Source| it.counts() && it.speaker != Speaker::Report && it.value == shared;
        sources.iter().any(says_so) && Fact::settle(sources.clone()).standing().is_none()
    })
}

fn standing(item: &ItemDraft) -> Vec<Standing> {
    let link = vocabulary().must_collection("link");
    let settled = |link: &ItemDraft, path: &str| {
        let sources = link.sources.get(&vocabulary().must(path))?.clone();
        Fact::settle(sources).standing().cloned()
    };
    let word = |path: &str, word: &str| Value::word(vocabulary().entry(vocabulary().must(path)).kind, word);
    let links = item.children.get(&link).into_iter().flatten();
    links
        .filter_map(|(reference, link)| {
            let source = settled(link, "link.relation")?;
            let of_links = Relation::ALL.into_iter().take(Relation::OF_LINKS);
            let relation = of_links.into_iter().find(|it| source.value == word("link.relation", it.word()))?;
            let direction = settled(link, "link.direction").and_then(|source| source.value);
            let later = direction.is_some() && direction == word("link.direction", "to-reference");
            Some(Standing { reference: reference.clone(), relation, later, source })
        })
        .collect()
}

/// Weights that were found to be shared with a model that is not said to have them from here leave open what the
/// component started from. Where nobody says it, a word would not settle it.
fn left_open(item: &mut ItemDraft, standing: &[Standing]) {
    let path = "component.initialisation";
    let stated = item.sources.get(&vocabulary().must(path)).into_iter().flatten();
    if stated.into_iter().any(|source| source.value.is_some()) {
        return;
    }
    for link in standing.iter().filter(|link| link.relation == Relation::Shared && !link.later && link.is_measured()) {
        let what = says(
            format!("`{}`와(과) 가중치를 공유한다", link.reference),
            format!("it shares weights with `{}`", link.reference),
        );
        item.add(path, link.source.clone().leaving_open(what));
    }
}

/// Looking for the opposite and not finding it supports a claim, where somebody makes it.
fn support(item: &mut ItemDraft, path: &str, claim: &Value, standing: &[Standing]) {
    let stated = item.sources.get(&vocabulary().must(path)).into_iter().flatten();
    if !stated.into_iter().any(|source| source.value.as_ref() == Some(claim)) {
        return;
    }
    for link in standing.iter().filter(|link| link.supports()) {
        item.add(path, Source { value: Some(claim.clone()), ..link.source.clone() });
    }
}
