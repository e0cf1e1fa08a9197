//! Families of reference models: against whom a claim of weights of one's own must have been compared.

use super::date::Date;
use super::dossier::ItemDraft;
use super::source::Source;
use super::value::Value;
use crate::vocabulary::vocabulary;

/// A model that is known by name, and by the digests of its weights where these are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownModel {
    /// Its id: `owner/name`.
    pub id: String,
    /// The day on which it was released.
    pub released: Option<Date>,
    /// The address at which that day was read.
    pub source: Option<String>,
    /// SHA-256 of its weights files, in lower-case hexadecimal, with their names.
    pub files: Vec<(String, String)>,
}

/// Models that stand for each other in a comparison: whoever took from one shares numbers with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Family {
    /// A short name, used once.
    pub id: String,
    /// Roles of components that its models have: `text`, `vision`.
    pub roles: Vec<String>,
    /// Whether a comparison with one of its models is asked for.
    pub required: bool,
    /// Its models.
    pub models: Vec<KnownModel>,
}

impl Family {
    /// Whether it has a model of this id.
    pub fn has(&self, id: &str) -> bool {
        self.models.iter().any(|model| model.id.eq_ignore_ascii_case(id))
    }

    /// Its models that were out by a day; all where no day is known.
    pub fn out_by(&self, day: Option<Date>) -> impl Iterator<Item = &KnownModel> {
        self.models.iter().filter(move |model| day.zip(model.released).is_none_or(|(day, released)| released <= day))
    }
}

/// The model of known families whose weights have one of these digests.
pub fn by_digest<'f>(families: &'f [Family], digests: &[&str]) -> Option<&'f KnownModel> {
    let has = |model: &&KnownModel| model.files.iter().any(|(_, digest)| digests.contains(&digest.as_str()));
    families.iter().flat_map(|family| &family.models).find(has)
}

/// What was compared of one component, with how many of the families that a ruleset asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The component.
    pub component: String,
    /// The families that are asked for, each with whether it was compared and the model to compare with.
    pub families: Vec<Compared>,
    /// References that the card, a file or a report names and that nobody compared.
    pub named: Vec<String>,
}

impl Comparison {
    /// Whether every family that is asked for, and every reference that is named, was compared.
    pub fn is_complete(&self) -> bool {
        self.named.is_empty() && self.families.iter().all(|family| family.done)
    }

    /// With how many of the families it was compared.
    pub fn done(&self) -> usize {
        self.families.iter().filter(|family| family.done).count()
    }
}

/// One family of a comparison.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compared {
    /// The family.
    pub family: String,
    /// Whether a look found no trace of it.
    pub done: bool,
    /// The model to compare with.
    pub model: String,
}

/// The fact that says that no family left a trace.
pub const NO_FAMILY: &str = "component.no-trace-of-families";

/// Whoever says that the links of a component leave nothing out says that no family left a trace in it: the same word
/// with the same weight.
pub(crate) fn imply_no_family(root: &mut ItemDraft) {
    let (complete, none) = (vocabulary().must("component.links-complete"), vocabulary().must(NO_FAMILY));
    let components = root.children.get_mut(&vocabulary().must_collection("component"));
    for item in components.into_iter().flat_map(|items| items.values_mut()) {
        let said = item.sources.get(&complete).into_iter().flatten();
        let implied: Vec<Source> = said.filter(|it| it.value == Some(Value::Flag(true))).cloned().collect();
        if !implied.is_empty() {
            item.sources.entry(none).or_default().extend(implied);
        }
    }
}
