//! sovgrade
pub mod evidence;
pub mod vocabulary;
pub mod weights;
