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

use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use schedule::Schedule;

/// How many schedules run unless told otherwise.
const SCHEDULES: u64 = 300;
/// The changes of one append, and a few more.
const CHANGES: usize = 30;
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

/// Runs a schedule; if it fails, tells why, with its steps.
fn run(mut schedule: Schedule, how: impl FnOnce(&mut Schedule)) -> Result<Vec<String>, String> {
    match catch_unwind(AssertUnwindSafe(|| how(&mut schedule))) {
        Ok(()) => Ok(schedule.disk.steps()),
        Err(panic) => {
            let why = panic.downcast_ref::<String>().cloned();
            let why = why.or_else(|| Some((*panic.downcast_ref::<&str>()?).to_owned()));
            let steps = schedule.disk.steps().join("\n  ");
            Err(format!("{}\n  {steps}\n", why.unwrap_or_default()))
        }
    }
}

/// Runs `how` for each number on all cores, and tells the first failures, each
/// by its number, which is called `name`.
fn each(name: &str, numbers: Range<u64>, how: impl Fn(u64) -> Result<Vec<String>, String> + Sync) {
    let next = AtomicU64::new(numbers.start);
    let failed = Mutex::new(BTreeMap::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= numbers.end {
                        break;
                    }
                    if let Err(why) = how(number) {
                        failed.lock().expect("whole").insert(number, why);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().expect("whole");
    let told: Vec<_> = failed
        .iter()
        .take(TOLD)
        .map(|(number, why)| format!("{name}={number}: {why}"))
        .collect();
    assert!(
        failed.is_empty(),
        "{} schedules failed:\n{}",
        failed.len(),
        told.join("\n")
    );
}

#[test]
fn no_schedule_of_faults_loses_what_was_reported() {
    let seeds = match variable("DOCLEDGER_FAULT_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..variable("DOCLEDGER_FAULT_SCHEDULES").unwrap_or(SCHEDULES),
    };
    let beginnings = Beginnings::make();
    each("DOCLEDGER_FAULT_SEED", seeds, |seed| {
        run(beginnings.of(seed), Schedule::run)
    });
}

#[test]
fn what_a_killed_writer_left_lasts_before_the_next_one_builds_on_it() {
    let copied = Schedule::with_entries(3).without_staging();
    each("pair", 0..(CHANGES * CHANGES) as u64, |number| {
        let pair = usize::try_from(number).expect("small");
        run(copied.copy(number), |schedule| {
            schedule.run_two_kills([pair / CHANGES, pair % CHANGES]);
        })
    });
}

#[test]
fn a_seed_gives_the_same_schedule_again() {
    let beginnings = Beginnings::make();
    for seed in [0, 1, 7] {
        let again = || run(beginnings.of(seed), Schedule::run);
        assert_eq!(again(), again());
    }
}
