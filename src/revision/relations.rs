//! What a record may say of other documents, and which document it means.

use crate::digest::ContentDigest;
use crate::statement::{Relation, RelationKind};
use crate::symbol::{JointSymbol, SymbolKey};

use super::history::{DocumentHistory, History};

/// What looks wrong in a relation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RelationDoubt {
    /// It leads back to the document itself.
    #[error("it says that the document {} itself", kind.as_str())]
    Itself {
        /// What it says.
        kind: RelationKind,
    },
    /// Its target names nothing.
    #[error("{target:?}, which it {}, is no canonical symbol and no ni: name", kind.as_str())]
    Malformed {
        /// What it says.
        kind: RelationKind,
        /// What it names.
        target: String,
    },
}

/// What looks wrong in the relations of a document with this subject and these
/// symbols. Only a translation may lead back to its document, since all
/// languages share its symbol.
#[must_use]
pub fn relation_doubts(
    relations: &[Relation],
    subject: &str,
    symbols: &[String],
) -> Vec<RelationDoubt> {
    let own = || symbols.iter().map(String::as_str).chain([subject]);
    let doubt = |relation: &Relation| {
        let (kind, target) = (relation.kind, relation.target.clone());
        let key = SymbolKey::of_canonical(&target);
        if kind != RelationKind::Translates
            && own().any(|symbol| SymbolKey::of_canonical(symbol) == key)
        {
            return Some(RelationDoubt::Itself { kind });
        }
        (!is_well_formed(&target)).then_some(RelationDoubt::Malformed { kind, target })
    };
    relations.iter().filter_map(doubt).collect()
}

fn is_well_formed(target: &str) -> bool {
    ContentDigest::from_ni_name(target).is_some()
        || JointSymbol::parse(target).is_ok_and(|parsed| parsed.value.canonical() == target)
}

impl History {
    /// The document that a relation's target means, if it is registered: by its
    /// subject, by one of its symbols in whatever letter case, or by the name of
    /// one of its files.
    #[must_use]
    pub fn meant_by(&self, target: &str) -> Option<&DocumentHistory> {
        if let Some(document) = self.by_subject(target) {
            return Some(document);
        }
        if let Some(digest) = ContentDigest::from_ni_name(target) {
            return self.by_entry(*self.by_digest(&digest).first()?);
        }
        if let Some(document) = self.by_symbol(&SymbolKey::of_canonical(target)) {
            return Some(document);
        }
        let joint = JointSymbol::parse(target).ok()?.value;
        let mut halves = joint.halves().iter();
        halves.find_map(|half| self.by_symbol(half.key()))
    }
}
