//! The request that a witness gets (C2SP tlog-witness, `add-checkpoint`), and what
//! it makes of it. The same text travels as a file.
//!
//! ```text
//! old <size that the witness is thought to know>
//! <base 64 of a hash>      the consistency proof, at most 63
//!
//! <checkpoint, as it stands>
//! ```

use crate::digest::TreeHash;
use crate::encoding::note::MAX_NOTE;
use crate::encoding::{base64, decimal};
use crate::key::PublicKey;
use crate::log::{Checkpoint, CheckpointError, SignedCheckpoint};
use crate::merkle::verify_consistency;

/// The most hashes in a proof.
pub const MAX_PROOF: usize = 63;
/// The longest request, in bytes.
pub const MAX_REQUEST: usize = MAX_NOTE + 8 * 1024;
/// What the first line begins with.
const OLD: &str = "old ";

/// Why a text is no request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Too long, or not text.
    #[error("it is no text of at most {MAX_REQUEST} bytes")]
    NotText,
    /// A line that is not in its place.
    #[error("line {line}: {expected} expected")]
    Line {
        /// Which, from 1.
        line: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// The checkpoint.
    #[error("its checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
}

/// A request to cosign a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size from which the proof leads.
    pub old: u64,
    /// The consistency proof; none from 0, or from the same size.
    pub proof: Vec<TreeHash>,
    /// The checkpoint as received.
    pub checkpoint: SignedCheckpoint,
}

/// A head that a witness cosigned last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Its number of entries.
    pub size: u64,
    /// Its root.
    pub root: TreeHash,
}

/// Why a witness does not cosign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WitnessRefusal {
    /// The signature of the log.
    #[error("the log's key did not sign the checkpoint: {0}")]
    NotSigned(CheckpointError),
    /// A proof from beyond the head.
    #[error("the proof is from {old} entries, more than the {size} of the checkpoint")]
    OldAhead {
        /// From how many.
        old: u64,
        /// Of how many.
        size: u64,
    },
    /// A proof from another size than the witness knows.
    #[error("the head seen last has {known} entries; the proof is from {old}")]
    Stale {
        /// How many the witness knows.
        known: u64,
        /// From how many the proof leads.
        old: u64,
    },
    /// The same size with another root: the log is forked.
    #[error("a head of {0} entries with another root was cosigned before: the log is FORKED")]
    Forked(u64),
    /// The proof.
    #[error("the checkpoint is not shown to have grown from the {0} entries seen last")]
    NotGrown(u64),
}

impl WitnessRefusal {
    /// The HTTP status that tlog-witness gives it.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::OldAhead { .. } => 400,
            Self::NotSigned(_) => 403,
            Self::Stale { .. } | Self::Forked(_) => 409,
            Self::NotGrown(_) => 422,
        }
    }
}

impl AddCheckpoint {
    /// Reads a request.
    ///
    /// # Errors
    /// The first rule broken.
    pub fn parse(bytes: &[u8]) -> Result<Self, RequestError> {
        let text = std::str::from_utf8(bytes).ok();
        let text = text.filter(|text| text.len() <= MAX_REQUEST);
        let text = text.ok_or(RequestError::NotText)?;
        let wrong = |line, expected| RequestError::Line { line, expected };
        let (head, checkpoint) = text
            .split_once("\n\n")
            .ok_or(wrong(1, "lines before a blank one"))?;
        let mut lines = (1..).zip(head.split('\n'));
        let old = lines.next().and_then(|(_, line)| line.strip_prefix(OLD));
        let old = old.and_then(decimal);
        let old = old.ok_or(wrong(1, "old and a decimal number"))?;
        let mut proof = Vec::new();
        for (at, line) in lines {
            let hash = base64::decode(line).and_then(|bytes| bytes.try_into().ok());
            let hash = hash.filter(|_| proof.len() < MAX_PROOF);
            proof.push(TreeHash::from_bytes(
                hash.ok_or(wrong(at, "a hash in base 64"))?,
            ));
        }
        Ok(Self {
            old,
            proof,
            checkpoint: SignedCheckpoint::parse(checkpoint.as_bytes())?,
        })
    }

    /// The text of the request.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("{OLD}{}\n", self.old);
        for hash in &self.proof {
            text.push_str(&base64::encode(hash.as_bytes()));
            text.push('\n');
        }
        text.push('\n');
        text + &self.checkpoint.to_text()
    }

    /// What a witness does that trusts this key of the log and has `seen` a head:
    /// it cosigns the head that is returned, once it remembers it.
    ///
    /// # Errors
    /// Why it does not.
    pub fn judge(&self, log: &PublicKey, seen: Option<Seen>) -> Result<Checkpoint, WitnessRefusal> {
        let head = self.checkpoint.verify(log);
        let head = head.map_err(WitnessRefusal::NotSigned)?.clone();
        let old = self.old;
        if old > head.size {
            return Err(WitnessRefusal::OldAhead {
                old,
                size: head.size,
            });
        }
        let known = seen.map_or(0, |seen| seen.size);
        if old != known {
            return Err(WitnessRefusal::Stale { known, old });
        }
        let Some(seen) = seen.filter(|seen| seen.size > 0) else {
            // From nothing everything grows, and nothing proves it.
            return match self.proof.is_empty() {
                true => Ok(head),
                false => Err(WitnessRefusal::NotGrown(0)),
            };
        };
        if head.size == seen.size && head.root != seen.root {
            return Err(WitnessRefusal::Forked(seen.size));
        }
        let (from, to) = ((seen.size, seen.root), (head.size, head.root));
        verify_consistency(from, to, &self.proof)
            .map_err(|_| WitnessRefusal::NotGrown(seen.size))?;
        Ok(head)
    }
}
