//! Orders a subject's statements and finds gaps and forks. Registration and
//! verification both ask here whether a version fits.

use std::collections::HashMap;

use crate::digest::{ContentDigest, LeafHash};
use crate::statement::{Change, Document, DocumentRecord, Language};
use crate::symbol::SymbolKey;

use super::effects::Effects;

/// One registered file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionEntry {
    /// Its index in the log.
    pub index: u64,
    /// Its leaf hash.
    pub leaf: LeafHash,
    /// Version number within document and language.
    pub version: u64,
    /// How it relates to what was before.
    pub change: Change,
    /// SHA-256 of the file.
    pub digest: ContentDigest,
    /// Whether it counts: not while it is void, or waits for a second officer.
    pub counts: bool,
}

/// The versions of one document in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// The language.
    pub language: Language,
    /// All entries, in log order.
    pub entries: Vec<VersionEntry>,
}

impl Chain {
    /// The principal entry of the newest version, whether or not it counts: the
    /// next one follows from it.
    #[must_use]
    pub fn newest(&self) -> Option<&VersionEntry> {
        self.principals().last()
    }

    /// The principal entry of the newest version that counts.
    #[must_use]
    pub fn current(&self) -> Option<&VersionEntry> {
        self.principals().filter(|entry| entry.counts).last()
    }

    /// What stands for the chain: the current version, else the newest.
    #[must_use]
    pub fn standing(&self) -> Option<&VersionEntry> {
        self.current().or_else(|| self.newest())
    }

    /// The principal entry of each version: all but the renditions.
    pub fn principals(&self) -> impl Iterator<Item = &VersionEntry> {
        self.entries
            .iter()
            .filter(|entry| entry.change != Change::Rendition)
    }

    /// The principal entry of one version.
    #[must_use]
    pub fn principal(&self, version: u64) -> Option<&VersionEntry> {
        self.principals().find(|entry| entry.version == version)
    }
}

/// All that is known of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentHistory {
    /// Its lasting identity.
    pub subject: String,
    /// Its register number: the index of its first entry.
    pub number: u64,
    /// Its symbols, canonical.
    pub symbols: Vec<String>,
    /// A chain for each language, in order of registration.
    pub chains: Vec<Chain>,
}

impl DocumentHistory {
    /// The chain of a language.
    #[must_use]
    pub fn chain(&self, language: &Language) -> Option<&Chain> {
        self.chains.iter().find(|chain| chain.language == *language)
    }
}

/// Why a document statement does not fit the history before it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// A symbol is another document's.
    #[error("the symbol {symbol} belongs to {owner}")]
    SymbolTaken {
        /// The symbol.
        symbol: String,
        /// The subject that holds it.
        owner: String,
    },
    /// A subject is its first symbol, or the `ni:` name of its first file.
    #[error("the subject {subject:?} of a new document should be {expected:?}")]
    Subject {
        /// What it is.
        subject: String,
        /// What it should be.
        expected: String,
    },
    /// A first version where there is one already.
    #[error("a first version, but {language} has {last} already")]
    FirstAgain {
        /// The language.
        language: Language,
        /// Its newest version.
        last: u64,
    },
    /// A later version where there is no first one.
    #[error("a {} of a document that has no version in {language}", change.as_str())]
    NoFirst {
        /// What it says it is.
        change: Change,
        /// The language.
        language: Language,
    },
    /// A version number that does not follow.
    #[error("version {version} where {expected} was next: a gap or a fork in the history")]
    Version {
        /// What it says.
        version: u64,
        /// What follows.
        expected: u64,
    },
    /// The predecessor is not the principal entry of the version before.
    #[error("its predecessor {} is not the principal entry of version {version}", leaf_text(*previous))]
    Previous {
        /// What it names.
        previous: Option<LeafHash>,
        /// The version it should name the principal of.
        version: u64,
    },
}

fn leaf_text(leaf: Option<LeafHash>) -> String {
    leaf.map_or_else(|| "(none)".to_owned(), |leaf| leaf.to_string())
}

/// The histories of all documents of a ledger up to some position.
#[derive(Debug, Clone, Default)]
pub struct History {
    documents: Vec<DocumentHistory>,
    by_subject: HashMap<String, usize>,
    by_symbol: HashMap<String, usize>,
    by_key: HashMap<SymbolKey, usize>,
    by_digest: HashMap<ContentDigest, Vec<u64>>,
    by_entry: HashMap<u64, usize>,
    by_leaf: HashMap<LeafHash, u64>,
    pub(super) effects: Effects,
}

impl History {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// All documents, in order of registration.
    #[must_use]
    pub fn documents(&self) -> &[DocumentHistory] {
        &self.documents
    }

    /// The document with this subject.
    #[must_use]
    pub fn by_subject(&self, subject: &str) -> Option<&DocumentHistory> {
        self.by_subject
            .get(subject)
            .map(|place| &self.documents[*place])
    }

    /// The document that a symbol belongs to, in whatever letter case.
    #[must_use]
    pub fn by_symbol(&self, key: &SymbolKey) -> Option<&DocumentHistory> {
        self.by_key.get(key).map(|place| &self.documents[*place])
    }

    /// The document with this register number, or with this entry.
    #[must_use]
    pub fn by_entry(&self, index: u64) -> Option<&DocumentHistory> {
        self.by_entry
            .get(&index)
            .map(|place| &self.documents[*place])
    }

    /// The index of the document entry with this leaf hash.
    #[must_use]
    pub fn entry_of(&self, leaf: &LeafHash) -> Option<u64> {
        self.by_leaf.get(leaf).copied()
    }

    /// The symbols that a subject bears so far, canonical.
    #[must_use]
    pub fn symbols_of(&self, subject: &str) -> &[String] {
        self.by_subject(subject)
            .map_or(&[], |document| document.symbols.as_slice())
    }

    /// The indices of all entries for these bytes, in log order.
    #[must_use]
    pub fn by_digest(&self, digest: &ContentDigest) -> &[u64] {
        self.by_digest.get(digest).map_or(&[], Vec::as_slice)
    }

    /// Everything the history says against a document statement that would
    /// come next.
    #[must_use]
    pub fn check(
        &self,
        subject: &str,
        digest: &ContentDigest,
        record: &DocumentRecord,
    ) -> Vec<ChainFault> {
        let mut faults = Vec::new();
        for symbol in &record.identifier {
            match self
                .by_symbol
                .get(symbol)
                .map(|place| &self.documents[*place])
            {
                Some(owner) if owner.subject != subject => faults.push(ChainFault::SymbolTaken {
                    symbol: symbol.clone(),
                    owner: owner.subject.clone(),
                }),
                _ => {}
            }
        }
        let document = self.by_subject(subject);
        if document.is_none() {
            let expected = record
                .identifier
                .first()
                .cloned()
                .unwrap_or_else(|| digest.ni_name());
            if expected != subject {
                faults.push(ChainFault::Subject {
                    subject: subject.to_owned(),
                    expected,
                });
            }
        }
        let chain = document.and_then(|document| document.chain(&record.language));
        faults.extend(check_chain(chain, record));
        faults
    }

    /// Takes a document statement in, whether or not it fits: later ones are
    /// judged by what the log holds.
    pub fn apply(&mut self, index: u64, leaf: LeafHash, subject: &str, document: &Document) {
        let record = &document.record;
        let place = self.by_subject.get(subject).copied().unwrap_or_else(|| {
            self.documents.push(DocumentHistory {
                subject: subject.to_owned(),
                number: index,
                symbols: Vec::new(),
                chains: Vec::new(),
            });
            self.by_subject
                .insert(subject.to_owned(), self.documents.len() - 1);
            self.documents.len() - 1
        });
        self.give_symbols(place, &record.identifier);
        self.effects.take_record(index, record);
        let chains = &mut self.documents[place].chains;
        let found = chains
            .iter()
            .position(|chain| chain.language == record.language);
        let at = found.unwrap_or_else(|| {
            chains.push(Chain {
                language: record.language.clone(),
                entries: Vec::new(),
            });
            chains.len() - 1
        });
        chains[at].entries.push(VersionEntry {
            index,
            leaf,
            version: record.version,
            change: record.change,
            digest: document.digest,
            counts: true,
        });
        self.by_digest
            .entry(document.digest)
            .or_default()
            .push(index);
        self.by_entry.insert(index, place);
        self.by_leaf.entry(leaf).or_insert(index);
    }

    /// Says whether a document entry counts.
    pub fn set_counts(&mut self, entry: u64, counts: bool) {
        let Some(place) = self.place_of(entry) else {
            return;
        };
        let chains = self.documents[place].chains.iter_mut();
        let mut entries = chains.flat_map(|chain| &mut chain.entries);
        if let Some(version) = entries.find(|it| it.index == entry) {
            version.counts = counts;
        }
    }

    /// Gives a document the symbols that belong to nobody yet.
    pub(super) fn give_symbols(&mut self, place: usize, symbols: &[String]) {
        for symbol in symbols {
            if !self.by_symbol.contains_key(symbol) {
                self.by_symbol.insert(symbol.clone(), place);
                self.by_key
                    .entry(SymbolKey::of_canonical(symbol))
                    .or_insert(place);
                self.documents[place].symbols.push(symbol.clone());
            }
        }
    }

    /// Where the document of an entry stands among [`History::documents`].
    pub(super) fn place_of(&self, entry: u64) -> Option<usize> {
        self.by_entry.get(&entry).copied()
    }
}

fn check_chain(chain: Option<&Chain>, record: &DocumentRecord) -> Vec<ChainFault> {
    let DocumentRecord {
        change,
        version,
        previous,
        language,
        ..
    } = record;
    let last = chain.and_then(Chain::newest);
    let (expected, follows) = match (change, last) {
        (Change::First, None) => (1, None),
        (Change::First, Some(last)) => {
            return vec![ChainFault::FirstAgain {
                language: language.clone(),
                last: last.version,
            }];
        }
        (_, None) => {
            return vec![ChainFault::NoFirst {
                change: *change,
                language: language.clone(),
            }];
        }
        (Change::Revision | Change::Reissue, Some(last)) => {
            (last.version.saturating_add(1), Some(last))
        }
        (Change::Rendition, Some(last)) => {
            let rendered = chain.and_then(|chain| chain.principal(*version));
            (
                rendered.map_or(last.version, |entry| entry.version),
                Some(rendered.unwrap_or(last)),
            )
        }
    };
    let mut faults = Vec::new();
    if *version != expected {
        faults.push(ChainFault::Version {
            version: *version,
            expected,
        });
    }
    if *previous != follows.map(|entry| entry.leaf) {
        let version = follows.map_or(0, |entry| entry.version);
        faults.push(ChainFault::Previous {
            previous: *previous,
            version,
        });
    }
    faults
}
