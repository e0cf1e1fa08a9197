//! The scale of a published page: its steps in their order, with the numbers of their criteria, points and floors.

use super::page::{Block, Item, Span, plain};
use super::publish::Writer;
use crate::rules::{Each, NotApplicable, Ruleset, Scale, Scorecard};
use crate::text::Lang;

/// The step of the scale under which a criterion is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// Its name for links.
    pub(super) name: String,
    /// Its title.
    pub(super) title: String,
}

/// The criteria of each step of the scale, required ones first.
fn steps(rules: &Ruleset) -> Vec<Vec<usize>> {
    match &rules.scale {
        Scale::Ladder(rungs) => rungs.iter().map(|rung| [&rung.requires[..], &rung.wants].concat()).collect(),
        Scale::Gate(axes) => axes.iter().map(|axis| [&axis.requires[..], &axis.wants].concat()).collect(),
        Scale::Scorecard(card) => {
            card.objectives.iter().map(|objective| objective.criteria.iter().map(|(at, _)| *at).collect()).collect()
        }
    }
}

/// The criteria in the order in which the scale names them; those of floors, and those that others use, come last.
pub(super) fn order(rules: &Ruleset) -> Vec<usize> {
    let mut order: Vec<usize> = steps(rules).into_iter().flatten().collect();
    if let Scale::Scorecard(card) = &rules.scale {
        order.extend(card.floors.iter().flat_map(|floor| floor.requires.iter().copied()));
    }
    order.extend(0..rules.criteria.len());
    let mut seen = vec![false; rules.criteria.len()];
    order.retain(|&at| !std::mem::replace(&mut seen[at], true));
    order
}

/// Under which step a criterion is told: the first that names it.
pub(super) fn group_of(rules: &Ruleset, criterion: usize, lang: Lang) -> Group {
    let step = steps(rules).iter().position(|step| step.contains(&criterion));
    let (name, title) = match (step, &rules.scale) {
        (Some(at), Scale::Ladder(rungs)) => {
            (rungs[at].id.clone(), format!("{} {}", rungs[at].id, rungs[at].title.get(lang)))
        }
        (Some(at), Scale::Gate(axes)) => (axes[at].id.clone(), axes[at].title.get(lang).to_owned()),
        (Some(at), Scale::Scorecard(card)) => {
            (card.objectives[at].id.clone(), card.objectives[at].title.get(lang).to_owned())
        }
        (None, Scale::Scorecard(card)) if card.floors.iter().any(|floor| floor.requires.contains(&criterion)) => {
            ("floors".to_owned(), if lang == Lang::Ko { "하한" } else { "Floors" }.to_owned())
        }
        (None, _) => {
            let title = if lang == Lang::Ko { "다른 기준이 쓰는 기준" } else { "Criteria that others use" };
            ("others".to_owned(), title.to_owned())
        }
    };
    Group { name, title }
}

impl Writer<'_> {
    /// Which steps ask for a criterion, and what it brings: `, T4-1; 3 points`.
    pub(super) fn asked_by(&self, at: usize) -> Vec<String> {
        let wanted = self.say(" (바람)", " (wanted)");
        let list: Vec<String> = match &self.rules.scale {
            Scale::Ladder(rungs) => rungs
                .iter()
                .filter_map(|rung| match (rung.requires.contains(&at), rung.wants.contains(&at)) {
                    (true, _) => Some(rung.id.clone()),
                    (_, true) => Some(format!("{}{wanted}", rung.id)),
                    _ => None,
                })
                .collect(),
            Scale::Gate(axes) => axes
                .iter()
                .filter_map(|axis| match (axis.requires.contains(&at), axis.wants.contains(&at)) {
                    (true, _) => Some(self.read.get(&axis.title).to_owned()),
                    (_, true) => Some(format!("{}{wanted}", self.read.get(&axis.title))),
                    _ => None,
                })
                .collect(),
            Scale::Scorecard(card) => {
                let of = card.objectives.iter().flat_map(|objective| &objective.criteria);
                of.filter(|(criterion, _)| *criterion == at).map(|(_, points)| self.points(*points)).collect()
            }
        };
        if list.is_empty() { Vec::new() } else { vec![format!(" · {}", list.join(", "))] }
    }

    fn points(&self, points: f64) -> String {
        match self.lang {
            Lang::Ko => format!("{points}점"),
            Lang::En if (points - 1.0).abs() < f64::EPSILON => "1 point".to_owned(),
            Lang::En => format!("{points} points"),
        }
    }

    fn linked(&self, list: &[usize]) -> Vec<Span> {
        self.read.links(list, |at| self.number(at))
    }

    pub(super) fn scale_tables(&mut self) {
        match &self.rules.scale {
            Scale::Ladder(rungs) => {
                self.text(self.say(
                    "단계는 아래 단계의 기준을 모두 채우고 자기 기준을 채워야 한다. 높은 단계부터 적는다.",
                    "A rung asks for its own criteria and for those of all rungs below. The highest stands first.",
                ));
                let head = [
                    self.say("단계", "rung"),
                    self.say("이름", "title"),
                    self.say("더하는 기준", "criteria it adds"),
                    self.say("바라는 기준", "criteria it wants"),
                ];
                let wants = rungs.iter().any(|rung| !rung.wants.is_empty());
                let zones = rungs.iter().any(|rung| rung.zone.is_some());
                let rows = rungs.iter().enumerate().rev().map(|(at, rung)| {
                    let mut row =
                        vec![plain(&*rung.id), plain(self.read.get(&rung.title)), self.linked(&rung.requires)];
                    if wants {
                        row.push(self.linked(&rung.wants));
                    }
                    if zones {
                        let zone = rungs[..=at].iter().rev().find_map(|rung| rung.zone.as_ref());
                        row.push(plain(zone.map_or("", |zone| self.read.get(zone))));
                    }
                    row
                });
                let rows = rows.collect();
                let mut head: Vec<String> =
                    head[..if wants { 4 } else { 3 }].iter().map(|text| (*text).to_owned()).collect();
                head.extend(zones.then(|| self.say("구역", "zone").to_owned()));
                self.blocks.push(Block::Table(head, rows));
                for rung in rungs {
                    let Some(line) = &rung.line else { continue };
                    let (id, line) = (&rung.id, self.read.get(line));
                    self.text(&match self.lang {
                        Lang::Ko => format!("{id} 아래의 선: {line}."),
                        Lang::En => format!("The line below {id}: {line}."),
                    });
                }
            }
            Scale::Gate(axes) => {
                self.text(self.say(
                    "축마다 필수 기준을 모두 채워야 통과하고, 모든 축을 통과해야 전체를 통과한다. 바라는 기준은 보고하고 결과를 정하지 않는다.",
                    "An axis is passed if all that it requires is met, and the whole if every axis is. What an axis wants is \
                    reported and decides nothing.",
                ));
                let head = [self.say("축", "axis"), self.say("필수", "requires"), self.say("바람", "wants")];
                let rows = axes.iter().map(|axis| {
                    vec![plain(self.read.get(&axis.title)), self.linked(&axis.requires), self.linked(&axis.wants)]
                });
                let rows = rows.collect();
                self.blocks.push(Block::Table(head.map(str::to_owned).to_vec(), rows));
            }
            Scale::Scorecard(card) => self.scorecard(card),
        }
    }

    fn scorecard(&mut self, card: &Scorecard) {
        self.text(self.say(
            "목표마다 얻은 점수를 배점으로 나누고 비중을 곱하여 더한 것이 총점이다. 알 수 없는 기준의 점수는 얻을 수도, 얻지 못할 수도 있어 총점이 범위로 나온다.",
            "The total is the sum over the objectives of the points that were brought, divided by all of its points, times its \
            weight. Points of what is unknown may or may not be brought, so the total is a range.",
        ));
        self.text(match card.not_applicable {
            NotApplicable::LeaveOut => self.say(
                "해당 없는 기준은 얻은 점수와 배점에서 모두 뺀다.",
                "A criterion that does not apply leaves both the points and what they are divided by.",
            ),
            NotApplicable::Zero => {
                self.say("해당 없는 기준은 0점이다.", "A criterion that does not apply brings no points.")
            }
        });
        let head = [
            self.say("목표", "objective"),
            self.say("비중", "weight"),
            self.say("기준", "criterion"),
            self.say("점수", "points"),
        ];
        let mut rows = Vec::new();
        for objective in &card.objectives {
            let mut name = plain(self.read.get(&objective.title));
            let mut weight = plain(self.read.weight(&objective.weight));
            for (at, points) in &objective.criteria {
                rows.push(vec![
                    std::mem::take(&mut name),
                    std::mem::take(&mut weight),
                    self.linked(&[*at]),
                    plain(points.to_string()),
                ]);
            }
            if objective.each.is_some() {
                let link = vec![Span::Link(
                    self.say("항목마다 얻는 점수", "points of items").to_owned(),
                    format!("each-{}", objective.id),
                )];
                let all = objective.out_of.map_or_else(String::new, |all| all.to_string());
                rows.push(vec![std::mem::take(&mut name), std::mem::take(&mut weight), link, plain(all)]);
            }
        }
        self.blocks.push(Block::Table(head.map(str::to_owned).to_vec(), rows));
        self.floors(card);
        for objective in &card.objectives {
            if let Some(each) = &objective.each {
                let title = match self.lang {
                    Lang::Ko => format!("{}: 항목마다 얻는 점수", self.read.get(&objective.title)),
                    Lang::En => format!("{}: points of items", self.read.get(&objective.title)),
                };
                self.heading(3, &title, &format!("each-{}", objective.id));
                self.each(each);
            }
        }
    }

    fn floors(&mut self, card: &Scorecard) {
        if card.floors.is_empty() {
            return;
        }
        self.heading(3, self.say("하한", "Floors"), "floors");
        self.text(self.say(
            "다음 기준을 채우지 못하면 총점은 상한을 넘지 못한다.",
            "Where one of these criteria is not met, the total stays at or below the cap.",
        ));
        let head =
            [self.say("하한", "floor"), self.say("기준", "criteria"), self.say("총점의 상한", "cap of the total")];
        let rows = card.floors.iter().map(|floor| {
            vec![plain(self.read.get(&floor.title)), self.linked(&floor.requires), plain(format!("{} %", floor.cap))]
        });
        let rows = rows.collect();
        self.blocks.push(Block::Table(head.map(str::to_owned).to_vec(), rows));
    }

    /// What brings an item points, a line each.
    fn each(&mut self, each: &Each) {
        let collection = each.ranged.collection;
        if let Some(filter) = each.ranged.filter {
            let item = self.test(filter, collection);
            let mut line = vec![Span::Strong(format!("{}: ", self.say("대상", "For each of this kind")))];
            line.extend(item.spans);
            self.blocks.push(Block::Text(line));
            if !item.below.is_empty() {
                self.blocks.push(Block::List(item.below));
            }
        }
        let lines: Vec<Item> = each
            .worth
            .iter()
            .map(|(node, points)| {
                let item = self.test(*node, collection);
                let mut spans = vec![Span::Strong(format!("{}: ", self.points(*points)))];
                spans.extend(item.spans);
                Item { spans, below: item.below }
            })
            .collect();
        self.blocks.push(Block::List(lines));
    }
}
