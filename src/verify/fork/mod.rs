//! Fork evidence: a file that proves to anyone who has the ledger id that the
//! ledger's checkpoint key signed two histories that can't both be true.
//!
//! Nothing else is read: no ledger, no clock. What either history says beyond
//! its keys, and which of them is the better one, is not judged.

mod chain;
mod evidence;

use crate::digest::{LeafHash, LedgerId, Thumbprint, TreeHash};
use crate::encoding::cbor::CborError;
use crate::encoding::fields::FieldError;
use crate::log::{Checkpoint, SignedCheckpoint};
use crate::merkle::{ProofError, leaf_hash, verify_consistency, verify_inclusion};

pub use chain::SideError;
pub(super) use evidence::{Chain, Conflict, Decided, Fork, Leaf, Newest, Older, Side};

/// Which of the two histories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The one with fewer entries; of as many, the one of the lower root.
    First,
    /// The other one.
    Second,
}

impl std::fmt::Display for Which {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::First => "the first history",
            Self::Second => "the second history",
        })
    }
}

/// Why a file proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ForkError {
    /// The file is no deterministic CBOR.
    #[error("it is not in the one accepted form: {0}")]
    Cbor(#[from] CborError),
    /// A field of it.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// A field that this version does not know.
    #[error("it holds the field {0}, which is not known")]
    Unknown(String),
    /// It is about another ledger.
    #[error("it is about the ledger {0}")]
    OtherLedger(LedgerId),
    /// The two heads come in one order.
    #[error("its two heads are one and the same, or in the wrong order")]
    Order,
    /// One of the histories.
    #[error("{which}: {error}")]
    Side {
        /// Which.
        which: Which,
        /// Why.
        error: SideError,
    },
    /// Of one history at least, the governance entries are needed.
    #[error("neither history shows whose key signed it")]
    NoGovernance,
    /// A checkpoint alone is judged by the other history's keys, which must
    /// reach so far.
    #[error("{0} is a checkpoint alone, of more entries than the other history has")]
    KeyUnknown(Which),
    /// A proof of the contradiction.
    #[error("the contradiction is not proven: {0}")]
    Proof(#[from] ProofError),
    /// The two histories have the same there.
    #[error("the two histories do not contradict each other there")]
    NoConflict,
}

impl ForkError {
    fn of(which: Which) -> impl Fn(SideError) -> Self {
        move |error| Self::Side { which, error }
    }
}

/// A head of a history, and the key that signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHead {
    /// Number of entries.
    pub size: u64,
    /// Their root.
    pub root: TreeHash,
    /// The checkpoint key that was in force then.
    pub key: Thumbprint,
}

/// Where two histories contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contradiction {
    /// Of so many entries, the second history had another root than the first.
    Roots {
        /// How many entries.
        size: u64,
        /// In the first history.
        first: TreeHash,
        /// In the second.
        second: TreeHash,
    },
    /// They have two entries in one place.
    Leaves {
        /// Which place.
        index: u64,
        /// In the first history.
        first: LeafHash,
        /// In the second.
        second: LeafHash,
    },
}

/// A fork that was proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenFork {
    /// The origin of both checkpoints.
    pub origin: String,
    /// The history with fewer entries; of as many, the one of the lower root.
    pub first: SignedHead,
    /// The other one.
    pub second: SignedHead,
    /// Where they contradict each other.
    pub contradiction: Contradiction,
}

/// Checks fork evidence by the ledger id alone. What comes out is proven:
/// whoever held the checkpoint key of that ledger signed both heads, and they
/// can't both be true.
///
/// # Errors
/// Why the file proves nothing.
pub fn verify_fork(bytes: &[u8], id: LedgerId) -> Result<ProvenFork, ForkError> {
    let fork = Fork::decode(bytes)?;
    let found = LedgerId::from(leaf_hash(&fork.opening));
    if found != id {
        return Err(ForkError::OtherLedger(found));
    }
    let one = parse(Which::First, &fork.first)?;
    let other = parse(Which::Second, &fork.second)?;
    let place = |signed: &SignedCheckpoint| (signed.unverified().size, signed.unverified().root);
    if place(&one) >= place(&other) {
        return Err(ForkError::Order);
    }
    let first = signed_head(&fork, Which::First, &one, &other)?;
    let second = signed_head(&fork, Which::Second, &other, &one)?;
    let contradiction = contradiction(&fork.conflict, &first, &second)?;
    Ok(ProvenFork {
        origin: one.unverified().origin.clone(),
        first,
        second,
        contradiction,
    })
}

fn parse(which: Which, side: &Side) -> Result<SignedCheckpoint, ForkError> {
    let parsed = SignedCheckpoint::parse(&side.checkpoint);
    parsed.map_err(|error| ForkError::of(which)(error.into()))
}

/// A head, if it is signed by the key in force at its size: by its own governance
/// entries or, of a checkpoint alone, by those of the other history up to there.
fn signed_head(
    fork: &Fork,
    which: Which,
    signed: &SignedCheckpoint,
    other: &SignedCheckpoint,
) -> Result<SignedHead, ForkError> {
    let (own, others) = match which {
        Which::First => (&fork.first, &fork.second),
        Which::Second => (&fork.second, &fork.first),
    };
    let (chain, under) = match (&own.governance, &others.governance) {
        (Some(chain), _) => (chain, signed.unverified()),
        (None, Some(chain)) => (chain, other.unverified()),
        (None, None) => return Err(ForkError::NoGovernance),
    };
    if under.size < signed.unverified().size {
        return Err(ForkError::KeyUnknown(which));
    }
    let judged = judge(&fork.opening, chain, under, signed);
    let (head, note) = judged.map_err(ForkError::of(which))?;
    if note.as_bytes() == own.checkpoint {
        Ok(head)
    } else {
        Err(ForkError::of(which)(SideError::NotAlone))
    }
}

/// A checkpoint, if it is signed by the key in force at its size; and its note
/// as evidence holds it. The chain is proven under a head of at least that size.
///
/// # Errors
/// If it is not, or that is not shown.
fn judge(
    opening: &[u8],
    chain: &Chain,
    under: &Checkpoint,
    signed: &SignedCheckpoint,
) -> Result<(SignedHead, String), SideError> {
    let Checkpoint { origin, size, root } = signed.unverified();
    if *size == 0 {
        return Err(SideError::NoEntries);
    }
    let authority = chain::replay(opening, chain, (under.size, under.root), *size)?;
    if origin != authority.origin() {
        return Err(SideError::Origin(authority.origin().to_owned()));
    }
    let key = authority.checkpoint_key(*size);
    let note = signed.alone(key)?;
    let head = SignedHead {
        size: *size,
        root: *root,
        key: key.thumbprint(),
    };
    Ok((head, note))
}

/// What a conflict comes to under two heads.
///
/// # Errors
/// If a proof does not lead to its head, or there is no contradiction.
fn contradiction(
    conflict: &Conflict,
    first: &SignedHead,
    second: &SignedHead,
) -> Result<Contradiction, ForkError> {
    let contradiction = match conflict {
        Conflict::Roots(Older { root, growth }) => {
            verify_consistency((first.size, *root), (second.size, second.root), growth)?;
            Contradiction::Roots {
                size: first.size,
                first: first.root,
                second: *root,
            }
        }
        Conflict::Leaves {
            index,
            first: one,
            second: other,
        } => {
            for (head, it) in [(first, one), (second, other)] {
                verify_inclusion(it.leaf, *index, head.size, &it.inclusion, head.root)?;
            }
            Contradiction::Leaves {
                index: *index,
                first: one.leaf,
                second: other.leaf,
            }
        }
    };
    let agree = match contradiction {
        Contradiction::Roots { first, second, .. } => first == second,
        Contradiction::Leaves { first, second, .. } => first == second,
    };
    if agree {
        return Err(ForkError::NoConflict);
    }
    Ok(contradiction)
}
