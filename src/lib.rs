//! sovgrade
pub mod evidence;
pub mod facts;
pub mod gather;
pub mod text;
pub mod vocabulary;
