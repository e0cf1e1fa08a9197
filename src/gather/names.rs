//! Cards that lie in a model's directory under a name by which they are not read.

use super::directory::Directory;
use crate::text::{Code, Diagnostic, Diagnostics, FileName, SourceFile, Span, closest, says};

/// The names under which cards are read.
const READ: [&str; 3] = ["README.md", "sovereignty.yaml", "sovereignty.yml"];

/// What is to be said of files that are meant to be cards and are not read: one that an editor or a file manager gave
/// another name, and one whose name is almost right.
pub(super) fn odd(directory: &Directory, problems: &mut Diagnostics) {
    for name in directory.folder.names().filter(|name| !name.contains('/') && !READ.contains(name)) {
        let meant = match FileName::of(name) {
            FileName::Copy(stem) => card(&stem, false).map(|card| (card, true)),
            FileName::Meant(stem) | FileName::Perhaps(stem) => card(&stem, true).map(|card| (card, false)),
            FileName::Read => {
                let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
                card(stem, true).map(|card| (card, false))
            }
            FileName::Foreign => READ[0].eq_ignore_ascii_case(name).then_some((READ[0], false)),
        };
        let Some((card, copy)) = meant else { continue };
        let message = says(
            format!("`{name}`: 이 이름의 파일은 카드로 읽지 않는다"),
            format!("`{name}` is not read as a card under this name"),
        );
        let help = if copy || directory.has(card) {
            says("필요 없으면 지운다", "remove it if it is not needed")
        } else {
            says(format!("이름을 `{card}`(으)로 바꾼다"), format!("rename it to `{card}`"))
        };
        problems.push(
            Diagnostic::warning(Code::OddFileName, &SourceFile::nameless(name), Span::default(), message).help(help),
        );
    }
}

/// The card that a stem means; a near name too, if asked for.
fn card(stem: &str, near: bool) -> Option<&'static str> {
    let lower = stem.to_lowercase();
    match lower.as_str() {
        "sovereignty" => Some("sovereignty.yaml"),
        "readme" | "readme.md" => Some("README.md"),
        _ => closest(&lower, ["sovereignty"]).filter(|_| near).map(|_| "sovereignty.yaml"),
    }
}
