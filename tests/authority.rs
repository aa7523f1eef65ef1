//! Who may do what, at which position: keys that are granted, retired, declared
//! compromised, replaced; thresholds, policy, four eyes. Each rule is asked twice:
//! of registration, and of verification when somebody went around it.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod chamber;
mod common;

use chamber::{
    Chamber, OFFICER, RECOVERY, REGISTRAR, agree, compromise, document, grant, officer, policy,
    registrar, retire, threshold, why,
};
use common::key;
use docledger::authority::{Authority, OpeningError, Refusal, check_context};
use docledger::digest::ContentDigest;
use docledger::registry::{Edits, Wanted};
use docledger::replay::Suspension;
use docledger::statement::{
    Change, Compromise, Content, Context, Decision, DocumentRecord, Event, EventRecord,
    GrantedRole, Holder, LogKey, Policy, TreeHead,
};
use docledger::symbol::JointSymbol;
use docledger::verify::{Code, Severity, Verdict};

fn titled(title: &str) -> Wanted {
    Wanted::Amend(Box::new(Edits {
        title: Some(title.into()),
        ..Edits::default()
    }))
}

#[test]
fn a_granted_officer_registers_within_the_scope() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, grant(5, GrantedRole::Officer, &["A/", "ni:"]));
    chamber.register(5, "one\n", "A/78/1");
    let refused = why(chamber.try_register(5, "two\n", "S/2024/1", None));
    assert!(
        refused.contains("S/2024/1 is outside the scope"),
        "{refused}"
    );
    chamber.assert_verified(&[]);
    let entry = chamber.force_document(5, "two\n", "S/2024/1");
    chamber.assert_failed(Code::AuthorityRefused, entry, "outside the scope");
}

#[test]
fn another_scope_counts_from_its_grant_on() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, grant(5, GrantedRole::Officer, &["A/"]));
    chamber.register(5, "one\n", "A/78/1");
    chamber.decide(REGISTRAR, grant(5, GrantedRole::Officer, &["S/"]));
    chamber.register(5, "two\n", "S/2024/1");
    let refused = why(chamber.try_register(5, "three\n", "A/78/2", None));
    assert!(refused.contains("A/78/2 is outside the scope"), "{refused}");
    chamber.assert_verified(&[]);
}

#[test]
fn a_retired_key_stays_good_for_what_it_signed() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, officer(5));
    chamber.register(5, "one\n", "A/78/1");
    let by = chamber.decide(REGISTRAR, retire(5));
    let refused = why(chamber.try_register(5, "two\n", "A/78/2", None));
    let expected = format!("retired or replaced by entry {by}");
    assert!(refused.contains(&expected), "{refused}");
    chamber.assert_verified(&[]);
    let again = why(chamber.try_decide(REGISTRAR, retire(5)));
    assert!(again.contains("ended already"), "{again}");
    let back = why(chamber.try_decide(REGISTRAR, officer(5)));
    assert!(back.contains("a new key is needed"), "{back}");
    let entry = chamber.force_document(5, "two\n", "A/78/2");
    chamber.assert_failed(Code::AuthorityRefused, entry, &expected);
}

#[test]
fn what_a_compromised_key_signed_is_void_until_another_officer_endorses_it() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, officer(5));
    let first = chamber.register(5, "one\n", "A/78/1");
    let second = chamber.revise(5, "one, by a thief\n", "A/78/1");
    assert_eq!(chamber.current("A/78/1"), Some(second));
    chamber.decide(REGISTRAR, compromise(5, second));
    chamber.assert_verified(&[(Code::EntryVoid, Some(second))]);
    assert_eq!(chamber.current("A/78/1"), Some(first));
    let own = why(chamber.try_event(5, second, Wanted::Endorse));
    assert!(own.contains("another officer must"), "{own}");
    // The chain runs over it all the same.
    let third = chamber.revise(OFFICER, "one, again\n", "A/78/1");
    assert_eq!(document(&chamber.read(), third).record.version, 3);
    assert_eq!(chamber.current("A/78/1"), Some(third));
    chamber.endorse(OFFICER, second);
    chamber.assert_verified(&[]);
    assert_eq!(chamber.current("A/78/1"), Some(third));
}

#[test]
fn a_void_document_can_be_registered_again() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, officer(5));
    let void = chamber.register(5, "one\n", "A/78/1");
    chamber.decide(REGISTRAR, compromise(5, void));
    assert_eq!(chamber.current("A/78/1"), None);
    let again = chamber.revise(OFFICER, "one, rightly\n", "A/78/1");
    assert_eq!(chamber.current("A/78/1"), Some(again));
    chamber.assert_verified(&[(Code::EntryVoid, Some(void))]);
}

#[test]
fn what_was_endorsed_in_time_never_was_void() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, officer(5));
    let entry = chamber.register(5, "one\n", "A/78/1");
    let amended = chamber.try_event(5, entry, titled("A title"));
    let amended = amended.expect("amends");
    // What follows on it stands on it, since it never was without effect.
    let later = chamber.try_event(OFFICER, entry, titled("A better title"));
    later.expect("amends");
    chamber.endorse(OFFICER, entry);
    chamber.endorse(OFFICER, amended);
    chamber.decide(REGISTRAR, compromise(5, entry));
    chamber.assert_verified(&[]);
    assert_eq!(chamber.current("A/78/1"), Some(entry));
    let title = document(&chamber.read(), entry).record.title;
    assert_eq!(title.as_deref(), Some("A better title"));
}

#[test]
fn a_void_event_has_no_effect_until_it_is_endorsed() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, officer(5));
    let entry = chamber.register(OFFICER, "one\n", "A/78/1");
    let void = chamber.try_event(5, entry, titled("A false title"));
    let void = void.expect("amends");
    let title = |chamber: &Chamber| document(&chamber.read(), entry).record.title;
    assert_eq!(title(&chamber).as_deref(), Some("A false title"));
    chamber.decide(REGISTRAR, compromise(5, void));
    assert_eq!(title(&chamber), None);
    chamber.assert_verified(&[(Code::EntryVoid, Some(void))]);
    chamber.endorse(OFFICER, void);
    assert_eq!(title(&chamber).as_deref(), Some("A false title"));
    chamber.assert_verified(&[]);
}

#[test]
fn a_declaration_accounts_for_what_the_thief_did_after_it() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, officer(5));
    chamber.decide(REGISTRAR, compromise(5, 2));
    let entry = chamber.force_document(5, "stolen\n", "A/78/1");
    chamber.assert_verified(&[(Code::EntryVoid, Some(entry))]);
    assert_eq!(chamber.current("A/78/1"), None);
}

#[test]
fn a_declaration_accounts_for_an_entry_that_had_failed() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, grant(5, GrantedRole::Officer, &["A/"]));
    let entry = chamber.force_document(5, "out of scope\n", "S/2024/1");
    chamber.assert_failed(Code::AuthorityRefused, entry, "outside the scope");
    chamber.decide(REGISTRAR, compromise(5, entry));
    chamber.assert_verified(&[(Code::EntryVoid, Some(entry))]);
}

#[test]
fn a_decision_takes_effect_when_enough_registrars_agree() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, registrar(6));
    chamber.decide(REGISTRAR, registrar(7));
    chamber.decide(REGISTRAR, threshold(2));
    let proposed = chamber.try_decide(6, officer(5)).expect("proposes");
    assert_eq!(
        proposed.waits.map(|it| (it.agreed, it.needed)),
        Some((1, 2))
    );
    let pending = (Code::DecisionPending, Some(proposed.index));
    chamber.assert_verified(&[pending]);
    let early = why(chamber.try_register(5, "one\n", "A/78/1", None));
    assert!(early.contains("gives no role to the key"), "{early}");
    let endorsement = agree(&chamber, proposed.index);
    let twice = why(chamber.try_decide(6, endorsement.clone()));
    assert!(twice.contains("agreed already"), "{twice}");
    let by_officer = why(chamber.try_decide(OFFICER, endorsement.clone()));
    assert!(
        by_officer.contains("this needs a registrar key"),
        "{by_officer}"
    );
    let agreed = chamber.try_decide(7, endorsement.clone()).expect("agrees");
    assert_eq!(agreed.waits, None);
    chamber.register(5, "one\n", "A/78/1");
    chamber.assert_verified(&[]);
    let late = why(chamber.try_decide(REGISTRAR, endorsement.clone()));
    assert!(late.contains("no decision that waits"), "{late}");
    let entry = chamber.force_decision(REGISTRAR, endorsement);
    chamber.assert_failed(Code::AuthorityRefused, entry, "no decision that waits");
}

#[test]
fn a_proposal_alone_gives_nothing() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, registrar(6));
    chamber.decide(REGISTRAR, threshold(2));
    chamber.decide(6, officer(5));
    let entry = chamber.force_document(5, "one\n", "A/78/1");
    chamber.assert_failed(Code::AuthorityRefused, entry, "gives no role to the key");
}

#[test]
fn what_a_compromised_registrar_gave_is_void_with_all_that_came_of_it() {
    let chamber = Chamber::open();
    let before = chamber.register(OFFICER, "one\n", "A/78/1");
    let stolen = chamber.decide(REGISTRAR, officer(5));
    let by_thief = chamber.revise(5, "one, by a thief\n", "A/78/1");
    let retired = chamber.decide(REGISTRAR, retire(OFFICER));
    let what = Compromise {
        kid: key(REGISTRAR).public().thumbprint(),
        from: stolen,
        reason: "stolen".into(),
        replacement: Some(key(6).public()),
    };
    chamber.decide(RECOVERY, Decision::Compromise(what));
    let void = |entry| (Code::EntryVoid, Some(entry));
    chamber.assert_verified(&[void(stolen), void(by_thief), void(retired)]);
    assert_eq!(chamber.current("A/78/1"), Some(before));
    // The officer whom the thief retired is back, and the replacement decides.
    chamber.revise(OFFICER, "one, revised\n", "A/78/1");
    let refused = why(chamber.try_decide(REGISTRAR, officer(7)));
    assert!(refused.contains("declared compromised"), "{refused}");
    chamber.decide(6, officer(7));
    chamber.register(7, "two\n", "A/78/2");
    chamber.assert_verified(&[void(stolen), void(by_thief), void(retired)]);
    let register = chamber.read();
    let suspended: Vec<_> = register.replay.suspended().keys().copied().collect();
    assert_eq!(suspended, [by_thief]);
}

#[test]
fn a_log_key_that_a_thief_put_in_place_is_void_after_the_declaration() {
    let mut chamber = Chamber::open();
    let rotate = Decision::Rotate {
        log: LogKey::Checkpoint,
        key: key(8).public(),
    };
    chamber.checkpoint = 8;
    let stolen = chamber.decide(REGISTRAR, rotate);
    chamber.assert_verified(&[]);
    chamber.checkpoint = chamber::CHECKPOINT;
    chamber.decide(RECOVERY, compromise(REGISTRAR, stolen));
    chamber.assert_verified(&[(Code::EntryVoid, Some(stolen))]);
    chamber.register(OFFICER, "one\n", "A/78/1");
    chamber.assert_verified(&[(Code::EntryVoid, Some(stolen))]);
}

#[test]
fn nobody_is_judge_in_his_own_case() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, registrar(6));
    let own = why(chamber.try_decide(6, compromise(6, 1)));
    assert!(own.contains("can't agree to it"), "{own}");
    chamber.decide(REGISTRAR, threshold(2));
    // Two are needed, and the accused is one of them.
    let proposed = chamber.decide(REGISTRAR, compromise(6, 1));
    let own = why(chamber.try_decide(6, agree(&chamber, proposed)));
    assert!(own.contains("can't agree to it"), "{own}");
    chamber.decide(RECOVERY, compromise(6, 1));
    let lives = chamber.read().authority;
    let life = lives.key(&key(6).public().thumbprint());
    assert!(life.is_some_and(|life| !life.is_active()));
}

#[test]
fn the_recovery_key_can_do_nothing_else() {
    let chamber = Chamber::open();
    for (decision, expected) in [
        (officer(5), "this needs a registrar key"),
        (compromise(OFFICER, 1), "this needs a registrar key"),
        (threshold(1), "this needs a registrar key"),
    ] {
        let refused = why(chamber.try_decide(RECOVERY, decision));
        assert!(refused.contains(expected), "{refused}");
    }
    for decision in [compromise(RECOVERY, 1), retire(RECOVERY)] {
        let refused = why(chamber.try_decide(REGISTRAR, decision));
        assert!(refused.contains("a recovery key can't be"), "{refused}");
    }
    let entry = chamber.force_decision(RECOVERY, officer(5));
    chamber.assert_failed(Code::AuthorityRefused, entry, "needs a registrar key");
}

#[test]
fn a_declaration_is_final() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, registrar(6));
    chamber.decide(REGISTRAR, officer(5));
    let entry = chamber.register(5, "one\n", "A/78/1");
    let declared = chamber.decide(6, compromise(5, entry));
    let later = why(chamber.try_decide(REGISTRAR, compromise(5, entry)));
    assert!(later.contains("already"), "{later}");
    // He who declared it is declared compromised himself, from before.
    chamber.decide(REGISTRAR, compromise(6, declared));
    assert_eq!(chamber.current("A/78/1"), None);
    let (verdict, found) = chamber.found(Severity::Warning);
    assert_eq!(verdict, Verdict::Verified);
    assert_eq!(found, [(Code::EntryVoid, Some(entry))]);
    // An earlier position can be declared still.
    chamber.decide(REGISTRAR, compromise(5, 1));
}

#[test]
fn a_position_lies_between_the_opening_and_the_declaration() {
    let chamber = Chamber::open();
    for from in [0, 2] {
        let refused = why(chamber.try_decide(REGISTRAR, compromise(OFFICER, from)));
        assert!(refused.contains("it begins at 1"), "{refused}");
    }
    chamber.decide(REGISTRAR, compromise(OFFICER, 1));
}

#[test]
fn registrars_never_become_too_few() {
    let chamber = Chamber::open();
    let refused = why(chamber.try_decide(REGISTRAR, retire(REGISTRAR)));
    assert!(refused.contains("would leave 0 registrars"), "{refused}");
    let refused = why(chamber.try_decide(REGISTRAR, threshold(2)));
    assert!(refused.contains("would leave 1 registrars"), "{refused}");
    let entry = chamber.force_decision(REGISTRAR, threshold(2));
    chamber.assert_failed(Code::AuthorityRefused, entry, "would leave 1 registrars");
}

#[test]
fn no_key_serves_two_purposes() {
    let chamber = Chamber::open();
    for number in [OFFICER, chamber::CHECKPOINT, 4, RECOVERY] {
        let refused = why(chamber.try_decide(REGISTRAR, registrar(number)));
        assert!(refused.contains("a new key is needed"), "{refused}");
    }
    let rotate = Decision::Rotate {
        log: LogKey::Receipt,
        key: key(OFFICER).public(),
    };
    let refused = why(chamber.try_decide(REGISTRAR, rotate));
    assert!(refused.contains("a new key is needed"), "{refused}");
    let revoked = why(chamber.try_decide(REGISTRAR, retire(chamber::CHECKPOINT)));
    assert!(revoked.contains("it is replaced"), "{revoked}");
}

#[test]
fn a_checkpoint_is_signed_by_the_key_in_force() {
    let mut chamber = Chamber::open();
    let rotate = Decision::Rotate {
        log: LogKey::Checkpoint,
        key: key(8).public(),
    };
    let early = why(chamber.try_decide(REGISTRAR, rotate.clone()));
    assert!(early.contains("checkpoint key"), "{early}");
    chamber.checkpoint = 8;
    chamber.decide(REGISTRAR, rotate);
    chamber.register(OFFICER, "one\n", "A/78/1");
    chamber.assert_verified(&[]);
    // Signed again by the key that was replaced.
    let head = chamber.read().checkpoint;
    let text = head.sign(&key(chamber::CHECKPOINT)).expect("signs");
    std::fs::write(chamber.home().join("ledger/checkpoint"), text).expect("writes");
    let (verdict, found) = chamber.found(Severity::Warning);
    assert_eq!(verdict, Verdict::Failed);
    assert_eq!(found, [(Code::CheckpointSignature, None)]);
}

#[test]
fn a_policy_counts_from_its_decision_on() {
    let chamber = Chamber::open();
    chamber.register(OFFICER, "one\n", "A/78/1");
    chamber.decide(
        REGISTRAR,
        policy(Policy {
            required: vec!["title".into()],
            distributions: vec!["General".into()],
            ..Policy::default()
        }),
    );
    chamber.assert_verified(&[]);
    let refused = why(chamber.try_register(OFFICER, "two\n", "A/78/2", None));
    assert!(
        refused.contains("requires the field \"title\""),
        "{refused}"
    );
    let entry = chamber.force_document(OFFICER, "two\n", "A/78/2");
    chamber.assert_failed(Code::AuthorityRefused, entry, "requires the field");
}

#[test]
fn under_four_eyes_an_entry_waits_for_another_officer() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, officer(5));
    let first = chamber.register(OFFICER, "one\n", "A/78/1");
    let four_eyes = Policy {
        four_eyes: true,
        ..Policy::default()
    };
    chamber.decide(REGISTRAR, policy(four_eyes));
    let second = chamber.revise(OFFICER, "one, revised\n", "A/78/1");
    let (verdict, found) = chamber.found(Severity::Notice);
    assert_eq!(verdict, Verdict::NotEstablished);
    assert_eq!(found, [(Code::EndorsementMissing, Some(second))]);
    assert_eq!(chamber.current("A/78/1"), Some(first));
    let own = why(chamber.try_event(OFFICER, second, Wanted::Endorse));
    assert!(own.contains("another officer must"), "{own}");
    let amended = chamber.try_event(OFFICER, second, titled("A title"));
    let amended = amended.expect("amends");
    chamber.endorse(5, second);
    assert_eq!(chamber.current("A/78/1"), Some(second));
    let register = chamber.read();
    assert_eq!(register.suspension(amended), Some(&Suspension::Awaiting));
    assert_eq!(document(&register, second).record.title, None);
    chamber.endorse(5, amended);
    let title = document(&chamber.read(), second).record.title;
    assert_eq!(title.as_deref(), Some("A title"));
    chamber.assert_verified(&[]);
    let twice = why(chamber.try_event(5, amended, Wanted::Endorse));
    assert!(twice.contains("endorsed it already"), "{twice}");
}

#[test]
fn an_officer_can_not_grant_himself_a_role() {
    let chamber = Chamber::open();
    let refused = why(chamber.try_decide(OFFICER, registrar(5)));
    assert!(refused.contains("this needs a registrar key"), "{refused}");
    let entry = chamber.force_decision(OFFICER, registrar(5));
    chamber.assert_failed(Code::AuthorityRefused, entry, "needs a registrar key");
    let lives = chamber.read().authority;
    assert!(lives.key(&key(5).public().thumbprint()).is_none());
}

#[test]
fn a_decision_from_another_ledger_has_no_effect() {
    let (here, there) = (Chamber::open(), Chamber::open());
    there.register(OFFICER, "elsewhere\n", "A/78/9");
    there.decide(REGISTRAR, officer(5));
    let register = there.read();
    let bundle = there.home().join("ledger/tile/entries/000.p/3");
    let bytes = std::fs::read(bundle).expect("reads");
    let entries = docledger::log::read_bundle(&bytes, 3).expect("a bundle");
    assert_eq!(register.checkpoint.size, 3);
    here.register(OFFICER, "here\n", "A/78/1");
    // Both ledgers have the same keys and opening, so only the tree tells.
    let entry = here.force(entries[2].to_vec());
    let (verdict, found) = here.found(Severity::Failure);
    assert_eq!(verdict, Verdict::Failed);
    assert_eq!(found, [(Code::ContextMismatch, Some(entry))]);
    let lives = here.read().authority;
    assert!(lives.key(&key(5).public().thumbprint()).is_none());
}

fn event_about(chamber: &Chamber, signer: u8, target: u64, event: Event) -> Vec<u8> {
    let register = chamber.read();
    let target = register.entry(target).expect("an entry");
    let record = EventRecord::new(chamber.context(), event, target.leaf, "a reason".into());
    let subject = target.statement.envelope.subject.clone();
    chamber.statement(&subject, Content::Event(record), &key(signer))
}

#[test]
fn a_symbol_given_later_puts_nobody_out_of_scope() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, grant(5, GrantedRole::Officer, &["A/"]));
    let first = chamber.register(5, "one\n", "A/78/1");
    let symbol = JointSymbol::parse("S/2024/1").expect("a symbol").value;
    let assigned = chamber.try_event(OFFICER, first, Wanted::AssignSymbol(symbol));
    assigned.expect("assigns");
    assert_eq!(chamber.read().doubt(first), None);
    chamber.revise(OFFICER, "one, revised\n", "A/78/1");
    chamber.assert_verified(&[]);
}

#[test]
fn a_policy_of_a_thief_makes_nobody_wrong_in_hindsight() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, registrar(6));
    let required = Policy {
        required: vec!["title".into()],
        ..Policy::default()
    };
    chamber.decide(REGISTRAR, policy(required));
    let stolen = chamber.decide(6, policy(Policy::default()));
    let entry = chamber.register(OFFICER, "one\n", "A/78/1");
    chamber.decide(REGISTRAR, compromise(6, stolen));
    assert_eq!(chamber.read().doubt(entry), None);
    chamber.assert_verified(&[(Code::EntryVoid, Some(stolen))]);
}

#[test]
fn a_quorum_asked_for_later_is_not_passed_over() {
    let chamber = Chamber::open();
    let quorum = Policy {
        quorum: Some("witness".into()),
        ..Policy::default()
    };
    let index = chamber.decide(REGISTRAR, policy(quorum));
    let (verdict, found) = chamber.found(Severity::Notice);
    assert_eq!(verdict, Verdict::NotEstablished);
    assert_eq!(found, [(Code::QuorumUnclear, Some(index))]);
    chamber.decide(REGISTRAR, policy(Policy::default()));
    chamber.assert_verified(&[]);
}

#[test]
fn a_declaration_accounts_for_what_is_not_evaluated() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, registrar(6));
    chamber.decide(REGISTRAR, officer(5));
    let honest = chamber.register(OFFICER, "one\n", "A/78/1");
    let hold = event_about(&chamber, 5, honest, Event::Other("hold".into()));
    let hold = chamber.force(hold);
    let unknown = chamber.force_decision(6, Decision::Other("merge".into()));
    assert_eq!(chamber.verify().verdict(), Verdict::NotEstablished);
    chamber.decide(REGISTRAR, compromise(5, hold));
    chamber.decide(REGISTRAR, compromise(6, unknown));
    assert!(chamber.read().authority.is_weighed());
    chamber.assert_verified(&[
        (Code::EntryVoid, Some(hold)),
        (Code::EntryVoid, Some(unknown)),
    ]);
}

#[test]
fn a_declaration_accounts_for_an_entry_that_stands_twice() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, officer(5));
    let bytes = chamber.document(5, "one\n", "A/78/1");
    chamber.force_document(5, "one\n", "A/78/1");
    let twice = chamber.force(bytes);
    assert_eq!(chamber.verify().verdict(), Verdict::Failed);
    chamber.decide(REGISTRAR, compromise(5, twice));
    chamber.assert_verified(&[(Code::EntryVoid, Some(twice))]);
    let register = chamber.read();
    let leaf = register.entry(twice).expect("an entry").leaf;
    assert_eq!(register.history().entry_of(&leaf), Some(twice - 1));
}

#[test]
fn a_declaration_accounts_for_a_file_that_is_not_there() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, officer(5));
    let entry = chamber.force(chamber.document(5, "nowhere\n", "A/78/1"));
    assert_eq!(chamber.verify().verdict(), Verdict::NotEstablished);
    chamber.decide(REGISTRAR, compromise(5, entry));
    chamber.assert_verified(&[(Code::EntryVoid, Some(entry))]);
    chamber.endorse(OFFICER, entry);
    let (verdict, found) = chamber.found(Severity::Notice);
    assert_eq!(verdict, Verdict::NotEstablished);
    assert_eq!(found, [(Code::DocumentMissing, Some(entry))]);
}

#[test]
fn a_declaration_accounts_for_a_wrong_size() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, officer(5));
    let text = "one\n";
    let language = "en".parse().expect("a language");
    let mut record = DocumentRecord::new(chamber.context(), Change::First, 1, language, 99);
    record.identifier = vec!["A/78/1".into()];
    let content = Content::Document {
        digest: ContentDigest::of(text.as_bytes()),
        media_type: "text/plain".into(),
        record: Box::new(record),
    };
    let entry = chamber.force(chamber.statement("A/78/1", content, &key(5)));
    chamber.force_document(OFFICER, text, "A/78/2");
    assert_eq!(chamber.verify().verdict(), Verdict::Failed);
    chamber.decide(REGISTRAR, compromise(5, entry));
    chamber.assert_verified(&[(Code::EntryVoid, Some(entry))]);
}

#[test]
fn an_event_made_void_before_it_came_can_be_endorsed() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, officer(5));
    let entry = chamber.register(OFFICER, "one\n", "A/78/1");
    chamber.decide(REGISTRAR, compromise(5, 2));
    let void = chamber.force(event_about(&chamber, 5, entry, Event::Withdraw));
    chamber.assert_verified(&[(Code::EntryVoid, Some(void))]);
    let withdrawn = |chamber: &Chamber| {
        let register = chamber.read();
        let events = register.history().events_of(entry).cloned();
        events.and_then(|events| events.withdrawn)
    };
    assert_eq!(withdrawn(&chamber), None);
    chamber.endorse(OFFICER, void);
    chamber.assert_verified(&[]);
    assert_eq!(withdrawn(&chamber), Some(void));
}

#[test]
fn a_declaration_is_not_void_whoever_proposed_it() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, registrar(6));
    chamber.decide(REGISTRAR, registrar(7));
    chamber.decide(REGISTRAR, threshold(2));
    let proposed = chamber.decide(6, compromise(OFFICER, 2));
    chamber.decide(7, agree(&chamber, proposed));
    chamber.decide(RECOVERY, compromise(6, proposed));
    chamber.assert_verified(&[]);
}

#[test]
fn an_entry_that_does_not_fit_its_chain_is_not_endorsed() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, officer(5));
    chamber.register(OFFICER, "one\n", "A/78/1");
    let again = chamber.force_document(5, "one, again\n", "A/78/1");
    chamber.decide(REGISTRAR, compromise(5, again));
    chamber.assert_verified(&[(Code::EntryVoid, Some(again))]);
    let refused = why(chamber.try_event(OFFICER, again, Wanted::Endorse));
    assert!(refused.contains("first version"), "{refused}");
}

#[test]
fn what_a_void_event_took_with_it_is_told() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, officer(5));
    let entry = chamber.register(OFFICER, "one\n", "A/78/1");
    let void = chamber.try_event(5, entry, titled("A false title"));
    let void = void.expect("amends");
    let honest = chamber.try_event(OFFICER, entry, titled("A true title"));
    let honest = honest.expect("amends");
    chamber.decide(REGISTRAR, compromise(5, void));
    let told = [
        (Code::EntryVoid, Some(void)),
        (Code::EventUndone, Some(honest)),
    ];
    chamber.assert_verified(&told);
    let title = document(&chamber.read(), entry).record.title;
    assert_eq!(title, None);
    let again = chamber.try_event(OFFICER, entry, titled("A true title"));
    again.expect("amends");
    chamber.assert_verified(&told);
}

#[test]
fn a_thief_locks_no_chain_with_what_is_out_of_his_scope() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, grant(5, GrantedRole::Officer, &["S/"]));
    let void = chamber.force_document(5, "one\n", "A/78/1");
    chamber.decide(REGISTRAR, compromise(5, void));
    chamber.revise(OFFICER, "one, rightly\n", "A/78/1");
    chamber.assert_verified(&[(Code::EntryVoid, Some(void))]);
    let refused = why(chamber.try_event(OFFICER, void, Wanted::Endorse));
    assert!(refused.contains("outside the scope"), "{refused}");
}

#[test]
fn a_replacement_that_a_thief_named_is_void() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, registrar(6));
    let what = Compromise {
        kid: key(REGISTRAR).public().thumbprint(),
        from: 2,
        reason: "false".into(),
        replacement: Some(key(8).public()),
    };
    let false_one = chamber.decide(6, Decision::Compromise(what));
    chamber.decide(RECOVERY, compromise(6, false_one));
    let register = chamber.read();
    let life = register.authority.key(&key(8).public().thumbprint());
    assert!(life.is_some_and(|life| !life.is_active()), "{life:?}");
}

#[test]
fn what_stands_in_the_wrong_place_is_not_endorsed() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, officer(5));
    let early = chamber.document(5, "late\n", "A/78/1");
    chamber.decide(REGISTRAR, officer(6));
    let entry = chamber.force(early);
    chamber.decide(REGISTRAR, compromise(5, entry));
    chamber.assert_verified(&[(Code::EntryVoid, Some(entry))]);
    let refused = why(chamber.try_event(OFFICER, entry, Wanted::Endorse));
    assert!(
        refused.contains("signed under the governance entry"),
        "{refused}"
    );
}

#[test]
fn a_third_word_counts_too() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, officer(5));
    chamber.decide(REGISTRAR, officer(6));
    let entry = chamber.register(5, "one\n", "A/78/1");
    chamber.endorse(OFFICER, entry);
    chamber.endorse(6, entry);
    assert_eq!(chamber.read().replay.endorsements(entry).len(), 2);
    chamber.assert_verified(&[]);
}

#[test]
fn an_ended_key_stays_ended_when_it_is_declared_compromised() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, officer(5));
    let first = chamber.register(5, "one\n", "A/78/1");
    let ended = chamber.decide(REGISTRAR, retire(5));
    let again = why(chamber.try_decide(REGISTRAR, retire(5)));
    assert!(again.contains("ended already"), "{again}");
    chamber.decide(REGISTRAR, compromise(5, first));
    let register = chamber.read();
    let life = register.authority.key(&key(5).public().thumbprint());
    assert_eq!(life.and_then(|life| life.ended), Some(ended));
    let late = why(chamber.try_decide(REGISTRAR, retire(5)));
    assert!(late.contains("ended already"), "{late}");
    chamber.assert_verified(&[(Code::EntryVoid, Some(first))]);
}

#[test]
fn a_compromised_key_is_not_retired() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, officer(5));
    chamber.decide(REGISTRAR, compromise(5, 1));
    let refused = why(chamber.try_decide(REGISTRAR, retire(5)));
    assert!(refused.contains("declared compromised"), "{refused}");
}

#[test]
fn a_registrar_retires_as_long_as_enough_are_left() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, registrar(6));
    chamber.decide(6, retire(REGISTRAR));
    chamber.decide(6, officer(5));
    chamber.assert_verified(&[]);
}

#[test]
fn after_an_unknown_decision_unknown_keys_are_an_open_question() {
    let chamber = Chamber::open();
    let unknown = Decision::Other("delegate".into());
    let entry = chamber.force_decision(REGISTRAR, unknown.clone());
    let stranger = chamber.force_document(5, "one\n", "A/78/1");
    let (verdict, found) = chamber.found(Severity::Open);
    assert_eq!(verdict, Verdict::NotEstablished);
    let open = |entry| (Code::NotEvaluated, Some(entry));
    assert_eq!(found, [open(entry), open(stranger)]);
    assert!(!chamber.read().authority.is_weighed());
    // An officer's word opens no question.
    let other = Chamber::open();
    let entry = other.force_decision(OFFICER, unknown);
    let stranger = other.force_document(5, "one\n", "A/78/1");
    let (verdict, found) = other.found(Severity::Open);
    assert_eq!(verdict, Verdict::Failed);
    let refused = |entry| (Code::AuthorityRefused, Some(entry));
    assert_eq!(found, [refused(entry), refused(stranger)]);
}

#[test]
fn what_can_not_be_decided_is_known_before_anybody_signs() {
    let chamber = Chamber::open();
    let authority = chamber.read().authority;
    assert_eq!(authority.check_decision(1, &officer(5)), []);
    let faults = authority.check_decision(1, &retire(REGISTRAR));
    assert_eq!(faults.len(), 1, "{faults:?}");
    let nothing = agree(&chamber, 0);
    let faults = authority.check_decision(1, &nothing);
    assert_eq!(faults.len(), 1, "{faults:?}");
    chamber.decide(REGISTRAR, registrar(6));
    chamber.decide(REGISTRAR, threshold(2));
    let proposed = chamber.decide(6, officer(5));
    let agreed = agree(&chamber, proposed);
    assert_eq!(chamber.read().authority.check_decision(4, &agreed), []);
}

#[test]
fn an_opening_says_one_issuer_and_one_origin() {
    let chamber = Chamber::open();
    let register = chamber.read();
    let opening = register.entry(0).expect("an opening");
    for twist in [0, 1] {
        let mut statement = opening.statement.clone();
        match twist {
            0 => statement.envelope.issuer.push('x'),
            _ => statement.envelope.subject.push('x'),
        }
        let opened = Authority::open(opening.leaf, statement).map(|_| ());
        assert_eq!(opened, Err(OpeningError::NamesDiffer));
    }
}

#[test]
fn without_a_usable_opening_what_was_not_checked_is_said() {
    let chamber = Chamber::open();
    chamber.register(OFFICER, "one\n", "A/78/1");
    let bundle = chamber.home().join("ledger/tile/entries/000.p/2");
    let bytes = std::fs::read(&bundle).expect("reads");
    let mut entries: Vec<_> = docledger::log::read_bundle(&bytes, 2)
        .expect("a bundle")
        .into_iter()
        .map(<[u8]>::to_vec)
        .collect();
    // The opening's signature is the last thing in it.
    *entries[0].last_mut().expect("a byte") ^= 1;
    let mut growth = docledger::log::Growth::default();
    let append = growth.append(entries).expect("planned");
    for (tile, bytes) in append.tiles {
        let path = chamber.home().join("ledger").join(tile.path());
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("makes");
        std::fs::write(path, bytes).expect("writes");
    }
    let head = docledger::log::Checkpoint {
        origin: "records.example.org/register".into(),
        size: append.new_size,
        root: append.new_root,
    };
    let text = head.sign(&key(chamber::CHECKPOINT)).expect("signs");
    std::fs::write(chamber.home().join("ledger/checkpoint"), text).expect("writes");
    let report = chamber.verify();
    assert_eq!(report.verdict(), Verdict::Failed);
    let opening = report
        .findings
        .iter()
        .find(|it| it.code == Code::OpeningInvalid);
    assert!(opening.is_some(), "{:#?}", report.findings);
    assert_eq!(report.checked.signatures, 0);
    let mut skipped = report.not_checked.iter();
    assert!(skipped.any(|it| it.contains("signatures and authority")));
}

#[test]
fn a_declaration_leaves_policies_where_they_began_and_ended() {
    let chamber = Chamber::open();
    let before = chamber.register(OFFICER, "one\n", "A/78/1");
    let four_eyes = Policy {
        four_eyes: true,
        ..Policy::default()
    };
    chamber.decide(REGISTRAR, policy(four_eyes));
    let under = chamber.register(OFFICER, "two\n", "A/78/2");
    chamber.decide(REGISTRAR, policy(Policy::default()));
    let after = chamber.register(OFFICER, "three\n", "A/78/3");
    chamber.decide(REGISTRAR, officer(5));
    let stolen = chamber.register(5, "four\n", "A/78/4");
    chamber.decide(REGISTRAR, compromise(5, stolen));
    // Everything was judged again, each entry by the policy of its place.
    let (verdict, found) = chamber.found(Severity::Notice);
    assert_eq!(verdict, Verdict::NotEstablished);
    let waiting = (Code::EndorsementMissing, Some(under));
    assert_eq!(found, [waiting, (Code::EntryVoid, Some(stolen))]);
    assert_eq!(chamber.current("A/78/1"), Some(before));
    assert_eq!(chamber.current("A/78/2"), None);
    assert_eq!(chamber.current("A/78/3"), Some(after));
}

#[test]
fn a_registrar_declared_compromised_is_none_of_those_that_are_left() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, registrar(6));
    chamber.decide(REGISTRAR, registrar(7));
    chamber.decide(REGISTRAR, threshold(2));
    let proposed = chamber.decide(6, compromise(7, 1));
    chamber.decide(REGISTRAR, agree(&chamber, proposed));
    // Two are left, and two are needed.
    let refused = why(chamber.try_decide(6, retire(REGISTRAR)));
    assert!(refused.contains("would leave 1 registrars"), "{refused}");
    let entry = chamber.force_decision(6, retire(REGISTRAR));
    chamber.assert_failed(Code::AuthorityRefused, entry, "would leave 1 registrars");
}

#[test]
fn a_replacement_takes_over_by_the_word_of_enough_registrars() {
    let chamber = Chamber::open();
    let named = Decision::Grant {
        role: GrantedRole::Registrar,
        holder: Holder {
            key: key(7).public(),
            name: Some("A. Registrar".into()),
            scope: Vec::new(),
        },
    };
    chamber.decide(REGISTRAR, registrar(6));
    chamber.decide(REGISTRAR, named);
    chamber.decide(REGISTRAR, threshold(2));
    let what = Compromise {
        kid: key(7).public().thumbprint(),
        from: 4,
        reason: "stolen".into(),
        replacement: Some(key(8).public()),
    };
    let proposed = chamber.decide(6, Decision::Compromise(what));
    let replacement = key(8).public().thumbprint();
    assert!(chamber.read().authority.key(&replacement).is_none());
    chamber.decide(REGISTRAR, agree(&chamber, proposed));
    let register = chamber.read();
    let life = register.authority.key(&replacement).expect("has a role");
    assert!(life.is_active());
    assert_eq!(life.name.as_deref(), Some("A. Registrar"));
    let granted = chamber.decide(8, officer(11));
    chamber.decide(6, agree(&chamber, granted));
    chamber.register(11, "one\n", "A/78/1");
}

#[test]
fn a_statement_is_signed_on_a_tree_that_was_there_before_it() {
    let chamber = Chamber::open();
    chamber.register_two(OFFICER);
    let register = chamber.read();
    let context = chamber.context();
    let names = (context.ledger, context.authority);
    let on = |size: u64, root| Context {
        on: TreeHead { size, root },
        ..context
    };
    let root_at = |size| register.tree.root_at(size).expect("was there");
    let good = check_context(&on(2, root_at(2)), names, 2, Some(root_at(2)));
    assert_eq!(good, []);
    // Ahead of itself, and on nothing, each with the root that fits.
    for (size, index) in [(3, 2), (0, 2)] {
        let refusals = check_context(&on(size, root_at(size)), names, index, Some(root_at(size)));
        assert_eq!(refusals, [Refusal::OnAhead { size, index }]);
    }
    let other = check_context(&on(2, root_at(1)), names, 2, Some(root_at(2)));
    assert_eq!(other, [Refusal::OnRoot { size: 2 }]);
    let unknown = check_context(&on(2, root_at(2)), names, 2, None);
    assert_eq!(unknown, [Refusal::OnRoot { size: 2 }]);
}

#[test]
fn heads_and_receipts_of_the_past_are_judged_by_the_key_of_their_size() {
    let mut chamber = Chamber::open();
    let rotate = |log, number: u8| Decision::Rotate {
        log,
        key: key(number).public(),
    };
    let mut ends = Vec::new();
    for number in [20, 21] {
        // The head over the decision is signed by the key that it puts in place.
        chamber.checkpoint = number;
        ends.push(chamber.decide(REGISTRAR, rotate(LogKey::Checkpoint, number)));
        chamber.decide(REGISTRAR, rotate(LogKey::Receipt, number + 10));
        chamber.register(OFFICER, &format!("{number}\n"), &format!("A/78/{number}"));
    }
    let authority = chamber.read().authority;
    let &[first, second] = ends.as_slice() else {
        panic!("two decisions");
    };
    for (size, number) in [
        (1, chamber::CHECKPOINT),
        (first, chamber::CHECKPOINT),
        (first + 1, 20),
        (second, 20),
        (second + 1, 21),
        (u64::MAX, 21),
    ] {
        assert_eq!(
            *authority.checkpoint_key(size),
            key(number).public(),
            "{size}"
        );
    }
    for (size, number) in [
        (first + 1, 4),
        (first + 2, 30),
        (second + 1, 30),
        (second + 2, 31),
    ] {
        assert_eq!(*authority.receipt_key(size), key(number).public(), "{size}");
    }
    chamber.assert_verified(&[]);
}
