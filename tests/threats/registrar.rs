//! A registrar's key and the checkpoint key.

use docledger::statement::{Content, Decision, Governance, LogKey, Matter, Policy, Statement};
use docledger::verify::{Code, Verdict};

use crate::chamber::{
    CHECKPOINT, OFFICER, RECOVERY, REGISTRAR, agree, compromise, officer, policy, registrar,
    retire, threshold,
};
use crate::common::key;
use crate::power::{DEPUTY, OWN, SECOND_REGISTRAR};
use crate::scene::Scene;
use crate::table::{At, Caught};

const THRESHOLD: &str = "the threshold of registrars";

rows! { Registrar;
    registers_a_document {
        attack: "Registers a document.",
        finds: &[(Code::AuthorityRefused, At::Entry(6))],
        caught: Caught::By("a registrar's key registers no documents"),
    }
    grants_a_key_of_his_own {
        attack: "A thief gives a key of his own an officer's role, and registers with it; nobody holds a recovery key, and no second registrar is needed.",
        verdict: Verdict::Verified,
        caught: Caught::Not("a threshold of two would; the grant stands in the log, and `key list` shows the key"),
    }
    declared_with_the_recovery_key {
        attack: "The same; then the registrar's key is declared compromised with the recovery key.",
        verdict: Verdict::Verified,
        finds: &[
            (Code::EntryVoid, At::Entry(6)),
            (Code::EntryVoid, At::Entry(7)),
        ],
        caught: Caught::By("the declaration: what the thief gave is void, with all that came of it"),
        then: |scene| assert_eq!(scene.office.current("A/78/6"), None),
    }
    retires_the_officer {
        attack: "Retires an honest officer.",
        verdict: Verdict::Verified,
        caught: Caught::Not("a threshold of two would; a declaration with the recovery key undoes it"),
    }
    accuses_an_honest_officer {
        attack: "Declares an honest officer's key compromised from its first entry on.",
        verdict: Verdict::Verified,
        finds: &[(Code::EntryVoid, At::Entry(4))],
        caught: Caught::Not("he may; what became void is told, and counts again once another officer endorses it. A threshold of two would"),
    }
    opens_again {
        attack: "Appends a second opening, with other keys.",
        finds: &[(Code::AuthorityRefused, At::Entry(6))],
        caught: Caught::By("a ledger is opened once, by entry 0"),
    }
    replaces_the_checkpoint_key {
        attack: "Replaces the checkpoint key by one of his own.",
        verdict: Verdict::Verified,
        caught: Caught::Not("a threshold of two would; a declaration with the recovery key undoes it"),
    }
    ends_four_eyes {
        attack: "Changes the policy so that four eyes are not needed any more.",
        verdict: Verdict::Verified,
        caught: Caught::Not("a threshold of two would; the policy stands in the log, and counts from there on only"),
    }
    threshold_evaded {
        attack: "Gives a key of his own a role, where two registrars are needed, and registers with it.",
        finds: &[
            (Code::DecisionPending, At::Entry(8)),
            (Code::AuthorityRefused, At::Entry(9)),
            (Code::SurplusFile, At::Within("documents")),
        ],
        caught: Caught::By(THRESHOLD),
    }
    threshold_by_himself {
        attack: "Gives a key of his own a role, where two registrars are needed, and agrees to it a second time.",
        finds: &[
            (Code::DecisionPending, At::Entry(8)),
            (Code::AuthorityRefused, At::Entry(9)),
        ],
        caught: Caught::By("a registrar counts once"),
    }
    threshold_lowered {
        attack: "Lowers the threshold from two to one, alone, and then gives a key a role.",
        verdict: Verdict::Verified,
        finds: &[
            (Code::DecisionPending, At::Entry(8)),
            (Code::DecisionPending, At::Entry(9)),
        ],
        caught: Caught::By("a lower threshold needs the one in force: neither takes effect"),
        then: |scene| assert!(scene.office.read().authority.key(&key(OWN).public().thumbprint()).is_none()),
    }
    accuses_the_other {
        attack: "Declares the other registrar compromised, alone, where two are needed, and agrees for him with a key of his own.",
        finds: &[
            (Code::DecisionPending, At::Entry(8)),
            (Code::AuthorityRefused, At::Entry(9)),
        ],
        caught: Caught::By(THRESHOLD),
    }
    accuses_the_recovery_key {
        attack: "Declares the recovery key compromised.",
        finds: &[(Code::AuthorityRefused, At::Entry(6))],
        caught: Caught::By("the recovery key can't be declared compromised"),
    }
    checkpoint_key_as_officer {
        attack: "Makes the checkpoint key an officer's.",
        finds: &[(Code::AuthorityRefused, At::Entry(6))],
        caught: Caught::By("no key serves two purposes"),
    }
}

/// Records a decision past the program, and publishes the keys as they are then.
fn put(scene: &Scene, decision: Decision) {
    scene.put(REGISTRAR, &scene.decision(decision));
    scene.office.publish();
}

fn registers_a_document(scene: &mut Scene) {
    scene.put_document(REGISTRAR, "six\n", "A/78/6");
}

fn grants_a_key_of_his_own(scene: &mut Scene) {
    put(scene, officer(OWN));
    scene.put_document(OWN, "six\n", "A/78/6");
}

fn declared_with_the_recovery_key(scene: &mut Scene) {
    grants_a_key_of_his_own(scene);
    scene.office.decide(RECOVERY, compromise(REGISTRAR, 6));
}

fn retires_the_officer(scene: &mut Scene) {
    put(scene, retire(OFFICER));
}

fn accuses_an_honest_officer(scene: &mut Scene) {
    put(scene, compromise(DEPUTY, 4));
}

fn opens_again(scene: &mut Scene) {
    let statement = Statement::parse(&scene.entries()[0]).expect("a statement");
    let Matter::Governance(Governance::Opening(mut opening)) = statement.matter else {
        panic!("an opening")
    };
    opening.checkpoint_key = key(OWN).public();
    let mut draft = scene.decision(officer(OWN));
    draft.content = Content::Governance(Governance::Opening(opening));
    scene.put(REGISTRAR, &draft);
}

fn replaces_the_checkpoint_key(scene: &mut Scene) {
    scene.office.checkpoint = OWN;
    let key = key(OWN).public();
    let log = LogKey::Checkpoint;
    put(scene, Decision::Rotate { log, key });
}

fn ends_four_eyes(scene: &mut Scene) {
    let four_eyes = Policy {
        four_eyes: true,
        ..Policy::default()
    };
    scene.office.decide(REGISTRAR, policy(four_eyes));
    put(scene, policy(Policy::default()));
}

/// Entries 6 and 7: a second registrar, and two are needed.
fn ask_for_two(scene: &Scene) {
    scene.office.decide(REGISTRAR, registrar(SECOND_REGISTRAR));
    scene.office.decide(REGISTRAR, threshold(2));
}

fn threshold_evaded(scene: &mut Scene) {
    ask_for_two(scene);
    put(scene, officer(OWN));
    scene.put_document(OWN, "six\n", "A/78/6");
}

fn threshold_by_himself(scene: &mut Scene) {
    ask_for_two(scene);
    put(scene, officer(OWN));
    put(scene, agree(&scene.office, 8));
}

fn threshold_lowered(scene: &mut Scene) {
    ask_for_two(scene);
    put(scene, threshold(1));
    put(scene, officer(OWN));
}

fn accuses_the_other(scene: &mut Scene) {
    ask_for_two(scene);
    put(scene, compromise(SECOND_REGISTRAR, 7));
    scene.put(OWN, &scene.decision(agree(&scene.office, 8)));
}

fn accuses_the_recovery_key(scene: &mut Scene) {
    put(scene, compromise(RECOVERY, 1));
}

fn checkpoint_key_as_officer(scene: &mut Scene) {
    put(scene, officer(CHECKPOINT));
}
