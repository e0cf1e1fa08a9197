//! The families of tests by name, as sentences call them.

use crate::text::{Says, says};

/// What each family looks at, in Korean and English.
const FAMILIES: &[(&str, &str, &str)] = &[
    ("identity", "숫자까지 같은 값", "numbers that are the same to the last digit"),
    ("centred-correlation", "중심화 상관", "centred correlation"),
    (
        "constant-start-correlation",
        "같은 상수에서 출발한 정규화 계수와 편향",
        "gains and biases, which start at a constant",
    ),
    ("raw-cosine-norm-gains", "정규화 계수의 원시 코사인", "raw cosine of norm gains"),
    ("f1", "잔차 채널의 부호", "signs of the residual channels"),
    ("f1-places", "잔차 채널의 자리", "places of the residual channels"),
    ("f1-rows", "다른 자리에 있는 표의 행", "rows of a table in other places"),
    ("f2", "뉴런의 순서", "order of the neurons"),
    ("f3", "뉴런의 부호", "signs of the neurons"),
    ("f4", "값 채널의 부호", "signs of the value channels"),
    ("f5", "회전 쌍의 부호", "signs of the rotary pairs"),
    ("f6", "어텐션 헤드의 순서", "order of the attention heads"),
    ("f7", "전문가의 순서", "order of the experts"),
    ("f8", "잠재 채널의 부호", "signs of the latent channels"),
    ("neuron-agreement", "짝지은 뉴런의 일치(근사)", "agreement of matched neurons (approximate)"),
    ("token-response", "같은 토큰에 대한 반응(근사)", "response to the same tokens (approximate)"),
    ("initialiser/normal", "정규분포로 보이는 텐서(평균 표준편차)", "tensors that look normal (mean deviation)"),
    (
        "initialiser/normal-cut-at-2",
        "2σ에서 자른 정규분포로 보이는 텐서(평균 표준편차)",
        "tensors that look normal, cut at 2 sigma (mean deviation)",
    ),
    (
        "initialiser/normal-cut-at-3",
        "3σ에서 자른 정규분포로 보이는 텐서(평균 표준편차)",
        "tensors that look normal, cut at 3 sigma (mean deviation)",
    ),
    ("initialiser/too-few-numbers", "수가 너무 적어 말할 수 없는 텐서", "tensors of too few numbers to tell"),
    ("initialiser/uniform", "균등분포로 보이는 텐서(평균 표준편차)", "tensors that look uniform (mean deviation)"),
    ("initialiser/constant", "상수인 텐서(평균 표준편차)", "constant tensors (mean deviation)"),
    ("initialiser/none", "어느 분포도 아닌 텐서", "tensors of no such law"),
    (
        "statistic-over-limit",
        "한계에 가장 가까운 통계량(한계를 1로)",
        "the statistic nearest to its limit, as a share of it",
    ),
    ("gain-spread", "정규화 계수와 편향이 상수에서 벗어난 정도", "how far gains and biases are from constants"),
    ("config-similarity", "설정의 유사함", "similarity of the configs"),
    ("tokenizer-overlap", "어휘의 겹침", "overlap of the vocabularies"),
    ("output-distance", "출력의 거리", "distance of the outputs"),
];

/// What a family is called; its own word where it is not known.
pub fn family_name(id: &str) -> Says {
    let known = FAMILIES.iter().find(|(family, ..)| *family == id);
    known.map_or_else(|| says(id, id), |(_, ko, en)| says(ko, en))
}
