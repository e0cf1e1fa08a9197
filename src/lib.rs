//! sovgrade
pub mod evidence;
pub mod facts;
pub mod text;
pub mod vocabulary;
