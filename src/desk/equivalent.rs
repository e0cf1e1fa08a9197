//! Mutants that can be proved to change nothing, so that no case need catch them.
//!
//! One law is used, absorption: `any` is true once a part is, `all` is false once a part is, and what is ranged over
//! does not count once its `where` is false, whatever the other parts say. A value left out of `in` or `not-in` turns
//! the comparison round for that value alone, and changes nothing where that same value settles a part beside it. So
//! a licence that two lists of an `any` both name may go from either of them.
//!
//! The law holds in each view by itself: a view either sees that value, and then the part beside it is settled, or it
//! sees another or none, and then the comparison answers as before.

use super::nodes::below;
use crate::facts::Value;
use crate::rules::{Change, Constant, NodeId, Op, Ruleset, Slot, Test};

/// What lies above each node of a ruleset's tests.
pub(super) struct Above(Vec<Option<NodeId>>);

impl Above {
    /// Looks at every node once; the tests are trees, because each use of a term has a copy of its own.
    pub(super) fn of(rules: &Ruleset) -> Self {
        let mut above = vec![None; rules.expr.len()];
        for at in 0..rules.expr.len() {
            let id = NodeId(u32::try_from(at).unwrap_or(u32::MAX));
            for part in below(rules, id) {
                above[part.0 as usize] = Some(id);
            }
        }
        Self(above)
    }

    /// Whether a change of all these copies of one place changes no answer of any of them.
    pub(super) fn proves(&self, rules: &Ruleset, copies: &[NodeId], change: Change) -> bool {
        copies.iter().all(|&copy| {
            let (Change::WithoutConstant(at), Op::Fact(slot, Test::In(list) | Test::NotIn(list))) =
                (change, &rules.expr.node(copy).op)
            else {
                return false;
            };
            matches!(&list[at], Constant::Value(value) if self.absorbed(rules, copy, slot, value))
        })
    }

    /// Whether what a node says no longer matters once the fact has this value.
    fn absorbed(&self, rules: &Ruleset, node: NodeId, slot: &Slot, value: &Value) -> bool {
        let mut from = node;
        while let Some(parent) = self.0[from.0 as usize] {
            let beside = |settled: bool| {
                let mut parts = below(rules, parent).into_iter().filter(|part| *part != from);
                parts.any(|part| given(rules, part, slot, value) == Some(settled))
            };
            match &rules.expr.node(parent).op {
                Op::Any(_) if beside(true) => return true,
                Op::All(_) if beside(false) => return true,
                Op::Any(_) | Op::All(_) | Op::Not(_) | Op::Term(..) | Op::Reading(..) => from = parent,
                Op::Quantified(_, ranged) | Op::Count(_, ranged) | Op::Share(_, _, ranged) => {
                    let filter = ranged.filter.filter(|filter| *filter != from);
                    return filter.is_some_and(|filter| given(rules, filter, slot, value) == Some(false));
                }
                Op::Fact(..) | Op::Criterion(..) => return false,
            }
        }
        false
    }
}

/// What a test surely says, under every reading, of a fact that has this value.
fn given(rules: &Ruleset, node: NodeId, slot: &Slot, value: &Value) -> Option<bool> {
    let same = |constant: &Constant| match constant {
        Constant::Value(other) => Some(other == value),
        Constant::Group(group) => match value {
            Value::Country(country) => Some(group.holds(*country)),
            _ => None,
        },
        Constant::Home | Constant::HomeLanguage => None,
    };
    let among = |list: &[Constant]| {
        let answers: Vec<Option<bool>> = list.iter().map(same).collect();
        one_of(&answers)
    };
    let parts = || below(rules, node).into_iter().map(|part| given(rules, part, slot, value)).collect::<Vec<_>>();
    match &rules.expr.node(node).op {
        Op::Fact(other, test) if other == slot && single(value) => match test {
            Test::Is(constant) => same(constant),
            Test::IsNot(constant) => same(constant).map(|same| !same),
            Test::In(list) => among(list),
            Test::NotIn(list) => among(list).map(|found| !found),
            Test::Known(wanted) => Some(*wanted),
            _ => None,
        },
        Op::Any(_) => one_of(&parts()),
        Op::All(_) => one_of(&parts().iter().map(|part| part.map(|part| !part)).collect::<Vec<_>>()).map(|any| !any),
        Op::Not(inner) => given(rules, *inner, slot, value).map(|inner| !inner),
        Op::Term(_, inner) => given(rules, *inner, slot, value),
        Op::Reading(..) => {
            let options = parts();
            options.iter().all(|option| *option == options[0]).then(|| options[0]).flatten()
        }
        _ => None,
    }
}

/// Whether a value is one thing, of which `in` asks whether it is among others; a set is compared otherwise.
fn single(value: &Value) -> bool {
    matches!(value, Value::Word(_) | Value::Text(_) | Value::Country(_))
}

/// Whether one of these is so: surely once one is, surely not once all are not.
fn one_of(answers: &[Option<bool>]) -> Option<bool> {
    if answers.contains(&Some(true)) {
        Some(true)
    } else if !answers.is_empty() && answers.iter().all(|answer| *answer == Some(false)) {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::nodes::file_nodes;
    use super::*;
    use crate::rules::{OddNames, RulesetFiles, load};
    use crate::text::SourceFile;

    /// The ids of the values that a test can lose without a change: `2.1` is the first value of the second part.
    fn free(test: &str) -> Vec<String> {
        let ruleset = "format: 1\nid: x\nversion: 1.0.0\ntitle: {en: X}\nsource: {title: X, url: 'https://example.org', licence: MIT, retrieved: 2026-01-01}\nlanguages: [en]\nscale: {ladder: [{id: a, title: {en: A}, requires: [c]}]}\nhistory: [{version: 1.0.0, date: 2026-01-01, changes: {en: X}}]\n";
        let criterion = format!(
            "format: 1\nid: c\ndimension: data\ntitle: {{en: C}}\nquestion: {{en: C?}}\nrationale: {{en: C.}}\nneeds: \
            declared\ntest: {test}\nremedy: {{declare: {{en: C.}}}}\n"
        );
        let files = RulesetFiles {
            folder: "x".to_owned(),
            ruleset: SourceFile::new("ruleset.yaml", ruleset),
            terms: None,
            facts: None,
            criteria: vec![SourceFile::new("criteria/c.yaml", criterion)],
            cases: Vec::new(),
            allow: None,
            references: None,
            named: Some("x".to_owned()),
            odd: OddNames::default(),
        };
        let (rules, _) = load(&files).unwrap_or_else(|problems| panic!("{problems:?}"));
        let above = Above::of(&rules);
        let mut list = Vec::new();
        for node in file_nodes(&rules) {
            for change in rules.expr.changes(node.copies[0]) {
                if above.proves(&rules, &node.copies, change) {
                    list.push(format!("{} {change:?}", node.name));
                }
            }
        }
        list
    }

    fn over(body: &str) -> Vec<String> {
        free(&format!("{{some: artefact, holds: {body}}}"))
    }

    #[test]
    fn a_value_that_two_lists_of_an_any_name_may_go_from_either() {
        let both = "{any: [{fact: artefact.licence, in: [MIT, ISC]}, {fact: artefact.licence, in: [MIT, Zlib]}]}";
        assert_eq!(
            over(both),
            ["c/test.holds.any.1 WithoutConstant(0)", "c/test.holds.any.2 WithoutConstant(0)"],
            "MIT from both, nothing else"
        );
        let single = "{any: [{fact: artefact.licence, in: [MIT, ISC]}, {fact: artefact.licence, is: ISC}]}";
        assert_eq!(over(single), ["c/test.holds.any.1 WithoutConstant(1)"]);
        let deep = "{any: [{fact: artefact.licence, is: ISC}, {all: [{fact: artefact.present, is: true}, {fact: artefact.licence, in: [MIT, ISC]}]}]}";
        assert_eq!(over(deep), ["c/test.holds.any.2.all.2 WithoutConstant(1)"]);
    }

    #[test]
    fn nothing_is_proved_where_a_value_still_matters() {
        for kept in [
            // The other list is asked of another fact.
            "{any: [{fact: artefact.licence, in: [MIT, ISC]}, {fact: artefact.licence-id, in: [MIT, ISC]}]}",
            // Both must hold.
            "{all: [{fact: artefact.licence, in: [MIT, ISC]}, {fact: artefact.licence, in: [MIT, Zlib]}, {fact: \
            artefact.present, is: true}]}",
            // The other side is not settled by the value alone.
            "{any: [{fact: artefact.licence, in: [MIT, ISC]}, {all: [{fact: artefact.licence, is: MIT}, {fact: \
            artefact.present, is: true}]}]}",
        ] {
            let found = over(kept);
            assert!(!found.iter().any(|one| one.ends_with("WithoutConstant(0)")), "{kept}: {found:?}");
        }
    }

    #[test]
    fn what_does_not_count_need_not_hold() {
        let filtered = "{every: artefact, where: {fact: artefact.licence, in: [MIT, Zlib]}, holds: {fact: artefact.licence, in: [ISC, MIT]}}";
        assert_eq!(free(filtered), ["c/test.holds WithoutConstant(0)"], "ISC never counts");
    }
}
