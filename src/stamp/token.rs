//! A token (RFC 3161 §2.4.2): CMS SignedData (RFC 5652) around a TSTInfo, taken
//! apart. Nothing is verified here.

use der::Tag;
use der::asn1::{ObjectIdentifier, OctetString};

use super::MAX_REPLY;
use super::certificate::{Certificate, CertificateError};
use super::der::{DerError, Value, Values, tagged, tagged_primitive};
use crate::digest::{ContentDigest, DIGEST_LEN};

use super::hash::Hash;
use super::time::StampTime;

pub(super) const SIGNED_DATA: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");

/// The most certificates that a token may carry.
const MAX_CERTIFICATES: usize = 16;

/// Why bytes are no token that can be checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not the structure.
    #[error(transparent)]
    Der(#[from] DerError),
    /// Signed data of another kind, or several signers.
    #[error("it is not a time stamp signed by one authority")]
    Kind,
    /// A hash function that is not accepted.
    #[error("it uses the hash function {0}; SHA-256, SHA-384 and SHA-512 are accepted")]
    Hash(String),
    /// The time.
    #[error("its time is not written as RFC 3161 demands")]
    Time,
    /// An extension that must be understood.
    #[error("it holds the critical extension {0}, which is not known")]
    Extension(String),
    /// A signed attribute that must be there once.
    #[error("the signed attribute {0} is missing, or stands there twice")]
    Attribute(&'static str),
    /// No certificate is the signer's.
    #[error("its signer's certificate is not in it")]
    NoSigner,
    /// Too many certificates.
    #[error("it carries more than {MAX_CERTIFICATES} certificates")]
    Certificates,
    /// A certificate that can't be read.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
}

/// What a token says, unverified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unverified {
    /// When the authority says it saw the bytes.
    pub time: StampTime,
    /// How far off that may be, in microseconds, if the authority says so.
    pub accuracy_micros: Option<u64>,
    /// The token's number at its authority, in hexadecimal.
    pub serial: String,
    /// The authority's policy, an object identifier.
    pub policy: String,
    pub(super) hash: Hash,
    pub(super) imprint: Vec<u8>,
    pub(super) nonce: Option<Vec<u8>>,
}

/// A token as received, taken apart.
#[derive(Debug, Clone)]
pub struct Token {
    pub(super) info: Unverified,
    /// The TSTInfo as received.
    pub(super) content: Vec<u8>,
    pub(super) signer: Signer,
    pub(super) certificate: Certificate,
    /// All it carries.
    pub(super) certificates: Vec<Certificate>,
}

/// What it takes to check the signature.
#[derive(Debug, Clone)]
pub(super) struct Signer {
    pub(super) hash: Hash,
    pub(super) algorithm: ObjectIdentifier,
    pub(super) signature: Vec<u8>,
    /// The signed attributes as they are signed: as a SET.
    pub(super) attributes: Vec<u8>,
    pub(super) message_digest: Vec<u8>,
    /// Hashes that name the signer's certificate (RFC 2634, 5816).
    pub(super) named: Vec<(Hash, Vec<u8>)>,
}

impl Unverified {
    /// The SHA-256 of the bytes that it says it is about; `None` by another hash.
    #[must_use]
    pub fn about(&self) -> Option<ContentDigest> {
        let digest = <[u8; DIGEST_LEN]>::try_from(self.imprint.as_slice()).ok()?;
        (self.hash == Hash::Sha256).then(|| ContentDigest::from_bytes(digest))
    }
}

impl Token {
    /// Reads a TimeStampToken.
    ///
    /// # Errors
    /// The first rule broken.
    pub fn parse(bytes: &[u8]) -> Result<Self, TokenError> {
        if bytes.len() > MAX_REPLY {
            return Err(DerError { what: "the token" }.into());
        }
        let mut outer = Values::of_sequence(bytes, "the token")?;
        if outer.oid()? != SIGNED_DATA {
            return Err(TokenError::Kind);
        }
        let signed = outer.only()?.inside(tagged(0), "the token")?.only()?;
        let mut signed = signed.inside(Tag::Sequence, "the signed data")?;
        signed.next(Tag::Integer)?;
        signed.next(Tag::Set)?;
        let content = content(signed.next(Tag::Sequence)?)?;
        let certificates = match signed.optional(tagged(0))? {
            Some(set) => certificates(set)?,
            None => Vec::new(),
        };
        signed.optional(tagged(1))?;
        let signers = signed.only()?.inside(Tag::Set, "the signers")?.rest()?;
        let [signer] = signers.as_slice() else {
            return Err(TokenError::Kind);
        };
        let (id, signer) = signer_info(*signer)?;
        let mut its = certificates.iter().filter(|it| it.is_named_by(&id));
        let certificate = its.next().cloned().ok_or(TokenError::NoSigner)?;
        Ok(Self {
            info: tst_info(&content)?,
            content,
            signer,
            certificate,
            certificates,
        })
    }

    /// What it says, unverified.
    #[must_use]
    pub fn unverified(&self) -> &Unverified {
        &self.info
    }

    /// The certificate that it says its signer has, unverified.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }
}

fn content(value: Value<'_>) -> Result<Vec<u8>, TokenError> {
    let mut values = value.inside(Tag::Sequence, "the content")?;
    if values.oid()? != TST_INFO {
        return Err(TokenError::Kind);
    }
    let content = values.only()?.inside(tagged(0), "the content")?.only()?;
    let content: OctetString = content.decode("the content")?;
    Ok(content.as_bytes().to_vec())
}

fn certificates(set: Value<'_>) -> Result<Vec<Certificate>, TokenError> {
    let all = set.inside(tagged(0), "the certificates")?.rest()?;
    if all.len() > MAX_CERTIFICATES {
        return Err(TokenError::Certificates);
    }
    // Others than X.509 ones are attribute certificates and older forms.
    let plain = all.into_iter().filter(|it| it.tag == Tag::Sequence);
    let parsed = plain.map(|it| Certificate::parse(it.whole));
    Ok(parsed.collect::<Result<_, _>>()?)
}

/// The hash function of an AlgorithmIdentifier.
fn hash(value: Value<'_>) -> Result<Hash, TokenError> {
    let oid = algorithm(value)?;
    Hash::of_oid(oid).ok_or_else(|| TokenError::Hash(oid.to_string()))
}

/// An AlgorithmIdentifier without parameters, or with NULL.
fn algorithm(value: Value<'_>) -> Result<ObjectIdentifier, DerError> {
    let mut values = value.inside(Tag::Sequence, "an algorithm")?;
    let oid = values.oid()?;
    values.optional(Tag::Null)?;
    values.end()?;
    Ok(oid)
}

/// How a SignerInfo names its certificate.
pub(super) enum SignerId {
    /// The DER of the issuer's name, and the contents of the serial number.
    Issuer(Vec<u8>, Vec<u8>),
    /// The subject key identifier.
    Key(Vec<u8>),
}

fn signer_info(value: Value<'_>) -> Result<(SignerId, Signer), TokenError> {
    let mut values = value.inside(Tag::Sequence, "the signer")?;
    values.next(Tag::Integer)?;
    let id = values.any()?;
    let id = if id.tag == tagged_primitive(0) {
        SignerId::Key(id.contents.to_vec())
    } else {
        let mut id = id.inside(Tag::Sequence, "the signer")?;
        let issuer = id.next(Tag::Sequence)?;
        let serial = id.next(Tag::Integer)?;
        id.end()?;
        SignerId::Issuer(issuer.whole.to_vec(), serial.contents.to_vec())
    };
    let hash = hash(values.next(Tag::Sequence)?)?;
    let attributes = values.next(tagged(0))?;
    let algorithm = algorithm(values.next(Tag::Sequence)?)?;
    let signature: OctetString = values.next(Tag::OctetString)?.decode("the signature")?;
    values.optional(tagged(1))?;
    values.end()?;
    let found = Attributes::read(attributes)?;
    if found.content_type != Some(TST_INFO) {
        return Err(TokenError::Attribute("content-type"));
    }
    let message_digest = found.message_digest;
    let signer = Signer {
        hash,
        algorithm,
        signature: signature.as_bytes().to_vec(),
        attributes: as_set(attributes.whole),
        message_digest: message_digest.ok_or(TokenError::Attribute("message-digest"))?,
        named: found.named,
    };
    if signer.named.is_empty() {
        return Err(TokenError::Attribute("signing-certificate"));
    }
    Ok((id, signer))
}

/// RFC 5652 §5.4: signed with the tag of a SET in place of `[0]`.
fn as_set(attributes: &[u8]) -> Vec<u8> {
    let mut bytes = attributes.to_vec();
    if let Some(tag) = bytes.first_mut() {
        *tag = 0x31;
    }
    bytes
}

/// The signed attributes that count.
#[derive(Default)]
struct Attributes {
    content_type: Option<ObjectIdentifier>,
    message_digest: Option<Vec<u8>>,
    named: Vec<(Hash, Vec<u8>)>,
}

impl Attributes {
    fn read(attributes: Value<'_>) -> Result<Self, TokenError> {
        let what = "a signed attribute";
        let mut seen = Vec::new();
        let mut found = Self::default();
        for attribute in attributes.inside(tagged(0), what)?.rest()? {
            let mut parts = attribute.inside(Tag::Sequence, what)?;
            let oid = parts.oid()?;
            let values = parts.only()?.inside(Tag::Set, what)?;
            let name = match oid {
                CONTENT_TYPE => "content-type",
                MESSAGE_DIGEST => "message-digest",
                SIGNING_CERTIFICATE | SIGNING_CERTIFICATE_V2 => "signing-certificate",
                _ => continue,
            };
            if seen.contains(&oid) {
                return Err(TokenError::Attribute(name));
            }
            seen.push(oid);
            let value = values.only()?;
            match oid {
                CONTENT_TYPE => found.content_type = Some(value.decode(what)?),
                MESSAGE_DIGEST => {
                    let digest: OctetString = value.decode(what)?;
                    found.message_digest = Some(digest.as_bytes().to_vec());
                }
                SIGNING_CERTIFICATE => found.named.push((Hash::Sha1, named(value)?.1)),
                _ => {
                    let (hash, digest) = named(value)?;
                    found.named.push((hash.unwrap_or(Hash::Sha256), digest));
                }
            }
        }
        Ok(found)
    }
}

/// The first ESSCertID or ESSCertIDv2: the hash of the signer's certificate, and
/// by which function, if that is said.
fn named(value: Value<'_>) -> Result<(Option<Hash>, Vec<u8>), TokenError> {
    let what = "the signing certificate";
    let mut ids = value.inside(Tag::Sequence, what)?;
    let first = ids
        .next(Tag::Sequence)?
        .inside(Tag::Sequence, what)?
        .any()?;
    let mut id = first.inside(Tag::Sequence, what)?;
    let function = id.optional(Tag::Sequence)?.map(hash).transpose()?;
    let digest: OctetString = id.next(Tag::OctetString)?.decode(what)?;
    Ok((function, digest.as_bytes().to_vec()))
}

fn tst_info(content: &[u8]) -> Result<Unverified, TokenError> {
    let what = "the TSTInfo";
    let mut values = Values::of_sequence(content, what)?;
    let version: u8 = values.next(Tag::Integer)?.decode(what)?;
    if version != 1 {
        return Err(TokenError::Kind);
    }
    let policy = values.oid()?.to_string();
    let mut imprint = values.next(Tag::Sequence)?.inside(Tag::Sequence, what)?;
    let hash = hash(imprint.next(Tag::Sequence)?)?;
    let digest: OctetString = imprint.only()?.decode(what)?;
    let serial = values.next(Tag::Integer)?;
    let time = values.next(Tag::GeneralizedTime)?.contents;
    let time = StampTime::parse(time).ok_or(TokenError::Time)?;
    let accuracy = values.optional(Tag::Sequence)?.map(accuracy).transpose()?;
    values.optional(Tag::Boolean)?;
    let nonce = values.optional(Tag::Integer)?;
    values.optional(tagged(0))?;
    if let Some(extensions) = values.optional(tagged(1))? {
        refuse_critical(extensions)?;
    }
    values.end()?;
    Ok(Unverified {
        time,
        accuracy_micros: accuracy,
        serial: serial
            .contents
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
        policy,
        hash,
        imprint: digest.as_bytes().to_vec(),
        nonce: nonce.map(|nonce| nonce.contents.to_vec()),
    })
}

/// Seconds, and thousandths and millionths of them, in microseconds.
fn accuracy(value: Value<'_>) -> Result<u64, DerError> {
    let what = "the accuracy";
    let mut values = value.inside(Tag::Sequence, what)?;
    let seconds = values.optional(Tag::Integer)?;
    let seconds: u32 = seconds.map_or(Ok(0), |it| it.decode(what))?;
    let mut parts = [0_u64; 2];
    for (number, part) in (0..).zip(&mut parts) {
        if let Some(value) = values.optional(tagged_primitive(number))? {
            let number = match value.contents {
                [byte] => u64::from(*byte),
                [first, second] => u64::from(*first) * 256 + u64::from(*second),
                _ => return Err(DerError { what }),
            };
            *part = number;
        }
    }
    values.end()?;
    let [millis, micros] = parts;
    if millis > 999 || micros > 999 {
        return Err(DerError { what });
    }
    Ok(u64::from(seconds) * 1_000_000 + millis * 1_000 + micros)
}

fn refuse_critical(extensions: Value<'_>) -> Result<(), TokenError> {
    let what = "an extension";
    for extension in extensions.inside(tagged(1), what)?.rest()? {
        let mut parts = extension.inside(Tag::Sequence, what)?;
        let oid = parts.oid()?;
        let critical = parts.optional(Tag::Boolean)?;
        if critical.is_some_and(|it| it.contents != [0]) {
            return Err(TokenError::Extension(oid.to_string()));
        }
    }
    Ok(())
}
