//! The whole ledger, rebuilt from its entries and compared.

mod entries;
mod files;
mod stamps;
mod witnesses;

use std::collections::{BTreeSet, HashMap};

use crate::digest::{ContentDigest, LedgerId};
use crate::encoding::note::MAX_NOTE;
use crate::log::{Evidence, EvidenceError, Item, SignedCheckpoint, leading_entries, read_tile};
use crate::merkle::tile::{Row, TILE_WIDTH, TileId};
use crate::merkle::{Tree, leaf_hash};
use crate::stamp::Certificate;

use crate::witness::TrustPolicy;

use super::head::{Anchor, check_anchor, check_checkpoint, find_file};
use super::replay::{Entries, Judge, Replayed};
use super::report::{Code, Head, Remembered, Report};

/// Verifies everything: every entry, tile, document and public file, the
/// checkpoint, every version chain, and that nothing else lies there.
#[must_use]
pub fn verify_ledger(evidence: &dyn Evidence, anchor: Anchor) -> Report {
    verify_growth(evidence, anchor, None)
}

/// Verifies everything, and that the ledger has grown from a head of it that
/// was verified before: nothing that stood then is missing or altered.
/// Remembering a head never stands in for an anchor.
#[must_use]
pub fn verify_growth(
    evidence: &dyn Evidence,
    anchor: Anchor,
    remembered: Option<&Remembered>,
) -> Report {
    let asked = Asked {
        remembered,
        ..Asked::default()
    };
    verify_asked(evidence, anchor, &asked)
}

/// What else a verification is asked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// A head of the ledger that was verified before.
    pub remembered: Option<&'a Remembered>,
    /// A file that the ledger must register, and let count.
    pub file: Option<ContentDigest>,
    /// A policy of the auditor's own, beside the ledger's.
    pub policy: Option<&'a TrustPolicy>,
    /// The authorities whose time stamps count (RFC 3161).
    pub authorities: &'a [Certificate],
    /// Seconds since 1970-01-01T00:00:00Z, for stamps that end soon.
    pub now: Option<u64>,
}

/// Verifies everything, and answers what else is asked.
#[must_use]
pub fn verify_asked(evidence: &dyn Evidence, anchor: Anchor, asked: &Asked<'_>) -> Report {
    let mut run = Run::new(evidence);
    run.whole(anchor, asked);
    run.report
}

/// The id that a ledger would have by its entry 0 as it stands: a place to look
/// up an anchor by, never an anchor itself.
#[must_use]
pub fn ledger_id_of(evidence: &dyn Evidence) -> Option<LedgerId> {
    let path = Item::Checkpoint;
    let signed = SignedCheckpoint::parse(&evidence.read(&path, MAX_NOTE as u64).ok()??).ok()?;
    let width = u16::try_from(signed.unverified().size.min(TILE_WIDTH)).ok()?;
    let (_, bytes) = read_tile(evidence, TileId::new(Row::Entries, 0, width)?).ok()??;
    let entry = *leading_entries(&bytes).first()?;
    Some(leaf_hash(entry).into())
}

/// An entry as it stands in its bundle.
struct Raw {
    /// `None` if the bundle did not give it.
    bytes: Option<Vec<u8>>,
    /// Whether the system could not read the bundle, which is told.
    unread: bool,
}

impl Raw {
    fn of(entry: &[u8]) -> Self {
        Self {
            bytes: Some(entry.to_vec()),
            unread: false,
        }
    }
}

impl Entries for Vec<Raw> {
    fn bytes(&self, index: u64) -> Option<&[u8]> {
        self.get(usize::try_from(index).ok()?)?.bytes.as_deref()
    }

    fn indices(&self) -> Box<dyn Iterator<Item = u64> + '_> {
        Box::new(0..self.len() as u64)
    }
}

struct Run<'a> {
    evidence: &'a dyn Evidence,
    report: Report,
    /// The tree that everything is judged by.
    tree: Tree,
    entries: Vec<Raw>,
    /// Sizes of heads that were published, as far as statements tell.
    published: BTreeSet<u64>,
    /// Every registered file with its size and the first entry that says so; no
    /// size if only void entries name it.
    sizes: HashMap<ContentDigest, (Option<u64>, u64)>,
}

impl<'a> Run<'a> {
    fn new(evidence: &'a dyn Evidence) -> Self {
        Self {
            evidence,
            report: Report::default(),
            tree: Tree::new(),
            entries: Vec::new(),
            published: BTreeSet::new(),
            sizes: HashMap::new(),
        }
    }

    fn whole(&mut self, anchor: Anchor, asked: &Asked<'_>) {
        let checkpoint = self.read_checkpoint();
        let size = checkpoint
            .as_ref()
            .map_or(0, |signed| signed.unverified().size);
        if let Some(signed) = &checkpoint {
            self.report.head = Some(Head {
                size,
                root: signed.unverified().root,
            });
            self.published.insert(size);
            self.read_entries(size);
            self.choose_tree(signed);
        }
        if let Some(remembered) = asked.remembered {
            self.check_growth(remembered, size);
        }
        let replayed = self.replay();
        if let Some(digest) = asked.file {
            let replay = replayed.as_ref().map(|replayed| &replayed.replay);
            self.report.registered = find_file(&mut self.report, replay, digest);
        }
        let authority = replayed.map(|replayed| replayed.authority);
        check_anchor(&mut self.report, anchor);
        if let (Some(signed), Some(authority)) = (&checkpoint, &authority) {
            let path = self.evidence.place(&Item::Checkpoint);
            check_checkpoint(&mut self.report, signed, authority, (path, false));
        }
        let tiles = self.check_tiles();
        self.check_documents();
        self.check_public_files(authority.as_ref());
        let found = self.list();
        self.check_witnesses(authority.as_ref(), &found, asked);
        self.check_stamps(authority.as_ref(), &found, asked);
        self.check_surplus(authority.as_ref(), found, &tiles, size);
    }

    fn replay(&mut self) -> Option<Replayed> {
        let mut judge = Judge::new(&mut self.report, &self.entries, &self.tree);
        let replayed = judge.replay();
        self.published.append(&mut judge.published);
        self.sizes = std::mem::take(&mut judge.sizes);
        replayed
    }

    fn read_checkpoint(&mut self) -> Option<SignedCheckpoint> {
        let path = self.evidence.place(&Item::Checkpoint);
        let bytes = match self.evidence.read(&Item::Checkpoint, MAX_NOTE as u64) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => {
                self.report.add(
                    Code::CheckpointMissing,
                    None,
                    Some(path),
                    "there is no checkpoint",
                );
                return None;
            }
            Err(error) => {
                if !error.is_of_system() {
                    let message = "what stands in its place is no checkpoint";
                    self.report
                        .add(Code::CheckpointMissing, None, None, message);
                }
                self.unreadable(None, error);
                return None;
            }
        };
        match SignedCheckpoint::parse(&bytes) {
            Ok(signed) if signed.unverified().size > 0 => Some(signed),
            Ok(_) => {
                self.report.add(
                    Code::CheckpointMalformed,
                    None,
                    Some(path),
                    "it covers no entry",
                );
                None
            }
            Err(error) => {
                self.report.add(
                    Code::CheckpointMalformed,
                    None,
                    Some(path),
                    error.to_string(),
                );
                None
            }
        }
    }

    fn unreadable(&mut self, entry: Option<u64>, error: EvidenceError) {
        let EvidenceError { path, problem } = error;
        self.report
            .add(Code::Unreadable, entry, Some(path), problem.to_string());
    }

    /// The tree of the entries must be that of the remembered head, grown.
    fn check_growth(&mut self, remembered: &Remembered, size: u64) {
        let Remembered {
            size: before,
            root,
            when,
        } = remembered;
        let path = Some(self.evidence.place(&Item::Checkpoint));
        if size < *before {
            let message = format!("it has {size} entries, and had {before} when verified {when}");
            self.report.add(Code::RolledBack, None, path, message);
        } else if self.tree.size() < *before {
            let skipped = format!("growth from the {before} entries verified {when}");
            self.report.not_checked.push(skipped);
        } else if self.tree.root_at(*before) != Some(*root) {
            let message =
                format!("its first {before} entries are not those that were verified {when}");
            self.report.add(Code::Forked, None, path, message);
        } else {
            self.report.grown_from = Some(remembered.clone());
        }
    }
}
