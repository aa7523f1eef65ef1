//! Enough of a tree to prove some of its entries: the roots it had are worked
//! out from their leaf hashes and from the hashes of everything beside them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::ProofError;
use super::hash::{empty_root, node_hash};
use super::tree::{Roots, Tree, split};
use crate::digest::{LeafHash, TreeHash};

/// The hash of the entries `start` … `end`-1 (RFC 6962 §2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subtree {
    /// The first entry.
    pub start: u64,
    /// The entry after the last.
    pub end: u64,
    /// Their hash.
    pub hash: TreeHash,
}

/// What has to be worked out from hashes: some entries, and older sizes.
#[derive(Debug, Clone, Default)]
struct Wanted {
    entries: BTreeSet<u64>,
    sizes: BTreeSet<u64>,
}

impl Wanted {
    /// Whether all of it lies within a tree of so many entries.
    fn fits(&self, size: u64) -> bool {
        self.entries.last().is_none_or(|last| *last < size)
            && self.sizes.last().is_none_or(|last| *last <= size)
    }

    /// Whether a range of several entries must be split.
    fn splits(&self, start: u64, end: u64) -> bool {
        self.entries.range(start..end).next().is_some()
            || self.sizes.range(start + 1..end).next().is_some()
    }
}

/// The subtrees of a tree of `size` entries that, with the leaf hashes of the
/// given entries, lead to its root and to those it had at the older sizes: as
/// few as there can be, from left to right.
///
/// # Errors
/// If the tree never had that size, or something wanted lies outside it.
pub fn prove_partial(
    tree: &Tree,
    size: u64,
    entries: &BTreeSet<u64>,
    sizes: &BTreeSet<u64>,
) -> Result<Vec<Subtree>, ProofError> {
    let wanted = Wanted {
        entries: entries.clone(),
        sizes: sizes.clone(),
    };
    if size == 0 || size > tree.size() || !wanted.fits(size) {
        return Err(ProofError::OutOfRange);
    }
    let mut subtrees = Vec::new();
    collect(tree, &wanted, (0, size), &mut subtrees);
    Ok(subtrees)
}

fn collect(tree: &Tree, wanted: &Wanted, (start, end): (u64, u64), found: &mut Vec<Subtree>) {
    if !wanted.splits(start, end) {
        let hash = tree.range_root(start, end);
        found.push(Subtree { start, end, hash });
    } else if end - start > 1 {
        let middle = start + split(end - start);
        collect(tree, wanted, (start, middle), found);
        collect(tree, wanted, (middle, end), found);
    }
}

/// A tree known by some of its entries.
#[derive(Debug, Clone)]
pub struct PartialTree {
    size: u64,
    root: TreeHash,
    /// All hashes that are known, by the ranges they cover.
    nodes: HashMap<(u64, u64), TreeHash>,
}

impl PartialTree {
    /// Works the tree out. Exactly the subtrees of [`prove_partial`] must be
    /// given, in its order. That the root is the right one is for the caller to
    /// compare.
    ///
    /// # Errors
    /// If a subtree is missing, out of its place or one too many, or something
    /// wanted lies outside the tree.
    pub fn new(
        size: u64,
        leaves: &BTreeMap<u64, LeafHash>,
        sizes: &BTreeSet<u64>,
        subtrees: &[Subtree],
    ) -> Result<Self, ProofError> {
        let wanted = Wanted {
            entries: leaves.keys().copied().collect(),
            sizes: sizes.clone(),
        };
        if size == 0 || !wanted.fits(size) {
            return Err(ProofError::OutOfRange);
        }
        let mut build = Build {
            leaves,
            wanted: &wanted,
            given: subtrees.iter(),
            nodes: HashMap::new(),
        };
        let root = build.node(0, size)?;
        if build.given.next().is_some() {
            return Err(ProofError::WrongLength);
        }
        Ok(Self {
            size,
            root,
            nodes: build.nodes,
        })
    }

    /// The root that everything leads to.
    #[must_use]
    pub fn root(&self) -> TreeHash {
        self.root
    }
}

impl Roots for PartialTree {
    fn root_at(&self, size: u64) -> Option<TreeHash> {
        if size == 0 {
            return Some(empty_root());
        }
        if size > self.size {
            return None;
        }
        let (mut start, mut left) = (0, Vec::new());
        // Down the right edge: everything left of it is a complete subtree.
        let mut root = loop {
            if let Some(hash) = self.nodes.get(&(start, size)) {
                break *hash;
            }
            if size - start < 2 {
                return None;
            }
            let middle = start + split(size - start);
            left.push(*self.nodes.get(&(start, middle))?);
            start = middle;
        };
        while let Some(hash) = left.pop() {
            root = node_hash(&hash, &root);
        }
        Some(root)
    }
}

struct Build<'a> {
    leaves: &'a BTreeMap<u64, LeafHash>,
    wanted: &'a Wanted,
    given: std::slice::Iter<'a, Subtree>,
    nodes: HashMap<(u64, u64), TreeHash>,
}

impl Build<'_> {
    /// The hash of a range; at most 64 deep.
    fn node(&mut self, start: u64, end: u64) -> Result<TreeHash, ProofError> {
        let hash = if !self.wanted.splits(start, end) {
            let given = self.given.next().ok_or(ProofError::WrongLength)?;
            if (given.start, given.end) != (start, end) {
                return Err(ProofError::OutOfRange);
            }
            given.hash
        } else if end - start > 1 {
            let middle = start + split(end - start);
            let left = self.node(start, middle)?;
            node_hash(&left, &self.node(middle, end)?)
        } else {
            let leaf = self.leaves.get(&start).ok_or(ProofError::OutOfRange)?;
            TreeHash::from(*leaf)
        };
        self.nodes.insert((start, end), hash);
        Ok(hash)
    }
}

#[cfg(test)]
mod tests {
    use super::super::leaf_hash;
    use super::*;

    fn tree(size: u8) -> Tree {
        let mut tree = Tree::new();
        for number in 0..size {
            tree.push(leaf_hash(&[number]));
        }
        tree
    }

    fn leaves(tree: &Tree, entries: &BTreeSet<u64>) -> BTreeMap<u64, LeafHash> {
        let leaf = |index: &u64| (*index, tree.leaf(*index).expect("within"));
        entries.iter().map(leaf).collect()
    }

    #[test]
    fn every_pair_of_entries_and_every_older_size_leads_to_the_roots() {
        for size in 1..=20_u8 {
            let tree = tree(size);
            let size = u64::from(size);
            for first in 0..size {
                for older in 0..=size {
                    let entries = BTreeSet::from([first, size - 1]);
                    let sizes = BTreeSet::from([older]);
                    let subtrees = prove_partial(&tree, size, &entries, &sizes).expect("in range");
                    let leaves = leaves(&tree, &entries);
                    let partial =
                        PartialTree::new(size, &leaves, &sizes, &subtrees).expect("leads there");
                    assert_eq!(partial.root(), tree.root());
                    assert_eq!(partial.root_at(older), tree.root_at(older));
                    assert_eq!(
                        partial.root_at(first),
                        tree.root_at(first),
                        "left of an entry"
                    );
                    assert_eq!(partial.root_at(size + 1), None);
                }
            }
        }
    }

    #[test]
    fn a_size_that_was_not_wanted_is_unknown_rather_than_wrong() {
        let tree = tree(16);
        let entries = BTreeSet::from([3]);
        let subtrees = prove_partial(&tree, 16, &entries, &BTreeSet::new()).expect("in range");
        let leaves = leaves(&tree, &entries);
        let partial =
            PartialTree::new(16, &leaves, &BTreeSet::new(), &subtrees).expect("leads there");
        for size in 0..=16 {
            let root = partial.root_at(size);
            assert!(root.is_none() || root == tree.root_at(size), "{size}");
        }
        assert_eq!(partial.root_at(11), None);
    }

    #[test]
    fn a_subtree_more_less_or_elsewhere_is_refused() {
        let tree = tree(13);
        let (entries, sizes) = (BTreeSet::from([2, 9]), BTreeSet::from([7]));
        let subtrees = prove_partial(&tree, 13, &entries, &sizes).expect("in range");
        let leaves = leaves(&tree, &entries);
        let new = |subtrees: &[Subtree]| PartialTree::new(13, &leaves, &sizes, subtrees);
        assert_eq!(new(&subtrees).expect("leads there").root(), tree.root());
        for place in 0..subtrees.len() {
            let mut less = subtrees.clone();
            less.remove(place);
            assert!(new(&less).is_err(), "without {place}");
            let mut twice = subtrees.clone();
            twice.insert(place, subtrees[place]);
            assert!(new(&twice).is_err(), "{place} twice");
            let mut moved = subtrees.clone();
            moved[place].end += 1;
            assert!(new(&moved).is_err(), "{place} moved");
            let mut other = subtrees.clone();
            other[place].hash = leaf_hash(b"other").into();
            assert_ne!(new(&other).expect("leads elsewhere").root(), tree.root());
        }
    }

    #[test]
    fn what_lies_outside_is_refused_at_once() {
        let tree = tree(5);
        let none = BTreeSet::new();
        for (size, entries, sizes) in [
            (0, none.clone(), none.clone()),
            (6, none.clone(), none.clone()),
            (5, BTreeSet::from([5]), none.clone()),
            (5, none.clone(), BTreeSet::from([6])),
        ] {
            assert!(prove_partial(&tree, size, &entries, &sizes).is_err());
        }
        let leaf = leaf_hash(b"x");
        let huge = PartialTree::new(u64::MAX, &BTreeMap::from([(1 << 40, leaf)]), &none, &[]);
        assert_eq!(huge.err(), Some(ProofError::WrongLength));
        let beyond = PartialTree::new(5, &BTreeMap::from([(5, leaf)]), &none, &[]);
        assert_eq!(beyond.err(), Some(ProofError::OutOfRange));
    }
}
