//! Proofs for those who don't have the ledger, in the forms of others: the C2SP
//! tlog-proof, and COSE receipts (RFC 9942) in transparent statements (RFC 9943);
//! and the evidence file, which holds these and the history of a document.
//!
//! A proof says that an entry stands in the log under a signed head. Who may
//! have signed the entry is not said here ([`crate::authority`]).

mod evidence;
mod receipt;
mod tlog;

pub use evidence::{
    DocumentBytes, EvidenceFile, EvidenceFileError, Member, README, ZipError, document_name,
};
pub use receipt::{Growth, Receipt, ReceiptError, ReceiptProof, TransparentStatement};
pub use tlog::{TlogProof, TlogProofError};
