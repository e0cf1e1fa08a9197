//! `unlisted: ignore` is refused where silence would speak for the model; scales that take points for items and weights
//! by reading say every mistake at once.
#![allow(clippy::unwrap_used, missing_docs)]

use sovgrade::rules::{OddNames, RulesetFiles, load};
use sovgrade::text::{Code, SourceFile};

const TEXT: &str = "{ko: 가, en: a}";

fn problems(scale: &str, test: &str) -> Vec<Code> {
    let criterion = format!(
        "format: 1\nid: c\ndimension: data\ntitle: {TEXT}\nquestion: {TEXT}\nrationale: {TEXT}\nneeds: declared\ntest: {test}\n"
    );
    let ruleset = format!(
        "format: 1\nid: page\nversion: 1.0.0\ntitle: {TEXT}\nsource: {{title: a}}\n{scale}\nreadings:\n  edition:\n    \
         question: {TEXT}\n    default: new\n    options:\n      new: {{title: {TEXT}, because: {TEXT}}}\n      \
         old: {{title: {TEXT}, because: {TEXT}}}\n"
    );
    let files = RulesetFiles {
        folder: "page".into(),
        ruleset: SourceFile::new("page/ruleset.yaml", ruleset),
        terms: None,
        facts: None,
        criteria: vec![SourceFile::new("page/criteria/c.yaml", criterion)],
        cases: Vec::new(),
        allow: None,
        references: None,
        named: Some("made".into()),
        odd: OddNames::default(),
    };
    match load(&files) {
        Ok((_, warnings)) => warnings.sorted().iter().map(|problem| problem.code).collect(),
        Err(problems) => problems.sorted().iter().map(|problem| problem.code).collect(),
    }
}

fn of_test(test: &str) -> Vec<Code> {
    let scale = format!("scale: {{ladder: [{{id: L1, title: {TEXT}, requires: [c]}}]}}");
    problems(&scale, test)
}

#[test]
fn silence_may_speak_against_the_model_only() {
    let holds = "holds: {fact: artefact.present, is: true}, unlisted: ignore";
    for test in ["{every: artefact, HOLDS}", "{some: artefact, HOLDS}", "{count: artefact, HOLDS, at-least: 2}"] {
        assert_eq!(of_test(&test.replace("HOLDS", holds)), [], "{test}");
    }
    for test in [
        "{none: artefact, HOLDS}",
        "{count: artefact, HOLDS, at-most: 2}",
        "{count: artefact, HOLDS, less-than: 2}",
        "{count: artefact, HOLDS, at-least: 1, at-most: 2}",
    ] {
        assert_eq!(of_test(&test.replace("HOLDS", holds)), [Code::OperatorDoesNotFit], "{test}");
    }
    assert_eq!(of_test("{some: artefact, unlisted: forget}"), [Code::ValueNotAllowed]);
}

fn of_objective(objective: &str) -> Vec<Code> {
    let scale = format!("scale: {{scorecard: {{objectives: [{{id: o, title: {TEXT}, {objective}}}]}}}}");
    let mut all = problems(&scale, "{fact: model.form, known: true}");
    all.retain(|code| *code != Code::UnusedCriterion);
    all
}

#[test]
fn scorecards_take_points_for_items_and_weights_by_reading() {
    let each = "each: {each: answer, needs: declared, \
                worth: [{points: 5 points, holds: {fact: answer.choice, at-least: 2}}]}";
    let weight = "weight: {reading: edition, options: {new: 100 %, old: 100 %}}";
    assert_eq!(of_objective(&format!("{weight}, out-of: 10 points, {each}")), []);
    assert_eq!(of_objective("weight: 100 %, criteria: [{criterion: c, points: 5 points}]"), []);
    for (objective, wanted) in [
        (format!("{weight}, {each}"), vec![Code::MissingKey]),
        ("weight: 100 %".to_owned(), vec![Code::MissingKey]),
        (
            format!("weight: {{reading: edition, options: {{new: 10 %}}}}, out-of: 10 points, {each}"),
            vec![Code::UnknownOption],
        ),
        (
            format!("weight: {{reading: edition, options: {{new: 10 %, odd: 1 %}}}}, out-of: 10 points, {each}"),
            vec![Code::UnknownOption, Code::UnknownOption],
        ),
        (format!("weight: {{reading: other, options: {{}}}}, out-of: 10 points, {each}"), vec![Code::UnknownReading]),
        (format!("weight: 10, out-of: 10 points, {each}"), vec![Code::NumberWithoutUnit]),
        (
            format!("weight: 100 %, out-of: 10 points, {}", each.replace("5 points", "5 %")),
            vec![Code::NumberWithOtherUnit],
        ),
        (
            format!("weight: 100 %, out-of: 10 points, {}", each.replace("answer.choice", "answer.choise")),
            vec![Code::UnknownFact],
        ),
        (format!("weight: 100 %, out-of: 10 points, {}", each.replace("worth", "worht")), vec![Code::UnknownKey]),
        (
            format!("weight: 100 %, out-of: 10 points, {}", each.replace("each: answer", "each: answr")),
            vec![Code::UnknownCollection],
        ),
    ] {
        assert_eq!(of_objective(&objective), wanted, "{objective}");
    }
}
