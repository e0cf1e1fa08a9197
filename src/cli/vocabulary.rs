//! The facts that rules may ask about, by a word of their names or meanings; and one of them in full.

use super::Exit;
use super::screen::Screen;
use crate::report::{Canvas, to_text};
use crate::text::Lang;
use crate::vocabulary::{Bilingual, Entry, Filler, Kind, OwnFacts, PathId, search, vocabulary};

/// Facts that are shown in full where fewer were found; of more, one line each.
const IN_FULL: usize = 12;

/// Lists the facts whose names or meanings hold the words, those of a ruleset among them; all where there are none.
pub(super) fn list(words: &str, own: &OwnFacts, json: bool, screen: &Screen) -> (String, Exit) {
    let all = || own.entries().map(|(id, _)| id).collect();
    let found = if words.trim().is_empty() { all() } else { search(words, own) };
    if json {
        let all: Vec<serde_json::Value> = found.iter().map(|id| as_json(vocabulary().entry(*id))).collect();
        return (to_text(&all), if found.is_empty() { Exit::No } else { Exit::Done });
    }
    let mut canvas = screen.canvas();
    if found.is_empty() {
        let line = match screen.lang {
            Lang::Ko => format!("`{words}`에 맞는 사실이 없다. `sovgrade facts`는 모든 사실을 보인다"),
            Lang::En => format!("no fact has `{words}` in its name or meaning; `sovgrade facts` lists them all"),
        };
        canvas.paragraph(0, "", &line);
        return (canvas.finish(), Exit::No);
    }
    for (at, id) in found.iter().enumerate() {
        if found.len() > IN_FULL {
            let entry = vocabulary().entry(*id);
            canvas.line(&format!("{}  {}", entry.path, pick(entry.label, screen.lang)));
        } else {
            if at > 0 {
                canvas.blank();
            }
            show(*id, &mut canvas, screen);
        }
    }
    (canvas.finish(), Exit::Done)
}

fn pick(text: Bilingual, lang: Lang) -> &'static str {
    if lang == Lang::Ko { text.ko } else { text.en }
}

/// One fact in full: what it is called, what it means, what may stand for it, how a rule asks, who fills it.
pub(super) fn show(id: PathId, canvas: &mut Canvas, screen: &Screen) {
    let (entry, lang) = (vocabulary().entry(id), screen.lang);
    canvas.line(&format!("{}  {}", entry.path, pick(entry.label, lang)));
    canvas.paragraph(2, "", pick(entry.meaning, lang));
    if let Some(question) = entry.question {
        canvas.paragraph(2, "", pick(question, lang));
    }
    let kind = match entry.kind {
        Kind::Number(unit) if !unit.symbol().is_empty() => {
            let symbol = if lang == Lang::Ko { unit.symbol_ko() } else { unit.symbol() };
            format!("{} ({symbol})", pick(entry.kind.name(), lang))
        }
        kind => pick(kind.name(), lang).to_owned(),
    };
    canvas.paragraph(2, screen.say("값: ", "value: "), &kind);
    for word in entry.kind.words() {
        canvas.paragraph(4, "- ", &format!("`{}`: {}", word.id, pick(word.says, lang)));
    }
    let fillers: Vec<&str> = entry.filled_by.iter().map(|filler| pick(filler_name(*filler), lang)).collect();
    canvas.paragraph(2, screen.say("채우는 것: ", "filled by: "), &fillers.join(", "));
}

fn filler_name(filler: Filler) -> Bilingual {
    let (en, ko) = match filler {
        Filler::Card => ("the card", "카드"),
        Filler::FrontMatter => ("the front matter of README.md", "README.md의 머리말"),
        Filler::Config => ("config.json", "config.json"),
        Filler::Tensors => ("the weights files", "가중치 파일"),
        Filler::Tokenizer => ("the tokenizer's files", "토크나이저 파일"),
        Filler::Licence => ("LICENSE and the licence data", "LICENSE와 라이선스 자료"),
        Filler::Hints => ("names and side files", "이름과 곁의 파일"),
        Filler::Evidence => ("evidence files", "증거 파일"),
        Filler::Import => ("imported files", "가져온 파일"),
    };
    Bilingual { en, ko }
}

fn as_json(entry: &Entry) -> serde_json::Value {
    let both = |text: Bilingual| serde_json::json!({"ko": text.ko, "en": text.en});
    let words: Vec<serde_json::Value> =
        entry.kind.words().iter().map(|word| serde_json::json!({"id": word.id, "says": both(word.says)})).collect();
    serde_json::json!({
        "path": entry.path,
        "label": both(entry.label),
        "meaning": both(entry.meaning),
        "kind": both(entry.kind.name()),
        "words": words,
    })
}
