//! Low-rank adapters: merged into weights, beside them, and what is none.

use std::path::{Path, PathBuf};

use crate::fixtures::{Chance, Format, Weights, model, rounded, trained, write, write_file};
use sovgrade::evidence::{LinkEvidence, Relation};
use sovgrade::measure::{Options, measure};

fn link(candidate: &Path, reference: PathBuf) -> LinkEvidence {
    let options = Options { digests: false, ..Options::default() };
    measure(candidate, &[reference], &options).unwrap().links.remove(0)
}

/// A tensor's name and shape with its two factors.
type Factors = (String, Vec<usize>, Vec<f32>, Vec<f32>);

/// The factors of an adapter of a rank on query and value of layers 1 and 2.
fn factors(rank: usize) -> Vec<Factors> {
    let mut chance = Chance(77);
    let mut numbers = |count: usize, size: f32| (0..count).map(|_| size * chance.normal()).collect::<Vec<f32>>();
    let mut out = Vec::new();
    for layer in [1, 2] {
        for (leaf, rows) in [("q_proj", 64), ("v_proj", 32)] {
            let name = format!("model.layers.{layer}.self_attn.{leaf}");
            out.push((
                name,
                vec![rows, crate::fixtures::WIDTH],
                numbers(rank * crate::fixtures::WIDTH, 0.1),
                numbers(rows * rank, 0.1),
            ));
        }
    }
    out
}

fn with_adapter(base: &Weights, rank: usize) -> Weights {
    let mut out = base.clone();
    for (name, shape, down, up) in factors(rank) {
        let numbers = &mut out.get_mut(&format!("{name}.weight")).unwrap().1;
        for row in 0..shape[0] {
            for column in 0..shape[1] {
                for low in 0..rank {
                    numbers[row * shape[1] + column] += up[row * rank + low] * down[low * shape[1] + column];
                }
            }
        }
    }
    out
}

#[test]
fn a_merged_adapter_is_named_with_its_rank_and_place() {
    let root = tempfile::tempdir().unwrap();
    let base = rounded(&model(1));
    for (rank, format) in [(3, Format::Bf16), (6, Format::F32)] {
        let reference = write(root.path(), "base", &base, format);
        let found = link(&write(root.path(), "tuned", &with_adapter(&base, rank as usize), format), reference);
        assert_eq!(found.relation, Relation::Shared);
        let adapter = found.adapter.unwrap();
        assert_eq!((adapter.rank, adapter.layers.as_slice(), adapter.changed), (rank, &[1, 2][..], 4), "{adapter:?}");
        assert_eq!(adapter.roles, ["query", "value"]);
        assert!(adapter.explained > 0.99 && adapter.merged && adapter.untouched == 35, "{adapter:?}");
    }
}

#[test]
fn training_of_whole_tensors_is_no_adapter() {
    let root = tempfile::tempdir().unwrap();
    let base = rounded(&model(1));
    let reference = write(root.path(), "base", &base, Format::Bf16);
    let whole = trained(&base, 5, 0.05);
    let mut one = base.clone();
    let name = "model.layers.0.self_attn.q_proj.weight";
    one.insert(name.to_owned(), whole[name].clone());
    let mut gains = with_adapter(&base, 3);
    let name = "model.layers.0.input_layernorm.weight";
    gains.insert(name.to_owned(), whole[name].clone());
    for (name, weights) in [("whole", &whole), ("one", &one), ("gains", &gains), ("same", &base)] {
        let found = link(&write(root.path(), name, weights, Format::Bf16), reference.clone());
        assert_eq!((found.relation, found.adapter), (Relation::Shared, None), "{name}");
    }
}

#[test]
fn factors_alone_are_called_what_they_are() {
    let root = tempfile::tempdir().unwrap();
    let reference = write(root.path(), "base", &model(1), Format::F32);
    let mut weights = Weights::new();
    for (name, shape, down, up) in factors(4) {
        weights.insert(format!("base_model.model.{name}.lora_A.weight"), (vec![4, shape[1]], down));
        weights.insert(format!("base_model.model.{name}.lora_B.weight"), (vec![shape[0], 4], up));
    }
    let directory = root.path().join("adapter");
    std::fs::create_dir_all(&directory).unwrap();
    write_file(&directory.join("adapter_model.safetensors"), &weights, Format::F32);
    let found = link(&directory, reference);
    assert_eq!(found.relation, Relation::Undecided);
    let adapter = found.adapter.unwrap();
    assert!(!adapter.merged && adapter.rank == 4 && adapter.changed == 4, "{adapter:?}");
    let said: Vec<&str> = found.limits.iter().map(|limit| limit.get(sovgrade::text::Lang::En)).collect();
    assert!(said.iter().any(|limit| limit.contains("merged into it")), "{said:?}");
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn the_zoo_s_adapters_are_named() {
    let zoo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/zoo");
    let adapter = link(&zoo.join("a-lora"), zoo.join("llama-a")).adapter.unwrap();
    assert_eq!((adapter.rank, adapter.layers.len()), (4, 5), "{adapter:?}");
    assert_eq!(adapter.roles, ["down", "query", "up", "value"]);
    assert!(link(&zoo.join("a-adapter"), zoo.join("llama-a")).adapter.is_some_and(|adapter| !adapter.merged));
    for candidate in ["a-ft", "a-f16", "a-int8", "a-noise-5", "a-sharded"] {
        assert_eq!(link(&zoo.join(candidate), zoo.join("llama-a")).adapter, None, "{candidate}");
    }
}
