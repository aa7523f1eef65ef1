//! Many statements in one append: all of them, or none.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod common;

use common::{Bytes, DISK, NOW, contents, dir, key, open, request};
use docledger::registry::{AppendRefusal, Appending, ProposalError, Register, plan};
use docledger::statement::Change;
use docledger::verify::{Anchor, Verdict, verify_ledger};

/// A batch that holds a revision of a document of its own, and one file twice.
fn batch() -> Vec<(docledger::registry::Request, Bytes)> {
    let mut batch: Vec<_> = (1..=300)
        .map(|number| {
            let text = format!("document {number}\n").into_bytes();
            (request(&text, &format!("A/78/{number}"), None), Bytes(text))
        })
        .collect();
    let second = b"second text\n".to_vec();
    batch.push((
        request(&second, "A/78/7", Some(Change::Revision)),
        Bytes(second),
    ));
    let again = b"document 9\n".to_vec();
    batch.push((request(&again, "A/78/9", None), Bytes(again)));
    batch
}

#[test]
fn a_batch_is_one_append_and_the_plan_foretells_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let id = open(folder.path());
    let dir = dir(&DISK, folder.path());
    let batch = batch();
    let mut register = Register::read(&dir).expect("reads");
    let planned = plan(&mut register, batch.iter().map(|(request, _)| request));

    let writer = dir.lock(|| ()).expect("locks");
    let mut appending = Appending::begin(&writer).expect("begins");
    for ((request, contents), planned) in batch.iter().zip(planned) {
        match planned {
            Ok(planned) => {
                let added = appending.add_file(request, contents, Some(&planned), &key(2), NOW);
                assert_eq!(
                    added.expect("registers").index,
                    planned.document.record.context.on.size + appended(&appending) - 1
                );
            }
            Err(refused) => {
                assert!(matches!(refused, ProposalError::SameBytes { entry: 9, .. }));
                let again = appending.add_file(request, contents, None, &key(2), NOW);
                assert!(matches!(again, Err(AppendRefusal::Proposal(error)) if error == refused));
            }
        }
    }
    let committed = appending.commit(&key(3)).expect("commits");
    assert_eq!(committed.head.size, 302);
    drop(writer);
    let report = verify_ledger(&dir, Anchor::Id(id));
    assert_eq!(
        (
            report.verdict(),
            report.findings.as_slice(),
            report.documents
        ),
        (Verdict::Verified, [].as_slice(), 300)
    );
}

fn appended(appending: &Appending<'_>) -> u64 {
    appending.register().entries.len() as u64 - appending.register().checkpoint.size
}

#[test]
fn a_batch_that_is_not_committed_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    open(folder.path());
    let before = contents(folder.path(), "ledger");
    let dir = dir(&DISK, folder.path());
    let writer = dir.lock(|| ()).expect("locks");
    let batch = batch();
    let mut appending = Appending::begin(&writer).expect("begins");
    for (request, contents) in &batch[..300] {
        appending
            .add_file(request, contents, None, &key(2), NOW)
            .expect("adds");
    }
    assert!(matches!(
        appending.commit(&key(9)),
        Err(AppendRefusal::CheckpointKey)
    ));
    drop(writer);
    assert_eq!(contents(folder.path(), "ledger"), before);
}
