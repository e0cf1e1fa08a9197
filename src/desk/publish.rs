//! A ruleset as a page to be published: the scale, every criterion with its question, its reason, the evidence it asks
//! for, what would move it and its cases, the readings with their reasons, the definitions, and what changed when.

use super::amendments::flow;
use super::case::Case;
use crate::grade::Outcome;
use crate::rules::{Choice, Criterion, LocalText, Ruleset, Scale};
use crate::text::{Aliases, Lang, parse_yaml};

/// A page as blocks, so that Markdown and HTML are written from one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading with its level and the name that links lead to.
    Heading(u8, String, String),
    /// A paragraph.
    Text(Vec<Span>),
    /// A list.
    List(Vec<Vec<Span>>),
    /// A table: its head, then its rows.
    Table(Vec<String>, Vec<Vec<Vec<Span>>>),
    /// Lines of a file.
    Code(String),
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// Words.
    Plain(String),
    /// Words that matter.
    Strong(String),
    /// A word of a file.
    Code(String),
    /// Words that lead to a heading of this page, by its name.
    Link(String, String),
    /// Words that lead to an address.
    Address(String, String),
}

/// A text of the ruleset: what stands between backticks is a word of a file.
fn inline(text: &str) -> Vec<Span> {
    let parts = text.split('`').enumerate().filter(|(_, part)| !part.is_empty());
    parts
        .map(|(at, part)| if at % 2 == 1 { Span::Code(part.to_owned()) } else { Span::Plain(part.to_owned()) })
        .collect()
}

/// Words alone.
fn plain(text: impl Into<String>) -> Vec<Span> {
    vec![Span::Plain(text.into())]
}

/// Writes one language.
struct Writer<'r> {
    rules: &'r Ruleset,
    cases: &'r [Case],
    lang: Lang,
    blocks: Vec<Block>,
}

/// The page of a ruleset. A generated page says so in its first paragraph.
pub fn page(rules: &Ruleset, cases: &[Case], lang: Lang) -> Vec<Block> {
    let mut writer = Writer { rules, cases, lang, blocks: Vec::new() };
    writer.head();
    writer.scale();
    writer.criteria();
    writer.readings();
    writer.terms();
    writer.decisions();
    writer.history();
    writer.blocks
}

impl Writer<'_> {
    fn say(&self, ko: &'static str, en: &'static str) -> &'static str {
        if self.lang == Lang::Ko { ko } else { en }
    }

    fn get<'t>(&self, text: &'t LocalText) -> &'t str {
        text.get(self.lang)
    }

    fn heading(&mut self, level: u8, text: &str, name: &str) {
        self.blocks.push(Block::Heading(level, text.to_owned(), name.to_owned()));
    }

    fn text(&mut self, text: &str) {
        if !text.is_empty() {
            self.blocks.push(Block::Text(inline(text)));
        }
    }

    /// `word: text`, the word in bold.
    fn labelled(&mut self, label: &str, text: &str) {
        if !text.is_empty() {
            let mut line = vec![Span::Strong(format!("{label}: "))];
            line.extend(inline(text));
            self.blocks.push(Block::Text(line));
        }
    }

    fn criterion_link(&self, at: usize) -> Span {
        let criterion = &self.rules.criteria[at];
        Span::Link(self.get(&criterion.title).to_owned(), criterion_name(&criterion.id))
    }

    fn links(&self, list: &[usize]) -> Vec<Span> {
        let mut spans = Vec::new();
        for (n, at) in list.iter().enumerate() {
            if n > 0 {
                spans.push(Span::Plain(", ".to_owned()));
            }
            spans.push(self.criterion_link(*at));
        }
        if spans.is_empty() { plain("–") } else { spans }
    }

    fn head(&mut self) {
        let rules = self.rules;
        self.heading(1, self.get(&rules.title), "top");
        let (id, version) = (&rules.id, &rules.version);
        let text = match self.lang {
            Lang::Ko => format!("규칙 모음 {id}, {version}판. 이 문서는 규칙 모음에서 프로그램이 만들었다."),
            Lang::En => format!("Ruleset {id}, version {version}. Made by the program from the ruleset."),
        };
        self.text(&text);
        let source = &rules.source;
        let label = self.say("따르는 표준", "Standard");
        let mut line = vec![Span::Strong(format!("{label}: "))];
        match &source.url {
            Some(url) => line.push(Span::Address(source.title.clone(), url.clone())),
            None => line.push(Span::Plain(source.title.clone())),
        }
        let licence = self.say("라이선스", "licence");
        let retrieved = self.say("읽은 날", "read on");
        for (name, value) in [(licence, &source.licence), (retrieved, &source.retrieved)] {
            if let Some(value) = value {
                line.push(Span::Plain(format!(", {name} {value}")));
            }
        }
        self.blocks.push(Block::Text(line));
        if let Some(home) = rules.home {
            self.labelled(self.say("자국", "Home country"), &home.to_string());
        }
    }

    fn scale(&mut self) {
        self.heading(2, self.say("척도", "The scale"), "scale");
        match &self.rules.scale {
            Scale::Ladder(rungs) => {
                let text = self.say(
                    "단계는 아래 단계의 기준을 모두 채우고 자기 기준을 채워야 한다. 높은 단계부터 적는다.",
                    "A rung asks for its own criteria and for those of all rungs below. The highest stands first.",
                );
                self.text(text);
                let head = vec![
                    self.say("단계", "rung").to_owned(),
                    self.say("이름", "title").to_owned(),
                    self.say("더하는 기준", "criteria it adds").to_owned(),
                ];
                let rows = rungs
                    .iter()
                    .rev()
                    .map(|rung| vec![plain(&rung.id), plain(self.get(&rung.title)), self.links(&rung.requires)]);
                self.blocks.push(Block::Table(head, rows.collect()));
            }
            Scale::Gate(axes) => {
                let text = self.say(
                    "축마다 필수 기준을 모두 채워야 통과한다. 바라는 기준은 보고하고 결과를 정하지 않는다.",
                    "An axis is passed if all that it requires is met. What it wants is reported and decides nothing.",
                );
                self.text(text);
                let head = vec![
                    self.say("축", "axis").to_owned(),
                    self.say("필수", "requires").to_owned(),
                    self.say("바람", "wants").to_owned(),
                ];
                let rows = axes.iter().map(|axis| {
                    vec![plain(self.get(&axis.title)), self.links(&axis.requires), self.links(&axis.wants)]
                });
                self.blocks.push(Block::Table(head, rows.collect()));
            }
            Scale::Scorecard(card) => {
                let head = vec![
                    self.say("목표", "objective").to_owned(),
                    self.say("비중", "weight").to_owned(),
                    self.say("기준", "criteria").to_owned(),
                ];
                let rows = card.objectives.iter().map(|objective| {
                    let list: Vec<usize> = objective.criteria.iter().map(|(at, _)| *at).collect();
                    let weight = match &objective.weight {
                        Choice::Fixed(weight) => format!("{weight} %"),
                        Choice::Read(reading, weights) => {
                            let options = self.rules.readings[*reading].options.iter().zip(weights);
                            let each = options.map(|(option, weight)| format!("{weight} % ({})", option.id));
                            each.collect::<Vec<_>>().join(", ")
                        }
                    };
                    vec![plain(self.get(&objective.title)), plain(weight), self.links(&list)]
                });
                self.blocks.push(Block::Table(head, rows.collect()));
                let floors = card.floors.iter().map(|floor| {
                    let mut line = plain(format!("{}: ", self.get(&floor.title)));
                    line.extend(self.links(&floor.requires));
                    let cap = match self.lang {
                        Lang::Ko => format!(". 채우지 못하면 총점은 {} %까지이다.", floor.cap),
                        Lang::En => format!(". Without it the total is at most {} %.", floor.cap),
                    };
                    line.push(Span::Plain(cap));
                    line
                });
                let floors: Vec<Vec<Span>> = floors.collect();
                if !floors.is_empty() {
                    self.blocks.push(Block::List(floors));
                }
            }
        }
    }

    fn criteria(&mut self) {
        self.heading(2, self.say("기준", "Criteria"), "criteria");
        for at in 0..self.rules.criteria.len() {
            self.criterion(at);
        }
    }

    fn criterion(&mut self, at: usize) {
        let criterion = &self.rules.criteria[at];
        self.heading(3, self.get(&criterion.title), &criterion_name(&criterion.id));
        self.blocks.push(Block::Text(vec![Span::Code(criterion.id.clone())]));
        self.text(self.get(&criterion.question));
        self.labelled(self.say("까닭", "Why"), self.get(&criterion.rationale));
        let cites: Vec<String> = criterion
            .cites
            .iter()
            .map(|cite| cite.at.as_deref().map_or_else(|| cite.source.clone(), |at| format!("{}, {at}", cite.source)))
            .collect();
        self.labelled(self.say("근거", "Where the standard says so"), &cites.join("; "));
        let needs = criterion.needs.says();
        self.labelled(self.say("필요한 확인 수준", "Assurance it needs"), needs.get(self.lang));
        let remedy = &criterion.remedy;
        for (label, text) in [
            (self.say("증거를 내려면", "Evidence that would do"), &remedy.evidence),
            (self.say("밝히려면", "What to declare"), &remedy.declare),
            (self.say("바꾸려면", "What to change"), &remedy.change),
        ] {
            if let Some(text) = text {
                self.labelled(label, text.get(self.lang));
            }
        }
        self.tests(criterion);
        self.cases(at);
    }

    /// The test as its file has it, with the words of its term where it calls nothing else.
    fn tests(&mut self, criterion: &Criterion) {
        let file = &self.rules.files[criterion.file];
        let Ok(root) = parse_yaml(file, Aliases::Refuse) else { return };
        for key in ["applies", "test"] {
            if let Some(node) = root.get(key) {
                self.blocks.push(Block::Code(lines_of(file.text(), key).unwrap_or_else(|| flow(node))));
            }
        }
    }

    fn cases(&mut self, at: usize) {
        let mut lines = Vec::new();
        for outcome in Outcome::ALL {
            let of = |case: &&Case| case.expected.outcomes.contains(&(at, outcome));
            for case in self.cases.iter().filter(of).take(3) {
                let word = outcome.says();
                lines.push(vec![
                    Span::Strong(format!("{}: ", word.get(self.lang))),
                    Span::Plain(format!("{} ", self.get(&case.title))),
                    Span::Code(case.name.clone()),
                ]);
            }
        }
        if !lines.is_empty() {
            self.blocks.push(Block::Text(vec![Span::Strong(self.say("사례", "Cases").to_owned())]));
            self.blocks.push(Block::List(lines));
        }
    }

    fn readings(&mut self) {
        if self.rules.readings.is_empty() {
            return;
        }
        self.heading(2, self.say("해석", "Readings"), "readings");
        let text = self.say(
            "표준이 말하지 않거나 어긋나는 곳이다. 고른 대로 등급이 달라질 수 있다.",
            "Where the standard is silent or contradicts itself. The choice may change the grade.",
        );
        self.text(text);
        for reading in &self.rules.readings {
            self.heading(3, self.get(&reading.question), &format!("reading-{}", reading.id));
            let mut line = vec![Span::Code(reading.id.clone())];
            if !reading.settles.is_empty() {
                line.push(Span::Plain(format!(" ({})", reading.settles.join(", "))));
            }
            self.blocks.push(Block::Text(line));
            let options = reading.options.iter().enumerate().map(|(at, option)| {
                let default = if at == reading.default { self.say(" (기본)", " (default)") } else { "" };
                vec![
                    Span::Strong(format!("{}{default}. ", self.get(&option.title))),
                    Span::Plain(format!("{} ", self.get(&option.because))),
                    Span::Code(option.id.clone()),
                ]
            });
            let options: Vec<Vec<Span>> = options.collect();
            self.blocks.push(Block::List(options));
        }
    }

    fn terms(&mut self) {
        if self.rules.terms.is_empty() {
            return;
        }
        self.heading(2, self.say("용어 정의", "Definitions"), "terms");
        let list = self.rules.terms.iter().map(|term| {
            vec![
                Span::Strong(format!("{}. ", self.get(&term.title))),
                Span::Plain(format!("{} ", self.get(&term.meaning))),
                Span::Code(term.id.clone()),
            ]
        });
        let list: Vec<Vec<Span>> = list.collect();
        self.blocks.push(Block::List(list));
    }

    fn decisions(&mut self) {
        if !self.rules.decisions.is_empty() {
            self.heading(2, self.say("정해 둔 모순", "Contradictions that are settled"), "decisions");
            let list = self.rules.decisions.iter().map(|decision| {
                let (about, decided) = (self.get(&decision.about), self.get(&decision.decision));
                vec![
                    Span::Strong(format!("{}. ", decision.id)),
                    Span::Plain(format!("{about} {decided} {}", self.get(&decision.because))),
                ]
            });
            let list: Vec<Vec<Span>> = list.collect();
            self.blocks.push(Block::List(list));
        }
        if !self.rules.notes.is_empty() {
            self.heading(2, self.say("기준으로 삼지 않은 말", "Statements that are no criterion"), "notes");
            let list = self.rules.notes.iter().map(|note| {
                vec![Span::Strong(format!("{}. ", note.of)), Span::Plain(self.get(&note.because).to_owned())]
            });
            let list: Vec<Vec<Span>> = list.collect();
            self.blocks.push(Block::List(list));
        }
    }

    fn history(&mut self) {
        if self.rules.history.is_empty() {
            return;
        }
        self.heading(2, self.say("바뀐 내력", "History"), "history");
        let list = self.rules.history.iter().map(|release| {
            vec![
                Span::Strong(format!("{} ({}). ", release.version, release.date)),
                Span::Plain(self.get(&release.changes).to_owned()),
            ]
        });
        let list: Vec<Vec<Span>> = list.collect();
        self.blocks.push(Block::List(list));
    }
}

/// The name that links to a criterion lead to.
fn criterion_name(id: &str) -> String {
    format!("criterion-{id}")
}

/// A key at the top of a file with all that stands below it, as it is written.
fn lines_of(text: &str, key: &str) -> Option<String> {
    let mut lines = text.lines().skip_while(|line| !line.starts_with(&format!("{key}:")));
    let mut found = vec![lines.next()?];
    found.extend(lines.take_while(|line| line.is_empty() || line.starts_with([' ', '-'])));
    while found.last().is_some_and(|line| line.trim().is_empty()) {
        found.pop();
    }
    Some(found.join("\n"))
}
