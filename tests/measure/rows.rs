//! Rows of tables of tokens: which were copied, which are new, and what new ones were made of.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::fixtures::{Chance, Format, TOKENS, WIDTH, model, trained, write};
use serde_json::json;
use sovgrade::evidence::{LinkEvidence, TableRows};
use sovgrade::measure::{Options, measure};

const LETTERS: [char; 15] = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o'];

/// Letters, then pairs of them, then longer words.
fn words(count: usize) -> Vec<String> {
    let pairs =
        LETTERS.iter().flat_map(|a| LETTERS.iter().map(move |b| format!("{a}{b}"))).take(TOKENS - LETTERS.len());
    let longer = LETTERS.iter().flat_map(|a| LETTERS[..12].iter().map(move |b| format!("{a}o{b}m")));
    LETTERS.iter().map(ToString::to_string).chain(pairs).chain(longer).take(count).collect()
}

fn tell_tokens(directory: &Path, words: &[String]) {
    let vocab: BTreeMap<&String, usize> = words.iter().zip(0..).collect();
    fs::write(directory.join("tokenizer.json"), json!({"model": {"type": "BPE", "vocab": vocab}}).to_string()).unwrap();
}

fn link(candidate: &Path, reference: &Path) -> LinkEvidence {
    let options = Options { digests: false, ..Options::default() };
    measure(candidate, &[reference.to_owned()], &options).unwrap().links.remove(0)
}

fn table<'a>(found: &'a LinkEvidence, name: &str) -> &'a TableRows {
    found.tables.iter().find(|rows| rows.table == name).unwrap()
}

#[test]
fn kept_new_and_composed_rows_are_counted() {
    const KEPT: usize = 180;
    const MEANS: usize = 30;
    const NEW: usize = 50;
    let root = tempfile::tempdir().unwrap();
    let (base, words) = (model(1), words(TOKENS + NEW));
    let reference = write(root.path(), "base", &base, Format::F32);
    tell_tokens(&reference, &words[..TOKENS]);
    let place = |word: &str| words.iter().position(|known| known == word).unwrap();
    let mut chance = Chance(8);
    let mut weights = trained(&base, 9, 0.2);
    for name in ["model.embed_tokens.weight", "lm_head.weight"] {
        let old = &base[name].1;
        let (shape, numbers) = weights.get_mut(name).unwrap();
        // Some kept to the last digit, most trained on, twenty drawn anew.
        numbers[..10 * WIDTH].copy_from_slice(&old[..10 * WIDTH]);
        numbers[KEPT * WIDTH..].iter_mut().for_each(|number| *number = 0.12 * chance.normal());
        for (at, word) in words[TOKENS..].iter().enumerate() {
            let parts = [place(&word[..2]), place(&word[2..])];
            for column in 0..WIDTH {
                let mean = parts.iter().map(|part| old[part * WIDTH + column]).sum::<f32>() / 2.0;
                let noise = chance.normal();
                numbers.push(if at < MEANS { mean + 0.02 * noise } else { 0.12 * noise });
            }
        }
        shape[0] = TOKENS + NEW;
    }
    let candidate = write(root.path(), "extended", &weights, Format::F32);
    tell_tokens(&candidate, &words);
    let found = link(&candidate, &reference);
    for name in ["embedding", "head"] {
        let rows = table(&found, name);
        assert_eq!((rows.rows, rows.shared, rows.new, rows.composed), (250, 200, 50, 50), "{rows:?}");
        assert_eq!((rows.copied, rows.from_means), (KEPT as u64, MEANS as u64), "{rows:?}");
        // A head is compared with the last norm's gain folded in, and that was trained on.
        assert_eq!(rows.identical, if name == "head" { 0 } else { 10 }, "{rows:?}");
    }
    // The other way round nothing is new.
    let back = link(&reference, &candidate);
    assert_eq!((table(&back, "embedding").new, table(&back, "embedding").copied), (0, KEPT as u64));
}

#[test]
fn strangers_and_models_without_tokens_say_nothing() {
    let root = tempfile::tempdir().unwrap();
    let (base, other) =
        (write(root.path(), "base", &model(1), Format::F32), write(root.path(), "other", &model(2), Format::F32));
    let kin = write(root.path(), "kin", &trained(&model(1), 3, 0.2), Format::F32);
    assert!(link(&kin, &base).tables.is_empty(), "no token strings");
    for directory in [&base, &other] {
        tell_tokens(directory, &words(TOKENS));
    }
    assert!(link(&other, &base).tables.is_empty(), "no link");
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn the_zoo_s_vocabularies_are_told() {
    let zoo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/zoo");
    let found = |candidate: &str| link(&zoo.join(candidate), &zoo.join("llama-a"));
    let extended = found("a-more-tokens");
    let rows = table(&extended, "embedding");
    assert_eq!((rows.rows, rows.shared, rows.copied, rows.new), (512, 384, 384, 128), "{rows:?}");
    assert!(
        rows.from_means * 10 < rows.composed,
        "its new rows began at the mean of all, not of their parts: {rows:?}"
    );
    let replaced = found("a-new-tokens");
    let rows = table(&replaced, "embedding");
    assert_eq!((rows.shared, rows.copied, rows.from_means), (272, 0, 0), "{rows:?}");
    assert_eq!(table(&found("a-ft"), "embedding").copied, 384);
}
