//! Gathered claims, ready to sign.

use crate::digest::ContentDigest;
use crate::encoding::cbor;
use crate::key::{SignError, Signer};

use super::envelope::{HashEnvelope, MAX_ENTRY, Typed, Unsigned};
use super::{DocumentRecord, EventRecord, Governance};

/// Content type of event statements.
pub(super) const EVENT_TYPE: &str = "application/vnd.docledger.event+cbor";
/// Content type of governance statements.
pub(super) const GOVERNANCE_TYPE: &str = "application/vnd.docledger.governance+cbor";

/// Why a draft does not become an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// An entry has at most 65,535 bytes.
    #[error(
        "the statement is {0} bytes long; an entry has at most 65,535 (shorten the longest fields)"
    )]
    TooLong(usize),
    /// The encoded statement does not read back: a text, list or map in it is too large.
    #[error("the statement can't be written: {0}")]
    Unreadable(String),
    /// The signer failed.
    #[error(transparent)]
    Sign(#[from] SignError),
}

/// What a statement says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A file of a document.
    Document {
        /// SHA-256 of the file.
        digest: ContentDigest,
        /// Its media type.
        media_type: String,
        /// What is said of it.
        record: Box<DocumentRecord>,
    },
    /// Something about an earlier entry.
    Event(EventRecord),
    /// Keys and policy.
    Governance(Governance),
}

/// A statement before it is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// `iss`.
    pub issuer: String,
    /// `sub`.
    pub subject: String,
    /// `iat`, in seconds since 1970-01-01T00:00:00Z.
    pub issued_at: u64,
    /// What it says.
    pub content: Content,
}

impl Draft {
    /// Signs the statement: the bytes of a ledger entry.
    ///
    /// # Errors
    /// If the signer fails, or the entry would be longer than the format allows
    /// or not read back.
    pub fn sign(&self, signer: &dyn Signer) -> Result<Vec<u8>, DraftError> {
        let key = signer.public();
        let (typed, record, payload) = self.parts();
        let claims = (self.issuer.as_str(), self.subject.as_str(), self.issued_at);
        let unsigned = Unsigned::new(key.thumbprint(), claims, record, &typed, payload);
        let message = unsigned.to_be_signed();
        let signature = signer.sign(&message)?;
        key.verify(&message, &signature)
            .map_err(|_| SignError::BadSignature)?;
        let entry = unsigned.with_signature(&signature);
        if entry.len() > MAX_ENTRY {
            return Err(DraftError::TooLong(entry.len()));
        }
        super::Statement::parse(&entry)
            .map_err(|error| DraftError::Unreadable(error.to_string()))?;
        Ok(entry)
    }

    fn parts(&self) -> (Typed, Option<cbor::Value>, Vec<u8>) {
        let content = |typed: &str| Typed::Content(typed.to_owned());
        match &self.content {
            Content::Document {
                digest,
                media_type,
                record,
            } => {
                let media_type = Some(media_type.clone());
                let hash = HashEnvelope {
                    algorithm: Ok(()),
                    media_type,
                };
                (
                    Typed::Hash(hash),
                    Some(record.to_value()),
                    digest.as_bytes().to_vec(),
                )
            }
            Content::Event(event) => (content(EVENT_TYPE), None, cbor::encode(&event.to_value())),
            Content::Governance(record) => (
                content(GOVERNANCE_TYPE),
                None,
                cbor::encode(&record.to_value()),
            ),
        }
    }
}
