//! What is to stand in a card: a tree of keys with values, hints and questions.

use crate::explain::Way;

/// The keys of one mapping.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Plan {
    pub(super) entries: Vec<Entry>,
}

/// One key.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) body: Body,
}

/// What stands at a key.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Body {
    Leaf(Leaf),
    Map(Plan),
    List(Vec<Item>),
}

/// A value, or the place for one.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Leaf {
    /// The comments that stand before it.
    pub(super) notes: Vec<Note>,
    /// The value as YAML.
    pub(super) value: Option<String>,
    /// Words of a list, where that is what stands here.
    pub(super) words: Vec<String>,
    /// Where the value comes from.
    pub(super) from: String,
    /// Whether it is stated, and not only held out as a comment.
    pub(super) stated: bool,
}

/// A comment: what is asked, or what a file hints at. Its mark tells whether a card has it already.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Note {
    /// `? components[text].initialisation`, or `~` for a hint.
    pub(super) mark: String,
    /// Who asks, behind the mark.
    pub(super) tail: String,
    /// Further lines.
    pub(super) lines: Vec<String>,
}

/// An entry of a list.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Item {
    /// The key that names it, and its name.
    pub(super) id: Option<(&'static str, String)>,
    /// Where it comes from.
    pub(super) from: String,
    /// The whole entry in braces, where that is what is asked for.
    pub(super) flow: Option<String>,
    /// Whether it is stated.
    pub(super) stated: bool,
    pub(super) notes: Vec<Note>,
    pub(super) plan: Plan,
}

/// Fields that may hold a value or a mapping: the key in the mapping for the value itself.
const OWN_KEY: [(&str, &str); 2] = [("rights", "kind"), ("holder", "name")];

fn own_key(key: &str) -> Option<&'static str> {
    OWN_KEY.iter().find(|(field, _)| *field == key).map(|(_, own)| *own)
}

impl Plan {
    /// The leaf at the end of a way, made where it is new.
    pub(super) fn leaf(&mut self, way: &[Way]) -> Option<&mut Leaf> {
        let (first, rest) = way.split_first()?;
        match first {
            Way::Key(key) if rest.is_empty() => {
                let body = self.body(key, || Body::Leaf(Leaf::default()));
                match body {
                    Body::Leaf(leaf) => Some(leaf),
                    Body::Map(plan) => plan.leaf(&[Way::Key(own_key(key)?.to_owned())]),
                    Body::List(_) => None,
                }
            }
            Way::Key(key) => self.map(key)?.leaf(rest),
            Way::Item { list, key, id } => self.item(list, Some((key, id)))?.plan.leaf(rest),
            Way::Each(list) => self.item(list, None)?.plan.leaf(rest),
        }
    }

    /// The entry of a list at the end of a way.
    pub(super) fn entry(&mut self, way: &[Way]) -> Option<&mut Item> {
        let (last, before) = way.split_last()?;
        let plan = before.iter().try_fold(self, |plan, step| match step {
            Way::Key(key) => plan.map(key),
            Way::Item { list, key, id } => Some(&mut plan.item(list, Some((key, id)))?.plan),
            Way::Each(list) => Some(&mut plan.item(list, None)?.plan),
        })?;
        match last {
            Way::Item { list, key, id } => plan.item(list, Some((key, id))),
            Way::Each(list) | Way::Key(list) => {
                let items = plan.list(list)?;
                items.push(Item::default());
                items.last_mut()
            }
        }
    }

    fn body(&mut self, key: &str, new: impl FnOnce() -> Body) -> &mut Body {
        let at = self.entries.iter().position(|entry| entry.key == key).unwrap_or_else(|| {
            self.entries.push(Entry { key: key.to_owned(), body: new() });
            self.entries.len() - 1
        });
        &mut self.entries[at].body
    }

    fn map(&mut self, key: &str) -> Option<&mut Self> {
        let body = self.body(key, || Body::Map(Self::default()));
        if let (Body::Leaf(leaf), Some(own)) = (&mut *body, own_key(key)) {
            // The value itself moves into the mapping.
            let leaf = std::mem::take(leaf);
            let entry = Entry { key: own.to_owned(), body: Body::Leaf(leaf) };
            *body = Body::Map(Self { entries: vec![entry] });
        }
        if let Body::Map(plan) = body { Some(plan) } else { None }
    }

    fn list(&mut self, key: &str) -> Option<&mut Vec<Item>> {
        if let Body::List(items) = self.body(key, || Body::List(Vec::new())) { Some(items) } else { None }
    }

    fn item(&mut self, list: &str, id: Option<(&'static str, &String)>) -> Option<&mut Item> {
        let items = self.list(list)?;
        let is = |item: &Item| item.flow.is_none() && item.id.as_ref().map(|(_, id)| id) == id.map(|(_, id)| id);
        let at = items.iter().position(is).unwrap_or_else(|| {
            items.push(Item { id: id.map(|(key, id)| (key, id.clone())), ..Item::default() });
            items.len() - 1
        });
        Some(&mut items[at])
    }
}
