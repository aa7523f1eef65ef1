//! A ledger against another copy of it, or another checkpoint: one has grown
//! from the other, or they are a fork.
//!
//! The other copy is anybody's. It counts for what its checkpoint is signed by
//! the key in force, and for nothing else; its files and most of its entries are
//! not verified here.

use std::cmp::Ordering;

use crate::digest::{LeafHash, TreeHash};
use crate::log::{Checkpoint, Evidence, LoadError, ProvenLog, SignedCheckpoint, read_log};
use crate::merkle::{ProofError, Tree, leaf_hash, prove_consistency, prove_inclusion};
use crate::statement::{Matter, Statement, StatementError};

use super::fork::{
    Chain, Conflict, Decided, Fork, Leaf, Newest, Older, Side, SideError, SignedHead, judge,
    signed_on,
};
use super::report::{Code, Head, Report};

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
        /// Evidence for [`super::verify_fork`]; `None` if the format can't hold
        /// it.
        evidence: Option<Vec<u8>>,
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

/// Why a copy can't be compared.
#[derive(Debug, thiserror::Error)]
enum CopyError {
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Side(#[from] SideError),
    #[error(transparent)]
    Proof(#[from] ProofError),
    #[error("its governance entries don't name one another without a gap")]
    Gap,
}

/// Compares a ledger with another copy of it, and adds what was found to its
/// report.
pub fn verify_against(here: &dyn Evidence, other: Other<'_>, report: &mut Report) {
    let mut head = None;
    let found = match Copy::read(here) {
        Ok(here) => match other {
            Other::Ledger(there) => here.against_ledger(there, &mut head),
            Other::Checkpoint(bytes) => here.against_checkpoint(bytes, &mut head),
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
        let evidence = super::verify_fork(&bytes, id).is_ok().then_some(bytes);
        Self {
            comparison: Comparison::Forked { evidence },
            entry,
            finding: Some((Code::ForkAgainst, message)),
        }
    }
}

/// A copy of a ledger whose checkpoint is signed by the key in force.
struct Copy {
    tree: Tree,
    head: SignedHead,
    checkpoint: Checkpoint,
    opening: Vec<u8>,
    chain: Chain,
    /// Its checkpoint as evidence holds it.
    note: String,
}

impl Copy {
    fn read(evidence: &dyn Evidence) -> Result<Self, CopyError> {
        let (signed, tree) = read_log(evidence, |_, _| ())?;
        let checkpoint = signed.unverified();
        if checkpoint.size == 0 {
            return Err(SideError::NoEntries.into());
        }
        let mut log = ProvenLog::open(evidence, checkpoint)?;
        let (_, opening) = log.entry(0)?;
        let chain = collect(&tree, &mut log)?;
        let (head, note) = judge(&opening, &chain, checkpoint, &signed)?;
        Ok(Self {
            tree,
            head,
            checkpoint: checkpoint.clone(),
            opening,
            chain,
            note,
        })
    }

    fn against_ledger(self, there: &dyn Evidence, head: &mut Option<Head>) -> Found {
        let there = match Self::read(there) {
            Ok(there) => there,
            Err(error) => {
                return Found::unproven(format!("the other copy proves nothing: {error}"));
            }
        };
        *head = Some(Head {
            size: there.head.size,
            root: there.head.root,
        });
        if self.tree.leaf(0) != there.tree.leaf(0) {
            let message = format!(
                "the other copy is of the ledger {}",
                leaf_hash(&there.opening)
            );
            return Found::other_ledger(message);
        }
        let common = self.head.size.min(there.head.size);
        if self.tree.root_at(common) == there.tree.root_at(common) {
            return Found::grown(self.head.size, there.head.size);
        }
        let differs = |index: &u64| self.tree.leaf(*index) != there.tree.leaf(*index);
        let index = (0..common).find(differs).unwrap_or(common);
        let message = "the other copy has another entry here; both are signed by the ledger's \
                       checkpoint key, and can't both be true";
        match Self::fork_at(index, self, there) {
            Ok(fork) => Found::forked(fork, Some(index), message.to_owned()),
            Err(error) => Found::unproven(format!("the fork can't be shown: {error}")),
        }
    }

    fn against_checkpoint(self, bytes: &[u8], head: &mut Option<Head>) -> Found {
        let signed = match SignedCheckpoint::parse(bytes) {
            Ok(signed) => signed,
            Err(error) => return Found::unproven(format!("it is no checkpoint: {error}")),
        };
        let Checkpoint { origin, size, root } = signed.unverified();
        let (size, root) = (*size, *root);
        *head = Some(Head { size, root });
        if *origin != self.checkpoint.origin {
            return Found::other_ledger(format!("the checkpoint is of {origin:?}"));
        }
        if size > self.head.size {
            return Found::unproven(format!(
                "the checkpoint covers {size} entries and this ledger has {}: the entries \
                 between are needed to tell",
                self.head.size
            ));
        }
        let note = match judge(&self.opening, &self.chain, &self.checkpoint, &signed) {
            Ok((_, note)) => note,
            Err(error) => return Found::unproven(format!("the other proves nothing: {error}")),
        };
        if self.tree.root_at(size) == Some(root) {
            return Found::grown(self.head.size, size);
        }
        let message = format!(
            "the other checkpoint, of {size} entries, has another root than the first {size} \
             entries here; both are signed by the ledger's checkpoint key, and can't both be true"
        );
        match self.fork_from((size, root), note) {
            Ok(fork) => Found::forked(fork, None, message),
            Err(error) => Found::unproven(format!("the fork can't be shown: {error}")),
        }
    }

    /// Two copies that have two entries in one place.
    fn fork_at(index: u64, here: Self, there: Self) -> Result<Fork, CopyError> {
        let is_in_order = here.place() < there.place();
        let (first, second) = if is_in_order {
            (here, there)
        } else {
            (there, here)
        };
        let conflict = Conflict::Leaves {
            index,
            first: first.leaf(index)?,
            second: second.leaf(index)?,
        };
        Ok(Fork {
            opening: first.opening.clone(),
            first: first.into_side(),
            second: second.into_side(),
            conflict,
        })
    }

    /// A copy, and another checkpoint of at most as many entries.
    fn fork_from(self, other: (u64, TreeHash), note: String) -> Result<Fork, CopyError> {
        let opening = self.opening.clone();
        let other_side = Side {
            checkpoint: note.into_bytes(),
            governance: None,
        };
        let is_first = other < self.place();
        let older = if is_first {
            older(&self.tree, other.0)?
        } else {
            // Of one size: the other's root is the one to be contradicted.
            Older {
                root: other.1,
                growth: Vec::new(),
            }
        };
        let own = self.into_side();
        let (first, second) = if is_first {
            (other_side, own)
        } else {
            (own, other_side)
        };
        Ok(Fork {
            opening,
            first,
            second,
            conflict: Conflict::Roots(older),
        })
    }

    fn place(&self) -> (u64, TreeHash) {
        (self.head.size, self.head.root)
    }

    fn leaf(&self, index: u64) -> Result<Leaf, CopyError> {
        Ok(Leaf {
            leaf: self.tree.leaf(index).ok_or(ProofError::OutOfRange)?,
            inclusion: prove_inclusion(&self.tree, index, self.head.size)?,
        })
    }

    fn into_side(self) -> Side {
        Side {
            checkpoint: self.note.into_bytes(),
            governance: Some(self.chain),
        }
    }
}

/// The governance entries of a log, from its last entry back by what each names.
fn collect(tree: &Tree, log: &mut ProvenLog<'_>) -> Result<Chain, CopyError> {
    let mut chain = Chain {
        opening: prove_inclusion(tree, 0, tree.size())?,
        decisions: Vec::new(),
        newest: None,
    };
    let last = tree.size().saturating_sub(1);
    let mut wanted: Option<LeafHash> = None;
    for index in (1..=last).rev() {
        if wanted.is_some() && wanted != tree.leaf(index) {
            continue;
        }
        let (_, entry) = log.entry(index)?;
        let inclusion = prove_inclusion(tree, index, tree.size())?;
        let statement = Statement::parse(&entry).map_err(|error| statement_error(index, error))?;
        let context = statement.context();
        wanted = Some(context.ok_or(CopyError::Gap)?.authority);
        if index == last && !matches!(statement.matter, Matter::Governance(_)) {
            chain.newest = Some(Newest { entry, inclusion });
            continue;
        }
        let on = context.and_then(|context| signed_on(context, index));
        chain.decisions.push(Decided {
            index,
            on: on.map(|size| older(tree, size)).transpose()?,
            entry,
            inclusion,
        });
    }
    if wanted.is_some() && wanted != tree.leaf(0) {
        return Err(CopyError::Gap);
    }
    chain.decisions.reverse();
    Ok(chain)
}

fn statement_error(index: u64, error: StatementError) -> CopyError {
    SideError::Statement(index, error).into()
}

/// The root that a tree had at a size, and how it grew from there.
fn older(tree: &Tree, size: u64) -> Result<Older, CopyError> {
    Ok(Older {
        root: tree.root_at(size).ok_or(ProofError::OutOfRange)?,
        growth: prove_consistency(tree, size, tree.size())?,
    })
}
