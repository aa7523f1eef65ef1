//! A request (RFC 3161 §2.4.1): what an authority is asked to stamp.

use crate::digest::ContentDigest;

/// Bytes of a nonce.
pub const NONCE_LEN: usize = 16;

/// What comes before the imprint's digest: SHA-256 with NULL parameters, as
/// `openssl ts -query` writes it.
const IMPRINT: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

/// A request for a stamp of some bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    digest: ContentDigest,
    /// A positive INTEGER's contents.
    nonce: Vec<u8>,
}

impl Request {
    /// Asks for a stamp of these bytes; `nonce` is random, so that no older
    /// reply can be passed off as the answer.
    #[must_use]
    pub fn new(data: &[u8], nonce: [u8; NONCE_LEN]) -> Self {
        let digits = nonce.iter().position(|byte| *byte != 0);
        let digits = nonce.get(digits.unwrap_or(NONCE_LEN - 1)..);
        let mut nonce = digits.unwrap_or_default().to_vec();
        if nonce.first().is_some_and(|byte| byte & 0x80 != 0) {
            nonce.insert(0, 0);
        }
        Self {
            digest: ContentDigest::of(data),
            nonce,
        }
    }

    /// The nonce as a token repeats it: the contents of an INTEGER.
    #[must_use]
    pub fn nonce(&self) -> &[u8] {
        &self.nonce
    }

    /// The DER of the TimeStampReq, which asks for the certificates too.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        let mut inner = vec![0x02, 0x01, 0x01];
        inner.extend_from_slice(&IMPRINT);
        inner.extend_from_slice(self.digest.as_bytes());
        inner.push(0x02);
        inner.extend(short_length(&self.nonce));
        inner.extend_from_slice(&self.nonce);
        inner.extend_from_slice(&[0x01, 0x01, 0xff]);
        let mut bytes = vec![0x30];
        bytes.extend(short_length(&inner));
        bytes.extend(inner);
        bytes
    }
}

/// A length below 128, which everything in a request has: at most 79 bytes.
fn short_length(bytes: &[u8]) -> Option<u8> {
    u8::try_from(bytes.len()).ok()
}
