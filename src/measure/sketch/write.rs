//! A sketch as the bytes of its file.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::manifest::{LayerNote, Manifest, PartNote, Sketch, SketchSummary, TowerNote};
use super::{KEY, SCHEMA};
use crate::measure::model::shape::{Model, Tower};
use crate::measure::model::thin::bf16;
use crate::measure::search::budget::Budget;
use crate::measure::search::power::least_of_two;
use crate::measure::stats::matrix::Matrix;
use crate::measure::verdict::controls::in_place;
use crate::text::{Says, says};

/// A tensor of the file: format, shape, bytes.
type Entry = (&'static str, Vec<usize>, Vec<u8>);

/// The file's bytes. The same model gives the same bytes.
pub(super) fn write(sketch: &Sketch) -> (Vec<u8>, SketchSummary) {
    let model = &sketch.model;
    let tensors = tensors(model);
    let numbers = model.held_numbers();
    let least = least_correlation(model);
    let share = (numbers as f64 / model.inventory.parameters.max(1) as f64).min(1.0);
    let power = match least {
        Some(rho) => says(
            format!("모양이 같은 모델 하나와 견주면, 제자리에서 상관 {rho:.3} 이상으로 재사용한 구성요소를 찾는다"),
            format!(
                "compared with one model of the same shapes, reuse of a whole tower in place with a correlation of \
                {rho:.3} or more would be found"
            ),
        ),
        None => says(
            "담긴 것이 적어 두 검정이 함께 기준에 이를 수 없다",
            "too little is held for two families to reach the level",
        ),
    };
    let manifest = manifest(sketch, share, power);
    let text = serde_json::to_string(&manifest).unwrap_or_default();
    let mut header = Map::new();
    header.insert("__metadata__".to_owned(), json!({"format": "pt", KEY: text}));
    let mut end = 0;
    for (name, (format, shape, bytes)) in &tensors {
        let begin = end;
        end += bytes.len();
        header.insert(name.clone(), json!({"dtype": format, "shape": shape, "data_offsets": [begin, end]}));
    }
    let mut head = Value::Object(header).to_string();
    // Readers that map files want the numbers at a multiple of eight.
    while !head.len().is_multiple_of(8) {
        head.push(' ');
    }
    let mut file = (head.len() as u64).to_le_bytes().to_vec();
    file.extend_from_slice(head.as_bytes());
    for (_, _, bytes) in tensors.values() {
        file.extend_from_slice(bytes);
    }
    let bytes = file.len() as u64;
    (file, SketchSummary { numbers, of: model.inventory.parameters, bytes, least_correlation: least })
}

fn manifest(sketch: &Sketch, share: f64, power: Says) -> Manifest {
    let model = &sketch.model;
    let shapes = |part: &BTreeMap<String, Matrix>| -> BTreeMap<String, (usize, usize)> {
        let whole = |name: &String| model.beside_shapes.get(name).copied().unwrap_or_default();
        part.keys().map(|name| (name.clone(), whole(name))).collect()
    };
    Manifest {
        schema: SCHEMA.into(),
        id: model.id.as_str().into(),
        files: sketch.files.clone(),
        sample: model.sample,
        parameters: model.inventory.parameters,
        components: model
            .inventory
            .components
            .iter()
            .map(|(kind, part)| (*kind, PartNote { parameters: part.parameters, format: part.format }))
            .collect(),
        config: model.config.value().clone(),
        vocabulary: model.vocabulary,
        table_width: model.table_width,
        strings_known: model.rows.strings.is_some(),
        towers: model.towers.iter().map(tower_note).collect(),
        projector: shapes(&model.projector),
        head_layers: shapes(&model.head_layers),
        left_out: model.left_out.clone(),
        not_compared: model.not_compared.clone(),
        too_many_towers: model.too_many_towers,
        share,
        power,
    }
}

fn tower_note(tower: &Tower) -> TowerNote {
    let layers = tower
        .layers
        .iter()
        .map(|layer| LayerNote {
            number: layer.number,
            parameters: layer.parameters,
            feed_forward_parameters: layer.feed_forward_parameters,
            heads: layer.attention.as_ref().map(|part| (part.heads, part.kv_heads, part.head_width)),
            experts: layer.experts.len(),
            latents: layer.latents.len(),
            starts: layer.constant_start.keys().cloned().collect(),
        })
        .collect();
    TowerNote {
        id: (tower.id != tower.kind.id()).then(|| tower.id.as_str().into()),
        kind: tower.kind,
        traits: tower.traits,
        width: (tower.extent.width, tower.width),
        neurons: tower.extent.neurons,
        pixels: tower.extent.pixels,
        outside: tower.outside,
        not_compared: tower.not_compared,
        passive: tower.passive.parameters,
        layers,
    }
}

fn tensors(model: &Model) -> BTreeMap<String, Entry> {
    let mut out = BTreeMap::new();
    let mut put = |name: String, entry: Entry| {
        out.insert(name, entry);
    };
    for (name, table) in [("embedding", &model.embedding), ("head", &model.head)] {
        if let Some(table) = table {
            put(name.to_owned(), matrix(table));
        }
    }
    put("rows.numbers".to_owned(), integers(model.rows.numbers.iter().map(|&row| row as u64)));
    if let Some(strings) = &model.rows.strings {
        put("rows.strings".to_owned(), integers(strings.iter().copied()));
    }
    for (group, parts) in [("projector", &model.projector), ("head-layer", &model.head_layers)] {
        for (name, part) in parts {
            put(format!("{group}:{name}"), matrix(part));
        }
    }
    for tower in &model.towers {
        let id = &tower.id;
        put(format!("{id}.table"), matrix(&tower.table));
        for (at, layer) in tower.layers.iter().enumerate() {
            let name = |leaf: &str| format!("{id}.{at}.{leaf}");
            if let Some(part) = &layer.attention {
                let all =
                    [("query", &part.query), ("key", &part.key), ("value", &part.value), ("output", &part.output)];
                for (leaf, rows) in all {
                    put(name(leaf), matrix(rows));
                }
                for (leaf, bias) in ["query-bias", "key-bias", "value-bias"].into_iter().zip(&part.biases) {
                    put(name(leaf), vector(bias));
                }
            }
            for (expert, part) in layer.experts.iter().enumerate() {
                let name = |leaf: &str| name(&format!("expert.{expert}.{leaf}"));
                if let Some(gate) = &part.gate {
                    put(name("gate"), matrix(gate));
                }
                put(name("up"), matrix(&part.up));
                put(name("down"), matrix(&part.down));
                put(name("up-bias"), vector(&part.up_bias));
            }
            if let Some(router) = &layer.router {
                put(name("router"), matrix(router));
            }
            for (latent, (into, from)) in layer.latents.iter().enumerate() {
                put(name(&format!("latent.{latent}.into")), matrix(into));
                put(name(&format!("latent.{latent}.from")), matrix(from));
            }
            for (place, values) in &layer.constant_start {
                put(name(&format!("start:{place}")), vector(values));
            }
        }
    }
    out
}

fn matrix(matrix: &Matrix) -> Entry {
    (
        "BF16",
        vec![matrix.rows, matrix.columns],
        matrix.data.iter().flat_map(|&value| bf16(value).to_le_bytes()).collect(),
    )
}

fn vector(values: &[f32]) -> Entry {
    ("F32", vec![values.len()], values.iter().flat_map(|value| value.to_le_bytes()).collect())
}

fn integers(values: impl Iterator<Item = u64>) -> Entry {
    let bytes: Vec<u8> = values.flat_map(u64::to_le_bytes).collect();
    ("U64", vec![bytes.len() / 8], bytes)
}

/// The least correlation that two families would find in each tower, of the worst tower.
fn least_correlation(model: &Model) -> Option<f64> {
    let budget = Budget::of(1, model.towers.len());
    let of_tower = |tower: &Tower| {
        let reach: BTreeMap<_, _> = in_place(&tower.layers, tower)
            .into_iter()
            .map(|(family, sum)| (family, (sum.units(), tower.width)))
            .collect();
        least_of_two(reach.iter(), budget)
    };
    model
        .towers
        .iter()
        .map(of_tower)
        .try_fold(0.0_f64, |worst, rho| rho.map(|rho| worst.max(rho)))
        .filter(|rho| *rho > 0.0)
}

impl Model {
    /// Numbers that are held of the weights.
    pub(in crate::measure) fn held_numbers(&self) -> u64 {
        tensors_lengths(self).sum::<usize>() as u64
    }
}

fn tensors_lengths(model: &Model) -> impl Iterator<Item = usize> + '_ {
    let tables = model.embedding.iter().chain(&model.head);
    let beside = model.projector.values().chain(model.head_layers.values());
    let outside = tables.chain(beside).chain(model.towers.iter().map(|tower| &tower.table)).map(|part| part.data.len());
    let layers = model.towers.iter().flat_map(|tower| &tower.layers).flat_map(|layer| {
        let attention = layer.attention.iter().flat_map(|part| [&part.query, &part.key, &part.value, &part.output]);
        let experts = layer.experts.iter().flat_map(|part| [&part.up, &part.down].into_iter().chain(&part.gate));
        let latents = layer.latents.iter().flat_map(|(into, from)| [into, from]);
        let vectors = layer.constant_start.values().map(Vec::len);
        attention.chain(experts).chain(latents).chain(&layer.router).map(|part| part.data.len()).chain(vectors)
    });
    outside.chain(layers)
}
