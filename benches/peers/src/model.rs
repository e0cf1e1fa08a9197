//! One model, generated: three components, each compared with four references. All twelve criteria hold.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use sovgrade::desk::inline_dossier;
use sovgrade::facts::Dossier;
use sovgrade::rules::{Ruleset, RulesetFiles, load};
use sovgrade::text::{Aliases, SourceFile, parse_yaml};

const KINDS: [(&str, &str); 3] = [("language", "text"), ("vision", "vision-encoder"), ("projector", "projector")];

fn similarity(component: usize, reference: usize) -> f64 {
    0.01 * ((component + 1) * (reference + 1)) as f64
}

/// What the peers read.
pub fn input() -> Value {
    let evidence = |i: usize| -> Vec<Value> {
        (0..4)
            .map(|j| {
                json!({
                    "reference": format!("reference-{j}"),
                    "similarity": similarity(i, j),
                    "method": if j == 2 { "spectral" } else { "cosine" },
                    "layers_matched": j,
                    "aligned": false,
                })
            })
            .collect()
    };
    let components: Vec<Value> = KINDS
        .iter()
        .enumerate()
        .map(|(i, (kind, _))| {
            json!({
                "name": format!("component-{i}"),
                "kind": kind,
                "init": "random",
                "params": 1_000_000_000u64,
                "license": "Apache-2.0",
                "tokenizer": {"trained": true, "overlap": 0.21},
                "evidence": evidence(i),
            })
        })
        .collect();
    json!({
        "model": {"id": "example/one", "license": "Apache-2.0", "country": "KR"},
        "training": {"location": "KR", "code_released": true},
        "components": components,
    })
}

/// The same as our facts. A share is a similarity in percent, a relation the method that gave it.
pub fn dossier() -> Dossier {
    let mut text = String::from(
        "facts:\n  maker.jurisdiction: KR\n  training.location: [KR]\n  training.code-available: public\nitems:\n  \
         licence:\n    - { id: weights, licence.id: Apache-2.0 }\n  component:\n",
    );
    for (i, (_, role)) in KINDS.iter().enumerate() {
        let _ = writeln!(
            text,
            "    - id: component-{i}\n      role: {role}\n      initialisation: random-init\n      parameters: 1 B \
             parameters\n      component.licence: Apache-2.0\n      trained-by-maker: true\n      foreign-share: 21 %\n      link:"
        );
        for j in 0..4 {
            let relation = if j == 2 { "no-trace" } else { "undecided" };
            let share = 100.0 * similarity(i, j);
            let _ = writeln!(
                text,
                "        - {{ id: reference-{j}, share: {share:.0} %, relation: {relation}, layers: {j}, same-maker: false }}"
            );
        }
    }
    text.push_str("complete: [licence, component, link]\n");
    let file = SourceFile::new("model.yaml", text);
    let node = parse_yaml(&file, Aliases::Refuse).unwrap_or_else(|p| panic!("{}", p.message.en));
    inline_dossier("example/one", &node, &file, sovgrade::vocabulary::OwnFacts::none()).unwrap_or_else(|p| {
        panic!("{}", p.sorted().iter().map(|p| p.message.en.clone()).collect::<Vec<_>>().join("\n"))
    })
}

/// The criteria in our language.
pub fn rules() -> Ruleset {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/twelve");
    let loaded = RulesetFiles::read(&folder).and_then(|files| load(&files));
    match loaded {
        Ok((rules, _)) => rules,
        Err(problems) => panic!(
            "{}",
            problems.sorted().iter().map(|p| format!("{} {:?}", p.message.en, p.span)).collect::<Vec<_>>().join("\n")
        ),
    }
}

/// The model as structs, for the floor.
pub struct Floor {
    license: String,
    country: String,
    location: String,
    code_released: bool,
    components: Vec<Component>,
}

struct Component {
    kind: String,
    init: String,
    params: u64,
    license: String,
    trained: bool,
    overlap: f64,
    evidence: Vec<Evidence>,
}

struct Evidence {
    similarity: f64,
    method: String,
    layers_matched: u32,
    aligned: bool,
}

/// The structs.
pub fn floor() -> Floor {
    let text = |t: &str| t.to_owned();
    let evidence = |i: usize, j: usize| Evidence {
        similarity: similarity(i, j),
        method: text(if j == 2 { "spectral" } else { "cosine" }),
        layers_matched: j as u32,
        aligned: false,
    };
    let component = |(i, (kind, _)): (usize, &(&str, &str))| Component {
        kind: text(kind),
        init: text("random"),
        params: 1_000_000_000,
        license: text("Apache-2.0"),
        trained: true,
        overlap: 0.21,
        evidence: (0..4).map(|j| evidence(i, j)).collect(),
    };
    Floor {
        license: text("Apache-2.0"),
        country: text("KR"),
        location: text("KR"),
        code_released: true,
        components: KINDS.iter().enumerate().map(component).collect(),
    }
}

impl Floor {
    /// How many of the twelve hold.
    pub fn met(&self) -> usize {
        let permitted = |license: &str| ["Apache-2.0", "MIT", "CC-BY-4.0"].contains(&license);
        let all = |f: &dyn Fn(&Component) -> bool| self.components.iter().all(f);
        let any = |f: &dyn Fn(&Component) -> bool| self.components.iter().any(f);
        [
            permitted(&self.license),
            self.country == "KR",
            all(&|c| c.init == "random"),
            all(&|c| c.evidence.iter().all(|r| r.similarity < 0.3)),
            all(&|c| c.evidence.iter().any(|r| r.method == "spectral")),
            all(&|c| c.params > 0 && permitted(&c.license)),
            any(&|c| c.kind == "language" && c.trained),
            all(&|c| c.evidence.iter().all(|r| r.layers_matched <= 4 || !r.aligned)),
            self.location == "KR" && self.code_released,
            self.components.iter().filter(|c| c.init == "random").count() >= 2,
            all(&|c| c.kind == "projector" || c.overlap < 0.5),
            !any(&|c| c.evidence.iter().any(|r| r.similarity > 0.9 && r.method == "exact")),
        ]
        .into_iter()
        .filter(|holds| *holds)
        .count()
    }
}
