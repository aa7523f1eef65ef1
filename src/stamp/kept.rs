//! Time stamps as they are kept: files named by what they must be, so that none
//! changes unseen. A stamp is about a checkpoint, or about another stamp, which it
//! renews.

use std::collections::BTreeMap;

use super::{ResponseError, Token, parse_response};
use crate::digest::{ContentDigest, DIGEST_LEN};

/// Why a file among the stamps is not what its name says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeptError {
    /// Other bytes.
    #[error("its bytes are not those that its name says")]
    Damaged,
    /// No reply with a stamp.
    #[error("the reply {0}")]
    Reply(#[from] ResponseError),
}

/// A stamp that is kept.
#[derive(Debug, Clone)]
pub struct KeptStamp {
    /// SHA-256 of what it is about.
    pub about: ContentDigest,
    /// SHA-256 of its own bytes.
    pub reply: ContentDigest,
    /// What the authority said; nothing of it is checked.
    pub token: Token,
}

/// Stamps, and what they are about.
#[derive(Debug, Clone, Default)]
pub struct KeptStamps {
    /// All bytes by their SHA-256: checkpoints and replies.
    bytes: BTreeMap<ContentDigest, Vec<u8>>,
    /// By what they are about, then by themselves.
    stamps: BTreeMap<(ContentDigest, ContentDigest), KeptStamp>,
}

impl KeptStamps {
    /// Takes a checkpoint that stamps may be about.
    ///
    /// # Errors
    /// If the bytes have another digest.
    pub fn take_checkpoint(
        &mut self,
        named: ContentDigest,
        bytes: Vec<u8>,
    ) -> Result<(), KeptError> {
        if ContentDigest::of(&bytes) != named {
            return Err(KeptError::Damaged);
        }
        self.bytes.insert(named, bytes);
        Ok(())
    }

    /// Takes a reply with a stamp.
    ///
    /// # Errors
    /// If the bytes have another digest, or hold no stamp; then other stamps may be
    /// about them all the same.
    pub fn take_reply(
        &mut self,
        about: ContentDigest,
        reply: ContentDigest,
        bytes: Vec<u8>,
    ) -> Result<(), KeptError> {
        if ContentDigest::of(&bytes) != reply {
            return Err(KeptError::Damaged);
        }
        let token = parse_response(&bytes);
        self.bytes.insert(reply, bytes);
        let token = token?;
        let stamp = KeptStamp {
            about,
            reply,
            token,
        };
        self.stamps.insert((about, reply), stamp);
        Ok(())
    }

    /// All stamps.
    pub fn stamps(&self) -> impl Iterator<Item = &KeptStamp> {
        self.stamps.values()
    }

    /// Those about one thing.
    pub fn about(&self, about: ContentDigest) -> impl Iterator<Item = &KeptStamp> {
        let [first, last] = [0, u8::MAX].map(|byte| ContentDigest::from_bytes([byte; DIGEST_LEN]));
        let found = self.stamps.range((about, first)..=(about, last));
        found.map(|(_, stamp)| stamp)
    }

    /// The bytes that a stamp is about, or that hold it.
    #[must_use]
    pub fn bytes(&self, digest: ContentDigest) -> Option<&[u8]> {
        self.bytes.get(&digest).map(Vec::as_slice)
    }

    /// What one stamp after another renews, down to what is none.
    #[must_use]
    pub fn first_of(&self, about: ContentDigest) -> ContentDigest {
        let mut about = about;
        // Names are digests of what they name, so that there is no circle; the
        // bound is for names that lie.
        for _ in 0..self.stamps.len() {
            match self.stamps().find(|it| it.reply == about) {
                Some(renewed) => about = renewed.about,
                None => break,
            }
        }
        about
    }

    /// The stamps about something, and all that renew them.
    #[must_use]
    pub fn all_about(&self, about: ContentDigest) -> Vec<&KeptStamp> {
        let (mut found, mut open) = (Vec::new(), vec![about]);
        // No circle: see `first_of`.
        while let Some(about) = open.pop().filter(|_| found.len() <= self.stamps.len()) {
            for stamp in self.about(about) {
                found.push(stamp);
                open.push(stamp.reply);
            }
        }
        found
    }
}
