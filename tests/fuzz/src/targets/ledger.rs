//! The whole verification, of a ledger that was tampered with.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use docledger::digest::LedgerId;
use docledger::log::Item;
use docledger::store::layout;
use docledger::verify::{Anchor, Verdict, ledger_id_of, verify_ledger};

use super::memory::{Memory, apply};

/// What differs from the demonstration ledger in anything that counts is not
/// verified; what only adds to it is. The bytes are edits of its files.
pub(super) fn verify(bytes: &[u8]) {
    static LEDGER: OnceLock<(Memory, LedgerId)> = OnceLock::new();
    let (whole, id) = LEDGER.get_or_init(demonstration);
    let mut memory = whole.clone();
    apply(&mut memory, bytes);
    let report = verify_ledger(&memory, Anchor::Id(*id));
    let is_whole = memory.holds(whole);
    let is_verified = report.verdict() == Verdict::Verified;
    assert_eq!(is_verified, is_whole, "{:#?}", report.findings);
    let unanchored = verify_ledger(&memory, Anchor::None);
    assert_ne!(unanchored.verdict(), Verdict::Verified);
}

/// # Panics
/// If the repository has no demonstration ledger.
fn demonstration() -> (Memory, LedgerId) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let home = here
        .ancestors()
        .find(|folder| folder.join("ledger").join(layout::CHECKPOINT).exists());
    let home = home.expect("the demonstration ledger");
    let mut files = BTreeMap::new();
    let ledger = home.join("ledger");
    for path in below(&ledger) {
        let name = path
            .strip_prefix(&ledger)
            .expect("below")
            .to_string_lossy()
            .into_owned();
        if let Some(item) = layout::item_at(&name) {
            files.insert(item, std::fs::read(path).expect("reads"));
        }
    }
    for path in below(&home.join("keys")) {
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        files.insert(Item::Public(name), std::fs::read(path).expect("reads"));
    }
    let memory = Memory::of(files);
    let id = ledger_id_of(&memory).expect("an entry 0");
    (memory, id)
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("lists") {
        let path = entry.expect("reads").path();
        match path.is_dir() {
            true if path.ends_with(layout::PRIVATE) => {}
            true => found.extend(below(&path)),
            false => found.push(path),
        }
    }
    found
}
