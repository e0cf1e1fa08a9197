//! `measure` through the binary: what is found is written as evidence, and the evidence moves the grade.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn sovgrade(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sovgrade")).args(arguments).args(["--plain"]).output().unwrap()
}

fn zoo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/zoo")
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn a_fine_tune_is_found_and_the_evidence_is_read_back() {
    let zoo = zoo();
    let at = |name: &str| zoo.join(name).display().to_string();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("evidence.json").display().to_string();
    let measured =
        sovgrade(&["measure", &at("a-ft"), "--against", &at("llama-a"), &at("llama-b"), "-o", &file, "--lang", "en"]);
    let text = String::from_utf8(measured.stdout).unwrap();
    assert_eq!(measured.status.code(), Some(0));
    assert!(text.contains("This model shares its weights with llama-a: 100 % of the parameters"), "{text}");
    assert!(text.contains("References without a trace: 1\n  llama-b."), "{text}");

    let json = |arguments: &[&str]| -> serde_json::Value {
        serde_json::from_slice(&sovgrade(&[arguments, &["--format", "json"]].concat()).stdout).unwrap()
    };
    let graded = json(&["grade", &at("a-ft"), "--evidence", &file]);
    let inputs = graded["inputs"].to_string();
    assert!(inputs.contains("evidence.json"), "{inputs}");
    let other = sovgrade(&["grade", &at("llama-b"), "--evidence", &file]);
    assert_eq!(other.status.code(), Some(2), "evidence of another model is refused");
}

/// Every text below a key that holds sentences.
fn sentences<'v>(value: &'v serde_json::Value, found: &mut Vec<&'v serde_json::Value>) {
    match value {
        serde_json::Value::Object(map) => {
            for (key, value) in map {
                match key.as_str() {
                    "limits" | "notes" | "not-compared" => found.extend(value.as_array().unwrap()),
                    "skipped" | "detail" | "statement" => found.push(value),
                    _ => sentences(value, found),
                }
            }
        }
        serde_json::Value::Array(list) => list.iter().for_each(|value| sentences(value, found)),
        _ => {}
    }
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn every_sentence_of_evidence_is_there_in_both_languages() {
    let zoo = zoo();
    let at = |name: &str| zoo.join(name).display().to_string();
    let hangul = |text: &str| text.chars().any(|c| ('가'..='힣').contains(&c));
    let mut kinds = std::collections::BTreeSet::new();
    for (model, reference) in [
        ("same-start-1", "same-start-2"),
        ("gpt2-a-ft", "gpt2-a"),
        ("student-of-a", "llama-a"),
        ("a-narrow", "llama-a"),
        ("llava-text-e", "llava-own"),
        ("mixtral-a", "e-moe"),
    ] {
        let measured = sovgrade(&["measure", &at(model), "--against", &at(reference), "--no-digest", "--json"]);
        let evidence: serde_json::Value = serde_json::from_slice(&measured.stdout).unwrap();
        let mut found = Vec::new();
        sentences(&evidence, &mut found);
        for sentence in found {
            let (ko, en) = (sentence["ko"].as_str().unwrap(), sentence["en"].as_str().unwrap());
            assert!(hangul(ko) && !hangul(en), "{model}: {sentence}");
            kinds.insert(en.split(' ').next().unwrap().to_owned());
        }
    }
    assert!(kinds.len() > 6, "sentences of many kinds were seen: {kinds:?}");
}

/// The page of a measurement, without its line breaks.
fn page(zoo: &Path, model: &str, references: &[&str], lang: &str) -> String {
    let at = |name: &str| zoo.join(name).display().to_string();
    let references: Vec<String> = references.iter().map(|name| at(name)).collect();
    let mut arguments = vec!["measure".to_owned(), at(model), "--against".to_owned()];
    arguments.extend(references);
    arguments.extend(["--no-digest", "--lang", lang].map(str::to_owned));
    let output = Command::new(env!("CARGO_BIN_EXE_sovgrade")).args(arguments).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let columns = |line: &str| line.chars().map(|c| if ('가'..='힣').contains(&c) { 2 } else { 1 }).sum::<usize>();
    assert!(text.lines().all(|line| columns(line) <= 80), "{model} is too wide:\n{text}");
    text.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn the_page_says_what_was_found_why_and_where() {
    let zoo = zoo();
    let all: [(&str, &[&str], &str, &[&str]); 10] = [
        ("a-cpt", &["llama-a"], "en", &["In 200 of 200 neuron pairs", "chance would give half", "one in 1,000,000"]),
        ("a-cpt", &["llama-a"], "ko", &["뉴런 쌍 200개 가운데 200개", "우연이라면 절반이다", "1,000,000분의 1"]),
        ("a-rotated-ft", &["llama-a"], "en", &["stream rotated and trained further", "Why it was changed is not told"]),
        ("a-units-ft", &["llama-a"], "ko", &["뉴런·헤드 순서 바뀜, 추가 학습", "400개 가운데 400개는 두 가지로"]),
        (
            "same-start-1",
            &["same-start-2"],
            "en",
            &["both began with the same random numbers", "Weights do not show which came first"],
        ),
        (
            "same-start-1",
            &["same-start-2"],
            "ko",
            &["둘 다 같은 무작위 수에서", "어느 쪽이 먼저인지는 가중치로 알 수 없다"],
        ),
        (
            "llava-vision-b",
            &["siglip-b"],
            "ko",
            &["일부가 siglip-b와 가중치를 공유한다: 비전 인코더", "언어 본체: 대조 모델에 없는 부분"],
        ),
        ("from-a-layers", &["llama-a"], "en", &["layers 2–3 (of 5)", "No trace of it in the embedding", "· · ▓ ▓ ·"]),
        ("a-dus", &["llama-a"], "en", &["layers 4–7 are the reference's 1–4"]),
        ("student-of-a", &["llama-a"], "ko", &["판단하지 못했다", "배운 것(증류)은 가중치에 흔적을 남기지"]),
    ];
    for (model, references, lang, expected) in all {
        let text = page(&zoo, model, references, lang);
        for part in expected {
            assert!(text.contains(part), "{model} in {lang} lacks `{part}`: {text}");
        }
    }
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn figures_stand_one_level_below() {
    let zoo = zoo();
    let at = |name: &str| zoo.join(name).display().to_string();
    let shown = |more: &[&str]| {
        let run = ["measure", &at("llama-c"), "--against", &at("llama-a"), "--no-digest", "--lang", "en"];
        String::from_utf8(sovgrade(&[&run[..], more].concat()).stdout).unwrap()
    };
    assert!(!shown(&[]).contains("z = "));
    assert!(shown(&["-v"]).contains("signs of the neurons [f3]: 227 / 400, z = 2.05"));
}

#[test]
fn what_holds_no_weights_cannot_be_measured() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    for lang in ["ko", "en"] {
        let refused = sovgrade(&["measure", &path, "--against", &path, "--lang", lang]);
        assert_eq!((refused.status.code(), refused.stdout.len()), (Some(2), 0));
        let said = String::from_utf8(refused.stderr).unwrap();
        let said = said.split_whitespace().filter(|word| *word != "|").collect::<Vec<_>>().join(" ");
        assert!(said.contains("SG0304") && !said.contains("panicked"), "{said}");
        let why = if lang == "ko" { "가중치가 없다" } else { "no weights here" };
        assert!(said.contains(why), "{said}");
    }
}

/// A zoo model with a card that says "from random initialisation".
fn declared(zoo: &Path, name: &str, folder: &Path) -> String {
    let directory = folder.join(name);
    std::fs::create_dir_all(&directory).unwrap();
    for file in ["config.json", "model.safetensors", "tokenizer.json"] {
        std::fs::copy(zoo.join(name).join(file), directory.join(file)).unwrap();
    }
    let card = "schema: sovereignty/1\nstatement_date: \"2026-11-20\"\ndeveloper: {name: Lab, jurisdiction: \"KR\"}\n\
        release: {form: directory, weights_held: yes, weights_published: yes, own_tuning: yes}\ncomplete: [components]\n\
        components:\n- {id: text, role: text, matches: [/], weight_bearing: yes, core: yes, initialisation: random-init}\n";
    std::fs::write(directory.join("sovereignty.yaml"), card).unwrap();
    directory.display().to_string()
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn grading_measures_in_one_go() {
    let zoo = zoo();
    let at = |name: &str| zoo.join(name).display().to_string();
    let folder = tempfile::tempdir().unwrap();
    let grade = |model: &str, references: &[&str], more: &[&str]| {
        let model = declared(&zoo, model, folder.path());
        let references: Vec<String> = references.iter().map(|name| at(name)).collect();
        let references: Vec<&str> = references.iter().map(String::as_str).collect();
        let output = sovgrade(&[&["grade", &model, "--against"], &references[..], more].concat());
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let json = |model: &str, references: &[&str]| -> serde_json::Value {
        serde_json::from_str(&grade(model, references, &["--format", "json"])).unwrap()
    };
    let start = |assessment: &serde_json::Value| -> Option<String> {
        let criteria = assessment["criteria"].as_array().unwrap();
        let reasons = criteria.iter().flat_map(|criterion| criterion["reasons"].as_array().unwrap());
        let mut facts = reasons.flat_map(|reason| reason["facts"].as_array().unwrap());
        let fact = facts.find(|fact| fact["path"] == "component.initialisation")?;
        Some(format!("{} {}", fact["value"].as_str().unwrap(), fact["assurance"].as_str().unwrap()))
    };

    // Weights show that numbers are shared, and neither which way they went nor from what anything started.
    let shared = json("a-ft", &["llama-a"]);
    let weights =
        shared["criteria"].as_array().unwrap().iter().find(|it| it["id"] == "weights-from-random-init").unwrap();
    assert_eq!(weights["outcome"], "unknown", "{weights}");
    assert!(shared["next"].to_string().contains("Document which came first"), "{}", shared["next"]);
    let said = grade("a-ft", &["llama-a"], &["--lang", "ko"]);
    assert!(said.contains("가중치가 옮겨 간 방향: 밝힌 곳이"), "{said}");

    // Two strangers support an own start where the ruleset asks for any comparison, and not where it asks for families.
    let any = ["--format", "json", "--reading", "compared-with=any-reference"];
    let strangers: serde_json::Value = serde_json::from_str(&grade("llama-c", &["llama-a", "llama-b"], &any)).unwrap();
    assert_eq!(start(&strangers).as_deref(), Some("random-init corroborated"));
    assert_eq!(strangers["contradictions"].as_array().unwrap().len(), 0);
    let by_family = json("llama-c", &["llama-a", "llama-b"]);
    let assured = |assessment: &serde_json::Value| {
        let criteria = assessment["criteria"].as_array().unwrap();
        criteria.iter().find(|it| it["id"] == "weights-from-random-init").unwrap()["assured"] == true
    };
    assert!(assured(&strangers) && !assured(&by_family), "{by_family}");

    for (model, reference) in [("same-start-1", "same-start-2"), ("llama-c", "vit-a")] {
        let neither = json(model, &[reference]);
        assert_eq!(neither["contradictions"].as_array().unwrap().len(), 0, "{model}");
        assert_ne!(start(&neither).as_deref(), Some("random-init corroborated"), "{model}");
    }
    assert!(json("llama-c", &["vit-a"])["limits"].to_string().contains("decided anything"));
    let inputs = strangers["inputs"].as_array().unwrap();
    assert!(inputs.iter().any(|input| input["name"] == "sovgrade measure" && input["sha256"].is_string()));
}

#[test]
fn grading_against_what_cannot_be_measured_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().display().to_string();
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/apertus-70b").display().to_string();
    let refused = sovgrade(&["grade", &model, "--against", &empty, "--lang", "ko"]);
    assert_eq!((refused.status.code(), refused.stdout.len()), (Some(2), 0));
    assert!(String::from_utf8(refused.stderr).unwrap().contains("측정할 수 없다"));
}

/// Likenesses beside the weights, by reference.
fn context_of(model: &Path, reference: &Path) -> (serde_json::Value, Vec<serde_json::Value>) {
    let (model, reference) = (model.display().to_string(), reference.display().to_string());
    let measured = sovgrade(&["measure", &model, "--against", &reference, "--no-digest", "--json"]);
    let evidence: serde_json::Value = serde_json::from_slice(&measured.stdout).unwrap();
    let link = &evidence["links"][0];
    let verdicts =
        link["components"].as_array().unwrap().iter().map(|component| component["relation"].clone()).collect();
    (link["context"].clone(), verdicts)
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn what_stands_beside_the_weights_is_shown_and_decides_nothing() {
    let zoo = zoo();
    let folder = tempfile::tempdir().unwrap();
    let alike = folder.path().join("alike");
    std::fs::create_dir_all(&alike).unwrap();
    for file in ["config.json", "model.safetensors", "tokenizer.json"] {
        std::fs::copy(zoo.join("llama-c").join(file), alike.join(file)).unwrap();
    }
    let (near, verdicts) = context_of(&alike, &zoo.join("llama-a"));
    assert!(near["gains"]["raw-cosine"].as_f64().unwrap() > 0.95 && near["gains"]["centred"].as_f64().unwrap() < 0.2);
    assert!(near["vocabulary"]["shared"].as_u64().unwrap() > 100, "{near}");
    let geometry = near["token-geometry"]["similarity"].as_f64().unwrap();
    assert!(geometry.abs() < 0.05, "{geometry}");
    let (kin, _) = context_of(&zoo.join("a-rotated"), &zoo.join("llama-a"));
    assert!(kin["token-geometry"]["similarity"].as_f64().unwrap() > 0.95, "no rotation changes it: {kin}");
    // Fields that no test reads: the likeness goes, the verdicts stay.
    let config = std::fs::read_to_string(alike.join("config.json")).unwrap();
    let mut config: serde_json::Value = serde_json::from_str(&config).unwrap();
    config["initializer_range"] = 0.123.into();
    config["max_position_embeddings"] = 77.into();
    std::fs::write(alike.join("config.json"), config.to_string()).unwrap();
    let (apart, same) = context_of(&alike, &zoo.join("llama-a"));
    assert_ne!(near["config"], apart["config"]);
    assert_eq!(verdicts, same, "a config decides nothing");
    for lang in ["ko", "en"] {
        let text = page(&zoo, "llama-c", &["llama-a"], lang);
        let wanted = if lang == "ko" { "판단에 쓰지 않음" } else { "no part of any relation" };
        assert!(text.contains(wanted), "{text}");
    }
}

#[test]
fn the_figures_of_the_quarrel_are_a_wrong_answer_and_a_right_one() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/solar-open-100b");
    let file = example.join("evidence/layers.json");
    let evidence: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    let gains = &evidence["links"][0]["context"]["gains"];
    let layers = gains["layers"].as_array().unwrap();
    for key in ["raw-cosine", "centred"] {
        let mean = layers.iter().map(|layer| layer[key].as_f64().unwrap()).sum::<f64>() / layers.len() as f64;
        assert!((mean - gains[key].as_f64().unwrap()).abs() < 1e-6, "{key} is the mean of its layers");
    }
    assert_eq!(layers.len(), 92);
    assert!(layers.iter().all(|layer| layer["centred"].as_f64().unwrap().abs() < 0.05));
    for (lang, wrong, right) in [
        ("en", "which says nothing of where they come from", "no link shows"),
        ("ko", "출처에 관해서는 아무것도 말해 주지 않는다", "관계가 드러나지 않는다"),
    ] {
        let graded = sovgrade(&[
            "grade",
            &example.display().to_string(),
            "--evidence",
            &file.display().to_string(),
            "--lang",
            lang,
        ]);
        let text = String::from_utf8(graded.stdout).unwrap();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(wrong) && text.contains(right) && text.contains("0.968"), "{text}");
    }
}
