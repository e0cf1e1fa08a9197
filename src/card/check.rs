//! Looking a card over: all that is wrong with the front matter, the block, and what other files say of them, and the
//! questions that are still open. Everything at once, each with its place, what to write, and a number.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::home::{Home, Sheet, home, tree};
use super::hub;
use super::render::mark_of;
use crate::explain::{Question, Way};
use crate::facts::{Dossier, Finding, Source};
use crate::gather::is_key;
use crate::text::{
    Code, Diagnostic, Diagnostics, MAX_TEXT_BYTES, Node, Says, SourceFile, Span, model_id, read_text, says,
};

/// What a look at a card found.
#[derive(Debug)]
pub struct Checked {
    /// All findings, in the order of files and places; then the questions that are open, in the order of the rungs.
    pub findings: Vec<Diagnostic>,
    /// How many of them are questions that are open.
    pub open: usize,
    /// The card could be read, so that everything was looked at.
    pub whole: bool,
}

/// What was gathered of a model before its card is looked over: what its files say with the questions of rulesets and
/// what was odd, or why nothing could be read.
pub type Gathered = Result<(Dossier, Vec<Question>, Diagnostics), Diagnostics>;

/// Codes that mean that there is nothing to look over.
const UNUSABLE: [Code; 9] = [
    Code::Unreadable,
    Code::TooLarge,
    Code::NotUtf8,
    Code::EmptyDirectory,
    Code::NoSuchModel,
    Code::TooManyFiles,
    Code::LinkLeavesDirectory,
    Code::BadOption,
    Code::NotFetched,
];

/// Looks a card over.
///
/// # Errors
/// There is no model, or its card cannot be read as a text.
pub fn check(model: &Path, gathered: Gathered) -> Result<Checked, Diagnostics> {
    let mut found = Diagnostics::default();
    let home = match home(model) {
        Ok(home) => Some(home),
        Err(problems) if unusable(&problems) => return Err(problems),
        Err(problems) => {
            found.extend(problems);
            None
        }
    };
    if let Some((file, front)) = home.as_ref().and_then(|home| home.front.as_ref()) {
        found.extend(hub::front_matter(file, front));
    }
    let (mut open, mut whole) = (Vec::new(), false);
    match gathered {
        Err(problems) if unusable(&problems) => return Err(problems),
        Err(problems) => found.extend(problems),
        Ok((dossier, questions, warnings)) => {
            whole = true;
            found.extend(warnings);
            if let Some(home) = &home {
                let mut look = Look { home, files: files_of(home), found: &mut found };
                look.findings(&dossier);
                look.not_in_base_model();
                open = look.questions(&questions);
            }
        }
    }
    let mut findings: Vec<Diagnostic> = found.sorted();
    // Two readers of one place may say the same.
    let mut said = BTreeSet::new();
    findings.retain(|it| said.insert((it.code, it.file.name().to_owned(), it.span, it.message.en.clone())));
    findings.retain({
        let told: BTreeSet<(String, Span)> = findings
            .iter()
            .filter(|it| matches!(it.code, Code::NotOnTheHub | Code::OtherLicence | Code::ReadAsTruth))
            .map(|it| (it.file.name().to_owned(), it.span))
            .collect();
        // What the Hub refuses is told once, as the Hub's.
        move |it| {
            let general = matches!(it.code, Code::ValueNotAllowed | Code::MissingKey | Code::BadLanguage);
            !(general && told.contains(&(it.file.name().to_owned(), it.span)))
        }
    });
    let number = open.len();
    findings.extend(open);
    Ok(Checked { findings, open: number, whole })
}

fn unusable(problems: &Diagnostics) -> bool {
    problems.iter().any(|it| UNUSABLE.contains(&it.code))
}

fn files_of(home: &Home) -> BTreeMap<String, SourceFile> {
    let front = home.front.iter().map(|(file, _)| file);
    front.chain([&home.file]).map(|file| (file.name().to_owned(), file.clone())).collect()
}

struct Look<'l> {
    home: &'l Home,
    files: BTreeMap<String, SourceFile>,
    found: &'l mut Diagnostics,
}

impl Look<'_> {
    /// What gathering noticed.
    fn findings(&mut self, dossier: &Dossier) {
        for finding in &dossier.findings {
            let code =
                finding.code.unwrap_or(if finding.contradiction { Code::CardAgainstHint } else { Code::WorthALook });
            let (file, span) = self.place(finding);
            let make = if finding.contradiction { Diagnostic::error } else { Diagnostic::warning };
            self.found.push(make(code, &file, span, finding.says.clone()).help(remedy(code)));
        }
    }

    /// Where a finding is told: in the card, if it stands there, else in the first file that it names.
    fn place(&mut self, finding: &Finding) -> (SourceFile, Span) {
        let own = |source: &&Source| source.origin.file == self.home.file.name() && source.origin.at.is_some();
        let source = finding.sources.iter().find(own).or_else(|| finding.sources.first());
        let Some(source) = source else { return (self.home.file.clone(), Span::default()) };
        let name = source.origin.file.clone();
        let known = self.files.get(&name).cloned().or_else(|| {
            let path = self.home.path.with_file_name(&name);
            let plain = !name.contains(['/', '\\']) && !name.contains("..");
            let read = plain.then(|| read_text(&path, &name, MAX_TEXT_BYTES).ok()).flatten()?;
            self.files.insert(name.clone(), read.clone());
            Some(read)
        });
        let (Some(file), Some(at)) = (known, source.origin.at) else {
            return (SourceFile::nameless(&name), Span::default());
        };
        let start = file.byte_at(at);
        let end = start + file.text()[start..].find(['\n', '\r']).unwrap_or(file.text().len() - start);
        (file, Span::new(start, end))
    }

    /// The Hub draws a model's family tree from `base_model`: a reference that it does not name is seen by nobody.
    fn not_in_base_model(&mut self) {
        let Some((_, front)) = &self.home.front else { return };
        let Ok(Some(tree)) = tree(&self.home.file, self.home.sheet) else { return };
        let Some(block) = self.home.block(&tree) else { return };
        let mut named = BTreeSet::new();
        for key in ["base_model", "base_models", "base_model_sources", "finetuned_from"] {
            if let Some(node) = front.get(key) {
                texts_in(node, &mut named);
            }
        }
        for component in block.get("components").and_then(Node::list).unwrap_or_default() {
            for reference in component.get("references").and_then(Node::list).unwrap_or_default() {
                let Some(node) = reference.get("model").filter(|node| !node.is_null()) else { continue };
                let Some(id) = node.text().map(model_id).filter(|id| id.contains('/') && !named.contains(id)) else {
                    continue;
                };
                let message = says(
                    format!("대조 모델 `{id}`이(가) 머리말의 `base_model`에 없다. 허브는 이 관계를 모른다"),
                    format!("the reference `{id}` is not named by `base_model`; the Hub does not know of it"),
                );
                let help = says(
                    format!("README.md의 머리말에 `base_model: {id}`를 더한다"),
                    format!("add `base_model: {id}` to the front matter of README.md"),
                );
                let problem = Diagnostic::warning(Code::NotInBaseModel, &self.home.file, node.span, message);
                self.found.push(problem.help(help));
            }
        }
    }

    /// The questions that are open, each at its comment, or at the part of the card in which its answer belongs.
    fn questions(&self, questions: &[Question]) -> Vec<Diagnostic> {
        let tree = tree(&self.home.file, self.home.sheet).ok().flatten();
        let block = tree.as_ref().and_then(|tree| self.home.block(tree));
        let each = questions.iter().map(|question| {
            let span = self.comment(question).or_else(|| block.map(|block| self.part(block, question)));
            let (field, text) = (&question.field, &question.text);
            let message = says(format!("`{field}`: {text}"), format!("`{field}`: {text}"));
            let help = says(
                format!("답: {}. 근거: {}", question.answers, question.backing),
                format!("answer: {}. Backing: {}", question.answers, question.backing),
            );
            let span = span.unwrap_or_default();
            Diagnostic::warning(Code::OpenQuestion, &self.home.file, span, message).help(help)
        });
        each.collect()
    }

    fn comment(&self, question: &Question) -> Option<Span> {
        let mark = format!("? {}", question.field).replace(" · ", " ");
        let text = self.home.file.text();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            if mark_of(line).as_deref() == Some(mark.as_str()) {
                let start = at + line.len() - line.trim_start().len();
                return Some(Span::new(start, at + line.trim_end().len()));
            }
            at += line.len();
        }
        None
    }

    fn part(&self, block: &Node, question: &Question) -> Span {
        let first = match question.way.first() {
            Some(Way::Key(key) | Way::Each(key) | Way::Item { list: key, .. }) => key.as_str(),
            None => "",
        };
        let keys = block.map().map(Vec::as_slice).unwrap_or_default();
        let found = keys.iter().find(|(key, _)| key.text().is_some_and(|own| is_key(own, first)));
        let span = found.or(keys.first()).map_or(block.span, |(key, _)| key.span);
        self.home.file.first_line(span)
    }
}

fn texts_in(node: &Node, found: &mut BTreeSet<String>) {
    if let Some(text) = node.text() {
        found.extend(text.split([',', ' ']).filter(|part| !part.is_empty()).map(model_id));
    }
    node.list().unwrap_or_default().iter().for_each(|item| texts_in(item, found));
    for (key, value) in node.map().into_iter().flatten() {
        texts_in(key, found);
        texts_in(value, found);
    }
}

/// What to do about a finding of gathering.
fn remedy(code: Code) -> Says {
    match code {
        Code::CardAgainstItself => says(
            "맞는 쪽만 남긴다. 둘 다 맞으면 어느 구성요소에 대한 말인지 나누어 적는다",
            "keep the one that is right; if both are, say of which component each is",
        ),
        Code::CardAgainstHint => says(
            "맞지 않는 쪽을 고친다. 가중치가 거기서 왔으면 `initialisation`과 `references`에 적는다",
            "mend the one that is wrong; if the weights come from there, say so in `initialisation` and `references`",
        ),
        Code::CardAgainstFiles => says("파일에 맞게 고친다", "write what the files hold"),
        Code::OriginNotNamed => says(
            "출발점이 된 모델을 `references`나 `synthetic_from`에 적는다",
            "name the model under `references` or `synthetic_from`",
        ),
        Code::SharesOff => says("비율의 합이 1이 되게 적는다", "write shares that add up to 1"),
        Code::NothingShows => says(
            "`evidence`에 항목을 더하고 `describes`에 이 자리를 적는다",
            "add an entry to `evidence` whose `describes` names this place",
        ),
        Code::FileNotThere => says("파일을 더하거나 이름을 고친다", "add the file, or mend its name"),
        _ => says("보고 나서 필요하면 카드에 적는다", "look at it, and state in the card what it calls for"),
    }
}

/// The texts of a card with all that has one right form mended: each file with its new text.
pub fn mended(home: &Home, findings: &[Diagnostic]) -> Vec<(SourceFile, String, usize)> {
    let mut all = Vec::new();
    for (name, file) in files_of(home) {
        let mut fixes: Vec<&(Span, String)> =
            findings.iter().filter(|it| it.file.name() == name).filter_map(|it| it.fix.as_ref()).collect();
        fixes.sort_by_key(|(span, _)| *span);
        fixes.dedup();
        let mut text = String::new();
        let (mut from, mut done) = (0, 0);
        for (span, new) in fixes {
            // What overlaps what was mended already is looked at again next time.
            if (span.start as usize) < from || file.slice(*span) == new {
                continue;
            }
            text.push_str(&file.text()[from..span.start as usize]);
            text.push_str(new);
            from = span.end as usize;
            done += 1;
        }
        text.push_str(&file.text()[from..]);
        if done > 0 && is_readable(home, &file, &text) {
            all.push((file, text, done));
        }
    }
    all
}

/// Whether a mended text can still be read.
fn is_readable(home: &Home, file: &SourceFile, text: &str) -> bool {
    let now = SourceFile::new(file.name(), text);
    let sheet = match crate::gather::front_matter_span(text) {
        Some(span) if home.front.as_ref().is_some_and(|(front, _)| front.name() == file.name()) => Sheet::Readme(span),
        _ => Sheet::Own,
    };
    tree(&now, sheet).is_ok_and(|tree| tree.is_some())
}
