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
    },
    /// The value is neither a name nor an SPDX expression.
    NotAnExpression {
        /// The value.
        written: String,
        /// Why, in the words of the SPDX parser.
        why: String,
    },
    /// The text claims to be a known licence and is not its text.
    TextDiffers {
        /// What it claims, or is said to be.
        from: Vec<&'c Licence>,
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
    /// The note as a sentence.
    pub fn says(&self) -> Says {
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
            Self::NotInCatalogue { name } => says(
                format!("`{name}`은(는) 라이선스 자료에 없어 조항을 알 수 없다."),
                format!("`{name}` is not in the licence data, so its clauses are unknown."),
            ),
            Self::NotAnExpression { written, why } => says(
                format!("`{written}`은(는) 이름도 SPDX 표현식도 아니다({why})."),
                format!("`{written}` is neither a name nor an SPDX expression ({why})."),
            ),
            Self::TextDiffers { from } => {
                let list = titles(from);
                says(
                    format!("동봉된 조문이 알려진 조문과 다르다: {list}. 같은 라이선스로 보지 않는다."),
                    format!("The text at hand differs from the known text of {list} and is not taken for it."),
                )
            }
            Self::TextNotCompared { licence } => says(
                format!("{}의 조문 사본을 갖고 있지 않아 동봉된 조문과 견주지 못했다.", licence.title),
                format!("No copy of {} is known, so the text at hand was not compared.", licence.title),
            ),
            Self::TextUnrecognised => says("동봉된 조문을 알아보지 못했다.", "The text at hand is not recognised."),
            Self::TextIsAnother { stated, text } => says(
                format!("`{stated}`이라고 적혀 있으나 동봉된 조문은 {}이다.", text.title),
                format!("The statement says `{stated}`, and the text at hand is that of {}.", text.title),
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
