//! What `list` and `search` share: filters as typed, the question, and what is
//! told beside the answer.

use docledger::index::{
    Answer, Basis, BodyFilter, DateField, Filter, Hit, Moment, Notice, Phrase, Query, scan, search,
};
use docledger::replay::Suspension;
use docledger::statement::Matter;
use docledger::symbol::{Scope, Symbol, SymbolKey};
use serde_json::json;

use crate::cli::args::{Args, DateArg, Filters, Format};
use crate::cli::contents::Stored;
use crate::cli::error::hinted;
use crate::cli::{Outcome, machine, render};

/// Filters as meant.
pub(super) fn filter(flags: &Filters) -> anyhow::Result<Filter> {
    let symbol = flags.symbol.as_deref().map(Scope::parse).transpose();
    let symbol = symbol.map_err(|error| {
        hinted(
            format!("--symbol: {error}"),
            "give the first components of a symbol, such as A/78 or A/RES",
        )
    })?;
    let parsed = |name: &str, text: &Option<String>| -> anyhow::Result<Option<Symbol>> {
        let parsed = text.as_deref().map(Symbol::parse).transpose();
        let parsed = parsed.map_err(|error| {
            hinted(
                format!("{name}: {error}"),
                "give one symbol, such as A/78/72",
            )
        })?;
        Ok(parsed.map(|parsed| parsed.value))
    };
    let day = |date: &Option<docledger::statement::PartialDate>| date.map(|date| date.latest());
    Ok(Filter {
        symbol,
        family: parsed("--family", &flags.family)?
            .map(|symbol| SymbolKey::of_canonical(symbol.base())),
        related_to: parsed("--related-to", &flags.related_to)?.map(|symbol| symbol.key().clone()),
        body: BodyFilter {
            name: phrase("--body", &flags.body)?,
            session: phrase("--session", &flags.session)?,
            agenda: phrase("--agenda", &flags.agenda)?,
        },
        signatory: phrase("--signatory", &flags.signatory)?,
        distribution: phrase("--distribution", &flags.distribution)?,
        document_type: phrase("--kind", &flags.kind)?,
        language: flags.language.clone(),
        officer: flags.officer.as_deref().map(digits).transpose()?,
        since: flags.since.map(|date| date.earliest()),
        until: day(&flags.until),
        date_of: flags.date_of.map(|date| match date {
            DateArg::Issued => DateField::Issued,
            DateArg::Letter => DateField::Created,
            DateArg::Adopted => DateField::Adopted,
            DateArg::Received => DateField::Received,
            DateArg::Reissued => DateField::Reissued,
        }),
        moment: Moment {
            as_of: day(&flags.as_of),
            held: day(&flags.held),
            all_versions: flags.all_versions,
            principals_only: false,
        },
    })
}

fn phrase(flag: &str, text: &Option<String>) -> anyhow::Result<Option<Phrase>> {
    let Some(text) = text else { return Ok(None) };
    let phrase = Phrase::parse(text).ok_or_else(|| {
        hinted(
            format!("{flag} {text:?} holds no letter or digit"),
            "give a word of it, or the beginning of one with *",
        )
    })?;
    Ok(Some(phrase))
}

fn digits(text: &str) -> anyhow::Result<String> {
    let is_hex = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex {
        return Ok(text.to_lowercase());
    }
    Err(hinted(
        format!("--officer {text:?} is no hexadecimal digits"),
        "`docledger key list` shows the keys",
    ))
}

/// Asks the index, or every entry, and refuses a ledger that is not the pinned one.
pub(super) fn ask(args: &Args, query: &Query, all_entries: bool) -> anyhow::Result<Answer> {
    let dir = machine::ledger_dir(args);
    let texts = Stored(machine::ledger_dir(args));
    let answer = if all_entries {
        scan(&dir, query, &texts)?
    } else {
        search(&dir, query, &texts, &tell)?
    };
    super::check_pin(args, answer.authority.ledger_id())?;
    Ok(answer)
}

fn tell(notice: Notice) {
    let text = match notice {
        Notice::Building(entries) => format!("indexing {entries} entries"),
        Notice::Reading(documents) => format!("reading the contents of {documents} documents"),
        Notice::Rebuilding(why) => format!("the index is built anew: {why}"),
        Notice::Scanning(why) => {
            format!("the index can't be used, so every entry is read: {why}")
        }
    };
    render::remark(&text);
}

/// One line for a document in a language, as it stands.
pub(super) fn line(number: u64, hit: &Hit) -> String {
    let record = &hit.document.record;
    let name = if record.identifier.is_empty() {
        let subject = &hit.entry.statement.envelope.subject;
        subject.chars().take(26).collect::<String>() + "…"
    } else {
        record.identifier.join("-")
    };
    let date = record
        .issued
        .map_or_else(|| "-".to_owned(), |date| date.to_string());
    let head = format!(
        "#{number:<5} {:28} v{:<3} {:4} {date:10} ",
        render::one_line(&name),
        record.version,
        record.language.as_str(),
    );
    let mark = if let Some(suspension) = &hit.suspension {
        match suspension {
            Suspension::Void(_) => "[VOID] ",
            Suspension::Awaiting => "[awaits] ",
        }
    } else if hit.withdrawn.is_some() {
        "[withdrawn] "
    } else {
        ""
    };
    let title = mark.to_owned() + record.title.as_deref().unwrap_or_default();
    let title = render::one_line(&title);
    let room = 80_usize.saturating_sub(render::columns(&head)).max(12);
    format!("{head}{}\n", render::shortened(&title, room))
        .trim_end()
        .to_owned()
        + "\n"
}

/// Events about a hit's document, with their kinds, as JSON outputs hold them.
pub(super) fn events_json(hit: &Hit) -> serde_json::Value {
    let kinds = hit.events.iter().filter_map(|entry| {
        let Matter::Event(event) = &entry.statement.matter else {
            return None;
        };
        Some(json!({"entry": entry.index, "kind": event.event.kind()}))
    });
    kinds.collect()
}

/// What an answer rests on, as JSON outputs name it.
fn basis(answer: &Answer) -> &'static str {
    match answer.basis {
        Basis::Index => "index",
        Basis::Entries => "entries",
    }
}

/// Tells what the answer rests on and what it leaves out; what rests on
/// absence alone is not established from the index.
pub(super) fn conclude(args: &Args, schema: &str, answer: &Answer) -> anyhow::Result<Outcome> {
    if args.format == Format::Json {
        render::json_line(&json!({
            "schema": schema,
            "hits": answer.hits.len(),
            "more": answer.more,
            "contents_not_searched": answer.unread,
            "basis": basis(answer),
            "head": {"size": answer.head.size, "root": answer.head.root.to_string()},
        }))?;
    }
    if answer.more {
        render::remark("there are more; --limit N shows more of them");
    }
    if answer.unread > 0 {
        let at_least = if answer.unread == docledger::index::MAX_UNREAD {
            "at least "
        } else {
            ""
        };
        render::remark(&format!(
            "documents whose contents can't be read and were not searched: {at_least}{}",
            answer.unread
        ));
    }
    let found = match answer.hits.len() {
        0 => "nothing found".to_owned(),
        number => format!("{number} found"),
    };
    if answer.basis == Basis::Index {
        render::remark(&format!(
            "{found}, as indexed; --scan reads every entry instead"
        ));
        if answer.hits.is_empty() {
            return Ok(Outcome::Open);
        }
    } else if answer.hits.is_empty() {
        render::remark(&format!(
            "nothing found among all {} entries",
            answer.head.size
        ));
        if answer.unread > 0 {
            return Ok(Outcome::Open);
        }
    }
    Ok(Outcome::Good)
}
