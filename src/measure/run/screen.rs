//! Screening: one model or sketch against every sketch of a folder.
//!
//! Each sketch gets a first look, which is cheap, and those that are loud in it get the whole ladder of `measure`. The
//! budget covers the folder: every sketch pays for a whole look, whether it gets one or not, so looking first costs no
//! false finding. What the first look does not look at is said by the result; its level is so low that in place it
//! misses nothing that the whole ladder would find.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::evidence::{FirstLook, Outcome, ReferenceModel, Relation, SCREENING_SCHEMA, Screened, Screening, Unusable};
use crate::measure::families::basis::BasisKind;
use crate::measure::families::correspond::{Arrangement, HeadKey, heads, neurons};
use crate::measure::families::family::Family;
use crate::measure::families::tables;
use crate::measure::model::plan::Sample;
use crate::measure::model::shape::{Model, Tower};
use crate::measure::model::thin::thin_tower;
use crate::measure::progress::{Progress, Step};
use crate::measure::search::budget::Budget;
use crate::measure::search::grid::{ChosenBy, Grid, copied_layers, objections};
use crate::measure::search::pairs::most_pairs;
use crate::measure::search::power::least_correlation;
use crate::measure::sketch::Sketch;
use crate::measure::sketch::source::Source;
use crate::measure::stats::tail::SignSum;
use crate::measure::verdict::link;
use crate::measure::{MeasureError, Options};
use crate::measure::{
    families::f1_channel_places, families::f1_channel_signs, families::f2_neuron_swaps, families::f3_up_down_signs,
    families::f4_value_signs, families::f5_rotary_signs, families::f7_expert_swaps, families::f8_latent_signs,
};
use crate::text::{Says, says, shown_path};

/// A sketch that is this improbable by any family of the first look gets the whole ladder: its share of false alarms,
/// not of false findings.
const LOUD_LN_P: f64 = -9.2;
/// What the first look takes of towers of different depth, where every layer is put against every one.
const FIRST: Sample = Sample {
    layers: usize::MAX,
    columns: 64,
    halved: true,
    neurons: 16,
    experts: 1,
    heads: 1,
    queries: 1,
    routes: 0,
    channels: 8,
    tokens: 0,
};

/// Compares a model or a sketch with every sketch of a folder: the files that end in `.sketch` or `.safetensors`. A
/// sketch that cannot be read is reported and stops nothing. The result does not depend on how many threads there are.
pub fn screen(candidate: &Path, registry: &Path, options: &Options) -> Result<Screening, MeasureError> {
    let candidate = Source::open(candidate)?;
    let files = listed(registry)?;
    // A sketch that cannot be read is compared with nothing.
    let others: Vec<_> = files.iter().filter_map(|path| Sketch::depths(path)).collect();
    let budget = Budget::of(files.len(), most_pairs(&candidate.depths(), &others));
    let read: Mutex<Vec<(Sample, std::sync::Arc<Sampled>)>> = Mutex::default();
    let progress = &options.progress;
    let length = |path: &PathBuf| std::fs::metadata(path).map_or(0, |entry| entry.len());
    progress.tell(Step::Begun { references: files.len(), bytes: files.iter().map(length).sum() });
    let at_once = |sample: Sample| -> Result<std::sync::Arc<Sampled>, MeasureError> {
        let mut read = read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = read.iter().find(|entry| entry.0 == sample) {
            return Ok(std::sync::Arc::clone(&entry.1));
        }
        let model = candidate.model(sample, true, &Progress::default())?;
        let mute = model.towers.iter().map(|tower| objections(tower).into_keys().collect()).collect();
        let model = std::sync::Arc::new(Sampled { model, mute });
        read.push((sample, std::sync::Arc::clone(&model)));
        Ok(model)
    };
    let one = |path: &Path| -> Result<Screened, MeasureError> {
        let sketch = Sketch::open(path)?;
        let own = candidate.sketched().unwrap_or(Sample::WHOLE);
        let sample = own.meet(sketch.model.sample);
        let model = at_once(sample)?;
        let reference = if sketch.model.sample == sample { sketch.model } else { sketch.model.thinned(sample) };
        let outcome = match first_look(&reference, (&model.model, &model.mute), budget) {
            Heard::Nothing => Outcome::NotComparable,
            Heard::Quiet(least_correlation) => Outcome::Quiet(FirstLook { least_correlation }),
            Heard::Loud => {
                let mut link = link::link(&reference, &model.model, budget, None).0;
                link.reference = ReferenceModel { files: sketch.files, ..link.reference };
                Outcome::Whole(Box::new(link))
            }
        };
        progress.tell(Step::Read(std::fs::metadata(path).map_or(0, |entry| entry.len())));
        progress.tell(Step::Compared);
        Ok(Screened { file: name(path), id: reference.id, outcome })
    };
    let found = in_threads(&files, &one);
    let (mut screened, mut unusable) = (Vec::new(), Vec::new());
    for (path, result) in files.iter().zip(found) {
        match result {
            Ok(entry) => screened.push(entry),
            Err(MeasureError::Sketch(error)) => {
                unusable.push(Unusable { file: name(path), why: says(error.fault.korean(), &error.fault).into() });
            }
            Err(error) => return Err(error),
        }
    }
    screened
        .sort_by(|a, b| rank(a).partial_cmp(&rank(b)).unwrap_or(std::cmp::Ordering::Equal).then(a.file.cmp(&b.file)));
    Ok(Screening {
        schema: SCREENING_SCHEMA.to_owned(),
        subject: candidate.subject(options.digests, &[], &Progress::default())?,
        sketches: files.len(),
        level: budget.level(),
        first_look: told().into(),
        screened,
        unusable,
    })
}

fn told() -> Says {
    says(
        "먼저 모든 스케치를 빠르게 훑는다. 임베딩은 F1로(부호가 바뀐 채널은 제자리인지로), 층은 수가 같으면 제자리끼리 F2~F5, F7, F8로, 수가 다르면 모든 층끼리 뉴런 16개와 헤드 채널 \
        8개로 살핀다. 검정 하나라도 우연일 확률이 만에 하나보다 작으면 끝까지 살핀다. 층 수는 같은데 층의 차례를 바꾼 것, 채널의 차례를 바꾸거나 기저를 돌린 것, 단위의 차례를 바꾼 것은 훑을 때 \
        보이지 않는다",
        "every sketch gets a first look: embeddings by F1, signs and some places; layers, where there are equally \
        many, in place by F2 to F5, F7 and F8, else every layer against every one by 16 neurons and 8 channels of a \
        head. Where any test is less probable than one in ten thousand by chance, the whole ladder follows. Not seen \
        by the first look: layers in another order at the same depth, channels in another order, a rotated basis, \
        units in another order",
    )
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// The sketches of a folder by name.
fn listed(folder: &Path) -> Result<Vec<PathBuf>, MeasureError> {
    let fail = |error: std::io::Error| MeasureError::Folder { folder: shown_path(folder), why: error.to_string() };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if path.extension().is_some_and(|end| end == "sketch" || end == "safetensors") {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(MeasureError::NoSketches(shown_path(folder)));
    }
    files.sort();
    Ok(files)
}

/// The results in the order of the files, whichever thread made them.
fn in_threads<T: Send>(files: &[PathBuf], one: &(impl Fn(&Path) -> T + Sync)) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, T)>> = Mutex::new(Vec::with_capacity(files.len()));
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(files.len());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(path) = files.get(at) else { return };
                    let result = one(path);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((at, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|entry| entry.0);
    done.into_iter().map(|entry| entry.1).collect()
}

/// The gravest first; among the same the larger share.
fn rank(entry: &Screened) -> (u8, f64) {
    match &entry.outcome {
        Outcome::Whole(link) => {
            let gravity = match link.relation {
                Relation::Shared => 0,
                Relation::Undecided | Relation::NoCounterpart | Relation::Beside => 2,
                Relation::NoTrace => 3,
            };
            (gravity, -link.share.unwrap_or(0.0))
        }
        Outcome::NotComparable => (5, 0.0),
        Outcome::Quiet(_) => (4, 0.0),
    }
}

/// Families that may not speak of a tower of the candidate.
type Mute = BTreeSet<Family>;

/// The candidate as one sample keeps it.
struct Sampled {
    model: Model,
    mute: Vec<Mute>,
}

/// What the first look heard.
enum Heard {
    /// No two towers can be compared.
    Nothing,
    Quiet(Option<f64>),
    Loud,
}

fn first_look(reference: &Model, (candidate, mute): (&Model, &[Mute]), budget: Budget) -> Heard {
    let mut heard = Heard::Nothing;
    if tables_are_loud(reference, candidate) {
        return Heard::Loud;
    }
    for (tower, mute) in candidate.towers.iter().zip(mute) {
        for other in reference.towers_of(tower.kind) {
            if other.extent.width != tower.extent.width || other.width != tower.width {
                // Streams of other widths are compared whole where they may be at all.
                if !other.holds_some_channels() && !tower.holds_some_channels() {
                    return Heard::Loud;
                }
                continue;
            }
            let sums = if other.layers.len() == tower.layers.len() {
                in_place(other, tower, mute)
            } else {
                anywhere(&thin_tower(other, FIRST), &thin_tower(tower, FIRST))
            };
            if sums.iter().any(|(_, sum)| sum.ln_p() <= LOUD_LN_P) {
                return Heard::Loud;
            }
            if !sums.is_empty() {
                let mut least: Vec<f64> = sums
                    .iter()
                    .filter_map(|(_, sum)| least_correlation(sum.units(), tower.width, budget.ln_level()))
                    .collect();
                least.sort_by(f64::total_cmp);
                heard = Heard::Quiet(least.get(1).copied());
            }
        }
    }
    heard
}

/// The families of layers at the same place, without the effect sizes that a whole look adds, and without F6, whose
/// units are few and whose forms take long.
fn in_place(reference: &Tower, candidate: &Tower, mute: &Mute) -> Vec<(Family, SignSum)> {
    let rotary = candidate.traits.rotary;
    let mut totals: BTreeMap<Family, SignSum> = BTreeMap::new();
    for (a, b) in reference.layers.iter().zip(&candidate.layers) {
        let pairs = neurons(a, b, Arrangement::InPlace);
        let mut sums = vec![
            (Family::NeuronSwaps, f2_neuron_swaps::test(a, b, &pairs)),
            (Family::UpDownSigns, f3_up_down_signs::test(a, b, &pairs, None)),
            (Family::ExpertSwaps, f7_expert_swaps::test(a, b)),
            (Family::LatentSigns, f8_latent_signs::test(a, b)),
        ];
        if let (Some(x), Some(y)) = (&a.attention, &b.attention) {
            let by_query_key = heads(x, y, Arrangement::InPlace, HeadKey::QueryKey, rotary);
            let by_value = heads(x, y, Arrangement::InPlace, HeadKey::ValueOutput, rotary);
            sums.push((Family::ValueSigns, f4_value_signs::test(x, y, &by_query_key)));
            sums.push((Family::RotarySigns, f5_rotary_signs::test(x, y, &by_value, rotary)));
        }
        for (family, sum) in sums {
            if sum.units() > 0 && !mute.contains(&family) {
                totals.entry(family).or_default().add(&sum);
            }
        }
    }
    totals.into_iter().collect()
}

/// F1 on the embeddings, which may have been taken alone; places tell of a stream whose signs were changed.
fn tables_are_loud(reference: &Model, candidate: &Model) -> bool {
    if !link::same_channels(reference, candidate) {
        return false;
    }
    let rows = tables::rows(reference, candidate).unwrap_or_default();
    tables::paired(reference.embedding.as_ref(), candidate.embedding.as_ref(), &rows).is_some_and(|pair| {
        pair.reference.columns == pair.candidate.columns
            && (f1_channel_signs::test(&pair.reference, &pair.candidate).ln_p() <= LOUD_LN_P
                || f1_channel_places::glance(&pair.reference, &pair.candidate).ln_p() <= LOUD_LN_P)
    })
}

/// Every family on every map of layers that it may use.
fn anywhere(a: &Tower, b: &Tower) -> Vec<(Family, SignSum)> {
    let grid = Grid::of(&a.layers, b, BasisKind::AsNamed, Arrangement::InPlace, &copied_layers(b), false);
    let mut out = Vec::new();
    for chosen in [ChosenBy::Gate, ChosenBy::Attention] {
        let Some(map) = grid.map(chosen) else { continue };
        for family in Family::EXACT {
            if grid.may_use(family, chosen) {
                let sum = grid.pooled(family, &map);
                if sum.units() > 0 {
                    out.push((family, sum));
                }
            }
        }
    }
    out
}
