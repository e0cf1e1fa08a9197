//! `card`: the card of a model, begun and checked.

use super::Exit;
use super::args::{Card, CardCommand};
use super::screen::Screen;

pub(super) fn run(options: &Card, screen: &Screen) -> Exit {
    match &options.command {
        CardCommand::New(options) => super::card_new::run(options, screen),
        CardCommand::Check(options) => super::card_check::run(options, screen),
    }
}
