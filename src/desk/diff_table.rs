//! The table of amendments: for every provision that changed its current and its amended words side by side, in one
//! language, with what changed marked and a remark. What did not change is left out, as such tables do.

use super::amendments::{Amendment, Kind, Part, Provision};
use super::diff_report::Comparison;
use super::page::{Item, Span, plain};
use super::provision::{Clauses, Provisions};
use crate::rules::Scale;
use crate::text::Lang;

/// One provision of the table.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// What it is: a criterion, a definition, a step of the scale.
    pub(super) provision: String,
    /// Its id.
    pub(super) id: String,
    /// Its title, where it has one.
    pub(super) title: String,
    /// What happened to it.
    pub(super) kind: Kind,
    /// Every part of which the words differ.
    pub(super) parts: Vec<RowPart>,
    /// Whether parts that did not change are left out.
    pub(super) more: bool,
    /// What changed, shortly: `threshold: 50 % → 40 %`.
    pub(super) remarks: Vec<String>,
}

/// One part of a provision, as lines; deeper ones are indented.
#[derive(Debug, Clone)]
pub(super) struct RowPart {
    /// What it is called.
    pub(super) label: String,
    /// What stands there now.
    pub(super) old: Vec<String>,
    /// What is to stand there.
    pub(super) new: Vec<String>,
}

/// Longest value that a remark repeats, in characters.
const SHORT: usize = 40;

/// Most words of two texts that are compared word by word; longer ones are shown whole.
const MOST_WORDS: usize = 1_500;

/// Every amendment as a row, in the order of provisions.
pub(super) fn rows(it: &Comparison<'_>, lang: Lang) -> Vec<Row> {
    let side = |rules| Provisions { rules, lang };
    let (old, new) = (side(it.old.rules), side(it.new.rules));
    it.amendments.iter().map(|amendment| row(amendment, &old, &new)).collect()
}

fn row(amendment: &Amendment, old: &Provisions<'_>, new: &Provisions<'_>) -> Row {
    let lang = new.lang;
    let told = |side: &Provisions<'_>| provision(side, amendment.provision, &amendment.id);
    let (before, after) = (told(old), told(new));
    let title = after.as_ref().or(before.as_ref()).map_or_else(String::new, |(title, _)| title.clone());
    let parts_of = |side: Option<(String, Vec<Clauses>)>| side.map_or_else(Vec::new, |(_, parts)| parts);
    let (mut parts, mut more) = compare(&parts_of(before), &parts_of(after));
    // The head has no words of its own here, and where the words of this language stayed, those of another changed.
    if parts.is_empty() {
        (parts, more) = (as_in_the_files(amendment, lang), amendment.provision == Provision::Criterion);
    }
    Row {
        provision: amendment.provision.says().get(lang).to_owned(),
        id: amendment.id.clone(),
        title,
        kind: amendment.kind,
        parts,
        more,
        remarks: remarks(amendment, lang),
    }
}

/// A provision of one side in words: its title and its parts.
fn provision(side: &Provisions<'_>, kind: Provision, id: &str) -> Option<(String, Vec<Clauses>)> {
    let rules = side.rules;
    let titled = |title: &str, mut parts: Vec<Clauses>| {
        parts.insert(0, Clauses { label: side.say("제목", "Title"), items: vec![Item::of(plain(title))] });
        Some((title.to_owned(), parts))
    };
    match kind {
        Provision::Criterion => {
            let criterion = rules.criterion(id)?;
            titled(side.get(&criterion.title), side.criterion(criterion))
        }
        Provision::Term => {
            let at = rules.terms.iter().position(|term| term.id == id)?;
            titled(side.get(&rules.terms[at].title), side.term(at, &rules.terms[at]))
        }
        Provision::Reading => {
            let reading = rules.readings.iter().find(|reading| reading.id == id)?;
            titled(side.get(&reading.question), side.reading(reading))
        }
        Provision::Step => {
            let (title, parts) = step(side, id)?;
            titled(&title, parts)
        }
        Provision::Head | Provision::Decision | Provision::Fact | Provision::Profile => None,
    }
}

/// A rung, an axis or an objective.
fn step(side: &Provisions<'_>, id: &str) -> Option<(String, Vec<Clauses>)> {
    let title = |at: usize| {
        let criterion = &side.rules.criteria[at];
        format!("{} ({})", side.get(&criterion.title), criterion.id)
    };
    let list = |label, list: &[usize]| {
        let items = list.iter().map(|at| Item::of(plain(title(*at)))).collect::<Vec<_>>();
        (!items.is_empty()).then_some(Clauses { label, items })
    };
    let (requires, wants) =
        (side.say("요구하는 기준", "Criteria it requires"), side.say("바라는 기준", "Criteria it wants"));
    match &side.rules.scale {
        Scale::Ladder(rungs) => {
            let rung = rungs.iter().find(|rung| rung.id == id)?;
            let parts = [list(requires, &rung.requires), list(wants, &rung.wants)];
            Some((side.get(&rung.title).to_owned(), parts.into_iter().flatten().collect()))
        }
        Scale::Gate(axes) => {
            let axis = axes.iter().find(|axis| axis.id == id)?;
            let parts = [list(requires, &axis.requires), list(wants, &axis.wants)];
            Some((side.get(&axis.title).to_owned(), parts.into_iter().flatten().collect()))
        }
        Scale::Scorecard(card) => {
            let objective = card.objectives.iter().find(|objective| objective.id == id)?;
            let points = objective.criteria.iter().map(|(at, points)| match side.lang {
                Lang::Ko => Item::of(plain(format!("{}: {points}점", title(*at)))),
                Lang::En => Item::of(plain(format!("{}: {points} points", title(*at)))),
            });
            let weight = Clauses {
                label: side.say("비중", "Weight"),
                items: vec![Item::of(plain(side.weight(&objective.weight)))],
            };
            let points = Clauses { label: side.say("점수", "Points"), items: points.collect() };
            Some((side.get(&objective.title).to_owned(), vec![weight, points]))
        }
    }
}

/// The parts of which the words differ, and whether others stayed.
fn compare(old: &[Clauses], new: &[Clauses]) -> (Vec<RowPart>, bool) {
    let find = |list: &[Clauses], label: &str| list.iter().find(|part| part.label == label).map(lines);
    let labels = new.iter().chain(old.iter().filter(|part| !new.iter().any(|other| other.label == part.label)));
    let (mut parts, mut more) = (Vec::new(), false);
    for part in labels {
        let (before, after) = (find(old, part.label).unwrap_or_default(), find(new, part.label).unwrap_or_default());
        if before == after {
            more = true;
        } else {
            parts.push(RowPart { label: part.label.to_owned(), old: before, new: after });
        }
    }
    (parts, more)
}

/// The lines of a part, deeper ones indented.
fn lines(part: &Clauses) -> Vec<String> {
    fn add(item: &Item, depth: usize, out: &mut Vec<String>) {
        let words: String = item.spans.iter().map(Span::words).collect();
        out.push(format!("{}{}", "– ".repeat(depth), words.trim()));
        item.below.iter().for_each(|item| add(item, depth + 1, out));
    }
    let mut out = Vec::new();
    part.items.iter().for_each(|item| add(item, 0, &mut out));
    out
}

/// What has no words of its own on a page, as the files have it; of texts in languages the one that is read, and of
/// what changed in another language alone all.
fn as_in_the_files(amendment: &Amendment, lang: Lang) -> Vec<RowPart> {
    let other = if lang == Lang::Ko { "en" } else { "ko" };
    let of_other = |way: &str| way == other || way.ends_with(&format!(".{other}"));
    let own: Vec<_> = amendment.parts.iter().filter(|part| !of_other(&part.way)).collect();
    let list = if own.is_empty() { amendment.parts.iter().collect() } else { own };
    let lines = |text: &Option<String>| text.iter().map(|text| text.replace('`', "")).collect::<Vec<_>>();
    let each = list.into_iter().map(|part| RowPart {
        label: called(amendment, part, lang),
        old: lines(&part.old),
        new: lines(&part.new),
    });
    each.collect()
}

/// What a part is called; a key at the top of ruleset.yaml is the whole of its provision.
fn called(amendment: &Amendment, part: &Part, lang: Lang) -> String {
    let head = |key: &str| HEAD.iter().find(|(name, ..)| *name == key);
    match (amendment.provision, head(&amendment.id)) {
        (Provision::Head, Some((_, ko, en))) => if lang == Lang::Ko { *ko } else { *en }.to_owned(),
        _ => part.what.get(lang).to_owned(),
    }
}

/// Keys at the top of ruleset.yaml, as the table calls them.
const HEAD: [(&str, &str, &str); 11] = [
    ("id", "식별자", "id"),
    ("version", "판", "version"),
    ("title", "제목", "title"),
    ("source", "따르는 표준", "standard"),
    ("sources", "근거로 드는 문서", "documents cited"),
    ("home", "자국", "home country"),
    ("publisher", "펴낸 곳", "publisher"),
    ("contact", "문의", "contact"),
    ("status", "상태", "status"),
    ("in-force", "시행", "in force"),
    ("languages", "언어", "languages"),
];

/// What changed, shortly; words for readers need no remark.
fn remarks(amendment: &Amendment, lang: Lang) -> Vec<String> {
    if !matches!(amendment.kind, Kind::Amended) {
        return Vec::new();
    }
    let short = |text: &Option<String>| text.as_ref().filter(|text| text.chars().count() <= SHORT).cloned();
    let each = amendment.parts.iter().filter(|part| !part.wording).map(|part| {
        let what = called(amendment, part, lang);
        match (&part.old, &part.new, short(&part.old), short(&part.new)) {
            (_, _, Some(old), Some(new)) => format!("{what}: {old} → {new}"),
            (None, Some(_), _, Some(new)) => format!("{what}: + {new}"),
            (Some(_), None, Some(old), _) => format!("{what}: − {old}"),
            _ => what,
        }
    });
    let mut list: Vec<String> = each.collect();
    let mut seen = std::collections::HashSet::new();
    list.retain(|remark| seen.insert(remark.clone()));
    list
}

/// The words of both sides with what is gone and what is new marked, line by line.
pub(super) fn marked(part: &RowPart) -> (Vec<Span>, Vec<Span>) {
    let words = |lines: &[String]| -> Vec<String> {
        let mut out = Vec::new();
        for line in lines {
            if !out.is_empty() {
                out.push("\n".to_owned());
            }
            out.extend(line.split_inclusive(' ').map(str::to_owned));
        }
        out
    };
    let (old, new) = (words(&part.old), words(&part.new));
    let (kept_old, kept_new) = if old.len() + new.len() > MOST_WORDS || old.is_empty() || new.is_empty() {
        (vec![false; old.len()], vec![false; new.len()])
    } else {
        common(&old, &new)
    };
    (spans(&old, &kept_old, Span::Gone), spans(&new, &kept_new, Span::Fresh))
}

/// Which words of two texts belong to a longest common run of words.
fn common(old: &[String], new: &[String]) -> (Vec<bool>, Vec<bool>) {
    let same = |a: &str, b: &str| a.trim_end() == b.trim_end();
    let mut length = vec![vec![0u16; new.len() + 1]; old.len() + 1];
    for (i, a) in old.iter().enumerate().rev() {
        for (j, b) in new.iter().enumerate().rev() {
            length[i][j] = if same(a, b) { length[i + 1][j + 1] + 1 } else { length[i + 1][j].max(length[i][j + 1]) };
        }
    }
    let (mut kept_old, mut kept_new) = (vec![false; old.len()], vec![false; new.len()]);
    let (mut i, mut j) = (0, 0);
    while i < old.len() && j < new.len() {
        if same(&old[i], &new[j]) {
            (kept_old[i], kept_new[j]) = (true, true);
            (i, j) = (i + 1, j + 1);
        } else if length[i + 1][j] >= length[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    (kept_old, kept_new)
}

fn spans(words: &[String], kept: &[bool], mark: fn(String) -> Span) -> Vec<Span> {
    let mut out: Vec<Span> = Vec::new();
    for (word, kept) in words.iter().zip(kept) {
        if word == "\n" {
            out.push(Span::Break);
            continue;
        }
        match (out.last_mut(), kept) {
            (Some(Span::Plain(text)), true) | (Some(Span::Gone(text) | Span::Fresh(text)), false) => {
                text.push_str(word);
            }
            (_, true) => out.push(Span::Plain(word.clone())),
            (_, false) => out.push(mark(word.clone())),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_is_marked_on_its_side_and_nothing_else() {
        let part = RowPart {
            label: String::new(),
            old: vec!["at least 50 % of it".to_owned(), "and more".to_owned()],
            new: vec!["at least 40 % of it".to_owned(), "and more".to_owned()],
        };
        let (old, new) = marked(&part);
        assert!(old.contains(&Span::Gone("50 ".to_owned())) && new.contains(&Span::Fresh("40 ".to_owned())), "{old:?}");
        let words = |spans: &[Span]| spans.iter().map(|span| span.words().to_owned()).collect::<String>();
        assert_eq!(words(&old), "at least 50 % of it and more");
        let kept = |spans: &[Span]| -> String {
            let plain = spans.iter().filter(|span| matches!(span, Span::Plain(_)));
            plain.map(Span::words).collect()
        };
        assert_eq!(kept(&old), kept(&new));
    }
}
