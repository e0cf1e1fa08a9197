//! The policy desk as policy staff use it: through the program.
#![allow(clippy::unwrap_used, missing_docs)]

mod desk_support;

use desk_support::{Desk, Watched, shipped};

#[test]
fn shipped_cases_pass_and_catch_every_mistake_made_on_purpose() {
    let desk = Desk::new();
    for id in shipped() {
        let run = desk.run(&["rules", "test", id, "--mutate", "--coverage", "--format", "json"]);
        assert_eq!(run.code, 0, "{id}\n{}", run.both());
        let json: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        let suite = &json["rulesets"][0];
        assert_eq!(suite["mutation"]["survivors"], serde_json::json!([]), "{id}");
        assert!(suite["mutation"]["tried"].as_u64().unwrap() > 70, "{id}");
        assert_eq!(suite["coverage"]["never-decisive"], serde_json::json!([]), "{id}");
        for allowed in suite["mutation"]["allowed"].as_array().unwrap() {
            assert!(!allowed["because"].as_str().unwrap().is_empty());
        }
    }
}

#[test]
fn a_case_that_comes_out_otherwise_is_shown_as_a_difference_with_its_reason() {
    let desk = Desk::new();
    desk.copy("t-class");
    desk.edit("t-class/cases/api-wrapper.yaml", "claimed: T0", "claimed: T5");
    desk.edit("t-class/cases/native-design.yaml", "new-topology: met", "new-topology: not-met");
    let run = desk.run(&["rules", "test", "t-class"]);
    assert_eq!(run.code, 0, "the embedded ruleset is meant by its id\n{}", run.both());
    let run = desk.run(&["rules", "test", "./t-class", "--format", "human", "--format", "junit=out.xml"]);
    assert_eq!(run.code, 1, "{}", run.both());
    assert!(run.out.contains("grade claimed: expected T5, found T0"), "{}", run.out);
    assert!(run.out.contains("new-topology: expected not-met, found met"), "{}", run.out);
    assert!(run.out.contains("arrangement"), "the reason is given\n{}", run.out);
    assert!(run.out.contains("2 failed"), "{}", run.out);
    let korean = desk.run(&["rules", "test", "./t-class", "--lang", "ko"]);
    assert!(korean.out.contains("기대 T5, 결과 T0"), "{}", korean.out);
    assert!(korean.out.contains("실패 2개"), "{}", korean.out);
    assert!(korean.out.contains("new-topology: 기대 not-met(미충족), 결과 met(충족)"), "{}", korean.out);
    let junit = desk.read("out.xml");
    assert!(junit.contains("failures=\"2\""), "{junit}");
    assert!(junit.contains("<failure message=\"grade claimed: expected T5, found T0\">"), "{junit}");
}

#[test]
fn no_case_is_no_success() {
    let desk = Desk::new();
    let none = desk.run(&["rules", "test", "t-class", "--only", "no-such-case"]);
    assert_eq!(none.code, 1, "{}", none.both());
    assert!(none.err.contains("no case matches"), "{}", none.err);
    let some = desk.run(&["rules", "test", "t-class", "--only", "native-design*"]);
    assert_eq!(some.code, 0, "{}", some.both());
    assert!(some.out.starts_with("t-class 2.2.1: 1") && !some.out.contains(": 186 cases"), "{}", some.out);
}

#[test]
fn a_broken_case_is_reported_and_the_others_run() {
    let desk = Desk::new();
    desk.copy("t-class");
    desk.edit("t-class/cases/api-wrapper.yaml", "expect:", "expects:");
    let run = desk.run(&["rules", "test", "./t-class"]);
    assert_eq!(run.code, 2, "{}", run.both());
    assert!(run.err.contains("SG0101") && run.err.contains("expects"), "{}", run.err);
    assert!(run.out.contains("0 failed, 1 could not be read"), "{}", run.out);
}

#[test]
fn a_case_may_be_a_model_directory_with_evidence() {
    let desk = Desk::new();
    desk.copy("t-class");
    desk.write(
        "t-class/cases/a-directory.yaml",
        "format: 1\ntitle: {ko: 카드만, en: A card}\ndirectory: ../models/a\nexpect:\n  grade: {claimed: T0}\n  \
         outcomes: {raw-data: unknown}\n",
    );
    desk.write("t-class/models/a/README.md", "---\nlicense: mit\n---\n# A model\n");
    let run = desk.run(&["rules", "test", "./t-class", "--only", "a-directory"]);
    assert_eq!(run.code, 0, "{}", run.both());
    desk.edit("t-class/cases/a-directory.yaml", "../models/a", "../models/nowhere");
    let run = desk.run(&["rules", "test", "./t-class", "--only", "a-directory"]);
    assert_eq!(run.code, 2, "{}", run.both());
    assert!(run.err.contains("../models/nowhere"), "{}", run.err);
}

/// A ruleset from elsewhere reads nothing but itself, by whatever name.
#[test]
fn a_case_reads_below_its_ruleset_only() {
    let desk = Desk::new();
    desk.copy("t-class");
    desk.write("a-model/README.md", "---\nlicense: mit\n---\n# A model\n");
    desk.write("secret.json", "a word that nobody should see");
    desk.write("t-class/models/a/README.md", "---\nlicense: mit\n---\n# A model\n");
    let model = desk.path("a-model");
    let mut tries = vec![("../../a-model".to_owned(), "[]"), (model.display().to_string(), "[]")];
    tries.extend([("../models/a".to_owned(), "[../../secret.json]"), ("../models/a".to_owned(), "[/etc/passwd]")]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../../a-model", desk.path("t-class/models/link")).unwrap();
        std::os::unix::fs::symlink("../../secret.json", desk.path("t-class/models/link.json")).unwrap();
        tries.extend([("../models/link".to_owned(), "[]"), ("../models/a".to_owned(), "[../models/link.json]")]);
    }
    for (directory, evidence) in tries {
        desk.write(
            "t-class/cases/a-directory.yaml",
            &format!(
                "format: 1\ntitle: {{ko: 카드만, en: A card}}\ndirectory: {directory}\nevidence: {evidence}\nexpect:\n  grade: \
                 {{claimed: T0}}\n"
            ),
        );
        let run = desk.run(&["rules", "test", "./t-class", "--only", "a-directory"]);
        assert_eq!(run.code, 2, "{directory} {evidence}\n{}", run.both());
        assert!(run.err.contains("SG0221"), "{directory} {evidence}\n{}", run.err);
        assert!(!run.both().contains("nobody should see") && !run.both().contains("root:"), "{}", run.both());
    }
}

#[test]
fn coverage_and_mutants_show_what_the_cases_leave_open() {
    let desk = Desk::new();
    desk.copy("msit-independence");
    desk.remove("msit-independence/cases/scaled-design-alone.yaml");
    let run = desk.run(&["rules", "test", "./msit-independence", "--mutate"]);
    assert_eq!(run.code, 1, "{}", run.both());
    assert!(run.out.contains("id: own-architecture/test.any.1/without-value-1"), "{}", run.out);
    // Allowed with a reason it is no failure; an allowance that nothing needs is a finding of its own.
    let allow =
        "format: 1\nmutants:\n  - id: own-architecture/test.any.1/without-value-1\n    because: {ko: 까닭, en: Why}\n";
    desk.write("msit-independence/allow.yaml", allow);
    let run = desk.run(&["rules", "test", "./msit-independence", "--mutate"]);
    assert_eq!(run.code, 0, "{}", run.both());
    desk.write(
        "msit-independence/allow.yaml",
        &format!("{allow}  - id: no/such/mutant\n    because: {{ko: 까닭, en: Why}}\n"),
    );
    let run = desk.run(&["rules", "test", "./msit-independence", "--mutate"]);
    assert_eq!(run.code, 1, "{}", run.both());
    assert!(run.err.contains("SG0508") && run.err.contains("no/such/mutant"), "{}", run.err);
    let few = desk.run(&["rules", "test", "msit-independence", "--only", "own-model-throughout", "--coverage"]);
    assert_eq!(few.code, 0, "{}", few.both());
    assert!(few.out.contains("Nodes that decide nothing in any case"), "{}", few.out);
    assert!(few.out.contains("criteria/free-of-outside-licences.yaml"), "{}", few.out);
}

#[test]
fn checks_beyond_loading_find_what_is_well_formed_and_useless() {
    let desk = Desk::new();
    desk.copy("msit-independence");
    let clean = desk.run(&["rules", "check", "./msit-independence", "--severity", "warning"]);
    assert_eq!(clean.code, 0, "{}", clean.both());
    desk.edit("msit-independence/terms.yaml", "terms:\n", "terms:\n  idle:\n    title: {ko: 노는 말, en: Idle}\n    meaning: {ko: 같은 글이다., en: 같은 글이다.}\n    test: {fact: model.weights-held, is: true}\n");
    desk.remove("msit-independence/cases/nothing-known.yaml");
    let found = desk.run(&["rules", "check", "./msit-independence"]);
    assert_eq!(found.code, 0, "warnings do not refuse by themselves\n{}", found.both());
    for word in ["SG0502", "SG0506", "SG0501", "`idle`"] {
        assert!(found.err.contains(word), "{word}\n{}", found.err);
    }
    let strict = desk.run(&["rules", "check", "./msit-independence", "--severity", "warning", "--lang", "ko"]);
    assert_eq!(strict.code, 1, "{}", strict.both());
    assert!(strict.err.contains("용어 `idle`"), "{}", strict.err);
    // Allowed with a reason, each by what it is about.
    let mut allow = String::from("format: 1\nfindings:\n");
    for (code, of) in [("SG0502", "terms/idle"), ("SG0506", "terms.terms.idle.meaning")] {
        allow.push_str(&format!("  - {{id: {code}, of: {of}, because: {{ko: 곧 쓴다, en: Used soon}}}}\n"));
    }
    desk.write("msit-independence/allow.yaml", &allow);
    let allowed = desk.run(&["rules", "check", "./msit-independence"]);
    assert!(!allowed.err.contains("SG0502") && !allowed.err.contains("SG0506"), "{}", allowed.err);
    assert!(allowed.out.contains("2 allowed"), "{}", allowed.out);
}

#[test]
fn a_criterion_that_tells_no_model_apart_is_found_over_models() {
    let desk = Desk::new();
    for name in ["one", "two"] {
        let card =
            "---\nlicense: mit\nsovereignty:\n  schema: sovereignty/1\n  facts: {model.weights-held: true}\n---\n";
        desk.write(&format!("{name}/README.md"), card);
    }
    let run = desk.run(&["rules", "check", "t-class", "--models", "one", "two", "--severity", "warning"]);
    assert_eq!(run.code, 1, "{}", run.both());
    assert!(run.err.contains("SG0507") && run.err.contains("`weights-at-own-disposal`"), "{}", run.err);
}

#[test]
fn a_difference_is_told_as_amendments_and_as_grades_that_move() {
    let desk = Desk::new();
    desk.copy("t-class");
    desk.copy_folder("examples/qwen2.5-72b", "qwen");
    desk.git(&["init", "-q"]);
    desk.git(&["add", "t-class"]);
    desk.git(&["commit", "-q", "-m", "first"]);
    desk.edit("t-class/criteria/raw-data.yaml", "at-most: 50 %", "at-most: 40 %");
    desk.edit("t-class/ruleset.yaml", "        - right-to-modify\n", "        - right-to-modify\n        - own-code\n");
    desk.edit("t-class/terms.yaml", "en: Own lineage", "en: Own line");
    let human = desk.run(&["rules", "diff", "HEAD:t-class", "./t-class", "qwen"]);
    assert_eq!(human.code, 0, "{}", human.both());
    for words in [
        "step of the scale `T4-1` (Architecture adopter): amended",
        "+ Model code of its own (own-code)",
        "threshold: 50 % → 40 %",
        "at most 40 %.",
        "`own-lineage` (Own line): reworded",
    ] {
        assert!(human.out.contains(words), "{words}\n{}", human.out);
    }
    assert!(human.out.contains("claimed: T4-2 → T3. Because of `own-code` (not asked → not met)."), "{}", human.out);
    let table = desk.run(&["rules", "diff", "HEAD:t-class", "./t-class", "--format", "markdown", "--lang", "ko"]);
    for words in [
        "| 조항 | 현행 | 개정안 | 비고 |",
        "| 기준 `raw-data`<br>증류가 아닌 원천 데이터 | **충족 조건:** ",
        "<del>50</del> % 이하",
        "<ins>40</ins> % 이하",
        "**개정**<br>문턱: 50 % → 40 % |",
        "(그 밖은 현행과 같음)",
    ] {
        assert!(table.out.contains(words), "{words}\n{}", table.out);
    }
    let page = desk.run(&["rules", "diff", "HEAD:t-class", "./t-class", "--format", "html", "--lang", "ko"]);
    assert!(page.out.contains("<table class=\"sides\">") && page.out.contains("<del>50 </del>"), "{}", page.out);
    // The embedded ruleset is the one that was copied, so the other way round the same is repealed.
    let back = desk.run(&["rules", "diff", "./t-class", "t-class", "qwen", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&back.out).unwrap();
    assert_eq!(json["schema"], "sovgrade/ruleset-diff/1");
    assert_eq!(json["models"][0]["shifts"][0]["because"][0]["criterion"], "own-code", "{}", back.out);
    assert!(json["amendments"].as_array().unwrap().iter().any(|one| one["id"] == "T4-1" && one["provision"] == "step"));
    let same = desk.run(&["rules", "diff", "t-class", "t-class"]);
    assert!(same.out.contains("Nothing changed."), "{}", same.out);
}

/// A repository is anybody's: whatever its configuration, attributes and hooks name, nothing of it runs.
#[cfg(unix)]
#[test]
fn nothing_of_a_repository_is_run() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    desk.copy("t-class");
    desk.git(&["init", "-q"]);
    desk.git(&["add", "."]);
    desk.git(&["commit", "-q", "-m", "first"]);
    let trap = desk.path("trap");
    let sprung = desk.path("sprung");
    std::fs::write(&trap, format!("#!/bin/sh\necho \"$0 $*\" >> {}\ncat\n", sprung.display())).unwrap();
    std::fs::set_permissions(&trap, std::fs::Permissions::from_mode(0o755)).unwrap();
    let run = trap.display().to_string();
    for key in [
        "core.fsmonitor",
        "core.sshCommand",
        "core.pager",
        "core.editor",
        "core.askPass",
        "core.gitProxy",
        "pager.ls-tree",
        "pager.cat-file",
        "diff.external",
        "gpg.program",
        "filter.x.clean",
        "filter.x.smudge",
        "filter.x.process",
        "diff.x.textconv",
        "diff.x.command",
        "core.alternateRefsCommand",
        "uploadpack.packObjectsHook",
        "credential.helper",
        "alias.ls-tree",
        "alias.cat-file",
        "remote.origin.uploadpack",
        "trace2.normalTarget",
    ] {
        let value = if key.starts_with("alias") { format!("!{run}") } else { run.clone() };
        desk.git(&["config", key, &value]);
    }
    desk.write(".gitattributes", "* filter=x diff=x\n");
    desk.write(".git/info/attributes", "* filter=x diff=x\n");
    std::fs::create_dir_all(desk.path(".git/hooks")).unwrap();
    for hook in ["post-checkout", "reference-transaction", "post-index-change", "fsmonitor-watchman"] {
        std::fs::copy(&trap, desk.path(&format!(".git/hooks/{hook}"))).unwrap();
    }
    // What is missing would be fetched by a program that the repository names.
    desk.git(&["config", "core.repositoryFormatVersion", "1"]);
    desk.git(&["config", "extensions.partialClone", "origin"]);
    desk.git(&["config", "remote.origin.promisor", "true"]);
    desk.git(&["config", "remote.origin.url", &format!("ext::{run}")]);
    desk.git(&["config", "protocol.ext.allow", "always"]);
    let _ = std::fs::remove_file(&sprung);
    let same = desk.run(&["rules", "diff", "HEAD:t-class", "t-class"]);
    assert_eq!(same.code, 0, "{}", same.both());
    assert!(!sprung.exists(), "{}", std::fs::read_to_string(&sprung).unwrap_or_default());
    let mut objects: Vec<_> =
        std::fs::read_dir(desk.path(".git/objects")).unwrap().map(|entry| entry.unwrap().path()).collect();
    objects.sort();
    for object in objects.iter().filter(|path| path.file_name().unwrap().len() == 2).skip(1) {
        std::fs::remove_dir_all(object).unwrap();
    }
    let missing = desk.run(&["rules", "diff", "HEAD:t-class", "t-class"]);
    assert_eq!(missing.code, 2, "{}", missing.both());
    assert!(missing.err.contains("SG0308"), "{}", missing.err);
    assert!(!sprung.exists(), "{}", std::fs::read_to_string(&sprung).unwrap_or_default());
}

/// From a folder below, from a second work tree, and with names of every kind.
#[test]
fn a_revision_is_read_wherever_the_program_runs() {
    let desk = Desk::new();
    desk.copy("t-class");
    desk.git(&["init", "-q"]);
    desk.git(&["add", "."]);
    desk.git(&["commit", "-q", "-m", "first"]);
    desk.git(&["tag", "-a", "v1", "-m", "v1"]);
    desk.git(&["pack-refs", "--all"]);
    desk.git(&["worktree", "add", "-q", "other", "-b", "side"]);
    for (folder, name) in [
        (".", "HEAD:t-class"),
        (".", "v1:./t-class/"),
        (".", "HEAD@{0}:t-class"),
        ("t-class", "HEAD:."),
        ("t-class/cases", "v1:.."),
        ("other", "side:t-class"),
        ("other/t-class", "HEAD:."),
    ] {
        let run = desk.run_in(folder, &["rules", "diff", name, "t-class"]);
        assert_eq!(run.code, 0, "{folder} {name}\n{}", run.both());
        assert!(run.out.contains("Nothing changed."), "{folder} {name}\n{}", run.out);
    }
    for name in ["HEAD:../..", "HEAD:t-class/cases", "HEAD:no-such-folder", "--output=x:t-class", "HEAD:/etc"] {
        let run = desk.run(&["rules", "diff", "t-class", name]);
        assert_eq!(run.code, 2, "{name}\n{}", run.both());
    }
}

#[test]
fn a_revision_that_is_not_there_is_said() {
    let desk = Desk::new();
    desk.git(&["init", "-q"]);
    let run = desk.run(&["rules", "diff", "no-such-revision:t-class", "t-class"]);
    assert_eq!(run.code, 2, "{}", run.both());
    assert!(run.err.contains("SG0308") && run.err.contains("no-such-revision"), "{}", run.err);
}

#[test]
fn a_new_ruleset_and_a_new_criterion_pass_their_own_checks_and_tests() {
    let desk = Desk::new();
    for lang in ["ko", "en"] {
        let folder = format!("my-{lang}");
        let made = desk.run(&["rules", "new", &folder, "--lang", lang]);
        assert_eq!(made.code, 0, "{}", made.both());
        let text = desk.read(&format!("{folder}/ruleset.yaml"));
        assert!(
            text.contains("# ") && !text.contains("#ko:") && !text.contains("#en:") && !text.contains("{{"),
            "{text}"
        );
        // What was laid out works, and who has not named it is told so, once.
        let fresh = desk.run(&["rules", "check", &folder, "--severity", "warning"]);
        let told = fresh.err.matches("SG0").count();
        assert!(fresh.code == 1 && told == 1 && fresh.err.contains("SG0510"), "{}", fresh.both());
        assert!(fresh.err.contains("ruleset.yaml:"), "{}", fresh.err);
        let tested = desk.run(&["rules", "test", &folder, "--mutate"]);
        assert_eq!(tested.code, 0, "{}", tested.both());
        let added = desk.run(&["rules", "new", &folder, "--criterion", "home-data", "--lang", lang]);
        assert_eq!(added.code, 0, "{}", added.both());
        let unused = desk.run(&["rules", "check", &folder, "--severity", "warning"]);
        assert!(unused.code == 1 && unused.err.contains("SG0220"), "{}", unused.both());
        desk.edit(&format!("{folder}/ruleset.yaml"), "- weights-held\n", "- weights-held\n    - id: L2\n      title: { ko: 데이터까지, en: Data too }\n      requires: [home-data]\n");
        // What is left to do is to replace the texts that were laid out, and that is said once a file.
        let checked = desk.run(&["rules", "check", &folder, "--severity", "warning"]);
        let told = checked.err.matches("SG0").count();
        assert!(checked.code == 1 && told == 2 && checked.err.matches("SG0510").count() == 2, "{}", checked.both());
        // A new rung moves what is attainable, and the case that said otherwise says so.
        let moved = desk.run(&["rules", "test", &folder]);
        assert!(moved.code == 1 && moved.out.contains("grade attainable: expected L1, found L2"), "{}", moved.both());
        desk.edit(&format!("{folder}/cases/nobody-says.yaml"), "attainable: L1", "attainable: L2");
        assert_eq!(desk.run(&["rules", "test", &folder]).code, 0);
    }
    let twice = desk.run(&["rules", "new", "my-en"]);
    assert!(twice.code == 2 && twice.err.contains("is there already"), "{}", twice.both());
    let bad = desk.run(&["rules", "new", "not an id"]);
    assert!(bad.code == 2 && bad.err.contains("SG0111"), "{}", bad.both());
    let nowhere = desk.run(&["rules", "new", "--criterion", "x"]);
    assert!(nowhere.code == 2 && nowhere.err.contains("SG0217"), "{}", nowhere.both());
}

#[test]
fn published_pages_of_the_shipped_rulesets_are_fresh() {
    let desk = Desk::new();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rulesets");
    let mut stale = Vec::new();
    for id in shipped() {
        for lang in ["ko", "en"] {
            let run = desk.run(&["rules", "doc", id, "--lang", lang]);
            assert_eq!(run.code, 0, "{}", run.both());
            let path = folder.join(format!("{id}.{lang}.md"));
            if std::env::var_os("SOVGRADE_BLESS").is_some() {
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(&path, &run.out).unwrap();
            }
            if std::fs::read_to_string(&path).ok().as_ref() != Some(&run.out) {
                stale.push(path);
            }
        }
    }
    assert!(stale.is_empty(), "{stale:?} are stale: run `SOVGRADE_BLESS=1 cargo test --test desk`");
}

#[test]
fn a_page_has_everything_and_is_whole_html() {
    let desk = Desk::new();
    let run =
        desk.run(&["rules", "doc", "t-class", "--lang", "ko", "--format", "html=page.html", "--format", "markdown"]);
    assert_eq!(run.code, 0, "{}", run.both());
    let page = desk.read("page.html");
    assert!(page.starts_with("<!doctype html>\n<html lang=\"ko\">") && page.ends_with("</html>\n"), "{page}");
    for word in ["<table>", "필요한 확인 수준", "용어 정의", "(기본)", "사례", "id=\"criterion-own-data\"", "바꾸려면"]
    {
        assert!(page.contains(word), "{word}");
    }
    // Every link within the page leads somewhere, and no text of a ruleset is taken for markup.
    for target in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(page.contains(&format!("id=\"{target}\"")), "{target}");
    }
    desk.copy("t-class");
    desk.edit("t-class/ruleset.yaml", "en: API wrapper", "en: <b>API</b> & wrapper");
    let page = desk.run(&["rules", "doc", "./t-class", "--format", "html"]).out;
    assert!(page.contains("&lt;b&gt;API&lt;/b&gt; &amp; wrapper"), "escaped");
}

#[test]
fn what_if_shows_how_the_grade_would_move() {
    let desk = Desk::new();
    desk.copy_folder("examples/solar-open-100b", "solar");
    let run = desk.run(&["grade", "solar", "--what-if"]);
    assert_eq!(run.code, 0, "{}", run.both());
    let table = run.out.split("Were it read otherwise").nth(1).unwrap();
    assert!(table.contains("(now)") && table.contains("t5-test=code-only"), "{table}");
    // One change stands before two, and what a smaller change gives already is not repeated.
    let json: serde_json::Value =
        serde_json::from_str(&desk.run(&["grade", "solar", "--what-if", "--format", "json"]).out).unwrap();
    let list = json["what-if"]["readings"].as_array().unwrap();
    let sizes: Vec<usize> = list.iter().map(|one| one["changes"].as_object().unwrap().len()).collect();
    assert!(sizes.windows(2).all(|pair| pair[0] <= pair[1]), "{sizes:?}");
    for (at, one) in list.iter().enumerate() {
        let holds = |small: &serde_json::Value| {
            let changes = one["changes"].as_object().unwrap();
            small["changes"].as_object().unwrap().iter().all(|(key, value)| changes.get(key) == Some(value))
        };
        assert!(!list[..at].iter().any(|small| small["grade"] == one["grade"] && holds(small)), "{one}");
    }
    let korean = desk.run(&["grade", "solar", "--what-if", "--lang", "ko"]);
    assert!(korean.out.contains("달리 해석하면 (작은 변경부터)") && korean.out.contains("(지금)"), "{}", korean.out);
}

#[test]
fn what_if_finds_the_threshold_that_is_near() {
    let desk = Desk::new();
    desk.run(&["rules", "new", "mine"]);
    desk.edit(
        "mine/criteria/weights-held.yaml",
        "test: { term: weights-at-hand }",
        "test: { fact: data.home-language-share, at-least: 30 % }",
    );
    let card = "---\nlicense: mit\nsovereignty:\n  schema: sovereignty/1\n  data: {home_language_share: 0.28}\n---\n";
    desk.write("model.md", card);
    let run = desk.run(&["grade", "model.md", "--rules", "mine", "--what-if"]);
    assert_eq!(run.code, 0, "{}", run.both());
    assert!(run.out.contains("threshold 30 % → 28 %: claimed L1, assured L0"), "{}", run.out);
}

#[test]
fn a_fleet_is_one_table_and_a_bad_card_does_not_stop_it() {
    let desk = Desk::new();
    let mut names = Vec::new();
    for at in 0..40 {
        let name = format!("fleet/m{at:02}.md");
        let held = at % 2 == 0;
        let card = format!(
            "---\nlicense: mit\nsovereignty:\n  schema: sovereignty/1\n  facts: {{model.weights-held: {held}, model.own-tuning: false}}\n---\n"
        );
        desk.write(&name, if at == 7 { "---\nsovereignty: [\n---\n" } else { &card });
        names.push(name);
    }
    let mut arguments = vec![
        "grade",
        "--sort",
        "claimed",
        "--format",
        "human",
        "--format",
        "csv=out.csv",
        "--format",
        "jsonl=out.jsonl",
    ];
    arguments.extend(names.iter().map(String::as_str));
    let run = desk.run(&arguments);
    assert_eq!(run.code, 2, "{}", run.both());
    assert!(run.err.contains("m07.md") && run.err.contains("SG0004"), "{}", run.err);
    assert!(run.out.contains("39 models, and 1 that could not be graded"), "{}", run.out);
    let rungs: Vec<&str> = run
        .out
        .lines()
        .filter(|l| l.starts_with('m') && l.contains(".md"))
        .map(|l| l.split_whitespace().nth(2).unwrap())
        .collect();
    assert!(rungs.len() == 39 && rungs.windows(2).all(|pair| pair[0] >= pair[1]), "{rungs:?}");
    assert!(run.out.lines().any(|line| line.starts_with("T2") && line.contains("20 █")), "{}", run.out);
    let csv = desk.read("out.csv");
    assert!(
        csv.starts_with("\u{feff}path,model,as-declared,claimed,assured,attainable,contradictions,error\r\n"),
        "{csv}"
    );
    assert_eq!(csv.lines().count(), 41);
    assert!(csv.contains("fleet/m07.md,fleet/m07.md,,,,,0,SG0004"), "{csv}");
    let lines = desk.read("out.jsonl");
    assert_eq!(lines.lines().count(), 39);
    assert!(lines.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
    arguments[0] = "grade";
    let again = desk.run(&arguments);
    assert_eq!(again.out, run.out, "the order does not depend on threads");
}

#[test]
fn watching_runs_the_cases_again_at_every_save_and_survives_a_broken_one() {
    for (lang, first, second, saved, wait) in [
        ("en", "== run 1 ==", "== run 2. Saved:", "run 4", "Waiting for a save"),
        ("ko", "== 1번째 실행 ==", "== 2번째 실행. 저장한 파일:", "4번째 실행", "저장하기를 기다린다"),
    ] {
        let desk = Desk::new();
        desk.run(&["rules", "new", "mine", "--lang", lang]);
        let mut watched = Watched::start(&desk, &["rules", "test", "mine", "--watch", "--lang", lang]);
        watched.until(first);
        watched.until(wait);
        let case = "mine/cases/nobody-says.yaml";
        let whole = desk.read(case);
        desk.edit(case, "attainable: L1", "attainable: L0");
        watched.until(second);
        watched.until("nobody-says");
        watched.until(wait);
        // Half a file, as an editor may leave it: told, and the next save is looked at.
        desk.write(case, "format: 1\ntitle: {ko: [");
        watched.until("SG0004");
        watched.until(wait);
        desk.write(case, &whole);
        watched.until(saved);
        watched.until(wait);
        let all = watched.end();
        assert!(all.matches(wait).count() == 4, "{all}");
    }
}

#[test]
fn only_a_folder_can_be_watched() {
    let desk = Desk::new();
    for (lang, words) in [("en", "only a folder can be watched"), ("ko", "폴더만 지켜볼 수 있다")] {
        let run = desk.run(&["rules", "test", "t-class", "--watch", "--lang", lang]);
        assert!(run.code == 2 && run.err.contains(words), "{}", run.both());
    }
}

#[test]
fn a_fleet_has_no_table_of_what_ifs_and_says_so() {
    let desk = Desk::new();
    desk.write("m.md", "---\nlicense: mit\n---\n");
    for (lang, words) in [("en", "`--what-if` has no table"), ("ko", "`--what-if`는 표로 보이지 않는다")] {
        let run = desk.run(&["grade", "m.md", "--what-if", "--format", "csv", "--lang", lang]);
        assert!(run.code == 2 && run.err.contains(words) && run.out.is_empty(), "{}", run.both());
        let mut many = vec!["grade", "--what-if", "--lang", lang];
        many.extend(["m.md"; 25]);
        let run = desk.run(&many);
        assert!(run.code == 2 && run.err.contains(words) && run.out.is_empty(), "{}", run.both());
    }
}

#[test]
fn a_difference_says_under_which_readings_models_were_graded() {
    let desk = Desk::new();
    desk.copy_folder("examples/solar-open-100b", "solar");
    let plain = desk.run(&["rules", "diff", "t-class", "t-class", "solar"]);
    assert!(plain.out.contains("Readings: the defaults."), "{}", plain.both());
    // The same rules, read otherwise on both sides: nothing moves, and the reading is said.
    let read = ["rules", "diff", "t-class", "t-class", "solar", "--reading", "t5-test=code-only"];
    let run = desk.run(&read);
    assert!(run.code == 0 && run.out.contains("Readings: `t5-test=code-only`."), "{}", run.both());
    // A reading that one side alone has.
    desk.copy("t-class");
    let criteria = std::fs::read_dir(desk.path("t-class/criteria")).unwrap().map(|file| file.unwrap().path());
    for path in criteria.chain([desk.path("t-class/ruleset.yaml")]) {
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("t5-test", "t5-trial")).unwrap();
    }
    let arguments =
        ["rules", "diff", "t-class", "./t-class", "solar", "--reading", "t5-test=code-only", "--lang", "ko"];
    let run = desk.run(&arguments);
    assert!(run.out.contains("해석: 현행 `t5-test=code-only`, 개정안 기본값."), "{}", run.both());
    let json = desk.run(&[&arguments[..5], &["--reading", "t5-test=code-only", "--format", "json"]].concat());
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["old"]["readings"]["t5-test"], "code-only");
    assert!(json["new"]["readings"]["t5-trial"].is_string(), "{json}");
    assert!(!json["models"][0]["shifts"].as_array().unwrap().is_empty(), "the other option moves the grade: {json}");
    for wrong in ["t5-tset=code-only", "t5-test=nothing"] {
        let run = desk.run(&["rules", "diff", "t-class", "t-class", "--reading", wrong]);
        assert!(run.code == 2 && run.err.contains("SG0311"), "{}", run.both());
    }
    let run = desk.run(&["rules", "diff", "t-class", "t-class", "--home", "Korea"]);
    assert!(run.code == 2 && run.err.matches("country code").count() == 1, "{}", run.both());
}

#[test]
fn readings_that_lead_to_the_same_grade_are_told_together() {
    let desk = Desk::new();
    desk.write(
        "m.md",
        "---\nlicense: mit\nsovereignty:\n  schema: sovereignty/1\n  answers:\n    - {question: \"1.1\", choice: 1}\n    - {question: \"3.1\", choice: 5}\n---\n",
    );
    for (lang, line) in [
        ("en", "minimum-overall=seal-2, seal-3, seal-4; minimum-sov-1=seal-2, seal-3, seal-4"),
        ("ko", "minimum-overall=seal-2, seal-3, seal-4; minimum-sov-1=seal-2, seal-3, seal-4"),
    ] {
        let run = desk.run(&["grade", "m.md", "--rules", "eu-score", "--lang", lang]);
        let flat = run.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(run.code == 0 && flat.contains(line), "{}", run.both());
    }
}

#[test]
fn a_need_that_no_measurement_can_meet_is_found_and_can_be_allowed() {
    let desk = Desk::new();
    desk.copy("msit-independence");
    let clean = desk.run(&["rules", "check", "./msit-independence", "--severity", "warning"]);
    assert!(clean.code == 0 && !clean.err.contains("SG0509"), "{}", clean.both());
    // Whether control is kept in any situation is no property of files.
    let file = "msit-independence/criteria/control-in-any-situation.yaml";
    desk.edit(file, "needs: audited", "needs: measured");
    for (lang, words) in [
        ("en", "neither files nor comparisons of weights give: `operation."),
        ("ko", "파일이나 가중치 비교로는 그 수준에 이를 수 없다: `operation."),
    ] {
        let run = desk.run(&["rules", "check", "./msit-independence", "--severity", "warning", "--lang", lang]);
        let flat = run.err.replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(run.code == 1 && run.err.contains("SG0509") && flat.contains(words), "{}", run.both());
    }
    let allow = "format: 1\nfindings:\n  - {id: SG0509, of: control-in-any-situation, because: {ko: 까닭, en: Why}}\n";
    desk.write("msit-independence/allow.yaml", allow);
    let run = desk.run(&["rules", "check", "./msit-independence"]);
    assert!(!run.err.contains("SG0509") && run.out.contains("1 allowed"), "{}", run.both());
    // A list that may be incomplete and whose completeness nothing shows, though its items can be measured.
    desk.edit(file, "needs: measured", "needs: corroborated");
    let text = desk.read(file);
    let test = text.find("\ntest:").unwrap();
    let after = text.find("\nremedy:").unwrap();
    desk.write(
        file,
        &format!(
            "{}\ntest: {{none: licence, holds: {{fact: licence.id, is: llama3}}}}{}",
            &text[..test],
            &text[after..]
        ),
    );
    desk.remove("msit-independence/allow.yaml");
    let run = desk.run(&["rules", "check", "./msit-independence", "--severity", "warning"]);
    assert!(run.err.contains("SG0509") && run.err.contains("`licences.complete`"), "{}", run.both());
}

/// What each operator says of a set that is known to be empty, of one that is not known, and of one with the value.
#[test]
fn an_empty_set_is_in_nothing_and_holds_nothing() {
    let desk = Desk::new();
    desk.run(&["rules", "new", "mine"]);
    let criterion = desk.read("mine/criteria/weights-held.yaml");
    let facts = [
        ("training.location", "KR", "home"),
        ("tokenizer.languages", "ko", "ko"),
        ("training.compute-kinds", "own", "own"),
    ];
    let tests = [("in: [VALUE]", "not-met"), ("not-in: [VALUE]", "met"), ("contains: VALUE", "not-met")];
    for (fact, value, asked) in facts {
        for (test, of_empty) in tests {
            let of_full = if test.starts_with("not") { "not-met" } else { "met" };
            let line = format!("test: {{ fact: {fact}, {} }}", test.replace("VALUE", asked));
            desk.write("mine/criteria/weights-held.yaml", &criterion.replace("test: { term: weights-at-hand }", &line));
            for (written, outcome) in [("[]", of_empty), ("undisclosed", "unknown"), (&format!("[{value}]"), of_full)] {
                let case = format!(
                    "format: 1\ntitle: {{ ko: 빈 집합, en: An empty set }}\nfacts:\n  {fact}: {written}\nexpect:\n  outcomes:\n    \
                     weights-held: {outcome}\n"
                );
                desk.write("mine/cases/set.yaml", &case);
                let run = desk.run(&["rules", "test", "mine", "--only", "set"]);
                assert_eq!(run.code, 0, "{line} of {written}: {}", run.both());
            }
        }
    }
}
