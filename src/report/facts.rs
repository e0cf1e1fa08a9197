//! All facts of one model with their sources, and the record behind them: what was counted, read and passed over.
//!
//! What is shown is bounded: a card of a stranger may hold thousands of entries, and a page must stay one that can be
//! read.

use serde_json::{Map, Value, json};

use super::canvas::{Canvas, Tone};
use super::json::source;
use crate::explain::Voice;
use crate::facts::{Dossier, Fact, Item, Source};
use crate::text::{Lang, Says};
use crate::vocabulary::{Entry, vocabulary};

/// Lines of one part of the page for people.
const MOST_LINES: usize = 500;

/// Sources of one fact there.
const MOST_SOURCES: usize = 8;

/// Letters of one value there.
const MOST_LETTERS: usize = 300;

/// Entries of one list of the JSON.
const MOST_ENTRIES: usize = 20_000;

/// The facts as a page for people.
pub fn facts_page(dossier: &Dossier, canvas: &mut Canvas, lang: Lang) {
    Page { dossier, canvas, lang, voice: Voice { lang, home: None } }.write();
}

/// The facts as JSON.
pub fn facts_json(dossier: &Dossier, lang: Lang) -> Value {
    let facts = known(dossier).map(|(entry, items, fact)| fact_json(entry, &items, fact, lang));
    json!({
        "schema": "sovgrade/facts/1",
        "model": {"id": dossier.id},
        "counted": list(dossier.accounts.iter().map(|account| json!({
            "file": account.file,
            "component": account.component,
            "tensors": account.tensors,
            "parameters": account.parameters,
            "how": account.how.get(lang),
        }))),
        "read": list(dossier.inputs.iter().map(|input| json!({"name": input.name, "sha256": input.sha256}))),
        "passed-over": list(dossier.passed_over.iter().map(|file| json!({"name": file.name, "why": file.why.get(lang)}))),
        "facts": list(facts),
        "limits": list(dossier.limits.iter().map(|limit| limit.get(lang).into())),
    })
}

fn list(values: impl Iterator<Item = Value>) -> Vec<Value> {
    values.take(MOST_ENTRIES).collect()
}

/// Facts of which somebody speaks, in the order of the vocabulary.
fn known(dossier: &Dossier) -> impl Iterator<Item = (&'static Entry, Vec<&Item>, &Fact)> {
    let spoken = dossier.each_fact().into_iter().filter(|(_, _, fact)| !fact.sources().is_empty());
    spoken.map(|(path, items, fact)| (vocabulary().entry(path), items, fact))
}

fn fact_json(entry: &Entry, items: &[&Item], fact: &Fact, lang: Lang) -> Value {
    let mut map = Map::new();
    map.insert("path".to_owned(), entry.path.into());
    if !items.is_empty() {
        map.insert("items".to_owned(), items.iter().map(|item| item.id.as_str()).collect::<Vec<_>>().into());
    }
    map.insert("value".to_owned(), fact.claimed().map_or(Value::Null, |value| value.json(entry.kind)));
    match fact.standing() {
        Some(standing) => map.insert("assurance".to_owned(), standing.assurance.word().into()),
        None => map.insert("unknown".to_owned(), Voice { lang, home: None }.why_unknown(fact).into()),
    };
    let sources = fact.sources().iter().take(MOST_ENTRIES).map(|it| {
        let mut value = source(it);
        value["value"] = it.value.as_ref().map_or(Value::Null, |value| value.json(entry.kind));
        value["assurance"] = it.assurance.word().into();
        for (key, says) in [("how", &it.origin.how), ("set-aside", &it.set_aside)] {
            if let Some(says) = says {
                value[key] = says.get(lang).into();
            }
        }
        value
    });
    map.insert("sources".to_owned(), sources.collect::<Vec<_>>().into());
    Value::Object(map)
}

struct Page<'a> {
    dossier: &'a Dossier,
    canvas: &'a mut Canvas,
    lang: Lang,
    voice: Voice,
}

impl Page<'_> {
    fn say(&self, ko: &'static str, en: &'static str) -> &'static str {
        if self.lang == Lang::Ko { ko } else { en }
    }

    fn write(&mut self) {
        let title = match self.lang {
            Lang::Ko => format!("{}의 사실", self.dossier.id),
            Lang::En => format!("Facts of {}", self.dossier.id),
        };
        self.canvas.line(&title);
        self.counted();
        let read: Vec<String> =
            self.dossier.inputs.iter().map(|input| self.input(&input.name, input.sha256.as_deref())).collect();
        self.part(self.say("읽은 파일", "Read"), &read);
        let passed: Vec<String> =
            self.dossier.passed_over.iter().map(|file| format!("{}: {}", file.name, file.why.get(self.lang))).collect();
        self.part(self.say("읽지 않은 파일", "Passed over"), &passed);
        self.facts();
        let limits: Vec<String> = self.dossier.limits.iter().map(|limit| limit.get(self.lang).to_owned()).collect();
        self.part(self.say("한계", "Limits"), &limits);
    }

    fn input(&self, name: &str, sha256: Option<&str>) -> String {
        match sha256 {
            Some(digest) => format!("{name} (sha256 {digest})"),
            None => format!("{name} ({})", self.say("머리 부분만", "its header")),
        }
    }

    /// What was counted, by file.
    fn counted(&mut self) {
        if self.dossier.accounts.is_empty() {
            return;
        }
        self.canvas.heading(self.say("센 것", "Counted"));
        let mut file = "";
        for account in self.dossier.accounts.iter().take(MOST_LINES) {
            if account.file != file {
                file = &account.file;
                self.canvas.paragraph(2, "", file);
            }
            let (tensors, how) = (account.tensors, account.how.get(self.lang));
            let text = match (account.parameters, self.lang) {
                (Some(number), Lang::Ko) => format!("{}: {number}개 (텐서 {tensors}개): {how}", account.component),
                (Some(number), Lang::En) => format!("{}: {number} ({tensors} tensors): {how}", account.component),
                (None, Lang::Ko) => format!("{}: 모름 (텐서 {tensors}개): {how}", account.component),
                (None, Lang::En) => format!("{}: not known ({tensors} tensors): {how}", account.component),
            };
            self.canvas.paragraph(4, "- ", &text);
        }
        self.more(self.dossier.accounts.len(), MOST_LINES);
    }

    fn facts(&mut self) {
        self.canvas.heading(self.say("사실", "Facts"));
        let known: Vec<_> = known(self.dossier).collect();
        for (entry, items, fact) in known.iter().take(MOST_LINES) {
            let value = fact.claimed().map(|value| cut(&value.says(entry.kind, self.lang)));
            let value = value.unwrap_or_else(|| self.voice.why_unknown(fact).to_owned());
            let text = format!("{} [{}]: {value}", self.voice.subject(entry, items), entry.path);
            self.canvas.paragraph(2, "- ", &text);
            for source in fact.sources().iter().take(MOST_SOURCES) {
                let text = self.source(entry, fact, source);
                let text = self.canvas.paint(&text, Tone::Faint);
                self.canvas.paragraph(6, "", &text);
            }
            self.more(fact.sources().len(), MOST_SOURCES);
        }
        self.more(known.len(), MOST_LINES);
    }

    /// Where a value stands, how far it can be trusted, and the value where it is not the one that stands.
    fn source(&self, entry: &Entry, fact: &Fact, source: &Source) -> String {
        let mut text = format!("{}: {}", self.voice.assurance(source), self.voice.place(source));
        let loses = source.value.as_ref().filter(|value| fact.claimed() != Some(*value));
        if let Some(value) = loses {
            text = format!("{text}: {}", cut(&value.says(entry.kind, self.lang)));
        }
        let why = |says: &Option<Says>| says.as_ref().map(|says| cut(says.get(self.lang)));
        for more in [why(&source.origin.how), why(&source.set_aside)].into_iter().flatten() {
            text = format!("{text} ({more})");
        }
        text
    }

    fn part(&mut self, title: &str, lines: &[String]) {
        if lines.is_empty() {
            return;
        }
        self.canvas.heading(title);
        for line in lines.iter().take(MOST_LINES) {
            self.canvas.paragraph(2, "- ", line);
        }
        self.more(lines.len(), MOST_LINES);
    }

    /// Says that there is more than was shown.
    fn more(&mut self, there: usize, shown: usize) {
        let more = there.saturating_sub(shown);
        if more > 0 {
            let text = match self.lang {
                Lang::Ko => format!("그 밖에 {more}개. `--format json`은 더 많이 보인다"),
                Lang::En => format!("and {more} more; `--format json` shows more"),
            };
            self.canvas.paragraph(4, "", &text);
        }
    }
}

/// A text that is not too long for a line.
fn cut(text: &str) -> String {
    match text.char_indices().nth(MOST_LETTERS) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text.to_owned(),
    }
}
