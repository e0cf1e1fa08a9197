//! Which link a measured reference belongs to: one model, one link.
//!
//! A reference is joined to the link that means it by its id; by the digest of a known model, which beats names; or by
//! the last part of its name, only if it has no id of its own and exactly one link fits. The last is told, for a folder
//! may be called anything.

use crate::evidence::ReadEvidence;
use crate::facts::{ByName, Draft, Family, ItemDraft, Value, by_digest};
use crate::text::{clean, model_id, says};
use crate::vocabulary::vocabulary;

/// Gives every reference that was measured the id of the link that it belongs to. `by_name` if the last part of a name
/// may do.
pub(super) fn join(files: &mut [ReadEvidence], families: &[Family], by_name: bool, draft: &mut Draft) {
    let links = links(draft);
    let mut joined: Vec<ByName> = Vec::new();
    for link in files.iter_mut().flat_map(|read| &mut read.file.links).filter(|link| link.source.is_none()) {
        let own = model_id(&link.reference.id);
        let digests: Vec<&str> = link.reference.files.iter().filter_map(|file| file.sha256.as_deref()).collect();
        if let Some(known) = by_digest(families, &digests) {
            link.reference.id = known.id.clone();
        } else if let Some(id) = links.iter().find(|id| id.eq_ignore_ascii_case(&own)) {
            link.reference.id.clone_from(id);
        } else if !own.contains('/') {
            let fits: Vec<&String> = links.iter().filter(|id| last(id) == last(&own)).collect();
            match fits.as_slice() {
                [only] if by_name => {
                    joined.push(ByName { local: own, link: (*only).clone(), own: is_own(draft, only) });
                    link.reference.id.clone_from(only);
                }
                [_] => {}
                _ => not_joined(&own, &links, draft),
            }
        }
    }
    joined.sort();
    joined.dedup();
    draft.about.by_name = joined;
}

fn last(id: &str) -> String {
    id.rsplit('/').next().unwrap_or_default().to_lowercase()
}

fn each_link(draft: &Draft) -> impl Iterator<Item = (&String, &ItemDraft)> {
    let (component, link) = (vocabulary().must_collection("component"), vocabulary().must_collection("link"));
    let components = draft.root.children.get(&component).into_iter().flatten();
    components.flat_map(move |(_, item)| item.children.get(&link).into_iter().flatten())
}

/// The ids of all links.
fn links(draft: &Draft) -> Vec<String> {
    let mut ids: Vec<String> = each_link(draft).map(|(id, _)| id.clone()).collect();
    ids.sort();
    ids.dedup();
    ids
}

/// Whether somebody says of a link that it is of the maker's own line.
fn is_own(draft: &Draft, id: &str) -> bool {
    let same = vocabulary().must("link.same-maker");
    let said = each_link(draft).filter(|(other, _)| *other == id).filter_map(|(_, link)| link.sources.get(&same));
    said.flatten().any(|source| source.value == Some(Value::Flag(true)))
}

/// A folder's name says nothing of which model lies in it: what to write is shown.
fn not_joined(own: &str, links: &[String], draft: &mut Draft) {
    if links.is_empty() {
        return;
    }
    let own = clean(own);
    let list = links.iter().take(4).map(|id| format!("`{}`", clean(id))).collect::<Vec<_>>().join(", ");
    draft.limits.push(says(
        format!("대조 모델 `{own}`은(는) 적힌 계보 관계({list}) 가운데 어느 것인지 몰라 따로 두었다. 그 모델이면 `--against ID={own}`으로 밝힌다"),
        format!(
            "which of the links that are named ({list}) the reference `{own}` belongs to is not known, and it stands by \
            itself; if it is one of them, say so with `--against ID={own}`"
        ),
    ));
}
