//! `list`: the documents, those that filters choose, or what they refer to in
//! vain.

use docledger::index::{Filter, Query};
use docledger::registry::Register;
use docledger::revision::Standings;
use serde_json::json;

use super::find;
use crate::cli::args::{Args, Format, List};
use crate::cli::{Outcome, render, standing};

pub(super) fn run(args: &Args, list: &List) -> anyhow::Result<Outcome> {
    if let Some(shape) = list.register {
        return super::register_report::run(args, shape);
    }
    let mut filter = find::filter(&list.filters)?;
    if !list.open && (!filter.is_empty() || list.limit.is_some()) {
        filter.moment.principals_only = true;
        return chosen(args, list, filter);
    }
    let register = super::open_register(args)?;
    if list.open {
        return open_references(args, &register);
    }
    for document in register.history.documents() {
        for chain in &document.chains {
            let Some(current) = chain.current() else {
                continue;
            };
            let Some(file) = register.effective(current.index) else {
                continue;
            };
            let events = register.history.events_of(current.index);
            let withdrawn = events.is_some_and(|events| events.withdrawn.is_some());
            let mark = if withdrawn { "[withdrawn] " } else { "" };
            let title = mark.to_owned() + &file.record.title.clone().unwrap_or_default();
            if args.format == Format::Json {
                render::json_line(&json!({
                    "schema": "docledger.list/1",
                    "number": document.number,
                    "subject": document.subject,
                    "symbols": document.symbols,
                    "language": chain.language.as_str(),
                    "version": current.version,
                    "entry": current.index,
                    "date": file.record.issued.map(|date| date.to_string()),
                    "title": file.record.title,
                    "withdrawn": withdrawn,
                    "digest": current.digest.to_string(),
                }))?;
                continue;
            }
            let name = if document.symbols.is_empty() {
                document.subject.chars().take(26).collect::<String>() + "…"
            } else {
                document.symbols.join("-")
            };
            let date = file
                .record
                .issued
                .map_or_else(|| "-".to_owned(), |date| date.to_string());
            let head = format!(
                "#{:<5} {:28} v{:<3} {:4} {date:10} ",
                document.number,
                render::one_line(&name),
                current.version,
                chain.language.as_str(),
            );
            let room = 80_usize.saturating_sub(head.chars().count()).max(12);
            let line = head + &render::shortened(&render::one_line(&title), room);
            render::out(&format!("{}\n", line.trim_end()))?;
        }
    }
    Ok(Outcome::Good)
}

/// The documents that filters choose.
fn chosen(args: &Args, list: &List, filter: Filter) -> anyhow::Result<Outcome> {
    let query = Query {
        words: Vec::new(),
        filter,
        limit: list.limit,
    };
    let answer = find::ask(args, &query, list.filters.scan)?;
    for hit in &answer.hits {
        let Some(document) = hit.entry.document() else {
            continue;
        };
        if args.format == Format::Text {
            render::out(&find::line(hit.number, hit, document))?;
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
            "digest": document.digest.to_string(),
        }))?;
    }
    find::conclude(args, "docledger.list-summary/1", &answer)
}

/// Relations whose target is not registered.
fn open_references(args: &Args, register: &Register) -> anyhow::Result<Outcome> {
    for reference in Standings::new(&register.history).open() {
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
