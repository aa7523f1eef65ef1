//! Crashes, power cuts, full and failing disks, thousands of times over, on a
//! disk in memory: what was reported lasts, and nothing is half there.
//!
//! `DOCLEDGER_FAULT_SCHEDULES=10000` runs more of them;
//! `DOCLEDGER_FAULT_SEED=17` runs one again and lists its steps if it fails.

#![expect(clippy::disallowed_methods, reason = "tests read the environment")]

#[path = "../common/mod.rs"]
mod common;
mod disk;
mod schedule;
mod small_files;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use schedule::Schedule;

/// How many schedules run unless told otherwise.
const SCHEDULES: u64 = 300;
/// How many failures are told.
const TOLD: usize = 5;

fn variable(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().expect("a number"))
}

/// Ledgers to begin with: none, a new one, a copy of one, and one about to fill
/// its first tile.
struct Beginnings {
    new: Schedule,
    copied: Schedule,
    nearly_full: Schedule,
}

impl Beginnings {
    fn make() -> Self {
        Self {
            new: Schedule::with_entries(1),
            copied: Schedule::with_entries(3).without_staging(),
            nearly_full: Schedule::with_entries(253),
        }
    }

    fn of(&self, seed: u64) -> Schedule {
        match seed % 16 {
            0 => self.nearly_full.copy(seed),
            1..5 => Schedule::new(seed),
            5..8 => self.copied.copy(seed),
            _ => self.new.copy(seed),
        }
    }
}

/// Runs one schedule; if it fails, tells why, with its steps.
fn run(beginnings: &Beginnings, seed: u64) -> Result<Vec<String>, String> {
    let mut schedule = beginnings.of(seed);
    match catch_unwind(AssertUnwindSafe(|| schedule.run())) {
        Ok(()) => Ok(schedule.disk.steps()),
        Err(panic) => {
            let why = panic.downcast_ref::<String>().cloned().unwrap_or_else(|| {
                panic
                    .downcast_ref::<&str>()
                    .copied()
                    .unwrap_or("a panic")
                    .to_owned()
            });
            let steps = schedule.disk.steps().join("\n  ");
            Err(format!("DOCLEDGER_FAULT_SEED={seed}: {why}\n  {steps}\n"))
        }
    }
}

#[test]
fn no_schedule_of_faults_loses_what_was_reported() {
    let (from, to) = match variable("DOCLEDGER_FAULT_SEED") {
        Some(seed) => (seed, seed + 1),
        None => (
            0,
            variable("DOCLEDGER_FAULT_SCHEDULES").unwrap_or(SCHEDULES),
        ),
    };
    let beginnings = Beginnings::make();
    let next = AtomicU64::new(from);
    let failed = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= to {
                        break;
                    }
                    if let Err(why) = run(&beginnings, seed) {
                        failed.lock().expect("whole").push((seed, why));
                    }
                }
            });
        }
    });
    let mut failed = failed.into_inner().expect("whole");
    failed.sort();
    let told: Vec<_> = failed
        .iter()
        .take(TOLD)
        .map(|(_, why)| why.as_str())
        .collect();
    assert!(
        failed.is_empty(),
        "{} schedules failed:\n{}",
        failed.len(),
        told.join("\n")
    );
}

#[test]
fn a_seed_gives_the_same_schedule_again() {
    let beginnings = Beginnings::make();
    for seed in [0, 1, 7] {
        assert_eq!(run(&beginnings, seed), run(&beginnings, seed));
    }
}
