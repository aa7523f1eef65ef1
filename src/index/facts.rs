//! What is compared of a document statement. The index stores these facts, and
//! a filter is asked of them, so that what was stored and what is read again
//! can't be understood in two ways.

use time::Date;

use super::words::Folded;
use crate::registry::Entry;
use crate::statement::{Change, Document, DocumentRecord, KeyId, RelationKind};
use crate::symbol::{Symbol, SymbolKey};

/// The facts of one document statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Each symbol, with the one that its family is called after.
    pub symbols: Vec<SymbolFacts>,
    /// Each agenda item of each organ; an organ without any once.
    pub bodies: Vec<BodyFacts>,
    /// Who signed the paper: name and title.
    pub signatories: Vec<Folded>,
    /// Documents it relates to.
    pub relations: Vec<(RelationKind, SymbolKey)>,
    /// Its distribution.
    pub distribution: Option<Folded>,
    /// Its kind.
    pub document_type: Option<Folded>,
    /// Whether it is the same version in another format.
    pub is_rendition: bool,
    /// Language tag.
    pub language: String,
    /// Thumbprint of the key that signed the entry, in hexadecimal.
    pub officer: Option<String>,
    /// The first and the last day that its date can mean.
    pub date: Option<(Date, Date)>,
    /// When it was registered, in seconds since 1970-01-01T00:00:00Z (a claim).
    pub registered: u64,
}

/// A symbol and its family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SymbolFacts {
    /// The symbol's key.
    pub key: SymbolKey,
    /// The key of the symbol without its suffixes.
    pub family: SymbolKey,
}

/// An agenda item of an organ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyFacts {
    /// The organ's name.
    pub name: Folded,
    /// Its session or year.
    pub session: Option<Folded>,
    /// The item.
    pub agenda: Option<Folded>,
}

impl Facts {
    /// Gathers them.
    #[must_use]
    pub fn of(entry: &Entry, document: &Document) -> Self {
        let record = &document.record;
        let envelope = &entry.statement.envelope;
        let folded = |text: &Option<String>| text.as_deref().map(Folded::of);
        let relations = record.relations.iter();
        Self {
            symbols: record
                .identifier
                .iter()
                .map(|name| SymbolFacts::of(name))
                .collect(),
            bodies: bodies(record),
            signatories: record
                .signatories
                .iter()
                .map(|signatory| {
                    let title = signatory.title.as_deref().unwrap_or_default();
                    Folded::of(&format!("{}, {title}", signatory.name))
                })
                .collect(),
            relations: relations
                .map(|relation| (relation.kind, SymbolKey::of_canonical(&relation.target)))
                .collect(),
            distribution: folded(&record.distribution),
            document_type: folded(&record.document_type),
            is_rendition: record.change == Change::Rendition,
            language: record.language.to_string(),
            officer: match &envelope.key_id {
                KeyId::Thumbprint(id) => Some(id.to_string()),
                KeyId::Other(_) => None,
            },
            date: date(record),
            registered: envelope.issued_at,
        }
    }
}

impl SymbolFacts {
    fn of(canonical: &str) -> Self {
        let family = Symbol::parse(canonical).map(|parsed| parsed.value.base().to_owned());
        Self {
            key: SymbolKey::of_canonical(canonical),
            // What older rules let in and newer ones don't read is its own family.
            family: SymbolKey::of_canonical(family.as_deref().unwrap_or(canonical)),
        }
    }
}

fn bodies(record: &DocumentRecord) -> Vec<BodyFacts> {
    let mut facts = Vec::new();
    for body in &record.bodies {
        let fact = |agenda: Option<&String>| BodyFacts {
            name: Folded::of(&body.name),
            session: body.session.as_deref().map(Folded::of),
            agenda: agenda.map(|item| Folded::of(item)),
        };
        if body.agenda.is_empty() {
            facts.push(fact(None));
        }
        facts.extend(body.agenda.iter().map(|item| fact(Some(item))));
    }
    facts
}

/// The date a document goes by: of a reissue, that of the reissue; else the
/// masthead's, else those of adoption, letter and receipt, whichever there is.
fn date(record: &DocumentRecord) -> Option<(Date, Date)> {
    let reissued = (record.change == Change::Reissue)
        .then_some(record.reissued)
        .flatten();
    let date = reissued
        .or(record.issued)
        .or(record.adopted)
        .or(record.created)
        .or(record.received)?;
    Some((date.earliest(), date.latest()))
}
