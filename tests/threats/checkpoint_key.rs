//! The disk and the checkpoint key.

use docledger::encoding::cbor::{self, Map, Value};
use docledger::encoding::cose::{Sign1, assemble};
use docledger::log::Checkpoint;
use docledger::verify::{Code, Verdict};

use crate::chamber::{CHECKPOINT, Chamber, OFFICER};
use crate::power::OWN;
use crate::scene::{Scene, TEXTS};
use crate::table::{At, Caught};

const LATER: &str = "each later entry names the tree it was signed on";
const ONE_FORM: &str = "a statement has one accepted encoding, with an empty unprotected header";

rows! { CheckpointKey;
    entry_altered {
        attack: "Alters an entry, and signs the tree that results.",
        finds: &[
            (Code::SignatureInvalid, At::Entry(2)),
            (Code::ContextMismatch, At::Entry(3)),
            (Code::ContextMismatch, At::Entry(4)),
            (Code::HistoryBroken, At::Entry(4)),
            (Code::ContextMismatch, At::Entry(5)),
            (Code::SurplusFile, At::Within("documents")),
        ],
        caught: Caught::By("the statement's signature; and each later entry names the tree it was signed on"),
    }
    entry_removed {
        attack: "Removes an entry from the middle.",
        finds: &[
            (Code::ContextMismatch, At::Entry(3)),
            (Code::ContextMismatch, At::Entry(4)),
            (Code::SurplusFile, At::Within("documents")),
        ],
        caught: Caught::By(LATER),
    }
    entries_reordered {
        attack: "Swaps two entries.",
        finds: &[
            (Code::ContextMismatch, At::Entry(2)),
            (Code::ContextMismatch, At::Entry(4)),
            (Code::ContextMismatch, At::Entry(5)),
        ],
        caught: Caught::By(LATER),
    }
    entry_inserted {
        attack: "Inserts an entry of his own between two.",
        finds: &[
            (Code::AuthorityRefused, At::Entry(4)),
            (Code::ContextMismatch, At::Entry(6)),
            (Code::SurplusFile, At::Within("documents")),
        ],
        caught: Caught::By("authority: the ledger gives his key no role; and each later entry names the tree it was signed on"),
    }
    decision_removed {
        attack: "Removes the decision that gave the deputy a role.",
        finds: &[
            (Code::ContextMismatch, At::Entry(1)),
            (Code::ContextMismatch, At::Entry(1)),
            (Code::ContextMismatch, At::Entry(2)),
            (Code::ContextMismatch, At::Entry(2)),
            (Code::AuthorityRefused, At::Entry(3)),
            (Code::ContextMismatch, At::Entry(4)),
            (Code::ContextMismatch, At::Entry(4)),
            (Code::SurplusFile, At::Within("documents")),
            (Code::KeyFileUnknown, At::Within("keys")),
        ],
        caught: Caught::By("each later entry names the newest decision and the tree"),
    }
    newest_append_reordered {
        attack: "Swaps two entries that the newest append added together.",
        verdict: Verdict::Verified,
        caught: Caught::Not("entries of one append were signed on the same tree, before it; a head remembered, a witness's cosignature, or any later append would hold their order"),
    }
    newest_append_thinned {
        attack: "Removes one of the entries that the newest append added together, with its document.",
        verdict: Verdict::Verified,
        caught: Caught::Not("the same: the newest append is held in place by what follows it"),
    }
    earlier_append_thinned {
        attack: "The same, of an append that another one followed.",
        finds: &[(Code::ContextMismatch, At::Entry(7))],
        caught: Caught::By(LATER),
    }
    tail_cut_off {
        attack: "Cuts off the newest entry, and signs the shorter tree.",
        verdict: Verdict::Verified,
        finds: &[(Code::SurplusFile, At::Within("documents"))],
        caught: Caught::Not("a head remembered from an earlier verification, or a witness's cosignature; here the document's bytes stay behind and are told"),
    }
    tail_cut_off_after_verification {
        attack: "The same, with the document's bytes, verified before.",
        finds: &[(Code::RolledBack, At::File("checkpoint"))],
        caught: Caught::By("the head remembered"),
    }
    entry_repeated {
        attack: "Appends an entry of the ledger a second time.",
        finds: &[
            (Code::EntryTwice, At::Entry(6)),
            (Code::HistoryBroken, At::Entry(6)),
        ],
        caught: Caught::By("a hash that stands in the log twice fails"),
    }
    replayed_with_the_same_keys {
        attack: "Appends a statement of another ledger that has the same keys and the same opening.",
        finds: &[(Code::ContextMismatch, At::Entry(6))],
        caught: Caught::By("the statement names the tree it was signed on"),
    }
    replayed_from_another_ledger {
        attack: "Appends a statement of a ledger with other keys.",
        finds: &[
            (Code::AuthorityRefused, At::Entry(6)),
            (Code::SurplusFile, At::Within("documents")),
        ],
        caught: Caught::By("authority: the ledger gives that key no role; with a role, the ledger that the statement names would tell"),
    }
    encoded_otherwise {
        attack: "Encodes the newest entry in a longer form of CBOR with the same meaning.",
        finds: &[
            (Code::EntryMalformed, At::Entry(5)),
            (Code::SurplusFile, At::Within("documents")),
        ],
        caught: Caught::By(ONE_FORM),
    }
    junk_in_the_unprotected_header {
        attack: "Adds a value to the unprotected header of the newest entry, which no signature covers.",
        finds: &[
            (Code::EntryMalformed, At::Entry(5)),
            (Code::SurplusFile, At::Within("documents")),
        ],
        caught: Caught::By(ONE_FORM),
    }
    signature_in_its_other_form {
        attack: "Writes the newest entry's signature in the other form that lax programs accept.",
        finds: &[
            (Code::SignatureInvalid, At::Entry(5)),
            (Code::SurplusFile, At::Within("documents")),
        ],
        caught: Caught::By("one strict rule for signatures"),
    }
    unknown_algorithm {
        attack: "Appends an entry that says it is signed by an algorithm this version does not know.",
        verdict: Verdict::NotEstablished,
        finds: &[
            (Code::NotEvaluated, At::Entry(6)),
            (Code::NotEvaluated, At::Entry(6)),
            (Code::SurplusFile, At::Within("documents")),
        ],
        caught: Caught::By("what this version can't weigh is never passed over; it has no effect"),
    }
    bytes_after_an_entry {
        attack: "Adds bytes after the newest entry.",
        finds: &[
            (Code::EntryMalformed, At::Entry(5)),
            (Code::SurplusFile, At::Within("documents")),
        ],
        caught: Caught::By(ONE_FORM),
    }
    another_origin {
        attack: "Signs a checkpoint with the right tree and another origin.",
        finds: &[(Code::CheckpointMalformed, At::File("checkpoint"))],
        caught: Caught::By("the opening names the origin, and the key's name is the origin"),
    }
    boundless_size {
        attack: "Signs a checkpoint of 2^60 entries, to exhaust the auditor's machine.",
        finds: &[
            (Code::BundleMissing, At::File("tile/entries/000")),
            (Code::BundleMissing, At::File("tile/entries/001")),
            (Code::RootMismatch, At::File("checkpoint")),
            (Code::NoAnchor, At::Entry(0)),
            (Code::TileMissing, At::File("tile/0/000")),
            (Code::TileMissing, At::File("tile/1/000.p/1")),
            (Code::BundleDamaged, At::Within("tile/entries")),
            (Code::TileDamaged, At::Within("tile/0")),
            (Code::SurplusFile, At::Within("documents")),
            (Code::SurplusFile, At::Within("keys")),
        ],
        caught: Caught::By("reading stops where nothing backs the size"),
    }
}

fn entry_altered(scene: &mut Scene) {
    scene.rewritten(|entries| {
        if let Some(last) = entries[2].last_mut() {
            *last ^= 1;
        }
    });
}

fn entry_removed(scene: &mut Scene) {
    scene.rewritten(|entries| drop(entries.remove(3)));
}

fn entries_reordered(scene: &mut Scene) {
    scene.rewritten(|entries| entries.swap(2, 3));
}

fn entry_inserted(scene: &mut Scene) {
    let own = scene.sign(OWN, &scene.draft("false\n", "A/78/9", None));
    scene.rewritten(|entries| entries.insert(4, own));
}

fn decision_removed(scene: &mut Scene) {
    scene.rewritten(|entries| drop(entries.remove(1)));
}

fn newest_append_reordered(scene: &mut Scene) {
    scene.office.register_two(OFFICER);
    scene.rewritten(|entries| entries.swap(6, 7));
}

fn newest_append_thinned(scene: &mut Scene) {
    scene.office.register_two(OFFICER);
    scene.rewritten(|entries| drop(entries.remove(6)));
    scene.remove(&scene.document_path("six\n"));
}

fn earlier_append_thinned(scene: &mut Scene) {
    scene.office.register_two(OFFICER);
    scene.office.register(OFFICER, "eight\n", "A/78/8");
    scene.rewritten(|entries| drop(entries.remove(6)));
    scene.remove(&scene.document_path("six\n"));
}

fn tail_cut_off(scene: &mut Scene) {
    scene.rewritten(|entries| drop(entries.pop()));
}

fn tail_cut_off_after_verification(scene: &mut Scene) {
    scene.remember();
    tail_cut_off(scene);
    scene.remove(&scene.document_path(TEXTS[3]));
}

fn entry_repeated(scene: &mut Scene) {
    scene.rewritten(|entries| entries.extend(entries.last().cloned()));
}

fn replayed_with_the_same_keys(scene: &mut Scene) {
    let there = Chamber::open();
    assert_eq!(there.id, scene.office.id);
    there.force_document(OFFICER, TEXTS[0], "A/78/9");
    scene.append(newest_of(&there));
}

/// The newest entry of another office's ledger, which anybody can read.
fn newest_of(there: &Chamber) -> Vec<u8> {
    let register = there.read();
    let entry = register.tail.last().expect("an entry");
    entry.clone()
}

fn replayed_from_another_ledger(scene: &mut Scene) {
    let context = docledger::statement::Context {
        ledger: docledger::digest::LedgerId::from_bytes([7; 32]),
        ..scene.office.context()
    };
    let mut draft = scene.draft("elsewhere\n", "A/78/9", None);
    crate::scene::record(&mut draft).context = context;
    scene.put(OWN, &draft);
}

fn encoded_otherwise(scene: &mut Scene) {
    scene.rewritten(|entries| {
        let last = entries.last_mut().expect("an entry");
        // Tag 18, then an array of four: 84, or longer 98 04.
        assert_eq!(last[..2], [0xd2, 0x84]);
        last.splice(1..2, [0x98, 0x04]);
    });
}

fn junk_in_the_unprotected_header(scene: &mut Scene) {
    scene.rewritten(|entries| {
        let last = entries.last_mut().expect("an entry");
        let message = Sign1::parse(last).expect("a message");
        let junk = Map::from_iter([(cbor::int(99), cbor::text("junk"))]);
        let Value::Array(mut parts) = cbor::decode(&last[1..]).expect("CBOR") else {
            panic!("an array")
        };
        assert!(message.unprotected().is_empty());
        parts[1] = Value::Map(junk);
        last.truncate(1);
        last.extend(cbor::encode(&Value::Array(parts)));
    });
}

/// The order of Ed25519's group (RFC 8032 section 5.1), little-endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

fn signature_in_its_other_form(scene: &mut Scene) {
    scene.rewritten(|entries| {
        let last = entries.last_mut().expect("an entry");
        let scalar = last.len() - 32;
        let mut carry = 0;
        for (byte, add) in last[scalar..].iter_mut().zip(ORDER) {
            carry += u16::from(*byte) + u16::from(add);
            *byte = carry.to_le_bytes()[0];
            carry >>= 8;
        }
        assert_eq!(carry, 0);
    });
}

fn unknown_algorithm(scene: &mut Scene) {
    let entry = scene.sign(OWN, &scene.draft("six\n", "A/78/6", None));
    let message = Sign1::parse(&entry).expect("a message");
    let mut header = message.header().clone();
    header.insert(cbor::int(1), cbor::int(-999));
    let protected = cbor::encode_map(&header);
    let payload = message.payload().expect("some");
    scene.append(assemble(&protected, payload, message.signature()));
}

fn bytes_after_an_entry(scene: &mut Scene) {
    scene.rewritten(|entries| entries.last_mut().expect("an entry").push(0));
}

fn another_origin(scene: &mut Scene) {
    let head = scene.office.read().checkpoint;
    let origin = "records.example.org/other".into();
    scene.sign_checkpoint(&Checkpoint { origin, ..head }, CHECKPOINT);
}

fn boundless_size(scene: &mut Scene) {
    let head = scene.office.read().checkpoint;
    let size = 1 << 60;
    scene.sign_checkpoint(&Checkpoint { size, ..head }, CHECKPOINT);
}
