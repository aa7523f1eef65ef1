//! Which checkpoint key was in force in a history, by its governance entries
//! alone.
//!
//! None can be left out unseen: each names the one before it, and so does the
//! history's last entry, whoever signed it.

use crate::authority::{Authority, OpeningError, Refusal};
use crate::digest::{LeafHash, LedgerId, TreeHash};
use crate::log::CheckpointError;
use crate::merkle::{ProofError, leaf_hash, verify_consistency, verify_inclusion};
use crate::statement::{Matter, Statement, StatementError, Verified};

use super::evidence::{Chain, Decided};

/// Why a head is not shown to be signed by the ledger's key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SideError {
    /// The signed note, or its signature.
    #[error("its checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// A head of nothing contradicts nothing.
    #[error("its checkpoint covers no entry")]
    NoEntries,
    /// The note is not as evidence holds it.
    #[error("its checkpoint holds more than the log's own signature line")]
    NotAlone,
    /// A checkpoint of another log.
    #[error("the origin of its checkpoint is not {0:?}")]
    Origin(String),
    /// Entry 0 does not open a ledger.
    #[error(transparent)]
    Opening(#[from] OpeningError),
    /// An entry is no statement.
    #[error("entry {0}: {1}")]
    Statement(u64, StatementError),
    /// An entry is not in that place under the head.
    #[error("entry {0} is not proven to stand there: {1}")]
    Inclusion(u64, ProofError),
    /// The tree that an entry says it was signed on.
    #[error("the tree that entry {0} was signed on is not shown: {1}")]
    Older(u64, ProofError),
    /// A tree is given that the history can't have had there, or none that it had.
    #[error("entry {0} says nothing about the tree that is shown for it, or the other way round")]
    OlderMisplaced(u64),
    /// Governance entries come in log order.
    #[error("entry {0} is out of order, or lies beyond the head")]
    OutOfOrder(u64),
    /// The chain of governance entries has a gap, or the ledger is another one.
    #[error("entry {0} does not name the governance entry shown before it in this ledger")]
    Link(u64),
    /// It is no governance entry, where one was expected, or the other way round.
    #[error("entry {0} is not of the kind that belongs there")]
    Kind(u64),
    /// Its key.
    #[error("entry {0}: {1}")]
    Signer(u64, Refusal),
    /// Its signature.
    #[error("the signature of entry {0} does not verify")]
    Signature(u64),
    /// The last entry is what shows that no governance entry was left out.
    #[error("its last entry is missing, or there is one too many")]
    Newest,
    /// Keys may have changed in a way this version can't tell.
    #[error("it holds decisions that this version does not evaluate")]
    NotWeighed,
}

/// The size and the root that a chain is proven under.
pub(super) type Head = (u64, TreeHash);

/// The authority in force after the first `until` entries of a history, at most
/// those of its head.
pub(super) fn replay(
    opening: &[u8],
    chain: &Chain,
    head: Head,
    until: u64,
) -> Result<Authority, SideError> {
    let (size, root) = head;
    let leaf = leaf_hash(opening);
    verify_inclusion(leaf, 0, size, &chain.opening, root)
        .map_err(|error| SideError::Inclusion(0, error))?;
    let statement = Statement::parse(opening).map_err(|error| SideError::Statement(0, error))?;
    let (mut authority, _) = Authority::open(leaf, statement)?;
    let mut last = 0;
    for decided in &chain.decisions {
        if decided.index <= last || decided.index >= size {
            return Err(SideError::OutOfOrder(decided.index));
        }
        last = decided.index;
        if last < until {
            take(&mut authority, decided, head)?;
        }
    }
    if until >= size {
        check_newest(&authority, chain, head, last)?;
    }
    if authority.is_weighed() {
        Ok(authority)
    } else {
        Err(SideError::NotWeighed)
    }
}

fn take(authority: &mut Authority, decided: &Decided, head: Head) -> Result<(), SideError> {
    let Decided {
        index,
        entry,
        inclusion,
        on,
    } = decided;
    let (index, leaf) = (*index, leaf_hash(entry));
    let verified = read(authority, (index, entry), inclusion, head)?;
    let statement = verified.statement();
    if !matches!(statement.matter, Matter::Governance(_)) {
        return Err(SideError::Kind(index));
    }
    let size = statement.context().and_then(|it| it.signed_on(index));
    let had = match (size, on) {
        (Some(size), Some(older)) => {
            verify_consistency((size, older.root), head, &older.growth)
                .map_err(|error| SideError::Older(index, error))?;
            Some(older.root)
        }
        (None, None) => None,
        _ => return Err(SideError::OlderMisplaced(index)),
    };
    authority.apply(index, leaf, &verified, had);
    Ok(())
}

/// The last entry must name the last governance entry that is shown, unless it
/// is that one.
fn check_newest(
    authority: &Authority,
    chain: &Chain,
    head: Head,
    last: u64,
) -> Result<(), SideError> {
    let index = head.0.saturating_sub(1);
    match &chain.newest {
        None if last == index => Ok(()),
        Some(newest) if last < index => {
            let verified = read(authority, (index, &newest.entry), &newest.inclusion, head)?;
            match verified.statement().matter {
                Matter::Governance(_) => Err(SideError::Kind(index)),
                _ => Ok(()),
            }
        }
        _ => Err(SideError::Newest),
    }
}

/// An entry in its place, well signed, that follows on the newest governance
/// entry known so far.
fn read(
    authority: &Authority,
    (index, entry): (u64, &[u8]),
    inclusion: &[TreeHash],
    (size, root): Head,
) -> Result<Verified, SideError> {
    verify_inclusion(leaf_hash(entry), index, size, inclusion, root)
        .map_err(|error| SideError::Inclusion(index, error))?;
    let statement = Statement::parse(entry).map_err(|error| SideError::Statement(index, error))?;
    let named = statement.context().map(|it| (it.ledger, it.authority));
    let expected: (LedgerId, LeafHash) = (authority.ledger_id(), authority.newest_governance());
    if named != Some(expected) {
        return Err(SideError::Link(index));
    }
    let key = match authority.signer_of(&statement) {
        Ok(life) => life.key,
        Err(refusal) => return Err(SideError::Signer(index, refusal)),
    };
    statement
        .verify(&key)
        .map_err(|_| SideError::Signature(index))
}
