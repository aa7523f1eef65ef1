//! Keys that were retired or replaced.

use docledger::statement::{Change, Decision, LogKey};
use docledger::verify::{Code, Verdict};

use crate::chamber::{CHECKPOINT, OFFICER, REGISTRAR, retire};
use crate::common::key;
use crate::power::{DEPUTY, NEW_CHECKPOINT};
use crate::scene::Scene;
use crate::table::{At, Caught};

rows! { OldKeys;
    retired_officer_registers {
        attack: "Registers with an officer's key that was retired.",
        finds: &[(Code::AuthorityRefused, At::Entry(7))],
        caught: Caught::By("authority, replayed from entry 0; `status FILE` ends with exit code 1"),
        then: |scene| assert_eq!(scene.status_of("six\n"), Some(1)),
    }
    retired_officer_inserts {
        attack: "Inserts an entry directly before the retirement of his key, which another entry followed.",
        finds: &[(Code::ContextMismatch, At::Entry(8))],
        caught: Caught::By("each later entry names the tree it was signed on"),
    }
    retired_officer_inserts_below_the_newest {
        attack: "Inserts an entry directly before the retirement of his key, which is the newest entry.",
        verdict: Verdict::Verified,
        caught: Caught::Not("it looks like one append of two entries; a head remembered, a witness's cosignature, or any entry by others on top would hold the place"),
    }
    retirement_cut_off {
        attack: "Cuts off the retirement of his key, which is the newest entry, and registers.",
        verdict: Verdict::Verified,
        caught: Caught::Not("a head remembered from an earlier verification, or a witness's cosignature; any entry by others after the retirement would hold it in place"),
    }
    retirement_cut_off_after_verification {
        attack: "The same, verified before.",
        finds: &[(Code::Forked, At::File("checkpoint"))],
        caught: Caught::By("the head remembered"),
    }
    replaced_checkpoint_key {
        attack: "Signs the checkpoint with the checkpoint key that was replaced.",
        finds: &[(Code::CheckpointSignature, At::File("checkpoint"))],
        caught: Caught::By("a checkpoint is signed by the key in force after its entries"),
    }
    replacement_cut_off {
        attack: "Cuts off the replacement of the checkpoint key and everything after it, and signs with the old one.",
        verdict: Verdict::Verified,
        caught: Caught::Not("a head remembered from an earlier verification, or a witness's cosignature"),
    }
}

fn retire_the_deputy(scene: &Scene) {
    scene.office.decide(REGISTRAR, retire(DEPUTY));
}

fn retired_officer_registers(scene: &mut Scene) {
    retire_the_deputy(scene);
    scene.put_document(DEPUTY, "six\n", "A/78/6");
}

fn retired_officer_inserts(scene: &mut Scene) {
    let early = scene.sign(DEPUTY, &scene.draft("six\n", "A/78/6", None));
    retire_the_deputy(scene);
    scene.office.register(OFFICER, "seven\n", "A/78/7");
    scene.rewritten(|entries| entries.insert(6, early));
}

fn retired_officer_inserts_below_the_newest(scene: &mut Scene) {
    let early = scene.sign(DEPUTY, &scene.draft("six\n", "A/78/6", None));
    retire_the_deputy(scene);
    scene.rewritten(|entries| entries.insert(6, early));
}

fn cut_off_the_retirement(scene: &Scene) {
    scene.rewritten(|entries| entries.truncate(6));
    let change = Some(Change::Revision);
    scene.put(DEPUTY, &scene.draft("one, again\n", "A/78/1", change));
    scene.office.publish();
}

fn retirement_cut_off(scene: &mut Scene) {
    retire_the_deputy(scene);
    cut_off_the_retirement(scene);
}

fn retirement_cut_off_after_verification(scene: &mut Scene) {
    retire_the_deputy(scene);
    scene.remember();
    cut_off_the_retirement(scene);
}

fn replace_the_checkpoint_key(scene: &mut Scene) {
    scene.office.checkpoint = NEW_CHECKPOINT;
    let rotate = Decision::Rotate {
        log: LogKey::Checkpoint,
        key: key(NEW_CHECKPOINT).public(),
    };
    scene.office.decide(REGISTRAR, rotate);
}

fn replaced_checkpoint_key(scene: &mut Scene) {
    replace_the_checkpoint_key(scene);
    let head = scene.office.read().checkpoint;
    scene.sign_checkpoint(&head, CHECKPOINT);
}

fn replacement_cut_off(scene: &mut Scene) {
    let keys = scene.office.home().join("keys");
    let aside = scene.loose_file("aside", b"");
    std::fs::remove_file(&aside).expect("removes");
    crate::scene::copy(&keys, &aside);
    replace_the_checkpoint_key(scene);
    scene.office.checkpoint = CHECKPOINT;
    scene.rewritten(|entries| entries.truncate(6));
    scene.remove("keys");
    scene.copy_all(&aside, "keys");
}
