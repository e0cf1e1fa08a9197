//! The figures behind the sentences, for those who check them.

use super::super::canvas::Canvas;
use super::super::evidence_details::question;
use super::sentence::{component_line, part_name, say, word};
use crate::evidence::{EvidenceFile, TestResult, family_name};
use crate::text::Lang;

/// Every test of every component of every reference, and every control.
pub(super) fn figures(evidence: &EvidenceFile, lang: Lang, canvas: &mut Canvas) {
    canvas.heading(say(lang, "모든 검정의 수치", "The figures of every test"));
    if let Some(level) = evidence.level {
        let (run, looks, one) = (level.run, level.looks, (level.run / level.looks.max(1) as f64).log10());
        canvas.paragraph(
            2,
            "",
            &match lang {
                Lang::Ko => format!("수준: 측정 전체 {run:e}, {looks}가지로 나누어 하나에 10^{one:.2}"),
                Lang::En => format!("level: {run:e} for the run, over {looks} looks 10^{one:.2} each"),
            },
        );
    }
    for link in &evidence.links {
        let relation = word("link.relation", link.relation.word(), lang);
        canvas.paragraph(2, "", &format!("{}: {relation}", link.reference.id));
        for component in &link.components {
            let seen = component_line(component, lang, canvas.is_plain());
            canvas.paragraph(4, "", &format!("{}: {seen}", part_name(&component.id, lang)));
            let counted = |test: &&TestResult| test.skipped.is_some() || test.n != Some(0);
            for test in component.tests.iter().filter(counted) {
                canvas.paragraph(6, "- ", &test_line(test, lang));
            }
            for note in &component.notes {
                canvas.paragraph(6, "> ", note.get(lang));
            }
        }
        for control in &link.controls {
            let passed = if control.passed {
                say(lang, "이상 없음", "as it must be")
            } else {
                say(lang, "이상", "it rings")
            };
            let detail = control.detail.as_ref().map_or_else(String::new, |detail| format!(" ({})", detail.get(lang)));
            canvas.paragraph(4, "", &format!("{} {}: {passed}{detail}", say(lang, "대조", "control"), control.id));
        }
    }
    for check in evidence.trail.iter().flat_map(|trail| &trail.checks).filter(|check| !check.tests.is_empty()) {
        canvas.paragraph(2, "", &question(check, lang));
        for test in &check.tests {
            canvas.paragraph(4, "- ", &test_line(test, lang));
        }
    }
}

/// One family: how much agreed, how far beyond chance, or why it did not speak.
fn test_line(test: &TestResult, lang: Lang) -> String {
    let name = family_name(&test.family);
    let name = format!("{} [{}]", name.get(lang), test.family);
    if let Some(why) = &test.skipped {
        let why = why.get(lang);
        return match lang {
            Lang::Ko => format!("{name}: 말하지 않음 ({why})"),
            Lang::En => format!("{name}: did not speak ({why})"),
        };
    }
    let mut parts = Vec::new();
    if let Some(n) = test.n {
        parts.push(test.agree.map_or_else(|| format!("n = {n}"), |agree| format!("{agree} / {n}")));
    }
    let error = test.standard_error.map_or_else(String::new, |error| format!(" ± {error:.4}"));
    parts.extend(test.statistic.map(|statistic| match lang {
        Lang::Ko => format!("값 {statistic:.4}{error}"),
        Lang::En => format!("statistic {statistic:.4}{error}"),
    }));
    parts.extend(test.z.map(|z| format!("z = {z:.2}")));
    parts.extend(test.log10_p.map(|p| format!("p <= 10^{p:.1}")));
    format!("{name}: {}", parts.join(", "))
}
