//! JSON Schemas of the files of a ruleset, for editors, made from the vocabulary and from the lists of the compiler.
pub fn schema() {}
