//! Which files of a directory a loader of the field would load, and what lies beside them.
//!
//! The order is that of the loaders themselves: a single file of a known name, else the index of that name, else the
//! shards that number themselves, else whatever is alone of its kind. What looks like weights and was not chosen is
//! named, since another loader might run it.

use std::collections::{BTreeMap, BTreeSet};

use crate::files::{Folder, Form, form_of, is_weights, pointer};

/// The files of one part of a model, chosen by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The folder below the model's directory, with its last `/`; empty for the directory itself.
    pub part: String,
    /// The index that lists the files, if one does; a name below the directory.
    pub index: Option<String>,
    /// The files, sorted; names below the directory. With an index, empty until it is read.
    pub files: Vec<String>,
}

/// Names under which the loaders of the field look for a model, the first that is there before the others; each with
/// the index of its shards.
const KNOWN: [(&str, &str); 7] = [
    ("model.safetensors", "model.safetensors.index.json"),
    ("diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.safetensors.index.json"),
    ("pytorch_model.bin", "pytorch_model.bin.index.json"),
    ("diffusion_pytorch_model.bin", "diffusion_pytorch_model.bin.index.json"),
    ("adapter_model.safetensors", "adapter_model.safetensors.index.json"),
    ("adapter_model.bin", "adapter_model.bin.index.json"),
    ("pytorch_lora_weights.safetensors", "pytorch_lora_weights.safetensors.index.json"),
];

/// The name by which makers keep the same model for a loader of their own; after whatever the common loaders know.
const CONSOLIDATED: &str = "consolidated.safetensors";

/// The forms that are read, the first that is there before the others.
const FORMS: [Form; 3] = [Form::Safetensors, Form::Torch, Form::Gguf];

/// What a loader would load from one folder of the directory, by the names that stand in it.
pub fn chosen(folder: &Folder, part: &str) -> Option<Choice> {
    let here: Vec<&str> = folder
        .names()
        .filter_map(|name| name.strip_prefix(part))
        .filter(|name| !name.is_empty() && !name.contains('/') && visible(name))
        .collect();
    let own: Vec<&str> = here.iter().copied().filter(|name| is_read(name)).collect();
    let full = |name: &str| format!("{part}{name}");
    let choice =
        |index: Option<&str>, files: Vec<String>| Choice { part: part.to_owned(), index: index.map(full), files };
    for (single, index) in KNOWN {
        if here.contains(&single) {
            return Some(choice(None, vec![full(single)]));
        }
        if here.contains(&index) {
            return Some(choice(Some(index), Vec::new()));
        }
    }
    for form in FORMS {
        let mut of_form: Vec<&str> = own.iter().copied().filter(|name| form_of(name) == Some(form)).collect();
        if of_form.iter().any(|name| !is_beside_a_model(name)) {
            of_form.retain(|name| !is_beside_a_model(name));
        }
        let index = here.iter().copied().find(|name| {
            name.strip_suffix(".index.json").is_some_and(|rest| form_of(rest) == Some(form) && form != Form::Gguf)
        });
        if let Some(set) = numbered(&of_form) {
            return Some(choice(None, set.into_iter().map(full).collect()));
        }
        if form == Form::Safetensors && here.contains(&CONSOLIDATED) {
            return Some(choice(None, vec![full(CONSOLIDATED)]));
        }
        if index.is_some() {
            return Some(choice(index, Vec::new()));
        }
        let files: Vec<String> = match form {
            // Parts of one model that nobody indexed; whether they are is seen when they are opened.
            Form::Safetensors => of_form.into_iter().map(full).collect(),
            // Several are forms of one model: the largest says most.
            Form::Gguf => largest(folder, of_form.into_iter().map(full)).into_iter().collect(),
            _ => of_form.into_iter().map(full).take(1).collect(),
        };
        if !files.is_empty() {
            return Some(choice(None, files));
        }
    }
    None
}

/// The largest of several forms of one thing.
fn largest(folder: &Folder, names: impl Iterator<Item = String>) -> Option<String> {
    names.max_by_key(|name| size(folder, name))
}

/// Whether a GGUF file lies beside a model by the name that its tools give it: towers, statistics of a quantising run.
fn is_beside_a_model(name: &str) -> bool {
    form_of(name) == Some(Form::Gguf) && (is_towers(name) || name.to_lowercase().contains("imatrix"))
}

fn is_towers(name: &str) -> bool {
    name.to_lowercase().contains("mmproj")
}

/// The towers for pictures or sound that llama.cpp loads beside the model of a folder; of several the largest, since
/// they are forms of one.
pub fn towers(folder: &Folder, model: &Choice) -> Option<Choice> {
    let read = |name: &String| form_of(name) == Some(Form::Gguf) && !is_towers(name);
    if !model.files.iter().any(read) {
        return None;
    }
    let here = |name: &&str| {
        let own = name.strip_prefix(model.part.as_str()).filter(|own| !own.contains('/') && visible(own));
        own.is_some_and(|own| form_of(own) == Some(Form::Gguf) && is_towers(own))
    };
    let file = largest(folder, folder.names().filter(here).map(str::to_owned))?;
    Some(Choice { part: model.part.clone(), index: None, files: vec![file] })
}

fn size(folder: &Folder, name: &str) -> (u64, std::cmp::Reverse<String>) {
    (folder.get(name).map_or(0, |entry| entry.bytes), std::cmp::Reverse(name.to_owned()))
}

/// Whether loaders of the field look for a model under this name.
pub(super) fn is_known(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or_default();
    KNOWN.iter().any(|(single, _)| *single == last)
}

/// How names of files begin that tools give to what was trained beside a model's weights.
const ADAPTERS: [&str; 5] = ["adapter_model.", "adapters.", "pytorch_lora_weights.", "learned_embeds.", "ip-adapter"];

/// Whether a file holds, by the name that its tools give it, an adapter and no model.
pub fn is_adapter(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or_default();
    ADAPTERS.iter().any(|start| last.starts_with(start))
}

/// Whether two names differ in their numbers only.
pub(super) fn siblings(a: &str, b: &str) -> bool {
    let letters = |name: &str| {
        let mut out = String::new();
        for c in name.chars() {
            match c {
                '0'..='9' if out.ends_with('#') => {}
                '0'..='9' => out.push('#'),
                c => out.push(c),
            }
        }
        out
    };
    a != b && letters(a) == letters(b)
}

/// Whether a name is what it looks like: no blank at its end, nothing that nobody sees.
fn visible(name: &str) -> bool {
    crate::text::identifier(name) == name
}

fn is_read(name: &str) -> bool {
    is_weights(name) && form_of(name).is_some_and(|form| FORMS.contains(&form))
}

/// A whole set of `STEM-00001-of-0000N.END`; of several that of the name `model`, else the first.
fn numbered<'n>(names: &[&'n str]) -> Option<Vec<&'n str>> {
    let mut sets: BTreeMap<(bool, &str, &str, u32), BTreeMap<u32, &'n str>> = BTreeMap::new();
    for name in names {
        let Some((stem, at, of, end)) = shard(name) else { continue };
        sets.entry((stem != "model", stem, end, of)).or_default().insert(at, name);
    }
    let whole = |(key, set): (&(bool, &str, &str, u32), &BTreeMap<u32, &'n str>)| {
        let first = *set.keys().next()?;
        let all = u32::try_from(set.len()).ok()? == key.3 && *set.keys().last()? == first + key.3 - 1 && first <= 1;
        all.then(|| set.values().copied().collect())
    };
    sets.iter().find_map(whole)
}

/// Stem, number, how many, and ending of a shard's name.
pub(super) fn shard(name: &str) -> Option<(&str, u32, u32, &str)> {
    let (rest, end) = name.rsplit_once('.')?;
    let (rest, of) = rest.rsplit_once("-of-")?;
    let (stem, at) = rest.rsplit_once('-')?;
    let number = |text: &str| {
        let plain = !text.is_empty() && text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit());
        if plain { text.parse::<u32>().ok() } else { None }
    };
    Some((stem, number(at)?, number(of).filter(|of| *of > 0)?, end))
}

/// The files of the model in the directory itself. Where a pipeline lists its folders, its loader takes those and
/// nothing else: a file beside the list holds the same model again, for a loader of another kind.
pub fn own(folder: &Folder) -> Option<Choice> {
    if is_pipeline(folder) { None } else { chosen(folder, "") }
}

/// Whether a list of a pipeline stands in the directory, and the folders of its parts hold weights. Beside a config of
/// its own the directory is a model too, for a loader that looks at no list.
pub fn is_pipeline(folder: &Folder) -> bool {
    folder.has("model_index.json") && !folder.has("config.json") && !part_folders(folder).is_empty()
}

/// What `measure` compares: the model's own files; of a pipeline the part that draws, or else the one that reads.
pub fn main_part(folder: &Folder) -> Option<Choice> {
    const ORDER: [&str; 2] = ["diffusion", "text"];
    let first = || {
        let mut parts = part_folders(folder);
        parts.sort_by_key(|part| ORDER.iter().position(|kind| *kind == part.kind).unwrap_or(ORDER.len()));
        parts.into_iter().find_map(|part| chosen(folder, &part.prefix))
    };
    own(folder).or_else(first)
}

/// A part of a model that lies in a folder of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartFolder {
    /// The folder, with its last `/`.
    pub prefix: String,
    /// What kind of part it is, as the importers of roles call it; `other` if its name says nothing.
    pub kind: &'static str,
}

/// Folders of pipelines by how their names begin, with the kind of the part. The longest beginning decides.
const PARTS: [(&str, &str); 16] = [
    ("unet", "diffusion"),
    ("transformer", "diffusion"),
    ("prior", "diffusion"),
    ("controlnet", "diffusion"),
    ("decoder", "diffusion"),
    ("super_res", "diffusion"),
    ("vae", "image-tokenizer"),
    ("vqvae", "image-tokenizer"),
    ("movq", "image-tokenizer"),
    ("text_encoder", "text"),
    ("image_encoder", "vision"),
    ("vision_encoder", "vision"),
    ("audio_encoder", "audio"),
    ("vocoder", "vocoder"),
    ("safety_checker", "other"),
    ("language_model", "text"),
];

/// The parts of a model that lie in folders of their own and hold weights. A folder is a part if a list of parts stands
/// in the directory (`model_index.json`, `modules.json`), if pipelines call their parts so, or if it holds an adapter
/// and the directory itself holds no weights; any other folder is not.
pub fn part_folders(folder: &Folder) -> Vec<PartFolder> {
    let listed = folder.has("model_index.json") || folder.has("modules.json");
    let mut prefixes: BTreeSet<&str> = BTreeSet::new();
    for name in folder.names().filter(|name| is_weights(name) || name.ends_with(".index.json")) {
        if let Some((first, rest)) = name.split_once('/')
            && !rest.contains('/')
        {
            prefixes.insert(first);
        }
    }
    let alone = chosen(folder, "").is_none();
    let part = |first: &str| {
        let prefix = format!("{first}/");
        let further = is_kept_beside(first);
        // Adapters lie in folders of their own where there are several; beside a model they are its trainer's
        // checkpoints.
        let adapter = alone && !further && folder.has(&format!("{prefix}adapter_config.json"));
        let kind = if adapter { Some("adapter") } else { kind_of_folder(first) };
        let is_part = (kind.is_some() || (listed && !further)) && chosen(folder, &prefix).is_some();
        is_part.then(|| PartFolder { prefix, kind: kind.unwrap_or("other") })
    };
    prefixes.into_iter().filter_map(part).collect()
}

/// Whether a folder holds, by its name, the same model in another form or at another moment, and no piece of it.
pub fn is_kept_beside(folder: &str) -> bool {
    const WORDS: [&str; 6] = ["onnx", "openvino", "original", "gguf", "checkpoint", "global_step"];
    let lower = folder.to_lowercase();
    WORDS.iter().any(|word| lower.starts_with(word))
}

fn kind_of_folder(name: &str) -> Option<&'static str> {
    let lower = name.to_lowercase();
    // sentence-transformers numbers its modules: `0_Transformer`, `2_Dense`.
    if let Some((number, module)) = lower.split_once('_')
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Some(match module {
            "transformer" | "bert" => "text",
            "clipmodel" => "vision",
            _ => "other",
        });
    }
    PARTS.iter().filter(|(start, _)| lower.starts_with(start)).max_by_key(|(start, _)| start.len()).map(|row| row.1)
}

/// Files that look like weights and are none of `read`, and no pointers of Git LFS; names below the directory.
pub fn unread<'f>(folder: &'f Folder, read: &BTreeSet<&str>) -> Vec<&'f str> {
    folder.files().filter(|(name, _)| is_weights(name) && !read.contains(name)).map(|(name, _)| name).collect()
}

/// Weights files, and indexes of them, that are pointers of Git LFS; names below the directory.
pub fn pointers(folder: &Folder) -> Vec<&str> {
    folder
        .files()
        .filter(|(name, _)| is_weights(name) || name.ends_with(".index.json"))
        .filter(|(_, entry)| pointer(&entry.path, entry.bytes).is_some())
        .map(|(name, _)| name)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(names: &[&str]) -> Folder {
        let root = tempfile::tempdir().expect("a directory");
        for name in names {
            let path = root.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            std::fs::write(path, "x").expect("written");
        }
        Folder::open(root.path()).expect("listed")
    }

    fn files(names: &[&str]) -> Vec<String> {
        let choice = chosen(&folder(names), "").expect("something");
        choice.index.into_iter().chain(choice.files).collect()
    }

    #[test]
    fn what_loaders_load_is_chosen() {
        for (names, wanted) in [
            (&["model.safetensors", "a.safetensors.index.json", "a.safetensors"][..], &["model.safetensors"][..]),
            (&["model.safetensors", "model.safetensors.index.json"], &["model.safetensors"]),
            (&["model.safetensors.index.json", "a.safetensors"], &["model.safetensors.index.json"]),
            (&["pytorch_model.bin", "consolidated.safetensors"], &["pytorch_model.bin"]),
            (&["pytorch_model.bin", "model.safetensors"], &["model.safetensors"]),
            (
                &["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "other.safetensors"],
                &["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"],
            ),
            (
                &["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "consolidated.safetensors"],
                &["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"],
            ),
            (&["b.safetensors", "a.safetensors"], &["a.safetensors", "b.safetensors"]),
            (&["tiny.gguf"], &["tiny.gguf"]),
            (&["best.pt", "optimizer.pt"], &["best.pt"]),
        ] {
            assert_eq!(files(names), wanted, "{names:?}");
        }
        for names in
            [&["optimizer.pt", "scaler.pt"][..], &["model.safetensors\t"], &["model.onnx"], &["x/model.safetensors"]]
        {
            assert_eq!(chosen(&folder(names), ""), None, "{names:?}");
        }
    }

    #[test]
    fn a_set_with_a_gap_is_no_set() {
        assert_eq!(numbered(&["m-00001-of-00003.safetensors", "m-00003-of-00003.safetensors"]), None);
        let zero = ["m-00000-of-00002.safetensors", "m-00001-of-00002.safetensors"];
        assert_eq!(numbered(&zero), Some(zero.to_vec()));
        assert_eq!(shard("m-00001-of-99999999.safetensors"), None);
    }

    #[test]
    fn beside_the_list_of_a_pipeline_nothing_is_the_model() {
        let parts = ["model_index.json", "text_encoder/model.safetensors", "unet/diffusion_pytorch_model.safetensors"];
        for beside in ["sd_1.0.safetensors", "model.safetensors", "sd.ckpt", "v1-00001-of-00001.safetensors"] {
            let names = [&parts[..], &[beside]].concat();
            assert_eq!(own(&folder(&names)), None, "{beside}");
            assert_eq!(main_part(&folder(&names)).map(|choice| choice.part).as_deref(), Some("unet/"), "{beside}");
            // The list alone, folders that nobody lists, or a list beside a config take nothing away.
            assert!(own(&folder(&[&names[..], &["config.json"]].concat())).is_some(), "{beside}");
            assert!(own(&folder(&["model_index.json", beside])).is_some(), "{beside}");
            assert!(own(&folder(&[&parts[1..], &[beside]].concat())).is_some(), "{beside}");
        }
    }

    #[test]
    fn parts_lie_in_folders_of_their_own() {
        let kinds = |names: &[&str]| -> Vec<(String, &str)> {
            part_folders(&folder(names)).into_iter().map(|part| (part.prefix, part.kind)).collect()
        };
        let picture = ["unet/diffusion_pytorch_model.safetensors", "vae/x.safetensors", "onnx/model.onnx"];
        assert_eq!(kinds(&picture), [("unet/".to_owned(), "diffusion"), ("vae/".to_owned(), "image-tokenizer")]);
        assert_eq!(kinds(&["0_Transformer/pytorch_model.bin"]), [("0_Transformer/".to_owned(), "text")]);
        assert!(kinds(&["checkpoint-500/model.safetensors", "checkpoint-900/model.safetensors"]).is_empty());
        assert_eq!(kinds(&["modules.json", "odd/model.safetensors"]), [("odd/".to_owned(), "other")]);
        assert!(kinds(&["modules.json", "onnx/model.safetensors"]).is_empty());
        let adapters = ["fr/adapter_config.json", "fr/adapter_model.safetensors", "ko/adapter_model.safetensors"];
        assert_eq!(kinds(&adapters), [("fr/".to_owned(), "adapter")]);
        assert!(kinds(&[&adapters[..], &["model.safetensors"]].concat()).is_empty());
    }
}
