//! What is needed of a copy of a ledger to compare it: its tree, its head, and
//! the entries that tell whose key signed that.

use crate::authority::Authority;
use crate::digest::{LedgerId, TreeHash};
use crate::log::{Checkpoint, Evidence, LoadError, SignedCheckpoint, read_log};
use crate::merkle::{ProofError, Tree, leaf_hash, prove_consistency, prove_inclusion};
use crate::statement::{Matter, Statement, Verified};
use crate::verify::fork::{Chain, Conflict, Decided, Fork, Leaf, Newest, Older, Side, SideError};

/// Why a copy can't be compared.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReplicaError {
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Side(#[from] SideError),
    #[error(transparent)]
    Proof(#[from] ProofError),
}

/// A copy of a ledger whose entries have the root that its checkpoint names.
pub(super) struct Replica {
    pub(super) tree: Tree,
    pub(super) head: Checkpoint,
    signed: SignedCheckpoint,
    entries: Kept,
}

/// The entries that tell which key was in force.
#[derive(Default)]
struct Kept {
    opening: Vec<u8>,
    /// Governance entries after entry 0, well signed or not.
    governance: Vec<(u64, Vec<u8>)>,
    newest: Vec<u8>,
}

impl Kept {
    fn keep(&mut self, index: u64, entry: &[u8]) {
        entry.clone_into(&mut self.newest);
        if index == 0 {
            entry.clone_into(&mut self.opening);
        } else if let Ok(statement) = Statement::parse(entry)
            && matches!(statement.matter, Matter::Governance(_))
        {
            self.governance.push((index, entry.to_vec()));
        }
    }

    /// The authority in force after `until` entries, and the governance entries
    /// it follows from: those that are well signed.
    fn replay(&self, tree: &Tree, until: u64) -> Result<(Authority, Vec<Decided>), ReplicaError> {
        let statement = Statement::parse(&self.opening);
        let statement = statement.map_err(|error| SideError::Statement(0, error))?;
        let opened = Authority::open(leaf_hash(&self.opening), statement);
        let (mut authority, _) = opened.map_err(SideError::from)?;
        let mut decisions = Vec::new();
        let governance = self.governance.iter();
        for (index, entry) in governance.take_while(|(index, _)| *index < until) {
            let Some(verified) = well_signed(&authority, entry) else {
                continue;
            };
            let context = verified.statement().context();
            let on = context.and_then(|context| context.signed_on(*index));
            let on = on.map(|size| older(tree, size)).transpose()?;
            let had = on.as_ref().map(|on| on.root);
            authority.apply(*index, leaf_hash(entry), &verified, had);
            decisions.push(Decided {
                index: *index,
                entry: entry.clone(),
                inclusion: prove_inclusion(tree, *index, tree.size())?,
                on,
            });
        }
        if authority.is_weighed() {
            Ok((authority, decisions))
        } else {
            Err(SideError::NotWeighed.into())
        }
    }
}

impl Replica {
    /// Reads every entry. Nobody's signature is checked yet.
    ///
    /// # Errors
    /// If something is missing or damaged, or there are no entries.
    pub(super) fn read(evidence: &dyn Evidence) -> Result<Self, ReplicaError> {
        let mut entries = Kept::default();
        let (signed, tree) = read_log(evidence, |index, entry| entries.keep(index, entry))?;
        if tree.size() == 0 {
            return Err(SideError::NoEntries.into());
        }
        Ok(Self {
            head: signed.unverified().clone(),
            tree,
            signed,
            entries,
        })
    }

    /// The id by its entry 0.
    pub(super) fn ledger_id(&self) -> LedgerId {
        leaf_hash(&self.entries.opening).into()
    }

    /// The note of its own checkpoint.
    ///
    /// # Errors
    /// As [`Self::note_of`].
    pub(super) fn note(&self) -> Result<String, ReplicaError> {
        self.note_of(&self.signed)
    }

    /// The note of a checkpoint of at most as many entries, as evidence holds it.
    ///
    /// # Errors
    /// If it is not signed by the key in force here at its size.
    pub(super) fn note_of(&self, signed: &SignedCheckpoint) -> Result<String, ReplicaError> {
        let head = signed.unverified();
        if head.size == 0 {
            return Err(SideError::NoEntries.into());
        }
        let (authority, _) = self.entries.replay(&self.tree, head.size)?;
        if head.origin != authority.origin() {
            return Err(SideError::Origin(authority.origin().to_owned()).into());
        }
        let note = signed.alone(authority.checkpoint_key(head.size));
        Ok(note.map_err(SideError::from)?)
    }

    /// Two copies that have two entries in one place.
    pub(super) fn fork_at(index: u64, here: Self, there: Self) -> Result<Fork, ReplicaError> {
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
            opening: first.entries.opening.clone(),
            first: first.into_side()?,
            second: second.into_side()?,
            conflict,
        })
    }

    /// A copy, and another checkpoint of at most as many entries.
    pub(super) fn fork_from(
        self,
        other: (u64, TreeHash),
        note: String,
    ) -> Result<Fork, ReplicaError> {
        let opening = self.entries.opening.clone();
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
        let own = self.into_side()?;
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

    fn leaf(&self, index: u64) -> Result<Leaf, ReplicaError> {
        Ok(Leaf {
            leaf: self.tree.leaf(index).ok_or(ProofError::OutOfRange)?,
            inclusion: prove_inclusion(&self.tree, index, self.head.size)?,
        })
    }

    fn into_side(self) -> Result<Side, ReplicaError> {
        let checkpoint = self.note()?.into_bytes();
        let Self { tree, entries, .. } = self;
        let (_, decisions) = entries.replay(&tree, tree.size())?;
        let last = tree.size().saturating_sub(1);
        let newest = if decisions.last().map_or(0, |it| it.index) < last {
            Some(Newest {
                inclusion: prove_inclusion(&tree, last, tree.size())?,
                entry: entries.newest,
            })
        } else {
            None
        };
        let governance = Chain {
            opening: prove_inclusion(&tree, 0, tree.size())?,
            decisions,
            newest,
        };
        Ok(Side {
            checkpoint,
            governance: Some(governance),
        })
    }
}

fn well_signed(authority: &Authority, entry: &[u8]) -> Option<Verified> {
    let statement = Statement::parse(entry).ok()?;
    let key = authority.signer_of(&statement).ok()?.key;
    statement.verify(&key).ok()
}

/// The root that a tree had at a size, and how it grew from there.
fn older(tree: &Tree, size: u64) -> Result<Older, ReplicaError> {
    Ok(Older {
        root: tree.root_at(size).ok_or(ProofError::OutOfRange)?,
        growth: prove_consistency(tree, size, tree.size())?,
    })
}
