//! The data are complete and sourced, and recognition takes nothing for what it is not.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use proptest::prelude::*;

use super::catalogue::{Indexed, canonical, fold};
use super::expression::listed_text;
use super::files::INDEX;
use super::*;
use crate::text::Diagnostics;
use crate::vocabulary::{Filler, vocabulary};

/// The Hub's own list of ids (`docs/licences.md`).
#[rustfmt::skip]
const HUB_IDS: &[&str] = &[
    "apache-2.0", "mit", "openrail", "bigscience-openrail-m", "creativeml-openrail-m", "bigscience-bloom-rail-1.0",
    "bigcode-openrail-m", "afl-3.0", "artistic-2.0", "bsl-1.0", "bsd", "bsd-2-clause", "bsd-3-clause",
    "bsd-3-clause-clear", "c-uda", "cc", "cc0-1.0", "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0",
    "cc-by-sa-3.0", "cc-by-sa-4.0", "cc-by-nc-2.0", "cc-by-nc-3.0", "cc-by-nc-4.0", "cc-by-nd-4.0",
    "cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0", "cc-by-nc-sa-2.0", "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0",
    "cdla-sharing-1.0", "cdla-permissive-1.0", "cdla-permissive-2.0", "wtfpl", "ecl-2.0", "epl-1.0", "epl-2.0",
    "etalab-2.0", "eupl-1.1", "eupl-1.2", "agpl-3.0", "gfdl", "gpl", "gpl-2.0", "gpl-3.0", "lgpl", "lgpl-2.1",
    "lgpl-3.0", "isc", "h-research", "intel-research", "lppl-1.3c", "ms-pl", "apple-ascl", "apple-amlr", "mpl-2.0",
    "odc-by", "odbl", "openmdw-1.0", "openmdw-1.1", "openrail++", "osl-3.0", "postgresql", "ofl-1.1", "ncsa",
    "unlicense", "zlib", "pddl", "lgpl-lr", "deepfloyd-if-license", "fair-noncommercial-research-license", "llama2",
    "llama3", "llama3.1", "llama3.2", "llama3.3", "llama4", "grok2-community", "gemma", "unknown", "other",
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
    catalogue().resolve(&LicenceStatement {
        license: license.into(),
        license_name: name,
        license_link: None,
        text,
        names: &[],
    })
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

/// What people write for a licence, folded: its names, its title, and its name on the SPDX list.
fn words_of(licence: &Licence) -> Vec<String> {
    let listed = licence.spdx.split(" OR ").filter_map(listed).map(|(_, title)| title.to_owned());
    let mut words: Vec<String> = own_names(licence)
        .into_iter()
        .filter(|name| !name.starts_with("licenseref-") && !matches!(name.as_str(), "other" | "unknown"))
        .chain([licence.title.clone()].into_iter().filter(|_| !matches!(licence.id.as_str(), "other" | "unknown")))
        .chain(listed)
        .map(|name| fold(&name))
        .filter(|words| !words.is_empty())
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// What `files.rs` must say.
fn index_of(files: &[(String, String)]) -> String {
    let licences = files.iter().map(|(stem, text)| {
        Licence::read(stem, text).unwrap_or_else(|problems| panic!("{stem}: {:?}", messages(&problems)))
    });
    let licences: Vec<Licence> = licences.collect();
    let mut claims: HashMap<String, usize> = HashMap::new();
    licences.iter().flat_map(words_of).for_each(|words| *claims.entry(words).or_default() += 1);
    let mut code = String::from(
        "//! The data files and the index of their names and digests. Made from `licences/` by a test; do not edit.\n\n\
         use super::catalogue::Indexed;\n\n\
         /// Every data file, in the order of ids.\n#[rustfmt::skip]\npub(super) const INDEX: &[Indexed] = &[\n",
    );
    for licence in &licences {
        let stem = &licence.id;
        let mut license_names: Vec<String> = licence.license_names.iter().map(|name| canonical(name)).collect();
        license_names.sort();
        let digests: Vec<&str> = licence.text.digests.iter().map(|digest| digest.sha256.as_str()).collect();
        let notices: Vec<&str> = licence.text.notices.iter().map(|digest| digest.sha256.as_str()).collect();
        let titles: Vec<String> = licence.text.title_lines.iter().map(|title| normalise::line(title)).collect();
        let mut models: Vec<String> =
            licence.used_by.iter().flat_map(|uses| &uses.models).map(|model| model.to_lowercase()).collect();
        models.sort();
        let url = &licence.text.url;
        let hub_ids: Vec<String> = licence.hub_ids.iter().map(|id| canonical(id)).collect();
        let words: Vec<String> = words_of(licence).into_iter().filter(|words| claims[words] == 1).collect();
        let names = own_names(licence);
        let _ = write!(
            code,
            "    Indexed {{ id: {stem:?}, file: include_str!(\"../../licences/{stem}.yaml\"), url: {url:?},\n        \
             hub_ids: &{hub_ids:?}, names: &{names:?}, license_names: &{license_names:?},\n        \
             words: &{words:?}, titles: &{titles:?}, models: &{models:?},\n        \
             digests: &{digests:?}, notices: &{notices:?} }},\n",
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
    let not_clauses = [
        "complete",
        "id",
        "applies-to",
        "inherited",
        "text-known",
        "osi-approved",
        "governing-law",
        "excluded-territories",
    ];
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
fn every_id_of_the_hub_is_known_in_any_case_and_spelling() {
    for id in HUB_IDS {
        let licence = catalogue().by_name(&id.to_uppercase().replace('-', "_")).unwrap_or_else(|| panic!("{id}"));
        assert!(!licence.title.is_empty() && !licence.spdx.is_empty(), "{id}");
        assert_eq!(licence.to_write(), *id);
        assert_eq!(catalogue().spelling(id), Spelling::Exact);
        if matches!(*id, "other" | "unknown") {
            continue;
        }
        let by_words = catalogue().by_words(&licence.title).map(|licence| licence.id.as_str());
        assert!(by_words.is_none_or(|found| found == licence.id), "{id}: {by_words:?}");
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
        "minimax-m2.7 or modified-mit-devstral-2 or modified-mit-kimi-k2 or modified-mit-minimax-m2 by LicenceName"
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
    assert_eq!(meant(&resolve("k-exaone AND (mit OR 0bsd)", None, None)), "k-exaone by Spdx | mit by Spdx |  by Spdx");
    let jamba = resolve("apache-2.0", Some("jamba-open-model-license"), None);
    assert_eq!(meant(&jamba), "jamba-open-model by LicenceName");
    assert!(has(&jamba, |note| matches!(note, Note::NamesDisagree { .. })));
    let boost = resolve("bsl-1.0", None, None);
    let operands = boost.terms.as_ref().map(Terms::operands).unwrap_or_default();
    assert_eq!(operands[0].spdx, Some(("BSL-1.0", "Boost Software License 1.0")), "not the Business Source License");
    assert!(has(&resolve("0bsd", None, None), |note| matches!(note, Note::NotInCatalogue { .. })));
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
        if root["clauses"].is_null() {
            assert!(licence.clauses.iter().all(|clause| clause.value == ClauseValue::Unknown), "{stem}");
            continue;
        }
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

/// A licence in the words that people use, and the id of the Hub.
const WORDS: &[(&str, &str)] = &[
    ("Apache License 2.0", "apache-2.0"),
    ("apache 2.0", "apache-2.0"),
    ("The Apache License, Version 2.0", "apache-2.0"),
    ("Apache-2.0 License", "apache-2.0"),
    ("MIT License", "mit"),
    ("The MIT Licence", "mit"),
    ("CC BY-NC 4.0", "cc-by-nc-4.0"),
    ("CC-BY-NC-SA 4.0", "cc-by-nc-sa-4.0"),
    ("Creative Commons Attribution 4.0 International", "cc-by-4.0"),
    ("Creative Commons Attribution-NonCommercial-ShareAlike 4.0", "cc-by-nc-sa-4.0"),
    ("GPLv3", "gpl-3.0"),
    ("GNU GPL v3", "gpl-3.0"),
    ("GNU General Public License v3.0", "gpl-3.0"),
    ("BSD 3-Clause", "bsd-3-clause"),
    ("Llama 3.1 Community License Agreement", "llama3.1"),
];

#[test]
fn a_name_in_words_means_its_licence_and_says_what_to_write() {
    for (words, id) in WORDS {
        let found = resolve(*words, None, None);
        let operands: Vec<_> = found.terms.iter().flat_map(Terms::operands).collect();
        assert_eq!(operands[0].licence().map(Licence::to_write), Some(*id), "{words}");
        let spelling = catalogue().spelling(words);
        assert!(spelling == Spelling::Exact || spelling == Spelling::Words((*id).to_owned()), "{words}: {spelling:?}");
    }
    assert_eq!(catalogue().spelling("MIT License or Apache 2.0"), Spelling::Words("mit OR apache-2.0".to_owned()));
    assert_eq!(catalogue().spelling("MIT / Apache License 2.0"), Spelling::Words("mit OR apache-2.0".to_owned()));
    assert_eq!(catalogue().spelling("apche-2.0"), Spelling::Near("apache-2.0"));
    assert_eq!(catalogue().spelling("cc-by-nc-4"), Spelling::Words("cc-by-nc-4.0".to_owned()));
    assert_eq!(catalogue().spelling("MIT OR Apache-2.0"), Spelling::Exact);
    assert_eq!(catalogue().spelling("LicenseRef-of-our-own"), Spelling::Exact);
    assert_eq!(catalogue().spelling("wholly unheard of terms"), Spelling::Unknown);
    assert!(
        resolve("MIT License for research only", None, None).terms.is_some_and(|t| t.operands()[0].licence().is_none())
    );
}

#[test]
fn a_notice_names_its_licence_and_is_not_its_text() {
    for (words, id) in WORDS {
        for notice in [
            format!("This model is released under the {words}."),
            format!(
                "# License\n\nCopyright (c) 2026 Example Lab\n\nLicensed under {words}; see https://example.org/x for \
                details.\n"
            ),
            format!("{words}\n"),
        ] {
            let TextMatch::Notice(named) = catalogue().recognise(&notice) else { panic!("{notice:?}") };
            assert_eq!(named.iter().map(|licence| licence.to_write()).collect::<Vec<_>>(), [*id], "{notice:?}");
            let found = resolve(*id, None, Some(&notice));
            let operands: Vec<_> = found.terms.iter().flat_map(Terms::operands).collect();
            assert_eq!(
                operands.iter().map(|one| one.licence().map(Licence::to_write)).collect::<Vec<_>>(),
                [Some(*id)]
            );
            assert!(!has(&found, |note| matches!(note, Note::TextDiffers { .. } | Note::TextIsAnother { .. })));
        }
    }
    let both = "// SPDX-License-Identifier: MIT OR Apache-2.0\n";
    assert!(matches!(catalogue().recognise(both), TextMatch::Notice(named) if named.len() == 2));
    assert_eq!(meant(&resolve("other", None, Some("Released under the MIT License."))), "mit by Notice");
    let other = resolve("apache-2.0", None, Some("Released under the MIT License."));
    assert_eq!(meant(&other), "apache-2.0 by Name | mit by Notice", "both apply");
    assert!(has(&other, |note| matches!(note, Note::TextIsAnother { .. })));
}

#[test]
fn a_notice_may_say_what_the_work_and_its_maker_are_called() {
    let names = ["example-lab/Haneul-7B-Instruct".to_owned(), "(주)보기".to_owned(), "Research Only Model".to_owned()];
    let kind = |text: &str| match catalogue().recognise_of(text, &names) {
        TextMatch::Notice(named) => named.iter().map(|licence| licence.id.clone()).collect::<Vec<_>>(),
        _ => Vec::new(),
    };
    for text in [
        "Haneul 7B Instruct\n\nReleased under the MIT License.\n",
        "# Haneul-7B\n\nCopyright 2026 Example Lab\n\nHaneul is licensed under the MIT License.",
        "주 보기\n\nMIT License\n",
    ] {
        assert_eq!(kind(text), ["mit"], "{text}");
        assert!(!matches!(catalogue().recognise(text), TextMatch::Notice(_)), "nobody is called so: {text}");
    }
    for text in
        ["Research only\n\nMIT License", "Haneul 7B, no commercial use\n\nMIT License", "Another\n\nMIT License"]
    {
        assert!(kind(text).is_empty(), "{text}");
    }
}

#[test]
fn a_notice_that_says_more_is_none() {
    for more in
        ["For research only.", "Commercial use is forbidden.", "You may not sell it.", "연구에만 쓴다.", "Pay us."]
    {
        for text in [format!("Released under the MIT License. {more}"), format!("MIT License\n\n{more}\n")] {
            assert!(!matches!(catalogue().recognise(&text), TextMatch::Notice(_)), "{text}");
            let found = resolve("mit", None, Some(&text));
            let operands: Vec<_> = found.terms.iter().flat_map(Terms::operands).collect();
            assert!(operands[0].licence().is_none(), "{text}");
        }
    }
}

#[test]
fn exceptions_widen_and_unknown_ones_leave_nothing_known() {
    let listed = resolve("GPL-3.0-only WITH Classpath-exception-2.0", None, None);
    assert_eq!(meant(&listed), "gpl-3.0 by Spdx");
    assert!(has(&listed, |note| matches!(note, Note::Exception { listed: true, .. })));
    let own = resolve("Apache-2.0 WITH AdditionRef-no-sale", None, None);
    assert!(own.terms.is_some_and(|terms| terms.operands()[0].licence().is_none()));
}

/// An expression over five names, with brackets.
fn expression() -> impl Strategy<Value = String> {
    let name =
        prop::sample::select(vec!["mit", "apache-2.0", "gpl-3.0", "cc-by-4.0", "k-exaone"]).prop_map(str::to_owned);
    name.prop_recursive(3, 12, 3, |inner| {
        (prop::collection::vec(inner, 2..4), any::<bool>())
            .prop_map(|(list, or)| format!("({})", list.join(if or { " OR " } else { " AND " })))
    })
}

proptest! {
    #[test]
    fn alternatives_are_those_of_the_expression(text in expression()) {
        let found = resolve(text.as_str(), None, None);
        let terms = found.terms.expect("terms");
        let operands = terms.operands();
        if let Some(sets) = terms.alternatives() {
            // Every set names operands, and an expression without OR has one set of them all.
            prop_assert!(sets.iter().flatten().all(|at| *at < operands.len()));
            if !text.contains(" OR ") {
                prop_assert_eq!(sets, vec![(0..operands.len()).collect::<Vec<_>>()]);
            } else if !text.contains(" AND ") {
                prop_assert_eq!(sets.len(), operands.len());
            }
        }
    }

    #[test]
    fn no_text_makes_recognition_panic(text in "\\PC*", name in "\\PC{0,40}", license in "\\PC{0,40}") {
        let statement = LicenceStatement {
            license: Some(&license), license_name: Some(&name), license_link: Some(&name), text: Some(&text),
            names: &[],
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
