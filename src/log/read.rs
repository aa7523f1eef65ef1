//! Where evidence comes from: a folder, memory, later a web address. Whoever
//! reads a ledger reads it through [`Evidence`].

use std::fmt;

use crate::digest::ContentDigest;
use crate::encoding::note::MAX_NOTE;
use crate::merkle::tile::{Row, TILE_WIDTH, TileId};
use crate::merkle::{Tree, leaf_hash};

use super::checkpoint::{CheckpointError, SignedCheckpoint};
use super::entries::{BundleError, read_bundle};

/// One thing a ledger is made of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item {
    /// The newest signed checkpoint.
    Checkpoint,
    /// A tile or bundle.
    Tile(TileId),
    /// A document's bytes, by digest.
    Content(ContentDigest),
    /// A published file about keys, by its name.
    Public(String),
    /// A checkpoint of a size with cosignatures of witnesses.
    Cosigned(u64),
    /// A signed checkpoint of this ledger that was stamped, or is to be, by the
    /// SHA-256 of its note.
    Stamped(ContentDigest),
    /// A time stamp, by the SHA-256 of what it is about and its own.
    Stamp {
        /// Of the bytes of a stamped checkpoint, or of another stamp.
        about: ContentDigest,
        /// Of the authority's reply.
        reply: ContentDigest,
    },
}

/// Something seen while looking at everything there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A thing with a place of its own.
    Item(Item),
    /// A file without one, by its path.
    Stray(String),
    /// A symbolic link, by its path. None is followed.
    Link(String),
}

/// Why a thing could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct EvidenceError {
    /// Where.
    pub path: String,
    /// What is wrong.
    pub problem: EvidenceProblem,
}

/// What can keep a thing from being read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceProblem {
    /// Links inside a ledger are refused.
    #[error("is a symbolic link; a ledger has none")]
    Link,
    /// Longer than anything that belongs there.
    #[error("is longer than {0} bytes, the most its kind can have")]
    TooLong(u64),
    /// A folder or device stands in its place.
    #[error("is not a plain file")]
    NotAFile,
    /// The system's own words.
    #[error("{0}")]
    System(String),
}

impl EvidenceError {
    /// Whether the system refused, so that nothing is known of what is there.
    #[must_use]
    pub fn is_of_system(&self) -> bool {
        matches!(self.problem, EvidenceProblem::System(_))
    }
}

/// A place a ledger can be read from. Reading takes no lock.
pub trait Evidence {
    /// Reads a thing of at most `limit` bytes; `None` if it is not there.
    ///
    /// # Errors
    /// If it is there and can't be read, or is longer.
    fn read(&self, item: &Item, limit: u64) -> Result<Option<Vec<u8>>, EvidenceError>;

    /// Hashes a document's bytes as they are, with their length; `None` if
    /// they are not there.
    ///
    /// # Errors
    /// If they are there and can't be read.
    fn hash(&self, digest: &ContentDigest) -> Result<Option<(ContentDigest, u64)>, EvidenceError>;

    /// Shows everything there is, in no particular order.
    ///
    /// # Errors
    /// If a folder can't be listed.
    fn everything(&self, show: &mut dyn FnMut(Found)) -> Result<(), EvidenceError>;

    /// Where a thing stands or should stand, for messages.
    fn place(&self, item: &Item) -> String;
}

/// Why a log could not be read as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// Something could not be read.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// Something is not there.
    #[error("{0} is missing")]
    Missing(String),
    /// The checkpoint is none.
    #[error("{path}: {error}")]
    Checkpoint {
        /// Where.
        path: String,
        /// Why.
        error: CheckpointError,
    },
    /// A bundle is damaged.
    #[error("{path}: {error}")]
    Bundle {
        /// Where.
        path: String,
        /// Why.
        error: BundleError,
    },
    /// The entries don't have the root the checkpoint says.
    #[error("the entries do not have the root that the checkpoint names")]
    Root,
    /// What stands there has not the hash that the tree gives it.
    #[error("{0} does not have the hash that the tree under the checkpoint gives it")]
    Unproven(String),
}

/// The longest bundle: 256 entries of 65,535 bytes behind their lengths.
const MAX_BUNDLE: u64 = TILE_WIDTH * (2 + 65_535);
/// The longest tile.
const MAX_TILE: u64 = TILE_WIDTH * 32;

/// Reads this very tile or bundle; `None` if it is not there.
///
/// # Errors
/// If it is there and can't be read, or is longer than its row allows.
pub fn read_exact_tile(
    evidence: &(impl Evidence + ?Sized),
    tile: TileId,
) -> Result<Option<Vec<u8>>, EvidenceError> {
    let limit = if tile.row() == Row::Entries {
        MAX_BUNDLE
    } else {
        MAX_TILE
    };
    evidence.read(&Item::Tile(tile), limit)
}

/// Reads a tile or bundle; of a partial one that is gone, the full one.
/// Tells which was found.
///
/// # Errors
/// If it is there and can't be read.
pub fn read_tile(
    evidence: &(impl Evidence + ?Sized),
    tile: TileId,
) -> Result<Option<(TileId, Vec<u8>)>, EvidenceError> {
    if let Some(bytes) = read_exact_tile(evidence, tile)? {
        return Ok(Some((tile, bytes)));
    }
    if tile.is_full() {
        return Ok(None);
    }
    let full = read_exact_tile(evidence, tile.full())?;
    Ok(full.map(|bytes| (tile.full(), bytes)))
}

/// Reads the checkpoint. Its signature is left to the caller.
///
/// # Errors
/// If it is missing, can't be read, or is none.
pub fn read_checkpoint(evidence: &(impl Evidence + ?Sized)) -> Result<SignedCheckpoint, LoadError> {
    let place = evidence.place(&Item::Checkpoint);
    let bytes = evidence.read(&Item::Checkpoint, MAX_NOTE as u64)?;
    let bytes = bytes.ok_or_else(|| LoadError::Missing(place.clone()))?;
    SignedCheckpoint::parse(&bytes).map_err(|error| LoadError::Checkpoint { path: place, error })
}

/// Reads the checkpoint and every entry under it, and compares the root. What
/// `visit` was shown counts only if this succeeds. The checkpoint's signature
/// is left to the caller, who learns its key from the entries.
///
/// # Errors
/// If something is missing, damaged, or does not have the checkpoint's root.
pub fn read_log(
    evidence: &(impl Evidence + ?Sized),
    mut visit: impl FnMut(u64, &[u8]),
) -> Result<(SignedCheckpoint, Tree), LoadError> {
    let checkpoint = read_checkpoint(evidence)?;
    let size = checkpoint.unverified().size;
    let mut tree = Tree::new();
    while tree.size() < size {
        let number = tree.size() / TILE_WIDTH;
        let width = (size - tree.size()).min(TILE_WIDTH);
        let tile = u16::try_from(width)
            .ok()
            .and_then(|width| TileId::new(Row::Entries, number, width));
        let tile = tile.ok_or(LoadError::Root)?;
        let found = read_tile(evidence, tile)?;
        let missing = || LoadError::Missing(evidence.place(&Item::Tile(tile)));
        let (found, bytes) = found.ok_or_else(missing)?;
        let entries = read_bundle(&bytes, found.width()).map_err(|error| LoadError::Bundle {
            path: evidence.place(&Item::Tile(found)),
            error,
        })?;
        for entry in entries.into_iter().take(usize::from(tile.width())) {
            visit(tree.size(), entry);
            tree.push(leaf_hash(entry));
        }
    }
    if tree.root() != checkpoint.unverified().root {
        return Err(LoadError::Root);
    }
    Ok((checkpoint, tree))
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Checkpoint => write!(f, "checkpoint"),
            Self::Tile(tile) => write!(f, "{tile}"),
            Self::Content(digest) => write!(f, "document {digest}"),
            Self::Public(name) => write!(f, "{name}"),
            Self::Cosigned(size) => write!(f, "cosigned checkpoint of {size} entries"),
            Self::Stamped(digest) => write!(f, "stamped checkpoint {digest}"),
            Self::Stamp { reply, .. } => write!(f, "time stamp {reply}"),
        }
    }
}
