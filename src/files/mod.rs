//! Files: model directories as people have them, opened in one place for every command.
//!
//! In: what somebody typed: a directory, a folder of the Hub's cache, `org/name`, a file. Out: a [`Folder`] with the
//! files by their raw names, each a regular file within the boundary; what was passed over, and why; or the sentence
//! that helps. Nothing is downloaded. Links are followed only to files inside the directory, or inside the cache's own
//! folder of the model. Pipes, sockets and devices are never opened. Two names that look alike are refused.

mod cache;
mod folder;
mod form;
mod locate;
mod pointer;

pub use cache::repository_of;
pub use folder::{Entry, Folder, Identity, MAX_FILES, MAX_FOLDERS_DEEP, PassedOver};
pub use form::{Form, FormRow, form_of, is_trainer_state, is_weights, row_of};
pub use locate::{Place, locate};
pub(crate) use pointer::pointer;
