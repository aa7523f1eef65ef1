//! Answers a query by reading every entry: slow, and complete.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use rayon::prelude::*;

use super::facts::Facts;
use super::standing::{is_event, parse};
use super::stands::{effective, is_allowed};
use super::words::Folded;
use super::{Answer, Basis, Hit, MAX_UNREAD, Query, Texts};
use crate::authority::Authority;
use crate::log::{Evidence, read_log};
use crate::merkle::leaf_hash;
use crate::registry::{Entry, RegisterError};
use crate::revision::History;
use crate::statement::{Document, Matter, RelationKind};
use crate::symbol::SymbolKey;

/// Answers a query from the entries alone.
///
/// # Errors
/// If anything the checkpoint covers is missing or damaged, or the checkpoint
/// is not signed by the ledger's own key.
pub fn scan(
    evidence: &dyn Evidence,
    query: &Query,
    texts: &dyn Texts,
) -> Result<Answer, RegisterError> {
    let mut found = Found {
        with_events: subjects_with_events(evidence)?,
        ..Found::default()
    };
    let mut refused = None;
    let (signed, _) = read_log(evidence, |index, bytes| {
        if refused.is_none() {
            refused = found.take(index, bytes, query).err();
        }
    })?;
    if let Some(error) = refused {
        return Err(error);
    }
    let authority = found.authority.take().ok_or(RegisterError::Empty)?;
    let head = signed.verify(authority.checkpoint_key())?.clone();
    if head.origin != authority.origin() {
        return Err(RegisterError::Origin(head.origin));
    }
    let (mut hits, unread) = found.answer(query, texts);
    let more = query.limit.is_some_and(|limit| (hits.len() as u64) > limit);
    let limit = query.limit.and_then(|limit| usize::try_from(limit).ok());
    hits.truncate(limit.unwrap_or(usize::MAX));
    Ok(Answer {
        hits,
        more,
        unread,
        basis: Basis::Entries,
        authority,
        head,
    })
}

/// The documents that events are about.
fn subjects_with_events(evidence: &dyn Evidence) -> Result<HashSet<String>, RegisterError> {
    let mut subjects = HashSet::new();
    let mut refused = None;
    read_log(evidence, |index, bytes| {
        match parse(index, leaf_hash(bytes), bytes) {
            Ok(entry) if is_event(&entry) => {
                subjects.insert(entry.statement.envelope.subject);
            }
            Ok(_) => {}
            Err(error) => refused = refused.take().or(Some(error)),
        }
    })?;
    refused.map_or(Ok(subjects), Err)
}

/// Where a version chain runs: subject and language.
type ChainName = (String, String);

/// What was found so far.
#[derive(Default)]
struct Found {
    authority: Option<Authority>,
    with_events: HashSet<String>,
    history: History,
    /// The newest version that counts.
    newest: HashMap<ChainName, u64>,
    /// Documents that others revise, with the chains of those.
    revised: HashMap<SymbolKey, HashSet<ChainName>>,
    candidates: Vec<(Entry, Facts)>,
    /// Statements of and about documents with events, by their place in the log.
    unsettled: BTreeMap<u64, Entry>,
}

impl Found {
    fn take(&mut self, index: u64, bytes: &[u8], query: &Query) -> Result<(), RegisterError> {
        let leaf = leaf_hash(bytes);
        let entry = parse(index, leaf, bytes)?;
        match &mut self.authority {
            None => self.authority = Some(Authority::open(leaf, entry.statement.clone())?.0),
            Some(authority) => authority.apply(leaf, &entry.statement.matter),
        }
        let subject = &entry.statement.envelope.subject;
        match &entry.statement.matter {
            Matter::Document(document) => {
                self.history.apply(index, leaf, subject, document);
                if !self.with_events.contains(subject) {
                    let facts = Facts::of(&entry, document);
                    self.admit(entry, facts, query);
                    return Ok(());
                }
            }
            Matter::Event(event) => {
                let authority = self.authority.as_ref();
                if authority
                    .is_some_and(|it| is_allowed(it, self.history.symbols_of(subject), &entry))
                    && let Ok(target) = self.history.target_of(subject, event)
                    && let Some(document) = self.unsettled.get(&target).and_then(Entry::document)
                {
                    let record = &document.record;
                    self.history
                        .apply_event(index, target, record, &event.event);
                }
            }
            Matter::Governance(_) | Matter::Unknown => return Ok(()),
        }
        self.unsettled.insert(index, entry);
        Ok(())
    }

    /// Takes a file as it stands for an answer, if the filter admits it.
    fn admit(&mut self, entry: Entry, facts: Facts, query: &Query) {
        let version = entry.document().map(|document| document.record.version);
        if let Some(version) = version
            && !facts.is_rendition
            && query.filter.moment.counts(&facts)
        {
            self.newest.insert(chain_name(&entry, &facts), version);
        }
        if query.filter.moment.leaves_out_revised() && query.filter.moment.counts(&facts) {
            for (kind, target) in &facts.relations {
                if *kind == RelationKind::Revises {
                    let chains = self.revised.entry(target.clone()).or_default();
                    chains.insert(chain_name(&entry, &facts));
                }
            }
        }
        if query.filter.admits(&facts) {
            self.candidates.push((entry, facts));
        }
    }

    /// Whether another document revises a file's.
    fn is_revised(&self, entry: &Entry, facts: &Facts) -> bool {
        let own = chain_name(entry, facts);
        facts.symbols.iter().any(|symbol| {
            let chains = self.revised.get(&symbol.key).into_iter().flatten();
            chains.into_iter().any(|chain| *chain != own)
        })
    }

    /// A file with its record as it stands.
    fn document(&self, entry: &Entry) -> Option<Document> {
        effective(&self.history, entry)
    }

    /// The hits in order, and how many contents could not be read.
    fn answer(mut self, query: &Query, texts: &dyn Texts) -> (Vec<Hit>, u64) {
        let unsettled = std::mem::take(&mut self.unsettled);
        let mut events: HashMap<&str, Vec<&Entry>> = HashMap::new();
        for entry in unsettled.values() {
            if let Some(document) = self.document(entry) {
                let facts = Facts::of(entry, &document);
                self.admit(entry.clone(), facts, query);
            } else {
                let subject = entry.statement.envelope.subject.as_str();
                events.entry(subject).or_default().push(entry);
            }
        }
        let mut candidates = std::mem::take(&mut self.candidates);
        let all_versions = query.filter.moment.all_versions;
        candidates.retain(|(entry, facts)| {
            let version = entry.document().map(|document| document.record.version);
            let is_newest = self.newest.get(&chain_name(entry, facts)).copied() == version;
            (all_versions || is_newest) && !self.is_revised(entry, facts)
        });
        let order = |facts: &Facts| facts.date.map(|(first, _)| first);
        candidates.sort_by_key(|(entry, facts)| Reverse((order(facts), entry.index)));
        let documents: Vec<_> = candidates
            .into_par_iter()
            .filter_map(|(entry, _)| {
                let document = self.document(&entry)?;
                let (holds, readable) = holds_words(&document, query, texts);
                Some((entry, document, holds, readable))
            })
            .collect();
        let mut unread = 0;
        let mut hits = Vec::new();
        for (entry, document, holds, readable) in documents {
            unread += u64::from(!readable);
            if !holds {
                continue;
            }
            let subject = entry.statement.envelope.subject.as_str();
            let known = self.history.by_entry(entry.index);
            let about = events.get(subject).into_iter().flatten();
            hits.push(Hit {
                number: known.map_or(entry.index, |document| document.number),
                events: about.map(|event| (*event).clone()).collect(),
                withdrawn: self
                    .history
                    .events_of(entry.index)
                    .and_then(|events| events.withdrawn),
                document,
                entry,
            });
        }
        (hits, unread.min(MAX_UNREAD))
    }
}

fn chain_name(entry: &Entry, facts: &Facts) -> ChainName {
    let subject = entry.statement.envelope.subject.clone();
    (subject, facts.language.clone())
}

/// Whether title or contents hold all words, and whether the contents could be
/// read; nothing is read if there are no words.
fn holds_words(document: &Document, query: &Query, texts: &dyn Texts) -> (bool, bool) {
    if query.words.is_empty() {
        return (true, true);
    }
    let title = Folded::of(document.record.title.as_deref().unwrap_or_default());
    let contents = texts.text(&document.digest, &document.media_type);
    let contents = contents.map(|text| Folded::of(&text));
    let mut words = query.words.iter();
    let holds = words.all(|phrase| {
        let in_contents = contents.as_ref().is_ok_and(|text| phrase.occurs_in(text));
        phrase.occurs_in(&title) || in_contents
    });
    (holds, contents.is_ok())
}
