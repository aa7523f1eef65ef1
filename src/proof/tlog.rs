//! C2SP tlog-proof: an entry's place under a checkpoint, as text.
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! index <decimal>
//! <base 64 of a hash>      from the leaf up; none in a log of one entry
//!
//! <checkpoint, as it stands>
//! ```

use crate::digest::{LeafHash, TreeHash};
use crate::encoding::note::MAX_NOTE;
use crate::encoding::{base64, decimal};
use crate::key::PublicKey;
use crate::log::{Checkpoint, CheckpointError, SignedCheckpoint};
use crate::merkle::{ProofError, verify_inclusion};

/// The first line.
const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// What the line of the index begins with.
const INDEX: &str = "index ";
/// What a line of application data begins with; it is not authenticated.
const EXTRA: &str = "extra ";
/// The longest path in a tree of 2^64 entries.
const MAX_PATH: usize = 64;
/// The longest proof that is read.
const MAX_PROOF: usize = MAX_NOTE + 8 * 1024;

/// Why a tlog-proof proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlogProofError {
    /// Longer than any.
    #[error("it is longer than {MAX_PROOF} bytes")]
    TooLong,
    /// Not text.
    #[error("it is not UTF-8 text")]
    NotText,
    /// A line that is not in its place.
    #[error("line {line}: {expected} expected")]
    Line {
        /// Which, from 1.
        line: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// The checkpoint in it.
    #[error("its checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// Another log's.
    #[error("its checkpoint is of the log {found:?}, not {wanted:?}")]
    Origin {
        /// The origin it names.
        found: String,
        /// The one asked for.
        wanted: String,
    },
    /// The path does not lead from the entry to the root.
    #[error("its path does not lead from this entry to the checkpoint's root: {0}")]
    Path(#[from] ProofError),
}

/// A proof as received. Nothing of it has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    /// The entry's index.
    pub index: u64,
    /// Siblings from the leaf up.
    pub path: Vec<TreeHash>,
    /// The checkpoint's bytes.
    pub checkpoint: String,
}

impl TlogProof {
    /// Reads a proof. A line of `extra` is passed over: nothing vouches for it.
    ///
    /// # Errors
    /// The first rule broken.
    pub fn parse(bytes: &[u8]) -> Result<Self, TlogProofError> {
        if bytes.len() > MAX_PROOF {
            return Err(TlogProofError::TooLong);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| TlogProofError::NotText)?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or(TlogProofError::Line {
            line: text.lines().count(),
            expected: "a blank line, and a checkpoint after it,",
        })?;
        let mut lines = (1..).zip(head.split('\n')).peekable();
        let wrong = |line, expected| TlogProofError::Line { line, expected };
        if lines.next().is_none_or(|(_, line)| line != HEADER) {
            return Err(wrong(1, HEADER));
        }
        if lines
            .peek()
            .is_some_and(|(_, line)| line.starts_with(EXTRA))
        {
            lines.next();
        }
        let (at, line) = lines.next().unwrap_or((2, ""));
        let index = line.strip_prefix(INDEX).and_then(decimal);
        let index = index.ok_or_else(|| wrong(at, "index and a decimal number"))?;
        let mut path = Vec::new();
        for (at, line) in lines {
            let hash = base64::decode(line).and_then(|bytes| bytes.try_into().ok());
            let hash = hash.filter(|_| path.len() < MAX_PATH);
            let hash = hash.ok_or_else(|| wrong(at, "a hash in base 64"))?;
            path.push(TreeHash::from_bytes(hash));
        }
        Ok(Self {
            index,
            path,
            checkpoint: checkpoint.to_owned(),
        })
    }

    /// The text of the file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("{HEADER}\n{INDEX}{}\n", self.index);
        for hash in &self.path {
            text.push_str(&base64::encode(hash.as_bytes()));
            text.push('\n');
        }
        text.push('\n');
        text + &self.checkpoint
    }

    /// Checks that the entry with this leaf hash stands at the index under the
    /// checkpoint, and that the log's key signed that.
    ///
    /// # Errors
    /// What does not hold.
    pub fn verify(
        &self,
        leaf: LeafHash,
        origin: &str,
        key: &PublicKey,
    ) -> Result<Checkpoint, TlogProofError> {
        let signed = SignedCheckpoint::parse(self.checkpoint.as_bytes())?;
        let checkpoint = signed.verify(key)?;
        if checkpoint.origin != origin {
            return Err(TlogProofError::Origin {
                found: checkpoint.origin.clone(),
                wanted: origin.to_owned(),
            });
        }
        let Checkpoint { size, root, .. } = checkpoint;
        verify_inclusion(leaf, self.index, *size, &self.path, *root)?;
        Ok(checkpoint.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SecretKey;
    use crate::merkle::{Tree, leaf_hash, prove_inclusion};

    const ORIGIN: &str = "records.example.org/register";

    fn proof(entries: u8, index: u64) -> (TlogProof, LeafHash, PublicKey) {
        let key = SecretKey::from_seed([3; 32]);
        let mut tree = Tree::new();
        for number in 0..entries {
            tree.push(leaf_hash(&[number]));
        }
        let checkpoint = Checkpoint {
            origin: ORIGIN.into(),
            size: tree.size(),
            root: tree.root(),
        };
        let proof = TlogProof {
            index,
            path: prove_inclusion(&tree, index, tree.size()).expect("in range"),
            checkpoint: checkpoint.sign(&key).expect("signs"),
        };
        let leaf = tree.leaf(index).expect("present");
        (proof, leaf, key.public())
    }

    #[test]
    fn a_proof_reads_back_and_verifies() {
        for (entries, index) in [(1, 0), (2, 1), (7, 3), (8, 7), (200, 131)] {
            let (proof, leaf, key) = proof(entries, index);
            let read = TlogProof::parse(proof.to_text().as_bytes()).expect("reads");
            assert_eq!(read, proof);
            let head = read.verify(leaf, ORIGIN, &key).expect("verifies");
            assert_eq!(head.size, u64::from(entries));
        }
    }

    #[test]
    fn no_flipped_byte_verifies() {
        let (proof, leaf, key) = proof(7, 3);
        let text = proof.to_text();
        for place in 0..text.len() {
            for flip in [1, 0x20, 0x80] {
                let mut bytes = text.clone().into_bytes();
                bytes[place] ^= flip;
                let verified =
                    TlogProof::parse(&bytes).and_then(|proof| proof.verify(leaf, ORIGIN, &key));
                assert!(verified.is_err(), "byte {place} flipped by {flip}");
            }
        }
    }

    #[test]
    fn another_entry_log_or_key_does_not_verify() {
        let (proof, leaf, key) = proof(7, 3);
        let other_leaf = leaf_hash(b"another");
        let other_key = SecretKey::from_seed([4; 32]).public();
        assert!(matches!(
            proof.verify(other_leaf, ORIGIN, &key),
            Err(TlogProofError::Path(_))
        ));
        assert!(matches!(
            proof.verify(leaf, "elsewhere", &key),
            Err(TlogProofError::Origin { .. })
        ));
        assert!(matches!(
            proof.verify(leaf, ORIGIN, &other_key),
            Err(TlogProofError::Checkpoint(_))
        ));
        let moved = TlogProof { index: 2, ..proof };
        assert!(moved.verify(leaf, ORIGIN, &key).is_err());
    }

    #[test]
    fn extra_data_is_passed_over_and_bad_lines_are_located() {
        let (proof, leaf, key) = proof(2, 1);
        let text = proof.to_text().replacen(INDEX, "extra eA==\nindex ", 1);
        let read = TlogProof::parse(text.as_bytes()).expect("reads");
        read.verify(leaf, ORIGIN, &key).expect("verifies");
        for (text, expected) in [
            ("", "line 0: a blank line"),
            ("other\n\n", "line 1: c2sp.org/tlog-proof@v1"),
            ("c2sp.org/tlog-proof@v1\nindex 01\n\n", "line 2: index"),
            ("c2sp.org/tlog-proof@v1\nindex 1\nxx\n\n", "line 3: a hash"),
        ] {
            let error = TlogProof::parse(text.as_bytes()).expect_err("refuses");
            assert!(error.to_string().starts_with(expected), "{error}");
        }
    }
}
