//! Public keys, and the one acceptance rule for signatures.

use std::fmt;

use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePublicKey as _, EncodePublicKey as _};
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest as _, Sha256};

use crate::digest::Thumbprint;
use crate::encoding::cbor::{self, Map, Value};

/// Bytes in an Ed25519 signature.
pub const SIGNATURE_LEN: usize = 64;

/// COSE_Key labels and values (RFC 9052 §7, RFC 9053 §7.2).
mod label {
    pub(super) const KTY: i128 = 1;
    pub(super) const CRV: i128 = -1;
    pub(super) const X: i128 = -2;
    pub(super) const OKP: i128 = 1;
    pub(super) const ED25519: i128 = 6;
}

/// A signature that does not verify under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not verify")]
pub struct BadSignature;

/// Why something is not an Ed25519 public key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublicKeyError {
    /// The 32 bytes are no point of the curve, or one of small order.
    #[error("the bytes are not a usable Ed25519 public key")]
    NotAKey,
    /// Not a PEM file holding a SubjectPublicKeyInfo for Ed25519 (RFC 8410).
    #[error("not a PEM file with an Ed25519 public key")]
    NotPem,
    /// A COSE_Key of another type or curve.
    #[error("not a COSE_Key for Ed25519")]
    NotCoseKey,
}

/// An Ed25519 public key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Takes the 32 bytes of RFC 8032 §5.1.2. Keys of small order are refused:
    /// anybody can sign for them.
    ///
    /// # Errors
    /// If the bytes are no such point.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, PublicKeyError> {
        match VerifyingKey::from_bytes(bytes) {
            Ok(key) if !key.is_weak() => Ok(Self(key)),
            _ => Err(PublicKeyError::NotAKey),
        }
    }

    pub(super) fn of(key: VerifyingKey) -> Self {
        Self(key)
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Checks a signature by the one rule this program has: RFC 8032 §5.1.7
    /// without cofactor, S below the group order, no component of small order.
    ///
    /// # Errors
    /// If it does not verify, or is not 64 bytes long.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        let signature = Signature::from_slice(signature).map_err(|_| BadSignature)?;
        self.0
            .verify_strict(message, &signature)
            .map_err(|_| BadSignature)
    }

    /// RFC 9679: SHA-256 over the deterministic encoding of the COSE_Key's
    /// required members.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        let encoded = cbor::encode(&self.to_cose_key());
        Thumbprint::from_bytes(Sha256::digest(encoded).into())
    }

    /// The COSE_Key (RFC 9052 §7) with its required members only.
    #[must_use]
    pub fn to_cose_key(&self) -> Value {
        Value::Map(Map::from([
            (cbor::int(label::KTY), cbor::int(label::OKP)),
            (cbor::int(label::CRV), cbor::int(label::ED25519)),
            (cbor::int(label::X), cbor::bytes(*self.as_bytes())),
        ]))
    }

    /// Reads what [`Self::to_cose_key`] writes, and nothing else.
    ///
    /// # Errors
    /// If it is another kind of key, has other members, or is no usable point.
    pub fn from_cose_key(value: &Value) -> Result<Self, PublicKeyError> {
        let Value::Map(map) = value else {
            return Err(PublicKeyError::NotCoseKey);
        };
        let Some(Value::Bytes(x)) = map.get(&cbor::int(label::X)) else {
            return Err(PublicKeyError::NotCoseKey);
        };
        let x = x
            .as_slice()
            .try_into()
            .map_err(|_| PublicKeyError::NotCoseKey)?;
        let key = Self::from_bytes(x)?;
        if key.to_cose_key() == *value {
            Ok(key)
        } else {
            Err(PublicKeyError::NotCoseKey)
        }
    }

    /// A SubjectPublicKeyInfo in PEM (RFC 8410 §4, RFC 7468), with line feeds.
    #[must_use]
    pub fn to_pem(&self) -> String {
        self.0
            .to_public_key_pem(LineEnding::LF)
            .expect("an Ed25519 key has a PEM form")
    }

    /// Reads a SubjectPublicKeyInfo in PEM.
    ///
    /// # Errors
    /// If it is none, or not for Ed25519.
    pub fn from_pem(pem: &str) -> Result<Self, PublicKeyError> {
        let key = VerifyingKey::from_public_key_pem(pem).map_err(|_| PublicKeyError::NotPem)?;
        Self::from_bytes(key.as_bytes())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.thumbprint())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_small_order_are_refused() {
        // The identity, and a point of order 4 (RFC 8032 encoding of y = 0).
        let mut identity = [0; 32];
        identity[0] = 1;
        for bytes in [identity, [0; 32]] {
            assert_eq!(PublicKey::from_bytes(&bytes), Err(PublicKeyError::NotAKey));
        }
    }

    #[test]
    fn a_cose_key_has_its_required_members_only() {
        let key = crate::key::SecretKey::from_seed([1; 32]).public();
        assert_eq!(PublicKey::from_cose_key(&key.to_cose_key()), Ok(key));
        let Value::Map(mut map) = key.to_cose_key() else {
            unreachable!("a map")
        };
        map.insert(cbor::int(3), cbor::int(-8));
        assert_eq!(
            PublicKey::from_cose_key(&Value::Map(map)),
            Err(PublicKeyError::NotCoseKey)
        );
    }

    #[test]
    fn pem_reads_back() {
        let key = crate::key::SecretKey::from_seed([1; 32]).public();
        assert_eq!(PublicKey::from_pem(&key.to_pem()), Ok(key));
        assert_eq!(PublicKey::from_pem("nonsense"), Err(PublicKeyError::NotPem));
    }
}
