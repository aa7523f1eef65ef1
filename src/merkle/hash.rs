//! RFC 6962 §2.1 hashing.

use sha2::{Digest as _, Sha256};

use crate::digest::{LeafHash, TreeHash};

/// SHA-256(0x00 ‖ entry).
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> LeafHash {
    LeafHash::from_bytes(
        Sha256::new()
            .chain_update([0x00])
            .chain_update(entry)
            .finalize()
            .into(),
    )
}

/// SHA-256(0x01 ‖ left ‖ right).
#[must_use]
pub fn node_hash(left: &TreeHash, right: &TreeHash) -> TreeHash {
    let hash = Sha256::new()
        .chain_update([0x01])
        .chain_update(left.as_bytes())
        .chain_update(right.as_bytes());
    TreeHash::from_bytes(hash.finalize().into())
}

/// The root of the tree without entries: SHA-256 of nothing.
#[must_use]
pub fn empty_root() -> TreeHash {
    TreeHash::from_bytes(Sha256::digest([]).into())
}
