//! One run: a candidate against references, each pair on what both sides hold, all within one budget.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::evidence::{
    Control, EvidenceFile, LinkEvidence, Mixture, ReferenceModel, Relation, RunRecord, SCHEMA, Settings, Trail, sha256,
};
use crate::measure::model::plan::Sample;
use crate::measure::model::shape::Model;
use crate::measure::progress::{Progress, Step};
use crate::measure::run::state::{self, State};
use crate::measure::search::budget::Budget;
use crate::measure::search::pairs::most_pairs;
use crate::measure::search::wide::Wide;
use crate::measure::sketch::source::Source;
use crate::measure::stats::pair::Pair;
use crate::measure::verdict::alignment::Alignment;
use crate::measure::whole::figures;
use crate::measure::whole::pass::PassPlan;
use crate::measure::{
    MeasureError, Options, search::token_geometry, special::context, special::low_rank, special::merges,
    special::trail, verdict::link, verdict::nearest,
};
use crate::text::{Says, says};
use crate::weights::Checkpoint;

/// A model whose headers were read, or a sketch, with the path that it was asked for by.
#[derive(Debug)]
pub(in crate::measure) struct Opened {
    pub path: PathBuf,
    pub source: Source,
}

impl Opened {
    fn of(path: &Path) -> Result<Self, MeasureError> {
        Ok(Self { path: path.to_owned(), source: Source::open(path).map_err(|error| error.of(path))? })
    }
}

/// A candidate as it was read: by which sample, whether rounded as in a sketch, and what came of it.
type Read = ((Sample, bool), Arc<Model>);

/// A run whose headers and sketches were read.
pub(in crate::measure) struct Run<'a> {
    candidate: Opened,
    references: Vec<Opened>,
    controls: Vec<Opened>,
    options: &'a Options,
    /// What is read of two directories.
    sample: Sample,
    budget: Budget,
    /// The candidate as it was read for one sample and precision.
    read: Mutex<Vec<Read>>,
    /// Digests of the candidate's weight files, once a pass has read them.
    digests: Mutex<Vec<String>>,
}

impl<'a> Run<'a> {
    pub(in crate::measure) fn open(
        candidate: &Path,
        references: &[PathBuf],
        options: &'a Options,
    ) -> Result<Self, MeasureError> {
        if references.is_empty() && options.trail.is_empty() {
            return Err(MeasureError::NoReference);
        }
        let candidate = Opened::of(candidate)?;
        let open = |paths: &[PathBuf]| paths.iter().map(|path| Opened::of(path)).collect::<Result<Vec<_>, _>>();
        let (references, controls) = (open(references)?, open(&options.controls)?);
        let directories: Vec<_> =
            references.iter().chain(&controls).filter_map(|opened: &Opened| opened.source.checkpoint()).collect();
        let sample = match candidate.source.checkpoint() {
            Some(own) if !directories.is_empty() && !options.quick => Sample::that_fits(own, &directories),
            _ => Sample::WHOLE,
        };
        let others: Vec<_> = references.iter().chain(&controls).map(|opened| opened.source.depths()).collect();
        let budget = Budget::of(others.len(), most_pairs(&candidate.source.depths(), &others));
        Ok(Self {
            candidate,
            references,
            controls,
            options,
            sample,
            budget,
            read: Mutex::default(),
            digests: Mutex::default(),
        })
    }

    /// What both sides of a pair hold, and whether in the precision of a sketch.
    fn common(&self, other: &Source) -> (Sample, bool) {
        match (self.candidate.source.sketched(), other.sketched()) {
            (None, None) if self.options.quick => {
                (Sample::quick(self.candidate.source.depths() == other.depths()), false)
            }
            (None, None) => (self.sample, false),
            (here, there) => (here.unwrap_or(Sample::WHOLE).meet(there.unwrap_or(Sample::WHOLE)), true),
        }
    }

    /// Both sides of a pair, read at the same time. The candidate is kept as it was read last.
    fn pair(&self, other: &Source) -> Result<(Model, Arc<Model>), MeasureError> {
        let key = self.common(other);
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = read.iter().find(|entry| entry.0 == key) {
            let candidate = Arc::clone(&entry.1);
            drop(read);
            return Ok((other.model(key.0, key.1, &self.options.progress)?, candidate));
        }
        let model = |source: &Source| source.model(key.0, key.1, &self.options.progress);
        let (candidate, reference) = rayon::join(|| model(&self.candidate.source), || model(other));
        let candidate = Arc::new(candidate?);
        // Several samples are held only where they are small.
        read.retain(|entry| entry.0.1);
        read.push((key, Arc::clone(&candidate)));
        drop(read);
        Ok((reference?, candidate))
    }

    /// The controls, and the references of this part.
    fn to_compare(&self) -> Vec<&Source> {
        let own = |at: usize| self.options.shard.is_none_or(|part| part.has(at));
        let references = self.references.iter().enumerate().filter(|(at, _)| own(*at)).map(|entry| &entry.1.source);
        self.controls.iter().map(|opened| &opened.source).chain(references).collect()
    }

    /// A digest of all that the parts of a run, and its resumption, must have in common.
    fn identity(&self) -> String {
        let model = |opened: &Opened| {
            let files = opened.source.files(false, &[], &Progress::default()).unwrap_or_default();
            serde_json::json!([opened.source.id(), files])
        };
        let all = |list: &[Opened]| list.iter().map(model).collect::<Vec<_>>();
        let common = serde_json::json!([
            env!("CARGO_PKG_VERSION"),
            model(&self.candidate),
            all(&self.references),
            all(&self.controls),
            [self.options.digests, self.options.quick],
        ]);
        sha256(common.to_string().as_bytes())
    }

    /// What was finished before, told as done.
    fn skipped<T>(&self, kept: T) -> T {
        self.options.progress.tell(Step::Compared);
        kept
    }

    fn begin(&self) -> Result<(), MeasureError> {
        let others = self.to_compare();
        let mut bytes = 0;
        for other in &others {
            let whole = self.reads_whole(other);
            bytes += other.bytes(self.common(other).0, self.options.digests && whole.is_none())?;
            bytes += whole.map_or(0, |(here, there)| weight_bytes(here) + weight_bytes(there));
        }
        let first = others.first().map_or(self.sample, |other| self.common(other).0);
        let digested_apart = self.options.digests && others.iter().all(|other| self.reads_whole(other).is_none());
        bytes += self.candidate.source.bytes(first, digested_apart)?;
        self.options.progress.tell(Step::Begun { references: others.len(), bytes });
        Ok(())
    }

    pub(in crate::measure) fn evidence(&self) -> Result<EvidenceFile, MeasureError> {
        if self.options.progress.is_heard() {
            self.begin()?;
        }
        let (identity, part) = (self.identity(), self.options.shard);
        let stamps = |opened: &Opened| state::stamps(&opened.path, &opened.source);
        let mut state = match &self.options.resume {
            Some(folder) => Some(State::open(folder, (&identity, part), stamps(&self.candidate)?)?),
            None => None,
        };
        let mut controls = Vec::with_capacity(self.controls.len());
        for (at, opened) in self.controls.iter().enumerate() {
            let kept = state.as_ref().map(|state| state.control(at, &stamps(opened)?)).transpose()?.flatten();
            let control = match kept {
                Some(control) => self.skipped(control),
                None => self.control(&opened.source)?,
            };
            if let Some(state) = &mut state {
                state.keep_control(at, &control, stamps(opened)?)?;
            }
            controls.push(control);
        }
        let mut links = Vec::new();
        for (at, opened) in self.references.iter().enumerate().filter(|(at, _)| part.is_none_or(|part| part.has(*at))) {
            let kept = state
                .as_ref()
                .map(|state| state.link(at, &stamps(opened)?, self.budget.ln_level()))
                .transpose()?
                .flatten();
            let link = match kept {
                Some(link) => self.skipped(link),
                None => {
                    let link = self.link(&opened.source, &controls)?;
                    if let Some(state) = &mut state {
                        state.keep_link(at, &link, stamps(opened)?)?;
                    }
                    link
                }
            };
            links.push(link);
        }
        let mixtures = if part.is_none() { self.mixtures(&links)? } else { Vec::new() };
        merges::mark(&mixtures, &mut links);
        nearest::mark(&mut links);
        let own = self.digests.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let subject = self.candidate.source.subject(self.options.digests, &own, &self.options.progress)?;
        Ok(EvidenceFile {
            schema: SCHEMA.to_owned(),
            run: Some(self.record()),
            subject,
            links,
            documented: Vec::new(),
            attested: Vec::new(),
            level: (!self.references.is_empty()).then(|| self.budget.level()),
            mixtures,
            trail: self.trail()?,
            shard: part.map(|part| part.named(self.references.len(), identity)),
            limits: self.limits()?.into_iter().map(Into::into).collect(),
        })
    }

    /// What made the evidence, and with which settings.
    fn record(&self) -> RunRecord {
        RunRecord {
            program: format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")),
            settings: Settings { quick: self.options.quick, passed_over: Vec::new() },
            screened: 0,
        }
    }

    /// What was mixed of several references. It takes the files of both sides, whole.
    fn mixtures(&self, links: &[LinkEvidence]) -> Result<Vec<Mixture>, MeasureError> {
        let Some(candidate) = self.candidate.source.checkpoint().filter(|_| !self.options.quick) else {
            return Ok(Vec::new());
        };
        let (mut sides, mut known) = (Vec::new(), Vec::new());
        for (opened, link) in self.references.iter().zip(links) {
            if let Some(checkpoint) = opened.source.checkpoint() {
                sides.push(checkpoint);
                known.push(link.clone());
            }
        }
        merges::find(candidate, &sides, &known)
    }

    /// Whether both sides are read whole beside the ladder.
    fn reads_whole<'s>(&'s self, other: &'s Source) -> Option<(&'s Checkpoint, &'s Checkpoint)> {
        if self.options.quick {
            return None;
        }
        self.candidate.source.checkpoint().zip(other.checkpoint())
    }

    /// What `work` gives, which may read all units of both where both sides are directories.
    fn beside_all_units<T>(
        &self,
        other: &Source,
        candidate: &Model,
        work: impl FnOnce(Option<Pair<&Wide<'_>>>) -> T,
    ) -> Result<T, MeasureError> {
        let Some((here, there)) = self.reads_whole(other) else { return Ok(work(None)) };
        let [here, there] = [here, there].map(|checkpoint| Wide::of(checkpoint, candidate.sample));
        let found = work(Some(Pair { reference: &there, candidate: &here }));
        here.outcome()?;
        there.outcome()?;
        Ok(found)
    }

    /// Reads both sides whole where both are directories, and completes the link; gives the digests of the reference's
    /// weight files.
    fn whole(
        &self,
        other: &Source,
        alignment: &Alignment,
        link: &mut LinkEvidence,
    ) -> Result<Vec<String>, MeasureError> {
        let Some((here, there)) = self.reads_whole(other) else { return Ok(Vec::new()) };
        let mut own = self.digests.lock().unwrap_or_else(PoisonError::into_inner);
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let digests = [self.options.digests, self.options.digests && own.is_empty()];
        let pass = PassPlan { digests, workers, access: self.options.access, progress: &self.options.progress };
        self.options.progress.tell(Step::Whole);
        let sampled = self.sample != Sample::WHOLE;
        let [known, found] = figures::complete((there, here), alignment, (sampled, self.budget), pass, link)?;
        if own.is_empty() {
            *own = found;
        }
        Ok(known)
    }

    /// The test of a claimed path, if one is claimed.
    fn trail(&self) -> Result<Option<Trail>, MeasureError> {
        let (Some(release), false) = (self.candidate.source.checkpoint(), self.options.trail.is_empty()) else {
            return Ok(None);
        };
        let references: Vec<PathBuf> = self.references.iter().map(|opened| opened.path.clone()).collect();
        trail::test(release, &self.options.trail, &references, self.options).map(Some)
    }

    fn limits(&self) -> Result<Vec<Says>, MeasureError> {
        let mut limits = Vec::new();
        let mut plans: Vec<(Sample, bool)> = self.references.iter().map(|opened| self.common(&opened.source)).collect();
        plans.sort_unstable();
        plans.dedup();
        for plan in &plans {
            limits.extend(plan.0.statement(!self.options.quick && !plan.1));
            if let (true, Some(own)) = (self.options.quick, self.candidate.source.checkpoint()) {
                let all: u64 = own.files.iter().map(|file| file.bytes).sum();
                let read = self.candidate.source.bytes(plan.0, false)?;
                limits.push(says(
                    format!("후보의 가중치 파일 {all}바이트 가운데 {read}바이트를 읽었다"),
                    format!("{read} of the {all} bytes of the candidate's weight files were read"),
                ));
            }
        }
        if plans.iter().any(|plan| plan.1) {
            limits.push(says(
                "스케치의 수와 그에 견준 수는 유효 숫자 8비트로 반올림되어 있으므로, 동일하다는 말은 거기까지 같다는 뜻이다",
                "numbers of sketches and what is compared with them are rounded to eight significant bits, so \
                identical means equal to these",
            ));
        }
        if self.references.is_empty() {
            limits.push(trail::without_references());
        }
        limits.extend(std::iter::once(&self.candidate).chain(&self.references).filter_map(|it| it.source.unread()));
        if !self.options.digests {
            limits.push(says(
                "파일의 해시를 구하지 않아 증거가 파일에 묶여 있지 않다",
                "files were not digested, so the evidence is not bound to them",
            ));
        }
        Ok(limits)
    }

    fn control(&self, source: &Source) -> Result<Control, MeasureError> {
        let (control, candidate) = self.pair(source)?;
        let rings =
            self.beside_all_units(source, &candidate, |files| link::rings(&control, &candidate, self.budget, files))?;
        self.options.progress.tell(Step::Compared);
        let detail = token_geometry::look(&control, &candidate).map(|found| {
            let similarity = found.similarity;
            says(format!("토큰의 배치 {similarity:.3}"), format!("token geometry {similarity:.3}")).into()
        });
        Ok(Control { id: format!("independent/{}", control.id), passed: !rings, detail })
    }

    fn link(&self, source: &Source, controls: &[Control]) -> Result<LinkEvidence, MeasureError> {
        let (reference, candidate) = self.pair(source)?;
        let geometry = token_geometry::look(&reference, &candidate);
        let (mut link, alignment) =
            self.beside_all_units(source, &candidate, |files| link::link(&reference, &candidate, self.budget, files))?;
        let known = self.whole(source, &alignment, &mut link)?;
        let files = source.files(self.options.digests, &known, &self.options.progress)?;
        link.reference = ReferenceModel { files, ..link.reference };
        if let (Some(there), Some(here), false) =
            (source.checkpoint(), self.candidate.source.checkpoint(), self.options.quick)
        {
            if link.relation == Relation::Shared {
                link.adapter = low_rank::find(there, here)?;
            }
            low_rank::name_factors(there, here, &mut link);
            link.context = Some(context::of(there, here, &link, geometry));
        }
        link.controls.extend(controls.iter().cloned());
        bar_what_was_not_read(&mut link, [&self.candidate.source, source]);
        if controls.iter().any(|control| !control.passed) {
            link.relation = Relation::Undecided;
            link.limits.push(
                says(
                    "무관하다고 준 모델이 관계있어 보이므로 이 측정은 아무것도 판단하지 않는다",
                    "a model that was given as independent looks related, so the run decides nothing",
                )
                .into(),
            );
        }
        self.options.progress.tell(Step::Compared);
        Ok(link)
    }
}

/// While a file that could run was not read, nothing is without a trace: what lies in it may be what runs.
fn bar_what_was_not_read(link: &mut LinkEvidence, sides: [&Source; 2]) {
    let unread: Vec<Says> = sides.into_iter().filter_map(Source::unread).collect();
    if unread.is_empty() {
        return;
    }
    for relation in link.components.iter_mut().map(|part| &mut part.relation).chain([&mut link.relation]) {
        if *relation == Relation::NoTrace {
            *relation = Relation::Undecided;
        }
    }
}

fn weight_bytes(checkpoint: &Checkpoint) -> u64 {
    checkpoint.files.iter().map(|file| file.bytes).sum()
}
