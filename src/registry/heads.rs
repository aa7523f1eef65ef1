//! What others said of heads of a ledger, as it is kept beside it.

use std::collections::{BTreeMap, BTreeSet};

use crate::digest::ContentDigest;
use crate::encoding::note::MAX_NOTE;
use crate::log::{Evidence, EvidenceError, Found, Item, SignedCheckpoint};
use crate::stamp::{KeptError, KeptStamps, MAX_REPLY};
use crate::witness::Quorum;

use super::Register;

/// Heads that witnesses or time-stamping authorities vouch for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OlderHeads {
    /// Cosigned checkpoints, by their sizes.
    pub cosigned: BTreeMap<u64, Vec<u8>>,
    /// Checkpoints that stamps are about, by SHA-256.
    pub stamped: BTreeMap<ContentDigest, Vec<u8>>,
    /// Stamps, by what they are about and themselves.
    pub stamps: BTreeMap<(ContentDigest, ContentDigest), Vec<u8>>,
    /// The sizes of all these heads.
    pub sizes: BTreeSet<u64>,
}

/// The stamps that are kept; what is none is shown to `tell`.
///
/// # Errors
/// If the folder can't be listed, or a file not read.
pub fn kept_stamps(
    evidence: &dyn Evidence,
    tell: &mut dyn FnMut(&Item, KeptError),
) -> Result<KeptStamps, EvidenceError> {
    let mut kept = KeptStamps::default();
    for item in items(evidence)? {
        let read = |limit: usize| evidence.read(&item, limit as u64);
        let taken = match item {
            Item::Stamped(named) => read(MAX_NOTE)?.map(|bytes| kept.take_checkpoint(named, bytes)),
            Item::Stamp { about, reply } => {
                read(MAX_REPLY)?.map(|bytes| kept.take_reply(about, reply, bytes))
            }
            _ => None,
        };
        if let Some(Err(error)) = taken {
            tell(&item, error);
        }
    }
    Ok(kept)
}

fn items(evidence: &dyn Evidence) -> Result<BTreeSet<Item>, EvidenceError> {
    let mut items = BTreeSet::new();
    evidence.everything(&mut |found| {
        if let Found::Item(item) = found {
            items.insert(item);
        }
    })?;
    Ok(items)
}

impl Register {
    /// The size of a checkpoint that is a head of this ledger, newest or older.
    #[must_use]
    pub fn head_size(&self, signed: &SignedCheckpoint) -> Option<u64> {
        let size = signed.unverified().size;
        let head = signed.verify(self.authority.checkpoint_key(size)).ok()?;
        let is_here =
            head.origin == self.authority.origin() && self.tree.root_at(size) == Some(head.root);
        is_here.then_some(size).filter(|size| *size > 0)
    }

    /// The size of the head that a stamp, or what it renews, is about.
    #[must_use]
    pub fn stamped_size(&self, kept: &KeptStamps, about: ContentDigest) -> Option<u64> {
        let note = kept.bytes(kept.first_of(about))?;
        self.head_size(&SignedCheckpoint::parse(note).ok()?)
    }

    /// What evidence about an entry shows of older heads: the newest that a quorum of
    /// witnesses cosigned, unless `newest` meets it; and, with all their stamps, the
    /// first stamped head that covers the entry, and the newest.
    ///
    /// # Errors
    /// If something that is kept can't be read.
    pub fn older_heads(
        &self,
        evidence: &dyn Evidence,
        index: u64,
        newest: &SignedCheckpoint,
    ) -> Result<OlderHeads, EvidenceError> {
        let mut heads = OlderHeads::default();
        let items = items(evidence)?;
        if let Ok(quorum) = Quorum::of(self.authority.policy())
            && quorum.asks()
            && !matches!(quorum.judge(newest), Ok(Some(_)))
        {
            for item in items.iter().rev() {
                let Item::Cosigned(size) = item else { continue };
                let bytes = evidence.read(item, MAX_NOTE as u64)?.unwrap_or_default();
                let Ok(signed) = SignedCheckpoint::parse(&bytes) else {
                    continue;
                };
                if self.head_size(&signed) == Some(*size)
                    && matches!(quorum.judge(&signed), Ok(Some(_)))
                {
                    heads.cosigned.insert(*size, bytes);
                    heads.sizes.insert(*size);
                    break;
                }
            }
        }
        // What is damaged there is told by verification.
        let kept = kept_stamps(evidence, &mut |_, _| {})?;
        let stamped: BTreeSet<_> = kept
            .stamps()
            .filter_map(|stamp| {
                let note = kept.first_of(stamp.about);
                Some((self.stamped_size(&kept, note)?, note))
            })
            .collect();
        let first = stamped.iter().find(|(size, _)| *size > index);
        for (size, note) in first.into_iter().chain(stamped.last()) {
            let bytes = kept.bytes(*note).unwrap_or_default();
            heads.stamped.insert(*note, bytes.to_vec());
            heads.sizes.insert(*size);
            for stamp in kept.all_about(*note) {
                let bytes = kept.bytes(stamp.reply).unwrap_or_default();
                let key = (stamp.about, stamp.reply);
                heads.stamps.insert(key, bytes.to_vec());
            }
        }
        Ok(heads)
    }
}
