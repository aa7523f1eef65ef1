//! One program for all targets; `DOCLEDGER_TARGET` names the one to run.

#![no_main]
#![expect(
    clippy::disallowed_methods,
    reason = "the environment names the target, and the demonstration ledger is read"
)]

mod targets;

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;

static CHOSEN: OnceLock<targets::Check> = OnceLock::new();

/// # Panics
/// If the environment names no target: without one there is nothing to run.
fn choose() {
    let name = std::env::var("DOCLEDGER_TARGET").unwrap_or_default();
    let target = targets::ALL.iter().find(|(known, _)| *known == name);
    let (_, check) = target.unwrap_or_else(|| panic!("no target is called {name:?}"));
    CHOSEN.get_or_init(|| *check);
    // The engine's hook ends the process at every panic, even one that the
    // library catches. What leaves a target ends it all the same.
    drop(std::panic::take_hook());
}

fuzz_target!(
    init: choose(),
    |bytes: &[u8]| {
        if let Some(check) = CHOSEN.get() {
            check(bytes);
        }
    }
);
