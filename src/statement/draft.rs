//! Gathered claims, ready to sign.

use crate::digest::{ContentDigest, Thumbprint};
use crate::encoding::cbor;
use crate::key::{SignError, Signer};

use super::envelope::{HashEnvelope, MAX_ENTRY, Typed, Unsigned};
use super::{DocumentRecord, EventRecord, Governance, Statement, Verified};

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

/// A statement signed just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedEntry {
    /// The entry.
    pub bytes: Vec<u8>,
    /// The statement it holds.
    pub verified: Verified,
}

impl Draft {
    /// Signs the statement, and checks the signature and that it reads back.
    ///
    /// # Errors
    /// If the signer fails, or the entry would be longer than the format allows
    /// or not read back.
    pub fn sign(&self, signer: &dyn Signer) -> Result<SignedEntry, DraftError> {
        let key = signer.public();
        let unsigned = self.unsigned(key.thumbprint());
        let signature = signer.sign(&unsigned.to_be_signed())?;
        let bytes = unsigned.with_signature(&signature);
        let verified = read_back(&bytes)?
            .verify(&key)
            .map_err(|_| SignError::BadSignature)?;
        Ok(SignedEntry { bytes, verified })
    }

    /// The entry as it would stand, but for its key and signature, which are
    /// all zeros: for showing what would be signed.
    ///
    /// # Errors
    /// If it would be longer than the format allows or not read back.
    pub fn preview(&self) -> Result<(Vec<u8>, Statement), DraftError> {
        let unsigned = self.unsigned(Thumbprint::from_bytes([0; 32]));
        let bytes = unsigned.with_signature(&[0; 64]);
        let statement = read_back(&bytes)?;
        Ok((bytes, statement))
    }

    fn unsigned(&self, key: Thumbprint) -> Unsigned {
        let (typed, record, payload) = self.parts();
        let claims = (self.issuer.as_str(), self.subject.as_str(), self.issued_at);
        Unsigned::new(key, claims, record, &typed, payload)
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

fn read_back(entry: &[u8]) -> Result<Statement, DraftError> {
    if entry.len() > MAX_ENTRY {
        return Err(DraftError::TooLong(entry.len()));
    }
    Statement::parse(entry).map_err(|error| DraftError::Unreadable(error.to_string()))
}
