//! SPDX licence expressions: which operands, joined how. The one file that knows the `spdx` crate.

use spdx::expression::{ExprNode, Operator};
use spdx::{Expression, ParseMode};

/// An expression as a tree of operands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expr {
    /// One licence as it is written, with the exception after `WITH`. A `+` is dropped: it only widens the choice.
    One(String, Option<String>),
    /// All of them apply.
    All(Vec<Expr>),
    /// The user may choose.
    Any(Vec<Expr>),
}

/// Whether the Open Source Initiative approved a licence, by its id on the SPDX list.
pub fn osi_approved(id: &str) -> Option<bool> {
    spdx::license_id(id).map(spdx::LicenseId::is_osi_approved)
}

/// Whether the Open Source Initiative approved what an expression of ids comes to: of a choice one will do, of a sum
/// all must be. Unknown with an id that is not on the SPDX list, and with an exception, which makes another text of it.
pub fn osi_approved_in_all(text: &str) -> Option<bool> {
    fn of(expr: &Expr) -> Option<bool> {
        let all = |list: &[Expr], decides: bool| {
            let answers: Vec<Option<bool>> = list.iter().map(of).collect();
            let same = answers.iter().all(|answer| *answer == Some(!decides));
            if answers.contains(&Some(decides)) { Some(decides) } else { same.then_some(!decides) }
        };
        match expr {
            Expr::One(name, None) => osi_approved(listed(name)?.0),
            Expr::One(_, Some(_)) => None,
            Expr::All(list) => all(list, false),
            Expr::Any(list) => all(list, true),
        }
    }
    of(&parse(text).ok()?)
}

impl Expr {
    /// The names of all operands.
    pub(super) fn names(&self) -> Vec<&str> {
        match self {
            Self::One(name, _) => vec![name],
            Self::All(list) | Self::Any(list) => list.iter().flat_map(Self::names).collect(),
        }
    }

    /// Reads `one or another`, `one / another`, `one and another` where each side is a name in words: what is no SPDX
    /// expression. One operator only: people write no brackets.
    pub(super) fn of_words(text: &str, is_name: impl Fn(&str) -> bool) -> Option<Self> {
        type Join = fn(Vec<Expr>) -> Expr;
        const WAYS: [(&str, Join); 6] = [
            (" or ", Expr::Any),
            ("/", Expr::Any),
            ("|", Expr::Any),
            (" and ", Expr::All),
            ("&", Expr::All),
            (",", Expr::All),
        ];
        let lower = text.to_lowercase();
        WAYS.iter().find_map(|(between, join)| {
            let sides: Vec<&str> = lower.split(between).map(str::trim).collect();
            let fits = sides.len() > 1 && sides.iter().all(|side| is_name(side));
            fits.then(|| join(sides.into_iter().map(|side| Self::One(side.to_owned(), None)).collect()))
        })
    }
}

/// Whether an exception stands on the SPDX list. Those widen what a licence allows, and never narrow it.
pub(super) fn is_listed_exception(name: &str) -> bool {
    spdx::exception_id(name).is_some()
}

/// Names outside the SPDX list are allowed, because the Hub's and ours stand beside SPDX ids in cards.
const MODE: ParseMode = ParseMode { allow_unknown: true, allow_imprecise_license_names: false, ..ParseMode::LAX };

/// Reads an expression.
///
/// # Errors
/// Why it is none, in the words of the SPDX parser.
pub(super) fn parse(text: &str) -> Result<Expr, String> {
    let expression = Expression::parse_mode(text, MODE).map_err(|error| error.reason.to_string())?;
    let mut stack: Vec<Expr> = Vec::new();
    for node in expression.iter() {
        match node {
            ExprNode::Req(found) => {
                let written = text.get(found.span.start as usize..found.span.end as usize).unwrap_or_default();
                let exception = found.req.addition.as_ref().map(ToString::to_string);
                stack.push(Expr::One(written.trim_end_matches('+').to_owned(), exception));
            }
            ExprNode::Op(operator) => {
                let (Some(right), Some(left)) = (stack.pop(), stack.pop()) else { break };
                stack.push(join(*operator, left, right));
            }
        }
    }
    stack.pop().ok_or_else(|| String::from("empty expression"))
}

/// Joins two sides; operands of the same operator stand in one list.
fn join(operator: Operator, left: Expr, right: Expr) -> Expr {
    let flat = |side: Expr| match (operator, side) {
        (Operator::And, Expr::All(list)) | (Operator::Or, Expr::Any(list)) => list,
        (_, other) => vec![other],
    };
    let mut list = flat(left);
    list.extend(flat(right));
    match operator {
        Operator::And => Expr::All(list),
        Operator::Or => Expr::Any(list),
    }
}

/// The id of the SPDX list that a text is, letter by letter.
pub fn spdx_id(text: &str) -> Option<&'static str> {
    spdx::license_id(text).map(|id| id.name).filter(|name| *name == text)
}

/// The id of the SPDX list that a text probably means.
pub fn spdx_hint(text: &str) -> Option<&'static str> {
    spdx::imprecise_license_id(text).filter(|(_, length)| *length == text.len()).map(|(id, _)| id.name)
}

/// The SPDX id and name of a listed licence, whatever its case; the Hub writes ids in lower case.
pub fn listed(name: &str) -> Option<(&'static str, &'static str)> {
    let name = name.trim().trim_end_matches('+');
    let found = spdx::identifiers::LICENSES.iter().find(|licence| licence.name.eq_ignore_ascii_case(name))?;
    Some((found.name, found.full_name))
}

/// The text of the SPDX list, for the tests of recognition.
#[cfg(test)]
pub(super) fn listed_text(id: &str) -> &'static str {
    spdx::license_id(id).map_or("", spdx::LicenseId::text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn approval_of_an_expression_is_kleene() {
        // Approved, not approved, unknown; every pair of them joined both ways.
        let (yes, no, unknown) = (("MIT", Some(true)), ("CC-BY-NC-4.0", Some(false)), ("LicenseRef-ours", None));
        for (a, of_a) in [yes, no, unknown] {
            assert_eq!(osi_approved_in_all(a), of_a, "{a}");
            for (b, of_b) in [yes, no, unknown] {
                let or = if of_a == Some(true) || of_b == Some(true) { Some(true) } else { of_a.and(of_b) };
                let and = if of_a == Some(false) || of_b == Some(false) { Some(false) } else { of_a.and(of_b) };
                assert_eq!(osi_approved_in_all(&format!("{a} OR {b}")), or, "{a} OR {b}");
                assert_eq!(osi_approved_in_all(&format!("{a} AND {b}")), and, "{a} AND {b}");
            }
        }
        assert_eq!(osi_approved_in_all("apache-2.0"), Some(true), "the Hub's small letters");
        assert_eq!(osi_approved_in_all("GPL-2.0-only WITH Classpath-exception-2.0"), None);
        assert_eq!(osi_approved_in_all("a licence of our own"), None);
    }

    fn one(name: &str) -> Expr {
        Expr::One(name.to_owned(), None)
    }

    #[test]
    fn operands_keep_their_operators() {
        assert_eq!(parse("MIT OR Apache-2.0"), Ok(Expr::Any(vec![one("MIT"), one("Apache-2.0")])));
        assert_eq!(
            parse("MIT AND (k-exaone OR LicenseRef-x) AND CC0-1.0"),
            Ok(Expr::All(vec![one("MIT"), Expr::Any(vec![one("k-exaone"), one("LicenseRef-x")]), one("CC0-1.0")]))
        );
        assert_eq!(
            parse("Apache-2.0 WITH LLVM-exception"),
            Ok(Expr::One("Apache-2.0".to_owned(), Some("LLVM-exception".to_owned())))
        );
        assert_eq!(parse("Apache-2.0+ OR MIT"), Ok(Expr::Any(vec![one("Apache-2.0"), one("MIT")])));
        assert!(parse("MIT OR").is_err() && parse("").is_err());
    }

    #[test]
    fn listed_ids_are_found_in_lower_case() {
        assert_eq!(listed("bsl-1.0"), Some(("BSL-1.0", "Boost Software License 1.0")));
        assert_eq!(listed("exaone"), None);
    }
}
