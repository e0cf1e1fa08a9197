//! Likenesses beside the weights: configs field by field, vocabularies, how shared tokens lie, norm gains. They are
//! shown and explained and never decide: nothing of what is computed here is read by a judge.
//!
//! A value that two configs share is called *common* if at least two of the public models in `examples/` have it (a
//! test holds the table to them); of any other nothing is known about how rare it is, and nothing is claimed.

use std::collections::HashMap;

use serde_json::Value;

use crate::evidence::{ConfigContext, Context, GainsContext, GeometryContext, LinkEvidence, VocabularyContext};
use crate::measure::model::tokens::{Tokens, tokenizer_text};
use crate::measure::model::vocabulary::MergeFile;
use crate::weights::Checkpoint;

/// Values that two or more of the public models in `examples/` have.
const COMMON: &[(&str, &[&str])] = &[
    ("hidden_size", &["4096", "5120", "8192"]),
    ("intermediate_size", &["18432"]),
    ("max_position_embeddings", &["32768", "65536", "131072"]),
    ("model_type", &["\"llama\""]),
    ("moe_intermediate_size", &["2048"]),
    ("n_shared_experts", &["1"]),
    ("num_attention_heads", &["40", "64"]),
    ("num_experts_per_tok", &["8"]),
    ("num_hidden_layers", &["48"]),
    ("num_key_value_heads", &["8"]),
    ("rope_theta", &["1000000"]),
    ("sliding_window", &["4096"]),
    ("tie_word_embeddings", &["false"]),
    ("vocab_size", &["128256"]),
];
/// Fields that say which program wrote the file, and from where.
const BESIDE: [&str; 3] = ["transformers_version", "_name_or_path", "auto_map"];

/// Everything beside the weights of two models in directories, and the gains that were already compared.
pub(in crate::measure) fn of(
    reference: &Checkpoint,
    candidate: &Checkpoint,
    link: &LinkEvidence,
    token_geometry: Option<GeometryContext>,
) -> Context {
    Context {
        config: config(reference.config().value(), candidate.config().value()),
        vocabulary: vocabulary(reference, candidate),
        token_geometry,
        gains: gains(link),
    }
}

fn config(reference: &Value, candidate: &Value) -> Option<ConfigContext> {
    let (mut a, mut b) = (HashMap::new(), Vec::new());
    flat(reference, "", &mut |name, value| {
        a.insert(name, value.to_string());
    });
    flat(candidate, "", &mut |name, value| b.push((name, value.to_string())));
    let mut out = ConfigContext::default();
    for (name, value) in b {
        let Some(other) = a.get(&name) else { continue };
        out.fields += 1;
        if *other != value {
            out.different.push(format!("{name}: {value} / {other}"));
        } else if is_common(&name, &value) {
            out.common.push(format!("{name}: {value}"));
        } else {
            out.not_known_common.push(format!("{name}: {value}"));
        }
    }
    (out.fields > 0).then_some(out)
}

/// Every field of nested objects that is no object, in the order of names.
fn flat(value: &Value, name: &str, each: &mut impl FnMut(String, &Value)) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map.iter().filter(|(key, _)| !BESIDE.contains(&key.as_str())) {
                let below = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                flat(inner, &below, each);
            }
        }
        other if !name.is_empty() => each(name.to_owned(), other),
        _ => {}
    }
}

fn is_common(name: &str, value: &str) -> bool {
    let leaf = name.rsplit('.').next().unwrap_or(name);
    COMMON.iter().any(|(field, values)| *field == leaf && values.contains(&value))
}

fn vocabulary(reference: &Checkpoint, candidate: &Checkpoint) -> Option<VocabularyContext> {
    let (a, b) = (Tokens::read(reference)?, Tokens::read(candidate)?);
    let both = a.shared(&b, usize::MAX, usize::MAX);
    let merges = match (merges(reference), merges(candidate)) {
        (Some(x), Some(y)) => Some((x, y)),
        _ => None,
    };
    let ranks: Option<Vec<(usize, usize)>> = merges.map(|(x, y)| {
        let places: HashMap<&String, usize> = x.iter().zip(0..).collect();
        y.iter().zip(0..).filter_map(|(merge, at)| Some((*places.get(merge)?, at))).collect()
    });
    Some(VocabularyContext {
        candidate: b.0.len() as u64,
        reference: a.0.len() as u64,
        shared: both.len() as u64,
        same_id: both.iter().filter(|(x, y)| x == y).count() as u64,
        shared_merges: ranks.as_ref().map(|ranks| ranks.len() as u64),
        merge_rank_correlation: ranks.as_deref().and_then(spearman),
    })
}

/// The merges of `tokenizer.json`, in their order.
fn merges(checkpoint: &Checkpoint) -> Option<Vec<String>> {
    let file: MergeFile = serde_json::from_str(&tokenizer_text(checkpoint, "tokenizer.json")?).ok()?;
    let all = file.model.merges.0;
    (!all.is_empty()).then_some(all)
}

/// Rank correlation of distinct places, which are put into ranks first: `1 - 6 sum d^2 / (n (n^2 - 1))`.
fn spearman(places: &[(usize, usize)]) -> Option<f64> {
    let n = places.len();
    if n < 3 {
        return None;
    }
    let ranks = |pick: fn(&(usize, usize)) -> usize| -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by_key(|&at| pick(&places[at]));
        let mut ranks = vec![0; n];
        order.into_iter().zip(0..).for_each(|(at, rank)| ranks[at] = rank);
        ranks
    };
    let (x, y) = (ranks(|place| place.0), ranks(|place| place.1));
    let apart: f64 = x.iter().zip(&y).map(|(x, y)| (*x as f64 - *y as f64).powi(2)).sum();
    let n = n as f64;
    Some(1.0 - 6.0 * apart / (n * (n * n - 1.0)))
}

fn gains(link: &LinkEvidence) -> Option<GainsContext> {
    let text = link.components.iter().find(|component| component.id == "text").or(link.components.first())?;
    let figure = |family: &str| text.tests.iter().find(|test| test.family == family)?.statistic;
    Some(GainsContext {
        raw_cosine: figure("raw-cosine-norm-gains")?,
        centred: figure("constant-start-correlation")?,
        layers: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::files::Folder;
    use crate::weights::Config;

    #[test]
    fn what_is_called_common_is_had_by_two_public_models() {
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
        let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
        for entry in fs::read_dir(examples).expect("examples").flatten() {
            let mut own = std::collections::BTreeSet::new();
            let Ok(folder) = Folder::open(&entry.path()) else { continue };
            flat(Config::read(&folder).value(), "", &mut |name, value| {
                own.insert((name.rsplit('.').next().unwrap_or_default().to_owned(), value.to_string()));
            });
            for pair in own {
                *seen.entry(pair).or_default() += 1;
            }
        }
        for (field, values) in COMMON {
            for value in *values {
                let count = seen.get(&((*field).to_owned(), (*value).to_owned())).copied().unwrap_or(0);
                assert!(count >= 2, "{field}: {value} is had by {count}");
            }
        }
    }

    #[test]
    fn orders_that_agree_and_turn_round() {
        assert!((spearman(&[(0, 5), (3, 8), (9, 11), (12, 40)]).expect("ranks") - 1.0).abs() < 1e-12);
        assert!((spearman(&[(0, 9), (1, 7), (2, 5)]).expect("ranks") + 1.0).abs() < 1e-12);
        assert_eq!(spearman(&[(0, 0)]), None);
    }
}
