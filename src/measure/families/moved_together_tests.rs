//! The law of moving together, held over towers that are made here.

use super::*;
use crate::measure::model::shape::FeedForward;
use crate::measure::stats::test_matrices::random;

const LEVEL: f64 = -13.8;
const WIDTH: usize = 48;
const HEAD: usize = 12;

/// A layer whose matrices hold what training puts into them: a few strong directions over normal numbers.
fn taught(seed: u64) -> Layer {
    let matrix = |rows: usize, seed: u64| step(&random(rows, WIDTH, seed), 0.5, seed + 500);
    let part = FeedForward {
        gate: Some(matrix(96, seed)),
        up: matrix(96, seed + 1),
        down: matrix(96, seed + 2),
        up_bias: Vec::new(),
    };
    let attention = Attention {
        heads: 4,
        kv_heads: 4,
        head_width: HEAD,
        whole_head: HEAD,
        query: matrix(48, seed + 3),
        key: matrix(48, seed + 4),
        value: matrix(48, seed + 5),
        output: matrix(48, seed + 6),
        biases: Default::default(),
    };
    Layer { attention: Some(attention), experts: vec![part], ..Layer::default() }
}

/// A matrix after some training: a few products of vectors, of so much of its length.
fn step(matrix: &Matrix, share: f64, seed: u64) -> Matrix {
    let change = random(matrix.rows, 3, seed).times(&random(3, matrix.columns, seed + 1));
    let factor = share * (dot(&matrix.data, &matrix.data) / dot(&change.data, &change.data)).sqrt();
    let moved = matrix.data.iter().zip(&change.data).map(|(x, y)| narrow(f64::from(*x) + factor * f64::from(*y)));
    Matrix::new(matrix.rows, matrix.columns, moved.collect())
}

fn each(layer: &mut Layer, mut change: impl FnMut(&mut Matrix)) {
    for part in &mut layer.experts {
        change(part.gate.as_mut().expect("gate"));
        change(&mut part.up);
        change(&mut part.down);
    }
    let part = layer.attention.as_mut().expect("attention");
    [&mut part.query, &mut part.key, &mut part.value, &mut part.output].into_iter().for_each(change);
}

fn scale_row(matrix: &mut Matrix, row: usize, factor: f64) {
    let columns = matrix.columns;
    for value in &mut matrix.data[row * columns..(row + 1) * columns] {
        *value = narrow(f64::from(*value) * factor);
    }
}

/// Turns two rows into each other.
fn turn(matrix: &mut Matrix, (i, j): (usize, usize), angle: f64) {
    for column in 0..matrix.columns {
        let (x, y) = (f64::from(matrix.at(i, column)), f64::from(matrix.at(j, column)));
        let columns = matrix.columns;
        matrix.data[i * columns + column] = narrow(angle.cos() * x - angle.sin() * y);
        matrix.data[j * columns + column] = narrow(angle.sin() * x + angle.cos() * y);
    }
}

/// The best approximation of so low a rank, by turns of the leading directions.
fn cut(matrix: &Matrix, rank: usize) -> Matrix {
    let mut directions = drawn(rank, matrix.columns);
    for _ in 0..20 {
        directions = square_to_each_other(directions.times_transposed(matrix).times(matrix)).expect("directions");
    }
    matrix.times_transposed(&directions).times(&directions)
}

/// What is no training, by name. Each leaves the function as it is, or rounds, or takes away.
fn apply(name: &str, layer: &mut Layer, seed: u64) {
    let mut chance = Chance::new(seed);
    let heads = 4;
    match name {
        "neurons flipped" | "neurons rescaled" => {
            let part = &mut layer.experts[0];
            for row in 0..part.up.rows {
                let factor = if name == "neurons flipped" {
                    f64::from(chance.coins(1)[0])
                } else {
                    (0.5 * chance.normal()).exp()
                };
                scale_row(&mut part.up, row, factor);
                scale_row(&mut part.down, row, 1.0 / factor);
            }
        }
        "heads flipped" | "heads rescaled" => {
            let part = layer.attention.as_mut().expect("attention");
            for row in 0..heads * HEAD {
                let factor =
                    if name == "heads flipped" { f64::from(chance.coins(1)[0]) } else { (0.5 * chance.normal()).exp() };
                scale_row(&mut part.value, row, factor);
                scale_row(&mut part.output, row, 1.0 / factor);
                scale_row(&mut part.query, row, factor);
                scale_row(&mut part.key, row, 1.0 / factor);
            }
        }
        "heads turned" => {
            let part = layer.attention.as_mut().expect("attention");
            for head in 0..heads {
                for at in 0..HEAD - 1 {
                    let (pair, angle) = ((head * HEAD + at, head * HEAD + at + 1), 0.4 * chance.normal());
                    turn(&mut part.value, pair, angle);
                    turn(&mut part.output, pair, angle);
                    turn(&mut part.query, pair, angle);
                    turn(&mut part.key, pair, angle);
                }
            }
        }
        "channels scaled" => each(layer, |matrix| {
            let factors: Vec<f32> = (0..WIDTH).map(|_| narrow((0.05 * chance.normal()).exp())).collect();
            matrix.scale_columns(&factors);
        }),
        "pruned" => each(layer, |matrix| {
            let mut sizes: Vec<f32> = matrix.data.iter().map(|value| value.abs()).collect();
            sizes.sort_by(f32::total_cmp);
            let least = sizes[sizes.len() * 4 / 10];
            matrix.data.iter_mut().filter(|value| value.abs() < least).for_each(|value| *value = 0.0);
        }),
        "cut in rank" => each(layer, |matrix| *matrix = cut(matrix, 12)),
        "noise" => each(layer, |matrix| {
            matrix.data.iter_mut().for_each(|value| *value += narrow(0.1 * chance.normal()));
        }),
        "rounded" => each(layer, |matrix| {
            matrix.data.iter_mut().for_each(|value| *value = (*value * 24.0).round() / 24.0);
        }),
        "trained" => each(layer, |matrix| {
            let seed = chance.next();
            *matrix = step(matrix, 0.07, seed);
        }),
        _ => panic!("{name}"),
    }
}

fn movement(names: &[&str], seed: u64) -> Movement {
    let mut out = Movement::default();
    for layer in 0..3 {
        let reference = taught(1000 * seed + 10 * layer);
        let mut candidate = reference.clone();
        for (at, name) in (0..).zip(names) {
            apply(name, &mut candidate, seed + 77 * layer + 1009 * at);
        }
        let held = Held { some: false, rotary: Rotary::None };
        out.add_layer(&reference, &candidate, Arrangement::InPlace, held);
    }
    out
}

/// In the order in which they are applied: what takes away comes after what turns.
const NONE_TRAINS: [&str; 9] = [
    "neurons flipped",
    "neurons rescaled",
    "heads flipped",
    "heads rescaled",
    "channels scaled",
    "cut in rank",
    "pruned",
    "noise",
    "rounded",
];

#[test]
fn no_combination_of_what_is_not_training_is_called_training() {
    for mask in 0_u32..1 << NONE_TRAINS.len() {
        let names: Vec<&str> =
            (0..).zip(NONE_TRAINS).filter(|(at, _)| mask >> at & 1 == 1).map(|(_, name)| name).collect();
        let found = movement(&names, 3 + u64::from(mask));
        assert!(!found.is_together(LEVEL), "{names:?}: z = {:.1}", found.z());
    }
}

#[test]
fn training_is_told_beside_all_that_leaves_the_function_as_it_is() {
    for mask in 0_u32..1 << 6 {
        let names =
            ["neurons flipped", "neurons rescaled", "heads flipped", "heads rescaled", "channels scaled", "noise"];
        let mut names: Vec<&str> =
            (0..).zip(names).filter(|(at, _)| mask >> at & 1 == 1).map(|(_, name)| name).collect();
        names.insert(0, "trained");
        let found = movement(&names, 7 + u64::from(mask));
        assert!(found.is_together(LEVEL), "{names:?}: z = {:.1}", found.z());
    }
}

/// Queries, keys and values as one matrix, its rows carried into few of their own directions.
#[test]
fn parts_that_were_cut_in_rank_as_one_are_silent() {
    let mut out = Movement::default();
    for layer in 0..3 {
        let reference = taught(90 + 10 * layer);
        let mut candidate = reference.clone();
        let part = candidate.attention.as_mut().expect("attention");
        let one = part.query.clone().stacked(&part.key).stacked(&part.value);
        let one = cut(&one.transposed(), 20).transposed();
        part.query = one.take_rows(0..48);
        part.key = one.take_rows(48..96);
        part.value = one.take_rows(96..144);
        out.add_layer(&reference, &candidate, Arrangement::InPlace, Held { some: false, rotary: Rotary::None });
    }
    assert!(!out.is_together(LEVEL), "{}", out.z());
}

#[test]
fn turns_inside_heads_are_no_training_and_hide_none() {
    assert!(!movement(&["heads turned"], 5).is_together(LEVEL));
    assert!(movement(&["trained", "heads turned"], 6).is_together(LEVEL));
}

#[test]
fn signs_and_scales_of_units_are_told_by_their_factors() {
    for (names, flips, scales) in [
        (&["neurons flipped"][..], true, false),
        (&["heads flipped"], true, false),
        (&["neurons rescaled"], false, true),
        (&["heads rescaled", "noise"], false, true),
        (&["trained"], false, false),
        (&["noise", "rounded"], false, false),
        (&["pruned"], false, false),
    ] {
        let found = movement(names, 11);
        assert_eq!((found.flips_units(), found.rescales_units()), (flips, scales), "{names:?}");
    }
}

#[test]
fn under_the_null_the_statistic_is_a_standard_normal_number() {
    let draws: Vec<f64> = (0..300)
        .map(|seed| {
            let a = step(&random(64, 48, seed), 0.6, seed + 9000);
            let noise = random(64, 48, seed + 5000);
            let b = a.data.iter().zip(&noise.data).map(|(x, y)| x + 0.2 * y).collect();
            let mut out = Movement::default();
            out.add(&a, &Matrix::new(64, 48, b));
            out.z()
        })
        .collect();
    let mean = draws.iter().sum::<f64>() / 300.0;
    let spread = (draws.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / 299.0).sqrt();
    assert!(mean.abs() < 0.2 && (0.85..1.15).contains(&spread), "{mean} {spread}");
    assert!(draws.iter().all(|z| z.abs() < 4.5), "{draws:?}");
}
