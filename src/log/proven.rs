//! Single entries out of a log, each proven under the checkpoint's root by the
//! tiles, without reading the rest.

use std::collections::HashMap;

use crate::digest::{LeafHash, TreeHash};
use crate::merkle::tile::{Row, TILE_WIDTH, TileId};
use crate::merkle::{empty_root, leaf_hash, node_hash};

use super::checkpoint::Checkpoint;
use super::entries::read_bundle;
use super::read::{Evidence, Item, LoadError, read_tile};

/// Levels of hashes a tile spans.
const TILE_HEIGHT: u32 = TILE_WIDTH.trailing_zeros();
/// Bundles kept for the next question.
const KEPT_BUNDLES: usize = 8;

/// A log as its tiles show it. Nothing is handed out that does not lead to the
/// root of its checkpoint.
///
/// Whether that checkpoint is the log's own, its signature tells; that is left
/// to the caller, who learns the key from the entries.
pub struct ProvenLog<'a> {
    evidence: &'a dyn Evidence,
    size: u64,
    /// Hashes of tiles, all proven.
    tiles: HashMap<(u8, u64), Vec<TreeHash>>,
    /// Bundles as read; each entry is proven when it is asked for.
    bundles: HashMap<u64, (TileId, Vec<u8>)>,
}

impl<'a> ProvenLog<'a> {
    /// Reads the right edge of the tree, at most one tile a level.
    ///
    /// # Errors
    /// If a tile is missing or damaged, or the edge has another root.
    pub fn open(evidence: &'a dyn Evidence, checkpoint: &Checkpoint) -> Result<Self, LoadError> {
        let mut log = Self {
            evidence,
            size: checkpoint.size,
            tiles: HashMap::new(),
            bundles: HashMap::new(),
        };
        for (level, items) in edge(log.size) {
            let number = items / TILE_WIDTH;
            let hashes = log.read_hashes(level, number)?;
            log.tiles.insert((level, number), hashes);
        }
        if log.root_at(log.size)? != checkpoint.root {
            return Err(LoadError::Root);
        }
        Ok(log)
    }

    /// How many entries it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root when it had `size` entries.
    ///
    /// # Errors
    /// If a tile is missing or damaged, or it never had so many entries.
    pub fn root_at(&mut self, size: u64) -> Result<TreeHash, LoadError> {
        if size > self.size {
            return Err(LoadError::Root);
        }
        let mut peaks = Vec::new();
        for (level, items) in edge(size) {
            let first = items / TILE_WIDTH * TILE_WIDTH;
            let hashes = self.tile(level, items / TILE_WIDTH)?;
            let count = usize::try_from(items - first).unwrap_or(usize::MAX);
            peaks.extend(peaks_of(hashes.get(..count).ok_or(LoadError::Root)?));
        }
        let whole = peaks.into_iter().rev();
        Ok(whole
            .reduce(|right, left| node_hash(&left, &right))
            .unwrap_or_else(empty_root))
    }

    /// The bytes of an entry.
    ///
    /// # Errors
    /// If its bundle or a tile above it is missing or damaged, or there is no
    /// such entry.
    pub fn entry(&mut self, index: u64) -> Result<(LeafHash, Vec<u8>), LoadError> {
        if index >= self.size {
            return Err(LoadError::Root);
        }
        let number = index / TILE_WIDTH;
        let place = usize::try_from(index % TILE_WIDTH).unwrap_or(usize::MAX);
        let proven = self.tile(0, number)?.get(place).copied();
        if !self.bundles.contains_key(&number) {
            let found = self.read(self.tile_id(Row::Entries, number)?)?;
            if self.bundles.len() == KEPT_BUNDLES {
                self.bundles.clear();
            }
            self.bundles.insert(number, found);
        }
        let (id, bytes) = &self.bundles[&number];
        let entries = self.entries(*id, bytes)?;
        let entry = entries.get(place).ok_or(LoadError::Root)?;
        let leaf = leaf_hash(entry);
        if proven != Some(leaf.into()) {
            return Err(self.unproven(*id));
        }
        Ok((leaf, entry.to_vec()))
    }

    /// All entries of a bundle with their leaf hashes: of the last one, those the
    /// checkpoint covers.
    ///
    /// # Errors
    /// If the bundle or a tile above it is missing or damaged.
    pub fn bundle(&mut self, number: u64) -> Result<Vec<(LeafHash, Vec<u8>)>, LoadError> {
        let (id, bytes) = self.read(self.tile_id(Row::Entries, number)?)?;
        let proven = self.tile(0, number)?.to_vec();
        let entries = self.entries(id, &bytes)?.into_iter();
        let entries: Vec<_> = entries
            .take(proven.len())
            .map(|entry| (leaf_hash(entry), entry.to_vec()))
            .collect();
        if proven
            .into_iter()
            .eq(entries.iter().map(|(leaf, _)| TreeHash::from(*leaf)))
        {
            Ok(entries)
        } else {
            Err(self.unproven(id))
        }
    }

    fn entries<'b>(&self, id: TileId, bytes: &'b [u8]) -> Result<Vec<&'b [u8]>, LoadError> {
        read_bundle(bytes, id.width()).map_err(|error| LoadError::Bundle {
            path: self.evidence.place(&Item::Tile(id)),
            error,
        })
    }

    fn unproven(&self, id: TileId) -> LoadError {
        LoadError::Unproven(self.evidence.place(&Item::Tile(id)))
    }

    /// The hashes of a tile, proven by the tile above it.
    fn tile(&mut self, level: u8, number: u64) -> Result<&[TreeHash], LoadError> {
        if !self.tiles.contains_key(&(level, number)) {
            let hashes = self.read_hashes(level, number)?;
            let place = usize::try_from(number % TILE_WIDTH).unwrap_or(usize::MAX);
            let above = self.tile(level + 1, number / TILE_WIDTH)?.get(place);
            if above.copied() != root_of_full(&hashes) {
                let id = self.tile_id(Row::Hashes(level), number)?;
                return Err(self.unproven(id));
            }
            self.tiles.insert((level, number), hashes);
        }
        Ok(&self.tiles[&(level, number)])
    }

    fn read_hashes(&self, level: u8, number: u64) -> Result<Vec<TreeHash>, LoadError> {
        let id = self.tile_id(Row::Hashes(level), number)?;
        let (_, bytes) = self.read(id)?;
        let hashes = bytes.as_chunks::<32>().0.iter();
        let hashes: Vec<_> = hashes
            .map(|hash| TreeHash::from_bytes(*hash))
            .take(usize::from(id.width()))
            .collect();
        if hashes.len() < usize::from(id.width()) {
            return Err(self.unproven(id));
        }
        Ok(hashes)
    }

    fn read(&self, id: TileId) -> Result<(TileId, Vec<u8>), LoadError> {
        let found = read_tile(self.evidence, id)?;
        found.ok_or_else(|| LoadError::Missing(self.evidence.place(&Item::Tile(id))))
    }

    /// The tile of that number as this size has it, full or partial.
    fn tile_id(&self, row: Row, number: u64) -> Result<TileId, LoadError> {
        let level = match row {
            Row::Entries => 0,
            Row::Hashes(level) => level,
        };
        let items = self.size >> (u32::from(level) * TILE_HEIGHT).min(u64::BITS - 1);
        let width = items
            .saturating_sub(number.saturating_mul(TILE_WIDTH))
            .min(TILE_WIDTH);
        let width = u16::try_from(width).unwrap_or(0);
        TileId::new(row, number, width).ok_or(LoadError::Root)
    }
}

/// The levels, from the highest, whose last tile is partial at a size, each with
/// its number of items. Those tiles hold all peaks of the tree.
fn edge(size: u64) -> impl Iterator<Item = (u8, u64)> {
    let levels = (0..u64::BITS.div_ceil(TILE_HEIGHT)).rev();
    levels.filter_map(move |level| {
        let items = size >> (level * TILE_HEIGHT);
        (!items.is_multiple_of(TILE_WIDTH)).then_some((u8::try_from(level).ok()?, items))
    })
}

/// The roots of the complete subtrees that a partial tile's hashes make, the
/// largest first.
fn peaks_of(hashes: &[TreeHash]) -> Vec<TreeHash> {
    let mut peaks = Vec::new();
    let mut rest = hashes;
    while !rest.is_empty() {
        let length = 1 << rest.len().ilog2();
        let (subtree, after) = rest.split_at(length);
        peaks.extend(root_of_complete(subtree));
        rest = after;
    }
    peaks
}

fn root_of_full(hashes: &[TreeHash]) -> Option<TreeHash> {
    let is_full = hashes.len() as u64 == TILE_WIDTH;
    is_full.then(|| root_of_complete(hashes)).flatten()
}

/// The root over a power of two of hashes.
fn root_of_complete(hashes: &[TreeHash]) -> Option<TreeHash> {
    let mut level = hashes.to_vec();
    while level.len() > 1 {
        let pairs = level.as_chunks::<2>().0.iter();
        level = pairs.map(|[left, right]| node_hash(left, right)).collect();
    }
    level.first().copied()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::append::Growth;
    use super::super::read::{EvidenceError, Found};
    use super::*;
    use crate::digest::ContentDigest;
    use crate::merkle::Tree;

    #[derive(Default)]
    struct Memory(BTreeMap<Item, Vec<u8>>);

    impl Evidence for Memory {
        fn read(&self, item: &Item, _: u64) -> Result<Option<Vec<u8>>, EvidenceError> {
            Ok(self.0.get(item).cloned())
        }

        fn hash(&self, _: &ContentDigest) -> Result<Option<(ContentDigest, u64)>, EvidenceError> {
            Ok(None)
        }

        fn everything(&self, _: &mut dyn FnMut(Found)) -> Result<(), EvidenceError> {
            Ok(())
        }

        fn place(&self, item: &Item) -> String {
            item.to_string()
        }
    }

    fn entry(index: u64) -> Vec<u8> {
        format!("entry {index}").into_bytes()
    }

    /// A log of `size` entries, and its tree.
    fn log(size: u64) -> (Memory, Tree, Checkpoint) {
        let mut growth = Growth::default();
        let append = growth.append((0..size).map(entry).collect());
        let append = append.expect("planned");
        let tiles = append.tiles.into_iter();
        let memory = Memory(tiles.map(|(id, bytes)| (Item::Tile(id), bytes)).collect());
        let checkpoint = Checkpoint {
            origin: "o".into(),
            size,
            root: append.new_root,
        };
        (memory, growth.tree().clone(), checkpoint)
    }

    #[test]
    fn every_entry_and_every_older_root_is_found() {
        for size in [1, 2, 255, 256, 257, 512, 700, 65_536, 66_000] {
            let (memory, tree, checkpoint) = log(size);
            let mut log = ProvenLog::open(&memory, &checkpoint).expect("opens");
            for index in [0, 1, 200, 255, 256, 511, size / 2, size - 1] {
                if index < size {
                    let (leaf, bytes) = log.entry(index).expect("proven");
                    assert_eq!((Some(leaf), bytes), (tree.leaf(index), entry(index)));
                }
            }
            for older in [0, 1, 2, 3, 255, 256, 257, 300, size / 2, size - 1, size] {
                if older <= size {
                    assert_eq!(log.root_at(older).ok(), tree.root_at(older), "{older}");
                }
            }
            assert!(log.entry(size).is_err() && log.root_at(size + 1).is_err());
        }
    }

    #[test]
    fn nothing_is_handed_out_past_a_changed_byte() {
        let (memory, _, checkpoint) = log(600);
        for item in memory.0.keys() {
            let mut damaged = Memory(memory.0.clone());
            let bytes = damaged.0.get_mut(item).expect("there");
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            let all = |memory: &Memory| {
                let mut log = ProvenLog::open(memory, &checkpoint)?;
                (0..600).try_for_each(|index| log.entry(index).map(|_| ()))
            };
            assert!(all(&memory).is_ok());
            assert!(all(&damaged).is_err(), "{item}");
        }
    }

    #[test]
    fn a_full_tile_serves_for_a_partial_one_that_is_gone() {
        let (later, _, _) = log(512);
        let (_, tree, checkpoint) = log(300);
        // The writer replaced the partial tiles while this reader still holds
        // the older checkpoint; the tile of level 1 had but one item.
        let mut memory = later;
        let above = TileId::parse("tile/1/000.p/1").expect("a tile");
        let hashes = above.hashes(&tree).expect("hashes");
        memory.0.insert(Item::Tile(above), hashes);
        let mut log = ProvenLog::open(&memory, &checkpoint).expect("opens");
        assert_eq!(log.entry(299).expect("proven").1, entry(299));
        assert_eq!(log.bundle(1).expect("proven").len(), 44);
    }
}
