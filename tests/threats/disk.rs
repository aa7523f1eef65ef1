//! The disk, and no key.

use std::fs::File;

use docledger::verify::{Code, Verdict};
use rusqlite::Connection;

use crate::chamber::OFFICER;
use crate::common::contents;
use crate::scene::{Scene, TEXTS, copy};
use crate::table::{At, Caught};

const TREE: &str = "the tree, under the signed checkpoint";
const DIGEST: &str = "the digest in the signed statement";
const LINKS: &str = "links are refused wherever a file or folder of the ledger belongs";
const FROM_LEDGER: &str = "public files are derived from the entries, and compared";
const HEAD: &str = "the head remembered";

rows! { Disk;
    document_altered {
        attack: "Alters the bytes of a registered document.",
        finds: &[(Code::DocumentDamaged, At::Entry(3))],
        caught: Caught::By(DIGEST),
    }
    document_replaced {
        attack: "Puts another registered document in its place.",
        finds: &[(Code::DocumentDamaged, At::Entry(3))],
        caught: Caught::By(DIGEST),
    }
    document_deleted {
        attack: "Deletes a document's bytes.",
        verdict: Verdict::NotEstablished,
        finds: &[(Code::DocumentMissing, At::Entry(3))],
        caught: Caught::By("the statement names bytes that are not there"),
    }
    document_lengthened {
        attack: "Makes a document far longer than it was.",
        finds: &[(Code::DocumentDamaged, At::Entry(3))],
        caught: Caught::By("the digest in the signed statement; the file is read to its end, which takes the auditor's time"),
    }
    document_a_folder {
        attack: "Puts a folder in the place of a document.",
        verdict: Verdict::NotEstablished,
        finds: &[(Code::Unreadable, At::Entry(3))],
        caught: Caught::By("what is no plain file is never read"),
    }
    entry_altered {
        attack: "Alters an entry in the newest bundle.",
        finds: &[
            (Code::EntryDamaged, At::Entry(5)),
            (Code::BundleDamaged, At::File("tile/entries/000.p/6")),
            (Code::SurplusFile, At::Within("documents")),
        ],
        caught: Caught::By(TREE),
    }
    entry_counted_twice {
        attack: "Puts one entry in the place of another in the newest bundle, so that it counts twice.",
        finds: &[
            (Code::EntryDamaged, At::Entry(3)),
            (Code::BundleDamaged, At::File("tile/entries/000.p/6")),
        ],
        caught: Caught::By(TREE),
    }
    bundle_of_another_ledger {
        attack: "Exchanges the newest bundle for one of another ledger; the tiles stay.",
        finds: &[
            (Code::EntryDamaged, At::Entry(5)),
            (Code::BundleDamaged, At::File("tile/entries/000.p/6")),
            (Code::SurplusFile, At::Within("documents")),
        ],
        caught: Caught::By(TREE),
    }
    bundle_deleted {
        attack: "Deletes the newest bundle.",
        finds: &[
            (Code::BundleMissing, At::File("tile/entries/000.p/6")),
            (Code::EntryDamaged, At::Entry(0)),
            (Code::EntryDamaged, At::Entry(1)),
            (Code::EntryDamaged, At::Entry(2)),
            (Code::EntryDamaged, At::Entry(3)),
            (Code::EntryDamaged, At::Entry(4)),
            (Code::EntryDamaged, At::Entry(5)),
            (Code::SurplusFile, At::Within("documents")),
        ],
        caught: Caught::By(TREE),
    }
    tile_altered {
        attack: "Alters a hash tile.",
        finds: &[(Code::TileDamaged, At::File("tile/0/000.p/6"))],
        caught: Caught::By("the tree of the entries, under the signed checkpoint"),
    }
    tile_deleted {
        attack: "Deletes a hash tile.",
        finds: &[(Code::TileMissing, At::File("tile/0/000.p/6"))],
        caught: Caught::By("the tree of the entries calls for it"),
    }
    older_tile_deleted {
        attack: "Deletes the tile of an earlier size, which outsiders may hold proofs against.",
        finds: &[(Code::TileMissing, At::File("tile/0/000.p/4"))],
        caught: Caught::By("entries name the sizes that were published"),
    }
    tile_far_too_long {
        attack: "Makes a tile a terabyte long, to exhaust the auditor's machine.",
        finds: &[(Code::TileDamaged, At::File("tile/0/000.p/6"))],
        caught: Caught::By("each file is read within its limit"),
    }
    checkpoint_far_too_long {
        attack: "Makes the checkpoint a terabyte long.",
        finds: &[
            (Code::CheckpointMissing, At::Ledger),
            (Code::Unreadable, At::File("checkpoint")),
            (Code::NoAnchor, At::Entry(0)),
        ],
        caught: Caught::By("each file is read within its limit"),
    }
    tile_spelt_otherwise {
        attack: "Adds tiles and bundles under other spellings of their paths, for a reader who believes them.",
        verdict: Verdict::Verified,
        finds: &[
            (Code::SurplusFile, At::File("tile/0/000.p/06")),
            (Code::SurplusFile, At::File("tile/0/x000/000.p/6")),
            (Code::SurplusFile, At::File("tile/entries/0.p/6")),
        ],
        caught: Caught::By("a path has one spelling; nothing else is ever read"),
    }
    checkpoint_deleted {
        attack: "Deletes the checkpoint.",
        finds: &[
            (Code::CheckpointMissing, At::File("checkpoint")),
            (Code::NoAnchor, At::Entry(0)),
        ],
        caught: Caught::By("there is no ledger without one"),
    }
    checkpoint_altered {
        attack: "Writes a smaller size and its root into the checkpoint, under the old signature.",
        finds: &[
            (Code::CheckpointSignature, At::File("checkpoint")),
            (Code::BeyondCheckpoint, At::Within("tile")),
            (Code::SurplusFile, At::Within("documents")),
        ],
        caught: Caught::By("the checkpoint's signature"),
    }
    checkpoint_with_a_line {
        attack: "Adds a line to the checkpoint that looks like a witness's.",
        verdict: Verdict::NotEstablished,
        finds: &[(Code::CheckpointLines, At::File("checkpoint"))],
        caught: Caught::By("the checkpoint has one accepted form"),
    }
    checkpoint_set_back {
        attack: "Puts an earlier checkpoint back; the tiles stay.",
        verdict: Verdict::Verified,
        finds: &[
            (Code::BeyondCheckpoint, At::Within("tile")),
            (Code::SurplusFile, At::Within("documents")),
        ],
        caught: Caught::By("what lies beyond the checkpoint is told, and stops the next append"),
        then: |scene| {
            let refused = scene.office.try_register(OFFICER, "five\n", "A/78/5", None);
            assert!(refused.is_err());
        },
    }
    rolled_back {
        attack: "Puts an older copy of the whole ledger in its place.",
        verdict: Verdict::Verified,
        caught: Caught::Not("a head remembered from an earlier verification, a witness's cosignature, or a copy elsewhere"),
    }
    rolled_back_after_verification {
        attack: "The same, verified before.",
        finds: &[(Code::RolledBack, At::File("checkpoint"))],
        caught: Caught::By(HEAD),
    }
    key_exchanged {
        attack: "Exchanges the public checkpoint key in `keys/` for another.",
        finds: &[(Code::KeyFileDiffers, At::Within("keys"))],
        caught: Caught::By(FROM_LEDGER),
    }
    ledger_id_exchanged {
        attack: "Writes another ledger id into `keys/ledger-id`.",
        finds: &[(Code::KeyFileDiffers, At::File("keys/ledger-id"))],
        caught: Caught::By(FROM_LEDGER),
    }
    keys_folder_replaced {
        attack: "Replaces `keys/` by that of another ledger.",
        finds: &[
            (Code::KeyFileDiffers, At::File("keys/ledger-id")),
            (Code::KeyFileDiffers, At::File("keys/policy")),
            (Code::KeyFileMissing, At::Within("keys")),
            (Code::KeyFileUnknown, At::Within("keys")),
        ],
        caught: Caught::By(FROM_LEDGER),
    }
    keys_folder_deleted {
        attack: "Deletes `keys/`.",
        verdict: Verdict::Verified,
        caught: Caught::By("nothing rests on it: keys come from the entries; *not checked* says so"),
    }
    keys_folder_linked {
        attack: "Puts a symbolic link in the place of `keys/`.",
        verdict: Verdict::Verified,
        caught: Caught::By("nothing rests on it: its files are compared with the entries"),
    }
    key_file_deleted {
        attack: "Deletes one public key.",
        verdict: Verdict::NotEstablished,
        finds: &[(Code::KeyFileMissing, At::Within("keys"))],
        caught: Caught::By(FROM_LEDGER),
    }
    key_files_added {
        attack: "Adds a key to `keys/`, a copy of one under another name, and a file that is none.",
        verdict: Verdict::Verified,
        finds: &[
            (Code::KeyFileUnknown, At::File("keys/copy.pem")),
            (Code::KeyFileUnknown, At::File("keys/officer-own.pem")),
            (Code::SurplusFile, At::File("keys/readme")),
        ],
        caught: Caught::By("no key counts that the entries don't name; what they don't name is told"),
    }
    document_linked {
        attack: "Puts a symbolic link in the place of a document; its target has the right bytes.",
        finds: &[
            (Code::SymbolicLink, At::Within("documents")),
            (Code::Unreadable, At::Entry(3)),
        ],
        caught: Caught::By(LINKS),
    }
    folder_linked {
        attack: "Puts a symbolic link in the place of the folder of documents.",
        finds: &[(Code::SymbolicLink, At::File("documents"))],
        caught: Caught::By(LINKS),
    }
    key_file_linked {
        attack: "Puts a symbolic link in the place of a public key.",
        finds: &[
            (Code::SymbolicLink, At::Within("keys")),
            (Code::Unreadable, At::Within("keys")),
        ],
        caught: Caught::By(LINKS),
    }
    index_linked {
        attack: "Puts a symbolic link in the place of the query cache, to have a file elsewhere overwritten.",
        finds: &[(Code::SymbolicLink, At::File("index.sqlite"))],
        caught: Caught::By(LINKS),
    }
    format_page_altered {
        attack: "Rewrites `FORMAT.md`, which explains the ledger to people.",
        verdict: Verdict::Verified,
        caught: Caught::Not("nothing is derived from it; compare it with the one in the source of the program"),
    }
    names_with_control_characters {
        attack: "Adds a file whose name clears the screen and writes VERIFIED.",
        verdict: Verdict::Verified,
        finds: &[(Code::SurplusFile, At::File("\u{1b}[2J\nVERIFIED"))],
        caught: Caught::By("what is shown is escaped, on one line"),
    }
    index_invents {
        attack: "Edits the query cache so that it finds a document that is not there.",
        verdict: Verdict::Verified,
        caught: Caught::By("each hit is read from its entry and asked again; the cache is built anew"),
        then: |scene| assert_eq!(searched(scene, "A/78/9", &[]), (vec![], Some(3))),
    }
    index_hides {
        attack: "Edits the query cache so that it hides a document.",
        verdict: Verdict::Verified,
        caught: Caught::Not("`search` without a hit ends with exit code 3, never 0; `search --scan` reads every entry and finds it"),
        then: |scene| {
            assert_eq!(searched(scene, "A/78/2", &[]), (vec![], Some(3)));
            assert_eq!(searched(scene, "A/78/2", &["--scan"]), (vec![3], Some(0)));
        },
    }
    index_forgets_a_decision {
        attack: "Edits the query cache so that it leaves out a decision about keys.",
        verdict: Verdict::Verified,
        caught: Caught::By("the newest entry names the newest decision, and each the one before; the cache is built anew"),
        then: |scene| assert_eq!(searched(scene, "A/78/1", &[]), (vec![4], Some(0))),
    }
}

fn document_altered(scene: &mut Scene) {
    scene.flip(&scene.document_path(TEXTS[1]), 2);
}

fn document_replaced(scene: &mut Scene) {
    let other = scene.read(&scene.document_path(TEXTS[0]));
    scene.write(&scene.document_path(TEXTS[1]), other);
}

fn document_deleted(scene: &mut Scene) {
    scene.remove(&scene.document_path(TEXTS[1]));
}

fn document_lengthened(scene: &mut Scene) {
    stretch(scene, &scene.document_path(TEXTS[1]), 1 << 24);
}

fn document_a_folder(scene: &mut Scene) {
    let path = scene.document_path(TEXTS[1]);
    scene.remove(&path);
    std::fs::create_dir(scene.path(&path)).expect("makes");
}

fn entry_altered(scene: &mut Scene) {
    scene.flip(&scene.bundle(), 1);
}

fn entry_counted_twice(scene: &mut Scene) {
    let mut entries = scene.entries();
    entries[3] = entries[2].clone();
    let bundle = docledger::log::write_bundle(&entries).expect("fits");
    scene.write(&scene.bundle(), bundle);
}

fn bundle_of_another_ledger(scene: &mut Scene) {
    let other = Scene::new(crate::power::Power::Disk);
    other.office.register(OFFICER, "elsewhere\n", "A/78/7");
    let bundle = other.bundle();
    let mut entries = other.entries();
    entries.remove(5);
    scene.write(
        &scene.bundle(),
        docledger::log::write_bundle(&entries).expect("fits"),
    );
    assert_ne!(bundle, scene.bundle());
}

fn bundle_deleted(scene: &mut Scene) {
    scene.remove(&scene.bundle());
}

fn tile_altered(scene: &mut Scene) {
    scene.flip("ledger/tile/0/000.p/6", 40);
}

fn tile_deleted(scene: &mut Scene) {
    scene.remove("ledger/tile/0/000.p/6");
}

fn older_tile_deleted(scene: &mut Scene) {
    scene.remove("ledger/tile/0/000.p/4");
}

/// Makes a file long without writing its bytes.
fn stretch(scene: &Scene, name: &str, length: u64) {
    let file = File::options().write(true).open(scene.path(name));
    file.and_then(|file| file.set_len(length)).expect("grows");
}

fn tile_far_too_long(scene: &mut Scene) {
    stretch(scene, "ledger/tile/0/000.p/6", 1 << 40);
}

fn checkpoint_far_too_long(scene: &mut Scene) {
    stretch(scene, "ledger/checkpoint", 1 << 40);
}

fn tile_spelt_otherwise(scene: &mut Scene) {
    let (tile, bundle) = ("ledger/tile/0/000.p/6", scene.bundle());
    scene.write("ledger/tile/0/000.p/06", scene.read(tile));
    scene.write("ledger/tile/0/x000/000.p/6", scene.read(tile));
    scene.write("ledger/tile/entries/0.p/6", scene.read(&bundle));
}

fn checkpoint_deleted(scene: &mut Scene) {
    scene.remove("ledger/checkpoint");
}

fn checkpoint_altered(scene: &mut Scene) {
    let text = String::from_utf8(scene.read("ledger/checkpoint")).expect("text");
    let register = scene.office.read();
    let older = docledger::log::Checkpoint {
        origin: register.checkpoint.origin.clone(),
        size: 5,
        root: register.tree.root_at(5).expect("grown"),
    };
    let text = text.replace(&register.checkpoint.to_text(), &older.to_text());
    scene.write("ledger/checkpoint", text);
}

fn checkpoint_with_a_line(scene: &mut Scene) {
    let mut text = String::from_utf8(scene.read("ledger/checkpoint")).expect("text");
    let line = text.lines().last().expect("a signature").to_owned();
    text.push_str(&line.replace("records.example.org/register", "witness.example.org"));
    text.push('\n');
    scene.write("ledger/checkpoint", text);
}

fn checkpoint_set_back(scene: &mut Scene) {
    let older = scene.read("ledger/checkpoint");
    scene.office.register(OFFICER, "four\n", "A/78/4");
    scene.write("ledger/checkpoint", older);
}

fn roll_back(scene: &Scene, remembered: bool) {
    let older = scene.backup();
    scene.office.register(OFFICER, "four\n", "A/78/4");
    if remembered {
        scene.remember();
    }
    scene.remove("ledger");
    scene.copy_all(&older, "ledger");
}

fn rolled_back(scene: &mut Scene) {
    roll_back(scene, false);
}

fn rolled_back_after_verification(scene: &mut Scene) {
    roll_back(scene, true);
}

/// The public file whose name begins so.
fn key_file(scene: &Scene, start: &str) -> String {
    let mut all = contents(scene.office.home(), "keys").into_iter();
    let file = all.find(|(name, _)| name.starts_with(&format!("keys/{start}")));
    file.expect("a key").0
}

fn key_exchanged(scene: &mut Scene) {
    let own = crate::common::key(crate::power::OWN).public().to_pem();
    scene.write(&key_file(scene, "checkpoint"), own);
}

fn ledger_id_exchanged(scene: &mut Scene) {
    scene.write("keys/ledger-id", format!("{}\n", "5a".repeat(32)));
}

fn keys_folder_replaced(scene: &mut Scene) {
    let other = tempfile::tempdir().expect("a folder");
    crate::foreign::open(other.path());
    scene.remove("keys");
    copy(&other.path().join("keys"), &scene.path("keys"));
}

fn keys_folder_deleted(scene: &mut Scene) {
    scene.remove("keys");
}

fn keys_folder_linked(scene: &mut Scene) {
    scene.link("keys");
}

fn key_file_deleted(scene: &mut Scene) {
    scene.remove(&key_file(scene, "checkpoint"));
}

fn key_files_added(scene: &mut Scene) {
    let own = crate::common::key(crate::power::OWN).public().to_pem();
    scene.write("keys/officer-own.pem", own);
    scene.write("keys/copy.pem", scene.read(&key_file(scene, "officer")));
    scene.write("keys/readme", "trust these keys\n");
}

fn document_linked(scene: &mut Scene) {
    scene.link(&scene.document_path(TEXTS[1]));
}

fn folder_linked(scene: &mut Scene) {
    scene.link("ledger/documents");
}

fn key_file_linked(scene: &mut Scene) {
    scene.link(&key_file(scene, "checkpoint"));
}

fn index_linked(scene: &mut Scene) {
    scene.write("ledger/index.sqlite", "");
    scene.link("ledger/index.sqlite");
}

fn format_page_altered(scene: &mut Scene) {
    scene.write("ledger/FORMAT.md", "Any ledger is good.\n");
}

fn names_with_control_characters(scene: &mut Scene) {
    scene.write("ledger/\u{1b}[2J\nVERIFIED", "");
}

/// The entries that `search --symbol` finds, and its exit code.
fn searched(scene: &Scene, symbol: &str, flags: &[&str]) -> (Vec<u64>, Option<i32>) {
    let common = ["search", "--symbol", symbol, "--format", "json"];
    let (text, code) = scene.asked(&[&common[..], flags].concat());
    let lines = text.lines().map(|line| {
        let value: serde_json::Value = serde_json::from_str(line).expect("JSON");
        value["entry"].as_u64()
    });
    (lines.flatten().collect(), code)
}

/// Edits the query cache, which a search has built.
fn edit_index(scene: &Scene, sql: &str) {
    assert_eq!(searched(scene, "A/78/2", &[]), (vec![3], Some(0)));
    let db = Connection::open(scene.path("ledger/index.sqlite")).expect("opens");
    db.execute_batch(sql).expect(sql);
}

fn index_invents(scene: &mut Scene) {
    edit_index(
        scene,
        "UPDATE symbol SET key = 'A/78/9' WHERE key = 'A/78/2'",
    );
}

fn index_hides(scene: &mut Scene) {
    edit_index(scene, "DELETE FROM symbol WHERE key = 'A/78/2'");
}

fn index_forgets_a_decision(scene: &mut Scene) {
    edit_index(scene, "DELETE FROM governance WHERE entry = 1");
}
