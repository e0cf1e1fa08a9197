//! Sentences about relations, components and tests.

use crate::evidence::{ComponentEvidence, Explanation, ExplanationState, Explanations, LinkEvidence, Relation};
use crate::text::{Lang, Particle, with_particle};
use crate::vocabulary::vocabulary;

/// Components of evidence files with the words of the vocabulary for their roles.
const PARTS: &[(&str, &str)] = &[("vision", "vision-encoder"), ("audio", "audio-encoder")];

/// Chances beyond this power of ten are worth a sentence.
pub(super) const TELLING: f64 = -6.0;

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
pub(in crate::report) fn part_name(id: &str, lang: Lang) -> String {
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
pub(in crate::report) fn percent(share: f64) -> String {
    match share * 100.0 {
        all if all >= 100.0 => "100".to_owned(),
        most if most >= 99.95 => "99.9".to_owned(),
        least if least > 0.0 && least < 0.1 => "0.1".to_owned(),
        some => format!("{some:.1}"),
    }
}

/// "a, b and c".
pub(in crate::report) fn listed(items: &[String], lang: Lang) -> String {
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

fn names(link: &LinkEvidence, relation: Relation, lang: Lang) -> Vec<String> {
    let chosen = link.components.iter().filter(|component| component.relation == relation);
    chosen
        .map(|component| {
            let name = part_name(&component.id, lang);
            if lang == Lang::En { format!("the {}", name.to_lowercase()) } else { name }
        })
        .collect()
}

/// What was seen, the relation first.
pub(super) fn relation_sentences(link: &LinkEvidence, lang: Lang, plain: bool) -> Vec<String> {
    let reference = &link.reference.id;
    let mut sentences = Vec::new();
    match link.relation {
        Relation::Shared => {
            sentences.extend(shared(link, lang));
            sentences.extend(explained(link, lang));
            sentences.extend(changed(link, lang));
            sentences.extend(nearest(link, lang));
        }
        Relation::NoTrace => sentences.extend(no_trace(link, lang)),
        Relation::Undecided | Relation::NoCounterpart | Relation::Beside => sentences.push(match lang {
            Lang::Ko => {
                format!("이 가중치를 {} 공유하는지 판단하지 못했다.", with_particle(reference, Particle::With))
            }
            Lang::En => format!("Whether these weights are shared with {reference} is not decided."),
        }),
    }
    if only_tables_ring(link) {
        sentences.push(say(
            lang,
            "층에서는 아무것도 나오지 않았고 토큰 표의 채널만 일치한다. 다른 모델의 은닉 상태를 흉내 내도록 배운 모델이 이렇다. 가중치를 하나도 가져오지 않고도 가르친 모델의 채널로 쓰기 \
            때문이다. 베낀 뒤 오래 학습한 표도 이렇게 보일 수 있으므로 이 표에 대해서는 아무것도 판단하지 않는다.",
            "The layers show nothing, and only the channels of the token tables agree. A student that was taught to \
            imitate another model's hidden states looks like this: it writes in its teacher's channels without having \
            taken a single weight. A table that was copied and trained much further could look like this too, so \
            nothing is decided about the tables.",
        ).to_owned());
    }
    sentences.extend(moved_layers(link, lang, plain));
    sentences
}

fn shared(link: &LinkEvidence, lang: Lang) -> Vec<String> {
    let reference = &link.reference.id;
    let with = with_particle(reference, Particle::With);
    let share = link.share.map(percent);
    let own = names(link, Relation::NoTrace, lang);
    let parts = listed(&names(link, Relation::Shared, lang), lang);
    let whole = own.is_empty() && link.share.is_none_or(|share| share >= 0.9);
    let mut sentences = vec![match (lang, whole, share) {
        (Lang::Ko, true, Some(share)) => format!("이 모델은 {with} 가중치를 공유한다: 파라미터의 {share} %."),
        (Lang::Ko, true, None) => format!("이 모델은 {with} 가중치를 공유한다."),
        (Lang::Ko, false, Some(share)) => {
            format!("이 모델의 일부가 {with} 가중치를 공유한다: {parts}, 모델 전체 파라미터의 {share} %.")
        }
        (Lang::Ko, false, None) => format!("이 모델의 일부가 {with} 가중치를 공유한다: {parts}."),
        (Lang::En, true, Some(share)) => {
            format!("This model shares its weights with {reference}: {share} % of the parameters.")
        }
        (Lang::En, true, None) => format!("This model shares its weights with {reference}."),
        (Lang::En, false, Some(share)) => format!(
            "Part of this model shares its weights with {reference}: {parts}, {share} % of the whole model's \
            parameters."
        ),
        (Lang::En, false, None) => format!("Part of this model shares its weights with {reference}: {parts}."),
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

/// What each explanation says, by its word in the file: Korean, English.
const EXPLANATIONS: &[(&str, &str, &str)] = &[
    ("from-reference", "이 모델이 대조 모델에서 가져왔다", "this model took them from the reference"),
    ("to-reference", "대조 모델이 이 모델에서 가져왔다", "the reference took them from this model"),
    (
        "common-source",
        "둘 다 제삼의 모델이나 공개된 표에서 가져왔다",
        "both took them from a third model or a public table",
    ),
    (
        "common-start",
        "둘 다 같은 무작위 수에서 출발하여 따로 학습했다",
        "both began with the same random numbers and were trained apart",
    ),
];

/// Which explanations are stated, which excluded and why, and which are left open.
fn explained(link: &LinkEvidence, lang: Lang) -> Vec<String> {
    let unsaid = Explanations::default();
    let explanations = link.explanations.as_ref().unwrap_or(&unsaid);
    let says = |word: &str| {
        let known = EXPLANATIONS.iter().find(|(id, ..)| *id == word);
        known.map_or_else(|| word.to_owned(), |(_, ko, en)| say(lang, ko, en).to_owned())
    };
    let of = |state: ExplanationState| explanations.each().into_iter().filter(move |(_, it)| it.state == state);
    let because = |it: &Explanation| {
        it.because.as_ref().map_or_else(String::new, |why| format!(" ({})", why.get(lang).trim_end_matches('.')))
    };
    let told = |state| of(state).map(|(word, it)| format!("{}{}", says(word), because(it))).collect::<Vec<_>>();
    let (stated, excluded) = (told(ExplanationState::Stated), told(ExplanationState::Excluded));
    let open: Vec<String> = of(ExplanationState::Open).map(|(word, _)| says(word)).collect();
    let mut sentences = Vec::new();
    let mut add = |ko: &str, en: &str, list: &[String]| {
        if !list.is_empty() {
            sentences.push(format!("{}: {}.", say_of(lang, ko, en), list.join("; ")));
        }
    };
    add("카드나 문서의 말", "Stated by a card or a document", &stated);
    add("아닌 것", "Excluded", &excluded);
    if stated.is_empty() {
        add("남은 설명", "Left open", &open);
    } else {
        add("가중치로는 부정되지 않는 것", "Not contradicted by the weights", &open);
    }
    let ways = [&explanations.from_reference, &explanations.to_reference, &explanations.common_source];
    if stated.is_empty() && ways.iter().filter(|it| it.state == ExplanationState::Open).count() > 1 {
        sentences.push(
            say(
                lang,
                "어느 쪽이 먼저인지는 가중치로 알 수 없다. 날짜와 문서로 밝힌다.",
                "Weights do not show which came first: dates and documents do.",
            )
            .to_owned(),
        );
    }
    sentences
}

fn say_of<'s>(lang: Lang, ko: &'s str, en: &'s str) -> &'s str {
    match lang {
        Lang::Ko => ko,
        Lang::En => en,
    }
}

/// What was changed between the two.
fn changed(link: &LinkEvidence, lang: Lang) -> Vec<String> {
    if link.changes.is_empty() {
        return Vec::new();
    }
    let changes: Vec<String> = link.changes.iter().map(|change| word("link.changes", change.word(), lang)).collect();
    let changes = listed(&changes, lang);
    let mut sentences = vec![match lang {
        Lang::Ko => format!("둘 사이에서 바뀐 점: {changes}."),
        Lang::En => format!("Changed between the two: {changes}."),
    }];
    if link.changes.iter().any(|change| change.keeps_the_function()) {
        sentences.push(
            say(
                lang,
                "순서, 부호, 기저, 크기를 그렇게 바꾸어도 모델이 계산하는 것은 그대로이다. 왜 바뀌었는지는 가중치로 알 수 없다.",
                "Another order, sign, basis or scale of that kind leaves what the network computes as it is. Why it \
                was changed is not told by weights.",
            )
            .to_owned(),
        );
    }
    sentences
}

fn nearest(link: &LinkEvidence, lang: Lang) -> Option<String> {
    let reference = &link.reference.id;
    Some(match (link.nearest?, lang) {
        (true, Lang::Ko) => format!(
            "이 측정에서 가중치를 공유하는 대조 모델 가운데 {} 가장 가깝다. 가깝다고 먼저라는 뜻은 아니다.",
            with_particle(reference, Particle::Subject)
        ),
        (true, Lang::En) => format!(
            "Of the references of this run that share weights, {reference} is the nearest. Nearest does not mean first."
        ),
        (false, Lang::Ko) => "이 측정에는 더 가까운 대조 모델이 있다.".to_owned(),
        (false, Lang::En) => "Another reference of this run is nearer.".to_owned(),
    })
}

fn no_trace(link: &LinkEvidence, lang: Lang) -> Vec<String> {
    let reference = &link.reference.id;
    let open = undecided(link, lang);
    let whole = open.is_none() && link.coverage.is_none_or(|coverage| coverage >= 0.9995);
    let parts = listed(&names(link, Relation::NoTrace, lang), lang);
    let share = link.coverage.map_or_else(String::new, |coverage| match lang {
        Lang::Ko => format!(" (파라미터의 {} %)", percent(coverage)),
        Lang::En => format!(" ({} % of the parameters)", percent(coverage)),
    });
    let first = match (lang, whole) {
        (Lang::Ko, true) => format!("이 가중치에서 {reference}의 흔적을 찾지 못했다."),
        (Lang::En, true) => format!("No trace of {reference} was found in these weights."),
        (Lang::Ko, false) => format!("살펴본 부분에서 {reference}의 흔적을 찾지 못했다: {parts}{share}."),
        (Lang::En, false) => {
            format!("No trace of {reference} was found in what could be looked at: {parts}{share}.")
        }
    };
    let power = states_what_it_looked_for(link).then(|| {
        say(lang, "아래에 적은 만큼 공유했다면 찾았을 것이다.", "Sharing as stated below would have been found.")
            .to_owned()
    });
    std::iter::once(first).chain(power).chain(open).collect()
}

/// Whether a link says which changes were looked for, so that its silence is worth something.
pub(super) fn states_what_it_looked_for(link: &LinkEvidence) -> bool {
    link.components.iter().any(|component| !component.looked_for.is_empty())
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
pub(super) fn component_line(component: &ComponentEvidence, lang: Lang, plain: bool) -> String {
    let relation = match component.relation {
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
    format!("{relation}{layers}{share}")
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
