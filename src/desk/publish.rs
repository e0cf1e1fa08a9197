//! A ruleset as a page to be published, as an office would publish it: whose it is and from when it holds, the scale in
//! its order with numbers, every criterion with its test in words, definitions, readings, the facts that are asked for,
//! what assurance means, what changed when, and the files' own words as an appendix.

use super::case::Case;
use super::page::{Block, Item, Span, criterion_name, inline, item_of, plain, reading_name, term_name};
use super::provision::{Clauses, Provisions};
use super::publish_scale::{group_of, order};
use crate::explain::span_days;
use crate::facts::Assurance;
use crate::grade::Outcome;
use crate::rules::{Op, Ruleset, SourceInfo, Status};
use crate::text::{Aliases, Lang, parse_yaml};
use crate::vocabulary::{Kind, PathId, vocabulary};

/// Writes one language.
pub(super) struct Writer<'r> {
    pub(super) rules: &'r Ruleset,
    cases: &'r [Case],
    pub(super) lang: Lang,
    pub(super) read: Provisions<'r>,
    pub(super) blocks: Vec<Block>,
    /// The number of each criterion, by its index.
    numbers: Vec<usize>,
    sections: usize,
}

/// The page of a ruleset. A generated page says so in its first paragraph.
pub fn page(rules: &Ruleset, cases: &[Case], lang: Lang) -> Vec<Block> {
    let mut numbers = vec![0; rules.criteria.len()];
    for (number, at) in order(rules).into_iter().enumerate() {
        numbers[at] = number + 1;
    }
    let read = Provisions { rules, lang };
    let mut writer = Writer { rules, cases, lang, read, blocks: Vec::new(), numbers, sections: 0 };
    writer.head();
    let contents = writer.blocks.len();
    writer.scale();
    writer.criteria();
    writer.terms();
    writer.readings();
    writer.decisions();
    writer.glossary();
    writer.assurance();
    writer.history();
    writer.appendix();
    let list = writer.contents();
    let title = writer.say("차례", "Contents").to_owned();
    writer.blocks.splice(contents..contents, [Block::Heading(2, title, "contents".to_owned()), list]);
    writer.blocks
}

impl Writer<'_> {
    pub(super) fn say(&self, ko: &'static str, en: &'static str) -> &'static str {
        self.read.say(ko, en)
    }

    pub(super) fn heading(&mut self, level: u8, text: &str, name: &str) {
        self.blocks.push(Block::Heading(level, text.to_owned(), name.to_owned()));
    }

    /// A section with its number: a Roman one, for criteria are counted in Arabic ones.
    fn section(&mut self, text: &str, name: &str) {
        let number = ROMAN[self.sections.min(ROMAN.len() - 1)];
        self.sections += 1;
        self.heading(2, &format!("{number}. {text}"), name);
    }

    pub(super) fn text(&mut self, text: &str) {
        if !text.is_empty() {
            self.blocks.push(Block::Text(inline(text)));
        }
    }

    /// The number of a criterion.
    pub(super) fn number(&self, at: usize) -> usize {
        self.numbers[at]
    }

    /// `label: text` on one line, or the label with a list below it.
    fn clauses(&mut self, part: Clauses) {
        let label = |end: &str| Span::Strong(format!("{}{end}", part.label));
        match <[Item; 1]>::try_from(part.items) {
            Ok([one]) => {
                let mut line = vec![label(": ")];
                line.extend(one.spans);
                self.blocks.push(Block::Text(line));
                if !one.below.is_empty() {
                    self.blocks.push(Block::List(one.below));
                }
            }
            Err(items) => {
                self.blocks.push(Block::Text(vec![label("")]));
                self.blocks.push(Block::List(items));
            }
        }
    }

    fn head(&mut self) {
        let rules = self.rules;
        self.heading(1, self.read.get(&rules.title), "top");
        if rules.status == Status::Draft {
            let text =
                self.say("초안. 바뀔 수 있으며, 시행하는 기준이 아니다.", "Draft. It may change, and is not in force.");
            self.blocks.push(Block::Notice(plain(text)));
        }
        let mut rows: Vec<(&'static str, Vec<Span>)> = vec![(
            self.say("규칙 모음", "Ruleset"),
            vec![
                Span::Code(rules.id.clone()),
                Span::Plain(match self.lang {
                    Lang::Ko => format!(" {}판", rules.version),
                    Lang::En => format!(", version {}", rules.version),
                }),
            ],
        )];
        if let Some(publisher) = &rules.publisher {
            rows.push((self.say("펴낸 곳", "Published by"), plain(self.read.get(publisher))));
        }
        if let Some(contact) = &rules.contact {
            rows.push((self.say("문의", "Contact"), address(contact)));
        }
        if let Some(date) = rules.history.first().map(|release| release.date.clone()) {
            rows.push((self.say("이 판의 날짜", "Date of this version"), plain(date)));
        }
        if let Some(span) = rules.in_force {
            rows.push((self.say("시행", "In force"), plain(span_days(span.from, span.until, self.lang))));
        }
        rows.push((self.say("따르는 표준", "Standard"), self.document(&rules.source)));
        for source in &rules.sources {
            rows.push((self.say("근거로 드는 문서", "Also cited"), self.document(source)));
        }
        if let Some(home) = rules.home {
            rows.push((self.say("자국", "Home country"), plain(home.to_string())));
        }
        rows.push((self.say("내용의 해시", "Digest"), vec![Span::Code(rules.digest.clone())]));
        let rows = rows.into_iter().map(|(name, value)| vec![vec![Span::Strong(name.to_owned())], value]).collect();
        self.blocks.push(Block::Table(Vec::new(), rows));
        self.text(self.say(
            "이 문서는 규칙 모음의 파일에서 프로그램이 만들었다. 시험은 프로그램이 판정할 때 쓰는 것과 같은 것을 같은 말로 적었고, 파일의 원문은 부록에 있다.",
            "The program made this page from the files of the ruleset. The tests are those by which it grades, in the words \
            of its reports; the files' own text stands in the appendix.",
        ));
    }

    fn document(&self, source: &SourceInfo) -> Vec<Span> {
        let mut spans = vec![match &source.url {
            Some(url) => Span::Address(source.title.clone(), url.clone()),
            None => Span::Plain(source.title.clone()),
        }];
        let licence = self.say("라이선스", "licence");
        let retrieved = self.say("읽은 날", "read on");
        for (name, value) in [(licence, &source.licence), (retrieved, &source.retrieved)] {
            if let Some(value) = value {
                spans.push(Span::Plain(format!(", {name} {value}")));
            }
        }
        spans
    }

    /// The sections, and below that of the criteria every criterion by its number.
    fn contents(&self) -> Block {
        let mut list: Vec<Item> = Vec::new();
        for block in &self.blocks {
            let Block::Heading(level, text, name) = block else { continue };
            let item = Item::of(vec![Span::Link(text.clone(), name.clone())]);
            match (level, list.last_mut()) {
                (2, _) => list.push(item),
                (3, Some(section)) if name.starts_with("group-") => section.below.push(item),
                (4, Some(section)) => match section.below.last_mut() {
                    Some(group) => group.below.push(item),
                    None => section.below.push(item),
                },
                _ => {}
            }
        }
        Block::List(list)
    }

    fn scale(&mut self) {
        self.section(self.say("척도", "The scale"), "scale");
        self.scale_tables();
    }

    fn criteria(&mut self) {
        self.section(self.say("기준", "Criteria"), "criteria");
        self.how_to_read();
        let mut last = None;
        for at in order(self.rules) {
            let group = group_of(self.rules, at, self.lang);
            if last.as_ref() != Some(&group) {
                self.heading(3, &group.title, &format!("group-{}", group.name));
                last = Some(group);
            }
            self.criterion(at);
        }
    }

    /// What holds of every test and is said once.
    fn how_to_read(&mut self) {
        let lines = match self.lang {
            Lang::Ko => [
                "사실을 알 수 없으면 조건을 채웠는지도 알 수 없다. 알 수 없는 것은 채운 것도, 채우지 못한 것도 아니다.",
                "목록이 완전하다고 밝혀져 있지 않으면, 목록에 없다는 것에서는 아무것도 따라 나오지 않는다.",
                "'모든'은 대상이 하나도 없으면 해당 없음이다. 달리 적은 곳에서만 채운 것으로 본다.",
                "판정은 충족, 미충족, 알 수 없음, 해당 없음 가운데 하나이다. 카드의 말과 다른 증거가 미충족이면 모순이다.",
            ],
            Lang::En => [
                "Where a fact is not known, it is not known whether the condition holds. The unknown neither passes nor fails.",
                "While a list is not said to be complete, nothing follows from what is not on it.",
                "“Every” over nothing is not applicable, unless it says that it is then met.",
                "An outcome is met, not met, unknown or not applicable; contradicted where other evidence denies what the card says.",
            ],
        };
        self.blocks.push(Block::List(lines.into_iter().map(|line| Item::of(plain(line))).collect()));
    }

    fn criterion(&mut self, at: usize) {
        let criterion = &self.rules.criteria[at];
        let title = format!("{}. {}", self.number(at), self.read.get(&criterion.title));
        self.heading(4, &title, &criterion_name(&criterion.id));
        let mut line = vec![Span::Code(criterion.id.clone())];
        line.extend(self.asked_by(at).into_iter().map(Span::Plain));
        self.blocks.push(Block::Text(line));
        for part in self.read.criterion(criterion) {
            self.clauses(part);
        }
        self.cases(at);
    }

    fn cases(&mut self, at: usize) {
        let mut lines = Vec::new();
        for outcome in Outcome::ALL {
            let of = |case: &&Case| case.expected.outcomes.contains(&(at, outcome));
            for case in self.cases.iter().filter(of).take(3) {
                let word = outcome.says();
                lines.push(Item::of(vec![
                    Span::Strong(format!("{}: ", word.get(self.lang))),
                    Span::Plain(format!("{} ", self.read.get(&case.title))),
                    Span::Code(case.name.clone()),
                ]));
            }
        }
        if !lines.is_empty() {
            self.blocks.push(Block::Text(vec![Span::Strong(self.say("사례", "Cases").to_owned())]));
            self.blocks.push(Block::List(lines));
        }
    }

    fn terms(&mut self) {
        if self.rules.terms.is_empty() {
            return;
        }
        self.section(self.say("용어 정의", "Definitions"), "terms");
        for (at, term) in self.rules.terms.iter().enumerate() {
            self.heading(3, self.read.get(&term.title), &term_name(&term.id));
            self.blocks.push(Block::Text(vec![Span::Code(term.id.clone())]));
            for part in self.read.term(at, term) {
                self.clauses(part);
            }
        }
    }

    fn readings(&mut self) {
        if self.rules.readings.is_empty() {
            return;
        }
        self.section(self.say("해석", "Readings"), "readings");
        self.text(self.say(
            "표준이 말하지 않거나 어긋나는 곳이다. 고른 대로 등급이 달라질 수 있다.",
            "Where the standard is silent or contradicts itself. The choice may change the grade.",
        ));
        for reading in &self.rules.readings {
            self.heading(3, self.read.get(&reading.question), &reading_name(&reading.id));
            self.blocks.push(Block::Text(vec![Span::Code(reading.id.clone())]));
            for part in self.read.reading(reading) {
                self.clauses(part);
            }
        }
        self.profiles();
    }

    /// Named bundles of readings: who reads so, why, and what is chosen.
    fn profiles(&mut self) {
        if self.rules.profiles.is_empty() {
            return;
        }
        self.heading(3, self.say("해석 묶음", "Profiles"), "profiles");
        let head = [self.say("묶음", "profile"), self.say("까닭", "why"), self.say("고른 해석", "readings chosen")];
        let rows = self.rules.profiles.iter().map(|profile| {
            let mut name = plain(format!("{} ", self.read.get(&profile.title)));
            name.push(Span::Code(profile.id.clone()));
            let mut chosen = Vec::new();
            for (reading, option) in &profile.readings {
                let reading = &self.rules.readings[*reading];
                if !chosen.is_empty() {
                    chosen.extend(plain(", "));
                }
                chosen.push(Span::Code(format!("{}={}", reading.id, reading.options[*option].id)));
            }
            vec![name, plain(self.read.get(&profile.because)), chosen]
        });
        let rows = rows.collect();
        self.blocks.push(Block::Table(head.map(str::to_owned).to_vec(), rows));
    }

    fn decisions(&mut self) {
        if !self.rules.decisions.is_empty() {
            self.section(self.say("정해 둔 모순", "Contradictions that are settled"), "decisions");
            let list = self.rules.decisions.iter().map(|decision| {
                let (about, decided) = (self.read.get(&decision.about), self.read.get(&decision.decision));
                let text = format!("{about} {decided} {}", self.read.get(&decision.because));
                let mut spans = vec![Span::Strong(format!("{}. ", decision.id))];
                spans.extend(inline(&text));
                Item::of(spans)
            });
            let list: Vec<Item> = list.collect();
            self.blocks.push(Block::List(list));
        }
        if !self.rules.notes.is_empty() {
            self.section(self.say("기준으로 삼지 않은 말", "Statements that are no criterion"), "notes");
            let list = self.rules.notes.iter().map(|note| {
                let mut spans = vec![Span::Strong(format!("{}. ", note.of))];
                spans.extend(inline(self.read.get(&note.because)));
                Item::of(spans)
            });
            let list: Vec<Item> = list.collect();
            self.blocks.push(Block::List(list));
        }
    }

    /// Every fact that a test asks for, with what it means and which criteria ask.
    fn glossary(&mut self) {
        let mut asked: Vec<(PathId, Vec<usize>)> = Vec::new();
        let mut add = |path: PathId, at: usize| match asked.iter_mut().find(|(other, _)| *other == path) {
            Some((_, by)) if by.contains(&at) => {}
            Some((_, by)) => by.push(at),
            None => asked.push((path, vec![at])),
        };
        let expr = &self.rules.expr;
        for at in order(self.rules) {
            let criterion = &self.rules.criteria[at];
            for root in criterion.applies.iter().chain([&criterion.test]) {
                for node in expr.below(*root) {
                    match &expr.node(node).op {
                        Op::Fact(slot, test) => {
                            add(slot.path, at);
                            test.other().into_iter().for_each(|other| add(other.path, at));
                        }
                        Op::Share(_, by, _) => add(by.path, at),
                        _ => {}
                    }
                }
            }
        }
        if asked.is_empty() {
            return;
        }
        asked.sort_by_key(|(path, _)| *path);
        self.section(self.say("묻는 사실", "Facts that are asked for"), "facts");
        let head = [self.say("사실", "fact"), self.say("뜻", "meaning"), self.say("묻는 기준", "asked for by")];
        let rows = asked.into_iter().map(|(path, by)| {
            let entry = vocabulary().entry(path);
            let label = self.read.voice().pick(entry.label);
            let name = vec![Span::Strong(label.to_owned()), Span::Break, Span::Code(entry.path.to_owned())];
            let mut meaning = plain(self.read.voice().pick(entry.meaning));
            if let Some(values) = self.values(entry.kind) {
                meaning.push(Span::Break);
                meaning.push(Span::Plain(values));
            }
            let mut numbers: Vec<usize> = by.into_iter().map(|at| self.number(at)).collect();
            numbers.sort_unstable();
            let mut links = Vec::new();
            for number in numbers {
                let at = self.numbers.iter().position(|other| *other == number).unwrap_or(0);
                if !links.is_empty() {
                    links.push(Span::Plain(", ".to_owned()));
                }
                links.push(Span::Link(number.to_string(), criterion_name(&self.rules.criteria[at].id)));
            }
            vec![name, meaning, links]
        });
        let rows = rows.collect();
        self.blocks.push(Block::Table(head.map(str::to_owned).to_vec(), rows));
    }

    /// The words that a fact may have, where they are few enough to be read.
    fn values(&self, kind: Kind) -> Option<String> {
        let words = kind.words();
        let list: Vec<&str> = words.iter().map(|word| self.read.voice().pick(word.says)).collect();
        (!list.is_empty() && list.len() <= MOST_WORDS).then(|| match self.lang {
            Lang::Ko => format!("값: {}", list.join(", ")),
            Lang::En => format!("Values: {}", list.join(", ")),
        })
    }

    /// What the steps of assurance mean.
    fn assurance(&mut self) {
        self.section(self.say("확인 수준", "Assurance"), "assurance");
        self.text(self.say(
            "사실을 얼마나 믿을 수 있는지는 누가 말하는지와 무엇에 묶여 있는지에서 나온다. 낮은 것부터 적는다. 하지 못한 확인은 통과한 것이 아니다.",
            "How far a fact can be trusted follows from who says it and from what it is bound to. The lowest stands first. A \
            check that could not be made has not passed.",
        ));
        let head = [self.say("수준", "step"), self.say("누가", "who"), self.say("무엇에 묶이는가", "bound to")];
        let rows = ASSURANCES.iter().map(|(step, who, bound)| {
            let [who, bound] = [who, bound].map(|text| plain(if self.lang == Lang::Ko { text.0 } else { text.1 }));
            vec![vec![Span::Strong(step.says().get(self.lang).to_owned())], who, bound]
        });
        let rows = rows.collect();
        self.blocks.push(Block::Table(head.map(str::to_owned).to_vec(), rows));
    }

    fn history(&mut self) {
        if self.rules.history.is_empty() {
            return;
        }
        self.section(self.say("바뀐 내력", "History"), "history");
        let head = [self.say("판", "version"), self.say("날짜", "date"), self.say("바뀐 것", "what changed")];
        let rows = self.rules.history.iter().map(|release| {
            vec![plain(&*release.version), plain(&*release.date), inline(self.read.get(&release.changes))]
        });
        let rows = rows.collect();
        self.blocks.push(Block::Table(head.map(str::to_owned).to_vec(), rows));
    }

    /// The tests as the files have them.
    fn appendix(&mut self) {
        let title = self.say("부록: 시험의 원문", "Appendix: the tests as their files have them");
        self.heading(2, title, "appendix");
        for at in order(self.rules) {
            let criterion = &self.rules.criteria[at];
            let file = &self.rules.files[criterion.file];
            let mut lines = Vec::new();
            if parse_yaml(file, Aliases::Refuse).is_ok() {
                lines.extend(["applies", "test"].into_iter().filter_map(|key| lines_of(file.text(), key)));
            }
            self.blocks.push(Block::Text(vec![
                Span::Link(format!("{}. ", self.number(at)), criterion_name(&criterion.id)),
                Span::Code(criterion.id.clone()),
            ]));
            self.blocks.push(Block::Code(lines.join("\n")));
        }
    }

    /// Tests that stand in the scale, in words.
    pub(super) fn test(&self, node: crate::rules::NodeId, collection: crate::vocabulary::CollectionId) -> Item {
        let voice = self.read.voice();
        item_of(&voice.clause(self.rules, node, Some(collection)), self.rules, voice)
    }
}

/// Numbers of sections; a page has nine at most.
const ROMAN: [&str; 10] = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"];

/// Words of a fact that a page lists; a longer list stands in the manual.
const MOST_WORDS: usize = 16;

/// A text in Korean and in English.
type Both = (&'static str, &'static str);

/// Who stands behind each step of assurance, and what it is bound to.
const ASSURANCES: [(Assurance, Both, Both); 5] = [
    (
        Assurance::Declared,
        (
            "제작자를 대신하는 카드. 아무도 보증하지 않고 문서도 대지 않는 증거 항목",
            "The card, which speaks for the maker; an evidence entry that nobody vouches for and that names no document",
        ),
        ("아무것에도 묶이지 않는다", "Nothing"),
    ),
    (
        Assurance::Documented,
        (
            "제목과 열 수 있는 주소가 있는, 다른 쪽이나 기술 보고서의 진술",
            "A statement with its own title and a usable address, by somebody else or in a technical report",
        ),
        ("문서. 아무도 열어 보지 않았다", "A document. Nobody opened it"),
    ),
    (
        Assurance::Corroborated,
        (
            "반대 증거를 찾았으나 없었다: 이번 실행에서 찾았거나, 찾은 것을 평가자가 보증한다",
            "A search for the opposite that found nothing, made in the run or vouched for",
        ),
        (
            "이 가중치 파일 모두와, 규칙 모음이 요구하는 대조 모델",
            "These weights files, all of them, and the references that the ruleset asks for",
        ),
    ),
    (
        Assurance::Measured,
        (
            "연 파일에서 읽었거나, 이번 실행에서 쟀거나, 평가자가 보증한다",
            "Read off the opened file itself, found in the run, or vouched for",
        ),
        ("이 가중치 파일 모두", "These weights files, all of them"),
    ),
    (
        Assurance::Audited,
        ("평가 기관: 이름, 날짜, 기록 번호를 함께 적는다", "An assessor: body, day and record are always printed"),
        ("이 가중치 파일 모두, 그리고 보증", "These weights files, and vouched for"),
    ),
];

/// A way to ask: a mail address, a web address, or words.
fn address(contact: &str) -> Vec<Span> {
    let url = match (contact.contains("://"), contact.contains('@') && !contact.contains(char::is_whitespace)) {
        (true, _) => Some(contact.to_owned()),
        (_, true) => Some(format!("mailto:{contact}")),
        _ => None,
    };
    vec![url.map_or_else(|| Span::Plain(contact.to_owned()), |url| Span::Address(contact.to_owned(), url))]
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
