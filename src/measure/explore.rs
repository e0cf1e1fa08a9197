//! Finding which layers, bases and neurons of two models belong together.

use super::basis::Basis;
use super::correspond::Arrangement;
use super::grid::*;
use super::matrix::{Matrix, centred_correlation, cosine};
use super::model::Model;
use super::*;
use crate::weights::ComponentKind;
use std::path::Path;
#[test]
#[ignore]
fn explore() {
    let zoo = std::env::var("ZOO").unwrap();
    for pair in std::env::var("PAIRS").unwrap().split(' ') {
        let (b, a) = pair.split_once(',').unwrap();
        let (ref_, cand) =
            (Model::read(&Path::new(&zoo).join(a)).unwrap(), Model::read(&Path::new(&zoo).join(b)).unwrap());
        println!("=== {b} from {a}");
        let rows: Vec<(usize, usize)> = match (&ref_.tokens, &cand.tokens, &ref_.embedding, &cand.embedding) {
            (Some(x), Some(y), Some(e), Some(f)) => x.shared(y, e.rows, f.rows),
            _ => vec![],
        };
        let (mut ta, mut tb) = (Matrix::default(), Matrix::default());
        if let (Some(e), Some(f)) = (&ref_.embedding, &cand.embedding) {
            if !rows.is_empty() {
                ta = e.take_rows(rows.iter().map(|r| r.0));
                tb = f.take_rows(rows.iter().map(|r| r.1));
                if e.columns == f.columns {
                    let f1 = f1_channel_signs::test(&ta, &tb);
                    println!(
                        "  shared {} of {} / {}; F1 z {:.2} places {} rho {:.3}",
                        rows.len(),
                        e.rows,
                        f.rows,
                        f1.z(),
                        f1_channel_places::fixed_points(&ta, &tb),
                        centred_correlation(&ta, &tb)
                    );
                    let cs: Vec<f64> = {
                        let x = ta.without_mean_row();
                        let y = tb.without_mean_row();
                        (0..x.rows).map(|r| cosine(x.row(r), y.row(r))).collect()
                    };
                    let q = cs.len() / 8;
                    let means: Vec<String> = (0..8)
                        .map(|k| format!("{:.2}", cs[k * q..(k + 1) * q].iter().sum::<f64>() / q as f64))
                        .collect();
                    let mut sorted = cs.clone();
                    sorted.sort_by(f64::total_cmp);
                    println!(
                        "  rows by id eighth: {means:?} quantiles {:.2} {:.2} {:.2} {:.2} {:.2}",
                        sorted[0],
                        sorted[q],
                        sorted[4 * q],
                        sorted[7 * q],
                        sorted[sorted.len() - 1]
                    );
                }
            }
        }
        if let (Some(e), Some(f)) = (&ref_.head, &cand.head) {
            if !rows.is_empty() && e.columns == f.columns && rows.iter().all(|r| r.0 < e.rows && r.1 < f.rows) {
                let (x, y) = (e.take_rows(rows.iter().map(|r| r.0)), f.take_rows(rows.iter().map(|r| r.1)));
                println!(
                    "  head F1 z {:.2} places {} rho {:.3}",
                    f1_channel_signs::test(&x, &y).z(),
                    f1_channel_places::fixed_points(&x, &y),
                    centred_correlation(&x, &y)
                );
                let cs: Vec<f64> = {
                    let x = x.without_mean_row();
                    let y = y.without_mean_row();
                    (0..x.rows).map(|r| cosine(x.row(r), y.row(r))).collect()
                };
                let q = cs.len() / 8;
                let means: Vec<String> =
                    (0..8).map(|k| format!("{:.2}", cs[k * q..(k + 1) * q].iter().sum::<f64>() / q as f64)).collect();
                println!("  head rows by id eighth: {means:?}");
                if ta.rows == x.rows {
                    ta = ta.stacked(&x);
                    tb = tb.stacked(&y);
                }
            }
        }
        for kind in [ComponentKind::Text, ComponentKind::Vision] {
            let (Some(x), Some(y)) = (ref_.tower(kind), cand.tower(kind)) else { continue };
            let copies = copied_layers(y);
            println!(
                "  {kind:?} width {} {} layers {} {} copies {copies:?} traits {:?}",
                x.width,
                y.width,
                x.layers.len(),
                y.layers.len(),
                y.traits
            );
            let (p, q) = if kind == ComponentKind::Vision { (&x.table, &y.table) } else { (&ta, &tb) };
            if kind == ComponentKind::Vision && p.rows == q.rows {
                println!(
                    "   table rho {:.3} places {}",
                    centred_correlation(p, q),
                    f1_channel_places::fixed_points(p, q)
                );
            }
            for basis in Basis::candidates(p, q, (x.width, y.width)) {
                let layers: Vec<_> = x.layers.iter().map(|l| carried(l, &basis)).collect();
                for arrangement in [Arrangement::InPlace, Arrangement::Matched] {
                    let grid = Grid::of(&layers, y, &basis, arrangement, &copies);
                    for chosen in [
                        ChosenBy::Place,
                        ChosenBy::Gate,
                        ChosenBy::Attention,
                        ChosenBy::QueryKey,
                        ChosenBy::ValueOutput,
                    ] {
                        let Some(map) = grid.map(chosen) else { continue };
                        let mut line = String::new();
                        use family::Family::*;
                        for family in
                            [NeuronSwaps, UpDownSigns, ValueSigns, RotarySigns, HeadSwaps, ExpertSwaps, LatentSigns]
                        {
                            if Grid::may_use(family, chosen, arrangement) {
                                let s = grid.pooled(family, &map);
                                if s.units() > 0 {
                                    line += &format!(" {} {:.1}/{}", family.id(), s.z(), s.units());
                                }
                            }
                        }
                        if line.is_empty() {
                            continue;
                        }
                        let m: Vec<String> =
                            map.iter().map(|t| t.map_or("-".into(), |(a, w)| format!("{a}:{w:.0}"))).collect();
                        println!("   {:18} {arrangement:?} {chosen:?} [{}]{line}", basis.name(), m.join(" "));
                    }
                    if arrangement == Arrangement::InPlace {
                        if let Some(map) = grid.map(ChosenBy::Place) {
                            println!(
                                "      gains {:?}  rho {:?}",
                                gains::compare(x, y, &map),
                                grid.cells
                                    .iter()
                                    .enumerate()
                                    .map(|(j, r)| format!("{:.2},{:.2}", r[j].correlation[0], r[j].correlation[1]))
                                    .collect::<Vec<_>>()
                            );
                        }
                    }
                    if arrangement == Arrangement::Matched {
                        for (j, row) in grid.cells.iter().enumerate() {
                            println!(
                                "      layer {j} agree {:?} score {:?}",
                                row.iter().map(|c| c.agreement.map(|a| (a.up, a.down))).collect::<Vec<_>>(),
                                row.iter()
                                    .map(|c| format!("{:.2},{:.2},{:.2}", c.scores[0], c.scores[1], c.scores[2]))
                                    .collect::<Vec<_>>()
                            );
                        }
                    }
                }
            }
        }
    }
}
