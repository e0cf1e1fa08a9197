//! A grade evaluated from a submission: the rules that lie in it, the model as it is laid down or at hand, and the
//! evidence in the hands of whoever asks.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::about::{About, Handed, RulesetAbout};
use super::archive::Archive;
use super::fault::BundleFault;
use crate::desk::gathered_for;
use crate::evidence::EvidenceFile;
use crate::explain::{grade_words, story};
use crate::facts::{Date, Dossier};
use crate::gather::{self, Vouch};
use crate::grade::{Grading, Options, grade};
use crate::report::{Assessment, assessment, markdown, to_text};
use crate::rules::{Ruleset, RulesetFiles, embedded, load};
use crate::text::{Diagnostics, Lang, Says};
use crate::vocabulary::Country;

/// A graded model.
pub(super) struct Regraded {
    pub rules: Ruleset,
    pub dossier: Dossier,
    pub grading: Grading,
}

/// Which files are read, and in whose hands.
pub(super) struct Hands<'a> {
    /// The model.
    pub model: &'a Path,
    /// Where evidence lies: its names begin below.
    pub root: &'a Path,
    /// Evidence that nobody vouches for.
    pub reports: Vec<PathBuf>,
    /// Evidence that is vouched for.
    pub vouched: Vec<Vouch>,
    /// What was measured in this run.
    pub measured: &'a [EvidenceFile],
    /// The digests of files that stand there in part, or were digested before.
    pub digests: Option<&'a BTreeMap<String, String>>,
    /// Weights files that are passed over.
    pub pass_over: Vec<String>,
}

/// Evidence below a folder as whoever made the submission handed it in.
pub(super) fn as_handed_in(about: &About, root: &Path) -> (Vec<PathBuf>, Vec<Vouch>) {
    let (mut reports, mut vouched) = (Vec::new(), Vec::new());
    for evidence in &about.evidence {
        let file = root.join(&evidence.file);
        match (evidence.handed, evidence.entries.as_slice()) {
            (Handed::Reported, _) => reports.push(file),
            (_, []) => vouched.push(Vouch { file, entry: None }),
            (_, entries) => vouched.extend(
                entries.iter().map(|entry| Vouch { file: file.clone(), entry: Some(entry.as_str().to_owned()) }),
            ),
        }
    }
    (reports, vouched)
}

/// The files of a ruleset as they lie in an archive; those of the program where they are the same.
pub(super) fn rules_in(archive: &Archive, about: &RulesetAbout) -> Option<RulesetFiles> {
    let shown = format!("rules/{}", about.id);
    let prefix = format!("{shown}/");
    let texts = archive.below(&prefix).map(|(name, bytes)| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        (name.to_owned(), text)
    });
    let files = RulesetFiles::from_texts(&about.id, &shown, texts.collect())?;
    let own = embedded().iter().find(|own| about.embedded && own.id == about.id.as_str());
    let own = own.map(RulesetFiles::embedded).filter(|own| own.digest() == files.digest());
    Some(own.unwrap_or(files))
}

/// How a ruleset was read.
fn options(rules: &Ruleset, about: &About, ruleset: &RulesetAbout) -> Options {
    let mut readings = rules.default_readings();
    for (at, reading) in rules.readings.iter().enumerate() {
        let wanted = ruleset.readings.get(&reading.id);
        if let Some(option) = reading.options.iter().position(|option| Some(&option.id) == wanted) {
            readings[at] = option;
        }
    }
    Options {
        readings: Some(readings),
        home: about.home.as_ref().and_then(|text| Country::parse(text)),
        as_of: about.as_of.as_ref().and_then(|text| Date::parse(text)),
    }
}

/// Grades a model under a ruleset of a submission.
///
/// # Errors
/// The ruleset or the model cannot be used.
pub(super) fn regraded(
    files: &RulesetFiles,
    about: &About,
    ruleset: &RulesetAbout,
    hands: &Hands<'_>,
) -> Result<Regraded, Diagnostics> {
    let (rules, _) = load(files)?;
    let options = options(&rules, about, ruleset);
    let gathered = gathered_for(
        &rules,
        hands.model,
        &gather::Handed {
            evidence: &hands.reports,
            vouched: &hands.vouched,
            measured: hands.measured,
            pass_over: &hands.pass_over,
            id: about.model.given.as_deref(),
            as_of: options.as_of,
            below: Some(hands.root),
            digests: hands.digests,
            ..gather::Handed::default()
        },
    )?;
    let grading = grade(&rules, &gathered.dossier, &options);
    Ok(Regraded { rules, dossier: gathered.dossier, grading })
}

impl Regraded {
    /// The grade on what stands on its own, in words.
    pub(super) fn shown(&self) -> Says {
        let [ko, en] = Lang::ALL.map(|lang| grade_words(&self.grading.grade, &self.rules, lang).assured);
        Says { ko, en }
    }

    /// The assessment and the report in one language, as the archive has them.
    pub(super) fn written(&self, lang: Lang) -> [String; 2] {
        let story = story(&self.rules, &self.dossier, &self.grading, lang);
        let it = Assessment { rules: &self.rules, dossier: &self.dossier, grading: &self.grading, story: &story };
        [to_text(&assessment(&it)), markdown(&it)]
    }
}

/// The names under which a grade stands in an archive: the assessment and the report.
pub(super) fn members(ruleset: &str, lang: Lang) -> [String; 2] {
    ["json", "md"].map(|end| format!("assessment/{ruleset}.{}.{end}", lang.code()))
}

/// The rules as members of an archive.
pub(super) fn rules_members(files: &RulesetFiles, id: &str) -> Vec<(String, Vec<u8>)> {
    files.texts().map(|(name, text)| (format!("rules/{id}/{name}"), text.as_bytes().to_vec())).collect()
}

/// A missing or unreadable ruleset.
pub(super) fn no_rules(id: &str) -> BundleFault {
    BundleFault::Unreadable(
        format!("rules/{id}").into(),
        Box::new(crate::text::says("ruleset.yaml이 없다", "there is no ruleset.yaml")),
    )
}
