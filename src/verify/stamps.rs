//! Time stamps, and the checkpoints that they are about. What is not there is no
//! finding.

use std::collections::{BTreeMap, BTreeSet};

use crate::authority::Authority;
use crate::digest::ContentDigest;
use crate::log::SignedCheckpoint;
use crate::stamp::{KeptError, KeptStamp, KeptStamps, StampTime};

use super::head::{Here, Place};
use super::ledger::Asked;
use super::report::{Code, Report, Stamped};

/// A certificate that ends within so many seconds ends soon: 90 days.
const SOON: u64 = 90 * 24 * 60 * 60;

/// Stamps on their way to be judged.
#[derive(Default)]
pub(super) struct Stamps {
    kept: KeptStamps,
    /// Where each was found, by what it is about and itself.
    places: BTreeMap<(ContentDigest, ContentDigest), String>,
    /// The size of the head that something, or what it renews, is about.
    sizes: BTreeMap<ContentDigest, u64>,
    /// Of sound stamps: their time, and when their signer's certificate ends.
    sound: BTreeMap<ContentDigest, (StampTime, u64)>,
    /// Those that lead to a checkpoint.
    judged: BTreeSet<(ContentDigest, ContentDigest)>,
}

impl Stamps {
    /// Takes a checkpoint that stamps may be about; it must be a head of this ledger.
    pub(super) fn take_checkpoint(
        &mut self,
        report: &mut Report,
        (named, bytes, place): (ContentDigest, Vec<u8>, String),
        authority: &Authority,
        here: Here<'_>,
    ) {
        let path = Some(place);
        let signed = SignedCheckpoint::parse(&bytes);
        if let Err(error) = self.kept.take_checkpoint(named, bytes) {
            report.add(Code::StampDamaged, None, path, error.to_string());
            return;
        }
        let ours = signed.ok().filter(|signed| {
            let head = signed.unverified();
            head.origin == authority.origin()
                && signed.verify(authority.checkpoint_key(head.size)).is_ok()
        });
        let Some(signed) = ours else {
            let message = "the ledger's checkpoint key did not sign it";
            report.add(Code::StampForeign, None, path, message);
            return;
        };
        let head = signed.unverified();
        match here.place(head) {
            Place::Ahead(message) => report.add(Code::StampAhead, None, path, message),
            Place::Forked(message) => report.add(Code::StampForked, None, path, message),
            Place::Unknown => {
                let skipped = "a stamped head: the entries that it covers can't all be read";
                report.not_checked.push(skipped.to_owned());
            }
            Place::Within => {
                self.sizes.insert(named, head.size);
            }
        }
    }

    /// Takes an authority's reply.
    pub(super) fn take_reply(
        &mut self,
        report: &mut Report,
        (about, reply): (ContentDigest, ContentDigest),
        (bytes, place): (Vec<u8>, String),
    ) {
        match self.kept.take_reply(about, reply, bytes) {
            Ok(()) => {
                self.places.insert((about, reply), place);
            }
            Err(error) => {
                let code = match error {
                    KeptError::Damaged => Code::StampDamaged,
                    KeptError::Reply(_) => Code::StampInvalid,
                };
                report.add(code, None, Some(place), error.to_string());
            }
        }
    }

    /// Judges every stamp that was taken.
    pub(super) fn judge(mut self, report: &mut Report, asked: &Asked<'_>) {
        let kept = std::mem::take(&mut self.kept);
        // From checkpoints to their stamps, and on to those that renew them.
        let mut heads: Vec<_> = self.sizes.iter().map(|(it, size)| (*it, *size)).collect();
        while let Some((about, size)) = heads.pop() {
            for stamp in kept.about(about) {
                if self.judged.insert((about, stamp.reply))
                    && self.judge_stamp(report, &kept, stamp, asked, size)
                {
                    heads.push((stamp.reply, size));
                }
            }
        }
        let stamped = &mut report.stamped;
        stamped.sort_by_key(|stamped| (stamped.size, stamped.stamp.time));
        for KeptStamp { about, reply, .. } in kept.stamps() {
            if self.judged.contains(&(*about, *reply)) {
                continue;
            }
            let (code, message) = match kept.bytes(*about).is_some() {
                // It hangs on a checkpoint that says nothing of this ledger.
                true => (Code::StampForeign, "it is about no head of this ledger"),
                false => (Code::StampMissing, "what it is about is not there"),
            };
            report.add(code, None, self.place(*about, *reply), message);
        }
    }

    fn place(&self, about: ContentDigest, reply: ContentDigest) -> Option<String> {
        self.places.get(&(about, reply)).cloned()
    }

    /// Judges a stamp about a head, or about a sound stamp. Tells whether it is
    /// sound, so that others may renew it.
    fn judge_stamp(
        &mut self,
        report: &mut Report,
        kept: &KeptStamps,
        stamp: &KeptStamp,
        asked: &Asked<'_>,
        size: u64,
    ) -> bool {
        let KeptStamp {
            about,
            reply,
            token,
        } = stamp;
        let path = self.place(*about, *reply);
        let authorship = match token.check(kept.bytes(*about).unwrap_or_default()) {
            Ok(authorship) => authorship,
            Err(error) => {
                report.add(Code::StampInvalid, None, path, error.to_string());
                return false;
            }
        };
        let (time, until) = (token.unverified().time, token.certificate().validity().1);
        if let Some((earlier, ended)) = self.sound.get(about) {
            if time < *earlier {
                let message = format!("its time, {time}, is before that of what it renews");
                report.add(Code::StampInvalid, None, path, message);
                return false;
            }
            if time.seconds > *ended {
                let message = "the certificate of the stamp that it renews had ended by then";
                report.add(Code::StampLate, None, path.clone(), message);
            }
        }
        self.sound.insert(*reply, (time, until));
        let ends_soon = asked
            .now
            .is_some_and(|now| until < now.saturating_add(SOON));
        if ends_soon && kept.about(*reply).next().is_none() {
            let message = "its signer's certificate ends within 90 days, or has ended";
            report.add(Code::StampExpiring, None, path.clone(), message);
        }
        if !asked.authorities.is_empty() {
            match authorship.trusted(asked.authorities) {
                Ok(stamp) => report.stamped.push(Stamped { size, stamp }),
                Err(error) => report.add(Code::StampUntrusted, None, path, error.to_string()),
            }
        }
        true
    }
}

/// That stamps were there, and could not be trusted without certificates.
pub(super) fn tell_unjudged(report: &mut Report, asked: &Asked<'_>) {
    if asked.authorities.is_empty() {
        let skipped = "time stamps: no certificates of authorities were given".to_owned();
        report.not_checked.push(skipped);
    }
}
