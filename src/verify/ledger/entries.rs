//! Reads the entries, and finds the tree by which they are judged.

use crate::digest::LeafHash;
use crate::log::{
    Item, SignedCheckpoint, leading_entries, read_bundle, read_exact_tile, read_tile,
};
use crate::merkle::tile::{Row, TILE_WIDTH, TileId};
use crate::merkle::{Tree, leaf_hash};
use crate::verify::report::Code;

use super::{Raw, Run};

impl Run<'_> {
    /// Reads every bundle the checkpoint covers. Stops at a second missing one
    /// in a row: a size that nothing backs must not be counted out.
    pub(super) fn read_entries(&mut self, size: u64) {
        let mut missing_before = false;
        for number in 0..size.div_ceil(TILE_WIDTH) {
            let width = (size - number * TILE_WIDTH).min(TILE_WIDTH);
            let tile = u16::try_from(width)
                .ok()
                .and_then(|width| TileId::new(Row::Entries, number, width));
            let Some(tile) = tile else { return };
            let path = self.evidence.place(&Item::Tile(tile));
            let mut unread = false;
            let found = match read_tile(self.evidence, tile) {
                Ok(found) => found,
                Err(error) => {
                    unread = error.is_of_system();
                    self.unreadable(None, error);
                    None
                }
            };
            let Some((found, bytes)) = found else {
                if !unread {
                    let message = "the bundle is not there";
                    self.report
                        .add(Code::BundleMissing, None, Some(path), message);
                }
                if missing_before {
                    return;
                }
                missing_before = true;
                let entries = (0..width).map(|_| Raw {
                    bytes: None,
                    unread,
                });
                self.entries.extend(entries);
                continue;
            };
            missing_before = false;
            self.take_bundle(found, &bytes, width);
        }
    }

    pub(super) fn take_bundle(&mut self, found: TileId, bytes: &[u8], width: u64) {
        match read_bundle(bytes, found.width()) {
            Ok(entries) => {
                let wanted = entries
                    .into_iter()
                    .take(usize::try_from(width).unwrap_or(0));
                self.entries.extend(wanted.map(Raw::of));
            }
            Err(error) => {
                let path = self.evidence.place(&Item::Tile(found));
                self.report
                    .add(Code::BundleDamaged, None, Some(path), error.to_string());
                // What precedes the damage is still worth judging.
                let mut entries: Vec<_> = leading_entries(bytes).into_iter().map(Raw::of).collect();
                entries.resize_with(usize::try_from(width).unwrap_or(0), || Raw {
                    bytes: None,
                    unread: false,
                });
                self.entries.extend(entries);
            }
        }
    }

    /// The tree by which entries are judged: that of the tiles if they lead to
    /// the checkpoint's root, so that a damaged entry is located; else that of
    /// the entries.
    pub(super) fn choose_tree(&mut self, signed: &SignedCheckpoint) {
        let (size, root) = (signed.unverified().size, signed.unverified().root);
        let mut from_entries = Tree::new();
        for entry in &self.entries {
            from_entries.push(
                entry
                    .bytes
                    .as_deref()
                    .map_or_else(|| leaf_hash(&[]), leaf_hash),
            );
        }
        if from_entries.size() == size && from_entries.root() == root {
            self.tree = from_entries;
            return;
        }
        match self.tree_of_tiles(size) {
            Some(tree) if tree.root() == root => {
                self.tree = tree;
                for index in 0..self.entries.len() as u64 {
                    self.compare_entry(index);
                }
            }
            _ if self.entries.iter().any(|entry| entry.unread) => self.stop_at_unread(),
            _ => {
                self.tree = from_entries;
                let message =
                    "neither the tiles nor the entries have the root the checkpoint names";
                let path = self.evidence.place(&Item::Checkpoint);
                self.report
                    .add(Code::RootMismatch, None, Some(path), message);
            }
        }
    }

    /// Keeps to the entries before the first that can't be read: nothing is known
    /// of the tree after it.
    fn stop_at_unread(&mut self) {
        let unread = self.entries.iter().position(|entry| entry.unread);
        self.entries.truncate(unread.unwrap_or(0));
        self.tree = Tree::new();
        for entry in &self.entries {
            let bytes = entry.bytes.as_deref();
            self.tree
                .push(bytes.map_or_else(|| leaf_hash(&[]), leaf_hash));
        }
        let skipped = format!(
            "entries from {} on, and the root: they can't be read",
            self.entries.len()
        );
        self.report.not_checked.push(skipped);
    }

    pub(super) fn compare_entry(&mut self, index: u64) {
        let Some(entry) = usize::try_from(index)
            .ok()
            .and_then(|at| self.entries.get_mut(at))
        else {
            return;
        };
        if entry.bytes.as_deref().map(leaf_hash) == self.tree.leaf(index) {
            return;
        }
        let damaged = entry.bytes.take().is_some();
        let is_told = entry.unread;
        let intact = self.intact_copy(index);
        if let Some(entry) = usize::try_from(index)
            .ok()
            .and_then(|at| self.entries.get_mut(at))
        {
            entry.bytes = intact;
        }
        if is_told {
            return;
        }
        let message = if damaged {
            "it is not the entry that the tree holds"
        } else {
            "it could not be read"
        };
        let path = self.bundle_path(index);
        self.report
            .add(Code::EntryDamaged, Some(index), path, message);
    }

    /// The entry that the tree holds, out of a smaller bundle that was published
    /// before, so that what follows is judged by it and not by its damage.
    pub(super) fn intact_copy(&self, index: u64) -> Option<Vec<u8>> {
        let (number, place) = (index / TILE_WIDTH, index % TILE_WIDTH);
        let leaf = self.tree.leaf(index);
        (place + 1..TILE_WIDTH).find_map(|width| {
            let tile = TileId::new(Row::Entries, number, u16::try_from(width).ok()?)?;
            let bytes = read_exact_tile(self.evidence, tile).ok()??;
            let entry = *leading_entries(&bytes).get(usize::try_from(place).ok()?)?;
            (Some(leaf_hash(entry)) == leaf).then(|| entry.to_vec())
        })
    }

    pub(super) fn bundle_path(&self, index: u64) -> Option<String> {
        let number = index / TILE_WIDTH;
        let width = (self.entries.len() as u64 - number * TILE_WIDTH).min(TILE_WIDTH);
        let tile = TileId::new(Row::Entries, number, u16::try_from(width).ok()?)?;
        Some(self.evidence.place(&Item::Tile(tile)))
    }

    pub(super) fn tree_of_tiles(&self, size: u64) -> Option<Tree> {
        let mut tree = Tree::new();
        while tree.size() < size {
            let number = tree.size() / TILE_WIDTH;
            let width = (size - tree.size()).min(TILE_WIDTH);
            let tile = TileId::new(Row::Hashes(0), number, u16::try_from(width).ok()?)?;
            let (_, bytes) = read_tile(self.evidence, tile).ok()??;
            let hashes = bytes.chunks_exact(32).take(usize::try_from(width).ok()?);
            if (hashes.len() as u64) < width {
                return None;
            }
            for hash in hashes {
                tree.push(LeafHash::from_bytes(hash.try_into().ok()?));
            }
        }
        Some(tree)
    }
}
