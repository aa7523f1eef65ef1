//! What a head must be: of the ledger that the anchor names, and signed by the
//! key in force at its size; and whether a file is registered under it.

use crate::authority::{Authority, Refusal};
use crate::digest::{ContentDigest, LedgerId};
use crate::encoding::note::{NoteSignature, TYPE_ED25519, key_id};
use crate::key::PublicKey;
use crate::log::SignedCheckpoint;
use crate::replay::{Replay, Suspension};

use crate::witness::{Quorum, WitnessKey};

use super::report::{Code, Report};

/// What says that a ledger is the office's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// The caller was given this id by someone trusted.
    Id(LedgerId),
    /// Nothing.
    None,
}

/// Compares the id of the report with the anchor.
pub(super) fn check_anchor(report: &mut Report, anchor: Anchor) {
    match (anchor, report.ledger_id) {
        (Anchor::Id(wanted), Some(found)) if wanted != found => {
            let message = format!("this is the ledger {found}, not {wanted}");
            report.add(Code::LedgerIdMismatch, Some(0), None, message);
        }
        (Anchor::Id(_), Some(_)) => {}
        (Anchor::Id(_), None) => {
            let message = "there is no entry 0 to compare with the ledger id";
            report.add(Code::NoAnchor, Some(0), None, message);
        }
        (Anchor::None, _) => {
            let message =
                "no ledger id was given or pinned: keys that lie beside a ledger prove nothing";
            report.add(Code::NoAnchor, None, None, message);
        }
    }
}

/// Checks origin, signature and form of a checkpoint; lines of witnesses are
/// checked by [`check_lines`]. Tells whether the log's key signed it.
pub(super) fn check_checkpoint(
    report: &mut Report,
    signed: &SignedCheckpoint,
    authority: &Authority,
    (path, may_be_cosigned): (String, bool),
) -> bool {
    let path = Some(path);
    if signed.unverified().origin != authority.origin() {
        let message = format!("its origin is not {:?}", authority.origin());
        report.add(Code::CheckpointMalformed, None, path.clone(), message);
    }
    if let Err((code, message)) = check_signature(signed, authority, Code::CheckpointSignature) {
        report.add(code, None, path, message);
        return false;
    }
    if !signed.is_plain() && !may_be_cosigned {
        let message = "it holds extension or signature lines that this program does not write";
        report.add(Code::CheckpointLines, None, path, message);
    }
    true
}

/// Checks the log's own signature. That it is by an unknown key proves nothing
/// wrong where changes of keys could not be evaluated.
pub(super) fn check_signature(
    signed: &SignedCheckpoint,
    authority: &Authority,
    wrong: Code,
) -> Result<(), (Code, String)> {
    let size = signed.unverified().size;
    let verified = signed.verify(authority.checkpoint_key(size));
    verified.map(drop).map_err(|error| {
        if authority.is_weighed() {
            return (wrong, error.to_string());
        }
        let message = "it is signed by no key that is known, and changes of keys are not \
                       evaluated by this version";
        (Code::NotEvaluated, message.to_owned())
    })
}

/// The entries that register a file. That none does, or that all are void, is a
/// finding: a ledger stays good when a declaration accounts for an entry, the
/// document does not.
pub(super) fn find_file(
    report: &mut Report,
    replay: Option<&Replay>,
    digest: ContentDigest,
) -> Vec<u64> {
    let known = replay.map_or(&[][..], |replay| replay.history().by_digest(&digest));
    let Some(newest) = known.last() else {
        let message = format!("the file has the digest {digest}, which no entry here registers");
        report.add(Code::DocumentUnknown, None, None, message);
        return Vec::new();
    };
    let is_void = |index: &u64| void_by(replay, *index).is_some();
    if known.iter().all(is_void) {
        judge_entry(report, replay, *newest);
    }
    known.to_vec()
}

/// Whether a registration that is asked about is void.
pub(super) fn judge_entry(report: &mut Report, replay: Option<&Replay>, index: u64) {
    if let Some(refusal) = void_by(replay, index) {
        report.add(Code::DocumentVoid, Some(index), None, refusal.to_string());
    }
}

fn void_by(replay: Option<&Replay>, index: u64) -> Option<&Refusal> {
    match replay?.suspended().get(&index)? {
        Suspension::Void(refusal) => Some(refusal),
        Suspension::Awaiting => None,
    }
}

/// Keys of all witnesses that a policy of the ledger ever named, and those of
/// another policy.
pub(super) fn witnesses(authority: &Authority, other: Option<&Quorum>) -> Vec<WitnessKey> {
    let named = authority.policies().flat_map(|policy| &policy.witnesses);
    let parsed = named.filter_map(|witness| WitnessKey::parse(&witness.vkey).ok());
    let others = other.into_iter().flat_map(Quorum::keys).cloned();
    parsed.chain(others).collect()
}

/// Checks every line of a checkpoint that the log's key signed: those of witnesses
/// verify, and there are no others. Tells whether all that can be checked verify.
pub(super) fn check_lines(
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
