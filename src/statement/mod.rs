//! What is claimed about a document, and by whom: SCITT signed statements
//! (RFC 9943) in the profile of `FORMAT.md`.
//!
//! Not here: whether the signer was allowed to claim it
//! ([`crate::authority`]), whether it fits the document's history
//! ([`crate::revision`]), or where it stands in the log ([`crate::log`]).

mod claims;
mod date;
mod decision;
mod draft;
mod envelope;
mod event;
mod governance;
mod language;
mod metadata;
mod signed;

pub use claims::{
    Body, Change, Context, DocumentRecord, Relation, RelationKind, Signatory, Source, TreeHead,
};
pub use date::{DateError, PartialDate};
pub use decision::{Compromise, Decision, GrantedRole, LogKey};
pub use draft::{Content, Draft, DraftError, SignedEntry};
pub use envelope::{
    Algorithm, DOCUMENT_RECORD, Envelope, EnvelopeError, HashEnvelope, KeyId, MAX_ENTRY, Typed,
};
pub use event::{Event, EventRecord, FieldChange};
pub use governance::{Governance, Group, Holder, Opening, Policy, Threshold, Witness};
pub use language::{Language, LanguageError};
pub use metadata::{MetadataField, NotAmendable};
pub use signed::{Document, Matter, Statement, StatementError, Unknown, Verified};

/// The version of the record formats that this program writes.
pub const FORMAT_VERSION: u64 = 1;
