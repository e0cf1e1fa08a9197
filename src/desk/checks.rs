//! Checks beyond loading: what is well formed and still wants a look. Each finding has a code, something that it is
//! about, and can be allowed with a reason.

use std::collections::HashSet;

use super::allow::Allowances;
use super::trial::Trial;
use crate::facts::Dossier;
use crate::grade::{Outcome, Question, Trace, standing};
use crate::rules::{Choice, NodeId, Op, Ruleset, RulesetFiles, Scale, Test};
use crate::text::{Aliases, Code, Diagnostic, Diagnostics, Says, SourceFile, Span, parse_yaml, says};
use crate::vocabulary::{PathId, vocabulary};

/// One finding.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What it is about, as allow.yaml names it: `own-data`, `own-data/unknown`, `terms/waived`.
    pub of: String,
    /// What is said about it.
    pub diagnostic: Diagnostic,
}

/// What is checked.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The files.
    pub files: &'a RulesetFiles,
    /// The rules.
    pub rules: &'a Ruleset,
    /// The cases.
    pub trials: &'a [Trial],
}

/// The findings that nothing allows, and the allowances that nothing needs; how many were allowed.
pub fn findings(scope: &Scope<'_>, extra: Vec<Finding>, allowances: &mut Allowances) -> (Diagnostics, usize) {
    let mut found = extra;
    outcomes_without_case(scope, &mut found);
    unused(scope, &mut found);
    steps_alike(scope, &mut found);
    super::assurable::out_of_reach(scope, &mut found);
    citations(scope, &mut found);
    super::texts::texts(scope, &mut found);
    let mut problems = Diagnostics::default();
    let mut allowed = 0;
    for finding in found {
        if allowances.finding(finding.diagnostic.code, &finding.of).is_some() {
            allowed += 1;
        } else {
            problems.push(finding.diagnostic);
        }
    }
    problems.extend(allowances.unused(&allowances.findings));
    (problems, allowed)
}

pub(super) fn warn(code: Code, of: &str, file: &SourceFile, span: Span, message: Says, help: Says) -> Finding {
    Finding { of: of.to_owned(), diagnostic: Diagnostic::warning(code, file, span, message).help(help) }
}

/// A criterion that no case shows met, not met and unknown.
fn outcomes_without_case(scope: &Scope<'_>, found: &mut Vec<Finding>) {
    let shown: HashSet<(usize, Outcome)> =
        scope.trials.iter().flat_map(|trial| trial.case.expected.outcomes.iter().copied()).collect();
    for (at, criterion) in scope.rules.criteria.iter().enumerate() {
        let unknown =
            criterion.applies.into_iter().chain([criterion.test]).any(|test| may_be_unknown(scope.rules, test));
        for outcome in [Outcome::Met, Outcome::NotMet, Outcome::Unknown] {
            if outcome == Outcome::Unknown && !unknown {
                continue; // no case can show it
            }
            let refuted = outcome == Outcome::NotMet && shown.contains(&(at, Outcome::Contradicted));
            if shown.contains(&(at, outcome)) || refuted {
                continue;
            }
            let (id, word) = (&criterion.id, outcome.word());
            found.push(warn(
                Code::OutcomeWithoutCase,
                &format!("{id}/{word}"),
                &scope.rules.files[criterion.file],
                criterion.id_span,
                says(
                    format!("기준 `{id}`이(가) `{word}`(으)로 나오는 사례가 없다"),
                    format!("no case shows the criterion `{id}` as `{word}`"),
                ),
                says(
                    format!("`outcomes` 아래에 `{id}: {word}`를 기대하는 사례를 cases/에 더한다"),
                    format!("add a case to cases/ that expects `{id}: {word}` under `outcomes`"),
                ),
            ));
        }
    }
}

/// Facts of the ruleset's own that no test reads. That a list is complete is read wherever the list is.
fn unused_facts(scope: &Scope<'_>, asked: &HashSet<PathId>, found: &mut Vec<Finding>) {
    let Some(file) = &scope.files.facts else { return };
    let unread =
        scope.rules.own.declared().filter(|id| !asked.contains(id) && vocabulary().completed_by(*id).is_none());
    for id in unread {
        let path = vocabulary().entry(id).path;
        let name = path.rsplit('.').next().unwrap_or(path);
        let list = path.strip_prefix(&format!("{}.", scope.rules.own.namespace)).and_then(|rest| rest.split_once('.'));
        let keys = match list {
            Some((collection, _)) => vec!["collections", collection, "facts", name],
            None => vec!["facts", name],
        };
        found.push(warn(
            Code::UnusedFact,
            &format!("facts/{path}"),
            file,
            key_span(file, &keys),
            says(format!("사실 `{path}`을(를) 묻는 시험이 없다"), format!("no test asks for the fact `{path}`")),
            says("기준의 시험에서 쓰거나 지운다", "use it in the test of a criterion, or remove it"),
        ));
    }
}

/// Whether a test can come out unknown: `known` never does.
fn may_be_unknown(rules: &Ruleset, id: NodeId) -> bool {
    match &rules.expr.node(id).op {
        Op::Fact(_, Test::Known(_)) => false,
        Op::All(_) | Op::Any(_) | Op::Not(_) | Op::Term(..) | Op::Criterion(..) | Op::Reading(..) => {
            super::nodes::below(rules, id).into_iter().any(|part| may_be_unknown(rules, part))
        }
        Op::Fact(..) | Op::Quantified(..) | Op::Count(..) | Op::Share(..) => true,
    }
}

/// Terms and readings that no test of a criterion comes to.
fn unused(scope: &Scope<'_>, found: &mut Vec<Finding>) {
    let rules = scope.rules;
    let mut terms = vec![false; rules.terms.len()];
    let mut readings = vec![false; rules.readings.len()];
    let mut asked: HashSet<PathId> = HashSet::new();
    let mut left: Vec<NodeId> = rules.criteria.iter().flat_map(|c| c.applies.into_iter().chain([c.test])).collect();
    left.extend(super::nodes::of_scale(rules));
    if let Scale::Scorecard(card) = &rules.scale {
        for objective in &card.objectives {
            let unlisted = objective.each.as_ref().map(|each| &each.ignore_unlisted);
            if let Choice::Read(reading, _) = objective.weight {
                readings[reading] = true;
            }
            if let Some(Choice::Read(reading, _)) = unlisted {
                readings[*reading] = true;
            }
        }
    }
    while let Some(id) = left.pop() {
        match &rules.expr.node(id).op {
            Op::Term(term, _) => terms[usize::from(*term)] = true,
            Op::Reading(reading, _) => readings[usize::from(*reading)] = true,
            Op::Fact(slot, test) => asked.extend([slot.path].into_iter().chain(test.other().map(|other| other.path))),
            Op::Share(_, by, _) => {
                asked.insert(by.path);
            }
            _ => {}
        }
        left.extend(super::nodes::below(rules, id));
    }
    unused_facts(scope, &asked, found);
    for (term, _) in rules.terms.iter().zip(terms).filter(|(_, used)| !used) {
        let (file, id) = (&rules.files[usize::from(term.place.file)], &term.id);
        found.push(warn(
            Code::UnusedTerm,
            &format!("terms/{id}"),
            file,
            key_span(file, &["terms", id]),
            says(format!("용어 `{id}`을(를) 쓰는 기준이 없다"), format!("no criterion uses the term `{id}`")),
            says("기준의 시험에서 쓰거나 지운다", "use it in the test of a criterion, or remove it"),
        ));
    }
    for (reading, _) in rules.readings.iter().zip(readings).filter(|(_, used)| !used) {
        let (file, id) = (&rules.files[0], &reading.id);
        found.push(warn(
            Code::UnusedReading,
            &format!("readings/{id}"),
            file,
            key_span(file, &["readings", id]),
            says(
                format!("해석 `{id}`을(를) 고르는 시험이 없다: 무엇을 골라도 판정이 같다"),
                format!("no test asks for the reading `{id}`: whatever is chosen, nothing changes"),
            ),
            says("기준의 시험에서 쓰거나 지운다", "use it in the test of a criterion, or remove it"),
        ));
    }
}

/// Rungs that ask for nothing beyond the rung below, and axes that ask for the same.
fn steps_alike(scope: &Scope<'_>, found: &mut Vec<Finding>) {
    let rules = scope.rules;
    let file = &rules.files[0];
    let mut alike = |id: &str, other: &str, span: Span| {
        found.push(warn(
            Code::RungsAlike,
            &format!("scale/{id}"),
            file,
            span,
            says(
                format!("`{id}`과(와) `{other}`은(는) 구별되지 않는다: 요구하는 것이 같다"),
                format!("`{id}` cannot be told from `{other}`: both ask for the same"),
            ),
            says(
                "다른 기준을 `requires`에 더하거나 둘을 합친다",
                "add a criterion of its own under `requires`, or join the two",
            ),
        ));
    };
    match &rules.scale {
        Scale::Ladder(rungs) => {
            let mut below: Vec<usize> = Vec::new();
            for (at, rung) in rungs.iter().enumerate() {
                let fresh = |criterion: &usize| {
                    let test = rules.criteria[*criterion].test;
                    !below.iter().any(|other| same_test(rules, rules.criteria[*other].test, test))
                };
                if at > 0 && !rung.requires.iter().any(fresh) {
                    alike(&rung.id, &rungs[at - 1].id, rung.id_span);
                }
                below.extend(&rung.requires);
            }
        }
        Scale::Gate(axes) => {
            for (at, axis) in axes.iter().enumerate() {
                let same = |other: &&crate::rules::Axis| {
                    other.requires.len() == axis.requires.len()
                        && axis.requires.iter().all(|criterion| other.requires.contains(criterion))
                };
                if let Some(other) = axes[..at].iter().find(same) {
                    let needle = format!("id: {}", axis.id);
                    let start = file.text().find(&needle).map_or(0, |start| start + 4);
                    alike(&axis.id, &other.id, Span::new(start, start + axis.id.len()));
                }
            }
        }
        Scale::Scorecard(_) => {}
    }
}

/// Whether two tests ask the same, word for word.
pub(super) fn same_test(rules: &Ruleset, a: NodeId, b: NodeId) -> bool {
    let (left, right) = (&rules.expr.node(a).op, &rules.expr.node(b).op);
    let alike = match (left, right) {
        (Op::Fact(slot, test), Op::Fact(other, wanted)) => return slot == other && test == wanted,
        (Op::All(_), Op::All(_)) | (Op::Any(_), Op::Any(_)) | (Op::Not(_), Op::Not(_)) => true,
        (Op::Term(one, _), Op::Term(other, _)) | (Op::Criterion(one, _), Op::Criterion(other, _)) => one == other,
        (Op::Reading(one, _), Op::Reading(other, _)) => one == other,
        (Op::Quantified(one, x), Op::Quantified(other, y)) => one == other && x.collection == y.collection,
        (Op::Count(one, x), Op::Count(other, y)) => one == other && x.collection == y.collection,
        (Op::Share(one, by, x), Op::Share(other, also, y)) => {
            one == other && by == also && x.collection == y.collection
        }
        _ => false,
    };
    let (left, right) = (super::nodes::below(rules, a), super::nodes::below(rules, b));
    alike && left.len() == right.len() && left.iter().zip(&right).all(|(a, b)| same_test(rules, *a, *b))
}

/// Criteria that do not say where the standard says so.
fn citations(scope: &Scope<'_>, found: &mut Vec<Finding>) {
    for criterion in &scope.rules.criteria {
        let (file, id) = (&scope.rules.files[criterion.file], &criterion.id);
        let help = || {
            says(
                "`cites: [{ source: 문서, at: \"제3조 1항\" }]`처럼 자리를 적는다",
                "name the place, as in `cites: [{ source: the-standard, at: \"Article 3, 1\" }]`",
            )
        };
        if criterion.cites.is_empty() {
            found.push(warn(
                Code::CitationWithoutPlace,
                id,
                file,
                criterion.id_span,
                says(
                    format!("기준 `{id}`이(가) 어디에 근거하는지 적혀 있지 않다"),
                    format!("the criterion `{id}` does not say where the standard asks for it"),
                ),
                help(),
            ));
        }
        for cite in criterion.cites.iter().filter(|cite| cite.at.as_deref().is_none_or(|at| at.trim().is_empty())) {
            let source = &cite.source;
            let start = file.text().find(source.as_str()).unwrap_or(criterion.id_span.start as usize);
            found.push(warn(
                Code::CitationWithoutPlace,
                id,
                file,
                Span::new(start, start + source.len()),
                says(format!("`{source}`의 어느 자리인지가 없다"), format!("this names `{source}` and no place in it")),
                help(),
            ));
        }
    }
}

/// Criteria that come out the same for every one of several models: they tell nothing apart there.
pub fn over_models(rules: &Ruleset, models: &[Dossier]) -> Vec<Finding> {
    let mut found = Vec::new();
    if models.len() < 2 {
        return found;
    }
    let readings = rules.default_readings();
    let mut trace = Trace::default();
    for (at, criterion) in rules.criteria.iter().enumerate() {
        let mut outcomes =
            models.iter().map(|dossier| standing(&Question::of(rules, dossier, &readings), at, &mut trace).outcome());
        let Some(first) = outcomes.next() else { continue };
        if first == Outcome::Unknown || !outcomes.all(|other| other == first) {
            continue;
        }
        let (id, n) = (&criterion.id, models.len());
        let word = first.says();
        found.push(warn(
            Code::AlwaysTheSame,
            id,
            &rules.files[criterion.file],
            criterion.id_span,
            says(
                format!("기준 `{id}`은(는) 모델 {n}개에서 모두 '{}'이다: 아무것도 가르지 않는다", word.ko),
                format!("the criterion `{id}` comes out as \"{}\" for all {n} models: it tells nothing apart", word.en),
            ),
            says(
                "문턱을 옮기거나, 다르게 나올 모델을 더 준다",
                "move its threshold, or give models for which it would come out otherwise",
            ),
        ));
    }
    found
}

/// Where a key stands in a file; the file's begin where it does not.
fn key_span(file: &SourceFile, way: &[&str]) -> Span {
    let Ok(root) = parse_yaml(file, Aliases::Refuse) else { return Span::default() };
    let mut node = &root;
    let mut span = Span::default();
    for part in way {
        let entry = node.map().into_iter().flatten().find(|(key, _)| key.text() == Some(*part));
        let Some((key, value)) = entry else { return span };
        span = key.span;
        node = value;
    }
    span
}
