//! `export`: documents, or the register, in forms that other systems read.

mod bag;
mod choice;
mod copy;
mod json;
mod proof;
mod root;

use std::io::{self, Read, Write as _};
use std::path::Path;

use docledger::export::{self, Bytes, Package, Pieces};
use docledger::log::Evidence as _;
use docledger::registry::Register;
use docledger::store;
use serde_json::json;

use crate::cli::args::{Args, Export, ExportKind, Format};
use crate::cli::error::hinted;
use crate::cli::progress::Progress;
use crate::cli::{Outcome, machine, render};

use copy::Copying;

pub(super) fn run(args: &Args, flags: &Export) -> anyhow::Result<Outcome> {
    if flags.place.as_os_str() != STDOUT && machine::is_in_office(args, &flags.place) {
        return Err(hinted(
            format!("{} is inside the ledger or its keys", flags.place.display()),
            "what stands there is the ledger's: name another place",
        ));
    }
    let register = super::open_register(args)?;
    let choice = choice::choose(args, flags, &register)?;
    let mut package = choice::package(&register, &choice.entries)?;
    if package.items.is_empty() {
        return Err(hinted(
            "there is nothing to export",
            "`docledger list` shows what is registered",
        ));
    }
    if flags.dry_run {
        return dry_run(args, flags, &register, &mut package);
    }
    let written = match flags.form {
        ExportKind::Bagit => bag::write(args, &register, &mut package, &choice, &flags.place)?,
        ExportKind::Ocfl => root::write(args, &register, &mut package, &choice, &flags.place)?,
        ExportKind::Csv | ExportKind::Json | ExportKind::Premis => {
            one_file(args, &register, &package, flags)?
        }
    };
    if flags.place.as_os_str() == STDOUT {
        return Ok(outcome(&package));
    }
    tell(args, flags, &package, written)
}

/// What stands for standard output.
const STDOUT: &str = "-";

/// A register as one file, without the documents.
fn one_file(
    args: &Args,
    register: &Register,
    package: &Package,
    flags: &Export,
) -> anyhow::Result<u64> {
    let mut text = text_of(register, package, flags.form);
    if flags.place.as_os_str() == STDOUT {
        let mut stdout = io::stdout().lock();
        let length = io::copy(&mut text, &mut stdout)?;
        stdout.flush()?;
        return Ok(length);
    }
    let _writing = Progress::waiting(args, "writing");
    Ok(store::write_new(&machine::DISK, &flags.place, &mut text)?)
}

fn text_of<'a>(
    register: &'a Register,
    package: &'a Package,
    form: ExportKind,
) -> Box<dyn Read + 'a> {
    match form {
        ExportKind::Csv => Box::new(table(package)),
        ExportKind::Premis => Box::new(Pieces::new(export::premis::pieces(package))),
        _ => Box::new(json::rows(register, package)),
    }
}

/// The register as a table.
fn table(package: &Package) -> impl Read + '_ {
    let rows = package.items.iter();
    let rows = rows.map(|item| export::row(item, &package.events));
    let lines = std::iter::once_with(export::column_names).chain(rows);
    Pieces::new(lines.map(|line| line.map_err(io::Error::other)))
}

/// Looks at each file without writing any.
fn dry_run(
    args: &Args,
    flags: &Export,
    register: &Register,
    package: &mut Package,
) -> anyhow::Result<Outcome> {
    if flags.place.exists() {
        return Err(hinted(
            format!(
                "{} exists already and is never overwritten",
                flags.place.display()
            ),
            "name another place",
        ));
    }
    let mut bytes = 0;
    if matches!(flags.form, ExportKind::Bagit | ExportKind::Ocfl) {
        let ledger = machine::ledger_dir(args);
        let copying = Copying::begin(args, package);
        for item in &mut package.items {
            let digest = item.document.digest;
            let found = match ledger.hash(&digest) {
                Ok(None) => Err(copy::Loss::Missing),
                Ok(Some((hashed, length))) if hashed == digest => Ok(length),
                Ok(Some(_)) => Err(copy::Loss::Damaged),
                Err(error) => Err(copy::Loss::Unreadable(error.to_string())),
            };
            bytes += copying.note(item, found).unwrap_or(0);
        }
    } else {
        let mut text = text_of(register, package, flags.form);
        bytes = io::copy(&mut text, &mut io::sink())?;
    }
    tell(args, flags, package, bytes)
}

/// What an export came to: files that are damaged are a failure, missing ones
/// leave open what they were.
fn outcome(package: &Package) -> Outcome {
    let any = |state| package.items.iter().any(|item| item.bytes == state);
    if any(Bytes::Damaged) {
        Outcome::Bad
    } else if any(Bytes::Missing) {
        Outcome::Open
    } else {
        Outcome::Good
    }
}

fn tell(args: &Args, flags: &Export, package: &Package, bytes: u64) -> anyhow::Result<Outcome> {
    let count = |state| package.items.iter().filter(|it| it.bytes == state).count();
    let (missing, damaged) = (count(Bytes::Missing), count(Bytes::Damaged));
    let files = package.items.len() - missing - damaged;
    let mut documents: Vec<_> = package.items.iter().map(|item| item.number).collect();
    documents.dedup();
    documents.sort_unstable();
    documents.dedup();
    let not_counted = package.items.iter().filter(|item| !item.counts).count();
    let place = flags.place.display().to_string();
    if args.format == Format::Json {
        let lost = package.items.iter();
        let lost = lost.filter(|it| matches!(it.bytes, Bytes::Missing | Bytes::Damaged));
        let lost = lost.map(|item| {
            json!({
                "entry": item.entry,
                "subject": item.subject,
                "digest": item.document.digest.to_string(),
                "content": item.bytes.as_str(),
            })
        });
        render::json_line(&json!({
            "schema": "docledger.export/1",
            "place": place,
            "dry_run": flags.dry_run,
            "documents": documents.len(),
            "files": files,
            "bytes": bytes,
            "missing": missing,
            "damaged": damaged,
            "lost": lost.collect::<Vec<_>>(),
            "not_counted": not_counted,
            "head": render::head_json(&package.head),
        }))?;
    } else {
        let deed = if flags.dry_run {
            "would write"
        } else {
            "wrote"
        };
        render::out(&format!(
            "{deed} {}: {files} files of {} documents, {bytes} bytes\n",
            render::one_line(&place),
            documents.len()
        ))?;
    }
    if not_counted > 0 {
        render::remark(&format!(
            "{not_counted} of them are void, wait for a second officer or are not the office's: \
             each says so in its status"
        ));
    }
    if missing + damaged > 0 {
        render::remark(&format!(
            "NOT EXPORTED: {missing} files are missing or can't be read, {damaged} are damaged; \
             run `docledger verify`"
        ));
    }
    Ok(outcome(package))
}

/// Refuses a destination that can't be a folder's.
fn check_folder(place: &Path) -> anyhow::Result<()> {
    if place.as_os_str() == STDOUT {
        return Err(hinted(
            "this is a folder and can't go to standard output",
            "name a new folder",
        ));
    }
    Ok(())
}
