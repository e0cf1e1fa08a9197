//! What a card says against itself, against the other files, or without showing anything: rules C1 to C18 of the
//! reference on cards. Licences (C6, C10, C11, C13) and measuring answer for the others.

use super::card::{CardFile, Cited};
use super::config::Config;
use super::counts::Weights;
use super::directory::Directory;
use super::further::Further;
use crate::evidence::sha256_of_file;
use crate::facts::{Draft, Finding, Origin, Source, Value};
use crate::text::{Code, Node, NodeKind, Says, says};

/// Deviation of a sum of declared parameters that rounding explains, and that above which it is a contradiction.
const ROUNDING: f64 = 0.01;
const CONTRADICTION: f64 = 0.05;

/// Deviation of a sum of shares that rounding explains.
const SHARES: f64 = 0.02;

/// One card under scrutiny.
struct Check<'a> {
    card: &'a CardFile,
    findings: &'a mut Vec<Finding>,
}

/// Applies the rules that a card can be held to by itself.
pub(super) fn card(card: &CardFile, draft: &mut Draft) {
    let mut check = Check { card, findings: &mut draft.findings };
    let components: Vec<&Node> = list(&card.block, "components").iter().collect();
    for component in &components {
        check.start(component);
        check.frozen(component);
    }
    check.datasets();
    check.logs();
}

/// Applies the rules between a card and the other files.
pub(super) fn with_files(
    card: &CardFile,
    declared: &[Cited],
    config: Option<&Config>,
    weights: &Weights,
    directory: &Directory,
    draft: &mut Draft,
) {
    let mut check = Check { card, findings: &mut draft.findings };
    if let Some(config) = config {
        check.custom_code(config);
    }
    if let Some(parameters) = weights.parameters {
        check.parameters(parameters, weights.further.values().copied().sum());
    }
    check.notices(directory);
    for cited in declared {
        check.evidence(cited, directory);
    }
}

/// Rule C5: a base model is named while every component claims a random start.
pub(super) fn base_model(bases: &[(String, Source)], cards: &[CardFile], draft: &mut Draft) {
    let components: Vec<&Node> = cards.iter().flat_map(|card| list(&card.block, "components")).collect();
    let all_random = !components.is_empty() && components.iter().all(|node| is(node, START, "random-init"));
    if let Some((base, source)) = bases.first().filter(|_| all_random) {
        draft.findings.push(Finding {
            says: says(
                format!("기반 모델 `{base}`을(를) 밝히면서 모든 구성요소를 무작위 초기화라고 적었다 [C5]"),
                format!(
                    "a base model `{base}` is named while every component is said to start from random numbers [C5]"
                ),
            ),
            sources: vec![source.clone()],
            contradiction: true,
            code: Some(Code::CardAgainstHint),
        });
    }
}

const START: &[&str] = &["initialisation", "initialization"];

fn list<'n>(node: &'n Node, key: &str) -> &'n [Node] {
    node.get(key).and_then(Node::list).unwrap_or_default()
}

fn get<'n>(node: &'n Node, keys: &[&str]) -> Option<&'n Node> {
    keys.iter().find_map(|key| node.get(key)).filter(|n| !n.is_null())
}

fn is(node: &Node, keys: &[&str], word: &str) -> bool {
    get(node, keys).and_then(Node::text) == Some(word)
}

fn yes(node: Option<&Node>) -> bool {
    node.and_then(Node::text).is_some_and(|text| matches!(text.to_lowercase().as_str(), "yes" | "true"))
}

fn holds_something(node: &Node, key: &str) -> bool {
    match node.get(key).map(|n| &n.kind) {
        Some(NodeKind::List(items)) => !items.is_empty(),
        Some(NodeKind::Scalar { text, .. }) => !text.is_empty() && text != "undisclosed" && text != "null",
        Some(NodeKind::Map(_)) => true,
        None => false,
    }
}

fn id(node: &Node) -> &str {
    node.get("id").and_then(Node::text).unwrap_or("?")
}

impl Check<'_> {
    fn source(&self, node: &Node) -> Source {
        let origin = Origin {
            file: self.card.file.name().to_owned(),
            at: Some(self.card.file.position(node.span.start)),
            ..Origin::default()
        };
        Source::declared(Value::text(node.text().unwrap_or_default()), origin)
    }

    fn report(&mut self, code: Code, contradiction: bool, says: Says, nodes: &[&Node]) {
        let sources = nodes.iter().map(|node| self.source(node)).collect();
        self.findings.push(Finding { says, sources, contradiction, code: Some(code) });
    }

    /// C1 and C2.
    fn start(&mut self, component: &Node) {
        let Some(start) = get(component, START) else { return };
        let id = id(component);
        let random = start.text() == Some("random-init");
        for key in ["references", "adaptation"] {
            if random && holds_something(component, key) {
                let other = component.get(key).unwrap_or(component);
                let text = says(
                    format!("구성요소 `{id}`은(는) 무작위 초기화라면서 `{key}`에 다른 모델의 가중치를 적었다 [C1]"),
                    format!(
                        "component `{id}` is said to start from random numbers, and `{key}` names what it started \
                        from [C1]"
                    ),
                );
                self.report(Code::CardAgainstItself, true, text, &[start, other]);
            }
        }
        if matches!(start.text(), Some("from-reference" | "adapted")) && !holds_something(component, "references") {
            let text = says(
                format!(
                    "구성요소 `{id}`은(는) 다른 모델에서 출발했다면서 어느 모델인지 `references`에 적지 않았다 [C2]"
                ),
                format!("component `{id}` started from another model, and `references` does not say which [C2]"),
            );
            self.report(Code::OriginNotNamed, false, text, &[start]);
        }
    }

    /// C18.
    fn frozen(&mut self, component: &Node) {
        let maker = self.card.block.at(&["developer", "name"]).and_then(Node::text).map(str::to_lowercase);
        let (Some(frozen), Some(by), Some(maker)) =
            (component.get("frozen_during_training"), component.get("trained_by"), maker)
        else {
            return;
        };
        let names = by.list().unwrap_or(std::slice::from_ref(by));
        let own = names.iter().filter_map(Node::text).any(|name| name.to_lowercase() == maker);
        if yes(Some(frozen)) && own && holds_something(component, "references") {
            let id = id(component);
            let text = says(
                format!("구성요소 `{id}`을(를) 제작자가 학습했다면서 학습 내내 고정했다고도 적었다 [C18]"),
                format!("component `{id}` is said to be trained by the maker and to be frozen throughout [C18]"),
            );
            self.report(Code::CardAgainstItself, true, text, &[by, frozen]);
        }
    }

    /// C8 and C9.
    fn datasets(&mut self) {
        let datasets = list(&self.card.block, "datasets");
        for dataset in datasets {
            if is(dataset, &["source_type"], "synthetic") && !holds_something(dataset, "synthetic_from") {
                let id = id(dataset);
                let text = says(
                    format!("데이터셋 `{id}`은(는) 합성 데이터라면서 어느 모델이 썼는지 적지 않았다 [C8]"),
                    format!("dataset `{id}` is synthetic, and `synthetic_from` does not say which model wrote it [C8]"),
                );
                self.report(Code::OriginNotNamed, false, text, &[dataset.get("source_type").unwrap_or(dataset)]);
            }
        }
        let trained: Vec<&Node> = datasets.iter().filter(|dataset| pretraining(dataset)).collect();
        let shares: Vec<f64> = trained.iter().filter_map(|dataset| share(dataset.get("token_share")?)).collect();
        let sum: f64 = shares.iter().sum();
        if !shares.is_empty() && shares.len() == trained.len() && (sum - 1.0).abs() > SHARES {
            let text = says(
                format!("사전학습 데이터의 `token_share`를 더하면 1이 아니라 {sum:.2}이다 [C9]"),
                format!("the `token_share` of the pre-training data sum to {sum:.2} and not to 1 [C9]"),
            );
            let nodes: Vec<&Node> = trained.iter().filter_map(|dataset| dataset.get("token_share")).collect();
            self.report(Code::SharesOff, false, text, &nodes);
        }
    }

    /// C14.
    fn logs(&mut self) {
        let Some(logs) = self.card.block.at(&["training", "logs"]) else { return };
        let Some(zero) = logs.get("from_step_zero").filter(|node| yes(Some(node))) else { return };
        let described = list(&self.card.block, "evidence").iter().any(|entry| {
            let places = entry.get("describes");
            let places = places.map_or(&[][..], |node| node.list().unwrap_or(std::slice::from_ref(node)));
            places.iter().filter_map(Node::text).any(|place| place == "training" || place.starts_with("training/logs"))
        });
        if !described && !holds_something(logs, "evidence") {
            let text = says(
                "학습 기록이 첫 스텝부터 있다면서 보여 주는 증거 항목이 없다 [C14]",
                "the logs are said to begin at step zero, and no evidence entry shows them [C14]",
            );
            self.report(Code::NothingShows, false, text, &[zero]);
        }
    }

    /// C7.
    fn custom_code(&mut self, config: &Config) {
        let Some(node) = self.card.block.at(&["architecture", "custom_code"]) else { return };
        let stated = node.text().map(str::to_lowercase);
        let differs = match stated.as_deref() {
            Some("yes" | "true") => config.auto_map.is_none(),
            Some("no" | "false") => config.auto_map.is_some(),
            _ => false,
        };
        if differs {
            let (ko, en) = if config.auto_map.is_some() { ("있다", "has one") } else { ("없다", "has none") };
            let text = says(
                format!("카드의 `custom_code`와 달리 config.json에는 `auto_map`이 {ko} [C7]"),
                format!("`custom_code` of the card and config.json disagree: config.json {en} `auto_map` [C7]"),
            );
            self.report(Code::CardAgainstFiles, false, text, &[node]);
        }
    }

    /// C4. Of those counted, `further` are of layers that a card may leave out.
    fn parameters(&mut self, counted: u64, further: Further) {
        let components = list(&self.card.block, "components");
        let nodes: Vec<&Node> = components.iter().filter_map(|node| node.get("params")).collect();
        let stated: Vec<f64> = nodes.iter().filter_map(|node| parameters(node)).collect();
        if stated.is_empty() || stated.len() != components.len() {
            return;
        }
        let (sum, counted) = (stated.iter().sum::<f64>(), counted as f64);
        let off = (sum - counted).abs() / counted.max(1.0);
        let rounded: f64 = stated.iter().map(|number| crate::vocabulary::rounding(*number)).sum();
        let without = further.explains(sum, counted);
        if off > ROUNDING && (sum - counted).abs() > rounded && !without {
            let percent = off * 100.0;
            let text = says(
                format!("적힌 파라미터의 합 {sum:.0}이 파일에서 센 {counted:.0}과 {percent:.1} % 다르다 [C4]"),
                format!(
                    "the declared parameters sum to {sum:.0}, the files hold {counted:.0}: {percent:.1} % apart [C4]"
                ),
            );
            self.report(Code::CardAgainstFiles, off > CONTRADICTION, text, &nodes);
        }
    }

    /// C12, for the notices that the card itself names.
    fn notices(&mut self, directory: &Directory) {
        let Some(node) = self.card.block.at(&["licensing", "notices"]) else { return };
        for name in node.list().unwrap_or(std::slice::from_ref(node)) {
            let Some(text) = name.text().filter(|text| !text.is_empty() && *text != "undisclosed") else { continue };
            if !directory.has(text) {
                let text = says(
                    format!("고지 파일 `{text}`이(가) 디렉터리에 없다 [C12]"),
                    format!("the notice file `{text}` is not in the directory [C12]"),
                );
                self.report(Code::FileNotThere, false, text, &[name]);
            }
        }
    }

    /// C15.
    fn evidence(&mut self, cited: &Cited, directory: &Directory) {
        let Some(path) = &cited.path else { return };
        let id = &cited.id;
        let origin = Origin {
            file: self.card.file.name().to_owned(),
            at: Some(self.card.file.position(cited.span.start)),
            ..Origin::default()
        };
        let source = Source::declared(Value::text(path.as_str()), origin);
        let Some(entry) = directory.get(path.trim_start_matches("./")) else {
            let says = says(
                format!("증거 `{id}`의 파일 `{path}`이(가) 디렉터리에 없다 [C15]"),
                format!("the file `{path}` of the evidence `{id}` is not in the directory [C15]"),
            );
            self.findings.push(Finding {
                says,
                sources: vec![source],
                contradiction: false,
                code: Some(Code::FileNotThere),
            });
            return;
        };
        let Some(stated) = &cited.sha256 else { return };
        let found = entry.sha256.clone().map_or_else(|| sha256_of_file(&entry.path), Ok);
        if found.is_ok_and(|found| !found.eq_ignore_ascii_case(stated)) {
            let says = says(
                format!("증거 `{id}`의 파일 `{path}`은(는) 적힌 해시의 파일이 아니다 [C15]"),
                format!("the file `{path}` of the evidence `{id}` has another digest than stated [C15]"),
            );
            self.findings.push(Finding {
                says,
                sources: vec![source],
                contradiction: true,
                code: Some(Code::CardAgainstFiles),
            });
        }
    }
}

fn pretraining(dataset: &Node) -> bool {
    let Some(node) = dataset.get("stage") else { return false };
    node.list().unwrap_or(std::slice::from_ref(node)).iter().any(|stage| stage.text() == Some("pretraining"))
}

fn share(node: &Node) -> Option<f64> {
    let text = node.text()?.trim();
    match text.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().ok().map(|n| n / 100.0),
        None => text.parse().ok(),
    }
}

fn parameters(node: &Node) -> Option<f64> {
    crate::vocabulary::parse_number(node.text()?, crate::vocabulary::Unit::Parameters, true).ok()
}
