//! Plans an append: which files of the log it adds, with their bytes, and
//! which head results. Nothing is written here.

use crate::digest::TreeHash;
use crate::merkle::tile::{Row, TILE_WIDTH, TileId, tiles_between};
use crate::merkle::{Tree, leaf_hash};

use super::entries::write_bundle;

/// Why an append can't be planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// An entry does not fit a bundle.
    #[error("an entry has 1 to 65,535 bytes")]
    EntrySize,
    /// The caller's entries don't belong to the tree.
    #[error("the entries of the last, partial bundle do not match the tree")]
    Tail,
}

/// A log that is about to grow: its tree, and the entries of its last bundle
/// if that one is partial.
#[derive(Debug, Clone, Default)]
pub struct Growth {
    tree: Tree,
    tail: Vec<Vec<u8>>,
}

/// What an append adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Append {
    /// Size before.
    pub old_size: u64,
    /// Size after.
    pub new_size: u64,
    /// Root after.
    pub new_root: TreeHash,
    /// Bundles and tiles to write, with their bytes.
    pub tiles: Vec<(TileId, Vec<u8>)>,
    /// Full ones among them, whose partial forerunners may go once the new
    /// head is published.
    pub superseding: Vec<TileId>,
}

impl Growth {
    /// Continues a log.
    ///
    /// # Errors
    /// If `tail` is not the entries of the tree's last, partial bundle.
    pub fn new(tree: Tree, tail: Vec<Vec<u8>>) -> Result<Self, AppendError> {
        let first = tree.size() / TILE_WIDTH * TILE_WIDTH;
        let expected = (first..tree.size()).map(|index| tree.leaf(index));
        let given = tail.iter().map(|entry| Some(leaf_hash(entry)));
        if expected.eq(given) {
            Ok(Self { tree, tail })
        } else {
            Err(AppendError::Tail)
        }
    }

    /// The tree so far.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Appends entries and tells which files that adds.
    ///
    /// # Errors
    /// If an entry does not fit a bundle; nothing is appended then.
    pub fn append(&mut self, entries: Vec<Vec<u8>>) -> Result<Append, AppendError> {
        if entries
            .iter()
            .any(|entry| entry.is_empty() || entry.len() > usize::from(u16::MAX))
        {
            return Err(AppendError::EntrySize);
        }
        let old_size = self.tree.size();
        for entry in &entries {
            self.tree.push(leaf_hash(entry));
        }
        let first_held = old_size - self.tail.len() as u64;
        self.tail.extend(entries);
        let new_size = self.tree.size();
        let tiles: Vec<_> = tiles_between(old_size, new_size)
            .into_iter()
            .map(|tile| Some((tile, self.contents(&tile, first_held)?)))
            .collect::<Option<_>>()
            .ok_or(AppendError::EntrySize)?;
        let full_until = new_size / TILE_WIDTH * TILE_WIDTH;
        self.tail
            .drain(..usize::try_from(full_until.saturating_sub(first_held)).unwrap_or(0));
        let superseding = tiles
            .iter()
            .map(|(tile, _)| *tile)
            .filter(TileId::is_full)
            .collect();
        Ok(Append {
            old_size,
            new_size,
            new_root: self.tree.root(),
            tiles,
            superseding,
        })
    }

    fn contents(&self, tile: &TileId, first_held: u64) -> Option<Vec<u8>> {
        if tile.row() != Row::Entries {
            return tile.hashes(&self.tree);
        }
        let start = usize::try_from(tile.first_item().checked_sub(first_held)?).ok()?;
        write_bundle(self.tail.get(start..start + usize::from(tile.width()))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn entry(index: u64) -> Vec<u8> {
        format!("entry {index}").into_bytes()
    }

    #[test]
    fn any_sequence_of_appends_gives_the_files_of_one_append() {
        let mut at_once = Growth::default();
        let all = at_once
            .append((0..700).map(entry).collect())
            .expect("planned");
        let mut growth = Growth::default();
        let mut files = BTreeMap::new();
        let mut next = 0;
        for step in [1, 1, 253, 1, 1, 300, 100, 43] {
            let append = growth
                .append((next..next + step).map(entry).collect())
                .expect("planned");
            assert_eq!((append.old_size, append.new_size), (next, next + step));
            next += step;
            files.extend(append.tiles);
            for full in append.superseding {
                files.retain(|tile: &TileId, _| tile.full() != full || tile.is_full());
            }
        }
        assert_eq!(growth.tree().root(), all.new_root);
        for (tile, bytes) in all.tiles {
            assert_eq!(files.get(&tile), Some(&bytes), "{tile}");
        }
    }

    #[test]
    fn continuing_needs_the_right_tail() {
        let mut growth = Growth::default();
        growth
            .append((0..258).map(entry).collect())
            .expect("planned");
        let tree = growth.tree().clone();
        assert!(Growth::new(tree.clone(), vec![entry(256), entry(257)]).is_ok());
        assert!(Growth::new(tree.clone(), vec![entry(256)]).is_err());
        assert!(Growth::new(tree, vec![entry(256), entry(256)]).is_err());
    }
}
