//! Keys in PEM: what is read is a key that is written and read again.

use docledger::key::{PublicKey, SecretKey};

/// The passphrase of the encrypted seeds.
const PASSPHRASE: &str = "passphrase";

/// A public key survives being written.
pub(super) fn public_key(bytes: &[u8]) {
    let Ok(pem) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(key) = PublicKey::from_pem(pem) {
        let again = key.to_pem();
        assert_eq!(PublicKey::from_pem(&again), Ok(key));
        assert_eq!(PublicKey::from_cose_key(&key.to_cose_key()), Ok(key));
    }
}

/// A secret key survives being written, and an encrypted one costs no more to
/// open than the limits on its cost allow.
pub(super) fn secret_key(bytes: &[u8]) {
    let Ok(pem) = std::str::from_utf8(bytes) else {
        return;
    };
    if SecretKey::is_encrypted(pem) {
        assert!(SecretKey::from_pem(pem, None).is_err());
    }
    if let Ok(key) = SecretKey::from_pem(pem, Some(PASSPHRASE)) {
        let again = SecretKey::from_pem(&key.to_plain_pem(), None).expect("what was written");
        assert_eq!(again.public(), key.public());
        let signature = key.sign(bytes);
        assert_eq!(key.public().verify(bytes, &signature), Ok(()));
    }
}
