//! Making a submission.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::about::{ABOUT, About, EvidenceAbout, FileAbout, Handed, Held, ModelAbout, RulesetAbout, SCHEMA, ranges};
use super::archive::{Archive, MAX_BUNDLE_BYTES};
use super::digests::{BLOCK_BYTES, FileDigests, digests};
use super::excerpt;
use super::fault::BundleFault;
use super::lay::Laid;
use super::manifest::{MANIFEST, manifest};
use super::regrade::{Hands, Regraded, as_handed_in, members, no_rules, regraded, rules_in, rules_members};
use super::signatures::{over_all, over_model};
use super::sums::{SUMS, sums};
use crate::evidence::{EvidenceFile, sha256};
use crate::files::{Entry, Folder, Identity, Place, is_trainer_state, is_weights, locate, pointer};
use crate::gather::Vouch;
use crate::measure::{Progress, Step};
use crate::report::to_text;
use crate::rules::{Ruleset, RulesetFiles};
use crate::signing::PrivateKey;
use crate::text::{Code, Diagnostic, Diagnostics, Lang, Says, SourceFile, Span, clean, says, shown_path, why_not};

/// Largest file beside the weights that is put in whole, in bytes. The largest tokenizers have some 35 million.
const MAX_WHOLE_BYTES: u64 = 64 << 20;

/// The digests of blocks, by name in the archive.
pub(super) const BLOCKS: &str = "blocks.json";

/// Largest list of blocks that is read, in bytes. That of 500 GB has some 2.5 million.
const MAX_BLOCKS_BYTES: usize = 32 << 20;

/// The form of `blocks.json`.
const BLOCKS_SCHEMA: &str = "sovgrade/blocks/1";

/// `blocks.json`.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Blocks {
    schema: String,
    block_bytes: u64,
    files: BTreeMap<String, Vec<String>>,
}

/// What stands first for whoever opens the archive by hand.
pub(super) const README: &str = include_str!("README.txt");

/// What a submission is made of.
pub struct Wanted<'a> {
    /// The model.
    pub model: &'a Path,
    /// What it is called, where that is said beside it.
    pub id: Option<&'a str>,
    /// The rulesets with their options, each with its files.
    pub rulesets: Vec<(RulesetFiles, &'a Ruleset, crate::grade::Options)>,
    /// Evidence that nobody vouches for.
    pub evidence: &'a [PathBuf],
    /// Evidence that whoever makes it vouches for.
    pub vouched: &'a [Vouch],
    /// What was measured in this run.
    pub measured: Option<&'a EvidenceFile>,
    /// Weights files that are passed over.
    pub pass_over: &'a [String],
    /// The key that signs.
    pub key: Option<&'a PrivateKey>,
    /// An earlier submission of the same model, and when it was written: digests of weights files that were not touched
    /// since are taken from it.
    pub earlier: Option<(&'a Archive, SystemTime)>,
    /// Hears how much of the weights was read.
    pub progress: &'a Progress,
}

/// A submission that was made.
pub struct Made {
    /// It.
    pub archive: Archive,
    /// What it holds.
    pub about: About,
    /// Weights files whose digests were taken from the earlier submission.
    pub taken: Vec<String>,
    /// The assured grade under each ruleset, in words.
    pub grades: Vec<(String, Says)>,
}

/// Makes a submission, and grades it as whoever verifies it will.
///
/// # Errors
/// The model, a ruleset or evidence cannot be used; a file cannot stand in an archive; or the submission would not give
/// the grade that the model itself gives.
pub fn make(wanted: &Wanted<'_>) -> Result<Made, Diagnostics> {
    let (folder, card) = match locate(wanted.model)? {
        Place::Folder(folder) => (folder.usable()?, None),
        Place::File(file) => {
            let (folder, name) = Folder::of_one(&file)?;
            (folder, Some(name))
        }
    };
    let mut members = BTreeMap::new();
    let mut digested = Digested::default();
    let files = files(&folder, wanted, &mut members, &mut digested)?;
    let evidence = evidence(wanted, &mut members)?;
    let mut rulesets = Vec::new();
    for (files, rules, options) in &wanted.rulesets {
        members.extend(rules_members(files, &rules.id));
        rulesets.push(ruleset(rules, options));
    }
    let first = wanted.rulesets.first().map(|(_, _, options)| options);
    let mut about = About {
        schema: SCHEMA.into(),
        program: concat!("sovgrade ", env!("CARGO_PKG_VERSION")).into(),
        model: called(&folder, wanted.id, card.as_deref()),
        home: first.and_then(|it| it.home).map(|home| home.to_string().into()),
        as_of: first.and_then(|it| it.as_of).map(|date| date.to_string().into()),
        rulesets,
        evidence,
        pass_over: wanted.pass_over.iter().map(|name| name.as_str().into()).collect(),
        files,
    };
    about.names_stay_inside().map_err(|fault| not_bundled(wanted.model, &fault.says()))?;
    // The id is what the reports say; the first grading tells it.
    let graded = grade_all(&mut members, &mut about, wanted, &folder)?;
    finish(&mut members, &about, &digested, wanted.key);
    let archive = Archive::of(&members).map_err(|fault| not_bundled(wanted.model, &fault.says()))?;
    let grades = graded.iter().map(|it| (it.rules.id.clone(), it.shown())).collect();
    Ok(Made { archive, about, taken: digested.taken, grades })
}

/// What was digested.
#[derive(Default)]
struct Digested {
    blocks: BTreeMap<String, Vec<String>>,
    taken: Vec<String>,
}

fn called(folder: &Folder, id: Option<&str>, card: Option<&str>) -> ModelAbout {
    let repository = match folder.identity() {
        Identity::Repository(name) => Some(name.as_str().into()),
        Identity::Local(_) => None,
    };
    ModelAbout {
        id: folder.identity().text().into(),
        folder: folder.identity().text().into(),
        given: id.map(Into::into),
        repository,
        card: card.map(Into::into),
    }
}

fn ruleset(rules: &Ruleset, options: &crate::grade::Options) -> RulesetAbout {
    let chosen = options.readings.clone().unwrap_or_else(|| rules.default_readings());
    let readings = rules.readings.iter().zip(chosen);
    RulesetAbout {
        id: rules.id.as_str().into(),
        version: rules.version.as_str().into(),
        digest: rules.digest.as_str().into(),
        embedded: matches!(rules.origin, crate::rules::RulesetOrigin::Embedded),
        readings: readings.map(|(reading, at)| (reading.id.clone(), reading.options[at].id.clone())).collect(),
    }
}

/// Every file of the directory, with what of it goes into the archive.
fn files(
    folder: &Folder,
    wanted: &Wanted<'_>,
    members: &mut BTreeMap<String, Vec<u8>>,
    digested: &mut Digested,
) -> Result<Vec<FileAbout>, Diagnostics> {
    let earlier = wanted.earlier.and_then(|(archive, since)| Some((About::of(archive).ok()?, archive, since)));
    let heavy = folder.files().filter(|(name, entry)| !is_put_in_whole(name, entry)).map(|(_, entry)| entry.bytes);
    wanted.progress.tell(Step::Begun { references: 0, bytes: heavy.sum() });
    let mut files = Vec::new();
    for (name, entry) in folder.files() {
        let failed = |error: &std::io::Error| not_bundled_file(name, &why_not(error));
        if is_weights(name) && pointer(&entry.path, entry.bytes).is_some() {
            return Err(not_fetched(name));
        }
        if is_put_in_whole(name, entry) {
            let bytes = excerpt::read(&entry.path, &whole(entry.bytes), MAX_BUNDLE_BYTES).map_err(|e| failed(&e))?;
            let sha256 = sha256(&bytes);
            let file =
                FileAbout { name: name.into(), bytes: entry.bytes, sha256, held: Held::Whole, ranges: String::new() };
            members.extend(file.member().map(|member| (member, bytes)));
            files.push(file);
            continue;
        }
        let known = earlier.as_ref().and_then(|(about, archive, since)| untouched(name, entry, about, archive, *since));
        if known.is_some() {
            digested.taken.push(name.to_owned());
        }
        let found = known.map_or_else(|| digests(&entry.path, wanted.progress), Ok).map_err(|e| failed(&e))?;
        let mut file = FileAbout {
            name: name.into(),
            bytes: entry.bytes,
            sha256: found.sha256,
            held: if is_weights(name) { Held::Excerpt } else { Held::Name },
            ranges: String::new(),
        };
        digested.blocks.insert(name.to_owned(), found.blocks);
        if let Some(member) = file.member() {
            let spans = excerpt::kept(&entry.path, name, entry.bytes).map_err(|e| failed(&e))?;
            file.ranges = ranges(&spans);
            let bytes = excerpt::read(&entry.path, &spans, MAX_BUNDLE_BYTES).map_err(|e| failed(&e))?;
            members.insert(member, bytes);
        }
        files.push(file);
    }
    Ok(files)
}

/// Whether all of a file goes into the archive.
fn is_put_in_whole(name: &str, entry: &Entry) -> bool {
    !is_weights(name) && !is_trainer_state(name) && entry.bytes <= MAX_WHOLE_BYTES
}

fn whole(bytes: u64) -> Vec<(u64, u64)> {
    if bytes == 0 { Vec::new() } else { vec![(0, bytes)] }
}

/// The digests of a file that an earlier submission states, if it was not touched since that was written.
fn untouched(name: &str, entry: &Entry, about: &About, archive: &Archive, since: SystemTime) -> Option<FileDigests> {
    let file = about.file(name).filter(|file| file.bytes == entry.bytes)?;
    if !is_untouched(&entry.path, since) {
        return None;
    }
    let blocks = blocks_of(archive)?.remove(name)?;
    Some(FileDigests { sha256: file.sha256.clone(), blocks })
}

/// Whether a file stands as it stood at a time: neither its content nor its place in the folder was changed since.
pub(super) fn is_untouched(path: &Path, since: SystemTime) -> bool {
    let Ok(about) = path.metadata() else { return false };
    let modified = about.modified().is_ok_and(|time| time < since);
    #[cfg(unix)]
    let changed = {
        use std::os::unix::fs::MetadataExt as _;
        let seconds = u64::try_from(about.ctime()).unwrap_or_default();
        let nanos = u64::try_from(about.ctime_nsec()).unwrap_or_default();
        let at =
            SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds) + std::time::Duration::from_nanos(nanos);
        at < since
    };
    #[cfg(not(unix))]
    let changed = true;
    modified && changed
}

/// The digests of blocks that an archive states, by file.
pub(super) fn blocks_of(archive: &Archive) -> Option<BTreeMap<String, Vec<String>>> {
    let bytes = archive.get(BLOCKS).filter(|bytes| bytes.len() <= MAX_BLOCKS_BYTES)?;
    let blocks: Blocks = serde_json::from_slice(bytes).ok()?;
    (blocks.schema == BLOCKS_SCHEMA && blocks.block_bytes == BLOCK_BYTES).then_some(blocks.files)
}

/// The text of `blocks.json`.
pub(super) fn blocks_text(blocks: &BTreeMap<String, Vec<String>>) -> String {
    let files = blocks.clone();
    to_text(&Blocks { schema: BLOCKS_SCHEMA.to_owned(), block_bytes: BLOCK_BYTES, files })
}

/// The evidence, each file under its own name; two of one name are told apart.
fn evidence(wanted: &Wanted<'_>, members: &mut BTreeMap<String, Vec<u8>>) -> Result<Vec<EvidenceAbout>, Diagnostics> {
    let mut hands: BTreeMap<&PathBuf, (Handed, BTreeSet<&str>, bool)> = BTreeMap::new();
    for path in wanted.evidence {
        hands.insert(path, (Handed::Reported, BTreeSet::new(), false));
    }
    for vouch in wanted.vouched {
        let hand = hands.entry(&vouch.file).or_insert((Handed::Vouched, BTreeSet::new(), false));
        hand.0 = Handed::Vouched;
        match &vouch.entry {
            Some(entry) => drop(hand.1.insert(entry)),
            None => hand.2 = true,
        }
    }
    let mut list = Vec::new();
    for (path, (handed, entries, all)) in hands {
        let bytes = read_evidence(path)?;
        let file = free_name(path, members);
        members.insert(file.clone(), bytes);
        let entries = if all { Vec::new() } else { entries.into_iter().map(Into::into).collect() };
        let signature = signature_beside(path)?.map(|bytes| {
            let name = format!("{file}.sig");
            members.insert(name.clone(), bytes);
            name
        });
        list.push(EvidenceAbout { file, handed, entries, signature });
    }
    if let Some(measured) = wanted.measured {
        let file = free_name(Path::new("measured.json"), members);
        members.insert(file.clone(), to_text(measured).into_bytes());
        list.push(EvidenceAbout { file, handed: Handed::Measured, entries: Vec::new(), signature: None });
    }
    list.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(list)
}

fn read_evidence(path: &Path) -> Result<Vec<u8>, Diagnostics> {
    let name = shown_path(path);
    let file = crate::text::read_text(path, &name, crate::evidence::MAX_BYTES)?;
    Ok(file.text().as_bytes().to_vec())
}

/// The signature that lies beside a file of evidence: its name with `.sig` behind it.
fn signature_beside(path: &Path) -> Result<Option<Vec<u8>>, Diagnostics> {
    let beside = crate::signing::beside(path);
    if !beside.is_file() {
        return Ok(None);
    }
    let file = crate::text::read_text(&beside, &shown_path(&beside), crate::signing::MAX_ENVELOPE_BYTES)?;
    Ok(Some(file.text().as_bytes().to_vec()))
}

/// A name below `evidence/` that is not taken.
fn free_name(path: &Path, members: &BTreeMap<String, Vec<u8>>) -> String {
    let stem = path.file_stem().map_or_else(|| "evidence".to_owned(), |stem| clean(&stem.to_string_lossy()));
    let plain: String =
        stem.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' }).collect();
    let stem = plain.trim_matches('.');
    let names =
        std::iter::once(format!("evidence/{stem}.json")).chain((2..).map(|at| format!("evidence/{stem}-{at}.json")));
    names.into_iter().find(|name| !members.contains_key(name)).unwrap_or_default()
}

/// Grades what lies in the archive, and the model itself, and puts in what came out where both are the same.
fn grade_all(
    members_so_far: &mut BTreeMap<String, Vec<u8>>,
    about: &mut About,
    wanted: &Wanted<'_>,
    folder: &Folder,
) -> Result<Vec<Regraded>, Diagnostics> {
    let fault = |fault: BundleFault| not_bundled(wanted.model, &fault.says());
    let archive = Archive::of(members_so_far).map_err(fault)?;
    let laid = Laid::of(&archive, about, true).map_err(fault)?;
    let pass_over: Vec<String> = wanted.pass_over.to_vec();
    let mut all = Vec::new();
    for ruleset in about.rulesets.clone() {
        let files = rules_in(&archive, &ruleset).ok_or_else(|| fault(no_rules(&ruleset.id)))?;
        let hands = |model| {
            let (reports, vouched) = as_handed_in(about, laid.root());
            let digests = Some(&laid.digests);
            Hands { model, root: laid.root(), reports, vouched, measured: &[], digests, pass_over: pass_over.clone() }
        };
        let original = if about.model.card.is_some() { wanted.model } else { folder.root() };
        let direct = regraded(&files, about, &ruleset, &hands(original))?;
        let again = regraded(&files, about, &ruleset, &hands(laid.model()))?;
        for lang in Lang::ALL {
            let (direct, again) = (direct.written(lang), again.written(lang));
            if direct != again {
                return Err(not_the_same(wanted.model, &direct[0], &again[0]));
            }
            members_so_far.extend(members(&ruleset.id, lang).into_iter().zip(again.map(String::into_bytes)));
        }
        all.push(again);
    }
    if let Some(first) = all.first() {
        about.model.id = first.dossier.id.as_str().into();
    }
    Ok(all)
}

/// What follows from the rest: the description, the manifest, the blocks, the signatures, the digests of all.
fn finish(members: &mut BTreeMap<String, Vec<u8>>, about: &About, digested: &Digested, key: Option<&PrivateKey>) {
    members.insert(ABOUT.to_owned(), about.text().into_bytes());
    let statement = to_text(&manifest(&about.model.id, &about.files).to_json()).into_bytes();
    members.insert(BLOCKS.to_owned(), blocks_text(&digested.blocks).into_bytes());
    members.insert("README.txt".to_owned(), README.as_bytes().to_vec());
    if let Some(key) = key {
        members.extend([over_model(&statement, key)]);
    }
    members.insert(MANIFEST.to_owned(), statement);
    if let Some(key) = key {
        let over_all = over_all(&about.model.id, listed(members), key);
        members.extend([over_all]);
    }
    let sums = sums(listed(members)).into_bytes();
    members.insert(SUMS.to_owned(), sums);
}

fn listed(members: &BTreeMap<String, Vec<u8>>) -> impl Iterator<Item = (&str, &[u8])> {
    members.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
}

fn not_bundled(model: &Path, why: &Says) -> Diagnostics {
    not_bundled_file(&shown_path(model), why)
}

fn not_bundled_file(name: &str, why: &Says) -> Diagnostics {
    let name = clean(name);
    let message =
        says(format!("`{name}`: 제출물로 묶을 수 없다: {}", why.ko), format!("`{name}` cannot be bundled: {}", why.en));
    Diagnostic::error(Code::NotBundled, &SourceFile::nameless(&name), Span::default(), message).into()
}

fn not_fetched(name: &str) -> Diagnostics {
    let name = clean(name);
    let message = says(
        format!("`{name}`은(는) Git LFS 포인터일 뿐이어서 그 가중치로 제출물을 만들 수 없다"),
        format!("`{name}` is a pointer of Git LFS: there are no weights that a submission could name"),
    );
    Diagnostic::error(Code::NotFetched, &SourceFile::nameless(&name), Span::default(), message)
        .help(says("`git lfs pull`을 실행한 뒤 다시 묶는다", "run `git lfs pull`, then bundle it again"))
        .into()
}

/// The submission would give another grade than the model: told by the first line that differs.
fn not_the_same(model: &Path, direct: &str, again: &str) -> Diagnostics {
    let pair = direct.lines().zip(again.lines()).find(|(a, b)| a != b);
    let (here, there) = pair.map_or(("", ""), |(a, b)| (a.trim(), b.trim()));
    let (here, there) = (clean(here), clean(there));
    not_bundled(
        model,
        &says(
            format!("담을 수 있는 것만으로는 평가서가 달라진다. 디렉터리에서는 `{here}`, 제출물에서는 `{there}`이다"),
            format!("what can be put in would give another assessment: `{here}` from the directory, `{there}` from it"),
        ),
    )
}
