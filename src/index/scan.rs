//! Answers a query by reading every entry: slow, and complete.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use rayon::prelude::*;

use super::facts::Facts;
use super::standing::{is_event, is_governance, parse};
use super::stands::{effective, is_allowed};
use super::words::Folded;
use super::{Answer, Basis, Hit, MAX_UNREAD, Query, Texts};
use crate::authority::Authority;
use crate::digest::LeafHash;
use crate::log::{Evidence, SignedCheckpoint, read_log};
use crate::merkle::leaf_hash;
use crate::registry::{Entry, RegisterError};
use crate::replay::{Replay, Statements};
use crate::statement::{Document, Matter, RelationKind, Statement};
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
    let (with_events, authority) = first_pass(evidence)?;
    let may_suspend = authority.may_suspend();
    let mut found = Found::new(with_events, authority, Replay::default());
    let mut signed = found.read(evidence, query)?;
    if may_suspend {
        // Endorsements are known by now, and which of them came in time.
        let replay = found.replay.anew();
        found = Found::new(found.with_events, found.authority, replay);
        signed = found.read(evidence, query)?;
    }
    let authority = found.authority.clone();
    let size = signed.unverified().size;
    let head = signed.verify(authority.checkpoint_key(size))?.clone();
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

/// The documents that events are about, and who may do what.
fn first_pass(evidence: &dyn Evidence) -> Result<(HashSet<String>, Authority), RegisterError> {
    let mut subjects = HashSet::new();
    let mut governance = Vec::new();
    let mut refused = None;
    let (_, tree) = read_log(evidence, |index, bytes| {
        match parse(index, leaf_hash(bytes), bytes) {
            Ok(entry) if is_event(&entry) => {
                subjects.insert(entry.statement.envelope.subject);
            }
            Ok(entry) if is_governance(&entry) => governance.push(entry),
            Ok(_) => {}
            Err(error) => refused = refused.take().or(Some(error)),
        }
    })?;
    if let Some(error) = refused {
        return Err(error);
    }
    let mut governance = governance.into_iter();
    let first = governance.next().ok_or(RegisterError::Empty)?;
    let (mut authority, _) = Authority::open(first.leaf, first.statement)?;
    for Entry {
        index,
        leaf,
        statement,
    } in governance
    {
        let had = statement.context().map(|context| context.on.size);
        let had = had.and_then(|size| tree.root_at(size));
        if let Ok(verified) = authority.verify(statement) {
            authority.apply(index, leaf, &verified, had);
        }
    }
    Ok((subjects, authority))
}

/// Where a version chain runs: subject and language.
type ChainName = (String, String);

/// Statements of and about documents with events.
struct Unsettled<'a>(&'a BTreeMap<u64, Entry>);

impl Statements for Unsettled<'_> {
    fn statement(&self, index: u64) -> Option<(LeafHash, Cow<'_, Statement>)> {
        let entry = self.0.get(&index)?;
        Some((entry.leaf, Cow::Borrowed(&entry.statement)))
    }
}

/// What was found so far.
struct Found {
    authority: Authority,
    with_events: HashSet<String>,
    replay: Replay,
    /// The newest version, and whether it counts.
    newest: HashMap<ChainName, (bool, u64)>,
    /// Documents that others revise, with the chains of those.
    revised: HashMap<SymbolKey, HashSet<ChainName>>,
    candidates: Vec<(Entry, Facts)>,
    /// Statements of and about documents with events, by their place in the log.
    unsettled: BTreeMap<u64, Entry>,
}

impl Found {
    fn new(with_events: HashSet<String>, authority: Authority, replay: Replay) -> Self {
        Self {
            authority,
            with_events,
            replay,
            newest: HashMap::new(),
            revised: HashMap::new(),
            candidates: Vec::new(),
            unsettled: BTreeMap::new(),
        }
    }

    /// Takes every entry.
    fn read(
        &mut self,
        evidence: &dyn Evidence,
        query: &Query,
    ) -> Result<SignedCheckpoint, RegisterError> {
        let mut refused = None;
        let (signed, _) = read_log(evidence, |index, bytes| {
            if refused.is_none() {
                refused = self.take(index, bytes, query).err();
            }
        })?;
        refused.map_or(Ok(signed), Err)
    }

    fn take(&mut self, index: u64, bytes: &[u8], query: &Query) -> Result<(), RegisterError> {
        let leaf = leaf_hash(bytes);
        let entry = parse(index, leaf, bytes)?;
        let subject = &entry.statement.envelope.subject;
        if !matches!(
            entry.statement.matter,
            Matter::Document(_) | Matter::Event(_)
        ) {
            return Ok(());
        }
        let with_events = self.with_events.contains(subject);
        let symbols = self.replay.history().symbols_of(subject);
        let allowed = is_event(&entry) && is_allowed(&self.authority, symbols, &entry);
        let log = Unsettled(&self.unsettled);
        self.replay.take(
            &self.authority,
            (index, leaf),
            &entry.statement,
            allowed,
            &log,
        );
        if let (false, Some(document)) = (with_events, entry.document()) {
            let facts = Facts::of(&entry, document);
            self.admit(entry, facts, query);
            return Ok(());
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
            let counts = !self.replay.suspended().contains_key(&entry.index);
            let known = self.newest.entry(chain_name(&entry, &facts));
            let known = known.or_insert((counts, version));
            if counts || !known.0 {
                *known = (counts, version);
            }
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
        effective(self.replay.history(), entry)
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
            let (any, newest) = *self
                .newest
                .get(&chain_name(entry, facts))
                .unwrap_or(&(false, 0));
            let counts = !self.replay.suspended().contains_key(&entry.index);
            let is_newest = Some(newest) == version && (counts || !any);
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
            let known = self.replay.history().by_entry(entry.index);
            let about = events.get(subject).into_iter().flatten();
            hits.push(Hit {
                number: known.map_or(entry.index, |document| document.number),
                events: about.map(|event| (*event).clone()).collect(),
                suspension: self.replay.suspended().get(&entry.index).cloned(),
                withdrawn: self
                    .replay
                    .history()
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
