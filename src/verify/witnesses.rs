//! Heads that witnesses cosigned, and the quorums that are asked for: by the
//! ledger's policy as it stands at its head, and by the auditor's own, which can
//! only ask for more.

use crate::authority::Authority;
use crate::encoding::note::{NoteSignature, TYPE_ED25519, key_id};
use crate::key::PublicKey;
use crate::log::SignedCheckpoint;
use crate::witness::{Quorum, TrustPolicy, WitnessKey, Witnessed};

use super::head::{Here, Place, check_signature};
use super::report::{Code, Report, WitnessedHead};

/// What is asked of witnesses, and the newest head that meets it.
pub(super) struct Witnesses<'a> {
    authority: &'a Authority,
    /// All that a line may be of.
    known: Vec<WitnessKey>,
    quorums: Vec<Quorum>,
    newest: Option<WitnessedHead>,
}

impl<'a> Witnesses<'a> {
    /// What is asked for: by the ledger, and by the auditor.
    pub(super) fn new(
        report: &mut Report,
        authority: &'a Authority,
        policy: Option<&TrustPolicy>,
    ) -> Self {
        let mut quorums = Vec::new();
        match Quorum::of(authority.policy()) {
            Ok(quorum) => quorums.push(quorum),
            Err(error) => {
                let since = Some(authority.policy_since());
                report.add(Code::QuorumUnclear, since, None, error.to_string());
            }
        }
        if let Some(policy) = policy {
            let key = authority.checkpoint_key(u64::MAX);
            if !policy.logs.contains(&authority.log_vkey(key)) {
                let message = "none of its log lines names the checkpoint key of this ledger";
                report.add(Code::PolicyOfOtherLog, None, None, message);
            }
            quorums.push(policy.quorum.clone());
        }
        let named = authority.policies().flat_map(|policy| &policy.witnesses);
        let parsed = named.filter_map(|witness| WitnessKey::parse(&witness.vkey).ok());
        let others = policy.into_iter().flat_map(|policy| policy.quorum.keys());
        Self {
            authority,
            known: parsed.chain(others.cloned()).collect(),
            quorums,
            newest: None,
        }
    }

    /// Takes a head that is kept for its cosignatures.
    pub(super) fn take_kept(
        &mut self,
        report: &mut Report,
        (size, bytes, place): (u64, &[u8], &str),
        here: Here<'_>,
    ) {
        let mut add = |code, message: String| {
            report.add(code, None, Some(place.to_owned()), message);
        };
        let signed = match SignedCheckpoint::parse(bytes) {
            Ok(signed) if signed.to_text().as_bytes() == bytes => signed,
            Ok(_) => {
                add(
                    Code::CosignedMalformed,
                    "it is not in the one form".to_owned(),
                );
                return;
            }
            Err(error) => {
                add(Code::CosignedMalformed, error.to_string());
                return;
            }
        };
        let head = signed.unverified();
        if head.size != size || size == 0 || head.origin != self.authority.origin() {
            let message = "it is not of this log and the size that its name says";
            add(Code::CosignedMalformed, message.to_owned());
            return;
        }
        if let Err((code, message)) =
            check_signature(&signed, self.authority, Code::CosignatureInvalid)
        {
            add(code, message);
            return;
        }
        match here.place(head) {
            Place::Within => self.take(report, &signed, place),
            Place::Ahead(message) => add(Code::CosignedAhead, message),
            Place::Forked(message) => add(Code::CosignedForked, message),
            Place::Unknown => {
                let skipped = format!("{place}: the entries that it covers can't all be read");
                report.not_checked.push(skipped);
            }
        }
    }

    /// Takes a head of this ledger that the log's key signed.
    pub(super) fn take(&mut self, report: &mut Report, signed: &SignedCheckpoint, place: &str) {
        let size = signed.unverified().size;
        let keys = (self.authority.checkpoint_key(size), self.known.as_slice());
        if !check_lines(report, signed, keys, place) {
            return;
        }
        let is_newer = self.newest.as_ref().is_none_or(|known| known.size < size);
        if let Some(witnessed) = self.judge(signed).filter(|_| is_newer) {
            self.newest = Some(WitnessedHead { size, witnessed });
        }
    }

    /// When the last of the quorums asked for had cosigned, and who did. Lines that
    /// do not verify were told before.
    fn judge(&self, signed: &SignedCheckpoint) -> Option<Witnessed> {
        let mut all: Option<Witnessed> = None;
        for quorum in self.quorums.iter().filter(|quorum| quorum.asks()) {
            let judged = quorum.judge(signed).ok()??;
            all = Some(match all {
                None => judged,
                Some(before) => before.and(judged),
            });
        }
        all
    }

    /// Tells up to where witnesses vouch, if they are asked for, for a head of so
    /// many entries.
    pub(super) fn finish(self, report: &mut Report, head: u64) {
        if !self.quorums.iter().any(Quorum::asks) {
            return;
        }
        let Some(newest) = self.newest else {
            let message = "no head is kept that all quorums asked for have cosigned";
            report.add(Code::QuorumMissing, None, None, message);
            return;
        };
        let size = newest.size;
        if size < head {
            let message = format!(
                "{} entries came after the head of {size} that a quorum cosigned",
                head - size
            );
            report.add(Code::Unwitnessed, Some(size), None, message);
        }
        report.witnessed = Some(newest);
    }
}

/// Checks every line of a checkpoint that the log's key signed: those of witnesses
/// verify, and there are no others. Tells whether all that can be checked verify.
fn check_lines(
    report: &mut Report,
    signed: &SignedCheckpoint,
    (log, witnesses): (&PublicKey, &[WitnessKey]),
    path: &str,
) -> bool {
    let path = || Some(path.to_owned());
    let mut wrong = witnesses.iter().filter(|key| key.cosigned(signed).is_err());
    if let Some(key) = wrong.next() {
        let message = format!("the line of the witness {:?} does not verify", key.name());
        report.add(Code::CosignatureInvalid, None, path(), message);
        return false;
    }
    let origin = &signed.unverified().origin;
    let own = key_id(origin, TYPE_ED25519, log.as_bytes());
    let is_own = |line: &NoteSignature| line.name == *origin && line.key_id == own;
    let mut unknown = signed
        .signatures()
        .iter()
        .filter(|line| !is_own(line) && !witnesses.iter().any(|key| key.is_named_by(line)));
    if let Some(line) = unknown.next() {
        let message = format!("its line by {:?} is of no witness that is known", line.name);
        report.add(Code::CheckpointLines, None, path(), message);
    }
    if signed.text() != signed.unverified().to_text() {
        let message = "it holds extension lines that this program does not write";
        report.add(Code::CheckpointLines, None, path(), message);
    }
    true
}
