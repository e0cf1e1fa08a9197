//! What a grade rests on, in sentences: measured up to, documented up to, and what nobody has shown; who vouched for
//! what; and which of proof and the card's own words decides an outcome.

use super::sentence::{Voice, capital, grade_words};
use super::story::{Contradiction, Decided};
use crate::facts::{Dossier, Speaker, Value, View};
use crate::grade::{Decider, Grade, Grading, LadderGrade, Outcome, Standing, Truth};
use crate::rules::{Ruleset, RulesetOrigin, Scale};
use crate::text::{Lang, says, settled};

/// The lines below the grade. "Proved" is said of nothing: a document was not opened, and what was measured says so.
pub(super) fn rests(
    rules: &Ruleset,
    dossier: &Dossier,
    grading: &Grading,
    grade: &LadderGrade<String>,
    lang: Lang,
) -> Vec<String> {
    let vouched = !dossier.about.vouched.is_empty();
    match (&grading.grade, &rules.scale) {
        (Grade::Ladder(reached), Scale::Ladder(rungs)) => {
            let none = if lang == Lang::Ko { "없음" } else { "none" };
            let name = |at: Option<usize>| at.map_or(none, |at| rungs[at].id.as_str());
            let mut lines = vec![measured_up_to(name(grading.measured), vouched, lang)];
            if reached.assured > grading.measured {
                lines.push(documented_up_to(name(reached.assured), dossier, lang));
            }
            if reached.claimed > reached.assured {
                lines.push(nobody_has_shown(name(reached.assured), &grade.claimed, lang));
            }
            lines.extend(not_asked(rules, grading, lang));
            lines
        }
        _ => std::iter::once(on_what_is_shown(&grade.assured, dossier, lang))
            .chain(not_asked(rules, grading, lang))
            .collect(),
    }
}

/// What the ruleset has to say of criteria that do not apply and on which the answer, as claimed or as far as it can
/// come, would rest.
fn not_asked(rules: &Ruleset, grading: &Grading, lang: Lang) -> Vec<String> {
    let within = |at: usize| match (&grading.grade, &rules.scale) {
        (Grade::Ladder(reached), Scale::Ladder(rungs)) => {
            rungs.iter().take(reached.attainable.map_or(0, |top| top + 1)).any(|rung| rung.requires.contains(&at))
        }
        (_, Scale::Gate(axes)) => axes.iter().any(|axis| axis.requires.contains(&at)),
        (_, Scale::Scorecard(card)) => {
            card.objectives.iter().any(|objective| objective.criteria.iter().any(|(own, _)| *own == at))
        }
        _ => false,
    };
    let void = |at: &usize| grading.criteria[*at].outcome() == Outcome::NotApplicable && within(*at);
    (0..rules.criteria.len())
        .filter(void)
        .filter_map(|at| {
            let criterion = &rules.criteria[at];
            let (says, title) = (criterion.not_applicable.as_ref()?.get(lang), criterion.title.get(lang));
            Some(match lang {
                Lang::Ko => settled(format!("{says}: '{title}'은(는) 묻지 않았다.")),
                Lang::En => format!("{says}: “{title}” was not asked."),
            })
        })
        .collect()
}

fn measured_up_to(rung: &str, vouched: bool, lang: Lang) -> String {
    match (lang, vouched) {
        (Lang::Ko, false) => format!("측정된 것은 {rung}까지이다."),
        (Lang::Ko, true) => format!("측정되었거나 평가자가 보증한 것은 {rung}까지이다."),
        (Lang::En, false) => format!("Measured up to {rung}."),
        (Lang::En, true) => format!("Measured or vouched for up to {rung}."),
    }
}

/// Whose the documents are, and that nobody opened them.
fn documented_up_to(rung: &str, dossier: &Dossier, lang: Lang) -> String {
    let documents = documents(dossier, lang);
    match lang {
        Lang::Ko => format!("문서에 적힌 것은 {rung}까지이다({documents})."),
        Lang::En => format!("Documented up to {rung} ({documents})."),
    }
}

fn documents(dossier: &Dossier, lang: Lang) -> String {
    let (count, other) = (dossier.about.documents.len(), dossier.about.written_by_other);
    let reports = dossier.about.reports.len();
    match lang {
        Lang::Ko => {
            let by = if other { "카드가" } else { "제작자가" };
            let more =
                if reports > 0 { format!(", 보증 없이 낸 증거 파일 {reports}개") } else { String::new() };
            format!("{by} 이름을 댄 문서 {count}건{more}, 열어 본 것 없음")
        }
        Lang::En => {
            let by = if other { "the card" } else { "the maker" };
            let more = match reports {
                0 => String::new(),
                1 => " and in 1 evidence file that nobody vouches for".to_owned(),
                n => format!(" and in {n} evidence files that nobody vouches for"),
            };
            let word = if count == 1 { "document" } else { "documents" };
            format!("{count} {word} named by {by}{more}, none opened")
        }
    }
}

fn nobody_has_shown(from: &str, claimed: &str, lang: Lang) -> String {
    match lang {
        Lang::Ko => settled(format!("{from}을(를) 넘어 {claimed}까지는 아무도 보이지 않은 주장이다.")),
        Lang::En => format!("From {from} to {claimed} it is claimed, and nobody has shown it."),
    }
}

/// The assured answer of a gate or a scorecard.
fn on_what_is_shown(assured: &str, dossier: &Dossier, lang: Lang) -> String {
    let documents = documents(dossier, lang);
    match lang {
        Lang::Ko => format!("측정되거나 문서에 적힌 것만으로는 {assured}({documents})."),
        Lang::En => {
            format!("On what is measured, documented or said by the card against itself: {assured} ({documents}).")
        }
    }
}

/// Whose rules these are, under which readings, and what the one who grades vouches for and passes over.
pub(super) fn head(rules: &Ruleset, dossier: &Dossier, grading: &Grading, lang: Lang) -> Vec<String> {
    let mut lines = vec![origin(rules, lang)];
    let chosen: Vec<String> = rules
        .readings
        .iter()
        .zip(&grading.readings)
        .filter(|(reading, at)| reading.default != **at)
        .map(|(reading, at)| format!("{}={}", reading.id, reading.options[*at].id))
        .collect();
    if let Some(profile) = rules.profile(&grading.readings) {
        let (id, title) = (&profile.id, profile.title.get(lang));
        lines.push(match lang {
            Lang::Ko => format!("해석 묶음: {id} ({title})"),
            Lang::En => format!("profile: {id} ({title})"),
        });
    }
    if !chosen.is_empty() {
        let list = chosen.join(", ");
        lines.push(if lang == Lang::Ko {
            format!("고른 해석: {list}")
        } else {
            format!("readings chosen: {list}")
        });
    }
    for vouch in &dossier.about.vouched {
        let entry = vouch.entry.as_ref().map_or_else(String::new, |entry| format!("#{entry}"));
        let digest = vouch.sha256.get(..12).unwrap_or_default();
        let file = &vouch.file;
        lines.push(match (lang, vouch.bound) {
            (Lang::Ko, true) => format!("평가자가 보증함: {file}{entry}(sha256 {digest}), 여기 있는 가중치에 묶임"),
            (Lang::Ko, false) => {
                format!("평가자가 보증함: {file}{entry}(sha256 {digest}), 여기 있는 가중치에 묶이지 않음")
            }
            (Lang::En, true) => format!("vouched for: {file}{entry} (sha256 {digest}), bound to the weights here"),
            (Lang::En, false) => format!("vouched for: {file}{entry} (sha256 {digest}), not bound to the weights here"),
        });
    }
    if !dossier.about.pass_over.is_empty() {
        let list = dossier.about.pass_over.join(", ");
        lines.push(match lang {
            Lang::Ko => format!("살피지 않아도 된다고 한 가중치 파일: {list}"),
            Lang::En => format!("weights files passed over by the one who grades: {list}"),
        });
    }
    lines
}

fn origin(rules: &Ruleset, lang: Lang) -> String {
    let digest = rules.digest.get(..19).unwrap_or(&rules.digest);
    match (&rules.origin, lang) {
        (RulesetOrigin::Embedded, Lang::Ko) => "내장된 규칙".to_owned(),
        (RulesetOrigin::Embedded, Lang::En) => "rules of the program itself".to_owned(),
        (RulesetOrigin::Folder { named, same_as_embedded }, Lang::Ko) => {
            let same = match same_as_embedded {
                Some(true) => ", 내장된 것과 같음",
                Some(false) => ", 이름이 같은 내장 규칙이 아님",
                None => "",
            };
            format!("폴더 {named}의 규칙({digest}){same}")
        }
        (RulesetOrigin::Folder { named, same_as_embedded }, Lang::En) => {
            let same = match same_as_embedded {
                Some(true) => ", the same as the embedded ones",
                Some(false) => ", not the embedded ones of this name",
                None => "",
            };
            format!("rules of the folder {named} ({digest}){same}")
        }
    }
}

/// Which of proof and the card decides an outcome that is not met, and what an accusation is worth.
/// Where the record alone decides, nobody said no: that a thing is not on record is the whole reason (`on_record`).
pub(super) fn decided(voice: Voice, standing: Standing, written_by_other: bool, on_record: bool) -> Option<Decided> {
    if on_record {
        return None;
    }
    let card = voice.card_begins(written_by_other);
    let say = |by, ko: String, en: String| Some(Decided { by, text: if voice.lang == Lang::Ko { ko } else { en } });
    if let Some(decider) = standing.denied_by() {
        return match decider {
            Decider::Card => say(
                "card",
                settled(format!("{card}이(가) 스스로 그렇게 말한다. 불리한 말에는 증명이 필요 없다.")),
                format!("{card} says so against the model itself, which needs no proof."),
            ),
            Decider::Proof => say(
                "proof",
                "필요한 확인 수준의 사실이 그렇게 말한다.".to_owned(),
                "Facts of the assurance that is needed say so.".to_owned(),
            ),
            Decider::Both => say(
                "both",
                format!("필요한 확인 수준의 사실과 {card}의 말이 모두 그러하다."),
                format!("Facts of the assurance that is needed say so, and so does {}.", voice.card(written_by_other)),
            ),
        };
    }
    if standing.held_back_by_card() {
        return say(
            "card",
            format!("다른 사실은 그렇다고 하지만 {card}의 말이 스스로 부정한다."),
            format!(
                "Other facts say yes; {} says no of the model itself, and is believed.",
                voice.card(written_by_other)
            ),
        );
    }
    let accused = standing.truth.get(View::Claimed) == Truth::False
        && standing.truth.get(View::ClaimedUnreported) != Truth::False;
    if accused {
        return say(
            "report",
            "아무도 보증하지 않은 보고만 그렇게 말한다. 그것만으로는 확인된 것이 아니다.".to_owned(),
            "Only a report says so for which nobody vouches; by itself it shows nothing.".to_owned(),
        );
    }
    None
}

/// A reference that was joined by its name alone to what the card calls the maker's own.
pub(super) fn by_name_alone(rules: &Ruleset, dossier: &Dossier, grading: &Grading, lang: Lang) -> Vec<Contradiction> {
    let apart = grading.apart.as_ref().map(|grade| grade_words(grade, rules, lang));
    let own = dossier.about.by_name.iter().filter(|joined| joined.own);
    own.map(|joined| {
        let (local, link) = (&joined.local, &joined.link);
        let other = apart.as_ref().map_or_else(String::new, |grade| match lang {
            Lang::Ko => format!(" 아니라면 주장 {}, 확인 {}이다.", grade.claimed, grade.assured),
            Lang::En => format!(" If it is not: {} claimed, {} assured.", grade.claimed, grade.assured),
        });
        let text = match lang {
            Lang::Ko => settled(format!(
                "`{local}`을(를) 이름만 보고 제작자 자신의 모델 `{link}`(으)로 쳤다.{other} 그 모델이 맞으면 `--against {link}={local}`로 밝힌다."
            )),
            Lang::En => format!(
                "`{local}` is taken for the maker's own `{link}` by its name alone.{other} If it is that model, say so: \
                `--against {link}={local}`."
            ),
        };
        Contradiction { text, sides: Vec::new() }
    })
    .collect()
}

/// References that were joined by their names and are not said to be the maker's own.
pub(super) fn joined_by_name(dossier: &Dossier, lang: Lang) -> Vec<String> {
    let others = dossier.about.by_name.iter().filter(|joined| !joined.own);
    others
        .map(|joined| {
            let (local, link) = (&joined.local, &joined.link);
            match lang {
                Lang::Ko => settled(format!("`{local}`을(를) 이름의 끝부분만 보고 `{link}`(으)로 쳤다.")),
                Lang::En => format!("`{local}` was taken for `{link}` by the last part of its name."),
            }
        })
        .collect()
}

/// With how many of the families that the ruleset asks for each component was compared, where that was begun.
pub(super) fn comparisons(dossier: &Dossier, lang: Lang) -> Vec<String> {
    let begun =
        dossier.about.comparisons.iter().filter(|it| it.done() > 0 || !it.is_complete() && is_begun(dossier, it));
    begun
        .map(|it| {
            let (done, all) = (it.done(), it.families.len());
            let open: Vec<&str> =
                it.families.iter().filter(|family| !family.done).map(|family| family.model.as_str()).collect();
            let component = &it.component;
            let tail = match (lang, open.as_slice()) {
                (_, []) => String::new(),
                (Lang::Ko, open) => format!(" 남은 것: {}.", open.join(", ")),
                (Lang::En, open) => format!(" Still to compare with: {}.", open.join(", ")),
            };
            capital(&match lang {
                Lang::Ko => {
                    format!("`{component}`: 규칙 모음이 요구하는 모델 계열 {all}개 가운데 {done}개와 견주었다.{tail}")
                }
                Lang::En => {
                    format!("`{component}` was compared with {done} of {all} families that the ruleset asks for.{tail}")
                }
            })
        })
        .collect()
}

/// What measuring found to be shared, whatever criterion asks for it: a finding is never left unsaid.
pub(super) fn shared_weights(dossier: &Dossier, lang: Lang) -> Vec<String> {
    let path = crate::vocabulary::vocabulary().must("link.relation");
    let shared = Value::word(crate::vocabulary::vocabulary().entry(path).kind, "shared");
    let mut out = Vec::new();
    for item in dossier.named("component") {
        for link in item.children.iter().flat_map(|(_, links)| links) {
            let fact = link.fact(path);
            let found = |by: Speaker| {
                fact.sources().iter().any(|source| source.speaker == by && source.counts() && source.value == shared)
            };
            let (component, reference) = (&item.id, &link.id);
            let (ko, en) = match (found(Speaker::Run), found(Speaker::Vouched)) {
                (true, _) => ("이번 실행에서 쟀다", "measured in this run"),
                (false, true) => ("보증된 측정", "a measurement that was vouched for"),
                _ => continue,
            };
            let line = says(
                format!(
                    "`{component}`은(는) `{reference}`과(와) 가중치를 공유한다({ko}). 어느 쪽이 먼저인지는 가중치로 알 수 없다."
                ),
                format!(
                    "`{component}` shares its weights with `{reference}` ({en}). Weights do not show which came first."
                ),
            );
            out.push(line.get(lang).to_owned());
        }
    }
    out
}

/// Whether somebody compared the component with anything.
fn is_begun(dossier: &Dossier, comparison: &crate::facts::Comparison) -> bool {
    let relation = crate::vocabulary::vocabulary().must("link.relation");
    let item = dossier.named("component").iter().find(|item| item.id == comparison.component);
    let links = item.into_iter().flat_map(|item| &item.children).flat_map(|(_, links)| links);
    links
        .into_iter()
        .any(|link| link.fact(relation).sources().iter().any(|source| source.counts() && source.is_solid()))
}
