//! A model directory's weights: which files belong to it, and where every tensor lies.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::component::{ComponentCount, Placement, is_bare_vision, place};
use super::index::read_index;
use super::roles::Role;
use super::{Dtype, MAX_HEADER_BYTES, Problem, WeightsError, read_header};

/// The tensors of a model directory. Only headers have been read.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    /// The directory.
    pub directory: PathBuf,
    /// Files that hold tensors, by name.
    pub files: Vec<WeightFile>,
    /// All tensors, ordered by name.
    pub tensors: Vec<Tensor>,
    /// `model_type` of config.json, or empty.
    pub family: String,
    /// Tensors that stand in a shard but not in the index: no loader would use them.
    pub unlisted: Vec<String>,
}

/// One safetensors file.
#[derive(Debug, Clone)]
pub struct WeightFile {
    /// Its name in the directory.
    pub name: String,
    /// Where it is read from.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its time of change when the header was read.
    pub modified: Option<SystemTime>,
    /// Where the numbers begin, in bytes.
    pub data_start: u64,
}

impl WeightFile {
    /// Whether the file has the size and the time of change that it had when its header was read.
    pub fn is_unchanged(&self) -> bool {
        fs::metadata(&self.path).is_ok_and(|now| now.len() == self.bytes && now.modified().ok() == self.modified)
    }
}

/// One tensor.
#[derive(Debug, Clone)]
pub struct Tensor {
    /// Its name.
    pub name: String,
    /// Index into [`Checkpoint::files`].
    pub file: usize,
    /// Number format.
    pub dtype: Dtype,
    /// Dimensions.
    pub shape: Vec<u64>,
    /// First byte in its file.
    pub begin: u64,
    /// Size in bytes.
    pub bytes: u64,
    /// Number of stored elements.
    pub elements: u64,
    /// What its name says.
    pub placement: Placement,
}

impl Checkpoint {
    /// Reads the headers of the directory's safetensors files. `family` is config.json's `model_type`, or empty.
    ///
    /// With an index (`*.safetensors.index.json`) the files it names are read, else `model.safetensors`, else all
    /// `*.safetensors` of the directory itself. Files are never looked for outside it.
    pub fn open(directory: &Path, family: &str) -> Result<Self, WeightsError> {
        let shown = directory.display().to_string();
        let root = fs::canonicalize(directory)
            .map_err(|error| WeightsError::new(&shown, None, Problem::Io(error.to_string())))?;
        let present = weight_files(&root, &shown)?;
        let index = present.iter().find(|name| name.ends_with(".safetensors.index.json")).cloned();
        let listed = match &index {
            Some(name) => Some(read_index_file(&root, name)?),
            None => None,
        };
        let names = chosen(&present, listed.as_ref());
        if names.is_empty() {
            return Err(WeightsError::new(shown, None, Problem::NoWeights));
        }
        let mut files = Vec::new();
        let mut found: BTreeMap<String, Tensor> = BTreeMap::new();
        let mut unlisted = Vec::new();
        for name in names {
            if !present.contains(&name) {
                return Err(WeightsError::new(index.unwrap_or(shown), None, Problem::ShardMissing(name)));
            }
            let (file, tensors) = open_file(&root, &name)?;
            for tensor in tensors {
                if listed.as_ref().is_some_and(|map| !map.contains_key(&tensor.name)) {
                    unlisted.push(tensor.name);
                    continue;
                }
                if let Some(before) = found.get(&tensor.name) {
                    let files: &Vec<WeightFile> = &files;
                    let first = files[before.file].name.clone();
                    return Err(WeightsError::new(
                        &name,
                        tensor.begin,
                        Problem::InTwoFiles { tensor: tensor.name, first, second: name.clone() },
                    ));
                }
                let placement = place(&tensor.name, family, false);
                let entry = Tensor {
                    file: files.len(),
                    dtype: tensor.dtype,
                    shape: tensor.shape,
                    begin: tensor.begin,
                    bytes: tensor.end - tensor.begin,
                    elements: tensor.elements,
                    placement,
                    name: tensor.name.clone(),
                };
                found.insert(tensor.name, entry);
            }
            files.push(file);
        }
        if let (Some(map), Some(index)) = (&listed, &index) {
            let by_name: HashMap<&str, usize> =
                files.iter().enumerate().map(|(at, file)| (file.name.as_str(), at)).collect();
            for (tensor, shard) in map {
                if found.get(tensor).is_none_or(|entry| Some(&entry.file) != by_name.get(shard.as_str())) {
                    return Err(WeightsError::new(
                        index,
                        None,
                        Problem::TensorMissing { tensor: tensor.clone(), shard: shard.clone() },
                    ));
                }
            }
        }
        let mut tensors: Vec<Tensor> = found.into_values().collect();
        if is_bare_vision(tensors.iter().map(|tensor| tensor.name.as_str()), family) {
            for tensor in &mut tensors {
                tensor.placement = place(&tensor.name, family, true);
            }
        }
        Ok(Self { directory: directory.to_owned(), files, tensors, family: family.to_owned(), unlisted })
    }

    /// The tensor of a name.
    pub fn tensor(&self, name: &str) -> Option<&Tensor> {
        self.tensors.binary_search_by(|tensor| tensor.name.as_str().cmp(name)).ok().map(|at| &self.tensors[at])
    }

    /// Trained numbers by component, in the order of [`super::ComponentKind`]. A component without any is absent.
    pub fn components(&self) -> Vec<ComponentCount> {
        let mut counts = BTreeMap::new();
        for tensor in &self.tensors {
            let kind = tensor.placement.component;
            let count = counts.entry(kind).or_insert(ComponentCount { kind, parameters: 0, tensors: 0 });
            count.parameters += tensor.parameters();
            count.tensors += 1;
        }
        counts.into_values().collect()
    }

    /// Trained numbers of the whole model, each counted once per file entry (a head stored beside the table it is tied to counts twice).
    pub fn parameters(&self) -> u64 {
        self.tensors.iter().map(Tensor::parameters).sum()
    }

    /// Names of packed tensors, which are not compared.
    pub fn packed(&self) -> impl Iterator<Item = &str> {
        self.tensors.iter().filter(|tensor| tensor.placement.role == Role::Packed).map(|tensor| tensor.name.as_str())
    }
}

impl Tensor {
    /// Trained numbers it stands for: none for scales and computed tables, several a word for packed ones (4 bits
    /// assumed, which is what is met; the packing's own scales and zeros count nothing).
    pub fn parameters(&self) -> u64 {
        let last = self.name.rsplit('.').next().unwrap_or_default();
        match (self.placement.role, self.dtype) {
            (Role::Packed, Dtype::I32) if matches!(last, "qweight" | "weight_packed") => self.elements * 8,
            (Role::Packed, Dtype::U8) if last.ends_with("blocks") || last == "weight_packed" => self.elements * 2,
            (Role::Scale | Role::Buffer | Role::Packed, _) => 0,
            // A byte tensor that is called a weight holds two four-bit numbers; a mask is called otherwise.
            (_, Dtype::U8) if last == "weight" => self.elements * 2,
            (
                _,
                Dtype::BOOL | Dtype::U8 | Dtype::I16 | Dtype::U16 | Dtype::I32 | Dtype::U32 | Dtype::I64 | Dtype::U64,
            ) => 0,
            _ => self.elements,
        }
    }
}

/// Names of the directory's index and safetensors files, sorted.
fn weight_files(root: &Path, shown: &str) -> Result<Vec<String>, WeightsError> {
    let io = |error: std::io::Error| WeightsError::new(shown, None, Problem::Io(error.to_string()));
    let mut names = Vec::new();
    for entry in fs::read_dir(root).map_err(io)? {
        if let Ok(name) = entry.map_err(io)?.file_name().into_string()
            && (name.ends_with(".safetensors") || name.ends_with(".safetensors.index.json"))
        {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Which files make up the model.
fn chosen(present: &[String], listed: Option<&BTreeMap<String, String>>) -> Vec<String> {
    if let Some(map) = listed {
        let mut shards: Vec<String> = map.values().cloned().collect();
        shards.sort();
        shards.dedup();
        return shards;
    }
    if let Some(single) = present.iter().find(|name| *name == "model.safetensors") {
        return vec![single.clone()];
    }
    present.iter().filter(|name| name.ends_with(".safetensors")).cloned().collect()
}

/// A path in the directory that stays in it and is a regular file. The hub's cache keeps a snapshot's files as links
/// into the `blobs` folder beside `snapshots`; that one way out is allowed.
fn inside(root: &Path, name: &str) -> Result<PathBuf, WeightsError> {
    let path = root.join(name);
    let real =
        fs::canonicalize(&path).map_err(|error| WeightsError::new(name, None, Problem::Io(error.to_string())))?;
    let blobs = root
        .parent()
        .filter(|parent| parent.file_name().is_some_and(|word| word == "snapshots"))
        .and_then(Path::parent)
        .map(|hub| hub.join("blobs"));
    if !real.starts_with(root) && !blobs.is_some_and(|blobs| real.starts_with(blobs)) {
        return Err(WeightsError::new(name, None, Problem::Outside));
    }
    if !real.is_file() {
        return Err(WeightsError::new(name, None, Problem::NotAFile));
    }
    Ok(real)
}

fn read_index_file(root: &Path, name: &str) -> Result<BTreeMap<String, String>, WeightsError> {
    let io = |error: std::io::Error| WeightsError::new(name, None, Problem::Io(error.to_string()));
    let path = inside(root, name)?;
    let bytes = fs::metadata(&path).map_err(io)?.len();
    if bytes > MAX_HEADER_BYTES {
        return Err(WeightsError::new(name, None, Problem::IndexTooLong(bytes)));
    }
    read_index(name, &fs::read_to_string(&path).map_err(io)?)
}

fn open_file(root: &Path, name: &str) -> Result<(WeightFile, Vec<super::HeaderTensor>), WeightsError> {
    let io = |error: std::io::Error| WeightsError::new(name, None, Problem::Io(error.to_string()));
    let path = inside(root, name)?;
    let mut source = File::open(&path).map_err(io)?;
    let metadata = source.metadata().map_err(io)?;
    let bytes = metadata.len();
    let header = read_header(name, &mut source, bytes)?;
    let file = WeightFile {
        name: name.to_owned(),
        path,
        bytes,
        modified: metadata.modified().ok(),
        data_start: header.data_start,
    };
    Ok((file, header.tensors))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(directory: &Path, name: &str, tensors: &[&str]) {
        let entries: Vec<String> = tensors
            .iter()
            .enumerate()
            .map(|(at, tensor)| {
                format!(r#""{tensor}":{{"dtype":"BF16","shape":[2],"data_offsets":[{},{}]}}"#, at * 4, at * 4 + 4)
            })
            .collect();
        let json = format!("{{{}}}", entries.join(","));
        let mut bytes = (json.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(json.as_bytes());
        bytes.resize(bytes.len() + tensors.len() * 4, 0);
        fs::write(directory.join(name), bytes).expect("written");
    }

    #[test]
    fn shards_are_found_by_their_index() {
        let directory = tempfile::tempdir().expect("directory");
        write(directory.path(), "a.safetensors", &["lm_head.weight", "extra"]);
        write(directory.path(), "b.safetensors", &["model.embed_tokens.weight"]);
        let index = r#"{"weight_map":{"lm_head.weight":"a.safetensors","model.embed_tokens.weight":"b.safetensors"}}"#;
        fs::write(directory.path().join("model.safetensors.index.json"), index).expect("written");
        let checkpoint = Checkpoint::open(directory.path(), "llama").expect("opened");
        assert_eq!(checkpoint.parameters(), 4);
        assert_eq!(checkpoint.unlisted, ["extra"]);
        let ids: Vec<_> = checkpoint.components().iter().map(|count| count.kind.id()).collect();
        assert_eq!(ids, ["embedding", "head"]);
    }

    #[test]
    fn what_an_index_promises_must_be_there() {
        let directory = tempfile::tempdir().expect("directory");
        write(directory.path(), "a.safetensors", &["x"]);
        let index = directory.path().join("model.safetensors.index.json");
        fs::write(&index, r#"{"weight_map":{"y":"a.safetensors"}}"#).expect("written");
        let problem = Checkpoint::open(directory.path(), "").expect_err("refused").problem;
        assert!(matches!(problem, Problem::TensorMissing { .. }));
        fs::write(&index, r#"{"weight_map":{"y":"c.safetensors"}}"#).expect("written");
        let problem = Checkpoint::open(directory.path(), "").expect_err("refused").problem;
        assert!(matches!(problem, Problem::ShardMissing(_)));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_directory_is_refused() {
        let elsewhere = tempfile::tempdir().expect("directory");
        write(elsewhere.path(), "model.safetensors", &["x"]);
        let directory = tempfile::tempdir().expect("directory");
        std::os::unix::fs::symlink(
            elsewhere.path().join("model.safetensors"),
            directory.path().join("model.safetensors"),
        )
        .expect("linked");
        assert_eq!(Checkpoint::open(directory.path(), "").expect_err("refused").problem, Problem::Outside);
    }
}
