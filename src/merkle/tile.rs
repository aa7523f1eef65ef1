//! C2SP tlog-tiles: where tiles and entry bundles stand, and what a tile holds.

use std::fmt;

use super::tree::Tree;
use crate::digest::TreeHash;

/// Hashes in a full tile, and entries in a full bundle.
pub const TILE_WIDTH: u64 = 256;
/// Tree levels a tile spans.
const TILE_HEIGHT: u32 = 8;
/// The highest tile level that a tree of 2^64 entries needs.
const MAX_LEVEL: u8 = 7;

/// Whether hashes of a level or whole entries stand in a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Row {
    /// `tile/entries/…`: the entries themselves.
    Entries,
    /// `tile/<L>/…`: hashes of subtrees of 256^L entries.
    Hashes(u8),
}

impl Row {
    /// Entries under one item of this row: 1, or 256^L.
    fn span_shift(self) -> u32 {
        match self {
            Self::Entries => 0,
            Self::Hashes(level) => u32::from(level) * TILE_HEIGHT,
        }
    }
}

/// One tile or bundle: its row, its number, and how many items it holds (1 to 256).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    row: Row,
    number: u64,
    width: u16,
}

impl TileId {
    /// Names a tile; `None` if no tree has it.
    #[must_use]
    pub fn new(row: Row, number: u64, width: u16) -> Option<Self> {
        if matches!(row, Row::Hashes(level) if level > MAX_LEVEL) {
            return None;
        }
        let width_fits = (1..=TILE_WIDTH).contains(&u64::from(width));
        // The last entry's index must fit 64 bits.
        let last_item = number
            .checked_mul(TILE_WIDTH)?
            .checked_add(u64::from(width))?;
        let end = u128::from(last_item) << row.span_shift();
        (width_fits && end <= 1 << 64).then_some(Self { row, number, width })
    }

    /// Entries or hashes of which level.
    #[must_use]
    pub fn row(&self) -> Row {
        self.row
    }

    /// Its number within the row.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// How many items it holds, 1 to 256.
    #[must_use]
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Whether it holds 256 items and so never changes place.
    #[must_use]
    pub fn is_full(&self) -> bool {
        u64::from(self.width) == TILE_WIDTH
    }

    /// The full tile of the same number.
    #[must_use]
    pub fn full(&self) -> Self {
        Self {
            width: TILE_WIDTH as u16,
            ..*self
        }
    }

    /// Index of its first item within the row.
    #[must_use]
    pub fn first_item(&self) -> u64 {
        self.number * TILE_WIDTH
    }

    /// How many entries a tree must have for this tile to hold what it does.
    #[must_use]
    pub fn needed_size(&self) -> u64 {
        let items = self.first_item() + u64::from(self.width);
        // Only the last full tile of all needs 2^64 entries, which no size reaches.
        items.saturating_mul(1 << self.row.span_shift())
    }

    /// The path within a ledger, with `/` between parts.
    #[must_use]
    pub fn path(&self) -> String {
        self.to_string()
    }

    /// Reads a path in its one accepted spelling.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let (row, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let row = match row {
            "entries" => Row::Entries,
            level => Row::Hashes(level.parse().ok()?),
        };
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, width.parse().ok()?),
            None => (rest, TILE_WIDTH as u16),
        };
        let digits = number
            .split('/')
            .map(|part| part.strip_prefix('x').unwrap_or(part));
        let tile = Self::new(row, digits.collect::<String>().parse().ok()?, width)?;
        (tile.path() == path).then_some(tile)
    }

    /// The hashes that stand in this tile, 32 bytes each; `None` if the tree is
    /// too small for it, or it is a bundle of entries.
    #[must_use]
    pub fn hashes(&self, tree: &Tree) -> Option<Vec<u8>> {
        let Row::Hashes(_) = self.row else {
            return None;
        };
        let height = self.row.span_shift() as usize;
        let items = self.first_item()..self.first_item() + u64::from(self.width);
        let hashes: Option<Vec<TreeHash>> = items.map(|item| tree.subtree(height, item)).collect();
        Some(hashes?.iter().flat_map(|hash| *hash.as_bytes()).collect())
    }
}

impl fmt::Display for TileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.row {
            Row::Entries => write!(f, "tile/entries/")?,
            Row::Hashes(level) => write!(f, "tile/{level}/")?,
        }
        let mut groups = vec![self.number % 1000];
        let mut rest = self.number / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for group in groups.iter().skip(1).rev() {
            write!(f, "x{group:03}/")?;
        }
        write!(f, "{:03}", groups[0])?;
        if self.is_full() {
            Ok(())
        } else {
            write!(f, ".p/{}", self.width)
        }
    }
}

/// All tiles and bundles that the tree of `new` entries has and the tree of
/// `old` entries has not: the files that growing from `old` to `new` adds.
#[must_use]
pub fn tiles_between(old: u64, new: u64) -> Vec<TileId> {
    let rows = std::iter::once(Row::Entries).chain((0..=MAX_LEVEL).map(Row::Hashes));
    rows.flat_map(|row| {
        let (before, after) = (old >> row.span_shift(), new >> row.span_shift());
        let changed = if before == after {
            after..after
        } else {
            before / TILE_WIDTH..after.div_ceil(TILE_WIDTH)
        };
        changed.filter_map(move |number| {
            let width = (after - number * TILE_WIDTH).min(TILE_WIDTH);
            TileId::new(row, number, u16::try_from(width).ok()?)
        })
    })
    .collect()
}

/// The partial tiles and bundles of the tree of `size` entries: those that a
/// published checkpoint of that size relies on until their full ones exist.
#[must_use]
pub fn partial_tiles(size: u64) -> Vec<TileId> {
    let rows = std::iter::once(Row::Entries).chain((0..=MAX_LEVEL).map(Row::Hashes));
    rows.filter_map(|row| {
        let items = size >> row.span_shift();
        TileId::new(
            row,
            items / TILE_WIDTH,
            u16::try_from(items % TILE_WIDTH).ok()?,
        )
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(tiles: &[TileId], row: Row) -> (usize, Vec<u16>) {
        let of_row = || tiles.iter().filter(move |tile| tile.row == row);
        let full = of_row().filter(|tile| tile.is_full()).count();
        (
            full,
            of_row()
                .filter(|tile| !tile.is_full())
                .map(|tile| tile.width)
                .collect(),
        )
    }

    #[test]
    fn paths_read_back_in_one_spelling_only() {
        for (number, path) in [
            (0, "tile/0/000"),
            (999, "tile/0/999"),
            (1_000, "tile/0/x001/000"),
            (1_234_067, "tile/0/x001/x234/067"),
        ] {
            let tile = TileId::new(Row::Hashes(0), number, 256).expect("a tile");
            assert_eq!(tile.path(), path);
            assert_eq!(TileId::parse(path), Some(tile));
        }
        for path in [
            "tile/0/0",
            "tile/00/000",
            "tile/0/x000/000",
            "tile/0/000.p/256",
            "tile/0/000.p/0",
            "tile/0/000.p/01",
            "tile/8/000",
            "tile/134/067",
            "tile/data/000",
            "tile/0/001/000",
            "tile/0/x001",
            "tile/0/",
            "tile/0/+01",
            "tile/7/001",
            "tile/entries/000.p/1/",
        ] {
            assert_eq!(TileId::parse(path), None, "{path}");
        }
    }

    #[test]
    fn growing_step_by_step_adds_the_same_full_tiles_as_at_once() {
        let at_once = tiles_between(0, 600);
        let mut stepwise: Vec<_> = (0..600)
            .flat_map(|size| tiles_between(size, size + 1))
            .collect();
        stepwise.retain(TileId::is_full);
        stepwise.sort_unstable();
        let mut full: Vec<_> = at_once.iter().copied().filter(TileId::is_full).collect();
        full.sort_unstable();
        assert_eq!(stepwise, full);
    }

    #[test]
    fn the_highest_tile_needs_more_entries_than_there_can_be() {
        let tile = TileId::parse("tile/7/000").expect("a tile");
        assert_eq!(tile.needed_size(), u64::MAX);
        let first = TileId::parse("tile/7/000.p/1").expect("a tile");
        assert_eq!(first.needed_size(), 1 << 56);
    }

    #[test]
    fn the_example_of_the_specification() {
        let tiles = tiles_between(0, 70_000);
        assert_eq!(counts(&tiles, Row::Hashes(0)), (273, vec![112]));
        assert_eq!(counts(&tiles, Row::Hashes(1)), (1, vec![17]));
        assert_eq!(counts(&tiles, Row::Hashes(2)), (0, vec![1]));
        let of_256 = tiles_between(0, 256);
        assert_eq!(counts(&of_256, Row::Hashes(0)), (1, vec![]));
        assert_eq!(counts(&of_256, Row::Hashes(1)), (0, vec![1]));
        assert_eq!(partial_tiles(256).len(), 1);
    }
}
