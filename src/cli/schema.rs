//! `schema`, `completions` and `man`: what the program says about itself.

use clap::CommandFactory;

use super::args::{Arguments, Completions, Schema, SchemaKind};
use super::rules::usable;
use super::screen::Screen;
use super::{Exit, korean};
use crate::licence::licence_schema;
use crate::report::{assessment_schema, to_text};
use crate::rules::SchemaKind as Rules;
use crate::vocabulary::OwnFacts;
use crate::{evidence, gather, rules};

pub(super) fn run(options: &Schema, screen: &Screen) -> Exit {
    let rules = match &options.rules {
        None => None,
        Some(named) => match usable(named, screen) {
            Some(rules) => Some(rules),
            None => return Exit::Unusable,
        },
    };
    let own = rules.as_ref().map_or(OwnFacts::none(), |rules| &rules.own);
    let schema = match options.kind {
        SchemaKind::Ruleset => rules::schema(Rules::Ruleset, own),
        SchemaKind::Terms => rules::schema(Rules::Terms, own),
        SchemaKind::Criterion => rules::schema(Rules::Criterion, own),
        SchemaKind::Case => rules::schema(Rules::Case, own),
        SchemaKind::Allow => rules::schema(Rules::Allow, own),
        SchemaKind::References => rules::schema(Rules::References, own),
        SchemaKind::Facts => rules::schema(Rules::Facts, own),
        SchemaKind::Card => gather::card_schema(own),
        SchemaKind::Evidence => evidence::schema(),
        SchemaKind::Licence => licence_schema(),
        SchemaKind::Assessment => assessment_schema(),
        SchemaKind::Screening => evidence::screening_schema(),
    };
    screen.print(&to_text(&schema));
    Exit::Done
}

pub(super) fn completions(options: &Completions, screen: &Screen) -> Exit {
    let mut command = korean::localised(Arguments::command(), screen.lang);
    let mut text = Vec::new();
    clap_complete::generate(options.shell, &mut command, "sovgrade", &mut text);
    screen.print(&String::from_utf8_lossy(&text));
    Exit::Done
}

pub(super) fn man(screen: &Screen) -> Exit {
    let command = korean::localised(Arguments::command(), screen.lang);
    let mut text = Vec::new();
    if clap_mangen::Man::new(command).render(&mut text).is_err() {
        return Exit::Unusable;
    }
    screen.print(&String::from_utf8_lossy(&text));
    Exit::Done
}
