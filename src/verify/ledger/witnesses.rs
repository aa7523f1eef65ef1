//! Cosigned checkpoints, and the quorums that are asked for: by the ledger's
//! policy as it stands now, and by the auditor's own, which can only ask for more.

use std::collections::BTreeSet;

use crate::authority::Authority;
use crate::encoding::note::MAX_NOTE;
use crate::log::{Found, Item, SignedCheckpoint};
use crate::verify::head::{check_lines, check_signature, witnesses};
use crate::verify::report::{Code, WitnessedHead};
use crate::witness::{Quorum, TrustPolicy, Witnessed};

use super::{Asked, Run};

impl Run<'_> {
    /// Judges every kept checkpoint, and each quorum by the newest that meets it.
    pub(super) fn check_witnesses(
        &mut self,
        authority: Option<&Authority>,
        found: &[Found],
        asked: &Asked<'_>,
    ) {
        let Some(authority) = authority else { return };
        let quorums = self.quorums(authority, asked.policy);
        let sizes: BTreeSet<_> = found
            .iter()
            .filter_map(|found| match found {
                Found::Item(Item::Cosigned(size)) => Some(*size),
                _ => None,
            })
            .collect();
        let mut newest = None;
        for size in sizes {
            let witnessed = self.check_cosigned(size, authority, &quorums, asked);
            newest = witnessed.map(|it| (size, it)).or(newest);
        }
        if !quorums.iter().any(Quorum::asks) {
            return;
        }
        let head = self.tree.size();
        match newest {
            Some((size, witnessed)) => {
                if size < head {
                    let message = format!(
                        "{} entries came after the head of {size} that a quorum cosigned",
                        head - size
                    );
                    self.report
                        .add(Code::Unwitnessed, Some(size), None, message);
                }
                self.report.witnessed = Some(WitnessedHead { size, witnessed });
            }
            None => {
                let message = "no head is kept that all quorums asked for have cosigned";
                self.report.add(Code::QuorumMissing, None, None, message);
            }
        }
    }

    /// What is asked for: by the ledger, and by the auditor.
    fn quorums(&mut self, authority: &Authority, policy: Option<&TrustPolicy>) -> Vec<Quorum> {
        let mut quorums = Vec::new();
        match Quorum::of(authority.policy()) {
            Ok(quorum) => quorums.push(quorum),
            Err(error) => {
                let since = Some(authority.policy_since());
                self.report
                    .add(Code::QuorumUnclear, since, None, error.to_string());
            }
        }
        if let Some(policy) = policy {
            let key = authority.checkpoint_key(u64::MAX);
            if !policy.logs.contains(&authority.log_vkey(key)) {
                let message = "none of its log lines names the checkpoint key of this ledger";
                self.report.add(Code::PolicyOfOtherLog, None, None, message);
            }
            quorums.push(policy.quorum.clone());
        }
        quorums
    }

    /// Checks one kept checkpoint. Returns when the last of the quorums asked for
    /// had cosigned it, and who did.
    fn check_cosigned(
        &mut self,
        size: u64,
        authority: &Authority,
        quorums: &[Quorum],
        asked: &Asked<'_>,
    ) -> Option<Witnessed> {
        let item = Item::Cosigned(size);
        let path = Some(self.evidence.place(&item));
        let bytes = match self.evidence.read(&item, MAX_NOTE as u64) {
            Ok(bytes) => bytes?,
            Err(error) if error.is_of_system() => {
                self.unreadable(None, error);
                return None;
            }
            Err(error) => {
                let message = error.problem.to_string();
                self.report
                    .add(Code::CosignedMalformed, None, path, message);
                return None;
            }
        };
        let signed = match SignedCheckpoint::parse(&bytes) {
            Ok(signed) if signed.to_text().as_bytes() == bytes => signed,
            Ok(_) => {
                let message = "it is not in the one form";
                self.report
                    .add(Code::CosignedMalformed, None, path, message);
                return None;
            }
            Err(error) => {
                self.report
                    .add(Code::CosignedMalformed, None, path, error.to_string());
                return None;
            }
        };
        let head = signed.unverified();
        if head.size != size || size == 0 || head.origin != authority.origin() {
            let message = "it is not of this log and the size that its name says";
            self.report
                .add(Code::CosignedMalformed, None, path, message);
            return None;
        }
        let known = witnesses(authority, asked.policy.map(|policy| &policy.quorum));
        let keys = (authority.checkpoint_key(size), known.as_slice());
        let place = self.evidence.place(&item);
        if let Err((code, message)) = check_signature(&signed, authority, Code::CosignatureInvalid)
        {
            self.report.add(code, None, path, message);
            return None;
        }
        if !check_lines(&mut self.report, &signed, keys, &place) {
            return None;
        }
        if let Some((is_ahead, message)) = self.contradiction(head) {
            let code = match is_ahead {
                true => Code::CosignedAhead,
                false => Code::CosignedForked,
            };
            self.report.add(code, None, path, message);
            return None;
        }
        if self.tree.size() < size {
            let skipped = format!("{place}: the entries that it covers can't all be read");
            self.report.not_checked.push(skipped);
            return None;
        }
        let mut all: Option<Witnessed> = None;
        for quorum in quorums {
            if !quorum.asks() {
                continue;
            }
            // All lines were found to verify.
            let judged = quorum.judge(&signed).ok()??;
            all = Some(match all {
                None => judged,
                Some(before) => before.and(judged),
            });
        }
        all
    }
}
