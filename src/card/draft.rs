//! The card as it would be written: what files say, what they hint at, and what is asked.

use std::collections::BTreeSet;
use std::path::Path;

use super::grow::grown;
use super::home::{Home, Sheet, beside, home, tree};
use super::known::Known;
use super::plan::{Note, Plan};
use super::same::{equal, extends};
use crate::explain::{AskedBy, Question, Way, Writes};
use crate::facts::Dossier;
use crate::text::{Code, Diagnostic, Diagnostics, Lang, SourceFile, Span, says};

/// A card that is to be written.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Where it goes.
    pub home: Home,
    /// The whole text of the file.
    pub text: String,
    /// How many questions it holds that stood in no card before.
    pub asked: usize,
}

impl Draft {
    /// The lines of the card alone.
    pub fn card(&self) -> String {
        let Sheet::Readme(_) = self.home.sheet else { return self.text.clone() };
        let block = crate::gather::front_matter_span(&self.text).map_or("", |span| &self.text[span.range()]);
        let is_next = |line: &str| !line.starts_with([' ', '#', '-']) && !line.trim().is_empty();
        let mut lines = block.lines().skip_while(|line| !line.trim_start().starts_with("sovereignty:"));
        let first = lines.next().unwrap_or_default();
        let rest = lines.take_while(|line| !is_next(line));
        std::iter::once(first).chain(rest).map(|line| format!("{line}\n")).collect()
    }
}

/// What a card is made from.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'f> {
    /// The model as it was named.
    pub model: &'f Path,
    /// What its files say.
    pub dossier: &'f Dossier,
    /// What rulesets ask.
    pub questions: &'f [Question],
    /// Fields of which whoever was asked does not know.
    pub unknown: &'f [String],
    /// The language of the comments.
    pub lang: Lang,
}

/// A card that says nothing in place of a file of its own that holds nothing yet, so that the rest can be read.
pub fn stand_in(model: &Path) -> Option<SourceFile> {
    let here = home(model).ok().filter(|here| here.sheet == Sheet::Own)?;
    let empty = tree(&here.file, here.sheet).is_ok_and(|tree| tree.is_none());
    empty.then(|| SourceFile::new(here.file.name(), "schema: sovereignty/1\n"))
}

/// Drafts the card of a model.
///
/// # Errors
/// The file with the card cannot be read, or nothing can be added to it without changing what stands there.
pub fn draft(facts: &Facts<'_>) -> Result<Draft, Diagnostics> {
    draft_with(facts, &[])
}

/// The same with answers: each a question with its answer as YAML.
///
/// # Errors
/// Those of [`draft`].
pub fn draft_with(facts: &Facts<'_>, answers: &[(Question, String)]) -> Result<Draft, Diagnostics> {
    let mut here = home(facts.model)?;
    let mut text = added(&here, facts, answers)?;
    if text.is_none() && matches!(here.sheet, Sheet::Readme(_)) && facts.model.is_dir() {
        // What a front matter in braces cannot take stands in a file of its own.
        here = beside(&here);
        text = added(&here, facts, answers)?;
    }
    let text = text.ok_or_else(|| cannot_grow(&here))?;
    let before = marks(here.file.text());
    let asked = marks(&text).iter().filter(|mark| mark.starts_with('?') && !before.contains(*mark)).count();
    Ok(Draft { home: here, text, asked })
}

fn marks(text: &str) -> BTreeSet<String> {
    text.lines().filter_map(super::render::mark_of).collect()
}

/// The text with all that is to be added; nothing where what stands there would not stay as it is.
fn added(home: &Home, facts: &Facts<'_>, answers: &[(Question, String)]) -> Result<Option<String>, Diagnostics> {
    let before = tree(&home.file, home.sheet)?;
    let mut plan = Plan::default();
    Known { dossier: facts.dossier, home, lang: facts.lang }.fill(&mut plan);
    for question in facts.questions {
        ask(&mut plan, question, facts);
    }
    in_order(&mut plan, facts.questions);
    for (question, answer) in answers {
        settle(&mut plan, question, answer);
    }
    let Some(text) = grown(home, before.as_ref(), &plan, &head(facts.lang)) else { return Ok(None) };
    let file = SourceFile::new(home.file.name(), text.as_str());
    let sheet = match home.sheet {
        Sheet::Readme(span) => {
            let Some(now) = crate::gather::front_matter_span(&text) else { return Ok(None) };
            let tail = &home.file.text()[span.end as usize..];
            if now.start != span.start || &text[now.end as usize..] != tail {
                return Ok(None);
            }
            Sheet::Readme(now)
        }
        own => own,
    };
    let Ok(after) = tree(&file, sheet) else { return Ok(None) };
    let kept = match (&before, &after) {
        (Some(before), Some(after)) => keeps(home, before, after),
        (None, _) => true,
        (Some(_), None) => false,
    };
    Ok(kept.then_some(text))
}

/// Whether nothing was lost, and nothing outside of the card was gained.
fn keeps(home: &Home, before: &crate::text::Node, after: &crate::text::Node) -> bool {
    let (Some(old), Some(new)) = (before.map(), after.map()) else { return false };
    if !matches!(home.sheet, Sheet::Readme(_)) {
        return extends(before, after);
    }
    let outside = |map: &crate::text::Map| -> Vec<(crate::text::Node, crate::text::Node)> {
        map.iter().filter(|(key, _)| key.text() != Some("sovereignty")).cloned().collect()
    };
    let (a, b) = (outside(old), outside(new));
    let same = a.len() == b.len() && a.iter().zip(&b).all(|((k, v), (l, w))| equal(k, l) && equal(v, w));
    same && before.get("sovereignty").is_none_or(|old| after.get("sovereignty").is_some_and(|new| extends(old, new)))
}

/// The first lines of a card that is begun.
fn head(lang: Lang) -> Vec<String> {
    let text = says(
        "`# ?`로 시작하는 곳은 물음이다. 답하려면 그 아래 마지막 줄에서 `# `을 지우고 값을 적는다. `undisclosed`는 알지만 밝히지 않는다는 \
         뜻이다. `# ~`는 파일에서 짐작한 것으로, 제작자의 말이 아니다.",
        "`# ?` begins a question: to answer, take `# ` away from its last line and write the value. `undisclosed` says \
         that you know and will not tell. `# ~` begins what a file hints at; it is not the maker's word.",
    );
    super::render::wrapped(text.get(lang), 94).into_iter().map(|line| format!("# {line}")).collect()
}

/// Puts a question at its place.
fn ask(plan: &mut Plan, question: &Question, facts: &Facts<'_>) {
    let not_known = says(" · 모름", " · not known to who was asked");
    let not_known = if facts.unknown.contains(&question.field) { not_known.get(facts.lang) } else { "" };
    let note = Note {
        mark: format!("? {}", question.field).replace(" · ", " "),
        tail: format!("{}{not_known}", asked_by(&question.asked_by)),
        lines: question.lines(facts.lang),
    };
    match &question.writes {
        Writes::Entry(entry) => {
            let Some(item) = plan.entry(&question.way) else { return };
            item.flow = Some(format!("{{{}}}", entry.trim_start_matches('{').trim_end_matches('}')));
            item.notes.push(note);
        }
        Writes::Word(word, list) => {
            let Some(leaf) = plan.leaf(&question.way).filter(|leaf| !leaf.stated) else { return };
            leaf.notes.push(note);
            leaf.words.push(word.clone());
            if let Some(list) = list {
                begin(plan, list, &question.field);
            }
        }
        Writes::Value(_) | Writes::Free => {
            let Some(leaf) = plan.leaf(&question.way).filter(|leaf| !leaf.stated) else { return };
            leaf.notes.push(note);
        }
    }
}

/// Sorts what stands first in a card: what is known and asks nothing, then by the rungs that the questions open.
fn in_order(plan: &mut Plan, questions: &[Question]) {
    let first = |key: &str| {
        questions.iter().position(|question| match question.way.first() {
            Some(Way::Key(own) | Way::Each(own) | Way::Item { list: own, .. }) => own == key,
            None => false,
        })
    };
    plan.entries.sort_by_key(|entry| first(&entry.key).map_or(0, |at| at + 1));
}

/// A list that a card has not begun: the place for its first entry.
fn begin(plan: &mut Plan, list: &str, field: &str) {
    let Some(key) = crate::gather::entry_of(list.trim_end_matches('s')).map(|entry| entry.id) else { return };
    if plan.entries.iter().any(|entry| entry.key == list) {
        return;
    }
    if let Some(item) = plan.entry(&[Way::Each(list.to_owned())]) {
        item.flow = Some(format!("{{{key}: ...}}"));
        item.notes.push(Note { mark: format!("? {list}[]"), tail: field.to_owned(), lines: Vec::new() });
    }
}

/// `t-class T3, T4-1; msit-independence weights`.
fn asked_by(list: &[AskedBy]) -> String {
    let mut said: Vec<(&str, Vec<&str>)> = Vec::new();
    for it in list {
        match said.iter_mut().find(|(ruleset, _)| *ruleset == it.ruleset) {
            Some((_, rungs)) if rungs.contains(&it.rung.as_str()) => {}
            Some((_, rungs)) => rungs.push(&it.rung),
            None => said.push((&it.ruleset, vec![&it.rung])),
        }
    }
    said.iter().map(|(ruleset, rungs)| format!("{ruleset} {}", rungs.join(", "))).collect::<Vec<_>>().join("; ")
}

/// Puts an answer at its place.
fn settle(plan: &mut Plan, question: &Question, answer: &str) {
    match &question.writes {
        Writes::Entry(_) => {}
        Writes::Word(..) | Writes::Value(_) | Writes::Free => {
            make_stated(plan, &question.way);
            let Some(leaf) = plan.leaf(&question.way) else { return };
            if let Writes::Word(word, _) = &question.writes {
                // Of the words that are asked for, those that were answered stand.
                if !leaf.stated {
                    leaf.words.clear();
                }
                leaf.words.push(word.clone());
                leaf.stated = true;
            } else {
                (leaf.value, leaf.stated) = (Some(answer.to_owned()), true);
            }
        }
    }
}

/// An answer about an entry states the entry.
fn make_stated(plan: &mut Plan, way: &[Way]) {
    for end in 1..=way.len() {
        if matches!(way[end - 1], Way::Item { .. })
            && let Some(item) = plan.entry(&way[..end])
        {
            item.stated = true;
        }
    }
}

fn cannot_grow(home: &Home) -> Diagnostics {
    let message = says(
        "여기에는 다른 것을 바꾸지 않고 카드를 더 적을 수 없다",
        "nothing can be added to the card here without changing what stands there",
    );
    let help = says(
        "`sovereignty:` 아래를 중괄호나 별칭 없이 줄마다 적거나, `sovereignty.yaml`로 옮긴다",
        "write what stands under `sovereignty:` in lines, without braces and aliases, or move it to `sovereignty.yaml`",
    );
    Diagnostic::error(Code::WouldOverwrite, &home.file, Span::default(), message).help(help).into()
}
