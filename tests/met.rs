//! Small things that people meet: hints of lineage in every form that tools write, messages that show the line to
//! write, short forms. Generated cases stand for the kinds; what a user sees is tested through the binary.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::Path;
use std::process::{Command, Output};

use proptest::prelude::*;
use sovgrade::gather::{Gathered, gather};
use sovgrade::text::{Code, Lang, Severity};
use sovgrade::vocabulary::vocabulary;

fn directory(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    dir
}

const CONFIG: &str = r#"{"model_type": "llama", "hidden_size": 8, "num_hidden_layers": 1, "vocab_size": 9}"#;

fn gathered(files: &[(&str, &str)]) -> Gathered {
    let dir = directory(files);
    gather(dir.path(), &[])
        .unwrap_or_else(|problems| panic!("{:?}", problems.iter().map(|it| it.message.en.clone()).collect::<Vec<_>>()))
}

/// The references of every component, sorted.
fn links(gathered: &Gathered) -> Vec<String> {
    let components = gathered.dossier.named("component").iter();
    let link = vocabulary().must_collection("link");
    let children = components.flat_map(|item| &item.children).filter(|(collection, _)| *collection == link);
    let mut ids: Vec<String> = children.flat_map(|(_, links)| links).map(|link| link.id.clone()).collect();
    ids.sort();
    ids.dedup();
    ids
}

fn run(dir: &Path, arguments: &[&str], lang: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sovgrade"))
        .args(arguments)
        .args(["--plain", "--lang", lang])
        .env_remove("SOVGRADE_LANG")
        .env("COLUMNS", "100")
        .current_dir(dir)
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    text.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ")
}

/// A parent as mergekit and its kin write one.
fn written(form: usize, id: &str) -> String {
    match form {
        0 => id.to_owned(),
        1 => format!("{{path: {id}, revision: main}}"),
        2 => format!("{{model: {{path: {id}}}}}"),
        3 => format!("!!python/object:tool.Reference {{model: {{path: {id}, revision: null}}}}"),
        _ => format!("/home/u/.cache/huggingface/hub/models--{}/snapshots/0f3c", id.replace('/', "--")),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever a recipe is called and however it writes its parents, each is a link.
    #[test]
    fn every_parent_of_a_recipe_is_a_link(
        name in "(mergekit[_-](config|moe_config)|merge|my-merge-of-two|recipe|config)\\.ya?ml",
        parents in proptest::collection::btree_map("[b-d]{2,4}/[e-z]{2,6}-[0-9]b", 0usize..5, 2..5),
        tags in any::<bool>(), split in any::<bool>(), shape in 0usize..3,
    ) {
        let mut text = String::from(if tags { "!!python/object:tool.Config\n" } else { "" });
        text.push_str("merge_method: linear\n");
        let parents: Vec<(String, usize)> = parents.into_iter().collect();
        let models: Vec<String> = parents.iter().map(|(id, form)| written(*form, id)).collect();
        let (head, before, after) = [
            ("models:\n", "- model: ", "  parameters: {weight: 0.5}\n"),
            ("gate_mode: hidden\nexperts:\n", "- source_model: ", "  positive_prompts: [\"a, b\"]\n"),
            ("slices:\n- sources:\n", "  - model: ", "    layer_range: [0, 8]\n"),
        ][shape];
        text.push_str(head);
        for model in &models {
            text.extend([before, model, "\n", after]);
        }
        if split {
            text.push_str("---\nname: second\nmerge_method: slerp\nmodels:\n- model: second\n");
        }
        let found = gathered(&[("config.json", CONFIG), (&name, &text)]);
        let wanted: Vec<String> = parents.into_iter().map(|(id, _)| id).collect();
        prop_assert_eq!(links(&found), wanted, "{}: {}", name, text);
        prop_assert!(found.warnings.is_empty());
    }

    /// A base is read in every form, and one that cannot be read is told.
    #[test]
    fn every_base_of_a_front_matter_is_a_link(
        key in "base_models?|finetuned_from",
        ids in proptest::collection::btree_set("[b-d]{2,4}/[e-z]{2,6}-[0-9]b", 1..4), form in 0usize..5,
    ) {
        let ids: Vec<String> = ids.into_iter().collect();
        let value = match form {
            0 => format!(" [{}]", ids.join(", ")),
            1 => ids.iter().map(|id| format!("\n- {{name: {id}, relation: finetune}}")).collect(),
            2 => format!(" {}", ids.join(", ")),
            3 => ids.iter().map(|id| format!("\n  {id}: fine-tuned")).collect(),
            _ => ids.iter().map(|id| format!("\n- model: https://huggingface.co/{id}")).collect(),
        };
        let readme = format!("---\nlicense: mit\n{key}:{value}\n---\n# x\n");
        let found = gathered(&[("config.json", CONFIG), ("README.md", &readme)]);
        prop_assert_eq!(links(&found), ids.clone(), "{}", readme);
        prop_assert_eq!(found.warnings.iter().any(|it| it.code == Code::WrongType), form == 2 && ids.len() > 1);
    }
}

#[test]
fn a_base_that_is_none_is_no_model_and_one_that_cannot_be_read_is_told() {
    for none in ["None", "null", "~", "\"\"", "N/A", "[]", "[None]", "{name: None}", "false"] {
        let readme = format!("---\nlicense: mit\nbase_model: {none}\n---\n");
        let found = gathered(&[("config.json", CONFIG), ("README.md", &readme)]);
        assert!(links(&found).is_empty() && found.warnings.is_empty(), "{none}: {:?}", links(&found));
    }
    for odd in ["{a: b}", "[[{}]]", "{relation: finetune}"] {
        let readme = format!("---\nlicense: mit\nbase_model: {odd}\n---\n");
        let found = gathered(&[("config.json", CONFIG), ("README.md", &readme)]);
        let told = found.warnings.iter().any(|it| it.message.en.contains("base_model") && it.help.is_some());
        assert!(told && links(&found).is_empty(), "{odd}");
    }
}

#[test]
fn a_side_file_at_fault_is_a_warning_and_another_yaml_is_left_alone() {
    let found = gathered(&[
        ("config.json", CONFIG),
        ("mergekit_config.yml", "models: [\n"),
        ("compose.yaml", "a: [\n"),
        ("recipe.yaml", "stage:\n  model: x/y\n"),
    ]);
    let problems: Vec<_> = found.warnings.iter().collect();
    assert!(
        problems.len() == 1
            && problems[0].file.name() == "mergekit_config.yml"
            && problems[0].severity == Severity::Warning
    );
    assert!(links(&found).is_empty());
    let found = gathered(&[("config.json", CONFIG), ("merge.yaml", "merge_method: linear\n")]);
    assert!(found.warnings.iter().any(|it| it.code == Code::KeptUnread && it.message.en.contains("merge.yaml")));
}

#[test]
fn numbers_that_are_not_finite_stop_nothing() {
    let config = r#"{"model_type": "llama", "hidden_size": 8, "vocab_size": NaN, "max_position_embeddings": Infinity, "x": [-Infinity]}"#;
    let found = gathered(&[("config.json", config)]);
    assert!(found.warnings.iter().any(|it| it.code == Code::NotFinite));
    for path in ["tokenizer.vocabulary-size", "model.context"] {
        assert!(found.dossier.fact(vocabulary().must(path)).claimed().is_none(), "{path}");
    }
}

#[test]
fn code_of_another_repository_is_a_finding() {
    let config =
        CONFIG.replace('}', r#", "auto_map": {"AutoConfig": "other/big--c.C", "AutoModel": "other/big--m.M"}}"#);
    let found = gathered(&[("config.json", &config)]);
    let told: Vec<&str> = found.dossier.findings.iter().map(|it| it.says.get(Lang::En)).collect();
    assert!(told.iter().any(|it| it.contains("auto_map") && it.matches("other/big").count() == 1), "{told:?}");
}

#[test]
fn a_declaration_may_end_in_yml() {
    let card =
        "schema: sovereignty/1\ndeveloper: {name: Example Lab, jurisdiction: \"KR\"}\nrelease: {parameters: 7B}\n";
    let (long, short) = (gathered(&[("sovereignty.yaml", card)]), gathered(&[("sovereignty.yml", card)]));
    let parameters = vocabulary().must("model.parameters");
    assert_eq!(long.dossier.fact(parameters).claimed(), short.dossier.fact(parameters).claimed());
    let both = gathered(&[("sovereignty.yaml", card), ("sovereignty.yml", &card.replace("7B", "8B"))]);
    let told = both.dossier.findings.iter().map(|it| it.says.en.clone()).collect::<Vec<_>>().join("\n");
    assert!(told.contains("sovereignty.yml and sovereignty.yaml say different things"), "{told}");
}

#[test]
fn a_value_of_another_shape_is_answered_with_the_line_to_write() {
    for (card, line) in [
        ("developer: Example Lab\n", "developer: {name: \"Example Lab\"}"),
        ("developer: KR\n", "developer: {jurisdiction: KR}"),
        ("release: 7B\n", "release: {parameters: 7B}"),
        ("release: 2026-01-01\n", "release: {date: 2026-01-01}"),
        ("teachers: a/b\n", "teachers: [{model: \"a/b\"}]"),
        ("teachers: [a/b]\n", "- model: \"a/b\""),
        ("components: text\n", "components: [{id: \"text\"}]"),
        ("components:\n- {role: vision-encoder}\n", "id: vision-encoder"),
        ("datasets:\n- {stage: sft}\n", "id: sft"),
        ("evidence:\n- {kind: paper, url: https://example.org}\n", "id: paper"),
        ("release: {parameters: 188,096}\n", "\"188,096\""),
        ("release: {parameters: \"2,1\"}\n", "write `2.1`"),
        ("release: {parameters: -5B}\n", "7 B parameters"),
    ] {
        let dir = directory(&[("sovereignty.yaml", &format!("schema: sovereignty/1\n{card}"))]);
        for lang in ["en", "ko"] {
            let output = run(dir.path(), &["grade", "."], lang);
            assert_eq!(output.status.code(), Some(2), "{card}");
            let line = if lang == "ko" { line.trim_start_matches("write ") } else { line };
            assert!(said(&output).contains(line), "{card}: {}", said(&output));
        }
    }
}

#[test]
fn every_scalar_field_takes_the_line_that_is_shown() {
    // What a suggestion says must be readable itself.
    for (wrong, right) in [
        ("developer: Example \"Lab\"\n", "developer: {name: \"Example \\\"Lab\\\"\"}\n"),
        ("training: {hardware: H100}\n", "training: {hardware: [{product: \"H100\"}]}\n"),
    ] {
        let dir = directory(&[("sovereignty.yaml", &format!("schema: sovereignty/1\n{wrong}"))]);
        let output = said(&run(dir.path(), &["grade", "."], "en"));
        let inner = right.trim().trim_start_matches("training: {").trim_end_matches('}');
        assert!(output.contains(inner), "{inner}: {output}");
        gathered(&[("sovereignty.yaml", &format!("schema: sovereignty/1\n{right}"))]);
    }
}

#[test]
fn a_document_that_covers_nothing_is_told_with_the_nearest_place() {
    let card = |place: &str| {
        format!(
            "schema: sovereignty/1\nrelease: {{form: directory}}\ncomponents:\n- {{id: text, role: text, initialisation: random-init}}\n\
             evidence:\n- {{id: paper, kind: paper, url: https://example.org, describes: [release, {place}]}}\n"
        )
    };
    for (place, nearest) in [
        ("componets", "`components`"),
        ("components/texts", "`components/text`"),
        ("components/text/initialization", "`components/text/initialisation`"),
        ("realease", "`release`"),
    ] {
        let found = gathered(&[("sovereignty.yaml", &card(place))]);
        let told: Vec<_> = found.warnings.iter().filter(|it| it.message.en.contains(place)).collect();
        assert!(told.len() == 1 && told[0].help.as_ref().is_some_and(|help| help.en.contains(nearest)), "{place}");
    }
    for place in ["components", "/components/", "components/text", "components/text/role", "release/form"] {
        assert!(gathered(&[("sovereignty.yaml", &card(place))]).warnings.is_empty(), "{place}");
    }
}

#[test]
fn a_level_is_answered_with_its_rungs() {
    let dir = directory(&[("m/config.json", CONFIG)]);
    for asked in ["T4", "t4"] {
        let output = run(dir.path(), &["grade", "m", "--require", asked], "en");
        let said = said(&output);
        assert!(output.status.code() == Some(2) && said.contains("T4-1") && !said.contains("`T0`"), "{said}");
    }
    let output = run(dir.path(), &["grade", "m", "--require", "T33"], "en");
    assert!(said(&output).contains("did you mean `T3`?"));
}

#[test]
fn the_short_form_ends_in_the_ladder_and_fits_on_a_screen() {
    let card = "schema: sovereignty/1\nrelation: from-scratch\n";
    let dir = directory(&[("a/config.json", CONFIG), ("a/sovereignty.yaml", card), ("b/sovereignty.yaml", card)]);
    for lang in ["en", "ko"] {
        for rules in ["t-class", "msit-independence", "eu-score"] {
            let one = run(dir.path(), &["grade", "a", "--rules", rules, "--brief"], lang);
            let text = String::from_utf8_lossy(&one.stdout).into_owned();
            assert!(one.status.code() == Some(0) && text.lines().count() <= 20, "{text}");
            let two = run(dir.path(), &["grade", "a", "b", "--rules", rules, "--brief"], lang);
            let both = String::from_utf8_lossy(&two.stdout).into_owned();
            assert!(both.starts_with(&text) && both.contains("\nb: "), "{both}");
        }
        let text = run(dir.path(), &["grade", "a", "--brief"], lang);
        let last = String::from_utf8_lossy(&text.stdout).trim_end().lines().last().unwrap_or_default().to_owned();
        assert!(last.contains("T0"), "{last}");
        assert_eq!(run(dir.path(), &["grade", "a", "--brief", "--next"], lang).status.code(), Some(2));
    }
}

#[test]
fn a_table_in_a_file_has_the_mark_that_spreadsheets_need() {
    let dir = directory(&[("한글/config.json", CONFIG)]);
    let output = run(dir.path(), &["grade", "한글", "--format", "csv", "--format", "csv=t.csv"], "ko");
    let file = std::fs::read(dir.path().join("t.csv")).unwrap();
    assert_eq!(file.strip_prefix(b"\xef\xbb\xbf".as_slice()), Some(output.stdout.as_slice()));
    assert!(output.stdout.starts_with(b"path,"));
}

/// A file of weights with one table of zeros.
fn weights(dir: &Path) {
    let header = r#"{"model.embed_tokens.weight":{"dtype":"F32","shape":[9,8],"data_offsets":[0,288]}}"#;
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.extend([0; 288]);
    std::fs::write(dir.join("model.safetensors"), bytes).unwrap();
}

#[test]
fn a_comparison_that_is_missing_is_a_command_and_no_relation_to_write() {
    let card = |references: &str| {
        format!(
            "schema: sovereignty/1\ndeveloper: {{name: Example Lab, jurisdiction: \"KR\"}}\nrelation: from-scratch\n\
             complete: [components]\ncomponents:\n- {{id: text, role: text, initialisation: random-init, \
             trained_by: [Example Lab], references_complete: yes{references}}}\n"
        )
    };
    let dir = directory(&[("my model/config.json", CONFIG), ("my model/sovereignty.yaml", &card(""))]);
    weights(&dir.path().join("my model"));
    let next = |lang| said(&run(dir.path(), &["grade", "my model", "--next"], lang));
    for lang in ["en", "ko"] {
        let text = next(lang);
        // The families that the ruleset asks for.
        assert!(text.contains("$ sovgrade grade 'my model' --against") && text.contains("Qwen/Qwen2.5-7B"), "{text}");
        assert!(!text.contains("\"relation\""), "{text}");
    }
    let named = card(", references: [{model: far/base, same_maker: yes}]");
    std::fs::write(dir.path().join("my model/sovereignty.yaml"), named).unwrap();
    assert!(next("en").contains("far/base"), "{}", next("en"));
    let json = run(dir.path(), &["grade", "my model", "--format", "json"], "en");
    let json = String::from_utf8_lossy(&json.stdout).into_owned();
    let command = json.lines().find(|line| line.contains("sovgrade grade MODEL --against")).unwrap_or_default();
    assert!(command.contains("far/base"), "{json}");
}

#[test]
fn the_lowest_rung_says_that_nothing_is_known() {
    let dir = directory(&[("c.yaml", "schema: sovereignty/1\n"), ("r/README.md", "# Only prose\n")]);
    let said_of = |lang| said(&run(dir.path(), &["grade", "c.yaml"], lang));
    assert!(said_of("en").contains("does not say that the model is"), "{}", said_of("en"));
    assert!(said_of("ko").contains("해당한다는 뜻이 아니다"), "{}", said_of("ko"));
    let output = run(dir.path(), &["grade", "r"], "en");
    assert!(output.status.code() == Some(2) && said(&output).contains("has no front matter"));
}

#[test]
fn sentences_of_evidence_in_one_language_are_quoted() {
    let evidence = r#"{"schema": "sovgrade/evidence/2", "subject": {"id": "c"}, "limits": ["only half was seen", {"ko": "절반만", "en": "one half"}]}"#;
    let dir = directory(&[("c.yaml", "schema: sovereignty/1\n"), ("e.json", evidence)]);
    let ko = said(&run(dir.path(), &["grade", "c.yaml", "--evidence", "e.json"], "ko"));
    assert!(
        ko.contains("증거 파일의 말: “only half was seen”") && ko.contains("절반만") && !ko.contains("one half"),
        "{ko}"
    );
    let en = said(&run(dir.path(), &["grade", "c.yaml", "--evidence", "e.json"], "en"));
    assert!(en.contains("own words: “only half was seen”") && en.contains("ne half") && !en.contains("절반만"), "{en}");
}

#[test]
fn sources_younger_than_the_day_asked_for_are_told() {
    let evidence = r#"{"schema": "sovgrade/evidence/2", "subject": {"id": "c"}, "documented": [{"fact": "data.curated-by-maker",
        "value": true, "source": {"title": "t", "url": "https://example.org", "date": "2031-02-03"}}]}"#;
    let dir = directory(&[("c.yaml", "schema: sovereignty/1\n"), ("e.json", evidence)]);
    let grade = |day| said(&run(dir.path(), &["grade", "c.yaml", "--evidence", "e.json", "--as-of", day], "en"));
    assert!(grade("2020-01-01").contains("the latest is of 2031-02-03"), "{}", grade("2020-01-01"));
    assert!(!grade("2031-02-03").contains("the latest is of"));
}
