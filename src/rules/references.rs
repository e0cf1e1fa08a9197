//! references.yaml: the families of reference models against which a claim of weights of one's own must have been
//! compared.

use super::load::format;
use crate::facts::{Date, Family, KnownModel};
use crate::text::{Aliases, Code, Diagnostic, Diagnostics, Node, Reader, SourceFile, parse_yaml, says};
use crate::vocabulary::{Kind, vocabulary};

/// Families of one ruleset, and models of one family.
const MOST: usize = 64;

/// Reads the file. What is wrong goes among the problems.
pub(super) fn read(file: &SourceFile, problems: &mut Diagnostics) -> Vec<Family> {
    let node = match parse_yaml(file, Aliases::Refuse) {
        Ok(node) => node,
        Err(problem) => {
            problems.push(problem);
            return Vec::new();
        }
    };
    let mut reader = Reader::new(file.clone());
    let mut families: Vec<Family> = Vec::new();
    if let Some(mut fields) = reader.map(&node)
        && format(&mut fields, &mut reader)
    {
        let list = fields.must("families").and_then(|node| reader.list(node)).unwrap_or_default();
        for node in list.iter().take(MOST) {
            let Some(family) = family(node, &mut reader) else { continue };
            if families.iter().any(|other| other.id == family.id) {
                let id = &family.id;
                let message = says(format!("`{id}`이(가) 두 번 나온다"), format!("`{id}` appears twice"));
                reader.error(Code::DuplicateId, node.span, message);
                continue;
            }
            families.push(family);
        }
        fields.done(&mut reader);
    }
    problems.extend(reader.problems);
    families
}

fn family(node: &Node, reader: &mut Reader) -> Option<Family> {
    let mut fields = reader.map(node)?;
    let id = fields.required::<String>("id", reader);
    let roles = fields.must("roles");
    let required = fields.optional("required", reader).unwrap_or(true);
    let models = fields.must("models").and_then(|node| reader.list(node)).unwrap_or_default();
    fields.done(reader);
    let legal: Vec<&str> = match vocabulary().entry(vocabulary().must("component.role")).kind {
        Kind::Word(words) => words.iter().map(|word| word.id).collect(),
        _ => Vec::new(),
    };
    let written = roles.map_or(&[][..], |node| node.list().unwrap_or(std::slice::from_ref(node)));
    let roles = written.iter().filter_map(|node| reader.word(node, &legal)).map(|at| legal[at].to_owned()).collect();
    let models = models.iter().take(MOST).filter_map(|node| model(node, reader)).collect();
    Some(Family { id: id?, roles, required, models })
}

fn model(node: &Node, reader: &mut Reader) -> Option<KnownModel> {
    let mut fields = reader.map(node)?;
    let id = fields.required::<String>("id", reader);
    let released = fields.node("released").and_then(|node| day(node, reader));
    let source = fields.optional::<String>("source", reader);
    let files = fields.node("files").and_then(|node| reader.list(node)).unwrap_or_default();
    fields.done(reader);
    let files = files.iter().filter_map(|node| digest(node, reader)).collect();
    Some(KnownModel { id: id?, released, source, files })
}

fn day(node: &Node, reader: &mut Reader) -> Option<Date> {
    let day = Date::parse(reader.text(node)?);
    if day.is_none() {
        let problem =
            Diagnostic::error(Code::BadDate, &reader.file, node.span, says("날짜가 아니다", "this is no date"));
        reader.report(problem.help(says("2026-01-15처럼 적는다", "write it as 2026-01-15")));
    }
    day
}

fn digest(node: &Node, reader: &mut Reader) -> Option<(String, String)> {
    let mut fields = reader.map(node)?;
    let name = fields.required::<String>("name", reader);
    let sha256 = fields.required::<String>("sha256", reader);
    fields.done(reader);
    let sha256 = sha256?.to_lowercase();
    if sha256.len() != 64 || !sha256.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let message = says("SHA-256은 16진수 64자이다", "a SHA-256 digest has 64 hexadecimal digits");
        reader.error(Code::ValueNotAllowed, node.span, message);
        return None;
    }
    Some((name?, sha256))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> (Vec<Family>, Diagnostics) {
        let mut problems = Diagnostics::default();
        let families = read(&SourceFile::new("references.yaml", text), &mut problems);
        (families, problems)
    }

    #[test]
    fn a_family_is_read_with_its_models() {
        let (families, problems) = read_text(
            "format: 1\nfamilies:\n- id: alpha\n  roles: [text]\n  models:\n  - {id: a/b, released: 2024-01-02, source: u}\n",
        );
        assert!(problems.is_empty());
        assert!(families[0].required && families[0].has("A/B") && families[0].roles == ["text"]);
        assert_eq!(families[0].models[0].source.as_deref(), Some("u"));
        assert_eq!(families[0].out_by(Date::parse("2023-12-31")).count(), 0);
        assert_eq!(families[0].out_by(None).count(), 1);
    }

    #[test]
    fn the_days_of_embedded_rulesets_were_read_at_the_maker() {
        let sets: Vec<Vec<Family>> = crate::rules::embedded()
            .iter()
            .map(|it| crate::rules::load(&crate::rules::RulesetFiles::embedded(it)).expect("it is used").0.families)
            .filter(|families| !families.is_empty())
            .collect();
        assert!(sets.len() > 1 && sets.iter().all(|families| *families == sets[0]));
        let models: Vec<&KnownModel> = sets[0].iter().flat_map(|family| &family.models).collect();
        for model in &models {
            assert_eq!(model.released.is_some(), model.source.is_some(), "{}", model.id);
            let owners = MAKERS.iter().find(|(owner, _)| model.id.split('/').next() == Some(owner));
            let (_, accounts) = owners.unwrap_or_else(|| panic!("whose is `{}`?", model.id));
            let theirs = |url: &String| accounts.iter().any(|it| url.starts_with(&format!("https://github.com/{it}/")));
            assert!(model.source.iter().all(theirs), "`{}` is not dated at its maker", model.id);
            // A page that changes says another thing tomorrow: the commit is named.
            let pinned = |url: &String| url.split('/').any(|part| part.len() == 40);
            assert!(model.source.iter().all(pinned), "{}", model.id);
        }
        // Of these no page of the maker with a day could be opened.
        let undated: Vec<&str> = models.iter().filter(|it| it.released.is_none()).map(|it| it.id.as_str()).collect();
        assert_eq!(undated, ["mistralai/Mixtral-8x7B-v0.1"]);
    }

    /// Owners of models, with the accounts under which the same makers keep their repositories.
    const MAKERS: [(&str, &[&str]); 5] = [
        ("meta-llama", &["meta-llama"]),
        ("mistralai", &["mistralai"]),
        ("Qwen", &["QwenLM"]),
        ("deepseek-ai", &["deepseek-ai"]),
        ("zai-org", &["zai-org", "THUDM"]),
    ];

    #[test]
    fn mistakes_are_told() {
        for text in [
            "format: 1\n",
            "format: 1\nfamilies: [{id: a, roles: [txt], models: []}]\n",
            "format: 1\nfamilies: [{id: a, roles: [text], models: [{id: a/b, released: soon}]}]\n",
            "format: 1\nfamilies: [{id: a, roles: [text], models: [{id: a/b, files: [{name: x, sha256: 12}]}]}]\n",
            "format: 1\nfamilies: [{id: a, roles: [text], models: []}, {id: a, roles: [text], models: []}]\n",
        ] {
            assert!(read_text(text).1.has_errors(), "{text}");
        }
    }
}
