//! A document's versions, what events did to them, where it stands among other
//! documents, and the differences between two texts.
//!
//! Not here: who signed a version ([`crate::authority`]).

pub mod diff;
mod effects;
mod history;
mod relations;
mod standing;

pub use effects::{Assigned, DocumentEvents, EventEntry, EventFault};
pub use history::{Chain, ChainFault, DocumentHistory, History, VersionEntry};
pub use relations::{RelationDoubt, relation_doubts};
pub use standing::{OpenReference, Reference, Siblings, Standing, Standings};
