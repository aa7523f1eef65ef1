//! What signs: a key in memory now; an agent or another program later.

use super::{PublicKey, SIGNATURE_LEN, SecretKey};

/// Why a signer did not sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The signer refused or could not be reached.
    #[error("the signer gave no signature: {0}")]
    Refused(String),
    /// What it gave does not verify under its own key.
    #[error("the signer's signature does not verify under its public key")]
    BadSignature,
}

/// Something that signs for one public key, for any thread.
pub trait Signer: Send + Sync {
    /// The key it signs for.
    fn public(&self) -> PublicKey;

    /// Signs a message with Ed25519 (RFC 8032, no prehash).
    ///
    /// # Errors
    /// If it can't, or gives something that is no valid signature.
    fn sign(&self, message: &[u8]) -> Result<[u8; SIGNATURE_LEN], SignError>;
}

impl Signer for SecretKey {
    fn public(&self) -> PublicKey {
        Self::public(self)
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; SIGNATURE_LEN], SignError> {
        Ok(Self::sign(self, message))
    }
}
