//! Text: YAML and JSON as trees in which every key and value knows its bytes, decoding that reports every mistake of
//! a file at once, suggestions, and diagnostics in Korean and English.
//!
//! In: bytes from strangers. Out: a [`Node`] tree, or [`Diagnostic`]s; never a panic, never unbounded memory.
//! Foreign crates live in one file each: granit-parser in `yaml.rs`, jsonc-parser in `json.rs`, miette in `render.rs`.

mod clean;
mod code;
mod decode;
mod diagnostic;
mod json;
mod lang;
mod limits;
mod particle;
mod render;
mod source;
mod suggest;
mod tree;
mod yaml;

pub(crate) use clean::{clean, clean_tree, identifier, markup, model_id};
pub use code::Code;
pub use decode::{Decode, Fields, Reader};
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use json::parse_json;
pub(crate) use json::parse_python_json;
pub use lang::{Lang, Says, says};
pub(crate) use limits::why_not;
pub use limits::{MAX_DEPTH, MAX_PROBLEMS, MAX_TEXT_BYTES, read_text};
pub use particle::{Particle, whether, with_particle};
pub use render::render;
pub use source::{Position, SourceFile, Span, Spanned};
pub use suggest::closest;
pub use tree::{Map, Node, NodeKind};
pub use yaml::{Aliases, parse_yaml};
pub(crate) use yaml::{parse_block, parse_dump, write_yaml};
