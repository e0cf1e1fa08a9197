//! Sentences about the tests: how much agrees, how much would by chance, how alike the numbers are.

use super::sentence::{TELLING, capital, listed, number, percent};
use crate::evidence::{ComponentEvidence, Relation, TestResult};
use crate::text::Lang;

/// Kinds of units whose signs or orders agree or do not: family, whether it is an order, Korean, English.
const UNITS: &[(&str, bool, &str, &str)] = &[
    ("f2", true, "뉴런 쌍", "neuron pairs"),
    ("f6", true, "헤드 쌍", "pairs of heads"),
    ("f7", true, "전문가 쌍", "pairs of experts"),
    ("f1", false, "채널", "channels"),
    ("f3", false, "뉴런", "neurons"),
    ("f4", false, "값 채널", "value channels"),
    ("f5", false, "회전 쌍", "rotary pairs"),
    ("f8", false, "잠재 채널", "latent channels"),
];

/// Why the relation of a component is this one. The chance of it all is said once, of the part that comes first.
pub(super) fn why(component: &ComponentEvidence, first: bool, lang: Lang) -> Vec<String> {
    let related = component.relation == Relation::Shared;
    let telling = |test: &TestResult| test.log10_p.is_some_and(|p| p < TELLING);
    // Of a part that was found, what tells; of a small one in which no family tells alone, all.
    let heard: Vec<&TestResult> =
        component.tests.iter().filter(|test| test.skipped.is_none() && (!related || telling(test))).collect();
    let mut reasons = Vec::new();
    let counts: Vec<String> = [agreement(&heard, lang), places(&heard, lang)].into_iter().flatten().collect();
    if !counts.is_empty() {
        reasons.push(counts.join(" "));
    }
    if related {
        reasons.extend(matched(&heard, lang));
        let least = heard.iter().filter_map(|test| test.log10_p).min_by(f64::total_cmp);
        if let Some(p) = least.filter(|p| first && *p < TELLING) {
            let zeros = (-p).floor();
            reasons.push(match lang {
                Lang::Ko => {
                    format!("이 가운데 가장 뚜렷한 일치가 우연일 확률은 10의 {zeros:.0}제곱분의 1을 넘지 않는다.")
                }
                Lang::En => {
                    format!(
                        "The plainest of these has a chance of at most one in 10^{zeros:.0}, a one with \
                    {zeros:.0} zeros."
                    )
                }
            });
        }
        reasons.extend(alikeness(component, lang));
    }
    if component.relation != Relation::NoTrace {
        reasons
            .extend(component.notes.iter().map(|note| format!("{}.", capital(note.get(lang).trim_end_matches('.')))));
    }
    reasons
}

/// How much of the numbers is the same.
fn alikeness(component: &ComponentEvidence, lang: Lang) -> Vec<String> {
    let figure = |family: &str| {
        component.tests.iter().find(|test| test.family == family).and_then(|test| Some((test.statistic?, test.n?)))
    };
    let correlation = figure("centred-correlation").map(|(correlation, _)| match lang {
        Lang::Ko => format!("맞추어 본 수의 상관은 {correlation:.3}이다(남남이면 0, 똑같으면 1)."),
        Lang::En => format!("Aligned, the numbers correlate at {correlation:.3} (strangers: 0, copies: 1)."),
    });
    let identity = figure("identity").filter(|(share, _)| *share >= 0.1).map(|(identical, n)| {
        let (identical, n) = (percent(identical), number(n as f64));
        match lang {
            Lang::Ko => format!("견준 수 {n}개 가운데 {identical} %가 끝자리까지 같다."),
            Lang::En => format!("Of {n} numbers that were compared, {identical} % are the same to the last digit."),
        }
    });
    correlation.into_iter().chain(identity).collect()
}

/// "In 200 of 200 neuron pairs the candidate keeps the reference's order, ..."
fn agreement(tests: &[&TestResult], lang: Lang) -> Option<String> {
    let counts = |order: bool| -> Vec<String> {
        let units = UNITS.iter().filter(|unit| unit.1 == order);
        let found = units.filter_map(|(family, _, ko, en)| {
            let test = tests.iter().find(|test| test.family == *family)?;
            let (agree, n) = (number(test.agree? as f64), number(test.n.filter(|n| *n > 0)? as f64));
            Some(match lang {
                Lang::Ko => format!("{ko} {n}개 가운데 {agree}개"),
                Lang::En => format!("{agree} of {n} {en}"),
            })
        });
        found.collect()
    };
    let (orders, signs) = (listed(&counts(true), lang), listed(&counts(false), lang));
    Some(match (lang, orders.is_empty(), signs.is_empty()) {
        (_, true, true) => return None,
        (Lang::Ko, false, false) => {
            format!("{orders}의 순서가, {signs}의 부호가 대조 모델과 같다. 우연이라면 절반이다.")
        }
        (Lang::Ko, false, true) => format!("{orders}의 순서가 대조 모델과 같다. 우연이라면 절반이다."),
        (Lang::Ko, true, false) => format!("{signs}의 부호가 대조 모델과 같다. 우연이라면 절반이다."),
        (Lang::En, false, false) => format!(
            "In {orders} the candidate agrees with the reference's order, in {signs} with its sign; chance would give \
            half."
        ),
        (Lang::En, false, true) => {
            format!("In {orders} the candidate agrees with the reference's order; chance would give half.")
        }
        (Lang::En, true, false) => {
            format!("In {signs} the candidate agrees with the reference's sign; chance would give half.")
        }
    })
}

fn places(tests: &[&TestResult], lang: Lang) -> Option<String> {
    let test = tests.iter().find(|test| test.family == "f1-places")?;
    let (agree, n) = (number(test.agree? as f64), number(test.n? as f64));
    Some(match lang {
        Lang::Ko => format!("대조 모델과 자리가 같은 채널은 {n}개 가운데 {agree}개이다. 우연이라면 한 개쯤이다."),
        Lang::En => format!("In the reference's place: {agree} of {n} channels; chance would give about one."),
    })
}

fn matched(tests: &[&TestResult], lang: Lang) -> Vec<String> {
    let telling = tests.iter().filter(|test| test.log10_p.is_some_and(|p| p < TELLING));
    let lines = telling.filter_map(|test| {
        let (agree, n) = (number(test.agree? as f64), number(test.n? as f64));
        match (test.family.as_str(), lang) {
            ("neuron-agreement", Lang::Ko) => {
                Some(format!("뉴런 {n}개 가운데 {agree}개는 두 가지로 따로 짝지어도 대조 모델의 같은 뉴런이 나온다. 우연이라면 거의 없다."))
            }
            ("neuron-agreement", Lang::En) => Some(format!(
                "Matched by two separate counts, {agree} of {n} neurons meet the same neuron of the reference; chance \
                would give hardly any."
            )),
            ("token-response", Lang::Ko) => {
                Some(format!("뉴런 {n}개 가운데 {agree}개가 같은 토큰에 대조 모델의 같은 뉴런처럼 반응한다. 우연이라면 거의 없다."))
            }
            ("token-response", Lang::En) => Some(format!(
                "{agree} of {n} neurons answer the same tokens as one neuron of the reference does; chance would give \
                hardly any."
            )),
            _ => None,
        }
    });
    lines.collect()
}
