//! sovgrade
pub mod cli;
pub mod desk;
pub mod evidence;
pub mod explain;
pub mod facts;
pub mod gather;
pub mod grade;
pub mod measure;
pub mod report;
pub mod rules;
pub mod text;
pub mod vocabulary;
pub mod weights;
