//! What became of claims of lineage, for people and for programs.
//!
//! *Confirmed* says that weights are shared and not which way they went; *refuted* says within which bounds they would
//! have been found.

use serde_json::{Map, Value, json};

use super::canvas::{Canvas, Tone};
use super::evidence::{listed, part_name, percent, word};
use crate::claims::{Bounds, Joined, Kind, Open, Ruling, Verdict};
use crate::evidence::{EvidenceFile, LinkEvidence, Relation};
use crate::text::{Lang, Particle, with_particle};

/// The value of `schema`.
const SCHEMA: &str = "sovgrade/claims/1";

/// Rulings as JSON, with the references that weights are shared with and that nobody claims.
pub fn claims_json(rulings: &[Ruling<'_>], measured: &EvidenceFile, lang: Lang) -> Value {
    json!({
        "schema": SCHEMA,
        "subject": {"id": measured.subject.id},
        "claims": rulings.iter().map(|ruling| one(ruling, lang)).collect::<Vec<_>>(),
        "unclaimed": unclaimed(rulings, measured).into_iter().map(|link| json!({
            "reference": link.reference.id,
            "relation": link.relation.word(),
            "share": link.share,
            "text": not_claimed(link, lang),
        })).collect::<Vec<_>>(),
    })
}

fn one(ruling: &Ruling<'_>, lang: Lang) -> Value {
    let claim = &ruling.claim;
    let mut map = Map::new();
    map.insert("reference".to_owned(), claim.reference.clone().into());
    map.insert("kind".to_owned(), claim.kind.word().into());
    if let Some((id, _)) = &claim.component {
        map.insert("component".to_owned(), id.clone().into());
    }
    let mut at = Map::new();
    at.insert("file".to_owned(), claim.origin.file.clone().into());
    if let Some(place) = claim.origin.at {
        at.insert("line".to_owned(), place.line.into());
        at.insert("column".to_owned(), place.column.into());
    }
    map.insert("stated-at".to_owned(), at.into());
    map.insert("verdict".to_owned(), verdict_word(ruling.verdict).into());
    if let Verdict::Open(why) = ruling.verdict {
        map.insert("why".to_owned(), why.word().into());
    }
    if let Some((link, joined)) = ruling.link {
        let mut measured = Map::new();
        measured.insert("reference".to_owned(), link.reference.id.clone().into());
        if let Some(joined) = joined {
            measured.insert("joined-by".to_owned(), joined.word().into());
        }
        measured.insert("relation".to_owned(), link.relation.word().into());
        measured.insert("share".to_owned(), link.share.into());
        measured.insert("coverage".to_owned(), link.coverage.into());
        if let (Verdict::Refuted, Some(bounds)) = (ruling.verdict, ruling.bounds()) {
            let least = json!({"in-place": bounds.in_place, "moved": bounds.moved, "share-of-layers": bounds.share});
            measured.insert("would-have-been-found-above".to_owned(), least);
        }
        if link.relation == Relation::Shared {
            let state = if ruling.start_is_open() { "open" } else { "excluded" };
            measured.insert("common-start".to_owned(), state.into());
        }
        map.insert("measured".to_owned(), measured.into());
    }
    map.insert("text".to_owned(), sentences(ruling, lang).join(" ").into());
    map.into()
}

fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Confirmed => "confirmed",
        Verdict::Refuted => "refuted",
        Verdict::Open(_) => "open",
    }
}

/// Writes the rulings.
pub fn claims_page(rulings: &[Ruling<'_>], measured: &EvidenceFile, lang: Lang, canvas: &mut Canvas) {
    let title = canvas.paint(&measured.subject.id, Tone::Heading);
    canvas.line(&title);
    canvas.heading(pick(lang, "계보에 관한 주장", "Claims of lineage"));
    if rulings.is_empty() {
        let none = pick(
            lang,
            "어느 모델에서 왔다는 말이 없다. 말이 없다는 것은 아무것도 증명하지 않는다.",
            "No model is named as an origin of weights. Silence proves nothing.",
        );
        canvas.paragraph(2, "", none);
    }
    for ruling in rulings {
        let (ko, en, tone) = match ruling.verdict {
            Verdict::Confirmed => ("확인(가중치 공유)", "confirmed (weights shared)", Tone::Good),
            Verdict::Refuted => ("반박", "refuted", Tone::Bad),
            Verdict::Open(_) => ("미정", "open", Tone::Open),
        };
        let head = format!("{}: {}", pick(lang, ko, en), head(ruling, lang));
        let head = canvas.paint(&head, tone);
        canvas.paragraph(2, "", &head);
        for sentence in sentences(ruling, lang) {
            canvas.paragraph(4, "- ", &sentence);
        }
    }
    let others = unclaimed(rulings, measured);
    if !others.is_empty() {
        canvas.heading(pick(lang, "가중치를 공유하지만 주장에 없는 모델", "Shared with, and claimed by nobody"));
        for link in others {
            canvas.paragraph(2, "- ", &not_claimed(link, lang));
        }
    }
    canvas.blank();
    canvas.paragraph(
        0,
        "",
        pick(
            lang,
            "가중치는 수를 공유한다는 것을 보일 뿐, 어느 쪽이 먼저인지는 보이지 않는다. 측정 전체는 `-v`로 본다.",
            "Weights show that numbers are shared and never which model came first. The whole measurement: `-v`.",
        ),
    );
}

fn pick<'s>(lang: Lang, ko: &'s str, en: &'s str) -> &'s str {
    match lang {
        Lang::Ko => ko,
        Lang::En => en,
    }
}

/// Who is named, how, and where that stands.
fn head(ruling: &Ruling<'_>, lang: Lang) -> String {
    let claim = &ruling.claim;
    let how = match (claim.kind, lang) {
        (Kind::Finetune, Lang::Ko) => "이어 학습함",
        (Kind::Finetune, Lang::En) => "trained further",
        (Kind::Quantized, Lang::Ko) => "양자화함",
        (Kind::Quantized, Lang::En) => "quantised",
        (Kind::Merge, Lang::Ko) => "병합에 씀",
        (Kind::Merge, Lang::En) => "merged from it",
        (Kind::Adapter, Lang::Ko) => "어댑터의 바탕",
        (Kind::Adapter, Lang::En) => "base of an adapter",
        (Kind::Part, Lang::Ko) => "가중치 일부를 가져옴",
        (Kind::Part, Lang::En) => "part of its weights taken",
        (Kind::Base, Lang::Ko) => "기반 모델",
        (Kind::Base, Lang::En) => "base model",
        (Kind::Ancestor, Lang::Ko) => "선조",
        (Kind::Ancestor, Lang::En) => "ancestor",
        (Kind::Taught, Lang::Ko) => "출력으로 배움",
        (Kind::Taught, Lang::En) => "taught by its outputs",
    };
    let part = claim.component.as_ref().map_or_else(String::new, |(id, _)| format!("{id}, "));
    let line = claim.origin.at.map_or_else(String::new, |at| format!(":{}", at.line));
    let said = pick(lang, "주장", "said");
    format!("{} ({said}: {part}{how}; {}{line})", claim.reference, claim.origin.file)
}

/// Why the claim came out so, in whole sentences.
fn sentences(ruling: &Ruling<'_>, lang: Lang) -> Vec<String> {
    let mut list = match ruling.verdict {
        Verdict::Confirmed => confirmed(ruling, lang),
        Verdict::Refuted => refuted(ruling, lang),
        Verdict::Open(why) => vec![open(ruling, why, lang)],
    };
    if ruling.verdict != Verdict::Refuted && ruling.start_is_open() {
        list.push(
            pick(
                lang,
                "학습된 가중치인지 같은 무작위 출발점인지는 두 파일만으로 알 수 없다.",
                "Trained weights, or the same random start: two files do not tell.",
            )
            .to_owned(),
        );
    }
    if let Some((link, Some(Joined::Name))) = ruling.link {
        let (own, named) = (&link.reference.id, &ruling.claim.reference);
        list.push(match lang {
            Lang::Ko => format!(
                "대조 모델 `{own}`을(를) `{named}`(으)로 본 것은 이름의 끝이 같기 때문이다. `--against {named}=...`으로 밝힌다."
            ),
            Lang::En => format!(
                "The reference `{own}` was taken for `{named}` because the last part of its name is the same; say so \
                with `--against {named}=...`."
            ),
        });
    }
    list
}

fn confirmed(ruling: &Ruling<'_>, lang: Lang) -> Vec<String> {
    let Some((link, _)) = ruling.link else { return Vec::new() };
    let with = with_particle(&ruling.claim.reference, Particle::With);
    let share = link.share.map_or_else(String::new, |share| match lang {
        Lang::Ko => format!(": 전체 파라미터의 {} %", percent(share)),
        Lang::En => format!(": {} % of all parameters", percent(share)),
    });
    let mut list = vec![match lang {
        Lang::Ko => format!("{with} 가중치를 공유한다{share}. 방향은 드러나지 않는다."),
        Lang::En => {
            format!("It shares its weights with {}{share}. Which way they went is not shown.", ruling.claim.reference)
        }
    }];
    if !link.changes.is_empty() {
        let changes: Vec<String> =
            link.changes.iter().map(|change| word("link.changes", change.word(), lang)).collect();
        let changes = listed(&changes, lang);
        list.push(match lang {
            Lang::Ko => format!("둘 사이에서 바뀐 점: {changes}."),
            Lang::En => format!("Changed between the two: {changes}."),
        });
    }
    list
}

fn shapes(lang: Lang) -> &'static str {
    pick(lang, "모양이 달라 옮겨 올 길이 없다.", "The shapes leave no way to take them over.")
}

/// What would have been found.
fn would_show(bounds: Bounds, lang: Lang) -> String {
    let all = bounds.share >= 1.0;
    let share = percent(bounds.share);
    let layers = match lang {
        Lang::Ko if all => "모든 층에서".to_owned(),
        Lang::Ko => format!("층의 {share} %에서"),
        Lang::En if all => "in all layers".to_owned(),
        Lang::En => format!("in {share} % of the layers"),
    };
    let sides = [
        (bounds.in_place, "제자리에 둔 채로는", "with everything in its place"),
        (bounds.moved, "순서나 기저를 바꾸어도", "in another order or basis"),
    ];
    let told = sides.iter().filter_map(|(bound, ko, en)| {
        let bound = (*bound)?;
        Some(match lang {
            Lang::Ko => format!("{ko} 상관 {bound:.2}"),
            Lang::En => format!("above a correlation of {bound:.2} {en}"),
        })
    });
    let told: Vec<String> = told.collect();
    match lang {
        Lang::Ko => {
            format!("{layers} 공유했다면 {} 위에서는 찾았을 것이며, 그 뒤에 이어 학습했더라도 그렇다.", told.join(", "))
        }
        Lang::En => format!(
            "Sharing {layers} would have been found {}, and after further training as well.",
            told.join(" and ")
        ),
    }
}

fn refuted(ruling: &Ruling<'_>, lang: Lang) -> Vec<String> {
    let name = &ruling.claim.reference;
    let bounds = ruling.bounds().map_or_else(|| shapes(lang).to_owned(), |bounds| would_show(bounds, lang));
    let mut list = vec![
        match lang {
            Lang::Ko => format!("이 가중치에는 `{name}`의 흔적이 없다."),
            Lang::En => format!("There is no trace of `{name}` in these weights."),
        },
        bounds,
    ];
    if ruling.claim.kind == Kind::Base {
        list.push(
            pick(
                lang,
                "허브는 기반 모델을 미세조정, 양자화, 병합, 어댑터 가운데 하나로 읽으며, 어느 것이든 가중치에 드러난다. 출력만으로 배웠다면 드러나지 않으며, \
                그렇다면 카드에 그렇게 적는다.",
                "The Hub reads a base model as a fine-tune, a quantised copy, a merge or an adapter, and each of these \
                shows. Learning from outputs alone would not; if that is meant, the card should say so.",
            )
            .to_owned(),
        );
    }
    list
}

/// Why a claim is open.
fn open(ruling: &Ruling<'_>, why: Open, lang: Lang) -> String {
    let name = &ruling.claim.reference;
    let own: Vec<String> = ruling.link.map_or_else(Vec::new, |(link, _)| {
        let bare = link.components.iter().filter(|it| it.relation == Relation::NoTrace);
        bare.map(|it| part_name(&it.id, lang)).collect()
    });
    let share = ruling.link.and_then(|(link, _)| link.share).map_or_else(String::new, percent);
    match (why, lang) {
        (Open::NoReference, Lang::Ko) => {
            format!("`{name}`이(가) 없어 견주지 못했다. `--against {name}=폴더`로 준다.")
        }
        (Open::NoReference, Lang::En) => {
            format!("`{name}` is not at hand and was not compared: give it with `--against {name}=FOLDER`.")
        }
        (Open::OtherFiles, Lang::Ko) => {
            format!("이름은 `{name}`이지만 주장이 적은 해시를 가진 파일이 대조 모델에 없다. 다른 판일 수 있다.")
        }
        (Open::OtherFiles, Lang::En) => format!(
            "The reference is called `{name}`, but none of its files has a digest that the claim names: it may be \
            another version."
        ),
        (Open::Undecided, Lang::Ko) => format!("`{name}`과(와) 가중치를 공유하는지 판단하지 못했다."),
        (Open::Undecided, Lang::En) => format!("Whether weights are shared with `{name}` is not decided."),
        (Open::AdapterAlone, Lang::Ko) => {
            "저랭크 인자만 있다. 인자만으로는 무엇 위에서 학습했는지 드러나지 않는다.".to_owned()
        }
        (Open::AdapterAlone, Lang::En) => {
            "There are low-rank factors alone, and they do not show what they were trained on.".to_owned()
        }
        (Open::Unread, Lang::Ko) => {
            "흔적은 찾지 못했지만 읽지 않은 가중치 파일이 있다. 필요 없는 파일이면 `--pass-over`로 밝힌다.".to_owned()
        }
        (Open::Unread, Lang::En) => "No trace was found, but a weights file was not read; if it is not needed, say so \
            with `--pass-over`."
            .to_owned(),
        (Open::NoPart, Lang::Ko) => format!("`{name}`에서 올 수 있는 부분이 없거나, 말하는 부분을 견주지 못했다."),
        (Open::NoPart, Lang::En) => {
            format!("No part could have come from `{name}`, or the part that is meant was not compared with it.")
        }
        (Open::KindNotStated, Lang::Ko) => format!(
            "`{name}`의 흔적이 없다. 그러나 가중치를 가져왔다고 적혀 있지 않다. 출력만으로 배웠다면 흔적이 남지 않는다."
        ),
        (Open::KindNotStated, Lang::En) => format!(
            "There is no trace of `{name}`; but nothing says that weights were taken, and learning from outputs leaves \
            none."
        ),
        (Open::Taught, Lang::Ko) => {
            "출력으로 배운 것은 가중치에 흔적을 남기지 않는다. 가중치로는 판단할 수 없다.".to_owned()
        }
        (Open::Taught, Lang::En) => {
            "What is learnt from outputs leaves no trace in weights: they decide nothing here.".to_owned()
        }
        (Open::OnlyPart, Lang::Ko) => format!(
            "`{name}`과(와) 가중치를 일부만 공유한다(전체 파라미터의 {share} %). 주장은 전부를 말한다.{}",
            rest(&own, lang)
        ),
        (Open::OnlyPart, Lang::En) => format!(
            "Only part of the weights is shared with `{name}`, {share} % of all parameters, and the claim speaks of all \
            of them.{}",
            rest(&own, lang)
        ),
        (Open::NotRounded, Lang::Ko) => {
            format!("`{name}`과(와) 가중치를 공유하지만, 양자화했다는 자취는 보이지 않는다.")
        }
        (Open::NotRounded, Lang::En) => {
            format!("Weights are shared with `{name}`, but nothing shows that they were rounded to fewer bits.")
        }
        (Open::NotWhole, Lang::Ko) => format!("`{name}`과(와) 견주었지만 일부 층이나 부분은 살피지 못했다."),
        (Open::NotWhole, Lang::En) => format!("Not every layer and part could be looked at against `{name}`."),
    }
}

/// The parts without a trace.
fn rest(own: &[String], lang: Lang) -> String {
    match (own, lang) {
        ([], _) => String::new(),
        (_, Lang::Ko) => format!(" 흔적이 없는 부분: {}.", listed(own, lang)),
        (_, Lang::En) => format!(" No trace of it in: {}.", listed(own, lang).to_lowercase()),
    }
}

/// References that weights are shared with and that no claim means.
fn unclaimed<'e>(rulings: &[Ruling<'e>], measured: &'e EvidenceFile) -> Vec<&'e LinkEvidence> {
    let claimed =
        |link: &&LinkEvidence| rulings.iter().any(|it| it.link.is_some_and(|(own, _)| std::ptr::eq(own, *link)));
    let shared = measured.links.iter().filter(|link| link.relation == Relation::Shared);
    shared.filter(|link| !claimed(link)).collect()
}

fn not_claimed(link: &LinkEvidence, lang: Lang) -> String {
    let share = link.share.map_or_else(String::new, |share| format!(" ({} %)", percent(share)));
    let name = &link.reference.id;
    match lang {
        Lang::Ko => format!("`{name}`과(와) 가중치를 공유한다{share}. 이 모델에서 왔다는 말도, 그 반대의 말도 없다."),
        Lang::En => format!("Weights are shared with `{name}`{share}, and no claim names it."),
    }
}
