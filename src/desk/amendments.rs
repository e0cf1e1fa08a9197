//! What changed between two rulesets, provision by provision, as the table of a regulation's amendment has it: what
//! is new, what is repealed, and for what is amended the old and the new words side by side.

use crate::rules::RulesetFiles;
use crate::text::{Aliases, Node, NodeKind, Says, SourceFile, parse_yaml, says};

/// What a provision is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Provision {
    /// Version, title, home country and the like.
    Head,
    /// A rung, an axis, an objective or a floor.
    Step,
    /// A reading.
    Reading,
    /// A criterion.
    Criterion,
    /// A term.
    Term,
    /// A fact, a list of words or a collection of its own.
    Fact,
    /// A named bundle of readings.
    Profile,
    /// A settled contradiction of the standard.
    Decision,
}

impl Provision {
    /// What it is called.
    pub fn says(self) -> Says {
        match self {
            Self::Head => says("총칙", "head"),
            Self::Step => says("단계", "step of the scale"),
            Self::Reading => says("해석", "reading"),
            Self::Criterion => says("기준", "criterion"),
            Self::Term => says("용어", "term"),
            Self::Fact => says("사실", "fact"),
            Self::Profile => says("해석 묶음", "profile"),
            Self::Decision => says("결정", "decision"),
        }
    }

    /// The word of the data.
    pub fn word(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Step => "step",
            Self::Reading => "reading",
            Self::Criterion => "criterion",
            Self::Term => "term",
            Self::Fact => "fact",
            Self::Profile => "profile",
            Self::Decision => "decision",
        }
    }
}

/// What happened to a provision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It is new.
    Added,
    /// It is gone.
    Repealed,
    /// It says something else.
    Amended,
    /// Its words changed, and not what it asks.
    Reworded,
}

impl Kind {
    /// What it is called.
    pub fn says(self) -> Says {
        match self {
            Self::Added => says("신설", "added"),
            Self::Repealed => says("삭제", "repealed"),
            Self::Amended => says("개정", "amended"),
            Self::Reworded => says("자구 수정", "reworded"),
        }
    }

    /// The word of the data.
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Repealed => "repealed",
            Self::Amended => "amended",
            Self::Reworded => "reworded",
        }
    }
}

/// One place at which an amended provision differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The way to it: `test.all.1.at-least`.
    pub way: String,
    /// What is changed, in words.
    pub what: Says,
    /// What stood there.
    pub old: Option<String>,
    /// What stands there.
    pub new: Option<String>,
    /// Whether only words for readers changed.
    pub wording: bool,
}

/// One provision that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    /// What it is.
    pub provision: Provision,
    /// Its id.
    pub id: String,
    /// What happened to it.
    pub kind: Kind,
    /// Where it differs; the whole where it is new or gone.
    pub parts: Vec<Part>,
}

/// A provision as its file has it.
struct Unit {
    provision: Provision,
    id: String,
    node: Node,
}

/// Every change from the old files to the new ones, in the order of provisions and ids.
pub fn amendments(old: &RulesetFiles, new: &RulesetFiles) -> Vec<Amendment> {
    let (before, after) = (units(old), units(new));
    let same = |unit: &Unit, other: &Unit| unit.provision == other.provision && unit.id == other.id;
    let mut list = Vec::new();
    for unit in &before {
        match after.iter().find(|other| same(unit, other)) {
            None => list.push(whole(unit, Kind::Repealed)),
            Some(other) => {
                let mut parts = Vec::new();
                differ(Some(&unit.node), Some(&other.node), "", &mut parts);
                if !parts.is_empty() {
                    let reworded = parts.iter().all(|part| part.wording);
                    let kind = if reworded { Kind::Reworded } else { Kind::Amended };
                    list.push(Amendment { provision: unit.provision, id: unit.id.clone(), kind, parts });
                }
            }
        }
    }
    for unit in after.iter().filter(|unit| !before.iter().any(|other| same(unit, other))) {
        list.push(whole(unit, Kind::Added));
    }
    list.sort_by(|a, b| a.provision.cmp(&b.provision).then_with(|| a.id.cmp(&b.id)));
    list
}

fn whole(unit: &Unit, kind: Kind) -> Amendment {
    let text = Some(flow(&unit.node));
    let (old, new) = if kind == Kind::Added { (None, text) } else { (text, None) };
    let part = Part { way: String::new(), what: says("전체", "as a whole"), old, new, wording: false };
    Amendment { provision: unit.provision, id: unit.id.clone(), kind, parts: vec![part] }
}

fn units(files: &RulesetFiles) -> Vec<Unit> {
    let mut list = Vec::new();
    if let Some(root) = tree(&files.ruleset) {
        for (key, value) in entries(&root) {
            match key {
                "format" | "history" => {}
                "scale" => steps(value, &mut list),
                "readings" | "profiles" => {
                    let provision = if key == "readings" { Provision::Reading } else { Provision::Profile };
                    let all = entries(value).into_iter();
                    list.extend(all.map(|(id, node)| Unit { provision, id: id.to_owned(), node: node.clone() }));
                }
                "decisions" | "notes" => {
                    for node in value.list().unwrap_or_default() {
                        let id = node.get("id").or_else(|| node.get("of")).and_then(Node::text).unwrap_or_default();
                        list.push(Unit { provision: Provision::Decision, id: id.to_owned(), node: node.clone() });
                    }
                }
                _ => list.push(Unit { provision: Provision::Head, id: key.to_owned(), node: value.clone() }),
            }
        }
    }
    if let Some(root) = files.terms.as_ref().and_then(tree) {
        for (id, node) in root.get("terms").map(entries).unwrap_or_default() {
            list.push(Unit { provision: Provision::Term, id: id.to_owned(), node: node.clone() });
        }
    }
    if let Some(root) = files.facts.as_ref().and_then(tree) {
        for (part, below) in entries(&root) {
            match part {
                "format" => {}
                "facts" => {
                    for (id, node) in entries(below) {
                        list.push(Unit { provision: Provision::Fact, id: id.to_owned(), node: node.clone() });
                    }
                }
                part if below.map().is_some() => {
                    for (id, node) in entries(below) {
                        list.push(Unit { provision: Provision::Fact, id: format!("{part}/{id}"), node: node.clone() });
                    }
                }
                part => list.push(Unit { provision: Provision::Fact, id: part.to_owned(), node: below.clone() }),
            }
        }
    }
    for file in &files.criteria {
        if let Some(node) = tree(file) {
            let id = node.get("id").and_then(Node::text).unwrap_or_default().to_owned();
            list.push(Unit { provision: Provision::Criterion, id, node });
        }
    }
    list
}

/// The steps of a scale. The order of a ladder is part of what it says, so a rung knows the one below it.
fn steps(scale: &Node, list: &mut Vec<Unit>) {
    let mut add = |nodes: &[Node]| {
        for (at, node) in nodes.iter().enumerate() {
            let id = node.get("id").and_then(Node::text).map_or_else(|| format!("floor-{}", at + 1), str::to_owned);
            list.push(Unit { provision: Provision::Step, id, node: node.clone() });
        }
    };
    for (key, value) in entries(scale) {
        match (key, value.list()) {
            (_, Some(nodes)) => add(nodes),
            _ => {
                for (_, part) in entries(value) {
                    add(part.list().unwrap_or_default());
                }
            }
        }
    }
}

fn tree(file: &SourceFile) -> Option<Node> {
    parse_yaml(file, Aliases::Refuse).ok()
}

fn entries(node: &Node) -> Vec<(&str, &Node)> {
    node.map().into_iter().flatten().filter_map(|(key, value)| Some((key.text()?, value))).collect()
}

/// Where two nodes differ.
fn differ(old: Option<&Node>, new: Option<&Node>, way: &str, parts: &mut Vec<Part>) {
    let step = |part: &str| if way.is_empty() { part.to_owned() } else { format!("{way}.{part}") };
    match (old, new) {
        (Some(old), Some(new)) if flow(old) == flow(new) => {}
        (Some(old), Some(new)) => match (&old.kind, &new.kind) {
            (NodeKind::Map(a), NodeKind::Map(b)) if shares_a_key(a, b) => {
                for (key, value) in entries(old) {
                    differ(Some(value), new.get(key), &step(key), parts);
                }
                for (key, value) in entries(new).into_iter().filter(|(key, _)| old.get(key).is_none()) {
                    differ(None, Some(value), &step(key), parts);
                }
            }
            (NodeKind::List(a), NodeKind::List(b)) => lists(a, b, way, parts),
            _ => push(Some(old), Some(new), way, parts),
        },
        (old, new) => push(old, new, way, parts),
    }
}

fn shares_a_key(a: &[(Node, Node)], b: &[(Node, Node)]) -> bool {
    a.iter().any(|(key, _)| b.iter().any(|(other, _)| key.text() == other.text()))
}

/// Lists: what stands in both is passed over; of the rest, items at one place are compared with each other.
fn lists(old: &[Node], new: &[Node], way: &str, parts: &mut Vec<Part>) {
    let gone: Vec<(usize, &Node)> =
        old.iter().enumerate().filter(|(_, item)| !new.iter().any(|other| flow(other) == flow(item))).collect();
    let fresh: Vec<(usize, &Node)> =
        new.iter().enumerate().filter(|(_, item)| !old.iter().any(|other| flow(other) == flow(item))).collect();
    let order = |list: &[Node], other: &[Node]| -> Vec<String> {
        list.iter().map(flow).filter(|text| other.iter().any(|item| flow(item) == *text)).collect()
    };
    if gone.is_empty() && fresh.is_empty() && order(old, new) != order(new, old) {
        let text = |list: &[Node]| Some(format!("[{}]", list.iter().map(flow).collect::<Vec<_>>().join(", ")));
        let what = says("순서", "order");
        parts.push(Part { way: way.to_owned(), what, old: text(old), new: text(new), wording: false });
    }
    for at in 0..gone.len().max(fresh.len()) {
        let (before, after) = (gone.get(at), fresh.get(at));
        let number = before.or(after).map_or(0, |(number, _)| number + 1);
        let deep = before.zip(after).is_some_and(|((_, a), (_, b))| a.map().is_some() && b.map().is_some());
        let place = format!("{way}.{number}");
        if deep {
            differ(before.map(|(_, n)| *n), after.map(|(_, n)| *n), &place, parts);
        } else {
            push(before.map(|(_, n)| *n), after.map(|(_, n)| *n), &place, parts);
        }
    }
}

/// Keys under which words for readers stand: they explain, and decide nothing.
const WORDING: [&str; 13] = [
    "title",
    "question",
    "rationale",
    "meaning",
    "because",
    "remedy",
    "not-applicable",
    "about",
    "decision",
    "cites",
    "source",
    "settles",
    "version",
];

fn push(old: Option<&Node>, new: Option<&Node>, way: &str, parts: &mut Vec<Part>) {
    let wording = way.split('.').any(|part| WORDING.contains(&part)) || way.is_empty() && is_text(old.or(new));
    parts.push(Part { way: way.to_owned(), what: what(way), old: old.map(flow), new: new.map(flow), wording });
}

/// Whether a node of the head is words alone: a title in languages.
fn is_text(node: Option<&Node>) -> bool {
    node.is_some_and(|node| entries(node).iter().any(|(key, _)| matches!(*key, "ko" | "en")))
}

/// What a place of a provision is called.
fn what(way: &str) -> Says {
    let parts: Vec<&str> = way.split('.').collect();
    let last = parts.iter().rev().find(|part| part.parse::<usize>().is_err()).copied().unwrap_or_default();
    let listed = parts.last().is_some_and(|part| part.parse::<usize>().is_ok());
    match last {
        "at-least" | "at-most" | "more-than" | "less-than" => says("문턱", "threshold"),
        "needs" => says("필요한 확인 수준", "assurance it needs"),
        "requires" => says("요구하는 기준", "criteria it requires"),
        "wants" => says("바라는 기준", "criteria it wants"),
        "default" => says("기본 선택지", "default option"),
        "weight" | "points" | "cap" | "out-of" => says("비중과 배점", "weight or points"),
        "fact" => says("묻는 사실", "fact asked for"),
        "is" | "is-not" | "in" | "not-in" | "contains" | "known" => says("견주는 값", "value compared"),
        "all" | "any" if listed => says("조건", "condition"),
        "all" | "any" | "not" => says("조건의 결합", "how conditions are joined"),
        "every" | "some" | "none" | "count" | "share" => says("세는 방법", "quantifier"),
        "where" => says("세는 대상", "what is counted"),
        "criterion" => says("쓰는 기준", "criterion used"),
        "term" => says("쓰는 용어", "term used"),
        "reading" | "options" => says("따르는 해석", "reading followed"),
        "applies" => says("적용 대상", "when it applies"),
        "empty" | "unlisted" => says("목록에 없는 것", "what is not listed"),
        "of" | "by" | "holds" => says("묻는 것", "what is asked"),
        "test" => says("시험", "test"),
        "title" => says("제목", "title"),
        _ => match parts.iter().find(|part| WORDING.contains(*part)) {
            Some(part) => says(wording_ko(part), part),
            None => says(way, way),
        },
    }
}

fn wording_ko(key: &str) -> &'static str {
    match key {
        "title" => "제목",
        "question" => "물음",
        "rationale" | "because" => "까닭",
        "meaning" => "뜻",
        "remedy" => "보완 방법",
        "not-applicable" => "해당하지 않을 때의 안내",
        "cites" | "source" => "근거",
        "version" => "판",
        _ => "글",
    }
}

/// A node on one line, as one would write it by hand.
pub fn flow(node: &Node) -> String {
    match &node.kind {
        NodeKind::Scalar { text, .. } => text.split_whitespace().collect::<Vec<_>>().join(" "),
        NodeKind::List(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        NodeKind::Map(entries) => {
            let each = |(key, value): &(Node, Node)| format!("{}: {}", flow(key), flow(value));
            format!("{{ {} }}", entries.iter().map(each).collect::<Vec<_>>().join(", "))
        }
    }
}
