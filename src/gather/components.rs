//! Which component is meant: cards name parts by ids of their own, config.json by places, tensors by prefixes,
//! evidence files by kind. All of them must end at one item.

use super::card::CardFile;
use crate::text::Node;

/// A component that the card declares.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    /// Its id.
    pub id: String,
    /// Its role, where the card says it.
    pub role: Option<String>,
    /// Pointers into config.json and beginnings of tensor names.
    pub matches: Vec<String>,
}

/// The components that are known by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Components {
    known: Vec<Known>,
    declared: bool,
}

/// Kinds of parts as files call them, with the role that the vocabulary gives them.
pub(crate) const KINDS: &[(&str, &str)] = &[
    ("text", "text"),
    ("vision", "vision-encoder"),
    ("audio", "audio-encoder"),
    ("projector", "projector"),
    ("embedding", "embedding"),
    ("head", "head"),
    ("adapter", "adapter"),
    ("speech", "speech-decoder"),
    ("vocoder", "vocoder"),
    ("diffusion", "diffusion"),
    ("image-tokenizer", "image-tokenizer"),
    ("audio-tokenizer", "audio-tokenizer"),
];

/// The role of a kind.
pub(crate) fn role_of_kind(kind: &str) -> &'static str {
    KINDS.iter().find(|(id, _)| *id == kind).map_or("other", |(_, role)| role)
}

impl Components {
    /// Adds the components of a card; of equal ids the later card's stands.
    pub(crate) fn add_card(&mut self, card: &CardFile) {
        let list = card.block.get("components").and_then(Node::list).unwrap_or_default();
        for node in list {
            let text = |key: &str| node.get(key).filter(|n| !n.is_null()).and_then(Node::text).map(str::to_owned);
            let Some(id) = text("id") else { continue };
            let matches = node.get("matches").map(texts).unwrap_or_default();
            self.known.retain(|known| known.id != id);
            self.known.push(Known { id, role: text("role"), matches });
            self.declared = true;
        }
    }

    /// Whether the card declares components at all.
    pub(crate) fn any(&self) -> bool {
        self.declared
    }

    /// All that are known.
    pub(crate) fn known(&self) -> &[Known] {
        &self.known
    }

    /// The declared component that stands for a place in config.json.
    pub(crate) fn at_pointer(&self, pointer: &str) -> Option<&Known> {
        let bare = pointer.trim_end_matches('/');
        self.known
            .iter()
            .find(|known| known.matches.iter().any(|m| m.starts_with('/') && m.trim_end_matches('/') == bare))
    }

    /// The declared component whose tensors begin like this name; the longest beginning decides.
    pub(crate) fn at_tensor(&self, name: &str) -> Option<&Known> {
        self.known
            .iter()
            .flat_map(|known| known.matches.iter().map(move |m| (m, known)))
            .filter(|(m, _)| !m.starts_with('/') && !m.is_empty() && name.starts_with(m.as_str()))
            .max_by_key(|(m, _)| m.len())
            .map(|(_, known)| known)
    }

    /// The component of a kind: the one with that id, or the only one of that role.
    pub(crate) fn of_kind(&self, kind: &str) -> Option<&Known> {
        let role = role_of_kind(kind);
        let by_id = self.known.iter().find(|known| known.id == kind);
        let mut of_role = self.known.iter().filter(|known| role != "other" && known.role.as_deref() == Some(role));
        by_id.or_else(|| of_role.next().filter(|_| of_role.next().is_none()))
    }

    /// The id of the component of a kind; embedding and head belong to the text backbone unless they are listed apart.
    pub(crate) fn id_of_kind(&self, kind: &str) -> String {
        if let Some(known) = self.of_kind(kind) {
            return known.id.clone();
        }
        match kind {
            "embedding" | "head" => self.of_kind("text").map_or_else(|| "text".to_owned(), |known| known.id.clone()),
            _ => kind.to_owned(),
        }
    }

    /// Remembers a component that a file showed, so that later files find it.
    pub(crate) fn learn(&mut self, id: &str, role: &str, pointer: &str) {
        if !self.known.iter().any(|known| known.id == id) {
            let known = Known { id: id.to_owned(), role: Some(role.to_owned()), matches: vec![pointer.to_owned()] };
            self.known.push(known);
        }
    }
}

fn texts(node: &Node) -> Vec<String> {
    node.list().unwrap_or(std::slice::from_ref(node)).iter().filter_map(Node::text).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn components() -> Components {
        let known = |id: &str, role: &str, matches: &[&str]| Known {
            id: id.to_owned(),
            role: Some(role.to_owned()),
            matches: matches.iter().map(|m| (*m).to_owned()).collect(),
        };
        let known =
            vec![known("core", "text", &["/"]), known("eyes", "vision-encoder", &["/vision_config", "visual."])];
        Components { known, declared: true }
    }

    #[test]
    fn every_name_ends_at_one_component() {
        let parts = components();
        assert_eq!(parts.at_pointer("/vision_config").map(|k| k.id.as_str()), Some("eyes"));
        assert_eq!(parts.at_pointer("").map(|k| k.id.as_str()), Some("core"));
        assert_eq!(parts.at_tensor("visual.blocks.0.norm").map(|k| k.id.as_str()), Some("eyes"));
        assert_eq!(parts.id_of_kind("vision"), "eyes");
        assert_eq!(parts.id_of_kind("head"), "core");
        assert_eq!(parts.id_of_kind("projector"), "projector");
    }
}
