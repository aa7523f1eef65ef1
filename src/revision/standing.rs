//! Where each document stands among the others: superseded, corrected,
//! withdrawn, in which languages. All of it is derived from what the log says,
//! and none of it is stored.

use std::collections::{BTreeSet, HashMap};

use crate::statement::{Language, RelationKind};
use crate::symbol::Symbol;

use super::history::{DocumentHistory, History, VersionEntry};

/// The official languages of the United Nations, in the order it lists them.
const OFFICIAL_LANGUAGES: [&str; 6] = ["ar", "zh", "en", "fr", "ru", "es"];

/// What another document says of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// What it does to it.
    pub kind: RelationKind,
    /// Register number of the document that says so.
    pub from: u64,
    /// The language versions concerned; empty for all.
    pub languages: Vec<Language>,
}

/// A relation whose target is not registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenReference {
    /// What kind.
    pub kind: RelationKind,
    /// Register number of the document that has it.
    pub from: u64,
    /// What it names.
    pub target: String,
    /// The language versions concerned; empty for all.
    pub languages: Vec<Language>,
}

/// Where one registered file stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing<'a> {
    /// Whether it counts: not while it is void, or waits for a second officer.
    pub counts: bool,
    /// The event that withdrew its document.
    pub withdrawn: Option<u64>,
    /// The newest version in its chain that counts, if that is a later one.
    pub newer: Option<&'a VersionEntry>,
    /// What other documents say of its document, as far as its language is
    /// concerned.
    pub references: Vec<&'a Reference>,
}

impl Standing<'_> {
    /// Whether it is what stands now: it counts, is not withdrawn, the newest version, and
    /// revised by no other document. Corrections and addenda leave it current.
    #[must_use]
    pub fn is_current(&self) -> bool {
        let revised = |reference: &&Reference| reference.kind == RelationKind::Revises;
        self.counts
            && self.withdrawn.is_none()
            && self.newer.is_none()
            && !self.references.iter().any(revised)
    }
}

/// The languages of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Siblings<'a> {
    /// Those it is registered in, in order of registration.
    pub present: Vec<&'a Language>,
    /// The official languages it is not registered in, if it bears a symbol of
    /// the United Nations and the language of all its files is known.
    pub missing: Vec<&'static str>,
}

impl<'a> Siblings<'a> {
    /// The languages of this document.
    #[must_use]
    pub fn of(document: &'a DocumentHistory) -> Self {
        let present: Vec<_> = document
            .chains
            .iter()
            .map(|chain| &chain.language)
            .collect();
        let primary = |tag: &&Language| {
            tag.as_str()
                .split('-')
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        let primaries: Vec<String> = present.iter().map(primary).collect();
        let unclear = primaries.iter().any(|tag| is_unclear(tag));
        let missing = if unclear || !document.symbols.iter().any(|symbol| has_known_root(symbol)) {
            Vec::new()
        } else {
            let absent = |tag: &&str| !primaries.iter().any(|known| known == tag);
            OFFICIAL_LANGUAGES.into_iter().filter(absent).collect()
        };
        Self { present, missing }
    }
}

/// Whether something restricted to languages may concern a file in one: nobody
/// can tell of `zh` against `zh-Hans`, or of a language that is not known.
fn concerns(languages: &[Language], file: &Language) -> bool {
    let may_be = |language: &Language| language.covers(file) || file.covers(language);
    languages.is_empty() || languages.iter().any(may_be) || is_unclear(file.as_str())
}

/// Whether a tag leaves open which language a file is in, or says several.
fn is_unclear(tag: &str) -> bool {
    matches!(tag, "und" | "mul")
}

fn has_known_root(symbol: &str) -> bool {
    Symbol::parse(symbol).is_ok_and(|parsed| parsed.value.has_known_root())
}

/// Where all documents of a history stand.
#[derive(Debug)]
pub struct Standings<'a> {
    history: &'a History,
    /// By register number.
    incoming: HashMap<u64, Vec<Reference>>,
    open: Vec<OpenReference>,
}

impl<'a> Standings<'a> {
    /// Gathers what documents say of each other, in one pass. What counts is
    /// the newest version in each language, with its relations as they stand; a
    /// withdrawn document says nothing.
    #[must_use]
    pub fn new(history: &'a History) -> Self {
        let mut standings = Self {
            history,
            incoming: HashMap::new(),
            open: Vec::new(),
        };
        for document in history.documents() {
            let events = history.events_of(document.number);
            if events.is_none_or(|events| events.withdrawn.is_none()) {
                standings.take(document);
            }
        }
        standings
    }

    /// All relations whose target is not registered, in order of registration.
    #[must_use]
    pub fn open(&self) -> &[OpenReference] {
        &self.open
    }

    /// The documents that say something of one, or that it says something of, by
    /// their register numbers.
    #[must_use]
    pub fn related(&self, number: u64) -> BTreeSet<u64> {
        let said = self.incoming.get(&number).into_iter().flatten();
        let mut related: BTreeSet<u64> = said.map(|reference| reference.from).collect();
        for (target, references) in &self.incoming {
            if references.iter().any(|it| it.from == number) {
                related.insert(*target);
            }
        }
        related
    }

    /// Where a registered file stands.
    #[must_use]
    pub fn of(&self, entry: u64) -> Option<Standing<'_>> {
        let document = self.history.by_entry(entry)?;
        let mut chains = document.chains.iter();
        let (chain, own) = chains.find_map(|chain| {
            let found = chain.entries.iter().find(|it| it.index == entry)?;
            Some((chain, found))
        })?;
        let concerns = |reference: &&Reference| concerns(&reference.languages, &chain.language);
        let references = self.incoming.get(&document.number);
        Some(Standing {
            counts: own.counts,
            withdrawn: self
                .history
                .events_of(entry)
                .and_then(|events| events.withdrawn),
            newer: chain
                .current()
                .filter(|newest| newest.version > own.version),
            references: references.into_iter().flatten().filter(concerns).collect(),
        })
    }

    fn take(&mut self, document: &DocumentHistory) {
        let own = document.number;
        for Said {
            kind,
            target,
            languages,
        } in said_by(self.history, document)
        {
            let meant = self.history.meant_by(target);
            if meant.is_empty() {
                self.open.push(OpenReference {
                    kind,
                    from: own,
                    target: target.to_owned(),
                    languages: languages.clone(),
                });
            }
            for meant in meant.into_iter().filter(|meant| meant.number != own) {
                let incoming = self.incoming.entry(meant.number).or_default();
                let mut mine = incoming.iter_mut().rev().take_while(|it| it.from == own);
                match mine.find(|it| it.kind == kind) {
                    Some(same) => widen(&mut same.languages, &languages),
                    None => incoming.push(Reference {
                        kind,
                        from: own,
                        languages: languages.clone(),
                    }),
                }
            }
        }
    }
}

/// A relation as all languages of a document have it together.
struct Said<'a> {
    kind: RelationKind,
    target: &'a str,
    languages: Vec<Language>,
}

fn said_by<'a>(history: &'a History, document: &DocumentHistory) -> Vec<Said<'a>> {
    let mut said: Vec<Said<'a>> = Vec::new();
    let mut places = HashMap::new();
    let newest = document.chains.iter().filter_map(|chain| chain.current());
    for relation in newest.flat_map(|entry| history.relations_of(entry.index)) {
        let (kind, target) = (relation.kind, relation.target.as_str());
        match places.get(&(kind, target)) {
            Some(place) => {
                let known: &mut Said<'_> = &mut said[*place];
                widen(&mut known.languages, &relation.languages);
            }
            None => {
                places.insert((kind, target), said.len());
                said.push(Said {
                    kind,
                    target,
                    languages: relation.languages.clone(),
                });
            }
        }
    }
    said
}

/// Adds languages to a list in which none means all.
fn widen(languages: &mut Vec<Language>, more: &[Language]) {
    if more.is_empty() {
        languages.clear();
    }
    if languages.is_empty() {
        return;
    }
    for language in more {
        if !languages.contains(language) {
            languages.push(language.clone());
        }
    }
}
