//! What sources of one fact come to, view by view.
//!
//! | who | gives way to |
//! |---|---|
//! | words: the card, files beside the weights, reports | what this run read or measured, and what is vouched for |
//! | the card | another word of the card: where they differ neither stands |
//! | the maker | a report against it: then nothing stands, for nobody has looked |
//! | a vouch | a higher assurance; against a measurement of this run nothing stands |

use super::assurance::Assurance;
use super::source::{Source, Speaker};
use super::value::Value;
use super::view::{View, ViewSet};

/// What some sources come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resolved {
    /// None of them says anything.
    Nothing,
    /// They disagree, and none of them wins.
    Conflict,
    /// The source of this index stands.
    Stands(usize),
}

impl Resolved {
    pub(super) fn index(self) -> Option<usize> {
        match self {
            Self::Stands(at) => Some(at),
            Self::Nothing | Self::Conflict => None,
        }
    }
}

/// The views in which a value stands, for each `needs`.
pub(super) type ByNeeds = [ViewSet; Assurance::ALL.len()];

fn agree(a: &Source, b: &Source) -> bool {
    a.value.as_ref().zip(b.value.as_ref()).is_some_and(|(a, b): (&Value, &Value)| a.agrees(b))
}

fn speaks(source: &Source) -> bool {
    source.counts() && source.value.is_some()
}

/// What those sources come to that `take` lets in. They are sorted, the strongest first.
pub(super) fn resolve(sources: &[Source], take: impl Fn(&Source) -> bool) -> Resolved {
    let all: Vec<usize> = (0..sources.len()).filter(|&at| speaks(&sources[at]) && take(&sources[at])).collect();
    let solid: Vec<usize> = all.iter().copied().filter(|&at| sources[at].is_solid()).collect();
    let from = if solid.is_empty() { &all } else { &solid };
    let Some(&first) = from.first() else { return Resolved::Nothing };
    let top = &sources[first];
    let peers = from.iter().take_while(|&&at| sources[at].assurance == top.assurance);
    let one = peers.into_iter().all(|&at| agree(&sources[at], top));
    let bound = from.iter().filter(|&&at| sources[at].is_of_this_run()).all(|&at| agree(&sources[at], top));
    let words = solid.is_empty() && !words_agree(sources, from);
    if one && bound && !words { Resolved::Stands(first) } else { Resolved::Conflict }
}

/// Whether the card says one thing throughout, and no report says another than the maker.
fn words_agree(sources: &[Source], from: &[usize]) -> bool {
    type Who = fn(Speaker) -> bool;
    let of = |who: Who| from.iter().map(|&at| &sources[at]).filter(move |it| who(it.speaker));
    let same = |who: Who, with: Who| of(with).next().is_none_or(|first| of(who).all(|other| agree(other, first)));
    let card: Who = |it| it == Speaker::Card;
    same(card, card) && same(|it| it == Speaker::Report, Speaker::is_maker)
}

/// What stands where all that the maker says is added to what stands already. Words that differ leave nothing standing;
/// what this run measured, or a vouch, silences a word that differs from it.
fn admitted(sources: &[Source], proved: Resolved) -> Resolved {
    let solid = resolve(sources, Source::is_solid);
    let silenced = |word: &Source| match solid {
        Resolved::Stands(at) => !agree(word, &sources[at]),
        Resolved::Conflict => true,
        Resolved::Nothing => false,
    };
    let mut words = (0..sources.len())
        .filter(|&at| speaks(&sources[at]) && sources[at].speaker.is_maker() && !silenced(&sources[at]));
    let first = match proved {
        Resolved::Conflict => return Resolved::Conflict,
        Resolved::Stands(at) => at,
        Resolved::Nothing => match words.next() {
            Some(at) => at,
            None => return Resolved::Nothing,
        },
    };
    if words.all(|at| agree(&sources[at], &sources[first])) { Resolved::Stands(first) } else { Resolved::Conflict }
}

/// What all sources come to, and what the card alone does.
pub(super) struct Weighed {
    pub(super) claimed: Resolved,
    pub(super) declared: Resolved,
    /// The sources that stand in some view, with the views.
    pub(super) stands: Vec<(usize, ByNeeds)>,
}

/// Weighs sorted sources in every view.
pub(super) fn weigh(sources: &[Source]) -> Weighed {
    let mut speaking = (0..sources.len()).filter(|&at| speaks(&sources[at]));
    match (speaking.next(), speaking.next()) {
        (None, _) => Weighed { claimed: Resolved::Nothing, declared: Resolved::Nothing, stands: Vec::new() },
        (Some(at), None) => alone(sources, at),
        _ => together(sources),
    }
}

fn alone(sources: &[Source], at: usize) -> Weighed {
    let source = &sources[at];
    let declared = if source.from_card() { Resolved::Stands(at) } else { Resolved::Nothing };
    let views = Assurance::ALL.map(|needs| views_of_one(source.speaker, source.is_solid(), source.weight() >= needs));
    Weighed { claimed: Resolved::Stands(at), declared, stands: vec![(at, views)] }
}

/// The views that see what one speaker alone says; `enough` if it meets the `needs`.
pub(super) fn views_of_one(speaker: Speaker, solid: bool, enough: bool) -> ViewSet {
    let reported = speaker == Speaker::Report;
    let mut views = View::Claimed.bit();
    let mut see = |seen: bool, view: View| views |= if seen { view.bit() } else { 0 };
    see(speaker == Speaker::Card, View::Declared);
    see(!reported, View::ClaimedUnreported);
    see(enough, View::Assured);
    see(enough && !reported, View::AssuredUnreported);
    see(enough || speaker.is_maker(), View::Admitted);
    see((enough && !reported) || speaker.is_maker(), View::AdmittedUnreported);
    see(enough && solid, View::Measured);
    views
}

fn together(sources: &[Source]) -> Weighed {
    let reported = |source: &Source| source.speaker == Speaker::Report;
    let claimed = resolve(sources, |_| true);
    let declared = resolve(sources, Source::from_card);
    let unreported = resolve(sources, |source| !reported(source));
    let mut stands: Vec<(usize, ByNeeds)> = Vec::new();
    let mut stand = |resolved: Resolved, view: View, needs: usize| {
        let Some(at) = resolved.index() else { return };
        let known = stands.iter().position(|(other, _)| sources[*other].value == sources[at].value);
        let place = known.unwrap_or_else(|| {
            stands.push((at, ByNeeds::default()));
            stands.len() - 1
        });
        stands[place].1[needs] |= view.bit();
    };
    for (at, needs) in Assurance::ALL.into_iter().enumerate() {
        let enough = |source: &Source| source.weight() >= needs;
        let proved = resolve(sources, enough);
        let proved_unreported = resolve(sources, |source| enough(source) && !reported(source));
        stand(declared, View::Declared, at);
        stand(claimed, View::Claimed, at);
        stand(unreported, View::ClaimedUnreported, at);
        stand(overruled_by_none(sources, proved), View::Assured, at);
        stand(overruled_by_none(sources, proved_unreported), View::AssuredUnreported, at);
        stand(admitted(sources, proved), View::Admitted, at);
        stand(admitted(sources, proved_unreported), View::AdmittedUnreported, at);
        stand(overruled_by_none(sources, resolve(sources, |it| enough(it) && it.is_solid())), View::Measured, at);
    }
    Weighed { claimed, declared, stands }
}

/// Nothing overrules what this run measured, though a criterion ask for more than a measurement.
fn overruled_by_none(sources: &[Source], resolved: Resolved) -> Resolved {
    let Resolved::Stands(at) = resolved else { return resolved };
    let against = |it: &Source| speaks(it) && it.is_of_this_run() && !agree(it, &sources[at]);
    if sources.iter().any(against) { Resolved::Conflict } else { resolved }
}
