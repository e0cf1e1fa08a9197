//! sovgrade
pub mod desk;
pub mod evidence;
pub mod facts;
pub mod grade;
pub mod rules;
pub mod text;
pub mod vocabulary;
