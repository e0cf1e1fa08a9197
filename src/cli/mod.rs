//! The command line: one file a command; no logic.
//!
//! In: arguments. Out: what the library says, as text on stdout, diagnostics on stderr, and an exit code.

mod against;
mod args;
mod args_submission;
mod bundle;
mod card;
mod card_check;
mod card_new;
mod claims;
mod every;
mod explain;
mod facts;
mod fleet;
mod grade;
mod import;
mod korean;
mod licence;
mod measure;
mod merge;
mod output;
mod progress;
mod ruled;
mod rules;
mod rules_diff;
mod rules_doc;
mod rules_new;
mod rules_test;
mod schema;
mod screen;
mod screen_registry;
mod sign;
mod sketch;
mod verify;
mod vocabulary;
mod vouching;
mod watch;

use std::io::Write as _;

use clap::{CommandFactory, FromArgMatches};

use args::{Arguments, Command, Look};
use screen::{Screen, language_of};

use crate::text::escape;

/// What a run came to, as an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Done, and the answer is no to what was asked.
    No = 1,
    /// Input or usage could not be used; everything else was still reported.
    Unusable = 2,
}

/// Shows what clap says; in colour only where no argument holds what a terminal would obey.
fn complain(error: &clap::Error) -> std::io::Result<()> {
    let text = error.render().to_string();
    let shown = escape::page(&text, &[]);
    if shown == text { error.print() } else { std::io::stderr().lock().write_all(shown.as_bytes()) }
}

/// Runs the program with the arguments of the process.
pub fn run() -> Exit {
    let lang = language_of(std::env::args_os());
    let command = korean::localised(Arguments::command(), lang);
    let parsed = command.try_get_matches().and_then(|matches| Arguments::from_arg_matches(&matches));
    let arguments = match parsed {
        Ok(arguments) => arguments,
        Err(error) => {
            let screen = Screen::new(lang, &Look::plain());
            let shown = complain(&error);
            if error.use_stderr() {
                return Exit::Unusable;
            }
            screen.printed(shown);
            return screen.concluded(Exit::Done);
        }
    };
    let screen = Screen::new(lang, &arguments.look);
    let exit = match arguments.command {
        Command::Grade(options) => grade::run(&options, &screen),
        Command::Explain(options) => explain::run(&options, &screen),
        Command::Facts(options) => facts::run(&options, &screen),
        Command::Card(options) => card::run(&options, &screen),
        Command::Rules(options) => rules::run(&options, &screen),
        Command::Import(options) => import::run(&options, &screen),
        Command::Measure(options) => measure::run(&options, &screen),
        Command::Merge(options) => merge::run(&options, &screen),
        Command::Sketch(options) => sketch::run(&options, &screen),
        Command::Screen(options) => screen_registry::run(&options, &screen),
        Command::Bundle(options) => bundle::run(&options, &screen),
        Command::Verify(options) => verify::run(&options, &screen),
        Command::Sign(options) => sign::run(&options, &screen),
        Command::Key(options) => sign::key(&options, &screen),
        Command::Licence(options) => licence::run(&options, &screen),
        Command::Schema(options) => schema::run(&options, &screen),
        Command::Completions(options) => schema::completions(&options, &screen),
        Command::Man => schema::man(&screen),
    };
    screen.concluded(exit)
}
