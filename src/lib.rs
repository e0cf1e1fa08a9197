//! sovgrade
pub mod evidence;
pub mod vocabulary;
