//! Commands that a reader can copy into a shell.

/// The command that compares a model with references.
pub(super) fn command(model: &str, references: &[String]) -> String {
    let against: Vec<String> = match references {
        [] => vec!["REFERENCE".to_owned()],
        some => some.iter().map(|reference| shell_word(reference)).collect(),
    };
    format!("sovgrade grade {} --against {}", shell_word(model), against.join(" "))
}

/// A text as one word of a command line.
pub(super) fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | ':' | '=' | '@' | '+' | ',' | '#');
    if !text.is_empty() && !text.starts_with('#') && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}
