//! Sentences about verdicts, components and tests.

use crate::evidence::{ComponentEvidence, LinkEvidence, Relation, TestResult};
use crate::text::Lang;
use crate::vocabulary::vocabulary;

/// Components of evidence files with the words of the vocabulary for their roles.
const PARTS: &[(&str, &str)] = &[("vision", "vision-encoder"), ("audio", "audio-encoder")];

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

/// Chances beyond this power of ten are worth a sentence.
const TELLING: f64 = -6.0;

pub(super) fn say(lang: Lang, ko: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Ko => ko,
        Lang::En => en,
    }
}

/// A word of the vocabulary as sentences say it.
pub(in crate::report) fn word(path: &str, id: &str, lang: Lang) -> String {
    let kind = vocabulary().entry(vocabulary().must(path)).kind;
    let found = kind.words().iter().find(|word| word.id == id);
    found.map_or_else(|| id.to_owned(), |word| say(lang, word.says.ko, word.says.en).to_owned())
}

/// What a component is called.
pub(super) fn part_name(id: &str, lang: Lang) -> String {
    let role = PARTS.iter().find(|(part, _)| *part == id).map_or(id, |(_, role)| role);
    let name = word("component.role", role, lang);
    match lang {
        Lang::Ko => name,
        Lang::En => capital(&name),
    }
}

/// A text that begins with a component's id and a colon, with the component's name instead.
pub(super) fn named_part(text: &str, lang: Lang) -> String {
    match text.split_once(": ") {
        Some((id, rest)) if !id.contains(' ') => format!("{}: {rest}", part_name(id, lang)),
        _ => text.to_owned(),
    }
}

/// The text with a capital first letter.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A whole number with its thousands set apart.
pub(super) fn number(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && digit.is_ascii_digit() {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A share in percent; what is neither nothing nor all is never shown as such.
pub(super) fn percent(share: f64) -> String {
    match share * 100.0 {
        all if all >= 100.0 => "100".to_owned(),
        most if most >= 99.95 => "99.9".to_owned(),
        least if least > 0.0 && least < 0.1 => "0.1".to_owned(),
        some => format!("{some:.1}"),
    }
}

/// "a, b and c".
pub(super) fn listed(items: &[String], lang: Lang) -> String {
    match (items, lang) {
        ([], _) => String::new(),
        ([rest @ .., last], Lang::En) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => items.join(", "),
    }
}

/// Layers as ranges: "0–4, 7".
pub(super) fn ranges(layers: &[u32], plain: bool) -> String {
    let mut parts: Vec<(u32, u32)> = Vec::new();
    for &layer in layers {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == layer => *last = layer,
            _ => parts.push((layer, layer)),
        }
    }
    let dash = if plain { "-" } else { "–" };
    let shown = parts.iter().map(|&(first, last)| match last - first {
        0 => first.to_string(),
        _ => format!("{first}{dash}{last}"),
    });
    shown.collect::<Vec<_>>().join(", ")
}

fn names(link: &LinkEvidence, verdict: Relation, lang: Lang) -> Vec<String> {
    let chosen = link.components.iter().filter(|component| component.relation == verdict);
    chosen
        .map(|component| {
            let name = part_name(&component.id, lang);
            if lang == Lang::En { format!("the {}", name.to_lowercase()) } else { name }
        })
        .collect()
}

/// What was found, the verdict first.
pub(super) fn verdict_sentence(link: &LinkEvidence, lang: Lang, plain: bool) -> Vec<String> {
    let reference = &link.reference.id;
    let mut sentences = Vec::new();
    match link.relation {
        Relation::Shared => sentences.extend(derived(link, lang)),
        Relation::NoTrace => sentences.push(independent(link, lang)),
        Relation::Undecided | Relation::NoCounterpart | Relation::Beside => sentences.push(match lang {
            Lang::Ko => format!("이 가중치가 {reference}에서 왔는지 판단할 수 없다."),
            Lang::En => format!("Whether these weights come from {reference} is not decided."),
        }),
    }
    if link.relation == Relation::NoTrace {
        sentences.extend(undecided(link, lang));
    }
    if only_tables_ring(link) {
        sentences.push(say(
            lang,
            "층에서는 아무것도 나오지 않았고 토큰 표의 채널만 일치한다. 다른 모델의 은닉 상태를 흉내 내도록 배운 모델이 이렇다. 가중치를 하나도 가져오지 않고도 가르친 모델의 채널로 쓰기 때문이다. 베낀 뒤 오래 학습한 표도 이렇게 보일 수 있으므로 이 표에 대해서는 아무것도 판단하지 않는다.",
            "The layers show nothing, and only the channels of the token tables agree. A student that was taught to imitate another model's hidden states looks like this: it writes in its teacher's channels without having taken a single weight. A table that was copied and trained much further could look like this too, so nothing is decided about the tables.",
        ).to_owned());
    }
    sentences.extend(rearranged(link, lang));
    sentences.extend(moved_layers(link, lang, plain));
    sentences
}

fn derived(link: &LinkEvidence, lang: Lang) -> Vec<String> {
    let reference = &link.reference.id;
    let kinds: Vec<String> = link.changes.iter().map(|kind| word("link.changes", kind.word(), lang)).collect();
    let kinds = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
    let share = link.share.map(percent);
    let own = names(link, Relation::NoTrace, lang);
    let taken = listed(&names(link, Relation::Shared, lang), lang);
    let whole = own.is_empty() && link.share.is_none_or(|share| share >= 0.9);
    let mut sentences = vec![match (lang, whole, share) {
        (Lang::Ko, true, Some(share)) => format!("이 가중치는 {reference}에서 왔다: 파라미터의 {share} %{kinds}."),
        (Lang::Ko, true, None) => format!("이 가중치는 {reference}에서 왔다{kinds}."),
        (Lang::Ko, false, Some(share)) => {
            format!("이 가중치의 일부가 {reference}에서 왔다: {taken}, 모델 전체 파라미터의 {share} %{kinds}.")
        }
        (Lang::Ko, false, None) => format!("이 가중치의 일부가 {reference}에서 왔다: {taken}{kinds}."),
        (Lang::En, true, Some(share)) => {
            format!("These weights come from {reference}: {share} % of the parameters{kinds}.")
        }
        (Lang::En, true, None) => format!("These weights come from {reference}{kinds}."),
        (Lang::En, false, Some(share)) => format!(
            "Part of these weights comes from {reference}: {taken}, {share} % of the whole model's parameters{kinds}."
        ),
        (Lang::En, false, None) => format!("Part of these weights comes from {reference}: {taken}{kinds}."),
    }];
    if !own.is_empty() {
        let own = listed(&own, lang);
        sentences.push(match lang {
            Lang::Ko => format!("흔적이 없는 부분: {own}."),
            Lang::En => format!("No trace of it in {own}."),
        });
    }
    sentences
}

fn independent(link: &LinkEvidence, lang: Lang) -> String {
    let reference = &link.reference.id;
    let open = link.components.iter().any(|component| component.relation == Relation::Undecided);
    let whole = !open && link.coverage.is_none_or(|coverage| coverage >= 0.9995);
    if whole {
        return match lang {
            Lang::Ko => format!("이 가중치에서 {reference}의 흔적을 찾지 못했다. 가져왔다면 드러났을 것이다."),
            Lang::En => format!("No trace of {reference} was found in these weights, where reuse would have shown."),
        };
    }
    let parts = listed(&names(link, Relation::NoTrace, lang), lang);
    let share = link.coverage.map_or_else(String::new, |coverage| match lang {
        Lang::Ko => format!(" (파라미터의 {} %)", percent(coverage)),
        Lang::En => format!(" ({} % of the parameters)", percent(coverage)),
    });
    match lang {
        Lang::Ko => {
            format!("살펴본 부분에서 {reference}의 흔적을 찾지 못했다: {parts}{share}. 가져왔다면 드러났을 것이다.")
        }
        Lang::En => format!(
            "No trace of {reference} was found in what could be looked at: {parts}{share}. Reuse would have shown there."
        ),
    }
}

/// Components about which a look without a finding decides nothing.
pub(super) fn undecided(link: &LinkEvidence, lang: Lang) -> Option<String> {
    let open = names(link, Relation::Undecided, lang);
    if open.is_empty() {
        return None;
    }
    let open = listed(&open, lang);
    Some(match lang {
        Lang::Ko => format!("판단하지 못한 부분: {open}."),
        Lang::En => format!("Not decided: {open}."),
    })
}

fn only_tables_ring(link: &LinkEvidence) -> bool {
    let found = |component: &&ComponentEvidence| component.relation == Relation::Shared;
    let rings = |component: &ComponentEvidence| {
        component.relation == Relation::Undecided
            && matches!(component.id.as_str(), "embedding" | "head")
            && component.tests.iter().any(|test| test.log10_p.is_some_and(|p| p < TELLING))
    };
    !link.components.iter().any(|component| found(&component)) && link.components.iter().any(rings)
}

/// How the reference's numbers had to be rearranged to be found: the fact, not the motive.
fn rearranged(link: &LinkEvidence, lang: Lang) -> Option<String> {
    let parts = || link.components.iter().flat_map(|component| &component.parts);
    let mut ways: Vec<String> = Vec::new();
    if parts().any(|part| part.basis == "signed-permutation") {
        ways.push(
            say(lang, "채널의 순서나 부호가 바뀌어 있다", "its channels in another order or with other signs")
                .to_owned(),
        );
    }
    if parts().any(|part| part.basis == "rotation") {
        ways.push(say(lang, "채널 전체가 회전되어 있다", "its channels rotated as a whole").to_owned());
    }
    if parts().any(|part| part.matched) {
        ways.push(say(lang, "뉴런이나 헤드의 순서가 바뀌어 있다", "its neurons or heads in another order").to_owned());
    }
    if ways.is_empty() {
        return None;
    }
    let ways = match lang {
        Lang::Ko => ways.join(", "),
        Lang::En => listed(&ways, lang),
    };
    Some(match lang {
        Lang::Ko => format!(
            "대조 모델과 견주면 {ways}. 이런 변경은 모델이 계산하는 것을 바꾸지 않는다. 왜 바꾸었는지는 가중치로 알 수 없다: 그렇게 하는 변환 도구도 있고, 단순한 대조를 피하는 데에도 쓰인다."
        ),
        Lang::En => format!(
            "It holds the reference with {ways}. Such changes leave what the network computes as it is. Why they were made is not told by weights: some conversion tools make them, and they hide a copy from plain comparisons."
        ),
    })
}

/// Which layers are which of the reference's, where they are not the same.
fn moved_layers(link: &LinkEvidence, lang: Lang, plain: bool) -> Option<String> {
    let component =
        link.components.iter().find(|component| component.parts.iter().any(|part| part.from != part.layer))?;
    let mut runs: Vec<(Vec<u32>, Vec<u32>)> = Vec::new();
    for part in &component.parts {
        match runs.last_mut() {
            Some((here, _)) if here.last() == Some(&part.layer) => {}
            Some((here, there))
                if here.last().map(|at| at + 1) == Some(part.layer)
                    && there.last().map(|at| at + 1) == Some(part.from) =>
            {
                here.push(part.layer);
                there.push(part.from);
            }
            _ => runs.push((vec![part.layer], vec![part.from])),
        }
    }
    let shown: Vec<String> = runs
        .iter()
        .map(|(here, there)| {
            let (here, there) = (ranges(here, plain), ranges(there, plain));
            match lang {
                Lang::Ko => format!("{here}번 층은 대조 모델의 {there}번"),
                Lang::En => format!("layers {here} are the reference's {there}"),
            }
        })
        .take(12)
        .collect();
    Some(format!("{}: {}.", part_name(&component.id, lang), shown.join(", ")))
}

/// What was found of a component, in a few words.
pub(super) fn component_verdict(component: &ComponentEvidence, lang: Lang, plain: bool) -> String {
    let verdict = match component.relation {
        Relation::Shared => say(lang, "대조 모델과 가중치를 공유한다", "shares its weights with the reference"),
        Relation::NoTrace => say(lang, "흔적 없음", "no trace"),
        Relation::Undecided => say(lang, "판단하지 못함", "not decided"),
        Relation::NoCounterpart => say(lang, "대조 모델에 없는 부분", "the reference has no such part"),
        Relation::Beside => say(lang, "작은 부분이라 따지지 않음", "small, and not needed"),
    };
    let found = u32::try_from(component.layers.len()).unwrap_or(u32::MAX);
    let layers = match component.layer_count {
        _ if component.layers.is_empty() => String::new(),
        Some(all) if all == found => match lang {
            Lang::Ko => format!(", 층 {all}개 모두"),
            Lang::En => format!(", all {all} layers"),
        },
        all => {
            let ranges = ranges(&component.layers, plain);
            let of = all.map_or_else(String::new, |all| match lang {
                Lang::Ko => format!(" (전체 {all}개)"),
                Lang::En => format!(" (of {all})"),
            });
            match lang {
                Lang::Ko => format!(", {ranges}번 층{of}"),
                Lang::En => format!(", layers {ranges}{of}"),
            }
        }
    };
    let share = component.share.filter(|share| *share < 0.9995).map_or_else(String::new, |share| match lang {
        Lang::Ko => format!(", 이 부분 파라미터의 {} %", percent(share)),
        Lang::En => format!(", {} % of its parameters", percent(share)),
    });
    format!("{verdict}{layers}{share}")
}

/// Why the verdict on a component is this one. The chance of it all is said once, of the part that comes first.
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
                Lang::Ko => format!("이 가운데 가장 뚜렷한 일치가 우연일 확률은 10의 {zeros:.0}제곱분의 1을 넘지 않는다."),
                Lang::En => {
                    format!("The plainest of these has a chance of at most one in 10^{zeros:.0}, a one with {zeros:.0} zeros.")
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
            "In {orders} the candidate agrees with the reference's order, in {signs} with its sign; chance would give half."
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
                "Matched by two separate counts, {agree} of {n} neurons meet the same neuron of the reference; chance would give hardly any."
            )),
            ("token-response", Lang::Ko) => {
                Some(format!("뉴런 {n}개 가운데 {agree}개가 같은 토큰에 대조 모델의 같은 뉴런처럼 반응한다. 우연이라면 거의 없다."))
            }
            ("token-response", Lang::En) => Some(format!(
                "{agree} of {n} neurons answer the same tokens as one neuron of the reference does; chance would give hardly any."
            )),
            _ => None,
        }
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_set_for_reading() {
        assert_eq!(number(5504.0), "5,504");
        assert_eq!(number(1_000_000.0), "1,000,000");
        assert_eq!(number(12.0), "12");
        assert_eq!(percent(0.999_99), "99.9");
        assert_eq!(percent(1.0), "100");
        assert_eq!(percent(0.000_01), "0.1");
        assert_eq!(ranges(&[0, 1, 2, 5, 7, 8], true), "0-2, 5, 7-8");
    }
}
