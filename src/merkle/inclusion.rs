//! Inclusion proofs (RFC 9162 §2.1.3).

use super::ProofError;
use super::hash::node_hash;
use super::tree::{Tree, split};
use crate::digest::{LeafHash, TreeHash};

/// The path of entry `index` in the tree of `size` entries, from the leaf up.
///
/// # Errors
/// If the tree never had that size or the index is not below it.
pub fn prove_inclusion(tree: &Tree, index: u64, size: u64) -> Result<Vec<TreeHash>, ProofError> {
    if index >= size || size > tree.size() {
        return Err(ProofError::OutOfRange);
    }
    let (mut start, mut end) = (0, size);
    let mut path = Vec::new();
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            path.push(tree.range_root(middle, end));
            end = middle;
        } else {
            path.push(tree.range_root(start, middle));
            start = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// Checks that `leaf` is entry `index` of the tree with that size and root.
///
/// # Errors
/// If the index is not below the size, or the path does not lead to the root.
pub fn verify_inclusion(
    leaf: LeafHash,
    index: u64,
    size: u64,
    path: &[TreeHash],
    root: TreeHash,
) -> Result<(), ProofError> {
    if inclusion_root(leaf, index, size, path)? == root {
        Ok(())
    } else {
        Err(ProofError::WrongRoot)
    }
}

/// The root that a path leads to from `leaf` as entry `index` of a tree of `size`
/// entries: what a receipt signs (RFC 9942).
///
/// # Errors
/// If the index is not below the size, or the path has the wrong length.
pub fn inclusion_root(
    leaf: LeafHash,
    index: u64,
    size: u64,
    path: &[TreeHash],
) -> Result<TreeHash, ProofError> {
    if index >= size {
        return Err(ProofError::OutOfRange);
    }
    // RFC 9162 §2.1.3.2.
    let (mut node, mut last) = (index, size - 1);
    let mut hash = TreeHash::from(leaf);
    for sibling in path {
        if last == 0 {
            return Err(ProofError::WrongLength);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::WrongLength);
    }
    Ok(hash)
}

#[cfg(test)]
mod tests {
    use super::super::leaf_hash;
    use super::*;

    #[test]
    fn every_index_of_every_small_tree_proves_and_one_changed_bit_fails() {
        let mut tree = Tree::new();
        for size in 1..=40_u64 {
            tree.push(leaf_hash(&size.to_be_bytes()));
            for index in 0..size {
                let leaf = tree.leaf(index).expect("present");
                let root = tree.root();
                let mut path = prove_inclusion(&tree, index, size).expect("in range");
                assert_eq!(verify_inclusion(leaf, index, size, &path, root), Ok(()));
                assert!(
                    verify_inclusion(leaf, index, size, &path, leaf.into()).is_err() || size == 1
                );
                for place in 0..path.len() {
                    let mut bytes = *path[place].as_bytes();
                    bytes[5] ^= 0x10;
                    let good = std::mem::replace(&mut path[place], TreeHash::from_bytes(bytes));
                    assert_eq!(
                        verify_inclusion(leaf, index, size, &path, root),
                        Err(ProofError::WrongRoot)
                    );
                    path[place] = good;
                }
                path.push(root);
                assert!(verify_inclusion(leaf, index, size, &path, root).is_err());
            }
            assert_eq!(
                prove_inclusion(&tree, size, size),
                Err(ProofError::OutOfRange)
            );
        }
    }
}
