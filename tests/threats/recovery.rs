//! The recovery key.

use docledger::statement::{Compromise, Decision};
use docledger::verify::{Code, Verdict};

use crate::chamber::{RECOVERY, REGISTRAR, compromise, officer};
use crate::common::key;
use crate::power::{DEPUTY, OWN};
use crate::scene::Scene;
use crate::table::{At, Caught};

const ONE_POWER: &str =
    "the recovery key declares registrars' keys compromised, and does nothing else";

rows! { Recovery;
    registers_a_document {
        attack: "Registers a document.",
        finds: &[(Code::AuthorityRefused, At::Entry(6))],
        caught: Caught::By(ONE_POWER),
    }
    grants_a_role {
        attack: "Gives a key of his own an officer's role.",
        finds: &[(Code::AuthorityRefused, At::Entry(6))],
        caught: Caught::By(ONE_POWER),
    }
    accuses_an_officer {
        attack: "Declares an officer's key compromised.",
        finds: &[(Code::AuthorityRefused, At::Entry(6))],
        caught: Caught::By(ONE_POWER),
    }
    deposes_the_registrar {
        attack: "Declares the registrar's key compromised from the start, names a key of his own instead, and gives it whatever role he likes.",
        verdict: Verdict::Verified,
        finds: &[
            (Code::EntryVoid, At::Entry(1)),
            (Code::EntryVoid, At::Entry(4)),
        ],
        caught: Caught::Not("it is what the key is for; the declaration stands in the log for everybody to see, what the registrar had decided is told as void. Keep that key on paper"),
    }
}

fn registers_a_document(scene: &mut Scene) {
    scene.put_document(RECOVERY, "six\n", "A/78/6");
}

fn grants_a_role(scene: &mut Scene) {
    scene.put(RECOVERY, &scene.decision(officer(OWN)));
}

fn accuses_an_officer(scene: &mut Scene) {
    scene.put(RECOVERY, &scene.decision(compromise(DEPUTY, 1)));
}

fn deposes_the_registrar(scene: &mut Scene) {
    let what = Compromise {
        kid: key(REGISTRAR).public().thumbprint(),
        from: 1,
        reason: "a pretext".into(),
        replacement: Some(key(OWN).public()),
    };
    scene.put(RECOVERY, &scene.decision(Decision::Compromise(what)));
    scene.put(OWN, &scene.decision(officer(OWN + 1)));
    scene.office.publish();
}
