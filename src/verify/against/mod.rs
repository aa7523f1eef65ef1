//! A ledger against another copy of it, or another checkpoint: one has grown
//! from the other, or they are a fork.
//!
//! The other copy is anybody's. It counts for what its checkpoint is signed by
//! the key in force, and for nothing else; its files and most of its entries are
//! not verified here.

mod replica;

use std::cmp::Ordering;

use crate::log::{Checkpoint, Evidence, SignedCheckpoint};
use crate::merkle::leaf_hash;

use super::fork::{Fork, ForkError, verify_fork};
use super::report::{Code, Head, Report};

use replica::Replica;

/// What a ledger is compared with.
#[derive(Clone, Copy)]
pub enum Other<'a> {
    /// Another copy of it.
    Ledger(&'a dyn Evidence),
    /// The bytes of a checkpoint.
    Checkpoint(&'a [u8]),
}

/// What a comparison came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Against {
    /// The head that the other copy names, as far as it could be read.
    pub head: Option<Head>,
    /// How the two are to each other.
    pub comparison: Comparison,
}

/// How a ledger is to another copy of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comparison {
    /// They have the same head.
    Same,
    /// This one has grown from the other.
    Grown,
    /// The other has grown from this one.
    Behind,
    /// Both are signed, and can't both be true.
    Forked {
        /// Evidence for [`super::verify_fork`], or why it would not convince
        /// anybody who has neither copy.
        evidence: Result<Vec<u8>, ForkError>,
    },
    /// The other is of another ledger.
    OtherLedger,
    /// Nothing follows from the other.
    Undecided,
}

impl Comparison {
    /// The words reports use.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Grown => "grown",
            Self::Behind => "behind",
            Self::Forked { .. } => "forked",
            Self::OtherLedger => "other-ledger",
            Self::Undecided => "undecided",
        }
    }
}

/// Compares a ledger with another copy of it, and adds what was found to its
/// report.
pub fn verify_against(here: &dyn Evidence, other: Other<'_>, report: &mut Report) {
    let mut head = None;
    let found = match Replica::read(here) {
        Ok(here) => match other {
            Other::Ledger(there) => with_ledger(here, there, &mut head),
            Other::Checkpoint(bytes) => with_checkpoint(here, bytes, &mut head),
        },
        Err(error) => Found::unproven(format!("this ledger can't be compared: {error}")),
    };
    if let Some((code, message)) = found.finding {
        report.add(code, found.entry, None, message);
    }
    report.against = Some(Against {
        head,
        comparison: found.comparison,
    });
}

/// A comparison, and what to tell of it.
struct Found {
    comparison: Comparison,
    entry: Option<u64>,
    finding: Option<(Code, String)>,
}

impl Found {
    fn of(comparison: Comparison, finding: Option<(Code, String)>) -> Self {
        Self {
            comparison,
            entry: None,
            finding,
        }
    }

    fn unproven(message: String) -> Self {
        Self::of(Comparison::Undecided, Some((Code::OtherUnproven, message)))
    }

    fn other_ledger(message: String) -> Self {
        Self::of(Comparison::OtherLedger, Some((Code::OtherLedger, message)))
    }

    /// Of two trees of which one has grown from the other.
    fn grown(here: u64, there: u64) -> Self {
        match here.cmp(&there) {
            Ordering::Equal => Self::of(Comparison::Same, None),
            Ordering::Greater => Self::of(Comparison::Grown, None),
            Ordering::Less => {
                let message = format!(
                    "it has {here} entries; the other copy has {there}, which begin with these"
                );
                Self::of(Comparison::Behind, Some((Code::BehindOther, message)))
            }
        }
    }

    fn forked(fork: Fork, entry: Option<u64>, message: String) -> Self {
        let bytes = fork.encode();
        let id = leaf_hash(&fork.opening).into();
        // Only what anyone can check is given out.
        let evidence = verify_fork(&bytes, id).map(|_| bytes);
        Self {
            comparison: Comparison::Forked { evidence },
            entry,
            finding: Some((Code::ForkAgainst, message)),
        }
    }
}

fn with_ledger(here: Replica, there: &dyn Evidence, head: &mut Option<Head>) -> Found {
    let there = match Replica::read(there) {
        Ok(there) => there,
        Err(error) => return Found::unproven(format!("the other copy proves nothing: {error}")),
    };
    *head = Some(Head {
        size: there.head.size,
        root: there.head.root,
    });
    if here.ledger_id() != there.ledger_id() {
        let message = format!("the other copy is of the ledger {}", there.ledger_id());
        return Found::other_ledger(message);
    }
    if let Err(error) = here.note() {
        return Found::unproven(format!("this ledger can't be compared: {error}"));
    }
    if let Err(error) = there.note() {
        return Found::unproven(format!("the other copy proves nothing: {error}"));
    }
    let common = here.head.size.min(there.head.size);
    if here.tree.root_at(common) == there.tree.root_at(common) {
        return Found::grown(here.head.size, there.head.size);
    }
    let differs = |index: &u64| here.tree.leaf(*index) != there.tree.leaf(*index);
    let index = (0..common).find(differs).unwrap_or(common);
    let message = "the other copy has another entry here; both are signed by the ledger's \
                   checkpoint key, and can't both be true";
    match Replica::fork_at(index, here, there) {
        Ok(fork) => Found::forked(fork, Some(index), message.to_owned()),
        Err(error) => Found::unproven(format!("the fork can't be shown: {error}")),
    }
}

fn with_checkpoint(here: Replica, bytes: &[u8], head: &mut Option<Head>) -> Found {
    let signed = match SignedCheckpoint::parse(bytes) {
        Ok(signed) => signed,
        Err(error) => return Found::unproven(format!("it is no checkpoint: {error}")),
    };
    let Checkpoint { origin, size, root } = signed.unverified();
    let (size, root) = (*size, *root);
    *head = Some(Head { size, root });
    if *origin != here.head.origin {
        return Found::other_ledger(format!("the checkpoint is of {origin:?}"));
    }
    if size > here.head.size {
        return Found::unproven(format!(
            "the checkpoint covers {size} entries and this ledger has {}: the entries \
             between are needed to tell",
            here.head.size
        ));
    }
    if let Err(error) = here.note() {
        return Found::unproven(format!("this ledger can't be compared: {error}"));
    }
    let note = match here.note_of(&signed) {
        Ok(note) => note,
        Err(error) => return Found::unproven(format!("the other proves nothing: {error}")),
    };
    if here.tree.root_at(size) == Some(root) {
        return Found::grown(here.head.size, size);
    }
    let message = format!(
        "the other checkpoint, of {size} entries, has another root than the first {size} \
         entries here; both are signed by the ledger's checkpoint key, and can't both be true"
    );
    match here.fork_from((size, root), note) {
        Ok(fork) => Found::forked(fork, None, message),
        Err(error) => Found::unproven(format!("the fork can't be shown: {error}")),
    }
}
