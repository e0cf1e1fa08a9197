//! The schema of a scale.

use serde_json::{Value, json};

use super::schema::{b, described, id_ref, list_of, local_ref, mapping, needs, node_ref, scalar};
use super::schema_node::{collections, number};
use crate::vocabulary::{OwnFacts, Unit};

/// The schema of `scale`: a ladder, a gate or a scorecard.
pub(super) fn scale(ids: &impl Fn(&'static str, &'static str) -> Value) -> Value {
    let requires = || ids("Criteria that decide", "판정을 정하는 기준");
    let wants = || ids("Criteria that are reported and do not decide", "보여 주기만 하고 정하지 않는 기준");
    let points = |unit, en, ko| described(number(unit), b(en, ko));
    let rung = mapping(
        &["id", "title", "requires"],
        [
            ("id", id_ref("The rung", "단계")),
            ("level", described(scalar(), b("The level that several rungs share", "여러 단계가 함께 드는 등급"))),
            ("title", local_ref("Its name", "이름")),
            ("zone", local_ref("The zone that begins with it", "여기서 시작하는 구역의 이름")),
            ("line", local_ref("What the line below it says", "이 단계 아래에 긋는 선의 글")),
            ("requires", requires()),
            ("wants", wants()),
        ],
    );
    let axis = mapping(
        &["id", "title", "requires"],
        [
            ("id", id_ref("The axis", "축")),
            ("title", local_ref("Its name", "이름")),
            ("requires", requires()),
            ("wants", wants()),
        ],
    );
    let scored = mapping(
        &["criterion", "points"],
        [
            ("criterion", id_ref("A criterion", "기준")),
            ("points", points(Unit::Points, "Points if it is met", "충족하면 얻는 점수")),
        ],
    );
    let read = |value: Value| {
        let options = described(
            json!({ "type": "object", "additionalProperties": value.clone() }),
            b("The value for each option of the reading", "해석의 선택지마다 하나씩 적은 값"),
        );
        let by_reading =
            mapping(&["reading", "options"], [("reading", id_ref("A reading", "해석")), ("options", options)]);
        json!({ "anyOf": [value, by_reading] })
    };
    let worth = mapping(
        &["points", "holds"],
        [
            ("points", points(Unit::Points, "Points that the item brings", "항목이 얻는 점수")),
            ("holds", node_ref("What must hold of the item", "항목에 무엇이 성립해야 하는가")),
        ],
    );
    let each = mapping(
        &["each", "needs", "worth"],
        [
            ("each", described(collections(OwnFacts::none()), b("The items", "항목"))),
            ("where", node_ref("Which items count", "어느 항목이 드는가")),
            (
                "unlisted",
                described(
                    read(json!({ "enum": ["open", "ignore"] })),
                    b(
                        "Whether items that the list may lack stay open",
                        "목록에서 빠졌을지 모르는 항목을 모름으로 둘지",
                    ),
                ),
            ),
            ("needs", needs()),
            (
                "worth",
                described(
                    list_of(worth),
                    b("What an item brings, the first that holds", "항목이 얻는 점수, 먼저 성립한 것"),
                ),
            ),
        ],
    );
    let objective = mapping(
        &["id", "title", "weight"],
        [
            ("id", id_ref("The objective", "목표")),
            ("title", local_ref("Its name", "이름")),
            (
                "weight",
                described(
                    read(number(Unit::Percent)),
                    b(
                        "Its part of the total, or one for each option of a reading",
                        "총점에서 차지하는 몫, 또는 해석의 선택지마다 하나씩",
                    ),
                ),
            ),
            ("out-of", points(Unit::Points, "What its points are divided by", "점수를 나누는 수")),
            ("criteria", described(list_of(scored), b("Criteria with their points", "기준과 점수"))),
            ("each", described(each, b("Points for items", "항목마다 얻는 점수"))),
        ],
    );
    let floor = mapping(
        &["title", "requires", "cap"],
        [
            ("title", local_ref("Its name", "이름")),
            ("requires", requires()),
            (
                "cap",
                points(
                    Unit::Percent,
                    "The most that the total can be without them",
                    "이것 없이 얻을 수 있는 최고 총점",
                ),
            ),
        ],
    );
    let card = mapping(
        &["objectives"],
        [
            ("objectives", described(list_of(objective), b("Objectives with their weights", "목표와 비중"))),
            ("floors", described(list_of(floor), b("What caps the total", "총점을 제한하는 것"))),
            (
                "not-applicable",
                described(
                    json!({ "enum": ["leave-out", "zero"] }),
                    b("What a criterion that does not apply is worth", "해당 없는 기준의 점수"),
                ),
            ),
        ],
    );
    let some = |mut list: Value| {
        list["minItems"] = 1.into();
        list
    };
    let mut scale = mapping(
        &[],
        [
            ("ladder", described(some(list_of(rung)), b("Rungs, the lowest first", "단계, 낮은 것부터"))),
            ("gate", described(some(list_of(axis)), b("Axes, each passed or failed", "통과하거나 못 하는 축"))),
            ("scorecard", described(card, b("Weighted objectives with floors", "가중 목표와 하한"))),
        ],
    );
    scale["minProperties"] = 1.into();
    scale["maxProperties"] = 1.into();
    described(scale, b("How outcomes become a grade", "판정이 등급이 되는 방식"))
}
