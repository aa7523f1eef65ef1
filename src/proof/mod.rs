//! Proofs for those who don't have the ledger, in the forms of others: the C2SP
//! tlog-proof, and COSE receipts (RFC 9942) in transparent statements (RFC 9943).
//!
//! A proof says that an entry stands in the log under a signed head. Who may
//! have signed the entry is not said here ([`crate::authority`]).

mod receipt;
mod tlog;

pub use receipt::{Growth, Receipt, ReceiptError, ReceiptProof, TransparentStatement};
pub use tlog::{TlogProof, TlogProofError};
