//! The rulesets that are part of the program; `build.rs` lists their files.

/// A ruleset that is part of the program.
#[derive(Debug, Clone, Copy)]
pub struct Embedded {
    /// Its id.
    pub id: &'static str,
    /// Names below its folder, sorted, with their contents.
    pub files: &'static [(&'static str, &'static str)],
}

include!(concat!(env!("OUT_DIR"), "/rulesets.rs"));

/// All embedded rulesets, sorted by id.
pub fn embedded() -> &'static [Embedded] {
    RULESETS
}
