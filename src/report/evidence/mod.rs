//! Evidence for people: what was found first, then why, where and how sure, what was not looked at, and what no look
//! at weights can show. The figures of every test stand below, for those who ask.

mod context;
mod figures;
mod looked_for;
mod picture;
mod reasons;
mod sentence;

use context::context;
use figures::figures;
use looked_for::{looked_for, not_looked_for};
use picture::picture;
use reasons::why;
pub(super) use sentence::{listed, part_name, percent, word};
use sentence::{number, relation_sentences, say};

use super::canvas::{Canvas, Tone};
use super::evidence_details as details;
use crate::evidence::{ComponentEvidence, EvidenceFile, LinkEvidence, Relation, family_name};
use crate::text::Lang;

/// Writes a measurement; `all` shows the figures of every test as well.
pub fn evidence_page(evidence: &EvidenceFile, all: bool, lang: Lang, canvas: &mut Canvas) {
    let title = canvas.paint(&evidence.subject.id, Tone::Heading);
    canvas.line(&title);
    let telling = |relation| evidence.links.iter().filter(move |link| link.relation == relation);
    let alone = evidence.links.len() == 1;
    for link in [Relation::Shared, Relation::Undecided].into_iter().flat_map(telling) {
        link_lines(link, lang, canvas);
    }
    let traceless: Vec<&LinkEvidence> = telling(Relation::NoTrace).collect();
    match traceless.as_slice() {
        [] => {}
        [link] if alone => link_lines(link, lang, canvas),
        several => several_lines(several, lang, canvas),
    }
    details::trail(evidence.trail.as_ref(), lang, canvas);
    details::mixtures(&evidence.mixtures, lang, canvas);
    // A path alone was compared with no model.
    if !evidence.links.is_empty() {
        looked_for(evidence, lang, canvas);
        how_sure(evidence, lang, canvas);
        context(evidence, lang, canvas);
        not_looked_at(evidence, lang, canvas);
    }
    cannot_show(evidence, lang, canvas);
    if all {
        figures(evidence, lang, canvas);
    } else {
        canvas.blank();
        canvas.paragraph(0, "", say(lang, "모든 검정의 수치는 `-v`로 본다.", "The figures of every test: `-v`."));
    }
}

/// A finding stands out and is not coloured as a fault: that weights are shared is none by itself.
pub(super) fn tone(relation: Relation) -> Tone {
    match relation {
        Relation::Shared => Tone::Heading,
        Relation::NoTrace => Tone::Good,
        Relation::Undecided | Relation::NoCounterpart | Relation::Beside => Tone::Open,
    }
}

fn link_lines(link: &LinkEvidence, lang: Lang, canvas: &mut Canvas) {
    let reference = &link.reference.id;
    canvas.heading(&match lang {
        Lang::Ko => format!("{reference}에 견주어"),
        Lang::En => format!("Compared with {reference}"),
    });
    let mut sentences = relation_sentences(link, lang, canvas.is_plain()).into_iter();
    if let Some(first) = sentences.next() {
        let first = canvas.paint(&first, tone(link.relation));
        canvas.paragraph(2, "", &first);
    }
    for sentence in sentences {
        canvas.paragraph(2, "", &sentence);
    }
    let first = |component: &ComponentEvidence| {
        let related = |other: &&ComponentEvidence| other.relation == Relation::Shared;
        link.components.iter().find(related).is_some_and(|first| first.id == component.id)
    };
    for component in &link.components {
        canvas.blank();
        let name = part_name(&component.id, lang);
        let found = sentence::component_line(component, lang, canvas.is_plain());
        canvas.paragraph(2, "", &format!("{name}: {found}"));
        for reason in why(component, first(component), lang) {
            canvas.paragraph(4, "- ", &reason);
        }
        picture(component, lang, canvas);
    }
    details::tables(&link.tables, lang, canvas);
    details::adapter(link.adapter.as_ref(), lang, canvas);
}

/// References without a trace, together.
fn several_lines(links: &[&LinkEvidence], lang: Lang, canvas: &mut Canvas) {
    let names: Vec<String> = links.iter().map(|link| link.reference.id.clone()).collect();
    canvas.heading(&match lang {
        Lang::Ko => format!("흔적을 찾지 못한 대조 모델 {}개", names.len()),
        Lang::En => format!("References without a trace: {}", names.len()),
    });
    let names = listed(&names, lang);
    let power = match (lang, links.iter().all(|link| sentence::states_what_it_looked_for(link))) {
        (_, false) => "",
        (Lang::Ko, true) => " 아래에 적은 만큼 공유했다면 찾았을 것이다.",
        (Lang::En, true) => " Sharing as stated below would have been found.",
    };
    let text = format!("{names}.{power}");
    let text = canvas.paint(&text, Tone::Good);
    canvas.paragraph(2, "", &text);
    for link in links {
        let open = sentence::undecided(link, lang);
        if let Some(open) = open {
            canvas.paragraph(2, "- ", &format!("{}: {open}", link.reference.id));
        }
    }
}

fn how_sure(evidence: &EvidenceFile, lang: Lang, canvas: &mut Canvas) {
    canvas.heading(say(lang, "얼마나 확실한가", "How sure this is"));
    if let Some(level) = evidence.level {
        let (odds, looks) = (number((1.0 / level.run).round()), number(level.looks as f64));
        canvas.paragraph(
            2,
            "- ",
            &match lang {
                Lang::Ko => format!(
                    "아무것도 공유하지 않는 모델을 공유한다고 한 번이라도 잘못 말할 확률은 이 측정을 통틀어 {odds}분의 1을 넘지 않는다. 들여다본 {looks}가지가 이 확률을 나누어 \
                    쓴다."
                ),
                Lang::En => format!(
                    "The chance that a model which shares nothing is said to share anything is at most one in {odds} \
                    for the whole run. {looks} looks share it."
                ),
            },
        );
    }
    let controls: Vec<_> = evidence.links.iter().flat_map(|link| &link.controls).collect();
    let failed: Vec<_> = controls.iter().filter(|control| !control.passed).collect();
    if failed.is_empty() && !controls.is_empty() {
        let count = controls.len();
        canvas.paragraph(
            2,
            "- ",
            &match lang {
                Lang::Ko => format!("답을 미리 아는 대조 {count}건이 알던 대로 나왔다."),
                Lang::En => format!("{count} checks whose answer was known beforehand came out as they must."),
            },
        );
    }
    for control in failed {
        let detail = control.detail.as_ref().map_or_else(String::new, |detail| format!(" ({})", detail.get(lang)));
        let id = &control.id;
        canvas.paragraph(
            2,
            "- ",
            &match lang {
                Lang::Ko => format!("대조 {id}의 답이 알던 것과 다르다{detail}."),
                Lang::En => format!("The check {id} did not come out as it must{detail}."),
            },
        );
    }
}

fn not_looked_at(evidence: &EvidenceFile, lang: Lang, canvas: &mut Canvas) {
    let mut lines: Vec<String> = Vec::new();
    let mut add = |line: String| {
        if !lines.contains(&line) {
            lines.push(line);
        }
    };
    let names: Vec<String> = evidence.links.iter().map(|link| link.reference.id.clone()).collect();
    let named = if names.len() > 6 { number(names.len() as f64) } else { listed(&names, lang) };
    add(match lang {
        Lang::Ko if names.len() > 6 => format!("대조 모델 {named}개 밖의 모델은 하나도 보지 않았다."),
        Lang::Ko => format!("{named} 밖의 모델은 하나도 보지 않았다."),
        Lang::En if names.len() > 6 => format!("Any model but these {named} references."),
        Lang::En => format!("Any model but {named}."),
    });
    not_looked_for(evidence, lang).into_iter().for_each(&mut add);
    for link in &evidence.links {
        for what in &link.not_compared {
            let what = sentence::named_part(what.get(lang), lang);
            add(if evidence.links.len() > 1 { format!("{} ({})", what, link.reference.id) } else { what });
        }
        for component in &link.components {
            for test in &component.tests {
                if let Some(why) = &test.skipped {
                    let family = family_name(&test.family);
                    let part = part_name(&component.id, lang);
                    add(format!("{part}, {}: {}", family.get(lang), why.get(lang)));
                }
            }
        }
    }
    canvas.heading(say(lang, "보지 않은 것", "What was not looked at"));
    for line in lines {
        canvas.paragraph(2, "- ", &format!("{}.", line.trim_end_matches('.')));
    }
}

fn cannot_show(evidence: &EvidenceFile, lang: Lang, canvas: &mut Canvas) {
    let mut limits: Vec<&str> = Vec::new();
    for limit in evidence.links.iter().flat_map(|link| &link.limits).chain(&evidence.limits) {
        let limit = limit.get(lang);
        if !limits.contains(&limit) {
            limits.push(limit);
        }
    }
    if limits.is_empty() {
        return;
    }
    canvas.heading(say(lang, "이 측정이 보일 수 없는 것", "What this cannot show"));
    for limit in limits {
        canvas.paragraph(2, "- ", &format!("{}.", sentence::capital(limit.trim_end_matches('.'))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Subject, TestResult};

    fn part(id: &str, relation: Relation, log10_p: f64) -> ComponentEvidence {
        let test = TestResult {
            family: "f1".to_owned(),
            n: Some(64),
            agree: Some(62),
            log10_p: Some(log10_p),
            ..TestResult::default()
        };
        ComponentEvidence {
            id: id.to_owned(),
            relation,
            parameters: Some(100),
            tests: vec![test],
            ..ComponentEvidence::default()
        }
    }

    fn shown(link: LinkEvidence, lang: Lang) -> String {
        let evidence = EvidenceFile {
            schema: crate::evidence::SCHEMA.to_owned(),
            subject: Subject { id: "m".to_owned(), files: Vec::new(), through: None },
            links: vec![link],
            ..EvidenceFile::default()
        };
        let mut canvas = Canvas::new(80, false, false);
        evidence_page(&evidence, false, lang, &mut canvas);
        canvas.finish().lines().map(str::trim).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_student_of_hidden_states_is_explained_and_the_coverage_said() {
        let link = || LinkEvidence {
            relation: Relation::NoTrace,
            coverage: Some(0.5),
            components: vec![part("text", Relation::NoTrace, -0.3), part("embedding", Relation::Undecided, -14.0)],
            ..LinkEvidence::default()
        };
        let english = shown(link(), Lang::En);
        assert!(english.contains("what could be looked at: the text backbone (50.0 % of the parameters)"), "{english}");
        assert!(english.contains("Not decided: the embedding.") && english.contains("hidden states"), "{english}");
        let korean = shown(link(), Lang::Ko);
        assert!(korean.contains("언어 본체 (파라미터의 50.0 %)") && korean.contains("은닉 상태"), "{korean}");
        let quiet = LinkEvidence {
            coverage: Some(1.0),
            components: vec![part("text", Relation::NoTrace, -0.3)],
            ..LinkEvidence::default()
        };
        assert!(!shown(LinkEvidence { relation: Relation::NoTrace, ..quiet }, Lang::En).contains("hidden states"));
    }

    /// Words that say more than two files show.
    const TOO_MUCH: &[&str] =
        &["comes from", "come from", "derived", "disguise", "stolen", "copied from", "위장", "에서 왔다", "파생", "훔"];

    #[test]
    fn shared_weights_are_told_with_what_is_left_open() {
        use crate::evidence::{Change, Explanation, ExplanationState, Explanations};
        let excluded = Explanation {
            state: ExplanationState::Excluded,
            because: Some(crate::text::says("함께 움직인 수가 있다", "numbers moved together").into()),
        };
        let stated = Explanation { state: ExplanationState::Stated, because: None };
        for explanations in [
            Explanations::default(),
            Explanations { common_start: excluded.clone(), ..Explanations::default() },
            Explanations { to_reference: stated, common_start: excluded, ..Explanations::default() },
        ] {
            for relation in [Relation::Shared, Relation::Undecided, Relation::NoTrace] {
                for lang in [Lang::Ko, Lang::En] {
                    let link = LinkEvidence {
                        relation,
                        share: Some(0.5),
                        changes: vec![Change::UnitsReordered, Change::TrainedFurther],
                        explanations: Some(explanations.clone()),
                        nearest: Some(true),
                        components: vec![part("text", relation, -30.0)],
                        ..LinkEvidence::default()
                    };
                    let page = shown(link, lang);
                    for word in TOO_MUCH {
                        assert!(!page.to_lowercase().contains(word), "{word}: {page}");
                    }
                    let open = explanations.common_start.state == ExplanationState::Open;
                    let start =
                        if lang == Lang::Ko { "같은 무작위 수에서 출발" } else { "the same random numbers" };
                    let told = relation == Relation::Shared;
                    assert_eq!(page.contains(start), told, "{page}");
                    let why = if lang == Lang::Ko { "함께 움직인 수" } else { "numbers moved together" };
                    assert_eq!(page.contains(why), told && !open, "{page}");
                }
            }
        }
    }
}
