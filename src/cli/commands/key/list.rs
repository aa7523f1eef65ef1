//! `key list`: the keys the ledger gave a role, what became of each, and what
//! waits for registrars.

use docledger::authority::{KeyLife, Pending};
use docledger::registry::Register;
use serde_json::json;

use crate::cli::args::{Args, Format};
use crate::cli::{Outcome, render};

pub(super) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let register = super::super::open_register(args)?;
    for life in register.authority.keys() {
        if args.format == Format::Json {
            render::json_line(&to_json(life))?;
        } else {
            render::out(&to_text(life))?;
        }
    }
    for pending in register.authority.pending() {
        if args.format == Format::Json {
            render::json_line(&json!({
                "schema": "docledger.decision-pending/1",
                "entry": pending.index,
                "kind": pending.decision.kind(),
                "agreed": pending.by.len(),
                "needed": register.authority.threshold(),
            }))?;
        } else {
            render::out(&pending_text(&register, pending))?;
        }
    }
    Ok(Outcome::Good)
}

/// What became of a key, in a word and with the entries that say so.
fn state(life: &KeyLife) -> (&'static str, String) {
    if let Some(known) = life.compromised {
        let more = format!("from #{}, declared by #{}", known.from, known.by);
        ("compromised", more)
    } else if let Some(by) = life.void {
        ("void", format!("by the declaration #{by}"))
    } else if let Some(by) = life.ended {
        ("ended", format!("by #{by}"))
    } else {
        ("active", String::new())
    }
}

fn to_json(life: &KeyLife) -> serde_json::Value {
    json!({
        "schema": "docledger.key/1",
        "file": life.file_stem(),
        "role": life.role.as_str(),
        "name": life.name,
        "scope": life.scope(),
        "state": state(life).0,
        "since": life.since,
        "ended": life.ended,
        "compromised_from": life.compromised.map(|known| known.from),
        "declared_by": life.compromised.map(|known| known.by).or(life.void),
        "thumbprint": life.key.thumbprint().to_string(),
    })
}

fn to_text(life: &KeyLife) -> String {
    let name = life.name.as_deref().map(render::one_line);
    let (word, more) = state(life);
    let mut text = format!(
        "{:20} {word}{}{more}\n",
        life.file_stem(),
        if more.is_empty() { "" } else { " " },
    );
    let mut add = |line: String| text.push_str(&format!("  {line}\n"));
    if let Some(name) = name {
        add(name);
    }
    if !life.scope().is_empty() {
        add(format!(
            "for {}",
            render::one_line(&life.scope().join(", "))
        ));
    }
    add(format!("since #{}", life.since));
    add(life.key.thumbprint().to_string());
    text
}

fn pending_text(register: &Register, pending: &Pending) -> String {
    let (what, fields) = super::decide::described(register, &pending.decision);
    format!(
        "\n#{} waits: {} of {} registrars have agreed to\n  {what}\n{}",
        pending.index,
        pending.by.len(),
        register.authority.threshold(),
        render::table(&fields),
    )
}
