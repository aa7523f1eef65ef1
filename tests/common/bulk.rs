//! Many entries at once, signed and appended without the checks of
//! registration; and numbers that look random and never change.

use std::path::{Path, PathBuf};

use docledger::digest::{ContentDigest, LeafHash};
use docledger::key::SecretKey;
use docledger::log::{Checkpoint, Growth, Item};
use docledger::merkle::leaf_hash;
use docledger::registry::Register;
use docledger::statement::{Content, Context, Draft, TreeHead};
use docledger::store::layout;

use super::{DISK, dir, key};

/// Entries on their way into a ledger that stands in a folder.
pub struct Bulk {
    ledger: PathBuf,
    register: Register,
    officer: SecretKey,
    entries: Vec<Vec<u8>>,
}

impl Bulk {
    /// Goes on where the ledger in `home` ends.
    pub fn new(home: &Path) -> Self {
        Self {
            ledger: home.join("ledger"),
            register: Register::read(&dir(&DISK, home)).expect("reads"),
            officer: key(2),
            entries: Vec::new(),
        }
    }

    /// What every record says of its place.
    pub fn context(&self) -> Context {
        Context {
            ledger: self.register.authority.ledger_id(),
            on: TreeHead {
                size: self.register.checkpoint.size,
                root: self.register.checkpoint.root,
            },
            authority: self.register.authority.newest_governance(),
        }
    }

    /// Signs an entry; tells its index and leaf hash.
    pub fn push(&mut self, subject: &str, issued_at: u64, content: Content) -> (u64, LeafHash) {
        let draft = Draft {
            issuer: self.register.authority.issuer().to_owned(),
            subject: subject.to_owned(),
            issued_at,
            content,
        };
        self.push_by(&self.officer.clone(), &draft)
    }

    /// The same by whatever key.
    pub fn push_by(&mut self, signer: &SecretKey, draft: &Draft) -> (u64, LeafHash) {
        let entry = draft.sign(signer).expect("signs").bytes;
        let leaf = leaf_hash(&entry);
        let index = self.register.checkpoint.size + self.entries.len() as u64;
        self.entries.push(entry);
        (index, leaf)
    }

    /// Stores a file.
    pub fn store(&self, bytes: &[u8]) -> ContentDigest {
        let digest = ContentDigest::of(bytes);
        self.write(&Item::Content(digest), bytes);
        digest
    }

    /// Writes the log.
    pub fn commit(self) {
        let mut growth =
            Growth::new(self.register.tree.clone(), self.register.tail.clone()).expect("goes on");
        let append = growth.append(self.entries.clone()).expect("planned");
        for (tile, bytes) in &append.tiles {
            self.write(&Item::Tile(*tile), bytes);
        }
        let head = Checkpoint {
            origin: self.register.checkpoint.origin.clone(),
            size: append.new_size,
            root: append.new_root,
        };
        let text = head.sign(&key(3)).expect("signs");
        self.write(&Item::Checkpoint, text.as_bytes());
    }

    fn write(&self, item: &Item, bytes: &[u8]) {
        let path = self.ledger.join(layout::path_of(item).expect("a place"));
        if matches!(item, Item::Content(_)) && path.exists() {
            return;
        }
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("makes the folder");
        std::fs::write(path, bytes).expect("writes");
    }
}

/// Numbers that look random (SplitMix64, Steele and others 2014).
#[derive(Debug, Clone)]
pub struct Dice(pub u64);

impl Dice {
    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % end as u64).expect("below a usize")
    }

    /// One of several.
    pub fn one<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }
}
