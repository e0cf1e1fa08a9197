//! Named bundles of readings: `profiles` in ruleset.yaml.

use super::decode::{PLACES, id, local_of};
use super::model::{Profile, Reading};
use crate::text::{Code, Diagnostic, Diagnostics, Node, Reader, SourceFile, says};

/// Reads the mapping. What is wrong goes among the problems.
pub(super) fn read(
    node: &Node,
    readings: &[Reading],
    file: &SourceFile,
    languages: &[String],
    problems: &mut Diagnostics,
) -> Vec<Profile> {
    let mut reader = Reader::new(file.clone());
    reader.elsewhere = PLACES;
    let mut list = Vec::new();
    for (key, value) in reader.map(node).map(|mut all| all.take_rest()).unwrap_or_default() {
        let (Some(name), Some(mut fields)) = (id(key, &mut reader), reader.map(value)) else { continue };
        let title = local_of(&mut fields, "title", languages, &mut reader);
        let because = local_of(&mut fields, "because", languages, &mut reader);
        let chosen = fields.must("readings").map(|node| chosen(node, readings, &mut reader)).unwrap_or_default();
        fields.done(&mut reader);
        list.push(Profile { id: name, title, because, readings: chosen });
    }
    problems.extend(reader.problems);
    list
}

/// Readings with the options that are chosen, as a profile and a case write them: `reading: option`.
pub(crate) fn chosen(node: &Node, readings: &[Reading], reader: &mut Reader) -> Vec<(usize, usize)> {
    let Some(mut fields) = reader.map(node) else { return Vec::new() };
    let mut chosen = Vec::new();
    for (key, value) in fields.take_rest() {
        let (Some(id), Some(option)) = (key.text(), reader.text(value)) else { continue };
        let file = reader.file.clone();
        let Some(at) = readings.iter().position(|reading| reading.id == id) else {
            let message = says(format!("`{id}`: 이런 해석은 없다"), format!("there is no reading `{id}`"));
            let legal = readings.iter().map(|r| r.id.as_str());
            reader.report(Diagnostic::error(Code::UnknownReading, &file, key.span, message).did_you_mean(id, legal));
            continue;
        };
        let options = &readings[at].options;
        let Some(at_option) = options.iter().position(|o| o.id == option) else {
            let message = says(
                format!("해석 `{id}`에 없는 선택지이다: `{option}`"),
                format!("the reading `{id}` has no option `{option}`"),
            );
            let legal = options.iter().map(|o| o.id.as_str());
            reader
                .report(Diagnostic::error(Code::UnknownOption, &file, value.span, message).did_you_mean(option, legal));
            continue;
        };
        chosen.push((at, at_option));
    }
    chosen
}
