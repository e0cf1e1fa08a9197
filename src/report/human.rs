//! The report for people in a terminal: the ladder drawn, the reasons, the next step.

use super::Assessment;
use super::canvas::{Canvas, Tone};
use super::command::shell_word;
use crate::explain::{Because, CriterionLine, PointsOf, ReadingLine, Side, Voice};
use crate::grade::{Grade, LadderGrade, Outcome};
use crate::rules::Scale;
use crate::text::Lang;

/// Reasons shown of one criterion; `-v` and the JSON have all.
const REASONS: usize = 4;
/// Criteria of a scorecard that are met and shown one by one; more are counted.
const UNFOLDED: usize = 3;
/// Options that lead to the same grade and are shown on a line each; more are told together.
const SINGLE_READINGS: usize = 3;

/// How much a report tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Detail {
    /// The steps for each higher rung, axis or objective.
    pub next: bool,
    /// Every reason, and the question and the lines of the rules for each criterion.
    pub verbose: bool,
}

/// Draws the grade alone, for the short form: the ladder, the axes of the gate, or the score with its objectives.
pub(super) fn short_picture(it: &Assessment<'_>, canvas: &mut Canvas) {
    let (lang, detail) = (it.story.lang, Detail::default());
    Page { it, canvas, lang, detail, sources: Vec::new(), model: None }.picture_without_zones();
}

/// Writes the report of the model as it was named on the command line.
pub fn human(it: &Assessment<'_>, canvas: &mut Canvas, model: &str, detail: Detail) {
    let lang = it.story.lang;
    let mut page = Page { it, canvas, lang, detail, sources: Vec::new(), model: Some(model) };
    page.title();
    page.picture();
    page.canvas.blank();
    let headline = it.story.headline.clone();
    page.canvas.paragraph(0, "", &headline);
    for line in &it.story.rests {
        page.canvas.paragraph(0, "", line);
    }
    page.vouching(model);
    page.contradictions();
    page.rests_on();
    page.only_claimed();
    page.blocked();
    page.points();
    page.wanted();
    page.not_applicable();
    page.components();
    page.readings();
    page.set_aside();
    page.limits();
    page.source_list();
}

pub(super) struct Page<'p, 'a> {
    pub(super) it: &'p Assessment<'a>,
    pub(super) canvas: &'p mut Canvas,
    pub(super) lang: Lang,
    pub(super) detail: Detail,
    /// Sources in the order in which they are first named.
    sources: Vec<String>,
    /// The model as it was named on the command line, where steps are asked for.
    pub(super) model: Option<&'p str>,
}

impl Page<'_, '_> {
    pub(super) fn say(&self, ko: &'static str, en: &'static str) -> &'static str {
        match self.lang {
            Lang::Ko => ko,
            Lang::En => en,
        }
    }

    fn title(&mut self) {
        let rules = self.it.rules;
        let name = self.canvas.paint(&self.it.dossier.id, Tone::Heading);
        let local = if self.it.dossier.about.local { self.say(" (폴더 이름)", " (a local name)") } else { "" };
        self.canvas.line(&format!("{name}{local}"));
        let as_of = match (self.it.grading.as_of, self.lang) {
            (Some(date), Lang::Ko) => format!(" · {date} 기준"),
            (Some(date), Lang::En) => format!(" · as of {date}"),
            (None, _) => String::new(),
        };
        let dot = if self.canvas.is_plain() { as_of.replace('·', "-") } else { as_of };
        let text = format!("{} ({} {}){dot}", rules.title.get(self.lang), rules.id, rules.version);
        let line = self.canvas.paint(&text, Tone::Faint);
        self.canvas.line(&line);
        for text in &self.it.story.head {
            let line = self.canvas.paint(text, Tone::Faint);
            self.canvas.paragraph(0, "", &line);
        }
        for line in &self.it.story.force {
            let mark = if line.warns { format!("{} ", self.canvas.paint("!", Tone::Bad)) } else { String::new() };
            self.canvas.paragraph(0, &mark, &line.text);
        }
        self.canvas.blank();
    }

    /// The command that would count what nobody vouches for, where it was tried and changes the grade.
    fn vouching(&mut self, model: &str) {
        let worth = &self.it.dossier.about.worth_vouching;
        if worth.is_empty() {
            return;
        }
        let text = self.say(
            "이 증거 파일을 보증하는 사람이 없다. 열어 보고 보증하면 등급이 달라진다:",
            "Nobody vouches for this evidence. If you have checked it and vouch for it, the grade changes:",
        );
        self.canvas.paragraph(0, "", text);
        let files: Vec<String> = worth.iter().map(|file| shell_word(file)).collect();
        let command = format!("sovgrade grade {} --vouch {}", shell_word(model), files.join(" "));
        self.canvas.paragraph(2, "$ ", &command);
    }

    pub(super) fn sign(&self, drawn: &'static str, ascii: &'static str) -> &'static str {
        if self.canvas.is_plain() { ascii } else { drawn }
    }

    /// The sources of a sentence as ` [documented: README.md:12, 3]`, remembering addresses for the list.
    fn cited(&mut self, sides: &[Side]) -> String {
        if sides.is_empty() {
            return String::new();
        }
        let voice = Voice { lang: self.lang, home: None };
        let mut parts: Vec<String> = Vec::new();
        for side in sides.iter().take(3) {
            let mut text = format!("{}: {}", voice.assurance(&side.source), voice.place(&side.source));
            if let Some(url) = &side.source.origin.url {
                text = format!("{text}, [{}]", self.number(url));
            }
            if !parts.contains(&text) {
                parts.push(text);
            }
        }
        format!(" ({})", parts.join("; "))
    }

    fn number(&mut self, url: &str) -> usize {
        match self.sources.iter().position(|known| known == url) {
            Some(at) => at + 1,
            None => {
                self.sources.push(url.to_owned());
                self.sources.len()
            }
        }
    }

    /// Reasons with their sources; of a count or a share its items below it.
    pub(super) fn because(&mut self, indent: usize, list: &[Because]) {
        let shown = if self.detail.verbose { list.len() } else { REASONS };
        for reason in list.iter().take(shown) {
            let text = format!("{}{}", reason.text, self.cited(&reason.sides));
            self.canvas.paragraph(indent, "- ", &text);
            self.because(indent + 2, &reason.parts);
        }
        if list.len() > shown {
            let more = list.len() - shown;
            let text = match self.lang {
                Lang::Ko => format!("그 밖에 {more}가지"),
                Lang::En => format!("and {more} more"),
            };
            self.canvas.paragraph(indent, "- ", &text);
        }
    }

    fn contradictions(&mut self) {
        if self.it.story.contradictions.is_empty() {
            return;
        }
        self.canvas.heading(self.say("모순", "Contradictions"));
        for contradiction in &self.it.story.contradictions {
            let cited = self.cited(&contradiction.sides);
            let mark = format!("{} ", self.canvas.paint("!", Tone::Bad));
            self.canvas.paragraph(2, &mark, &format!("{}{cited}", contradiction.text));
        }
    }

    /// A criterion with its outcome and these reasons.
    pub(super) fn criterion(&mut self, line: &CriterionLine, reasons: &[Because]) {
        self.outcome_line(line);
        if self.detail.verbose {
            let question = self.it.rules.criteria[line.criterion].question.get(self.lang);
            self.canvas.paragraph(6, "", question);
        }
        self.decided(line);
        self.because(6, reasons);
        if self.detail.verbose {
            self.rule_lines(line, 6);
        }
    }

    fn decided(&mut self, line: &CriterionLine) {
        if let Some(decided) = &line.decided {
            self.canvas.paragraph(6, "> ", &decided.text);
        }
    }

    fn outcome_line(&mut self, line: &CriterionLine) {
        let criterion = &self.it.rules.criteria[line.criterion];
        let (sign, tone) = match line.outcome {
            Outcome::Met => (self.sign("✓", "+"), Tone::Good),
            Outcome::NotMet => (self.sign("✗", "x"), Tone::Bad),
            Outcome::Contradicted => ("!", Tone::Bad),
            Outcome::Unknown => ("?", Tone::Open),
            Outcome::NotApplicable => ("-", Tone::Faint),
        };
        let word = line.outcome.says();
        let mark = format!("{} ", self.canvas.paint(sign, tone));
        let points = self.points_of(line.criterion).map_or_else(String::new, |points| format!(": {points}"));
        let title = criterion.title.get(self.lang);
        let text = format!("{title} ({}; {}){points}", word.get(self.lang), criterion.id);
        self.canvas.paragraph(2, &mark, &text);
    }

    /// What a criterion of a scorecard brings, in words.
    fn points_of(&self, criterion: usize) -> Option<&str> {
        let lines = self.it.story.points.iter().flat_map(|objective| &objective.lines);
        lines.into_iter().find(|line| line.of == PointsOf::Criterion(criterion)).map(|line| line.text.as_str())
    }

    /// Where the leaves that decide stand in the rules.
    fn rule_lines(&mut self, line: &CriterionLine, indent: usize) {
        for place in &line.places {
            let file = &self.it.rules.files[usize::from(place.file)];
            let number = file.position(place.span.start).line;
            let text = format!("{}:{number}: {}", file.name(), file.line(number).trim());
            self.canvas.paragraph(indent, "", &text);
        }
    }

    fn rests_on(&mut self) {
        let met: Vec<&CriterionLine> = self
            .it
            .story
            .criteria
            .iter()
            .filter(|line| line.assured && line.outcome == Outcome::Met && self.counts(line.criterion))
            .collect();
        if met.is_empty() {
            return;
        }
        self.canvas.heading(self.say("확인된 것", "What is assured"));
        if self.folded(&met) {
            return;
        }
        for line in met {
            self.criterion(line, &line.reasons);
        }
    }

    fn only_claimed(&mut self) {
        let claimed: Vec<&CriterionLine> = self
            .it
            .story
            .criteria
            .iter()
            .filter(|line| !line.assured && line.outcome == Outcome::Met && self.counts(line.criterion))
            .collect();
        if claimed.is_empty() {
            return;
        }
        self.canvas.heading(self.say("주장만 된 것", "What is only claimed"));
        if self.folded(&claimed) {
            return;
        }
        for line in claimed {
            self.criterion(line, &line.reasons);
            let needs = self.it.rules.criteria[line.criterion].needs.says();
            let text = match self.lang {
                Lang::Ko => format!("필요한 확인 수준: {}", needs.get(self.lang)),
                Lang::En => format!("needs to be {}", needs.get(self.lang)),
            };
            self.canvas.paragraph(6, "> ", &text);
            // What is said and does not weigh enough; what nobody says is another way that was not taken.
            let fresh = |reason: &&Because| !line.reasons.iter().any(|other| other.text == reason.text);
            let said = line.lacking.iter().filter(|reason| !reason.sides.is_empty());
            let missing: Vec<Because> = said.filter(fresh).cloned().collect();
            self.because(8, &missing);
            self.remedy(line, 6);
        }
    }

    /// Criteria of a scorecard that bring their points, in one line: there may be a hundred, and what is asked for is
    /// where points are missing. Whether they were told so.
    fn folded(&mut self, met: &[&CriterionLine]) -> bool {
        let is_card = matches!(self.it.rules.scale, Scale::Scorecard(_));
        if !is_card || self.detail.verbose || met.len() <= UNFOLDED {
            return false;
        }
        let number = met.len();
        let text = match self.lang {
            Lang::Ko => format!("기준 {number}개. `-v`로 하나씩 까닭과 함께 본다."),
            Lang::En => format!("{number} criteria. `-v` shows each with its reasons."),
        };
        self.canvas.paragraph(2, "", &text);
        true
    }

    /// Whether a criterion belongs to a rung at or below the claimed grade; every criterion of other scales does.
    fn counts(&self, criterion: usize) -> bool {
        match (&self.it.grading.grade, &self.it.rules.scale) {
            (Grade::Ladder(grade), Scale::Ladder(rungs)) => {
                let top = grade.claimed.map_or(0, |top| top + 1);
                rungs.iter().take(top).any(|rung| rung.requires.contains(&criterion))
            }
            _ => true,
        }
    }

    fn components(&mut self) {
        if self.it.story.components.is_empty() {
            return;
        }
        self.canvas.heading(self.say("구성요소마다 따로 보면", "Each component alone"));
        for (name, grade) in &self.it.story.components {
            let text = format!("{name}: {}", self.three(grade));
            self.canvas.paragraph(2, "- ", &text);
        }
    }

    /// The three grades of one line.
    fn three(&self, grade: &LadderGrade<String>) -> String {
        let (claimed, assured, attainable) =
            (self.say("주장", "claimed"), self.say("확인", "assured"), self.say("가능", "attainable"));
        format!("{claimed} {}, {assured} {}, {attainable} {}", grade.claimed, grade.assured, grade.attainable)
    }

    fn readings(&mut self) {
        if self.it.story.readings.is_empty() {
            return;
        }
        self.canvas.heading(self.say("해석을 바꾸면", "Readings that would change the grade"));
        let mut groups: Vec<(String, Vec<&ReadingLine>)> = Vec::new();
        for line in &self.it.story.readings {
            let three = self.three(&line.grade);
            match groups.iter_mut().find(|(other, _)| *other == three) {
                Some((_, lines)) => lines.push(line),
                None => groups.push((three, vec![line])),
            }
        }
        for (three, lines) in groups {
            if lines.len() > SINGLE_READINGS {
                let text = format!("{three}: {}", self.options(&lines));
                self.canvas.paragraph(2, "- ", &text);
                continue;
            }
            for line in lines {
                let reading = &self.it.rules.readings[line.reading];
                let option = &reading.options[line.option];
                let title = option.title.get(self.lang);
                self.canvas.paragraph(2, "- ", &format!("{}={} ({title}): {three}", reading.id, option.id));
            }
        }
    }

    /// Options that lead to one grade, by their readings: `a=x, y; b=z`.
    fn options(&self, lines: &[&ReadingLine]) -> String {
        let mut parts: Vec<(usize, String)> = Vec::new();
        for line in lines {
            let reading = &self.it.rules.readings[line.reading];
            let option = &reading.options[line.option].id;
            match parts.iter_mut().find(|(at, _)| *at == line.reading) {
                Some((_, text)) => text.push_str(&format!(", {option}")),
                None => parts.push((line.reading, format!("{}={option}", reading.id))),
            }
        }
        parts.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("; ")
    }

    fn set_aside(&mut self) {
        if self.it.story.set_aside.is_empty() {
            return;
        }
        self.canvas.heading(self.say("근거로 쓰지 않은 것", "What was set aside"));
        for aside in &self.it.story.set_aside {
            let cited = self.cited(std::slice::from_ref(&aside.side));
            self.canvas.paragraph(2, "- ", &format!("{}{cited}", aside.text));
            self.canvas.paragraph(4, "", &aside.because);
        }
    }

    fn limits(&mut self) {
        if !self.it.story.notes.is_empty() {
            self.canvas.heading(self.say("눈에 띈 것", "What was noticed"));
            for note in &self.it.story.notes {
                self.canvas.paragraph(2, "- ", note);
            }
        }
        self.canvas.heading(self.say("보지 못한 것", "What was not looked at"));
        for limit in &self.it.story.limits {
            self.canvas.paragraph(2, "- ", limit);
        }
    }

    fn source_list(&mut self) {
        if self.sources.is_empty() {
            return;
        }
        self.canvas.heading(self.say("출처", "Sources"));
        for (at, url) in self.sources.iter().enumerate() {
            self.canvas.line(&format!("  [{}] {url}", at + 1));
        }
    }
}

/// A page about one criterion: question, rationale, outcome and every reason.
pub fn criterion_page(it: &Assessment<'_>, line: &CriterionLine, canvas: &mut Canvas) {
    let lang = it.story.lang;
    let criterion = &it.rules.criteria[line.criterion];
    let detail = Detail { next: false, verbose: true };
    let mut page = Page { it, canvas, lang, detail, sources: Vec::new(), model: None };
    page.outcome_line(line);
    page.decided(line);
    page.because(6, &line.reasons);
    if !line.lacking.is_empty() {
        let needs = criterion.needs.says();
        let text = match lang {
            Lang::Ko => format!("확인 수준 '{}'에 이르지 못한 까닭:", needs.get(lang)),
            Lang::En => format!("Why it is not {}:", needs.get(lang)),
        };
        page.canvas.paragraph(4, "", &text);
        page.because(6, &line.lacking);
    }
    page.canvas.heading(page.say("이렇게 정한 규칙의 줄", "Lines of the rules that decide"));
    for place in &line.places {
        let file = &it.rules.files[usize::from(place.file)];
        let number = file.position(place.span.start).line;
        page.canvas.line(&format!("  {}:{number}", file.name()));
        page.canvas.line(&format!("    {}", file.line(number).trim()));
    }
    page.source_list();
}
