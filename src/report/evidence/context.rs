//! Likenesses beside the weights, each with what it is worth.

use super::super::canvas::Canvas;
use super::sentence::{number, percent, say};
use crate::evidence::{ConfigContext, Context, EvidenceFile, GainsContext, GeometryContext, VocabularyContext};
use crate::text::Lang;

/// So many fields are named.
const MOST_NAMED: usize = 8;

/// What stands beside the weights of every reference that has something to show.
pub(super) fn context(evidence: &EvidenceFile, lang: Lang, canvas: &mut Canvas) {
    let shown: Vec<(&str, &Context)> = evidence
        .links
        .iter()
        .filter_map(|link| Some((link.reference.id.as_str(), link.context.as_ref()?)))
        .filter(|(_, context)| **context != Context::default())
        .collect();
    if shown.is_empty() {
        return;
    }
    canvas.heading(say(
        lang,
        "가중치 밖의 닮은 점 (판단에 쓰지 않음)",
        "Likenesses beside the weights (no part of any relation)",
    ));
    for (reference, context) in shown {
        canvas.paragraph(2, "", reference);
        if let Some(config) = &context.config {
            canvas.paragraph(4, "- ", &config_line(config, lang));
        }
        if let Some(vocabulary) = &context.vocabulary {
            canvas.paragraph(4, "- ", &vocabulary_line(vocabulary, lang));
        }
        if let Some(geometry) = &context.token_geometry {
            canvas.paragraph(4, "- ", &geometry_line(geometry, lang));
        }
        if let Some(gains) = &context.gains {
            canvas.paragraph(4, "- ", &gains_line(gains, lang));
        }
    }
}

fn config_line(config: &ConfigContext, lang: Lang) -> String {
    let (same, fields) = (config.common.len() + config.not_known_common.len(), config.fields);
    let named: Vec<String> = config.not_known_common.iter().take(MOST_NAMED).cloned().collect();
    let more = config.not_known_common.len() - named.len();
    let named = if named.is_empty() { String::new() } else { format!(": {}", named.join(", ")) };
    let common = config.common.len();
    match lang {
        Lang::Ko => {
            let more = if more == 0 { String::new() } else { format!(" 밖의 {more}개") };
            format!(
                "설정: 양쪽에 다 있는 항목 {fields}개 가운데 {same}개의 값이 같다. {common}개는 공개된 여러 모델에서도 볼 수 있는 값이고, 나머지는 얼마나 드문지 알 수 \
                없다{named}{more}. 설정이 같으면 설계가 같다는 뜻이지 가중치가 같다는 뜻이 아니다."
            )
        }
        Lang::En => {
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            format!(
                "Config: {same} of {fields} fields that both have hold the same value. {common} of these values are \
                found in several public models; how rare the others are is not known{named}{more}. An equal config \
                means an equal design, not equal weights."
            )
        }
    }
}

fn vocabulary_line(vocabulary: &VocabularyContext, lang: Lang) -> String {
    let of = |count: u64, all: u64| percent(count as f64 / all.max(1) as f64);
    let union = vocabulary.candidate + vocabulary.reference - vocabulary.shared.min(vocabulary.reference);
    let (shared, same_id) = (number(vocabulary.shared as f64), of(vocabulary.same_id, vocabulary.shared));
    let (own, theirs) = (of(vocabulary.shared, vocabulary.candidate), of(vocabulary.shared, vocabulary.reference));
    let jaccard = vocabulary.shared as f64 / union.max(1) as f64;
    let mut text = match lang {
        Lang::Ko => format!(
            "어휘: 함께 가진 토큰 {shared}개는 이 모델 어휘의 {own} %, 대조 모델 어휘의 {theirs} %이다(자카드 {jaccard:.3}). 그 가운데 {same_id} %는 \
            번호도 같다."
        ),
        Lang::En => format!(
            "Vocabulary: {shared} tokens in common are {own} % of this model's and {theirs} % of the reference's \
            (Jaccard {jaccard:.3}). {same_id} % of them have the same number."
        ),
    };
    if let (Some(merges), Some(order)) = (vocabulary.shared_merges, vocabulary.merge_rank_correlation) {
        let merges = number(merges as f64);
        text.push_str(&match lang {
            Lang::Ko => format!(" 함께 가진 병합 규칙 {merges}개의 순서는 상관이 {order:.2}이다."),
            Lang::En => format!(" The order of {merges} merges in common correlates at {order:.2}."),
        });
    }
    text.push_str(say(
        lang,
        " 어휘는 가중치가 아니며, 남의 어휘로 처음부터 학습할 수 있다.",
        " A vocabulary is no weight: one can train from zero with another's.",
    ));
    text
}

fn geometry_line(geometry: &GeometryContext, lang: Lang) -> String {
    let (tokens, similarity) = (number(geometry.tokens as f64), geometry.similarity);
    match lang {
        Lang::Ko => format!(
            "토큰의 배치: 함께 가진 토큰 {tokens}개의 임베딩이 서로 놓인 모양의 닮음은 {similarity:.3}이다(같은 표를 어떻게 돌려도 1). 같은 언어를 배운 남남끼리도 0보다 클 \
            수 있고 얼마까지인지 알 수 없으므로, 남남임을 아는 모델(--control)의 값과 견주어서만 읽을 수 있다."
        ),
        Lang::En => format!(
            "Token geometry: how {tokens} shared tokens lie to each other is alike to {similarity:.3} (1 for one \
            table however it is rotated). Strangers of one language may be above 0 too, by how much is not known, so \
            it can be read only beside models known to be strangers (--control)."
        ),
    }
}

fn gains_line(gains: &GainsContext, lang: Lang) -> String {
    let (raw, centred) = (gains.raw_cosine, gains.centred);
    match lang {
        Lang::Ko => format!(
            "정규화 계수: 그대로 잰 코사인은 {raw:.3}이며 출처에 관해서는 아무것도 말해 주지 않는다. 계수는 대개 1에서 출발해 양수로 남아 관계없는 모델끼리도 코사인이 높은 층이 많고, 앞쪽 \
            층에서는 관계가 있든 없든 낮기도 하다. 평균을 뺀 값은 {centred:.3}이다."
        ),
        Lang::En => format!(
            "Norm gains: their cosine as they stand is {raw:.3}, which says nothing of where they come from: gains \
            mostly start at one and stay positive, so it is high in many layers of unrelated models, and in the first \
            layers it is low with or without relation. With the means taken off it is {centred:.3}."
        ),
    }
}
