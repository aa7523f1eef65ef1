//! The index keeps itself up, and a wrong one is found out and built anew.

use std::path::Path;

use docledger::index::{Basis, Notice, Query};
use docledger::statement::Change;
use docledger::symbol::Scope;
use docledger::verify::{Anchor, Verdict, verify_ledger};
use rusqlite::Connection;

use super::common::bulk::Bulk;
use super::common::{DISK, contents, dir, register_documents};
use super::{ask, entries, found, new_ledger, push, record};

fn index(home: &Path) -> std::path::PathBuf {
    home.join("ledger/index.sqlite")
}

/// Documents A/78/1 … A/78/`last`, entry by entry.
fn add(home: &Path, first: u64, last: u64) {
    let mut bulk = Bulk::new(home);
    for number in first..=last {
        let record = record(&bulk, &format!("A/78/{number}"), Change::First, 1);
        push(&mut bulk, record);
    }
    bulk.commit();
}

fn one(symbol: &str) -> Query {
    let mut query = Query::default();
    query.filter.symbol = Some(Scope::parse(symbol).expect("a scope"));
    query
}

/// Asks for A/78/2 after `change`: the answer is true, and the index was built
/// anew.
fn is_rebuilt_after(change: impl FnOnce(&Path)) {
    let home = new_ledger();
    add(home.path(), 1, 5);
    assert_eq!(found(home.path(), &one("A/78/2")), [2]);
    change(home.path());
    let (answer, told) = ask(home.path(), &one("A/78/2"));
    assert_eq!(entries(&answer), [2]);
    assert_eq!(answer.basis, Basis::Index, "{told:?}");
    assert!(matches!(told[..], [Notice::Rebuilding(_)]), "{told:?}");
    assert_eq!(found(home.path(), &one("A/78")).len(), 5);
}

#[test]
fn it_is_built_caught_up_and_built_again_when_it_is_gone() {
    let home = new_ledger();
    add(home.path(), 1, 3);
    assert_eq!(found(home.path(), &one("A/78")), [3, 2, 1]);
    add(home.path(), 4, 600);
    let (answer, told) = ask(home.path(), &one("A/78"));
    assert_eq!((answer.hits.len(), told), (600, vec![]));
    std::fs::remove_file(index(home.path())).expect("removes");
    assert_eq!(found(home.path(), &one("A/78")).len(), 600);
    add(home.path(), 601, 2_600);
    let (_, told) = ask(home.path(), &one("A/78"));
    assert_eq!(told, [Notice::Building(2_000)]);
}

#[test]
fn a_damaged_file_is_built_anew() {
    is_rebuilt_after(|home| std::fs::write(index(home), vec![0x5a; 9_000]).expect("writes"));
    is_rebuilt_after(|home| {
        let bytes = std::fs::read(index(home)).expect("reads");
        std::fs::write(index(home), &bytes[..bytes.len() / 2]).expect("writes");
    });
    is_rebuilt_after(|home| {
        let mut bytes = std::fs::read(index(home)).expect("reads");
        bytes[4_096..].fill(0xa5);
        std::fs::write(index(home), bytes).expect("writes");
    });
}

#[test]
fn a_foreign_file_is_built_anew() {
    let execute = |home: &Path, sql: &str| {
        let db = Connection::open(index(home)).expect("opens");
        db.execute_batch(sql).expect("executes");
    };
    is_rebuilt_after(|home| execute(home, "PRAGMA user_version = 999"));
    is_rebuilt_after(|home| execute(home, "PRAGMA application_id = 5"));
    is_rebuilt_after(|home| execute(home, "DROP TABLE symbol"));
    is_rebuilt_after(|home| execute(home, "DELETE FROM head"));
    is_rebuilt_after(|home| {
        let other = new_ledger();
        add(other.path(), 1, 5);
        std::fs::write(other.path().join("note"), "x").expect("writes");
        let mut bulk = Bulk::new(other.path());
        let record = record(&bulk, "A/1", Change::First, 1);
        push(&mut bulk, record);
        bulk.commit();
        // Same id, other entries: the head is no prefix of this ledger.
        ask(other.path(), &one("A/78/2"));
        std::fs::copy(index(other.path()), index(home)).expect("copies");
    });
    is_rebuilt_after(|home| execute(home, "UPDATE head SET ledger = zeroblob(32)"));
    is_rebuilt_after(|home| execute(home, "UPDATE head SET root = zeroblob(32)"));
}

#[test]
fn rows_that_lie_are_never_shown() {
    for sql in [
        // Points elsewhere.
        "UPDATE symbol SET entry = 3 WHERE key = 'A/78/2'",
        "UPDATE symbol SET key = 'A/78/2' WHERE key = 'A/78/3'",
        // Claims another entry, leaf, number.
        "UPDATE document SET entry = 77 WHERE entry = 2; UPDATE symbol SET entry = 77 WHERE entry = 2",
        "UPDATE document SET leaf = zeroblob(32) WHERE entry = 2",
        "UPDATE chain SET number = 4, language = 'x' WHERE id = 2",
        "UPDATE chain SET number = 0 WHERE id = 2",
        "DELETE FROM chain",
        // Events that are none.
        "INSERT INTO event VALUES (3, 2, 0)",
        "INSERT INTO event VALUES (99, 2, 0)",
        // Tables that are none.
        "DROP TABLE owner; CREATE VIEW owner AS SELECT 'A' AS key, 1 AS number",
        "CREATE TRIGGER t AFTER INSERT ON event BEGIN DELETE FROM document; END",
        // Who may do what.
        "INSERT INTO governance VALUES (99)",
    ] {
        is_rebuilt_after(|home| {
            let db = Connection::open(index(home)).expect("opens");
            db.execute_batch(sql).expect(sql);
        });
    }
}

#[test]
fn a_checkpoint_that_was_set_back_is_answered_for() {
    let home = new_ledger();
    add(home.path(), 1, 3);
    let checkpoint = home.path().join("ledger/checkpoint");
    let older = std::fs::read(&checkpoint).expect("reads");
    let tiles = contents(home.path(), "ledger/tile");
    add(home.path(), 4, 5);
    assert_eq!(found(home.path(), &one("A/78")).len(), 5);
    std::fs::write(checkpoint, older).expect("writes");
    for (path, bytes) in tiles {
        std::fs::write(home.path().join(path), bytes).expect("writes");
    }
    let (answer, told) = ask(home.path(), &one("A/78"));
    assert_eq!(entries(&answer), [3, 2, 1]);
    assert!(matches!(told[..], [Notice::Rebuilding(_)]), "{told:?}");
}

#[test]
fn where_no_index_can_stand_every_entry_is_read() {
    let home = new_ledger();
    add(home.path(), 1, 3);
    std::fs::create_dir(index(home.path())).expect("makes a folder");
    let (answer, told) = ask(home.path(), &one("A/78/2"));
    assert_eq!((answer.basis, entries(&answer)), (Basis::Entries, vec![2]));
    assert!(matches!(told[..], [Notice::Scanning(_)]), "{told:?}");
    #[cfg(unix)]
    {
        std::fs::remove_dir(index(home.path())).expect("removes");
        let elsewhere = home.path().join("elsewhere");
        std::os::unix::fs::symlink(&elsewhere, index(home.path())).expect("links");
        let (answer, _) = ask(home.path(), &one("A/78/2"));
        assert_eq!(answer.basis, Basis::Entries);
        assert!(!elsewhere.exists());
    }
}

#[test]
fn verification_looks_past_the_index() {
    let home = new_ledger();
    register_documents(home.path(), 3);
    assert_eq!(found(home.path(), &one("A/78")).len(), 3);
    for companion in ["-journal", "-wal", "-shm"] {
        let path = format!("{}{companion}", index(home.path()).display());
        std::fs::write(path, "x").expect("writes");
    }
    let dir = dir(&DISK, home.path());
    let id = docledger::verify::ledger_id_of(&dir).expect("an id");
    let report = verify_ledger(&dir, Anchor::Id(id));
    assert_eq!(report.verdict(), Verdict::Verified);
    assert!(report.findings.is_empty(), "{:?}", report.findings);
}

#[test]
fn damage_in_the_ledger_is_an_error_and_not_an_answer() {
    let home = new_ledger();
    add(home.path(), 1, 3);
    assert_eq!(found(home.path(), &one("A/78")).len(), 3);
    for (path, mut bytes) in contents(home.path(), "ledger/tile/entries") {
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        std::fs::write(home.path().join(path), bytes).expect("writes");
    }
    let texts = super::Plain(dir(&DISK, home.path()));
    let dir = dir(&DISK, home.path());
    let answer = docledger::index::search(&dir, &one("A/78/3"), &texts, &|_| ());
    assert!(answer.is_err());
}
