//! A provenance-tracked ledger of official documents.

pub mod digest;
pub mod encoding;
pub mod key;
pub mod merkle;
pub mod statement;
pub mod log;
pub mod authority;
pub mod revision;
pub mod store;
pub mod symbol;
pub mod registry;
