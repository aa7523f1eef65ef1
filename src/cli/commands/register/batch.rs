//! `register FOLDER…` and `register --manifest FILE`: many files in one append.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use docledger::authority::Role;
use docledger::log::Checkpoint;
use docledger::reading;
use docledger::registry::manifest::{self, Row, Written};
use docledger::registry::{
    AppendRefusal, Appending, Proposal, ProposalError, Register, Registered, plan,
};
use docledger::statement::Change;
use rayon::prelude::*;
use serde_json::json;

use super::request::{Filing, Wanted, tell};
use super::{check_said, proposal_json, registered_json, tell_withdrawn};
use crate::cli::args::{Args, Format, Register as Flags};
use crate::cli::error::{hint, hinted, told};
use crate::cli::progress::Progress;
use crate::cli::{Outcome, keys, machine, render};

/// The most errors of a manifest that are told at once.
const MOST_TOLD: usize = 100;

/// A file of the batch, and what becomes of it.
struct Item {
    path: PathBuf,
    /// What to call it.
    shown: String,
    /// The line of the manifest that names it.
    line: Option<u64>,
    fate: Fate,
}

impl Item {
    /// Its name and line, for people.
    fn name(&self) -> String {
        let line = self.line.map(|line| format!(" (line {line})"));
        render::one_line(&self.shown) + &line.unwrap_or_default()
    }
}

enum Fate {
    /// It is new.
    New(Box<Filing>, Box<Proposal>),
    /// It entered the ledger.
    Registered(Box<Registered>),
    /// Its bytes are registered already, or stand in the batch before it.
    Same(String),
    /// It is refused.
    Refused(anyhow::Error),
}

pub(super) fn run(args: &Args, flags: &Flags) -> anyhow::Result<Outcome> {
    check_flags(flags)?;
    let register = super::super::open_register(args)?;
    let read = read_all(args, flags, &register)?;
    enter(args, flags, register, read)
}

/// Works out what is to be registered of files, and registers it in one append.
pub(in crate::cli::commands) fn enter(
    args: &Args,
    flags: &Flags,
    mut register: Register,
    read: Vec<ReadFile>,
) -> anyhow::Result<Outcome> {
    let mut items = decide(&mut register, flags, read);
    if let Some(path) = &flags.save_manifest {
        return save(path, &items);
    }
    let tally = Tally::of(&items);
    if tally.refused > 0 && !flags.keep_going {
        tell_items(
            args,
            items
                .iter()
                .filter(|item| matches!(item.fate, Fate::Refused(_))),
        )?;
        return Err(hinted(
            format!(
                "nothing was registered: {} of {} files are refused",
                tally.refused,
                items.len()
            ),
            "correct them, or add --keep-going to register the others",
        ));
    }
    if !flags.dry_run && tally.new > 0 {
        if !flags.yes {
            tell_items(args, &items)?;
            super::confirm(&format!("register these {} files?", tally.new))?;
        }
        let head = append(args, flags, &register, &mut items)?;
        tell_items(args, &items)?;
        return summary(args, &items, head.as_ref());
    }
    tell_items(args, &items)?;
    summary(args, &items, None)
}

/// How many files there are of each fate.
#[derive(Default)]
struct Tally {
    new: usize,
    registered: usize,
    same: usize,
    refused: usize,
}

impl Tally {
    fn of(items: &[Item]) -> Self {
        let mut tally = Self::default();
        for item in items {
            match item.fate {
                Fate::New(..) => tally.new += 1,
                Fate::Registered(_) => tally.registered += 1,
                Fate::Same(_) => tally.same += 1,
                Fate::Refused(_) => tally.refused += 1,
            }
        }
        tally
    }
}

/// Flags about one file are no use for many.
fn check_flags(flags: &Flags) -> anyhow::Result<()> {
    let about_one = [
        ("--symbol", flags.symbol.is_some()),
        ("--of", flags.of.is_some()),
        ("--renders", flags.renders.is_some()),
        ("--title", flags.title.is_some()),
        ("--job-number", flags.job_number.is_some()),
        ("--file-name", flags.file_name.is_some()),
        ("--media-type", flags.media_type.is_some()),
    ];
    match about_one.iter().find(|(_, given)| *given) {
        Some((flag, _)) => Err(hinted(
            format!("{flag} is about one file, and this registers several"),
            "a manifest says it for each: --save-manifest FILE writes one to begin with",
        )),
        None => Ok(()),
    }
}

/// A file that was read, or why it can't be.
pub(in crate::cli::commands) struct ReadFile {
    pub(in crate::cli::commands) path: PathBuf,
    pub(in crate::cli::commands) shown: String,
    /// The line of the manifest that names it.
    pub(in crate::cli::commands) line: Option<u64>,
    pub(in crate::cli::commands) filing: anyhow::Result<Filing>,
}

/// Says of a file that it is registered, in place of a reading: nothing is to
/// be done.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(in crate::cli::commands) struct Known(pub(in crate::cli::commands) String);

/// Every file, read, in the order given.
fn read_all(args: &Args, flags: &Flags, register: &Register) -> anyhow::Result<Vec<ReadFile>> {
    let mut wanted = Vec::new();
    if let Some(manifest) = &flags.manifest {
        let folder = manifest.parent().unwrap_or(Path::new(""));
        for row in read_manifest(manifest)? {
            let line = row.line;
            let said = Wanted::of_row(register, flags, folder, row)
                .with_context(|| format!("{}: line {line}", manifest.display()))?;
            wanted.push(said);
        }
    }
    for file in machine::files_below(args, &flags.files)? {
        wanted.push(Wanted::of_each(flags, &file)?);
    }
    Ok(read_wanted(args, wanted))
}

/// Reads files, in the order given.
pub(in crate::cli::commands) fn read_wanted(args: &Args, wanted: Vec<Wanted>) -> Vec<ReadFile> {
    let progress = Progress::counting(args, "reading", wanted.len());
    let read = wanted.into_par_iter().map(|wanted| {
        let (path, shown, line) = (wanted.path.clone(), wanted.shown.clone(), wanted.line);
        let filing = wanted.read();
        progress.step();
        ReadFile {
            path,
            shown,
            line,
            filing,
        }
    });
    read.collect()
}

fn read_manifest(path: &Path) -> anyhow::Result<Vec<Row>> {
    let text = reading::decode_text(&machine::whole(path)?).ok_or_else(|| {
        hinted(
            format!("{} is not text in UTF-8 or UTF-16", path.display()),
            "save the table as CSV in UTF-8",
        )
    })?;
    let rows = manifest::read(&text).map_err(|errors| {
        for error in errors.iter().take(MOST_TOLD) {
            render::remark(&format!("{}: {error}", path.display()));
        }
        hinted(
            format!(
                "{}: {} cells or lines are wrong; nothing was registered",
                path.display(),
                errors.len()
            ),
            "docs/manifest.md describes the columns",
        )
    })?;
    let mut seen = HashSet::new();
    match rows.iter().find(|row| !seen.insert(&row.file)) {
        Some(twice) => Err(hinted(
            format!(
                "{}: line {}: {} stands there twice",
                path.display(),
                twice.line,
                twice.file
            ),
            "leave one of the lines out",
        )),
        None => Ok(rows),
    }
}

/// Works out, file by file, what would be registered.
fn decide(register: &mut Register, flags: &Flags, read: Vec<ReadFile>) -> Vec<Item> {
    let requests = read.iter().filter_map(|file| file.filing.as_ref().ok());
    let published = register.checkpoint.size;
    let mut planned = plan(register, requests.map(|filing| &filing.request)).into_iter();
    let decided = read.into_iter().map(|file| {
        let fate = match file.filing {
            Err(error) => match error.downcast::<Known>() {
                Ok(Known(why)) => Fate::Same(why),
                Err(error) => Fate::Refused(error),
            },
            Ok(filing) => {
                tell(&file.shown, &filing.remarks);
                match planned.next() {
                    Some(Ok(proposal)) => {
                        tell_withdrawn(&proposal, &file.shown);
                        match check_said(flags, &proposal) {
                            Ok(()) => Fate::New(Box::new(filing), Box::new(proposal)),
                            Err(error) => Fate::Refused(error),
                        }
                    }
                    Some(Err(error @ ProposalError::SameBytes { entry, .. })) => {
                        let edits = &filing.request.said.edits;
                        let stands = register.effective(entry);
                        if stands.is_some_and(|stands| !edits.are_in(&stands.record)) {
                            render::remark(&format!(
                                "{}: registered already as #{entry}, with other values than said \
                                 here; `amend` corrects them",
                                file.shown
                            ));
                        }
                        Fate::Same(same(&error, published))
                    }
                    Some(Err(error)) => Fate::Refused(error.into()),
                    None => Fate::Refused(anyhow::anyhow!("it was not decided")),
                }
            }
        };
        Item {
            path: file.path,
            shown: file.shown,
            line: file.line,
            fate,
        }
    });
    decided.collect()
}

/// Why a file is skipped, in a few words.
fn same(error: &ProposalError, published: u64) -> String {
    let ProposalError::SameBytes {
        subject,
        version,
        language,
        entry,
    } = error
    else {
        return error.to_string();
    };
    if *entry >= published {
        return format!("the same bytes as a file before it, {subject}");
    }
    format!("registered as {subject} v{version} {language} (#{entry})")
}

/// Registers what is new, in one append, under the lock.
fn append(
    args: &Args,
    flags: &Flags,
    register: &Register,
    items: &mut [Item],
) -> anyhow::Result<Option<Checkpoint>> {
    let keys = keys::unlock(args, register, Role::Officer, &flags.keys)?;
    let dir = machine::ledger_dir(args);
    let writer = super::super::lock(&dir)?;
    let mut appending = Appending::begin(&writer)?;
    let progress = Progress::counting(args, "signing", items.len());
    let mut added = Vec::with_capacity(items.len());
    for item in items.iter() {
        progress.step();
        let Fate::New(filing, planned) = &item.fate else {
            added.push(None);
            continue;
        };
        let confirmed = (!flags.yes).then_some(planned.as_ref());
        let registered = appending.add_file(
            &filing.request,
            filing.file.as_ref(),
            confirmed,
            keys.signer.as_ref(),
            machine::now(),
        );
        added.push(Some(match registered {
            Ok(registered) => Fate::Registered(Box::new(registered)),
            // Another writer was first.
            Err(AppendRefusal::Proposal(error @ ProposalError::SameBytes { .. })) => {
                Fate::Same(same(&error, register.checkpoint.size))
            }
            // These concern one file; anything else concerns all.
            Err(
                error @ (AppendRefusal::Proposal(_)
                | AppendRefusal::Key(_)
                | AppendRefusal::Draft(_)),
            ) if flags.keep_going => Fate::Refused(error.into()),
            Err(error) => return Err(anyhow::Error::from(error).context(item.name())),
        }));
    }
    drop(progress);
    let is_any = |fate: &Option<Fate>| matches!(fate, Some(Fate::Registered(_)));
    let head = if added.iter().any(is_any) {
        let _writing = Progress::waiting(args, "writing");
        let committed = appending.commit(keys.checkpoint.as_ref())?;
        render::remark_on(&committed);
        render::remark_four_eyes(&register.authority);
        Some(committed.head)
    } else {
        None
    };
    for (item, fate) in items.iter_mut().zip(added) {
        if let Some(fate) = fate {
            item.fate = fate;
        }
    }
    Ok(head)
}

/// Tells what becomes of files: what is refused on standard error as well.
fn tell_items<'a>(args: &Args, items: impl IntoIterator<Item = &'a Item>) -> anyhow::Result<()> {
    for item in items {
        if args.format == Format::Json {
            render::json_line(&item_json(item))?;
            continue;
        }
        let shown = item.name();
        match &item.fate {
            Fate::New(_, proposal) => {
                render::out(&format!("new      {shown}: {}\n", what(proposal)))?
            }
            Fate::Registered(done) => render::out(&format!(
                "#{:<7} {shown}: {}\n",
                done.index,
                what(&done.proposal)
            ))?,
            Fate::Same(why) => {
                render::out(&format!("same     {shown}: {}\n", render::one_line(why)))?
            }
            Fate::Refused(error) => {
                render::remark(&format!("refused  {shown}: {}", told(error)));
                if let Some(hint) = hint(error) {
                    render::remark(&format!("  hint: {hint}"));
                }
            }
        }
    }
    Ok(())
}

/// Subject, version and language in a few words.
fn what(proposal: &Proposal) -> String {
    let record = &proposal.document.record;
    let change = match record.change {
        Change::First => String::new(),
        change => format!(" ({})", change.as_str()),
    };
    format!(
        "{} v{}{change} {}",
        render::one_line(&proposal.subject),
        record.version,
        record.language
    )
}

fn item_json(item: &Item) -> serde_json::Value {
    let with = |status: &str, mut object: serde_json::Value| {
        object["schema"] = json!("docledger.register/1");
        object["file"] = json!(item.shown);
        object["line"] = json!(item.line);
        object["status"] = json!(status);
        object
    };
    match &item.fate {
        Fate::New(_, proposal) => with("new", proposal_json(proposal)),
        Fate::Registered(registered) => with("registered", registered_json(registered)),
        Fate::Same(why) => with("same", json!({"reason": why})),
        Fate::Refused(error) => with(
            "refused",
            json!({"reason": told(error), "hint": hint(error)}),
        ),
    }
}

/// The sum of it. Refused files make the outcome a failure.
fn summary(args: &Args, items: &[Item], head: Option<&Checkpoint>) -> anyhow::Result<Outcome> {
    let Tally {
        new,
        registered,
        same,
        refused,
    } = Tally::of(items);
    if args.format == Format::Json {
        render::json_line(&json!({
            "schema": "docledger.register-summary/1",
            "files": items.len(),
            "new": new,
            "registered": registered,
            "same": same,
            "refused": refused,
            "head": head.map(render::head_json),
        }))?;
    } else {
        let done = match (head, new) {
            (Some(head), _) => {
                format!("{registered} registered, the head is {} entries", head.size)
            }
            (None, 0) => "nothing to register".to_owned(),
            (None, new) => format!("{new} would be registered"),
        };
        render::out(&format!(
            "{done}; {same} registered already; {refused} refused\n"
        ))?;
    }
    Ok(if refused == 0 {
        Outcome::Good
    } else {
        Outcome::Bad
    })
}

/// Writes what would be registered as a manifest.
fn save(path: &Path, items: &[Item]) -> anyhow::Result<Outcome> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let rows: Vec<_> = items
        .iter()
        .map(|item| {
            let (document, of, note) = match &item.fate {
                Fate::New(filing, proposal) => {
                    let said = &filing.request.said;
                    let of = said.subject.clone();
                    (Some(&proposal.document), of, filing.remarks.join("; "))
                }
                Fate::Registered(_) => (None, None, String::new()),
                Fate::Same(why) => (None, None, why.clone()),
                Fate::Refused(error) => (None, None, told(error)),
            };
            Written {
                file: machine::seen_from(folder, &item.path),
                document,
                of,
                note,
            }
        })
        .collect();
    machine::write_new(path, manifest::write(&rows)?.as_bytes())?;
    let name = render::one_line(&path.display().to_string());
    render::out(&format!(
        "{} files are in {name}; correct it in a spreadsheet, then run\n  docledger register --manifest {name}\n",
        rows.len(),
    ))?;
    Ok(Outcome::Good)
}
