//! Stopping after any single step of an append leaves the old ledger or the
//! new one, and the next append succeeds.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod common;

use std::ffi::OsString;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{DISK, dir, open, register, register_documents};
use docledger::store::{FileKind, Volume, WriterLock};
use docledger::verify::{Anchor, Code, Severity, Verdict, verify_ledger};

/// A disk that stops after a number of changes, for ever. A write may be torn:
/// half of it arrives.
struct Stopping {
    left: AtomicUsize,
    torn: bool,
}

impl Stopping {
    fn after(steps: usize, torn: bool) -> Self {
        Self {
            left: AtomicUsize::new(steps),
            torn,
        }
    }

    fn step(&self) -> io::Result<()> {
        let left = self
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(1)
            });
        left.map(drop).map_err(|_| io::Error::other("stopped"))
    }

    fn used(&self, of: usize) -> usize {
        of - self.left.load(Ordering::Relaxed)
    }
}

impl Volume for Stopping {
    fn kind(&self, path: &Path) -> io::Result<Option<FileKind>> {
        DISK.kind(path)
    }
    fn open(&self, path: &Path) -> io::Result<Box<dyn Read>> {
        DISK.open(path)
    }
    fn list(&self, folder: &Path) -> io::Result<Vec<(OsString, FileKind)>> {
        DISK.list(folder)
    }
    fn create(&self, path: &Path, contents: &mut dyn Read, secret: bool) -> io::Result<u64> {
        let stopped = self.step();
        if stopped.is_err() && self.torn && self.left.load(Ordering::Relaxed) == 0 {
            let mut bytes = Vec::new();
            contents.read_to_end(&mut bytes)?;
            DISK.create(path, &mut &bytes[..bytes.len() / 2], secret)?;
        }
        stopped?;
        DISK.create(path, contents, secret)
    }
    fn sync_file(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        DISK.sync_file(path)
    }
    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.step()?;
        DISK.sync_folder(folder)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        DISK.rename(from, to)
    }
    fn create_folder(&self, folder: &Path, secret: bool) -> io::Result<()> {
        self.step()?;
        DISK.create_folder(folder, secret)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        DISK.remove(path)
    }
    fn remove_folder(&self, folder: &Path) -> io::Result<()> {
        self.step()?;
        DISK.remove_folder(folder)
    }
    fn lock(&self, path: &Path, waiting: &mut dyn FnMut()) -> io::Result<WriterLock> {
        DISK.lock(path, waiting)
    }
}

fn stops(entries_before: u64, torn: bool) {
    const MANY: usize = 10_000;
    let mut steps = 0;
    loop {
        let home = tempfile::tempdir().expect("a folder");
        let home = home.path();
        let id = open(home);
        register_documents(home, entries_before - 1);
        let volume = Stopping::after(steps, torn);
        let result = register(&volume, home, b"new\n", "A/79/1", None);
        let finished = volume.used(steps) < steps
            || result
                .as_ref()
                .is_ok_and(|(_, done)| done.untidied.is_empty());
        let report = verify_ledger(&dir(&DISK, home), Anchor::Id(id));
        assert_eq!(
            report.verdict(),
            Verdict::Verified,
            "after {steps} steps: {:?}",
            report.findings
        );
        let size = report.head.as_ref().expect("a head").size;
        assert!(
            size == entries_before || size == entries_before + 1,
            "after {steps} steps: {size}"
        );
        assert!(
            result.is_err() || size == entries_before + 1,
            "after {steps} steps"
        );
        assert!(report.findings.iter().all(|finding| {
            finding.code.severity() == Severity::Warning
                && matches!(finding.code, Code::BeyondCheckpoint | Code::SurplusFile)
        }));
        register(&DISK, home, b"next\n", "A/79/2", None).expect("the next append succeeds");
        let report = verify_ledger(&dir(&DISK, home), Anchor::Id(id));
        assert_eq!(
            (report.verdict(), report.findings.as_slice()),
            (Verdict::Verified, [].as_slice()),
            "after {steps} steps"
        );
        assert_eq!(report.head.expect("a head").size, size + 1);
        if finished {
            assert!(steps > 10, "{steps} steps");
            break;
        }
        steps += 1;
        assert!(steps < MANY);
    }
}

#[test]
fn stopping_after_any_step_leaves_the_old_ledger_or_the_new() {
    stops(2, false);
}

#[test]
fn stopping_inside_any_write_leaves_the_old_ledger_or_the_new() {
    stops(2, true);
}

#[test]
fn a_failed_append_leaves_nothing_half_written() {
    let home = tempfile::tempdir().expect("a folder");
    let home = home.path();
    open(home);
    register(&DISK, home, b"one\n", "A/78/1", None).expect("registers");
    let before = common::files(home);
    std::fs::create_dir_all(home.join("ledger/documents/sha256")).expect("makes");
    // A folder in the place of a file makes the rename fail in the middle.
    std::fs::create_dir(home.join("ledger/tile/entries/000.p/3")).expect("makes");
    register(&DISK, home, b"two\n", "A/78/2", None).expect_err("must fail");
    std::fs::remove_dir(home.join("ledger/tile/entries/000.p/3")).expect("removes");
    assert_eq!(common::files(home), before);
    register(&DISK, home, b"two\n", "A/78/2", None).expect("registers");
}

#[test]
fn a_plan_that_was_cut_short_clears_nothing_else() {
    let home = tempfile::tempdir().expect("a folder");
    let home = home.path();
    open(home);
    let other = home.join("ledger/tile/entries/000.p/25");
    std::fs::write(&other, b"evidence").expect("writes");
    let plan = home.join("ledger/.staging/plan");
    std::fs::write(&plan, b"tile/entries/000.p/25").expect("writes");
    register(&DISK, home, b"one\n", "A/78/1", None).expect("registers");
    assert!(other.exists() && !plan.exists());
    std::fs::write(&plan, b"tile/entries/000.p/25\n").expect("writes");
    register(&DISK, home, b"two\n", "A/78/2", None).expect("registers");
    assert!(!other.exists());
}
