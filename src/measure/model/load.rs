//! From a checkpoint to the one shape that all tests use: which rows are read, how they are turned, what is split,
//! folded and left out.

use std::collections::BTreeMap;

use crate::measure::MeasureError;
use crate::measure::model::plan::{Sample, spread, token_rows};
use crate::measure::model::shape::{Inventory, Model};
use crate::measure::model::stacks::{TowerParts, Towers};
use crate::measure::model::tokens::{Rows, Tokens};
use crate::measure::model::tower::TowerReader;
use crate::measure::model::unfit;
use crate::measure::progress::{Progress, Step};
use crate::measure::stats::matrix::Matrix;
use crate::text::{Says, clean, says};
use crate::weights::{Checkpoint, ComponentKind, Numbers, Problem, Role, Tally, Tensor, WeightsError};

impl Model {
    /// Reads what `sample` keeps of a checkpoint.
    pub(in crate::measure) fn read(
        checkpoint: &Checkpoint,
        sample: Sample,
        progress: &Progress,
    ) -> Result<Self, MeasureError> {
        Self::through(checkpoint, sample, (&Numbers::of(checkpoint), progress))
    }

    /// Bytes that would be read.
    pub(in crate::measure) fn planned_bytes(checkpoint: &Checkpoint, sample: Sample) -> Result<u64, MeasureError> {
        let bytes = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
        let counted = std::sync::Arc::clone(&bytes);
        let count = Progress::to(move |step| {
            if let Step::Read(more) = step {
                counted.fetch_add(more, std::sync::atomic::Ordering::Relaxed);
            }
        });
        Self::through(checkpoint, sample, (&Numbers::dry(checkpoint), &count))?;
        Ok(bytes.load(std::sync::atomic::Ordering::Relaxed))
    }

    pub(in crate::measure) fn through(
        checkpoint: &Checkpoint,
        sample: Sample,
        from: (&Numbers<'_>, &Progress),
    ) -> Result<Self, MeasureError> {
        let mut model = Self {
            id: checkpoint.folder.identity().text().to_owned(),
            inventory: Inventory::of(checkpoint),
            config: checkpoint.config(),
            tokens: Tokens::read(checkpoint),
            sample,
            towers: Vec::new(),
            embedding: None,
            vocabulary: 0,
            rows: Rows::default(),
            table_width: 0,
            head: None,
            head_gain: None,
            projector: BTreeMap::new(),
            head_layers: BTreeMap::new(),
            beside_shapes: BTreeMap::new(),
            left_out: Vec::new(),
            not_compared: BTreeMap::new(),
            too_many_towers: false,
        };
        model.load(checkpoint, from)?;
        Ok(model)
    }

    fn load(
        &mut self,
        checkpoint: &Checkpoint,
        (numbers, progress): (&Numbers<'_>, &Progress),
    ) -> Result<(), MeasureError> {
        let sample = self.sample;
        let parts = parts_of(checkpoint, &mut self.left_out);
        let of = |kind: ComponentKind| parts.get(&kind).map_or(&[][..], Vec::as_slice);
        let towers = Towers::of(checkpoint, &parts);
        self.left_out.extend(towers.left_out.iter().cloned());
        self.not_compared.clone_from(&towers.not_compared);
        self.too_many_towers = towers.too_many;
        let table = self.token_table(of(ComponentKind::Embedding));
        let mut kept = Vec::new();
        if let Some(tensor) = table {
            let stored = Stored::of(tensor);
            self.vocabulary = stored.rows;
            kept = token_rows(self.tokens.as_ref(), stored.rows, sample.tokens);
            let channels = spread(stored.columns, sample.columns_of(stored.columns));
            self.embedding = Some(stored.read(numbers, &kept, true, &channels)?);
            self.rows = Rows::of(kept.clone(), self.tokens.as_ref());
            progress.tell(Step::Read(numbers.bytes_since()));
        }
        self.table_width = table_width(&parts);
        for parts in &towers.towers {
            let reader = TowerReader::new(parts, self.table_width, (numbers, sample));
            self.towers.extend(reader.read(&mut self.left_out, progress)?);
        }
        self.load_head(of(ComponentKind::Head), towers.before_head(), numbers, &kept)?;
        for tensor in of(ComponentKind::Projector).iter().filter(|tensor| tensor.shape.len() == 2) {
            let matrix = self.beside(tensor, numbers)?;
            self.projector.insert(tensor.name.clone(), matrix);
        }
        progress.tell(Step::Read(numbers.bytes_since()));
        for (ko, en, table) in [("임베딩", "embedding", &mut self.embedding), ("출력층", "head", &mut self.head)]
        {
            if table.as_ref().is_some_and(Matrix::repeats_a_row) {
                *table = None;
                self.left_out
                    .push(says(format!("{ko} (한 행이 되풀이된다)"), format!("{en} (one row again and again)")));
            }
            let broken = table.as_mut().map_or(0, Matrix::blank_broken_rows);
            if broken > 0 {
                self.left_out.push(says(
                    format!("{ko}의 행 {broken}개 (무한대이거나 수가 아니다)"),
                    format!("{broken} rows of the {en} (infinite or not a number)"),
                ));
            }
        }
        for matrix in self.projector.values_mut().chain(self.head_layers.values_mut()) {
            matrix.blank_broken_rows();
        }
        if !numbers.is_dry() && unfit::is_barren(self, checkpoint) {
            let file = checkpoint.files.first().map_or_else(String::new, |file| file.name.clone());
            return Err(WeightsError::new(file, None, Problem::Barren).into());
        }
        Ok(())
    }

    /// The table of tokens: the one that several share, else the first. Others are named, and what else stands beside
    /// them is not compared.
    fn token_table<'a>(&mut self, tensors: &[&'a Tensor]) -> Option<&'a Tensor> {
        let table = main_table(tensors)?;
        for tensor in tensors.iter().filter(|tensor| tensor.name != table.name && tensor.shape.len() > 1) {
            *self.not_compared.entry(ComponentKind::Embedding).or_default() += tensor.parameters();
            if is_matrix(tensor, Role::TokenEmbedding) && tensor.tally != Tally::Again {
                let name = clean(&tensor.name);
                self.left_out.push(says(format!("{name} (두 번째 표)"), format!("{name} (a second table)")));
            }
        }
        Some(table)
    }

    /// A matrix beside a tower: the neurons that the sample keeps and, of both sides, never more than it keeps of a
    /// stream.
    fn beside(&mut self, tensor: &Tensor, numbers: &Numbers<'_>) -> Result<Matrix, MeasureError> {
        let stored = Stored::of(tensor);
        self.beside_shapes.insert(tensor.name.clone(), (stored.rows, stored.columns));
        let units = spread(stored.rows, self.sample.neurons);
        let channels = spread(stored.columns, self.sample.columns_of(stored.columns));
        stored.read(numbers, &units, true, &channels)
    }

    /// A head is a table of tokens, with the last norm's gain folded in, or layers before one that is tied.
    fn load_head(
        &mut self,
        head: &[&Tensor],
        text: Option<&TowerParts<'_>>,
        numbers: &Numbers<'_>,
        kept: &[usize],
    ) -> Result<(), MeasureError> {
        let (tables, layers): (Vec<&Tensor>, Vec<&Tensor>) = head
            .iter()
            .filter(|tensor| is_matrix(tensor, Role::Head))
            .partition(|tensor| tensor.shape.iter().any(|&side| side >= self.vocabulary as u64));
        for tensor in layers {
            let matrix = self.beside(tensor, numbers)?;
            self.head_layers.insert(tensor.name.clone(), matrix);
        }
        let Some(&tensor) = tables.first() else { return Ok(()) };
        let stored = Stored::of(tensor);
        for tensor in tables.get(1..).unwrap_or_default() {
            *self.not_compared.entry(ComponentKind::Head).or_default() += tensor.parameters();
        }
        let tower = text.and_then(|parts| self.towers.iter().find(|tower| tower.id == parts.id));
        let turned = tower.is_some_and(|tower| tower.extent.width == stored.rows && stored.rows != stored.columns);
        let (tokens, width) = if turned { (stored.columns, stored.rows) } else { (stored.rows, stored.columns) };
        let rows: Vec<usize> = if kept.is_empty() {
            (0..tokens).collect()
        } else {
            kept.iter().copied().filter(|row| *row < tokens).collect()
        };
        let channels = spread(width, self.sample.columns_of(width));
        let mut table = stored.read(numbers, &rows, !turned, &channels)?;
        let last = |tensor: &&&Tensor| {
            tensor.placement.role == Role::FinalNorm && tensor.placement.layer.is_none() && !tensor.placement.is_bias
        };
        if let Some(gain) = text.and_then(|parts| parts.tensors.iter().find(last)) {
            let one = tower.is_some_and(|tower| tower.traits.gain_lacks_one);
            let gain = picked(&gain_of(numbers.read(gain)?, one), width, &channels);
            table.scale_columns(&gain);
            self.head_gain = Some(gain);
        }
        // Without a gain the stored numbers are those that are held.
        let columns = table.columns;
        self.head_gain.get_or_insert_with(|| vec![1.0; columns]);
        self.head = Some(table);
        Ok(())
    }
}

/// The tensors that can be compared, by component; what is left out is said.
pub(in crate::measure) fn parts_of<'a>(
    checkpoint: &'a Checkpoint,
    left_out: &mut Vec<Says>,
) -> BTreeMap<ComponentKind, Vec<&'a Tensor>> {
    let mut parts: BTreeMap<ComponentKind, Vec<&Tensor>> = BTreeMap::new();
    for tensor in &checkpoint.tensors {
        match tensor.placement.role {
            _ if matches!(tensor.tally, Tally::Beside | Tally::Computed) => {}
            role if role == Role::Packed || tensor.is_packed() => {
                left_out.push(says(format!("{} (묶음 형식)", tensor.name), format!("{} (packed)", tensor.name)));
            }
            Role::Scale | Role::Buffer | Role::LowRank => {}
            _ if !tensor.dtype.is_comparable() => {}
            _ => match unfit::objection(tensor) {
                Some(why) => left_out.push(why),
                None => parts.entry(tensor.placement.component).or_default().push(tensor),
            },
        }
    }
    parts
}

fn is_matrix(tensor: &Tensor, role: Role) -> bool {
    tensor.placement.role == role && !tensor.placement.is_bias && tensor.shape.len() >= 2
}

/// Of the tables of tokens the one that several share, else the first that is counted.
fn main_table<'a>(tensors: &[&'a Tensor]) -> Option<&'a Tensor> {
    let tables = || tensors.iter().copied().filter(|tensor| is_matrix(tensor, Role::TokenEmbedding));
    let shared = |tensor: &&Tensor| tensor.name.split('.').any(|segment| segment == "shared");
    tables().find(shared).or_else(|| tables().find(|tensor| tensor.tally != Tally::Again))
}

/// Columns of the table of tokens; nought without one.
pub(in crate::measure) fn table_width(parts: &BTreeMap<ComponentKind, Vec<&Tensor>>) -> usize {
    let tensors = parts.get(&ComponentKind::Embedding).map_or(&[][..], Vec::as_slice);
    main_table(tensors).map_or(0, |tensor| Stored::of(tensor).columns)
}

/// A matrix as it lies in a file: a tensor, or one expert's part of a tensor that holds all.
#[derive(Debug, Clone, Copy)]
pub(in crate::measure) struct Stored<'a> {
    tensor: &'a Tensor,
    /// Elements before it.
    offset: u64,
    pub rows: usize,
    pub columns: usize,
}

/// Most numbers that are read at once.
const MOST_AT_ONCE: usize = 4 << 20;
/// Of rows that are this many times longer than what is wanted of them, only that is read.
const FEW: usize = 4;

impl<'a> Stored<'a> {
    pub(in crate::measure) fn name(&self) -> &'a str {
        &self.tensor.name
    }

    /// How many numbers it has.
    pub(in crate::measure) fn numbers(&self) -> u64 {
        (self.rows as u64).saturating_mul(self.columns as u64)
    }

    pub(in crate::measure) fn of(tensor: &'a Tensor) -> Self {
        let (rows, columns) = Numbers::table_shape(tensor);
        Self { tensor, offset: 0, rows, columns }
    }

    /// The experts of a tensor `experts x rows x columns`.
    pub(in crate::measure) fn experts(tensor: &'a Tensor) -> Vec<Self> {
        let [experts, rows, columns] = tensor.shape.as_slice() else { return Vec::new() };
        let (Ok(high), Ok(wide)) = (usize::try_from(*rows), usize::try_from(*columns)) else { return Vec::new() };
        (0..*experts)
            .map(|expert| Self { tensor, offset: expert * rows * columns, rows: high, columns: wide })
            .collect()
    }

    /// The given units, each a row of the result with the given numbers of it. Units are the matrix's rows, or its
    /// columns.
    pub(in crate::measure) fn read(
        &self,
        numbers: &Numbers<'_>,
        units: &[usize],
        by_row: bool,
        across: &[usize],
    ) -> Result<Matrix, MeasureError> {
        if by_row && across.len() == self.columns {
            return self.whole_rows(numbers, units);
        }
        let (rows, columns) = if by_row { (units, across) } else { (across, units) };
        let mut out = Matrix::zero(units.len(), across.len());
        let mut put = |row: usize, column: usize, value: f32| {
            let at = if by_row { row * across.len() + column } else { column * across.len() + row };
            out.data[at] = value;
        };
        let mut data = Vec::new();
        let dtype = self.tensor.dtype;
        let few = !dtype.is_eight_bit() && !dtype.is_block() && columns.len() * FEW <= self.columns;
        let mut at = 0;
        while at < rows.len() {
            let most = (MOST_AT_ONCE / self.columns.max(1)).max(1);
            let run = (at..rows.len()).take_while(|&next| rows[next] == rows[at] + (next - at)).take(most).count();
            data.clear();
            if few {
                for &row in &rows[at..at + run] {
                    self.part_of_row(numbers, row, columns, &mut data)?;
                }
            } else {
                self.rows_into(numbers, rows[at], run, &mut data)?;
            }
            for row in 0..run {
                for (column, &from) in columns.iter().enumerate() {
                    let value = if few { data[row * columns.len() + column] } else { data[row * self.columns + from] };
                    put(at + row, column, value);
                }
            }
            at += run;
        }
        Ok(out)
    }

    fn whole_rows(&self, numbers: &Numbers<'_>, units: &[usize]) -> Result<Matrix, MeasureError> {
        let (mut data, mut at) = (Vec::new(), 0);
        while at < units.len() {
            let run = (at..units.len()).take_while(|&next| units[next] == units[at] + (next - at)).count();
            self.rows_into(numbers, units[at], run, &mut data)?;
            at += run;
        }
        Ok(Matrix::new(units.len(), self.columns, data))
    }

    /// Some numbers of one row, read in runs.
    fn part_of_row(
        &self,
        numbers: &Numbers<'_>,
        row: usize,
        columns: &[usize],
        data: &mut Vec<f32>,
    ) -> Result<(), MeasureError> {
        let start = self.offset + row as u64 * self.columns as u64;
        let mut at = 0;
        while at < columns.len() {
            let run = (at..columns.len()).take_while(|&next| columns[next] == columns[at] + (next - at)).count();
            numbers.read_raw(self.tensor, start + columns[at] as u64, run as u64, data)?;
            at += run;
        }
        Ok(())
    }

    fn rows_into(
        &self,
        numbers: &Numbers<'_>,
        first: usize,
        count: usize,
        data: &mut Vec<f32>,
    ) -> Result<(), MeasureError> {
        let columns = self.columns as u64;
        Ok(numbers.read_part(self.tensor, self.offset + first as u64 * columns, count as u64 * columns, data)?)
    }
}

pub(in crate::measure) fn gain_of(stored: Vec<f32>, lacks_one: bool) -> Vec<f32> {
    if lacks_one { stored.into_iter().map(|gain| gain + 1.0).collect() } else { stored }
}

/// Of a vector that has a number for each of `width` channels, those that are held; a vector of another length as it
/// is.
pub(in crate::measure) fn picked(values: &[f32], width: usize, channels: &[usize]) -> Vec<f32> {
    if values.len() == width { channels.iter().map(|&at| values[at]).collect() } else { values.to_vec() }
}
