//! The one place that touches a ledger's files: where each stands, how one is
//! made durable, who may write.
//!
//! Readers take no lock and never see half a file; what a published checkpoint
//! covers never changes; the checkpoint is written last. Not here: what is
//! appended ([`crate::log`]) and whether it may be ([`crate::registry`]).

mod aside;
mod durable;
mod error;
mod key_dir;
pub mod layout;
mod ledger_dir;
mod lock;
mod state_dir;
mod volume;
mod writer;

pub use aside::{NewFolder, write_new};
pub use error::{StoreError, StoreProblem};
pub use key_dir::{KeyDir, SecretFile};
pub use ledger_dir::LedgerDir;
pub use lock::WriterLock;
pub use state_dir::{KeptHead, Pin, StateDir};
pub use volume::{Disk, FileKind, Volume};
pub use writer::{AppendFiles, Contents, LedgerWriter, NewDocument};

/// Every byte of a ledger explained, as `init` writes it into each ledger.
pub const FORMAT: &str = include_str!("FORMAT.md");
