//! Licences for people: the list, and one licence clause by clause with where each stands.

use super::canvas::{Canvas, padded, width_of};
use crate::licence::{Catalogue, Clause, ClauseValue, Law, Licence, ReadDepth};
use crate::text::Lang;
use crate::vocabulary::{Bilingual, vocabulary};

/// One line a licence: id, SPDX id where the SPDX list has one, title.
pub fn licence_table(catalogue: &Catalogue, canvas: &mut Canvas) {
    let licences: Vec<&Licence> = catalogue.licences().collect();
    let ids = licences.iter().map(|licence| width_of(&licence.id)).max().unwrap_or(0);
    let spdx = |licence: &Licence| if licence.spdx.contains("LicenseRef-") { "-" } else { &licence.spdx }.to_owned();
    let widest = licences.iter().map(|licence| width_of(&spdx(licence))).max().unwrap_or(0);
    for licence in licences {
        let (id, spdx) = (padded(&licence.id, ids), padded(&spdx(licence), widest));
        canvas.line(&format!("{id}  {spdx}  {}", licence.title));
    }
}

/// A licence of the SPDX list of which nothing but the name is known here.
pub fn licence_name(spdx: &str, title: &str, lang: Lang, canvas: &mut Canvas) {
    canvas.heading(&format!("{title} ({spdx})"));
    canvas.line(&format!("  SPDX: {spdx}"));
    let unread = match lang {
        Lang::Ko => "SPDX 목록에 이름만 있다. 조항은 읽지 않았다",
        Lang::En => "Known by its name in the SPDX list alone; no clause was read.",
    };
    canvas.paragraph(2, "", unread);
}

/// A licence with every clause.
pub fn licence_page(licence: &Licence, lang: Lang, canvas: &mut Canvas) {
    let say = |ko: &'static str, en: &'static str| if lang == Lang::Ko { ko } else { en };
    canvas.heading(&format!("{} ({})", licence.title, licence.id));
    canvas.line(&format!("  SPDX: {}", licence.spdx));
    if let Some(publisher) = &licence.publisher {
        canvas.line(&format!("  {}: {publisher}", say("발행", "published by")));
    }
    let at = licence.governing_law_at.as_ref().map_or_else(String::new, |at| format!(" ({at})"));
    let law = match &licence.governing_law {
        Law::Of(country) => country.to_string(),
        Law::NotStated => say("정하지 않음", "none named").to_owned(),
        Law::Unknown => say("알 수 없음", "not known").to_owned(),
    };
    canvas.line(&format!("  {}: {law}{at}", say("준거법", "governing law")));
    canvas.line(&format!("  {}: {}", say("조문", "text"), licence.text.url));
    let read = match licence.read {
        ReadDepth::Full => say("전부 읽음", "read in full"),
        ReadDepth::DecidingClauses => say("결정적인 조항만 읽음", "the deciding clauses were read"),
        ReadDepth::SecondHand => say("남의 요약만 읽음", "read only in somebody else's summary"),
        ReadDepth::NotRead => say("읽지 못함", "not read"),
    };
    canvas.line(&format!("  {read}"));
    canvas.blank();
    for clause in &licence.clauses {
        clause_lines(clause, lang, canvas);
    }
    for note in &licence.notes {
        canvas.paragraph(2, "* ", note.get(lang));
    }
}

/// What stands in the place of a clause that is known by hearsay alone.
const NOT_READ: &str = "unread";

/// A number of users as Korean counts: by ten thousands and hundred millions.
fn in_korean(users: f64) -> String {
    let steps = [(1e8, "억 명"), (1e4, "만 명"), (1.0, "명")];
    let whole = |step: f64| users >= step && users % step == 0.0;
    let (step, word) = steps.into_iter().find(|(step, _)| whole(*step)).unwrap_or((1.0, "명"));
    let count = format!("{:.0}", users / step);
    let grouped = match count.split_at_checked(count.len().saturating_sub(3)) {
        Some((front, back)) if !front.is_empty() => format!("{front},{back}"),
        _ => count.clone(),
    };
    format!("{grouped}{word}")
}

fn clause_lines(clause: &Clause, lang: Lang, canvas: &mut Canvas) {
    let pick = |text: Bilingual| if lang == Lang::Ko { text.ko } else { text.en };
    let say = |ko: &'static str, en: &'static str| if lang == Lang::Ko { ko } else { en };
    let entry = vocabulary().entry(vocabulary().must(clause.name.path()));
    let value = match &clause.value {
        ClauseValue::Word(word) => {
            entry.kind.words().iter().find(|w| w.id == *word).map_or((*word).to_owned(), |w| pick(w.says).to_owned())
        }
        ClauseValue::Users(users) if lang == Lang::Ko => in_korean(*users),
        ClauseValue::Users(users) => crate::facts::Value::Number(*users).says(entry.kind, lang),
        ClauseValue::NoThreshold => say("없음", "none").to_owned(),
        ClauseValue::Unknown => say("알 수 없음", "not known").to_owned(),
    };
    let place = match (&clause.at, clause.silent) {
        (Some(at), _) if at == NOT_READ => say(" (조항 미확인)", " (clause not read)").to_owned(),
        (Some(at), _) => format!(" {at}"),
        (None, true) => say(" (조문에 없음)", " (the text is silent)").to_owned(),
        (None, false) => String::new(),
    };
    let second = if clause.second_hand { say(" [남의 요약]", " [second-hand]") } else { "" };
    canvas.paragraph(2, "- ", &format!("{}: {value}{place}{second}", pick(entry.label)));
    if let Some(condition) = &clause.condition {
        canvas.paragraph(4, "", condition.get(lang));
    }
    for side in &clause.sides {
        let word = entry.kind.words().iter().find(|w| w.id == side.says).map_or(side.says, |w| pick(w.says));
        canvas.paragraph(4, "! ", &format!("{word} {}: \"{}\"", side.at, side.words));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_counted_as_korean_counts() {
        let said = [7e8, 1e7, 1e8, 500.0].map(in_korean);
        assert_eq!(said, ["7억 명", "1,000만 명", "1억 명", "500명"]);
    }
}
