//! Answers a query by reading every entry: slow, and complete.

use std::cmp::Reverse;
use std::collections::HashMap;

use rayon::prelude::*;

use super::facts::Facts;
use super::standing::{is_event, parse};
use super::words::Folded;
use super::{Answer, Basis, Hit, MAX_UNREAD, Query, Texts};
use crate::authority::Authority;
use crate::log::{Evidence, read_log};
use crate::merkle::leaf_hash;
use crate::registry::{Entry, RegisterError};

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
    let mut found = Found::default();
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

/// Where a version chain runs: subject and language.
type ChainName = (String, String);

/// What was found so far.
#[derive(Default)]
struct Found {
    authority: Option<Authority>,
    numbers: HashMap<String, u64>,
    /// The newest version that counts.
    newest: HashMap<ChainName, u64>,
    candidates: Vec<(Entry, Facts)>,
    /// By register number.
    events: HashMap<u64, Vec<Entry>>,
}

impl Found {
    fn take(&mut self, index: u64, bytes: &[u8], query: &Query) -> Result<(), RegisterError> {
        let leaf = leaf_hash(bytes);
        let entry = parse(index, leaf, bytes)?;
        match &mut self.authority {
            None => self.authority = Some(Authority::open(leaf, entry.statement.clone())?.0),
            Some(authority) => authority.apply(leaf, &entry.statement.matter),
        }
        if is_event(&entry) {
            let number = self.numbers.get(&entry.statement.envelope.subject);
            if let Some(number) = number {
                self.events.entry(*number).or_default().push(entry);
            }
            return Ok(());
        }
        let Some(document) = entry.document() else {
            return Ok(());
        };
        let facts = Facts::of(&entry, document);
        let subject = &entry.statement.envelope.subject;
        self.numbers.entry(subject.clone()).or_insert(index);
        if !facts.is_rendition && query.filter.moment.counts(&facts) {
            self.newest
                .insert(chain_name(&entry, &facts), document.record.version);
        }
        if query.filter.admits(&facts) {
            self.candidates.push((entry, facts));
        }
        Ok(())
    }

    /// The hits in order, and how many contents could not be read.
    fn answer(mut self, query: &Query, texts: &dyn Texts) -> (Vec<Hit>, u64) {
        let all_versions = query.filter.moment.all_versions;
        let newest = &self.newest;
        self.candidates.retain(|(entry, facts)| {
            let version = entry.document().map(|document| document.record.version);
            all_versions || newest.get(&chain_name(entry, facts)).copied() == version
        });
        let order = |facts: &Facts| facts.date.map(|(first, _)| first);
        self.candidates
            .sort_by_key(|(entry, facts)| Reverse((order(facts), entry.index)));
        let mut unread = 0;
        let mut hits = Vec::new();
        let holds: Vec<_> = self
            .candidates
            .par_iter()
            .map(|(entry, _)| holds_words(entry, query, texts))
            .collect();
        for ((entry, _), (holds, readable)) in self.candidates.into_iter().zip(holds) {
            unread += u64::from(!readable);
            if holds {
                let subject = &entry.statement.envelope.subject;
                let number = self.numbers.get(subject).copied();
                let number = number.unwrap_or(entry.index);
                hits.push(Hit {
                    number,
                    events: self.events.get(&number).cloned().unwrap_or_default(),
                    entry,
                });
            }
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
fn holds_words(entry: &Entry, query: &Query, texts: &dyn Texts) -> (bool, bool) {
    let Some(document) = entry.document().filter(|_| !query.words.is_empty()) else {
        return (true, true);
    };
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
