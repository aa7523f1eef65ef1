//! All keys: the office itself.

use docledger::registry::{Founding, FoundingKeys, open_ledger};
use docledger::verify::{Code, Verdict};

use crate::chamber::{Chamber, OFFICER, RECOVERY, REGISTRAR};
use crate::common::{DISK, NOW, dir, key};
use crate::power::{DEPUTY, Power};
use crate::scene::{Scene, copy};
use crate::table::{Anchored, At, Caught};

const WITNESS: &str = "a head remembered from an earlier verification, a witness's cosignature, a time stamp, or a copy elsewhere: two histories of one ledger are proof against the office";

rows! { Everything;
    rewritten_from_the_opening {
        attack: "Rewrites everything after the opening, with all keys.",
        verdict: Verdict::Verified,
        caught: Caught::Not(WITNESS),
    }
    rewritten_after_verification {
        attack: "The same, verified before.",
        finds: &[(Code::Forked, At::File("checkpoint"))],
        caught: Caught::By("the head remembered"),
    }
    rewritten_with_a_new_opening {
        attack: "Rewrites everything, the opening too.",
        finds: &[(Code::LedgerIdMismatch, At::Entry(0))],
        caught: Caught::By("the ledger id: the hash of the opening"),
    }
    rewritten_with_a_new_opening_for_a_newcomer {
        attack: "The same.",
        anchored: Anchored::Not,
        verdict: Verdict::NotEstablished,
        finds: &[(Code::NoAnchor, At::Ledger)],
        caught: Caught::By("nothing is verified without an id"),
    }
    written_at_once {
        attack: "Writes the whole ledger in one night, with claimed times of many years.",
        verdict: Verdict::Verified,
        caught: Caught::Not("times are claims; time stamps and cosignatures made in those years would be missing"),
    }
}

/// Puts another office's ledger in the place of this one.
fn replace(scene: &Scene, by: &Chamber) {
    for folder in ["ledger", "keys"] {
        scene.remove(folder);
        copy(&by.home().join(folder), &scene.path(folder));
    }
}

/// The same opening, and another history.
fn another_history(scene: &Scene) {
    assert_eq!(Power::Everything.keys().len(), 6);
    let other = Chamber::open();
    for text in ["1\n", "2\n", "3\n", "4\n", "5\n", "6\n"] {
        other.register(OFFICER, text, &format!("A/78/{}", text.trim()));
    }
    replace(scene, &other);
}

fn rewritten_from_the_opening(scene: &mut Scene) {
    another_history(scene);
}

fn rewritten_after_verification(scene: &mut Scene) {
    scene.remember();
    another_history(scene);
}

fn new_opening(scene: &Scene) {
    let home = tempfile::tempdir().expect("a folder");
    let keys = FoundingKeys {
        registrar: scene.key(REGISTRAR),
        officer: scene.key(OFFICER),
        checkpoint: scene.key(scene.office.checkpoint),
        receipt: key(4),
        recovery: Some(scene.key(RECOVERY).public()),
    };
    let founding = Founding {
        origin: "records.example.org/register".into(),
        issuer: "https://records.example.org".into(),
        registrar: Some("Registrar".into()),
        officer: Some("Officer".into()),
        now: NOW + 1,
    };
    let dir = dir(&DISK, home.path());
    let writer = dir.lock(|| ()).expect("locks");
    open_ledger(&writer, &founding, &keys).expect("opens");
    scene.remove("ledger");
    copy(&home.path().join("ledger"), &scene.path("ledger"));
    scene.remove("keys");
    scene.office.publish();
}

fn rewritten_with_a_new_opening(scene: &mut Scene) {
    new_opening(scene);
}

fn rewritten_with_a_new_opening_for_a_newcomer(scene: &mut Scene) {
    new_opening(scene);
}

fn written_at_once(scene: &mut Scene) {
    for year in 1..=3 {
        let text = format!("year {year}\n");
        let mut draft = scene.draft(&text, &format!("A/79/{year}"), None);
        draft.issued_at = NOW + year * 31_536_000;
        scene.put(DEPUTY, &draft);
    }
}
