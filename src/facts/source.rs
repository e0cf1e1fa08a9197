//! A source: who says that a fact has a value, and where it stands.

use super::assurance::Assurance;
use super::value::{Date, Value};
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

/// One source of one fact.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// The value; `None` if the source says that it will not tell.
    pub value: Option<Value>,
    /// How far it can be trusted.
    pub assurance: Assurance,
    /// Part of the card: what the maker says of its own model.
    pub from_card: bool,
    /// Said against the speaker's own interest, hence believed without proof.
    pub against_interest: bool,
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
            from_card: true,
            against_interest: false,
            origin,
            date: None,
            set_aside: None,
        }
    }

    /// A value that was read off the files.
    pub fn measured(value: Value, origin: Origin) -> Self {
        Self { assurance: Assurance::Measured, from_card: false, ..Self::declared(value, origin) }
    }

    /// The source with another assurance.
    #[must_use]
    pub fn at(mut self, assurance: Assurance) -> Self {
        self.assurance = assurance;
        self
    }

    /// The source, marked as said against the speaker's own interest.
    #[must_use]
    pub fn against_interest(mut self) -> Self {
        self.against_interest = true;
        self
    }

    /// The highest `needs` that it meets: what is said against one's own interest meets every one.
    pub fn weight(&self) -> Assurance {
        if self.against_interest { Assurance::Audited } else { self.assurance }
    }

    /// The source of a look that leaves a fact open, with what it leaves open.
    #[must_use]
    pub fn leaving_open(self, what: Says) -> Self {
        Self { value: None, against_interest: false, set_aside: Some(what), ..self }
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
