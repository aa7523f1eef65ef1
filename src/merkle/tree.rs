//! A tree held in memory as the hashes of its complete subtrees.

use super::hash::{empty_root, node_hash};
use crate::digest::{LeafHash, TreeHash};

/// The roots that a log had.
pub trait Roots {
    /// The root when it had `size` entries; `None` if it never had so many, or
    /// that is not known.
    fn root_at(&self, size: u64) -> Option<TreeHash>;
}

impl Roots for Tree {
    fn root_at(&self, size: u64) -> Option<TreeHash> {
        self.root_at(size)
    }
}

/// All complete subtrees of a growing tree, 64 bytes an entry.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// `levels[h][i]` is the hash of entries i·2^h … (i+1)·2^h.
    levels: Vec<Vec<TreeHash>>,
}

impl Tree {
    /// A tree without entries.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many entries it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// Appends one entry.
    pub fn push(&mut self, leaf: LeafHash) {
        let mut hash = TreeHash::from(leaf);
        for height in 0.. {
            if self.levels.len() == height {
                self.levels.push(Vec::new());
            }
            let level = &mut self.levels[height];
            level.push(hash);
            if level.len() % 2 == 1 {
                return;
            }
            hash = node_hash(&level[level.len() - 2], &level[level.len() - 1]);
        }
    }

    /// The hash of the complete subtree of 2^`height` entries number `index`.
    #[must_use]
    pub fn subtree(&self, height: usize, index: u64) -> Option<TreeHash> {
        let index = usize::try_from(index).ok()?;
        self.levels.get(height)?.get(index).copied()
    }

    /// The leaf hash of entry `index`.
    #[must_use]
    pub fn leaf(&self, index: u64) -> Option<LeafHash> {
        self.subtree(0, index)
            .map(|hash| LeafHash::from_bytes(*hash.as_bytes()))
    }

    /// The root of all entries.
    #[must_use]
    pub fn root(&self) -> TreeHash {
        self.root_at(self.size())
            .expect("the tree has its own size")
    }

    /// The root when it had `size` entries; `None` if it never had so many.
    #[must_use]
    pub fn root_at(&self, size: u64) -> Option<TreeHash> {
        if size > self.size() {
            return None;
        }
        Some(if size == 0 {
            empty_root()
        } else {
            self.range_root(0, size)
        })
    }

    /// RFC 6962 MTH(D[start:end]); `start` is a multiple of the largest power
    /// of two not above the length, and `end` is within the tree.
    pub(super) fn range_root(&self, start: u64, end: u64) -> TreeHash {
        let length = end - start;
        if length.is_power_of_two() {
            let height = length.trailing_zeros();
            return self
                .subtree(height as usize, start >> height)
                .expect("complete subtrees within the tree are held");
        }
        let middle = start + split(length);
        node_hash(
            &self.range_root(start, middle),
            &self.range_root(middle, end),
        )
    }
}

/// The largest power of two below `length`, which is at least 2.
pub(super) fn split(length: u64) -> u64 {
    1 << (u64::BITS - 1 - (length - 1).leading_zeros())
}

#[cfg(test)]
mod tests {
    use super::super::leaf_hash;
    use super::*;

    /// RFC 6962 §2.1, word for word.
    fn by_definition(leaves: &[LeafHash]) -> TreeHash {
        match leaves {
            [] => empty_root(),
            [leaf] => (*leaf).into(),
            _ => {
                let (left, right) = leaves.split_at(split(leaves.len() as u64) as usize);
                node_hash(&by_definition(left), &by_definition(right))
            }
        }
    }

    #[test]
    fn every_root_of_every_small_tree_follows_the_definition() {
        let leaves: Vec<_> = (0..70_u8).map(|n| leaf_hash(&[n])).collect();
        let mut tree = Tree::new();
        assert_eq!(tree.root(), empty_root());
        for leaf in &leaves {
            tree.push(*leaf);
        }
        for size in 0..=leaves.len() {
            assert_eq!(
                tree.root_at(size as u64),
                Some(by_definition(&leaves[..size])),
                "{size}"
            );
        }
        assert_eq!(tree.root_at(71), None);
    }
}
