//! The looks against an independent program: the figures that a prototype in double precision stored for pairs of the
//! zoo.
//!
//! **Tolerance.** Matrices are kept in `f32`, so a cosine is off by some 1e-7 and a `z` of a few hundred of them by
//! some 1e-6; where a difference of nearly equal rows enters, by a hundred times that. A thousandth of `z` is far above
//! this and far below anything that decides.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use crate::files::{Place, locate};
use crate::measure::families::equal_numbers::{self, Grid};
use crate::measure::families::family::Family;
use crate::measure::families::patterns::{Pattern, Rings};
use crate::measure::families::tables;
use crate::measure::families::units::Part;
use crate::measure::model::plan::Sample;
use crate::measure::model::shape::Model;
use crate::measure::model::stored::gain_of;
use crate::measure::progress::Progress;
use crate::measure::search::looks::{By, Inputs, Kind, Looks, Rows, Silence, looks};
use crate::measure::stats::matrix::Matrix;
use crate::weights::{Checkpoint, ComponentKind, Numbers, Placement, Role};

const PAIRS: [(&str, &str); 21] = [
    ("a-ft", "llama-a"),
    ("a-cpt", "llama-a"),
    ("a-rotated-cpt", "llama-a"),
    ("a-new-tokens", "llama-a"),
    ("a-int8", "llama-a"),
    ("a-units-ft", "llama-a"),
    ("a-signs-ft", "llama-a"),
    ("a-dus", "llama-a"),
    ("a-drop", "llama-a"),
    ("from-a-layers", "llama-a"),
    ("e-moe", "llama-e"),
    ("gpt2-a-ft", "gpt2-a"),
    ("qwen2-a-cpt", "qwen2-a"),
    ("gemma-a-ft", "gemma-a"),
    ("siglip-b-ft", "siglip-b"),
    ("same-start-2", "same-start-1"),
    ("llama-b", "llama-a"),
    ("gains-2", "gains-1"),
    ("qwen2-b", "qwen2-a"),
    ("student-of-a", "llama-a"),
    ("sinus-2", "sinus-1"),
];
/// How far a `z` may be off.
const Z: f64 = 1e-3;

type Figures = BTreeMap<String, Value>;

fn shared(place: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(place)
}

fn stored() -> BTreeMap<String, Figures> {
    let text = std::fs::read_to_string(shared("tools/lineage_prototype/figures.json")).expect("stored figures");
    serde_json::from_str(&text).expect("an object of objects")
}

struct Read {
    checkpoint: Box<Checkpoint>,
    model: Model,
}

fn read(name: &str) -> Read {
    let Place::Folder(folder) = locate(&shared("corpora/zoo").join(name)).expect("a model of the zoo") else {
        panic!("{name} is a folder")
    };
    let checkpoint = Box::new(Checkpoint::of(&Arc::new(folder.usable().expect("usable"))).expect("opened"));
    let model = Model::read(&checkpoint, Sample::WHOLE, &Progress::default()).expect("read");
    Read { checkpoint, model }
}

impl Read {
    /// The head as stored: products with gains of sixteen bits are exact, so dividing gives it back.
    fn stored_head(&self) -> Option<Matrix> {
        let mut head = self.model.head.clone()?;
        if let Some(gain) = self.last_gain() {
            for row in head.data.chunks_exact_mut(gain.len()) {
                row.iter_mut().zip(&gain).for_each(|(value, gain)| *value /= gain);
            }
        }
        Some(head)
    }

    fn last_gain(&self) -> Option<Vec<f32>> {
        let is_last = |placement: &Placement| placement.role == Role::FinalNorm && !placement.is_bias;
        let last = self.checkpoint.tensors.iter().find(|tensor| is_last(&tensor.placement))?;
        let gain = Numbers::of(&self.checkpoint).read(last).expect("read");
        let one = self.model.tower(ComponentKind::Text).is_some_and(|tower| tower.traits.gain_lacks_one);
        Some(gain_of(gain, one))
    }

    /// The head, or of a tied table the embedding, with the last norm's gain.
    fn head(&self) -> Option<Matrix> {
        if let Some(head) = &self.model.head {
            return Some(head.clone());
        }
        let mut table = self.model.embedding.clone()?;
        if let Some(gain) = self.last_gain() {
            table.scale_columns(&gain);
        }
        Some(table)
    }
}

/// Everything that the looks say of two models, under the names that the stored figures have.
fn told(candidate: &Read, reference: &Read, kind: ComponentKind) -> Option<Figures> {
    let (a, b) = (reference.model.tower(kind)?, candidate.model.tower(kind)?);
    let rows = tables::rows(&reference.model, &candidate.model).filter(|_| kind == ComponentKind::Text);
    let paired = |x: Option<&Matrix>, y: Option<&Matrix>| {
        rows.as_ref().and_then(|rows| {
            let of = |table: &Matrix, side: &dyn Fn(&(usize, usize)) -> usize| table.take_rows(rows.iter().map(side));
            let (x, y) = (x?, y?);
            let fits = rows.iter().all(|&(i, j)| i < x.rows && j < y.rows);
            fits.then(|| (of(x, &|row| row.0), of(y, &|row| row.1)))
        })
    };
    let embedding = paired(reference.model.embedding.as_ref(), candidate.model.embedding.as_ref());
    let head = paired(reference.head().as_ref(), candidate.head().as_ref());
    let inputs = Inputs {
        reference: a,
        candidate: b,
        embedding: embedding.as_ref().map(|(x, y)| Rows { reference: x, candidate: y }),
        head: head.as_ref().map(|(x, y)| Rows { reference: x, candidate: y }),
        formats: [reference, candidate].map(|side| side.model.inventory.format_of(kind)),
        files: None,
        shared_change: Some(0),
    };
    let found = looks(&inputs);
    let part = if kind == ComponentKind::Text { "text" } else { "vision" };
    let mut out = named(&found, part);
    let grid = Grid::coarser(inputs.formats);
    let heads = paired(reference.stored_head().as_ref(), candidate.stored_head().as_ref());
    for (table, pair) in [("embedding", &embedding), ("head", &heads)] {
        let found = pair.as_ref().and_then(|(x, y)| equal_numbers::table(x, y, grid, true));
        if let Some(found) = found {
            let name = format!("{part} equal, {table}");
            out.insert(format!("{name}, z"), found.swaps.z().into());
            out.insert(format!("{name}, units"), found.swaps.units().into());
            out.insert(format!("{name}, equal"), found.share.into());
            out.insert(format!("{name}, chance"), found.chance.into());
        }
    }
    Some(out)
}

fn named(found: &Looks, part: &str) -> Figures {
    let mut out = Figures::new();
    let map: Vec<String> = found.map.pairs.iter().map(|(i, j)| format!("{i}>{j}")).collect();
    out.insert(format!("{part} map"), map.join(" ").into());
    let rings: Vec<String> =
        found.rings.iter().map(|(part, rings)| format!("{}: {}", word(*part), words(rings.iter(), " "))).collect();
    out.insert(format!("{part} rings"), rings.join("; ").into());
    if let Some(change) = &found.shared_change {
        out.insert(format!("{part} S"), change.s.into());
        out.insert(format!("{part} S_fit"), change.fitted.into());
        for one in &change.matrices {
            let name = format!("{part} S {}>{} {}", one.reference, one.candidate, word(one.part));
            out.insert(format!("{name}, S"), one.s.into());
            out.insert(format!("{name}, S_fit"), one.fitted.into());
            out.insert(format!("{name}, D_A"), one.moved[0].into());
            out.insert(format!("{name}, D_B"), one.moved[1].into());
        }
    }
    for look in &found.looks {
        if look.kind == Kind::Equal {
            if look.units > 0 {
                out.insert(format!("{part} equal, layers, {}", family_word(look.family)), look.z.into());
            }
            continue;
        }
        let by = match look.by {
            By::Place => "by place",
            By::Map => "by map, odd units",
            By::LoudestCell => "best cell of all layers",
        };
        let name = format!("{part} {by}, {}, {}", kind_word(look.kind), family_word(look.family));
        out.insert(format!("{name}, units"), look.units.into());
        out.insert(format!("{name}, silent"), look.silent.as_ref().map_or_else(String::new, sentence).into());
        out.insert(name, if look.units == 0 { Value::Null } else { look.z.into() });
    }
    for (side, most) in ["reference", "candidate"].iter().zip(&found.own_layers) {
        for (family, z) in most {
            out.insert(format!("{part} own layers, {side}, {}", family_word(*family)), (*z).into());
        }
    }
    out
}

fn word(part: Part) -> &'static str {
    ["q", "k", "v", "o", "gate", "up", "down"][Part::ALL.iter().position(|other| *other == part).expect("all")]
}

fn words<'p>(patterns: impl Iterator<Item = &'p Pattern>, between: &str) -> String {
    patterns.map(|pattern| format!("{pattern:?}").to_lowercase()).collect::<Vec<_>>().join(between)
}

fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Place => "direct",
        Kind::Tokens => "tok",
        Kind::Within => "within",
        Kind::Virtual => "K",
        Kind::VirtualSplit => "K split",
        Kind::Gram => "gram",
        Kind::Equal => "equal",
    }
}

fn family_word(family: Family) -> String {
    let id = family.id();
    format!("F{}", &id[1..])
}

/// What the prototype says of a silence.
fn sentence(why: &Silence) -> String {
    let of_rings = |rings: &Rings| {
        let each = rings.iter().map(|(part, patterns)| format!("{} ({})", word(*part), words(patterns.iter(), ", ")));
        format!("both sides ring on public patterns: {}", each.collect::<Vec<_>>().join(", "))
    };
    match why {
        Silence::Widths(_) => "widths differ".to_owned(),
        Silence::NoTable => "no vocabulary on one side".to_owned(),
        Silence::FewTokens(count) => format!("only {count} shared strings"),
        Silence::NoLinearBranch => "no gated feed-forward part with a linear branch".to_owned(),
        Silence::HeadsUnknown => "number of heads unknown".to_owned(),
        Silence::HeadWidths(_) => "heads of unequal width".to_owned(),
        Silence::TurningDiffers => "rotary positions on one side only".to_owned(),
        Silence::NotSplit(_) => "too few channels a head to split".to_owned(),
        Silence::NoNeighbours => {
            "no neighbouring sublayers with equal heads that are both mapped, or too few units".to_owned()
        }
        Silence::NoUnits => "no corresponding units".to_owned(),
        Silence::Patterns(rings) => of_rings(rings),
        Silence::Sampled | Silence::TooLarge | Silence::NotMatched => "too large".to_owned(),
        Silence::OwnLayers => "the layers of both models repeat one pattern of their own (7.2)".to_owned(),
    }
}

/// Sentences name patterns in an order of their own.
fn ordered(text: &str) -> Vec<&str> {
    let mut words: Vec<&str> = text.split([' ', ',', '(', ')', ':', ';']).filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words
}

/// How far `D^2` over the square of the length may be off, which comes of 24 draws of another generator. Over 24 seeds
/// of the prototype's own generator its deviation is 0.0003 to 0.0008 by matrix, and the farthest two lie 0.0038 apart.
const MOVED: f64 = 4e-3;
/// How far the mean of all these may be off: a law of another kind would shift it.
const MOVED_ON_AVERAGE: f64 = 2e-4;
/// How far a bound may be off: it is as steep as `D` is small.
const BOUND: f64 = 0.12;

/// Whether two figures disagree; of the bound S, which stands on draws, where it is well above nothing or well below.
fn disagree(key: &str, new: &Value, old: &Value) -> bool {
    let (x, y) = (new.as_f64(), old.as_f64());
    if key.contains(", D_") {
        return apart(new, old).abs() > MOVED;
    }
    if key.contains(" S") && !key.contains("own layers") {
        let one_matrix = key.contains('>');
        return !match (x, y) {
            (Some(x), Some(y)) => (x - y).abs() <= BOUND || x.max(y) <= 0.0 || one_matrix,
            (None, None) => true,
            (None, Some(known)) | (Some(known), None) => known <= 0.0 || one_matrix,
        };
    }
    differ(new, old, Z)
}

/// How much more of a matrix was moved than is stored.
fn apart(new: &Value, old: &Value) -> f64 {
    let square = |value: &Value| value.as_f64().expect("a length").powi(2);
    square(new) - square(old)
}

fn differ(new: &Value, old: &Value, tolerance: f64) -> bool {
    match (new.as_f64(), old.as_f64()) {
        (Some(x), Some(y)) => (x - y).abs() > tolerance * y.abs().max(1.0),
        _ => match (new.as_str(), old.as_str()) {
            (Some(x), Some(y)) => ordered(x) != ordered(y),
            _ => new != old,
        },
    }
}

#[test]
#[cfg_attr(not(corpora), ignore = "needs the corpora")]
fn the_looks_agree_with_the_prototype() {
    let stored = stored();
    let (mut wrong, mut compared, mut missing, mut moved) = (Vec::new(), 0, Vec::new(), Vec::new());
    for (candidate, reference) in PAIRS {
        let (x, y) = (read(candidate), read(reference));
        let name = format!("{candidate} against {reference}");
        let mut new = Figures::new();
        for kind in [ComponentKind::Text, ComponentKind::Vision] {
            new.extend(told(&x, &y, kind).unwrap_or_default());
        }
        let old = &stored[&name];
        for (key, value) in &new {
            match old.get(key) {
                None => wrong.push(format!("{name}: {key}: {value}, not stored")),
                Some(old) => {
                    compared += 1;
                    moved.extend(key.contains(", D_").then(|| apart(value, old)));
                    if disagree(key, value, old) {
                        wrong.push(format!("{name}: {key}: {value}, stored {old}"));
                    }
                }
            }
        }
        // The verdict is another's.
        let left = old.keys().filter(|key| !new.contains_key(*key) && !key.ends_with("related"));
        missing.extend(left.map(|key| format!("{name}: {key}")));
    }
    let on_average = moved.iter().sum::<f64>() / moved.len() as f64;
    assert!(compared > 0 && missing.is_empty() && wrong.is_empty(), "{}\n{}", missing.join("\n"), wrong.join("\n"));
    assert!(on_average.abs() < MOVED_ON_AVERAGE, "{on_average}");
}
