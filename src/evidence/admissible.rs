//! Which families of tests may carry a verdict on weights, and why the others may not.
//! The statistics behind this table are in the manual's page on evidence (`docs/evidence.md`).

use super::file::TestResult;
use crate::text::{Says, clean, says};

/// Families that carry no verdict, each with the reason.
const INADMISSIBLE: &[(&str, &str, &str)] = &[
    (
        "raw-cosine-norm-gains",
        "정규화 계수는 대개 1에서 출발해 양수로 남으므로, 서로 무관한 모델끼리도 평균을 빼지 않은 코사인이 높은 층이 많다. 이 값은 출처가 아니라 계수의 평균과 퍼짐을 잰다",
        "norm gains mostly start at 1 and stay positive, so their uncentred cosine is high in many layers of unrelated \
        models: it measures the mean and spread of the gains, not where they come from",
    ),
    (
        "config-similarity",
        "설정이 같으면 같은 설계라는 뜻이지 같은 가중치라는 뜻이 아니다. 공개된 설계를 처음부터 학습한 모델도 설정이 같다",
        "equal configs mean an equal design, not equal weights: a public design that is trained from scratch has the \
        same config",
    ),
    (
        "tokenizer-overlap",
        "어휘는 가중치가 아니다. 비슷한 말뭉치로 만든 어휘는 서로 많이 겹친다",
        "a vocabulary is no weight, and vocabularies made from similar corpora overlap widely",
    ),
    (
        "output-distance",
        "답이 닮은 것은 같은 데이터나 증류로도 생긴다. 가중치를 가져왔다는 것을 보이지 못한다",
        "similar answers also come from similar data or from distillation; they do not show that weights were taken",
    ),
];

/// Why a family may not carry a verdict; `None` if it may.
pub fn inadmissible(family: &str) -> Option<Says> {
    INADMISSIBLE.iter().find(|(name, ..)| *name == family).map(|(_, ko, en)| says(ko, en))
}

/// Families whose chance law is known, so that a p-value of theirs says something.
const LAWFUL: [&str; 12] = ["f1", "f1-places", "f1-rows", "f2", "f3", "f4", "f4s", "f5", "f6", "f7", "f8", "identity"];

/// Whether a family has a law of chance.
pub(super) fn is_lawful(family: &str) -> bool {
    LAWFUL.contains(&family)
}

/// Families that this program measures beside the lawful ones: approximate, and never alone.
const BESIDE: [&str; 5] =
    ["centred-correlation", "constant-start-correlation", "held-out-rows", "neuron-agreement", "token-response"];

/// Why tests cannot carry the verdict that rests on them: none that spoke is of a family whose error is known.
pub(super) fn why_not_admissible(tests: &[TestResult]) -> Option<Says> {
    let spoke: Vec<&TestResult> = tests.iter().filter(|test| test.skipped.is_none()).collect();
    let known = |test: &&TestResult| is_lawful(&test.family) || BESIDE.contains(&test.family.as_str());
    if spoke.is_empty() || spoke.iter().any(known) {
        return None;
    }
    let mut reasons: Vec<Says> =
        spoke.iter().map(|test| inadmissible(&test.family).unwrap_or_else(|| unknown(test))).collect();
    reasons.dedup();
    let join = |pick: fn(&Says) -> &str| reasons.iter().map(pick).collect::<Vec<_>>().join("; ");
    Some(says(join(|s| &s.ko), join(|s| &s.en)))
}

/// A method whose error nobody has stated carries no verdict.
fn unknown(test: &TestResult) -> Says {
    let family = clean(&test.family);
    says(
        format!("`{family}`은(는) 오류율을 아는 검정이 아니어서 판정을 받치지 못한다"),
        format!("`{family}` is no test whose rate of error is known, so it carries no verdict"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test(family: &str) -> TestResult {
        TestResult { family: family.to_owned(), ..TestResult::default() }
    }

    #[test]
    fn one_admissible_test_is_enough_and_an_unknown_one_is_none() {
        assert!(why_not_admissible(&[test("raw-cosine-norm-gains")]).is_some());
        assert!(why_not_admissible(&[test("layerwise-std-correlation")]).is_some());
        assert!(why_not_admissible(&[test("raw-cosine-norm-gains"), test("config-similarity")]).is_some());
        assert!(why_not_admissible(&[test("raw-cosine-norm-gains"), test("centred-correlation")]).is_none());
        assert!(why_not_admissible(&[]).is_none());
    }
}
