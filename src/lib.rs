//! sovgrade
pub mod evidence;
pub mod text;
pub mod vocabulary;
