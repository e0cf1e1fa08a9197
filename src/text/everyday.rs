//! Words of everyday that people write for words of the files: `이하` and `<=` for `at-most`, `제목` for `title`.
//!
//! They are advice only: a word is offered where it stands beside those that are legal in its place, so that one word
//! of everyday may mean two words of the files.

/// A word of the files, with what people write for it.
const MEANT: &[(&str, &[&str])] = &[
    // Comparisons.
    (
        "at-least",
        &["이상", "최소", ">=", "=>", "≥", "≧", "⩾", "min", "minimum", "gte", "ge", "not-less-than", "부터", "적어도"],
    ),
    (
        "at-most",
        &[
            "이하",
            "최대",
            "<=",
            "=<",
            "≤",
            "≦",
            "⩽",
            "max",
            "maximum",
            "lte",
            "le",
            "up-to",
            "not-more-than",
            "까지",
            "많아야",
        ],
    ),
    (
        "more-than",
        &["초과", ">", "gt", "above", "over", "greater-than", "greater", "보다-큼", "보다-크다", "넘음", "넘는다"],
    ),
    (
        "less-than",
        &["미만", "<", "lt", "below", "under", "fewer-than", "smaller-than", "보다-작음", "보다-작다", "안-됨"],
    ),
    ("is", &["=", "==", "===", "equals", "equal", "eq", "같다", "같음", "이다", "값", "value", "동일"]),
    (
        "is-not",
        &["!=", "<>", "≠", "=!", "not-equal", "not-equals", "neq", "ne", "다르다", "다름", "아니다", "같지-않다"],
    ),
    ("in", &["∈", "one-of", "any-of", "among", "가운데", "중-하나", "중에", "안에", "속함"]),
    ("not-in", &["∉", "none-of", "not-one-of", "제외", "빼고"]),
    ("contains", &["∋", "includes", "include", "has", "have", "포함", "포함한다", "포함함"]),
    ("known", &["알려짐", "안다", "exists", "defined", "밝힘", "있음"]),
    // Heads and their companions.
    ("fact", &["사실", "path", "field", "값"]),
    ("all", &["모두", "and", "그리고", "&&", "all-of", "모든", "전부"]),
    ("any", &["or", "또는", "||", "any-of", "하나라도", "어느-하나"]),
    ("not", &["아님", "부정", "!", "아니다"]),
    ("every", &["모든", "each", "for-each", "forall", "for-all", "각", "마다"]),
    ("some", &["어떤", "exists", "any-of", "있다", "하나-이상"]),
    ("none", &["no", "하나도", "없다", "없음"]),
    ("count", &["개수", "수", "number", "세기", "how-many"]),
    ("share", &["비율", "ratio", "percentage", "proportion", "비중"]),
    ("term", &["용어", "definition", "정의"]),
    ("criterion", &["기준", "criteria", "조건"]),
    ("reading", &["해석", "readings", "선택"]),
    ("where", &["조건", "filter", "when", "if", "대상"]),
    ("holds", &["만족", "condition", "조건", "then", "satisfies", "have"]),
    ("of", &["의", "from"]),
    ("by", &["기준", "weighted-by", "weight"]),
    ("empty", &["비었으면", "if-empty", "없으면"]),
    ("options", &["선택지", "choices", "option", "옵션"]),
    // Keys of rulesets.
    ("format", &["형식", "schema"]),
    ("id", &["식별자", "아이디", "identifier", "key", "번호", "name", "이름"]),
    ("version", &["판", "버전", "ver", "판번호"]),
    ("title", &["제목", "이름", "name", "명칭", "heading", "label"]),
    ("question", &["질문", "물음", "문항", "description", "내용"]),
    ("rationale", &["이유", "근거", "까닭", "사유", "취지", "reason", "why", "motivation", "justification"]),
    ("because", &["이유", "까닭", "사유", "reason", "why", "rationale"]),
    ("cites", &["인용", "근거", "출처", "cite", "citation", "citations", "references", "reference", "조문"]),
    ("source", &["출처", "문서", "origin", "document", "원문"]),
    ("at", &["자리", "조항", "위치", "place", "article", "section", "page"]),
    ("needs", &["확인-수준", "필요", "요구", "need", "assurance", "level", "required-assurance"]),
    ("test", &["시험", "검사", "조건", "rule", "check", "condition", "판정"]),
    ("applies", &["적용", "적용-대상", "apply", "applies-if", "applies-when", "if", "when", "대상"]),
    ("remedy", &["보완", "보완-방법", "조치", "fix", "remedies", "remediation", "개선"]),
    ("evidence", &["증거", "증빙", "proof", "자료"]),
    ("declare", &["선언", "밝히기", "declaration", "공개", "신고"]),
    ("change", &["변경", "바꾸기", "개선", "changes"]),
    ("dimension", &["분야", "영역", "차원", "category", "area", "구분", "dimensions"]),
    ("meaning", &["뜻", "의미", "정의", "definition", "means"]),
    ("scope", &["범위", "대상", "of"]),
    ("terms", &["용어", "용어-정의", "definitions", "definition", "glossary"]),
    ("scale", &["척도", "등급", "grade", "grades", "levels"]),
    ("ladder", &["단계", "사다리", "levels", "rungs", "steps", "등급"]),
    ("gate", &["관문", "통과", "pass-fail", "axes"]),
    ("scorecard", &["점수표", "배점", "score", "scores", "점수"]),
    ("requires", &["요구", "필수", "요건", "require", "required", "requirements", "criteria", "기준"]),
    ("wants", &["권장", "희망", "want", "wanted", "optional", "recommended"]),
    ("level", &["등급", "수준", "단계"]),
    ("readings", &["해석", "해석들", "interpretations", "options"]),
    ("decisions", &["결정", "decision"]),
    ("decision", &["결정", "결론"]),
    ("about", &["대상", "무엇", "subject", "topic"]),
    ("notes", &["메모", "비고", "note", "참고"]),
    ("history", &["이력", "연혁", "변경-이력", "개정-이력", "changelog", "versions", "releases"]),
    ("date", &["날짜", "일자", "시행일", "day"]),
    ("changes", &["변경", "변경-내용", "바뀐-것", "change", "개정-내용"]),
    ("home", &["자국", "본국", "국가", "나라", "country", "home-country"]),
    ("languages", &["언어", "language", "langs", "locales"]),
    ("url", &["주소", "링크", "link", "address", "href", "웹-주소"]),
    ("licence", &["라이선스", "이용-허락", "license"]),
    ("retrieved", &["읽은-날", "확인일", "accessed", "retrieved-on", "조회일"]),
    ("default", &["기본값", "기본", "defaults"]),
    ("objectives", &["목표", "objective", "항목", "goals", "영역"]),
    ("weight", &["가중치", "비중", "배점", "weights"]),
    ("points", &["점수", "배점", "점", "point", "score"]),
    ("out-of", &["만점", "총점", "of", "max", "total"]),
    ("floors", &["하한", "과락", "floor", "minimum"]),
    ("cap", &["상한", "최대", "max", "limit"]),
    ("criteria", &["기준", "기준들", "criterion", "항목"]),
    // Keys of cases.
    ("facts", &["사실", "fact", "given", "입력"]),
    ("items", &["항목", "목록", "item", "lists"]),
    ("complete", &["완전", "빠짐없음", "completeness", "all-listed"]),
    ("expect", &["기대", "결과", "expected", "expects", "then", "예상"]),
    ("outcomes", &["판정", "결과", "outcome", "results"]),
    ("grade", &["등급", "grades", "result"]),
    ("value", &["값"]),
    ("assurance", &["확인-수준", "확실성", "certainty"]),
    ("directory", &["폴더", "디렉터리", "folder", "dir", "path"]),
    // Words of rules.
    ("declared", &["선언", "자기-선언", "claimed", "self-declared", "신고"]),
    ("documented", &["문서", "문서-확인", "문서화", "document", "documents", "published"]),
    ("corroborated", &["교차-확인", "보강", "confirmed", "cross-checked"]),
    ("measured", &["측정", "실측", "measure", "measurement"]),
    ("audited", &["감사", "심사", "audit", "certified", "인증"]),
    ("met", &["충족", "만족", "yes", "pass", "통과", "true", "예"]),
    ("not-met", &["미충족", "불충족", "no", "fail", "탈락", "false", "아니오", "unmet"]),
    ("unknown", &["모름", "알-수-없음", "미상", "n/a", "미확인", "undetermined"]),
    ("not-applicable", &["해당-없음", "비해당", "na", "n/a", "미적용"]),
    ("contradicted", &["모순", "어긋남", "contradiction"]),
    ("data", &["데이터", "자료", "dataset", "datasets", "학습-데이터"]),
    ("weights", &["가중치", "파라미터", "weight", "parameters"]),
    ("architecture", &["구조", "아키텍처", "설계", "모델-구조"]),
    ("tokenizer", &["토크나이저", "tokeniser", "토큰화"]),
    ("infrastructure", &["인프라", "기반-시설", "장비", "infra", "compute"]),
    ("operation", &["운영", "operations", "운용", "서비스"]),
    ("transparency", &["투명성", "공개", "openness", "disclosure"]),
    ("ignore", &["무시", "ignored"]),
    ("pass", &["통과", "합격", "적합"]),
    ("fail", &["탈락", "불합격", "부적합"]),
    // Keys of cards.
    ("developer", &["개발사", "제작자", "개발자", "maker", "vendor", "company", "기업"]),
    ("name", &["이름", "명칭", "상호", "성명"]),
    ("jurisdiction", &["국가", "국적", "관할", "country", "소재지", "nationality"]),
    ("relation", &["관계", "계보", "origin", "lineage", "출신"]),
    ("release", &["공개", "배포", "출시"]),
    ("parameters", &["파라미터", "매개변수", "params", "size", "크기", "파라미터-수"]),
    ("components", &["구성요소", "component", "부품", "구성"]),
    ("role", &["역할", "kind", "종류"]),
    ("initialisation", &["초기화", "초기값", "init"]),
    ("trained_by", &["학습-주체", "학습자", "trainer"]),
    ("datasets", &["데이터셋", "데이터", "dataset", "학습-데이터", "data"]),
    ("stage", &["단계", "phase"]),
    ("source_type", &["출처-종류", "유형"]),
    ("token_share", &["토큰-비율", "비율", "share"]),
    ("training", &["학습", "훈련"]),
    ("operator", &["운영자", "주체"]),
    ("hardware", &["장비", "하드웨어", "gpu"]),
    ("vendor", &["제조사", "업체", "manufacturer"]),
    ("product", &["제품", "모델명"]),
    ("statement_date", &["작성일", "선언일", "날짜", "date"]),
    ("weights_held", &["가중치-보유"]),
    ("weights_published", &["가중치-공개"]),
    ("tokens", &["토큰", "token-count", "토큰-수"]),
    ("licences", &["라이선스", "licenses"]),
    ("from-scratch", &["자체-개발", "처음부터", "독자-개발", "scratch"]),
    ("random-init", &["무작위-초기화", "랜덤-초기화", "random", "무작위", "from-scratch", "scratch", "처음부터"]),
    ("from-reference", &["from-base", "base-model", "기반-모델", "finetuned", "fine-tuned", "미세조정"]),
    ("text", &["language", "llm", "language-model", "언어", "언어-모델", "텍스트", "decoder"]),
    ("vision-encoder", &["vision", "image", "비전", "이미지", "시각"]),
    ("audio-encoder", &["audio", "speech", "음성", "오디오"]),
    ("crawled", &["crawl", "web", "크롤링", "웹", "수집"]),
    ("pretraining", &["사전학습", "사전-학습", "pre-train"]),
];

/// The legal word that a word of everyday stands for; both as [`super::suggest::folded`] leaves them.
pub(super) fn meant<'a>(folded: &str, legal: &[&'a str]) -> Option<&'a str> {
    let stands = |word: &&&str| {
        let mut entries = MEANT.iter().filter(|(meant, _)| *meant == **word);
        entries.any(|(_, written)| written.contains(&folded))
    };
    legal.iter().find(stands).copied()
}

/// The operator that a sign of comparison stands for.
pub(super) fn of_sign(sign: &str) -> Option<&'static str> {
    let first = MEANT.iter().take(6);
    first.into_iter().find(|(_, written)| written.contains(&sign)).map(|(word, _)| *word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::closest;

    #[test]
    fn a_word_of_everyday_finds_its_word_among_the_legal_ones() {
        const OPERATORS: [&str; 5] = ["is", "at-least", "at-most", "more-than", "less-than"];
        for (written, wanted) in [
            ("이하", "at-most"),
            ("<=", "at-most"),
            ("≥", "at-least"),
            ("초과", "more-than"),
            ("미만", "less-than"),
            ("==", "is"),
        ] {
            assert_eq!(closest(written, OPERATORS), Some(wanted), "{written}");
        }
        assert_eq!(closest("제목", ["title", "question"]), Some("title"));
        assert_eq!(closest("제목", ["question"]), None);
    }

    #[test]
    fn no_word_is_said_twice_for_one_meaning() {
        for (word, written) in MEANT {
            let mut seen = written.to_vec();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), written.len(), "{word}");
            assert!(!written.contains(word), "{word}");
        }
    }
}
