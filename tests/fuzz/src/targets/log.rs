//! Checkpoints, bundles and tiles: what is handed out is what stands there.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use docledger::digest::TreeHash;
use docledger::encoding::note::Note;
use docledger::log::{
    Checkpoint, Item, ProvenLog, SignedCheckpoint, leading_entries, read_bundle, write_bundle,
};
use docledger::merkle::tile::{TileId, partial_tiles, tiles_between};
use docledger::merkle::{Tree, leaf_hash};

use super::memory::{Memory, apply};

/// Its three lines are written one way; a plain one prints back whole.
pub(super) fn checkpoint(bytes: &[u8]) {
    let Ok(signed) = SignedCheckpoint::parse(bytes) else {
        return;
    };
    let text = signed.unverified().to_text();
    assert!(bytes.starts_with(text.as_bytes()));
    if signed.is_plain() {
        let note = Note::parse(bytes).expect("a checkpoint is a note");
        assert_eq!((note.text, note.signatures.len()), (text, 1));
    }
}

/// The entries, put together, are the bytes; of a damaged bundle, those it
/// begins with. The first byte tells how many entries are expected, less one.
pub(super) fn bundle(bytes: &[u8]) {
    let Some((count, bytes)) = bytes.split_first() else {
        return;
    };
    let count = u16::from(*count) + 1;
    let leading = leading_entries(bytes);
    let again = write_bundle(&leading).expect("entries that were read can be written");
    assert!(bytes.starts_with(&again));
    match read_bundle(bytes, count) {
        Ok(entries) => {
            assert_eq!(entries.len(), usize::from(count));
            assert_eq!(entries, leading);
            assert_eq!(again, bytes);
        }
        Err(_) => assert!(leading.len() != usize::from(count) || again != bytes),
    }
}

/// A path names one tile, one way.
pub(super) fn tile_path(bytes: &[u8]) {
    let Ok(path) = std::str::from_utf8(bytes) else {
        return;
    };
    let Some(tile) = TileId::parse(path) else {
        return;
    };
    assert_eq!(tile.path(), path);
    assert_eq!(
        TileId::new(tile.row(), tile.number(), tile.width()),
        Some(tile)
    );
    assert_eq!(tile.is_full(), tile.full() == tile);
    assert!(tile.needed_size() >= u64::from(tile.width()));
    assert!(tile.first_item() < tile.needed_size());
}

/// How many entries the log of [`tile`] has: two levels, the last tile of each
/// partial.
const SIZE: u64 = 300;

/// Whatever stands in the tiles and bundles of a log, an entry that it hands out
/// is the entry. The bytes are edits of its files.
pub(super) fn tile(bytes: &[u8]) {
    static LOG: OnceLock<(Memory, Checkpoint, Tree)> = OnceLock::new();
    let (whole, checkpoint, tree) = LOG.get_or_init(small_log);
    let mut memory = whole.clone();
    apply(&mut memory, bytes);
    let Ok(mut log) = ProvenLog::open(&memory, checkpoint) else {
        return;
    };
    for index in [0, 1, 137, 255, 256, SIZE - 1, SIZE, u64::MAX] {
        if let Ok((leaf, entry)) = log.entry(index) {
            assert_eq!(entry, entry_of(index));
            assert_eq!(tree.leaf(index), Some(leaf));
        }
        if let Ok(root) = log.root_at(index) {
            assert_eq!(tree.root_at(index), Some(root));
        }
    }
    for number in 0..3 {
        let entries = log.bundle(number).unwrap_or_default();
        for (index, (_, entry)) in (number * 256..).zip(entries) {
            assert_eq!(entry, entry_of(index));
        }
    }
}

fn entry_of(index: u64) -> Vec<u8> {
    format!("entry {index}").into_bytes()
}

fn small_log() -> (Memory, Checkpoint, Tree) {
    let mut tree = Tree::new();
    for index in 0..SIZE {
        tree.push(leaf_hash(&entry_of(index)));
    }
    let mut files = BTreeMap::new();
    for tile in tiles_between(0, SIZE)
        .into_iter()
        .chain(partial_tiles(SIZE))
    {
        let bytes = tile.hashes(&tree).unwrap_or_else(|| {
            let end = tile.first_item() + u64::from(tile.width());
            let entries: Vec<_> = (tile.first_item()..end).map(entry_of).collect();
            write_bundle(&entries).expect("short entries")
        });
        files.insert(Item::Tile(tile), bytes);
    }
    let root: TreeHash = tree.root();
    let checkpoint = Checkpoint {
        origin: "example.org/log".to_owned(),
        size: SIZE,
        root,
    };
    (Memory::of(files), checkpoint, tree)
}
