//! `verify --fork`: evidence of a fork, by the ledger id alone.

use std::path::Path;

use docledger::digest::LedgerId;
use docledger::verify::{Contradiction, ForkError, ProvenFork, SignedHead, Verdict, verify_fork};
use serde_json::json;

use crate::cli::args::{Args, Format};
use crate::cli::{Outcome, machine, render};

/// What a proven fork says, and nothing more.
const CLAIM: &str = "whoever held the checkpoint key of this ledger signed two histories that \
                     can't both be true";

pub(super) fn run(args: &Args, file: &Path, id: LedgerId) -> anyhow::Result<Outcome> {
    let found = verify_fork(&machine::whole(file)?, id);
    if args.format == Format::Json {
        render::json_line(&to_json(id, &found))?;
    } else {
        render::out(&to_text(id, &found))?;
    }
    Ok(match found {
        Ok(_) => Outcome::Good,
        Err(_) => Outcome::Bad,
    })
}

fn to_json(id: LedgerId, found: &Result<ProvenFork, ForkError>) -> serde_json::Value {
    let verdict = match found {
        Ok(_) => Verdict::Verified,
        Err(_) => Verdict::Failed,
    };
    let proven = found.as_ref().ok();
    json!({
        "schema": "docledger.verify-fork/1",
        "verdict": verdict.as_str(),
        "ledger_id": id.to_string(),
        "claim": proven.map(|_| CLAIM),
        "reason": found.as_ref().err().map(ToString::to_string),
        "fork": proven.map(fork_json),
    })
}

/// A proven fork as programs see it.
pub(super) fn fork_json(fork: &ProvenFork) -> serde_json::Value {
    let head = |head: &SignedHead| {
        json!({
            "size": head.size,
            "root": head.root.to_string(),
            "key": head.key.to_string(),
        })
    };
    json!({
        "origin": fork.origin,
        "first": head(&fork.first),
        "second": head(&fork.second),
        "contradiction": match fork.contradiction {
            Contradiction::Roots { size, first, second } => json!({
                "kind": "roots",
                "size": size,
                "first": first.to_string(),
                "second": second.to_string(),
            }),
            Contradiction::Leaves { index, first, second } => json!({
                "kind": "leaves",
                "entry": index,
                "first": first.to_string(),
                "second": second.to_string(),
            }),
        },
    })
}

fn to_text(id: LedgerId, found: &Result<ProvenFork, ForkError>) -> String {
    let mut text = format!("ledger\n  {id}\n");
    match found {
        Ok(fork) => {
            text.push_str(&proof(fork));
            text.push_str(&render::paragraph(&format!(
                "VERIFIED: the fork is proven: {CLAIM}"
            )));
        }
        Err(error) => text.push_str(&render::paragraph(&format!(
            "FAILED: the file proves nothing: {error}"
        ))),
    }
    text
}

/// What is proven, for people.
fn proof(fork: &ProvenFork) -> String {
    let mut text = String::new();
    for (name, head) in [("first", &fork.first), ("second", &fork.second)] {
        text.push_str(&format!(
            "{name} history: {} entries, root\n  {}\nsigned by the checkpoint key\n  {}\n",
            head.size, head.root, head.key
        ));
    }
    let (place, first, second) = match fork.contradiction {
        Contradiction::Roots {
            size,
            first,
            second,
        } => (
            format!("the root of the first {size} entries"),
            first.to_string(),
            second.to_string(),
        ),
        Contradiction::Leaves {
            index,
            first,
            second,
        } => (
            format!("the leaf hash of entry {index}"),
            first.to_string(),
            second.to_string(),
        ),
    };
    text.push_str(&format!(
        "{place} in the first and in the second history:\n  {first}\n  {second}\n"
    ));
    text
}
