//! What evidence says beyond verdicts, for people: mixtures of several references.

use super::canvas::{Canvas, Tone};
use crate::evidence::{Adapter, Mixture, MixtureKind, MixturePart};
use crate::text::Lang;

fn say(lang: Lang, ko: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Ko => ko,
        Lang::En => en,
    }
}

/// Mixtures of several references, a line a component with what it means.
pub(super) fn mixtures(all: &[Mixture], lang: Lang, canvas: &mut Canvas) {
    if all.is_empty() {
        return;
    }
    canvas.heading(say(lang, "여러 대조 모델을 함께 보면", "The references taken together"));
    for mixture in all {
        let kind =
            canvas.paint(kind_word(mixture.kind, lang), if mixture.kind.is_merge() { Tone::Bad } else { Tone::Open });
        let amounts: Vec<String> =
            mixture.coefficients.iter().map(|part| amount(part.value, part.se, &part.id, lang)).collect();
        let amounts = if amounts.is_empty() { String::new() } else { format!(": {}", amounts.join(", ")) };
        canvas.paragraph(2, "", &format!("{}: {kind}{amounts}", mixture.component));
        for part in &mixture.parts {
            canvas.paragraph(4, "- ", &part_line(part, mixture, lang));
        }
        if let Some(explained) = mixture.r2 {
            let left = mixture.residual_ulp.map_or_else(String::new, |left| match lang {
                Lang::Ko => format!(" 남는 것은 숫자마다 마지막 자리의 {left:.2}배이다."),
                Lang::En => format!(" What is left over is {left:.2} of the last place of each number."),
            });
            let line = match lang {
                Lang::Ko => {
                    format!("가장 가까운 대조 모델과 다른 점의 {:.2} %를 이 혼합이 설명한다.{left}", explained * 100.0)
                }
                Lang::En => format!(
                    "The mixture explains {:.2} % of what sets the model apart from its nearest reference.{left}",
                    explained * 100.0
                ),
            };
            canvas.paragraph(4, "- ", &line);
        }
        if let Some(meaning) = meaning(mixture.kind, lang) {
            canvas.paragraph(4, "> ", meaning);
        }
    }
}

fn kind_word(kind: MixtureKind, lang: Lang) -> &'static str {
    let (ko, en) = match kind {
        MixtureKind::Linear => ("가중 평균으로 병합", "merged as a weighted mean"),
        MixtureKind::Slerp => ("호를 따라 병합(SLERP)", "merged along the arc (SLERP)"),
        MixtureKind::TaskArithmetic => ("차이를 더해 병합", "merged by adding differences"),
        MixtureKind::Ties => ("작은 차이를 잘라 내고 병합(TIES)", "merged after trimming small differences (TIES)"),
        MixtureKind::Dare => {
            ("차이를 무작위로 버리고 병합(DARE)", "merged after dropping differences at random (DARE)")
        }
        MixtureKind::LayerWise => ("층마다 다르게 병합", "merged layer by layer"),
        MixtureKind::TrainedAfter => ("병합한 뒤 이어서 학습", "merged, then trained on"),
        MixtureKind::Between => ("대조 모델 사이에 있음", "between the references"),
        MixtureKind::NotIdentified => ("몫을 가를 수 없음", "shares cannot be told"),
    };
    say(lang, ko, en)
}

fn meaning(kind: MixtureKind, lang: Lang) -> Option<&'static str> {
    let (ko, en) = match kind {
        MixtureKind::Between => (
            "대조 모델끼리 친척이어서, 한 학습의 앞뒤 시점이나 비슷하게 배운 형제도 이렇게 보인다. 병합했다는 뜻은 아니다.",
            "The references are kin of each other: earlier and later steps of one training, or siblings that learnt alike, look so too. This shows no merge.",
        ),
        MixtureKind::NotIdentified => (
            "대조 모델끼리 너무 닮아 얼마씩 섞였는지 풀 수 없다.",
            "The references are too alike to solve for how much of each there is.",
        ),
        MixtureKind::Ties | MixtureKind::Dare => (
            "몫은 차이의 평균적인 크기로 어림한 것이다. 잘라 내거나 버린 숫자가 있어 정확한 합이 아니다.",
            "The amounts are what the differences come to on average; numbers were trimmed or dropped, so they are no exact sum.",
        ),
        _ => return None,
    };
    Some(say(lang, ko, en))
}

fn amount(value: f64, se: f64, id: &str, lang: Lang) -> String {
    let error = if se.is_finite() { format!(" ± {se:.2}") } else { String::new() };
    match lang {
        Lang::Ko => format!("{id} {value:.2}{error}"),
        Lang::En => format!("{value:.2}{error} of {id}"),
    }
}

fn part_line(part: &MixturePart, mixture: &Mixture, lang: Lang) -> String {
    let name = match part.part.as_str() {
        "attention" => say(lang, "어텐션, ", "attention, "),
        "feed-forward" => say(lang, "피드포워드, ", "feed-forward, "),
        _ => "",
    };
    let layers = match (part.first == part.last, lang) {
        (true, Lang::Ko) => format!("{}층", part.first),
        (true, Lang::En) => format!("layer {}", part.first),
        (false, Lang::Ko) => format!("{}~{}층", part.first, part.last),
        (false, Lang::En) => format!("layers {} to {}", part.first, part.last),
    };
    let amounts: Vec<String> = mixture
        .coefficients
        .iter()
        .zip(part.from.iter().zip(&part.to))
        .map(|(reference, (from, to))| {
            let id = &reference.id;
            let moves = (from - to).abs() > 0.02;
            match (moves, lang) {
                (false, Lang::Ko) => format!("{id} {from:.2}"),
                (false, Lang::En) => format!("{from:.2} of {id}"),
                (true, Lang::Ko) => format!("{id} {from:.2}에서 {to:.2}까지"),
                (true, Lang::En) => format!("{from:.2} to {to:.2} of {id}"),
            }
        })
        .collect();
    format!("{name}{layers}: {}", amounts.join(", "))
}

/// The adapter that makes the difference, in a line.
pub(super) fn adapter(found: Option<&Adapter>, lang: Lang, canvas: &mut Canvas) {
    let Some(found) = found else { return };
    let roles = found.roles.join(", ");
    let layers: Vec<String> = found.layers.iter().map(ToString::to_string).collect();
    let layers = layers.join(" ");
    let line = match (found.merged, lang) {
        (true, Lang::Ko) => format!(
            "차이는 랭크 {}의 어댑터를 합친 것이다: {roles}, {layers}층. 텐서 {}개가 바뀌었고 {}개는 마지막 자리까지 그대로이다. 반올림을 뺀 변화의 {:.1} % 이상이 이 랭크 안에 있다.",
            found.rank,
            found.changed,
            found.untouched,
            found.explained * 100.0
        ),
        (true, Lang::En) => format!(
            "The difference is that of a merged adapter of rank {}: {roles} of layers {layers}. {} tensors changed, {} are the same to the last digit, and the rank holds {:.1} % or more of the change beyond rounding.",
            found.rank,
            found.changed,
            found.untouched,
            found.explained * 100.0
        ),
        (false, Lang::Ko) => format!("어댑터의 인자이다: 랭크 {}, {roles}, {layers}층.", found.rank),
        (false, Lang::En) => {
            format!("These are the factors of an adapter: rank {}, {roles} of layers {layers}.", found.rank)
        }
    };
    canvas.paragraph(2, "> ", &line);
}
