//! Texts of a closed world: languages and licences are compared with what cards say, so that a rule must name them as
//! cards do. What nobody can have written is a finding here, and not a criterion that never holds.

use crate::facts::Value;
use crate::licence::{Spelling, catalogue, listed};
use crate::text::{Code, Diagnostic, Node, Reader, says};
use crate::vocabulary::{Domain, PathId, domain, is_language, language_meant, vocabulary};

/// The value as it is compared, for a fact whose texts are of a closed world.
pub(crate) fn closed(path: PathId, value: Value, node: &Node, reader: &mut Reader) -> Option<Value> {
    let Some(domain) = domain(vocabulary().entry(path).path) else { return Some(value) };
    match value {
        Value::Text(text) => one(domain, &text, node, reader).map(Value::text),
        Value::Texts(texts) => {
            let of = |text: &str| {
                let items = node.list().unwrap_or_default();
                items.iter().find(|item| item.text() == Some(text)).unwrap_or(node).clone()
            };
            let all: Vec<Option<String>> = texts.iter().map(|text| one(domain, text, &of(text), reader)).collect();
            all.into_iter().collect::<Option<Vec<String>>>().map(Value::texts)
        }
        other => Some(other),
    }
}

fn one(domain: Domain, text: &str, node: &Node, reader: &mut Reader) -> Option<String> {
    match domain {
        Domain::Language => language(text, node, reader).then(|| text.to_owned()),
        Domain::Licence => licence(text, node, reader),
    }
}

/// Whether a text is the code of a language, or a report.
pub(crate) fn language(text: &str, node: &Node, reader: &mut Reader) -> bool {
    if is_language(text) {
        return true;
    }
    let message = says(format!("`{text}`: 언어 코드가 아니다"), format!("`{text}` is not the code of a language"));
    let help = match language_meant(text) {
        Some(code) => says(format!("`{code}`(으)로 적는다"), format!("did you mean `{code}`?")),
        None => {
            says("`ko`처럼 ISO 639의 소문자 두 글자로 적는다", "write the two small letters of ISO 639, as in `ko`")
        }
    };
    reader.report(Diagnostic::error(Code::BadLanguage, &reader.file, node.span, message).help(help));
    false
}

/// The id of a licence as facts have it: whatever the case, ids of SPDX and of the Hub are one.
fn licence(text: &str, node: &Node, reader: &mut Reader) -> Option<String> {
    if let Some(found) = catalogue().by_name(text) {
        return Some(found.id.clone());
    }
    if let Some((id, _)) = listed(text) {
        return Some(id.to_lowercase());
    }
    let lower = text.to_lowercase();
    if matches!(lower.as_str(), "other" | "unknown") || lower.starts_with("licenseref-") {
        return Some(lower);
    }
    let message = says(format!("`{text}`: 라이선스의 식별자가 아니다"), format!("`{text}` is not the id of a licence"));
    let at = |severe: bool| if severe { Diagnostic::error } else { Diagnostic::warning };
    let file = reader.file.clone();
    match catalogue().spelling(text) {
        Spelling::Exact => {
            let help = says(
                "식은 쓸 수 없다. 라이선스마다 따로 적는다: `in: [mit, apache-2.0]`",
                "an expression cannot stand here; name each licence by itself, as in `in: [mit, apache-2.0]`",
            );
            reader.report(at(true)(Code::BadLicence, &file, node.span, message).help(help));
        }
        Spelling::Words(id) => {
            let help = says(format!("`{id}`(으)로 적는다"), format!("write `{id}`"));
            reader.report(at(true)(Code::BadLicence, &file, node.span, message).help(help));
        }
        Spelling::Near(id) => {
            let help = says(format!("`{id}`을(를) 뜻했는가?"), format!("did you mean `{id}`?"));
            reader.report(at(true)(Code::BadLicence, &file, node.span, message).help(help));
        }
        Spelling::Unknown => {
            let message = says(
                format!("`{text}`: 알려진 라이선스가 아니다. 카드가 똑같이 적어야만 같은 것으로 본다"),
                format!("`{text}` is no licence that is known; only a card that writes just the same is met by it"),
            );
            let help = says(
                "알려진 식별자는 `sovgrade licence list`에 있다",
                "`sovgrade licence list` lists the ids that are known",
            );
            reader.report(at(false)(Code::BadLicence, &file, node.span, message).help(help));
            return Some(text.to_owned());
        }
    }
    None
}
