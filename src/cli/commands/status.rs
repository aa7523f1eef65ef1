//! `status`: what a loose file is, and whether it is current.

use docledger::reading::{Kind, media_type};
use docledger::registry::{Readings, Register, masthead_of};
use docledger::replay::Suspension;
use docledger::revision::Standings;
use docledger::symbol::JointSymbol;
use serde_json::json;

use crate::cli::args::{Args, Format, Status};
use crate::cli::machine::NamedFile;
use crate::cli::standing::{self, Derived};
use crate::cli::{Outcome, reader, render};

pub(super) fn run(args: &Args, status: &Status) -> anyhow::Result<Outcome> {
    let path = &status.file;
    if let Some(evidence) = &status.evidence {
        return super::verify::evidence::status(args, path, evidence, status.ledger_id);
    }
    let register = super::open_register(args)?;
    let file = NamedFile::new(path)?;
    let (digest, _, head) = file.read_through()?;
    let entries = register.history().by_digest(&digest);
    if entries.is_empty() {
        if args.format == Format::Json {
            render::json_line(
                &json!({"schema": "docledger.status/1", "registered": false, "digest": digest.to_string()}),
            )?;
        } else {
            render::out(&format!(
                "{}: not registered here (found by looking through all {} entries)\n  SHA-256  {digest}\n",
                render::one_line(&path.to_string_lossy()),
                register.checkpoint.size,
            ))?;
        }
        if let Some(printed) = printed_symbol(&file, &head)
            && let Some(known) = register.history().by_symbol(printed.first().key())
        {
            render::remark(&format!(
                "it prints the symbol {}, which is registered with other bytes (#{})",
                printed.canonical(),
                known.number
            ));
        }
        return Ok(Outcome::Open);
    }
    let standings = Standings::new(register.history());
    let mut outcomes = Vec::new();
    for index in entries {
        let (Some((entry, _)), Some(file), Some(derived)) = (
            register.document(*index),
            register.effective(*index),
            Derived::of(&register, &standings, *index),
        ) else {
            continue;
        };
        outcomes.push(outcome(&register, *index));
        if args.format == Format::Json {
            let mut object = render::entry_json(
                &register.authority,
                entry,
                &file,
                register.doubt(*index),
                register.suspension(*index),
            );
            object["schema"] = json!("docledger.status/1");
            object["registered"] = json!(true);
            object["registered_at"] = json!(render::time(entry.statement.envelope.issued_at));
            object["amended"] = standing::amendments_json(&register, *index);
            object["standing"] = derived.to_json();
            render::json_line(&object)?;
            continue;
        }
        let mut fields = vec![
            (
                "registered",
                format!(
                    "{} by {} (entry #{index})",
                    render::time(entry.statement.envelope.issued_at),
                    standing::signer(&register, entry)
                ),
            ),
            ("SHA-256", digest.to_string()),
        ];
        fields.extend(derived.lines());
        render::out(&format!(
            "{}: {} version {} in {}, {}\n{}",
            render::one_line(&path.to_string_lossy()),
            render::one_line(&standing::name(&register, *index)),
            file.record.version,
            file.record.language,
            render::one_line(&derived.headline()),
            render::table(&fields),
        ))?;
    }
    // The same bytes may be registered twice: one good entry is enough.
    let is = |wanted: Outcome| outcomes.contains(&wanted);
    Ok(match (is(Outcome::Good), is(Outcome::Open)) {
        (true, _) => Outcome::Good,
        (false, true) => Outcome::Open,
        (false, false) => Outcome::Bad,
    })
}

/// Whether an entry says what the office says.
fn outcome(register: &Register, index: u64) -> Outcome {
    match (register.suspension(index), register.doubt(index)) {
        (Some(Suspension::Awaiting), None) => Outcome::Open,
        (None, None) => Outcome::Good,
        _ => Outcome::Bad,
    }
}

/// The symbol that a file prints, if it can be read.
fn printed_symbol(file: &NamedFile, head: &[u8]) -> Option<JointSymbol> {
    let media_type = media_type(file.file_name().as_deref(), head);
    Kind::of(&media_type)?;
    // What can't be read prints no symbol that we know of.
    let text = reader::named(file, &media_type).ok()?;
    Readings::of(&masthead_of(&text), &text).0.symbol
}
