//! A document's versions: their order, and the differences between two texts.
//!
//! Not here: who signed a version ([`crate::authority`]).

pub mod diff;
mod history;

pub use history::{Chain, ChainFault, DocumentHistory, History, VersionEntry};
