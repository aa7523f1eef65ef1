//! Checkpoints (C2SP tlog-checkpoint): a signed note that names a log, its
//! size and its root. The key's name is the origin.

use crate::digest::TreeHash;
use crate::encoding::note::{self, Note, NoteError, NoteSignature, TYPE_ED25519};
use crate::encoding::{base64, decimal};
use crate::key::{PublicKey, SignError, Signer};

/// The longest origin, in bytes.
pub const MAX_ORIGIN: usize = 1_024;

/// Why bytes are not an acceptable checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not a signed note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The first line is missing or can't name a key.
    #[error("line 1 is no origin")]
    Origin,
    /// The second line.
    #[error("line 2 is no tree size in decimal without leading zeros")]
    Size,
    /// The third line.
    #[error("line 3 is no root hash of 32 bytes in base 64")]
    Root,
    /// No signature line by the log's key.
    #[error("no signature by the log's key {0}")]
    NotSigned(String),
    /// A signature line by that key does not verify.
    #[error("the signature by the log's key does not verify")]
    BadSignature,
}

/// What a checkpoint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// RFC 6962 root of those entries.
    pub root: TreeHash,
}

impl Checkpoint {
    /// The note text that is signed.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!(
            "{}\n{}\n{}\n",
            self.origin,
            self.size,
            base64::encode(self.root.as_bytes())
        )
    }

    /// Signs it: the bytes of the file `checkpoint`.
    ///
    /// # Errors
    /// If the signer fails.
    pub fn sign(&self, signer: &dyn Signer) -> Result<String, SignError> {
        let (text, key) = (self.to_text(), signer.public());
        let signature = signer.sign(text.as_bytes())?;
        key.verify(text.as_bytes(), &signature)
            .map_err(|_| SignError::BadSignature)?;
        let line = NoteSignature {
            name: self.origin.clone(),
            key_id: note::key_id(&self.origin, TYPE_ED25519, key.as_bytes()),
            signature: signature.to_vec(),
        };
        Ok(Note {
            text,
            signatures: vec![line],
        }
        .to_text())
    }
}

/// A checkpoint as received. Its signatures have not been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
    is_plain: bool,
}

impl SignedCheckpoint {
    /// Reads a checkpoint with any extension and signature lines.
    ///
    /// # Errors
    /// The first rule broken.
    pub fn parse(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let note = Note::parse(bytes)?;
        let mut lines = note.text.split('\n');
        let origin = lines.next().unwrap_or_default();
        if origin.len() > MAX_ORIGIN || note::check_key_name(origin).is_err() {
            return Err(CheckpointError::Origin);
        }
        let size = lines
            .next()
            .and_then(decimal)
            .ok_or(CheckpointError::Size)?;
        let root = lines
            .next()
            .and_then(base64::decode)
            .ok_or(CheckpointError::Root)?;
        let root = root.try_into().map_err(|_| CheckpointError::Root)?;
        let root = TreeHash::from_bytes(root);
        let checkpoint = Checkpoint {
            origin: origin.to_owned(),
            size,
            root,
        };
        let is_plain = note.text == checkpoint.to_text()
            && note.signatures.len() == 1
            && note.to_text().as_bytes() == bytes;
        Ok(Self {
            checkpoint,
            note,
            is_plain,
        })
    }

    /// What it says, unchecked.
    #[must_use]
    pub fn unverified(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.note.text
    }

    /// Its signature lines, unchecked.
    #[must_use]
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.note.signatures
    }

    /// The whole note.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.note.to_text()
    }

    /// The checkpoint with these signature lines instead of its own.
    #[must_use]
    pub fn with_signatures(&self, signatures: Vec<NoteSignature>) -> Self {
        let text = self.note.text.clone();
        Self {
            checkpoint: self.checkpoint.clone(),
            is_plain: signatures.len() == 1 && text == self.checkpoint.to_text(),
            note: Note { text, signatures },
        }
    }

    /// Whether it is written as this program writes: three lines and one signature.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// Checks the log's signature and hands out what was signed.
    ///
    /// # Errors
    /// If no line is by this key, or one of them does not verify.
    pub fn verify(&self, key: &PublicKey) -> Result<&Checkpoint, CheckpointError> {
        let mut ours = self.lines_by(key).peekable();
        if ours.peek().is_none() {
            return Err(CheckpointError::NotSigned(note::verifier_key(
                &self.checkpoint.origin,
                TYPE_ED25519,
                key.as_bytes(),
            )));
        }
        let text = self.note.text.as_bytes();
        if ours.any(|line| key.verify(text, &line.signature).is_err()) {
            return Err(CheckpointError::BadSignature);
        }
        Ok(&self.checkpoint)
    }

    /// The note with the log's own signature line alone, checked: the one form
    /// in which a checkpoint is evidence.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub fn alone(&self, key: &PublicKey) -> Result<String, CheckpointError> {
        self.verify(key)?;
        let note = Note {
            text: self.note.text.clone(),
            signatures: self.lines_by(key).take(1).cloned().collect(),
        };
        Ok(note.to_text())
    }

    /// The signature lines that name a key as the log's.
    fn lines_by(&self, key: &PublicKey) -> impl Iterator<Item = &NoteSignature> {
        let origin = &self.checkpoint.origin;
        let id = note::key_id(origin, TYPE_ED25519, key.as_bytes());
        let lines = self.note.signatures.iter();
        lines.filter(move |line| line.name == *origin && line.key_id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SecretKey;
    use crate::merkle::{empty_root, leaf_hash};

    fn signed() -> (String, PublicKey) {
        let key = SecretKey::from_seed([2; 32]);
        let checkpoint = Checkpoint {
            origin: "example.org/log".into(),
            size: 1,
            root: leaf_hash(b"x").into(),
        };
        (checkpoint.sign(&key).expect("signs"), key.public())
    }

    #[test]
    fn a_signed_checkpoint_verifies_and_every_changed_byte_does_not() {
        let (text, key) = signed();
        let parsed = SignedCheckpoint::parse(text.as_bytes()).expect("well formed");
        assert!(parsed.is_plain());
        assert_eq!(parsed.verify(&key).map(|checkpoint| checkpoint.size), Ok(1));
        for place in 0..text.len() {
            for flip in [0x01, 0x20, 0x80] {
                let mut bytes = text.clone().into_bytes();
                bytes[place] ^= flip;
                let accepted =
                    SignedCheckpoint::parse(&bytes).is_ok_and(|c| c.verify(&key).is_ok());
                assert!(!accepted, "byte {place}");
            }
        }
    }

    #[test]
    fn what_is_not_ours_is_told_apart() {
        let (text, key) = signed();
        let other = SecretKey::from_seed([3; 32]).public();
        let parsed = SignedCheckpoint::parse(text.as_bytes()).expect("well formed");
        assert!(matches!(
            parsed.verify(&other),
            Err(CheckpointError::NotSigned(_))
        ));
        let twice = format!("{text}{}\n", text.lines().last().expect("a line"));
        let parsed = SignedCheckpoint::parse(twice.as_bytes()).expect("well formed");
        assert!(!parsed.is_plain() && parsed.verify(&key).is_ok());
        assert_eq!(parsed.alone(&key), Ok(text));
        assert!(parsed.alone(&other).is_err());
    }

    #[test]
    fn sizes_have_one_spelling() {
        let text = |size: &str| {
            format!(
                "o\n{size}\n{}\n\n— o AAAAAAA=\n",
                base64::encode(empty_root().as_bytes())
            )
        };
        assert!(SignedCheckpoint::parse(text("0").as_bytes()).is_ok());
        for size in ["", "00", "01", "+1", "-1", "1 ", "18446744073709551616"] {
            let error = SignedCheckpoint::parse(text(size).as_bytes());
            assert_eq!(error, Err(CheckpointError::Size), "{size}");
        }
    }
}
