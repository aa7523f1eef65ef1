//! What stands of a document: its files' records with what events made of them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use rusqlite::{Connection, OptionalExtension as _};

use super::cache::Trouble;
use super::schema::Fault;
use super::standing::{Standing, is_event};
use crate::authority::Authority;
use crate::digest::LeafHash;
use crate::registry;
use crate::replay::{Replay, Statements, Suspension};
use crate::revision::History;
use crate::statement::{Document, Event, EventRecord, Matter, Statement};

/// One document's own statements, in log order, and what they come to.
pub(super) struct Stands {
    entries: Vec<registry::Entry>,
    replay: Replay,
}

/// A document's own statements, by their places in the log.
struct Own<'a>(&'a [registry::Entry]);

impl Statements for Own<'_> {
    fn statement(&self, index: u64) -> Option<(LeafHash, Cow<'_, Statement>)> {
        let place = self.0.binary_search_by_key(&index, |entry| entry.index);
        let entry = self.0.get(place.ok()?)?;
        Some((entry.leaf, Cow::Borrowed(&entry.statement)))
    }
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
        let authority = standing.authority();
        let mut replay = take_all(db, authority, &entries, Replay::default())?;
        if authority.may_suspend() {
            // Endorsements are known by now, and which of them came in time.
            replay = take_all(db, authority, &entries, replay.anew())?;
        }
        Ok(Self { entries, replay })
    }

    /// Each file with its record as it stands.
    pub(super) fn documents(&self) -> impl Iterator<Item = (&registry::Entry, Document)> {
        let entries = self.entries.iter();
        entries.filter_map(|entry| Some((entry, effective(self.replay.history(), entry)?)))
    }

    /// One file with its record as it stands.
    pub(super) fn document(&self, index: u64) -> Option<Document> {
        let entry = self.entries.iter().find(|entry| entry.index == index)?;
        effective(self.replay.history(), entry)
    }

    /// The symbols that the document bears.
    pub(super) fn symbols(&self) -> &[String] {
        let subject = self.entries.first().map_or("", subject_of);
        self.replay.history().symbols_of(subject)
    }

    /// The events about the document, fitting or not.
    pub(super) fn events(&self) -> Vec<registry::Entry> {
        let events = self.entries.iter().filter(|entry| is_event(entry));
        events.cloned().collect()
    }

    /// The event that withdrew the document.
    pub(super) fn withdrawn(&self, index: u64) -> Option<u64> {
        self.replay.history().events_of(index)?.withdrawn
    }

    /// Why a file does not count, if it does not.
    pub(super) fn suspension(&self, index: u64) -> Option<&Suspension> {
        self.replay.suspended().get(&index)
    }

    /// Whether a file is of what stands for its chain.
    pub(super) fn is_current(&self, index: u64) -> bool {
        is_current(self.replay.history(), index)
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

/// Whether a file is of what stands for its chain: the current version, or the
/// newest where none counts.
pub(super) fn is_current(history: &History, index: u64) -> bool {
    let chains = history.by_entry(index).map(|it| it.chains.as_slice());
    chains.into_iter().flatten().any(|chain| {
        let standing = chain.standing();
        let own = chain.entries.iter().find(|entry| entry.index == index);
        own.zip(standing).is_some_and(|(own, standing)| {
            own.version == standing.version && (own.counts || !standing.counts)
        })
    })
}

fn take_all(
    db: &Connection,
    authority: &Authority,
    entries: &[registry::Entry],
    mut replay: Replay,
) -> Result<Replay, Trouble> {
    for entry in entries {
        let history = replay.history();
        let allowed = match &entry.statement.matter {
            Matter::Event(event) => {
                is_allowed(authority, history.symbols_of(subject_of(entry)), entry)
                    && may_take_effect(db, entry.index, event)?
            }
            _ => false,
        };
        let at = (entry.index, entry.leaf);
        replay.take(authority, at, &entry.statement, allowed, &Own(entries));
    }
    Ok(replay)
}

/// Whether an event is one of the office's, as a register asks: by its key, the
/// key's role and scope, its signature, and what it says must be understood.
pub(super) fn is_allowed(authority: &Authority, bears: &[String], entry: &registry::Entry) -> bool {
    let statement = &entry.statement;
    let doubt = authority.doubt(statement, entry.index, bears);
    // One that is void was allowed when it came; whether it counts is asked apart.
    doubt.is_none_or(|doubt| doubt.is_void()) && statement.unmet().is_none()
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
