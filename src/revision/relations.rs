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
    let own = symbols.iter().map(String::as_str).chain([subject]);
    let own: Vec<_> = own.map(SymbolKey::of_canonical).collect();
    let doubt = |relation: &Relation| {
        let (kind, target) = (relation.kind, relation.target.clone());
        let joint = JointSymbol::parse(&target).map(|parsed| parsed.value);
        let mut halves = joint.iter().flat_map(JointSymbol::halves);
        let is_own = own.contains(&SymbolKey::of_canonical(&target))
            || halves.any(|half| own.contains(half.key()));
        if is_own && kind != RelationKind::Translates {
            return Some(RelationDoubt::Itself { kind });
        }
        let well_formed = ContentDigest::from_ni_name(&target).is_some()
            || joint.is_ok_and(|joint| joint.canonical() == target);
        (!well_formed).then_some(RelationDoubt::Malformed { kind, target })
    };
    relations.iter().filter_map(doubt).collect()
}

impl History {
    /// The document that a relation's target means, if it is registered: by its
    /// subject, by one of its symbols in whatever letter case, or by the name of
    /// one of its files.
    #[must_use]
    pub fn meant_by(&self, target: &str) -> Vec<&DocumentHistory> {
        if let Some(document) = self.by_subject(target) {
            return vec![document];
        }
        if let Some(digest) = ContentDigest::from_ni_name(target) {
            let first = self.by_digest(&digest).first();
            let document = first.and_then(|index| self.by_entry(*index));
            return document.into_iter().collect();
        }
        let Ok(joint) = JointSymbol::parse(target) else {
            let document = self.by_symbol(&SymbolKey::of_canonical(target));
            return document.into_iter().collect();
        };
        let mut meant: Vec<&DocumentHistory> = Vec::new();
        for half in joint.value.halves() {
            if let Some(document) = self.by_symbol(half.key())
                && meant.iter().all(|known| known.number != document.number)
            {
                meant.push(document);
            }
        }
        meant
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relation_names_another_document() {
        let name = ContentDigest::of(b"a file").ni_name();
        let doubts = |kind, target: &str| {
            let relation = Relation {
                kind,
                target: target.to_owned(),
                languages: Vec::new(),
            };
            let symbols = ["A/78/1".to_owned(), "S/2024/1".to_owned()];
            relation_doubts(&[relation], &name, &symbols)
        };
        let kind = RelationKind::Corrects;
        let other = ContentDigest::of(b"another").ni_name();
        for target in ["A/78/2", "A/78/1/Rev.1", "A/78/2-S/2024/2", other.as_str()] {
            assert_eq!(doubts(kind, target), [], "{target}");
        }
        for target in [
            "A/78/1",
            "s/2024/1",
            "A/78/1-S/2024/1",
            "A/9-S/2024/1",
            &name,
        ] {
            assert_eq!(
                doubts(kind, target),
                [RelationDoubt::Itself { kind }],
                "{target}"
            );
            assert_eq!(
                doubts(RelationKind::Translates, target).len(),
                usize::from(target == "s/2024/1")
            );
        }
        for target in ["A/78/", "A / 78/2", "a/res/78/2", "ni:///sha-256;f4Ox"] {
            let malformed = RelationDoubt::Malformed {
                kind,
                target: target.to_owned(),
            };
            assert_eq!(doubts(kind, target), [malformed], "{target}");
        }
    }
}
