//! A new criterion, "training data of domestic origin at least 30 %", written as the manual has it, and then broken on
//! purpose in ten ways: each gives the right line and a sentence that helps, in Korean and in English.
#![allow(clippy::unwrap_used, missing_docs)]

mod desk_support;

use desk_support::Desk;

/// The criterion, right.
const RIGHT: &str = "\
format: 1
id: home-data
dimension: data
title: { ko: 국내 데이터, en: Home data }
question: { ko: 학습 데이터의 30 % 이상이 국내에서 왔는가?, en: Is at least 30 % of the training data domestic? }
rationale: { ko: 데이터가 언어와 문화를 정한다., en: The data shapes language and culture. }
cites: [{ source: the-standard, at: \"2.1\" }]
needs: documented
test:
  share: dataset
  by: dataset.token-share
  holds: { fact: dataset.origin, in: [home] }
  at-least: 30 %
";

struct Mistake {
    name: &'static str,
    old: &'static str,
    new: &'static str,
    code: &'static str,
    /// Line of the file that is pointed at.
    line: u32,
    /// Words that the Korean and the English report must hold.
    ko: &'static str,
    en: &'static str,
}

const TEN: [Mistake; 10] = [
    Mistake {
        name: "a wrong key",
        old: "dimension: data",
        new: "dimensoin: data",
        code: "SG0101",
        line: 3,
        ko: "`dimension`을 뜻했는가?",
        en: "did you mean `dimension`?",
    },
    Mistake {
        name: "a wrong indent",
        old: "\n  at-least: 30 %",
        new: "\nat-least: 30 %",
        code: "SG0102",
        line: 13,
        ko: "들여쓰기를 확인한다",
        en: "check the indentation",
    },
    Mistake {
        name: "an unknown path",
        old: "dataset.origin",
        new: "dataset.orgin",
        code: "SG0201",
        line: 12,
        ko: "`dataset.origin`을 뜻했는가?",
        en: "did you mean `dataset.origin`?",
    },
    Mistake {
        name: "a missing unit",
        old: "at-least: 30 %",
        new: "at-least: 30",
        code: "SG0107",
        line: 13,
        ko: "`30 %`로 적는다",
        en: "write `30 %`",
    },
    Mistake {
        name: "an operator in Korean",
        old: "at-least: 30 %",
        new: "이상: 30 %",
        code: "SG0101",
        line: 13,
        ko: "이상",
        en: "이상",
    },
    Mistake { name: "a tab", old: "\n  at-least", new: "\n\tat-least", code: "SG0004", line: 13, ko: "탭", en: "tab" },
    Mistake {
        name: "a wrong list",
        old: "in: [home]",
        new: "in: home",
        code: "SG0103",
        line: 12,
        ko: "목록",
        en: "list",
    },
    Mistake {
        name: "a misspelt term",
        old: "holds: { fact: dataset.origin, in: [home] }",
        new: "holds: { term: weights-at-hnad }",
        code: "SG0203",
        line: 12,
        ko: "`weights-at-hand`를 뜻했는가?",
        en: "did you mean `weights-at-hand`?",
    },
    Mistake {
        name: "a duplicate id",
        old: "id: home-data",
        new: "id: weights-held",
        code: "SG0210", // the other file is shown too, with SG0207
        line: 2,
        ko: "`id: home-data`로 고치거나",
        en: "write `id: home-data`",
    },
    Mistake {
        name: "a missing locale",
        old: "title: { ko: 국내 데이터, en: Home data }",
        new: "title: { ko: 국내 데이터 }",
        code: "SG0209",
        line: 4,
        ko: "`en` 글이 없다",
        en: "the text in `en` is missing",
    },
];

fn desk() -> Desk {
    let desk = Desk::new();
    assert_eq!(desk.run(&["rules", "new", "mine"]).code, 0);
    desk.edit("mine/ruleset.yaml", "        - weights-held\n", "        - weights-held\n        - home-data\n");
    desk
}

#[test]
fn the_right_criterion_loads() {
    let desk = desk();
    desk.write("mine/criteria/home-data.yaml", RIGHT);
    let run = desk.run(&["rules", "check", "mine"]);
    assert_eq!(run.code, 0, "{}", run.both());
    assert!(run.err.matches("SG0501").count() == 3, "three outcomes want a case\n{}", run.err);
}

#[test]
fn ten_mistakes_are_each_found_at_their_line_with_a_sentence_that_helps() {
    let mut failures = Vec::new();
    for mistake in TEN {
        let desk = desk();
        assert!(RIGHT.contains(mistake.old), "{}", mistake.name);
        desk.write("mine/criteria/home-data.yaml", &RIGHT.replacen(mistake.old, mistake.new, 1));
        for (lang, words) in [("ko", mistake.ko), ("en", mistake.en)] {
            let run = desk.run(&["rules", "check", "mine", "--lang", lang, "--plain"]);
            let place = format!("mine/criteria/home-data.yaml:{}:", mistake.line);
            for wanted in [mistake.code, place.as_str(), words] {
                if !run.err.contains(wanted) {
                    failures.push(format!("{} ({lang}): no `{wanted}` in\n{}", mistake.name, run.err));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
