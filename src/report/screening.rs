//! A screening for people: what was found, the gravest first, and how many sketches were quiet.

use super::canvas::{Canvas, Tone, padded, width_of};
use super::evidence::{tone, word};
use crate::evidence::{LinkEvidence, Outcome, Relation, Screening};
use crate::text::Lang;

/// So many sketches are named of each kind that decides nothing.
const MOST_NAMED: usize = 20;

/// Writes what came out of a folder of sketches.
pub fn screening_page(screening: &Screening, lang: Lang, canvas: &mut Canvas) {
    let title = canvas.paint(&screening.subject.id, Tone::Heading);
    canvas.line(&title);
    let found: Vec<(&str, &LinkEvidence)> = screening
        .screened
        .iter()
        .filter_map(|entry| match &entry.outcome {
            Outcome::Whole(link) => Some((entry.file.as_str(), &**link)),
            Outcome::Quiet(_) | Outcome::NotComparable => None,
        })
        .collect();
    let related = |link: &LinkEvidence| link.relation == Relation::Shared;
    let findings = found.iter().filter(|(_, link)| related(link)).count();
    canvas.blank();
    canvas.paragraph(
        0,
        "",
        &match lang {
            Lang::Ko => format!("스케치 {}개 가운데 {findings}개와 가중치를 공유한다.", screening.sketches),
            Lang::En => format!("Shares weights with {findings} of {} sketches.", screening.sketches),
        },
    );
    rows(&found, lang, canvas);
    let quiet: Vec<Option<f64>> = screening
        .screened
        .iter()
        .filter_map(|entry| match &entry.outcome {
            Outcome::Quiet(look) => Some(look.least_correlation),
            Outcome::Whole(_) | Outcome::NotComparable => None,
        })
        .collect();
    let apart = screening.screened.iter().filter(|entry| matches!(entry.outcome, Outcome::NotComparable)).count();
    let worst = quiet.iter().flatten().copied().fold(0.0, f64::max);
    canvas.blank();
    let mut lines = vec![match lang {
        Lang::Ko => format!(
            "{}개는 훑을 때 조용했다. 제자리에서 상관 {worst:.3} 이상으로 공유했다면 들렸을 것이다. 판단하지 못한 것으로 친다.",
            quiet.len()
        ),
        Lang::En => format!(
            "{} were quiet in the first look, which would have heard sharing in place with a correlation of \
            {worst:.3} or more; they count as not decided.",
            quiet.len()
        ),
    }];
    if apart > 0 {
        lines.push(match lang {
            Lang::Ko => format!("{apart}개는 모양이 달라 견줄 수 없다."),
            Lang::En => format!("{apart} have other shapes and cannot be compared."),
        });
    }
    if !screening.unusable.is_empty() {
        let names: Vec<&str> = screening.unusable.iter().take(MOST_NAMED).map(|sketch| sketch.file.as_str()).collect();
        let (count, names) = (screening.unusable.len(), names.join(", "));
        lines.push(match lang {
            Lang::Ko => format!("{count}개는 쓸 수 없다: {names}"),
            Lang::En => format!("{count} could not be used: {names}"),
        });
    }
    lines.push(screening.first_look.get(lang).to_owned());
    lines.push(match lang {
        Lang::Ko => format!("수준 1e-6을 스케치 모두에 걸쳐 {}번의 시도로 나눴다", screening.level.looks),
        Lang::En => format!("the level of 1e-6 covers all sketches and is divided by {} looks", screening.level.looks),
    });
    for text in lines {
        canvas.paragraph(2, "- ", &text);
    }
}

/// A table of what was looked at whole.
fn rows(found: &[(&str, &LinkEvidence)], lang: Lang, canvas: &mut Canvas) {
    let wide = found.iter().map(|(file, _)| width_of(file)).max().unwrap_or(0);
    for (file, link) in found {
        let relation = canvas.paint(&word("link.relation", link.relation.word(), lang), tone(link.relation));
        let kinds: Vec<String> = link.changes.iter().map(|kind| word("link.changes", kind.word(), lang)).collect();
        let kinds = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
        let share = link.share.map_or_else(String::new, |share| format!("  {:.1} %", share * 100.0));
        canvas.paragraph(2, "", &format!("{}  {}: {relation}{kinds}{share}", padded(file, wide), link.reference.id));
    }
}
