//! The front matter as the Hub would take it: which kinds of values its keys have, which licences it knows, and what
//! readers of YAML 1.1 make of a bare word.

use crate::licence::catalogue;
use crate::text::{Code, Diagnostic, Diagnostics, Node, NodeKind, SourceFile, Span, says};

/// What a key of the Hub takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// One text.
    Text,
    /// A list of texts; one alone is refused.
    Texts,
    /// One text or several.
    TextOrTexts,
    /// A list of mappings.
    Mappings,
    /// A mapping.
    Mapping,
    /// A number, or a mapping.
    NumberOrMapping,
}

/// Keys of the Hub's model cards, with what they take.
const KEYS: &[(&str, Takes)] = &[
    ("license", Takes::Text),
    ("license_name", Takes::Text),
    ("license_link", Takes::Text),
    ("language", Takes::TextOrTexts),
    ("library_name", Takes::Text),
    ("tags", Takes::Texts),
    ("datasets", Takes::TextOrTexts),
    ("metrics", Takes::Texts),
    ("base_model", Takes::TextOrTexts),
    ("base_model_relation", Takes::Text),
    ("new_version", Takes::Text),
    ("pipeline_tag", Takes::Text),
    ("model_name", Takes::Text),
    ("model-index", Takes::Mappings),
    ("co2_eq_emissions", Takes::NumberOrMapping),
    ("extra_gated_prompt", Takes::Text),
    ("extra_gated_heading", Takes::Text),
    ("extra_gated_description", Takes::Text),
    ("extra_gated_button_content", Takes::Text),
    ("extra_gated_fields", Takes::Mapping),
    ("thumbnail", Takes::Text),
];

/// Bare words that readers of YAML 1.1 take for a truth value.
const TRUTHS: [&str; 6] = ["yes", "no", "on", "off", "true", "false"];

/// Looks a front matter over.
pub(super) fn front_matter(file: &SourceFile, front: &Node) -> Diagnostics {
    let mut look = Look { file, problems: Diagnostics::default() };
    for (key, takes) in KEYS {
        if let Some(value) = front.get(key).filter(|value| !value.is_null()) {
            look.key(key, *takes, value);
        }
    }
    look.licence(front);
    look.problems
}

struct Look<'f> {
    file: &'f SourceFile,
    problems: Diagnostics,
}

impl Look<'_> {
    fn key(&mut self, key: &str, takes: Takes, value: &Node) {
        let one = value.text().is_some();
        match (takes, &value.kind) {
            (Takes::NumberOrMapping, NodeKind::Scalar { .. }) => {}
            (Takes::Text | Takes::TextOrTexts, NodeKind::Scalar { .. }) => self.truth(key, value),
            (Takes::TextOrTexts | Takes::Texts, NodeKind::List(items)) => {
                for item in items {
                    if item.text().is_some() {
                        self.truth(key, item);
                    } else {
                        self.other(key, "글", "a text", item, None);
                    }
                }
            }
            (Takes::Texts, NodeKind::Scalar { .. }) => {
                let written = self.file.slice(value.span);
                let fix = (!written.contains(['\n', ',', '[', ']', '{', '}'])).then(|| format!("[{written}]"));
                self.other(key, "목록", "a list", value, fix);
            }
            (Takes::Text, NodeKind::List(items)) => {
                let only = match items.as_slice() {
                    [only] if only.text().is_some() && self.file.slice(value.span).starts_with('[') => {
                        Some(self.file.slice(only.span).to_owned())
                    }
                    _ => None,
                };
                // Several licences are told where licences are read.
                if key != "license" || items.len() == 1 {
                    self.other(key, "하나의 글", "one text", value, only);
                }
            }
            (Takes::Mappings, NodeKind::List(items)) => {
                for item in items.iter().filter(|item| item.map().is_none()) {
                    self.other(key, "키와 값의 모음", "a mapping", item, None);
                }
            }
            (Takes::Mapping | Takes::NumberOrMapping, NodeKind::Map(_)) => {}
            (Takes::Text | Takes::TextOrTexts, NodeKind::Map(_)) if matches!(key, "license" | "base_model") => {}
            (Takes::Text, _) => self.other(key, "하나의 글", "one text", value, None),
            (Takes::TextOrTexts, _) => self.other(key, "글이나 글의 목록", "a text or a list of texts", value, None),
            (Takes::Texts, _) => self.other(key, "글의 목록", "a list of texts", value, None),
            (Takes::Mappings, _) => self.other(key, "키와 값의 모음의 목록", "a list of mappings", value, None),
            (Takes::Mapping | Takes::NumberOrMapping, _) if !one || takes == Takes::Mapping => {
                self.other(key, "키와 값의 모음", "a mapping", value, None);
            }
            _ => {}
        }
    }

    fn other(&mut self, key: &str, ko: &str, en: &str, value: &Node, fix: Option<String>) {
        let span = self.first_line(value.span);
        let message = says(format!("허브는 `{key}`에 {ko}을(를) 받는다"), format!("the Hub takes {en} for `{key}`"));
        let help = match &fix {
            Some(fix) => says(format!("`{fix}`로 적는다"), format!("write `{fix}`")),
            None => says(format!("{ko}로 고쳐 적는다"), format!("write {en}")),
        };
        let problem = Diagnostic::error(Code::HubKeyType, self.file, span, message).help(help);
        self.problems.push(match fix {
            Some(fix) => problem.fix(value.span, fix),
            None => problem,
        });
    }

    /// `language: no` is Norwegian to whoever wrote it, and false to the Hub.
    fn truth(&mut self, key: &str, value: &Node) {
        let NodeKind::Scalar { text, plain: true } = &value.kind else { return };
        if !TRUTHS.contains(&text.to_lowercase().as_str()) {
            return;
        }
        let message = says(
            format!("따옴표 없는 `{text}`은(는) 허브에서 글이 아니라 참, 거짓으로 읽힌다"),
            format!("a bare `{text}` is a truth value to the Hub, and no text"),
        );
        let norwegian = key == "language" && text.eq_ignore_ascii_case("no");
        let help = says(format!("`\"{text}\"`로 적는다"), format!("write `\"{text}\"`"));
        let problem = Diagnostic::error(Code::ReadAsTruth, self.file, value.span, message).help(help);
        let mends = norwegian || key != "language";
        self.problems.push(if mends { problem.fix(value.span, format!("\"{text}\"")) } else { problem });
    }

    fn licence(&mut self, front: &Node) {
        let Some(node) = front.get("license").filter(|node| !node.is_null()) else { return };
        let items = node.list().unwrap_or(std::slice::from_ref(node));
        for item in items {
            let Some(id) = item.text() else { continue };
            if !catalogue().is_on_the_hub(id) {
                self.not_on_the_hub(id, item.span);
            }
        }
        let [only] = items else { return };
        let missing: Vec<&str> = ["license_name", "license_link"]
            .into_iter()
            .filter(|key| front.get(key).is_none_or(Node::is_null))
            .collect();
        if only.text() == Some("other") && !missing.is_empty() {
            let list = missing.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
            let message = says(
                format!("`license: other`에는 이름과 링크가 따라야 하는데 {list}이(가) 없다"),
                format!("`license: other` needs a name and a link, and there is no {}", list.replace(", ", " and no ")),
            );
            let help = says(
                "`license_name: my-licence-1.0`과 `license_link: LICENSE`처럼 적는다",
                "write, for example, `license_name: my-licence-1.0` and `license_link: LICENSE`",
            );
            self.problems.push(Diagnostic::error(Code::OtherLicence, self.file, only.span, message).help(help));
        }
    }

    fn not_on_the_hub(&mut self, id: &str, span: Span) {
        let message = says(
            format!("`{id}`은(는) 허브의 라이선스 목록에 있는 식별자가 아니다"),
            format!("`{id}` is no id of the Hub's list of licences"),
        );
        let problem = Diagnostic::error(Code::NotOnTheHub, self.file, span, message);
        self.problems.push(match catalogue().hub_id_of(id) {
            Some(hub) => problem.help(says(format!("`{hub}`(으)로 적는다"), format!("write `{hub}`"))).fix(span, hub),
            None => problem.help(says(
                "`license: other`로 적고 `license_name`과 `license_link`를 더한다",
                "write `license: other` with `license_name` and `license_link`",
            )),
        });
    }

    fn first_line(&self, span: Span) -> Span {
        self.file.first_line(span)
    }
}
