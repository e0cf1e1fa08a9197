//! What a GGUF file says that it holds: a model, or something that goes beside one.

/// What a file holds by its own word (`general.type`, `general.architecture`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Holds {
    /// A model, or nothing that the file says of it.
    #[default]
    Model,
    /// Factors that change a model.
    Adapter,
    /// The towers for pictures or sound of a model, with the bridge to it.
    Towers,
    /// No weights of a model: statistics of a quantising run, directions of its stream, a vocabulary.
    Else,
}

/// Types and architectures that name something else than a model. Source: the converters of llama.cpp.
static WORDS: &[(&str, &str, Holds)] = &[
    ("general.type", "adapter", Holds::Adapter),
    ("general.type", "mmproj", Holds::Towers),
    ("general.architecture", "clip", Holds::Towers),
    ("general.type", "imatrix", Holds::Else),
    ("general.type", "vocab", Holds::Else),
    ("general.type", "control_vector", Holds::Else),
    ("general.architecture", "controlvector", Holds::Else),
];

/// What the values of a file say that it holds.
pub(in crate::weights) fn holds(metadata: &[(String, String)]) -> Holds {
    let says = |key: &str, word: &str| metadata.iter().any(|(known, value)| known == key && value == word);
    WORDS.iter().find(|(key, word, _)| says(key, word)).map_or(Holds::Model, |row| row.2)
}

/// Into how many files the values say that the model was split.
pub(in crate::weights) fn split(metadata: &[(String, String)]) -> Option<u64> {
    let count = metadata.iter().find(|(key, _)| key == "split.count");
    count.and_then(|(_, value)| value.parse().ok()).filter(|count| *count > 1)
}
