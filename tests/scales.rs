//! What reports say of every scale, and what a page of a ruleset that an office wrote says, through the program.
#![allow(clippy::unwrap_used, missing_docs)]

mod desk_support;

use desk_support::{Desk, shipped};

/// A scorecard with a share, a count, a yes-or-no fact and a floor.
fn scorecard(desk: &Desk) {
    desk.write(
        "score/ruleset.yaml",
        "format: 1\nid: score\nversion: 0.1.0\ntitle: { ko: 점수표, en: A score }\n\
         source: { id: act, title: An act, url: https://www.example.org/act }\n\
         sources:\n  - { id: notice, title: A notice, url: https://www.example.org/notice }\n\
         publisher: { ko: 심의회, en: A council }\ncontact: ask@example.org\nstatus: draft\n\
         in-force: { from: 2027-01-01, until: 2028-12-31 }\nhome: KR\nscale:\n  scorecard:\n    objectives:\n\
         \x20     - id: data\n        title: { ko: 데이터, en: Data }\n        weight: 60 %\n        criteria:\n\
         \x20         - { criterion: domestic-share, points: 2 points }\n          - { criterion: many-sets, points: 1 points }\n\
         \x20     - id: model\n        title: { ko: 모델, en: Model }\n        weight: 40 %\n        criteria:\n\
         \x20         - { criterion: weights-held, points: 5 points }\n\
         \x20   floors:\n      - title: { ko: 최소한, en: The least }\n        requires: [weights-held]\n        cap: 30 %\n\
         history:\n  - { version: 0.1.0, date: 2026-11-30, changes: { ko: 첫 판, en: First } }\n",
    );
    let criterion = |id: &str, cite: &str, test: &str| {
        desk.write(
            &format!("score/criteria/{id}.yaml"),
            &format!(
                "format: 1\nid: {id}\ndimension: data\ntitle: {{ ko: 제목 {id}, en: Title {id} }}\n\
                 question: {{ ko: 그런가?, en: Is it so? }}\nrationale: {{ ko: 까닭, en: Why }}\n\
                 cites: [{{ source: {cite}, at: \"3\" }}]\nneeds: declared\ntest:\n{test}\
                 remedy:\n  declare: {{ ko: 밝힌다 {id}, en: Say it of {id} }}\n  change: {{ ko: 바꾼다 {id}, en: Change {id} }}\n"
            ),
        );
    };
    criterion(
        "domestic-share",
        "act",
        "  share: dataset\n  by: dataset.token-share\n  holds: { fact: dataset.origin, contains: home }\n  at-least: 60 %\n",
    );
    criterion(
        "many-sets",
        "notice",
        "  count: dataset\n  where: { fact: dataset.origin, known: true }\n  at-least: 3\n",
    );
    criterion("weights-held", "act", "  { fact: model.weights-held, is: true }\n");
}

const CARD: &str = "schema: sovereignty/1\nstatement_date: 2026-11-01\ncomplete: [datasets]\ndatasets:\n\
                    - id: home\n  origin: KR\n  token_share: 45 %\n- id: away\n  origin: US\n  token_share: 55 %\n";

fn desk() -> Desk {
    let desk = Desk::new();
    scorecard(&desk);
    desk.write("model/sovereignty.yaml", CARD);
    desk
}

#[test]
fn a_scorecard_says_where_points_are_lost_and_what_would_bring_them() {
    let run = desk().run(&["grade", "model", "--rules", "./score"]);
    assert_eq!(run.code, 0, "{}", run.both());
    for words in [
        "Data: 0.0 of 60.0 % of the total, 60.0 % lost.",
        "2 points lost, 40.0 % of the",
        "Share of the datasets, by share of tokens: 45 %. Asked for: at least 60 %.",
        "`home`, share of tokens: 45 %, counted in. (declared: sovereignty.yaml:7)",
        "`away`, share of tokens: 55 %, not counted in. (declared: sovereignty.yaml:10)",
        "Number of datasets that count: 2. Asked for: at least 3.",
        "5 points open, 40.0 % of",
        "→ Change domestic-share",
        "→ Say it of weights-held",
        "! The least: it is open. Should it fail, the total is at most 30 %.",
    ] {
        assert!(run.out.contains(words), "{words}\n{}", run.out);
    }
    // The figures add up to the whole in both halves.
    let run = desk().run(&["grade", "model", "--rules", "./score", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let sum = |key: &str| -> f64 {
        let objectives = json["objectives"].as_array().unwrap().iter();
        objectives.flat_map(|one| one["points"].as_array().unwrap()).map(|line| line[key].as_f64().unwrap()).sum()
    };
    let claimed = &json["grade"]["claimed"];
    assert!((sum("lost") + sum("open") + claimed[0].as_f64().unwrap() - 100.0).abs() < 1e-6, "{claimed}");
    assert!(json["next"].as_array().unwrap().iter().any(|next| next["id"] == "model"), "{}", run.out);
}

#[test]
fn a_draft_and_a_day_outside_are_warned_of() {
    let desk = desk();
    for (day, words) in [
        (
            "2026-12-31",
            "! Not yet in force on 2026-12-31, the day of this grade. In force from 2027-01-01 until 2028-12-31.",
        ),
        ("2029-01-01", "! No longer in force on 2029-01-01"),
        ("2028-12-31", "In force from 2027-01-01 until 2028-12-31."),
    ] {
        let run = desk.run(&["grade", "model", "--rules", "./score", "--as-of", day]);
        assert!(run.out.contains(words) && run.out.contains("! This ruleset is a draft."), "{words}\n{}", run.out);
        assert_eq!(run.out.contains("in force on"), day != "2028-12-31", "{}", run.out);
        let brief = desk.run(&["grade", "model", "--rules", "./score", "--as-of", day, "--brief"]);
        assert!(brief.out.contains("! This ruleset is a draft."), "{}", brief.out);
    }
    desk.write("undated/sovereignty.yaml", &CARD.replace("statement_date: 2026-11-01\n", ""));
    let run = desk.run(&["grade", "undated", "--rules", "./score"]);
    assert!(run.out.contains("The day of this grade is not known"), "{}", run.out);
}

#[test]
fn days_in_the_wrong_order_and_words_that_are_none_are_mistakes() {
    let desk = desk();
    for (old, new, code) in [
        ("until: 2028-12-31", "until: 2026-12-31", "SG0106"),
        ("until: 2028-12-31", "until: soon", "SG0112"),
        ("status: draft", "status: sketch", "SG0106"),
        ("id: notice, ", "", "SG0104"),
    ] {
        desk.edit("score/ruleset.yaml", old, new);
        let run = desk.run(&["rules", "check", "./score"]);
        // A document that is cited needs no name to be listed, so that one is no mistake of loading.
        assert_eq!(run.code == 2, code != "SG0104", "{new}\n{}", run.both());
        assert!(code == "SG0104" || run.err.contains(code), "{new}\n{}", run.both());
        desk.edit(
            "score/ruleset.yaml",
            if new.is_empty() { "sources:\n  - { title" } else { new },
            if new.is_empty() { "sources:\n  - { id: notice, title" } else { old },
        );
    }
}

#[test]
fn several_rulesets_make_one_table() {
    let desk = desk();
    let run = desk.run(&["grade", "model", "--rules", "./score", "--rules", "mof", "--rules", "msit-independence"]);
    assert_eq!(run.code, 0, "{}", run.both());
    let table: Vec<&str> = run.out.lines().take(5).collect();
    assert!(table[0].contains("ruleset") && table[2].contains("score 0.1.0") && table[3].contains("mof "), "{table:?}");
    for title in ["A score (score", "Model Openness Framework (mof", "(msit-independence"] {
        assert!(run.out.contains(title), "{title}\n{}", run.out);
    }
    let json = desk.run(&["grade", "model", "--rules", "./score", "--rules", "mof", "--format", "json"]);
    let list: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(list.as_array().unwrap().len(), 2);
    // A rung is required of one of them, by its name; a ruleset is named once; a reading may belong to any.
    let asks =
        |require: &str| desk.run(&["grade", "model", "--rules", "./score", "--rules", "mof", "--require", require]);
    assert_eq!(asks("mof=claimed:unclassified").code, 0);
    assert_eq!(asks("mof=claimed:class-i").code, 1);
    assert!(asks("class-i").err.contains("`mof=class-i`"));
    assert_eq!(desk.run(&["grade", "model", "--rules", "mof", "--rules", "mof"]).code, 2);
    let read =
        |reading| desk.run(&["grade", "model", "--rules", "./score", "--rules", "mof", "--reading", reading]).code;
    assert_eq!((read("not-listed=unknown"), read("no-such=reading")), (0, 2));
}

#[test]
fn a_page_says_whose_it_is_and_every_test_in_words() {
    let desk = desk();
    let run = desk.run(&["rules", "doc", "./score", "--format", "html=page.html", "--format", "markdown"]);
    assert_eq!(run.code, 0, "{}", run.both());
    let page = desk.read("page.html");
    for words in [
        "<body class=\"draft\" data-mark=\"DRAFT\">",
        "A council",
        "<a href=\"mailto:ask@example.org\">",
        "from 2027-01-01 until 2028-12-31",
        "<a href=\"https://www.example.org/notice\">A notice</a>: 3",
        "Share of the datasets of which this holds, by share of tokens: at least 60 %:",
        "Origin: includes the home country (KR).",
        "<td>2</td>",
        "30 %",
        "Appendix: the tests as their files have them",
        "@page{size:A4",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
}

/// A page in one language is that in the other, block for block, so that they can stand side by side.
#[test]
fn pages_of_two_languages_have_one_shape() {
    let desk = Desk::new();
    for id in shipped() {
        let run =
            desk.run(&["rules", "doc", id, "--side-by-side", "--format", "html=both.html", "--format", "markdown"]);
        assert_eq!(run.code, 0, "{}", run.both());
        let tags = |lang: &str| -> Vec<String> {
            let run = desk.run(&["rules", "doc", id, "--lang", lang, "--format", "html"]);
            let tag = |rest: &str| rest.split(['>', ' ']).next().unwrap().to_owned();
            run.out.split('<').skip(1).map(tag).collect()
        };
        assert_eq!(tags("ko"), tags("en"), "{id}");
        let both = desk.read("both.html");
        let mut seen = std::collections::HashSet::new();
        for name in both.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(seen.insert(name.to_owned()), "{id}: two places are called {name}");
        }
        for target in both.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(seen.contains(target), "{id}: {target} leads nowhere");
        }
    }
}
