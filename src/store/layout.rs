//! Every path of a ledger, spelled once. Tile paths are C2SP's and live in
//! [`crate::merkle::tile`].

use crate::digest::ContentDigest;
use crate::encoding::decimal;
use crate::log::Item;
use crate::merkle::tile::TileId;

/// The newest signed checkpoint; replacing it is the moment of commit.
pub const CHECKPOINT: &str = "checkpoint";
/// Hash tiles and entry bundles.
pub const TILES: &str = "tile";
/// The documents as received.
pub const DOCUMENTS: &str = "documents";
/// Checkpoints with cosignatures, by their sizes.
pub const COSIGNED: &str = "checkpoints";
/// Time stamps, and the checkpoints that they are about.
pub const STAMPS: &str = "stamps";
/// Explains every byte of the ledger.
pub const FORMAT: &str = "FORMAT.md";
/// Held by the one writer.
pub const LOCK: &str = ".lock";
/// A query cache that may be deleted at will.
pub const INDEX: &str = "index.sqlite";
/// Where an append writes aside.
pub const STAGING: &str = ".staging";
/// What an append is about to put in place, one path a line, in [`STAGING`].
pub const PLAN: &str = "plan";
/// Secret keys, in the folder of keys.
pub const PRIVATE: &str = "private";

/// Endings in [`STAMPS`].
const STAMPED: &str = ".checkpoint";
const REPLY: &str = ".tsr";

/// The folder of digests inside [`DOCUMENTS`].
const SHA256: &str = "sha256";

/// Files of a ledger that prove nothing and whose bytes are not checked; the
/// last three stand beside [`INDEX`] while it is written.
pub const UNCHECKED: [&str; 6] = [
    FORMAT,
    LOCK,
    INDEX,
    "index.sqlite-journal",
    "index.sqlite-wal",
    "index.sqlite-shm",
];

/// Where a thing stands, relative to the folder of the ledger; `None` for what
/// stands in the folder of keys.
#[must_use]
pub fn path_of(item: &Item) -> Option<String> {
    match item {
        Item::Checkpoint => Some(CHECKPOINT.to_owned()),
        Item::Tile(tile) => Some(tile.path()),
        Item::Content(digest) => {
            let name = digest.to_string();
            Some(format!("{DOCUMENTS}/{SHA256}/{}/{name}", &name[..2]))
        }
        Item::Cosigned(size) => Some(format!("{COSIGNED}/{size}")),
        Item::Stamped(digest) => Some(format!("{STAMPS}/{digest}{STAMPED}")),
        Item::Stamp { about, reply } => Some(format!("{STAMPS}/{about}-{reply}{REPLY}")),
        Item::Public(_) => None,
    }
}

/// What stands at a path relative to the folder of the ledger; only the one
/// spelling of [`path_of`] is known.
#[must_use]
pub fn item_at(path: &str) -> Option<Item> {
    let item = if path == CHECKPOINT {
        Item::Checkpoint
    } else if let Some(tile) = TileId::parse(path) {
        Item::Tile(tile)
    } else if let Some(size) = path.strip_prefix(COSIGNED) {
        Item::Cosigned(decimal(size.strip_prefix('/')?)?)
    } else if let Some(name) = path.strip_prefix(STAMPS) {
        let name = name.strip_prefix('/')?;
        match name.strip_suffix(REPLY).and_then(|it| it.split_once('-')) {
            Some((about, reply)) => Item::Stamp {
                about: about.parse().ok()?,
                reply: reply.parse().ok()?,
            },
            None => Item::Stamped(name.strip_suffix(STAMPED)?.parse().ok()?),
        }
    } else {
        let digest: ContentDigest = path
            .strip_prefix(DOCUMENTS)?
            .rsplit('/')
            .next()?
            .parse()
            .ok()?;
        Item::Content(digest)
    };
    (path_of(&item).as_deref() == Some(path)).then_some(item)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_read_back_in_one_spelling_only() {
        let digest = ContentDigest::of(b"x");
        let stamp = Item::Stamp {
            about: digest,
            reply: ContentDigest::of(b"y"),
        };
        for item in [
            Item::Checkpoint,
            Item::Content(digest),
            Item::Cosigned(17),
            Item::Stamped(digest),
            stamp,
        ] {
            let path = path_of(&item).expect("stands in the ledger");
            assert_eq!(item_at(&path), Some(item));
            assert_eq!(item_at(&path.to_uppercase()), None);
        }
        let name = digest.to_string();
        for path in [
            name.clone(),
            format!("documents/{name}"),
            format!("documents/sha256/00/{name}"),
        ] {
            assert_eq!(item_at(&path), None, "{path}");
        }
        assert_eq!(
            item_at("tile/0/000.p/1")
                .and_then(|item| path_of(&item))
                .as_deref(),
            Some("tile/0/000.p/1")
        );
    }
}
