//! One file a command.

mod amend;
mod assign_symbol;
mod cat;
mod checkpoint;
mod diff;
mod distribution;
mod event;
mod export;
mod find;
mod findings;
mod import;
mod init;
mod inspect;
mod key;
mod list;
mod log;
mod prove;
mod register;
mod register_report;
mod search;
mod show;
mod stamp;
mod status;
mod trust;
mod verify;
mod withdraw;
mod witness;

use std::path::Path;

use clap::CommandFactory as _;
use docledger::digest::LedgerId;
use docledger::registry::{Register, Target};
use docledger::store::{LedgerDir, LedgerWriter, Pin};

use super::args::{Args, Command};
use super::error::hinted;
use super::machine::{self, NamedFile};
use super::{Outcome, reader, render};

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    match &args.command {
        Command::Init(init) => init::run(args, init),
        Command::Trust(trust) => trust::run(args, trust),
        Command::Inspect(inspect) => inspect::run(args, &inspect.file),
        Command::Register(register) => register::run(args, register),
        Command::Amend(amend) => amend::run(args, amend),
        Command::AssignSymbol(assign) => assign_symbol::run(args, assign),
        Command::Distribution(distribution) => distribution::run(args, distribution),
        Command::Withdraw(withdraw) => withdraw::run(args, withdraw),
        Command::List(list) => list::run(args, list),
        Command::Search(search) => search::run(args, search),
        Command::Log(target) => log::run(args, &target.target),
        Command::Show(target) => show::run(args, &target.target),
        Command::Cat(cat) => cat::run(args, cat),
        Command::Diff(diff) => diff::run(args, diff),
        Command::Verify(verify) => verify::run(args, verify),
        Command::Stamp(stamp) => stamp::run(args, stamp),
        Command::Status(status) => status::run(args, status),
        Command::Checkpoint(checkpoint) => checkpoint::run(args, checkpoint),
        Command::Witness(witness) => witness::run(args, witness),
        Command::Prove(prove) => prove::run(args, prove),
        Command::Export(export) => export::run(args, export),
        Command::Import(import) => import::run(args, import),
        Command::Key(command) => key::run(args, command),
        Command::ReadText(command) => reader::child(&command.media_type),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Args::command(), "docledger", &mut script);
            render::out(&String::from_utf8_lossy(&script))?;
            Ok(Outcome::Good)
        }
    }
}

/// Becomes the one writer of a ledger, and tells if that has to wait.
fn lock<'a>(dir: &'a LedgerDir<'a>) -> anyhow::Result<LedgerWriter<'a>> {
    Ok(dir.lock(|| render::remark("waiting for another writer to finish"))?)
}

/// Reads the ledger of this call; a folder pinned to another ledger is refused.
fn open_register(args: &Args) -> anyhow::Result<Register> {
    let register = Register::read(&machine::ledger_dir(args))?;
    check_pin(args, register.authority.ledger_id())?;
    Ok(register)
}

/// Refuses a ledger if its folder is pinned to another one.
fn check_pin(args: &Args, id: LedgerId) -> anyhow::Result<()> {
    let pins = machine::state_dir(args)?.pins()?;
    if let Some(pin) = pin_of_folder(args, &pins)
        && pin.ledger_id != id
    {
        return Err(hinted(
            format!(
                "the ledger in this folder is not the one pinned for it, {}",
                pin.ledger_id
            ),
            "run `docledger verify`; if another ledger is meant to be here, `docledger trust ID` pins it",
        ));
    }
    Ok(())
}

/// The pin made for the folder of this call.
fn pin_of_folder<'a>(args: &Args, pins: &'a [Pin]) -> Option<&'a Pin> {
    let folder = machine::absolute(&machine::ledger_path(args));
    pins.iter().find(|pin| pin.folder.as_ref() == Some(&folder))
}

/// Pins an id for this user, in place of another pinned for the same folder.
fn pin(args: &Args, id: LedgerId, how: &str, folder: Option<String>) -> anyhow::Result<()> {
    let when = render::time(machine::now());
    let state = machine::state_dir(args)?;
    for other in state.pins()? {
        if folder.is_some() && other.folder == folder && other.ledger_id != id {
            state.pin(&Pin {
                folder: None,
                ..other
            })?;
        }
    }
    state.pin(&Pin {
        ledger_id: id,
        when,
        how: how.to_owned(),
        folder,
    })?;
    Ok(())
}

/// Reads a target as typed: what is registered under that name, else a file.
fn target(register: &Register, typed: &Path) -> anyhow::Result<Target> {
    let text = typed.to_str();
    let parsed = text.map(Target::parse).transpose();
    match parsed {
        Ok(Some(target)) if target.find(register).is_ok() => return Ok(target),
        _ if typed.exists() => {}
        Ok(Some(target)) => {
            target.find(register)?;
            return Ok(target);
        }
        Ok(None) => {
            return Err(hinted(
                "a target that is no file must be text (UTF-8)",
                "check the spelling",
            ));
        }
        Err(error) => return Err(error.into()),
    }
    let (digest, _, _) = NamedFile::new(typed)?.read_through()?;
    let target = Target::parse(&digest.to_string())?;
    if target.find(register).is_err() {
        return Err(hinted(
            format!(
                "the bytes of {} are not registered here (SHA-256 {digest})",
                typed.display()
            ),
            "`docledger list` shows what is registered",
        ));
    }
    Ok(target)
}
