//! facts.yaml: the facts, word lists and collections that a ruleset brings along.

use super::decode::{id, local, local_of};
use super::embedded::embedded;
use super::files::RulesetFiles;
use super::load::format;
use crate::text::{Aliases, Code, Diagnostic, Diagnostics, Lang, Node, Reader, SourceFile, Span, parse_yaml, says};
use crate::vocabulary::{
    DeclaredCollection, DeclaredFact, DeclaredKind, OwnFacts, PlainKind, Scope, Texts, Unit, vocabulary,
};

/// Facts of one ruleset, those of its collections with them. The largest known index has 120 questions.
const MOST_FACTS: usize = 1_000;

/// Words of one list: a set of them is one number of so many bits.
const MOST_WORDS: usize = 64;

/// Kinds without words or unit, as the file names them.
pub(super) const PLAIN: [(&str, PlainKind); 6] = [
    ("flag", PlainKind::Flag),
    ("text", PlainKind::Text),
    ("texts", PlainKind::Texts),
    ("date", PlainKind::Date),
    ("country", PlainKind::Country),
    ("countries", PlainKind::Countries),
];

/// All kinds, as the file names them.
pub(super) const KINDS: [&str; 9] =
    ["flag", "word", "words", "text", "texts", "number", "date", "country", "countries"];

/// The words of a ruleset, with the place of each declaration for the findings of later checks.
#[derive(Debug, Default)]
pub(super) struct Declared {
    /// The words.
    pub(super) own: OwnFacts,
    /// Where each path was declared.
    pub(super) places: Vec<(String, Span)>,
    /// Whether the file could not be read, so that its names are not known to be wrong.
    pub(super) unread: bool,
}

/// Reads the file of the ruleset `ruleset`.
pub(super) fn read(file: &SourceFile, ruleset: &str, languages: &[String], problems: &mut Diagnostics) -> Declared {
    let node = match parse_yaml(file, Aliases::Refuse) {
        Ok(node) => node,
        Err(problem) => {
            problems.push(problem);
            return Declared { unread: true, ..Declared::default() };
        }
    };
    let mut reading = Reading {
        reader: Reader::new(file.clone()),
        languages,
        lists: Vec::new(),
        declared: Declared { own: OwnFacts::of(ruleset), ..Declared::default() },
    };
    reading.file(&node, ruleset);
    problems.extend(reading.reader.problems);
    reading.declared
}

/// Reports a namespace of a ruleset of the program that a folder fills otherwise: one name would mean two things.
pub(super) fn report_embedded(file: &SourceFile, own: &OwnFacts, ruleset: &str, problems: &mut Diagnostics) {
    for known in embedded() {
        let files = RulesetFiles::embedded(known);
        let Some(theirs) = files.facts.as_ref().filter(|_| known.id == own.namespace || known.id == ruleset) else {
            continue;
        };
        let languages = ["ko".to_owned(), "en".to_owned()];
        let theirs = read(theirs, known.id, &languages, &mut Diagnostics::default()).own;
        if theirs.namespace == own.namespace && theirs != *own {
            let name = &own.namespace;
            let message = says(
                format!("이름 공간 `{name}`은(는) 프로그램에 든 규칙 모음의 것인데, 여기의 사실은 그것과 다르다"),
                format!("the namespace `{name}` belongs to a ruleset of the program, whose facts are other ones"),
            );
            let help = says(
                "사실을 똑같이 두거나, `namespace:`에 다른 이름을 적는다",
                "declare the same facts, or write another name as `namespace:`",
            );
            problems.push(Diagnostic::error(Code::BadId, file, Span::default(), message).help(help));
        }
    }
}

struct Reading<'l> {
    reader: Reader,
    languages: &'l [String],
    lists: Vec<(String, Vec<(String, Texts)>)>,
    declared: Declared,
}

impl Reading<'_> {
    fn file(&mut self, node: &Node, ruleset: &str) {
        let Some(mut fields) = self.reader.map(node) else {
            self.declared.unread = true;
            return;
        };
        if !format(&mut fields, &mut self.reader) {
            self.declared.unread = true;
            return;
        }
        let namespace = fields.node("namespace");
        let name = namespace.and_then(|node| id(node, &mut self.reader)).unwrap_or_else(|| ruleset.to_owned());
        self.namespace(&name, namespace.map_or(Span::default(), |node| node.span));
        self.declared.own = OwnFacts::of(&name);
        for (key, title) in self.entries(fields.node("dimensions")) {
            if let Some(name) = id(key, &mut self.reader) {
                local(title, self.languages, &mut self.reader);
                self.declared.own.dimensions.push(name);
            }
        }
        for (key, list) in self.entries(fields.node("words")) {
            if let (Some(name), Some(words)) = (id(key, &mut self.reader), self.words(list)) {
                self.lists.push((name, words));
            }
        }
        for (key, fact) in self.entries(fields.node("facts")) {
            self.fact(key, fact, &name, None);
        }
        for (key, collection) in self.entries(fields.node("collections")) {
            self.collection(key, collection, &name);
        }
        fields.done(&mut self.reader);
    }

    fn entries<'n>(&mut self, node: Option<&'n Node>) -> Vec<&'n (Node, Node)> {
        node.and_then(|node| self.reader.map(node)).map(|mut map| map.take_rest()).unwrap_or_default()
    }

    /// A namespace must not stand for what the table has already, and is one word: a path is cut at its dots.
    fn namespace(&mut self, name: &str, span: Span) {
        let taken = vocabulary().entries().any(|(_, entry)| entry.path.split('.').next() == Some(name));
        if !taken && !name.contains('.') {
            return;
        }
        let message = if taken {
            says(
                format!("`{name}`: 이미 있는 사실들의 이름이라 이름 공간으로 쓸 수 없다"),
                format!("`{name}` is the root of built-in facts and cannot be a namespace"),
            )
        } else {
            says(
                format!("`{name}`: 이름 공간에는 점을 쓸 수 없다"),
                format!("`{name}` has a dot, and a namespace is one word"),
            )
        };
        let help = says(
            "`namespace:`에 기관이나 기준의 짧은 이름을 적는다",
            "write a short name of the office or the standard as `namespace:`",
        );
        self.reader.report(Diagnostic::error(Code::BadId, &self.reader.file, span, message).help(help));
    }

    fn words(&mut self, node: &Node) -> Option<Vec<(String, Texts)>> {
        let mut words = Vec::new();
        for (key, says) in self.reader.map(node)?.take_rest() {
            let Some(word) = id(key, &mut self.reader) else { continue };
            words.push((word, self.texts(says)));
        }
        if words.is_empty() || words.len() > MOST_WORDS {
            let message = says(
                format!("낱말은 1개에서 {MOST_WORDS}개까지이다"),
                format!("a list holds from 1 to {MOST_WORDS} words"),
            );
            let span = self.reader.file.first_line(node.span);
            self.reader.error(Code::ValueNotAllowed, span, message);
            return None;
        }
        Some(words)
    }

    /// A text in every language of the ruleset, as sentences in Korean and in English take it.
    fn texts(&mut self, node: &Node) -> Texts {
        let text = local(node, self.languages, &mut self.reader).unwrap_or_default();
        Texts { en: text.get(Lang::En).to_owned(), ko: text.get(Lang::Ko).to_owned() }
    }

    /// The name of a fact or a collection: one word of a path, which is cut at its dots, in small letters, as cards
    /// may write `_` for `-`.
    fn key(&mut self, key: &Node) -> Option<String> {
        let name = id(key, &mut self.reader)?;
        if name.contains(['.', '_']) || name.chars().any(|letter| letter.is_ascii_uppercase()) {
            let better = name.to_lowercase().replace(['.', '_'], "-");
            let message = says(
                format!("`{name}`: 사실의 이름에는 작은 영문자, 숫자, `-`만 쓴다"),
                format!("`{name}`: the name of a fact has small letters, digits and `-` only"),
            );
            let help = says(format!("`{better}`로 적는다"), format!("write `{better}`"));
            self.reader.report(Diagnostic::error(Code::BadId, &self.reader.file, key.span, message).help(help));
            return None;
        }
        Some(name)
    }

    /// `inside` is the collection that a fact is declared inside of.
    fn fact(&mut self, key: &Node, node: &Node, namespace: &str, inside: Option<&str>) {
        let Some(name) = self.key(key) else { return };
        let Some(mut fields) = self.reader.map(node) else { return };
        let of = if inside.is_none() { fields.node("of") } else { None };
        let kind = fields.must("kind").and_then(|node| self.reader.word(node, &KINDS));
        let (unit, words) = (fields.node("unit"), fields.node("words"));
        let label = local_of(&mut fields, "label", self.languages, &mut self.reader);
        let meaning = local_of(&mut fields, "meaning", self.languages, &mut self.reader);
        let question = fields.node("question").map(|node| self.texts(node));
        fields.done(&mut self.reader);
        let both = |text: &super::model::LocalText| Texts {
            en: text.get(Lang::En).to_owned(),
            ko: text.get(Lang::Ko).to_owned(),
        };
        let (label, meaning) = (both(&label), both(&meaning));
        let kind = kind.and_then(|at| self.kind(KINDS[at], key, unit, words));
        let (scope, path) = match (inside, of) {
            (Some(collection), _) => {
                let Some(own) = self.declared.own.collection(collection) else { return };
                (Scope::Item(own), format!("{collection}.{name}"))
            }
            (None, None) => (Scope::Model, format!("{namespace}.{name}")),
            (None, Some(of)) => {
                let names: Vec<&str> = vocabulary().collections().map(|(_, it)| it.name).collect();
                let Some(at) = self.reader.word(of, &names) else { return };
                let Some(collection) = vocabulary().collection(names[at]) else { return };
                (Scope::Item(collection), format!("{}.{namespace}.{name}", names[at]))
            }
        };
        let Some(kind) = kind else { return };
        self.declare(DeclaredFact { path, scope, kind, label, meaning, question }, key.span);
    }

    fn declare(&mut self, fact: DeclaredFact, span: Span) {
        let path = fact.path.clone();
        if self.declared.places.iter().any(|(other, _)| *other == path) {
            let message = says(format!("`{path}`이(가) 두 번 나온다"), format!("`{path}` is declared twice"));
            let help = says("둘 가운데 하나의 이름을 바꾼다", "rename one of the two");
            self.reader.report(Diagnostic::error(Code::DuplicateId, &self.reader.file, span, message).help(help));
            return;
        }
        if self.declared.places.len() >= MOST_FACTS || self.declared.own.declare(fact).is_err() {
            let message =
                says(format!("사실이 {MOST_FACTS}개를 넘는다"), format!("there are more than {MOST_FACTS} facts"));
            self.reader.error(Code::TooManyNodes, span, message);
            return;
        }
        self.declared.places.push((path, span));
    }

    fn collection(&mut self, key: &Node, node: &Node, namespace: &str) {
        let Some(name) = self.key(key) else { return };
        let Some(mut fields) = self.reader.map(node) else { return };
        let (label, meaning) = (fields.must("label"), fields.must("meaning"));
        let (label, meaning) = (label.map(|node| self.texts(node)), meaning.map(|node| self.texts(node)));
        let facts = fields.must("facts");
        fields.done(&mut self.reader);
        let name = format!("{namespace}.{name}");
        let declared = DeclaredCollection {
            name: name.clone(),
            label: label.unwrap_or_default(),
            meaning: meaning.unwrap_or_default(),
        };
        let complete = format!("{name}-complete");
        if self.declared.places.iter().any(|(path, _)| *path == complete) {
            let message = says(format!("`{name}`이(가) 두 번 나온다"), format!("`{name}` is declared twice"));
            self.reader.error(Code::DuplicateId, key.span, message);
            return;
        }
        if self.declared.own.declare_collection(declared).is_err() {
            let message = says("모음이 너무 많다", "there are too many collections");
            self.reader.error(Code::TooManyNodes, key.span, message);
            return;
        }
        self.declared.places.push((complete, key.span));
        for (key, fact) in self.entries(facts) {
            self.fact(key, fact, namespace, Some(&name));
        }
    }

    /// The kind with the unit of a number or the words of a list, and nothing that another kind would need.
    fn kind(&mut self, kind: &str, key: &Node, unit: Option<&Node>, words: Option<&Node>) -> Option<DeclaredKind> {
        let lacking = |reader: &mut Reader, what: &str| {
            let message = says(
                format!("종류가 `{kind}`이면 `{what}`이(가) 있어야 한다"),
                format!("a fact of the kind `{kind}` takes `{what}`"),
            );
            let help = says(format!("`{what}:`을(를) 더한다"), format!("add `{what}:`"));
            reader.report(Diagnostic::error(Code::MissingKey, &reader.file, key.span, message).help(help));
        };
        for (node, what, fits) in [(unit, "unit", kind == "number"), (words, "words", matches!(kind, "word" | "words"))]
        {
            match node {
                None if fits => {
                    lacking(&mut self.reader, what);
                    return None;
                }
                Some(node) if !fits => {
                    let message = says(
                        format!("종류가 `{kind}`이면 `{what}`을(를) 쓰지 않는다"),
                        format!("a fact of the kind `{kind}` has no `{what}`"),
                    );
                    let help = says(format!("`{what}`을(를) 지운다"), format!("drop `{what}`"));
                    let span = self.reader.file.first_line(node.span);
                    let problem = Diagnostic::error(Code::OperatorDoesNotFit, &self.reader.file, span, message);
                    self.reader.report(problem.help(help));
                }
                _ => {}
            }
        }
        Some(match kind {
            "number" => DeclaredKind::Number(self.unit(unit?)?),
            "word" => DeclaredKind::Word(self.list(words?)?),
            "words" => DeclaredKind::Words(self.list(words?)?),
            plain => DeclaredKind::Plain(PLAIN.iter().find(|(word, _)| *word == plain)?.1),
        })
    }

    fn unit(&mut self, node: &Node) -> Option<Unit> {
        let written = self.reader.text(node)?;
        if let Some(unit) = Unit::ALL.into_iter().find(|unit| unit.word() == written || unit.symbol() == written) {
            return Some(unit);
        }
        let words = Unit::ALL.map(Unit::word);
        self.reader.word(node, &words).map(|at| Unit::ALL[at])
    }

    /// A list of words, written here or by the name of one above.
    fn list(&mut self, node: &Node) -> Option<Vec<(String, Texts)>> {
        let Some(name) = node.text() else { return self.words(node) };
        if let Some((_, words)) = self.lists.iter().find(|(list, _)| list == name) {
            return Some(words.clone());
        }
        let message = says(
            format!("`{name}`: 이 파일의 `words`에 없는 낱말 목록이다"),
            format!("there is no list of words `{name}` under `words` of this file"),
        );
        let names = self.lists.iter().map(|(list, _)| list.as_str());
        let problem = Diagnostic::error(Code::UnknownOption, &self.reader.file, node.span, message);
        let problem = problem.did_you_mean(name, names);
        self.reader.report(problem);
        None
    }
}
