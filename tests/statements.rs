//! What an officer, a registrar or a stranger with a key can put into the log,
//! and what verification says of it.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod common;

use std::path::Path;

use common::{Bytes, DISK, NOW, dir, key, open, register, request};
use docledger::digest::{ContentDigest, LedgerId};
use docledger::encoding::cbor;
use docledger::log::Growth;
use docledger::registry::{AppendRefusal, Proposal, Register, propose};
use docledger::statement::{Change, Content, Draft, Event, EventRecord};
use docledger::store::{AppendFiles, NewDocument};
use docledger::verify::{Anchor, Code, Report, Verdict, verify_ledger};

/// A ledger with one document, and the draft of its second version.
fn second_version(home: &Path) -> (LedgerId, Register, Draft) {
    let id = open(home);
    register(&DISK, home, b"one\n", "A/78/1", None).expect("registers");
    register(&DISK, home, b"other\n", "A/78/2", None).expect("registers");
    let register = Register::read(&dir(&DISK, home)).expect("reads");
    let wanted = request(b"two\n", "A/78/1", Some(Change::Revision));
    let Proposal {
        subject, document, ..
    } = propose(&register, &wanted).expect("proposes");
    let content = Content::Document {
        digest: document.digest,
        media_type: document.media_type,
        record: Box::new(document.record),
    };
    let draft = Draft {
        issuer: "https://records.example.org".into(),
        subject,
        issued_at: NOW,
        content,
    };
    (id, register, draft)
}

/// Appends a statement whatever it says, and verifies.
fn appended(change: impl FnOnce(&mut Draft, &Register), signer: u8) -> Report {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    let (id, register, mut draft) = second_version(home);
    change(&mut draft, &register);
    write(home, register, &draft, signer);
    verify_ledger(&dir(&DISK, home), Anchor::Id(id))
}

/// Writes a statement into the log as it is, without asking anybody.
fn write(home: &Path, register: Register, draft: &Draft, signer: u8) {
    let entry = draft.sign(&key(signer)).expect("signs").bytes;
    let mut head = register.checkpoint.clone();
    let mut growth = Growth::new(register.tree, register.tail).expect("continues");
    let log = growth.append(vec![entry]).expect("planned");
    (head.size, head.root) = (log.new_size, log.new_root);
    let checkpoint = head.sign(&key(3)).expect("signs");
    let dir = dir(&DISK, home);
    let writer = dir.lock(|| ()).expect("locks");
    let contents = Bytes(b"two\n".to_vec());
    let documents = vec![NewDocument {
        digest: ContentDigest::of(b"two\n"),
        contents: &contents,
    }];
    writer
        .append(&AppendFiles {
            log: &log,
            documents,
            checkpoint,
        })
        .expect("appends");
}

fn record(draft: &mut Draft, change: impl FnOnce(&mut docledger::statement::DocumentRecord)) {
    let Content::Document { record, .. } = &mut draft.content else {
        panic!("a document")
    };
    change(record);
}

fn assert_finds(report: &Report, verdict: Verdict, code: Code) {
    assert_eq!(report.verdict(), verdict, "{:?}", report.findings);
    let found = report
        .findings
        .iter()
        .any(|finding| finding.code == code && finding.entry == Some(3));
    assert!(found, "{code:?}: {:?}", report.findings);
}

#[test]
fn a_good_second_version_verifies() {
    let report = appended(|_, _| (), 2);
    assert_eq!(
        (report.verdict(), report.findings.as_slice()),
        (Verdict::Verified, [].as_slice())
    );
}

#[test]
fn only_an_officer_registers_documents() {
    for signer in [1, 3, 4, 9] {
        assert_finds(
            &appended(|_, _| (), signer),
            Verdict::Failed,
            Code::AuthorityRefused,
        );
    }
}

#[test]
fn the_issuer_stays_the_same() {
    let report = appended(|draft, _| draft.issuer = "another".into(), 2);
    assert_finds(&report, Verdict::Failed, Code::AuthorityRefused);
}

#[test]
fn a_statement_belongs_to_its_ledger_and_place() {
    let other = |draft: &mut Draft, _: &Register| {
        record(draft, |r| r.context.ledger = LedgerId::from_bytes([9; 32]))
    };
    assert_finds(&appended(other, 2), Verdict::Failed, Code::ContextMismatch);
    let ahead = |draft: &mut Draft, _: &Register| record(draft, |r| r.context.on.size = 4);
    assert_finds(&appended(ahead, 2), Verdict::Failed, Code::ContextMismatch);
    let root = |draft: &mut Draft, register: &Register| {
        record(draft, |r| {
            r.context.on.root = register.tree.root_at(2).expect("grown")
        });
    };
    assert_finds(&appended(root, 2), Verdict::Failed, Code::ContextMismatch);
    let authority = |draft: &mut Draft, register: &Register| {
        record(draft, |r| {
            r.context.authority = register.tree.leaf(1).expect("present")
        });
    };
    assert_finds(
        &appended(authority, 2),
        Verdict::Failed,
        Code::ContextMismatch,
    );
}

#[test]
fn version_chains_have_no_gap_and_no_fork() {
    let changes: [fn(&mut docledger::statement::DocumentRecord); 4] = [
        |r| r.version = 3,
        |r| r.version = 1,
        |r| r.previous = None,
        |r| {
            r.change = Change::First;
            (r.version, r.previous) = (1, None);
        },
    ];
    for change in changes {
        let report = appended(|draft, _| record(draft, change), 2);
        assert_finds(&report, Verdict::Failed, Code::HistoryBroken);
    }
}

#[test]
fn a_symbol_belongs_to_one_document() {
    let report = appended(
        |draft, _| record(draft, |r| r.identifier.push("A/78/2".into())),
        2,
    );
    assert_finds(&report, Verdict::Failed, Code::HistoryBroken);
    let report = appended(|draft, _| draft.subject = "A/78/9".into(), 2);
    assert_finds(&report, Verdict::Failed, Code::HistoryBroken);
}

#[test]
fn a_wrong_size_is_found() {
    let report = appended(|draft, _| record(draft, |r| r.size = 5), 2);
    assert_finds(&report, Verdict::Failed, Code::HistoryBroken);
}

#[test]
fn unknown_keys_are_told_and_count_only_if_they_must() {
    let add = |r: &mut docledger::statement::DocumentRecord| {
        r.unknown.insert(cbor::text("futureKey"), cbor::int(1));
    };
    let report = appended(|draft, _| record(draft, add), 2);
    assert_finds(&report, Verdict::Verified, Code::UnknownKept);
    let must = |r: &mut docledger::statement::DocumentRecord| {
        add(r);
        r.must = vec!["futureKey".into()];
    };
    let report = appended(|draft, _| record(draft, must), 2);
    assert_finds(&report, Verdict::NotEstablished, Code::NotEvaluated);
}

#[test]
fn an_event_is_kept_and_not_established() {
    let event = |draft: &mut Draft, register: &Register, target| {
        let Content::Document { record, .. } = &draft.content else {
            panic!("a document")
        };
        let context = record.context;
        let leaf = register.tree.leaf(target).expect("present");
        let event = Event::Other("hold".into());
        draft.content = Content::Event(EventRecord::new(context, event, leaf, "a reason".into()));
    };
    let report = appended(|draft, register| event(draft, register, 1), 2);
    assert_finds(&report, Verdict::NotEstablished, Code::NotEvaluated);
    let report = appended(|draft, register| event(draft, register, 2), 2);
    assert_finds(&report, Verdict::Failed, Code::TargetUnknown);
}

#[test]
fn a_clock_that_goes_back_is_a_warning() {
    let report = appended(|draft, _| draft.issued_at = NOW - 1, 2);
    assert_finds(&report, Verdict::Verified, Code::TimeOrder);
}

#[test]
fn what_an_officer_may_not_say_takes_no_effect() {
    for signer in [1, 9] {
        let withdrawal = |draft: &mut Draft, register: &Register| {
            let (entry, document) = register.document(1).expect("a document");
            let context = document.record.context;
            let event = EventRecord::new(
                docledger::statement::Context {
                    on: docledger::statement::TreeHead {
                        size: register.checkpoint.size,
                        root: register.checkpoint.root,
                    },
                    ..context
                },
                Event::Withdraw,
                entry.leaf,
                "why".to_owned(),
            );
            draft.subject = entry.statement.envelope.subject.clone();
            draft.content = Content::Event(event);
        };
        let report = appended(withdrawal, signer);
        assert_finds(&report, Verdict::Failed, Code::AuthorityRefused);
    }
}

#[test]
fn a_symbol_in_other_letters_is_told() {
    let report = appended(
        |draft, _| {
            draft.subject = "a/78/2".into();
            record(draft, |record| {
                record.identifier = vec!["a/78/2".into()];
                record.change = Change::First;
                record.version = 1;
                record.previous = None;
            });
        },
        2,
    );
    assert_finds(&report, Verdict::Verified, Code::SymbolDoubtful);
}

#[test]
fn nothing_is_built_on_a_forged_entry() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    let (_, before, draft) = second_version(home);
    write(home, before, &draft, 9);
    let third = register(&DISK, home, b"three\n", "A/78/1", Some(Change::Revision));
    assert!(
        matches!(third, Err(AppendRefusal::Unproven { index: 3, .. })),
        "{third:?}"
    );
    register(&DISK, home, b"another\n", "A/78/3", None).expect("registers");
}
