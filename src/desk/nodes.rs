//! The nodes of a ruleset's tests as its files have them: one place, its name, its copies in the arena, and the
//! criteria that it takes part in.

use std::collections::HashMap;

use crate::rules::{NodeId, Op, Place, Ruleset, Scale};
use crate::text::{Aliases, Node, NodeKind, Span, parse_yaml};

/// One node as a file has it. A term's node has a copy wherever the term is used.
#[derive(Debug, Clone)]
pub struct FileNode {
    /// Where it stands.
    pub place: Place,
    /// The way to it: `own-data/test.all.1`, `terms/foreign-link/test`.
    pub name: String,
    /// Its copies.
    pub copies: Vec<NodeId>,
    /// The criteria whose outcome may hang on it, by index.
    pub criteria: Vec<usize>,
    /// Whether the scale itself asks it of items.
    pub in_scale: bool,
}

/// Every node of every test that is used, in the order of files and places.
pub fn file_nodes(rules: &Ruleset) -> Vec<FileNode> {
    let mut at: HashMap<Place, usize> = HashMap::new();
    let mut list: Vec<FileNode> = Vec::new();
    let roots = rules.criteria.iter().map(|entry| entry.applies.into_iter().chain([entry.test]).collect());
    let roots: Vec<Vec<NodeId>> = roots.chain([of_scale(rules)]).collect();
    for (criterion, mut left) in roots.into_iter().enumerate() {
        while let Some(id) = left.pop() {
            let node = rules.expr.node(id);
            let index = *at.entry(node.place).or_insert_with(|| {
                list.push(FileNode {
                    place: node.place,
                    name: String::new(),
                    copies: Vec::new(),
                    criteria: Vec::new(),
                    in_scale: false,
                });
                list.len() - 1
            });
            let file_node = &mut list[index];
            file_node.copies.push(id);
            if criterion == rules.criteria.len() {
                file_node.in_scale = true;
            } else if file_node.criteria.last() != Some(&criterion) {
                file_node.criteria.push(criterion);
            }
            left.extend(below(rules, id));
        }
    }
    let names: Vec<HashMap<Span, String>> = (0..rules.files.len()).map(|file| names(rules, file)).collect();
    for node in &mut list {
        let known = names[usize::from(node.place.file)].get(&node.place.span);
        node.name = known.cloned().unwrap_or_else(|| format!("byte {}", node.place.span.start));
    }
    list.sort_by_key(|node| (node.place.file, node.place.span));
    list
}

/// The nodes that the scale asks of items: what brings points, and which items count.
pub(super) fn of_scale(rules: &Ruleset) -> Vec<NodeId> {
    let Scale::Scorecard(card) = &rules.scale else { return Vec::new() };
    let each = card.objectives.iter().filter_map(|objective| objective.each.as_ref());
    each.flat_map(|each| each.ranged.filter.into_iter().chain(each.worth.iter().map(|(node, _)| *node))).collect()
}

/// The nodes directly below a node.
pub(super) fn below(rules: &Ruleset, id: NodeId) -> Vec<NodeId> {
    match &rules.expr.node(id).op {
        Op::Fact(..) => Vec::new(),
        Op::All(range) | Op::Any(range) | Op::Reading(_, range) => rules.expr.children(*range).to_vec(),
        Op::Not(inner) | Op::Term(_, inner) | Op::Criterion(_, inner) => vec![*inner],
        Op::Quantified(_, ranged) | Op::Count(_, ranged) | Op::Share(_, _, ranged) => {
            ranged.filter.into_iter().chain(ranged.holds).collect()
        }
    }
}

/// The way to every mapping of a file.
fn names(rules: &Ruleset, file: usize) -> HashMap<Span, String> {
    let mut names = HashMap::new();
    let Ok(root) = parse_yaml(&rules.files[file], Aliases::Refuse) else { return names };
    match rules.criteria.iter().find(|criterion| criterion.file == file) {
        Some(criterion) => walk(&root, &format!("{}/", criterion.id), &mut names),
        None if file == 0 => walk(&root, "ruleset/", &mut names),
        None => {
            for (key, term) in root.get("terms").and_then(Node::map).into_iter().flatten() {
                walk(term, &format!("terms/{}/", key.text().unwrap_or_default()), &mut names);
            }
        }
    }
    names
}

fn walk(node: &Node, way: &str, names: &mut HashMap<Span, String>) {
    let step = |part: &str| if way.ends_with('/') { format!("{way}{part}") } else { format!("{way}.{part}") };
    match &node.kind {
        NodeKind::Scalar { .. } => {}
        NodeKind::List(items) => {
            for (at, item) in items.iter().enumerate() {
                walk(item, &step(&(at + 1).to_string()), names);
            }
        }
        NodeKind::Map(entries) => {
            names.insert(node.span, way.to_owned());
            for (key, value) in entries {
                walk(value, &step(key.text().unwrap_or_default()), names);
            }
        }
    }
}
