//! The same work on many models: on every core, with the results in the order of the paths, whatever the number of
//! threads. Work that lasts shows on a terminal how far it is.

use std::io::{IsTerminal, Write};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::screen::Screen;
use crate::text::Lang;

/// Work that is done by then shows no progress.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often progress is written.
const EVERY: Duration = Duration::from_millis(200);

/// Models that a thread takes at once: few enough that the threads end together.
const TAKEN: usize = 16;

/// Does the work for each model.
pub(super) fn each_model<T: Send>(models: &[PathBuf], screen: &Screen, work: impl Fn(&Path) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let done = AtomicUsize::new(0);
    let over = AtomicBool::new(false);
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(models.len().div_ceil(TAKEN).max(1));
    let mut parts: Vec<(usize, Vec<T>)> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut parts = Vec::new();
                    loop {
                        let begin = next.fetch_add(TAKEN, Ordering::Relaxed);
                        if begin >= models.len() {
                            return parts;
                        }
                        let end = (begin + TAKEN).min(models.len());
                        parts.push((begin, models[begin..end].iter().map(|model| work(model)).collect()));
                        done.fetch_add(end - begin, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        let watcher = std::io::stderr()
            .is_terminal()
            .then(|| scope.spawn(|| watch(models.len(), &done, &over, screen.lang)).thread().clone());
        let parts =
            running.into_iter().flat_map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic))).collect();
        over.store(true, Ordering::Relaxed);
        if let Some(watcher) = watcher {
            watcher.unpark();
        }
        parts
    });
    parts.sort_by_key(|(begin, _)| *begin);
    parts.into_iter().flat_map(|(_, results)| results).collect()
}

/// Writes how far the work is until it is over, and takes the line away again.
fn watch(all: usize, done: &AtomicUsize, over: &AtomicBool, lang: Lang) {
    let begun = Instant::now();
    let mut written = 0;
    while !over.load(Ordering::Relaxed) {
        std::thread::park_timeout(if written == 0 { PATIENCE } else { EVERY });
        if begun.elapsed() < PATIENCE || over.load(Ordering::Relaxed) {
            continue;
        }
        let line = progress(done.load(Ordering::Relaxed), all, begun.elapsed(), lang);
        let _ = write!(std::io::stderr().lock(), "\r{line}\x1b[K");
        written += 1;
    }
    if written > 0 {
        let _ = write!(std::io::stderr().lock(), "\r\x1b[K");
    }
}

/// How far, how fast, and how long it will still take.
fn progress(done: usize, all: usize, elapsed: Duration, lang: Lang) -> String {
    let rate = done as f64 / elapsed.as_secs_f64();
    let left = if rate > 0.0 { format!("{:.0}", ((all - done) as f64 / rate).ceil()) } else { "?".to_owned() };
    match lang {
        Lang::Ko => format!("모델 {done}/{all}, 초당 {rate:.0}개, 남은 시간 {left}초"),
        Lang::En => format!("{done} of {all} models, {rate:.0} a second, {left} s left"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::{Look, When};
    use crate::text::shown_path;

    fn screen() -> Screen {
        Screen::new(Lang::En, &Look { lang: None, color: When::Never, plain: true })
    }

    #[test]
    fn results_come_in_the_order_of_the_models() {
        let models: Vec<PathBuf> = (0..1000).map(|at| PathBuf::from(format!("m{at}"))).collect();
        let names = each_model(&models, &screen(), shown_path);
        assert_eq!(names.len(), 1000);
        assert!(names.iter().enumerate().all(|(at, name)| *name == format!("m{at}")));
        assert!(each_model(&[], &screen(), |_| ()).is_empty());
    }

    #[test]
    fn progress_says_how_fast_and_how_long() {
        let half = |lang| progress(2500, 10_000, Duration::from_secs(2), lang);
        assert_eq!(half(Lang::En), "2500 of 10000 models, 1250 a second, 6 s left");
        assert_eq!(half(Lang::Ko), "모델 2500/10000, 초당 1250개, 남은 시간 6초");
        assert!(progress(0, 9, Duration::from_secs(2), Lang::En).ends_with("? s left"));
    }
}
