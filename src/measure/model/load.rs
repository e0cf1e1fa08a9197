//! From a checkpoint to the one shape that all tests use: which rows are read, how they are turned, what is split,
//! folded and left out.

use std::collections::BTreeMap;

use crate::measure::MeasureError;
use crate::measure::model::plan::{Sample, spread};
use crate::measure::model::shape::{Inventory, Model};
use crate::measure::model::stacks::{TowerParts, Towers};
use crate::measure::model::stored::{Stored, gain_of, picked};
use crate::measure::model::tokens::{Rows, Tokens, token_rows};
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
