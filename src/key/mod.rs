//! Ed25519 keys: public, secret, and what signs.
//!
//! A signature is checked in one way only ([`PublicKey::verify`]); a secret
//! never prints. Which key may sign what is said in [`crate::authority`].

mod public;
mod secret;
mod signer;

pub use public::{BadSignature, PublicKey, PublicKeyError, SIGNATURE_LEN};
pub use secret::{EncryptionNonces, SecretKey, SecretKeyError};
pub use signer::{SignError, Signer};
