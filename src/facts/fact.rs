//! A fact with its sources, and how they are settled.

use super::assurance::Assurance;
use super::source::Source;
use super::value::Value;
use super::view::{View, ViewSet};
use super::weigh::{ByNeeds, Resolved, weigh};

/// Why a fact has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WhyUnknown {
    /// Nobody says anything.
    Undeclared,
    /// The maker says that it will not tell.
    Undisclosed,
    /// Sources of equal assurance say different things.
    Conflict,
    /// Every source was set aside.
    SetAside,
    /// It was looked into, and what was found leaves it open.
    LeftOpen,
}

/// A value that stands, with the views in which it does, for each `needs`.
#[derive(Debug, Clone, PartialEq)]
pub struct Stand {
    /// The value.
    pub value: Value,
    views: ByNeeds,
}

impl Stand {
    /// The views in which it stands where a criterion needs this much.
    pub fn views(&self, needs: Assurance) -> ViewSet {
        self.views[needs as usize]
    }
}

/// A value at a path, or unknown with a reason, and all its sources.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    sources: Vec<Source>,
    /// The values that stand, beside each other: grading asks for nothing else, and a source is 250 bytes wide.
    stands: Vec<Stand>,
    claimed: Option<u16>,
    declared: Option<u16>,
    unknown: WhyUnknown,
}

impl Default for Fact {
    fn default() -> Self {
        let unknown = WhyUnknown::Undeclared;
        Self { sources: Vec::new(), stands: Vec::new(), claimed: None, declared: None, unknown }
    }
}

impl Fact {
    /// Settles sources, as the table of `weigh.rs` has it.
    ///
    /// The order of the sources does not matter: they are sorted first.
    pub fn settle(mut sources: Vec<Source>) -> Self {
        sources.sort_by(|a, b| {
            b.assurance
                .cmp(&a.assurance)
                .then(b.speaker.cmp(&a.speaker))
                .then(b.opened.cmp(&a.opened))
                .then_with(|| a.origin.file.cmp(&b.origin.file))
                .then(a.origin.at.cmp(&b.origin.at))
                .then_with(|| a.origin.url.cmp(&b.origin.url))
                .then_with(|| a.value.as_ref().map(Value::sort_key).cmp(&b.value.as_ref().map(Value::sort_key)))
                .then_with(|| a.origin.title.cmp(&b.origin.title))
                .then_with(|| a.origin.publisher.cmp(&b.origin.publisher))
                .then(a.date.cmp(&b.date))
                .then(a.set_aside.is_some().cmp(&b.set_aside.is_some()))
        });
        let weighed = weigh(&sources);
        let narrow = |resolved: Resolved| resolved.index().map(|at| u16::try_from(at).unwrap_or(u16::MAX));
        let stand = |(at, views): (usize, ByNeeds)| Some(Stand { value: sources[at].value.clone()?, views });
        Self {
            stands: weighed.stands.into_iter().filter_map(stand).collect(),
            claimed: narrow(weighed.claimed),
            declared: narrow(weighed.declared),
            unknown: why_unknown(&sources, weighed.claimed),
            sources,
        }
    }

    /// All sources, the strongest first.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Why nothing stands, where nothing does.
    pub fn unknown(&self) -> WhyUnknown {
        self.unknown
    }

    /// Every value that stands in some view.
    pub fn stands(&self) -> &[Stand] {
        &self.stands
    }

    /// The value that stands in a view, where a criterion needs this much.
    pub fn value(&self, view: View, needs: Assurance) -> Option<&Value> {
        self.stands.iter().find(|stand| stand.views(needs) & view.bit() != 0).map(|stand| &stand.value)
    }

    /// The views in which some value stands.
    pub fn known(&self, needs: Assurance) -> ViewSet {
        self.stands.iter().fold(0, |views, stand| views | stand.views(needs))
    }

    /// The value that stands, taking all sources.
    pub fn claimed(&self) -> Option<&Value> {
        self.standing()?.value.as_ref()
    }

    /// The value that stands, taking the card alone.
    pub fn declared(&self) -> Option<&Value> {
        self.declared.and_then(|at| self.sources[usize::from(at)].value.as_ref())
    }

    /// The value that stands on sources that meet `needs`.
    pub fn assured(&self, needs: Assurance) -> Option<&Value> {
        self.value(View::Assured, needs)
    }

    /// The source that stands.
    pub fn standing(&self) -> Option<&Source> {
        self.claimed.map(|at| &self.sources[usize::from(at)])
    }

    /// The sources that count and say something.
    pub fn speaking(&self) -> impl Iterator<Item = &Source> {
        self.sources.iter().filter(|source| source.counts() && source.value.is_some())
    }

    /// The sides of a fact of which sources that count say different things: for each value the source that says it
    /// with the highest assurance, the strongest first. Empty where they agree.
    pub fn sides(&self) -> Vec<&Source> {
        let mut sides: Vec<&Source> = Vec::new();
        for source in self.speaking() {
            let known =
                |side: &&Source| side.value.as_ref().zip(source.value.as_ref()).is_some_and(|(a, b)| a.agrees(b));
            if !sides.iter().any(known) {
                sides.push(source);
            }
        }
        if sides.len() > 1 { sides } else { Vec::new() }
    }
}

fn why_unknown(sources: &[Source], claimed: Resolved) -> WhyUnknown {
    match claimed {
        Resolved::Stands(_) => return WhyUnknown::Undeclared,
        Resolved::Conflict => return WhyUnknown::Conflict,
        Resolved::Nothing => {}
    }
    let silent = sources.iter().any(Source::counts);
    let aside = sources.iter().any(|source| source.set_aside.is_some());
    let open = sources.iter().any(Source::leaves_open);
    match (silent, aside) {
        (true, _) => WhyUnknown::Undisclosed,
        (false, true) if open => WhyUnknown::LeftOpen,
        (false, true) => WhyUnknown::SetAside,
        (false, false) => WhyUnknown::Undeclared,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Origin, Speaker};

    fn card(value: bool) -> Source {
        Source::declared(Value::Flag(value), Origin::default())
    }

    fn report(value: bool) -> Source {
        card(value).by(Speaker::Report).at(Assurance::Documented)
    }

    fn run(value: bool) -> Source {
        card(value).by(Speaker::Run).at(Assurance::Measured)
    }

    fn vouched(value: bool, assurance: Assurance) -> Source {
        card(value).by(Speaker::Vouched).at(assurance)
    }

    const YES: Option<&Value> = Some(&Value::Flag(true));
    const NO: Option<&Value> = Some(&Value::Flag(false));

    #[test]
    fn what_was_measured_beats_a_word_and_both_are_kept() {
        let fact = Fact::settle(vec![card(true), run(false)]);
        assert_eq!((fact.claimed(), fact.declared(), fact.sides().len()), (NO, YES, 2));
        assert_eq!(fact.assured(Assurance::Audited), None);
        assert_eq!(fact.assured(Assurance::Measured), NO);
        // The measurement silences the word.
        assert_eq!(fact.value(View::Admitted, Assurance::Measured), NO);
        assert_eq!(fact.value(View::Admitted, Assurance::Audited), None);
    }

    #[test]
    fn words_of_one_card_that_differ_leave_the_fact_unknown() {
        let fact = Fact::settle(vec![card(true).at(Assurance::Documented), card(false)]);
        assert_eq!((fact.claimed(), fact.unknown()), (None, WhyUnknown::Conflict));
        assert_eq!(fact.value(View::Admitted, Assurance::Documented), None);
        assert_eq!(fact.assured(Assurance::Documented), YES);
    }

    #[test]
    fn a_report_against_the_card_decides_nothing() {
        let fact = Fact::settle(vec![card(true), report(false)]);
        assert_eq!((fact.claimed(), fact.declared(), fact.sides().len()), (None, YES, 2));
        assert_eq!(fact.value(View::AssuredUnreported, Assurance::Documented), None);
        assert_eq!(fact.value(View::AdmittedUnreported, Assurance::Documented), YES);
        // Alone it is what is claimed, and it stands in no view that leaves reports out.
        let fact = Fact::settle(vec![report(false)]);
        assert_eq!((fact.claimed(), fact.assured(Assurance::Documented)), (NO, NO));
        assert_eq!(fact.value(View::AssuredUnreported, Assurance::Documented), None);
    }

    #[test]
    fn a_vouch_beats_words_and_no_measurement_of_this_run() {
        let fact = Fact::settle(vec![card(true).at(Assurance::Documented), vouched(false, Assurance::Documented)]);
        assert_eq!(fact.claimed(), NO);
        let fact = Fact::settle(vec![card(true), run(false), vouched(true, Assurance::Audited)]);
        assert_eq!((fact.claimed(), fact.assured(Assurance::Audited)), (None, None));
        assert_eq!(fact.value(View::Measured, Assurance::Corroborated), None);
    }

    #[test]
    fn a_document_that_was_opened_stands_for_what_nothing_else_can_show() {
        let opened = Source { opened: true, ..vouched(true, Assurance::Documented) };
        let fact = Fact::settle(vec![opened]);
        assert_eq!((fact.assured(Assurance::Measured), fact.assured(Assurance::Audited)), (YES, None));
    }

    #[test]
    fn what_the_card_says_needs_no_proof_where_it_is_added() {
        let fact = Fact::settle(vec![card(false)]);
        for needs in Assurance::ALL {
            assert_eq!(fact.value(View::Admitted, needs), NO);
        }
        assert_eq!(fact.assured(Assurance::Documented), None);
    }

    #[test]
    fn what_is_set_aside_does_not_count() {
        let source =
            Source { set_aside: Some(crate::text::says("근거가 될 수 없다", "not admissible")), ..run(false) };
        let fact = Fact::settle(vec![card(true), source.clone()]);
        assert_eq!((fact.claimed(), fact.sides().len()), (YES, 0));
        assert_eq!(Fact::settle(vec![source]).unknown(), WhyUnknown::SetAside);
    }
}
