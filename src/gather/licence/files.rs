//! Files that look like terms: texts of licences, notices, use policies. One of them is weighed with the licence of the
//! weights; of the others a text that is known and stated anyway says nothing new, and every other one is named as not
//! read. Silence about such a file would read as if it did not exist.

use std::collections::BTreeSet;
use std::path::Path;

use super::super::directory::Directory;
use super::MAX_BYTES;
use crate::facts::Draft;
use crate::licence::{Licence, TextMatch, catalogue};
use crate::text::{Says, says};

/// Files that are named one by one; the rest is counted.
const MOST_NAMED: usize = 20;

/// Endings of files that people write terms in.
const ENDS: [&str; 15] =
    ["md", "markdown", "txt", "rst", "adoc", "html", "htm", "pdf", "rtf", "doc", "docx", "odt", "hwp", "hwpx", "tex"];

/// Endings of those that can be compared with known texts.
const PLAIN: [&str; 5] = ["md", "markdown", "txt", "rst", "adoc"];

/// Endings of what no licence is written in.
const NO_TEXT: [&str; 9] = ["py", "json", "yaml", "yml", "safetensors", "bin", "pt", "png", "sh"];

/// Words of a file's name that say what it is.
const WORDS: [(Kind, &[&str]); 3] = [
    (
        Kind::Licence,
        &["license", "licence", "licenses", "licences", "licensing", "copying", "copyright", "unlicense", "eula"],
    ),
    (Kind::Notice, &["notice", "notices", "attribution", "attributions"]),
    (
        Kind::Terms,
        &["policy", "policies", "terms", "tos", "aup", "agreement", "restriction", "restrictions", "prohibited"],
    ),
];

/// Parts of names in languages that write words together.
const PARTS: [(Kind, &[&str]); 3] = [
    (Kind::Licence, &["라이선스", "라이센스", "许可", "許可", "ライセンス"]),
    (Kind::Notice, &["고지", "表示", "声明"]),
    (Kind::Terms, &["약관", "이용정책", "이용 정책", "이용_정책", "协议", "規約"]),
];

/// What a file's name promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// The text of a licence.
    Licence,
    /// Notices to be passed on.
    Notice,
    /// A use policy, terms of use.
    Terms,
}

/// What a name promises, if it promises terms at all.
pub(super) fn kind_of(name: &str) -> Option<Kind> {
    let own = name.rsplit('/').next().unwrap_or(name);
    // A folder of that name holds one text for each licence, and each is called by its id.
    let mut folders = name.split('/').rev().skip(1);
    if folders.next().is_some_and(|folder| matches!(folder.to_lowercase().as_str(), "licenses" | "licences"))
        && own.rsplit_once('.').is_none_or(|(_, end)| !NO_TEXT.contains(&end.to_lowercase().as_str()))
    {
        return Some(Kind::Licence);
    }
    let (stem, end) = own.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).unwrap_or((own, ""));
    let words = words_of(stem);
    // `COPYING.LESSER`, `LICENSE-CC-BY-4.0` and `LICENSE.apache` have no ending, only a dot.
    let is_text = end.is_empty()
        || ENDS.contains(&end.to_lowercase().as_str())
        || !end.chars().any(|c| c.is_ascii_lowercase())
        || (stem == stem.to_uppercase() && words.iter().any(|word| WORDS[0].1.contains(&word.as_str())));
    if !is_text {
        return None;
    }
    let by_word = WORDS.iter().find(|(_, all)| words.iter().any(|word| all.contains(&word.as_str())));
    let by_part = PARTS.iter().find(|(_, all)| all.iter().any(|part| own.contains(part)));
    by_word.or(by_part).map(|(kind, _)| *kind)
}

/// The words of a name, in lower case: `ThirdPartyNotices` and `THIRD_PARTY_NOTICES` have three.
fn words_of(stem: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(stem.len() + 4);
    let mut before = ' ';
    for c in stem.chars() {
        if before.is_lowercase() && c.is_uppercase() {
            spaced.push(' ');
        }
        spaced.push(c);
        before = c;
    }
    spaced.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// The text that goes with the weights: one that says so, else the plain one. Texts for code or data, or for one side
/// of a choice, are none of it.
pub(super) fn text_for_weights(directory: &Directory) -> Option<String> {
    /// Names that say no more than that a licence is here, the usual one first.
    const USUAL: [&str; 4] = ["license", "licence", "copying", "unlicense"];
    let rank = |name: &str| {
        let here = !name.contains('/') && is_plain(name) && kind_of(name) == Some(Kind::Licence);
        let words = words_of(name.rsplit_once('.').map_or(name, |(stem, _)| stem));
        let of_model = words.iter().any(|word| matches!(word.as_str(), "model" | "models" | "weights"));
        let usual = USUAL.iter().position(|usual| words.len() == 1 && words[0] == *usual).map(|at| at + 1);
        let rank = if of_model { Some(0) } else { usual };
        rank.filter(|_| here).map(|rank| (rank, name.to_owned()))
    };
    directory.folder.names().filter_map(rank).min().map(|(_, name)| name)
}

fn is_plain(name: &str) -> bool {
    let end = Path::new(name).extension().map(|end| end.to_string_lossy().to_lowercase());
    end.is_none_or(|end| PLAIN.contains(&end.as_str()) || !ENDS.contains(&end.as_str()))
}

/// Adds what is to be said of every file that looks like terms and was not weighed. `stated` are the licences that the
/// card names for any part, `own` what the model and its maker are called.
pub(super) fn limits(
    weighed: &BTreeSet<String>,
    stated: &BTreeSet<String>,
    own: &[String],
    directory: &mut Directory,
    draft: &mut Draft,
) {
    let names: Vec<(String, Kind)> = directory
        .folder
        .names()
        .filter(|name| !weighed.contains(*name))
        .filter_map(|name| Some((name.to_owned(), kind_of(name)?)))
        .collect();
    let (mut unread, mut unknown) = (Vec::new(), Vec::new());
    for (at, (name, kind)) in names.iter().enumerate() {
        let compared = *kind == Kind::Licence && at < MOST_NAMED && is_plain(name);
        match if compared { opened(name, own, directory) } else { Held::Unread } {
            Held::Known(licence, _) if stated.contains(&licence.id) => {}
            Held::Known(licence, is_text) => draft.limits.push(not_stated(name, licence, is_text)),
            Held::Unknown => unknown.push(name.clone()),
            Held::Unread => unread.push(name.clone()),
        }
    }
    if !unknown.is_empty() {
        draft.limits.push(not_known(&unknown));
    }
    if !unread.is_empty() {
        draft.limits.push(not_read(&unread));
    }
}

/// What a file of terms was seen to hold.
enum Held {
    /// The text of a licence, or a notice that names it alone; and whether it is the text.
    Known(&'static Licence, bool),
    /// A text that is none of the known ones.
    Unknown,
    /// It was not opened.
    Unread,
}

fn opened(name: &str, own: &[String], directory: &mut Directory) -> Held {
    let Some(Ok(file)) = directory.read_up_to(name, MAX_BYTES) else { return Held::Unread };
    match catalogue().recognise_of(file.text(), own) {
        TextMatch::Known(licence) => Held::Known(licence, true),
        TextMatch::Notice(named) if named.len() == 1 => Held::Known(named[0], false),
        _ => Held::Unknown,
    }
}

fn not_known(names: &[String]) -> Says {
    let list = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    says(
        format!("조건으로 보이는 파일의 글이 알려진 어느 조문과도 같지 않아 헤아리지 않았다: {list}"),
        format!("files that look like terms hold a text that is none of those known, and were not weighed: {list}"),
    )
}

fn not_stated(name: &str, licence: &Licence, is_text: bool) -> Says {
    let title = &licence.title;
    let (ko, en) = if is_text {
        ("의 조문이 있다", "the text of")
    } else {
        ("을(를) 가리키는 고지문이 있다", "a notice of")
    };
    says(
        format!("`{name}`에는 {title}{ko}. 카드가 어느 부분의 라이선스로도 적지 않아 헤아리지 않았다"),
        format!("`{name}` holds {en} {title}, which the card states for no part, and was not weighed"),
    )
}

fn not_read(names: &[String]) -> Says {
    let list = names.iter().take(MOST_NAMED).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let more = names.len().saturating_sub(MOST_NAMED);
    let (ko, en) = match more {
        0 => (String::new(), String::new()),
        more => (format!(" 외 {more}개"), format!(" and {more} more")),
    };
    says(
        format!("조건이나 고지로 보이는 파일을 읽지 않았다: {list}{ko}"),
        format!("files that look like terms or notices were not read: {list}{en}"),
    )
}

/// The form of the Hub by which access is asked for may state terms of its own.
pub(super) fn access(keys: &[String], draft: &mut Draft) {
    if keys.is_empty() {
        return;
    }
    let list = keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
    draft.limits.push(says(
        format!("접근 신청 양식({list})이 동의를 요구하는 조건을 읽지 않았다. 라이선스와 함께 적용될 수 있다"),
        format!(
            "the form that asks for access ({list}) was not read; what one must agree to there may apply beside \
        the licence"
        ),
    ));
}

/// The card points at a text that is not there.
pub(super) fn missing(name: &str, draft: &mut Draft) {
    draft.limits.push(says(
        format!("카드가 조문으로 가리키는 `{name}`이(가) 디렉터리에 없다"),
        format!("the card points at `{name}` for the text of a licence, and it is not in the directory"),
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_promise_terms_are_known_by_their_words() {
        for (kind, names) in [
            (
                Kind::Licence,
                [
                    "LICENSE",
                    "License.md",
                    "licence.txt",
                    "LICENSE-MODEL",
                    "MODEL_LICENSE",
                    "LICENSE-CC-BY-4.0",
                    "COPYING.LESSER",
                    "LICENSE.apache",
                    "unet/LICENSE",
                    "EULA.pdf",
                    "Yi License Agreement.txt",
                    "LICENSES/CC-BY-4.0.txt",
                    "legal/licences/MIT",
                    "라이선스.md",
                ]
                .as_slice(),
            ),
            (Kind::Notice, &["NOTICE", "Notice.txt", "ThirdPartyNotices.txt", "THIRD_PARTY_NOTICES", "ATTRIBUTION.md"]),
            (
                Kind::Terms,
                &[
                    "USE_POLICY.md",
                    "ACCEPTABLE_USE_POLICY",
                    "USAGE_POLICY",
                    "Terms of Use.html",
                    "AUP.pdf",
                    "이용약관.hwp",
                ],
            ),
        ] {
            for name in names {
                assert_eq!(kind_of(name), Some(kind), "{name}");
            }
        }
        for name in [
            "README.md",
            "license.py",
            "licence_plate.safetensors",
            "policy.pt",
            "notice.json",
            "notes.txt",
            ".license.d/x",
            "licenses/check.py",
        ] {
            assert_eq!(kind_of(name), None, "{name}");
        }
    }
}
