//! `register`: files enter the ledger.

mod batch;
mod request;

pub(super) use batch::{Known, ReadFile, enter, read_wanted};
pub(super) use request::{Filing, Part, Wanted, read_symbol, typed};

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

use docledger::authority::Role;
use docledger::registry::{
    Appending, Proposal, ProposalError, Register, Registered, Request, propose,
};
use docledger::revision::Siblings;
use docledger::statement::Change;
use serde_json::json;

use crate::cli::args::{Args, Format, Register as Flags};
use crate::cli::error::{hint, hinted, told};
use crate::cli::{Outcome, keys, machine, render};

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
    let mut filing = Wanted::of_flags(&register, flags, path)?.read()?;
    request::tell(&path.display().to_string(), &filing.remarks);
    let mut proposal = first_proposal(&register, flags, &mut filing.request)?;
    tell_withdrawn(&proposal, &path.display().to_string());
    check_said(flags, &proposal)?;
    if flags.dry_run {
        show(args, &register, &proposal)?;
        return Ok(Outcome::Good);
    }
    if !flags.yes {
        show(args, &register, &proposal)?;
        while let Some(typed) = ask("register this? [y/N, or column=value] ")? {
            let before = filing.request.clone();
            let said = filing.say(&register, &proposal.document, &typed);
            match said.and_then(|()| Ok(propose(&register, &filing.request)?)) {
                Ok(changed) => proposal = changed,
                Err(error) => {
                    filing.request = before;
                    render::remark(&told(&error));
                    hint(&error)
                        .iter()
                        .for_each(|hint| render::remark(&format!("  hint: {hint}")));
                }
            }
            show(args, &register, &proposal)?;
        }
    }
    let keys = keys::unlock(args, &register, Role::Officer, &flags.keys)?;
    let dir = machine::ledger_dir(args);
    let writer = super::lock(&dir)?;
    let confirmed = (!flags.yes).then_some(&proposal);
    let mut appending = Appending::begin(&writer)?;
    let registered = appending.add_file(
        &filing.request,
        filing.file.as_ref(),
        confirmed,
        keys.signer.as_ref(),
        machine::now(),
    )?;
    let committed = appending.commit(keys.checkpoint.as_ref())?;
    render::remark_on(&committed);
    render::remark_four_eyes(&register.authority);
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

/// What would be registered; on a terminal, what a file is to the version before
/// it is asked for where that can't be told.
fn first_proposal(
    register: &Register,
    flags: &Flags,
    request: &mut Request,
) -> anyhow::Result<Proposal> {
    loop {
        match propose(register, request) {
            Err(error @ ProposalError::ChangeNeeded { .. })
                if !flags.yes && !flags.dry_run && std::io::stdin().is_terminal() =>
            {
                render::remark(&error.to_string());
                let words = [Change::Revision, Change::Reissue, Change::Rendition];
                let typed = prompt("what is this file? [revision, reissue, rendition] ")?;
                let change = words.into_iter().find(|word| word.as_str() == typed);
                request.said.change = Some(change.ok_or_else(declined)?);
            }
            other => return Ok(other?),
        }
    }
}

/// A reissue takes the place of what stands, so nobody's yes in advance covers
/// one that the file alone suggests.
fn check_said(flags: &Flags, proposal: &Proposal) -> anyhow::Result<()> {
    let record = &proposal.document.record;
    let suggested = record.proposed.iter().any(|name| name == "change");
    if flags.yes && suggested && record.change == Change::Reissue {
        return Err(hinted(
            format!(
                "it looks like a reissue of {} version {}, and nobody said so",
                proposal.subject,
                record.version.saturating_sub(1)
            ),
            "if it is one, add --change reissue, or a column `change` to the manifest",
        ));
    }
    Ok(())
}

/// Tells that a document was withdrawn: its new version is, too.
fn tell_withdrawn(proposal: &Proposal, shown: &str) {
    if let Some(by) = proposal.withdrawn {
        render::remark(&format!(
            "{shown}: {} was withdrawn by entry #{by}, and so is every version of it",
            proposal.subject
        ));
    }
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

/// Shows what would be registered.
fn show(args: &Args, register: &Register, proposal: &Proposal) -> anyhow::Result<()> {
    if args.format == Format::Json {
        let mut object = proposal_json(proposal);
        object["status"] = json!("new");
        object["record"] = render::record_json(&proposal.document.record.to_value());
        return render::json_line(&object);
    }
    let others = proposal.number.and_then(|number| {
        let document = register.history().by_entry(number)?;
        let present = Siblings::of(document).present;
        let is_new = !present.contains(&&proposal.document.record.language);
        let present: Vec<_> = present.iter().map(|it| it.as_str()).collect();
        is_new.then(|| format!(", which is registered in {}", present.join(", ")))
    });
    let title = format!(
        "to be registered as {}{}\n",
        render::one_line(&proposal.subject),
        others.unwrap_or_default(),
    );
    let mut fields = render::described(&proposal.document);
    fields.extend(render::left_as_read(&proposal.document));
    let fields = render::table(&fields);
    render::out(&(title + &fields + &changes(register, proposal)))
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

/// Asks on the terminal; anything but yes ends the command.
pub(super) fn confirm(question: &str) -> anyhow::Result<()> {
    match ask(&format!("{question} [y/N] "))? {
        None => Ok(()),
        Some(_) => Err(declined()),
    }
}

/// Asks on the terminal: nothing if the answer is yes, else what was typed, if
/// it has an equals sign.
fn ask(question: &str) -> anyhow::Result<Option<String>> {
    let typed = prompt(question)?;
    match typed.to_lowercase().as_str() {
        "y" | "yes" => Ok(None),
        _ if typed.contains('=') => Ok(Some(typed)),
        _ => Err(declined()),
    }
}

/// A line typed on the terminal.
fn prompt(question: &str) -> anyhow::Result<String> {
    if !std::io::stdin().is_terminal() {
        return Err(hinted(
            "there is no terminal to confirm on",
            "add --yes to go on without asking",
        ));
    }
    let mut stderr = anstream::stderr();
    stderr.write_all(question.as_bytes())?;
    stderr.flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(answer.trim().to_owned())
}

fn declined() -> anyhow::Error {
    hinted(
        "nothing was recorded",
        "change the flags, or answer column=value, and say yes",
    )
}
