//! Witnesses: what they cosign and what not, quorums, and what verification makes
//! of both.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod office;

use std::path::Path;

use docledger::key::{PublicKey, SecretKey};
use docledger::log::SignedCheckpoint;
use docledger::statement::{Group, Policy, Threshold, Witness};
use docledger::witness::{
    AddCheckpoint, Quorum, QuorumError, Seen, TrustPolicy, WitnessKey, log_key,
};
use office::witnessed::{have_cosigned, register, run_witness, witnessed_office};
use office::{Office, copy};

fn unhex(text: &str) -> [u8; 32] {
    let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal");
    let bytes: Vec<u8> = (0..64).step_by(2).map(byte).collect();
    bytes.try_into().expect("32 bytes")
}

#[test]
fn the_requests_of_another_witness_get_the_answers_it_gives() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/torchwood-witness");
    let text = std::fs::read_to_string(folder.join("add-checkpoint.json")).expect("reads");
    let vectors: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let text = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
    let log = PublicKey::from_bytes(&unhex(&text(&vectors["log_public_key"]))).expect("a key");
    let origin = text(&vectors["log_origin"]);
    let mut seen = None;
    let sequence = vectors["sequence"].as_array().expect("an array");
    for (number, step) in sequence.iter().enumerate() {
        let request = match AddCheckpoint::parse(text(&step["request_body"]).as_bytes()) {
            Ok(request) => request,
            Err(error) => {
                // Its base 64 has a bit too many, which is refused before the
                // signature is looked at.
                let told = error.to_string();
                assert_eq!((number, step["status"].as_u64()), (1, Some(403)), "{told}");
                assert!(told.contains("signature line 1 is malformed"), "{told}");
                continue;
            }
        };
        assert_eq!(request.to_text(), text(&step["request_body"]));
        let got = if request.checkpoint.unverified().origin != origin {
            403
        } else {
            match request.judge(&log, seen) {
                Ok(head) => {
                    seen = Some(Seen {
                        size: head.size,
                        root: head.root,
                    });
                    200
                }
                Err(refusal) => u64::from(refusal.status()),
            }
        };
        assert_eq!(Some(got), step["status"].as_u64(), "request {number}");
    }
}

#[test]
fn a_malformed_request_is_located() {
    for (text, expected) in [
        ("", "line 1: lines before a blank one"),
        ("old 01\n\n", "line 1: old and a decimal number"),
        ("new 1\n\n", "line 1: old"),
        ("old 1\nxx\n\n", "line 2: a hash"),
        ("old 1\n\nnothing\n", "its checkpoint:"),
    ] {
        let error = AddCheckpoint::parse(text.as_bytes()).expect_err("refuses");
        assert!(error.to_string().starts_with(expected), "{error}");
    }
}

fn witness(number: u8) -> (WitnessKey, SecretKey) {
    let key = SecretKey::from_seed([number; 32]);
    let name = format!("witness.example/{number}");
    (WitnessKey::new(&name, key.public()).expect("a name"), key)
}

fn checkpoint() -> SignedCheckpoint {
    let log = SecretKey::from_seed([99; 32]);
    let checkpoint = docledger::log::Checkpoint {
        origin: "example.org/log".into(),
        size: 3,
        root: docledger::merkle::leaf_hash(b"root").into(),
    };
    let note = checkpoint.sign(&log).expect("signs");
    SignedCheckpoint::parse(note.as_bytes()).expect("reads")
}

/// The checkpoint with lines of these witnesses, at these times.
fn cosigned(by: &[(u8, u64)]) -> SignedCheckpoint {
    let plain = checkpoint();
    let mut lines = plain.signatures().to_vec();
    for (number, time) in by {
        let (key, secret) = witness(*number);
        lines.push(key.cosign(&plain, *time, &secret).expect("signs"));
    }
    plain.with_signatures(lines)
}

fn policy(groups: Vec<Group>, quorum: &str) -> Policy {
    let named = |number| Witness {
        name: format!("w{number}"),
        vkey: witness(number).0.vkey(),
        url: None,
    };
    Policy {
        witnesses: (1..=3).map(named).collect(),
        groups,
        quorum: Some(quorum.into()),
        ..Policy::default()
    }
}

fn group(name: &str, threshold: Threshold, members: &[&str]) -> Group {
    Group {
        name: name.into(),
        threshold,
        members: members.iter().map(|it| (*it).to_owned()).collect(),
    }
}

#[test]
fn a_quorum_is_met_when_the_last_one_needed_had_cosigned() {
    let all = ["w1", "w2", "w3"];
    let time = |policy: &Policy, by: &[(u8, u64)]| {
        let quorum = Quorum::of(policy).expect("makes sense");
        let judged = quorum.judge(&cosigned(by)).expect("verifies");
        judged.map(|witnessed| witnessed.time)
    };
    let two = policy(vec![group("g", Threshold::Count(2), &all)], "g");
    assert_eq!(time(&two, &[]), None);
    assert_eq!(time(&two, &[(2, 20)]), None);
    assert_eq!(time(&two, &[(2, 20), (1, 40), (3, 30)]), Some(30));
    let any = policy(vec![group("g", Threshold::Any, &all)], "g");
    assert_eq!(time(&any, &[(3, 30), (2, 20)]), Some(20));
    // A time beyond what the specification allows is none.
    let quorum = Quorum::of(&policy(vec![], "w1")).expect("makes sense");
    assert!(quorum.judge(&cosigned(&[(1, u64::MAX)])).is_err());
    let every = policy(vec![group("g", Threshold::All, &all)], "g");
    assert_eq!(time(&every, &[(1, 10), (2, 20)]), None);
    assert_eq!(time(&every, &[(1, 10), (2, 20), (3, 30)]), Some(30));
    let nested = vec![
        group("a", Threshold::Any, &["w1", "w2"]),
        group("b", Threshold::All, &["a", "w3"]),
    ];
    assert_eq!(
        time(&policy(nested.clone(), "b"), &[(1, 10), (2, 20)]),
        None
    );
    assert_eq!(time(&policy(nested, "b"), &[(2, 20), (3, 15)]), Some(20));
    // A line of the same witness twice counts once; one of a stranger not at all.
    assert_eq!(time(&two, &[(1, 10), (1, 11), (4, 12)]), None);
    assert_eq!(time(&policy(vec![], "w2"), &[(2, 7)]), Some(7));
}

#[test]
fn no_flipped_byte_of_a_cosignature_counts() {
    let quorum = Quorum::of(&policy(vec![], "w1")).expect("makes sense");
    let whole = cosigned(&[(1, 10)]).to_text();
    assert!(
        quorum
            .judge(&cosigned(&[(1, 10)]))
            .is_ok_and(|it| it.is_some())
    );
    for place in 0..whole.len() {
        let mut bytes = whole.clone().into_bytes();
        bytes[place] ^= 1;
        let Ok(flipped) = SignedCheckpoint::parse(&bytes) else {
            continue;
        };
        let judged = quorum.judge(&flipped);
        let log_line = flipped.verify(&SecretKey::from_seed([99; 32]).public());
        let counts = judged.is_ok_and(|it| it.is_some()) && log_line.is_ok();
        assert!(!counts, "byte {place}");
    }
}

#[test]
fn policies_that_make_no_sense_are_refused() {
    let all = ["w1", "w2"];
    let of = |groups, quorum| Quorum::of(&policy(groups, quorum)).map(|_| ());
    assert_eq!(of(vec![], "w9"), Err(QuorumError::Unknown("w9".into())));
    let three = group("g", Threshold::Count(3), &all);
    assert_eq!(
        of(vec![three], "g"),
        Err(QuorumError::Threshold("g".into()))
    );
    let none = group("g", Threshold::Count(0), &all);
    assert_eq!(of(vec![none], "g"), Err(QuorumError::Threshold("g".into())));
    let twice = group("g", Threshold::Any, &["w1", "w1"]);
    assert_eq!(
        of(vec![twice], "g"),
        Err(QuorumError::Threshold("g".into()))
    );
    let early = group("g", Threshold::Any, &["h"]);
    assert_eq!(of(vec![early], "g"), Err(QuorumError::Unknown("h".into())));
    let named = group("w1", Threshold::Any, &all);
    assert_eq!(of(vec![named], "w1"), Err(QuorumError::Twice("w1".into())));
    let mut doubled = policy(vec![], "w1");
    let other = WitnessKey::new("alias.example/1", witness(1).1.public()).expect("a name");
    doubled.witnesses[1].vkey = other.vkey();
    assert_eq!(
        Quorum::of(&doubled),
        Err(QuorumError::Twice("w2".into())),
        "one key under two names is one witness"
    );
    for name in ["none", "", "two words", "a\nquorum none", "#w"] {
        let mut named = policy(vec![], "w2");
        named.witnesses[0].name = name.into();
        assert_eq!(Quorum::of(&named), Err(QuorumError::Name(name.into())));
    }
    let shared = vec![
        group("g", Threshold::Any, &all),
        group("h", Threshold::Any, &["w2", "w3"]),
    ];
    assert_eq!(of(shared, "h"), Err(QuorumError::Twice("w2".into())));
    let key = witness(1).0.vkey();
    let late = format!("quorum w1\nwitness w1 {key}\n");
    assert!(
        TrustPolicy::parse(&late).is_err(),
        "named before it is defined"
    );
    let counted = format!("witness w1 {key}\ngroup g 01 w1\nquorum g\n");
    assert!(TrustPolicy::parse(&counted).is_err());
    assert!(TrustPolicy::parse("log nonsense\nquorum none\n").is_err());
    for (text, expected) in [
        ("", "exactly one quorum line"),
        ("quorum none\nquorum none\n", "exactly one quorum line"),
        ("quorum w1\n", "w1 is no witness or group"),
        ("witness w1 nonsense\nquorum w1\n", "no verifier key"),
        (
            "neither\nquorum none\n",
            "line 1: log, witness, group or quorum",
        ),
        (
            "quorum none\ngroup g some w1\n",
            "line 2: any, all or a number",
        ),
    ] {
        let error = TrustPolicy::parse(text).expect_err("refuses").to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
    let good = format!("# mine\n\nwitness w1 {key} https://w.example\nquorum w1\n");
    assert!(TrustPolicy::parse(&good).expect("reads").quorum.asks());
    let log = docledger::key::SecretKey::from_seed([5; 32]).public();
    assert!(WitnessKey::parse("name+00000000+BA==").is_err());
    assert!(WitnessKey::parse(&key.replace('1', "2")).is_err());
    assert_eq!(log_key(&key), None, "a witness's key is no log's: {log:?}");
}

fn codes(summary: &serde_json::Value) -> Vec<&str> {
    let findings = summary["findings"].as_array().expect("an array");
    findings
        .iter()
        .filter_map(|it| it["code"].as_str())
        .collect()
}

#[test]
fn a_quorum_of_witnesses_is_asked_for_kept_and_verified() {
    let office = witnessed_office();
    register(&office, 1);
    let (report, code) = office.summary(&["verify"]);
    assert_eq!((codes(&report), code), (vec!["quorum-missing"], Some(3)));
    have_cosigned(&office, 0, "one");
    let (report, code) = office.summary(&["verify"]);
    assert_eq!((codes(&report), code), (vec![], Some(0)), "{report}");
    assert_eq!(report["witnessed"]["size"], 3);
    assert_eq!(report["witnessed"]["by"][1]["witness"], "w2.example/w");
    let text = office.text(&["verify"]);
    assert!(
        text.contains("were seen by w1.example/w, w2.example/w"),
        "{text}"
    );
    // What came later is told.
    register(&office, 2);
    let (report, code) = office.summary(&["verify"]);
    assert_eq!((codes(&report), code), (vec!["unwitnessed"], Some(0)));
    have_cosigned(&office, 3, "two");
    let (report, _) = office.summary(&["verify"]);
    assert_eq!(report["witnessed"]["size"], 4);
    // Evidence as of a cosigned head says so; as of a later one it holds both.
    office.text(&["prove", "A/78/1", "--out", "seen"]);
    let (evidence, code) = office.summary(&["verify", "--evidence", "seen.zip"]);
    assert_eq!(
        (evidence["witnessed"]["size"].as_u64(), code),
        (Some(4), Some(0))
    );
    register(&office, 3);
    office.text(&["prove", "A/78/1", "--out", "unseen"]);
    let (evidence, code) = office.summary(&["verify", "--evidence", "unseen.zip"]);
    assert_eq!((codes(&evidence), code), (vec!["unwitnessed"], Some(0)));
    assert_eq!(evidence["witnessed"]["size"], 4);
    assert_eq!(evidence["head"]["size"], 5);
}

#[test]
fn an_auditors_policy_only_asks_for_more() {
    let office = Office::open();
    register(&office, 1);
    let own = std::fs::read_to_string(office.path().join("office/keys/policy")).expect("reads");
    let (key, _) = witness(7);
    let asks = |log: &str| format!("{log}witness w7 {}\nquorum w7\n", key.vkey());
    let log = own.lines().next().expect("a log line").to_owned() + "\n";
    office.write("mine", &asks(&log));
    let (report, code) = office.summary(&["verify", "--policy", "mine"]);
    assert_eq!((codes(&report), code), (vec!["quorum-missing"], Some(3)));
    office.write("other", "quorum none\n");
    let (report, code) = office.summary(&["verify", "--policy", "other"]);
    assert_eq!(
        (codes(&report), code),
        (vec!["policy-of-other-log"], Some(3))
    );
    // One that asks for nothing takes nothing away.
    let office = witnessed_office();
    let own = std::fs::read_to_string(office.path().join("office/keys/policy")).expect("reads");
    let log = own.lines().next().expect("a log line").to_owned() + "\n";
    office.write("nothing", &format!("{log}quorum none\n"));
    let (report, code) = office.summary(&["verify", "--policy", "nothing"]);
    assert_eq!((codes(&report), code), (vec!["quorum-missing"], Some(3)));
}

#[test]
fn a_witness_refuses_what_did_not_grow() {
    let office = witnessed_office();
    register(&office, 1);
    let ledger = office.path().join("office");
    let before = office.path().join("before");
    copy(&ledger, &before);
    register(&office, 2);
    have_cosigned(&office, 0, "one");
    let refused = |request: &str, reason: &str| {
        let done = run_witness(&office, 1, request, "no");
        let told = String::from_utf8_lossy(&done.stderr).replace('\n', " ");
        assert_eq!(done.status.code(), Some(2), "{told}");
        assert!(told.contains(reason), "{told}");
        assert!(!office.path().join("no").exists());
    };
    refused(
        "one",
        "the head seen last has 4 entries; the proof is from 0",
    );
    // Another history of the office from the same past.
    std::fs::remove_dir_all(&ledger).expect("removes");
    copy(&before, &ledger);
    register(&office, 3);
    office.text(&["checkpoint", "request", "--old", "4", "--out", "forked"]);
    refused("forked", "FORKED");
    register(&office, 4);
    office.text(&["checkpoint", "request", "--old", "4", "--out", "grown"]);
    refused("grown", "not shown to have grown");
    // The other history is no head of this ledger, and beside it is a fork.
    let taken = office.run(&["checkpoint", "add", "one.1"]);
    assert_eq!(taken.status.code(), Some(2));
    std::fs::create_dir_all(ledger.join("ledger/checkpoints")).expect("makes");
    std::fs::copy(
        office.path().join("one.1"),
        ledger.join("ledger/checkpoints/4"),
    )
    .expect("copies");
    let (report, code) = office.summary(&["verify", "--state", "nobody"]);
    assert!(codes(&report).contains(&"cosigned-forked"), "{report}");
    assert_eq!(code, Some(1));
    // Cut off below it.
    std::fs::remove_dir_all(&ledger).expect("removes");
    copy(&before, &ledger);
    std::fs::create_dir_all(ledger.join("ledger/checkpoints")).expect("makes");
    std::fs::copy(
        office.path().join("one.1"),
        ledger.join("ledger/checkpoints/4"),
    )
    .expect("copies");
    let (report, code) = office.summary(&["verify", "--state", "nobody"]);
    assert!(codes(&report).contains(&"cosigned-ahead"), "{report}");
    assert_eq!(code, Some(1));
}

#[test]
fn every_flipped_byte_of_a_kept_checkpoint_is_named() {
    let office = witnessed_office();
    register(&office, 1);
    have_cosigned(&office, 0, "one");
    let path = office.path().join("office/ledger/checkpoints/3");
    let whole = std::fs::read(&path).expect("reads");
    for place in (0..whole.len()).step_by(7) {
        let mut flipped = whole.clone();
        flipped[place] ^= 1;
        std::fs::write(&path, flipped).expect("writes");
        let (report, code) = office.summary(&["verify"]);
        assert_ne!(code, Some(0), "byte {place}: {report}");
        assert!(
            report["findings"].to_string().contains("checkpoints/3"),
            "{report}"
        );
    }
}
