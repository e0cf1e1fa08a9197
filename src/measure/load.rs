//! From a checkpoint to the one shape that all tests use: which rows are read, how they are turned, what is split, folded and left out.

use std::collections::BTreeMap;

use super::MeasureError;
use super::matrix::Matrix;
use super::model::Model;
use super::plan::{Plan, spread, token_rows};
use super::tokens::Tokens;
use super::tower::TowerReader;
use super::unfit;
use crate::text::says;
use crate::weights::{Checkpoint, ComponentKind, Config, Numbers, Problem, Role, Tensor, WeightsError};

impl Model {
    /// Reads what `plan` keeps of a checkpoint.
    pub(super) fn read(checkpoint: Checkpoint, plan: Plan) -> Result<Self, MeasureError> {
        let directory = checkpoint.directory.clone();
        let id = directory
            .file_name()
            .map_or_else(|| directory.display().to_string(), |name| name.to_string_lossy().into_owned());
        let mut model = Self {
            id,
            config: Config::read(&directory),
            tokens: Tokens::read(&directory),
            towers: Vec::new(),
            embedding: None,
            vocabulary: 0,
            head: None,
            projector: BTreeMap::new(),
            head_layers: BTreeMap::new(),
            left_out: Vec::new(),
            checkpoint,
        };
        model.load(plan)?;
        Ok(model)
    }

    fn load(&mut self, plan: Plan) -> Result<(), MeasureError> {
        let checkpoint = self.checkpoint.clone();
        let numbers = Numbers::of(&checkpoint);
        let mut parts: BTreeMap<ComponentKind, Vec<&Tensor>> = BTreeMap::new();
        for tensor in &checkpoint.tensors {
            match tensor.placement.role {
                Role::Packed => {
                    self.left_out
                        .push(says(format!("{} (묶음 형식)", tensor.name), format!("{} (packed)", tensor.name)));
                }
                Role::Scale | Role::Buffer | Role::LowRank => {}
                _ if !tensor.dtype.is_comparable() => {}
                _ => match unfit::objection(tensor) {
                    Some(why) => self.left_out.push(why),
                    None => parts.entry(tensor.placement.component).or_default().push(tensor),
                },
            }
        }
        let of = |kind: ComponentKind| parts.get(&kind).map_or(&[][..], Vec::as_slice);
        let table = of(ComponentKind::Embedding).iter().find(|tensor| is_matrix(tensor, Role::TokenEmbedding));
        let mut kept = Vec::new();
        if let Some(&tensor) = table {
            let stored = Stored::of(tensor);
            self.vocabulary = stored.rows;
            kept = token_rows(self.tokens.as_ref(), stored.rows, plan.sample.map(|sample| sample.tokens));
            self.embedding = Some(stored.read(&numbers, &kept, true)?);
        }
        for (kind, keys) in [
            (ComponentKind::Text, &["text_config", "llm_config", "language_config"][..]),
            (ComponentKind::Vision, &["vision_config", "visual", "vit_config"][..]),
            (ComponentKind::Audio, &["audio_config"][..]),
        ] {
            if !of(kind).is_empty() {
                let config = self.config.part(keys);
                let reader = TowerReader::new(kind, &config, of(kind), self.embedding.as_ref(), (&numbers, plan));
                self.towers.extend(reader.read(&mut self.left_out)?);
            }
        }
        self.load_head(of(ComponentKind::Head), of(ComponentKind::Text), &numbers, &kept)?;
        for tensor in of(ComponentKind::Projector).iter().filter(|tensor| tensor.shape.len() == 2) {
            let stored = Stored::of(tensor);
            let units = spread(stored.rows, plan.sample.map(|sample| sample.neurons));
            self.projector.insert(tensor.name.clone(), stored.read(&numbers, &units, true)?);
        }
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
        if unfit::is_barren(self, &checkpoint) {
            let file = checkpoint.files.first().map_or_else(String::new, |file| file.name.clone());
            return Err(WeightsError::new(file, None, Problem::Barren).into());
        }
        if kept.len() < self.vocabulary
            && let Some(tokens) = &mut self.tokens
        {
            tokens.0 =
                tokens.0.drain().filter_map(|(token, row)| Some((token, kept.binary_search(&row).ok()?))).collect();
        }
        Ok(())
    }

    /// A head is a table of tokens, with the last norm's gain folded in, or layers before one that is tied.
    fn load_head(
        &mut self,
        head: &[&Tensor],
        text: &[&Tensor],
        numbers: &Numbers<'_>,
        kept: &[usize],
    ) -> Result<(), MeasureError> {
        let (tables, layers): (Vec<&Tensor>, Vec<&Tensor>) = head
            .iter()
            .filter(|tensor| is_matrix(tensor, Role::Head))
            .partition(|tensor| tensor.shape.iter().any(|&side| side >= self.vocabulary as u64));
        for tensor in layers {
            let stored = Stored::of(tensor);
            self.head_layers
                .insert(tensor.name.clone(), stored.read(numbers, &(0..stored.rows).collect::<Vec<_>>(), true)?);
        }
        let Some(&tensor) = tables.first() else { return Ok(()) };
        let stored = Stored::of(tensor);
        let tower = self.tower(ComponentKind::Text);
        let turned = tower.is_some_and(|tower| tower.width == stored.rows && tower.width != stored.columns);
        let tokens = if turned { stored.columns } else { stored.rows };
        let rows: Vec<usize> = if kept.is_empty() {
            (0..tokens).collect()
        } else {
            kept.iter().copied().filter(|row| *row < tokens).collect()
        };
        let mut table = stored.read(numbers, &rows, !turned)?;
        if let Some(gain) =
            text.iter().find(|tensor| tensor.placement.role == Role::FinalNorm && !tensor.placement.is_bias)
        {
            let one = tower.is_some_and(|tower| tower.traits.gain_lacks_one);
            table.scale_columns(&gain_of(numbers.read(gain)?, one));
        }
        self.head = Some(table);
        Ok(())
    }
}

fn is_matrix(tensor: &Tensor, role: Role) -> bool {
    tensor.placement.role == role && !tensor.placement.is_bias && tensor.shape.len() >= 2
}

/// A matrix as it lies in a file: a tensor, or one expert's part of a tensor that holds all.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stored<'a> {
    tensor: &'a Tensor,
    /// Elements before it.
    offset: u64,
    pub rows: usize,
    pub columns: usize,
}

/// Most numbers that are read at once where units are columns.
const MOST_AT_ONCE: usize = 4 << 20;

impl<'a> Stored<'a> {
    pub(super) fn of(tensor: &'a Tensor) -> Self {
        let (rows, columns) = Numbers::table_shape(tensor);
        Self { tensor, offset: 0, rows, columns }
    }

    /// The experts of a tensor `experts x rows x columns`.
    pub(super) fn experts(tensor: &'a Tensor) -> Vec<Self> {
        let [experts, rows, columns] = tensor.shape.as_slice() else { return Vec::new() };
        let (Ok(high), Ok(wide)) = (usize::try_from(*rows), usize::try_from(*columns)) else { return Vec::new() };
        (0..*experts)
            .map(|expert| Self { tensor, offset: expert * rows * columns, rows: high, columns: wide })
            .collect()
    }

    /// The given units, each a row of the result. Units are the matrix's rows, or its columns.
    pub(super) fn read(&self, numbers: &Numbers<'_>, units: &[usize], by_row: bool) -> Result<Matrix, MeasureError> {
        let mut data = Vec::new();
        if by_row {
            let mut at = 0;
            while at < units.len() {
                let run = (at..units.len()).take_while(|&next| units[next] == units[at] + (next - at)).count();
                self.rows_into(numbers, units[at], run, &mut data)?;
                at += run;
            }
            return Ok(Matrix::new(units.len(), self.columns, data));
        }
        let mut out = Matrix::zero(units.len(), self.rows);
        let step = (MOST_AT_ONCE / self.columns.max(1)).max(1);
        for first in (0..self.rows).step_by(step) {
            data.clear();
            let count = step.min(self.rows - first);
            self.rows_into(numbers, first, count, &mut data)?;
            for (unit, &column) in units.iter().enumerate() {
                for row in 0..count {
                    out.data[unit * self.rows + first + row] = data[row * self.columns + column];
                }
            }
        }
        Ok(out)
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

pub(super) fn gain_of(stored: Vec<f32>, lacks_one: bool) -> Vec<f32> {
    if lacks_one { stored.into_iter().map(|gain| gain + 1.0).collect() } else { stored }
}
