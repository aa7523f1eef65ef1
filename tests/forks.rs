//! A ledger against another copy of it, and fork evidence: what is proven is a
//! fork, and nothing else is ever proven.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod chamber;
mod common;

use chamber::{CHECKPOINT, Chamber, OFFICER, REGISTRAR, compromise, officer, registrar};
use common::{DISK, dir, key};
use docledger::digest::{LeafHash, LedgerId, TreeHash};
use docledger::encoding::cbor::{self, Map, Value};
use docledger::log::Checkpoint;
use docledger::merkle::{Tree, empty_root, prove_consistency, prove_inclusion};
use docledger::statement::{Content, Context, Decision, Governance, LogKey};
use docledger::verify::{
    Anchor, Code, Comparison, Contradiction, ForkError, Other, ProvenFork, Report, SideError,
    Verdict, Which, verify_against, verify_fork, verify_ledger,
};

/// Replaces the checkpoint key by another number's.
fn rotate(chamber: &mut Chamber, signer: u8, number: u8) -> u64 {
    // The new key signs the head by which it takes effect.
    chamber.checkpoint = number;
    let key = key(number).public();
    let log = LogKey::Checkpoint;
    chamber.decide(signer, Decision::Rotate { log, key })
}

/// Signs the head of a ledger anew.
fn sign_head(chamber: &Chamber, number: u8) {
    let head = chamber.read().checkpoint;
    let note = head.sign(&key(number)).expect("signs");
    std::fs::write(chamber.home().join("ledger/checkpoint"), note).expect("writes");
}

/// What a comparison came to, and the report of both.
fn compared(here: &Chamber, other: Other<'_>) -> (Comparison, Report) {
    let evidence = dir(&DISK, here.home());
    let mut report = verify_ledger(&evidence, Anchor::Id(here.id));
    assert_eq!(
        report.verdict(),
        Verdict::Verified,
        "{:#?}",
        report.findings
    );
    verify_against(&evidence, other, &mut report);
    let against = report.against.clone().expect("compared");
    (against.comparison, report)
}

fn against(here: &Chamber, there: &Chamber) -> (Comparison, Report) {
    compared(here, Other::Ledger(&dir(&DISK, there.home())))
}

fn codes(report: &Report) -> Vec<(Code, Option<u64>)> {
    let findings = report.findings.iter();
    findings.map(|it| (it.code, it.entry)).collect()
}

/// The evidence of a fork that was found.
fn evidence(comparison: Comparison) -> Vec<u8> {
    match comparison {
        Comparison::Forked { evidence } => evidence.expect("evidence"),
        other => panic!("{other:?}"),
    }
}

/// Two ledgers that part at entry 2.
fn parted() -> (Chamber, Chamber) {
    let (here, there) = (Chamber::open(), Chamber::open());
    assert_eq!(here.id, there.id);
    for chamber in [&here, &there] {
        chamber.register(OFFICER, "one\n", "A/78/1");
    }
    here.register(OFFICER, "two\n", "A/78/2");
    there.register(OFFICER, "another\n", "A/78/2");
    (here, there)
}

fn checkpoint(chamber: &Chamber) -> Vec<u8> {
    std::fs::read(chamber.home().join("ledger/checkpoint")).expect("reads")
}

#[test]
fn two_ledgers_that_part_are_a_fork_from_either_side() {
    let (here, there) = parted();
    here.register(OFFICER, "three\n", "A/78/3");
    let (one, report) = against(&here, &there);
    assert_eq!(codes(&report), [(Code::ForkAgainst, Some(2))]);
    assert_eq!(report.verdict(), Verdict::Failed);
    let (other, _) = against(&there, &here);
    let bytes = evidence(one);
    assert_eq!(bytes, evidence(other), "one fork, one file");
    let fork = verify_fork(&bytes, here.id).expect("proven");
    let kid = key(CHECKPOINT).public().thumbprint();
    assert_eq!((fork.first.size, fork.second.size), (3, 4));
    assert_eq!((fork.first.key, fork.second.key), (kid, kid));
    let Contradiction::Leaves { index: 2, .. } = fork.contradiction else {
        panic!("{fork:?}")
    };
}

#[test]
fn a_copy_that_grew_is_no_fork() {
    let (here, there) = (Chamber::open(), Chamber::open());
    assert_eq!(against(&here, &there).0, Comparison::Same);
    here.register(OFFICER, "one\n", "A/78/1");
    assert_eq!(against(&here, &there).0, Comparison::Grown);
    let (comparison, report) = against(&there, &here);
    assert_eq!(comparison, Comparison::Behind);
    assert_eq!(codes(&report), [(Code::BehindOther, None)]);
    assert_eq!(report.verdict(), Verdict::Verified);
    let old = checkpoint(&there);
    let (comparison, report) = compared(&here, Other::Checkpoint(&old));
    assert_eq!((comparison, codes(&report)), (Comparison::Grown, vec![]));
    let same = checkpoint(&here);
    let (comparison, _) = compared(&here, Other::Checkpoint(&same));
    assert_eq!(comparison, Comparison::Same);
    let (comparison, report) = compared(&there, Other::Checkpoint(&same));
    assert_eq!(comparison, Comparison::Undecided);
    assert_eq!(codes(&report), [(Code::OtherUnproven, None)]);
    assert_eq!(report.verdict(), Verdict::NotEstablished);
}

#[test]
fn a_checkpoint_alone_shows_a_fork() {
    let (here, there) = parted();
    let old = checkpoint(&there);
    // Of one size, and from both sides; then of fewer entries.
    for (here, other) in [(&here, &there), (&there, &here)] {
        let (comparison, report) = compared(here, Other::Checkpoint(&checkpoint(other)));
        assert_eq!(codes(&report), [(Code::ForkAgainst, None)]);
        let fork = verify_fork(&evidence(comparison), here.id).expect("proven");
        let Contradiction::Roots { size: 3, .. } = fork.contradiction else {
            panic!("{fork:?}")
        };
    }
    for number in 3..6 {
        here.register(OFFICER, &format!("{number}\n"), &format!("A/78/{number}"));
        let (comparison, _) = compared(&here, Other::Checkpoint(&old));
        let fork = verify_fork(&evidence(comparison), here.id).expect("proven");
        assert_eq!((fork.first.size, fork.second.size), (3, number + 1));
    }
}

#[test]
fn lines_of_others_are_no_part_of_evidence() {
    let (here, there) = parted();
    let mut note = String::from_utf8(checkpoint(&there)).expect("text");
    note.push_str("— witness.example/w AAAAAAABAgMEBQ==\n");
    let (comparison, _) = compared(&here, Other::Checkpoint(note.as_bytes()));
    let bytes = evidence(comparison);
    verify_fork(&bytes, here.id).expect("proven");
    for (side, which) in [("first", Which::First), ("second", Which::Second)] {
        let error = refused(&bytes, here.id, |map| {
            let Value::Bytes(text) = at(map, &[side, "checkpoint"]) else {
                panic!("no note")
            };
            text.extend("— witness.example/w AAAAAAABAgMEBQ==\n".bytes());
        });
        assert_side(&error, which, &SideError::NotAlone);
    }
}

#[test]
fn another_ledger_is_told() {
    let here = Chamber::open();
    let folder = tempfile::tempdir().expect("a folder");
    let id = common::open(folder.path());
    assert_ne!(id, here.id);
    let (comparison, report) = compared(&here, Other::Ledger(&dir(&DISK, folder.path())));
    assert_eq!(comparison, Comparison::OtherLedger);
    assert_eq!(codes(&report), [(Code::OtherLedger, None)]);
    let note = Checkpoint {
        origin: "other.example.org".into(),
        ..here.read().checkpoint
    };
    let note = note.sign(&key(CHECKPOINT)).expect("signs");
    let (comparison, _) = compared(&here, Other::Checkpoint(note.as_bytes()));
    assert_eq!(comparison, Comparison::OtherLedger);
}

#[test]
fn what_another_key_signed_proves_nothing() {
    let (here, there) = parted();
    sign_head(&there, 7);
    let (comparison, report) = against(&here, &there);
    assert_eq!(comparison, Comparison::Undecided);
    assert_eq!(codes(&report), [(Code::OtherUnproven, None)]);
    let (comparison, _) = compared(&here, Other::Checkpoint(&checkpoint(&there)));
    assert_eq!(comparison, Comparison::Undecided);
}

#[test]
fn nothing_in_the_other_place_stops_a_comparison() {
    let (here, there) = parted();
    let empty = tempfile::tempdir().expect("a folder");
    let (comparison, _) = compared(&here, Other::Ledger(&dir(&DISK, empty.path())));
    assert_eq!(comparison, Comparison::Undecided);
    let huge = Checkpoint {
        size: u64::MAX,
        ..there.read().checkpoint
    };
    let none = Checkpoint {
        size: 0,
        root: empty_root(),
        ..there.read().checkpoint
    };
    for head in [huge, none] {
        let note = head.sign(&key(CHECKPOINT)).expect("signs");
        let (comparison, _) = compared(&here, Other::Checkpoint(note.as_bytes()));
        assert_eq!(comparison, Comparison::Undecided);
        std::fs::write(there.home().join("ledger/checkpoint"), note).expect("writes");
        let (comparison, _) = against(&here, &there);
        assert_eq!(comparison, Comparison::Undecided);
    }
    for bytes in [&b""[..], b"\n\n\xe2\x80\x94 ", &[0xff; 70_000]] {
        let (comparison, _) = compared(&here, Other::Checkpoint(bytes));
        assert_eq!(comparison, Comparison::Undecided);
    }
}

#[test]
fn each_side_is_held_to_the_key_that_its_own_entries_put_in_force() {
    // Replaced before they part: the new key signs both.
    let (mut here, mut there) = (Chamber::open(), Chamber::open());
    for chamber in [&mut here, &mut there] {
        rotate(chamber, REGISTRAR, 7);
    }
    here.register(OFFICER, "one\n", "A/78/1");
    there.register(OFFICER, "another\n", "A/78/1");
    let fork = verify_fork(&evidence(against(&here, &there).0), here.id).expect("proven");
    let new = key(7).public().thumbprint();
    assert_eq!((fork.first.key, fork.second.key), (new, new));
    // The old one proves nothing any more, alone or with entries.
    sign_head(&there, CHECKPOINT);
    assert_eq!(against(&here, &there).0, Comparison::Undecided);
    let note = checkpoint(&there);
    assert_eq!(
        compared(&here, Other::Checkpoint(&note)).0,
        Comparison::Undecided
    );

    // Replaced on one side only.
    let (mut here, there) = (Chamber::open(), Chamber::open());
    rotate(&mut here, REGISTRAR, 7);
    here.register(OFFICER, "one\n", "A/78/1");
    there.register(OFFICER, "another\n", "A/78/1");
    let fork = verify_fork(&evidence(against(&here, &there).0), here.id).expect("proven");
    let old = key(CHECKPOINT).public().thumbprint();
    assert_eq!((fork.first.key, fork.second.key), (old, new));
    // By the entries here, the old key was not in force at that size.
    let note = checkpoint(&there);
    assert_eq!(
        compared(&here, Other::Checkpoint(&note)).0,
        Comparison::Undecided
    );
}

#[test]
fn a_rotation_that_a_declaration_undid_is_undone_for_its_side() {
    let (mut here, there) = (Chamber::open(), Chamber::open());
    for chamber in [&here, &there] {
        chamber.decide(REGISTRAR, registrar(5));
        chamber.decide(REGISTRAR, registrar(6));
    }
    let by = rotate(&mut here, 5, 7);
    // Once the declaration stands, the key before is in force again.
    let declared = compromise(5, by);
    here.checkpoint = CHECKPOINT;
    here.decide(6, declared);
    there.register(OFFICER, "one\n", "A/78/1");
    let fork = verify_fork(&evidence(against(&here, &there).0), here.id).expect("proven");
    let kid = key(CHECKPOINT).public().thumbprint();
    assert_eq!((fork.first.key, fork.second.key), (kid, kid));
}

#[test]
fn a_checkpoint_is_judged_by_what_was_known_at_its_size() {
    let mut here = Chamber::open();
    here.decide(REGISTRAR, registrar(5));
    let by = rotate(&mut here, 5, 7);
    let forged = Checkpoint {
        root: TreeHash::from_bytes([1; 32]),
        ..here.read().checkpoint
    };
    here.checkpoint = CHECKPOINT;
    here.decide(REGISTRAR, compromise(5, by));
    // The key in force then, though it counts for nothing now; and the other way.
    let note = forged.sign(&key(7)).expect("signs");
    let (comparison, _) = compared(&here, Other::Checkpoint(note.as_bytes()));
    verify_fork(&evidence(comparison), here.id).expect("proven");
    let note = forged.sign(&key(CHECKPOINT)).expect("signs");
    let (comparison, _) = compared(&here, Other::Checkpoint(note.as_bytes()));
    assert_eq!(comparison, Comparison::Undecided);
}

#[test]
fn a_fork_is_found_even_where_evidence_of_it_is_spoilt() {
    // A registrar's key that names no governance entry breaks the chain, and the
    // declaration that accounts for it leaves the ledger as good as it was.
    let (here, there) = (Chamber::open(), Chamber::open());
    let mut spoilt = 0;
    for chamber in [&here, &there] {
        chamber.decide(REGISTRAR, registrar(5));
        let context = Context {
            authority: LeafHash::from_bytes([1; 32]),
            ..chamber.context()
        };
        let content = Content::Governance(Governance::decision(context, officer(6)));
        let entry = chamber.statement("records.example.org/register", content, &key(5));
        spoilt = chamber.force(entry);
        chamber.decide(REGISTRAR, compromise(5, spoilt));
    }
    here.register(OFFICER, "one\n", "A/78/1");
    there.register(OFFICER, "another\n", "A/78/1");
    let (comparison, report) = against(&here, &there);
    let fork = (Code::ForkAgainst, Some(4));
    assert_eq!(codes(&report), [(Code::EntryVoid, Some(spoilt)), fork]);
    let Comparison::Forked { evidence } = comparison else {
        panic!("{comparison:?}")
    };
    let error = evidence.expect_err("no chain");
    assert_side(&error, Which::First, &SideError::Link(spoilt));
}

// What follows changes evidence.

/// Two ledgers with a decision on each side, and a document after it; the key
/// was replaced in the longer one.
fn rich() -> (Chamber, Chamber, Vec<u8>) {
    let (mut here, there) = (Chamber::open(), Chamber::open());
    for chamber in [&here, &there] {
        chamber.decide(REGISTRAR, officer(5));
    }
    rotate(&mut here, REGISTRAR, 7);
    here.register(OFFICER, "one\n", "A/78/1");
    there.register(5, "another\n", "A/78/1");
    let bytes = evidence(against(&here, &there).0);
    (here, there, bytes)
}

fn decode(bytes: &[u8]) -> Map {
    match cbor::decode(bytes).expect("CBOR") {
        Value::Map(map) => map,
        other => panic!("{other:?}"),
    }
}

/// The value at a path of keys and places.
fn at<'a>(map: &'a mut Map, path: &[&str]) -> &'a mut Value {
    let (first, rest) = path.split_first().expect("a path");
    let mut value = map.get_mut(&cbor::text(*first)).expect("a field");
    for step in rest {
        value = match value {
            Value::Map(map) => map.get_mut(&cbor::text(*step)).expect("a field"),
            Value::Array(items) => items
                .get_mut(step.parse::<usize>().expect("a place"))
                .expect("an item"),
            other => panic!("{other:?}"),
        };
    }
    value
}

fn map_at<'a>(map: &'a mut Map, path: &[&str]) -> &'a mut Map {
    match at(map, path) {
        Value::Map(map) => map,
        other => panic!("{other:?}"),
    }
}

/// Why changed evidence proves nothing.
fn refused(bytes: &[u8], id: LedgerId, change: impl FnOnce(&mut Map)) -> ForkError {
    let mut map = decode(bytes);
    change(&mut map);
    let changed = cbor::encode_map(&map);
    assert_ne!(changed, bytes, "nothing was changed");
    verify_fork(&changed, id).expect_err("it must be refused")
}

fn assert_side(error: &ForkError, side: Which, expected: &SideError) {
    let ForkError::Side { which, error } = error else {
        panic!("{error:?}")
    };
    assert_eq!((*which, error), (side, expected));
}

#[test]
fn every_changed_byte_and_every_truncation_is_refused() {
    let (here, there) = parted();
    here.register(OFFICER, "three\n", "A/78/3");
    let with_note = evidence(compared(&here, Other::Checkpoint(&checkpoint(&there))).0);
    let (_, _, rich) = rich();
    for bytes in [with_note, rich] {
        verify_fork(&bytes, here.id).expect("proven");
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1 << (place % 8);
            assert!(verify_fork(&changed, here.id).is_err(), "byte {place}");
            let cut = &bytes[..place];
            assert!(verify_fork(cut, here.id).is_err(), "cut at {place}");
        }
        let longer = [&bytes[..], &[0]].concat();
        assert!(verify_fork(&longer, here.id).is_err());
    }
}

#[test]
fn another_ledger_id_is_refused() {
    let (here, _, bytes) = rich();
    let other = LedgerId::from_bytes([7; 32]);
    assert_eq!(
        verify_fork(&bytes, other),
        Err(ForkError::OtherLedger(here.id))
    );
}

#[test]
fn one_head_twice_or_in_the_wrong_order_is_refused() {
    let (here, _, bytes) = rich();
    let error = refused(&bytes, here.id, |map| {
        let first = at(map, &["first"]).clone();
        *at(map, &["second"]) = first;
    });
    assert_eq!(error, ForkError::Order);
    let error = refused(&bytes, here.id, |map| {
        let (first, second) = (at(map, &["first"]).clone(), at(map, &["second"]).clone());
        (*at(map, &["first"]), *at(map, &["second"])) = (second, first);
    });
    assert_eq!(error, ForkError::Order);
}

#[test]
fn a_governance_entry_left_out_is_seen() {
    let (here, _, bytes) = rich();
    // Without the rotation, the key before would seem in force.
    let error = refused(&bytes, here.id, |map| {
        let Value::Array(decisions) = at(map, &["second", "governance", "decisions"]) else {
            panic!("no list")
        };
        decisions.pop();
    });
    assert_side(&error, Which::Second, &SideError::Link(3));
    let error = refused(&bytes, here.id, |map| {
        let Value::Array(decisions) = at(map, &["second", "governance", "decisions"]) else {
            panic!("no list")
        };
        decisions.remove(0);
    });
    assert_side(&error, Which::Second, &SideError::Link(2));
    // And the last entry with it.
    for newest in [false, true] {
        let error = refused(&bytes, here.id, |map| {
            let governance = map_at(map, &["second", "governance"]);
            governance.remove(&cbor::text("newest"));
            if newest {
                governance.remove(&cbor::text("decisions"));
            }
        });
        assert_side(&error, Which::Second, &SideError::Newest);
    }
    let error = refused(&bytes, here.id, |map| {
        map_at(map, &["first"]).remove(&cbor::text("governance"));
        map_at(map, &["second"]).remove(&cbor::text("governance"));
    });
    assert_eq!(error, ForkError::NoGovernance);
    let error = refused(&bytes, here.id, |map| {
        map_at(map, &["second"]).remove(&cbor::text("governance"));
    });
    assert_eq!(error, ForkError::KeyUnknown(Which::Second));
}

#[test]
fn a_replaced_key_signs_nothing_that_counts_after_its_end() {
    let mut here = Chamber::open();
    let by = rotate(&mut here, REGISTRAR, 7);
    here.register(OFFICER, "one\n", "A/78/1");
    let forged = |size| {
        let head = Checkpoint {
            size,
            root: TreeHash::from_bytes([1; 32]),
            ..here.read().checkpoint
        };
        head.sign(&key(CHECKPOINT)).expect("signs")
    };
    for size in by + 1..=here.read().checkpoint.size {
        let note = forged(size);
        let (comparison, _) = compared(&here, Other::Checkpoint(note.as_bytes()));
        assert_eq!(comparison, Comparison::Undecided, "{size}");
    }
    // Up to there it was in force: who holds it can show another past, and the
    // evidence says whose key that was.
    let note = forged(by);
    let (comparison, _) = compared(&here, Other::Checkpoint(note.as_bytes()));
    let fork = verify_fork(&evidence(comparison), here.id).expect("proven");
    let kids = [CHECKPOINT, 7].map(|number| key(number).public().thumbprint());
    assert_eq!([fork.first.key, fork.second.key], kids);
}

fn hashes(path: &[TreeHash]) -> Value {
    Value::Array(
        path.iter()
            .map(|hash| cbor::bytes(*hash.as_bytes()))
            .collect(),
    )
}

#[test]
fn proofs_must_lead_where_they_should() {
    let (here, there, bytes) = rich();
    let id = here.id;
    for path in [
        &["conflict", "index"][..],
        &["first", "governance", "decisions", "0", "index"],
        &["second", "governance", "decisions", "1", "index"],
    ] {
        for index in [0, 1, 2, 3, 4, 5, u64::MAX] {
            let mut map = decode(&bytes);
            if std::mem::replace(at(&mut map, path), cbor::int(index)) == cbor::int(index) {
                continue;
            }
            assert!(
                verify_fork(&cbor::encode_map(&map), id).is_err(),
                "{path:?} {index}"
            );
        }
    }
    // A place where both have the same entry.
    let tree = |chamber: &Chamber| chamber.read().tree;
    let same = |tree: &Tree| {
        Value::Map(Map::from([
            (
                cbor::text("leaf"),
                cbor::bytes(*tree.leaf(1).expect("there").as_bytes()),
            ),
            (
                cbor::text("inclusion"),
                hashes(&prove_inclusion(tree, 1, tree.size()).expect("in range")),
            ),
        ]))
    };
    let error = refused(&bytes, id, |map| {
        *at(map, &["conflict", "index"]) = cbor::int(1);
        *at(map, &["conflict", "first"]) = same(&tree(&there));
        *at(map, &["conflict", "second"]) = same(&tree(&here));
    });
    assert_eq!(error, ForkError::NoConflict);
    // The tree that a decision was signed on.
    let error = refused(&bytes, id, |map| {
        map_at(map, &["second", "governance", "decisions", "0"]).remove(&cbor::text("on"));
    });
    assert_side(&error, Which::Second, &SideError::OlderMisplaced(1));
    // What nobody knows.
    let error = refused(&bytes, id, |map| {
        map_at(map, &["first"]).insert(cbor::text("note"), cbor::int(1));
    });
    assert_eq!(error, ForkError::Unknown("first.note".into()));
}

#[test]
fn a_ledger_that_only_grew_can_not_be_made_to_look_forked() {
    let here = Chamber::open();
    here.register(OFFICER, "one\n", "A/78/1");
    let old = here.read().checkpoint;
    let note = checkpoint(&here);
    here.register(OFFICER, "two\n", "A/78/2");
    here.register(OFFICER, "three\n", "A/78/3");
    let (_, there) = parted();
    let bytes = evidence(compared(&here, Other::Checkpoint(&checkpoint(&there))).0);
    let tree = here.read().tree;
    let growth = hashes(&prove_consistency(&tree, old.size, tree.size()).expect("in range"));
    let put = |map: &mut Map, root: TreeHash| {
        *at(map, &["first", "checkpoint"]) = cbor::bytes(note.clone());
        let conflict = map_at(map, &["conflict"]);
        conflict.insert(cbor::text("root"), cbor::bytes(*root.as_bytes()));
        conflict.insert(cbor::text("growth"), growth.clone());
    };
    let error = refused(&bytes, here.id, |map| put(map, old.root));
    assert_eq!(error, ForkError::NoConflict);
    let error = refused(&bytes, here.id, |map| {
        put(map, TreeHash::from_bytes([1; 32]))
    });
    assert!(matches!(error, ForkError::Proof(_)), "{error:?}");
}

#[test]
fn sizes_of_nothing_and_beyond_all_bounds_are_refused() {
    let (here, _, bytes) = rich();
    let head = here.read().checkpoint;
    for (size, side) in [
        (0, "first"),
        (0, "second"),
        (u64::MAX, "second"),
        (1 << 63, "second"),
    ] {
        let changed = Checkpoint {
            size,
            ..head.clone()
        };
        let note = changed.sign(&key(7)).expect("signs");
        refused(&bytes, here.id, |map| {
            *at(map, &[side, "checkpoint"]) = cbor::bytes(note.as_bytes());
        });
    }
    // Signed by whoever holds another key.
    for number in [1, OFFICER, CHECKPOINT, 8] {
        let note = head.sign(&key(number)).expect("signs");
        let error = refused(&bytes, here.id, |map| {
            *at(map, &["second", "checkpoint"]) = cbor::bytes(note.as_bytes());
        });
        let ForkError::Side {
            which: Which::Second,
            error: SideError::Checkpoint(_),
        } = error
        else {
            panic!("{error:?}")
        };
    }
    let proven: Result<ProvenFork, _> = verify_fork(&bytes, here.id);
    assert!(proven.is_ok());
}
