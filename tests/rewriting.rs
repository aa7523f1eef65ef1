//! Whoever holds the log's keys but no officer's can't rewrite history: later
//! entries say which tree and which governance entry they were signed on.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod common;

use std::path::Path;

use common::{DISK, dir, key, open, register, register_documents};
use docledger::digest::LedgerId;
use docledger::log::{Checkpoint, Growth, read_bundle};
use docledger::verify::{Anchor, Code, Verdict, verify_ledger};

fn entries(home: &Path) -> Vec<Vec<u8>> {
    let bytes = std::fs::read(home.join("ledger/tile/entries/000.p/5")).expect("reads");
    read_bundle(&bytes, 5)
        .expect("a bundle")
        .into_iter()
        .map(<[u8]>::to_vec)
        .collect()
}

/// Writes a whole new log over the old one and signs it with the checkpoint key.
fn rewrite(home: &Path, entries: Vec<Vec<u8>>) {
    std::fs::remove_dir_all(home.join("ledger/tile")).expect("removes");
    let mut growth = Growth::default();
    let mut size = 0;
    let mut root = None;
    for entry in entries {
        let append = growth.append(vec![entry]).expect("planned");
        for (tile, bytes) in append.tiles {
            let path = home.join("ledger").join(tile.path());
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("makes");
            std::fs::write(path, bytes).expect("writes");
        }
        (size, root) = (append.new_size, Some(append.new_root));
    }
    let origin = "records.example.org/register".to_owned();
    let checkpoint = Checkpoint {
        origin,
        size,
        root: root.expect("entries"),
    };
    std::fs::write(
        home.join("ledger/checkpoint"),
        checkpoint.sign(&key(3)).expect("signs"),
    )
    .expect("writes");
}

fn ledger(home: &Path) -> LedgerId {
    let id = open(home);
    register_documents(home, 4);
    id
}

fn assert_caught(change: impl Fn(&mut Vec<Vec<u8>>)) {
    let home = tempfile::tempdir().expect("a folder");
    let id = ledger(home.path());
    let mut list = entries(home.path());
    change(&mut list);
    rewrite(home.path(), list);
    let report = verify_ledger(&dir(&DISK, home.path()), Anchor::Id(id));
    assert_eq!(report.verdict(), Verdict::Failed);
    let context = report
        .findings
        .iter()
        .find(|finding| finding.code == Code::ContextMismatch);
    assert!(
        context.is_some_and(|finding| finding.entry.is_some()),
        "{:?}",
        report.findings
    );
}

#[test]
fn the_same_entries_again_verify() {
    let home = tempfile::tempdir().expect("a folder");
    let id = ledger(home.path());
    rewrite(home.path(), entries(home.path()));
    assert_eq!(
        verify_ledger(&dir(&DISK, home.path()), Anchor::Id(id)).verdict(),
        Verdict::Verified
    );
}

#[test]
fn a_dropped_entry_is_caught() {
    assert_caught(|list| drop(list.remove(2)));
}

#[test]
fn reordered_entries_are_caught() {
    assert_caught(|list| list.swap(1, 2));
}

#[test]
fn a_replaced_entry_is_caught() {
    let other = tempfile::tempdir().expect("a folder");
    open(other.path());
    register(&DISK, other.path(), b"forged\n", "A/78/9", None).expect("registers");
    let bytes = std::fs::read(other.path().join("ledger/tile/entries/000.p/2")).expect("reads");
    let forged = read_bundle(&bytes, 2).expect("a bundle")[1].to_vec();
    assert_caught(move |list| list[1] = forged.clone());
}

#[test]
fn damage_in_the_newest_bundle_is_told_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    let id = open(home);
    register_documents(home, 6);
    register(
        &DISK,
        home,
        b"again\n",
        "A/78/3",
        Some(docledger::statement::Change::Revision),
    )
    .expect("registers");
    let newest = home.join("ledger/tile/entries/000.p/8");
    let mut bytes = std::fs::read(&newest).expect("reads");
    // A byte of entry 3, which later entries lean on.
    let place = bytes.len() * 2 / 5;
    bytes[place] ^= 1;
    std::fs::write(&newest, bytes).expect("writes");
    let report = verify_ledger(&dir(&DISK, home), Anchor::Id(id));
    let mut found: Vec<_> = report
        .findings
        .iter()
        .map(|it| (it.code, it.entry))
        .collect();
    found.sort_by_key(|(code, _)| code.as_str());
    assert_eq!(report.verdict(), Verdict::Failed);
    assert_eq!(
        found,
        [(Code::BundleDamaged, None), (Code::EntryDamaged, Some(3))],
        "{:#?}",
        report.findings
    );
}

#[test]
fn a_copy_of_the_ledger_alone_is_verified_by_its_id() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    let id = open(home);
    register_documents(home, 1);
    std::fs::remove_dir_all(home.join("keys")).expect("removes");
    let report = verify_ledger(&dir(&DISK, home), Anchor::Id(id));
    assert_eq!(report.verdict(), Verdict::Verified, "{:?}", report.findings);
    assert!(report.not_checked.iter().any(|it| it.contains("keys")));
}
