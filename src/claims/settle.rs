//! What the weights say to each claim.

use super::join::{Joined, Match, join};
use super::{Claim, Kind};
use crate::evidence::{Change, ChangeClass, ComponentEvidence, EvidenceFile, LinkEvidence, Planted, Relation};

/// What became of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The weights are shared with the model that is named, as widely as the claim says. Which way they went is not
    /// shown.
    Confirmed,
    /// They are not, and would be if the claim held.
    Refuted,
    /// Neither can be said.
    Open(Open),
}

/// Why a claim is left open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// No reference at hand is the model that is named.
    NoReference,
    /// A reference is called so, and its files are others than the claim names.
    OtherFiles,
    /// Whether weights are shared is not decided.
    Undecided,
    /// Low-rank factors alone do not show what they were trained on.
    AdapterAlone,
    /// A weights file was not read, so that nothing is without a trace.
    Unread,
    /// The part that is meant was not compared, or the reference cannot have given it.
    NoPart,
    /// Nothing says that weights were taken, and none were found.
    KindNotStated,
    /// It is said to be taught by outputs, of which weights keep no trace.
    Taught,
    /// Weights are shared, but fewer than the claim says.
    OnlyPart,
    /// Weights are shared, but nothing says that they were rounded.
    NotRounded,
    /// Not all of what is shared could be looked at.
    NotWhole,
}

impl Open {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::NoReference,
        Self::OtherFiles,
        Self::Undecided,
        Self::AdapterAlone,
        Self::Unread,
        Self::NoPart,
        Self::KindNotStated,
        Self::Taught,
        Self::OnlyPart,
        Self::NotRounded,
        Self::NotWhole,
    ];

    /// The word of the files.
    pub fn word(self) -> &'static str {
        match self {
            Self::NoReference => "no-reference",
            Self::OtherFiles => "other-files",
            Self::Undecided => "undecided",
            Self::AdapterAlone => "adapter-alone",
            Self::Unread => "unread",
            Self::NoPart => "no-part",
            Self::KindNotStated => "kind-not-stated",
            Self::Taught => "taught",
            Self::OnlyPart => "only-part",
            Self::NotRounded => "not-rounded",
            Self::NotWhole => "not-whole",
        }
    }
}

/// A claim with what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Ruling<'e> {
    /// The claim.
    pub claim: Claim,
    /// What became of it.
    pub verdict: Verdict,
    /// The reference that it was held against, and how that was found.
    pub link: Option<(&'e LinkEvidence, Option<Joined>)>,
}

/// The least sharing that would have been found.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Bounds {
    /// Least correlation where everything stands in its place, 0 to 1.
    pub in_place: Option<f64>,
    /// Least correlation in another order or basis, 0 to 1; the largest over the classes.
    pub moved: Option<f64>,
    /// Least share of the layers at these correlations, 0 to 1.
    pub share: f64,
}

impl Ruling<'_> {
    /// What would have been found at least, over every standard class of change; `None` where the shapes left none to
    /// look for.
    pub fn bounds(&self) -> Option<Bounds> {
        let (link, _) = self.link?;
        let standard = |it: &ChangeClass| ChangeClass::ALL[..ChangeClass::STANDARD].contains(it);
        let looked = asked(&self.claim, link).into_iter().flat_map(|component| &component.looked_for);
        let found = looked.filter(|it| standard(&it.change) && it.planted == Planted::Found);
        let largest = |bound: Option<f64>, new: Option<f64>| match (bound, new) {
            (Some(bound), Some(new)) => Some(bound.max(new)),
            (bound, new) => bound.or(new),
        };
        found.fold(None, |bounds: Option<Bounds>, it| {
            let mut bounds = bounds.unwrap_or_default();
            let in_place = it.change == ChangeClass::InPlace;
            let side = if in_place { &mut bounds.in_place } else { &mut bounds.moved };
            *side = largest(*side, it.least_correlation);
            bounds.share = bounds.share.max(it.least_share.unwrap_or(0.0));
            Some(bounds)
        })
    }

    /// Whether two models that began with the same random numbers and were trained apart would look the same.
    pub fn start_is_open(&self) -> bool {
        let excluded = crate::evidence::ExplanationState::Excluded;
        let link = self.link.map(|(link, _)| link).filter(|link| link.relation == Relation::Shared);
        link.is_some_and(|link| {
            link.explanations.as_ref().is_none_or(|explained| explained.common_start.state != excluded)
        })
    }
}

/// Holds every claim against what was measured, in the order of the claims.
pub fn settle<'e>(claims: &[Claim], measured: &'e EvidenceFile) -> Vec<Ruling<'e>> {
    let unread = unread(measured);
    claims
        .iter()
        .map(|claim| {
            let (verdict, link) = match join(claim, claims, &measured.links) {
                Match::None => (Verdict::Open(Open::NoReference), None),
                Match::OtherFiles(link) => (Verdict::Open(Open::OtherFiles), Some((link, None))),
                Match::Found(link, joined) => (verdict(claim, link, unread), Some((link, Some(joined)))),
            };
            Ruling { claim: claim.clone(), verdict, link }
        })
        .collect()
}

/// Whether a weights file of the model was left unread, and nobody passed over it.
fn unread(measured: &EvidenceFile) -> bool {
    let passed = measured.run.as_ref().map_or(&[][..], |run| run.settings.passed_over.as_slice());
    measured.subject.files.iter().any(|file| !file.read && !passed.contains(&file.name))
}

fn verdict(claim: &Claim, link: &LinkEvidence, unread: bool) -> Verdict {
    let parts = asked(claim, link);
    let open = Verdict::Open;
    if parts.is_empty() {
        let adapter = link.components.iter().any(|component| component.id == "adapter");
        return open(if adapter { Open::AdapterAlone } else { Open::NoPart });
    }
    let shared = parts.iter().any(|component| component.relation == Relation::Shared);
    match link.relation {
        Relation::Shared if shared => of_shared(claim, link, &parts),
        // The reference as a whole is shared, and the part that is meant is not: that part alone answers.
        Relation::Shared | Relation::NoTrace if parts.iter().all(|it| it.relation == Relation::NoTrace) => {
            match claim.kind {
                Kind::Taught => open(Open::Taught),
                Kind::Ancestor => open(Open::KindNotStated),
                _ if unread => open(Open::Unread),
                // Of a model whose tables are shared, that is no claim without a trace.
                kind if claim.component.is_none() && link.relation == Relation::Shared => match kind {
                    Kind::Part => Verdict::Confirmed,
                    _ => open(Open::OnlyPart),
                },
                _ if !parts.iter().all(|component| is_all(component.coverage)) => open(Open::NotWhole),
                _ => Verdict::Refuted,
            }
        }
        _ if claim.kind == Kind::Taught => open(Open::Taught),
        _ => open(Open::Undecided),
    }
}

/// Weights are shared: are they as many as the claim says?
fn of_shared(claim: &Claim, link: &LinkEvidence, parts: &[&ComponentEvidence]) -> Verdict {
    if claim.kind == Kind::Taught {
        return Verdict::Open(Open::Taught);
    }
    if claim.kind.takes_all() {
        if !parts.iter().all(|component| is_all(component.share)) {
            return Verdict::Open(Open::OnlyPart);
        }
        if !parts.iter().all(|component| is_all(component.coverage)) {
            return Verdict::Open(Open::NotWhole);
        }
    }
    let rounded = |change: &Change| matches!(change, Change::Quantised | Change::Cast);
    if claim.kind == Kind::Quantized && !link.changes.iter().any(rounded) {
        return Verdict::Open(Open::NotRounded);
    }
    Verdict::Confirmed
}

/// Whether a share is the whole. Sums of parts may miss it by their last digits.
fn is_all(share: Option<f64>) -> bool {
    share.is_some_and(|share| share > 1.0 - 1e-9)
}

/// The stacks of layers that a claim speaks of and that could have come from the reference. Tables of tokens are no
/// part of it, for a new vocabulary replaces them; nor is what is too small to tell.
fn asked<'e>(claim: &Claim, link: &'e LinkEvidence) -> Vec<&'e ComponentEvidence> {
    let could = |it: &&ComponentEvidence| !matches!(it.relation, Relation::NoCounterpart | Relation::Beside);
    let meant = |it: &&ComponentEvidence| {
        claim.component.as_ref().is_none_or(|(id, role)| is_of(&it.id, id) || is_of(&it.id, kind_of(role)))
    };
    link.components.iter().filter(|it| it.layer_count.is_some()).filter(could).filter(meant).collect()
}

/// Whether a stack of the evidence is a component: one of several stacks is `text-decoder`.
fn is_of(stack: &str, component: &str) -> bool {
    stack == component || stack.strip_prefix(component).is_some_and(|rest| rest.starts_with('-'))
}

/// The kind of part by which evidence names a role.
fn kind_of(role: &str) -> &str {
    role.strip_suffix("-encoder").unwrap_or(role)
}
