//! A test written as one line: `data.synthetic-share <= 30 %`, `model.weights-held is true`, `합성 데이터 비율이 30 % 이하`.
//! It is not read; what it says is given back as the node to write.

use crate::vocabulary::{Kind, OwnFacts, Unit, labelled, vocabulary};

/// Signs and words between a fact and its value, or behind the value, with the operator of rules. Longer ones first.
const OPERATORS: &[(&str, &str)] = &[
    ("at-least", "at-least"),
    ("at least", "at-least"),
    ("at-most", "at-most"),
    ("at most", "at-most"),
    ("more-than", "more-than"),
    ("more than", "more-than"),
    ("less-than", "less-than"),
    ("less than", "less-than"),
    ("contains", "contains"),
    ("is-not", "is-not"),
    ("is not", "is-not"),
    ("not-in", "not-in"),
    ("not in", "not-in"),
    (">=", "at-least"),
    ("=>", "at-least"),
    ("<=", "at-most"),
    ("=<", "at-most"),
    ("!=", "is-not"),
    ("<>", "is-not"),
    ("==", "is"),
    ("≥", "at-least"),
    ("≤", "at-most"),
    ("≠", "is-not"),
    ("이상", "at-least"),
    ("이하", "at-most"),
    ("초과", "more-than"),
    ("미만", "less-than"),
    (">", "more-than"),
    ("<", "less-than"),
    ("=", "is"),
    ("is ", "is"),
    ("in ", "in"),
    (": ", "is"),
];

/// Endings that Korean puts behind a fact or a value.
const PARTICLES: [&str; 16] =
    ["이다", "이며", "인가", "이어야", "여야", "한다", "은", "는", "이", "가", "을", "를", "의", "로", "임", "일"];

/// Words between two comparisons, with the head that joins them.
const JOINS: [(&str, &str); 12] = [
    (" and ", "all"),
    (" AND ", "all"),
    (" && ", "all"),
    (" 그리고 ", "all"),
    ("이고 ", "all"),
    ("이며 ", "all"),
    (" 및 ", "all"),
    (" or ", "any"),
    (" OR ", "any"),
    (" || ", "any"),
    (" 또는 ", "any"),
    ("이거나 ", "any"),
];

/// The node that a line says: one comparison, or several that are joined in one way.
pub(super) fn phrase(text: &str, own: &OwnFacts) -> Option<String> {
    for (between, head) in JOINS {
        let parts: Option<Vec<String>> = text.split(between).map(|part| comparison(part, own)).collect();
        if let Some(parts) = parts.filter(|parts| parts.len() > 1) {
            return Some(format!("{{ {head}: [{}] }}", parts.join(", ")));
        }
    }
    // Several that are joined in several ways are no line to write.
    let joined = JOINS.iter().any(|(between, _)| text.contains(between));
    comparison(text, own).filter(|_| !joined)
}

/// The node that a line says, if it begins with a fact and holds an operator and a value.
fn comparison(text: &str, own: &OwnFacts) -> Option<String> {
    let text = text.trim();
    let (path, length) = labelled(text, own)?;
    let rest = without_particle(&text[length..]);
    if rest.is_empty() {
        return None;
    }
    let (at, (said, operator)) = OPERATORS.iter().find_map(|entry| rest.find(entry.0).map(|at| (at, *entry)))?;
    let around = [&rest[..at], &rest[at + said.len()..]];
    let values: Vec<&str> = around.into_iter().map(clean).filter(|part| !part.is_empty()).collect();
    let [value] = values[..] else { return None };
    let kind = vocabulary().entry(own.path(path)?).kind;
    let value = match (kind, value) {
        (Kind::Flag, "예" | "yes" | "참" | "true" | "있음" | "O") => "true".to_owned(),
        (Kind::Flag, "아니오" | "no" | "거짓" | "false" | "없음" | "X") => "false".to_owned(),
        (Kind::Number(unit), value) if value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') => {
            format!("{value} {}", if unit == Unit::Percent { "%" } else { unit.symbol() }).trim_end().to_owned()
        }
        (_, value) if matches!(operator, "in" | "not-in") && !value.starts_with('[') => format!("[{value}]"),
        (_, value) => value.to_owned(),
    };
    Some(format!("{{ fact: {path}, {operator}: {value} }}"))
}

fn without_particle(text: &str) -> &str {
    let bare = PARTICLES.iter().find_map(|particle| text.strip_prefix(particle));
    bare.filter(|rest| rest.starts_with(' ')).unwrap_or(text).trim()
}

/// A value without the particles and stops around it.
fn clean(text: &str) -> &str {
    let text = text.trim().trim_end_matches(['.', '?']).trim();
    let bare = PARTICLES.iter().find_map(|particle| text.strip_suffix(particle)).filter(|bare| !bare.is_empty());
    let text = if text.is_ascii() { text } else { bare.unwrap_or(text) };
    if PARTICLES.contains(&text) || matches!(text, "is" | "are" | "be" | "must be" | "should be" | ":") {
        ""
    } else {
        text.trim()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_given_back_as_a_node() {
        for (text, node) in [
            ("data.synthetic-share <= 30 %", "{ fact: data.synthetic-share, at-most: 30 % }"),
            ("data.synthetic-share ≤ 30", "{ fact: data.synthetic-share, at-most: 30 % }"),
            ("model.weights-held is true", "{ fact: model.weights-held, is: true }"),
            ("model.weights-held = yes", "{ fact: model.weights-held, is: true }"),
            ("model.weights-held: true", "{ fact: model.weights-held, is: true }"),
            ("합성 데이터 비율이 30 % 이하", "{ fact: data.synthetic-share, at-most: 30 % }"),
            ("합성 데이터 비율이 30 % 이하이다.", "{ fact: data.synthetic-share, at-most: 30 % }"),
            ("data.synthetic-share is at-most 30 %", "{ fact: data.synthetic-share, at-most: 30 % }"),
            ("합성 데이터 비율 <= 30 %", "{ fact: data.synthetic-share, at-most: 30 % }"),
            (
                "data.synthetic-share <= 30 % and model.weights-held is true",
                "{ all: [{ fact: data.synthetic-share, at-most: 30 % }, { fact: model.weights-held, is: true }] }",
            ),
            (
                "합성 데이터 비율 <= 30 % 또는 model.weights-held = yes",
                "{ any: [{ fact: data.synthetic-share, at-most: 30 % }, { fact: model.weights-held, is: true }] }",
            ),
            ("training.location in KR", "{ fact: training.location, in: [KR] }"),
        ] {
            assert_eq!(phrase(text, OwnFacts::none()).as_deref(), Some(node), "{text}");
        }
        for text in
            ["data.synthetic-share", "weights-at-hand", "", "no fact <= 3", "data.synthetic-share <= 3 % and so on"]
        {
            assert_eq!(phrase(text, OwnFacts::none()), None, "{text}");
        }
    }
}
