//! Which of a pickle's values are the weights of a model, and what each is called.
//!
//! A file holds either the weights themselves, by name, or a checkpoint of a trainer: weights under one of a few keys,
//! beside counters, settings and the states of optimisers. Loaders take the weights; so does this.

use super::TorchProblem;
use super::pickle::{Object, Pickle, Tensor, Value};
use crate::weights::{MAX_HEADER_BYTES, MAX_NAME_BYTES, MAX_TENSORS, Problem};

/// Deepest mapping that is looked into.
const MAX_DEPTH: usize = 32;
/// Most values that are looked at.
const MAX_VISITS: usize = 8_000_000;
/// Most keys that are named among those passed over.
const MAX_NAMED: usize = 64;

/// Keys under which trainers put the weights, the usual first.
static WEIGHTS: &[&str] =
    &["state_dict", "model_state_dict", "model", "module", "model_state", "net", "network", "weights", "params"];

/// Keys of what belongs to training and not to the model.
static TRAINING: &[&str] = &[
    "optimizer",
    "optimizers",
    "optimizer_state",
    "optimizer_states",
    "optimizer_state_dict",
    "optim",
    "optim_state_dict",
    "opt_state",
    "lr_scheduler",
    "lr_schedulers",
    "scheduler",
    "scheduler_state_dict",
    "scaler",
    "grad_scaler",
    "amp",
    "rng_state",
    "rng_states",
    "random_states",
    "random_rng_state",
    "cuda_rng_state",
    "torch_rng_state",
    "np_rng_state",
    "loops",
    "callbacks",
];

/// The tensors of a model, in the order of the file, and keys beside them that hold tensors of something else.
pub(super) struct Found {
    pub tensors: Vec<(String, Tensor)>,
    pub passed_over: Vec<String>,
}

/// Finds the weights.
pub(super) fn tensors(pickle: &Pickle<'_>) -> Result<Found, Problem> {
    let mut walk = Walk { pickle, visits: 0, named: 0, tensors: Vec::new() };
    let mut found = Found { tensors: Vec::new(), passed_over: Vec::new() };
    let mut root = pickle.root;
    // A checkpoint may hold a checkpoint.
    for _ in 0..3 {
        let Some(Object::Mapping(entries)) = pickle.object(root) else { break };
        if is_optimiser(pickle, entries) {
            return Err(TorchProblem::Optimiser.into());
        }
        // Names of parameters have dots; a counter or a random state that is a tensor has none.
        let directly = entries.iter().any(|&(key, value)| {
            matches!(pickle.object(value), Some(Object::Tensor(_)))
                && word(pickle, key).is_some_and(|word| word.contains('.'))
        });
        let key_of = |wanted: &str| entries.iter().find(|&&(key, _)| word(pickle, key) == Some(wanted));
        let mut inner = None;
        if !directly {
            for wanted in WEIGHTS {
                let Some(&(_, value)) = key_of(wanted) else { continue };
                if matches!(pickle.object(value), Some(Object::Mapping(_))) && walk.holds_tensors(value)? {
                    inner = Some((*wanted, value));
                    break;
                }
            }
        }
        let Some((taken, value)) = inner else { break };
        for &(key, other) in entries {
            if word(pickle, key) != Some(taken) && walk.holds_tensors(other)? {
                found.note(name_of(pickle, key));
            }
        }
        root = value;
    }
    let Some(Object::Mapping(entries)) = pickle.object(root) else { return Err(TorchProblem::NoNames.into()) };
    for &(key, value) in entries {
        let name = name_of(pickle, key);
        if name.as_deref().is_some_and(|name| TRAINING.contains(&name)) {
            if walk.holds_tensors(value)? {
                found.note(name);
            }
            continue;
        }
        walk.collect(name.as_deref(), value, 1)?;
    }
    found.tensors = walk.tensors;
    if found.tensors.is_empty() { Err(TorchProblem::NoTensors.into()) } else { Ok(found) }
}

impl Found {
    fn note(&mut self, name: Option<String>) {
        if self.passed_over.len() < MAX_NAMED {
            self.passed_over.push(name.unwrap_or_else(|| "?".to_owned()));
        }
    }
}

/// `{"state": {0: ...}, "param_groups": [...]}`.
fn is_optimiser(pickle: &Pickle<'_>, entries: &[(Value, Value)]) -> bool {
    let has = |wanted: &str| entries.iter().any(|&(key, _)| word(pickle, key) == Some(wanted));
    has("param_groups") && (has("state") || has("base_optimizer_state") || has("optimizer_state_dict"))
}

fn word<'a>(pickle: &Pickle<'a>, key: Value) -> Option<&'a str> {
    match key {
        Value::Text(text) => pickle.text(text),
        _ => None,
    }
}

fn name_of(pickle: &Pickle<'_>, key: Value) -> Option<String> {
    match key {
        Value::Int(number) => Some(number.to_string()),
        _ => word(pickle, key).filter(|word| word.len() <= MAX_NAME_BYTES).map(str::to_owned),
    }
}

struct Walk<'a> {
    pickle: &'a Pickle<'a>,
    visits: usize,
    /// Bytes of all names that were made.
    named: usize,
    tensors: Vec<(String, Tensor)>,
}

impl Walk<'_> {
    fn visit(&mut self, depth: usize) -> Result<(), Problem> {
        self.visits += 1;
        if self.visits > MAX_VISITS {
            return Err(TorchProblem::TooMuch.into());
        }
        if depth > MAX_DEPTH { Err(TorchProblem::TooDeep(MAX_DEPTH).into()) } else { Ok(()) }
    }

    fn holds_tensors(&mut self, value: Value) -> Result<bool, Problem> {
        let mut left = vec![(value, 0)];
        while let Some((value, depth)) = left.pop() {
            self.visit(depth)?;
            match self.pickle.object(value) {
                Some(Object::Tensor(_)) => return Ok(true),
                Some(Object::Mapping(entries)) => left.extend(entries.iter().map(|&(_, value)| (value, depth + 1))),
                Some(Object::List(values)) => left.extend(values.iter().map(|&value| (value, depth + 1))),
                Some(Object::Tuple(row)) => left.extend(self.pickle.row(*row).iter().map(|&value| (value, depth + 1))),
                _ => {}
            }
            // What waits is counted, so that a value that is named often costs no more than its visits.
            if left.len() > MAX_VISITS {
                return Err(TorchProblem::TooMuch.into());
            }
        }
        Ok(false)
    }

    /// Tensors of a value under a name, which is none where a key is neither a word nor a number.
    fn collect(&mut self, name: Option<&str>, value: Value, depth: usize) -> Result<(), Problem> {
        self.visit(depth)?;
        let pickle = self.pickle;
        let below = |key: Option<String>| match (name, key) {
            (Some(name), Some(key)) => Some(format!("{name}.{key}")),
            _ => None,
        };
        // Longer names are refused as soon as they are made, because many may begin with one that is long.
        let length = name.map_or(0, str::len);
        self.named += length;
        if length > MAX_NAME_BYTES {
            return Err(Problem::NameLength(length));
        }
        if self.named as u64 > MAX_HEADER_BYTES {
            return Err(TorchProblem::TooMuch.into());
        }
        match pickle.object(value) {
            Some(Object::Tensor(tensor)) => {
                let name = name.ok_or(TorchProblem::NoNames)?.to_owned();
                if self.tensors.len() == MAX_TENSORS {
                    return Err(Problem::TooManyTensors(MAX_TENSORS));
                }
                self.tensors.push((name, *tensor));
            }
            Some(Object::Mapping(entries)) => {
                for &(key, value) in entries {
                    if pickle.object(value).is_some() {
                        self.collect(below(name_of(pickle, key)).as_deref(), value, depth + 1)?;
                    }
                }
            }
            Some(Object::List(values)) => self.in_row(values, &below, depth)?,
            Some(Object::Tuple(row)) => self.in_row(pickle.row(*row), &below, depth)?,
            _ => {}
        }
        Ok(())
    }

    fn in_row(
        &mut self,
        values: &[Value],
        below: &impl Fn(Option<String>) -> Option<String>,
        depth: usize,
    ) -> Result<(), Problem> {
        for (at, &value) in values.iter().enumerate() {
            if self.pickle.object(value).is_some() {
                self.collect(below(Some(at.to_string())).as_deref(), value, depth + 1)?;
            }
        }
        Ok(())
    }
}
