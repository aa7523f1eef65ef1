//! `list`: the documents, those that filters choose, or what they refer to in
//! vain.

use docledger::index::Query;
use docledger::registry::Register;
use docledger::revision::Standings;
use serde_json::json;

use super::find;
use crate::cli::args::{Args, Format, List};
use crate::cli::error::hinted;
use crate::cli::{Outcome, render, standing};

pub(super) fn run(args: &Args, list: &List) -> anyhow::Result<Outcome> {
    let is_whole = list.register.is_some() || list.open;
    if is_whole && (!find::filter(&list.filters)?.is_empty() || list.limit.is_some()) {
        return Err(hinted(
            "--register and --open are about the whole register and take no filters",
            "leave the filters out, or list without --register and --open",
        ));
    }
    if let Some(shape) = list.register {
        return super::register_report::run(args, shape);
    }
    if list.open {
        return open_references(args, &super::open_register(args)?);
    }
    let mut filter = find::filter(&list.filters)?;
    // A list of everything reads everything.
    let all_entries = list.filters.scan || (filter.is_empty() && list.limit.is_none());
    filter.moment.principals_only = true;
    let query = Query {
        words: Vec::new(),
        filter,
        limit: list.limit,
    };
    let answer = find::ask(args, &query, all_entries)?;
    for hit in &answer.hits {
        let document = &hit.document;
        if args.format == Format::Text {
            render::out(&find::line(hit.number, hit))?;
            continue;
        }
        let record = &document.record;
        render::json_line(&json!({
            "schema": "docledger.list/1",
            "number": hit.number,
            "subject": hit.entry.statement.envelope.subject,
            "symbols": record.identifier,
            "language": record.language.as_str(),
            "version": record.version,
            "entry": hit.entry.index,
            "date": record.issued.map(|date| date.to_string()),
            "title": record.title,
            "events": find::events_json(hit),
            "withdrawn": hit.withdrawn.is_some(),
            "digest": document.digest.to_string(),
        }))?;
    }
    find::conclude(args, "docledger.list-summary/1", &answer)
}

/// Relations whose target is not registered.
fn open_references(args: &Args, register: &Register) -> anyhow::Result<Outcome> {
    for reference in Standings::new(register.history()).open() {
        if args.format == Format::Json {
            let mut object = standing::open_json(reference);
            object["schema"] = json!("docledger.open/1");
            object["number"] = json!(reference.from);
            object["subject"] = json!(standing::subject(register, reference.from));
            render::json_line(&object)?;
            continue;
        }
        render::out(&format!(
            "#{:<5} {} {} {}{}\n",
            reference.from,
            render::one_line(&standing::name(register, reference.from)),
            reference.kind.as_str(),
            render::one_line(&reference.target),
            render::in_languages(&reference.languages),
        ))?;
    }
    Ok(Outcome::Good)
}
