//! What each tensor of a checkpoint counts: as many parameters as it stores, as many as the stated packing puts into
//! it, none, or not known.
//!
//! A number is given where shape, format and the config's own statement allow one, and nowhere else. Tables that the
//! config ties count once.

use std::collections::{HashMap, HashSet};
use std::fs::File;

use super::Dtype;
use super::checkpoint::{Tensor, WeightFile};
use super::component::ComponentKind;
use super::numbers::read_exact_at;
use super::packing::{Packing, Statement};
use super::roles::{self, Role};
use super::schemes::{Form, Scheme};

/// What a tensor counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tally {
    /// Each stored number is a parameter.
    #[default]
    Stored,
    /// Codes of so many parameters.
    Packed(u64),
    /// Scales, zeros, order: it unpacks other numbers, and counts nothing.
    Beside,
    /// Computed and not trained: it counts nothing.
    Computed,
    /// The same table as one that is counted, by the config's word: it counts nothing.
    Again,
    /// Codes whose count is not known.
    Unknown(Doubt),
}

/// Why codes were not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Doubt {
    /// No file states a packing that holds for them.
    Unstated,
    /// A method is stated, and the table does not have it.
    UnknownMethod,
    /// What is stated and what the shapes are do not go together.
    Misfit,
}

impl Tensor {
    /// Parameters that it counts; `None` if it is not known.
    pub fn counted(&self) -> Option<u64> {
        match self.tally {
            Tally::Stored => Some(self.elements),
            Tally::Packed(parameters) => Some(parameters),
            Tally::Beside | Tally::Computed | Tally::Again => Some(0),
            Tally::Unknown(_) => None,
        }
    }

    /// The same for shares of a whole, where something must stand for what is not known: as many as there would be at
    /// two bits each, the most that is met, so that what was compared is never a greater share than it is.
    pub fn parameters(&self) -> u64 {
        self.counted().unwrap_or_else(|| self.elements.saturating_mul(self.dtype.bits() / 2))
    }

    /// Whether its numbers are codes, which nothing can be compared with. Bytes with a scale beside are numbers.
    pub fn is_packed(&self) -> bool {
        match self.tally {
            Tally::Packed(parameters) => parameters != self.elements,
            Tally::Unknown(_) => self.dtype != Dtype::I8,
            _ => false,
        }
    }
}

impl Dtype {
    /// Whether a stored number is one number whatever tool wrote it: floats are, integers may be codes.
    fn is_one_number(self) -> bool {
        !matches!(self, Self::I8 | Self::U8 | Self::I16 | Self::U16 | Self::I32 | Self::U32)
            && !matches!(self, Self::I64 | Self::U64 | Self::BOOL)
    }
}

/// The tensors of one module while they are counted.
#[derive(Debug)]
pub(super) struct Module<'a> {
    /// The tensor with the codes.
    pub codes: &'a Tensor,
    name: &'a str,
    all: &'a [Tensor],
    files: &'a [WeightFile],
}

/// Most numbers of a tensor that states a shape.
const MAX_SIDES: u64 = 8;

impl Module<'_> {
    fn beside(&self, ending: &str) -> Option<&Tensor> {
        let name = format!("{}{ending}", self.name);
        self.all.binary_search_by(|tensor| tensor.name.as_str().cmp(&name)).ok().map(|at| &self.all[at])
    }

    /// The shape of the tensor with an ending.
    pub(super) fn shape(&self, ending: &str) -> Option<&[u64]> {
        self.beside(ending).map(|tensor| tensor.shape.as_slice())
    }

    /// The number of its elements.
    pub(super) fn elements(&self, ending: &str) -> Option<u64> {
        self.beside(ending).map(|tensor| tensor.elements)
    }

    /// Its two sides, if it has two.
    pub(super) fn matrix(&self, ending: &str) -> Option<[u64; 2]> {
        self.shape(ending)?.try_into().ok()
    }

    /// The two sides of the codes, if they have two.
    pub(super) fn codes_matrix(&self) -> Option<[u64; 2]> {
        self.codes.shape.as_slice().try_into().ok()
    }

    /// The few integers of the tensor with an ending, read from its file.
    pub(super) fn integers(&self, ending: &str) -> Option<Vec<u64>> {
        let tensor = self.beside(ending).filter(|tensor| (1..=MAX_SIDES).contains(&tensor.elements))?;
        let width = match tensor.dtype {
            Dtype::I64 | Dtype::U64 => 8,
            Dtype::I32 | Dtype::U32 => 4,
            _ => return None,
        };
        let mut bytes = vec![0; usize::try_from(tensor.bytes).ok()?];
        let file = File::open(&self.files.get(tensor.file)?.path).ok()?;
        read_exact_at(&file, &mut bytes, tensor.begin).ok()?;
        let number = |chunk: &[u8]| {
            let mut all = [0; 8];
            all[..chunk.len()].copy_from_slice(chunk);
            u64::from_le_bytes(all)
        };
        Some(bytes.chunks_exact(width).map(number).collect())
    }
}

/// Decides for every tensor. They are ordered by name.
pub(super) fn tally(tensors: &mut [Tensor], files: &[WeightFile], packing: &Packing) {
    let mut found: Vec<Tally> = tensors.iter().map(alone).collect();
    let place: HashMap<&str, usize> = tensors.iter().enumerate().map(|(at, it)| (it.name.as_str(), at)).collect();
    for (at, tensor) in tensors.iter().enumerate() {
        let Some((module, applied)) = packing.scheme.and_then(|scheme| claimed(tensor, scheme, &place)) else {
            continue;
        };
        let module = Module { codes: tensor, name: module, all: tensors, files };
        let count = weights(&module, &applied, packing);
        found[at] = match count {
            Some(count) => Tally::Packed(count),
            None if tensor.dtype.bits() == 8 && tensor.dtype.is_one_number() => Tally::Stored,
            None => Tally::Unknown(Doubt::Misfit),
        };
        for ending in applied.iter().flat_map(|form| form.beside) {
            if let Some(&at) = place.get(format!("{}{ending}", module.name).as_str()) {
                found[at] = Tally::Beside;
            }
        }
    }
    unlisted_integers(tensors, &mut found);
    beside_weights(tensors, &place, &mut found);
    for name in tensors.iter().filter(|tensor| roles::unpacks(&tensor.name)).filter_map(|tensor| unpacked(&tensor.name))
    {
        // Codes may be stored as if they were floats; what unpacks them stands beside all the same.
        if let Some(&at) = place.get(name)
            && found[at] == Tally::Stored
        {
            found[at] = Tally::Unknown(Doubt::Unstated);
        }
    }
    for doubt in &mut found {
        if let Tally::Unknown(why @ Doubt::Unstated) = doubt {
            *why = match (&packing.method, packing.scheme) {
                (Some(_), None) => Doubt::UnknownMethod,
                (Some(_), Some(_)) => Doubt::Misfit,
                (None, _) => Doubt::Unstated,
            };
        }
    }
    drop(place);
    for (tensor, tally) in tensors.iter_mut().zip(found) {
        tensor.tally = tally;
    }
    if packing.tied {
        once(tensors);
    }
}

/// How names begin under which trainers keep a running average of the weights, or the states of their optimiser, in the
/// file of the weights themselves.
const STATES: [&str; 8] = [
    "model_ema.",
    "ema_model.",
    "ema.",
    "ema_state_dict.",
    "optimizer.",
    "optimizer_states.",
    "optim.",
    "optimizer_state.",
];

/// What stands in the file of a model's weights and is computed from them: masks of what was pruned, averages of the
/// training's last steps, states of its optimiser. A file of averages alone is a model.
fn beside_weights(tensors: &[Tensor], place: &HashMap<&str, usize>, found: &mut [Tally]) {
    let is_state = |tensor: &Tensor| STATES.iter().any(|start| tensor.name.starts_with(start));
    let some = tensors.iter().any(|tensor| !is_state(tensor) && tensor.shape.len() >= 2);
    for (tensor, tally) in tensors.iter().zip(found) {
        let masked = tensor.name.strip_suffix("_mask").and_then(|name| place.get(format!("{name}_orig").as_str()));
        let is_mask = masked.is_some_and(|&at| tensors[at].shape == tensor.shape);
        if is_mask || some && is_state(tensor) {
            *tally = Tally::Computed;
        }
    }
}

/// Lists of 64-bit integers are indices beside the numbers of a module. Where a module holds no table of numbers, and
/// nothing by its name says what is computed, they may be its codes.
fn unlisted_integers(tensors: &[Tensor], found: &mut [Tally]) {
    let module = |tensor: &Tensor| tensor.name.rsplit_once('.').map_or(String::new(), |(module, _)| module.to_owned());
    let is_table = |tensor: &Tensor| tensor.shape.iter().filter(|side| **side > 1).count() >= 2;
    // A single row of a table holds places of tokens.
    let is_list = |tensor: &Tensor| tensor.elements > 1 && (tensor.shape.len() == 1 || tensor.shape[0] > 1);
    let with_numbers: HashSet<String> =
        tensors.iter().filter(|tensor| tensor.dtype.is_one_number() && is_table(tensor)).map(module).collect();
    for (tensor, tally) in tensors.iter().zip(found) {
        let integers = matches!(tensor.dtype, Dtype::I64 | Dtype::U64) && tensor.placement.role != Role::Buffer;
        if integers && *tally == Tally::Computed && is_list(tensor) && !with_numbers.contains(&module(tensor)) {
            *tally = Tally::Unknown(Doubt::Unstated);
        }
    }
}

/// The tensor that one below its own name unpacks, as in `X.weight.absmax` and
/// `X.weight.quant_state.bitsandbytes__nf4`.
fn unpacked(name: &str) -> Option<&str> {
    name.split_once(".quant_state.").or_else(|| name.rsplit_once('.')).map(|(above, _)| above)
}

/// The module whose codes a tensor holds by a scheme, with the forms that it may have.
fn claimed<'t>(
    tensor: &'t Tensor,
    scheme: &'static Scheme,
    place: &HashMap<&str, usize>,
) -> Option<(&'t str, Vec<&'static Form>)> {
    let fits = |form: &'static Form| {
        let module = tensor.name.strip_suffix(form.codes).filter(|_| form.formats.contains(&tensor.dtype))?;
        let first = form.beside.first().is_none_or(|mark| place.contains_key(format!("{module}{mark}").as_str()));
        first.then_some((module, form))
    };
    let forms: Vec<_> = scheme.forms.iter().filter_map(fits).collect();
    Some((forms.first()?.0, forms.into_iter().map(|(_, form)| form).collect()))
}

/// The one count to which all statements come that go with the shapes.
fn weights(module: &Module<'_>, forms: &[&'static Form], packing: &Packing) -> Option<u64> {
    let applies = |form: &Form, said: &Statement| {
        form.said.is_empty() || said.layout.iter().any(|word| form.said.iter().any(|wanted| word.ends_with(wanted)))
    };
    let silent = Statement::default();
    let mut said: Vec<&Statement> = packing.of_module(module.name).collect();
    if said.is_empty() {
        said.push(&silent);
    }
    let counts: HashSet<u64> = said
        .into_iter()
        .filter_map(|said| {
            let form = forms.iter().find(|form| applies(form, said))?;
            (form.law)(module, said)
        })
        .collect();
    if counts.len() == 1 { counts.into_iter().next() } else { None }
}

/// What a tensor counts by itself, whatever packs others.
fn alone(tensor: &Tensor) -> Tally {
    let role = tensor.placement.role;
    if role == Role::Buffer || is_mask(tensor) || matches!(tensor.dtype, Dtype::I64 | Dtype::U64 | Dtype::BOOL) {
        return Tally::Computed;
    }
    if role == Role::Scale || tensor.dtype == Dtype::F8_E8M0 || roles::unpacks(&tensor.name) {
        return Tally::Beside;
    }
    match (role, tensor.dtype.is_one_number()) {
        (_, false) if tensor.elements <= 1 => Tally::Beside,
        (_, false) | (Role::Packed, _) => Tally::Unknown(Doubt::Unstated),
        _ => Tally::Stored,
    }
}

/// A square of yes and no for each pair of places, as older models of the GPT line keep it beside their attention.
fn is_mask(tensor: &Tensor) -> bool {
    let last = tensor.name.rsplit('.').next().unwrap_or_default();
    matches!(tensor.shape[..], [1, 1, down, across] if down == across)
        && matches!(last, "bias" | "mask" | "causal_mask")
}

/// Of a table and a head of one shape, both stored though they are one, the head counts nothing; and so do the tables
/// of an encoder and a decoder beside the one that they share.
fn once(tensors: &mut [Tensor]) {
    let table = |tensor: &Tensor| {
        tensor.placement.role == Role::TokenEmbedding && tensor.placement.component == ComponentKind::Embedding
    };
    // Numbers that stand for themselves may be stored in two formats; codes of two formats may be two things.
    let key = |tensor: &Tensor| {
        let codes = (tensor.tally != Tally::Stored).then_some(tensor.dtype);
        (codes, tensor.shape.clone(), tensor.tally)
    };
    let counts = |tensor: &Tensor| matches!(tensor.tally, Tally::Stored | Tally::Packed(_)) && tensor.elements > 0;
    let mut first: HashMap<_, (usize, bool)> = HashMap::new();
    for (at, tensor) in tensors.iter().enumerate().filter(|(_, tensor)| table(tensor) && counts(tensor)) {
        let shared = roles::bare(&tensor.name).ends_with("shared");
        let known = first.entry(key(tensor)).or_insert((at, shared));
        if shared && !known.1 {
            *known = (at, true);
        }
    }
    for at in 0..tensors.len() {
        let tensor = &tensors[at];
        let Some(&(known, shared)) = first.get(&key(tensor)).filter(|(known, _)| *known != at) else { continue };
        let head = tensor.placement.role == Role::Head && !tensor.placement.is_bias && tensor.shape.len() == 2;
        if counts(tensor) && (head || shared && table(tensor)) && tensors[known].elements == tensor.elements {
            tensors[at].tally = Tally::Again;
        }
    }
}
