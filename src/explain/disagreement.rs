//! Sources of one fact that say different things, as a sentence: who says what, and what stands.

use super::sentence::{Voice, capital};
use crate::facts::{Fact, Item, Source, Speaker};
use crate::text::{Lang, settled};
use crate::vocabulary::{Entry, Kind};

impl Voice {
    /// Both sides of a fact of which sources say different things, and which of them stands.
    pub(super) fn disagreement(self, entry: &Entry, owners: &[&Item], fact: &Fact) -> String {
        let subject = self.subject(entry, owners);
        let sides: Vec<String> = fact.sides().into_iter().map(|source| self.side(entry.kind, source)).collect();
        let stands = fact.claimed().map(|value| value.says(entry.kind, self.lang));
        match (self.lang, stands) {
            (Lang::Ko, Some(value)) => settled(format!("{subject}: {}. '{value}'이(가) 선다.", sides.join(", "))),
            (Lang::Ko, None) => format!("{subject}: {}. 어느 것도 서지 않는다.", sides.join(", ")),
            (Lang::En, Some(value)) => format!("{subject}: {}. \"{value}\" stands.", sides.join("; ")),
            (Lang::En, None) => format!("{subject}: {}. None of this stands.", sides.join("; ")),
        }
    }

    fn side(self, kind: Kind, source: &Source) -> String {
        let value = source.value.as_ref().map_or_else(String::new, |value| value.says(kind, self.lang));
        match self.lang {
            Lang::Ko => format!("{} '{value}'", self.who(source)),
            Lang::En => format!("{} \"{value}\"", self.who(source)),
        }
    }

    /// Who says something, as the beginning of a sentence.
    fn who(self, source: &Source) -> String {
        let file = &source.origin.file;
        match (source.speaker, self.lang) {
            (Speaker::Card, Lang::Ko) => "카드는".to_owned(),
            (Speaker::Card, Lang::En) => "the card says".to_owned(),
            (Speaker::Beside, Lang::Ko) => settled(format!("{file}은(는)")),
            (Speaker::Beside, Lang::En) => format!("{file} says"),
            (Speaker::Run, Lang::Ko) => "이번 측정은".to_owned(),
            (Speaker::Run, Lang::En) => "this run measured".to_owned(),
            (Speaker::File, Lang::Ko) => settled(format!("{file}을(를) 읽으면")),
            (Speaker::File, Lang::En) => format!("{file} shows"),
            (Speaker::Vouched | Speaker::Report, Lang::Ko) => {
                format!("{}({})", settled(format!("{file}은(는)")), self.assurance(source))
            }
            (Speaker::Vouched | Speaker::Report, Lang::En) => format!("{file} ({}) says", self.assurance(source)),
        }
    }

    /// Who speaks in a card: the maker, or, where somebody else wrote it, the card.
    pub(super) fn card(self, written_by_other: bool) -> &'static str {
        match (written_by_other, self.lang) {
            (true, Lang::Ko) => "카드",
            (true, Lang::En) => "the card",
            (false, Lang::Ko) => "제작자",
            (false, Lang::En) => "the maker",
        }
    }

    /// A sentence that begins with whoever speaks in a card.
    pub(super) fn card_begins(self, written_by_other: bool) -> String {
        capital(self.card(written_by_other))
    }
}
