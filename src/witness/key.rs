//! Keys of witnesses, and what they sign.

use crate::encoding::base64;
use crate::encoding::note::{NoteSignature, TYPE_ED25519, check_key_name, key_id, verifier_key};
use crate::key::{PublicKey, SIGNATURE_LEN, SignError, Signer};
use crate::log::SignedCheckpoint;

/// Signature type of an Ed25519 cosignature with a time.
const TYPE_COSIGNATURE: u8 = 0x04;
/// Bytes of a time before the signature.
const TIME_LEN: usize = 8;

/// Why a text is no witness's verifier key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WitnessKeyError {
    /// `name+id+base64`.
    #[error("{0:?} is no verifier key; they are written NAME+8 digits+BASE64")]
    Form(String),
    /// A key for something else.
    #[error("{0:?} is not the key of a witness (type 04, Ed25519 cosignatures)")]
    Type(String),
    /// The key id does not follow from name and key.
    #[error("the digits in {0:?} are not those of its name and key")]
    Id(String),
    /// No acceptable Ed25519 key.
    #[error("{0:?} holds no acceptable Ed25519 key")]
    Key(String),
}

/// A witness's key with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessKey {
    name: String,
    key: PublicKey,
}

impl WitnessKey {
    /// Names a key.
    ///
    /// # Errors
    /// If the name can't stand in a signature line.
    pub fn new(name: &str, key: PublicKey) -> Result<Self, WitnessKeyError> {
        check_key_name(name).map_err(|_| WitnessKeyError::Form(name.to_owned()))?;
        Ok(Self {
            name: name.to_owned(),
            key,
        })
    }

    /// Reads a C2SP verifier key of type 04.
    ///
    /// # Errors
    /// If it is none.
    pub fn parse(vkey: &str) -> Result<Self, WitnessKeyError> {
        let form = || WitnessKeyError::Form(vkey.chars().take(200).collect());
        let mut parts = vkey.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(form());
        };
        let bytes = base64::decode(key).ok_or_else(form)?;
        let (kind, key) = bytes.split_first().ok_or_else(form)?;
        if *kind != TYPE_COSIGNATURE {
            return Err(WitnessKeyError::Type(vkey.to_owned()));
        }
        let key: &[u8; 32] = key.try_into().map_err(|_| form())?;
        let key = PublicKey::from_bytes(key).map_err(|_| WitnessKeyError::Key(vkey.to_owned()))?;
        let witness = Self::new(name, key)?;
        if id.len() != 8 || witness.vkey() != vkey {
            return Err(WitnessKeyError::Id(vkey.to_owned()));
        }
        Ok(witness)
    }

    /// Its name in signature lines.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key itself.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.key
    }

    /// The verifier key.
    #[must_use]
    pub fn vkey(&self) -> String {
        verifier_key(&self.name, TYPE_COSIGNATURE, self.key.as_bytes())
    }

    /// Whether a signature line names this key.
    #[must_use]
    pub fn is_named_by(&self, line: &NoteSignature) -> bool {
        line.name == self.name
            && line.key_id == key_id(&self.name, TYPE_COSIGNATURE, self.key.as_bytes())
    }

    /// When it cosigned a checkpoint, in seconds since 1970-01-01T00:00:00Z: of
    /// several lines, the earliest. `None` if it did not.
    ///
    /// # Errors
    /// If a line names its key and does not verify.
    pub fn cosigned(
        &self,
        checkpoint: &SignedCheckpoint,
    ) -> Result<Option<u64>, crate::key::BadSignature> {
        let lines = checkpoint.signatures().iter();
        let mut times = Vec::new();
        for line in lines.filter(|line| self.is_named_by(line)) {
            let parts = line.signature.split_first_chunk::<TIME_LEN>();
            let (time, signature) = parts.ok_or(crate::key::BadSignature)?;
            let time = u64::from_be_bytes(*time);
            if i64::try_from(time).is_err() {
                return Err(crate::key::BadSignature);
            }
            let message = message(time, checkpoint.text());
            self.key.verify(message.as_bytes(), signature)?;
            times.push(time);
        }
        Ok(times.into_iter().min())
    }

    /// The signature line of a witness for a checkpoint that it saw grow.
    ///
    /// # Errors
    /// If the signer fails, or has another key.
    pub fn cosign(
        &self,
        checkpoint: &SignedCheckpoint,
        time: u64,
        signer: &dyn Signer,
    ) -> Result<NoteSignature, SignError> {
        let message = message(time, checkpoint.text());
        let signature: [u8; SIGNATURE_LEN] = signer.sign(message.as_bytes())?;
        let verified = self.key.verify(message.as_bytes(), &signature);
        verified.map_err(|_| SignError::BadSignature)?;
        Ok(NoteSignature {
            name: self.name.clone(),
            key_id: key_id(&self.name, TYPE_COSIGNATURE, self.key.as_bytes()),
            signature: [&time.to_be_bytes()[..], &signature].concat(),
        })
    }
}

/// The name and the key of a log's verifier key of type 01.
#[must_use]
pub fn log_key(vkey: &str) -> Option<(String, PublicKey)> {
    let (name, key) = (vkey.split('+').next()?, vkey.splitn(3, '+').nth(2)?);
    let bytes = base64::decode(key)?;
    let key: &[u8; 32] = bytes.strip_prefix(&[TYPE_ED25519])?.try_into().ok()?;
    let key = PublicKey::from_bytes(key).ok()?;
    let is_whole = verifier_key(name, TYPE_ED25519, key.as_bytes()) == vkey;
    is_whole.then(|| (name.to_owned(), key))
}

/// What a cosignature covers: the time, and the note's whole text.
fn message(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}
