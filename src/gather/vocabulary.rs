//! Two counts that are both called the size of the vocabulary: entries of the tokenizer, and rows of the table, which
//! makers round up.
//!
//! A card or a config may mean either. A figure that is the table's does not contradict the tokenizer; one that is
//! neither does.

use std::collections::BTreeSet;

use crate::facts::{Assurance, Draft, Source, Value};
use crate::text::{Says, says};
use crate::vocabulary::vocabulary;

/// Numbers of rows that makers round up to, as tools do by default.
const MULTIPLES: [u64; 9] = [8, 16, 32, 64, 128, 256, 512, 1024, 2048];

/// Sets a figure of the card or of config.json aside where it counts the rows of the table and not the entries.
/// `tables` are the rows that tensors have, `multiple` is what the config says that the table is rounded up to.
pub(super) fn reconcile(tables: &BTreeSet<u64>, multiple: Option<u64>, draft: &mut Draft) {
    let Some(sources) = draft.root.sources.get_mut(&vocabulary().must("tokenizer.vocabulary-size")) else { return };
    let number = |source: &Source| match source.value {
        Some(Value::Number(number)) => Some(number),
        _ => None,
    };
    let counted = sources.iter().find(|source| source.assurance == Assurance::Measured && !source.from_card());
    let Some((entries, file)) = counted.and_then(|it| Some((number(it)?, it.origin.file.clone()))) else { return };
    let config: Vec<f64> = sources.iter().filter(|it| it.origin.file == "config.json").filter_map(number).collect();
    let same = |a: f64, b: f64| Value::Number(a).agrees(&Value::Number(b));
    for source in sources.iter_mut().filter(|source| source.speaker.is_maker()) {
        let Some(stated) = number(source).filter(|stated| !same(*stated, entries)) else { continue };
        let measured = tables.iter().map(|rows| *rows as f64).find(|rows| same(*rows, stated));
        let declared = || {
            config
                .iter()
                .copied()
                .find(|rows| tables.is_empty() && same(*rows, stated) && rounded_to(entries, *rows, multiple).is_some())
        };
        // What the table has is no lie, also where the tokenizer knows more words than that.
        if let Some(rows) = measured.or_else(|| declared().filter(|rows| *rows >= entries)) {
            source.set_aside = Some(why(rows, entries, &file, multiple));
        }
    }
}

/// The least number that entries are rounded up to a multiple of, where that gives these rows.
fn rounded_to(entries: f64, rows: f64, multiple: Option<u64>) -> Option<u64> {
    let gives = |by: &u64| *by > 0 && ((entries / *by as f64).ceil() * *by as f64 - rows).abs() < 0.5;
    multiple.into_iter().chain(MULTIPLES).find(gives)
}

fn why(rows: f64, entries: f64, file: &str, multiple: Option<u64>) -> Says {
    if rows < entries {
        return says(
            format!(
                "임베딩 표의 행을 센 수다. 표는 {rows:.0}행이고 `{file}`의 항목은 {entries:.0}개라 행이 없는 항목이 있다"
            ),
            format!(
                "it counts the rows of the table, which has {rows:.0} for the {entries:.0} entries of `{file}`; the \
                others have no row"
            ),
        );
    }
    match rounded_to(entries, rows, multiple) {
        Some(by) => says(
            format!("임베딩 표의 행을 센 수다. `{file}`의 항목 {entries:.0}개를 {by}의 배수로 올리면 {rows:.0}행이다"),
            format!(
                "it counts the rows of the table: the {entries:.0} entries of `{file}`, rounded up to a multiple of \
                {by}, are {rows:.0}"
            ),
        ),
        None => says(
            format!("임베딩 표의 행을 센 수다. 표는 {rows:.0}행이고 `{file}`의 항목은 {entries:.0}개라 남는 행이 있다"),
            format!(
                "it counts the rows of the table, which has {rows:.0} for the {entries:.0} entries of `{file}`; the \
                others are spare"
            ),
        ),
    }
}
