//! The grade drawn: the ladder, the axes of a gate, or the score with its objectives.

use super::canvas::{Tone, padded, width_of};
use super::human::Page;
use crate::explain::{range_words, shown_words};
use crate::grade::{Grade, LadderGrade, Passed};
use crate::rules::{LocalText, Rung, Scale};

/// The zone whose highest rung this is: zones begin with a rung and reach up to the next that begins one.
fn zone_that_ends_at(rungs: &[Rung], at: usize) -> Option<&LocalText> {
    let highest = rungs.get(at + 1).is_none_or(|next| next.zone.is_some());
    rungs[..=at].iter().rev().find_map(|rung| rung.zone.as_ref()).filter(|_| highest)
}

impl Page<'_, '_> {
    pub(super) fn picture(&mut self) {
        self.drawn(zone_that_ends_at);
    }

    /// The picture for the short form, in which zones are not named: the line says what they are for.
    pub(super) fn picture_without_zones(&mut self) {
        self.drawn(|_, _| None);
    }

    fn drawn(&mut self, zone_above: fn(&[Rung], usize) -> Option<&LocalText>) {
        match (&self.it.grading.grade, &self.it.rules.scale) {
            (Grade::Ladder(grade), Scale::Ladder(rungs)) => {
                let width = rungs.iter().map(|rung| width_of(&rung.id)).max().unwrap_or(0);
                // A title names a kind of model: it stands beside the claimed grade and nowhere else.
                let titled = grade.claimed.unwrap_or(0);
                // Below the line of a ladder a title is a verdict, and there is none while rungs above are open.
                let line = rungs.iter().position(|rung| rung.line.is_some());
                let open = line.is_some_and(|line| titled < line) && grade.attainable > grade.claimed;
                let title = if open {
                    self.say("(위는 열려 있음)", "(open above)")
                } else {
                    rungs[titled].title.get(self.lang)
                };
                let titles = width_of(title).min(40);
                for (at, rung) in rungs.iter().enumerate().rev() {
                    if let Some(zone) = zone_above(rungs, at) {
                        let text = format!("  {}", zone.get(self.lang));
                        let text = self.canvas.paint(&text, Tone::Faint);
                        self.canvas.line(&text);
                    }
                    let within = |reached: Option<usize>| reached.is_some_and(|top| at <= top);
                    let (sign, tone) = if within(grade.assured) {
                        (self.sign("██", "##"), Tone::Good)
                    } else if within(grade.claimed) {
                        (self.sign("▓▓", "=="), Tone::Open)
                    } else if within(grade.attainable) {
                        (self.sign("░░", ".."), Tone::Faint)
                    } else {
                        ("  ", Tone::Faint)
                    };
                    let mut marks = Vec::new();
                    for (reached, ko, en) in [
                        (self.it.grading.measured, "측정 등급", "measured"),
                        (grade.assured, "확인 등급", "assured"),
                        (grade.claimed, "주장 등급", "claimed"),
                        (grade.attainable, "도달 가능 등급", "attainable"),
                        (grade.as_declared, "카드 기재 등급", "as declared"),
                    ] {
                        if reached == Some(at) {
                            marks.push(self.say(ko, en));
                        }
                    }
                    let arrow = if marks.is_empty() { "" } else { self.sign("◀ ", "< ") };
                    let painted = self.canvas.paint(sign, tone);
                    let line = format!(
                        "  {painted}  {}  {}  {arrow}{}",
                        padded(&rung.id, width),
                        padded(if at == titled { title } else { "" }, titles),
                        marks.join(", ")
                    );
                    self.canvas.line(&line);
                    if let Some(text) = &rung.line {
                        let rule = self.sign("────", "----");
                        let text = self.canvas.paint(&format!("  {rule} {}", text.get(self.lang)), Tone::Heading);
                        self.canvas.line(&text);
                    }
                }
            }
            (Grade::Gate(whole, axes), Scale::Gate(named)) => {
                let width = named.iter().map(|axis| width_of(axis.title.get(self.lang))).max().unwrap_or(0);
                for axis in axes {
                    let title = padded(named[axis.axis].title.get(self.lang), width);
                    self.gate_line(&title, &axis.passed);
                }
                let title = padded(self.say("전체", "as a whole"), width);
                self.gate_line(&title, whole);
            }
            _ => {
                let grade = &self.it.story.grade;
                let line = format!(
                    "  {}: {}   {}: {}",
                    self.say("주장", "claimed"),
                    grade.claimed,
                    self.say("확인", "assured"),
                    grade.assured
                );
                self.canvas.line(&line);
                self.objectives();
            }
        }
    }

    /// What each objective of a scorecard brings.
    fn objectives(&mut self) {
        let Scale::Scorecard(card) = &self.it.rules.scale else { return };
        let name = |at: usize| card.objectives[at].title.get(self.lang);
        let parts = &self.it.grading.objectives;
        let width = parts.iter().map(|part| width_of(name(part.objective))).max().unwrap_or(0);
        let lines: Vec<String> = parts
            .iter()
            .map(|part| {
                format!(
                    "    {}  {} {} %   {}: {}   {}: {}",
                    padded(name(part.objective), width),
                    self.say("비중", "weight"),
                    part.weight,
                    self.say("주장", "claimed"),
                    range_words(part.percent.claimed),
                    self.say("확인", "assured"),
                    shown_words(part.percent.assured)
                )
            })
            .collect();
        for line in &lines {
            self.canvas.line(line);
        }
    }

    fn gate_line(&mut self, title: &str, passed: &LadderGrade<Passed>) {
        let word = |page: &Self, passed: Passed| {
            let (ko, en, tone) = match passed {
                Passed::Pass => ("통과", "pass", Tone::Good),
                Passed::Fail => ("탈락", "fail", Tone::Bad),
                Passed::Undetermined => ("미정", "undetermined", Tone::Open),
            };
            page.canvas.paint(page.say(ko, en), tone)
        };
        let line = format!(
            "  {title}  {}: {}   {}: {}",
            self.say("주장", "claimed"),
            word(self, passed.claimed),
            self.say("확인", "assured"),
            word(self, passed.assured)
        );
        self.canvas.line(&line);
    }
}
