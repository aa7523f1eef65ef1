//! An append-only sequence of opaque entries: checkpoints, tiles, bundles.
//!
//! Not here: what an entry means ([`crate::statement`]), whose key signs a
//! checkpoint ([`crate::authority`]), or where files stand ([`crate::store`]).

mod append;
mod checkpoint;
mod entries;
mod proven;
mod read;

pub use append::{Append, AppendError, Growth};
pub use checkpoint::{Checkpoint, CheckpointError, MAX_ORIGIN, SignedCheckpoint};
pub use entries::{BundleError, leading_entries, read_bundle, write_bundle};
pub use proven::ProvenLog;
pub use read::{
    Evidence, EvidenceError, EvidenceProblem, Found, Item, LoadError, read_checkpoint,
    read_exact_tile, read_log, read_tile,
};
