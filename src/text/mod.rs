//! Text: YAML and JSON as trees in which every key and value knows its bytes, decoding that reports every mistake of
//! a file at once, suggestions, and diagnostics in Korean and English.
//!
//! In: bytes from strangers. Out: a [`Node`] tree, or [`Diagnostic`]s; never a panic, never unbounded memory.
//! What a stranger wrote is [`Untrusted`] from where it enters; what leaves goes through the writers of `escape.rs`.
//! Foreign crates live in one file each: granit-parser in `yaml.rs`, jsonc-parser in `json.rs`, miette in `render.rs`.

mod alike;
mod code;
mod decode;
mod diagnostic;
mod encoding;
pub(crate) mod escape;
mod everyday;
mod file_name;
mod json;
mod lang;
mod limits;
mod lookalike;
mod page;
mod particle;
mod render;
mod sight;
mod slips;
mod source;
mod stops;
mod suggest;
mod tree;
mod untrusted;
mod write;
mod yaml;

pub(crate) use alike::{Clash, Names, spelled};
pub use code::Code;
pub use decode::{Decode, Fields, Reader};
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub(crate) use encoding::not_utf8;
pub(crate) use file_name::{FileName, is_left_behind};
pub(crate) use json::json_why;
pub use json::parse_json;
pub(crate) use json::parse_python_json;
pub use lang::{Lang, Says, says};
pub(crate) use limits::why_not;
pub use limits::{MAX_DEPTH, MAX_PROBLEMS, MAX_PROBLEMS_IN_ALL, MAX_TEXT_BYTES, MAX_VALUES, read_text};
pub(crate) use page::{Part, page_of};
pub(crate) use particle::settled;
pub use particle::{Particle, whether, with_particle};
pub use render::render;
pub use source::{Position, SourceFile, Span, Spanned};
pub use suggest::{closest, letters_apart};
pub use tree::{Map, Node, NodeKind};
pub use untrusted::Untrusted;
pub(crate) use untrusted::{clean, clean_tree, identifier, model_id, prose_tree, shown_path};
pub(crate) use write::{Scratch, write_new, write_new_private, write_whole};
pub use yaml::{Aliases, parse_yaml};
pub(crate) use yaml::{parse_block, parse_dump, write_yaml};
