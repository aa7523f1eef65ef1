//! A provenance-tracked ledger of official documents.

pub mod authority;
pub mod digest;
pub mod encoding;
#[cfg(feature = "export")]
pub mod export;
#[cfg(feature = "index")]
pub mod index;
pub mod key;
pub mod log;
pub mod masthead;
pub mod merkle;
pub mod proof;
pub mod reading;
pub mod registry;
pub mod replay;
pub mod revision;
pub mod stamp;
pub mod statement;
pub mod store;
pub mod symbol;
pub mod verify;
pub mod witness;
