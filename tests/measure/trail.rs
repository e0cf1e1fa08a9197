//! Checkpoint trails: a path from random numbers to the release passes; what only looks like one does not; grades
//! follow.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::fixtures::{Format, Weights, start, trained, write};
use sovgrade::evidence::{Trail, TrailQuestion};
use sovgrade::measure::{MeasureError, Options, measure};

struct Path3 {
    root: tempfile::TempDir,
    first: Weights,
    middle: Weights,
    last: Weights,
}

/// A start that was drawn, and two steps of training.
fn path() -> Path3 {
    let mut first = start(100, 0.02);
    // A padding token's row begins at zero.
    first.get_mut("model.embed_tokens.weight").unwrap().1[..crate::fixtures::WIDTH].fill(0.0);
    let middle = trained(&first, 101, 0.8);
    let last = trained(&middle, 102, 0.3);
    Path3 { root: tempfile::tempdir().unwrap(), first, middle, last }
}

impl Path3 {
    fn put(&self, name: &str, weights: &Weights) -> PathBuf {
        write(self.root.path(), name, weights, Format::F32)
    }

    fn test(&self, steps: &[&Weights], release: &Weights, references: &[&Weights]) -> Trail {
        let trail =
            steps.iter().zip(0..).map(|(weights, at): (_, u32)| self.put(&format!("step-{at}"), weights)).collect();
        let against: Vec<PathBuf> = references
            .iter()
            .zip(0..)
            .map(|(weights, at): (_, u32)| self.put(&format!("reference-{at}"), weights))
            .collect();
        let options = Options { digests: false, trail, ..Options::default() };
        measure(&self.put("release", release), &against, &options).unwrap().trail.unwrap()
    }
}

/// The questions that failed.
fn failed(trail: &Trail) -> Vec<(TrailQuestion, &str)> {
    let wrong: Vec<_> =
        trail.checks.iter().filter(|check| !check.passed).map(|check| (check.check, check.at.as_str())).collect();
    assert_eq!(trail.passed, wrong.is_empty());
    wrong
}

#[test]
fn a_path_from_random_numbers_to_the_release_passes() {
    let it = path();
    let stranger = trained(&start(200, 0.02), 201, 0.8);
    let trail = it.test(&[&it.first, &it.middle, &it.last], &it.last, &[&stranger]);
    assert_eq!(failed(&trail), [], "{trail:?}");
    let asked: Vec<TrailQuestion> = trail.checks.iter().map(|check| check.check).collect();
    let [start, foreign, step, order, release] = TrailQuestion::ALL;
    assert_eq!(asked, [start, foreign, step, step, order, release]);
    assert_eq!(trail.components, ["text", "embedding", "head"]);
    // The release may be in a coarser format.
    let steps = ["step-0", "step-1", "step-2"].map(|name| it.root.path().join(name));
    let cast = write(it.root.path(), "cast", &it.last, Format::Bf16);
    let options = Options { digests: false, trail: steps.to_vec(), ..Options::default() };
    assert!(measure(&cast, &[], &options).unwrap().trail.unwrap().passed);
}

#[test]
fn a_first_checkpoint_that_was_trained_fails() {
    let it = path();
    let trail = it.test(&[&it.middle, &it.last], &it.last, &[]);
    assert_eq!(failed(&trail), [(TrailQuestion::RandomStart, "step-0")]);
    // With its gains put back to one, what training did to the matrices remains: rows of other lengths, or a direction.
    for how in 0..2 {
        let mut reset = it.middle.clone();
        for (name, (shape, numbers)) in &mut reset {
            if shape.len() == 1 {
                numbers.fill(1.0);
            } else if name.contains("layers.2.mlp.up_proj") {
                let columns = shape[1];
                for (at, number) in numbers.iter_mut().enumerate() {
                    let (row, column) = (at / columns, at % columns);
                    *number = match how {
                        0 => *number * (1.0 + 0.4 * (row % 7) as f32),
                        _ => *number + 0.015 * if (row + column) % 2 == 0 { 1.0 } else { -1.0 },
                    };
                }
            }
        }
        let trail = it.test(&[&reset, &it.middle, &it.last], &it.last, &[]);
        assert!(failed(&trail).contains(&(TrailQuestion::RandomStart, "step-0")), "{trail:?}");
        let check = &trail.checks[0];
        assert_eq!(check.failures.len(), 1, "{check:?}");
    }
}

#[test]
fn a_step_that_is_a_foreign_model_fails() {
    let it = path();
    let foreign = trained(&start(200, 0.02), 201, 0.8);
    let trail = it.test(&[&it.first, &foreign, &it.last], &it.last, &[]);
    let step = |at: &'static str| (TrailQuestion::Step, at);
    assert_eq!(failed(&trail), [step("step-1"), step("step-2"), (TrailQuestion::Order, "step-2")]);
    // One layer is enough.
    let mut grafted = it.last.clone();
    for (name, entry) in &mut grafted {
        if name.starts_with("model.layers.3.") {
            *entry = foreign[name].clone();
        }
    }
    let trail = it.test(&[&it.first, &it.middle, &grafted], &grafted, &[]);
    assert_eq!(failed(&trail), [(TrailQuestion::Step, "step-2")]);
}

#[test]
fn a_step_trained_apart_from_the_same_start_fails() {
    let it = path();
    let apart = trained(&it.first, 300, 0.8);
    let trail = it.test(&[&it.first, &apart, &it.last], &it.last, &[]);
    // It shares the start's numbers with its neighbours, as any step does, but it lies on no way between them.
    assert_eq!(failed(&trail), [(TrailQuestion::Order, "step-2")], "{trail:?}");
}

#[test]
fn a_last_checkpoint_that_is_not_the_release_fails() {
    let it = path();
    let mut other = it.last.clone();
    other.get_mut("model.layers.1.self_attn.o_proj.weight").unwrap().1[7] += 1e-4;
    let trail = it.test(&[&it.first, &it.middle, &it.last], &other, &[]);
    assert_eq!(failed(&trail), [(TrailQuestion::Release, "step-2")]);
    let said = trail.checks.last().unwrap().failures[0].get(sovgrade::text::Lang::En).to_owned();
    assert!(said.contains("o_proj") && said.contains("1 numbers"), "{said}");
}

#[test]
fn initial_values_that_are_another_model_s_fail() {
    let it = path();
    for reference in [trained(&it.first, 400, 0.8), it.first.clone()] {
        let trail = it.test(&[&it.first, &it.middle, &it.last], &it.last, &[&reference]);
        assert_eq!(failed(&trail), [(TrailQuestion::ForeignStart, "step-0")], "{trail:?}");
    }
}

#[test]
fn one_checkpoint_is_no_path() {
    let it = path();
    let release = it.put("release", &it.last);
    let options = Options { trail: vec![release.clone()], ..Options::default() };
    assert!(matches!(measure(&release, &[], &options), Err(MeasureError::ShortTrail)));
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn the_zoo_s_trail_passes_and_its_middle_is_no_start() {
    let zoo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/zoo");
    let run = |steps: &[&str], references: &[&str]| {
        let at = |names: &[&str]| names.iter().map(|name| zoo.join(name)).collect::<Vec<_>>();
        let options = Options { digests: false, trail: at(steps), ..Options::default() };
        measure(&zoo.join("trail-4"), &at(references), &options).unwrap().trail.unwrap()
    };
    let whole = ["trail-0", "trail-1", "trail-2", "trail-3", "trail-4"];
    let trail = run(&whole, &["gains-1", "same-start-1"]);
    assert_eq!(failed(&trail), [], "{trail:?}");
    assert_eq!(failed(&run(&whole[1..], &[])), [(TrailQuestion::RandomStart, "trail-1")]);
    let swapped = run(&["trail-0", "trail-1", "gains-1", "trail-3", "trail-4"], &[]);
    let expected =
        [(TrailQuestion::Step, "gains-1"), (TrailQuestion::Step, "trail-3"), (TrailQuestion::Order, "trail-4")];
    assert_eq!(failed(&swapped), expected);
}

fn sovgrade(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sovgrade")).args(arguments).args(["--plain"]).output().unwrap()
}

const CARD: &str = "---
sovereignty:
  components:
    - id: backbone
      role: text
      initialisation: random-init
---
";

#[test]
fn an_assessor_s_passed_trail_is_audited_and_a_failed_one_contradicts() {
    let it = path();
    let release = it.put("release", &it.last);
    fs::write(release.join("README.md"), CARD).unwrap();
    let shown = |path: &Path| path.display().to_string();
    let steps: Vec<String> = [("a", &it.first), ("b", &it.middle), ("c", &it.last)]
        .map(|(name, weights)| shown(&it.put(name, weights)))
        .to_vec();
    let (model, file) = (shown(&release), shown(&it.root.path().join("evidence.json")));
    let trail = |steps: &[String], more: &[&str]| {
        let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
        sovgrade(&[&["measure", &model, "--trail"], steps.as_slice(), &["-o", &file], more].concat())
    };
    let graded = || {
        let output = sovgrade(&["grade", &model, "--vouch", &file, "--format", "json", "--lang", "en"]);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()
    };
    let start_of = |json: &serde_json::Value| -> Vec<String> {
        let mut found = Vec::new();
        for criterion in json["criteria"].as_array().unwrap() {
            for fact in
                criterion["reasons"].as_array().unwrap().iter().flat_map(|reason| reason["facts"].as_array().unwrap())
            {
                if fact["path"] == "component.initialisation" {
                    found.push(fact["assurance"].as_str().unwrap().to_owned());
                }
            }
        }
        found.dedup();
        found
    };

    let audited =
        trail(&steps, &["--assessor", "An Assessor", "--record", "2026-7", "--on", "2026-03-02", "--lang", "ko"]);
    let said = String::from_utf8(audited.stdout).unwrap();
    assert_eq!(audited.status.code(), Some(0), "{said}");
    assert!(said.contains("모든 점검을 지났다") && said.contains("거꾸로"), "{said}");
    assert_eq!(start_of(&graded()), ["audited"]);

    assert_eq!(trail(&steps, &[]).status.code(), Some(0));
    assert_eq!(start_of(&graded()), ["corroborated"]);

    let wrong = trail(&steps[1..], &["--lang", "en"]);
    let said = String::from_utf8(wrong.stdout).unwrap();
    assert_eq!(wrong.status.code(), Some(1), "{said}");
    assert!(said.contains("a gain that is not constant"), "{said}");
    assert!(!said.contains("Any model but") && !said.contains("How sure"), "no model was compared with: {said}");
    let json = graded();
    assert_eq!(start_of(&json), Vec::<String>::new(), "no word on the start counts any more: {json}");
    let aside = &json["set-aside"][0]["fact"];
    assert_eq!(
        (&aside["path"], &aside["assurance"]),
        (&"component.initialisation".into(), &"declared".into()),
        "{json}"
    );
    assert!(json["contradictions"].to_string().contains("did not stand the test"), "{}", json["contradictions"]);

    for bad in [&["--assessor", "An Assessor"][..], &["--assessor", "A", "--record", "1", "--on", "yesterday"]] {
        assert_eq!(trail(&steps, bad).status.code(), Some(2), "{bad:?}");
    }
}
