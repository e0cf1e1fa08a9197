//! What of a submission is compared with the model at hand: its files, and what was measured of it now.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::about::{About, FileAbout, Held};
use super::archive::Archive;
use super::digests::{BLOCK_BYTES, OF_KNOWN, chance, digests, drawn, of_block};
use super::excerpt;
use super::make::{BLOCKS, blocks_of, is_untouched};
use super::verify::{Asked, Findings, Kind, Sampled};
use crate::evidence::{EvidenceFile, LinkEvidence, Relation, read_evidence, sha256};
use crate::files::{Folder, Place, is_weights, locate, pointer};
use crate::measure::Step;
use crate::text::{Diagnostics, Says, SourceFile, Untrusted, says, why_not};

/// The model at hand, beside what is said of it.
pub(super) struct Compare<'a, 'b> {
    pub(super) asked: &'a Asked<'a>,
    pub(super) about: &'a About,
    pub(super) all: &'b mut Findings,
    /// The digests of the model's own files that were found to be as stated: by reading them whole now, or before this
    /// and not touched since. A digest that is only stated is none.
    pub(super) known: BTreeMap<String, String>,
}

impl Compare<'_, '_> {
    pub(super) fn model(&mut self, model: &Path) -> Result<Sampled, Diagnostics> {
        let folder = match locate(model)? {
            Place::Folder(folder) => folder.usable()?,
            Place::File(file) => Folder::of_one(&file)?.0,
        };
        let stated: BTreeMap<&str, &FileAbout> =
            self.about.files.iter().map(|file| (file.name.as_str(), file)).collect();
        for name in folder.names().filter(|name| !stated.contains_key(name) && !is_signature(name)) {
            self.all.add(
                Kind::Model,
                name,
                "제출물에 없는 파일이 모델에 있다",
                "the model has it, and the submission does not name it",
            );
        }
        let bytes = self.about.files.iter().map(|file| file.bytes).sum();
        self.asked.progress.tell(Step::Begun { references: 0, bytes });
        let mut heavy = Vec::new();
        let of = stated.values().filter(|file| file.held != Held::Whole).map(|file| blocks_in(file)).sum();
        for (name, file) in stated {
            let Some(entry) = folder.get(name) else {
                self.all.add(Kind::Model, name, "모델에 이 파일이 없다", "the model does not have it");
                continue;
            };
            if pointer(&entry.path, entry.bytes).is_some() {
                self.all.add(
                    Kind::Model,
                    name,
                    "Git LFS 포인터일 뿐이어서 대조하지 못했다. `git lfs pull`을 실행한다",
                    "a pointer of Git LFS lies here and nothing was compared; run `git lfs pull`",
                );
            } else if entry.bytes != file.bytes {
                let (here, there) = (entry.bytes, file.bytes);
                self.all.add(
                    Kind::Model,
                    name,
                    format!("크기가 다르다: 모델 {here} B, 제출물 {there} B"),
                    format!("it has another size: {here} B in the model, {there} B in the submission"),
                );
            } else if file.held == Held::Whole {
                self.digest(file, &entry.path);
            } else {
                self.excerpt(file, &entry.path);
                heavy.push((file, entry.path.clone()));
            }
        }
        Ok(self.weights(&heavy, of))
    }

    /// A file as a whole.
    fn digest(&mut self, file: &FileAbout, path: &Path) {
        match digests(path, self.asked.progress) {
            Ok(found) if found.sha256 == file.sha256 => {
                self.known.insert(file.name.clone(), found.sha256);
                let stated = blocks_of(self.asked.archive).and_then(|mut all| all.remove(&file.name));
                if file.held != Held::Whole && stated.as_ref() != Some(&found.blocks) {
                    self.all.add(
                        Kind::Manifest,
                        BLOCKS,
                        format!("`{}`의 구간 해시가 아니다", file.name),
                        format!("these are not the digests of the blocks of `{}`", file.name),
                    );
                }
            }
            Ok(_) => self.other(&file.name),
            Err(error) => self.failed(&file.name, &error),
        }
    }

    /// The bytes that the submission holds of a weights file.
    fn excerpt(&mut self, file: &FileAbout, path: &Path) {
        let Some((spans, held)) = file.spans().zip(file.member().and_then(|name| self.asked.archive.get(&name))) else {
            return;
        };
        match excerpt::read(path, &spans, super::MAX_BUNDLE_BYTES) {
            Ok(bytes) if bytes == held => {}
            Ok(_) => self.all.add(
                Kind::Model,
                &file.name,
                "제출물에 든 발췌가 이 파일의 것이 아니다",
                "the excerpt in the submission is not of this file",
            ),
            Err(error) => self.failed(&file.name, &error),
        }
    }

    /// The weights: all of them, or the blocks that were drawn. `of`: how many blocks the submission names.
    fn weights(&mut self, heavy: &[(&FileAbout, PathBuf)], of: u64) -> Sampled {
        let is_known = |path: &Path| self.asked.earlier.is_some_and(|since| is_untouched(path, since));
        // Who asks for every block asks for the file: its own digest says more than those of its blocks.
        let sampled = self.asked.sample.is_some_and(|(count, _)| count < of);
        let whole = |path: &Path| !sampled && !is_known(path);
        let (mut read, mut places) = (0, Vec::new());
        let (to_read, to_draw): (Vec<_>, Vec<_>) = heavy.iter().partition(|(_, path)| whole(path));
        for (file, path) in to_read {
            self.digest(file, path);
            read += blocks_in(file);
        }
        for (file, path) in to_draw {
            if is_known(path) {
                self.known.insert(file.name.clone(), file.sha256.clone());
            }
            places.extend((0..blocks_in(file)).map(|at| (*file, path.as_path(), at)));
        }
        // Whoever made the submission cannot know when it was verified before.
        let since = format!("{:?}", self.asked.earlier);
        let (count, seed) = self.asked.sample.unwrap_or((OF_KNOWN, &since));
        let drawn = if places.is_empty() { 0 } else { self.blocks(&places, count, seed) };
        // At worst all that was changed lies where blocks were drawn.
        let among = places.len() as u64;
        let sees_one_in_hundred =
            if read + drawn == of { 1.0 } else { chance(of.div_ceil(100).min(among), drawn, among) };
        Sampled { read: read + drawn, of, sees_one_in_hundred }
    }

    /// Blocks that are drawn by the seed. Gives how many were read.
    fn blocks(&mut self, places: &[(&FileAbout, &Path, u64)], count: u64, seed: &str) -> u64 {
        let stated = blocks_of(self.asked.archive).unwrap_or_default();
        let chosen = drawn(seed, count, places.len() as u64);
        for number in &chosen {
            let (file, path, at) = places[usize::try_from(*number).unwrap_or_default()];
            let wanted = stated.get(&file.name).and_then(|list| list.get(usize::try_from(at).ok()?));
            match of_block(path, at) {
                Ok(found) if Some(&found) == wanted => {}
                Ok(_) => {
                    let from = at * BLOCK_BYTES;
                    self.all.add(
                        Kind::Model,
                        &file.name,
                        format!("{from}번째 바이트부터의 구간이 다르다"),
                        format!("the block from byte {from} on is another one"),
                    );
                }
                Err(error) => self.failed(&file.name, &error),
            }
            self.asked.progress.tell(Step::Read(BLOCK_BYTES));
        }
        chosen.len() as u64
    }

    fn other(&mut self, name: &str) {
        self.all.add(
            Kind::Model,
            name,
            "제출물이 말하는 파일이 아니다(해시가 다르다)",
            "it is not the file that the submission names: another digest",
        );
    }

    fn failed(&mut self, name: &str, error: &std::io::Error) {
        let why = why_not(error);
        self.all.add(Kind::Model, name, format!("읽을 수 없다: {}", why.ko), format!("it cannot be read: {}", why.en));
    }
}

/// The blocks of a file.
fn blocks_in(file: &FileAbout) -> u64 {
    file.bytes.div_ceil(BLOCK_BYTES)
}

/// A signature that model-signing leaves beside a model is no part of it.
fn is_signature(name: &str) -> bool {
    name == "model.sig"
}

/// What was measured now, beside what the submission says of the same references. Figures are exact, so they agree to
/// the last digit or something is another. Gives the references that agree, and those of which other weights lie here.
pub(super) fn measured_agrees(
    asked: &Asked<'_>,
    about: &About,
    all: &mut Findings,
) -> (Vec<Untrusted>, Vec<Untrusted>) {
    let stated: Vec<(String, EvidenceFile)> = about
        .evidence
        .iter()
        .filter_map(|it| {
            let text = std::str::from_utf8(asked.archive.get(&it.file)?).ok()?;
            Some((it.file.clone(), read_evidence(&SourceFile::new(it.file.clone(), text)).ok()?))
        })
        .collect();
    let (mut agreed, mut others) = (Vec::new(), Vec::new());
    for now in asked.measured.iter().flat_map(|file| &file.links) {
        let before = stated.iter().flat_map(|(file, evidence)| {
            evidence.links.iter().filter(|link| is_same_reference(link, now)).map(move |link| (file, link))
        });
        let mut found = false;
        for (file, link) in before {
            found = true;
            match difference(link, now) {
                None => agreed.push(now.reference.id.as_str().into()),
                Some(why) => all.add(
                    Kind::Measurement,
                    &now.reference.id,
                    format!("`{file}`과(와) 다르게 측정되었다: {}", why.ko),
                    format!("it was measured otherwise than `{file}` says: {}", why.en),
                ),
            }
        }
        let named = |link: &&LinkEvidence| link.reference.id == now.reference.id;
        if !found && stated.iter().flat_map(|(_, evidence)| &evidence.links).any(|link| named(&link)) {
            others.push(now.reference.id.as_str().into());
        } else if !found && now.relation == Relation::Shared {
            all.add(
                Kind::Measurement,
                &now.reference.id,
                "가중치를 공유하는 것으로 측정되었는데 제출물에는 이 모델에 대한 증거가 없다",
                "the weights were found to be shared with it, and the submission holds no evidence on it",
            );
        }
    }
    (agreed, others)
}

/// The digest over the weights files of a submission, as it states them: that of names, sizes and digests. It stays
/// when another file is changed.
pub fn weights_digest(archive: &Archive) -> String {
    let Ok(about) = About::of(archive) else { return String::new() };
    digest_of_weights(&about)
}

pub(super) fn digest_of_weights(about: &About) -> String {
    let heavy = about.files.iter().filter(|file| file.held != Held::Whole);
    let lines: String = heavy.map(|file| format!("{}  {}  {}\n", file.sha256, file.bytes, file.name)).collect();
    sha256(lines.as_bytes())
}

/// Whether two links are about the same reference: by the digests of its weights, or by its name where one has none.
fn is_same_reference(a: &LinkEvidence, b: &LinkEvidence) -> bool {
    let digests = |link: &LinkEvidence| -> BTreeSet<String> {
        let weights = link.reference.files.iter().filter(|file| is_weights(&file.name));
        weights.filter_map(|file| file.sha256.clone()).collect()
    };
    let (of_a, of_b) = (digests(a), digests(b));
    if of_a.is_empty() || of_b.is_empty() { a.reference.id == b.reference.id } else { of_a == of_b }
}

/// What of two measurements of one reference differs: the relation, or a figure.
fn difference(stated: &LinkEvidence, now: &LinkEvidence) -> Option<Says> {
    if stated.relation != now.relation {
        let (before, now) = (stated.relation.word(), now.relation.word());
        return Some(says(
            format!("제출물에서는 {before}, 지금은 {now}"),
            format!("{before} in the submission, {now} now"),
        ));
    }
    let parts = |link: &LinkEvidence| serde_json::to_value(&link.components).unwrap_or_default();
    (parts(stated) != parts(now))
        .then(|| says("관계는 같고 수치가 다르다", "the relation is the same, and figures differ"))
}
