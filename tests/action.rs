//! The action for pull requests: its steps are run as the service runs them, with a `gh` that keeps comments in a file.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn yaml(file: &str) -> Value {
    serde_yaml::from_str(&std::fs::read_to_string(root().join(file)).unwrap()).unwrap()
}

/// The steps of the action that are scripts, by name.
fn steps() -> Vec<Value> {
    yaml("action.yml")["runs"]["steps"].as_array().unwrap().clone()
}

#[test]
fn no_input_stands_in_a_script() {
    let steps = steps();
    let scripts: Vec<&str> = steps.iter().filter_map(|step| step["run"].as_str()).collect();
    assert_eq!(scripts.len(), 4);
    for script in scripts {
        assert!(!script.contains("${{"), "{script}");
    }
    for name in ["install", "grade", "comment"] {
        let script = std::fs::read_to_string(root().join(format!("action/{name}.sh"))).unwrap();
        assert!(!script.contains("${{") && !script.contains("eval "), "{name}");
        assert!(script.contains("set -euo pipefail"), "{name}");
    }
    // What is handed to a script stands in its environment, and every input is used.
    let all = std::fs::read_to_string(root().join("action.yml")).unwrap();
    for input in yaml("action.yml")["inputs"].as_object().unwrap().keys() {
        assert!(all.contains(&format!("inputs.{input} ")), "{input} is never used");
    }
}

#[test]
fn the_hooks_name_what_is_there() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    for hook in hooks.as_array().unwrap() {
        let entry = hook["entry"].as_str().unwrap();
        assert!(entry.starts_with("sovgrade grade"), "{entry}");
        for key in ["id", "name", "description", "language", "files"] {
            assert!(hook[key].is_string(), "{key}");
        }
    }
}

/// A `gh` that does what the three calls of the action ask for, on a file.
const GH: &str = r#"#!/usr/bin/env bash
set -euo pipefail
store=$FAKE_GH/comments.json
if [ -e "$FAKE_GH/refuse" ]; then echo "HTTP 403" >&2; exit 1; fi
[ "$1" = api ] || exit 3
shift
method=GET url= filter= input=
while [ $# -gt 0 ]; do
    case $1 in
        --paginate | --silent) ;;
        --method) method=$2; shift ;;
        --jq) filter=$2; shift ;;
        --input) input=$2; shift ;;
        *) url=$1 ;;
    esac
    shift
done
printf '%s %s\n' "$method" "$url" >> "$FAKE_GH/calls"
case $method in
    GET) jq -r "$filter" "$store" ;;
    POST)
        jq --slurpfile new "$input" '. + [{id: (length + 100), user: {type: "Bot"}, body: $new[0].body}]' "$store" > "$store.new"
        mv "$store.new" "$store" ;;
    PATCH)
        jq --slurpfile new "$input" --argjson id "${url##*/}" 'map(if .id == $id then .body = $new[0].body else . end)' "$store" > "$store.new"
        mv "$store.new" "$store" ;;
esac
"#;

/// A run of the action in a folder of its own.
struct Run {
    folder: tempfile::TempDir,
}

impl Run {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["work", "temp", "bin", "gh"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let gh = folder.path().join("bin/gh");
        std::fs::write(&gh, GH).unwrap();
        executable(&gh);
        std::fs::write(folder.path().join("gh/comments.json"), "[]").unwrap();
        std::fs::write(folder.path().join("event.json"), r#"{"pull_request": {"number": 7}}"#).unwrap();
        let run = Self { folder };
        run.card("models/a", "Lab A");
        run
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn card(&self, folder: &str, maker: &str) {
        self.card_with(folder, maker, "");
    }

    fn card_with(&self, folder: &str, maker: &str, more: &str) {
        let folder = self.at("work").join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        let card = format!("schema: sovereignty/1\ndeveloper: {{name: {maker}, jurisdiction: KR}}\n{more}");
        std::fs::write(folder.join("sovereignty.yaml"), card).unwrap();
    }

    fn comments(&self) -> Vec<Value> {
        serde_json::from_str(&std::fs::read_to_string(self.at("gh/comments.json")).unwrap()).unwrap()
    }

    /// Runs every script step in its order, as the service does: with its environment, and the outputs of the steps
    /// before it. A step whose condition asks for an output that is empty is left out.
    fn all(&self, inputs: &[(&str, &str)]) -> (BTreeMap<String, String>, Vec<(String, Output)>) {
        let mut given: BTreeMap<String, String> = BTreeMap::new();
        for (name, about) in yaml("action.yml")["inputs"].as_object().unwrap() {
            given.insert(format!("inputs.{name}"), about["default"].as_str().unwrap_or_default().to_owned());
        }
        given.insert("inputs.binary".to_owned(), env!("CARGO_BIN_EXE_sovgrade").to_owned());
        given.extend(inputs.iter().map(|(name, value)| (format!("inputs.{name}"), (*value).to_owned())));
        let mut told = Vec::new();
        for step in steps() {
            let Some(script) = step["run"].as_str() else { continue };
            if let Some(condition) = step["if"].as_str()
                && !holds(condition, &given)
            {
                continue;
            }
            let output = self.at("temp/output");
            std::fs::write(&output, "").unwrap();
            let mut command = Command::new("bash");
            command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]);
            command.current_dir(self.at("work"));
            let path = format!("{}:{}", self.at("bin").display(), std::env::var("PATH").unwrap());
            command.env("PATH", path).env("FAKE_GH", self.at("gh"));
            command.env("GITHUB_ACTION_PATH", root()).env("RUNNER_TEMP", self.at("temp")).env("GITHUB_OUTPUT", &output);
            command.env("GITHUB_EVENT_PATH", self.at("event.json")).env("GITHUB_REPOSITORY", "lab/models");
            command.env("GITHUB_STEP_SUMMARY", self.at("temp/summary.md"));
            for (name, value) in step["env"].as_object().into_iter().flatten() {
                command.env(name, resolved(value.as_str().unwrap(), &given));
            }
            let done = command.output().unwrap();
            for line in std::fs::read_to_string(&output).unwrap().lines() {
                let (name, value) = line.split_once('=').unwrap();
                given.insert(format!("steps.{}.outputs.{name}", step["id"].as_str().unwrap()), value.to_owned());
            }
            let failed = !done.status.success();
            told.push((step["name"].as_str().unwrap().to_owned(), done));
            if failed {
                break;
            }
        }
        (given, told)
    }
}

#[cfg(unix)]
fn executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(not(unix))]
fn executable(_: &Path) {}

/// `${{ inputs.x }}` with its value; what is not known is empty, as with the service.
fn resolved(text: &str, given: &BTreeMap<String, String>) -> String {
    let inner = text.strip_prefix("${{ ").and_then(|rest| rest.strip_suffix(" }}"));
    inner.map_or_else(|| text.to_owned(), |name| given.get(name).cloned().unwrap_or_default())
}

/// `a == 'x' && b != ''`.
fn holds(condition: &str, given: &BTreeMap<String, String>) -> bool {
    let inner = condition.trim_start_matches("${{ ").trim_end_matches(" }}");
    inner.split(" && ").all(|part| {
        let (name, equal, wanted) = match part.split_once(" == ") {
            Some((name, wanted)) => (name, true, wanted),
            None => part.split_once(" != ").map(|(name, wanted)| (name, false, wanted)).unwrap(),
        };
        (given.get(name).map_or("", String::as_str) == wanted.trim_matches('\'')) == equal
    })
}

fn ends(told: &[(String, Output)]) -> Vec<(&str, i32)> {
    told.iter().map(|(name, output)| (name.as_str(), output.status.code().unwrap())).collect()
}

const ALL_WELL: [(&str, i32); 4] =
    [("Install sovgrade", 0), ("Grade", 0), ("Comment on the pull request", 0), ("Conclude", 0)];

#[test]
#[cfg_attr(not(shell), ignore = "bash or jq is not here")]
fn a_pull_request_is_commented_on_once_and_the_comment_is_edited() {
    let run = Run::new();
    let (given, told) = run.all(&[("model", "models/a")]);
    assert_eq!(ends(&told), ALL_WELL, "{told:?}");
    let [comment] = run.comments().try_into().unwrap();
    let first = comment["body"].as_str().unwrap().to_owned();
    assert!(first.starts_with("<!-- sovgrade:") && first.contains("# a"), "{first}");
    let sarif: Value =
        serde_json::from_str(&std::fs::read_to_string(&given["steps.grade.outputs.sarif"]).unwrap()).unwrap();
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(place, "models/a/sovereignty.yaml");
    // Another state of the same model: the same comment, with other words.
    run.card_with("models/a", "Lab B", "release: {own_tuning: yes, weights_held: yes}\n");
    assert_eq!(ends(&run.all(&[("model", "models/a\n")]).1), ALL_WELL);
    let [comment] = run.comments().try_into().unwrap();
    assert_ne!(comment["body"], first);
    // Another model: a comment of its own.
    run.card("models/b", "Lab B");
    run.all(&[("model", "models/b")]);
    assert_eq!(run.comments().len(), 2);
    let summary = std::fs::read_to_string(run.at("temp/summary.md")).unwrap();
    assert!(summary.contains("# a") && summary.contains("# b"));
}

#[test]
#[cfg_attr(not(shell), ignore = "bash or jq is not here")]
fn what_is_asked_for_fails_the_run_after_the_comment() {
    let run = Run::new();
    let (given, told) = run.all(&[("model", "models/a"), ("require", "T4-1"), ("lang", "ko")]);
    assert_eq!(ends(&told)[2..], [("Comment on the pull request", 0), ("Conclude", 1)]);
    assert_eq!(given["steps.grade.outputs.code"], "1");
    assert!(run.comments()[0]["body"].as_str().unwrap().contains("기준"));
    // What cannot be graded leaves no report, so nothing is commented on, and the run fails.
    let (given, told) = run.all(&[("model", "models/none")]);
    assert_eq!(ends(&told)[2..], [("Conclude", 2)]);
    assert!(!given.contains_key("steps.grade.outputs.report"));
    assert_eq!(run.comments().len(), 1);
    let (_, told) = run.all(&[("model", " \n ")]);
    assert_eq!(ends(&told).last(), Some(&("Grade", 2)));
}

#[test]
#[cfg_attr(not(shell), ignore = "bash or jq is not here")]
fn inputs_are_never_code() {
    let hostile = [
        "$(touch hit)",
        "`touch hit`",
        "a; touch hit",
        "a\" && touch hit && \"",
        "'; touch hit; '",
        "--format=json=hit",
        "*",
        "${IFS}touch${IFS}hit",
        "models/a' 'models/a",
    ];
    for text in hostile {
        let run = Run::new();
        for input in ["model", "rules", "require", "lang"] {
            let model = if input == "model" { text } else { "models/a" };
            let (_, told) = run.all(&[("model", model), (input, text)]);
            assert_ne!(ends(&told).last().unwrap().1, 0, "{input}: {text}");
        }
        for folder in ["work", "temp", "bin", "gh"] {
            assert!(!run.at(folder).join("hit").exists(), "{text}");
        }
        assert_eq!(run.comments().len(), 0, "{text}");
    }
    // A folder that is called so is a model like any other.
    let run = Run::new();
    run.card("$(touch hit) b", "Lab");
    assert_eq!(ends(&run.all(&[("model", "$(touch hit) b")]).1), ALL_WELL);
    assert!(!run.at("work/hit").exists());
}

#[test]
#[cfg_attr(not(shell), ignore = "bash or jq is not here")]
fn what_a_model_says_is_no_command_to_the_service() {
    let run = Run::new();
    run.card("models/a", "\"x\\n::set-env name=A::b\\n::error::c @all <script>\"");
    let (_, told) = run.all(&[("model", "models/a")]);
    let log = String::from_utf8(told[1].1.stdout.clone()).unwrap();
    let lines: Vec<&str> = log.lines().collect();
    let token = lines[0].strip_prefix("::stop-commands::").unwrap();
    assert_eq!((token.len(), *lines.last().unwrap()), (32, format!("::{token}::").as_str()));
    assert!(lines[1..lines.len() - 1].iter().all(|line| !line.contains(token)));
    let comment = run.comments()[0]["body"].as_str().unwrap().to_owned();
    assert!(!comment.contains("@all") && !comment.contains("<script"), "{comment}");
}

#[test]
#[cfg_attr(not(shell), ignore = "bash or jq is not here")]
fn other_peoples_comments_are_left_alone() {
    let run = Run::new();
    run.all(&[("model", "models/a")]);
    let mut comments = run.comments();
    // Somebody copies the mark into a comment that stands first.
    let body = comments[0]["body"].clone();
    comments.insert(0, json!({"id": 5, "user": {"type": "User"}, "body": body}));
    comments[1]["body"] = body.clone();
    std::fs::write(run.at("gh/comments.json"), json!(comments).to_string()).unwrap();
    run.card("models/a", "Other");
    run.all(&[("model", "models/a"), ("lang", "ko")]);
    let after = run.comments();
    assert_eq!((after.len(), &after[0]["body"]), (2, &body));
    assert_ne!(after[1]["body"], body);
    // A token that may not write is no failure of the grade; a run that is of no pull request comments on nothing.
    std::fs::write(run.at("gh/refuse"), "").unwrap();
    let (_, told) = run.all(&[("model", "models/a")]);
    assert_eq!(ends(&told), ALL_WELL);
    assert!(String::from_utf8_lossy(&told[2].1.stdout).contains("::warning"));
    std::fs::remove_file(run.at("gh/refuse")).unwrap();
    std::fs::write(run.at("event.json"), "{}").unwrap();
    assert_eq!(ends(&run.all(&[("model", "models/a")]).1), ALL_WELL);
    assert_eq!(run.comments().len(), 2);
}

#[test]
#[cfg_attr(not(shell), ignore = "bash or jq is not here")]
fn a_long_report_is_cut_at_a_line() {
    let run = Run::new();
    let report = run.at("temp/long.md");
    std::fs::write(&report, "가나다라마바사 abc\n".repeat(5_000)).unwrap();
    let path = format!("{}:{}", run.at("bin").display(), std::env::var("PATH").unwrap());
    let mut command = Command::new(root().join("action/comment.sh"));
    command.env("PATH", path).env("FAKE_GH", run.at("gh")).env("SOVGRADE_KEY", "0f").env("SOVGRADE_REPORT", &report);
    command.env("GITHUB_EVENT_PATH", run.at("event.json")).env("GITHUB_REPOSITORY", "lab/models");
    let done = command.output().unwrap();
    assert!(done.status.success(), "{done:?}");
    let body = run.comments()[0]["body"].as_str().unwrap().to_owned();
    assert!(body.len() < 61_000 && body.chars().count() < 65_536);
    let lines: Vec<&str> = body.lines().collect();
    assert!(lines[1..lines.len() - 2].iter().all(|line| *line == "가나다라마바사 abc"));
    assert_eq!(lines.last(), Some(&"..."));
}
