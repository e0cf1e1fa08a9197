//! Which licence a text is: by the digest of its normal form, else what it names, else what its title claims.

use super::catalogue::Catalogue;
use super::entry::Licence;
use super::normalise::{digest, line, lines};

/// How many lines at the top of a text may hold its title and its date.
const TITLE_LINES: usize = 8;

/// What a licence text turned out to be.
#[derive(Debug, Clone)]
pub enum TextMatch<'c> {
    /// The digest is that of a known copy.
    Known(&'c Licence),
    /// The title is this licence's, of which no copy is known to compare with.
    TitleOnly(&'c Licence),
    /// It is no text of a licence and names these, without saying anything else.
    Notice(Vec<&'c Licence>),
    /// It claims to be one of these, whose copies are known, and is none of them.
    Differs(Vec<&'c Licence>),
    /// Neither digest nor title is known.
    Unrecognised,
}

impl Catalogue {
    /// Recognises a licence text.
    pub fn recognise(&self, text: &str) -> TextMatch<'_> {
        self.recognise_of(text, &[])
    }

    /// The same of the text beside a model; `names` are what the model and its maker are called, which a notice may
    /// say.
    pub fn recognise_of(&self, text: &str, names: &[String]) -> TextMatch<'_> {
        if let Some(licence) = self.by_digest(&digest(text)) {
            return TextMatch::Known(licence);
        }
        let named = self.named_by_notice(text, names);
        if !named.is_empty() {
            return TextMatch::Notice(named);
        }
        let top: Vec<String> = lines(text).take(TITLE_LINES).collect();
        let shows = |wanted: &[String]| wanted.iter().any(|wanted| top.contains(&line(wanted)));
        let titled = self.titled(&top);
        let dated: Vec<&Licence> = titled.iter().copied().filter(|licence| shows(&licence.text.date_lines)).collect();
        let undated = titled.iter().copied().filter(|licence| licence.text.date_lines.is_empty());
        let claimed: Vec<&Licence> = if dated.is_empty() { undated.collect() } else { dated };
        match (claimed.as_slice(), titled.is_empty()) {
            (_, true) => TextMatch::Unrecognised,
            // A version that no file describes: the title fits and every date is another.
            ([], false) => TextMatch::Differs(titled),
            ([only], false) if only.text.digests.is_empty() => TextMatch::TitleOnly(only),
            (_, false) => TextMatch::Differs(claimed),
        }
    }
}
