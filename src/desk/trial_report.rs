//! What came of the cases of a ruleset: for people, as JSON, and as `JUnit` for a build server.

use serde_json::{Value, json};

use super::accept::Acceptance;
use super::mutant::{Mutant, line_of};
use super::run::Difference;
use super::survey::Coverage;
use crate::grade::Outcome;
use crate::report::{Canvas, Tone, padded, width_of};
use crate::rules::{LocalText, Place, Ruleset};
use crate::text::Lang;
use crate::text::escape::{line, markup};

/// One case that was run.
#[derive(Debug, Clone)]
pub struct CaseResult {
    /// Its name.
    pub name: String,
    /// Its file.
    pub file: String,
    /// Every difference, with the reasons that the explanation gives for it.
    pub differences: Vec<(Difference, Vec<String>)>,
    /// What came of accepting the differences, where that was asked.
    pub acceptance: Option<Acceptance>,
}

impl CaseResult {
    /// Whether it came out otherwise, and that was not accepted.
    pub fn failed(&self) -> bool {
        !self.differences.is_empty() && !self.accepted()
    }

    /// Whether what came out was accepted.
    pub fn accepted(&self) -> bool {
        self.acceptance == Some(Acceptance::Accepted)
    }
}

/// The cases of one ruleset that were run, and what else was asked about them.
#[derive(Debug, Clone)]
pub struct Suite<'a> {
    /// The rules.
    pub rules: &'a Ruleset,
    /// Cases that were run.
    pub results: Vec<CaseResult>,
    /// Cases that could not be read.
    pub unreadable: usize,
    /// What the cases cover, where that was asked.
    pub coverage: Option<Coverage>,
    /// What came of the mutants, where that was asked.
    pub mutation: Option<MutationResult>,
}

/// What came of the mutants, with what is allowed.
#[derive(Debug, Clone)]
pub struct MutationResult {
    /// How many there are.
    pub tried: usize,
    /// How many more are proved to change nothing.
    pub equal: usize,
    /// Survivors that nothing allows.
    pub survivors: Vec<Mutant>,
    /// Survivors that allow.yaml lists, with the reason.
    pub allowed: Vec<(Mutant, LocalText)>,
}

impl Suite<'_> {
    /// Cases that came out otherwise.
    pub fn failed(&self) -> usize {
        self.results.iter().filter(|result| result.failed()).count()
    }

    /// Cases of which what came out was accepted.
    pub fn accepted(&self) -> usize {
        self.results.iter().filter(|result| result.accepted()).count()
    }
}

/// Writes what came of the cases.
pub fn trials_human(suite: &Suite<'_>, canvas: &mut Canvas, lang: Lang) {
    for result in suite.results.iter().filter(|result| !result.differences.is_empty()) {
        let (plain, sign, tone) = if result.accepted() { ("+", "✓", Tone::Good) } else { ("x", "✗", Tone::Bad) };
        let mark = canvas.paint(if canvas.is_plain() { plain } else { sign }, tone);
        canvas.line(&format!("{mark} {} ({})", result.name, result.file));
        for (difference, reasons) in &result.differences {
            canvas.paragraph(4, "- ", difference.says().get(lang));
            for reason in reasons {
                canvas.paragraph(8, "", reason);
            }
        }
        if let Some(acceptance) = &result.acceptance {
            canvas.paragraph(4, "> ", acceptance.says().get(lang));
        }
    }
    let (run, failed, unreadable) = (suite.results.len(), suite.failed(), suite.unreadable);
    let rules = suite.rules;
    let mut also = match (suite.accepted(), lang) {
        (0, _) => String::new(),
        (n, Lang::Ko) => format!(", 새 답을 받아들여 고친 것 {n}개"),
        (n, Lang::En) => format!(", {n} rewritten with the new answers"),
    };
    also += &match (unreadable, lang) {
        (0, _) => String::new(),
        (n, Lang::Ko) => format!(", {n}개는 읽을 수 없음"),
        (n, Lang::En) => format!(", {n} could not be read"),
    };
    let passed = run - failed - suite.accepted();
    let line = match lang {
        Lang::Ko => {
            format!("{} {}: 사례 {run}개, 통과 {passed}개, 실패 {failed}개{also}", rules.id, rules.version)
        }
        Lang::En => {
            let cases = if run == 1 { "case" } else { "cases" };
            format!("{} {}: {run} {cases}, {passed} passed, {failed} failed{also}", rules.id, rules.version)
        }
    };
    canvas.line(&line);
    if let Some(coverage) = &suite.coverage {
        coverage_human(rules, coverage, canvas, lang);
    }
    if let Some(mutation) = &suite.mutation {
        mutation_human(rules, mutation, canvas, lang);
    }
}

fn coverage_human(rules: &Ruleset, coverage: &Coverage, canvas: &mut Canvas, lang: Lang) {
    let say = |ko: &'static str, en: &'static str| if lang == Lang::Ko { ko } else { en };
    canvas.heading(say("사례가 밝힌 판정", "Outcomes that a case proves"));
    let first = say("기준", "criterion");
    let width = rules.criteria.iter().map(|c| width_of(&c.id)).chain([width_of(first)]).max().unwrap_or(0);
    let heads: Vec<String> = Outcome::ALL.iter().map(|outcome| outcome.says().get(lang).to_owned()).collect();
    canvas.line(&format!("  {}  {}", padded(first, width), heads.join("  ")));
    for proved in &coverage.proved {
        let cells: Vec<String> = proved
            .cases
            .iter()
            .zip(&heads)
            .map(|(n, head)| padded(&if *n == 0 { "-".to_owned() } else { n.to_string() }, width_of(head)))
            .collect();
        canvas.line(&format!("  {}  {}", padded(&rules.criteria[proved.criterion].id, width), cells.join("  ")));
    }
    let (all, never) = (coverage.nodes, coverage.never_decisive.len());
    canvas.heading(say("어느 사례에서도 결과를 정하지 않는 마디", "Nodes that decide nothing in any case"));
    let line = match lang {
        Lang::Ko => format!("마디 {all}개 가운데 {never}개"),
        Lang::En => format!("{never} of {all} nodes"),
    };
    canvas.paragraph(2, "", &line);
    for node in &coverage.never_decisive {
        canvas.paragraph(2, "- ", &format!("{}: {}", at(rules, node.place), node.name));
        canvas.line(&format!("      {}", line_of(rules, node.place)));
    }
}

fn mutation_human(rules: &Ruleset, mutation: &MutationResult, canvas: &mut Canvas, lang: Lang) {
    let (tried, left, allowed) = (mutation.tried, mutation.survivors.len(), mutation.allowed.len());
    let caught = tried - left - allowed;
    canvas.heading(if lang == Lang::Ko { "일부러 넣은 잘못" } else { "Mistakes made on purpose" });
    let line = match lang {
        Lang::Ko => {
            format!("{tried}가지 가운데 사례가 잡은 것 {caught}, 까닭을 적어 허용한 것 {allowed}, 놓친 것 {left}")
        }
        Lang::En => {
            format!("{tried} mutants: {caught} caught by a case, {allowed} allowed with a reason, {left} not caught")
        }
    };
    canvas.paragraph(2, "", &line);
    if mutation.equal > 0 {
        let equal = mutation.equal;
        let line = match lang {
            Lang::Ko => format!("이 밖의 {equal}가지는 답을 바꾸지 않는다는 것이 증명되어 넣지 않았다"),
            Lang::En => format!("{equal} more are proved to change no answer and were not made"),
        };
        canvas.paragraph(2, "", &line);
    }
    for mutant in &mutation.survivors {
        canvas.paragraph(2, "- ", &format!("{}: {}", at(rules, mutant.place), mutant.says.get(lang)));
        canvas.line(&format!("      {}", line_of(rules, mutant.place)));
        canvas.line(&format!("      id: {}", mutant.id));
    }
}

/// `rules/x/terms.yaml:12`.
fn at(rules: &Ruleset, place: Place) -> String {
    let file = &rules.files[usize::from(place.file)];
    format!("{}:{}", file.name(), file.position(place.span.start).line)
}

/// What came of the cases, as data.
pub fn trials_json(suites: &[Suite<'_>], lang: Lang) -> Value {
    json!({
        "schema": "sovgrade/trials/1",
        "rulesets": suites.iter().map(|suite| suite_json(suite, lang)).collect::<Vec<_>>(),
    })
}

fn suite_json(suite: &Suite<'_>, lang: Lang) -> Value {
    let rules = suite.rules;
    let mut value = json!({
        "id": rules.id,
        "version": rules.version,
        "digest": rules.digest,
        "cases": suite.results.iter().map(|result| json!({
            "name": result.name,
            "file": result.file,
            "passed": !result.failed(),
            "accepted": result.accepted(),
            "differences": result.differences.iter().map(|(difference, reasons)| json!({
                "what": difference.what,
                "expected": difference.expected,
                "found": difference.found,
                "reasons": reasons,
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "unreadable": suite.unreadable,
    });
    if let Some(coverage) = &suite.coverage {
        let outcomes = |cases: &[usize; 5]| -> serde_json::Map<String, Value> {
            Outcome::ALL.iter().zip(cases).map(|(outcome, n)| (outcome.word().to_owned(), (*n).into())).collect()
        };
        value["coverage"] = json!({
            "criteria": coverage.proved.iter().map(|proved| json!({
                "id": rules.criteria[proved.criterion].id,
                "cases": outcomes(&proved.cases),
            })).collect::<Vec<_>>(),
            "nodes": coverage.nodes,
            "never-decisive": coverage.never_decisive.iter().map(|node| json!({
                "id": node.name,
                "place": at(rules, node.place),
            })).collect::<Vec<_>>(),
        });
    }
    if let Some(mutation) = &suite.mutation {
        let mutant =
            |mutant: &Mutant| json!({"id": mutant.id, "place": at(rules, mutant.place), "text": mutant.says.get(lang)});
        value["mutation"] = json!({
            "tried": mutation.tried,
            "proved-equal": mutation.equal,
            "survivors": mutation.survivors.iter().map(mutant).collect::<Vec<_>>(),
            "allowed": mutation.allowed.iter().map(|(one, because)| {
                let mut value = mutant(one);
                value["because"] = because.get(lang).into();
                value
            }).collect::<Vec<_>>(),
        });
    }
    value
}

/// What came of the cases as `JUnit` XML, one test suite a ruleset.
pub fn trials_junit(suites: &[Suite<'_>], lang: Lang) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for suite in suites {
        let (name, tests, failures) = (markup(&suite.rules.id), suite.results.len(), suite.failed());
        out.push_str(&format!(
            "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{}\">\n",
            suite.unreadable
        ));
        for result in &suite.results {
            let case = format!(
                "    <testcase classname=\"{name}\" name=\"{}\" file=\"{}\"",
                markup(&result.name),
                markup(&result.file)
            );
            if !result.failed() {
                out.push_str(&format!("{case}/>\n"));
                continue;
            }
            let lines: Vec<String> = result
                .differences
                .iter()
                .map(|(difference, reasons)| {
                    let why: String = reasons.iter().map(|reason| format!("\n  {}", line(reason))).collect();
                    format!("{}{why}", line(difference.says().get(lang)))
                })
                .collect();
            let message = result.differences[0].0.says();
            out.push_str(&format!(
                "{case}>\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n",
                markup(&line(message.get(lang))),
                markup(&lines.join("\n"))
            ));
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}
