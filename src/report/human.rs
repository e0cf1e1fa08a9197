//! The report for people in a terminal: the ladder drawn, the reasons, the next step.

use super::Assessment;
use super::canvas::{Canvas, Tone, padded, width_of};
use super::command::{command, shell_word};
use crate::explain::{Because, CriterionLine, ReadingLine, Side, StepLine, Voice, range_words};
use crate::grade::{Grade, LadderGrade, Outcome, Passed};
use crate::rules::{LocalText, Rung, Scale};
use crate::text::Lang;

/// Reasons shown of one criterion; the JSON has all.
const REASONS: usize = 4;
/// Options that lead to the same grade and are shown on a line each; more are told together.
const SINGLE_READINGS: usize = 3;
/// Steps shown of one rung.
const STEPS: usize = 8;

/// Draws the grade alone: the ladder, the axes of the gate, or the score with its objectives.
pub(super) fn picture(it: &Assessment<'_>, canvas: &mut Canvas) {
    Page { it, canvas, lang: it.story.lang, sources: Vec::new(), model: None }.picture();
}

/// Writes the report of the model as it was named on the command line; `next` adds the steps for each higher rung.
pub fn human(it: &Assessment<'_>, canvas: &mut Canvas, model: &str, next: bool) {
    let lang = it.story.lang;
    let mut page = Page { it, canvas, lang, sources: Vec::new(), model: Some(model) };
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
    page.blocked(next);
    page.components();
    page.readings();
    page.set_aside();
    page.limits();
    page.source_list();
}

/// How the steps of a rung stand to those of the rung below it.
#[derive(Debug, Clone, Copy)]
enum Way {
    First,
    Further,
    Other,
}

struct Page<'p, 'a> {
    it: &'p Assessment<'a>,
    canvas: &'p mut Canvas,
    lang: Lang,
    /// Sources in the order in which they are first named.
    sources: Vec<String>,
    /// The model as it was named on the command line, where steps are asked for.
    model: Option<&'p str>,
}

/// The zone whose highest rung this is: zones begin with a rung and reach up to the next that begins one.
fn zone_that_ends_at(rungs: &[Rung], at: usize) -> Option<&LocalText> {
    let highest = rungs.get(at + 1).is_none_or(|next| next.zone.is_some());
    rungs[..=at].iter().rev().find_map(|rung| rung.zone.as_ref()).filter(|_| highest)
}

impl Page<'_, '_> {
    fn say(&self, ko: &'static str, en: &'static str) -> &'static str {
        match self.lang {
            Lang::Ko => ko,
            Lang::En => en,
        }
    }

    fn title(&mut self) {
        let rules = self.it.rules;
        let name = self.canvas.paint(&self.it.dossier.id, Tone::Heading);
        let local =
            if self.it.dossier.about.local { self.say(" (이 컴퓨터의 이름)", " (a local name)") } else { "" };
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
        self.canvas.blank();
    }

    /// The command that would count what nobody vouches for.
    fn vouching(&mut self, model: &str) {
        let reports = &self.it.dossier.about.reports;
        if reports.is_empty() {
            return;
        }
        let text = self.say(
            "증거 파일을 보증하는 사람이 없다. 열어 보고 보증하면 셈에 들어간다:",
            "Nobody vouches for the evidence files. If you have checked them and vouch for them, they count for more:",
        );
        self.canvas.paragraph(0, "", text);
        let files: Vec<String> = reports.iter().map(|file| shell_word(file)).collect();
        let command = format!("sovgrade grade {} --vouch {}", shell_word(model), files.join(" "));
        self.canvas.paragraph(2, "$ ", &command);
    }

    fn picture(&mut self) {
        match (&self.it.grading.grade, &self.it.rules.scale) {
            (Grade::Ladder(grade), Scale::Ladder(rungs)) => {
                let width = rungs.iter().map(|rung| width_of(&rung.id)).max().unwrap_or(0);
                // A title names a kind of model: it stands beside the claimed grade and nowhere else.
                let titled = grade.claimed.unwrap_or(0);
                let titles = width_of(rungs[titled].title.get(self.lang)).min(40);
                for (at, rung) in rungs.iter().enumerate().rev() {
                    if let Some(zone) = zone_that_ends_at(rungs, at) {
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
                        (self.it.grading.measured, "측정됨", "measured"),
                        (grade.assured, "확인됨", "assured"),
                        (grade.claimed, "주장됨", "claimed"),
                        (grade.attainable, "가능한 최고", "attainable"),
                        (grade.as_declared, "카드의 말", "as declared"),
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
                        padded(if at == titled { rung.title.get(self.lang) } else { "" }, titles),
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
                    self.say("주장됨", "claimed"),
                    grade.claimed,
                    self.say("확인됨", "assured"),
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
                    self.say("주장됨", "claimed"),
                    range_words(part.percent.claimed),
                    self.say("확인됨", "assured"),
                    range_words(part.percent.assured)
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
            self.say("주장됨", "claimed"),
            word(self, passed.claimed),
            self.say("확인됨", "assured"),
            word(self, passed.assured)
        );
        self.canvas.line(&line);
    }

    fn sign(&self, drawn: &'static str, ascii: &'static str) -> &'static str {
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

    fn because(&mut self, indent: usize, list: &[Because]) {
        for reason in list.iter().take(REASONS) {
            let text = format!("{}{}", reason.text, self.cited(&reason.sides));
            self.canvas.paragraph(indent, "- ", &text);
        }
        if list.len() > REASONS {
            let more = list.len() - REASONS;
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

    fn criterion(&mut self, line: &CriterionLine, reasons: &[Because]) {
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
        let text = format!("{} ({}; {})", criterion.title.get(self.lang), word.get(self.lang), criterion.id);
        self.canvas.paragraph(2, &mark, &text);
        if let Some(decided) = &line.decided {
            self.canvas.paragraph(6, "> ", &decided.text);
        }
        self.because(6, reasons);
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
        }
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

    fn blocked(&mut self, next: bool) {
        let mut told: Vec<usize> = Vec::new();
        let mut asked: &[StepLine] = &[];
        let mut said: Vec<&Because> = Vec::new();
        let mut headed = false;
        for rung in &self.it.story.rungs {
            let fresh: Vec<usize> = rung.blocked_by.iter().copied().filter(|at| !told.contains(at)).collect();
            if fresh.is_empty() && !next {
                continue;
            }
            if !std::mem::replace(&mut headed, true) {
                self.canvas.heading(match self.it.rules.scale {
                    Scale::Gate(_) => self.say("통과를 막는 것", "What stands in the way"),
                    _ => self.say("더 높은 단계를 막는 것", "What blocks the higher rungs"),
                });
            }
            self.canvas.paragraph(2, "", &rung.name);
            for &at in &fresh {
                let Some(line) = self.it.story.criteria.iter().find(|line| line.criterion == at) else { continue };
                let (again, new): (Vec<&Because>, Vec<&Because>) =
                    line.reasons.iter().partition(|reason| said.iter().any(|other| other.text == reason.text));
                self.criterion(line, &new.iter().copied().cloned().collect::<Vec<_>>());
                if !again.is_empty() {
                    self.as_above(again.len(), !new.is_empty());
                }
                said.extend(new.into_iter().take(REASONS));
            }
            told.extend(fresh);
            if next {
                // The way to a higher rung may leave the way to the one below it; that more is asked of a fact is no
                // other way.
                let same = |a: &StepLine, b: &StepLine| a.fact == b.fact && (a.write == b.write || a.kind == b.kind);
                let further = asked.iter().all(|step| rung.steps.iter().any(|other| same(step, other)));
                let fresh: Vec<&StepLine> =
                    rung.steps.iter().filter(|step| !further || !asked.contains(step)).collect();
                self.steps(
                    &fresh,
                    if asked.is_empty() {
                        Way::First
                    } else if further {
                        Way::Further
                    } else {
                        Way::Other
                    },
                );
                asked = &rung.steps;
            }
        }
    }

    /// Reasons that a lower rung has named already.
    fn as_above(&mut self, count: usize, also: bool) {
        let text = match (self.lang, also) {
            (Lang::Ko, true) => format!("위에 적은 까닭 가운데 {count}가지도"),
            (Lang::Ko, false) if count == 1 => "위에 적은 것과 같은 까닭".to_owned(),
            (Lang::Ko, false) => format!("위에 적은 까닭 가운데 {count}가지"),
            (Lang::En, true) if count == 1 => "and one of the reasons above".to_owned(),
            (Lang::En, false) if count == 1 => "the same reason as above".to_owned(),
            (Lang::En, true) => format!("and {count} of the reasons above"),
            (Lang::En, false) => format!("{count} of the reasons above"),
        };
        self.canvas.paragraph(6, "- ", &text);
    }

    /// What a rung asks for.
    fn steps(&mut self, steps: &[&StepLine], way: Way) {
        let head = match (steps.is_empty(), way) {
            (true, _) => self.say("더 할 일은 없다.", "Nothing more to do."),
            (false, Way::First) => self.say("할 일:", "To do:"),
            (false, Way::Further) => self.say("거기에 더할 일:", "To do beyond that:"),
            (false, Way::Other) => self.say("앞의 것 대신 할 일:", "To do in place of that:"),
        };
        self.canvas.paragraph(4, "", head);
        let mut told = None;
        for (number, step) in steps.iter().take(STEPS).enumerate() {
            self.canvas.paragraph(6, &format!("{}. ", number + 1), &step.text);
            if let Some(write) = &step.write {
                self.canvas.paragraph(9, "", write);
            }
            if let Some(references) = &step.against
                && told.replace(references) != Some(references)
            {
                self.comparison(references);
            }
        }
        if steps.len() > STEPS {
            let more = steps.len() - STEPS;
            let text = match self.lang {
                Lang::Ko => format!("그 밖에 {more}가지"),
                Lang::En => format!("and {more} more"),
            };
            self.canvas.paragraph(6, "", &text);
        }
    }

    /// The command that would supply what steps ask for.
    fn comparison(&mut self, references: &[String]) {
        let command = command(self.model.unwrap_or("MODEL"), references);
        self.canvas.paragraph(9, "$ ", &command);
        if references.is_empty() {
            let help = self.say(
                "REFERENCE: 가중치를 물려받았을 수 있는 모델의 디렉터리. 여럿을 이어 적는다.",
                "REFERENCE: the directory of a model that may share its weights; several may follow.",
            );
            self.canvas.paragraph(11, "", help);
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
    let mut page = Page { it, canvas, lang, sources: Vec::new(), model: None };
    page.criterion(line, &line.reasons);
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
