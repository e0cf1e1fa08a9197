//! A model directory's weights: which files belong to it, and where every tensor lies.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use super::choice::{Choice, main_part, pointers, unread};
use super::component::{ComponentCount, Placement, is_bare_vision, place};
use super::gguf::{self, Holds};
use super::index::read_index;
use super::lacking::{Lacking, lacking};
use super::packing::Packing;
use super::roles::Role;
use super::stacks::{Stack, arrange};
use super::tally::{Tally, tally};
use super::{Config, Dtype, Header, MAX_HEADER_BYTES, Problem, Tied, WeightsError, read_weights};
use crate::files::{Entry, Folder, Form, is_weights, pointer, row_of};
use crate::text::{Diagnostics, Severity, clean, not_utf8, why_not};

/// The tensors of one part of a model directory. Only headers have been read.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    /// The directory.
    pub folder: Arc<Folder>,
    /// The folder below it that was read, with its last `/`; empty for the directory itself.
    pub part: String,
    /// Files that hold tensors, by name.
    pub files: Vec<WeightFile>,
    /// The index by which they were found, if one lists them.
    pub index: Option<String>,
    /// All tensors, ordered by name.
    pub tensors: Vec<Tensor>,
    /// Stacks of layers, to which [`Placement::stack`] points.
    pub stacks: Vec<Stack>,
    /// `model_type` of config.json, or empty.
    pub family: String,
    /// Tensors that stand in a shard but not in the index: no loader would use them.
    pub unlisted: Vec<String>,
    /// Files that hold tensors of the same names again: another form of the same part. They were not taken.
    pub again: Vec<String>,
    /// Further names of tensors, which add no numbers.
    pub tied: Vec<Tied>,
    /// Parts of files that hold tensors of something else than the model, each as `FILE: KEY`.
    pub passed_over: Vec<String>,
    /// What a GGUF file says in place of config.json.
    pub stated: Option<Config>,
    /// What a GGUF file says that it holds, where that is no whole model.
    pub holds: Holds,
    /// Into how many files a GGUF file says that it was split.
    pub split: Option<u64>,
    /// What is missing of the files that belong together.
    pub lacking: Option<Lacking>,
    /// What the files beside it state of its packing.
    pub packing: Packing,
}

/// One file that holds tensors.
#[derive(Debug, Clone)]
pub struct WeightFile {
    /// Its form, told by its content.
    pub form: Form,
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
    /// Rows of one head, where the file has the rows of queries or keys in pairs that are turned together, and the
    /// family's other forms have the first half of a head before the second. [`super::Numbers`] gives them in the order
    /// of the other forms.
    pub pairs: Option<u64>,
    /// What its name says.
    pub placement: Placement,
    /// What it counts.
    pub tally: Tally,
}

impl Checkpoint {
    /// Reads the headers of a directory's weights. `family` is config.json's `model_type`, or empty.
    pub fn open(directory: &Path, family: &str) -> Result<Self, WeightsError> {
        let folder = Folder::open(directory).map_err(|problems| refused(directory, &problems))?;
        let choice = main_choice(&folder)?;
        Self::read(&Arc::new(folder), choice, family)
    }

    /// Reads the headers of the weights of a listed directory: those that lie in it, else those of its main part, by
    /// the family that the config beside them names.
    pub fn of(folder: &Arc<Folder>) -> Result<Self, WeightsError> {
        let choice = main_choice(folder)?;
        let config = Config::of_part(folder, &choice.part);
        Self::read(folder, choice, config.family())
    }

    /// Reads the headers of chosen files ([`super::chosen`]).
    pub fn read(folder: &Arc<Folder>, choice: Choice, family: &str) -> Result<Self, WeightsError> {
        let Choice { part, index, files: names } = choice;
        let listed = match &index {
            Some(name) => Some(read_index_file(folder, name)?),
            None => None,
        };
        let names = match &listed {
            Some(map) => {
                map.values().map(|shard| format!("{part}{shard}")).collect::<BTreeSet<_>>().into_iter().collect()
            }
            None => names,
        };
        let mut read = Self {
            folder: Arc::clone(folder),
            part,
            files: Vec::new(),
            index,
            tensors: Vec::new(),
            stacks: Vec::new(),
            family: family.to_owned(),
            unlisted: Vec::new(),
            again: Vec::new(),
            tied: Vec::new(),
            passed_over: Vec::new(),
            stated: None,
            holds: Holds::Model,
            split: None,
            lacking: None,
            packing: Packing::default(),
        };
        let mut found = BTreeMap::new();
        for name in names {
            read.file(&name, listed.as_ref(), &mut found)?;
        }
        read.promised(listed.as_ref(), &found)?;
        read.tensors = found.into_values().collect();
        if is_bare_vision(read.tensors.iter().map(|tensor| tensor.name.as_str()), &read.family) {
            for tensor in &mut read.tensors {
                tensor.placement = place(&tensor.name, &read.family, true);
            }
        }
        read.stacks = arrange(&mut read.tensors);
        read.packing = Packing::beside(folder, &read.part);
        tally(&mut read.tensors, &read.files, &read.packing);
        read.lacking = lacking(&read);
        Ok(read)
    }

    /// Adds the tensors of one file.
    fn file(
        &mut self,
        name: &str,
        listed: Option<&Listed>,
        found: &mut BTreeMap<String, Tensor>,
    ) -> Result<(), WeightsError> {
        let Some(entry) = self.folder.get(name) else {
            let index = self.index.clone().unwrap_or_default();
            return Err(WeightsError::new(index, None, Problem::ShardMissing(name.to_owned())));
        };
        let (file, header) = open_file(entry, name)?;
        let Header { form, tensors, metadata, tied, passed_over, .. } = header;
        if listed.is_none() && tensors.iter().any(|tensor| found.contains_key(&tensor.name)) {
            // Nobody says which files belong together: what is there twice is another form, or another model.
            self.again.push(name.to_owned());
            return Ok(());
        }
        if form == Form::Gguf && self.stated.is_none() {
            self.stated = gguf::config(&metadata);
            self.family = self.stated.as_ref().map_or("", Config::family).to_owned();
            self.holds = gguf::holds(&metadata);
            self.split = gguf::split(&metadata);
        }
        self.tied.extend(tied);
        self.passed_over.extend(passed_over.iter().map(|key| format!("{name}: {key}")));
        let at = self.files.len();
        for tensor in tensors {
            if listed.is_some_and(|map| !map.contains_key(&tensor.name)) {
                self.unlisted.push(tensor.name);
                continue;
            }
            if let Some(before) = found.get(&tensor.name) {
                let first = self.files[before.file].name.clone();
                let problem = Problem::InTwoFiles { tensor: tensor.name, first, second: name.to_owned() };
                return Err(WeightsError::new(name, tensor.begin, problem));
            }
            let placement = place(&tensor.name, &self.family, false);
            let pairs = match placement.role {
                Role::Query | Role::Key if form == Form::Gguf => {
                    gguf::pairs(&metadata, &tensor, placement.role == Role::Key)
                }
                _ => None,
            };
            let entry = Tensor {
                pairs,
                file: at,
                dtype: tensor.dtype,
                shape: tensor.shape,
                begin: tensor.begin,
                bytes: tensor.end - tensor.begin,
                elements: tensor.elements,
                placement,
                tally: Tally::default(),
                name: tensor.name.clone(),
            };
            found.insert(tensor.name, entry);
        }
        self.files.push(file);
        Ok(())
    }

    /// What an index promises must be there, in the shard that it names.
    fn promised(&self, listed: Option<&Listed>, found: &BTreeMap<String, Tensor>) -> Result<(), WeightsError> {
        let (Some(map), Some(index)) = (listed, &self.index) else { return Ok(()) };
        let by_name: HashMap<&str, usize> =
            self.files.iter().enumerate().map(|(at, file)| (file.name.as_str(), at)).collect();
        let with: HashMap<&str, &str> = self.tied.iter().map(|tied| (tied.name.as_str(), tied.with.as_str())).collect();
        for (tensor, shard) in map {
            let held = with.get(tensor.as_str()).copied().unwrap_or(tensor);
            let place = by_name.get(format!("{}{shard}", self.part).as_str());
            if found.get(held).is_none_or(|entry| Some(&entry.file) != place) {
                let problem = Problem::TensorMissing { tensor: tensor.clone(), shard: shard.clone() };
                return Err(WeightsError::new(index, None, problem));
            }
        }
        Ok(())
    }

    /// Names of files that look like weights and were not read, in the whole directory.
    pub fn unread(&self) -> Vec<&str> {
        let read: BTreeSet<&str> = self.files.iter().map(|file| file.name.as_str()).collect();
        unread(&self.folder, &read)
    }

    /// Whether a file of the directory holds tensors of the same names and shapes as this part, and no others.
    pub fn holds_again(&self, name: &str) -> bool {
        let Some((_, header)) = self.folder.get(name).and_then(|entry| open_file(entry, name).ok()) else {
            return false;
        };
        let same =
            |tensor: &super::HeaderTensor| self.tensor(&tensor.name).is_some_and(|own| own.shape == tensor.shape);
        !header.tensors.is_empty() && header.tensors.iter().all(same)
    }

    /// The config of this part: what a GGUF file says of itself, else config.json.
    pub fn config(&self) -> Config {
        self.stated.clone().unwrap_or_else(|| Config::of_part(&self.folder, &self.part))
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

    /// Trained numbers of the whole model, for shares of it: see [`Tensor::parameters`].
    pub fn parameters(&self) -> u64 {
        self.tensors.iter().map(Tensor::parameters).sum()
    }

    /// The same, if every tensor's count is known and nothing is known to be missing.
    pub fn counted(&self) -> Option<u64> {
        self.tensors.iter().map(Tensor::counted).sum::<Option<u64>>().filter(|_| self.lacking.is_none())
    }

    /// Tensors whose count is not known.
    pub fn unknown(&self) -> impl Iterator<Item = &Tensor> {
        self.tensors.iter().filter(|tensor| tensor.counted().is_none())
    }
}

/// Shard by tensor.
type Listed = BTreeMap<String, String>;

/// The files of a model's main part.
fn main_choice(folder: &Folder) -> Result<Choice, WeightsError> {
    main_part(folder).ok_or_else(|| {
        let shown = clean(&folder.root().to_string_lossy());
        WeightsError::new(shown, None, nothing_to_read(folder))
    })
}

/// Why a directory gives nothing to read.
fn nothing_to_read(folder: &Folder) -> Problem {
    let pointers = pointers(folder);
    if let Some(first) = pointers.first() {
        return Problem::Pointers { first: (*first).to_owned(), count: pointers.len() };
    }
    let other = folder.names().find(|name| is_weights(name));
    match (other, other.and_then(row_of)) {
        (Some(name), Some(row)) => Problem::OtherForm { name: name.to_owned(), form: row.says() },
        _ => Problem::NoWeights,
    }
}

fn refused(directory: &Path, problems: &Diagnostics) -> WeightsError {
    let first = problems.iter().find(|problem| problem.severity == Severity::Error).or(problems.iter().next());
    let shown = clean(&directory.to_string_lossy());
    match first {
        Some(problem) => {
            WeightsError::new(problem.file.name(), None, Problem::Directory(Box::new(problem.message.clone())))
        }
        None => WeightsError::new(shown, None, Problem::NoWeights),
    }
}

fn read_index_file(folder: &Folder, name: &str) -> Result<Listed, WeightsError> {
    let Some(entry) = folder.get(name) else {
        return Err(WeightsError::new(name, None, Problem::ShardMissing(name.to_owned())));
    };
    if entry.bytes > MAX_HEADER_BYTES {
        return Err(WeightsError::new(name, None, Problem::IndexTooLong(entry.bytes)));
    }
    if pointer(&entry.path, entry.bytes).is_some() {
        return Err(WeightsError::new(name, None, Problem::Pointers { first: name.to_owned(), count: 1 }));
    }
    let io = |error: std::io::Error| WeightsError::new(name, None, Problem::Io(why_not(&error)));
    let bytes = fs::read(&entry.path).map_err(io)?;
    match not_utf8(&bytes) {
        Some(why) => Err(WeightsError::new(name, None, Problem::IndexMalformed(why))),
        None => read_index(name, &String::from_utf8_lossy(&bytes)),
    }
}

fn open_file(entry: &Entry, name: &str) -> Result<(WeightFile, Header), WeightsError> {
    let io = |error: std::io::Error| WeightsError::new(name, None, Problem::Io(why_not(&error)));
    if pointer(&entry.path, entry.bytes).is_some() {
        return Err(WeightsError::new(name, None, Problem::Pointers { first: name.to_owned(), count: 1 }));
    }
    let mut source = File::open(&entry.path).map_err(io)?;
    let metadata = source.metadata().map_err(io)?;
    let bytes = metadata.len();
    let header = read_weights(name, &mut source, bytes)?;
    let file = WeightFile {
        form: header.form,
        name: name.to_owned(),
        path: entry.path.clone(),
        bytes,
        modified: metadata.modified().ok(),
        data_start: header.data_start,
    };
    Ok((file, header))
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
        let problem = Checkpoint::open(directory.path(), "").expect_err("refused").problem;
        assert!(matches!(problem, Problem::Directory(_)), "{problem}");
    }
}
