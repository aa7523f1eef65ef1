//! Every byte counts: a flipped, cut, lost or swapped byte of any file of a
//! ledger is found, and the finding names the file or the entry.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod common;

use std::path::Path;

use common::{DISK, contents, dir, open, record_event, register};
use docledger::digest::LedgerId;
use docledger::registry::Wanted;
use docledger::statement::Change;
use docledger::verify::{Anchor, Code, Report, Severity, Verdict, verify_ledger};

/// Files whose bytes prove nothing, each with the reason.
const EXCEPTIONS: [(&str, &str); 2] = [
    (
        "ledger/FORMAT.md",
        "explains the format; nothing is derived from it",
    ),
    ("ledger/.lock", "empty; only held while somebody writes"),
];

fn small_ledger(home: &Path) -> LedgerId {
    let id = open(home);
    register(&DISK, home, b"one\n", "A/78/1-S/2024/1", None).expect("registers");
    register(&DISK, home, b"two\n", "A/78/1", Some(Change::Revision)).expect("registers");
    let general = Wanted::Distribution(Some("General".into()));
    record_event(home, 2, general).expect("records");
    id
}

fn verify(home: &Path, id: LedgerId) -> Report {
    verify_ledger(&dir(&DISK, home), Anchor::Id(id))
}

/// Not verified, and some finding that counts names the file, or an entry.
fn assert_found(report: &Report, path: &str, deed: &str) {
    assert_ne!(report.verdict(), Verdict::Verified, "{path}: {deed}");
    let inner = path.strip_prefix("ledger/").unwrap_or(path);
    let named = report.findings.iter().any(|finding| {
        finding.code.severity() >= Severity::Open
            && (finding.path.as_deref() == Some(inner) || finding.entry.is_some())
    });
    assert!(named, "{path}: {deed}: {:?}", report.findings);
}

fn counted(home: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = contents(home, "");
    all.retain(|(name, _)| EXCEPTIONS.iter().all(|(except, _)| except != name));
    all
}

#[test]
fn an_untouched_ledger_verifies() {
    let home = tempfile::tempdir().expect("a folder");
    let id = small_ledger(home.path());
    let report = verify(home.path(), id);
    assert_eq!(
        (report.verdict(), report.findings.as_slice()),
        (Verdict::Verified, [].as_slice())
    );
    assert_eq!(
        (
            report.checked.entries,
            report.checked.signatures,
            report.checked.documents
        ),
        (4, 4, 2)
    );
}

#[test]
fn every_flipped_byte_is_found_and_located() {
    let home = tempfile::tempdir().expect("a folder");
    let id = small_ledger(home.path());
    let mut tried = 0;
    for (name, good) in counted(home.path()) {
        for place in 0..good.len() {
            let mut bad = good.clone();
            bad[place] ^= 1 << (place % 8);
            std::fs::write(home.path().join(&name), &bad).expect("writes");
            assert_found(&verify(home.path(), id), &name, &format!("byte {place}"));
            tried += 1;
        }
        std::fs::write(home.path().join(&name), &good).expect("writes");
    }
    assert!(tried > 3_000, "{tried} bytes");
    assert_eq!(verify(home.path(), id).verdict(), Verdict::Verified);
}

#[test]
fn every_truncated_lost_or_swapped_file_is_found_and_located() {
    let home = tempfile::tempdir().expect("a folder");
    let id = small_ledger(home.path());
    let all = counted(home.path());
    for (name, good) in &all {
        let path = home.path().join(name);
        for length in 0..good.len() {
            std::fs::write(&path, &good[..length]).expect("writes");
            assert_found(&verify(home.path(), id), name, &format!("cut to {length}"));
        }
        std::fs::remove_file(&path).expect("removes");
        assert_found(&verify(home.path(), id), name, "lost");
        for (other, bytes) in all
            .iter()
            .filter(|(other, bytes)| other != name && bytes != good)
        {
            std::fs::write(&path, bytes).expect("writes");
            std::fs::write(home.path().join(other), good).expect("writes");
            assert_found(
                &verify(home.path(), id),
                name,
                &format!("swapped with {other}"),
            );
            std::fs::write(home.path().join(other), bytes).expect("writes");
        }
        std::fs::write(&path, good).expect("writes");
    }
    assert_eq!(verify(home.path(), id).verdict(), Verdict::Verified);
}

#[test]
fn a_surplus_file_is_a_named_warning_and_leaves_the_verdict() {
    let home = tempfile::tempdir().expect("a folder");
    let id = small_ledger(home.path());
    for (path, code) in [
        ("ledger/notes.txt", Code::SurplusFile),
        ("ledger/tile/0/000.p/9", Code::BeyondCheckpoint),
        ("ledger/documents/stray", Code::SurplusFile),
        ("keys/stranger.pem", Code::SurplusFile),
    ] {
        let file = home.path().join(path);
        std::fs::write(&file, "x").expect("writes");
        let report = verify(home.path(), id);
        assert_eq!(report.verdict(), Verdict::Verified, "{path}");
        let inner = path.strip_prefix("ledger/").unwrap_or(path);
        let found: Vec<_> = report
            .findings
            .iter()
            .map(|f| (f.code, f.path.as_deref()))
            .collect();
        assert_eq!(found, [(code, Some(inner))]);
        std::fs::remove_file(file).expect("removes");
    }
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_fails() {
    let home = tempfile::tempdir().expect("a folder");
    let id = small_ledger(home.path());
    std::os::unix::fs::symlink("/dev/null", home.path().join("ledger/link")).expect("links");
    let report = verify(home.path(), id);
    assert_eq!(report.verdict(), Verdict::Failed);
    assert_eq!(report.findings[0].code, Code::SymbolicLink);
}

#[test]
fn without_an_anchor_nothing_is_established_and_another_id_fails() {
    let home = tempfile::tempdir().expect("a folder");
    small_ledger(home.path());
    let dir = dir(&DISK, home.path());
    let report = verify_ledger(&dir, Anchor::None);
    assert_eq!(report.verdict(), Verdict::NotEstablished);
    let other = LedgerId::from_bytes([7; 32]);
    let report = verify_ledger(&dir, Anchor::Id(other));
    assert_eq!(report.verdict(), Verdict::Failed);
    assert!(
        report
            .findings
            .iter()
            .any(|finding| finding.code == Code::LedgerIdMismatch)
    );
}
