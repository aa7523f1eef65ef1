//! Time stamps, and the checkpoints that they are about.
//!
//! Each file is named by what it must be, so that none changes unseen. A stamp is
//! about a checkpoint of this ledger, or about another stamp, which it renews.

use std::collections::{BTreeMap, BTreeSet};

use crate::authority::Authority;
use crate::digest::ContentDigest;
use crate::encoding::note::MAX_NOTE;
use crate::log::{Found, Item, SignedCheckpoint};
use crate::stamp::{MAX_REPLY, StampTime, Token, parse_response};
use crate::verify::report::{Code, Stamped};

use super::{Asked, Run};

/// A certificate that ends within so many seconds ends soon: 90 days.
const SOON: u64 = 90 * 24 * 60 * 60;

/// What was found among the stamps, by the SHA-256 of its bytes.
#[derive(Default)]
struct Kept {
    /// Bytes that a stamp may be about.
    bytes: BTreeMap<ContentDigest, Vec<u8>>,
    /// The size of the head that they, or what they renew, are about.
    sizes: BTreeMap<ContentDigest, u64>,
    /// Of sound stamps: their time, and when their signer's certificate ends.
    sound: BTreeMap<ContentDigest, (StampTime, u64)>,
    /// Stamps by what they are about; each with its place, and read.
    stamps: BTreeMap<ContentDigest, Vec<(ContentDigest, String, Token)>>,
}

impl Run<'_> {
    /// Judges every stamp; what is not there is no finding.
    pub(super) fn check_stamps(
        &mut self,
        authority: Option<&Authority>,
        found: &[Found],
        asked: &Asked<'_>,
    ) {
        let Some(authority) = authority else { return };
        let items: BTreeSet<_> = found
            .iter()
            .filter_map(|found| match found {
                Found::Item(item @ (Item::Stamped(_) | Item::Stamp { .. })) => Some(item),
                _ => None,
            })
            .collect();
        if items.is_empty() {
            return;
        }
        let mut kept = Kept::default();
        for item in items {
            match item {
                Item::Stamped(digest) => self.take_checkpoint(item, *digest, authority, &mut kept),
                Item::Stamp { about, reply } => self.take_stamp(item, (*about, *reply), &mut kept),
                _ => {}
            }
        }
        // From checkpoints to their stamps, and on to those that renew them.
        let mut heads: Vec<_> = kept.sizes.keys().copied().collect();
        while let Some(about) = heads.pop() {
            heads.extend(self.judge_stamps_of(about, &mut kept, asked));
        }
        for (about, stamps) in std::mem::take(&mut kept.stamps) {
            let (code, message) = match kept.bytes.contains_key(&about) {
                // It hangs on a checkpoint that says nothing of this ledger.
                true => (Code::StampForeign, "it is about no head of this ledger"),
                false => (Code::StampMissing, "what it is about is not there"),
            };
            for (_, path, _) in stamps {
                self.report.add(code, None, Some(path), message);
            }
        }
        if asked.authorities.is_empty() {
            let skipped = "time stamps: no certificates of authorities were given".to_owned();
            self.report.not_checked.push(skipped);
        }
    }

    /// The bytes of an item that is named by their digest.
    fn named_by_digest(
        &mut self,
        item: &Item,
        digest: ContentDigest,
        limit: usize,
    ) -> Option<Vec<u8>> {
        match self.evidence.read(item, limit as u64) {
            Ok(Some(bytes)) if ContentDigest::of(&bytes) == digest => Some(bytes),
            Ok(None) => None,
            Ok(Some(_)) => {
                let message = "its bytes are not those that its name says";
                let path = Some(self.evidence.place(item));
                self.report.add(Code::StampDamaged, None, path, message);
                None
            }
            Err(error) if error.is_of_system() => {
                self.unreadable(None, error);
                None
            }
            Err(error) => {
                let message = error.problem.to_string();
                let path = Some(self.evidence.place(item));
                self.report.add(Code::StampDamaged, None, path, message);
                None
            }
        }
    }

    fn take_checkpoint(
        &mut self,
        item: &Item,
        digest: ContentDigest,
        authority: &Authority,
        kept: &mut Kept,
    ) {
        let Some(bytes) = self.named_by_digest(item, digest, MAX_NOTE) else {
            return;
        };
        let path = Some(self.evidence.place(item));
        let signed = SignedCheckpoint::parse(&bytes);
        kept.bytes.insert(digest, bytes);
        let ours = signed.ok().filter(|signed| {
            let head = signed.unverified();
            head.origin == authority.origin()
                && signed.verify(authority.checkpoint_key(head.size)).is_ok()
        });
        let Some(signed) = ours else {
            let message = "the ledger's checkpoint key did not sign it";
            self.report.add(Code::StampForeign, None, path, message);
            return;
        };
        let head = signed.unverified();
        if let Some((is_ahead, message)) = self.contradiction(head) {
            let code = match is_ahead {
                true => Code::StampAhead,
                false => Code::StampForked,
            };
            self.report.add(code, None, path, message);
        } else if self.tree.size() < head.size {
            let skipped = "a stamped head: the entries that it covers can't all be read";
            self.report.not_checked.push(skipped.to_owned());
        } else {
            kept.sizes.insert(digest, head.size);
        }
    }

    fn take_stamp(
        &mut self,
        item: &Item,
        (about, reply): (ContentDigest, ContentDigest),
        kept: &mut Kept,
    ) {
        let Some(bytes) = self.named_by_digest(item, reply, MAX_REPLY) else {
            return;
        };
        let path = self.evidence.place(item);
        match parse_response(&bytes) {
            Ok(token) => {
                let stamps = kept.stamps.entry(about).or_default();
                stamps.push((reply, path, token));
            }
            Err(error) => {
                let message = format!("the reply {error}");
                self.report
                    .add(Code::StampInvalid, None, Some(path), message);
            }
        }
        kept.bytes.insert(reply, bytes);
    }

    /// Judges all stamps about one thing. Returns the sound ones, of which others
    /// may be renewals.
    fn judge_stamps_of(
        &mut self,
        about: ContentDigest,
        kept: &mut Kept,
        asked: &Asked<'_>,
    ) -> Vec<ContentDigest> {
        let (Some(bytes), Some(size)) = (kept.bytes.get(&about), kept.sizes.get(&about).copied())
        else {
            return Vec::new();
        };
        let mut sound = Vec::new();
        for (reply, path, token) in kept.stamps.remove(&about).unwrap_or_default() {
            let authorship = match token.check(bytes) {
                Ok(authorship) => authorship,
                Err(error) => {
                    let message = error.to_string();
                    self.report
                        .add(Code::StampInvalid, None, Some(path), message);
                    continue;
                }
            };
            let (time, until) = (token.unverified().time, token.certificate().validity().1);
            if let Some((earlier, ended)) = kept.sound.get(&about) {
                if time < *earlier {
                    let message = format!("its time, {time}, is before that of what it renews");
                    self.report
                        .add(Code::StampInvalid, None, Some(path), message);
                    continue;
                }
                if time.seconds > *ended {
                    let message = "the certificate of the stamp that it renews had ended by then";
                    let path = Some(path.clone());
                    self.report.add(Code::StampLate, None, path, message);
                }
            }
            kept.sound.insert(reply, (time, until));
            sound.push(reply);
            let is_renewed = kept.stamps.contains_key(&reply);
            if !is_renewed
                && asked
                    .now
                    .is_some_and(|now| until < now.saturating_add(SOON))
            {
                let message = "its signer's certificate ends within 90 days, or has ended";
                let path = Some(path.clone());
                self.report.add(Code::StampExpiring, None, path, message);
            }
            if asked.authorities.is_empty() {
                continue;
            }
            match authorship.trusted(asked.authorities) {
                Ok(stamp) => self.report.stamped.push(Stamped { size, stamp }),
                Err(error) => {
                    let message = error.to_string();
                    self.report
                        .add(Code::StampUntrusted, None, Some(path), message);
                }
            }
        }
        kept.sizes.extend(sound.iter().map(|reply| (*reply, size)));
        sound
    }
}
