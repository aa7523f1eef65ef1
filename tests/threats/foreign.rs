//! Keys of another ledger.

use std::path::Path;

use docledger::key::SecretKey;
use docledger::registry::{Founding, FoundingKeys, Register, open_ledger};
use docledger::store::KeyDir;
use docledger::verify::{Code, Verdict};

use crate::common::{DISK, NOW, dir};
use crate::power::OWN;
use crate::scene::{Scene, copy};
use crate::table::{Anchored, At, Caught};

const ID: &str = "the ledger id: the hash of the opening";

rows! { Foreign;
    ledger_replaced {
        attack: "Puts a ledger of his own in its place, with the same names.",
        finds: &[(Code::LedgerIdMismatch, At::Entry(0))],
        caught: Caught::By(ID),
    }
    ledger_replaced_in_a_pinned_folder {
        attack: "The same.",
        anchored: Anchored::ByPin,
        finds: &[(Code::LedgerIdMismatch, At::Entry(0))],
        caught: Caught::By("the ledger id: the hash of the opening; other commands refuse the folder"),
        then: |scene| assert!(scene.refused(&["list"]).contains("not the one pinned")),
    }
    ledger_replaced_for_a_newcomer {
        attack: "The same.",
        anchored: Anchored::Not,
        verdict: Verdict::NotEstablished,
        finds: &[(Code::NoAnchor, At::Ledger)],
        caught: Caught::By("nothing is verified without an id; the one shown is to be compared"),
    }
    opening_mixed {
        attack: "Puts the office's opening before entries of his own, with a checkpoint of his own.",
        finds: &[
            (Code::AuthorityRefused, At::Entry(1)),
            (Code::CheckpointSignature, At::File("checkpoint")),
            (Code::SurplusFile, At::Within("documents")),
            (Code::KeyFileUnknown, At::Within("keys")),
        ],
        caught: Caught::By("authority: the opening names the keys; and the checkpoint's signature"),
    }
}

/// A ledger with the office's names and other keys.
pub(crate) fn open(home: &Path) {
    let secret = |number: u8| SecretKey::from_seed([OWN + number; 32]);
    let keys = FoundingKeys {
        registrar: secret(1),
        officer: secret(0),
        checkpoint: secret(2),
        receipt: secret(3),
        recovery: None,
    };
    let founding = Founding {
        origin: "records.example.org/register".into(),
        issuer: "https://records.example.org".into(),
        registrar: None,
        officer: None,
        now: NOW,
    };
    let dir = dir(&DISK, home);
    let writer = dir.lock(|| ()).expect("locks");
    open_ledger(&writer, &founding, &keys).expect("opens");
    let register = Register::read(&dir).expect("reads");
    let public = KeyDir::new(&DISK, &home.join("keys"));
    for file in register.authority.public_files() {
        public.write_public(&file.name, &file.text).expect("writes");
    }
}

fn replace(scene: &Scene) {
    let own = tempfile::tempdir().expect("a folder");
    open(own.path());
    for folder in ["ledger", "keys"] {
        scene.remove(folder);
        copy(&own.path().join(folder), &scene.path(folder));
    }
}

fn ledger_replaced(scene: &mut Scene) {
    replace(scene);
}

fn ledger_replaced_in_a_pinned_folder(scene: &mut Scene) {
    replace(scene);
}

fn ledger_replaced_for_a_newcomer(scene: &mut Scene) {
    replace(scene);
}

fn opening_mixed(scene: &mut Scene) {
    let opening = scene.entries().remove(0);
    let own = scene.sign(OWN, &scene.draft("false\n", "A/78/9", None));
    scene.office.checkpoint = OWN;
    scene.rewrite(vec![opening, own]);
}
