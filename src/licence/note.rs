//! What does not fit, or is not known, about a licence statement.

use super::entry::Licence;
use crate::text::{Says, says};

/// Something that a reader of a resolution must know.
#[derive(Debug, Clone)]
pub enum Note<'c> {
    /// Several licences go by this name and no text decides.
    NameOfSeveral {
        /// The name.
        name: String,
        /// The licences.
        licences: Vec<&'c Licence>,
    },
    /// The Hub's id names a family of texts, or says that it is none of the list.
    NamesNoText {
        /// The id.
        name: String,
    },
    /// The licence is not in the catalogue, so no clause is known.
    NotInCatalogue {
        /// The name.
        name: String,
        /// What the SPDX list calls it.
        title: Option<&'static str>,
        /// The id that was probably meant.
        near: Option<&'static str>,
    },
    /// The licence is named in words.
    InWords {
        /// The words.
        name: String,
        /// The licence.
        licence: &'c Licence,
    },
    /// An exception after `WITH`.
    Exception {
        /// The licence.
        licence: String,
        /// The exception.
        exception: String,
        /// Whether it stands on the SPDX list.
        listed: bool,
    },
    /// The value is neither a name nor an SPDX expression.
    NotAnExpression {
        /// The value.
        written: String,
        /// The id that was probably meant.
        near: Option<&'static str>,
    },
    /// The text claims to be a known licence and is not its text.
    TextDiffers {
        /// What it claims, or is said to be.
        from: Vec<&'c Licence>,
        /// Whether it claims so itself, by its title.
        titled: bool,
    },
    /// There is no text but a notice that names these.
    TextIsNotice {
        /// The licences.
        licences: Vec<&'c Licence>,
    },
    /// The text is recognised by its title alone; no copy is known to compare with.
    TextNotCompared {
        /// The licence of the title, or of the statement where the title says nothing.
        licence: &'c Licence,
    },
    /// There is a text, and nothing in it is recognised.
    TextUnrecognised,
    /// The statement names one licence and the text is another's.
    TextIsAnother {
        /// What the statement names.
        stated: String,
        /// What the text is.
        text: &'c Licence,
    },
    /// `license` and `license_name` name different licences.
    NamesDisagree {
        /// The value of `license`.
        license: String,
        /// The value of `license_name`.
        license_name: String,
    },
}

impl Note<'_> {
    /// Whether two statements contradict each other.
    pub fn contradicts(&self) -> bool {
        matches!(self, Self::NamesDisagree { .. } | Self::TextIsAnother { .. })
    }

    /// The note as a sentence. `file` holds the text, if there is one.
    pub fn says(&self, file: Option<&str>) -> Says {
        let (text_ko, text_en) = match file {
            Some(name) => (format!("`{name}`의 조문"), format!("the text in `{name}`")),
            None => (String::from("동봉된 조문"), String::from("the text at hand")),
        };
        match self {
            Self::NameOfSeveral { name, licences } => {
                let list = titles(licences);
                says(
                    format!("`{name}`이라는 이름의 라이선스가 여럿이다: {list}. 조문이 있어야 가려진다."),
                    format!("Several licences go by `{name}`: {list}. Only the text can tell."),
                )
            }
            Self::NamesNoText { name } => says(
                format!("`{name}`은(는) 특정 조문을 가리키지 않는다."),
                format!("`{name}` does not name any particular text."),
            ),
            Self::NotInCatalogue { name, title, near } => {
                let title = title.map_or_else(String::new, |title| format!(" ({title})"));
                let (ko, en) = perhaps(*near);
                says(
                    format!("`{name}`{title}은(는) 라이선스 자료에 없어 조항을 알 수 없다.{ko}"),
                    format!("`{name}`{title} is not in the licence data, so its clauses are unknown.{en}"),
                )
            }
            Self::NotAnExpression { written, near } => {
                let (ko, en) = perhaps(*near);
                says(
                    format!("`{written}`은(는) 알려진 라이선스의 식별자도 이름도 아니다.{ko}"),
                    format!("`{written}` is neither the id nor the name of a licence that is known.{en}"),
                )
            }
            Self::InWords { name, licence } => says(
                format!("`{name}`은(는) {}(으)로 읽는다. 식별자는 `{}`이다.", licence.title, licence.to_write()),
                format!("`{name}` is read as {}; its id is `{}`.", licence.title, licence.to_write()),
            ),
            Self::Exception { licence, exception, listed: true } => says(
                format!(
                    "`{exception}`은(는) `{licence}`이(가) 허락하는 범위를 넓히기만 하는 예외이다. 조항은 `{licence}`의 것으로 본다."
                ),
                format!(
                    "The exception `{exception}` only widens what `{licence}` allows; the clauses are taken from \
                    `{licence}`."
                ),
            ),
            Self::Exception { licence, exception, listed: false } => says(
                format!("`{exception}`은(는) SPDX 목록에 없는 예외라 `{licence}`의 조항을 어떻게 바꾸는지 알 수 없다."),
                format!(
                    "The exception `{exception}` is not on the SPDX list; what it makes of the clauses of `{licence}` \
                    is unknown."
                ),
            ),
            Self::TextDiffers { from, titled: true } => {
                let list = titles(from);
                says(
                    format!("{text_ko}이 알려진 조문과 다르다: {list}. 같은 라이선스로 보지 않는다."),
                    format!("{} differs from the known text of {list} and is not taken for it.", capital(&text_en)),
                )
            }
            Self::TextDiffers { from, titled: false } => {
                let list = titles(from);
                says(
                    format!("{text_ko}은 {list}의 조문이 아니며, 무엇을 말하는지 읽지 못했다."),
                    format!("{} is not that of {list}, and what it says was not read.", capital(&text_en)),
                )
            }
            Self::TextIsNotice { licences } => {
                let list = titles(licences);
                let (ko, en) = match file {
                    Some(name) => (format!("`{name}`에는"), format!("`{name}` holds")),
                    None => (String::from("조문이 있을 자리에는"), String::from("In place of a text there is")),
                };
                says(
                    format!("{ko} 조문이 아니라 {list}을(를) 가리키는 고지문이 있다."),
                    format!("{en} a notice that names {list}, and not the text of a licence."),
                )
            }
            Self::TextNotCompared { licence } => says(
                format!("{}의 조문 사본을 갖고 있지 않아 {text_ko}과 견주지 못했다.", licence.title),
                format!("No copy of {} is known, so {text_en} was not compared.", licence.title),
            ),
            Self::TextUnrecognised => {
                says(format!("{text_ko}을 알아보지 못했다."), format!("{} is not recognised.", capital(&text_en)))
            }
            Self::TextIsAnother { stated, text } => says(
                format!("`{stated}`이라고 적혀 있으나 {text_ko}은 {}이다.", text.title),
                format!("The statement says `{stated}`, and {text_en} is that of {}.", text.title),
            ),
            Self::NamesDisagree { license, license_name } => says(
                format!("`license: {license}`와 `license_name: {license_name}`이 서로 다른 라이선스를 가리킨다."),
                format!("`license: {license}` and `license_name: {license_name}` name different licences."),
            ),
        }
    }
}

fn titles(licences: &[&Licence]) -> String {
    licences.iter().map(|licence| licence.title.as_str()).collect::<Vec<_>>().join(", ")
}

/// A sentence with what was probably meant.
fn perhaps(near: Option<&str>) -> (String, String) {
    near.map_or_else(Default::default, |id| {
        (format!(" `{id}`을(를) 뜻했을 수 있다."), format!(" Perhaps `{id}` is meant."))
    })
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
