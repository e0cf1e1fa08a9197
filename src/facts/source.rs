//! A source: who says that a fact has a value, and where it stands.

use super::assurance::Assurance;
use super::date::Date;
use super::value::Value;
use crate::text::{Position, Says};

/// Where a value stands, so that a reader can go there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// File, as a path below the model's directory or as given on the command line.
    pub file: String,
    /// Line and column, where the file has lines.
    pub at: Option<Position>,
    /// Title of the document that states it, where it is not the file itself.
    pub title: Option<String>,
    /// Address of that document.
    pub url: Option<String>,
    /// Who published or attests it.
    pub publisher: Option<String>,
    /// How the value follows from what stands there, where that is not plain.
    pub how: Option<Says>,
}

/// Who says something. How far it is believed follows from this and from what it is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Speaker {
    /// The card: a README's front matter, or `sovereignty.yaml`. It speaks for the maker.
    Card,
    /// Another text beside the weights, such as `config.json` or a merge recipe: the maker's word too.
    Beside,
    /// Evidence that was handed in and that nobody vouches for.
    Report,
    /// Evidence that the one who grades vouches for.
    Vouched,
    /// The opened file itself, or what this program knows of it.
    File,
    /// A measurement of this run.
    Run,
}

impl Speaker {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Card, Self::Beside, Self::Report, Self::Vouched, Self::File, Self::Run];

    /// The word of the JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Beside => "beside-the-weights",
            Self::Report => "report",
            Self::Vouched => "vouched",
            Self::File => "file",
            Self::Run => "this-run",
        }
    }

    /// Whether it speaks for the maker.
    pub fn is_maker(self) -> bool {
        matches!(self, Self::Card | Self::Beside)
    }
}

/// One source of one fact.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// The value; `None` if the source says that it will not tell.
    pub value: Option<Value>,
    /// How far it can be trusted.
    pub assurance: Assurance,
    /// Who says it.
    pub speaker: Speaker,
    /// A document that the one who grades has opened, on a fact that neither files nor weights can show: it meets what
    /// a measurement would.
    pub opened: bool,
    /// Where it stands.
    pub origin: Origin,
    /// Day of the statement.
    pub date: Option<Date>,
    /// Why the source does not count, where it does not.
    pub set_aside: Option<Says>,
}

impl Source {
    /// A value that the maker declares in its card.
    pub fn declared(value: Value, origin: Origin) -> Self {
        Self {
            value: Some(value),
            assurance: Assurance::Declared,
            speaker: Speaker::Card,
            opened: false,
            origin,
            date: None,
            set_aside: None,
        }
    }

    /// A value that was read off the files.
    pub fn measured(value: Value, origin: Origin) -> Self {
        Self::declared(value, origin).at(Assurance::Measured).by(Speaker::File)
    }

    /// The source with another assurance.
    #[must_use]
    pub fn at(mut self, assurance: Assurance) -> Self {
        self.assurance = assurance;
        self
    }

    /// The source with another speaker.
    #[must_use]
    pub fn by(mut self, speaker: Speaker) -> Self {
        self.speaker = speaker;
        self
    }

    /// Whether the card says it.
    pub fn from_card(&self) -> bool {
        self.speaker == Speaker::Card
    }

    /// The highest `needs` that it meets.
    pub fn weight(&self) -> Assurance {
        if self.opened { self.assurance.max(Assurance::Measured) } else { self.assurance }
    }

    /// Whether words give way to it: what this run read and measured, and what is vouched for beyond a bare word.
    pub fn is_solid(&self) -> bool {
        match self.speaker {
            Speaker::Card | Speaker::Beside | Speaker::Report => false,
            Speaker::Vouched => self.assurance > Assurance::Declared,
            Speaker::File | Speaker::Run => true,
        }
    }

    /// Whether nothing overrules it: this run read or measured it.
    pub fn is_of_this_run(&self) -> bool {
        matches!(self.speaker, Speaker::File | Speaker::Run)
    }

    /// The source of a look that leaves a fact open, with what it leaves open.
    #[must_use]
    pub fn leaving_open(self, what: Says) -> Self {
        Self { value: None, set_aside: Some(what), ..self }
    }

    /// Whether it is a look that leaves the fact open.
    pub fn leaves_open(&self) -> bool {
        self.value.is_none() && self.set_aside.is_some()
    }

    /// Whether it takes part when the fact is settled.
    pub fn counts(&self) -> bool {
        self.set_aside.is_none()
    }
}
