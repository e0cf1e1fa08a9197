//! The report as Markdown, for issues, wikis and pull requests.

use std::fmt::Write as _;

use super::Assessment;
use crate::explain::{Because, PointsOf, Side, Voice};
use crate::grade::{Grade, Outcome, Passed};
use crate::rules::Scale;
use crate::text::Lang;
use crate::text::escape::{markdown as escaped, markdown_code as code, markdown_link};

/// Writes the report as Markdown.
pub fn markdown(it: &Assessment<'_>) -> String {
    let lang = it.story.lang;
    let say = |ko: &'static str, en: &'static str| if lang == Lang::Ko { ko } else { en };
    let mut out = String::new();
    let grade = &it.story.grade;
    let _ = writeln!(out, "# {}\n", escaped(&it.dossier.id));
    for line in &it.story.head {
        let _ = writeln!(out, "- {}", escaped(line));
    }
    for line in &it.story.force {
        let text = escaped(&line.text);
        let _ = if line.warns { writeln!(out, "- **{text}**") } else { writeln!(out, "- {text}") };
    }
    let _ = writeln!(out, "\n{}\n", escaped(&it.story.headline));
    for line in &it.story.rests {
        let _ = writeln!(out, "{}\n", escaped(line));
    }
    let _ = writeln!(
        out,
        "| {} | {} | {} | {} |\n|---|---|---|---|\n| {} | {} | {} | {} |\n",
        say("카드 기재", "as declared"),
        say("주장", "claimed"),
        say("확인", "assured"),
        say("도달 가능", "attainable"),
        escaped(&grade.as_declared),
        escaped(&grade.claimed),
        escaped(&grade.assured),
        escaped(&grade.attainable)
    );
    axes(it, &mut out, lang);
    points(it, &mut out, lang);
    section(
        &mut out,
        say("모순", "Contradictions"),
        it.story.contradictions.iter().map(|c| format!("{}{}", escaped(&c.text), cited(&c.sides, lang))),
    );
    let _ = writeln!(out, "## {}\n", say("기준", "Criteria"));
    let _ = writeln!(
        out,
        "| {} | {} | {} | {} |\n|---|---|---|---|",
        say("기준", "criterion"),
        say("판정", "outcome"),
        say("확인", "assured"),
        say("까닭", "why")
    );
    for line in &it.story.criteria {
        let criterion = &it.rules.criteria[line.criterion];
        let decided = line.decided.iter().map(|decided| escaped(&decided.text));
        let why: Vec<String> = decided.chain(line.reasons.iter().take(4).map(|reason| because(reason, lang))).collect();
        let _ = writeln!(
            out,
            "| {} ({}) | {} | {} | {} |",
            escaped(criterion.title.get(lang)),
            code(&criterion.id),
            line.outcome.says().get(lang),
            if line.assured { say("예", "yes") } else { say("아니오", "no") },
            why.join("<br>")
        );
    }
    out.push('\n');
    section(
        &mut out,
        say("더 높은 단계", "Higher rungs"),
        it.story.rungs.iter().filter(|r| !r.blocked_by.is_empty()).map(|rung| {
            let ids: Vec<String> = rung.blocked_by.iter().map(|at| code(&it.rules.criteria[*at].id)).collect();
            format!("{}: {}", escaped(&rung.name), ids.join(", "))
        }),
    );
    section(
        &mut out,
        say("구성요소마다 따로 보면", "Each component alone"),
        it.story.components.iter().map(|(name, grade)| {
            let [claimed, assured, attainable] =
                [&grade.claimed, &grade.assured, &grade.attainable].map(|g| escaped(g));
            format!("{}: {claimed} / {assured} / {attainable}", escaped(name))
        }),
    );
    section(
        &mut out,
        say("해석을 바꾸면", "Readings that would change the grade"),
        it.story.readings.iter().map(|line| {
            let reading = &it.rules.readings[line.reading];
            let option = &reading.options[line.option];
            let grade = &line.grade;
            let [claimed, assured, attainable] =
                [&grade.claimed, &grade.assured, &grade.attainable].map(|g| escaped(g));
            format!("{}: {claimed} / {assured} / {attainable}", code(&format!("{}={}", reading.id, option.id)))
        }),
    );
    section(
        &mut out,
        say("근거로 쓰지 않은 것", "What was set aside"),
        it.story.set_aside.iter().map(|aside| format!("{} — {}", escaped(&aside.text), escaped(&aside.because))),
    );
    section(&mut out, say("눈에 띈 것", "What was noticed"), it.story.notes.iter().map(|note| escaped(note)));
    section(
        &mut out,
        say("보지 못한 것", "What was not looked at"),
        it.story.limits.iter().map(|limit| escaped(limit)),
    );
    out
}

fn axes(it: &Assessment<'_>, out: &mut String, lang: Lang) {
    let (Grade::Gate(_, axes), Scale::Gate(named)) = (&it.grading.grade, &it.rules.scale) else { return };
    let say = |ko: &'static str, en: &'static str| if lang == Lang::Ko { ko } else { en };
    let _ = writeln!(
        out,
        "| {} | {} | {} | {} |\n|---|---|---|---|",
        say("축", "axis"),
        say("주장", "claimed"),
        say("확인", "assured"),
        say("막는 기준", "criteria in the way")
    );
    for axis in axes {
        let word = |passed: Passed| match (passed, lang) {
            (Passed::Pass, Lang::Ko) => "통과",
            (Passed::Fail, Lang::Ko) => "탈락",
            (Passed::Undetermined, Lang::Ko) => "미정",
            (other, Lang::En) => other.word(),
        };
        let open = named[axis.axis]
            .requires
            .iter()
            .filter(|at| !matches!(it.grading.criteria[**at].outcome(), Outcome::Met | Outcome::NotApplicable));
        let open: Vec<String> = open
            .map(|at| {
                let outcome = it.grading.criteria[*at].outcome().says();
                format!("{} ({})", escaped(it.rules.criteria[*at].title.get(lang)), outcome.get(lang))
            })
            .collect();
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} |",
            escaped(named[axis.axis].title.get(lang)),
            word(axis.passed.claimed),
            word(axis.passed.assured),
            if open.is_empty() { "–".to_owned() } else { open.join("<br>") }
        );
    }
    out.push('\n');
}

/// Where the points of a scorecard go: each objective, and each criterion or item with what it loses.
fn points(it: &Assessment<'_>, out: &mut String, lang: Lang) {
    if it.story.points.is_empty() {
        return;
    }
    let say = |ko: &'static str, en: &'static str| if lang == Lang::Ko { ko } else { en };
    let floors = it.story.floors.iter().map(|floor| escaped(&floor.text));
    section(out, say("하한", "Floors"), floors);
    let mut lines = Vec::new();
    for objective in &it.story.points {
        lines.push(escaped(&objective.text));
        for line in objective.lines.iter().filter(|line| line.lost + line.open > 0.0) {
            let name = match line.of {
                PointsOf::Criterion(at) => {
                    format!(
                        "{} ({}): ",
                        escaped(it.rules.criteria[at].title.get(lang)),
                        code(&it.rules.criteria[at].id)
                    )
                }
                PointsOf::Item => String::new(),
            };
            let why: Vec<String> = line.reasons.iter().take(4).map(|reason| because(reason, lang)).collect();
            let why = if why.is_empty() { String::new() } else { format!("<br>{}", why.join("<br>")) };
            lines.push(format!("  {name}{}{why}", escaped(&line.text)));
        }
    }
    let _ = writeln!(out, "## {}\n", say("점수를 잃은 곳", "Where points are lost"));
    for line in lines {
        let indent = if line.starts_with("  ") { "  " } else { "" };
        let _ = writeln!(out, "{indent}- {}", line.trim_start());
    }
    out.push('\n');
}

fn section(out: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(out, "## {title}\n");
    for line in lines {
        let _ = writeln!(out, "- {line}");
    }
    out.push('\n');
}

/// A reason; of a count or a share with its items.
fn because(reason: &Because, lang: Lang) -> String {
    let parts: Vec<String> = reason.parts.iter().map(|part| because(part, lang)).collect();
    let parts = if parts.is_empty() { String::new() } else { format!("<br>{}", parts.join("<br>")) };
    format!("{}{}{parts}", escaped(&reason.text), cited(&reason.sides, lang))
}

fn cited(sides: &[Side], lang: Lang) -> String {
    let voice = Voice { lang, home: None };
    let mut parts: Vec<String> = Vec::new();
    for side in sides.iter().take(3) {
        let place = voice.place(&side.source);
        let text = match &side.source.origin.url {
            Some(url) => format!("{}: {}", voice.assurance(&side.source), markdown_link(&place, url)),
            None => format!("{}: {}", voice.assurance(&side.source), escaped(&place)),
        };
        if !parts.contains(&text) {
            parts.push(text);
        }
    }
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join("; ")) }
}
