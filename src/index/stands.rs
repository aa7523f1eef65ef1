//! What stands of a document: its files' records with what events made of them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use rusqlite::{Connection, OptionalExtension as _};

use super::cache::Trouble;
use super::schema::Fault;
use super::standing::{Standing, is_event};
use crate::authority::Authority;
use crate::registry;
use crate::revision::History;
use crate::statement::{Document, Event, EventRecord, Matter};

/// One document's own statements, in log order, and what they come to.
pub(super) struct Stands {
    entries: Vec<registry::Entry>,
    history: History,
}

impl Stands {
    /// Reads a document's entries, those that the index names, and replays them.
    pub(super) fn read(
        db: &Connection,
        standing: &mut Standing<'_>,
        number: u64,
    ) -> Result<Self, Trouble> {
        let sql = "SELECT entry FROM document JOIN chain ON chain = id WHERE number = ?1 \
                   UNION SELECT entry FROM event WHERE number = ?1 ORDER BY 1";
        let mut query = db.prepare_cached(sql)?;
        let indices = query.query_map([number], |row| row.get(0))?;
        let indices: Vec<u64> = indices.collect::<Result<_, _>>()?;
        let size = standing.head().size;
        if indices.iter().any(|index| *index >= size) {
            return Err(Fault::Wrong("it names entries that are not there".to_owned()).into());
        }
        let entries = indices.into_iter().map(|index| standing.entry(index));
        let entries: Vec<_> = entries.collect::<Result<_, _>>()?;
        let mut subjects = entries.iter().map(subject_of);
        let first = subjects.next();
        if subjects.any(|other| Some(other) != first) {
            return Err(Fault::Wrong(format!("it mixes documents in number {number}")).into());
        }
        let mut history = History::new();
        for entry in &entries {
            let target = replay(&mut history, &entries, entry);
            if let Some((target, event)) = target
                && is_allowed(
                    standing.opening(),
                    history.symbols_of(subject_of(entry)),
                    entry,
                )
                && may_take_effect(db, entry.index, event)?
                && let Some(document) = document(&entries, target)
            {
                history.apply_event(entry.index, target, &document.record, &event.event);
            }
        }
        Ok(Self { entries, history })
    }

    /// Each file with its record as it stands.
    pub(super) fn documents(&self) -> impl Iterator<Item = (&registry::Entry, Document)> {
        let entries = self.entries.iter();
        entries.filter_map(|entry| Some((entry, effective(&self.history, entry)?)))
    }

    /// One file with its record as it stands.
    pub(super) fn document(&self, index: u64) -> Option<Document> {
        let entry = self.entries.iter().find(|entry| entry.index == index)?;
        effective(&self.history, entry)
    }

    /// The events about the document, fitting or not.
    pub(super) fn events(&self) -> Vec<registry::Entry> {
        let events = self.entries.iter().filter(|entry| is_event(entry));
        events.cloned().collect()
    }

    /// The event that withdrew the document.
    pub(super) fn withdrawn(&self, index: u64) -> Option<u64> {
        self.history.events_of(index)?.withdrawn
    }
}

/// Documents with events that were read already: each is read once an answer.
#[derive(Default)]
pub(super) struct Known(HashMap<u64, Stands>);

impl Known {
    /// What stands of a document.
    pub(super) fn document(
        &mut self,
        db: &Connection,
        standing: &mut Standing<'_>,
        number: u64,
    ) -> Result<&Stands, Trouble> {
        Ok(match self.0.entry(number) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(Stands::read(db, standing, number)?),
        })
    }

    /// A file as it stands, whether or not there are events about it.
    pub(super) fn file(
        &mut self,
        db: &Connection,
        standing: &mut Standing<'_>,
        index: u64,
    ) -> Result<Option<Document>, Trouble> {
        let sql = "SELECT number FROM document JOIN chain ON chain = id WHERE entry = ? \
                   AND EXISTS (SELECT 1 FROM event WHERE event.number = chain.number)";
        let mut query = db.prepare_cached(sql)?;
        let number: Option<u64> = query.query_row([index], |row| row.get(0)).optional()?;
        Ok(match number {
            Some(number) => self.document(db, standing, number)?.document(index),
            None => standing.entry(index)?.document().cloned(),
        })
    }
}

fn subject_of(entry: &registry::Entry) -> &str {
    &entry.statement.envelope.subject
}

/// The record of an entry as it stands.
pub(super) fn effective(history: &History, entry: &registry::Entry) -> Option<Document> {
    let stated = entry.document()?;
    Some(Document {
        record: history.effective(entry.index, &stated.record),
        ..stated.clone()
    })
}

/// Takes a file in, or tells what entry an event is about.
fn replay<'e>(
    history: &mut History,
    entries: &[registry::Entry],
    entry: &'e registry::Entry,
) -> Option<(u64, &'e EventRecord)> {
    let subject = &entry.statement.envelope.subject;
    match &entry.statement.matter {
        Matter::Document(document) => {
            history.apply(entry.index, entry.leaf, subject, document);
            None
        }
        Matter::Event(event) => {
            let target = history.target_of(subject, event).ok()?;
            document(entries, target).map(|_| (target, event.as_ref()))
        }
        Matter::Governance(_) | Matter::Unknown => None,
    }
}

fn document(entries: &[registry::Entry], index: u64) -> Option<&Document> {
    let entry = entries.iter().find(|entry| entry.index == index)?;
    entry.document()
}

/// Whether an event is one of the office's, as a register asks: by its key, the
/// key's role and scope, its signature, and what it says must be understood.
pub(super) fn is_allowed(authority: &Authority, bears: &[String], entry: &registry::Entry) -> bool {
    let statement = &entry.statement;
    authority.doubt(statement, bears).is_none() && statement.unmet().is_none()
}

/// Whether history lets an event take effect, as far as other documents are
/// concerned: a symbol is assigned once.
fn may_take_effect(db: &Connection, entry: u64, event: &EventRecord) -> Result<bool, Fault> {
    if !matches!(event.event, Event::AssignSymbol { .. }) {
        return Ok(true);
    }
    let mut query = db.prepare_cached("SELECT assigns FROM event WHERE entry = ?")?;
    Ok(query.query_row([entry], |row| row.get(0))?)
}
