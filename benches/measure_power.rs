//! How often reuse is found, by its kind and strength, beside what `power.rs` predicts. The networks are trained here,
//! in a few minutes. `cargo bench --bench measure_power -- [TRIALS]` writes `docs/measure-power.md`, its Korean page
//! and `docs/measure-power.svg`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]

#[allow(dead_code, reason = "shared with a test, which uses other parts")]
#[path = "../tests/toy/mod.rs"]
mod toy;

use std::fmt::Write as _;
use std::path::Path;

use sovgrade::evidence::Relation;
use sovgrade::measure::{Options, measure, predicted_power};
use toy::{Chance, Language, Net, Shape, Training, train};

const SHAPE: Shape = Shape { tokens: 96, width: 48, layers: 2, heads: 6, neurons: 72 };
const DEEP: Shape = Shape { layers: 8, ..SHAPE };
const LANGUAGE: Language = Language { tokens: SHAPE.tokens, seed: 11 };

/// One point of the table.
struct Row {
    kind: usize,
    strength: String,
    /// Mean aligned correlation of the matrices of the layers that were reused.
    correlation: f64,
    share: f64,
    predicted: f64,
    /// Trials by relation: shared, undecided, no trace.
    relations: [usize; 3],
}

/// What is done to the reference, in English and Korean, and the colour of its points.
const KINDS: [(&str, &str, &str); 6] = [
    ("continued training", "계속 학습", "#1b6ca8"),
    ("noise", "잡음", "#c1440e"),
    ("pruning", "가지치기", "#2e7d32"),
    ("quantisation", "양자화", "#7b1fa2"),
    ("share of layers", "층의 비율", "#b8860b"),
    ("nothing reused", "재사용 없음", "#616161"),
];

fn main() {
    let trials = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(6);
    let root = tempfile::tempdir().unwrap();
    let mut rows = Vec::new();
    let base = trained(SHAPE, 1);
    for (steps, rate) in [(60, 1e-3), (300, 6e-3), (600, 1.2e-2), (1200, 2e-2), (1200, 4e-2), (2400, 4e-2)] {
        let made = (0..trials.min(3) as u64).map(|trial| {
            let mut net = base.clone();
            let language = Language { seed: 20 + trial, ..LANGUAGE };
            train(&mut net, Training { language, steps, rate, seed: 50 + trial, teacher: None });
            net
        });
        rows.push(row(0, format!("{steps} × {rate}"), (&base, made.collect()), 1.0, root.path()));
        eprintln!("{steps} steps");
    }
    for noise in [1.0_f32, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 16.0, 24.0] {
        let made = (0..trials as u64).map(|trial| changed(&base, |data| add_noise(data, noise, trial)));
        rows.push(row(1, format!("{noise}"), (&base, made.collect()), 1.0, root.path()));
    }
    for kept in [0.5, 0.1, 0.02, 0.01, 0.005] {
        let made = vec![changed(&base, |data| prune(data, kept))];
        rows.push(row(2, format!("{} %", 100.0 * kept), (&base, made), 1.0, root.path()));
    }
    for bits in [8, 4, 3, 2, 1] {
        let made = vec![changed(&base, |data| quantise(data, SHAPE.width, bits))];
        rows.push(row(3, format!("{bits}"), (&base, made), 1.0, root.path()));
    }
    let (deep, own) = (trained(DEEP, 2), trained(DEEP, 3));
    for reused in [8, 6, 4, 3, 2, 1] {
        let made = (0..trials as u64).map(|trial| {
            let mut chance = Chance(900 + trial);
            let noised = changed(&deep, |data| add_noise(data, 2.0, 70 + trial));
            let mut net = own.clone();
            let mut order: Vec<usize> = (0..DEEP.layers).collect();
            (1..order.len()).rev().for_each(|at| order.swap(at, chance.below(at + 1)));
            order[..reused].iter().for_each(|&layer| net.take_layer(layer, &noised));
            net
        });
        let share = reused as f64 / DEEP.layers as f64;
        rows.push(row(4, format!("{reused} / {}", DEEP.layers), (&deep, made.collect()), share, root.path()));
    }
    let strangers = (0..trials as u64).map(|trial| trained(SHAPE, 30 + trial)).collect();
    rows.push(row(5, "-".to_owned(), (&base, strangers), 1.0, root.path()));
    write(&rows);
}

fn trained(shape: Shape, seed: u64) -> Net {
    let mut net = Net::fresh(shape, seed);
    let loss =
        train(&mut net, Training { language: LANGUAGE, steps: 250, rate: 6e-3, seed: 100 + seed, teacher: None });
    eprintln!("network {seed}: loss {loss:.2}");
    net
}

fn changed(net: &Net, mut change: impl FnMut(&mut [f32])) -> Net {
    let mut out = net.clone();
    out.matrices().for_each(|weight| change(&mut weight.data));
    out
}

fn deviation(data: &[f32]) -> f32 {
    (data.iter().map(|value| value * value).sum::<f32>() / data.len() as f32).sqrt()
}

fn add_noise(data: &mut [f32], share: f32, seed: u64) {
    let spread = share * deviation(data);
    let mut chance = Chance(seed ^ (data.len() as u64) << 20 ^ u64::from(data[0].to_bits()) << 32);
    for value in data {
        *value += spread * chance.normal();
    }
}

/// Keeps the share of numbers that are largest.
fn prune(data: &mut [f32], kept: f64) {
    let mut sizes: Vec<f32> = data.iter().map(|value| value.abs()).collect();
    sizes.sort_by(f32::total_cmp);
    let least = sizes[((1.0 - kept) * (sizes.len() - 1) as f64) as usize];
    for value in data.iter_mut().filter(|value| value.abs() < least) {
        *value = 0.0;
    }
}

/// A grid of equal steps for each row, up to the row's largest number; of one bit the sign is left.
fn quantise(data: &mut [f32], columns: usize, bits: i32) {
    for row in data.chunks_mut(columns) {
        let most = row.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
        let steps = (2.0_f32.powi(bits - 1) - 1.0).max(0.5);
        for value in row {
            *value = if bits == 1 { most.copysign(*value) } else { (*value / most * steps).round() / steps * most };
        }
    }
}

/// Measures every candidate against the reference.
fn row(kind: usize, strength: String, (reference, candidates): (&Net, Vec<Net>), share: f64, root: &Path) -> Row {
    let there = reference.write(root, "reference");
    let (mut relations, mut correlation, mut layers) = ([0; 3], 0.0, 0.0);
    for net in &candidates {
        let here = net.write(root, "candidate");
        let options = Options { digests: false, ..Options::default() };
        let link = measure(&here, std::slice::from_ref(&there), &options).unwrap().links.remove(0);
        let at = match link.relation {
            Relation::Shared => 0,
            Relation::Undecided | Relation::NoCounterpart | Relation::Beside => 1,
            Relation::NoTrace => 2,
        };
        relations[at] += 1;
        let (sum, count) = aligned(reference, net, share);
        correlation += sum;
        layers += count;
    }
    let correlation = if kind == 5 { 0.0 } else { correlation / layers.max(1.0) };
    let predicted = predicted_power(&families(reference.shape), correlation, share);
    Row { kind, strength, correlation, share, predicted, relations }
}

/// Sum of the correlations of the layers' matrices, and how many; where layers are shared in part, of those that stand
/// out.
fn aligned(a: &Net, b: &Net, share: f64) -> (f64, f64) {
    let mut all: Vec<f64> = a
        .weights
        .iter()
        .zip(&b.weights)
        .filter(|(weight, _)| weight.shape.len() == 2 && weight.name.contains("layers"))
        .map(|(x, y)| {
            let dot = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(x, y)| f64::from(x * y)).sum::<f64>();
            dot(&x.data, &y.data) / (dot(&x.data, &x.data) * dot(&y.data, &y.data)).sqrt().max(1e-30)
        })
        .collect();
    all.sort_by(|x, y| y.total_cmp(x));
    all.truncate((share * all.len() as f64).round() as usize);
    (all.iter().sum(), all.len() as f64)
}

/// Units and numbers of a unit of F2 (rows of gate), F3 (up and down), F4 (value and output) and F5 (both channels of a
/// pair, query and key).
fn families(shape: Shape) -> [(usize, usize); 4] {
    let (l, d, m) = (shape.layers, shape.width, shape.neurons);
    [(l * m / 2, d), (l * m, 2 * d), (l * d, 2 * d), (l * d / 2, 4 * d)]
}

fn write(rows: &[Row]) {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let table = |korean: bool| {
        let mut out = String::from(if korean {
            "| 한 일 | 세기 | 정렬 상관 | 예측한 확률 | 찾은 몫 | 공유 | 판단 못 함 | 흔적 없음 |\n|---|---|---|---|---|---|---|---|\n"
        } else {
            "| what was done | strength | aligned correlation | predicted | found | shared | undecided | no trace |\n|---|---|---|---|---|---|---|---|\n"
        });
        for row in rows {
            let [shared, unsure, none] = row.relations;
            let kind = KINDS[row.kind];
            writeln!(
                out,
                "| {} | {} | {:.3} | {:.2} | {} of {} | {shared} | {unsure} | {none} |",
                if korean { kind.1 } else { kind.0 },
                row.strength,
                row.correlation,
                row.predicted,
                shared,
                row.relations.iter().sum::<usize>()
            )
            .unwrap();
        }
        out
    };
    std::fs::write(docs.join("measure-power.md"), format!("{ENGLISH}{}", table(false))).unwrap();
    std::fs::write(docs.join("ko/measure-power.md"), format!("{KOREAN}{}", table(true).replace(" of ", " / ")))
        .unwrap();
    std::fs::write(docs.join("measure-power.svg"), picture(rows)).unwrap();
}

const ENGLISH: &str = "# What is found, and what is not

How often reuse is found, by its kind and strength. The networks are trained in the benchmark itself: a reference that learnt a made-up language, and
candidates made from it. Every pair is a run of its own at the family-wise level of 1e-6. [한국어](ko/measure-power.md)

- *aligned correlation*: the mean correlation of the matrices that correspond, over the layers that were reused; it is known here and estimated in a run.
- *predicted*: the chance that two families or more are beyond the level, by the formula of `src/measure/stats/power.rs` from shapes and correlation alone.
- *found*: said to share weights. *continued training*: steps × greatest learning rate, on another language each. *noise*: over the
  deviation of each matrix. *pruning*: share of numbers kept, the largest. *quantisation*: bits. *share of layers*: reused ones of a network of eight layers, the others
  trained from another start; what was reused carries noise of twice its deviation.

These networks are small: 48 channels, two layers. A model of four thousand channels has units by the ten thousand, and the same formula gives a least
correlation below 0.01. Enough training at a high rate hides everything: the last row of continued training is a descendant of which the run finds no trace, at a correlation that the run
itself names as below its reach. Where one layer of eight is reused the formula is too modest, because it pools all layers alike and the run weighs the layers that stand out.

![Share of trials found against the aligned correlation, with the predicted curve](measure-power.svg)

Made by `cargo bench --bench measure_power`.

";

const KOREAN: &str = "# 무엇을 찾고 무엇을 찾지 못하는가

재사용의 종류와 세기에 따라 얼마나 자주 찾는지를 보인다. 신경망은 벤치마크 안에서 학습한다. 대조 모델이 지어낸 언어 하나를 배우고, 후보는
거기에서 만든다. 짝 하나가 실행 하나이고, 실행 전체의 오류 수준은 1e-6이다. [English](../measure-power.md)

- *정렬 상관*: 재사용한 층에서 서로 대응하는 행렬의 상관을 평균한 값이다. 여기에서는 알고 있고, 실제 실행에서는 추정한다.
- *예측한 확률*: 두 갈래 이상이 수준을 넘을 확률이다. 모양과 상관만으로 `src/measure/stats/power.rs`의 식이 낸다.
- *찾은 몫*: 가중치를 공유한다고 한 시도. *계속 학습*: 걸음 수 × 가장 큰 학습률이고, 시도마다 다른 언어로 학습한다. *잡음*: 행렬마다 그 표준편차의 배수.
  *가지치기*: 남긴 수의 비율이고 큰 것부터 남긴다. *양자화*: 비트 수. *층의 비율*: 여덟 층 가운데 재사용한 층이다. 나머지는 다른 초깃값에서 학습했고,
  재사용한 층에는 표준편차의 두 배인 잡음을 더했다.

이 신경망은 작다. 채널이 48개이고 층이 둘이다. 채널이 4천 개인 모델은 단위가 수만 개이므로 같은 식이 내는 가장 작은 상관이 0.01보다 작다.
높은 학습률로 오래 학습하면 모든 흔적이 숨는다. 계속 학습의 마지막 줄은 실제로는 이어받았는데 실행이 흔적을 찾지 못한 경우이고, 그 상관은 실행이 스스로 찾을 수 있다고 밝힌
값보다 작다. 여덟 층 가운데 하나만 재사용한 경우에 식이 더 낮게 예측하는 까닭은, 식은 모든 층을 똑같이 합치고 실행은 두드러진 층에 무게를 두기 때문이다.

![정렬 상관에 따른 찾은 몫과 예측 곡선](../measure-power.svg)

`cargo bench --bench measure_power`가 만든다.

";

/// The picture: on the left whole models by correlation, on the right the share of layers.
fn picture(rows: &[Row]) -> String {
    let x = |rho: f64| 70.0 + 500.0 * (rho.max(0.01).log10() + 2.0) / 2.0;
    let y = |found: f64| 330.0 - 270.0 * found;
    let right = |share: f64| 660.0 + 280.0 * share;
    let mut out = String::from(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="980" height="440" viewBox="0 0 980 440" font-family="sans-serif" font-size="13">
<rect width="980" height="440" fill="#ffffff"/>
<text x="70" y="30" font-size="15">Share of trials found, whole model · 모델 전체를 가져온 경우 찾은 몫</text>
<text x="660" y="30" font-size="15">Share of layers reused · 재사용한 층의 비율</text>
"##,
    );
    for tenth in [0.0, 0.25, 0.5, 0.75, 1.0] {
        for (from, to) in [(70.0, 570.0), (660.0, 940.0)] {
            let at = y(tenth);
            writeln!(out, r##"<path d="M{from} {at:.1}H{to}" stroke="#dddddd"/>"##).unwrap();
            writeln!(
                out,
                r##"<text x="{:.1}" y="{:.1}" text-anchor="end" fill="#444444">{tenth}</text>"##,
                from - 6.0,
                at + 4.0
            )
            .unwrap();
        }
    }
    for rho in [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0] {
        writeln!(out, r##"<text x="{:.1}" y="350" text-anchor="middle" fill="#444444">{rho}</text>"##, x(rho)).unwrap();
    }
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        writeln!(out, r##"<text x="{:.1}" y="350" text-anchor="middle" fill="#444444">{share}</text>"##, right(share))
            .unwrap();
    }
    out.push_str(
        r#"<text x="320" y="372" text-anchor="middle">aligned correlation · 정렬 상관</text>
"#,
    );
    let curve = |points: Vec<(f64, f64)>| {
        let path: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
        format!(r##"<path d="M{}" fill="none" stroke="#222222" stroke-dasharray="5 3"/>"##, path.join("L"))
    };
    let whole = (0..=100).map(|at| 10.0_f64.powf(-2.0 + f64::from(at) / 50.0));
    writeln!(out, "{}", curve(whole.map(|rho| (x(rho), y(predicted_power(&families(SHAPE), rho, 1.0)))).collect()))
        .unwrap();
    if let Some(noised) = rows.iter().find(|row| row.kind == 4) {
        let parts = (0..=50).map(|at| f64::from(at) / 50.0);
        let points = parts.map(|share| (right(share), y(predicted_power(&families(DEEP), noised.correlation, share))));
        writeln!(out, "{}", curve(points.collect())).unwrap();
    }
    for row in rows {
        let all: usize = row.relations.iter().sum();
        let found = row.relations[0] as f64 / all as f64;
        let at = if row.kind == 4 { right(row.share) } else { x(row.correlation) };
        // Kinds that fall together are told apart by a small step.
        let step = 3.0 * row.kind as f64 - 6.0;
        writeln!(
            out,
            r#"<circle cx="{at:.1}" cy="{:.1}" r="5" fill="{}" fill-opacity="0.8"/>"#,
            y(found) + step,
            KINDS[row.kind].2
        )
        .unwrap();
    }
    for (at, (english, korean, colour)) in KINDS.iter().enumerate() {
        let (left, top) = (70.0 + 290.0 * (at % 3) as f64, 398.0 + 22.0 * (at / 3) as f64);
        writeln!(
            out,
            r#"<circle cx="{left}" cy="{}" r="5" fill="{colour}"/><text x="{}" y="{top}">{english} · {korean}</text>"#,
            top - 4.0,
            left + 12.0
        )
        .unwrap();
    }
    out.push_str("<path d=\"M800 394h30\" stroke=\"#222222\" stroke-dasharray=\"5 3\"/><text x=\"836\" y=\"398\">predicted · 예측</text>\n</svg>\n");
    out
}
