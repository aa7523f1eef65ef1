//! The query cache: answers questions about a large register in milliseconds.
//!
//! The file is built from the entries, caught up by itself, built anew when it
//! is missing or wrong, and never trusted. What is shown was read from the
//! ledger's bundles, proven under the signed checkpoint, and asked again
//! whether the filter admits it. What can't be proven that way rests on the
//! index: that nothing else answers, that a version is the newest, and that
//! contents hold the words. [`scan`] answers by reading every entry instead.
//!
//! Not here: whether anything is *verified* ([`crate::verify`]), and how a file
//! becomes text ([`Texts`]).

mod ask;
mod cache;
mod contents;
mod facts;
mod fill;
mod filter;
mod scan;
mod schema;
mod standing;
mod stands;
mod words;

pub use cache::search;
pub use facts::{BodyFacts, DateField, Facts, Span, SymbolFacts};
pub use filter::{BodyFilter, Filter, Moment};
pub use scan::scan;
pub use words::{Folded, Phrase};

use crate::authority::{Authority, Refusal};
use crate::digest::ContentDigest;
use crate::log::Checkpoint;
use crate::registry::Entry;
use crate::replay::Suspension;
use crate::statement::Document;

/// How far documents are counted whose contents could not be read.
pub const MAX_UNREAD: u64 = 1_000;

/// Turns files into text.
pub trait Texts: Sync {
    /// Names what this can read. Where it changes, files that could not be read
    /// are tried again.
    fn version(&self) -> &str;

    /// The text of a registered file.
    ///
    /// # Errors
    /// Why there is none, for a person.
    fn text(&self, digest: &ContentDigest, media_type: &str) -> Result<String, String>;
}

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// What must occur in title or contents, all of it.
    pub words: Vec<Phrase>,
    /// What must hold of the record.
    pub filter: Filter,
    /// How many hits are wanted at most.
    pub limit: Option<u64>,
}

/// What an answer rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// What the index named, each hit read again. That there is nothing else,
    /// and which version is the newest, is *as indexed*.
    Index,
    /// Every entry under the checkpoint.
    Entries,
}

/// A document statement that answers a query.
#[derive(Debug, Clone)]
pub struct Hit {
    /// The entry, as the ledger holds it.
    pub entry: Entry,
    /// Its file, with the record as it stands.
    pub document: Document,
    /// The document's register number.
    pub number: u64,
    /// Events about the document, fitting or not.
    pub events: Vec<Entry>,
    /// The event that withdrew the document.
    pub withdrawn: Option<u64>,
    /// Why the entry does not count, if it does not.
    pub suspension: Option<Suspension>,
}

impl Hit {
    /// What speaks against the entry, as far as it, its signature and the keys of
    /// now tell.
    #[must_use]
    pub fn doubt(&self, authority: &Authority) -> Option<Refusal> {
        let Entry {
            index, statement, ..
        } = &self.entry;
        // Symbols given later put nobody out of scope.
        let stated = self.entry.document().map(|it| &it.record.identifier);
        let doubt = authority.doubt(statement, *index, stated.map_or(&[], Vec::as_slice));
        let is_void = matches!(self.suspension, Some(Suspension::Void(_)));
        doubt.filter(|doubt| is_void || !doubt.is_void())
    }
}

/// The answer to a query.
#[derive(Debug)]
pub struct Answer {
    /// The hits; without words the newest date first.
    pub hits: Vec<Hit>,
    /// Whether there are more than the limit let through.
    pub more: bool,
    /// Documents that the filter admits, whose contents could not be read and
    /// so not be searched for the words; at most [`MAX_UNREAD`].
    pub unread: u64,
    /// What it rests on.
    pub basis: Basis,
    /// Who may do what now.
    pub authority: Authority,
    /// The signed head it is about.
    pub head: Checkpoint,
}

/// Something the user may want to know while waiting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The index is built from so many entries.
    Building(u64),
    /// The contents of so many documents are read.
    Reading(u64),
    /// The index was wrong and is built anew.
    Rebuilding(String),
    /// The index can't be used; all entries are read instead.
    Scanning(String),
}
