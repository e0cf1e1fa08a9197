//! `schema`, `completions` and `man`: what the program says about itself.

use clap::CommandFactory;

use super::args::{Arguments, Completions, Schema};
use super::screen::Screen;
use super::{Exit, korean};

pub(super) fn run(_options: &Schema, _screen: &Screen) -> Exit {
    Exit::Unusable
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
