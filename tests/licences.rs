//! Licences through the whole program: what is open to choice, what looks like terms and was not read, how a licence is
//! written, and that no sentence shows a key of the program's inside.

#![allow(clippy::print_stdout, missing_docs)]

use std::path::Path;
use std::process::Command;

use proptest::prelude::*;
use sovgrade::gather::{Gathered, gather};
use sovgrade::grade::{Grade, Options, Outcome, Truth, View, grade};
use sovgrade::rules::Ruleset;
use sovgrade::text::Lang;

fn directory(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    for (name, text) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    dir
}

fn gathered(files: &[(&str, &str)]) -> Gathered {
    gather(directory(files).path(), &[]).unwrap_or_else(|problems| {
        panic!("{:?}", problems.iter().map(|problem| problem.message.en.clone()).collect::<Vec<_>>())
    })
}

fn limits(gathered: &Gathered) -> String {
    gathered.dossier.limits.iter().map(|limit| format!("{}\n{}\n", limit.en, limit.ko)).collect()
}

fn warnings(gathered: &Gathered) -> String {
    let one = |problem: &sovgrade::text::Diagnostic| {
        format!("{} {}\n", problem.message.en, problem.help.as_ref().map(|help| help.en.as_str()).unwrap_or_default())
    };
    gathered.warnings.iter().map(one).collect()
}

fn rules(id: &str) -> Ruleset {
    let ruleset = sovgrade::rules::embedded().iter().find(|ruleset| ruleset.id == id).expect("the ruleset");
    sovgrade::rules::load(&sovgrade::rules::RulesetFiles::embedded(ruleset)).unwrap_or_else(|_| panic!("{id}")).0
}

fn run(arguments: &[&str], folder: &Path) -> (Option<i32>, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_sovgrade")).args(arguments).current_dir(folder).output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code(), text)
}

/// A model whose base stands under these terms.
fn on_a_base(licence: &str) -> String {
    format!(
        "schema: sovereignty/1\ndeveloper: {{name: A, jurisdiction: \"KR\"}}\ncomplete: [components, licences, datasets, teachers]\n\
         components:\n- id: text\n  role: text\n  matches: [/]\n  initialisation: adapted\n  adaptation: [fine-tuning]\n  \
         references_complete: yes\n  references:\n  - {{model: far/base, holder: Far, jurisdiction: \"US\", licence: \"{licence}\", kind: open-weight}}\n\
         licensing:\n  weights: {{licence: apache-2.0}}\n"
    )
}

/// How a view of a criterion ranks, the worst first.
fn rank(truth: Truth) -> u8 {
    match truth {
        Truth::False => 0,
        Truth::Unknown => 1,
        Truth::Void => 2,
        Truth::True => 3,
    }
}

/// The ranks of every criterion, assured and claimed, and the rungs.
fn standing(rules: &Ruleset, licence: &str) -> (Vec<[u8; 2]>, Option<[u8; 2]>) {
    let card = on_a_base(licence);
    let dossier = gathered(&[("sovereignty.yaml", &card)]).dossier;
    let grading = grade(rules, &dossier, &Options::default());
    let ranks = |result: &sovgrade::grade::CriterionResult| {
        [View::Assured, View::Claimed].map(|view| rank(result.standing.truth.get(view)))
    };
    let rungs = match &grading.grade {
        Grade::Ladder(ladder) => Some(
            [ladder.assured, ladder.claimed]
                .map(|rung| rung.map_or(0, |rung| u8::try_from(rung + 1).unwrap_or(u8::MAX))),
        ),
        _ => None,
    };
    (grading.criteria.iter().map(ranks).collect(), rungs)
}

fn not_below(a: &(Vec<[u8; 2]>, Option<[u8; 2]>), b: &(Vec<[u8; 2]>, Option<[u8; 2]>)) -> bool {
    let each = |(x, y): (&[u8; 2], &[u8; 2])| x.iter().zip(y).all(|(x, y)| x >= y);
    a.0.iter().zip(&b.0).all(each) && a.1.as_ref().zip(b.1.as_ref()).is_none_or(each)
}

const NAMES: [&str; 7] =
    ["apache-2.0", "mit", "cc-by-nc-4.0", "bigscience-openrail-m", "llama3.1", "gpl-2.0", "hyperclovax-seed"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn or_is_a_choice_and_and_a_sum(a in 0usize..7, b in 0usize..7, c in 0usize..7, which in 0usize..2) {
        let rules = rules(["msit-independence", "t-class"][which]);
        let (a, b, c) = (NAMES[a], NAMES[b], NAMES[c]);
        let at = |licence: String| standing(&rules, &licence);
        let (alone, other) = (at(a.into()), at(b.into()));
        let (or, and) = (at(format!("{a} OR {b}")), at(format!("{a} AND {b}")));
        prop_assert_eq!(&or, &at(format!("{b} OR {a}")), "OR is commutative");
        prop_assert_eq!(&and, &at(format!("{b} AND {a}")), "AND is commutative");
        prop_assert_eq!(&alone, &at(format!("{a} OR {a}")), "OR is idempotent");
        prop_assert_eq!(&alone, &at(format!("{a} AND {a}")), "AND is idempotent");
        prop_assert_eq!(&alone, &at(format!("{a} OR ({a} AND {b})")), "who may take less takes no more");
        prop_assert!(not_below(&or, &alone) && not_below(&or, &other), "{} OR {} is stricter than one of them", a, b);
        prop_assert!(not_below(&alone, &and) && not_below(&other, &and), "{} AND {} is laxer than one of them", a, b);
        prop_assert_eq!(
            at(format!("{a} AND ({b} OR {c})")),
            at(format!("({a} AND {b}) OR ({a} AND {c})")),
            "AND goes over OR"
        );
    }
}

#[test]
fn no_clause_of_a_licence_that_was_not_chosen_is_joined_with_one_that_was() {
    // Neither of the two alone satisfies the criterion: one is revocable, the other restricts purposes.
    let rules = rules("msit-independence");
    let at =
        rules.criteria.iter().position(|criterion| criterion.id == "free-of-outside-licences").expect("it is there");
    let outcome = |licence: &str| {
        let card = on_a_base(licence);
        let dossier = gathered(&[("sovereignty.yaml", &card)]).dossier;
        grade(&rules, &dossier, &Options::default()).criteria[at].outcome()
    };
    assert_eq!(outcome("hyperclovax-seed OR gemma"), Outcome::NotMet);
    assert_eq!(outcome("hyperclovax-seed OR gemma OR mit"), Outcome::Met);
    assert_eq!(outcome("(hyperclovax-seed OR mit) AND gemma"), Outcome::NotMet);
}

#[test]
fn too_many_choices_are_a_sum_and_that_is_said() {
    let names =
        ["mit", "isc", "zlib", "ncsa", "postgresql", "bsd-2-clause", "bsd-3-clause", "apache-2.0", "ms-pl", "epl-2.0"];
    let pairs: Vec<String> = names.chunks(2).map(|pair| format!("({})", pair.join(" OR "))).collect();
    let gathered = gathered(&[("sovereignty.yaml", &on_a_base(&pairs.join(" AND ")))]);
    assert!(limits(&gathered).contains("too many combinations"), "{}", limits(&gathered));
    assert_eq!(gathered.dossier.choices.scenarios(), 1);
    assert_eq!(gathered.dossier.named("licence").len(), names.len() + 1);
}

#[test]
fn what_looks_like_terms_is_named_where_it_was_not_read() {
    let readme = "---\nlicense: mit\nextra_gated_prompt: Agree to non-commercial use.\nextra_gated_fields:\n  Name: text\nextra_gated_heading:\n---\n# m\n";
    let own = "TERMS OF OUR OWN\nFor research only.\n";
    let files = ["LICENSE-DATA", "USE_POLICY.md", "NOTICE", "docs/Terms of Use.txt", "LICENSE-CODE"];
    let mut all = vec![("README.md", readme)];
    all.extend(files.map(|name| (name, own)));
    all.push(("notes.txt", own));
    let gathered_all = gathered(&all);
    let said = limits(&gathered_all);
    for name in files.into_iter().chain(["extra_gated_prompt", "extra_gated_fields"]) {
        assert_eq!(said.matches(&format!("`{name}`")).count(), 2, "{name} in both languages: {said}");
    }
    assert!(!said.contains("extra_gated_heading") && !said.contains("notes.txt"), "{said}");
    let dir = directory(&all);
    let (code, json) = run(&["grade", ".", "--format", "json"], dir.path());
    assert_eq!(code, Some(0), "{json}");
    assert!(json.contains("LICENSE-DATA") && json.contains("extra_gated_prompt"), "{json}");
    // A text that is known and stated says nothing new.
    let known = gathered(&[("README.md", "---\nlicense: mit OR apache-2.0\n---\n"), ("LICENSE-MIT", "MIT License\n")]);
    assert!(!limits(&known).contains("LICENSE-MIT"), "{}", limits(&known));
    let other = gathered(&[("README.md", "---\nlicense: mit\n---\n"), ("LICENSE-CODE", "Apache License 2.0\n")]);
    assert!(
        limits(&other).contains("holds a notice of Apache License 2.0, which the card states for no part"),
        "{}",
        limits(&other)
    );
    let gone = gathered(&[("README.md", "---\nlicense: other\nlicense_name: x\nlicense_link: LICENSE-X\n---\n")]);
    assert!(limits(&gone).contains("points at `LICENSE-X`"), "{}", limits(&gone));
}

#[test]
fn terms_of_the_model_outweigh_the_tag() {
    let gathered = gathered(&[
        ("README.md", "---\nlicense: mit\n---\n"),
        ("LICENSE", "MIT License\n"),
        ("MODEL_LICENSE.txt", "TERMS OF OUR OWN\nFor research only.\n"),
    ]);
    let findings: String = gathered.dossier.findings.iter().map(|finding| finding.says.en.clone()).collect();
    assert!(findings.contains("text in `MODEL_LICENSE.txt` is not that of MIT License"), "{findings}");
}

#[test]
fn a_licence_that_is_not_written_by_its_id_gets_a_warning_with_the_id() {
    for (written, id) in [
        ("apche-2.0", "apache-2.0"),
        ("Apache License 2.0", "apache-2.0"),
        ("MIT Licence", "mit"),
        ("CC BY-NC 4.0", "cc-by-nc-4.0"),
    ] {
        let front = gathered(&[("README.md", &format!("---\nlicense: {written}\n---\n"))]);
        assert!(warnings(&front).contains(&format!("`{id}`")), "{written}: {}", warnings(&front));
        let block = gathered(&[(
            "sovereignty.yaml",
            &on_a_base("mit").replace("{licence: apache-2.0}", &format!("{{licence: {written}}}")),
        )]);
        assert!(warnings(&block).contains(&format!("`{id}`")), "{written}: {}", warnings(&block));
    }
    let (code, text) = run(&["licence", "show", "apche-2.0"], Path::new("."));
    assert!(code == Some(2) && text.contains("did you mean `apache-2.0`"), "{text}");
    for name in ["CC-BY-NC-SA-4.0", "gpl-3.0-ONLY", "MIT License", "0BSD"] {
        let (code, text) = run(&["licence", "show", name], Path::new("."));
        assert_eq!(code, Some(0), "{name}: {text}");
    }
}

/// Ids of licence items are keys of the inside; what people read calls a licence by what it covers.
#[test]
fn no_sentence_shows_the_key_of_a_licence() {
    let bases = ["far/base", "Far/Other-7B"];
    let mut folders: Vec<tempfile::TempDir> = Vec::new();
    for licence in ["mit", "other", "k-exaone", "mit OR cc-by-nc-4.0", "unheard-of", "modified-mit"] {
        let front = format!("---\nlicense: {licence}\nbase_model: [{}, {}]\n---\n# m\n", bases[0], bases[1]);
        folders.push(directory(&[("README.md", &front), ("sovereignty.yaml", &on_a_base(licence))]));
        folders.push(directory(&[("README.md", &front)]));
    }
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let own: Vec<_> =
        std::fs::read_dir(examples).expect("examples").map(|entry| entry.expect("an entry").path()).collect();
    let paths = folders.iter().map(|dir| dir.path().to_path_buf()).chain(own.into_iter().filter(|path| path.is_dir()));
    for path in paths {
        // A folder of the examples may hold something else than a model.
        let Ok(gathered) = gather(&path, &[]) else { continue };
        let keys: Vec<&str> = gathered.dossier.named("licence").iter().map(|item| item.id.as_str()).collect();
        for lang in ["ko", "en"] {
            let (_, text) = run(&["grade", ".", "--rules", "msit-independence", "--lang", lang], &path);
            for key in &keys {
                assert!(!text.contains(*key), "{key} in {}: {text}", path.display());
            }
        }
        for rules in ["t-class", "msit-independence"].map(rules) {
            let grading = grade(&rules, &gathered.dossier, &Options::default());
            for lang in [Lang::Ko, Lang::En] {
                let story = sovgrade::explain::story(&rules, &gathered.dossier, &grading, lang);
                let it = sovgrade::report::Assessment {
                    rules: &rules,
                    dossier: &gathered.dossier,
                    grading: &grading,
                    story: &story,
                };
                let text = sovgrade::report::markdown(&it);
                for key in &keys {
                    assert!(!text.contains(*key), "{key} in {}: {text}", path.display());
                }
                assert!(!text.contains("unstated"), "{text}");
            }
        }
    }
}
