//! Which families of tests may carry a verdict on weights, and why the others may not.
//! The statistics behind this table are in the manual's page on evidence (`docs/evidence.md`).

use super::file::TestResult;
use crate::text::{Says, says};

/// Families that carry no verdict, each with the reason.
const INADMISSIBLE: &[(&str, &str, &str)] = &[
    (
        "raw-cosine-norm-gains",
        "정규화 이득은 모두 1에서 출발해 양수로 남으므로, 서로 무관한 모델끼리도 중심을 빼지 않은 코사인이 1에 가깝다. 이 값은 출처가 아니라 이득의 평균과 퍼짐을 잰다",
        "norm gains all start at 1 and stay positive, so their uncentred cosine is near 1 between any two strangers: \
        it measures the mean and spread of the gains, not where they come from",
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

/// Why tests cannot carry the verdict that rests on them: each that spoke is of an inadmissible family.
pub(super) fn why_set_aside(tests: &[TestResult]) -> Option<Says> {
    let mut spoke = tests.iter().filter(|test| test.skipped.is_none()).peekable();
    spoke.peek()?;
    let reasons: Option<Vec<Says>> = spoke.map(|test| inadmissible(&test.family)).collect();
    let mut reasons = reasons?;
    reasons.dedup();
    let join = |pick: fn(&Says) -> &str| reasons.iter().map(pick).collect::<Vec<_>>().join("; ");
    Some(says(join(|s| &s.ko), join(|s| &s.en)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test(family: &str) -> TestResult {
        TestResult { family: family.to_owned(), ..TestResult::default() }
    }

    #[test]
    fn one_admissible_test_is_enough() {
        assert!(why_set_aside(&[test("raw-cosine-norm-gains")]).is_some());
        assert!(why_set_aside(&[test("raw-cosine-norm-gains"), test("config-similarity")]).is_some());
        assert!(why_set_aside(&[test("raw-cosine-norm-gains"), test("centred-correlation")]).is_none());
        assert!(why_set_aside(&[]).is_none());
    }
}
