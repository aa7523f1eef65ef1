//! The SCITT profile of a ledger entry: which COSE headers and CWT claims it
//! has, before any record in it is read.
//!
//! ```cddl
//! protected-header = {
//!   1 => -8 / -19 / int,                         ; alg: EdDSA or Ed25519
//!   ? 3 => tstr,                                 ; content type of an event or governance record
//!   4 => bstr,                                   ; kid: RFC 9679 thumbprint, 32 bytes
//!   15 => { 1 => tstr, 2 => tstr, 6 => uint, * int / tstr => any },  ; iss, sub, iat
//!   16 => "application/scitt-statement+cose",    ; typ
//!   ? 258 => int,                                ; payload hash algorithm, -16 = SHA-256
//!   ? 259 => tstr,                               ; media type of the hashed file
//!   * int / tstr => any,
//! }
//! ```

use crate::digest::Thumbprint;
use crate::encoding::cbor::{self, Map, Value};
use crate::encoding::cose::{self, CoseError, Sign1};

/// The longest entry, as C2SP entry bundles hold it.
pub const MAX_ENTRY: usize = 65_535;
/// RFC 9943: `iss` has 1 to 8192 characters; the same bound holds for `sub`.
const MAX_NAME: usize = 8_192;
/// `typ` of every statement (RFC 9596, RFC 9943).
const TYP: &str = "application/scitt-statement+cose";
/// The claim that holds a document's record (private use).
pub const DOCUMENT_RECORD: i128 = -65_537;

/// COSE header labels (RFC 9052, 9596, 9597, 9995).
mod label {
    pub(super) const ALG: i128 = 1;
    pub(super) const CONTENT_TYPE: i128 = 3;
    pub(super) const KID: i128 = 4;
    pub(super) const CWT_CLAIMS: i128 = 15;
    pub(super) const TYP: i128 = 16;
    pub(super) const PAYLOAD_HASH_ALG: i128 = 258;
    pub(super) const PREIMAGE_CONTENT_TYPE: i128 = 259;
}

/// CWT claims (RFC 8392).
mod claim {
    pub(super) const ISS: i128 = 1;
    pub(super) const SUB: i128 = 2;
    pub(super) const IAT: i128 = 6;
}

/// COSE algorithms.
mod algorithm {
    pub(super) const EDDSA: i128 = -8;
    pub(super) const ED25519: i128 = -19;
    pub(super) const SHA_256: i128 = -16;
}

/// Why a COSE_Sign1 is not a statement of this profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// Not a COSE_Sign1 in its accepted form.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// See [`MAX_ENTRY`].
    #[error("{0} bytes long; an entry has at most 65,535")]
    TooLong(usize),
    /// RFC 9995 and RFC 9596: these labels are protected only.
    #[error("header {0} stands in the unprotected header")]
    ProtectedOnly(i128),
    /// RFC 9943 §6.3: an entry's unprotected header is empty.
    #[error("the unprotected header is not empty")]
    Unprotected,
    /// A header that RFC 9943 or this profile requires.
    #[error("header {0} is missing")]
    MissingHeader(i128),
    /// A header of the wrong type.
    #[error("header {0} has the wrong type or value")]
    BadHeader(i128),
    /// A claim that RFC 9943 or this profile requires.
    #[error("claim {0} is missing")]
    MissingClaim(i128),
    /// A claim of the wrong type, or out of bounds.
    #[error("claim {0} has the wrong type or value")]
    BadClaim(i128),
    /// RFC 9995: a hash envelope has no content type.
    #[error("a content type (3) beside a payload hash algorithm (258)")]
    ContentTypeWithHash,
    /// The payload of an entry is inside it.
    #[error("the payload is detached")]
    Detached,
    /// RFC 9995: the payload is the digest, in the length of its algorithm.
    #[error("the payload is not a digest of 32 bytes")]
    DigestLength,
}

/// Which signature algorithm an entry names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// -8 (EdDSA with an Ed25519 key) or -19 (Ed25519): the same signature.
    Ed25519,
    /// One this program can't check.
    Other(i128),
}

/// How an entry names its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyId {
    /// An RFC 9679 thumbprint.
    Thumbprint(Thumbprint),
    /// A form this program doesn't know.
    Other(Vec<u8>),
}

/// What the payload is said to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// A digest of a file (RFC 9995).
    Hash(HashEnvelope),
    /// Content of a media type (header 3).
    Content(String),
}

/// RFC 9995 headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashEnvelope {
    /// Whether it is SHA-256; otherwise the number of the algorithm.
    pub algorithm: Result<(), i128>,
    /// Media type of the hashed file.
    pub media_type: Option<String>,
}

/// A statement's outer parts as received. Its signature has not been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The signed message.
    pub message: Sign1,
    /// Signature algorithm.
    pub algorithm: Algorithm,
    /// Who signed.
    pub key_id: KeyId,
    /// `iss`.
    pub issuer: String,
    /// `sub`.
    pub subject: String,
    /// `iat`, in seconds since 1970-01-01T00:00:00Z; the signer's claim.
    pub issued_at: u64,
    /// All other claims.
    pub claims: Map,
    /// What the payload is.
    pub typed: Typed,
    /// Labels of protected headers that this profile doesn't know.
    pub unknown_headers: Vec<Value>,
}

impl Envelope {
    /// Reads an entry's outer parts.
    ///
    /// # Errors
    /// The first rule broken.
    pub fn parse(entry: &[u8]) -> Result<Self, EnvelopeError> {
        if entry.len() > MAX_ENTRY {
            return Err(EnvelopeError::TooLong(entry.len()));
        }
        let message = Sign1::parse(entry)?;
        check_unprotected(message.unprotected())?;
        let mut header = Headers(message.header().clone());
        let algorithm = match header.int(label::ALG)? {
            algorithm::EDDSA | algorithm::ED25519 => Algorithm::Ed25519,
            other => Algorithm::Other(other),
        };
        let key_id = match header.take(label::KID) {
            Some(Value::Bytes(id)) => match <[u8; 32]>::try_from(id) {
                Ok(thumbprint) => KeyId::Thumbprint(Thumbprint::from_bytes(thumbprint)),
                Err(id) => KeyId::Other(id.into_iter().collect()),
            },
            Some(_) => return Err(EnvelopeError::BadHeader(label::KID)),
            None => return Err(EnvelopeError::MissingHeader(label::KID)),
        };
        if header
            .text(label::TYP)?
            .ok_or(EnvelopeError::MissingHeader(label::TYP))?
            != TYP
        {
            return Err(EnvelopeError::BadHeader(label::TYP));
        }
        let mut claims = match header.take(label::CWT_CLAIMS) {
            Some(Value::Map(claims)) => claims,
            Some(_) => return Err(EnvelopeError::BadHeader(label::CWT_CLAIMS)),
            None => return Err(EnvelopeError::MissingHeader(label::CWT_CLAIMS)),
        };
        let typed = header.typed()?;
        check_payload(&message, &typed)?;
        Ok(Self {
            algorithm,
            key_id,
            issuer: claim_name(&mut claims, claim::ISS)?,
            subject: claim_name(&mut claims, claim::SUB)?,
            issued_at: claim_time(&mut claims)?,
            claims,
            typed,
            unknown_headers: header.0.into_keys().collect(),
            message,
        })
    }

    /// The payload, which an entry always has.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        self.message.payload().unwrap_or_default()
    }
}

/// Protected header and payload, ready to sign.
#[derive(Debug, Clone)]
pub(super) struct Unsigned {
    protected: Vec<u8>,
    payload: Vec<u8>,
}

impl Unsigned {
    pub(super) fn new(
        kid: Thumbprint,
        (issuer, subject, issued_at): (&str, &str, u64),
        record: Option<Value>,
        typed: &Typed,
        payload: Vec<u8>,
    ) -> Self {
        let mut claims = Map::from([
            (cbor::int(claim::ISS), cbor::text(issuer)),
            (cbor::int(claim::SUB), cbor::text(subject)),
            (cbor::int(claim::IAT), cbor::int(issued_at)),
        ]);
        claims.extend(record.map(|record| (cbor::int(DOCUMENT_RECORD), record)));
        let mut header = Map::from([
            (cbor::int(label::ALG), cbor::int(algorithm::EDDSA)),
            (cbor::int(label::KID), cbor::bytes(*kid.as_bytes())),
            (cbor::int(label::CWT_CLAIMS), Value::Map(claims)),
            (cbor::int(label::TYP), cbor::text(TYP)),
        ]);
        match typed {
            Typed::Content(content) => {
                header.insert(cbor::int(label::CONTENT_TYPE), cbor::text(content));
            }
            Typed::Hash(HashEnvelope { media_type, .. }) => {
                header.insert(
                    cbor::int(label::PAYLOAD_HASH_ALG),
                    cbor::int(algorithm::SHA_256),
                );
                let label = cbor::int(label::PREIMAGE_CONTENT_TYPE);
                header.extend(media_type.as_ref().map(|media| (label, cbor::text(media))));
            }
        }
        Self {
            protected: cbor::encode_map(&header),
            payload,
        }
    }

    pub(super) fn to_be_signed(&self) -> Vec<u8> {
        cose::sig_structure(&self.protected, &self.payload)
    }

    pub(super) fn with_signature(&self, signature: &[u8]) -> Vec<u8> {
        cose::assemble(&self.protected, &self.payload, signature)
    }
}

/// The protected header while it is taken apart.
struct Headers(Map);

impl Headers {
    fn take(&mut self, label: i128) -> Option<Value> {
        self.0.remove(&cbor::int(label))
    }

    fn int(&mut self, label: i128) -> Result<i128, EnvelopeError> {
        match self.take(label) {
            Some(Value::Integer(number)) => Ok(number),
            Some(_) => Err(EnvelopeError::BadHeader(label)),
            None => Err(EnvelopeError::MissingHeader(label)),
        }
    }

    fn text(&mut self, label: i128) -> Result<Option<String>, EnvelopeError> {
        match self.take(label) {
            Some(Value::Text(text)) if !text.is_empty() => Ok(Some(text)),
            Some(_) => Err(EnvelopeError::BadHeader(label)),
            None => Ok(None),
        }
    }

    fn typed(&mut self) -> Result<Typed, EnvelopeError> {
        if !self.0.contains_key(&cbor::int(label::PAYLOAD_HASH_ALG)) {
            let content = self.text(label::CONTENT_TYPE)?;
            return content
                .map(Typed::Content)
                .ok_or(EnvelopeError::MissingHeader(label::CONTENT_TYPE));
        }
        if self.0.contains_key(&cbor::int(label::CONTENT_TYPE)) {
            return Err(EnvelopeError::ContentTypeWithHash);
        }
        let algorithm = match self.int(label::PAYLOAD_HASH_ALG)? {
            algorithm::SHA_256 => Ok(()),
            other => Err(other),
        };
        let media_type = self.text(label::PREIMAGE_CONTENT_TYPE)?;
        Ok(Typed::Hash(HashEnvelope {
            algorithm,
            media_type,
        }))
    }
}

fn check_unprotected(unprotected: &Map) -> Result<(), EnvelopeError> {
    let protected_only = [
        label::CONTENT_TYPE,
        label::CWT_CLAIMS,
        label::TYP,
        label::PAYLOAD_HASH_ALG,
        label::PREIMAGE_CONTENT_TYPE,
    ];
    for label in protected_only {
        if unprotected.contains_key(&cbor::int(label)) {
            return Err(EnvelopeError::ProtectedOnly(label));
        }
    }
    if unprotected.is_empty() {
        Ok(())
    } else {
        Err(EnvelopeError::Unprotected)
    }
}

fn check_payload(message: &Sign1, typed: &Typed) -> Result<(), EnvelopeError> {
    let payload = message.payload().ok_or(EnvelopeError::Detached)?;
    let is_sha256 = matches!(
        typed,
        Typed::Hash(HashEnvelope {
            algorithm: Ok(()),
            ..
        })
    );
    if is_sha256 && payload.len() != 32 {
        return Err(EnvelopeError::DigestLength);
    }
    Ok(())
}

fn claim_name(claims: &mut Map, claim: i128) -> Result<String, EnvelopeError> {
    match claims.remove(&cbor::int(claim)) {
        Some(Value::Text(name)) if (1..=MAX_NAME).contains(&name.len()) => Ok(name),
        Some(_) => Err(EnvelopeError::BadClaim(claim)),
        None => Err(EnvelopeError::MissingClaim(claim)),
    }
}

fn claim_time(claims: &mut Map) -> Result<u64, EnvelopeError> {
    match claims.remove(&cbor::int(claim::IAT)) {
        Some(Value::Integer(time)) => {
            u64::try_from(time).map_err(|_| EnvelopeError::BadClaim(claim::IAT))
        }
        Some(_) => Err(EnvelopeError::BadClaim(claim::IAT)),
        None => Err(EnvelopeError::MissingClaim(claim::IAT)),
    }
}
