//! Secret keys, in memory and as PKCS#8 text.

use std::fmt;

use ed25519_dalek::SigningKey;
use ed25519_dalek::ed25519::pkcs8::{EncodePrivateKey as _, KeypairBytes};
use ed25519_dalek::pkcs8::DecodePrivateKey as _;
use pkcs8::der::pem::{LineEnding, PemLabel as _};
use pkcs8::pkcs5::pbes2;
use pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef, SecretDocument};
use zeroize::Zeroizing;

use super::PublicKey;

/// scrypt cost: N = 2^14, r = 8, p = 5, the most that OpenSSL's default memory
/// bound accepts when it reads the file.
const SCRYPT: (u8, u32, u32) = (14, 8, 5);

/// Why a secret key can't be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretKeyError {
    /// Not PEM, or not one of the two labels.
    #[error("not a PEM file with a PKCS#8 private key")]
    NotPkcs8,
    /// PKCS#8, but of another algorithm.
    #[error("not an Ed25519 private key")]
    NotEd25519,
    /// It is encrypted and no passphrase was given.
    #[error("the key is encrypted and needs its passphrase")]
    PassphraseNeeded,
    /// Decryption failed.
    #[error("the passphrase is wrong, or the file is damaged")]
    WrongPassphrase,
    /// Encrypted in a way that is not supported.
    #[error("the encryption scheme of the file is not supported (PBES2 with scrypt or PBKDF2 is)")]
    UnsupportedEncryption,
    /// An empty passphrase protects nothing.
    #[error("the passphrase is empty")]
    EmptyPassphrase,
}

/// The random values that encrypting a key needs; the caller draws them.
#[derive(Debug, Clone, Copy)]
pub struct EncryptionNonces {
    /// Salt of the key derivation.
    pub salt: [u8; 16],
    /// Initialization vector of AES-256-CBC.
    pub iv: [u8; 16],
}

/// An Ed25519 secret key. It never prints, and is wiped when dropped.
#[derive(Clone)]
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// Makes the key of a 32-byte seed (RFC 8032 §5.1.5), which must be random.
    #[must_use]
    pub fn from_seed(seed: [u8; 32]) -> Self {
        let seed = Zeroizing::new(seed);
        Self(SigningKey::from_bytes(&seed))
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey::of(self.0.verifying_key())
    }

    /// Signs a message.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; super::SIGNATURE_LEN] {
        use ed25519_dalek::Signer as _;
        self.0.sign(message).to_bytes()
    }

    /// PKCS#8 in PEM, version 1, without encryption.
    #[must_use]
    pub fn to_plain_pem(&self) -> Zeroizing<String> {
        pem(PrivateKeyInfoRef::PEM_LABEL, &self.to_der())
    }

    /// PKCS#8 in PEM, encrypted by PBES2 with scrypt and AES-256-CBC.
    ///
    /// # Errors
    /// If the passphrase is empty.
    pub fn to_encrypted_pem(
        &self,
        passphrase: &str,
        nonces: EncryptionNonces,
    ) -> Result<Zeroizing<String>, SecretKeyError> {
        if passphrase.is_empty() {
            return Err(SecretKeyError::EmptyPassphrase);
        }
        let (log_n, r, p) = SCRYPT;
        let scrypt = pkcs8::pkcs5::scrypt::Params::new(log_n, r, p).expect("constants in range");
        let scheme = pbes2::Parameters::generate_scrypt_aes256cbc(scrypt, &nonces.salt, nonces.iv)
            .expect("constants in range");
        let info = PrivateKeyInfoRef::try_from(self.to_der().as_bytes())
            .map_err(|_| SecretKeyError::NotPkcs8)?
            .encrypt_with_params(scheme, passphrase)
            .expect("a short key encrypts");
        Ok(pem(EncryptedPrivateKeyInfoRef::PEM_LABEL, &info))
    }

    /// Whether the PEM text holds an encrypted key, by its label.
    #[must_use]
    pub fn is_encrypted(pem: &str) -> bool {
        matches!(
            SecretDocument::from_pem(pem),
            Ok((EncryptedPrivateKeyInfoRef::PEM_LABEL, _))
        )
    }

    /// Reads either form.
    ///
    /// # Errors
    /// If it is neither, is no Ed25519 key, or the passphrase is missing or wrong.
    pub fn from_pem(pem: &str, passphrase: Option<&str>) -> Result<Self, SecretKeyError> {
        let (label, document) =
            SecretDocument::from_pem(pem).map_err(|_| SecretKeyError::NotPkcs8)?;
        match label {
            PrivateKeyInfoRef::PEM_LABEL => Self::from_der(&document),
            EncryptedPrivateKeyInfoRef::PEM_LABEL => {
                Self::from_der(&decrypt(&document, passphrase)?)
            }
            _ => Err(SecretKeyError::NotPkcs8),
        }
    }

    fn to_der(&self) -> SecretDocument {
        // Version 1, without the public key: OpenSSL 3.0 can't read version 2.
        let bytes = KeypairBytes {
            secret_key: self.0.to_bytes(),
            public_key: None,
        };
        bytes
            .to_pkcs8_der()
            .expect("an Ed25519 key has a PKCS#8 form")
    }

    fn from_der(document: &SecretDocument) -> Result<Self, SecretKeyError> {
        SigningKey::from_pkcs8_der(document.as_bytes())
            .map(Self)
            .map_err(|_| SecretKeyError::NotEd25519)
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey(of {})", self.public().thumbprint())
    }
}

fn pem(label: &'static str, document: &SecretDocument) -> Zeroizing<String> {
    document
        .to_pem(label, LineEnding::LF)
        .expect("a short document has a PEM form")
}

fn decrypt(
    document: &SecretDocument,
    passphrase: Option<&str>,
) -> Result<SecretDocument, SecretKeyError> {
    let info = EncryptedPrivateKeyInfoRef::try_from(document.as_bytes())
        .map_err(|_| SecretKeyError::UnsupportedEncryption)?;
    let passphrase = passphrase.ok_or(SecretKeyError::PassphraseNeeded)?;
    info.decrypt(passphrase)
        .map_err(|_| SecretKeyError::WrongPassphrase)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONCES: EncryptionNonces = EncryptionNonces {
        salt: [3; 16],
        iv: [4; 16],
    };

    #[test]
    fn both_forms_read_back() {
        let key = SecretKey::from_seed([9; 32]);
        let plain = key.to_plain_pem();
        assert!(!SecretKey::is_encrypted(&plain));
        assert_eq!(
            SecretKey::from_pem(&plain, None).map(|k| k.public()),
            Ok(key.public())
        );
        let encrypted = key
            .to_encrypted_pem("open sesame", NONCES)
            .expect("encrypts");
        assert!(SecretKey::is_encrypted(&encrypted));
        let read = SecretKey::from_pem(&encrypted, Some("open sesame"));
        assert_eq!(read.map(|k| k.public()), Ok(key.public()));
    }

    #[test]
    fn each_failure_is_named() {
        let key = SecretKey::from_seed([9; 32]);
        let encrypted = key
            .to_encrypted_pem("open sesame", NONCES)
            .expect("encrypts");
        let error = |pem: &str, pass| SecretKey::from_pem(pem, pass).expect_err("must fail");
        assert_eq!(error(&encrypted, None), SecretKeyError::PassphraseNeeded);
        assert_eq!(
            error(&encrypted, Some("wrong")),
            SecretKeyError::WrongPassphrase
        );
        assert_eq!(error("", None), SecretKeyError::NotPkcs8);
        assert_eq!(
            error(&key.public().to_pem(), None),
            SecretKeyError::NotPkcs8
        );
        let empty = key.to_encrypted_pem("", NONCES).expect_err("must fail");
        assert_eq!(empty, SecretKeyError::EmptyPassphrase);
    }

    #[test]
    fn a_secret_does_not_print() {
        let key = SecretKey::from_seed([9; 32]);
        assert!(!format!("{key:?}").contains("09, 09"));
    }
}
