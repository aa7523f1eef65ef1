//! RFC 6962 / RFC 9162 Merkle trees over SHA-256: hashing, proofs, tiles.
//! Arithmetic only; nothing is stored or read here.

mod consistency;
mod hash;
mod inclusion;
mod partial;
pub mod tile;
mod tree;

pub use consistency::{consistency_root, prove_consistency, verify_consistency};
pub use hash::{empty_root, leaf_hash, node_hash};
pub use inclusion::{inclusion_root, prove_inclusion, verify_inclusion};
pub use partial::{PartialTree, Subtree, prove_partial};
pub use tree::{Roots, Tree};

/// A proof that does not lead to the root it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The index is not below the tree's size, or the sizes are in the wrong order.
    #[error("the position lies outside the tree")]
    OutOfRange,
    /// More or fewer hashes than the position needs.
    #[error("the proof has the wrong number of hashes")]
    WrongLength,
    /// The hashes lead to another root.
    #[error("the proof leads to another root")]
    WrongRoot,
}
