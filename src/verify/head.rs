//! What a head must be: of the ledger that the anchor names, and signed by the
//! key in force at its size; and whether a file is registered under it.

use crate::authority::{Authority, Refusal};
use crate::digest::{ContentDigest, LedgerId};
use crate::log::{Checkpoint, SignedCheckpoint};
use crate::merkle::Roots;
use crate::replay::{Replay, Suspension};

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

/// The head that is verified, and the roots that are known below it.
#[derive(Clone, Copy)]
pub(super) struct Here<'a> {
    size: u64,
    roots: &'a dyn Roots,
}

/// How another head that the log's key signed stands to this one.
pub(super) enum Place {
    /// It is one of its older ones, or the same.
    Within,
    /// It covers more entries.
    Ahead(String),
    /// Its root is another.
    Forked(String),
    /// The root at its size is not known here.
    Unknown,
}

impl<'a> Here<'a> {
    pub(super) fn new(report: &Report, roots: &'a dyn Roots) -> Self {
        let size = report.head.as_ref().map_or(0, |head| head.size);
        Self { size, roots }
    }

    pub(super) fn place(self, head: &Checkpoint) -> Place {
        let (there, here) = (head.size, self.size);
        if there > here {
            return Place::Ahead(format!("it covers {there} entries, and {here} are here"));
        }
        match self.roots.root_at(there) {
            None => Place::Unknown,
            Some(root) if root == head.root => Place::Within,
            Some(_) => Place::Forked(format!("the first {there} entries here have another root")),
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
