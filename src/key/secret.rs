//! Secret keys, in memory and as PKCS#8 text.

use std::fmt;

use ed25519_dalek::SigningKey;
use ed25519_dalek::ed25519::pkcs8::{EncodePrivateKey as _, KeypairBytes};
use ed25519_dalek::pkcs8::DecodePrivateKey as _;
use pkcs8::der::pem::{LineEnding, PemLabel as _};
use pkcs8::pkcs5::pbes2::{self, Kdf};
use pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef, SecretDocument};
use zeroize::Zeroizing;

use super::PublicKey;

/// scrypt cost: N = 2^14, r = 8, p = 5, the most that OpenSSL's default memory
/// bound accepts when it reads the file.
const SCRYPT: (u8, u32, u32) = (14, 8, 5);

/// The costliest keys that are opened: a file names its own cost, and one made
/// to do harm would take all memory, or hours. scrypt takes 128·N·r bytes and
/// time in proportion to N·r·p; PBKDF2 takes time by its iterations.
mod most {
    /// scrypt's N·r: 64 MiB of memory.
    pub(super) const SCRYPT_BLOCKS: u64 = 1 << 19;
    /// scrypt's N·r·p, about six times what this program writes.
    pub(super) const SCRYPT_WORK: u64 = 1 << 22;
    /// PBKDF2's iterations, more than three times what `openssl` or a browser's
    /// password manager uses.
    pub(super) const PBKDF2_ITERATIONS: u32 = 2_000_000;
}

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
    /// Opening it would take more time or memory than any honest key does, or
    /// none at all.
    #[error("opening the key would cost more than any honest file asks for, or nothing")]
    BadCost,
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
    check_cost(&info)?;
    info.decrypt(passphrase)
        .map_err(|_| SecretKeyError::WrongPassphrase)
}

fn check_cost(info: &EncryptedPrivateKeyInfoRef<'_>) -> Result<(), SecretKeyError> {
    let Some(parameters) = info.encryption_algorithm.pbes2() else {
        return Err(SecretKeyError::UnsupportedEncryption);
    };
    let is_bounded = match &parameters.kdf {
        Kdf::Scrypt(scrypt) => {
            let blocks = scrypt.cost_parameter.checked_mul(scrypt.block_size.into());
            let work = blocks.and_then(|blocks| blocks.checked_mul(scrypt.parallelization.into()));
            // An N of 0 makes the library panic.
            scrypt.cost_parameter > 0
                && blocks.is_some_and(|blocks| blocks <= most::SCRYPT_BLOCKS)
                && work.is_some_and(|work| work <= most::SCRYPT_WORK)
        }
        Kdf::Pbkdf2(pbkdf2) => pbkdf2.iteration_count <= most::PBKDF2_ITERATIONS,
        _ => return Err(SecretKeyError::UnsupportedEncryption),
    };
    is_bounded.then_some(()).ok_or(SecretKeyError::BadCost)
}

#[cfg(test)]
mod tests {
    use pkcs8::der::asn1::OctetStringRef;
    use pkcs8::pkcs5::pbes2::{Pbkdf2Params, ScryptParams};

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

    /// An encrypted key whose file asks for this cost.
    fn asking(kdf: Kdf) -> String {
        let encryption = pbes2::EncryptionScheme::Aes256Cbc { iv: [4; 16] };
        let algorithm = pbes2::Parameters { kdf, encryption }.into();
        let encrypted_data = OctetStringRef::new(&[0; 64]).expect("short");
        let info = EncryptedPrivateKeyInfoRef {
            encryption_algorithm: algorithm,
            encrypted_data,
        };
        let document = SecretDocument::encode_msg(&info).expect("encodes");
        pem(EncryptedPrivateKeyInfoRef::PEM_LABEL, &document).to_string()
    }

    #[test]
    fn a_file_does_not_choose_how_long_it_takes_to_open() {
        let salt = [3; 16].as_slice().try_into().expect("a salt");
        let scrypt = |cost_parameter, block_size, parallelization| {
            Kdf::Scrypt(ScryptParams {
                salt,
                cost_parameter,
                block_size,
                parallelization,
                key_length: None,
            })
        };
        let pbkdf2 = |iteration_count| {
            Kdf::Pbkdf2(Pbkdf2Params {
                salt,
                iteration_count,
                key_length: None,
                prf: pbes2::Pbkdf2Prf::HmacWithSha256,
            })
        };
        let error = |kdf| SecretKey::from_pem(&asking(kdf), Some("x")).expect_err("must fail");
        for kdf in [
            scrypt(0, 8, 1),
            scrypt(1 << 40, 1, 1),
            scrypt(1 << 10, 8, u16::MAX),
            scrypt(u64::MAX, u16::MAX, u16::MAX),
            pbkdf2(most::PBKDF2_ITERATIONS + 1),
            pbkdf2(u32::MAX),
        ] {
            assert_eq!(error(kdf.clone()), SecretKeyError::BadCost, "{kdf:?}");
        }
        for kdf in [scrypt(1 << 14, 8, 5), pbkdf2(1)] {
            assert_eq!(error(kdf), SecretKeyError::WrongPassphrase);
        }
    }

    #[test]
    fn a_secret_does_not_print() {
        let key = SecretKey::from_seed([9; 32]);
        assert!(!format!("{key:?}").contains("09, 09"));
    }
}
