//! Evidence for people: for each reference and each component the verdict, the tests behind it in plain words, and
//! what the look would not have found.

use super::canvas::{Canvas, Tone};
use super::evidence_details as details;
use crate::evidence::{ComponentEvidence, EvidenceFile, LinkEvidence, TestResult, Verdict, family_name};
use crate::text::Lang;
use crate::vocabulary::{Kind, vocabulary};

/// Writes a measurement.
pub fn evidence_page(evidence: &EvidenceFile, lang: Lang, canvas: &mut Canvas) {
    let title = canvas.paint(&evidence.subject.id, Tone::Heading);
    canvas.line(&title);
    for link in &evidence.links {
        link_lines(link, lang, canvas);
    }
    details::mixtures(&evidence.mixtures, lang, canvas);
    canvas.heading(say(lang, "이 측정이 보일 수 없는 것", "What this cannot show"));
    canvas.paragraph(
        2,
        "- ",
        say(
            lang,
            "증류처럼 가중치를 가져오지 않는 모방은 드러나지 않는다. 어느 쪽이 먼저인지도 가중치로는 알 수 없다.",
            "Imitation that takes no weights, such as distillation, does not show. Nor do weights say who came first.",
        ),
    );
    for limit in &evidence.limits {
        canvas.paragraph(2, "- ", limit.get(lang));
    }
}

fn say(lang: Lang, ko: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Ko => ko,
        Lang::En => en,
    }
}

/// A word of the vocabulary as sentences say it.
pub(super) fn word(path: &str, id: &str, lang: Lang) -> String {
    let kind: Kind = vocabulary().entry(vocabulary().must(path)).kind;
    let found = kind.words().iter().find(|word| word.id == id);
    found.map_or_else(|| id.to_owned(), |word| say(lang, word.says.ko, word.says.en).to_owned())
}

pub(super) fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Derived => Tone::Bad,
        Verdict::Independent => Tone::Good,
        Verdict::SameInit | Verdict::Inconclusive => Tone::Open,
    }
}

fn link_lines(link: &LinkEvidence, lang: Lang, canvas: &mut Canvas) {
    canvas.blank();
    let verdict = canvas.paint(&word("link.verdict", link.verdict.word(), lang), tone(link.verdict));
    let kinds: Vec<String> = link.kinds.iter().map(|kind| word("link.kinds", kind.word(), lang)).collect();
    let kinds = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
    let share = link.share.filter(|_| link.verdict == Verdict::Derived).map_or_else(String::new, |share| match lang {
        Lang::Ko => format!(", 파라미터의 {:.1} %", share * 100.0),
        Lang::En => format!(", {:.1} % of the parameters", share * 100.0),
    });
    canvas.paragraph(0, "", &format!("{}: {verdict}{kinds}{share}", link.reference.id));
    for component in &link.components {
        component_lines(component, lang, canvas);
    }
    details::adapter(link.adapter.as_ref(), lang, canvas);
    if let Some(statement) = link.power.as_ref().and_then(|power| power.statement.as_ref()) {
        canvas.paragraph(2, "> ", statement.get(lang));
    }
    for control in &link.controls {
        let passed =
            if control.passed { say(lang, "이상 없음", "as it must be") } else { say(lang, "이상", "it rings") };
        let detail = control.detail.as_ref().map_or_else(String::new, |detail| format!(" ({})", detail.get(lang)));
        let text = format!("{} {}: {passed}{detail}", say(lang, "대조", "control"), control.id);
        canvas.paragraph(2, "", &text);
    }
    for limit in &link.limits {
        canvas.paragraph(2, "- ", limit.get(lang));
    }
}

fn component_lines(component: &ComponentEvidence, lang: Lang, canvas: &mut Canvas) {
    let verdict = word("link.verdict", component.verdict.word(), lang);
    let layers = if component.layers.is_empty() {
        String::new()
    } else {
        let list: Vec<String> = component.layers.iter().map(ToString::to_string).collect();
        format!(", {} {}", say(lang, "층", "layers"), list.join(" "))
    };
    canvas.paragraph(2, "", &format!("{}: {verdict}{layers}", component.id));
    for note in &component.notes {
        canvas.paragraph(4, "> ", note.get(lang));
    }
    for test in &component.tests {
        canvas.paragraph(4, "- ", &test_line(test, lang));
    }
}

/// One family: how much agreed, how far beyond chance, or why it did not speak.
fn test_line(test: &TestResult, lang: Lang) -> String {
    let name = family_name(&test.family);
    let name = name.get(lang);
    if let Some(why) = &test.skipped {
        let why = why.get(lang);
        return match lang {
            Lang::Ko => format!("{name}: 말하지 않음 ({why})"),
            Lang::En => format!("{name}: did not speak ({why})"),
        };
    }
    let mut parts = Vec::new();
    if let (Some(z), Some(n)) = (test.z, test.n) {
        parts.push(match lang {
            Lang::Ko => format!("{n}개에서 우연보다 {z:.1} 표준편차"),
            Lang::En => format!("{z:.1} standard deviations beyond chance over {n}"),
        });
    } else if let Some(n) = test.n {
        parts.push(format!("n = {n}"));
    }
    if let Some(statistic) = test.statistic {
        parts.push(match lang {
            Lang::Ko => format!("값 {statistic:.4}"),
            Lang::En => format!("statistic {statistic:.4}"),
        });
    }
    if let Some(p) = test.log10_p {
        parts.push(match lang {
            Lang::Ko => format!("우연일 확률 10^{p:.1} 이하"),
            Lang::En => format!("chance of at most 10^{p:.1}"),
        });
    }
    format!("{name}: {}", parts.join(", "))
}
