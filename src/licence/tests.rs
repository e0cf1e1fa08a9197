//! The data are complete and sourced, and recognition takes nothing for what it is not.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use proptest::prelude::*;

use super::catalogue::{Indexed, canonical};
use super::expression::listed_text;
use super::files::INDEX;
use super::*;
use crate::text::Diagnostics;
use crate::vocabulary::{Filler, vocabulary};

/// Ids of the Hub whose texts the catalogue describes (reference: formats and licences, sections 1.5 and 4.2).
const HUB_IDS: &[&str] = &[
    "apache-2.0",
    "mit",
    "openrail",
    "bigscience-openrail-m",
    "creativeml-openrail-m",
    "bigscience-bloom-rail-1.0",
    "bigcode-openrail-m",
    "bsd-3-clause",
    "cc0-1.0",
    "cc-by-4.0",
    "cc-by-sa-4.0",
    "cc-by-nc-4.0",
    "agpl-3.0",
    "openmdw-1.0",
    "openmdw-1.1",
    "openrail++",
    "llama2",
    "llama3",
    "llama3.1",
    "llama3.2",
    "llama3.3",
    "llama4",
    "grok2-community",
    "gemma",
];

fn licence(id: &str) -> &'static Licence {
    catalogue().by_id(id).unwrap_or_else(|| panic!("no licence {id}"))
}

fn value(id: &str, name: ClauseName) -> ClauseValue {
    licence(id).clause(name).map_or(ClauseValue::Unknown, |clause| clause.value)
}

fn resolve<'t>(
    license: impl Into<Option<&'t str>>,
    name: Option<&'t str>,
    text: Option<&'t str>,
) -> Resolution<'static> {
    catalogue().resolve(&LicenceStatement { license: license.into(), license_name: name, license_link: None, text })
}

/// The ids of every candidate, operands separated by `|`, and how each was known.
fn meant(resolution: &Resolution<'_>) -> String {
    let one = |one: &Identified<'_>| {
        let ids: Vec<&str> = one.candidates.iter().map(|licence| licence.id.as_str()).collect();
        format!("{} by {:?}", ids.join(" or "), one.how)
    };
    let operands = resolution.terms.iter().flat_map(Terms::operands);
    operands.map(one).collect::<Vec<_>>().join(" | ")
}

fn has(resolution: &Resolution<'_>, wanted: fn(&Note<'_>) -> bool) -> bool {
    resolution.notes.iter().any(wanted)
}

/// The data files of the folder: id and text, in order.
fn folder() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("licences");
    let entries = std::fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").path());
    let mut files: Vec<(String, String)> = entries
        .filter(|path| path.extension().is_some_and(|end| end == "yaml"))
        .map(|path| {
            let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (stem, std::fs::read_to_string(path).expect("a text"))
        })
        .collect();
    files.sort();
    files
}

/// Every name that means this licence and no other. Of a joint SPDX expression only the `LicenseRef-` is its own.
fn own_names(licence: &Licence) -> Vec<String> {
    let spdx = licence.spdx.as_str();
    let own = spdx.split(" AND ").filter(|part| part.starts_with("LicenseRef-") || *part == spdx);
    let names = licence.hub_ids.iter().chain(&licence.aliases).map(String::as_str);
    let mut names: Vec<String> = names.chain([licence.id.as_str()]).chain(own).map(canonical).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// What `files.rs` must say.
fn index_of(files: &[(String, String)]) -> String {
    let mut code = String::from(
        "//! The data files and the index of their names and digests. Made from `licences/` by a test; do not edit.\n\n\
         use super::catalogue::Indexed;\n\n\
         /// Every data file, in the order of ids.\n#[rustfmt::skip]\npub(super) const INDEX: &[Indexed] = &[\n",
    );
    for (stem, text) in files {
        let licence = Licence::read(stem, text).unwrap_or_else(|problems| panic!("{stem}: {:?}", messages(&problems)));
        let mut license_names: Vec<String> = licence.license_names.iter().map(|name| canonical(name)).collect();
        license_names.sort();
        let digests: Vec<&str> = licence.text.digests.iter().map(|digest| digest.sha256.as_str()).collect();
        let _ = writeln!(
            code,
            "    Indexed {{\n        id: {stem:?}, file: include_str!(\"../../licences/{stem}.yaml\"),\n        \
             names: &{:?},\n        license_names: &{license_names:?},\n        digests: &{digests:?},\n    }},",
            own_names(&licence),
        );
    }
    code + "];\n"
}

fn messages(problems: &Diagnostics) -> Vec<String> {
    problems.iter().map(|problem| format!("{}: {}", problem.file.name(), problem.message.en)).collect()
}

#[test]
fn the_index_is_that_of_the_files() {
    let wanted = index_of(&folder());
    if std::env::var_os("SOVGRADE_BLESS").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/licence/files.rs");
        std::fs::write(path, &wanted).expect("the index is written");
    } else {
        assert!(
            include_str!("files.rs") == wanted,
            "stale: SOVGRADE_BLESS=1 cargo test the_index_is_that_of_the_files"
        );
    }
}

#[test]
fn every_file_is_read_and_every_clause_has_a_source_or_is_unknown() {
    assert_eq!(catalogue().licences().count(), INDEX.len(), "a file has mistakes");
    for (licence, stem) in catalogue().licences().zip(catalogue().ids()) {
        assert_eq!(licence.id, stem);
        let names: Vec<ClauseName> = licence.clauses.iter().map(|clause| clause.name).collect();
        assert_eq!(names, ClauseName::ALL, "{stem}");
        for clause in &licence.clauses {
            let place = format!("{stem}: {}", clause.name.key());
            match &clause.source {
                Some(url) => assert!(url.starts_with("https://") && clause.value != ClauseValue::Unknown, "{place}"),
                None => assert_eq!(clause.value, ClauseValue::Unknown, "{place} has no source"),
            }
            assert!(
                clause.sides.iter().all(|side| side.words.lines().count() == 1 && side.words.len() < 120),
                "{place}"
            );
            let second_hand = matches!(licence.read, ReadDepth::SecondHand) && clause.source.is_some();
            assert!(!second_hand || clause.second_hand, "{place} was read second-hand");
        }
        let excluded = licence.clause(ClauseName::GeographicExclusion).expect("the clause");
        assert!(
            excluded.value != ClauseValue::Word("yes") || !excluded.countries.is_empty(),
            "{stem} names territories"
        );
    }
}

#[test]
fn the_clauses_are_those_of_the_vocabulary() {
    let not_clauses =
        ["complete", "id", "applies-to", "inherited", "text-known", "governing-law", "excluded-territories"];
    let mut facts: Vec<&str> = vocabulary()
        .entries()
        .filter(|(_, entry)| entry.filled_by.contains(&Filler::Licence))
        .filter_map(|(_, entry)| entry.path.strip_prefix("licence."))
        .filter(|name| !not_clauses.contains(name))
        .collect();
    let mut keys: Vec<&str> = ClauseName::ALL.iter().map(|name| name.key()).collect();
    facts.sort_unstable();
    keys.sort_unstable();
    assert_eq!(keys, facts);
}

#[test]
fn no_name_is_claimed_by_two_files() {
    let mut claimed: HashMap<String, &str> = HashMap::new();
    let mut digests: HashMap<&str, &str> = HashMap::new();
    for licence in catalogue().licences() {
        for name in own_names(licence) {
            let other = claimed.insert(name.clone(), &licence.id);
            assert_eq!(other, None, "`{name}` also means {}", licence.id);
        }
        for digest in &licence.text.digests {
            assert_eq!(digests.insert(&digest.sha256, &licence.id), None, "{}", digest.of);
        }
    }
}

#[test]
fn every_hub_id_of_a_described_licence_resolves() {
    for id in HUB_IDS {
        let found = resolve(*id, None, None);
        let operands: Vec<_> = found.terms.iter().flat_map(Terms::operands).collect();
        assert!(operands.len() == 1 && operands[0].licence().is_some(), "{id}: {}", meant(&found));
    }
    let mut described = catalogue().licences().flat_map(|licence| &licence.hub_ids);
    assert!(described.all(|id| HUB_IDS.contains(&id.as_str())));
}

#[test]
fn k_exaone_contradicts_itself_on_revocation_with_both_sides() {
    let clause = licence("k-exaone").clause(ClauseName::Revocable).expect("the clause");
    assert_eq!(clause.value, ClauseValue::Word("contradictory"));
    let sides: Vec<(&str, &str)> = clause.sides.iter().map(|side| (side.says, side.at.as_str())).collect();
    assert_eq!(sides, [("no", "§2.1"), ("yes", "§7.1")]);
    assert!(clause.condition.as_ref().is_some_and(|says| !says.ko.is_empty() && !says.en.is_empty()));
}

#[test]
fn clauses_that_decide_for_sovereignty_are_as_read() {
    let word = ClauseValue::Word;
    assert_eq!(value("exaone-1.2-nc", ClauseName::DerivativesOwnedBy), word("licensor"));
    assert_eq!(value("gemma", ClauseName::RemoteRestriction), word("yes"));
    assert_eq!(value("hyperclovax-seed", ClauseName::CommercialThreshold), ClauseValue::Users(1e7));
    assert_eq!(value("hyperclovax-seed", ClauseName::UnilaterallyUpdatable), word("yes"));
    assert_eq!(value("apache-2.0", ClauseName::CommercialThreshold), ClauseValue::NoThreshold);
    assert_eq!(value("openrail", ClauseName::Revocable), ClauseValue::Unknown);
    let korea = |id: &str| {
        let clause = licence(id).clause(ClauseName::GeographicExclusion).expect("the clause");
        clause.countries.iter().any(|country| country.code() == "KR")
    };
    assert!(korea("hunyuan-a13b") && korea("hunyuan-3d-2.0") && !korea("hunyuan-large"));
}

#[test]
fn a_text_is_known_by_its_digest_alone() {
    for id in ["MIT", "Apache-2.0", "BSD-3-Clause", "CC-BY-4.0", "CC0-1.0", "AGPL-3.0-only", "OpenMDW-1.0"] {
        let text = listed_text(id);
        let copy = text.replace('\n', "\r\n").replace('"', "\u{201C}");
        for text in [text, &copy] {
            let TextMatch::Known(found) = catalogue().recognise(text) else { panic!("{id} is not known") };
            assert_eq!(found.spdx, id);
        }
    }
}

#[test]
fn a_changed_mit_text_is_not_taken_for_mit() {
    let mit = listed_text("MIT");
    let added = format!("{mit}\nAbove 100 million monthly users another licence is needed.\n");
    let weakened = mit.replace("without restriction", "without much restriction");
    let hidden = format!("Copyright (c) 2026 X. Commercial use requires a fee.\n{mit}");
    for text in [&added, &weakened, &hidden] {
        assert!(matches!(catalogue().recognise(text), TextMatch::Differs(_)), "{text}");
        let found = resolve("mit", None, Some(text));
        assert_eq!(meant(&found), " by Title");
        assert!(has(&found, |note| matches!(note, Note::TextDiffers { .. })));
    }
    // Without its title, too: the card's word alone does not make it MIT.
    let untitled = &added[added.find("Permission").unwrap_or_default()..];
    let found = resolve("mit", None, Some(untitled));
    assert_eq!(meant(&found), " by Name");
    assert!(has(&found, |note| matches!(note, Note::TextDiffers { .. })));
    assert_eq!(meant(&resolve("mit", None, Some(mit))), "mit by Digest");
}

#[test]
fn a_text_outweighs_the_names() {
    let found = resolve("mit", None, Some(listed_text("Apache-2.0")));
    assert_eq!(meant(&found), "apache-2.0 by Digest");
    assert!(has(&found, |note| matches!(note, Note::TextIsAnother { .. })));
    let found = resolve("Apache-2.0 OR MIT", None, Some(listed_text("MIT")));
    assert_eq!(meant(&found), "apache-2.0 by Spdx | mit by Digest");
    let solar = "Upstage Solar License\n\nOf the terms, no copy is known here.";
    let found = resolve("other", None, Some(solar));
    assert_eq!(meant(&found), "upstage-solar by Title");
    assert!(has(&found, |note| matches!(note, Note::TextNotCompared { .. })));
    let gemma = "Gemma Terms of Use\nLast modified: January 1, 2030\n...";
    assert!(matches!(catalogue().recognise(gemma), TextMatch::Differs(_)), "another version is not this one");
    assert!(has(&resolve(None, None, Some("이 모델은 마음대로 쓴다.")), |note| matches!(
        note,
        Note::TextUnrecognised
    )));
}

#[test]
fn a_name_that_several_texts_share_names_none_of_them() {
    let found = resolve("other", Some("modified-mit"), None);
    assert_eq!(
        meant(&found),
        "modified-mit-devstral-2 or modified-mit-kimi-k2 or modified-mit-minimax-m2 by LicenceName"
    );
    assert!(has(&found, |note| matches!(note, Note::NameOfSeveral { .. })));
    let operands = found.terms.as_ref().map(Terms::operands).unwrap_or_default();
    assert!(operands[0].licence().is_none());
    assert!(operands[0].clause(ClauseName::CommercialUse).is_none(), "they disagree");
    assert_eq!(
        operands[0].clause(ClauseName::Attribution).map(|c| c.value),
        Some(ClauseValue::Word("yes")),
        "they agree"
    );
}

#[test]
fn a_link_to_one_text_tells_which_of_several_is_meant() {
    let link = &licence("exaone-1.2-nc").text.url;
    let statement = LicenceStatement {
        license: Some("other"),
        license_name: Some("exaone"),
        license_link: Some(link),
        ..LicenceStatement::default()
    };
    assert_eq!(meant(&catalogue().resolve(&statement)), "exaone-1.2-nc by Link");
    let nowhere = LicenceStatement { license_link: Some("LICENSE"), ..statement };
    assert_eq!(meant(&catalogue().resolve(&nowhere)), "exaone-1.1-nc or exaone-1.2-nc by LicenceName");
}

#[test]
fn names_resolve_in_order_and_disagreement_is_noted() {
    assert_eq!(meant(&resolve("other", Some("hyperclovax-seed"), None)), "hyperclovax-seed by LicenceName");
    assert_eq!(meant(&resolve("llama3", Some("llama-3"), None)), "llama3 by LicenceName");
    assert_eq!(meant(&resolve("K-EXAONE", None, None)), "k-exaone by Name");
    assert_eq!(meant(&resolve("LicenseRef-k-exaone", None, None)), "k-exaone by Name");
    let apertus = resolve("Apache-2.0 AND LicenseRef-apertus-aup", None, None);
    assert_eq!(meant(&apertus), "apache-2.0 by Spdx | apertus by Spdx");
    assert_eq!(meant(&resolve("k-exaone AND (mit OR isc)", None, None)), "k-exaone by Spdx | mit by Spdx |  by Spdx");
    let jamba = resolve("apache-2.0", Some("jamba-open-model-license"), None);
    assert_eq!(meant(&jamba), "jamba-open-model by LicenceName");
    assert!(has(&jamba, |note| matches!(note, Note::NamesDisagree { .. })));
    let boost = resolve("bsl-1.0", None, None);
    let operands = boost.terms.as_ref().map(Terms::operands).unwrap_or_default();
    assert_eq!(operands[0].spdx, Some(("BSL-1.0", "Boost Software License 1.0")), "not the Business Source License");
    assert!(has(&boost, |note| matches!(note, Note::NotInCatalogue { .. })));
    assert!(has(&resolve("cc", None, None), |note| matches!(note, Note::NamesNoText { .. })));
    assert!(has(&resolve("my own ((", None, None), |note| matches!(note, Note::NotAnExpression { .. })));
    assert!(resolve("other", None, None).terms.is_none());
    let link =
        LicenceStatement { license_link: Some("https://openmdw.ai/license/1-1/"), ..LicenceStatement::default() };
    assert_eq!(meant(&catalogue().resolve(&link)), "openmdw-1.1 by Link");
}

#[test]
fn a_file_with_mistakes_is_refused_with_all_of_them() {
    let mit = INDEX.iter().find(|index| index.id == "mit").expect("the file").file;
    let broken = mit
        .replace("modification: { value: yes", "modification: { value: maybe")
        .replace("patent-grant:", "patent-grants:")
        .replace("governing-law: none", "governing-law: Korea");
    let problems = Licence::read("mit-2", &broken).expect_err("it has mistakes");
    let mut codes: Vec<&str> = problems.iter().map(|problem| problem.code.id()).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["SG0101", "SG0106", "SG0113", "SG0210"]);
    let unsourced = mit.replace(", source: https://spdx.org/licenses/MIT.html", "");
    assert!(Licence::read("mit", &unsourced).is_err(), "a clause without a source is refused");
}

#[test]
fn another_yaml_reader_sees_the_same_clauses() {
    for (licence, Indexed { id: stem, file, .. }) in catalogue().licences().zip(INDEX) {
        let root: serde_yaml::Value = serde_yaml::from_str(file).unwrap_or_else(|error| panic!("{stem}: {error}"));
        for clause in &licence.clauses {
            let theirs = &root["clauses"][clause.name.key()];
            let ours = match clause.value {
                ClauseValue::Word(word) => word,
                ClauseValue::NoThreshold => "none",
                ClauseValue::Unknown => "unknown",
                ClauseValue::Users(_) => {
                    assert!(theirs["number"].is_string());
                    continue;
                }
            };
            assert_eq!(theirs["value"].as_str(), Some(ours), "{stem}: {}", clause.name.key());
            assert_eq!(theirs["source"].as_str(), clause.source.as_deref(), "{stem}");
        }
    }
}

proptest! {
    #[test]
    fn no_text_makes_recognition_panic(text in "\\PC*", name in "\\PC{0,40}", license in "\\PC{0,40}") {
        let statement = LicenceStatement {
            license: Some(&license), license_name: Some(&name), license_link: Some(&name), text: Some(&text),
        };
        let _ = catalogue().resolve(&statement);
    }

    #[test]
    fn wrapping_and_case_keep_the_digest_and_a_word_changes_it(words in prop::collection::vec("[a-z]{1,9}", 1..40), at in 0usize..40) {
        let text = words.join(" ");
        prop_assert_eq!(digest(&text), digest(&words.join("\n  ").to_uppercase()));
        let mut other = words.clone();
        other.insert(at.min(words.len()), "zzzzzzzzzzz".to_owned());
        prop_assert_ne!(digest(&text), digest(&other.join(" ")));
    }
}
