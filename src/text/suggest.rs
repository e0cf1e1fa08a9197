//! Did you mean: the legal word nearest to what was written.

/// The legal word nearest to `written`, if one is near enough to be worth saying.
///
/// Near enough: an edit distance (with swaps) of at most a third of the word, or a Jaro-Winkler similarity of 0.9.
/// A suggestion is advice; nothing is ever read as if it had been followed.
pub fn closest<'a>(written: &str, legal: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// No word of any file is so long; the distance to a text of a megabyte would take minutes.
    const LONGEST: usize = 200;
    let written = written.trim();
    if written.len() > LONGEST {
        return None;
    }
    let lower = written.to_lowercase();
    let folded = lower.replace(['_', ' '], "-");
    let allowed = (written.chars().count() / 3).max(1);
    legal
        .into_iter()
        .filter(|word| *word != written)
        .map(|word| {
            let candidate = word.to_lowercase();
            let distance = strsim::osa_distance(&folded, &candidate);
            (distance, strsim::jaro_winkler(&folded, &candidate), word)
        })
        .filter(|&(distance, likeness, _)| distance <= allowed || likeness >= 0.9)
        .min_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)))
        .map(|(_, _, word)| word)
}

/// How many letters two short words differ by: left out, put in, changed, or swapped.
pub fn letters_apart(one: &str, other: &str) -> usize {
    strsim::osa_distance(one, other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_word_and_nonsense_none() {
        let words = ["initialisation", "role", "level"];
        assert_eq!(closest("initialization", words), Some("initialisation"));
        assert_eq!(closest("levl", words), Some("level"));
        assert_eq!(closest("banana", words), None);
        assert_eq!(closest("random_init", ["random-init"]), Some("random-init"));
        assert_eq!(closest(&"x".repeat(1_000_000), ["x"]), None);
    }
}
