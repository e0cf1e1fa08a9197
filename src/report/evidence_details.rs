//! What evidence says beyond relations, for people: mixtures of several references, adapters, checkpoint trails.

use super::canvas::{Canvas, Tone};
use crate::evidence::{Adapter, Mixture, MixtureKind, MixturePart, TableRows, Trail, TrailCheck, TrailQuestion};
use crate::text::{Lang, Particle, with_particle};

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
            "The references are kin of each other: earlier and later steps of one training, or siblings that learnt \
            alike, look so too. This shows no merge.",
        ),
        MixtureKind::NotIdentified => (
            "대조 모델끼리 너무 닮아 얼마씩 섞였는지 풀 수 없다.",
            "The references are too alike to solve for how much of each there is.",
        ),
        MixtureKind::Ties | MixtureKind::Dare => (
            "몫은 차이의 평균적인 크기로 어림한 것이다. 잘라 내거나 버린 숫자가 있어 정확한 합이 아니다.",
            "The amounts are what the differences come to on average; numbers were trimmed or dropped, so they are no \
            exact sum.",
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

/// What became of the rows of tables, where the vocabulary changed or rows were not all kept: a line a table.
pub(super) fn tables(all: &[TableRows], lang: Lang, canvas: &mut Canvas) {
    for found in all.iter().filter(|found| found.new > 0 || found.copied < found.shared) {
        let TableRows { table, shared, copied, identical, new, composed, from_means, .. } = found;
        let mut line = match lang {
            Lang::Ko => format!(
                "{table}: 함께 가진 토큰 {shared}개 가운데 {copied}개의 행을 대조 모델과 공유한다(숫자까지 같은 행 {identical}개)."
            ),
            Lang::En => format!(
                "{table}: of {shared} tokens that both have, {copied} rows are shared with the reference ({identical} \
                to the last digit)."
            ),
        };
        if *new > 0 {
            line += &match lang {
                Lang::Ko => format!(
                    " 새 토큰의 행은 {new}개이고, 조각으로 나뉘는 {composed}개 가운데 {from_means}개가 조각 행의 평균을 닮았다."
                ),
                Lang::En => format!(
                    " {new} rows are of new tokens; of {composed} whose tokens split into the reference's, \
                    {from_means} are like the mean of those rows."
                ),
            };
        }
        canvas.paragraph(2, "> ", &line);
    }
}

/// What the roles of an adapter's tensors are called.
const ROLES: &[(&str, &str, &str)] = &[
    ("query", "질의", "query"),
    ("key", "키", "key"),
    ("value", "값", "value"),
    ("output", "어텐션 출력", "attention output"),
    ("query-key-value", "질의·키·값", "query, key and value in one"),
    ("gate", "게이트", "gate"),
    ("up", "위 투영", "up"),
    ("down", "아래 투영", "down"),
    ("gate-up", "게이트·위 투영", "gate and up in one"),
    ("router", "라우터", "router"),
    ("token-embedding", "임베딩", "embedding"),
    ("head", "헤드", "head"),
];

fn role_name(role: &str, lang: Lang) -> &str {
    ROLES.iter().find(|(id, ..)| *id == role).map_or(role, |(_, ko, en)| say(lang, ko, en))
}

/// The adapter that makes the difference, in a line.
pub(super) fn adapter(found: Option<&Adapter>, lang: Lang, canvas: &mut Canvas) {
    let Some(found) = found else { return };
    let roles: Vec<&str> = found.roles.iter().map(|role| role_name(role, lang)).collect();
    let roles = roles.join(", ");
    // Rounded down: "or more" must hold.
    let explained = (found.explained * 1000.0).floor() / 10.0;
    let layers: Vec<String> = found.layers.iter().map(ToString::to_string).collect();
    let layers = layers.join(" ");
    let line = match (found.merged, lang) {
        (true, Lang::Ko) => format!(
            "차이는 랭크 {}의 어댑터를 합친 것이다: {roles}, {layers}층. 텐서 {}개가 바뀌었고 {}개는 마지막 자리까지 그대로이다. 반올림을 뺀 변화의 {:.1} % 이상이 이 \
            랭크 안에 있다.",
            found.rank, found.changed, found.untouched, explained
        ),
        (true, Lang::En) => format!(
            "The difference is that of a merged adapter of rank {}: {roles} of layers {layers}. {} tensors changed, \
            {} are the same to the last digit, and the rank holds {:.1} % or more of the change beyond rounding.",
            found.rank, found.changed, found.untouched, explained
        ),
        (false, Lang::Ko) => format!("어댑터의 인자이다: 랭크 {}, {roles}, {layers}층.", found.rank),
        (false, Lang::En) => {
            format!("These are the factors of an adapter: rank {}, {roles} of layers {layers}.", found.rank)
        }
    };
    canvas.paragraph(2, "> ", &line);
}

/// A path from initial weights, check by check.
pub(super) fn trail(found: Option<&Trail>, lang: Lang, canvas: &mut Canvas) {
    let Some(found) = found else { return };
    canvas.heading(say(lang, "초기 가중치에서 이 모델까지의 경로", "The path from initial weights to this model"));
    let (word, tone) = if found.passed {
        (say(lang, "모든 점검을 지났다", "every check passed"), Tone::Good)
    } else {
        (say(lang, "지나지 못한 점검이 있다", "a check failed"), Tone::Bad)
    };
    let word = canvas.paint(word, tone);
    let count = found.checkpoints.len();
    canvas.paragraph(
        2,
        "",
        &match lang {
            Lang::Ko => format!("체크포인트 {count}개: {word}"),
            Lang::En => format!("{count} checkpoints: {word}"),
        },
    );
    for check in &found.checks {
        let mark =
            say(lang, if check.passed { "통과" } else { "실패" }, if check.passed { "passed" } else { "failed" });
        let mark = canvas.paint(mark, if check.passed { Tone::Good } else { Tone::Bad });
        canvas.paragraph(4, "- ", &format!("{} {mark}", question(check, lang)));
        for failure in &check.failures {
            canvas.paragraph(6, "> ", failure.get(lang));
        }
    }
    let limit = say(
        lang,
        "경로를 거꾸로 지어낸 것이 아니라는 것은 이 점검으로 알 수 없다. 학습된 가중치를 잡음에 조금 섞어 첫 체크포인트라고 내놓을 수 있으므로, 평가 기관이 체크포인트의 출처를 함께 확인해야 한다.",
        "These checks cannot tell that nobody made the path backwards: a little of trained weights hidden in noise \
        can pass for a first checkpoint. An assessor has to see how the checkpoints were kept as well.",
    );
    canvas.paragraph(2, "> ", limit);
}

/// What a check of a path asks.
pub(super) fn question(check: &TrailCheck, lang: Lang) -> String {
    let (at, against) = (format!("`{}`", check.at), format!("`{}`", check.against.as_deref().unwrap_or_default()));
    let topic = with_particle(&at, Particle::Topic);
    match (check.check, lang) {
        (TrailQuestion::RandomStart, Lang::Ko) => format!("{at}의 가중치는 새로 뽑은 무작위 수인가:"),
        (TrailQuestion::RandomStart, Lang::En) => format!("Is {at} made of fresh random numbers?"),
        (TrailQuestion::ForeignStart, Lang::Ko) => {
            format!("{topic} {} 수를 공유하지 않는가:", with_particle(&against, Particle::With))
        }
        (TrailQuestion::ForeignStart, Lang::En) => format!("Is {at} free of {against}?"),
        (TrailQuestion::Step, Lang::Ko) => format!("{topic} {against}에서 이어졌는가:"),
        (TrailQuestion::Step, Lang::En) => format!("Does {at} go on from {against}?"),
        (TrailQuestion::Order, Lang::Ko) => "체크포인트가 주어진 순서대로 놓여 있는가:".to_owned(),
        (TrailQuestion::Order, Lang::En) => "Do the checkpoints lie in the order that was given?".to_owned(),
        (TrailQuestion::Release, Lang::Ko) => format!("{topic} 이 모델과 같은가:"),
        (TrailQuestion::Release, Lang::En) => format!("Is {at} this model?"),
    }
}
