//! sovgrade
pub mod evidence;
pub mod measure;
pub mod vocabulary;
pub mod weights;
