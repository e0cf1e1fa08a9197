//! Attention of the reference with as many key-value heads as the candidate has (method 3.8): a conversion from many
//! heads to grouped ones begins with the mean of each group, one back to many with copies.
//!
//! F4 to F6 then compare shapes that are the same. Their null stays exact, because what they flip and swap are the
//! candidate's own heads, and the reference may be turned into anything beforehand by a rule that does not look at the
//! candidate's numbers.

use crate::measure::model::shape::Attention;
use crate::measure::stats::matrix::{Matrix, narrow};

/// None where the heads are grouped alike, or in no simple proportion.
pub(in crate::measure) fn regrouped(reference: &Attention, candidate: &Attention) -> Option<Attention> {
    let (there, here) = (reference.kv_heads, candidate.kv_heads);
    let alike = reference.heads == candidate.heads && reference.head_width == candidate.head_width;
    if !alike || there == here || here == 0 || there == 0 {
        return None;
    }
    let width = reference.head_width;
    let turned: Box<dyn Fn(&Matrix) -> Matrix> = if there.is_multiple_of(here) {
        Box::new(move |matrix| means(matrix, there / here, width))
    } else if here.is_multiple_of(there) {
        Box::new(move |matrix| copies(matrix, here / there, width))
    } else {
        return None;
    };
    let vector = |bias: &Vec<f32>| turned(&Matrix::new(bias.len(), 1, bias.clone())).data;
    let [query, key, value] = &reference.biases;
    Some(Attention {
        kv_heads: here,
        key: turned(&reference.key),
        value: turned(&reference.value),
        biases: [query.clone(), vector(key), vector(value)],
        ..reference.clone()
    })
}

/// The mean of every `several` heads that follow each other.
fn means(heads: &Matrix, several: usize, width: usize) -> Matrix {
    let size = width * heads.columns;
    let data = heads.data.chunks_exact((several * size).max(1)).flat_map(|group| {
        (0..size).map(move |at| {
            let sum: f64 = group.iter().skip(at).step_by(size).map(|&value| f64::from(value)).sum();
            narrow(sum / several as f64)
        })
    });
    let data: Vec<f32> = data.collect();
    Matrix::new(data.len() / heads.columns.max(1), heads.columns, data)
}

/// Every head so many times.
fn copies(heads: &Matrix, times: usize, width: usize) -> Matrix {
    let size = (width * heads.columns).max(1);
    let data: Vec<f32> = heads.data.chunks_exact(size).flat_map(|head| head.repeat(times)).collect();
    Matrix::new(data.len() / heads.columns.max(1), heads.columns, data)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attention(kv_heads: usize) -> Attention {
        let rows = |count: usize| Matrix::new(count, 1, (0..count).map(|at| at as f32).collect());
        Attention {
            heads: 4,
            kv_heads,
            head_width: 2,
            whole_head: 2,
            query: rows(8),
            key: rows(2 * kv_heads),
            value: rows(2 * kv_heads),
            output: rows(8),
            biases: [Vec::new(), (0..2 * kv_heads).map(|at| at as f32).collect(), Vec::new()],
        }
    }

    #[test]
    fn heads_are_averaged_or_repeated_in_their_order() {
        let fewer = regrouped(&attention(4), &attention(2)).expect("grouped");
        assert_eq!(fewer.key.data, [1.0, 2.0, 5.0, 6.0]);
        assert_eq!((fewer.kv_heads, fewer.biases[1].as_slice()), (2, &[1.0, 2.0, 5.0, 6.0][..]));
        let more = regrouped(&attention(1), &attention(2)).expect("repeated");
        assert_eq!(more.value.data, [0.0, 1.0, 0.0, 1.0]);
        assert!(regrouped(&attention(2), &attention(2)).is_none());
        assert!(regrouped(&attention(3), &attention(2)).is_none());
    }
}
