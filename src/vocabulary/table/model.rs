//! The model as a whole, and its maker.

use super::{CARD, b, fact, w};
use crate::vocabulary::{Entry, Filler, Kind, Unit, Word};

const RELATIONS: &[Word] = &[
    w("from-scratch", "trained from scratch", "처음부터 학습"),
    w("finetune", "a fine-tune", "미세조정"),
    w("adapter", "an adapter", "어댑터"),
    w("merge", "a merge", "병합"),
    w("quantized", "a quantised copy", "양자화본"),
    w("wrapper", "a wrapper around another's service", "다른 서비스의 래퍼"),
];

const FORMS: &[Word] = &[
    w("directory", "a directory with weights", "가중치가 있는 디렉터리"),
    w("card", "a card without weights", "가중치 없는 카드"),
    w("service", "a service that only calls another's API", "다른 곳의 API만 부르는 서비스"),
];

pub(super) const ENTRIES: &[Entry] = &[
    fact(
        "model.form",
        Kind::Word(FORMS),
        b("form of the submission", "제출 형태"),
        b(
            "What was handed in: weights, a card alone, or a service.",
            "제출한 것이 가중치인지, 카드뿐인지, 서비스인지.",
        ),
        &[Filler::Card, Filler::Tensors],
    ),
    fact(
        "model.relation",
        Kind::Word(RELATIONS),
        b("relation to other models", "다른 모델과의 관계"),
        b("How the maker describes the model's origin as a whole.", "모델 전체의 출발점에 대한 제작자의 설명."),
        &[Filler::Card, Filler::FrontMatter, Filler::Hints, Filler::Evidence],
    ),
    fact(
        "model.weights-held",
        Kind::Flag,
        b("weights held by the maker", "제작자의 가중치 보유"),
        b("The weights that the model runs on are held as a file.", "모델을 돌리는 가중치를 파일로 가지고 있다."),
        &[Filler::Card, Filler::Tensors, Filler::Evidence],
    ),
    fact(
        "model.weights-published",
        Kind::Flag,
        b("weights published", "가중치 공개"),
        b(
            "Anyone can obtain the weights, if need be after a form.",
            "신청 절차가 있더라도 누구나 가중치를 받을 수 있다.",
        ),
        &[Filler::Card, Filler::Tensors, Filler::Evidence],
    ),
    fact(
        "model.own-tuning",
        Kind::Flag,
        b("own tuning", "자체 조정 학습"),
        b(
            "The maker trained something of its own: weights, an adapter, or a tuning job on a supplier's platform.",
            "가중치, 어댑터, 공급자 플랫폼의 조정 작업 가운데 무엇이든 제작자가 학습시켰다.",
        ),
        &[Filler::Card, Filler::Hints],
    ),
    fact(
        "model.parameters",
        Kind::Number(Unit::Parameters),
        b("parameters", "파라미터 수"),
        b("All parameters of all components.", "모든 구성요소의 파라미터 합계."),
        &[Filler::Card, Filler::Tensors, Filler::Evidence],
    ),
    fact(
        "model.active-parameters",
        Kind::Number(Unit::Parameters),
        b("active parameters", "활성 파라미터 수"),
        b("Parameters used for one token.", "토큰 하나를 처리할 때 쓰는 파라미터 수."),
        CARD,
    ),
    fact(
        "model.context",
        Kind::Number(Unit::Tokens),
        b("context length", "문맥 길이"),
        b("Longest input the model is made for.", "모델이 받도록 만든 가장 긴 입력."),
        &[Filler::Card, Filler::Config],
    ),
    fact(
        "model.released",
        Kind::Date,
        b("release date", "공개일"),
        b("The day the model was first offered.", "모델을 처음 내놓은 날."),
        CARD,
    ),
    fact(
        "model.languages",
        Kind::Texts,
        b("languages", "언어"),
        b("Languages the card names, as ISO 639 codes.", "카드가 밝힌 언어(ISO 639 코드)."),
        &[Filler::FrontMatter],
    ),
    fact(
        "model.base-models",
        Kind::Texts,
        b("base models named", "밝힌 기반 모델"),
        b(
            "Models that the card or a file names as the base of this one.",
            "카드나 파일이 이 모델의 기반이라고 적은 모델.",
        ),
        &[Filler::FrontMatter, Filler::Hints],
    ),
    fact(
        "maker.name",
        Kind::Text,
        b("maker", "제작자"),
        b("The legal entity that answers for the model.", "모델에 책임을 지는 법인."),
        CARD,
    ),
    fact(
        "maker.jurisdiction",
        Kind::Country,
        b("maker's country", "제작자의 국가"),
        b("Where the maker is incorporated.", "제작자가 설립된 국가."),
        CARD,
    ),
    fact(
        "maker.controlled-from",
        Kind::Countries,
        b("countries that control the maker", "제작자를 지배하는 국가"),
        b("Where those sit who control the maker by ownership.", "소유를 통해 제작자를 지배하는 쪽이 있는 국가."),
        CARD,
    ),
];
