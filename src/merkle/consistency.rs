//! Consistency proofs (RFC 9162 §2.1.4).

use super::ProofError;
use super::hash::node_hash;
use super::tree::{Tree, split};
use crate::digest::TreeHash;

/// The proof that the tree of `new` entries extends the one of `old`.
///
/// # Errors
/// If `old` is 0 or above `new`, or the tree never had `new` entries.
pub fn prove_consistency(tree: &Tree, old: u64, new: u64) -> Result<Vec<TreeHash>, ProofError> {
    if old == 0 || old > new || new > tree.size() {
        return Err(ProofError::OutOfRange);
    }
    let (mut start, mut end) = (0, new);
    let mut path = Vec::new();
    // RFC 9162 §2.1.4.1 SUBPROOF: walk down to the old tree's right edge.
    while end != old {
        let middle = start + split(end - start);
        if old <= middle {
            path.push(tree.range_root(middle, end));
            end = middle;
        } else {
            path.push(tree.range_root(start, middle));
            start = middle;
        }
    }
    if start != 0 {
        path.push(tree.range_root(start, end));
    }
    path.reverse();
    Ok(path)
}

/// Checks that the tree (`new`, `new_root`) extends the tree (`old`, `old_root`).
///
/// # Errors
/// If the sizes are 0 or out of order, or the proof does not lead to both roots.
pub fn verify_consistency(
    (old, old_root): (u64, TreeHash),
    (new, new_root): (u64, TreeHash),
    path: &[TreeHash],
) -> Result<(), ProofError> {
    if consistency_root((old, old_root), new, path)? == new_root {
        Ok(())
    } else {
        Err(ProofError::WrongRoot)
    }
}

/// The root of `new` entries that a proof leads to from the tree (`old`,
/// `old_root`): what a receipt of consistency signs (RFC 9942).
///
/// # Errors
/// If the sizes are 0 or out of order, or the proof does not begin at that tree.
pub fn consistency_root(
    (old, old_root): (u64, TreeHash),
    new: u64,
    path: &[TreeHash],
) -> Result<TreeHash, ProofError> {
    if old == 0 || old > new {
        return Err(ProofError::OutOfRange);
    }
    if old == new {
        return match path {
            [] => Ok(old_root),
            _ => Err(ProofError::WrongLength),
        };
    }
    // RFC 9162 §2.1.4.2: an old tree that is complete is its own first hash.
    let (first, rest) = if old.is_power_of_two() {
        (old_root, path)
    } else {
        let (first, rest) = path.split_first().ok_or(ProofError::WrongLength)?;
        (*first, rest)
    };
    let (mut node, mut last) = (old - 1, new - 1);
    let shift = node.trailing_ones();
    (node, last) = (node >> shift, last >> shift);
    let (mut older, mut newer) = (first, first);
    for hash in rest {
        if last == 0 {
            return Err(ProofError::WrongLength);
        }
        if node & 1 == 1 || node == last {
            older = node_hash(hash, &older);
            newer = node_hash(hash, &newer);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            newer = node_hash(&newer, hash);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::WrongLength);
    }
    if older == old_root {
        Ok(newer)
    } else {
        Err(ProofError::WrongRoot)
    }
}

#[cfg(test)]
mod tests {
    use super::super::leaf_hash;
    use super::*;

    #[test]
    fn every_pair_of_small_sizes_proves_and_one_changed_bit_fails() {
        let mut tree = Tree::new();
        for n in 0..40_u8 {
            tree.push(leaf_hash(&[n]));
        }
        for new in 1..=40 {
            for old in 1..=new {
                let roots = [old, new].map(|size| (size, tree.root_at(size).expect("grown")));
                let mut path = prove_consistency(&tree, old, new).expect("in range");
                assert_eq!(
                    verify_consistency(roots[0], roots[1], &path),
                    Ok(()),
                    "{old} {new}"
                );
                for place in 0..path.len() {
                    let mut bytes = *path[place].as_bytes();
                    bytes[31] ^= 1;
                    let good = std::mem::replace(&mut path[place], TreeHash::from_bytes(bytes));
                    assert!(verify_consistency(roots[0], roots[1], &path).is_err());
                    path[place] = good;
                }
            }
        }
        assert_eq!(prove_consistency(&tree, 0, 3), Err(ProofError::OutOfRange));
    }
}
