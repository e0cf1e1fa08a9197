//! A plan as lines of YAML: what is stated as it is, all else as comments that become right by taking the mark away.

use std::collections::BTreeSet;

use super::plan::{Body, Entry, Item, Leaf, Note, Plan};
use super::scalar;

/// Longest line of a comment, in columns.
const WIDE: usize = 100;

/// Writes plans; comments whose marks a card has already are left out.
pub(super) struct Render<'m> {
    /// Marks that stand in the card.
    pub(super) there: &'m BTreeSet<String>,
}

impl Render<'_> {
    /// The lines of a mapping whose keys stand at this column.
    pub(super) fn plan(&self, plan: &Plan, column: usize) -> Vec<String> {
        plan.entries.iter().flat_map(|entry| self.entry(entry, column)).collect()
    }

    /// The lines of one key.
    pub(super) fn entry(&self, entry: &Entry, column: usize) -> Vec<String> {
        let (key, indent) = (&entry.key, " ".repeat(column));
        match &entry.body {
            Body::Leaf(leaf) if leaf.stated => vec![stated(&indent, key, leaf)],
            Body::Leaf(leaf) => self.held_out(leaf, column, key),
            Body::Map(plan) => {
                let inside = self.plan(plan, column + 2);
                if inside.is_empty() { inside } else { [vec![format!("{indent}{key}:")], inside].concat() }
            }
            Body::List(items) => {
                let (stated, others): (Vec<&Item>, Vec<&Item>) = items.iter().partition(|item| item.stated);
                let mut lines: Vec<String> = stated.into_iter().flat_map(|item| self.item(item, column)).collect();
                let head = if lines.is_empty() { Some(key.as_str()) } else { None };
                let ghosts = self.ghosts(&others, head, column);
                if !lines.is_empty() {
                    lines.insert(0, format!("{indent}{key}:"));
                }
                lines.extend(ghosts);
                lines
            }
        }
    }

    /// A place for a value: the comments, then the key with the value that a file hints at, if there is one.
    pub(super) fn held_out(&self, leaf: &Leaf, column: usize, key: &str) -> Vec<String> {
        let mut lines = self.notes(&leaf.notes, column);
        if !lines.is_empty() {
            lines.push(format!("{}# {}", " ".repeat(column), skeleton(key, leaf)));
        }
        lines
    }

    /// An entry of a list that is stated, its dash at this column.
    pub(super) fn item(&self, item: &Item, column: usize) -> Vec<String> {
        let indent = " ".repeat(column);
        let mut lines = Vec::new();
        if let Some((key, id)) = &item.id {
            lines.push(format!("{indent}- {key}: {}{}", scalar::text(id), source(&item.from)));
        }
        lines.extend(self.plan(&item.plan, column + 2));
        lines
    }

    /// Entries that are not stated: all their comments, then what would be written.
    pub(super) fn ghosts(&self, items: &[&Item], head: Option<&str>, column: usize) -> Vec<String> {
        let indent = " ".repeat(column);
        let mut lines = Vec::new();
        let mut shape: Vec<String> = Vec::new();
        for item in items {
            let (notes, mut inside) = self.ghost(item);
            if notes.iter().all(|note| self.there.contains(&note.mark)) {
                continue;
            }
            lines.extend(self.notes_of(&notes, column));
            match (&item.id, &item.flow) {
                (_, Some(flow)) => shape.push(format!("- {{{}}}", flow.trim_start_matches('{').trim_end_matches('}'))),
                (Some((key, id)), _) => inside.insert(0, format!("{key}: {}", scalar::text(id))),
                (None, None) => {}
            }
            let dashed = |(at, line): (usize, String)| format!("{}{line}", if at == 0 { "- " } else { "  " });
            shape.extend(inside.into_iter().enumerate().map(dashed));
        }
        if shape.is_empty() {
            return Vec::new();
        }
        lines.extend(head.map(|key| format!("{indent}# {key}:")));
        lines.extend(shape.into_iter().map(|line| format!("{indent}# {line}")));
        lines
    }

    /// What is said before an entry that is not stated, and the lines of the entry.
    fn ghost<'i>(&self, item: &'i Item) -> (Vec<&'i Note>, Vec<String>) {
        let mut notes: Vec<&Note> = item.notes.iter().collect();
        let mut lines = Vec::new();
        shape_of(&item.plan, 0, &mut notes, &mut lines);
        (notes, lines)
    }

    /// Comments that the card does not have yet.
    pub(super) fn notes(&self, notes: &[Note], column: usize) -> Vec<String> {
        self.notes_of(&notes.iter().collect::<Vec<_>>(), column)
    }

    fn notes_of(&self, notes: &[&Note], column: usize) -> Vec<String> {
        let new = notes.iter().filter(|note| !self.there.contains(&note.mark));
        new.flat_map(|note| note_lines(note, column)).collect()
    }
}

/// The lines of what is not stated, without their marks.
fn shape_of<'p>(plan: &'p Plan, column: usize, notes: &mut Vec<&'p Note>, lines: &mut Vec<String>) {
    let indent = " ".repeat(column);
    for entry in &plan.entries {
        match &entry.body {
            Body::Leaf(leaf) => {
                notes.extend(&leaf.notes);
                lines.push(format!("{indent}{}", skeleton(&entry.key, leaf)));
            }
            Body::Map(plan) => {
                lines.push(format!("{indent}{}:", entry.key));
                shape_of(plan, column + 2, notes, lines);
            }
            Body::List(items) => {
                lines.push(format!("{indent}{}:", entry.key));
                for item in items {
                    notes.extend(&item.notes);
                    let mut inside = Vec::new();
                    match (&item.id, &item.flow) {
                        (_, Some(flow)) => inside.push(flow.clone()),
                        (Some((key, id)), _) => inside.push(format!("{key}: {}", scalar::text(id))),
                        (None, None) => {}
                    }
                    shape_of(&item.plan, 0, notes, &mut inside);
                    let dashed = |(at, line)| format!("{indent}{}{line}", if at == 0 { "- " } else { "  " });
                    lines.extend(inside.into_iter().enumerate().map(dashed));
                }
            }
        }
    }
}

fn stated(indent: &str, key: &str, leaf: &Leaf) -> String {
    format!("{indent}{}{}", skeleton(key, leaf), source(&leaf.from))
}

fn source(from: &str) -> String {
    if from.is_empty() { String::new() } else { format!("  # {from}") }
}

/// `key: value`, or the key alone.
fn skeleton(key: &str, leaf: &Leaf) -> String {
    let key = scalar::text(key);
    match &leaf.value {
        _ if !leaf.words.is_empty() => format!("{key}: [{}]", leaf.words.join(", ")),
        Some(value) => format!("{key}: {value}"),
        None => format!("{key}:"),
    }
}

/// `# ? field · who asks`, and what is said below.
pub(super) fn note_lines(note: &Note, column: usize) -> Vec<String> {
    let indent = " ".repeat(column);
    let tail = if note.tail.is_empty() { String::new() } else { format!(" · {}", note.tail) };
    let mut lines = vec![format!("{indent}# {}{tail}", note.mark)];
    for text in &note.lines {
        for (at, line) in wrapped(text, WIDE.saturating_sub(column + 6)).into_iter().enumerate() {
            lines.push(format!("{indent}#   {}{line}", if at == 0 { "" } else { "  " }));
        }
    }
    lines
}

/// A text in lines of at most so many columns; a Korean syllable takes two.
pub(super) fn wrapped(text: &str, wide: usize) -> Vec<String> {
    let width = |word: &str| word.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let mut lines: Vec<String> = Vec::new();
    let mut used = 0;
    for word in text.split_whitespace() {
        let own = width(word);
        match lines.last_mut().filter(|_| used + 1 + own <= wide) {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
                used += 1 + own;
            }
            None => {
                lines.push(word.to_owned());
                used = own;
            }
        }
    }
    lines
}

/// The mark of a comment line, where it has one.
pub(super) fn mark_of(line: &str) -> Option<String> {
    let text = line.trim().strip_prefix("# ")?;
    let mark = text.split(" · ").next().unwrap_or(text);
    (mark.starts_with("? ") || mark.starts_with("~ ")).then(|| mark.trim_end().to_owned())
}
