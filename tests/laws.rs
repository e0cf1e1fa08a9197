//! The laws of grading, held over rulesets that are made up as YAML and read by the loader, and over dossiers that are
//! made up source by source.
#![allow(clippy::unwrap_used, missing_docs)]

use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::Config;
use sovgrade::facts::{Assurance, Date, Dossier, Draft, Fact, ItemDraft, Origin, Source, Speaker, Value};
use sovgrade::grade::{Grade, Grading, Options, Outcome, Passed, Truth, View, grade};
use sovgrade::rules::{OddNames, Ruleset, RulesetFiles, load};
use sovgrade::text::{Lang, SourceFile, says};
use sovgrade::vocabulary::{PathId, vocabulary};

// ---------------------------------------------------------------------------------------------------------------
// Rulesets

/// Facts of the model that made-up rules ask about, with values to compare with.
const MODEL_FACTS: [(&str, &[&str]); 5] = [
    ("model.weights-held", &["is: true", "is: false", "is-not: true"]),
    ("model.weights-published", &["is: true", "is-not: false"]),
    ("data.synthetic-share", &["at-most: 30 %", "more-than: 50 %", "is: 10 %", "less-than: 90 %"]),
    ("maker.jurisdiction", &["is: home", "is: CN", "in: [KR, US]", "not-in: [CN, home]", "is-not: home"]),
    ("data.distilled-share", &["at-most: {fact: data.synthetic-share}", "more-than: {fact: data.synthetic-share}"]),
];

const COMPONENT_FACTS: [(&str, &[&str]); 4] = [
    ("component.core", &["is: true", "is: false"]),
    ("component.initialisation", &["is: random-init", "in: [from-reference, adapted]", "is-not: adapted"]),
    ("component.adaptation", &["contains: frozen", "in: [frozen, merge]", "not-in: [merge]"]),
    (
        "component.parameters",
        &["at-least: 5 B parameters", "less-than: 2 B parameters", "at-least: {fact: model.parameters}"],
    ),
];

const LINK_FACTS: [(&str, &[&str]); 2] = [
    ("link.same-maker", &["is: true", "is: false"]),
    ("link.relation", &["is: shared", "in: [no-trace, undecided]", "is-not: shared"]),
];

/// What is bound where a node stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Model,
    Component,
    Link,
}

fn comparison(place: Place) -> BoxedStrategy<String> {
    let table: &'static [(&str, &[&str])] = match place {
        Place::Model => &MODEL_FACTS,
        Place::Component => &COMPONENT_FACTS,
        Place::Link => &LINK_FACTS,
    };
    let of_place = proptest::sample::select(table).prop_flat_map(|(path, tests)| {
        proptest::sample::select(tests).prop_map(move |test| format!("{{fact: {path}, {test}}}"))
    });
    let of_model = proptest::sample::select(&MODEL_FACTS[..]).prop_flat_map(|(path, tests)| {
        proptest::sample::select(tests).prop_map(move |test| format!("{{fact: {path}, {test}}}"))
    });
    prop_oneof![4 => of_place, 1 => of_model].boxed()
}

/// A node as YAML in one line; `terms` is how many terms it may use.
fn node(place: Place, depth: u32, terms: usize) -> BoxedStrategy<String> {
    if depth == 0 {
        return comparison(place);
    }
    let same = || node(place, depth - 1, terms);
    let several = || proptest::collection::vec(same(), 1..4).prop_map(|parts| parts.join(", "));
    let mut choices: Vec<BoxedStrategy<String>> = vec![
        comparison(place),
        several().prop_map(|parts| format!("{{all: [{parts}]}}")).boxed(),
        several().prop_map(|parts| format!("{{any: [{parts}]}}")).boxed(),
        same().prop_map(|part| format!("{{not: {part}}}")).boxed(),
        (same(), same()).prop_map(|(a, b)| format!("{{reading: way, options: {{one: {a}, other: {b}}}}}")).boxed(),
    ];
    if terms > 0 {
        choices.push((0..terms).prop_map(|at| format!("{{term: t{at}}}")).boxed());
    }
    let inner = match place {
        Place::Model => Some(("component", Place::Component)),
        Place::Component => Some(("link", Place::Link)),
        Place::Link => None,
    };
    if let Some((collection, place)) = inner {
        choices.push(quantified(collection, place, depth, terms));
        choices.push(counted(collection, place, depth, terms));
    }
    if place == Place::Model {
        choices.push(quantified("link", Place::Link, depth, terms));
        choices.push(quantified("dataset", Place::Model, 1, terms));
    }
    proptest::strategy::Union::new(choices).boxed()
}

fn conditions(place: Place, depth: u32, terms: usize) -> BoxedStrategy<String> {
    let part = || node(place, depth - 1, terms);
    (proptest::option::of(part()), part())
        .prop_map(|(filter, holds)| {
            let filter = filter.map(|filter| format!(", where: {filter}")).unwrap_or_default();
            format!("{filter}, holds: {holds}")
        })
        .boxed()
}

fn quantified(collection: &'static str, place: Place, depth: u32, terms: usize) -> BoxedStrategy<String> {
    let heads = proptest::sample::select(&["every", "some", "none"][..]);
    (heads, conditions(place, depth, terms), any::<bool>())
        .prop_map(move |(head, conditions, met)| {
            let empty = if met && head == "every" { ", empty: met" } else { "" };
            format!("{{{head}: {collection}{conditions}{empty}}}")
        })
        .boxed()
}

fn counted(collection: &'static str, place: Place, depth: u32, terms: usize) -> BoxedStrategy<String> {
    let bounds = proptest::sample::select(&["at-least", "at-most", "more-than", "less-than"][..]);
    (conditions(place, depth, terms), bounds, 0u32..4, any::<bool>())
        .prop_map(move |(conditions, bound, number, share)| {
            if share {
                let by = if collection == "component" { "component.parameters" } else { "link.share" };
                format!("{{share: {collection}, by: {by}{conditions}, {bound}: {} %}}", number * 30)
            } else {
                format!("{{count: {collection}{conditions}, {bound}: {number}}}")
            }
        })
        .boxed()
}

/// A ruleset as text: terms, criteria with their `needs` and whether they apply, and how rungs ask for them.
#[derive(Debug, Clone)]
struct Made {
    terms: Vec<String>,
    criteria: Vec<(Assurance, Option<String>, String)>,
    rungs: Vec<Vec<usize>>,
    scale: u8,
}

fn made() -> impl Strategy<Value = Made> {
    let terms = (node(Place::Model, 2, 0), node(Place::Model, 1, 1)).prop_map(|(a, b)| vec![a, b]);
    let needs = proptest::sample::select(&Assurance::ALL[..]);
    let applies = prop_oneof![2 => Just(None), 1 => node(Place::Model, 1, 2).prop_map(Some)];
    let criteria = proptest::collection::vec((needs, applies, node(Place::Model, 3, 2)), 2..5);
    (terms, criteria, proptest::collection::vec(proptest::collection::vec(0usize..5, 1..3), 1..4), 0u8..3)
        .prop_map(|(terms, criteria, rungs, scale)| Made { terms, criteria, rungs, scale })
}

/// The keys of a mapping as lines, in the given order or turned round.
fn lines(keys: &[String], turned: bool) -> String {
    let mut keys = keys.to_vec();
    if turned {
        keys.reverse();
    }
    keys.concat()
}

impl Made {
    /// The files of the ruleset; `turned` reverses the order of files and of keys.
    fn files(&self, turned: bool) -> RulesetFiles {
        let count = self.criteria.len();
        let id = |at: &usize| format!("c{}", at % count);
        let ids = |list: &[usize]| {
            let mut list: Vec<String> = list.iter().map(id).collect();
            list.sort();
            list.dedup();
            list.join(", ")
        };
        let text = "{ko: 가, en: a}";
        let mut scale = String::new();
        for (at, rung) in self.rungs.iter().enumerate() {
            let (ids, last) = (ids(rung), id(&rung[0]));
            let weight = ["100", "50", "33.33"][self.rungs.len() - 1];
            let _ = match self.scale {
                0 => writeln!(scale, "    - {{id: r{at}, title: {text}, requires: [{ids}]}}"),
                1 => writeln!(scale, "    - {{id: r{at}, title: {text}, requires: [{ids}], wants: [{last}]}}"),
                _ => writeln!(
                    scale,
                    "      - {{id: r{at}, title: {text}, weight: {weight} %, criteria: [{{criterion: {last}, points: 3 points}}]}}"
                ),
            };
        }
        let scale = match self.scale {
            0 => format!("scale:\n  ladder:\n{scale}"),
            1 => format!("scale:\n  gate:\n{scale}"),
            _ => format!(
                "scale:\n  scorecard:\n    objectives:\n{scale}    floors:\n      - {{title: {text}, requires: [c0], cap: 10 %}}\n"
            ),
        };
        let ruleset = lines(
            &[
                "format: 1\nid: made\nversion: 1.0.0\n".into(),
                format!("title: {text}\nsource: {{title: a}}\nhome: KR\n"),
                scale,
                format!(
                    "readings:\n  way:\n    question: {text}\n    default: one\n    options:\n      \
                     one: {{title: {text}, because: {text}}}\n      other: {{title: {text}, because: {text}}}\n"
                ),
            ],
            turned,
        );
        let terms: Vec<String> = self
            .terms
            .iter()
            .enumerate()
            .map(|(at, test)| {
                let keys = lines(
                    &[format!("    title: {text}\n"), format!("    test: {test}\n"), format!("    meaning: {text}\n")],
                    turned,
                );
                format!("  t{at}:\n{keys}")
            })
            .collect();
        let mut criteria: Vec<SourceFile> = self
            .criteria
            .iter()
            .enumerate()
            .map(|(at, (needs, applies, test))| {
                let applies = applies.as_ref().map(|node| format!("applies: {node}\n")).unwrap_or_default();
                let keys = [
                    format!("format: 1\nid: c{at}\ndimension: data\n"),
                    format!("title: {text}\nquestion: {text}\nrationale: {text}\n"),
                    format!("needs: {}\n", needs.word()),
                    applies,
                    format!("test: {test}\n"),
                ];
                SourceFile::new(format!("made/criteria/c{at}.yaml"), lines(&keys, turned))
            })
            .collect();
        if turned {
            criteria.reverse();
        }
        RulesetFiles {
            folder: "made".into(),
            ruleset: SourceFile::new("made/ruleset.yaml", ruleset),
            terms: (!terms.is_empty())
                .then(|| SourceFile::new("made/terms.yaml", format!("format: 1\nterms:\n{}", lines(&terms, turned)))),
            facts: None,
            criteria,
            cases: Vec::new(),
            allow: None,
            references: None,
            named: Some("made".into()),
            odd: OddNames::default(),
        }
    }

    /// The ruleset, unless the made-up tests happen to contradict themselves.
    fn rules(&self, turned: bool) -> Option<Ruleset> {
        match load(&self.files(turned)) {
            Ok((rules, _)) => Some(rules),
            Err(problems) => {
                for problem in problems.sorted() {
                    let id = problem.code.id();
                    assert!(matches!(id, "SG0208" | "SG0220" | "SG0222"), "{id}: {}", problem.message.en);
                }
                None
            }
        }
    }
}

// ---------------------------------------------------------------------------------------------------------------
// Dossiers

/// One made-up source: where it goes, what it says, and how far it can be trusted.
#[derive(Debug, Clone)]
struct Said {
    /// Nothing: the model. Else the component, and the link of it.
    item: Option<(u8, Option<u8>)>,
    path: &'static str,
    value: u8,
    assurance: Assurance,
    speaker: Speaker,
    set_aside: bool,
}

const PATHS: [(&str, u8); 16] = [
    ("model.weights-held", 0),
    ("model.weights-published", 0),
    ("data.synthetic-share", 0),
    ("data.distilled-share", 0),
    ("model.parameters", 0),
    ("maker.jurisdiction", 0),
    ("components.complete", 0),
    ("datasets.complete", 0),
    ("component.core", 1),
    ("component.initialisation", 1),
    ("component.adaptation", 1),
    ("component.parameters", 1),
    ("component.links-complete", 1),
    ("link.same-maker", 2),
    ("link.relation", 2),
    ("link.share", 2),
];

fn said() -> impl Strategy<Value = Said> {
    let assurance = proptest::sample::select(&Assurance::ALL[..]);
    let speaker = proptest::sample::select(&Speaker::ALL[..]);
    let place = (0u8..3, 0u8..2);
    (proptest::sample::select(&PATHS[..]), place, 0u8..4, assurance, speaker, proptest::bool::weighted(0.05)).prop_map(
        |((path, depth), (component, link), value, assurance, speaker, set_aside)| {
            let item = match depth {
                0 => None,
                1 => Some((component, None)),
                _ => Some((component, Some(link))),
            };
            Said { item, path, value, assurance: possible(speaker, assurance), speaker, set_aside }
        },
    )
}

/// What a speaker can bring at most and at least, as gathering and evidence have it.
fn possible(speaker: Speaker, assurance: Assurance) -> Assurance {
    match speaker {
        Speaker::Card | Speaker::Report => assurance.min(Assurance::Documented),
        Speaker::Beside => Assurance::Declared,
        Speaker::Vouched => assurance.max(Assurance::Documented),
        Speaker::File => Assurance::Measured,
        Speaker::Run => assurance.clamp(Assurance::Corroborated, Assurance::Measured),
    }
}

fn value_of(path: &str, pick: u8) -> Value {
    let kind = vocabulary().entry(vocabulary().must(path)).kind;
    let text = match (path, pick) {
        ("data.synthetic-share" | "data.distilled-share", 0) => "10 %",
        ("data.synthetic-share" | "data.distilled-share", 1) => "40 %",
        ("link.share", 0 | 1) => "5 %",
        ("data.synthetic-share" | "data.distilled-share" | "link.share", _) => "95 %",
        ("maker.jurisdiction", 0) => "KR",
        ("maker.jurisdiction", 1) => "CN",
        ("maker.jurisdiction", _) => "US",
        ("component.initialisation", 0) => "from-reference",
        ("component.initialisation", 1) => "adapted",
        ("component.initialisation", _) => "random-init",
        ("component.adaptation", 0) => "[]",
        ("component.adaptation", 1) => "[frozen]",
        ("component.adaptation", _) => "[merge, frozen]",
        ("component.parameters" | "model.parameters", 0) => "1 B parameters",
        ("component.parameters" | "model.parameters", _) => "7 B parameters",
        ("link.relation", 0) => "no-trace",
        ("link.relation", 1) => "undecided",
        ("link.relation", _) => "shared",
        (path, pick) if path.ends_with("complete") => {
            if pick == 0 {
                "false"
            } else {
                "true"
            }
        }
        (_, pick) if pick % 2 == 0 => "true",
        _ => "false",
    };
    let file = SourceFile::new("value", text);
    let node = sovgrade::text::parse_yaml(&file, sovgrade::text::Aliases::Refuse).unwrap();
    let mut reader = sovgrade::text::Reader::new(file);
    Value::decode(kind, &node, sovgrade::facts::Style::Rule, &mut reader).unwrap()
}

impl Said {
    fn path(&self) -> PathId {
        vocabulary().must(self.path)
    }

    fn source(&self, file: &str) -> Source {
        Source {
            value: Some(value_of(self.path, self.value)),
            assurance: self.assurance,
            speaker: self.speaker,
            opened: false,
            origin: Origin { file: file.to_owned(), ..Origin::default() },
            date: None,
            set_aside: self.set_aside.then(|| says("뺀다", "set aside")),
        }
    }
}

/// The draft that these sources make, each from a file of its own.
fn draft(all: &[Said]) -> Draft {
    let mut draft = Draft { id: "made".into(), ..Draft::default() };
    for (at, said) in all.iter().enumerate() {
        put(&mut draft, said, &format!("file-{at}"));
    }
    draft
}

fn put(draft: &mut Draft, said: &Said, file: &str) {
    let source = said.source(file);
    let mut owner: &mut ItemDraft = &mut draft.root;
    if let Some((component, link)) = said.item {
        owner = owner.item("component", &format!("component-{component}"), &source);
        if let Some(link) = link {
            owner = owner.item("link", &format!("link-{link}"), &source);
        }
    }
    owner.sources.entry(said.path()).or_default().push(source);
}

fn dossier(all: &[Said]) -> Dossier {
    draft(all).settle()
}

fn all_said() -> impl Strategy<Value = Vec<Said>> {
    proptest::collection::vec(said(), 0..28)
}

// ---------------------------------------------------------------------------------------------------------------
// Laws

fn truths(grading: &Grading) -> Vec<[Truth; 3]> {
    grading.criteria.iter().map(|c| View::SHOWN.map(|view| c.standing.truth.get(view))).collect()
}

/// Whether a source speaks of this item, or of one that it owns.
fn same_or_below(said: Option<(u8, Option<u8>)>, item: (u8, Option<u8>)) -> bool {
    said.is_some_and(|(component, link)| component == item.0 && (item.1.is_none() || item.1 == link))
}

fn rank(passed: Passed) -> u8 {
    match passed {
        Passed::Fail => 0,
        Passed::Undetermined => 1,
        Passed::Pass => 2,
    }
}

/// What a grading says, as text: every truth, reason and grade.
fn written(rules: &Ruleset, dossier: &Dossier) -> String {
    let grading = grade(rules, dossier, &Options::default());
    let mut text = format!("{:?}\n{:?}\n", grading.grade, grading.components);
    for (criterion, truth) in rules.criteria.iter().zip(truths(&grading)) {
        let _ = writeln!(text, "{} {truth:?}", criterion.id);
    }
    for sensitivity in &grading.sensitivity {
        let reading = &rules.readings[sensitivity.reading];
        let _ = writeln!(text, "{} {} {:?}", reading.id, reading.options[sensitivity.option].id, sensitivity.grade);
    }
    text
}

/// `PROPTEST_CASES` asks for more than the usual number.
fn config(usual: u32) -> Config {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    Config { cases, max_global_rejects: 100_000, failure_persistence: None, ..Config::default() }
}

proptest! {
    #![proptest_config(config(300))]

    /// Assured is never above claimed, and claimed never above attainable, on any scale; each is sure of less.
    #[test]
    fn assured_claimed_attainable(made in made(), all in all_said()) {
        let Some(rules) = made.rules(false) else { return Ok(()) };
        let grading = grade(&rules, &dossier(&all), &Options::default());
        for (at, [_, claimed, assured]) in truths(&grading).into_iter().enumerate() {
            // The card's own words against the model stand, though a report in its favour leave the claim open.
            let admitted = assured == Truth::False && claimed == Truth::Unknown;
            prop_assert!(admitted || assured == Truth::Unknown || assured == claimed, "c{at}: {assured:?} assured, {claimed:?} claimed");
        }
        match &grading.grade {
            Grade::Ladder(grade) => {
                prop_assert!(grade.assured <= grade.claimed, "{grade:?}");
                prop_assert!(grade.claimed <= grade.attainable, "{grade:?}");
            }
            Grade::Gate(whole, axes) => {
                for passed in axes.iter().map(|axis| &axis.passed).chain([whole]) {
                    prop_assert!(passed.assured != Passed::Pass || passed.claimed == Passed::Pass, "{passed:?}");
                    prop_assert!(passed.assured != Passed::Fail || passed.claimed != Passed::Pass, "{passed:?}");
                    prop_assert!(rank(passed.claimed) <= rank(passed.attainable), "{passed:?}");
                }
            }
            Grade::Scorecard(total) => {
                prop_assert!(total.assured.low <= total.claimed.low + 1e-9, "{total:?}");
                prop_assert!(total.claimed.high <= total.attainable.high + 1e-9, "{total:?}");
            }
        }
    }

    /// Filling in a fact of which nothing was known never turns true into false, or either into anything else.
    #[test]
    fn knowing_more_changes_no_answer(made in made(), all in all_said(), more in said()) {
        let Some(rules) = made.rules(false) else { return Ok(()) };
        let more = Said { set_aside: false, ..more };
        let before = dossier(&all);
        // Only facts of which nothing was known, of items that are there: a new item is another model, not a new fact.
        let known = |said: &Said| said.path == more.path && said.item == more.item;
        prop_assume!(!all.iter().any(known));
        let there = |said: &Said| match (more.item, said.item) {
            (None, _) => true,
            // One that only a report names is not there where reports are left out.
            _ if said.speaker == Speaker::Report => false,
            (Some((component, None)), Some((other, _))) => component == other,
            (item, other) => item == other,
        };
        prop_assume!(more.item.is_none() || all.iter().any(there));
        // Who calls a list complete speaks against an item that only a report names: that is no new fact, but a dispute.
        let reported = all.iter().any(|said| said.item.is_some() && said.speaker == Speaker::Report);
        prop_assume!(!(more.path.ends_with("complete") && reported));
        let from_card = |said: &Said| said.speaker == Speaker::Card;
        let named = |item| all.iter().any(|said| from_card(said) && same_or_below(said.item, item));
        let new_to_card = from_card(&more) && more.item.is_some_and(|(component, link)| {
            !named((component, None)) || link.is_some() && !named((component, link))
        });
        let mut all = all;
        all.push(more);
        let after = dossier(&all);
        let old = grade(&rules, &before, &Options::default());
        let new = grade(&rules, &after, &Options::default());
        for (at, (old, new)) in truths(&old).into_iter().zip(truths(&new)).enumerate() {
            for (view, (old, new)) in View::SHOWN.into_iter().zip(old.into_iter().zip(new)) {
                if view == View::Declared && new_to_card {
                    continue; // to the card alone it is a new item
                }
                prop_assert!(old == Truth::Unknown || old == new, "c{at}, {view:?}: {old:?} became {new:?}");
            }
        }
    }

    /// What says less than what stands already never takes its place: at the most nothing stands then, where words differ.
    #[test]
    fn a_lower_assurance_never_beats_a_higher_one(all in proptest::collection::vec(said(), 1..6), low in said()) {
        let path = all[0].path;
        let sources = |list: &[Said]| -> Vec<Source> {
            list.iter().enumerate().map(|(at, said)| Said { path, ..said.clone() }.source(&format!("file-{at}"))).collect()
        };
        let settled = Fact::settle(sources(&all));
        let Some(standing) = settled.standing() else { return Ok(()) };
        prop_assert!(settled.speaking().all(|s| s.assurance <= standing.assurance));
        prop_assume!(low.assurance < standing.assurance);
        let mut more = sources(&all);
        more.push(Said { path, ..low.clone() }.source("low"));
        let more = Fact::settle(more);
        let open = more.claimed().is_none() && !more.sides().is_empty();
        prop_assert!(more.claimed() == settled.claimed() || open);
    }

    /// Neither the order of files, keys, terms and criteria nor that of sources matters.
    #[test]
    fn order_does_not_matter(made in made(), all in all_said()) {
        let (Some(rules), Some(turned)) = (made.rules(false), made.rules(true)) else { return Ok(()) };
        let mut draft_of_turned = Draft { id: "made".into(), ..Draft::default() };
        for (at, said) in all.iter().enumerate().rev() {
            put(&mut draft_of_turned, said, &format!("file-{at}"));
        }
        let (one, other) = (dossier(&all), draft_of_turned.settle());
        prop_assert_eq!(&one, &other);
        prop_assert_eq!(written(&rules, &one), written(&turned, &other));
    }

    /// The same inputs give the same bytes out.
    #[test]
    fn the_same_inputs_give_the_same_result(made in made(), all in all_said()) {
        let (Some(rules), Some(again)) = (made.rules(false), made.rules(false)) else { return Ok(()) };
        prop_assert_eq!(&rules.digest, &again.digest);
        let (one, other) = (dossier(&all), dossier(&all));
        let results = [&rules, &again].map(|rules| format!("{:?}", grade(rules, &one, &Options::default())));
        prop_assert_eq!(&results[0], &results[1]);
        let explained = |rules: &Ruleset, dossier: &Dossier| {
            let grading = grade(rules, dossier, &Options::default());
            rules.criteria.iter().enumerate().map(|(at, _)| format!("{:?}", grading.unfold(rules, dossier, at))).collect::<Vec<_>>()
        };
        prop_assert_eq!(explained(&rules, &one), explained(&again, &other));
    }
}

/// A ruleset of the same criteria on any scale, and what is said before and after one thing is added.
fn before_and_after(made: &Made, all: &[Said], more: &Said) -> Option<(Ruleset, Grading, Grading, Dossier, Dossier)> {
    let rules = made.rules(false)?;
    let (before, mut with) = (dossier(all), all.to_vec());
    with.push(more.clone());
    let after = dossier(&with);
    let [old, new] = [&before, &after].map(|dossier| grade(&rules, dossier, &Options::default()));
    Some((rules, old, new, before, after))
}

/// The sides of every fact of which sources say different things, as text.
fn adverse(dossier: &Dossier) -> Vec<String> {
    let facts = dossier.each_fact();
    let lines = facts.iter().flat_map(|(path, owners, fact)| {
        let items: Vec<&str> = owners.iter().map(|item| item.id.as_str()).collect();
        fact.sides().into_iter().map(move |side| format!("{path:?} {items:?} {:?}", side.value)).collect::<Vec<_>>()
    });
    lines.collect()
}

proptest! {
    #![proptest_config(config(400))]

    /// A word that is added below what a criterion needs never makes it assured met: not the card's, not a report's.
    #[test]
    fn a_word_added_never_raises_what_is_assured(made in made(), all in all_said(), more in said()) {
        let Some((rules, old, new, ..)) = before_and_after(&made, &all, &more) else { return Ok(()) };
        for (at, criterion) in rules.criteria.iter().enumerate().filter(|(_, it)| it.needs > more.assurance) {
            prop_assume!(!matches!(more.speaker, Speaker::File | Speaker::Run | Speaker::Vouched));
            let assured = |grading: &Grading| grading.criteria[at].standing.truth.get(View::Assured);
            prop_assert!(assured(&new) != Truth::True || assured(&old) == Truth::True, "c{at} needs {:?}", criterion.needs);
        }
    }

    /// A statement that nobody vouches for never makes a criterion assured not met, nor contradicted; and it never takes
    /// away that it is.
    #[test]
    fn an_accusation_shows_nothing(made in made(), all in all_said(), more in said()) {
        let more = Said { speaker: Speaker::Report, assurance: possible(Speaker::Report, more.assurance), ..more };
        let Some((rules, old, new, ..)) = before_and_after(&made, &all, &more) else { return Ok(()) };
        for at in 0..rules.criteria.len() {
            let standing = |grading: &Grading| grading.criteria[at].standing;
            let denied = |grading: &Grading| standing(grading).truth.get(View::Assured) == Truth::False;
            prop_assert!(!denied(&new) || denied(&old), "c{at} is assured not met by a report");
            let contradicted = |grading: &Grading| standing(grading).outcome() == Outcome::Contradicted;
            prop_assert!(!contradicted(&new) || contradicted(&old), "c{at} is contradicted by a report");
        }
    }

    /// Whatever is added, no side of a disagreement goes.
    #[test]
    fn no_addition_removes_an_adverse_line(all in all_said(), more in said()) {
        let mut with = all.clone();
        with.push(more);
        let (before, after) = (adverse(&dossier(&all)), adverse(&dossier(&with)));
        prop_assert!(before.iter().all(|line| after.contains(line)), "{before:?} {after:?}");
    }

    /// What this run measured is overruled by nothing: whatever else is said, another value is never assured.
    #[test]
    fn nothing_overrules_a_measurement_of_this_run(all in proptest::collection::vec(said(), 0..6), run in said()) {
        let run = Said { speaker: Speaker::Run, assurance: Assurance::Measured, set_aside: false, ..run };
        let mut sources: Vec<Source> =
            all.iter().enumerate().map(|(at, said)| Said { path: run.path, ..said.clone() }.source(&format!("f{at}"))).collect();
        let measured = run.source("run");
        sources.push(measured.clone());
        let fact = Fact::settle(sources);
        let agrees = |value: Option<&Value>| value.is_none_or(|value| value.agrees(measured.value.as_ref().unwrap()));
        prop_assert!(agrees(fact.claimed()));
        for needs in Assurance::ALL {
            prop_assert!(agrees(fact.assured(needs)), "{needs:?}");
        }
    }

    /// What is assured is also true with all that the card says added, where nothing is in dispute.
    #[test]
    fn proof_without_dispute_is_admitted(made in made(), all in all_said()) {
        let dossier = dossier(&all);
        prop_assume!(adverse(&dossier).is_empty());
        let Some(rules) = made.rules(false) else { return Ok(()) };
        let grading = grade(&rules, &dossier, &Options::default());
        for (at, result) in grading.criteria.iter().enumerate() {
            prop_assert!(!result.standing.held_back_by_card(), "c{at}");
        }
    }
}

/// A node between two, with what it must be worth.
fn both(a: &str, b: &str) -> Vec<(String, String)> {
    let all = |x: &str, y: &str| format!("{{all: [{x}, {y}]}}");
    let any = |x: &str, y: &str| format!("{{any: [{x}, {y}]}}");
    let not = |x: &str| format!("{{not: {x}}}");
    vec![
        (not(&not(a)), a.to_owned()),
        (all(a, a), a.to_owned()),
        (any(a, a), a.to_owned()),
        (all(a, b), all(b, a)),
        (any(a, b), any(b, a)),
        (not(&all(a, b)), any(&not(a), &not(b))),
        (not(&any(a, b)), all(&not(a), &not(b))),
        (all(a, &all(b, a)), all(&all(a, b), a)),
        (any(a, &any(b, a)), any(&any(a, b), a)),
    ]
}

proptest! {
    #![proptest_config(config(150))]

    /// Kleene's laws over whole tests: double negation, idempotence, commutativity, associativity, De Morgan.
    #[test]
    fn kleenes_laws(a in node(Place::Model, 2, 0), b in node(Place::Model, 2, 0), all in all_said()) {
        let dossier = dossier(&all);
        for (left, right) in both(&a, &b) {
            let criterion = |test: &str| (Assurance::Documented, None, test.to_owned());
            let made = Made {
                terms: Vec::new(),
                criteria: vec![criterion(&left), criterion(&right)],
                rungs: vec![vec![0, 1]],
                scale: 1, // nothing can be out of reach in a gate
            };
            let Some(rules) = made.rules(false) else { continue };
            let truths = truths(&grade(&rules, &dossier, &Options::default()));
            prop_assert_eq!(truths[0], truths[1], "{} is not {}", left, right);
        }
    }
}

/// Most made-up rulesets can be used, and their answers are of every kind: the laws above are about something.
#[test]
fn what_is_made_up_is_not_empty() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut usable, mut seen) = (0, std::collections::BTreeMap::<String, usize>::new());
    for _ in 0..200 {
        let made = made().new_tree(&mut runner).unwrap().current();
        let all = all_said().new_tree(&mut runner).unwrap().current();
        let Some(rules) = made.rules(false) else { continue };
        usable += 1;
        let grading = grade(&rules, &dossier(&all), &Options::default());
        for truth in truths(&grading).into_iter().flatten() {
            *seen.entry(format!("{truth:?}")).or_default() += 1;
        }
    }
    assert!(usable >= 150, "{usable} of 200 can be used");
    assert!(seen.len() == 4 && seen.values().all(|&n| n >= 20), "{seen:?}");
}

/// A criterion that is named inside a quantifier is asked of the whole model, not of the item that is bound there.
#[test]
fn a_criterion_inside_a_quantifier_sees_the_whole_model() {
    let made = Made {
        terms: Vec::new(),
        criteria: vec![
            (Assurance::Declared, None, "{some: component, holds: {fact: component.core, is: true}}".into()),
            (Assurance::Declared, None, "{every: component, holds: {criterion: c0}}".into()),
            (Assurance::Declared, None, "{every: component, holds: {every: link, holds: {criterion: c0}}}".into()),
        ],
        rungs: vec![vec![1, 2]],
        scale: 1,
    };
    let rules = made.rules(false).unwrap();
    let said = |item, path, value| Said {
        item,
        path,
        value,
        assurance: Assurance::Declared,
        speaker: Speaker::Card,
        set_aside: false,
    };
    let dossier = dossier(&[
        said(None, "components.complete", 1),
        said(Some((0, None)), "component.core", 1), // false
        said(Some((1, None)), "component.core", 0), // true
        said(Some((0, None)), "component.links-complete", 1),
        said(Some((1, None)), "component.links-complete", 1),
        said(Some((0, Some(0))), "link.same-maker", 0),
        said(Some((1, Some(0))), "link.same-maker", 0),
    ]);
    let grading = grade(&rules, &dossier, &Options::default());
    for [declared, claimed, _] in truths(&grading) {
        assert_eq!((declared, claimed), (Truth::True, Truth::True));
    }
    for at in 0..3 {
        let _ = grading.unfold(&rules, &dossier, at); // reads the same facts again
    }
    assert!(rules.criteria.iter().all(|c| c.title.get(Lang::Ko) == "가"));
}

// ---------------------------------------------------------------------------------------------------------------
// Bounds that are no constants

/// A ruleset of one criterion with this test.
fn asking(test: &str, needs: Assurance) -> Result<Ruleset, Vec<String>> {
    let made =
        Made { terms: Vec::new(), criteria: vec![(needs, None, test.to_owned())], rungs: vec![vec![0]], scale: 0 };
    match load(&made.files(false)) {
        Ok((rules, _)) => Ok(rules),
        Err(problems) => Err(problems.sorted().iter().map(|problem| problem.message.en.clone()).collect()),
    }
}

/// A source of a day, or none.
fn day(said: Option<(u8, Assurance)>) -> Vec<Source> {
    let source = |(day, assurance): (u8, Assurance)| {
        let value = Value::Date(Date::parse(&format!("2025-03-{day:02}")).unwrap());
        let speaker = if assurance <= Assurance::Documented { Speaker::Card } else { Speaker::Run };
        Source::declared(value, Origin::default()).at(assurance).by(speaker)
    };
    said.map(source).into_iter().collect()
}

proptest! {
    #![proptest_config(config(300))]

    /// A fact as a bound says what the constant would say that the same view sees, and nothing where it sees none.
    #[test]
    fn a_fact_as_a_bound_is_what_it_is_in_each_view(
        own in proptest::option::of((1u8..5, proptest::sample::select(&Assurance::ALL[..]))),
        other in proptest::option::of((1u8..5, proptest::sample::select(&Assurance::ALL[..]))),
        operator in proptest::sample::select(&["at-least", "at-most", "more-than", "less-than"][..]),
        needs in proptest::sample::select(&Assurance::ALL[..]),
        as_of in any::<bool>(),
    ) {
        let bound = if as_of { "as-of" } else { "{fact: data.cutoff}" };
        let rules = asking(&format!("{{fact: model.released, {operator}: {bound}}}"), needs).unwrap();
        let mut draft = Draft::default();
        let mut put = |path: &str, sources: Vec<Source>| {
            if !sources.is_empty() {
                draft.root.sources.insert(vocabulary().must(path), sources);
            }
        };
        put("model.released", day(own));
        if !as_of {
            put("data.cutoff", day(other));
        }
        let today = other.filter(|_| as_of).and_then(|(day, _)| Date::parse(&format!("2025-03-{day:02}")));
        let grading = grade(&rules, &draft.settle(), &Options { as_of: today, ..Options::default() });
        let sees = |view: View, said: Option<(u8, Assurance)>| {
            said.filter(|(_, assurance)| match view {
                View::Declared => *assurance <= Assurance::Documented,
                View::Claimed => true,
                View::Admitted => *assurance <= Assurance::Documented || *assurance >= needs,
                _ => *assurance >= needs,
            })
        };
        let truth = |view: View| {
            let limit = if as_of { other } else { sees(view, other) };
            match (sees(view, own), limit) {
                (Some((own, _)), Some((limit, _))) => {
                    let holds = match operator {
                        "at-least" => own >= limit,
                        "at-most" => own <= limit,
                        "more-than" => own > limit,
                        _ => own < limit,
                    };
                    if holds { Truth::True } else { Truth::False }
                }
                _ => Truth::Unknown,
            }
        };
        for view in View::SHOWN {
            // What the card says against itself needs no proof.
            let denied = view == View::Assured && truth(View::Admitted) == Truth::False;
            let wanted = if denied { Truth::False } else { truth(view) };
            prop_assert_eq!(grading.criteria[0].standing.truth.get(view), wanted, "{:?}", view);
        }
    }
}

#[test]
fn a_bound_of_another_kind_or_unit_is_refused() {
    for test in [
        "{fact: model.released, less-than: {fact: model.parameters}}",
        "{fact: model.parameters, at-least: {fact: data.synthetic-share}}",
        "{fact: model.parameters, at-least: as-of}",
        "{fact: model.released, less-than: {fact: link.reference-released}}",
        "{fact: model.released, less-than: {fakt: model.released}}",
        "{fact: model.released, is: as-of}",
    ] {
        assert!(asking(test, Assurance::Declared).is_err_and(|said| !said.is_empty()), "{test}");
    }
    let inside = "{every: component, holds: {some: link, of: component, holds: {fact: link.reference-released, less-than: {fact: model.released}}}}";
    assert!(asking(inside, Assurance::Declared).is_ok());
}
