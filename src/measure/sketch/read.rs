//! A sketch from the bytes of a file that nobody vouches for: everything is checked before a test sees it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read;
use std::path::Path;

use super::manifest::{LayerNote, Manifest, Sketch, SketchError, SketchFault, TowerNote};
use super::{KEY, SCHEMA};
use crate::measure::model::shape::{Attention, Extent, FeedForward, Inventory, Layer, Model, Part, Passive, Tower};
use crate::measure::model::stacks::kind_of;
use crate::measure::model::tokens::Rows;
use crate::measure::stats::matrix::Matrix;
use crate::text::why_not;
use crate::weights::{ComponentKind, Config, Dtype, HeaderTensor, read_header};

/// Longest file that is read as a sketch.
const MAX_BYTES: u64 = 64 << 20;
/// Most layers of a tower, experts of a layer and latents of a layer.
const MAX_LAYERS: usize = 1024;
/// Largest count of numbers that a manifest may state, so that sums stay exact.
const MAX_COUNT: u64 = 1 << 52;
/// Longest side that a manifest may state.
const MAX_SIDE: usize = 1 << 32;

impl Sketch {
    /// Reads a sketch file.
    pub(in crate::measure) fn open(path: &Path) -> Result<Self, SketchError> {
        let fail = |fault| SketchError::new(path, fault);
        let io = |error: std::io::Error| fail(SketchFault::Io(why_not(&error)));
        // Before it is opened: opening a pipe waits for somebody to write.
        let about = std::fs::metadata(path).map_err(io)?;
        if !about.is_file() {
            return Err(fail(SketchFault::NotAFile));
        }
        if about.len() > MAX_BYTES {
            return Err(fail(SketchFault::TooLong(about.len())));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(about.len()).unwrap_or_default());
        std::fs::File::open(path).map_err(io)?.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(io)?;
        read(&bytes).map_err(fail)
    }

    /// Layers of each tower of a sketch file, by its manifest alone.
    pub(in crate::measure) fn depths(path: &Path) -> Option<Vec<(ComponentKind, usize)>> {
        let about = std::fs::metadata(path).ok().filter(|about| about.is_file() && about.len() <= MAX_BYTES)?;
        let mut file = std::io::BufReader::new(std::fs::File::open(path).ok()?);
        let header = read_header("sketch", &mut file, about.len()).ok()?;
        let (_, text) = header.metadata.iter().find(|(key, _)| key == KEY)?;
        let manifest: Manifest = serde_json::from_str(text).ok()?;
        Some(manifest.towers.iter().map(|note| (note.kind, note.layers.len())).collect())
    }
}

/// Reads the bytes of a sketch file.
pub(super) fn read(bytes: &[u8]) -> Result<Sketch, SketchFault> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(SketchFault::TooLong(bytes.len() as u64));
    }
    let header = read_header("sketch", &mut &*bytes, bytes.len() as u64)
        .map_err(|error| SketchFault::Container(error.problem.to_string()))?;
    let (_, text) = header.metadata.iter().find(|(key, _)| key == KEY).ok_or(SketchFault::NoManifest)?;
    let manifest: Manifest = serde_json::from_str(text).map_err(|error| SketchFault::Manifest(error.to_string()))?;
    let file = File { bytes, tensors: header.tensors.iter().map(|tensor| (tensor.name.as_str(), tensor)).collect() };
    model(manifest, &file)
}

struct File<'a> {
    bytes: &'a [u8],
    tensors: HashMap<&'a str, &'a HeaderTensor>,
}

impl File<'_> {
    fn data(&self, name: &str, dtype: Dtype, rank: usize) -> Result<Option<(&HeaderTensor, &[u8])>, SketchFault> {
        let Some(tensor) = self.tensors.get(name) else { return Ok(None) };
        let wrong = || SketchFault::Tensor(name.to_owned());
        let place = usize::try_from(tensor.begin).ok().zip(usize::try_from(tensor.end).ok());
        let data = place.and_then(|(begin, end)| self.bytes.get(begin..end)).ok_or_else(wrong)?;
        if tensor.dtype != dtype || tensor.shape.len() != rank {
            return Err(wrong());
        }
        Ok(Some((tensor, data)))
    }

    fn matrix(&self, name: &str) -> Result<Option<Matrix>, SketchFault> {
        let Some((tensor, data)) = self.data(name, Dtype::BF16, 2)? else { return Ok(None) };
        let side = |at: usize| usize::try_from(tensor.shape[at]).map_err(|_| SketchFault::Tensor(name.to_owned()));
        let (rows, columns) = (side(0)?, side(1)?);
        if rows == 0 || columns == 0 {
            return Ok(Some(Matrix::default()));
        }
        let values: Vec<f32> = data
            .as_chunks::<2>()
            .0
            .iter()
            .map(|pair| f32::from_bits(u32::from(u16::from_le_bytes(*pair)) << 16))
            .collect();
        finite(name, &values)?;
        Ok(Some(Matrix::new(rows, columns, values)))
    }

    fn needed(&self, name: &str) -> Result<Matrix, SketchFault> {
        self.matrix(name)?.ok_or_else(|| SketchFault::Tensor(name.to_owned()))
    }

    /// A matrix with so many columns, and so many rows if told.
    fn shaped(&self, name: &str, rows: Option<usize>, columns: usize) -> Result<Matrix, SketchFault> {
        let matrix = self.needed(name)?;
        let fits = matrix.columns == columns && rows.is_none_or(|rows| rows == matrix.rows);
        if fits { Ok(matrix) } else { Err(SketchFault::Tensor(name.to_owned())) }
    }

    fn vector(&self, name: &str, length: Option<usize>) -> Result<Vec<f32>, SketchFault> {
        let wrong = || SketchFault::Tensor(name.to_owned());
        let (_, data) = self.data(name, Dtype::F32, 1)?.ok_or_else(wrong)?;
        let values: Vec<f32> = data.as_chunks::<4>().0.iter().map(|four| f32::from_le_bytes(*four)).collect();
        finite(name, &values)?;
        if length.is_some_and(|length| !values.is_empty() && values.len() != length) {
            return Err(wrong());
        }
        Ok(values)
    }

    fn integers(&self, name: &str) -> Result<Vec<u64>, SketchFault> {
        let (_, data) = self.data(name, Dtype::U64, 1)?.ok_or_else(|| SketchFault::Tensor(name.to_owned()))?;
        Ok(data.as_chunks::<8>().0.iter().map(|eight| u64::from_le_bytes(*eight)).collect())
    }
}

fn finite(name: &str, values: &[f32]) -> Result<(), SketchFault> {
    if values.iter().all(|value| value.is_finite()) { Ok(()) } else { Err(SketchFault::NotFinite(name.to_owned())) }
}

fn must(holds: bool, what: &str) -> Result<(), SketchFault> {
    if holds { Ok(()) } else { Err(SketchFault::Manifest(what.to_owned())) }
}

fn model(manifest: Manifest, file: &File<'_>) -> Result<Sketch, SketchFault> {
    must(manifest.schema == SCHEMA, "its `schema` is of another version")?;
    must(manifest.sample.halved && manifest.sample.layers == usize::MAX, "its sample is none of a sketch")?;
    must(manifest.parameters < MAX_COUNT, "its count of parameters is too large")?;
    must(manifest.components.values().all(|part| part.parameters < MAX_COUNT), "a count of parameters is too large")?;
    must(manifest.not_compared.values().all(|&count| count < MAX_COUNT), "a count of parameters is too large")?;
    must(manifest.vocabulary < MAX_SIDE && manifest.table_width < MAX_SIDE, "its table is too large")?;
    let sides = manifest.projector.values().chain(manifest.head_layers.values());
    must(sides.into_iter().all(|shape| shape.0.max(shape.1) < MAX_SIDE), "a matrix is too large")?;
    let embedding = file.matrix("embedding")?;
    let rows = rows(&manifest, file, embedding.as_ref().map_or(0, |table| table.rows))?;
    let mut ids = BTreeSet::new();
    let mut towers = Vec::new();
    for note in manifest.towers {
        must(
            matches!(note.kind, ComponentKind::Text | ComponentKind::Vision | ComponentKind::Audio),
            "a tower is none of a model",
        )?;
        let tower = tower(&note, file)?;
        must(kind_of(&tower.id) == Some(tower.kind), "a tower's name is none of its kind")?;
        must(ids.insert(tower.id.clone()), "a tower stands there twice")?;
        towers.push(tower);
    }
    let beside = |group: &str, shapes: &BTreeMap<String, (usize, usize)>| {
        let entry = |name: &String| Ok((name.clone(), file.needed(&format!("{group}:{name}"))?));
        shapes.keys().map(entry).collect::<Result<BTreeMap<_, _>, SketchFault>>()
    };
    let (projector, head_layers) =
        (beside("projector", &manifest.projector)?, beside("head-layer", &manifest.head_layers)?);
    let components = manifest.components.into_iter();
    let model = Model {
        id: manifest.id.into_string(),
        inventory: Inventory {
            parameters: manifest.parameters,
            components: components
                .map(|(kind, part)| (kind, Part { parameters: part.parameters, format: part.format }))
                .collect(),
        },
        config: Config::of(manifest.config),
        tokens: None,
        sample: manifest.sample,
        towers,
        embedding,
        vocabulary: manifest.vocabulary,
        rows,
        table_width: manifest.table_width,
        head: file.matrix("head")?,
        head_gain: None,
        projector,
        head_layers,
        beside_shapes: manifest.projector.into_iter().chain(manifest.head_layers).collect(),
        left_out: manifest.left_out,
        not_compared: manifest.not_compared,
        too_many_towers: manifest.too_many_towers,
    };
    Ok(Sketch { model, files: manifest.files })
}

fn rows(manifest: &Manifest, file: &File<'_>, held: usize) -> Result<Rows, SketchFault> {
    let numbers: Vec<usize> =
        file.integers("rows.numbers")?.into_iter().map(|row| usize::try_from(row).unwrap_or(usize::MAX)).collect();
    let strings = if manifest.strings_known { Some(file.integers("rows.strings")?) } else { None };
    let fits = numbers.len() == held
        && strings.as_ref().is_none_or(|strings| strings.len() == held)
        && numbers.iter().all(|&row| row < manifest.vocabulary)
        && numbers.windows(2).all(|pair| pair[0] < pair[1]);
    must(fits, "its token rows do not fit its embedding")?;
    Ok(Rows { numbers, strings })
}

fn tower(note: &TowerNote, file: &File<'_>) -> Result<Tower, SketchFault> {
    let (whole, width) = note.width;
    must(0 < width && width <= whole && whole < MAX_SIDE, "the width of a tower")?;
    must(note.layers.len() <= MAX_LAYERS && note.outside < MAX_COUNT, "the size of a tower")?;
    must(note.not_compared < MAX_COUNT && note.passive <= note.not_compared, "the size of a tower")?;
    must(note.layers.windows(2).all(|pair| pair[0].number < pair[1].number), "the order of layers")?;
    let id = note.id.as_ref().map_or_else(|| note.kind.id().to_owned(), |id| id.as_str().to_owned());
    let table = file.needed(&format!("{id}.table"))?;
    must(table.rows == 0 || table.columns == width, "the table of a tower")?;
    must(note.pixels <= table.rows, "the table of a tower")?;
    let extent = Extent { width: whole, layers: note.layers.len(), neurons: note.neurons, pixels: note.pixels };
    let layers = note
        .layers
        .iter()
        .enumerate()
        .map(|(at, layer_note)| layer(layer_note, &format!("{id}.{at}"), width, file))
        .collect::<Result<_, _>>()?;
    Ok(Tower {
        id,
        stack: None,
        kind: note.kind,
        traits: note.traits,
        width,
        extent,
        turned: false,
        layers,
        table,
        outside: note.outside,
        not_compared: note.not_compared,
        passive: Passive { parameters: note.passive, ..Passive::default() },
    })
}

fn layer(note: &LayerNote, path: &str, width: usize, file: &File<'_>) -> Result<Layer, SketchFault> {
    must(note.parameters < MAX_COUNT && note.feed_forward_parameters <= note.parameters, "the size of a layer")?;
    must(note.experts <= MAX_LAYERS && note.latents <= MAX_LAYERS, "the parts of a layer")?;
    let name = |leaf: &str| format!("{path}.{leaf}");
    let attention = note.heads.map(|heads| attention(heads, path, width, file)).transpose()?;
    let mut experts = Vec::with_capacity(note.experts);
    for expert in 0..note.experts {
        let name = |leaf: &str| name(&format!("expert.{expert}.{leaf}"));
        let up = file.shaped(&name("up"), None, width)?;
        let down = file.shaped(&name("down"), Some(up.rows), width)?;
        let gate = file.matrix(&name("gate"))?;
        let fits = gate.as_ref().is_none_or(|gate| gate.rows == up.rows && gate.columns == width);
        must(fits, "the gate of a layer")?;
        let up_bias = file.vector(&name("up-bias"), Some(up.rows))?;
        experts.push(FeedForward { gate, up, down, up_bias });
    }
    let router = file.matrix(&name("router"))?;
    must(router.as_ref().is_none_or(|router| router.columns == width), "the router of a layer")?;
    let mut latents = Vec::with_capacity(note.latents);
    for latent in 0..note.latents {
        let into = file.shaped(&name(&format!("latent.{latent}.into")), None, width)?;
        let from = file.needed(&name(&format!("latent.{latent}.from")))?;
        must(from.rows == into.rows, "the latents of a layer")?;
        latents.push((into, from));
    }
    let mut constant_start = BTreeMap::new();
    for place in &note.starts {
        constant_start.insert(place.clone(), file.vector(&name(&format!("start:{place}")), None)?);
    }
    Ok(Layer {
        number: note.number,
        attention,
        experts,
        router,
        latents,
        constant_start,
        parameters: note.parameters,
        feed_forward_parameters: note.feed_forward_parameters,
    })
}

fn attention(
    (heads, kv_heads, head_width): (usize, usize, usize),
    path: &str,
    width: usize,
    file: &File<'_>,
) -> Result<Attention, SketchFault> {
    let sane = 0 < kv_heads
        && kv_heads <= heads
        && heads.is_multiple_of(kv_heads)
        && 0 < head_width
        && heads.checked_mul(head_width).is_some_and(|rows| rows < MAX_SIDE);
    must(sane, "the heads of a layer")?;
    let (queries, keys) = (heads * head_width, kv_heads * head_width);
    let name = |leaf: &str| format!("{path}.{leaf}");
    Ok(Attention {
        heads,
        kv_heads,
        head_width,
        whole_head: head_width,
        query: file.shaped(&name("query"), Some(queries), width)?,
        key: file.shaped(&name("key"), Some(keys), width)?,
        value: file.shaped(&name("value"), Some(keys), width)?,
        output: file.shaped(&name("output"), Some(queries), width)?,
        biases: [
            file.vector(&name("query-bias"), Some(queries))?,
            file.vector(&name("key-bias"), Some(keys))?,
            file.vector(&name("value-bias"), Some(keys))?,
        ],
    })
}
