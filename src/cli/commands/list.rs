//! `list`: the documents.

use docledger::index::Query;
use serde_json::json;

use super::find;
use crate::cli::args::{Args, Format, List};
use crate::cli::{Outcome, render};

pub(super) fn run(args: &Args, list: &List) -> anyhow::Result<Outcome> {
    let mut filter = find::filter(&list.filters)?;
    // Whoever asks for everything gets it from the entries.
    let everything = filter.is_empty() && list.limit.is_none();
    filter.moment.principals_only = true;
    let query = Query {
        words: Vec::new(),
        filter,
        limit: list.limit,
    };
    let answer = find::ask(args, &query, list.filters.scan || everything)?;
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
            "digest": document.digest.to_string(),
        }))?;
    }
    if everything {
        return Ok(Outcome::Good);
    }
    find::conclude(args, "docledger.list-summary/1", &answer)
}
