//! `search`: documents by words and by what is registered of them.

use std::ops::Range;

use docledger::index::{Phrase, Query, Texts as _};
use docledger::statement::Document;
use serde_json::json;

use super::find;
use crate::cli::args::{Args, Format, Search};
use crate::cli::contents::Stored;
use crate::cli::error::hinted;
use crate::cli::{Outcome, machine, render};

/// Columns of a line of text around the words found.
const SNIPPET: usize = 72;

/// How much of a text is looked through for them, in bytes.
const MAX_LOOKED_THROUGH: usize = 1 << 20;

pub(super) fn run(args: &Args, search: &Search) -> anyhow::Result<Outcome> {
    let words = Phrase::parse_all(&search.words);
    if words.is_empty() && !search.words.is_empty() {
        return Err(hinted(
            "there is no letter or digit to search for",
            "give words, or filters alone",
        ));
    }
    let query = Query {
        words,
        filter: find::filter(&search.filters)?,
        limit: Some(search.limit),
    };
    let answer = find::ask(args, &query, search.filters.scan)?;
    let texts = Stored(machine::ledger_dir(args));
    for hit in &answer.hits {
        let document = &hit.document;
        let snippet = snippet(&query.words, document, &texts);
        if args.format == Format::Json {
            let mut object = render::entry_json(
                &answer.authority,
                &hit.entry,
                document,
                hit.doubt(&answer.authority),
                hit.suspension.as_ref(),
            );
            object["schema"] = json!("docledger.search/1");
            object["number"] = json!(hit.number);
            object["snippet"] = json!(snippet);
            object["events"] = find::events_json(hit);
            object["withdrawn"] = json!(hit.withdrawn);
            render::json_line(&object)?;
            continue;
        }
        let mut text = find::line(hit.number, hit);
        if let Some(snippet) = snippet {
            text.push_str(&format!("       {}\n", render::one_line(&snippet)));
        }
        render::out(&text)?;
    }
    find::conclude(args, "docledger.search-summary/1", &answer)
}

/// Where the contents hold the words, if that can be told at once.
fn snippet(words: &[Phrase], document: &Document, texts: &Stored<'_>) -> Option<String> {
    if words.is_empty() || !Stored::is_quick(&document.media_type) {
        return None;
    }
    // A file that can't be read now was told as such when it was indexed.
    let mut text = texts.text(&document.digest, &document.media_type).ok()?;
    if text.len() > MAX_LOOKED_THROUGH {
        let end = text.floor_char_boundary(MAX_LOOKED_THROUGH);
        text.truncate(end);
    }
    let place = words.iter().find_map(|phrase| phrase.find(&text))?;
    Some(around(&text, place))
}

/// The text around a place, white space as single spaces.
fn around(text: &str, place: Range<usize>) -> String {
    let before: Vec<char> = text[..place.start].chars().rev().take(SNIPPET).collect();
    let before: String = before.into_iter().rev().collect();
    let before = spaced(&before);
    let mut start = before.as_str();
    let whole = start.len();
    while render::columns(start) > SNIPPET / 3 {
        let next = start.find(' ').map_or(start.len(), |space| space + 1);
        start = &start[next..];
    }
    let mark = if start.len() < whole { "…" } else { "" };
    let after: String = text[place.start..].chars().take(2 * SNIPPET).collect();
    let line = format!("{mark}{}{}", start.trim_start(), spaced(&after));
    render::shortened(&line, SNIPPET)
}

fn spaced(text: &str) -> String {
    let mut spaced = String::new();
    for c in text.chars() {
        let c = if c.is_whitespace() { ' ' } else { c };
        if c != ' ' || !spaced.ends_with(' ') {
            spaced.push(c);
        }
    }
    spaced
}
