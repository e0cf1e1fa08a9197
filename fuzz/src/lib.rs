//! What the targets share: a directory in memory to put a model in, and everything that a user would then do with it.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use sovgrade::explain::story;
use sovgrade::gather::gather;
use sovgrade::grade::{Options, grade};
use sovgrade::report::{Assessment, Canvas, assessment, human, markdown, to_text};
use sovgrade::rules::{Ruleset, RulesetFiles, embedded, load};
use sovgrade::text::{Diagnostics, Lang, render};

/// Writers of `PyTorch` and GGUF files.
#[path = "../../tests/form_writers/mod.rs"]
#[allow(clippy::unwrap_used, clippy::must_use_candidate, missing_docs)]
pub mod form_writers;

/// Reads weights of whatever form, and looks that every tensor lies in the file and a refusal says why.
pub fn holds(bytes: &[u8]) {
    let length = bytes.len() as u64;
    match sovgrade::weights::read_weights("fuzz", &mut std::io::Cursor::new(bytes), length) {
        Err(problem) => assert!(!problem.to_string().is_empty()),
        Ok(header) => {
            for tensor in &header.tensors {
                assert!(tensor.begin <= tensor.end && tensor.end <= length, "a tensor lies in the file");
                assert_eq!(tensor.dtype.bytes_of(tensor.elements), Some(tensor.end - tensor.begin));
            }
        }
    }
}

/// The embedded ladder, loaded once.
pub static RULES: LazyLock<Ruleset> = LazyLock::new(|| {
    let ladder = embedded().iter().find(|rules| rules.id == "t-class").expect("embedded");
    load(&RulesetFiles::embedded(ladder)).expect("it is well formed").0
});

/// Draws diagnostics in both languages, as the command line does.
pub fn show(problems: Diagnostics) {
    for problem in problems.sorted() {
        for lang in [Lang::Ko, Lang::En] {
            assert!(!render(&problem, lang, false, true, 80).is_empty());
        }
    }
}

/// A model's directory of this process. Point `TMPDIR` at memory: `/dev/shm`.
pub struct Model {
    root: PathBuf,
    written: RefCell<Vec<PathBuf>>,
}

impl Default for Model {
    fn default() -> Self {
        let root = std::env::temp_dir().join(format!("sovgrade-fuzz-{}", std::process::id())).join("model");
        std::fs::create_dir_all(&root).expect("a temporary directory");
        Self { root, written: RefCell::default() }
    }
}

impl Model {
    /// Writes a file of the model; an old one of the same name goes.
    pub fn write(&self, name: &str, bytes: &[u8]) -> &Self {
        let path = self.root.join(name);
        std::fs::write(&path, bytes).expect("a file in memory");
        let mut written = self.written.borrow_mut();
        if !written.contains(&path) {
            written.push(path);
        }
        self
    }

    /// Removes what was written.
    pub fn clear(&self) {
        for path in self.written.borrow_mut().drain(..) {
            let _ = std::fs::remove_file(path);
        }
    }

    /// Gathers, grades and reports the directory, and says whether it could be graded.
    pub fn grade(&self) -> bool {
        grade_at(&self.root, &[])
    }

    /// The same with an evidence file, which lies beside the directory.
    pub fn grade_with_evidence(&self, evidence: &[u8]) -> bool {
        let path = self.root.with_file_name("evidence.json");
        std::fs::write(&path, evidence).expect("a file in memory");
        grade_at(&self.root, &[path])
    }

    /// Grades one file as a bare card.
    pub fn grade_file(&self, name: &str) -> bool {
        grade_at(&self.root.join(name), &[])
    }
}

/// Grades whatever lies at a path.
pub fn grade_path(path: &Path) -> bool {
    grade_at(path, &[])
}

/// A checkpoint of one table of numbers that a seed draws.
pub fn checkpoint_of(seed: u64) -> Vec<u8> {
    let header = br#"{"model.embed_tokens.weight":{"dtype":"F32","shape":[32,16],"data_offsets":[0,2048]}}"#;
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend_from_slice(header);
    let mut state = seed;
    for _ in 0..512 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let unit = (state >> 40) as f32 / (1 << 24) as f32 - 0.5;
        file.extend_from_slice(&unit.to_le_bytes());
    }
    file
}

fn grade_at(path: &Path, evidence: &[PathBuf]) -> bool {
    let gathered = match gather(path, evidence) {
        Ok(gathered) => gathered,
        Err(problems) => {
            assert!(problems.has_errors(), "a refusal says why");
            show(problems);
            return false;
        }
    };
    show(gathered.warnings);
    let rules = &*RULES;
    let dossier = &gathered.dossier;
    let grading = grade(rules, dossier, &Options::default());
    for lang in [Lang::Ko, Lang::En] {
        let story = story(rules, dossier, &grading, lang);
        let it = Assessment { rules, dossier, grading: &grading, story: &story };
        let mut canvas = Canvas::new(80, false, false);
        human(&it, &mut canvas, "model", sovgrade::report::Detail::default());
        let shown = [canvas.finish(), markdown(&it), to_text(&assessment(&it))];
        assert!(shown.iter().all(|text| !text.contains('\u{1b}')), "a stranger's text must not steer the terminal");
    }
    true
}

/// A small checkpoint: one tensor of four numbers.
pub fn checkpoint() -> Vec<u8> {
    let header = br#"{"model.embed_tokens.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}"#;
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend_from_slice(header);
    file.extend_from_slice(&[0; 16]);
    file
}
