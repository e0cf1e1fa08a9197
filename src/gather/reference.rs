//! Names of models as tools and people write them: a Hub id, its address, a path of a machine or of a cache, several in
//! one text, or a word for none.

use super::origin::{is_local_folder, is_repository};
use crate::files::repository_of;
use crate::text::{identifier, model_id};

/// Words by which tools and people say that there is no model.
const NONE: [&str; 21] = [
    "",
    "none",
    "null",
    "nil",
    "nan",
    "n/a",
    "na",
    "no",
    "false",
    "-",
    "--",
    "~",
    "tbd",
    "unknown",
    "undisclosed",
    "not applicable",
    "scratch",
    "from scratch",
    "trained from scratch",
    "없음",
    "해당 없음",
];

/// The models that a text names, each once: none, one, or several with commas between, or a model with its adapter
/// (`base+lora`). Paths of machines are cut to what they say of a model.
pub(super) fn models(text: &str) -> Vec<String> {
    let text = identifier(linked(text));
    let parts: Vec<&str> = if text.contains("://") && !text.contains(',') {
        vec![text.as_str()]
    } else {
        text.split([',', ';']).flat_map(words).flat_map(|part| part.split('+')).collect()
    };
    let mut named: Vec<String> = Vec::new();
    for part in parts {
        let name = model(part.trim());
        if !is_none(&name) && !named.contains(&name) {
            named.push(name);
        }
    }
    named
}

/// Of a text with blanks the words that are repositories, whatever joins them (`a/b and c/d`); one that has none is a
/// name with blanks in it, and so is the path of a machine.
fn words(text: &str) -> Vec<&str> {
    let named: Vec<&str> = text.split_whitespace().filter(|word| is_repository(word)).collect();
    let path = text.trim_start().starts_with(['/', '.', '~', '\\']) || text.contains(":\\");
    if named.is_empty() || path { vec![text] } else { named }
}

/// What a link of Markdown shows: `[a/b](https://...)` is `a/b`.
fn linked(text: &str) -> &str {
    let inner = text.trim().strip_prefix('[').and_then(|rest| rest.split_once("]("));
    inner.filter(|(_, address)| address.ends_with(')')).map_or(text, |(shown, _)| shown)
}

/// Whether a text says that there is no model.
pub(super) fn is_none(text: &str) -> bool {
    let words: Vec<String> = text.to_lowercase().split_whitespace().map(str::to_owned).collect();
    NONE.contains(&words.join(" ").replace("from-scratch", "from scratch").as_str())
}

/// The repository that a text names: as `owner/name`, by its address, or by the path of a cache. None for a path of a
/// machine, which names nothing that others know.
pub(super) fn repository(text: &str) -> Option<String> {
    let text = identifier(text);
    cached(&text).or_else(|| Some(model_id(&text)).filter(|id| is_repository(id)))
}

/// One model.
fn model(text: &str) -> String {
    if let Some(id) = cached(text) {
        return id;
    }
    if is_path(text) { last_part(text) } else { model_id(text) }
}

/// The repository whose files a cache keeps under a path: `.../models--OWNER--NAME/snapshots/REVISION`, and the like.
fn cached(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(['/', '\\']).filter(|part| !part.is_empty()).collect();
    if let Some(id) = parts.iter().find_map(|part| repository_of(part)) {
        return Some(id);
    }
    let at = parts.windows(2).position(|pair| pair == ["modelscope", "hub"])? + 2;
    let rest = parts[at..].strip_prefix(&["models"]).unwrap_or(&parts[at..]);
    let id = format!("{}/{}", rest.first()?, rest.get(1)?);
    is_repository(&id).then_some(id)
}

/// Whether a text is a path of a machine, and no name or address.
fn is_path(text: &str) -> bool {
    let drive = text.as_bytes().get(1) == Some(&b':') && text.as_bytes()[0].is_ascii_alphabetic();
    if drive || text.starts_with(['/', '.', '~', '\\']) || text.starts_with("file:") {
        return true;
    }
    let id = model_id(text);
    let parts: Vec<&str> = id.split(['/', '\\']).filter(|part| !part.is_empty()).collect();
    !id.contains("://") && (parts.len() > 2 || parts.len() == 2 && is_local_folder(parts[0]))
}

/// Ends of paths that name no model: a step of a training, a place where something was put.
fn is_generic(part: &str) -> bool {
    let lower = part.to_lowercase();
    let numbered = lower.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches(['-', '_']);
    matches!(
        numbered,
        "" | "."
            | ".."
            | "~"
            | "checkpoint"
            | "ckpt"
            | "step"
            | "epoch"
            | "global_step"
            | "final"
            | "last"
            | "best"
            | "merged"
            | "model"
            | "models"
            | "output"
            | "outputs"
            | "out"
            | "hf"
            | "main"
            | "snapshots"
            | "adapter"
            | "weights"
    )
}

/// What a report may show of a path: the last part that can be a name.
fn last_part(text: &str) -> String {
    let parts: Vec<&str> = text.split(['/', '\\']).filter(|part| !part.is_empty()).collect();
    let named = parts.iter().rev().find(|part| !is_generic(part)).or(parts.last());
    named.map_or_else(String::new, |part| model_id(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_names_none_one_or_several() {
        let none: [&str; 0] = [];
        for (text, wanted) in [
            ("None", &none[..]),
            (" null ", &none),
            ("N/A", &none),
            ("", &none),
            ("a/b", &["a/b"]),
            ("https://huggingface.co/a/b/tree/main", &["a/b"]),
            ("a/b@0f3c, https://hf.co/c/d", &["a/b", "c/d"]),
            ("a/b:q4", &["a/b:q4"]),
            ("a/b,c/d,a/b", &["a/b", "c/d"]),
            ("a/b c/d", &["a/b", "c/d"]),
            ("a/b and c/d", &["a/b", "c/d"]),
            ("fine-tuned from a/b on our data", &["a/b"]),
            ("[a/b](https://huggingface.co/a/b)", &["a/b"]),
            ("no", &none),
            ("From scratch", &none),
            ("/home/u/my models/base-7b", &["base-7b"]),
            ("a/b+c/lora", &["a/b", "c/lora"]),
            ("Some Model 7B", &["Some Model 7B"]),
            ("/home/u/.cache/huggingface/hub/models--a--b-1/snapshots/0f3c", &["a/b-1"]),
            ("C:\\Users\\u\\hub\\models--a--b\\snapshots\\0f3c", &["a/b"]),
            ("/mnt/cache/models--gpt2/snapshots/1", &["gpt2"]),
            ("/home/me/.cache/modelscope/hub/models/a/b", &["a/b"]),
            ("/home/u/secret/llama-x/checkpoint-500", &["llama-x"]),
            ("./out/base-7b/", &["base-7b"]),
            ("~/m", &["m"]),
            ("outputs/step_9", &["step_9"]),
            ("https://example.org/m", &["https://example.org/m"]),
        ] {
            assert_eq!(models(text), wanted, "{text}");
        }
    }

    proptest! {
        /// However a cache is laid out on a machine, the repository is what is told of it, and nothing of the machine.
        #[test]
        fn a_cache_path_is_its_repository(
            root in "(/[a-z.]{1,8}){0,4}", owner in "[a-zA-Z][a-z0-9_.]{0,8}", name in "[a-zA-Z][a-z0-9_.]{0,8}(-[a-z0-9]{1,3}){0,2}",
            revision in "[0-9a-f]{40}", tail in "(/[a-z]{1,5})?"
        ) {
            let text = format!("{root}/models--{owner}--{name}/snapshots/{revision}{tail}");
            prop_assert_eq!(models(&text), vec![format!("{}/{}", owner, name)]);
            prop_assert_eq!(repository(&text), Some(format!("{owner}/{name}")));
        }

        #[test]
        fn nothing_of_a_private_path_but_its_end_is_shown(root in "(/[a-z]{3,8}){1,4}", name in "[a-z]{3,8}-[0-9]b") {
            prop_assert_eq!(models(&format!("{root}/{name}")), vec![name]);
        }

        #[test]
        fn lists_in_one_text_are_lists(names in proptest::collection::btree_set("[b-m]{1,5}/[b-z]{1,5}", 1..5), between in ", ?|; ?") {
            let names: Vec<String> = names.into_iter().filter(|name| is_repository(name)).collect();
            prop_assert_eq!(models(&names.join(&between)), names);
        }

        /// Whatever words a person puts around and between repositories, these are named and nothing else.
        #[test]
        fn words_around_names_name_nothing(
            names in proptest::collection::btree_set("[b-m]{1,5}/[b-z]{1,5}", 1..4), before in "(from |the model )?",
            between in " (and|&|und|및|or|on top of) ", after in "( \\(7B\\)| model)?"
        ) {
            let names: Vec<String> = names.into_iter().filter(|name| is_repository(name)).collect();
            prop_assume!(!names.is_empty());
            prop_assert_eq!(models(&format!("{before}{}{after}", names.join(&between))), names);
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,40}") {
            let _ = (models(&text), repository(&text));
        }
    }
}
