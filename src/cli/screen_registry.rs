//! `screen`: one model or sketch against every sketch of a folder.

use super::Exit;
use super::args::ScreenRegistry;
use super::measure::refuse;
use super::output::{may_write, write};
use super::progress;
use super::screen::Screen;
use crate::measure::{Options, screen};
use crate::report::{screening_page, to_text};

pub(super) fn run(arguments: &ScreenRegistry, out: &Screen) -> Exit {
    let options = Options {
        digests: !arguments.no_digest,
        progress: progress::meter(out, arguments.progress),
        ..Options::default()
    };
    let read = [arguments.model.as_path(), arguments.registry.as_path()];
    if !may_write(&arguments.output, read, out) {
        return Exit::Unusable;
    }
    let screening = match screen(&arguments.model, &arguments.registry, &options) {
        Ok(screening) => screening,
        Err(error) => {
            refuse(&error, &arguments.model, out);
            return Exit::Unusable;
        }
    };
    if arguments.json {
        out.print(&to_text(&screening));
    } else {
        let mut canvas = out.canvas();
        screening_page(&screening, out.lang, &mut canvas);
        out.print(&canvas.finish());
    }
    for sketch in &screening.unusable {
        out.note(&format!("{}: {}", sketch.file, sketch.why.get(out.lang)));
    }
    if let Some(file) = &arguments.output
        && !write(file, to_text(&screening.evidence()).as_bytes(), out)
    {
        return Exit::Unusable;
    }
    if screening.unusable.is_empty() { Exit::Done } else { Exit::Unusable }
}
