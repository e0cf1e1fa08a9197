//! The submission: made, checked, altered. What is in it is bound to everything else in it; every alteration is found
//! and named.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "measure/fixtures.rs"]
#[allow(dead_code, clippy::cast_possible_truncation, reason = "the models of another suite")]
mod fixtures;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use serde_json::Value;
use sha2::{Digest, Sha256};
use sovgrade::bundle::{Archive, Asked, BLOCK_BYTES, Kind, Verified, drawn, verify};
use sovgrade::measure::Progress;
use sovgrade::signing::{PrivateKey, PublicKey};
use sovgrade::text::Diagnostics;

type Members = BTreeMap<String, Vec<u8>>;

const CARD: &str = "---
license: apache-2.0
language: [ko, en]
base_model: example-org/base
sovereignty:
  schema: sovereignty/1
  id: example-org/tuned
  developer: {name: An Example, jurisdiction: KR}
---
# 모델
";

const STATED: &str = r#"{"schema": "sovgrade/evidence/2",
  "subject": {"id": "example-org/tuned"},
  "documented": [{"fact": "transparency.technical-report", "value": true, "source":
    {"title": "Report", "publisher": "An Example", "date": "2026-05-01", "url": "https://example.org/report"}}]}"#;

/// A model tuned from a base that lies beside it, with evidence; made once.
struct World {
    folder: tempfile::TempDir,
    signed: Members,
    plain: Members,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let base = fixtures::model(1);
    let tuned = fixtures::trained(&base, 2, 0.1);
    fixtures::write(root, "base", &base, fixtures::Format::F32);
    fixtures::write(root, "tuned", &tuned, fixtures::Format::F32);
    fs::write(root.join("tuned/README.md"), CARD).unwrap();
    fs::write(root.join("tuned/notes.txt"), "nothing reads this").unwrap();
    fs::write(root.join("stated.json"), STATED).unwrap();
    done(&run(root, &["key", "new", "maker"]));
    done(&run(root, &["key", "new", "other"]));
    let base = ["--against", "example-org/base=base", "--evidence", "stated.json"];
    done(&run(root, &[&["bundle", "tuned", "-o", "plain.zip"], &base[..]].concat()));
    done(&run(root, &[&["bundle", "tuned", "-o", "signed.zip", "--sign", "maker.key.pem"], &base[..]].concat()));
    let members = |name: &str| {
        let archive = Archive::read(fs::read(root.join(name)).unwrap()).unwrap();
        archive.members().map(|(name, bytes)| (name.to_owned(), bytes.to_vec())).collect()
    };
    let (signed, plain) = (members("signed.zip"), members("plain.zip"));
    World { folder, signed, plain }
});

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sovgrade"));
    command.args(arguments).arg("--plain").env("SOVGRADE_LANG", "en").current_dir(folder).output().unwrap()
}

fn done(output: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    out.into_owned()
}

fn root() -> PathBuf {
    WORLD.folder.path().to_owned()
}

/// What verifying members finds, which are put together as they are.
fn checked(members: &Members, keys: &[PublicKey], model: bool) -> Verified {
    looked_over(members, keys, model).unwrap()
}

fn looked_over(members: &Members, keys: &[PublicKey], model: bool) -> Result<Verified, Diagnostics> {
    let archive = Archive::of(members).unwrap();
    let tuned = root().join("tuned");
    let asked = Asked {
        archive: &archive,
        model: model.then_some(tuned.as_path()),
        sample: None,
        earlier: None,
        measured: &[],
        keys,
        vouched: &[],
        progress: &Progress::default(),
    };
    verify(&asked)
}

fn maker() -> Vec<PublicKey> {
    vec![PublicKey::read(&root().join("maker.pub.pem")).unwrap()]
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Lists the digests anew, as whoever alters a submission would.
fn resealed(mut members: Members) -> Members {
    members.remove("SHA256SUMS");
    let sums: String = members.iter().map(|(name, bytes)| format!("{}  {name}\n", sha256(bytes))).collect();
    members.insert("SHA256SUMS".into(), sums.into_bytes());
    members
}

#[test]
fn a_submission_holds_and_is_the_same_wherever_it_is_made() {
    let world = &*WORLD;
    for (members, keys) in [(&world.plain, vec![]), (&world.signed, maker())] {
        let found = checked(members, &keys, true);
        assert!(found.passed(), "{:?}", found.findings);
        assert_eq!(found.grades.len(), 1);
    }
    // Another folder, another hour.
    let other = tempfile::tempdir().unwrap();
    let copy = other.path().join("deep/down/tuned");
    fs::create_dir_all(&copy).unwrap();
    for entry in fs::read_dir(root().join("tuned")).unwrap().flatten() {
        fs::copy(entry.path(), copy.join(entry.file_name())).unwrap();
    }
    let [stated, base] = ["stated.json", "base"].map(|name| root().join(name).to_str().unwrap().to_owned());
    let against = format!("example-org/base={base}");
    let arguments = ["bundle", "deep/down/tuned", "-o", "again.zip", "--against", &against, "--evidence", &stated];
    done(&run(other.path(), &arguments));
    assert_eq!(fs::read(other.path().join("again.zip")).unwrap(), fs::read(root().join("plain.zip")).unwrap());
    for (name, bytes) in &world.plain {
        let text = String::from_utf8_lossy(bytes);
        let temporary = std::env::temp_dir();
        assert!(!text.contains(temporary.to_str().unwrap()), "{name} names a folder of this machine");
        assert!(!text.contains(".sovgrade-"), "{name} names a scratch folder");
    }
}

#[test]
fn the_second_grade_is_on_what_the_verifier_vouches_for() {
    let plain = checked(&WORLD.plain, &[], false);
    let pair = &plain.grades[0];
    assert_ne!(pair.verified, None);
    // Nobody but the maker has seen the weights: no rung that asks for them.
    assert_eq!(pair.verified.as_ref().map(|grade| grade.en.as_str()), Some("T0"), "{pair:?}");
    let trusted = checked(&WORLD.signed, &maker(), false);
    assert_eq!(trusted.grades[0].verified.as_ref(), Some(&trusted.grades[0].handed_in));
    let out = done(&run(&root(), &["verify", "signed.zip", "--model", "tuned", "--against", "example-org/base=base"]));
    assert!(out.contains("measured again, and the same to the last digit: `example-org/base`"), "{out}");
    // Another model under the name of the reference.
    let other = fixtures::model(9);
    fixtures::write(&root(), "other", &other, fixtures::Format::F32);
    let asked = ["verify", "signed.zip", "--model", "tuned", "--against", "example-org/base=other", "--format", "json"];
    let json: Value = serde_json::from_str(&done(&run(&root(), &asked))).unwrap();
    assert_eq!(json["measured-again"], serde_json::json!([]), "it is not the reference of the submission");
    assert_eq!(json["other-weights"], serde_json::json!(["example-org/base"]));
    // The reference says another thing about another model.
    let lying = resealed(replaced(&WORLD.plain, "evidence/measured.json", "\"share\": 1.0", "\"share\": 0.5"));
    fs::write(root().join("lying.zip"), Archive::of(&lying).unwrap().bytes()).unwrap();
    let asked = ["verify", "lying.zip", "--model", "tuned", "--against", "example-org/base=base"];
    let output = run(&root(), &asked);
    assert_eq!(output.status.code(), Some(1));
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(out.contains("`example-org/base`: it was measured otherwise"), "{out}");
}

/// One alteration: what it is called, the members after it.
type Alteration = (String, Members);

/// Every member changed in every plain way.
fn of_every_member(members: &Members) -> Vec<Alteration> {
    let mut all = Vec::new();
    for (name, bytes) in members {
        let mut with = |what: &str, change: &dyn Fn(&mut Members)| {
            let mut altered = members.clone();
            change(&mut altered);
            all.push((format!("{what} {name}"), altered));
        };
        with("removed", &|all| drop(all.remove(name)));
        with("renamed", &|all| {
            let bytes = all.remove(name).unwrap();
            all.insert(format!("{name}x"), bytes);
        });
        with("emptied", &|all| drop(all.insert(name.clone(), Vec::new())));
        let at = bytes.len() / 2;
        with("one bit of", &|all| all.get_mut(name).unwrap()[at] ^= 1);
        with("longer", &|all| all.get_mut(name).unwrap().push(b'\n'));
    }
    let mut more = members.clone();
    more.insert("evidence/more.json".into(), STATED.into());
    all.push(("added evidence".into(), more));
    let mut more = members.clone();
    more.insert("rules/t-class/criteria/more.yaml".into(), b"id: more\n".to_vec());
    all.push(("added criterion".into(), more));
    all
}

/// Whether verifying refuses members; the description may be what cannot be read any more.
fn refused(members: &Members, keys: &[PublicKey], model: bool) -> Option<Vec<(Kind, String)>> {
    let Ok(found) = looked_over(members, keys, model) else {
        return Some(vec![(Kind::Description, "bundle.json".into())]);
    };
    (!found.passed()).then(|| found.findings.iter().map(|it| (it.kind, it.of.to_string())).collect())
}

#[test]
fn every_plain_alteration_is_found_and_named() {
    let all = of_every_member(&WORLD.plain);
    assert!(all.len() > 60, "{}", all.len());
    for (what, members) in &all {
        let name = what.split_once(' ').unwrap().1.trim_start_matches("bit of ");
        let found = refused(members, &[], false).unwrap_or_else(|| panic!("{what} passes"));
        let named =
            found.iter().any(|(_, of)| of.starts_with(name) || name.ends_with(of.as_str()) || of == "SHA256SUMS");
        assert!(
            named || what.starts_with("added") || name == "SHA256SUMS" || name == "bundle.json",
            "{what} is not named: {found:?}"
        );
    }
}

#[test]
fn whoever_seals_it_again_is_betrayed_by_the_signature() {
    for (what, members) in of_every_member(&WORLD.signed) {
        let name = what.split_once(' ').unwrap().1.trim_start_matches("bit of ").to_owned();
        if name == "SHA256SUMS" {
            continue; // sealing restores it
        }
        let found = refused(&resealed(members), &maker(), false).unwrap_or_else(|| panic!("{what} passes"));
        let signature = found.iter().any(|(kind, _)| *kind == Kind::Signature);
        assert!(signature || name == "bundle.json", "{what}: {found:?}");
    }
    let other = vec![PublicKey::read(&root().join("other.pub.pem")).unwrap()];
    let found = refused(&WORLD.signed, &other, false).unwrap();
    assert!(found.iter().all(|(kind, _)| *kind == Kind::Signature), "{found:?}");
    let found = refused(&WORLD.plain, &maker(), false).unwrap();
    assert_eq!(found, [(Kind::Signature, "signatures/contents.sig".into())]);
}

/// Changes a JSON member.
fn edited(members: &Members, name: &str, edit: impl FnOnce(&mut Value)) -> Members {
    let mut altered = members.clone();
    let mut value: Value = serde_json::from_slice(&altered[name]).unwrap();
    edit(&mut value);
    altered.insert(name.into(), format!("{}\n", serde_json::to_string_pretty(&value).unwrap()).into_bytes());
    altered
}

/// Changes a text member.
fn replaced(members: &Members, name: &str, from: &str, to: &str) -> Members {
    let mut altered = members.clone();
    let text = String::from_utf8(altered[name].clone()).unwrap();
    assert!(text.contains(from), "{name} has no {from}");
    altered.insert(name.into(), text.replace(from, to).into_bytes());
    altered
}

/// A file of the model replaced, with everything that names it.
fn with_file(members: &Members, name: &str, bytes: &[u8]) -> Members {
    let digest = sha256(bytes);
    let mut altered = edited(members, "bundle.json", |about| {
        for file in about["files"].as_array_mut().unwrap() {
            if file["name"] == name {
                file["sha256"] = digest.as_str().into();
                file["bytes"] = bytes.len().into();
            }
        }
    });
    altered = edited(&altered, "manifest.json", |manifest| {
        for file in manifest["predicate"]["resources"].as_array_mut().unwrap() {
            if file["name"] == name {
                file["digest"] = digest.as_str().into();
            }
        }
    });
    altered.insert(format!("model/{name}"), bytes.to_vec());
    altered
}

#[test]
fn clever_alterations_are_found_by_what_they_touch() {
    let plain = &WORLD.plain;
    let json = "assessment/t-class.en.json";
    let lying = |from: &str, to: &str| replaced(plain, "evidence/measured.json", from, to);
    let weights = plain.keys().find(|name| name.starts_with("excerpts/")).unwrap().clone();
    let mut header = plain.clone();
    header.get_mut(&weights).unwrap()[20] ^= 1;
    let all: Vec<(&str, Members, Kind)> = vec![
        ("a better grade", edited(plain, json, |it| it["grade"]["assured"] = "T5".into()), Kind::Grade),
        ("a better claim", edited(plain, json, |it| it["grade"]["claimed"] = "T6".into()), Kind::Grade),
        ("an outcome", edited(plain, json, |it| it["criteria"][0]["outcome"] = "contradicted".into()), Kind::Grade),
        ("a sentence", edited(plain, json, |it| it["headline"] = "All is well".into()), Kind::Assessment),
        ("no limits", edited(plain, json, |it| it["limits"] = serde_json::json!([])), Kind::Assessment),
        ("a report", replaced(plain, "assessment/t-class.en.md", "T0", "T6"), Kind::Assessment),
        ("a report in Korean", replaced(plain, "assessment/t-class.ko.md", "T0", "T6"), Kind::Assessment),
        ("the relation", lying("\"shared\"", "\"no-trace\""), Kind::Grade),
        ("the reference", lying("example-org/base", "example-org/bass"), Kind::Grade),
        ("a rule", replaced(plain, "rules/t-class/ruleset.yaml", "version: ", "version: 9"), Kind::Ruleset),
        (
            "a ruleset that says it is another",
            edited(plain, "bundle.json", |about| about["rulesets"][0]["digest"] = "sha256:0".into()),
            Kind::Ruleset,
        ),
        (
            "a vouch for a report",
            edited(plain, "bundle.json", |about| {
                for evidence in about["evidence"].as_array_mut().unwrap() {
                    evidence["handed"] = "vouched".into();
                }
            }),
            Kind::Assessment,
        ),
        (
            "adverse evidence gone",
            {
                let mut gone = edited(plain, "bundle.json", |about| {
                    about["evidence"].as_array_mut().unwrap().retain(|it| it["file"] != "evidence/measured.json");
                });
                gone.remove("evidence/measured.json");
                gone
            },
            Kind::Missing,
        ),
        ("the header of weights", header, Kind::Model),
        ("the manifest", replaced(plain, "manifest.json", "config.json", "config.jsom"), Kind::Manifest),
        ("another card", with_file(plain, "README.md", CARD.replace("KR", "US").as_bytes()), Kind::Model),
        ("another config", with_file(plain, "config.json", b"{}"), Kind::Model),
        ("a file that nobody reads", with_file(plain, "notes.txt", b"something else"), Kind::Model),
        (
            "another model's digest",
            edited(plain, "bundle.json", |about| {
                for file in about["files"].as_array_mut().unwrap() {
                    if file["held"] == "excerpt" {
                        file["sha256"] = "0".repeat(64).into();
                    }
                }
            }),
            Kind::Model,
        ),
        (
            "a weights file passed over",
            edited(plain, "bundle.json", |about| {
                let name = about["files"].as_array().unwrap().iter().find(|it| it["held"] == "excerpt").unwrap();
                about["pass-over"] = serde_json::json!([name["name"].clone()]);
            }),
            Kind::Grade,
        ),
        (
            "a day that changes what is in force",
            edited(plain, "bundle.json", |about| about["as-of"] = "2020-01-01".into()),
            Kind::Grade,
        ),
        (
            "another name",
            edited(plain, "bundle.json", |it| it["model"]["id"] = "other/model".into()),
            Kind::Description,
        ),
        (
            "the digest of a block",
            edited(plain, "blocks.json", |it| {
                for (_, list) in it["files"].as_object_mut().unwrap() {
                    list[0] = "0".repeat(64).into();
                }
            }),
            Kind::Manifest,
        ),
        (
            "a ruleset of another edition",
            edited(
                &replaced(plain, "rules/t-class/ruleset.yaml", "version: 2", "version: 9"),
                "bundle.json",
                |about| {
                    about["rulesets"][0]["version"] = "9.2.1".into();
                },
            ),
            Kind::Ruleset,
        ),
        ("blocks", replaced(plain, "blocks.json", "\"sovgrade/blocks/1\"", "\"sovgrade/blocks/2\""), Kind::Manifest),
    ];
    for (what, members, kind) in all {
        let found = refused(&resealed(members), &[], true).unwrap_or_else(|| panic!("{what} passes"));
        // What changes the grade or its text shows there as well.
        let kinds = [kind, Kind::Grade, Kind::Assessment];
        assert!(found.iter().any(|(own, _)| kinds.contains(own)), "{what}: {found:?}");
    }
}

#[test]
fn a_ruleset_under_the_name_of_one_that_everybody_has_is_told() {
    let mut altered = replaced(&WORLD.plain, "rules/t-class/ruleset.yaml", "version: ", "version: ");
    let name = altered.keys().find(|name| name.starts_with("rules/t-class/criteria/")).unwrap().clone();
    let text = String::from_utf8(altered[&name].clone()).unwrap().replace("format: 1", "format: 1 ");
    altered.insert(name, text.into_bytes());
    let found = refused(&resealed(altered), &[], false).unwrap();
    assert!(found.contains(&(Kind::Ruleset, "t-class".into())), "{found:?}");
}

/// The description names files; none of its words may lead out of the folder that a submission is laid down in.
#[test]
fn no_word_of_a_description_is_a_path_that_leads_out() {
    let outside = root().join("outside.txt");
    let full = outside.to_str().unwrap().to_owned();
    let ups = format!("{}{}", "../".repeat(12), full.trim_start_matches('/'));
    for name in
        [full.as_str(), ups.as_str(), "a/../../outside.txt", "..", "a\\..\\b", "./a", "a//b", "\u{202e}a", "README.md"]
    {
        for held in ["name", "whole", "excerpt"] {
            let file = serde_json::json!({"name": name, "bytes": 9, "sha256": "0".repeat(64), "held": held});
            let named = edited(&WORLD.plain, "bundle.json", |it| it["files"].as_array_mut().unwrap().push(file));
            assert_eq!(looked_over(&resealed(named), &[], false).err().map(|_| ()), Some(()), "{name} as {held}");
        }
        let evidence = serde_json::json!({"file": name, "handed": "reported", "entries": [], "signature": null});
        let named = edited(&WORLD.plain, "bundle.json", |it| it["evidence"].as_array_mut().unwrap().push(evidence));
        assert!(looked_over(&resealed(named), &[], false).is_err(), "evidence {name}");
        if name != "README.md" {
            let named = edited(&WORLD.plain, "bundle.json", |it| it["model"]["card"] = name.into());
            assert!(looked_over(&resealed(named), &[], false).is_err(), "card {name}");
        }
        for key in ["folder", "repository"] {
            let named = edited(&WORLD.plain, "bundle.json", |it| it["model"][key] = name.into());
            drop(looked_over(&resealed(named), &[], false));
        }
    }
    assert!(!outside.exists(), "a file was written outside");
}

/// Evidence is bound to files that were read, and not to digests that a submission states of them.
#[test]
fn digests_that_are_only_stated_bind_nothing_to_the_model_at_hand() {
    let copy = root().join("unread");
    fs::create_dir_all(&copy).unwrap();
    for entry in fs::read_dir(root().join("tuned")).unwrap().flatten() {
        fs::copy(entry.path(), copy.join(entry.file_name())).unwrap();
    }
    let asked = ["verify", "plain.zip", "--model", "unread", "--vouch", "evidence/measured.json"];
    let part = [&asked[..], &["--blocks", "0", "--seed", "x"]].concat();
    let out = done(&run(&root(), &part));
    assert!(out.contains("0 of 1 blocks were read") && out.contains("a chance of 0 %"), "{out}");
    let weights = fs::read_dir(&copy).unwrap().flatten().map(|it| it.path());
    let weights = weights.into_iter().find(|path| path.extension().is_some_and(|end| end == "safetensors")).unwrap();
    let mut bytes = fs::read(&weights).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&weights, bytes).unwrap();
    let output = run(&root(), &part);
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{out}");
    assert!(out.contains("cannot be graded") && out.contains("is about another"), "{out}");
}

#[test]
fn a_thousand_bytes_changed_at_random_are_each_refused() {
    let whole = fs::read(root().join("plain.zip")).unwrap();
    let mut passed = Vec::new();
    for turn in 0..1_000_u64 {
        // Places and bits by a digest of the turn: the same in every run, spread over all bytes.
        let digest = Sha256::digest(turn.to_le_bytes());
        let number = u64::from_le_bytes(digest[..8].try_into().unwrap());
        let at = usize::try_from(number % whole.len() as u64).unwrap();
        let mut changed = whole.clone();
        changed[at] ^= 1 << (digest[8] % 8);
        let refused = match Archive::read(changed) {
            Err(_) => true,
            Ok(archive) => {
                let members: Members =
                    archive.members().map(|(name, bytes)| (name.to_owned(), bytes.to_vec())).collect();
                refused_quickly(&members)
            }
        };
        if !refused {
            passed.push(at);
        }
    }
    assert!(passed.is_empty(), "changed and not refused: {passed:?}");
}

/// Whether the list of digests alone refuses members; grading them a thousand times would take minutes.
fn refused_quickly(members: &Members) -> bool {
    let sums = resealed(members.clone())["SHA256SUMS"].clone();
    members.get("SHA256SUMS") != Some(&sums)
}

#[test]
fn what_is_no_submission_is_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let whole = fs::read(root().join("plain.zip")).unwrap();
    for (name, bytes) in [
        ("empty.zip", Vec::new()),
        ("text.zip", b"no archive at all".to_vec()),
        ("short.zip", whole[..whole.len() / 2].to_vec()),
        ("behind.zip", [&whole[..], b"more"].concat()),
        ("before.zip", [b"more", &whole[..]].concat()),
    ] {
        fs::write(folder.path().join(name), bytes).unwrap();
        let output = run(folder.path(), &["verify", name]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("is no submission"), "{name}");
    }
    assert_eq!(run(folder.path(), &["verify", "."]).status.code(), Some(2));
    assert_eq!(run(folder.path(), &["verify", "nothing.zip"]).status.code(), Some(2));
}

#[test]
fn one_block_is_enough_to_tell_other_weights() {
    let copy = root().join("copy");
    fs::create_dir_all(&copy).unwrap();
    for entry in fs::read_dir(root().join("tuned")).unwrap().flatten() {
        fs::copy(entry.path(), copy.join(entry.file_name())).unwrap();
    }
    let weights = fs::read_dir(&copy).unwrap().flatten().map(|it| it.path());
    let weights = weights.into_iter().find(|path| path.extension().is_some_and(|end| end == "safetensors")).unwrap();
    let asked = ["verify", "plain.zip", "--model", "copy", "--blocks", "1", "--seed", "later"];
    let out = done(&run(&root(), &asked));
    assert!(out.contains("every file of the model was read whole"), "one block is all of a small file: {out}");
    let mut bytes = fs::read(&weights).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&weights, bytes).unwrap();
    let output = run(&root(), &asked);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("it is not the file that the submission names"));
}

#[test]
fn a_block_that_is_drawn_is_compared_and_one_that_is_not_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("large");
    fs::create_dir_all(&model).unwrap();
    fs::write(model.join("README.md"), CARD).unwrap();
    let (rows, columns) = (5 * BLOCK_BYTES / 2 / 4096, 4096);
    let bytes = 2 * rows * columns;
    let header = format!(
        r#"{{"model.embed_tokens.weight":{{"dtype":"BF16","shape":[{rows},{columns}],"data_offsets":[0,{bytes}]}}}}"#
    );
    let header = format!("{header}{}", " ".repeat(header.len().next_multiple_of(8) - header.len()));
    let mut file = fs::File::create(model.join("model.safetensors")).unwrap();
    file.write_all(&[&(header.len() as u64).to_le_bytes()[..], header.as_bytes()].concat()).unwrap();
    file.set_len(8 + header.len() as u64 + bytes).unwrap();
    done(&run(folder.path(), &["bundle", "large", "-o", "it.zip"]));
    // The fifth block of six is changed.
    file.seek(SeekFrom::Start(4 * BLOCK_BYTES + 9)).unwrap();
    file.write_all(b"x").unwrap();
    let mut seen = [false; 2];
    for seed in 0..12 {
        let seed = seed.to_string();
        let among = drawn(&seed, 2, 6).contains(&4);
        let output = run(folder.path(), &["verify", "it.zip", "--model", "large", "--blocks", "2", "--seed", &seed]);
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(out.contains("2 of 6 blocks were read"), "{out}");
        assert_eq!(output.status.code(), Some(i32::from(among)), "{out}");
        assert_eq!(out.contains(&format!("block from byte {} on is another one", 4 * BLOCK_BYTES)), among, "{out}");
        seen[usize::from(among)] = true;
    }
    assert_eq!(seen, [true; 2]);
}

#[test]
#[cfg(unix)]
fn a_private_key_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |name: &str| fs::metadata(root().join(name)).unwrap().permissions().mode() & 0o077;
    assert_eq!(mode("maker.key.pem"), 0);
}

#[test]
fn a_gate_is_told_in_the_readers_language() {
    let folder = root();
    done(&run(&folder, &["bundle", "tuned", "--rules", "msit-independence", "-o", "gate.zip"]));
    let out = done(&run(&folder, &["verify", "gate.zip", "--lang", "ko"]));
    let grades = out.split("등급").nth(1).unwrap();
    assert!(!grades.contains("fail") && !grades.contains("undetermined"), "{grades}");
}

#[test]
fn what_was_verified_once_is_read_in_part_the_next_time() {
    let folder = root();
    done(&run(&folder, &["verify", "plain.zip", "--model", "tuned", "-o", "result.json", "--on", "2026-11-30"]));
    let result: Value = serde_json::from_slice(&fs::read(folder.join("result.json")).unwrap()).unwrap();
    assert_eq!(result["predicateType"], "https://slsa.dev/verification_summary/v1");
    assert_eq!(result["predicate"]["verificationResult"], "PASSED");
    assert_eq!(result["predicate"]["timeVerified"], "2026-11-30T00:00:00Z");
    done(&run(&folder, &["verify", "plain.zip", "--model", "tuned", "--earlier", "result.json"]));
    // A result about other weights is none for these.
    fs::write(
        folder.join("forged.json"),
        fs::read_to_string(folder.join("result.json")).unwrap().replace("PASSED", "FAILED"),
    )
    .unwrap();
    let output = run(&folder, &["verify", "plain.zip", "--model", "tuned", "--earlier", "forged.json"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn signed_evidence_counts_for_whoever_trusts_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let from = root();
    for name in ["maker.key.pem", "maker.pub.pem", "other.pub.pem", "stated.json"] {
        fs::copy(from.join(name), folder.path().join(name)).unwrap();
    }
    let model = from.join("tuned");
    let model = model.to_str().unwrap();
    let grade = |arguments: &[&str]| {
        let output = run(folder.path(), &[&["grade", model, "--format", "json"], arguments].concat());
        let json: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        (output.status.code(), json["vouched"].clone(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let trust = ["--evidence", "stated.json", "--trust", "maker.pub.pem"];
    let (code, _, err) = grade(&trust);
    assert_eq!(code, Some(2), "there is no signature yet");
    assert!(err.contains("SG0702"), "{err}");
    done(&run(folder.path(), &["sign", "stated.json", "--key", "maker.key.pem"]));
    let (code, vouched, err) = grade(&trust);
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(vouched[0]["file"], "stated.json");
    assert_eq!(grade(&["--evidence", "stated.json"]).1, serde_json::json!([]), "a signature alone vouches for nothing");
    let (code, _, err) = grade(&["--evidence", "stated.json", "--trust", "other.pub.pem"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("none of the keys"), "{err}");
    fs::write(folder.path().join("stated.json"), STATED.replace("2026-05-01", "2026-05-02")).unwrap();
    let (code, _, err) = grade(&trust);
    assert_eq!(code, Some(2));
    assert!(err.contains("made over another"), "{err}");
    // The private key is not handed in, and is never replaced.
    let (code, _, err) = grade(&["--evidence", "stated.json", "--trust", "maker.key.pem"]);
    assert!(code == Some(2) && err.contains("private key"), "{err}");
    assert_eq!(run(folder.path(), &["key", "new", "maker"]).status.code(), Some(2));
    assert!(PrivateKey::read(&folder.path().join("maker.key.pem")).is_ok());
}

#[test]
fn cards_and_every_example_can_be_submitted() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let folder = tempfile::tempdir().unwrap();
    let mut count = 0;
    for entry in fs::read_dir(&examples).unwrap().flatten() {
        let path = entry.path();
        if !path.is_dir() || ["rulesets", "cluster"].iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        let list = fs::read_dir(path.join("evidence")).into_iter().flatten().flatten();
        let evidence: Vec<String> = list.map(|file| file.path().to_str().unwrap().to_owned()).collect();
        let mut asked = vec!["bundle", path.to_str().unwrap(), "-o", "it.zip"];
        if !evidence.is_empty() {
            asked.push("--evidence");
            asked.extend(evidence.iter().map(String::as_str));
        }
        done(&run(folder.path(), &asked));
        done(&run(folder.path(), &["verify", "it.zip", "--model", path.to_str().unwrap()]));
        count += 1;
    }
    assert!(count >= 30, "{count} examples");
}
