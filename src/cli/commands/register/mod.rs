//! `register`: files enter the ledger.

mod batch;
mod request;

pub(super) use request::{read_symbol, typed};

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

use docledger::registry::{Appending, Proposal, Register, Registered, propose};
use serde_json::json;

use crate::cli::args::{Args, Format, Register as Flags};
use crate::cli::error::hinted;
use crate::cli::{Outcome, keys, machine, render};

use request::Wanted;

pub(super) fn run(args: &Args, flags: &Flags) -> anyhow::Result<Outcome> {
    match flags.files.as_slice() {
        [file] if flags.manifest.is_none() && flags.save_manifest.is_none() && !file.is_dir() => {
            one(args, flags, file)
        }
        _ => batch::run(args, flags),
    }
}

fn one(args: &Args, flags: &Flags, path: &Path) -> anyhow::Result<Outcome> {
    let register = super::open_register(args)?;
    let filing = Wanted::of_flags(&register, flags, path)?.read()?;
    request::tell(&path.display().to_string(), &filing.remarks);
    let proposal = propose(&register, &filing.request)?;
    if args.format == Format::Text && (flags.dry_run || !flags.yes) {
        render::out(&shown(&register, &proposal))?;
    }
    if flags.dry_run {
        return Ok(Outcome::Good);
    }
    if !flags.yes {
        confirm("register this?")?;
    }
    let keys = keys::unlock(args, &register, flags.key.as_deref(), &flags.passphrase)?;
    let dir = machine::ledger_dir(args);
    let writer = dir.lock(|| render::remark("waiting for another writer to finish"))?;
    let confirmed = (!flags.yes).then_some(&proposal);
    let mut appending = Appending::begin(&writer)?;
    let registered = appending.add_file(
        &filing.request,
        &filing.file,
        confirmed,
        &keys.officer,
        machine::now(),
    )?;
    let committed = appending.commit(&keys.checkpoint)?;
    render::remark_on(&committed);
    if args.format == Format::Json {
        let mut object = registered_json(&registered);
        object["head"] = render::head_json(&committed.head);
        render::json_line(&object)?;
        return Ok(Outcome::Good);
    }
    let mut text = String::new();
    if flags.yes {
        text.push_str(&changes(&register, &registered.proposal));
    }
    text.push_str(&format!(
        "registered {}\n  SHA-256 {}\n",
        line(&registered.proposal, registered.index),
        registered.proposal.document.digest,
    ));
    render::out(&text)?;
    Ok(Outcome::Good)
}

/// What was registered, in a line.
fn line(proposal: &Proposal, index: u64) -> String {
    let record = &proposal.document.record;
    format!(
        "#{} {} version {} in {} as entry {index}",
        proposal.number.unwrap_or(index),
        render::one_line(&proposal.subject),
        record.version,
        record.language,
    )
}

fn registered_json(registered: &Registered) -> serde_json::Value {
    let mut object = proposal_json(&registered.proposal);
    object["status"] = json!("registered");
    object["entry"] = json!(registered.index);
    object["number"] = json!(registered.number());
    object
}

fn proposal_json(proposal: &Proposal) -> serde_json::Value {
    let record = &proposal.document.record;
    json!({
        "schema": "docledger.register/1",
        "subject": proposal.subject,
        "number": proposal.number,
        "version": record.version,
        "change": record.change.as_str(),
        "language": record.language.as_str(),
        "digest": proposal.document.digest.to_string(),
    })
}

fn shown(register: &Register, proposal: &Proposal) -> String {
    let title = format!(
        "to be registered as {}\n",
        render::one_line(&proposal.subject)
    );
    title + &render::table(&render::described(&proposal.document)) + &changes(register, proposal)
}

/// What differs from the version before.
fn changes(register: &Register, proposal: &Proposal) -> String {
    let Some(before) = proposal.before.and_then(|index| register.effective(index)) else {
        return String::new();
    };
    let (old, new) = (
        render::described(&before),
        render::described(&proposal.document),
    );
    let gone = old
        .iter()
        .filter(|field| !new.contains(field))
        .map(|(name, value)| ('-', name, value));
    let come = new
        .iter()
        .filter(|field| !old.contains(field))
        .map(|(name, value)| ('+', name, value));
    let lines = gone
        .chain(come)
        .map(|(sign, name, value)| format!("  {sign} {name}: {}\n", render::one_line(value)));
    format!(
        "changed from version {}:\n{}",
        before.record.version,
        lines.collect::<String>()
    )
}

/// Asks on the terminal.
pub(super) fn confirm(question: &str) -> anyhow::Result<()> {
    if !std::io::stdin().is_terminal() {
        return Err(hinted(
            "there is no terminal to confirm on",
            "add --yes to go on without asking",
        ));
    }
    let mut stderr = anstream::stderr();
    stderr.write_all(format!("{question} [y/N] ").as_bytes())?;
    stderr.flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    if matches!(answer.trim(), "y" | "Y" | "yes") {
        return Ok(());
    }
    Err(hinted(
        "not registered",
        "change the flags and run the command again",
    ))
}
