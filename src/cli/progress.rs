//! How far a long run is, on stderr: how much was read, how fast, and how long it will take still.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::screen::Screen;
use crate::measure::{Progress, Step};
use crate::text::Lang;

/// How often a terminal is written to, and how often a file.
const EVERY: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));

/// What was told so far.
struct Meter {
    lang: Lang,
    terminal: bool,
    begun: Instant,
    shown: Option<Instant>,
    bytes: (u64, u64),
    references: (usize, usize),
}

/// Progress that is shown where stderr is a terminal, or where it was `asked` for; else none.
pub(super) fn meter(screen: &Screen, asked: bool) -> Progress {
    let terminal = std::io::stderr().is_terminal();
    if !terminal && !asked {
        return Progress::default();
    }
    let meter = Mutex::new(Meter {
        lang: screen.lang,
        terminal,
        begun: Instant::now(),
        shown: None,
        bytes: (0, 0),
        references: (0, 0),
    });
    Progress::to(move |step| {
        let mut meter = meter.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        meter.take(step);
    })
}

impl Meter {
    fn take(&mut self, step: Step) {
        match step {
            Step::Begun { references, bytes } => {
                self.begun = Instant::now();
                self.references.1 = references;
                self.bytes.1 = bytes;
            }
            Step::Read(more) => self.bytes.0 += more,
            Step::Whole => {}
            Step::Compared => self.references.0 += 1,
        }
        let read = self.references.1 == 0 && self.bytes.1 > 0 && self.bytes.0 >= self.bytes.1;
        let last = read || step == Step::Compared && self.references.0 == self.references.1;
        let every = if self.terminal { EVERY.0 } else { EVERY.1 };
        if last || self.shown.is_none_or(|shown| shown.elapsed() >= every) {
            self.shown = Some(Instant::now());
            let line = line(self.lang, self.references, self.bytes, self.begun.elapsed());
            let mut out = std::io::stderr().lock();
            let _ = match (self.terminal, last) {
                (false, _) => writeln!(out, "{line}"),
                (true, false) => write!(out, "\r\x1b[K{line}"),
                (true, true) => write!(out, "\r\x1b[K"),
            };
            let _ = out.flush();
        }
    }
}

/// The line for so many references and bytes of so many, after so long.
fn line(lang: Lang, references: (usize, usize), bytes: (u64, u64), after: Duration) -> String {
    let seconds = after.as_secs_f64();
    let rate = if seconds > 0.0 { bytes.0 as f64 / seconds } else { 0.0 };
    let (done, all) = (amount(bytes.0 as f64), amount(bytes.1.max(bytes.0) as f64));
    let left = (rate > 0.0 && seconds > 0.5).then(|| bytes.1.saturating_sub(bytes.0) as f64 / rate);
    if references.1 == 0 {
        return match lang {
            Lang::Ko => format!("{done}/{all} 읽음, 초당 {}", amount(rate)),
            Lang::En => format!("{done} of {all} read, {}/s", amount(rate)),
        };
    }
    match lang {
        Lang::Ko => {
            let left = left.map_or_else(|| "남은 시간 모름".to_owned(), |left| format!("{left:.0}초 남음"));
            format!("대조 모델 {}/{}, {done}/{all} 읽음, 초당 {}, {left}", references.0, references.1, amount(rate))
        }
        Lang::En => {
            let left = left.map_or_else(|| "time left not known".to_owned(), |left| format!("{left:.0} s left"));
            format!("references {}/{}, {done} of {all} read, {}/s, {left}", references.0, references.1, amount(rate))
        }
    }
}

fn amount(bytes: f64) -> String {
    let steps = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")];
    steps
        .iter()
        .find(|(size, _)| bytes >= *size)
        .map_or_else(|| format!("{bytes:.0} B"), |(size, unit)| format!("{:.1} {unit}", bytes / size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_rate_and_time_left() {
        let said = |lang| line(lang, (1, 4), (2_000_000_000, 10_000_000_000), Duration::from_secs(4));
        assert_eq!(said(Lang::En), "references 1/4, 2.0 GB of 10.0 GB read, 500.0 MB/s, 16 s left");
        assert_eq!(said(Lang::Ko), "대조 모델 1/4, 2.0 GB/10.0 GB 읽음, 초당 500.0 MB, 16초 남음");
        let early = line(Lang::En, (0, 4), (0, 0), Duration::ZERO);
        assert_eq!(early, "references 0/4, 0 B of 0 B read, 0 B/s, time left not known");
    }
}
