//! A statement as received, and as verified.

use crate::digest::ContentDigest;
use crate::encoding::cbor::{self, CborError, Map, Value};
use crate::encoding::fields::{FieldError, Fields};
use crate::key::{BadSignature, PublicKey};

use super::draft::{EVENT_TYPE, GOVERNANCE_TYPE};
use super::envelope::{Algorithm, DOCUMENT_RECORD, Envelope, EnvelopeError, HashEnvelope, Typed};
use super::{Context, DocumentRecord, EventRecord, FORMAT_VERSION, Governance};

/// Why an entry is not a statement of this format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// Its outer parts.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The payload is no deterministic CBOR.
    #[error("the record is not deterministic CBOR: {0}")]
    Record(#[from] CborError),
    /// A field of its record.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// A document statement without claim -65537.
    #[error("the document has no record (claim -65537)")]
    NoRecord,
    /// A document statement without header 259.
    #[error("the document has no media type (header 259)")]
    NoMediaType,
}

/// Something in a statement that this program does not know. It is kept and
/// told, and never passed over in silence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// Signature algorithm.
    #[error("signature algorithm {0} is not known")]
    Algorithm(i128),
    /// Digest algorithm of a document.
    #[error("digest algorithm {0} is not known")]
    DigestAlgorithm(i128),
    /// Content type of the payload.
    #[error("statements of type {0:?} are not known")]
    ContentType(String),
    /// Format version of the record.
    #[error("format version {0} is not known")]
    Version(u64),
    /// A record key that the record says must be understood.
    #[error("record key {0:?} must be understood and is not known")]
    Must(String),
    /// A record key that may be passed over.
    #[error("record key {0:?} is not known")]
    Key(String),
    /// A protected header that may be passed over.
    #[error("header {0} is not known")]
    Header(String),
    /// A claim that may be passed over.
    #[error("claim {0} is not known")]
    Claim(String),
}

impl Unknown {
    /// Whether it may be passed over with a notice.
    #[must_use]
    pub fn may_be_passed_over(&self) -> bool {
        matches!(self, Self::Key(_) | Self::Header(_) | Self::Claim(_))
    }
}

/// A file of a document, as stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// SHA-256 of the file.
    pub digest: ContentDigest,
    /// Its media type.
    pub media_type: String,
    /// What is said of it.
    pub record: DocumentRecord,
}

/// What a statement is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matter {
    /// A file of a document.
    Document(Box<Document>),
    /// An earlier entry.
    Event(Box<EventRecord>),
    /// Keys and policy.
    Governance(Governance),
    /// Something this program doesn't know.
    Unknown,
}

/// A statement as received. Its signature has not been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The outer parts.
    pub envelope: Envelope,
    /// What it is about.
    pub matter: Matter,
    /// What this program doesn't know of it.
    pub unknown: Vec<Unknown>,
}

impl Statement {
    /// Reads an entry strictly.
    ///
    /// # Errors
    /// The first rule broken.
    pub fn parse(entry: &[u8]) -> Result<Self, StatementError> {
        let envelope = Envelope::parse(entry)?;
        let mut unknown = Vec::new();
        if let Algorithm::Other(algorithm) = envelope.algorithm {
            unknown.push(Unknown::Algorithm(algorithm));
        }
        let headers = envelope.unknown_headers.iter();
        unknown.extend(headers.map(|label| Unknown::Header(label_text(label))));
        let matter = read_matter(&envelope, &mut unknown)?;
        let record_claim = cbor::int(DOCUMENT_RECORD);
        let read_claim = matches!(envelope.typed, Typed::Hash(_)).then_some(&record_claim);
        let claims = envelope
            .claims
            .keys()
            .filter(|claim| Some(*claim) != read_claim);
        unknown.extend(claims.map(|claim| Unknown::Claim(label_text(claim))));
        Ok(Self {
            envelope,
            matter,
            unknown,
        })
    }

    /// The first thing in it that must be understood and is not: whatever else
    /// holds, the statement is not established then.
    #[must_use]
    pub fn unmet(&self) -> Option<&Unknown> {
        let mut unknown = self.unknown.iter();
        unknown.find(|unknown| !unknown.may_be_passed_over())
    }

    /// What ties it to its ledger, where it is known.
    #[must_use]
    pub fn context(&self) -> Option<&Context> {
        match &self.matter {
            Matter::Document(document) => Some(&document.record.context),
            Matter::Event(event) => Some(&event.context),
            Matter::Governance(governance) => governance.context(),
            Matter::Unknown => None,
        }
    }

    /// Checks the signature under a key. What comes out is the only proof in
    /// this program that a check took place.
    ///
    /// # Errors
    /// If the signature does not verify under that key by the one rule of
    /// [`PublicKey::verify`].
    pub fn verify(self, key: &PublicKey) -> Result<Verified, BadSignature> {
        let message = &self.envelope.message;
        if self.envelope.algorithm != Algorithm::Ed25519 {
            return Err(BadSignature);
        }
        key.verify(&message.to_be_signed(&[]), message.signature())?;
        Ok(Verified {
            statement: self,
            key: *key,
        })
    }
}

/// A statement whose signature verified under `key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    statement: Statement,
    key: PublicKey,
}

impl Verified {
    /// The statement.
    #[must_use]
    pub fn statement(&self) -> &Statement {
        &self.statement
    }

    /// The statement, without the proof of its signature.
    #[must_use]
    pub fn into_statement(self) -> Statement {
        self.statement
    }

    /// The key it verified under.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        &self.key
    }
}

fn read_matter(envelope: &Envelope, unknown: &mut Vec<Unknown>) -> Result<Matter, StatementError> {
    match &envelope.typed {
        Typed::Hash(hash) => read_document(envelope, hash, unknown),
        Typed::Content(kind) if kind == EVENT_TYPE => {
            let Some(record) = read_record(envelope.payload(), unknown)? else {
                return Ok(Matter::Unknown);
            };
            let event = EventRecord::read(record)?;
            note_keys(&event.unknown, &event.must, &event.unread, unknown);
            Ok(Matter::Event(Box::new(event)))
        }
        Typed::Content(kind) if kind == GOVERNANCE_TYPE => {
            let Some(record) = read_record(envelope.payload(), unknown)? else {
                return Ok(Matter::Governance(Governance::Unread));
            };
            let governance = Governance::read(record)?;
            match &governance {
                Governance::Opening(opening) => {
                    note_keys(&opening.unknown, &opening.must, &opening.unread, unknown);
                }
                Governance::Later {
                    must,
                    unknown: keys,
                    unread,
                    ..
                } => note_keys(keys, must, unread, unknown),
                Governance::Unread => {}
            }
            Ok(Matter::Governance(governance))
        }
        Typed::Content(kind) => {
            unknown.push(Unknown::ContentType(kind.clone()));
            Ok(Matter::Unknown)
        }
    }
}

fn read_document(
    envelope: &Envelope,
    hash: &HashEnvelope,
    unknown: &mut Vec<Unknown>,
) -> Result<Matter, StatementError> {
    if let Err(algorithm) = hash.algorithm {
        unknown.push(Unknown::DigestAlgorithm(algorithm));
        return Ok(Matter::Unknown);
    }
    let digest = envelope
        .payload()
        .try_into()
        .map_err(|_| EnvelopeError::DigestLength)?;
    let record = envelope.claims.get(&cbor::int(DOCUMENT_RECORD));
    let record = record.ok_or(StatementError::NoRecord)?.clone();
    let Some(record) = check_version(record, unknown)? else {
        return Ok(Matter::Unknown);
    };
    let record = DocumentRecord::read(record)?;
    note_keys(&record.unknown, &record.must, &record.unread, unknown);
    Ok(Matter::Document(Box::new(Document {
        digest: ContentDigest::from_bytes(digest),
        media_type: hash.media_type.clone().ok_or(StatementError::NoMediaType)?,
        record,
    })))
}

fn read_record(
    payload: &[u8],
    unknown: &mut Vec<Unknown>,
) -> Result<Option<Value>, StatementError> {
    check_version(cbor::decode(payload)?, unknown)
}

/// The record without its `v`, or `None` if it is of a later format.
fn check_version(
    record: Value,
    unknown: &mut Vec<Unknown>,
) -> Result<Option<Value>, StatementError> {
    let mut fields = Fields::new("", record)?;
    let version = fields.uint("v")?;
    let version = fields.required("v", version)?;
    if version == FORMAT_VERSION {
        return Ok(Some(Value::Map(fields.rest().0)));
    }
    unknown.push(Unknown::Version(version));
    Ok(None)
}

/// Tells the keys that were left over, apart by whether the record's `must`
/// allows passing them over.
fn note_keys(rest: &Map, must: &[String], unread: &[String], unknown: &mut Vec<Unknown>) {
    let keys = rest.keys().map(label_text).chain(unread.iter().cloned());
    unknown.extend(keys.map(|key| {
        if must.contains(&key) {
            Unknown::Must(key)
        } else {
            Unknown::Key(key)
        }
    }));
}

fn label_text(label: &Value) -> String {
    match label {
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        other => format!("{other:?}"),
    }
}
