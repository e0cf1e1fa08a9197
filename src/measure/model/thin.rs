//! What a smaller sample keeps of a model that is held: the same that would have been read from its files by that
//! sample (see `plan`), so that two models which were sampled apart are compared on what both hold.

use crate::measure::model::plan::{Sample, evenly, head_channels, spread};
use crate::measure::model::shape::{Attention, FeedForward, Layer, Model, Passive, Tower};
use crate::measure::stats::matrix::Matrix;
use crate::weights::bf16_bits;

impl Model {
    /// What `sample` keeps of what is held.
    pub(in crate::measure) fn thinned(&self, sample: Sample) -> Self {
        let channels = |table: &Matrix| spread(table.columns, sample.columns_of(self.table_width));
        let kept = self.rows.sampled(sample.tokens);
        let table = |table: &Matrix| {
            table.take_rows(kept.iter().copied().filter(|&row| row < table.rows)).take_columns(&channels(table))
        };
        let beside = |(name, matrix): (&String, &Matrix)| {
            let whole = self.beside_shapes.get(name).map_or(matrix.columns, |shape| shape.1);
            let columns = spread(matrix.columns, sample.columns_of(whole));
            (name.clone(), matrix.take_rows(spread(matrix.rows, sample.neurons)).take_columns(&columns))
        };
        Self {
            id: self.id.clone(),
            inventory: self.inventory.clone(),
            config: self.config.clone(),
            tokens: self.tokens.clone(),
            sample: self.sample.meet(sample),
            towers: self.towers.iter().map(|tower| thin_tower(tower, sample)).collect(),
            embedding: self.embedding.as_ref().map(table),
            vocabulary: self.vocabulary,
            rows: self.rows.take(&kept),
            table_width: self.table_width,
            head: self.head.as_ref().map(table),
            head_gain: self
                .head_gain
                .as_ref()
                .zip(self.head.as_ref())
                .map(|(gain, head)| channels(head).into_iter().map(|at| gain[at]).collect()),
            projector: self.projector.iter().map(beside).collect(),
            head_layers: self.head_layers.iter().map(beside).collect(),
            beside_shapes: self.beside_shapes.clone(),
            left_out: self.left_out.clone(),
            not_compared: self.not_compared.clone(),
            too_many_towers: self.too_many_towers,
        }
    }

    /// Its matrices in the precision of a sketch. Vectors stay: what tells gains apart is small beside the one they
    /// start at.
    pub(in crate::measure) fn rounded(mut self) -> Self {
        // What was rounded with its gain folded in is no longer what was stored.
        self.head_gain = None;
        for table in self.embedding.iter_mut().chain(&mut self.head) {
            round(table);
        }
        self.projector.values_mut().chain(self.head_layers.values_mut()).for_each(round);
        for tower in &mut self.towers {
            round(&mut tower.table);
            for layer in &mut tower.layers {
                if let Some(part) = &mut layer.attention {
                    [&mut part.query, &mut part.key, &mut part.value, &mut part.output].into_iter().for_each(round);
                }
                for part in &mut layer.experts {
                    [&mut part.up, &mut part.down].into_iter().chain(&mut part.gate).for_each(round);
                }
                layer.router.iter_mut().for_each(round);
                layer.latents.iter_mut().for_each(|(into, from)| {
                    round(into);
                    round(from);
                });
            }
        }
        self
    }
}

fn round(matrix: &mut Matrix) {
    for value in &mut matrix.data {
        *value = f32::from_bits(u32::from(bf16(*value)) << 16);
    }
}

/// The nearest number with eight significant bits, ties to even; what is too large becomes the largest.
pub(in crate::measure) fn bf16(value: f32) -> u16 {
    bf16_bits(value.clamp(-LARGEST, LARGEST))
}

/// The largest number of this precision.
const LARGEST: f32 = 3.389_531_4e38;

pub(in crate::measure) fn thin_tower(tower: &Tower, sample: Sample) -> Tower {
    let channels = spread(tower.width, sample.columns_of(tower.extent.width));
    let kept = evenly(tower.layers.len(), sample.layers);
    let stands_for = tower.layers.len() as f64 / kept.len().max(1) as f64;
    let layers: Vec<Layer> =
        kept.into_iter().map(|at| thin_layer(&tower.layers[at], tower, (&channels, sample), stands_for)).collect();
    let pixels = spread(tower.extent.pixels, sample.tokens);
    let below = spread(tower.table.rows.saturating_sub(tower.extent.pixels), sample.tokens);
    let mut extent = tower.extent;
    extent.pixels = pixels.len();
    let rows = pixels.into_iter().chain(below.into_iter().map(|row| row + tower.extent.pixels));
    Tower {
        id: tower.id.clone(),
        kind: tower.kind,
        stack: tower.stack,
        traits: tower.traits,
        width: channels.len(),
        extent,
        turned: tower.turned,
        layers,
        table: if tower.table.rows == 0 {
            Matrix::default()
        } else {
            tower.table.take_rows(rows).take_columns(&channels)
        },
        outside: tower.outside,
        not_compared: tower.not_compared,
        passive: Passive { pooler: None, ..tower.passive },
    }
}

fn thin_layer(layer: &Layer, tower: &Tower, (channels, sample): (&[usize], Sample), stands_for: f64) -> Layer {
    let whole = channels.len() == tower.extent.width;
    Layer {
        number: layer.number,
        attention: layer.attention.as_ref().map(|part| thin_attention(part, tower, (channels, sample))),
        experts: layer
            .experts
            .iter()
            .take(sample.experts)
            .map(|part| thin_feed_forward(part, &spread(part.neurons(), sample.neurons), channels))
            .collect(),
        router: layer
            .router
            .as_ref()
            .map(|router| router.take_rows(spread(router.rows, sample.routes)).take_columns(channels)),
        latents: layer
            .latents
            .iter()
            .map(|(into, from)| {
                let units = spread(into.rows, sample.neurons);
                let wide = spread(from.columns, sample.columns);
                (
                    into.take_rows(units.iter().copied()).take_columns(channels),
                    from.take_rows(units).take_columns(&wide),
                )
            })
            .collect(),
        constant_start: layer
            .constant_start
            .iter()
            .filter(|(_, values)| whole || values.len() == tower.width)
            .map(|(place, values)| {
                let held = if values.len() == tower.width {
                    channels.iter().map(|&at| values[at]).collect()
                } else {
                    values.clone()
                };
                (place.clone(), held)
            })
            .collect(),
        parameters: crate::measure::model::tower::times(layer.parameters, stands_for),
        feed_forward_parameters: crate::measure::model::tower::times(layer.feed_forward_parameters, stands_for),
    }
}

fn thin_attention(part: &Attention, tower: &Tower, (channels, sample): (&[usize], Sample)) -> Attention {
    let kept_heads = part.kv_heads.min(sample.heads);
    let (width, group) = (part.head_width, part.heads / part.kv_heads);
    let kept_queries = group.min(sample.queries);
    let inner = head_channels(width, sample.channels, tower.traits.rotary);
    let rows = |heads: Vec<usize>| -> Vec<usize> {
        heads.into_iter().flat_map(|head| inner.iter().map(move |&channel| head * width + channel)).collect()
    };
    let queries =
        rows((0..kept_heads).flat_map(|head| (0..kept_queries).map(move |query| head * group + query)).collect());
    let keys = rows((0..kept_heads).collect());
    let bias = |values: &[f32], rows: &[usize]| -> Vec<f32> {
        rows.iter().filter_map(|&row| values.get(row).copied()).collect()
    };
    let take = |matrix: &Matrix, rows: &[usize]| matrix.take_rows(rows.iter().copied()).take_columns(channels);
    Attention {
        heads: kept_heads * kept_queries,
        kv_heads: kept_heads,
        head_width: inner.len(),
        whole_head: part.whole_head,
        query: take(&part.query, &queries),
        key: take(&part.key, &keys),
        value: take(&part.value, &keys),
        output: take(&part.output, &queries),
        biases: [bias(&part.biases[0], &queries), bias(&part.biases[1], &keys), bias(&part.biases[2], &keys)],
    }
}

fn thin_feed_forward(part: &FeedForward, units: &[usize], channels: &[usize]) -> FeedForward {
    let take = |matrix: &Matrix| matrix.take_rows(units.iter().copied()).take_columns(channels);
    FeedForward {
        gate: part.gate.as_ref().map(take),
        up: take(&part.up),
        down: take(&part.down),
        up_bias: units.iter().filter_map(|&unit| part.up_bias.get(unit).copied()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_keeps_eight_bits() {
        for value in [0.0_f32, 1.0, -1.0, 0.1, 3.0e38, f32::MAX, 1e-40] {
            let back = f32::from_bits(u32::from(bf16(value)) << 16);
            assert!((back - value).abs() <= value.abs() / 256.0 + 1e-40, "{value} {back}");
        }
        assert_eq!(bf16(1.0), 0x3f80);
        assert_eq!(bf16(f32::from_bits(0x3f80_8000)), 0x3f80, "a tie goes to the even one");
    }
}
