//! Loading: all files of a ruleset to one checked [`Ruleset`], or every mistake of every file.

use super::check::{Whole, check};
use super::closed::language;
use super::compile::{Compiler, Named, Names, Unread};
use super::cycles::report_cycles;
use super::decode::{PLACES, decision, id, is_id, local, local_of, note, release, remedy, version};
use super::files::RulesetFiles;
use super::model::{
    Criterion, DIMENSIONS, InForce, LocalText, Reading, ReadingOption, Ruleset, Scale, SourceInfo, Status, Term,
};
use super::scale::{Known, read_scale};
use super::{own, profiles, references};
use crate::facts::{Assurance, Style, Value};
use crate::text::{Aliases, Code, Diagnostic, Diagnostics, Fields, Node, Reader, SourceFile, Span, parse_yaml, says};
use crate::vocabulary::{Country, Kind, OwnFacts};

/// The format of ruleset files that this version reads.
pub const FORMAT: u32 = 1;

/// Most terms of one ruleset. The largest that we wrote has 30.
const MAX_TERMS: usize = 2_000;

/// Loads a ruleset. Warnings come with it; errors come instead.
///
/// # Errors
/// Every mistake of every file, each with its place.
pub fn load(files: &RulesetFiles) -> Result<(Ruleset, Diagnostics), Diagnostics> {
    let mut problems = files.odd.problems.clone();
    let head = head(files, &mut problems);
    let languages = head.languages.clone();
    let mut names = Names {
        readings: head.reading_names(),
        files: vec![files.ruleset.clone()],
        unread: Unread {
            ruleset: !head.read,
            terms: files.odd.terms,
            criteria: files.odd.unread.clone(),
            ..Unread::default()
        },
        ..Names::default()
    };
    if let Some(file) = &files.facts {
        let declared = own::read(file, &head.id, &languages, &mut problems);
        names.unread.facts = declared.unread;
        names.own = declared.own;
        own::report_embedded(file, &names.own, &head.id, &mut problems);
    }
    let mut terms = Vec::new();
    if let Some(file) = &files.terms {
        names.files.push(file.clone());
        let index = u16::try_from(names.files.len() - 1).unwrap_or(u16::MAX);
        match read_terms(file, index, &languages, &mut names, &mut problems) {
            Some(list) => terms = list,
            None => names.unread.terms = true,
        }
    }
    let mut drafts = Vec::new();
    let own = names.own.dimensions.clone();
    let dimensions: Vec<&str> = DIMENSIONS.into_iter().chain(own.iter().map(String::as_str)).collect();
    let words = Words { languages: &languages, dimensions: &dimensions };
    for file in &files.criteria {
        names.files.push(file.clone());
        let index = names.files.len() - 1;
        match read_criterion(file, index, words, &mut problems) {
            Some(draft) => drafts.push(draft),
            None => names.unread.criteria.push(stem(file).to_owned()),
        }
    }
    drafts.sort_by(|a, b| a.criterion.id.cmp(&b.criterion.id).then(a.criterion.file.cmp(&b.criterion.file)));
    // A criterion that is called otherwise than its file was reported for that, and its uses may go by the file.
    let renamed = drafts.iter().map(|draft| (draft, stem(&names.files[draft.criterion.file]).to_owned()));
    names.unread.criteria.extend(renamed.filter(|(draft, stem)| draft.criterion.id != *stem).map(|(_, stem)| stem));
    report_duplicates(&drafts, &names.files, &mut problems);
    drafts.dedup_by(|b, a| a.criterion.id == b.criterion.id);
    names.criteria = drafts.iter().map(CriterionDraft::named).collect();

    names.index();
    report_cycles(&names, &mut problems);
    let (criteria, expr) = compile(&names, &mut drafts, &mut problems);
    let profiles = head.profiles.as_ref();
    let profiles = profiles.map(|node| profiles::read(node, &head.readings, &files.ruleset, &languages, &mut problems));
    let ids: Vec<&str> = criteria.iter().map(|c| c.id.as_str()).collect();
    let known = Known { ids: &ids, names: &names, languages: &languages };
    let (scale, expr) = match &head.scale {
        Some(node) => read_scale(node, known, expr, &files.ruleset, &mut problems),
        None => (None, expr),
    };
    let families = files.references.as_ref().map_or_else(Vec::new, |file| references::read(file, &mut problems));
    problems.told_once(Code::BadLanguage);
    let compiled: Vec<bool> = drafts.iter().map(|draft| draft.compiled).collect();
    if let Some(scale) = &scale {
        check(
            &Whole { scale, criteria: &criteria, compiled: &compiled, expr: &expr, files: &names.files },
            &mut problems,
        );
    }
    if problems.has_errors() {
        return Err(problems);
    }
    let origin = files.origin(&head.id);
    Ok((
        Ruleset {
            id: head.id,
            version: head.version,
            title: head.title,
            source: head.source,
            sources: head.sources,
            publisher: head.publisher,
            contact: head.contact,
            status: head.status,
            in_force: head.in_force,
            home: head.home,
            languages,
            scale: scale.unwrap_or(Scale::Ladder(Vec::new())),
            readings: head.readings,
            decisions: head.decisions,
            notes: head.notes,
            history: head.history,
            terms,
            criteria,
            expr,
            files: names.files,
            digest: files.digest(),
            origin,
            families,
            own: names.own,
            profiles: profiles.unwrap_or_default(),
        },
        problems,
    ))
}

/// What ruleset.yaml says, with the scale still as text.
#[derive(Debug, Default)]
struct Head {
    id: String,
    version: String,
    title: LocalText,
    source: SourceInfo,
    sources: Vec<SourceInfo>,
    publisher: Option<LocalText>,
    contact: Option<String>,
    status: Status,
    in_force: Option<InForce>,
    home: Option<Country>,
    languages: Vec<String>,
    readings: Vec<Reading>,
    decisions: Vec<super::model::Decision>,
    notes: Vec<super::model::Note>,
    history: Vec<super::model::Release>,
    scale: Option<Node>,
    profiles: Option<Node>,
    /// Whether ruleset.yaml could be read at all.
    read: bool,
}

impl Head {
    fn reading_names(&self) -> Vec<(String, Vec<String>)> {
        self.readings.iter().map(|r| (r.id.clone(), r.options.iter().map(|o| o.id.clone()).collect())).collect()
    }
}

fn open(file: &SourceFile, problems: &mut Diagnostics) -> Option<(Node, Reader)> {
    match parse_yaml(file, Aliases::Refuse) {
        Ok(node) => {
            let mut reader = Reader::new(file.clone());
            reader.elsewhere = PLACES;
            Some((node, reader))
        }
        Err(problem) => {
            problems.push(problem);
            None
        }
    }
}

/// Reads `format:`; a newer one ends the reading of the file.
pub(crate) fn format(fields: &mut Fields<'_>, reader: &mut Reader) -> bool {
    let Some(node) = fields.must("format") else { return true };
    let Some(number) = reader.text(node).and_then(|text| text.parse::<u32>().ok()) else {
        let help = says(format!("`format: {FORMAT}`로 적는다"), format!("write `format: {FORMAT}`"));
        reader.wrong_shape(node, "형식 번호(수)", "the number of the format", help);
        return true;
    };
    if number == 0 {
        let file = reader.file.clone();
        let message = says("형식 번호는 1부터 시작한다", "formats are numbered from 1");
        let help = says(format!("`format: {FORMAT}`로 적는다"), format!("write `format: {FORMAT}`"));
        reader.report(Diagnostic::error(Code::ValueNotAllowed, &file, node.span, message).help(help));
    }
    if number > FORMAT {
        let file = reader.file.clone();
        let message = says(
            format!("형식 번호 {number}: 이 프로그램은 {FORMAT}번까지만 읽는다"),
            format!("format {number} is newer than this program, which reads up to {FORMAT}"),
        );
        reader.report(
            Diagnostic::error(Code::NewerFormat, &file, node.span, message)
                .help(says("새 판의 sovgrade를 쓴다", "use a newer version of sovgrade")),
        );
        fields.take_rest(); // nothing can be said about what a newer format means
        return false;
    }
    true
}

fn head(files: &RulesetFiles, problems: &mut Diagnostics) -> Head {
    let mut head = Head { languages: vec!["ko".to_owned(), "en".to_owned()], ..Head::default() };
    let Some((node, mut reader)) = open(&files.ruleset, problems) else { return head };
    let Some(mut fields) = reader.map(&node) else {
        problems.extend(reader.problems);
        return head;
    };
    if !format(&mut fields, &mut reader) {
        problems.extend(reader.problems);
        return head;
    }
    head.read = true;
    let reader_ref = &mut reader;
    if let Some(node) = fields.node("languages") {
        let items = reader_ref.list(node).unwrap_or_default();
        if items.is_empty() && node.list().is_some() {
            let message = says("언어가 하나도 없다", "there is no language");
            let help = says("`[ko, en]`처럼 하나 이상 적는다", "write at least one, as in `[ko, en]`");
            let file = reader_ref.file.clone();
            reader_ref.report(Diagnostic::error(Code::BadLanguage, &file, node.span, message).help(help));
        }
        let read: Vec<Option<String>> = items.iter().map(|item| read_language(item, reader_ref)).collect();
        // Where one could not be read, no text is said to lack it.
        if let Some(list) = read.into_iter().collect::<Option<Vec<String>>>().filter(|list| !list.is_empty()) {
            head.languages = list;
        }
    }
    let languages = head.languages.clone();
    if let Some(node) = fields.must("id") {
        head.id = id(node, reader_ref).unwrap_or_default();
        name_fits(&head.id, &files.folder, node.span, "폴더", "folder", reader_ref);
    }
    let version_node = fields.must("version");
    head.version = version_node.and_then(|node| version(node, reader_ref)).unwrap_or_default();
    head.title = local_of(&mut fields, "title", &languages, reader_ref);
    head.source = fields.required("source", reader_ref).unwrap_or_default();
    head.sources = fields.optional("sources", reader_ref).unwrap_or_default();
    head.publisher = fields.node("publisher").and_then(|node| local(node, &languages, reader_ref));
    head.contact = fields.optional("contact", reader_ref);
    head.status = fields.optional("status", reader_ref).unwrap_or_default();
    head.in_force = fields.optional("in-force", reader_ref);
    head.home =
        fields.node("home").and_then(|node| match Value::decode(Kind::Country, node, Style::Rule, reader_ref) {
            Some(Value::Country(country)) => Some(country),
            _ => None,
        });
    head.scale = fields.must("scale").cloned();
    head.profiles = fields.node("profiles").cloned();
    head.readings = fields.node("readings").map(|node| readings(node, &languages, reader_ref)).unwrap_or_default();
    let mut list =
        |key: &'static str| fields.node(key).and_then(|node| reader_ref.list(node)).unwrap_or_default().to_vec();
    let (decisions, notes, history) = (list("decisions"), list("notes"), list("history"));
    head.decisions = decisions.iter().filter_map(|node| decision(node, &languages, reader_ref)).collect();
    head.notes = notes.iter().filter_map(|item| note(item, &languages, reader_ref)).collect();
    head.history = history.iter().filter_map(|node| release(node, &languages, reader_ref)).collect();
    if let Some(node) = version_node {
        check_history(&head, node, &history, reader_ref);
    }
    fields.done(reader_ref);
    problems.extend(reader.problems);
    head
}

fn read_language(node: &Node, reader: &mut Reader) -> Option<String> {
    let text = reader.text(node)?;
    language(text, node, reader).then(|| text.to_owned())
}

/// The version stands in the history, each version once, and the newest first.
fn check_history(head: &Head, version: &Node, entries: &[Node], reader: &mut Reader) {
    let file = reader.file.clone();
    let known = |version: &str| head.history.iter().any(|release| release.version == version);
    if !head.history.is_empty() && !head.version.is_empty() && !known(&head.version) {
        let id = &head.version;
        let message =
            says(format!("`history`에 판 `{id}`이(가) 없다"), format!("the version `{id}` is not in the `history`"));
        let longer = format!("{id}.0");
        let help = if known(&longer) {
            says(format!("`{longer}`으로 적는다"), format!("write `{longer}`"))
        } else {
            says(
                format!("`history` 맨 위에 `version: {id}`과(와) 날짜, 바뀐 것을 적는다"),
                format!("put `version: {id}` with its date and its changes first under `history`"),
            )
        };
        reader.report(Diagnostic::warning(Code::BadVersion, &file, version.span, message).help(help));
    }
    for pair in head.history.windows(2) {
        let [newer, older] = pair else { continue };
        let node = entries.iter().find_map(|entry| entry.get("date").filter(|date| date.text() == Some(&*older.date)));
        let Some(node) = node.filter(|_| !newer.date.is_empty() && newer.date < older.date) else { continue };
        let message = says(
            format!("판 `{}`의 날짜가 그 위의 판 `{}`보다 뒤이다", older.version, newer.version),
            format!("the version `{}` has a later date than `{}` above it", older.version, newer.version),
        );
        let help = says("새 판을 위에 적고 날짜를 확인한다", "put the newest version first, and check the dates");
        reader.report(Diagnostic::warning(Code::BadDate, &file, node.span, message).help(help));
    }
}

fn name_fits(id: &str, name: &str, span: Span, ko: &str, en: &str, reader: &mut Reader) {
    if id.is_empty() || id == name {
        return;
    }
    let file = reader.file.clone();
    let message = says(
        format!("식별자 `{id}`이(가) {ko} 이름 `{name}`과(와) 다르다"),
        format!("the id `{id}` is not the name of its {en}, `{name}`"),
    );
    let help = if is_id(name) {
        says(format!("`id: {name}`로 고치거나 이름을 바꾼다"), format!("write `id: {name}`, or rename the {en}"))
    } else {
        says(
            format!("{ko} 이름과 `id:`를 같게 하고, 영문자와 숫자, `-`, `_`, `.`만 쓴다"),
            format!("give the {en} and `id:` one name, of letters, digits, `-`, `_` and `.` alone"),
        )
    };
    reader.report(Diagnostic::error(Code::IdIsNotFileName, &file, span, message).help(help));
}

/// An id; one that cannot be used is reported, and what is like it stands for it where it is used.
fn id_or_near(key: &Node, reader: &mut Reader) -> String {
    let near = |text: &str| text.trim().to_lowercase().replace([' ', '_'], "-");
    id(key, reader).unwrap_or_else(|| near(key.text().unwrap_or_default()))
}

fn readings(node: &Node, languages: &[String], reader: &mut Reader) -> Vec<Reading> {
    let Some(mut all) = reader.map(node) else { return Vec::new() };
    let mut list = Vec::new();
    for (key, value) in all.take_rest() {
        let Some(name) = id(key, reader) else { continue };
        let Some(mut fields) = reader.map(value) else { continue };
        let question = local_of(&mut fields, "question", languages, reader);
        let settles = fields.optional("settles", reader).unwrap_or_default();
        let default = fields.must("default");
        let mut options = Vec::new();
        if let Some(mut each) = fields.must("options").and_then(|node| reader.map(node)) {
            for (key, value) in each.take_rest() {
                let (option, Some(mut fields)) = (id_or_near(key, reader), reader.map(value)) else { continue };
                let title = local_of(&mut fields, "title", languages, reader);
                let because = local_of(&mut fields, "because", languages, reader);
                fields.done(reader);
                options.push(ReadingOption { id: option, title, because });
            }
        }
        fields.done(reader);
        let legal: Vec<&str> = options.iter().map(|o| o.id.as_str()).collect();
        let default = default.and_then(|node| {
            let text = reader.text(node)?;
            let at = legal.iter().position(|option| *option == text);
            if at.is_none() {
                let file = reader.file.clone();
                let message = says(
                    format!("해석 `{name}`에 없는 선택지이다: `{text}`"),
                    format!("the reading `{name}` has no option `{text}`"),
                );
                reader.report(
                    Diagnostic::error(Code::UnknownOption, &file, node.span, message)
                        .did_you_mean(text, legal.iter().copied()),
                );
            }
            at
        });
        list.push(Reading { id: name, question, default: default.unwrap_or(0), options, settles });
    }
    list
}

fn read_terms(
    file: &SourceFile,
    index: u16,
    languages: &[String],
    names: &mut Names,
    problems: &mut Diagnostics,
) -> Option<Vec<Term>> {
    let (node, mut reader) = open(file, problems)?;
    let mut terms = Vec::new();
    if let Some(mut fields) = reader.map(&node) {
        if !format(&mut fields, &mut reader) {
            problems.extend(reader.problems);
            return None;
        }
        names.unread.terms |= !fields.has("terms");
        if let Some(mut all) = fields.must("terms").and_then(|node| reader.map(node)) {
            let listed = all.take_rest();
            if listed.len() > MAX_TERMS {
                let (ko, en) =
                    (format!("용어가 {MAX_TERMS}개를 넘는다"), format!("there are more than {MAX_TERMS} terms"));
                reader.error(Code::TooManyNodes, node.span, says(ko, en));
            }
            for (key, value) in listed.into_iter().take(MAX_TERMS) {
                names.unread.terms |= key.text().is_none_or(|key| !is_id(key));
                let (Some(name), Some(mut fields)) = (id(key, &mut reader), reader.map(value)) else { continue };
                let title = local_of(&mut fields, "title", languages, &mut reader);
                let meaning = local_of(&mut fields, "meaning", languages, &mut reader);
                let scope_node = fields.node("scope");
                let scope = scope_node.and_then(|node| scope(node, &names.own, &mut reader));
                if let Some(test) = fields.must("test") {
                    let place = super::expr::Place { file: index, span: test.span };
                    let scope_id = scope.as_deref().and_then(|name| names.own.collection(name));
                    names.terms.push((name.clone(), Named { test: test.clone(), file: index, scope: scope_id }));
                    terms.push(Term { id: name, title, meaning, scope, place });
                }
                fields.done(&mut reader);
            }
        }
        fields.done(&mut reader);
    }
    problems.extend(reader.problems);
    Some(terms)
}

/// The name of a file without folder and ending.
fn stem(file: &SourceFile) -> &str {
    let name = file.name().rsplit('/').next().unwrap_or_default();
    name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml")).unwrap_or(name)
}

fn scope(node: &Node, own: &OwnFacts, reader: &mut Reader) -> Option<String> {
    let text = reader.text(node)?;
    if text == "model" {
        return None;
    }
    let legal = own.collection_names();
    if legal.contains(&text) {
        return Some(text.to_owned());
    }
    let file = reader.file.clone();
    let message = says(format!("`{text}`: 이런 모음은 없다"), format!("there is no collection `{text}`"));
    reader.report(Diagnostic::error(Code::UnknownCollection, &file, node.span, message).did_you_mean(text, legal));
    None
}

/// A criterion whose test is still text.
#[derive(Debug)]
struct CriterionDraft {
    criterion: Criterion,
    test: Node,
    applies: Option<Node>,
    compiled: bool,
}

impl CriterionDraft {
    fn named(&self) -> (String, Named) {
        let file = u16::try_from(self.criterion.file).unwrap_or(u16::MAX);
        (self.criterion.id.clone(), Named { test: self.test.clone(), file, scope: None })
    }
}

/// The words in which a criterion is written.
#[derive(Debug, Clone, Copy)]
struct Words<'w> {
    languages: &'w [String],
    dimensions: &'w [&'w str],
}

fn read_criterion(
    file: &SourceFile,
    index: usize,
    words: Words<'_>,
    problems: &mut Diagnostics,
) -> Option<CriterionDraft> {
    let (node, mut reader) = open(file, problems)?;
    let draft = criterion_fields(&node, file, index, words, &mut reader);
    problems.extend(reader.problems);
    draft
}

fn criterion_fields(
    node: &Node,
    file: &SourceFile,
    index: usize,
    Words { languages, dimensions }: Words<'_>,
    reader: &mut Reader,
) -> Option<CriterionDraft> {
    let mut fields = reader.map(node)?;
    if !format(&mut fields, reader) {
        return None;
    }
    let id_node = fields.must("id");
    let name = id_node.and_then(|node| id(node, reader));
    if let (Some(node), Some(name)) = (id_node, &name) {
        name_fits(name, stem(file), node.span, "파일", "file", reader);
    }
    let dimension = fields.must("dimension").and_then(|node| reader.word(node, dimensions)).map(|at| dimensions[at]);
    let title = local_of(&mut fields, "title", languages, reader);
    let question = local_of(&mut fields, "question", languages, reader);
    let rationale = local_of(&mut fields, "rationale", languages, reader);
    let cites = fields.optional("cites", reader).unwrap_or_default();
    let steps: Vec<&str> = Assurance::ALL.iter().map(|step| step.word()).collect();
    let needs = fields.must("needs").and_then(|node| reader.word(node, &steps));
    let applies = fields.node("applies").cloned();
    let not_applicable = fields.node("not-applicable").and_then(|node| local(node, languages, reader));
    let test = fields.must("test").cloned();
    let remedy = fields.node("remedy").and_then(|node| remedy(node, languages, reader)).unwrap_or_default();
    fields.done(reader);
    let criterion = Criterion {
        id: name.unwrap_or_else(|| stem(file).to_owned()), // a file whose id is wrong is still looked through
        id_span: id_node.map_or(node.span, |id| id.span),
        dimension: dimension.unwrap_or(DIMENSIONS[0]).to_owned(),
        title,
        question,
        rationale,
        cites,
        needs: needs.map_or(Assurance::Declared, |at| Assurance::ALL[at]),
        applies: None,
        not_applicable,
        test: super::expr::NodeId(0),
        remedy,
        file: index,
    };
    Some(CriterionDraft { criterion, test: test?, applies, compiled: false })
}

fn report_duplicates(drafts: &[CriterionDraft], files: &[SourceFile], problems: &mut Diagnostics) {
    for pair in drafts.windows(2) {
        let [first, second] = pair else { continue };
        // One whose file has another name was reported for that.
        let own = |draft: &CriterionDraft| draft.criterion.id == stem(&files[draft.criterion.file]);
        if first.criterion.id == second.criterion.id && own(first) == own(second) {
            let (id, other) = (&second.criterion.id, files[first.criterion.file].name());
            problems.push(
                Diagnostic::error(
                    Code::DuplicateId,
                    &files[second.criterion.file],
                    second.criterion.id_span,
                    says(
                        format!("식별자 `{id}`은(는) `{other}`에서도 쓴다"),
                        format!("the id `{id}` is used in `{other}` too"),
                    ),
                )
                .help(says("둘 가운데 하나를 바꾼다", "change one of the two")),
            );
        }
    }
}

fn compile(
    names: &Names,
    drafts: &mut [CriterionDraft],
    problems: &mut Diagnostics,
) -> (Vec<Criterion>, super::expr::Expr) {
    let mut compiler = Compiler::new(names);
    let reader_of = |file: u16| {
        let mut reader = Reader::new(names.files[usize::from(file)].clone());
        reader.elsewhere = PLACES;
        reader
    };
    for (at, (_, named)) in names.terms.iter().enumerate() {
        let mut reader = reader_of(named.file);
        compiler.check_term(at, &mut reader);
        problems.extend(reader.problems);
    }
    let mut criteria = Vec::with_capacity(drafts.len());
    for (at, draft) in drafts.iter_mut().enumerate() {
        let file = u16::try_from(draft.criterion.file).unwrap_or(u16::MAX);
        let mut reader = reader_of(file);
        draft.criterion.applies = draft.applies.as_ref().and_then(|node| compiler.root(node, file, None, &mut reader));
        if let Some(test) = compiler.root(&draft.test, file, Some(at), &mut reader) {
            draft.criterion.test = test;
            draft.compiled = true;
        }
        problems.extend(reader.problems);
        criteria.push(draft.criterion.clone());
    }
    (criteria, compiler.expr)
}
