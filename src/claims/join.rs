//! Which of the references that were measured a claim means.

use super::Claim;
use crate::evidence::LinkEvidence;
use crate::text::model_id;

/// How a reference at hand was found to be the model that a claim names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joined {
    /// A file of it has the digest that the claim names.
    Digest,
    /// It is called so.
    Id,
    /// The last part of its name is the same, and nothing else is called so.
    Name,
}

impl Joined {
    /// The word of the files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Digest => "digest",
            Self::Id => "id",
            Self::Name => "name",
        }
    }
}

/// What was found for a claim among the references.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Match<'e> {
    /// None is the model that is named.
    None,
    /// This one is.
    Found(&'e LinkEvidence, Joined),
    /// One is called so, and its files are others than those that the claim names.
    OtherFiles(&'e LinkEvidence),
}

/// Looks for the reference of a claim: by the digests that it names, which beat names; by its id; by the last part of
/// its name where one side has no more and exactly one fits.
pub(super) fn join<'e>(claim: &Claim, all: &[Claim], links: &'e [LinkEvidence]) -> Match<'e> {
    if let Some(link) = links.iter().find(|link| same_file(claim, link)) {
        return Match::Found(link, Joined::Digest);
    }
    let Some((link, joined)) = named(claim, all, links) else { return Match::None };
    let known = link.reference.files.iter().any(|file| file.sha256.is_some());
    if known && !claim.digests.is_empty() { Match::OtherFiles(link) } else { Match::Found(link, joined) }
}

fn same_file(claim: &Claim, link: &LinkEvidence) -> bool {
    let digests = link.reference.files.iter().filter_map(|file| file.sha256.as_deref());
    digests.into_iter().any(|digest| claim.digests.iter().any(|wanted| wanted.eq_ignore_ascii_case(digest)))
}

fn named<'e>(claim: &Claim, all: &[Claim], links: &'e [LinkEvidence]) -> Option<(&'e LinkEvidence, Joined)> {
    let id = |link: &LinkEvidence| model_id(&link.reference.id);
    if let Some(link) = links.iter().find(|link| id(link).eq_ignore_ascii_case(&claim.reference)) {
        return Some((link, Joined::Id));
    }
    // A whole name on both sides that differs means another model.
    let bare = |id: &str| !id.contains('/');
    let fits = |claim: &Claim, link: &LinkEvidence| {
        (bare(&claim.reference) || bare(&id(link))) && last(&claim.reference) == last(&id(link))
    };
    let mut fitting = links.iter().filter(|link| fits(claim, link));
    let link = fitting.next().filter(|_| fitting.next().is_none())?;
    let mut others = all.iter().filter(|other| other.reference != claim.reference);
    (!others.any(|other| fits(other, link))).then_some((link, Joined::Name))
}

fn last(id: &str) -> String {
    id.rsplit('/').next().unwrap_or_default().to_lowercase()
}
