//! Merge recipes, whatever their tool calls them: every model that one names is a parent.

use super::config::stated;
use super::directory::Directory;
use super::hints::{Hint, hint_of_relation};
use super::reference;
use crate::facts::{Draft, Value};
use crate::text::{Code, Diagnostic, Node, Says, SourceFile, Span, clean, clean_tree, parse_dump, says};

/// Largest recipe; one that names a hundred models has some 20 kB.
const MAX_BYTES: u64 = 1 << 20;

/// Files that may be recipes and are looked into.
const MAX_FILES: usize = 32;

/// Models of a recipe that are read.
const MAX_PARENTS: usize = 256;

/// Keys whose value is a model, as a name or as a mapping that has the name under `path`.
const MODEL: [&str; 6] = ["model", "base_model", "source_model", "donor_model", "lora", "adapter"];

/// Keys that only a recipe has.
const OF_A_RECIPE: [&str; 3] = ["merge_method", "gate_mode", "slices"];

/// Reads all recipes of the directory. What cannot be read of a file that is called a recipe is a warning: it is no
/// part of what is graded.
pub(super) fn read(directory: &mut Directory, draft: &mut Draft) -> (Vec<Hint>, Vec<(String, Diagnostic)>) {
    let (mut hints, mut problems) = (Vec::new(), Vec::new());
    for name in candidates(directory) {
        let called_so = is_called_recipe(&name);
        if !is_yaml(&name) {
            draft.limits.push(not_opened(&name));
            continue;
        }
        let Some(read) = directory.read_up_to(&name, MAX_BYTES) else { continue };
        match read.and_then(|file| Ok((parse_dump(&file)?, file))) {
            Ok((documents, file)) => {
                let documents: Vec<Node> = documents.into_iter().map(clean_tree).collect();
                if !called_so && !documents.iter().any(is_recipe) {
                    hints.extend(documents.iter().flat_map(|document| named_by_settings(&file, document)));
                    continue;
                }
                let found = parents(&file, &documents);
                if found.is_empty() {
                    problems.push((name, names_no_model(&file)));
                } else {
                    let relation = stated(&file, Value::Flag(true), documents[0].span);
                    draft.root.add_word("model.relation", "merge", &relation);
                }
                hints.extend(found);
            }
            Err(problem) if called_so => problems.push((name, problem)),
            Err(_) => {}
        }
    }
    (hints, problems)
}

/// YAML files that lie in the directory itself and are no declaration, and whatever is called a recipe.
fn candidates(directory: &Directory) -> Vec<String> {
    let settings = |name: &str| {
        let lower = name.to_lowercase();
        let yaml = [".yml", ".yaml"].iter().any(|end| lower.ends_with(end));
        yaml && !name.contains('/') && !lower.starts_with("sovereignty.")
    };
    let names = directory.folder.names().filter(|name| settings(name) || is_called_recipe(name));
    let mut names: Vec<String> = names.map(str::to_owned).collect();
    names.sort_by_key(|name| !is_called_recipe(name));
    names.truncate(MAX_FILES);
    names
}

/// Whether YAML reads the file; JSON is a part of it.
fn is_yaml(name: &str) -> bool {
    let lower = name.to_lowercase();
    [".yml", ".yaml", ".json"].iter().any(|end| lower.ends_with(end))
}

/// Whether a file's name, or that of the folder of a tool, says that it is a merge recipe. The merges of a tokenizer
/// are none.
fn is_called_recipe(name: &str) -> bool {
    let lower = name.to_lowercase();
    let (folders, own) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let yaml = [".yml", ".yaml"].iter().any(|end| own.ends_with(end));
    let other = [".json", ".txt", ".toml"].iter().any(|end| own.ends_with(end));
    let of_tool = lower.contains("mergekit");
    let words = own.contains("merge") && ["config", "recipe", "method"].iter().any(|word| own.contains(word));
    yaml && (own.contains("merge") || folders.contains("mergekit")) || other && (of_tool || words)
}

/// The settings of a training may name the model that it began from; whether these weights come from that training they
/// do not say.
fn named_by_settings(file: &SourceFile, document: &Node) -> Vec<Hint> {
    const KEYS: [&str; 3] = ["base_model", "base_model_name_or_path", "model_name_or_path"];
    let Some(node) = KEYS.iter().find_map(|key| document.get(key)).filter(|node| !node.is_null()) else {
        return Vec::new();
    };
    let Some(reference) = node.text().and_then(reference::repository) else { return Vec::new() };
    let source = stated(file, Value::text(reference.as_str()), node.span);
    vec![Hint { reference, starts: None, adaptation: None, kind: None, part: None, source }]
}

fn not_opened(name: &str) -> Says {
    let name = clean(name);
    says(
        format!("`{name}`은(는) 합병 방법을 적은 파일로 보이지만 읽지 않았다"),
        format!("`{name}` looks like a merge recipe and was not read"),
    )
}

fn is_recipe(document: &Node) -> bool {
    let has = |node: &Node, key: &str| node.get(key).is_some();
    let some = |key: &str, inner: &str| {
        document.get(key).and_then(Node::list).is_some_and(|l| l.iter().any(|n| has(n, inner)))
    };
    OF_A_RECIPE.iter().any(|key| has(document, key)) || some("models", "model") || some("experts", "source_model")
}

/// The models that the documents name. A document may be named and be a model of another one; that is no parent.
fn parents(file: &SourceFile, documents: &[Node]) -> Vec<Hint> {
    let own: Vec<&str> = documents.iter().filter_map(|document| document.get("name")?.text()).collect();
    let mut found: Vec<(String, Span)> = Vec::new();
    for document in documents {
        walk(document, false, &mut found);
    }
    found.sort_by_key(|(_, span)| *span);
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|(id, _)| !own.contains(&id.as_str()) && seen.insert(id.clone()));
    found.truncate(MAX_PARENTS);
    let hint = |(id, span): (String, Span)| {
        let source = stated(file, Value::text(id.as_str()), span);
        hint_of_relation(id, Some("merge"), source)
    };
    found.into_iter().map(hint).collect()
}

/// Collects the models of a node; `is_model` where the node stands in a model's place, so that its text is one.
fn walk(node: &Node, is_model: bool, found: &mut Vec<(String, Span)>) {
    if let Some(text) = node.text().filter(|_| is_model && !node.is_null()) {
        found.extend(reference::models(text).into_iter().map(|id| (id, node.span)));
    }
    for item in node.list().unwrap_or_default() {
        walk(item, is_model, found);
    }
    for (key, value) in node.map().into_iter().flatten() {
        let key_text = key.text().unwrap_or_default();
        if key_text == "models" {
            models(value, found);
        } else {
            walk(value, MODEL.contains(&key_text) || (is_model && key_text == "path"), found);
        }
    }
}

/// `models`: a list of names or of mappings, or a mapping from names to their weights.
fn models(node: &Node, found: &mut Vec<(String, Span)>) {
    match node.map() {
        Some(entries) if node.get("model").is_none() => {
            for (key, value) in entries {
                walk(key, true, found);
                walk(value, false, found);
            }
        }
        _ => walk(node, true, found),
    }
}

fn names_no_model(file: &SourceFile) -> Diagnostic {
    let name = file.name();
    Diagnostic::warning(
        Code::KeptUnread,
        file,
        file.first_line(Span::default()),
        says(
            format!("`{name}`은(는) 합병 방법을 적은 파일로 보이지만, 읽을 수 있는 모델 이름이 없다"),
            format!("`{name}` looks like a merge recipe and names no model that can be read"),
        ),
    )
    .help(says("모델마다 `model: org/name`처럼 적는다", "name every model, as in `model: org/name`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<String> {
        let file = SourceFile::new("r.yaml", text);
        let documents: Vec<Node> = parse_dump(&file).expect("valid").into_iter().map(clean_tree).collect();
        parents(&file, &documents).into_iter().map(|hint| hint.reference).collect()
    }

    #[test]
    fn recipes_are_known_by_their_names() {
        for name in [
            "mergekit_config.yml",
            "mergekit_moe_config.yaml",
            "config.mergekit.yml",
            "merge.yaml",
            "mergekit_config.json",
            "merge_config.json",
            "mergekit/config.yml",
            "mergekit/recipe.json",
            "merge_recipe.txt",
            "step2/merge_config.yml",
        ] {
            assert!(is_called_recipe(name), "{name}");
        }
        for name in [
            "merges.txt",
            "merges.json",
            "tokenizer/merges.txt",
            "merged/config.json",
            "merged/config.yml",
            "merge.py",
            "merged_model.safetensors",
            "config.json",
        ] {
            assert!(!is_called_recipe(name), "{name}");
        }
    }

    #[test]
    fn every_way_to_name_a_model_is_read() {
        for text in [
            "base_model: a/b\nmodels: [{model: c/d}]\n",
            "models: [a/b, c/d]\n",
            "models: {a/b: {weight: 1}, c/d: {weight: 0.5}}\n",
            "slices:\n- sources:\n  - {model: a/b, layer_range: [0, 4]}\n  - {model: c/d, layer_range: [4, 8]}\n",
            "base_model: {model: {path: a/b, revision: main}}\nmodels: [{model: {model: {path: c/d}}}]\n",
            "base_model: !!python/object:m.R {path: a/b}\nexperts: [{source_model: c/d, positive_prompts: [x]}]\n",
            "models: [{model: a/b+c/d}]\n",
            "base_model: a/b\nmodels: [{model: {model: {path: a/b}, lora: {path: c/d}}}]\n",
            "name: one\nmodels: [{model: a/b}]\n---\nmodels: [{model: one}, {model: c/d}]\n",
            "{\"merge_method\": \"linear\", \"models\": [{\"model\": \"a/b\"}, {\"model\": \"c/d\"}]}",
            "- base_model: a/b\n- models:\n  - model: /x/hub/models--c--d/snapshots/0\n",
        ] {
            assert_eq!(named(text), ["a/b", "c/d"], "{text}");
        }
        assert!(
            named("merge_method: linear\nbase_model: None\nparameters: {t: 0.5}\ntokenizer: {source: union}\n")
                .is_empty()
        );
    }
}
