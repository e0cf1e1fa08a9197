//! Adding lines to a card and changing nothing else: every addition is an insertion between two bytes that stand there.
//!
//! A mapping grows at its end, behind the comments that belong to it. What cannot grow by lines (braces, an alias)
//! stays as it is, and what would be added stands as a comment after it.

use std::collections::BTreeSet;

use super::home::{Home, Sheet};
use super::plan::{Body, Entry, Item, Leaf, Note, Plan};
use super::render::{Render, mark_of, note_lines};
use crate::gather::is_key;
use crate::text::{Node, Span};

/// Lines that go in before this byte, each beginning with a line break.
type Insertion = (usize, Vec<String>);

/// The text of a home with a plan added. The text itself where nothing is new; nothing where no line can be added.
pub(super) fn grown(home: &Home, tree: Option<&Node>, plan: &Plan, head: &[String]) -> Option<String> {
    let text = home.file.text();
    let within = match home.sheet {
        Sheet::Readme(span) => span,
        Sheet::Own | Sheet::New => Span::new(0, text.len()),
    };
    let region = &text[within.range()];
    let there: BTreeSet<String> = region.lines().filter_map(mark_of).collect();
    let grow = Grow { text, end: within.end as usize, render: Render { there: &there } };
    let mut made = Vec::new();
    match tree.and_then(|tree| home.block(tree)) {
        Some(block) if grow.is_by_lines(block) => grow.mapping(block, plan, "", &mut made),
        Some(_) => return None,
        None => grow.begun(home, tree, plan, head, within, &mut made)?,
    }
    let new_line = if text.contains("\r\n") { "\r\n" } else { "\n" };
    // What lies deeper was found first and stays first.
    made.sort_by_key(|(at, _)| *at);
    let mut out = String::with_capacity(text.len() + 4096);
    let mut from = 0;
    for (at, lines) in made {
        out.push_str(&text[from..at]);
        from = at;
        if at == 0 || at == within.start as usize && within.start == within.end && out.ends_with('\n') {
            out.push_str(&lines.join(new_line));
            if at == 0 {
                out.push_str(new_line);
            }
        } else {
            for line in lines {
                out.push_str(new_line);
                out.push_str(&line);
            }
        }
    }
    out.push_str(&text[from..]);
    Some(out)
}

struct Grow<'t> {
    text: &'t str,
    /// Where the YAML ends.
    end: usize,
    render: Render<'t>,
}

impl Grow<'_> {
    /// A card where there is none yet.
    fn begun(
        &self,
        home: &Home,
        tree: Option<&Node>,
        plan: &Plan,
        head: &[String],
        within: Span,
        made: &mut Vec<Insertion>,
    ) -> Option<()> {
        let Sheet::Readme(_) = home.sheet else {
            // A text that holds something else than a mapping is no card.
            if tree.is_some() {
                return None;
            }
            let lines = [head.to_vec(), self.render.plan(plan, 0)].concat();
            made.push((self.text.trim_end_matches(['\n', '\r']).len(), lines));
            return Some(());
        };
        let root = tree?;
        let entries = root.map()?;
        if let Some((key, value)) = root.entry("sovereignty") {
            // The key stands there with nothing behind it.
            let column = self.column(key)?;
            let free = self.is_blank(value);
            let lines = self.indented(plan, head, column + 2);
            free.then(|| made.push((self.below(key, column), lines)))?;
            return Some(());
        }
        let (at, column) = match entries.first() {
            None => (within.end as usize, 0),
            Some((key, _)) if self.is_by_lines(root) => {
                let column = self.column(key)?;
                (self.end_of_mapping(root, column)?, column)
            }
            Some(_) => return None,
        };
        let mut lines = vec![format!("{}sovereignty:", " ".repeat(column))];
        lines.extend(self.indented(plan, head, column + 2));
        made.push((at, lines));
        Some(())
    }

    fn indented(&self, plan: &Plan, head: &[String], column: usize) -> Vec<String> {
        let indent = " ".repeat(column);
        let mut lines: Vec<String> = head.iter().map(|line| format!("{indent}{line}")).collect();
        lines.extend(self.render.plan(plan, column));
        lines
    }

    /// Grows a mapping that stands in lines.
    fn mapping(&self, map: &Node, plan: &Plan, route: &str, made: &mut Vec<Insertion>) {
        let Some(column) = map.map().and_then(|entries| self.column(&entries.first()?.0)) else { return };
        let mut lines = Vec::new();
        for entry in &plan.entries {
            let route = if route.is_empty() { entry.key.clone() } else { format!("{route}.{}", entry.key) };
            match self.entry_of(map, &entry.key) {
                None => lines.extend(self.render.entry(entry, column)),
                Some(there) => self.into(there, entry, &route, column, made, &mut lines),
            }
        }
        if let Some(at) = self.end_of_mapping(map, column).filter(|_| !lines.is_empty()) {
            made.push((at, lines));
        }
    }

    /// Adds to a key that is there; what cannot go in goes to the `after` of the mapping around it.
    fn into(
        &self,
        (key, value): (&Node, &Node),
        entry: &Entry,
        route: &str,
        column: usize,
        made: &mut Vec<Insertion>,
        after: &mut Vec<String>,
    ) {
        let blank = self.is_blank(value);
        match &entry.body {
            Body::Leaf(leaf) => after.extend(self.to_leaf(value, leaf, &entry.key, column)),
            Body::Map(plan) if blank => {
                let inside = self.render.plan(plan, column + 2);
                if !inside.is_empty() {
                    made.push((self.below(key, column), inside));
                }
            }
            Body::Map(plan) if self.is_by_lines(value) => self.mapping(value, plan, route, made),
            Body::Map(plan) => self.hoisted(plan, route, column, after),
            Body::List(items) if blank => {
                let (stated, others): (Vec<&Item>, Vec<&Item>) = items.iter().partition(|item| item.stated);
                let mut inside: Vec<String> =
                    stated.into_iter().flat_map(|item| self.render.item(item, column + 2)).collect();
                inside.extend(self.render.ghosts(&others, None, column + 2));
                if !inside.is_empty() {
                    made.push((self.below(key, column), inside));
                }
            }
            Body::List(items) => self.list(value, items, route, column, made, after),
        }
    }

    /// Whether a place that holds something is asked for more: a word of a list, or a value that is none.
    fn to_leaf(&self, value: &Node, leaf: &Leaf, key: &str, column: usize) -> Vec<String> {
        if leaf.stated || leaf.words.is_empty() {
            let mut lines =
                if leaf.stated || !value.is_null() { Vec::new() } else { self.render.notes(&leaf.notes, column) };
            lines.retain(|line| !line.trim().is_empty());
            return lines;
        }
        let has = |word: &str| {
            let items = value.list().unwrap_or(std::slice::from_ref(value));
            items.iter().any(|item| item.text() == Some(word))
        };
        let words: Vec<&str> = leaf.words.iter().map(String::as_str).filter(|word| !has(word)).collect();
        let mut lines = if words.is_empty() { Vec::new() } else { self.render.notes(&leaf.notes, column) };
        if !lines.is_empty() {
            lines.push(format!("{}#   {key}: + {}", " ".repeat(column), words.join(", ")));
        }
        lines
    }

    fn list(
        &self,
        list: &Node,
        items: &[Item],
        route: &str,
        column: usize,
        made: &mut Vec<Insertion>,
        after: &mut Vec<String>,
    ) {
        let there = list.list().unwrap_or_default();
        let by_lines = self.is_by_lines(list) && !there.is_empty();
        let dash = there.first().filter(|_| by_lines).and_then(|first| self.dash(first));
        let mut lines = Vec::new();
        for item in items {
            let known = item.id.as_ref().and_then(|(key, id)| {
                let named = |node: &&Node| {
                    let name = node.get(key).and_then(Node::text);
                    name.is_some_and(|name| name == id || *key == "model" && crate::text::model_id(name) == *id)
                };
                there.iter().find(named)
            });
            let route = match &item.id {
                Some((_, id)) => format!("{route}[{id}]"),
                None => format!("{route}[]"),
            };
            match known {
                Some(node) if self.is_by_lines(node) => self.mapping(node, &item.plan, &route, made),
                Some(_) => self.hoisted(&item.plan, &route, column, after),
                // An empty list says that there is none, and a list in brackets stays as it is.
                None if there.is_empty() || dash.is_none() => {
                    after.extend(self.hoisted_item(item, &route, column));
                }
                None if item.stated => lines.extend(self.render.item(item, dash.unwrap_or(column))),
                None => lines.extend(self.render.ghosts(&[item], None, dash.unwrap_or(column))),
            }
        }
        if let Some(at) = self.end_of(list).filter(|_| !lines.is_empty()) {
            made.push((self.behind(at, dash.unwrap_or(column) + 1), lines));
        }
    }

    /// An entry that cannot be added to a list: its comments.
    fn hoisted_item(&self, item: &Item, route: &str, column: usize) -> Vec<String> {
        let mut after = self.render.notes(&item.notes, column);
        if item.stated {
            self.held_out(route, item.from.as_str(), None, column, &mut after);
        }
        self.hoisted(&item.plan, route, column, &mut after);
        after
    }

    /// What would be added below a place that cannot grow: comments with the whole way.
    fn hoisted(&self, plan: &Plan, route: &str, column: usize, after: &mut Vec<String>) {
        for entry in &plan.entries {
            let route = format!("{route}.{}", entry.key);
            match &entry.body {
                Body::Leaf(leaf) if leaf.stated => {
                    self.held_out(&route, &leaf.from, leaf.value.as_deref(), column, after);
                }
                Body::Leaf(leaf) => after.extend(self.render.notes(&leaf.notes, column)),
                Body::Map(plan) => self.hoisted(plan, &route, column, after),
                Body::List(items) => {
                    for item in items {
                        let name = item.id.as_ref().map_or("", |(_, id)| id.as_str());
                        after.extend(self.hoisted_item(item, &format!("{route}[{name}]"), column));
                    }
                }
            }
        }
    }

    fn held_out(&self, route: &str, from: &str, value: Option<&str>, column: usize, after: &mut Vec<String>) {
        let note = Note {
            mark: format!("~ {route}").replace(" · ", " "),
            tail: String::new(),
            lines: vec![format!("{} ({from})", value.unwrap_or_default()).trim().to_owned()],
        };
        if !self.render.there.contains(&note.mark) {
            after.extend(note_lines(&note, column));
        }
    }

    /// Key and value of a key, in whatever spelling.
    fn entry_of<'n>(&self, map: &'n Node, key: &str) -> Option<(&'n Node, &'n Node)> {
        let found = map.map()?.iter().rev().find(|(own, _)| own.text().is_some_and(|own| is_key(own, key)));
        found.map(|(key, value)| (key, value))
    }

    /// Whether nothing stands behind a key, not even a word for nothing.
    fn is_blank(&self, value: &Node) -> bool {
        value.is_null() && !["~", "null", "Null", "NULL"].contains(&self.text[value.span.range()].trim())
    }

    /// Whether a node is a mapping or a list that stands in lines of its own, and no alias.
    fn is_by_lines(&self, node: &Node) -> bool {
        let text = &self.text[node.span.range()];
        !text.is_empty() && !text.starts_with(['{', '[', '*']) && (node.map().is_some() || node.list().is_some())
    }

    /// The column at which a key begins, where only blanks and dashes stand before it.
    fn column(&self, key: &Node) -> Option<usize> {
        let at = key.span.start as usize;
        let start = self.text[..at].rfind('\n').map_or(0, |at| at + 1);
        let before = &self.text[start..at];
        before.chars().all(|c| matches!(c, ' ' | '-')).then_some(at - start)
    }

    /// The column of the dash before an entry.
    fn dash(&self, item: &Node) -> Option<usize> {
        let at = item.span.start as usize;
        let start = self.text[..at].rfind('\n').map_or(0, |at| at + 1);
        let before = self.text[start..at].trim_end_matches(' ');
        before.strip_suffix('-').filter(|rest| rest.chars().all(|c| matches!(c, ' ' | '-'))).map(str::len)
    }

    /// The byte behind the last value of a node.
    fn end_of(&self, node: &Node) -> Option<usize> {
        let own = &self.text[node.span.range()];
        if self.is_blank(node) {
            return None;
        }
        if !self.is_by_lines(node) {
            return Some(node.span.end as usize).filter(|_| !own.is_empty());
        }
        match (node.map(), node.list()) {
            (Some(entries), _) => {
                entries.last().map(|(key, value)| self.end_of(value).unwrap_or(key.span.end as usize))
            }
            (_, Some(items)) => items.last().and_then(|item| self.end_of(item)),
            _ => None,
        }
    }

    /// Where a mapping with keys at this column may grow.
    fn end_of_mapping(&self, map: &Node, column: usize) -> Option<usize> {
        Some(self.behind(self.end_of(map)?, column))
    }

    /// Where something may be added below a key that has nothing behind it.
    fn below(&self, key: &Node, column: usize) -> usize {
        self.behind(key.span.end as usize, column + 1)
    }

    /// The end of the line in which a value ends, and of the comments after it that stand at this column or further in.
    fn behind(&self, at: usize, column: usize) -> usize {
        // A text of several lines ends behind its last line break.
        let last = if self.text[..at].ends_with('\n') { at - 1 } else { at };
        let mut end = self.line_end(last);
        let mut next = end;
        while let Some(start) = self.next_line(next) {
            next = self.line_end(start);
            let line = &self.text[start..next];
            let bare = line.trim_start_matches(' ');
            if bare.starts_with('#') && line.len() - bare.len() >= column {
                end = next;
            } else if !bare.trim().is_empty() {
                break;
            }
        }
        end
    }

    /// The end of the line in which a byte stands, without its line break.
    fn line_end(&self, at: usize) -> usize {
        let from = at.min(self.end);
        let stop = self.text[from..self.end].find('\n').map_or(self.end, |found| from + found);
        if stop > 0 && stop < self.text.len() && self.text[..stop].ends_with('\r') { stop - 1 } else { stop }
    }

    fn next_line(&self, line_end: usize) -> Option<usize> {
        let rest = &self.text[line_end..self.end];
        let skip = if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
        let start = line_end + skip;
        (skip > 0 && start < self.end).then_some(start)
    }
}
