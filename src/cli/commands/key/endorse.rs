//! `key endorse`: a registrar agrees to a decision, or an officer vouches for an
//! entry.

use docledger::registry::{Register, Wanted};
use docledger::statement::{Decision, Matter};

use crate::cli::Outcome;
use crate::cli::args::{Args, DecisionFlags, Endorse, EventFlags};
use crate::cli::error::hinted;

pub(super) fn run(args: &Args, endorse: &Endorse) -> anyhow::Result<Outcome> {
    let register = super::super::open_register(args)?;
    let mut decisions = Vec::new();
    let mut entries = Vec::new();
    for index in &endorse.entries {
        match decision(&register, *index)? {
            Some(decision) => decisions.push(decision),
            None => entries.push(*index),
        }
    }
    match (decisions.is_empty(), entries.is_empty()) {
        (false, true) => super::decide::record(args, &endorse.decision, &register, decisions),
        (true, _) => {
            let flags = event_flags(endorse);
            let wanted = (entries.as_slice(), &Wanted::Endorse);
            super::super::event::record(args, &flags, &register, wanted)
        }
        (false, false) => Err(hinted(
            "decisions are endorsed by registrars, documents and events by officers",
            "endorse them in two calls",
        )),
    }
}

/// What endorses an entry, if it is a decision.
fn decision(register: &Register, index: u64) -> anyhow::Result<Option<Decision>> {
    let entry = register.entry(index).ok_or_else(|| {
        hinted(
            format!("there is no entry #{index}"),
            "`docledger verify` and `docledger key list` name entries",
        )
    })?;
    let is_decision = matches!(entry.statement.matter, Matter::Governance(_));
    Ok(is_decision.then_some(Decision::Endorse { target: entry.leaf }))
}

fn event_flags(endorse: &Endorse) -> EventFlags {
    let DecisionFlags { keys, yes, dry_run } = endorse.decision.clone();
    EventFlags {
        reason: endorse.reason.clone(),
        keys,
        yes,
        dry_run,
    }
}
