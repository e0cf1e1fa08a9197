//! How a licence is written in a card, and what to write instead where it is written otherwise.

use super::catalogue::{Catalogue, canonical};
use super::expression::{Expr, listed, parse};

/// What the spelling of a licence comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spelling {
    /// An id, or an SPDX expression of ids.
    Exact,
    /// A name in words; the id is to be written.
    Words(String),
    /// Nothing that is known, but like this id.
    Near(&'static str),
    /// Nothing that is known.
    Unknown,
}

impl Catalogue {
    /// Judges a spelling.
    pub fn spelling(&self, written: &str) -> Spelling {
        let is_id = |name: &str| {
            if name.trim().contains(char::is_whitespace) {
                return false;
            }
            let name = canonical(name);
            let own = matches!(name.as_str(), "other" | "unknown") || name.starts_with("licenseref-");
            own || self.by_name(&name).is_some() || listed(&name).is_some()
        };
        if is_id(written) || parse(written).is_ok_and(|expression| expression.names().into_iter().all(is_id)) {
            return Spelling::Exact;
        }
        if let Some(licence) = self.by_name(written).or_else(|| self.by_words(written)) {
            return Spelling::Words(licence.to_write().to_owned());
        }
        let id =
            |name: &str| self.by_name(name).or_else(|| self.by_words(name)).map(|found| found.to_write().to_owned());
        let joined = |list: &[Expr], between: &str| {
            let ids: Vec<String> = list.iter().flat_map(Expr::names).filter_map(id).collect();
            ids.join(between)
        };
        match self.expression_of_words(written) {
            Some(Expr::Any(list)) => return Spelling::Words(joined(&list, " OR ")),
            Some(Expr::All(list)) => return Spelling::Words(joined(&list, " AND ")),
            Some(Expr::One(..)) | None => {}
        }
        self.near(written).map_or(Spelling::Unknown, Spelling::Near)
    }

    /// An expression whose sides are names in words.
    pub(super) fn expression_of_words(&self, written: &str) -> Option<Expr> {
        Expr::of_words(written, |name| self.by_name(name).or_else(|| self.by_words(name)).is_some())
    }
}
