//! One seeded schedule: a ledger is opened and appended to while its disk and
//! its process fail, and after every failure it is looked at.

use std::collections::BTreeSet;
use std::path::Path;

use docledger::digest::{ContentDigest, LedgerId};
use docledger::registry::Edits;
use docledger::registry::{
    AppendRefusal, Appending, EventRequest, Founding, OpenLedgerError, Register, Wanted,
    open_ledger,
};
use docledger::store::{LedgerWriter, StoreError, StoreProblem};
use docledger::verify::{Anchor, Code, Verdict, verify_ledger};

use super::common::bulk::Dice;
use super::common::{Bytes, NOW, dir, founding_keys, key, request};
use super::disk::{Class, Fault, Sim, Trouble};

const HOME: &str = "/home";

/// An entry that was appended or may have been.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    /// The file it registers; `None` for entry 0 and events.
    text: Option<Vec<u8>>,
}

/// A ledger on a simulated disk, and what is known of it.
pub(crate) struct Schedule {
    pub(crate) disk: Sim,
    dice: Dice,
    /// Entries in order; those beyond the smallest of `sizes` may be lost.
    entries: Vec<Known>,
    /// The sizes that the ledger may have now; 0 if it may not be there.
    sizes: BTreeSet<u64>,
    next: usize,
}

/// What came of an attempt to write.
enum Outcome {
    Done,
    /// Whether it counts is not known.
    Open,
    Failed,
}

impl Schedule {
    /// An empty disk.
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            disk: Sim::new(seed),
            dice: Dice(!seed),
            entries: Vec::new(),
            sizes: BTreeSet::from([0]),
            next: 1,
        }
    }

    /// A ledger of so many entries or one more, on a disk that never failed.
    pub(crate) fn with_entries(size: usize) -> Self {
        let mut schedule = Self::new(0);
        schedule.open();
        if size > 1 {
            schedule.append(size - 1);
        }
        schedule.check(false);
        schedule
    }

    /// The ledger as a copy of it may be: without the folder for writing aside.
    pub(crate) fn without_staging(self) -> Self {
        self.disk.forget_folder(Path::new("/home/ledger/.staging"));
        self
    }

    /// The same ledger under other dice.
    pub(crate) fn copy(&self, seed: u64) -> Self {
        Self {
            disk: self.disk.copy(seed),
            dice: Dice(!seed),
            entries: self.entries.clone(),
            sizes: self.sizes.clone(),
            next: self.next,
        }
    }

    /// Runs a schedule drawn by the dice.
    pub(crate) fn run(&mut self) {
        for _ in 0..2 + self.dice.below(4) {
            match self.dice.below(8) {
                0 => self.verify_with_fault(),
                1 => self.read_with_fault(),
                2 => {
                    self.disk.cut_power();
                    self.settle();
                }
                _ => self.write_with_fault(),
            }
        }
        if self.dice.below(2) == 0 {
            self.disk.cut_power();
            self.settle();
        }
        self.disk.restart();
        if self.sizes.contains(&0) && !self.stands() {
            self.open();
        }
        self.append(1);
        assert_eq!(self.sizes.len(), 1, "a healthy disk takes the next append");
        self.check(true);
        self.disk.cut_power();
        self.check(false);
        self.append(1);
        self.check(true);
    }

    /// Two writers in turn are killed after so many changes, then the power fails.
    pub(crate) fn run_two_kills(&mut self, kills: [usize; 2]) {
        for after in kills {
            self.disk.plan(Fault {
                class: Class::Change,
                after,
                trouble: Trouble::Stop,
            });
            self.append(1);
            self.disk.restart();
            self.check(false);
        }
        self.disk.cut_power();
        self.settle();
        self.append(1);
        self.check(true);
    }

    fn stands(&self) -> bool {
        dir(&self.disk, Path::new(HOME)).exists().expect("looks")
    }

    /// Opens the ledger or appends to it, with trouble more often than not.
    fn write_with_fault(&mut self) {
        let stands = self.stands();
        let count = 1 + self.dice.below(2) * self.dice.below(4);
        if let Some(fault) = self.fault(if stands { 20 + 6 * count } else { 40 }) {
            self.disk.plan(fault);
        }
        if stands {
            self.append(count);
        } else {
            self.open();
        }
        let was_stopped = self.disk.is_stopped();
        self.disk.restart();
        self.check(false);
        if self.dice.below(if was_stopped { 2 } else { 6 }) == 0 {
            self.disk.cut_power();
            self.settle();
        }
    }

    fn fault(&mut self, steps: usize) -> Option<Fault> {
        let trouble = match self.dice.below(8) {
            0 => return None,
            1 | 2 => Trouble::Once,
            3 => Trouble::Always,
            4 => Trouble::Full,
            _ => Trouble::Stop,
        };
        let class = match (trouble, self.dice.below(8)) {
            (Trouble::Once | Trouble::Always, 0) => Class::Read,
            (Trouble::Once | Trouble::Always, 1) => Class::Any,
            (Trouble::Full, _) => Class::Change,
            (_, 2..5) => Class::Rename,
            _ => Class::Change,
        };
        let after = match (class, self.dice.below(4)) {
            (_, 0) => self.dice.below(4),
            (Class::Rename, _) => self.dice.below(8),
            (Class::Change, _) => self.dice.below(steps),
            (Class::Read | Class::Any, _) => self.dice.below(2 * steps),
        };
        Some(Fault {
            class,
            after,
            trouble,
        })
    }

    /// What stands after a power cut lasts.
    fn settle(&mut self) {
        let size = self.check(false);
        self.sizes = BTreeSet::from([size]);
    }

    fn open(&mut self) {
        let founding = Founding {
            origin: "records.example.org/register".into(),
            issuer: "https://records.example.org".into(),
            registrar: None,
            officer: None,
            now: NOW,
        };
        let opened = {
            let dir = dir(&self.disk, Path::new(HOME));
            dir.lock(|| ())
                .map_err(OpenLedgerError::Store)
                .and_then(|writer| open_ledger(&writer, &founding, &founding_keys()))
        };
        let outcome = match &opened {
            Ok(_) => Outcome::Done,
            Err(_) if self.disk.is_stopped() => Outcome::Open,
            Err(OpenLedgerError::Store(error)) => outcome_of(error),
            Err(_) => Outcome::Failed,
        };
        self.told("open", opened.map(|_| ()));
        self.take(0, vec![Known { text: None }], &outcome);
    }

    fn append(&mut self, count: usize) {
        let (appended, base, new) = self.try_append(count);
        let outcome = match &appended {
            Ok(()) => Outcome::Done,
            Err(_) if self.disk.is_stopped() => Outcome::Open,
            Err(AppendRefusal::Store(error)) => outcome_of(error),
            Err(_) => Outcome::Failed,
        };
        self.told("append", appended);
        if let Some(base) = base {
            self.take(base, new, &outcome);
        }
    }

    /// Tries to append files and now and then an event about one. Tells on how
    /// many entries it built, if it came so far, and what it was to add.
    fn try_append(&mut self, count: usize) -> (Result<(), AppendRefusal>, Option<u64>, Vec<Known>) {
        let files: Vec<_> = (0..count).map(|_| Bytes(self.text())).collect();
        let with_event = self.dice.below(3) == 0;
        let first = self.next;
        self.next += count;
        let mut new = Vec::new();
        let mut base = None;
        let result = (|| {
            let dir = dir(&self.disk, Path::new(HOME));
            let writer: LedgerWriter<'_> = dir.lock(|| ())?;
            let mut appending = Appending::begin(&writer)?;
            let size = appending.register().checkpoint.size;
            base = Some(size);
            for (number, file) in (first..).zip(&files) {
                let mut wanted = request(&file.0, &format!("A/78/{number}"), None);
                wanted.said.allow_same_bytes = true;
                appending.add_file(&wanted, file, None, &key(2), NOW)?;
                new.push(Known {
                    text: Some(file.0.clone()),
                });
            }
            if with_event {
                let title = format!("title {first}");
                let edits = Edits {
                    title: Some(title),
                    ..Edits::default()
                };
                let event = EventRequest {
                    target: size,
                    reason: "a reason".into(),
                    wanted: Wanted::Amend(Box::new(edits)),
                };
                appending.add_event(&event, None, &key(2), NOW)?;
                new.push(Known { text: None });
            }
            appending.commit(&key(3)).map(drop)
        })();
        (result, base, new)
    }

    /// Bytes of a file: often ones that others have too.
    fn text(&mut self) -> Vec<u8> {
        let kind = if self.dice.below(2) == 0 {
            self.dice.below(4)
        } else {
            4 + self.next * 8 + self.dice.below(8)
        };
        let length = 1 + self.dice.below(3) * 300;
        format!("letter {kind}\n")
            .into_bytes()
            .repeat(length.div_ceil(10))
    }

    /// Takes note of an attempt that built on `base` entries.
    fn take(&mut self, base: u64, new: Vec<Known>, outcome: &Outcome) {
        let size = base + new.len() as u64;
        match outcome {
            Outcome::Failed => return,
            Outcome::Open => self.sizes.retain(|size| *size <= base),
            Outcome::Done => self.sizes.clear(),
        }
        self.entries.truncate(usize::try_from(base).expect("small"));
        self.entries.extend(new);
        self.sizes.insert(size);
    }

    fn told(&self, what: &str, result: Result<(), impl std::fmt::Display>) {
        let line = match result {
            Ok(()) => format!("-- {what}: done"),
            Err(error) => format!("-- {what}: {error}"),
        };
        self.disk.note(line);
    }

    /// Looks at everything with nothing failing. Returns the size.
    fn check(&mut self, is_tidy: bool) -> u64 {
        let dir = dir(&self.disk, Path::new(HOME));
        if !self.stands() {
            assert!(
                self.sizes.contains(&0),
                "the ledger is gone; {:?} were there",
                self.sizes
            );
            return 0;
        }
        let report = verify_ledger(&dir, Anchor::Id(ledger_id()));
        assert_eq!(report.verdict(), Verdict::Verified, "{:?}", report.findings);
        let expected =
            |code| matches!(code, Code::BeyondCheckpoint | Code::SurplusFile) && !is_tidy;
        assert!(
            report.findings.iter().all(|finding| expected(finding.code)),
            "{:?}",
            report.findings
        );
        let size = report.head.expect("a head").size;
        assert!(
            self.sizes.contains(&size),
            "{size} entries, not one of {:?}",
            self.sizes
        );
        self.check_entries(size);
        size
    }

    /// Every entry that was reported or is seen has its file.
    fn check_entries(&self, size: u64) {
        let dir = dir(&self.disk, Path::new(HOME));
        let register = Register::read(&dir).expect("reads");
        for (index, known) in (0..size).zip(&self.entries) {
            let Some(text) = &known.text else { continue };
            let digest = ContentDigest::of(text);
            let (_, document) = register.document(index).expect("a document");
            assert_eq!(document.digest, digest, "entry {index}");
            let mut file = dir
                .open_document(&digest)
                .expect("opens")
                .expect("is there");
            let mut stored = Vec::new();
            file.read_to_end(&mut stored).expect("reads");
            assert_eq!(&stored, text, "the file of entry {index}");
        }
    }

    /// A verification that can't read something never says *verified*.
    fn verify_with_fault(&mut self) {
        if !self.stands() {
            return;
        }
        let fault = self.read_fault();
        self.disk.plan(fault);
        let dir = dir(&self.disk, Path::new(HOME));
        let report = verify_ledger(&dir, Anchor::Id(ledger_id()));
        if self.disk.heal() {
            self.disk.note(format!(
                "-- verify: {:?} {:?}",
                report.verdict(),
                report.findings
            ));
            let unread: Vec<_> = report
                .findings
                .iter()
                .filter(|finding| finding.code == Code::Unreadable)
                .filter_map(|finding| finding.path.as_deref())
                .collect();
            assert!(!unread.is_empty(), "not told: {fault:?}");
            assert_eq!(
                report.verdict(),
                Verdict::NotEstablished,
                "{fault:?}: {:?}",
                report.findings
            );
        }
        self.check(false);
    }

    /// A reader that can't read something gets an error.
    fn read_with_fault(&mut self) {
        if !self.stands() {
            return;
        }
        let fault = self.read_fault();
        self.disk.plan(fault);
        let read = Register::read(&dir(&self.disk, Path::new(HOME)));
        let was_struck = self.disk.heal();
        assert_eq!(read.is_err(), was_struck, "{fault:?}");
        self.check(false);
    }

    fn read_fault(&mut self) -> Fault {
        let trouble = self.dice.one(&[Trouble::Once, Trouble::Always]);
        Fault {
            class: Class::Read,
            after: self.dice.below(30),
            trouble,
        }
    }
}

fn outcome_of(error: &StoreError) -> Outcome {
    match error.problem {
        StoreProblem::Unconfirmed(_) => Outcome::Open,
        _ => Outcome::Failed,
    }
}

/// The id of every ledger here: keys and clock never change.
fn ledger_id() -> LedgerId {
    static ID: std::sync::OnceLock<LedgerId> = std::sync::OnceLock::new();
    *ID.get_or_init(|| {
        let schedule = {
            let mut schedule = Schedule::new(0);
            schedule.open();
            schedule
        };
        let register = Register::read(&dir(&schedule.disk, Path::new(HOME))).expect("reads");
        register.authority.ledger_id()
    })
}
