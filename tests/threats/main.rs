//! Attacks, each really made with the keys and access that its row names, and
//! what verification says of it: verdict, codes, places, exit code, JSON.
//!
//! The rows are the source of `docs/threats.md`:
//! `DOCLEDGER_REFRESH=1 cargo test --test threats` writes it.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

#[path = "../chamber/mod.rs"]
mod chamber;
#[path = "../common/mod.rs"]
mod common;
#[path = "../office/mod.rs"]
mod office;
mod page;
mod power;
mod scene;
#[macro_use]
mod table;

mod checkpoint_key;
mod disk;
mod everything;
mod foreign;
mod officer;
mod old_keys;
mod recovery;
mod registrar;
mod supplier;

use table::Row;

/// All rows, in the order of the page.
fn rows() -> Vec<&'static Row> {
    let parts = [
        supplier::ROWS,
        disk::ROWS,
        foreign::ROWS,
        checkpoint_key::ROWS,
        officer::ROWS,
        old_keys::ROWS,
        registrar::ROWS,
        recovery::ROWS,
        everything::ROWS,
    ];
    parts.into_iter().flatten().collect()
}
