//! Bounds that people write into a number: `10~20 %`, `30 % 이하`, `>= 30`. A rule has a word for each bound.

use crate::text::{Says, says};
use crate::vocabulary::{Unit, read_number};

/// Signs and words of one bound, with the word of rules.
const BOUNDS: &[(&str, &str)] = &[
    (">=", "at-least"),
    ("=>", "at-least"),
    ("≥", "at-least"),
    ("≧", "at-least"),
    ("<=", "at-most"),
    ("=<", "at-most"),
    ("≤", "at-most"),
    ("≦", "at-most"),
    (">", "more-than"),
    ("<", "less-than"),
    ("at least", "at-least"),
    ("at most", "at-most"),
    ("up to", "at-most"),
    ("more than", "more-than"),
    ("over", "more-than"),
    ("less than", "less-than"),
    ("under", "less-than"),
    ("최소", "at-least"),
    ("최대", "at-most"),
    ("이상", "at-least"),
    ("이하", "at-most"),
    ("초과", "more-than"),
    ("미만", "less-than"),
    ("까지", "at-most"),
    ("부터", "at-least"),
    ("or more", "at-least"),
    ("or less", "at-most"),
];

/// Signs and words between the two ends of a range.
const BETWEEN: &[&str] = &["~", "〜", "～", "∼", "..", "–", "—", " to ", "에서", "부터", "이상", "초과", ",", "-"];

/// What to write for a text that holds bounds beside its numbers; `None` if it holds none.
pub(super) fn bounds_said(text: &str, unit: Unit) -> Option<Says> {
    if let Some((low, high, above, below)) = range(text, unit) {
        let line = format!("`all: [{{ fact: ..., {above}: {low} }}, {{ fact: ..., {below}: {high} }}]`");
        return Some(says(
            format!("범위는 `all:` 아래에 비교 두 개로 나누어 적는다: {line}"),
            format!("a range is two comparisons under `all:`, as in {line}"),
        ));
    }
    let (operator, number) = one(text, unit)?;
    Some(says(
        format!("비교를 뜻하는 키를 쓴다: `{operator}: {number}`로 적는다"),
        format!("the key says the comparison: write `{operator}: {number}`"),
    ))
}

/// A number with its unit, plainly; `None` if the text is none.
fn number(text: &str, unit: Unit, lent: &str) -> Option<String> {
    let text = text.trim().trim_start_matches('=').trim();
    let read = read_number(text, unit).ok()?;
    if read.with_unit || unit.symbol().is_empty() {
        return Some(text.to_owned());
    }
    let lent = if lent.is_empty() { unit.symbol() } else { lent };
    Some(format!("{text} {lent}"))
}

fn one(text: &str, unit: Unit) -> Option<(&'static str, String)> {
    let text = text.trim();
    let lower = text.to_lowercase();
    BOUNDS.iter().filter(|_| lower.len() == text.len()).find_map(|(said, operator)| {
        let rest = lower.strip_prefix(said).map(|rest| &text[text.len() - rest.len()..]);
        let rest = rest.or_else(|| lower.strip_suffix(said).map(|rest| &text[..rest.len()]))?;
        Some((*operator, number(rest, unit, "")?))
    })
}

/// Both ends of a range, with the words for its bounds.
fn range(text: &str, unit: Unit) -> Option<(String, String, &'static str, &'static str)> {
    BETWEEN.iter().find_map(|sign| {
        let (low, high) = text.split_once(sign)?;
        let (high, below) = match [("이하", "at-most"), ("미만", "less-than"), ("까지", "at-most")]
            .iter()
            .find_map(|(said, word)| Some((high.trim().strip_suffix(said)?, *word)))
        {
            Some(found) => found,
            None => (high, "at-most"),
        };
        let above = if *sign == "초과" { "more-than" } else { "at-least" };
        let high_number = number(high, unit, "")?;
        // A comma between digits of a thousand is no range, and neither is a lone minus.
        if *sign == "," && !high.starts_with(' ') {
            return None;
        }
        // `10~20 B`: the multiplier behind the second number is meant for both.
        let behind: String =
            high.trim().trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',')).trim().to_owned();
        let bare = low.trim().chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
        let low_number = number(low, unit, if bare { &behind } else { "" })?;
        Some((low_number, high_number, above, below))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_told_with_their_words() {
        for (text, unit, wanted) in [
            ("30 % 이하", Unit::Percent, "at-most: 30 %"),
            (">= 30 %", Unit::Percent, "at-least: 30 %"),
            ("≤30%", Unit::Percent, "at-most: 30%"),
            ("30% 초과", Unit::Percent, "more-than: 30%"),
            ("< 7 B parameters", Unit::Parameters, "less-than: 7 B parameters"),
            ("최소 30", Unit::Percent, "at-least: 30 %"),
            ("10~20 %", Unit::Percent, "at-least: 10 % }, { fact: ..., at-most: 20 %"),
            ("10 % - 20 %", Unit::Percent, "at-least: 10 % }, { fact: ..., at-most: 20 %"),
            ("10-20%", Unit::Percent, "at-least: 10 % }, { fact: ..., at-most: 20%"),
            ("10 이상 20 이하", Unit::Percent, "at-least: 10 % }, { fact: ..., at-most: 20 %"),
            ("10% 초과 20% 미만", Unit::Percent, "more-than: 10% }, { fact: ..., less-than: 20%"),
            ("7 to 70 B", Unit::Parameters, "at-least: 7 B"),
        ] {
            let said = bounds_said(text, unit).unwrap_or_else(|| panic!("{text}"));
            assert!(said.en.contains(wanted) && said.ko.contains(wanted), "{text}: {}", said.en);
        }
        for (text, unit) in
            [("many", Unit::Percent), ("30,5 %", Unit::Percent), ("30", Unit::Percent), ("1,000", Unit::Count)]
        {
            assert_eq!(bounds_said(text, unit), None, "{text}");
        }
    }
}
