//! Verifying a submission: everything in it is checked against everything else, graded anew, and compared with the
//! model where that is at hand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::SystemTime;

use super::about::{About, FileAbout, Held};
use super::again::grades;
use super::archive::Archive;
use super::at_hand::{Compare, digest_of_weights, measured_agrees};
use super::digests::BLOCK_BYTES;
use super::fault::BundleFault;
use super::make::{BLOCKS, README, blocks_of};
use super::manifest::{MANIFEST, manifest};
use super::regrade::members;
use super::signatures::{CONTENTS_SIGNATURE, MODEL_SIGNATURE, Signed, of_contents, of_evidence, of_model};
use super::sums::{self, SUMS};
use crate::evidence::{EvidenceFile, sha256};
use crate::measure::Progress;
use crate::report::to_text;
use crate::signing::PublicKey;
use crate::text::{Code, Diagnostic, Diagnostics, Lang, Says, SourceFile, Span, Untrusted, says};

/// Most findings of one kind that are listed.
const MAX_OF_A_KIND: usize = 200;

/// What does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A member is not as `SHA256SUMS` says.
    Changed,
    /// A member that is named is not there.
    Missing,
    /// A member that nobody names.
    Added,
    /// The description of the submission does not fit what lies in it.
    Description,
    /// The manifest or the digests of blocks do not follow from the files.
    Manifest,
    /// A ruleset is not the one that it says it is.
    Ruleset,
    /// A signature is broken, or by none of the keys that were handed in.
    Signature,
    /// The grade does not come out again.
    Grade,
    /// The grade comes out again, and the assessment that lies there says something else.
    Assessment,
    /// A file of the model at hand is another one, or not there.
    Model,
    /// What was measured now differs from what the submission says.
    Measurement,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Changed,
        Self::Missing,
        Self::Added,
        Self::Description,
        Self::Manifest,
        Self::Ruleset,
        Self::Signature,
        Self::Grade,
        Self::Assessment,
        Self::Model,
        Self::Measurement,
    ];

    /// Its word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::Added => "added",
            Self::Description => "description",
            Self::Manifest => "manifest",
            Self::Ruleset => "ruleset",
            Self::Signature => "signature",
            Self::Grade => "grade",
            Self::Assessment => "assessment",
            Self::Model => "model",
            Self::Measurement => "measurement",
        }
    }
}

/// One thing that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing.
    pub kind: Kind,
    /// The member, file, ruleset or reference.
    pub of: Untrusted,
    /// What is wrong with it.
    pub says: Says,
}

/// What is asked of a submission.
pub struct Asked<'a> {
    /// It.
    pub archive: &'a Archive,
    /// The model, where it is at hand.
    pub model: Option<&'a Path>,
    /// Which part of its weights is read: so many blocks, by this seed; all of it where `None`.
    pub sample: Option<(u64, &'a str)>,
    /// When the model was last verified whole against these very digests: weights files that were not touched since
    /// are read in the sample only.
    pub earlier: Option<SystemTime>,
    /// What was measured now.
    pub measured: &'a [EvidenceFile],
    /// The keys that are trusted.
    pub keys: &'a [PublicKey],
    /// Evidence that the one who verifies vouches for: its name in the archive, and the entry.
    pub vouched: &'a [(String, Option<String>)],
    /// Hears how much of the weights was read.
    pub progress: &'a Progress,
}

/// What of the model's weights was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Sampled {
    /// Blocks that were read.
    pub read: u64,
    /// Blocks in all.
    pub of: u64,
    /// The chance that a change of one block in a hundred would have been seen.
    pub sees_one_in_hundred: f64,
}

/// The grade under a ruleset, as handed in and on what the one who verifies vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GradePair {
    /// Id, version and digest of the ruleset.
    pub ruleset: [String; 3],
    /// What is shown on what whoever made the submission vouches for.
    pub handed_in: Says,
    /// What is shown on what the one who verifies vouches for, read and measured; the result.
    pub verified: Option<Says>,
    /// What it rests on, in both languages.
    pub rests: Vec<Says>,
    /// Evidence that its own figures deny, as the grading sets it aside.
    pub set_aside: Vec<Says>,
}

/// What came of verifying.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// What the model is called.
    pub model: Untrusted,
    /// Digest of the archive.
    pub sha256: String,
    /// Digest over the model's files, as a signature states it.
    pub manifest: String,
    /// Digest over the weights files alone.
    pub weights: String,
    /// The program that made it.
    pub program: Untrusted,
    /// Everything that does not hold.
    pub findings: Vec<Finding>,
    /// The signatures over the model's files and over all members.
    pub signatures: [Signed; 2],
    /// Evidence whose own signature a trusted key made: its name, and the key's digest.
    pub evidence_signed: Vec<(Untrusted, String)>,
    /// The grades.
    pub grades: Vec<GradePair>,
    /// What of the model was compared; `None` if it was not at hand.
    pub compared: Option<Sampled>,
    /// References that were measured now and agree with the submission to the last digit.
    pub agreed: Vec<Untrusted>,
    /// References of a name that the submission has too, with other weights: nothing was compared.
    pub others: Vec<Untrusted>,
}

impl Verified {
    /// Whether everything holds.
    pub fn passed(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Verifies a submission.
///
/// # Errors
/// It does not describe itself, or the model at hand cannot be opened. All else is a finding.
pub fn verify(asked: &Asked<'_>) -> Result<Verified, Diagnostics> {
    let about = About::of(asked.archive).map_err(|fault| no_bundle(&fault))?;
    let mut all = Findings::default();
    members_hold(asked.archive, &about, &mut all);
    files_hold(asked.archive, &about, &mut all);
    let root = manifest_holds(asked.archive, &about, &mut all);
    let signatures = [of_model(asked.archive, asked.keys), of_contents(asked.archive, &about, asked.keys)];
    for (state, name) in signatures.iter().zip([MODEL_SIGNATURE, CONTENTS_SIGNATURE]) {
        signature_holds(state, name, &mut all);
    }
    let evidence_signed = evidence_signed(asked, &about);
    if !asked.keys.is_empty() && evidence_signed.is_empty() && signatures[1] == Signed::Not {
        all.add(
            Kind::Signature,
            CONTENTS_SIGNATURE,
            "열쇠를 받았으나 제출물도 증거도 서명되어 있지 않다",
            "a key was handed in, and neither the submission nor its evidence is signed",
        );
    }
    let mut compare = Compare { asked, about: &about, all: &mut all, known: BTreeMap::new() };
    let compared = asked.model.map(|model| compare.model(model)).transpose()?;
    let known = compare.known;
    let (agreed, others) = measured_agrees(asked, &about, &mut all);
    let grades = grades(asked, &about, &signatures, &evidence_signed, &known, &mut all);
    Ok(Verified {
        model: about.model.id.clone(),
        sha256: sha256(asked.archive.bytes()),
        manifest: root,
        weights: digest_of_weights(&about),
        program: about.program.clone(),
        findings: all.list,
        signatures,
        evidence_signed,
        grades,
        compared,
        agreed,
        others,
    })
}

/// The findings so far.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) list: Vec<Finding>,
    counts: BTreeMap<Kind, usize>,
}

impl Findings {
    pub(super) fn add(&mut self, kind: Kind, of: &str, ko: impl std::fmt::Display, en: impl std::fmt::Display) {
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        if *count <= MAX_OF_A_KIND {
            self.list.push(Finding { kind, of: of.into(), says: says(ko, en) });
        }
    }
}

fn no_bundle(fault: &BundleFault) -> Diagnostics {
    let message = fault.says();
    let message = says(format!("제출물이 아니다: {}", message.ko), format!("this is no submission: {}", message.en));
    let nowhere = SourceFile::nameless("bundle.json");
    Diagnostic::error(Code::BadBundle, &nowhere, Span::default(), message).into()
}

/// Every member is one that is named, and as it is named.
fn members_hold(archive: &Archive, about: &About, all: &mut Findings) {
    let Some(sums) = archive.get(SUMS).and_then(sums::read) else {
        return all.add(
            Kind::Missing,
            SUMS,
            "해시 목록이 없거나 읽을 수 없다",
            "the list of digests is not there or cannot be read",
        );
    };
    let mut here = BTreeSet::new();
    for (name, bytes) in archive.members().filter(|(name, _)| *name != SUMS) {
        here.insert(name);
        match sums.get(name) {
            Some(stated) if *stated == sha256(bytes) => {}
            Some(_) => all.add(Kind::Changed, name, "해시가 목록과 다르다", "it has another digest than is listed"),
            None => all.add(Kind::Added, name, "해시 목록에 없는 파일이다", "the list of digests does not name it"),
        }
    }
    for name in sums.keys().filter(|name| !here.contains(*name)) {
        all.add(
            Kind::Missing,
            name,
            "해시 목록에 있으나 들어 있지 않다",
            "the list of digests names it, and it is not there",
        );
    }
    let own = archive.get("README.txt").is_some_and(|text| text == README.as_bytes());
    if is_ours(about) && !own {
        all.add(Kind::Changed, "README.txt", "이 판이 쓰는 글이 아니다", "it is not the text that this version writes");
    }
    let expected = expected(about);
    for name in here.iter().filter(|name| !expected.contains(**name) && !name.starts_with("rules/")) {
        all.add(
            Kind::Added,
            name,
            "설명(bundle.json)에 없는 파일이다",
            "the description (bundle.json) does not name it",
        );
    }
    for name in expected.iter().filter(|name| !here.contains(name.as_str()) && !name.starts_with("signatures/")) {
        all.add(Kind::Missing, name, "설명에 있으나 들어 있지 않다", "the description names it, and it is not there");
    }
    let rules = |name: &str| about.rulesets.iter().any(|it| name.starts_with(&format!("rules/{}/", it.id)));
    for name in here.iter().filter(|name| name.starts_with("rules/") && !rules(name)) {
        all.add(
            Kind::Added,
            name,
            "설명에 없는 규칙 모음의 파일이다",
            "it belongs to no ruleset that the description names",
        );
    }
}

/// Whether this very version of the program made it, so that every text in it comes out again.
pub(super) fn is_ours(about: &About) -> bool {
    about.program.as_str() == concat!("sovgrade ", env!("CARGO_PKG_VERSION"))
}

/// The members that a description asks for, but for those of rulesets.
fn expected(about: &About) -> BTreeSet<String> {
    let fixed = [super::about::ABOUT, MANIFEST, BLOCKS, "README.txt", MODEL_SIGNATURE, CONTENTS_SIGNATURE];
    let mut names: BTreeSet<String> = fixed.into_iter().map(str::to_owned).collect();
    names.extend(about.files.iter().filter_map(FileAbout::member));
    for evidence in &about.evidence {
        names.insert(evidence.file.clone());
        names.extend(evidence.signature.clone());
    }
    for ruleset in &about.rulesets {
        for lang in Lang::ALL {
            names.extend(members(&ruleset.id, lang));
        }
    }
    names
}

/// The files are as the description says.
fn files_hold(archive: &Archive, about: &About, all: &mut Findings) {
    let mut names = BTreeSet::new();
    for file in &about.files {
        if !names.insert(&file.name) {
            all.add(Kind::Description, &file.name, "설명에 두 번 나온다", "the description names it twice");
        }
        let Some(bytes) = file.member().and_then(|member| archive.get(&member)) else { continue };
        match file.held {
            Held::Whole if bytes.len() as u64 != file.bytes || sha256(bytes) != file.sha256 => {
                all.add(
                    Kind::Changed,
                    &file.name,
                    "설명에 적힌 크기나 해시와 다르다",
                    "it has another size or digest than the description states",
                );
            }
            Held::Excerpt => {
                let spans = file.spans();
                let length: Option<u64> = spans.map(|spans| spans.iter().map(|(begin, end)| end - begin).sum());
                if length != Some(bytes.len() as u64) {
                    all.add(
                        Kind::Description,
                        &file.name,
                        "발췌한 범위가 들어 있는 바이트와 맞지 않는다",
                        "its ranges do not fit the bytes that lie there",
                    );
                }
            }
            _ => {}
        }
    }
}

/// The manifest and the blocks follow from the files. Gives the digest over all files.
fn manifest_holds(archive: &Archive, about: &About, all: &mut Findings) -> String {
    let statement = manifest(&about.model.id, &about.files);
    if archive.get(MANIFEST).is_some_and(|there| there != to_text(&statement.to_json()).as_bytes()) {
        all.add(
            Kind::Manifest,
            MANIFEST,
            "설명에 적힌 파일들의 목록이 아니다",
            "it is not the list of the files that the description names",
        );
    }
    let heavy: BTreeMap<&str, u64> = about
        .files
        .iter()
        .filter(|file| file.held != Held::Whole)
        .map(|file| (file.name.as_str(), file.bytes.div_ceil(BLOCK_BYTES)))
        .collect();
    if archive.get(BLOCKS).is_some() {
        let blocks = blocks_of(archive);
        let stated: Option<BTreeMap<&str, u64>> =
            blocks.as_ref().map(|all| all.iter().map(|(name, list)| (name.as_str(), list.len() as u64)).collect());
        if stated.as_ref() != Some(&heavy) {
            all.add(
                Kind::Manifest,
                BLOCKS,
                "가중치 파일들의 구간이 아니다",
                "these are not the blocks of the weights files",
            );
        }
    }
    statement.subjects.first().map(|subject| subject.sha256.clone()).unwrap_or_default()
}

fn signature_holds(state: &Signed, name: &str, all: &mut Findings) {
    match state {
        Signed::Broken(why) => all.add(Kind::Signature, name, why.ko.clone(), why.en.clone()),
        Signed::ByNoneOfThese => all.add(
            Kind::Signature,
            name,
            "건네받은 열쇠 가운데 이 서명을 한 것이 없다",
            "none of the keys that were handed in made this signature",
        ),
        Signed::Not | Signed::Unchecked | Signed::By(_) => {}
    }
}

/// Evidence that carries a signature of its own by a trusted key.
fn evidence_signed(asked: &Asked<'_>, about: &About) -> Vec<(Untrusted, String)> {
    let signed = about.evidence.iter().filter_map(|it| {
        let bytes = asked.archive.get(&it.file)?;
        let signature = asked.archive.get(it.signature.as_ref()?)?;
        let key = of_evidence(bytes, signature, asked.keys)?;
        Some((it.file.as_str().into(), key.fingerprint()))
    });
    signed.collect()
}
