//! `sketch`: what the tests need of a model, in a small file.

use super::Exit;
use super::args::Sketch;
use super::measure::refuse;
use super::output::{may_write, write};
use super::progress;
use super::screen::Screen;
use crate::measure::{Options, SketchSummary, sketch};
use crate::text::Lang;

pub(super) fn run(arguments: &Sketch, screen: &Screen) -> Exit {
    let options = Options {
        digests: !arguments.no_digest,
        progress: progress::meter(screen, arguments.progress),
        ..Options::default()
    };
    if !may_write([&arguments.output], [arguments.model.as_path()], screen) {
        return Exit::Unusable;
    }
    match sketch(&arguments.model, &options) {
        Ok((bytes, summary)) => {
            if !write(&arguments.output, &bytes, screen) {
                return Exit::Unusable;
            }
            screen.print(&told(&summary, screen.lang));
            Exit::Done
        }
        Err(error) => {
            refuse(&error, &arguments.model, screen);
            Exit::Unusable
        }
    }
}

/// What the sketch holds and what it can show.
fn told(summary: &SketchSummary, lang: Lang) -> String {
    let share = 100.0 * summary.numbers as f64 / summary.of.max(1) as f64;
    let size = summary.bytes as f64 / 1e6;
    let (numbers, of) = (summary.numbers, summary.of);
    match (lang, summary.least_correlation) {
        (Lang::Ko, Some(rho)) => format!(
            "가중치 {of}개 가운데 {numbers}개({share:.4} %)를 {size:.2} MB에 담았다.\n모양이 같은 모델 하나와 견주면, 제자리에서 상관 {rho:.3} 이상으로 \
            재사용한 구성요소를 찾는다.\n"
        ),
        (Lang::Ko, None) => format!(
            "가중치 {of}개 가운데 {numbers}개({share:.4} %)를 {size:.2} MB에 담았다.\n모델이 작아 두 검정이 함께 기준에 이를 수 없다.\n"
        ),
        (Lang::En, Some(rho)) => format!(
            "{numbers} of {of} numbers ({share:.4} %) are kept in {size:.2} MB.\nCompared with one model of the same \
            shapes, reuse of a whole tower in place with a correlation of {rho:.3} or more would be found.\n"
        ),
        (Lang::En, None) => format!(
            "{numbers} of {of} numbers ({share:.4} %) are kept in {size:.2} MB.\nThe model is so small that no two \
            families can reach the level.\n"
        ),
    }
}
