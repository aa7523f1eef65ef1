//! What events did: fields amended, symbols assigned, documents withdrawn.
//! Registration and verification both ask here whether an event fits.

use std::collections::{HashMap, HashSet};

use crate::digest::LeafHash;
use crate::encoding::cbor::{self, Value};
use crate::encoding::fields::FieldError;
use crate::statement::{DocumentRecord, Event, EventRecord, FieldChange, MetadataField, Relation};
use crate::symbol::SymbolKey;

use super::history::History;

/// An event about a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventEntry {
    /// Its index in the log.
    pub index: u64,
    /// Whether it has an effect here: it fits, and its kind is weighed.
    pub effective: bool,
}

/// Symbols that an event gave a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assigned {
    /// The event's index in the log.
    pub by: u64,
    /// Canonical symbols.
    pub identifier: Vec<String>,
    /// As printed, where that differs.
    pub printed: Option<String>,
}

/// The events about one document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocumentEvents {
    /// All, in log order.
    pub entries: Vec<EventEntry>,
    /// The symbols they gave it.
    pub assigned: Vec<Assigned>,
    /// The event that withdrew it.
    pub withdrawn: Option<u64>,
}

/// Why an event does not fit what stood before it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventFault {
    /// It is about nothing.
    #[error("its target {target} is no earlier entry of {subject}")]
    Target {
        /// The leaf hash it names.
        target: LeafHash,
        /// Its subject.
        subject: String,
    },
    /// Another value stood than it says.
    #[error(
        "it changes {field} from {named}, but {stood} stood{}",
        since.map(|by| format!(", by entry {by}")).unwrap_or_default()
    )]
    OldValue {
        /// Which field.
        field: &'static str,
        /// What it says stood.
        named: String,
        /// What did.
        stood: String,
        /// The event that had put it there, if one had.
        since: Option<u64>,
    },
    /// A new value that the field can't have.
    #[error(transparent)]
    Value(#[from] FieldError),
    /// The symbol is another document's.
    #[error("the symbol {symbol} belongs to {owner}")]
    SymbolTaken {
        /// The symbol.
        symbol: String,
        /// The subject that holds it.
        owner: String,
    },
    /// The symbol is the document's own already.
    #[error("the document bears the symbol {0} already")]
    SymbolBorne(String),
    /// Nothing is withdrawn twice.
    #[error("the document is withdrawn already, by entry {0}")]
    Withdrawn(u64),
    /// A second officer is another one.
    #[error("endorses an entry of the same key; another officer must")]
    OwnEntry,
    /// One officer's word counts once.
    #[error("this officer has endorsed it already, by entry {0}")]
    EndorsedAlready(u64),
    /// An endorsement stands by itself.
    #[error("endorses an endorsement")]
    Endorsement,
}

/// The effects of all events up to some position.
#[derive(Debug, Clone, Default)]
pub(super) struct Effects {
    /// Records of amended entries as they stand.
    records: HashMap<u64, DocumentRecord>,
    /// Their amended fields, each with the event that did it, in log order.
    fields: HashMap<u64, Vec<(MetadataField, u64)>>,
    by_document: HashMap<u64, DocumentEvents>,
    /// Relations of entries' own records, where there are any.
    relations: HashMap<u64, Vec<Relation>>,
}

impl Effects {
    pub(super) fn take_record(&mut self, index: u64, record: &DocumentRecord) {
        if !record.relations.is_empty() {
            self.relations.insert(index, record.relations.clone());
        }
    }
}

impl History {
    /// The entry that an event is about.
    ///
    /// # Errors
    /// If that is no document entry before it, or one of another document.
    pub fn target_of(&self, subject: &str, event: &EventRecord) -> Result<u64, EventFault> {
        let entry = self.entry_of(&event.target).filter(|index| {
            self.by_entry(*index)
                .is_some_and(|document| document.subject == subject)
        });
        entry.ok_or_else(|| EventFault::Target {
            target: event.target,
            subject: subject.to_owned(),
        })
    }

    /// Everything the history says against an event that would come next, about
    /// the entry `target` with this record.
    #[must_use]
    pub fn check_event(
        &self,
        target: u64,
        record: &DocumentRecord,
        event: &Event,
    ) -> Vec<EventFault> {
        match event {
            Event::Amend(_) | Event::Distribution { .. } => {
                self.amend(target, record, event).err().unwrap_or_default()
            }
            Event::AssignSymbol { identifier, .. } => self.check_symbols(target, identifier),
            Event::Withdraw => {
                let withdrawn = self.events_of(target).and_then(|events| events.withdrawn);
                withdrawn.map(EventFault::Withdrawn).into_iter().collect()
            }
            Event::Endorse | Event::Other(_) => Vec::new(),
        }
    }

    /// Notes an event that has no effect, or not yet.
    pub fn note_event(&mut self, index: u64, target: u64) {
        self.note(index, target, false);
    }

    fn note(&mut self, index: u64, target: u64, effective: bool) -> Option<&mut DocumentEvents> {
        let number = self.documents()[self.place_of(target)?].number;
        let events = self.effects.by_document.entry(number).or_default();
        match events.entries.binary_search_by_key(&index, |it| it.index) {
            Ok(place) => events.entries[place].effective = effective,
            Err(place) => events
                .entries
                .insert(place, EventEntry { index, effective }),
        }
        Some(events)
    }

    /// Takes an event in, or one that was noted before; one that does not fit
    /// changes nothing. Returns what [`History::check_event`] says against it.
    pub fn apply_event(
        &mut self,
        index: u64,
        target: u64,
        record: &DocumentRecord,
        event: &Event,
    ) -> Vec<EventFault> {
        let faults = self.check_event(target, record, event);
        let Some(place) = self.place_of(target) else {
            return faults;
        };
        let effective = faults.is_empty() && !matches!(event, Event::Other(_));
        let Some(events) = self.note(index, target, effective) else {
            return faults;
        };
        if !effective {
            return faults;
        }
        match event {
            Event::Withdraw => events.withdrawn = Some(index),
            Event::AssignSymbol {
                identifier,
                printed,
            } => {
                events.assigned.push(Assigned {
                    by: index,
                    identifier: identifier.clone(),
                    printed: printed.clone(),
                });
                self.give_symbols(place, identifier);
            }
            Event::Amend(_) | Event::Distribution { .. } => {
                if let Ok(record) = self.amend(target, record, event) {
                    self.effects.records.insert(target, record);
                    let fields = event.changes().into_iter().map(|change| change.field);
                    let amended = self.effects.fields.entry(target).or_default();
                    amended.extend(fields.map(|field| (field, index)));
                }
            }
            Event::Endorse | Event::Other(_) => {}
        }
        faults
    }

    /// The events about the document of an entry, if there are any.
    #[must_use]
    pub fn events_of(&self, entry: u64) -> Option<&DocumentEvents> {
        let document = self.by_entry(entry)?;
        self.effects.by_document.get(&document.number)
    }

    /// The record of an entry as it stands: its own with the fields that were
    /// amended and the symbols that were assigned.
    #[must_use]
    pub fn effective(&self, entry: u64, record: &DocumentRecord) -> DocumentRecord {
        let mut record = self.effects.records.get(&entry).unwrap_or(record).clone();
        let mut known: HashSet<String> = record.identifier.iter().cloned().collect();
        for assigned in self
            .events_of(entry)
            .into_iter()
            .flat_map(|it| &it.assigned)
        {
            for symbol in &assigned.identifier {
                if known.insert(symbol.clone()) {
                    record.identifier.push(symbol.clone());
                }
            }
            if record.identifier_printed.is_none() {
                record.identifier_printed.clone_from(&assigned.printed);
            }
        }
        record
    }

    /// The fields of an entry's record that were amended, and the events that
    /// did it, in log order.
    #[must_use]
    pub fn amended_fields(&self, entry: u64) -> &[(MetadataField, u64)] {
        self.effects.fields.get(&entry).map_or(&[], Vec::as_slice)
    }

    /// The relations of an entry's record as it stands.
    #[must_use]
    pub fn relations_of(&self, entry: u64) -> &[Relation] {
        let amended = self
            .effects
            .records
            .get(&entry)
            .map(|record| &record.relations);
        let relations = amended.or_else(|| self.effects.relations.get(&entry));
        relations.map_or(&[], Vec::as_slice)
    }

    /// The record of an entry with an event's changes made to it.
    fn amend(
        &self,
        entry: u64,
        record: &DocumentRecord,
        event: &Event,
    ) -> Result<DocumentRecord, Vec<EventFault>> {
        let mut record = self.effects.records.get(&entry).unwrap_or(record).clone();
        let mut faults = Vec::new();
        for FieldChange { field, old, new } in event.changes() {
            let stood = field.value(&record);
            if stood != old {
                let mut earlier = self.amended_fields(entry).iter().rev();
                faults.push(EventFault::OldValue {
                    field: field.as_str(),
                    named: value_text(old.as_ref()),
                    stood: value_text(stood.as_ref()),
                    since: earlier.find(|(name, _)| *name == field).map(|(_, by)| *by),
                });
            }
            faults.extend(field.set(&mut record, new).err().map(EventFault::from));
            // What an officer amended is no longer a machine's proposal.
            record.proposed.retain(|name| name != field.as_str());
        }
        if faults.is_empty() {
            Ok(record)
        } else {
            Err(faults)
        }
    }

    fn check_symbols(&self, target: u64, identifier: &[String]) -> Vec<EventFault> {
        let mut faults = Vec::new();
        let mut keys = Vec::with_capacity(identifier.len());
        for symbol in identifier {
            let key = SymbolKey::of_canonical(symbol);
            let (owner, document) = (self.by_symbol(&key), self.by_entry(target));
            match owner {
                Some(owner) if document.is_some_and(|it| it.number != owner.number) => {
                    faults.push(EventFault::SymbolTaken {
                        symbol: symbol.clone(),
                        owner: owner.subject.clone(),
                    });
                }
                None if !keys.contains(&key) => {}
                _ => faults.push(EventFault::SymbolBorne(symbol.clone())),
            }
            keys.push(key);
        }
        faults
    }
}

/// A field's value, for people.
fn value_text(value: Option<&Value>) -> String {
    value.map_or_else(|| "blank".to_owned(), cbor::diagnostic)
}
