//! What a file's symbol and masthead say about its place in the history, for an
//! officer to accept or overrule.

use crate::revision::History;
use crate::statement::{Change, Document, DocumentRecord, Language, Relation, RelationKind};
use crate::symbol::{JointSymbol, Suffix, SuffixKind, Symbol};

/// The relations that a symbol's last suffix states: of a joint symbol, those
/// of the first half, and those of the others that lead to another document.
pub(super) fn relations(
    symbol: &JointSymbol,
    corrected: &[Language],
    history: &History,
) -> Vec<Relation> {
    let mut found: Vec<Relation> = Vec::new();
    for half in symbol.halves() {
        for (kind, target) in targets(half) {
            let owner = |target: &str| {
                let symbol = Symbol::parse(target).ok()?.value;
                history.by_symbol(symbol.key()).map(|owner| owner.number)
            };
            let is_first = found.iter().all(|relation| relation.kind != kind);
            let elsewhere = owner(&target).is_some_and(|number| {
                found
                    .iter()
                    .filter(|relation| relation.kind == kind)
                    .all(|relation| owner(&relation.target) != Some(number))
            });
            let same_half = half.canonical() == symbol.first().canonical();
            if is_first || elsewhere || same_half {
                found.push(Relation {
                    kind,
                    target,
                    languages: match kind {
                        RelationKind::Corrects => corrected.to_vec(),
                        _ => Vec::new(),
                    },
                });
            }
        }
    }
    found
}

/// What one symbol is related to: its parent, and a later revision also to the
/// revision before it, since it replaces all texts issued before.
fn targets(symbol: &Symbol) -> Vec<(RelationKind, String)> {
    let (Some(Suffix { kind, number }), Some(parent)) = (symbol.suffixes().last(), symbol.parent())
    else {
        return Vec::new();
    };
    let relation = match kind {
        SuffixKind::Revision => RelationKind::Revises,
        SuffixKind::Corrigendum => RelationKind::Corrects,
        SuffixKind::Addendum => RelationKind::Supplements,
        SuffixKind::Amendment => RelationKind::Amends,
        SuffixKind::Summary => return Vec::new(),
    };
    let mut targets = vec![(relation, parent.to_owned())];
    if let (SuffixKind::Revision, Some(number @ 2..)) = (kind, number) {
        let before = format!("{parent}/{}.{}", kind.abbreviation(), number - 1);
        targets.push((relation, before));
    }
    targets
}

/// What a file with other bytes is to the current version of the same document
/// in the same language, where the two tell: a reissue is marked as one; a
/// rendition has another format and the same particulars.
pub(super) fn change(
    current: &[Document],
    media_type: &str,
    symbol: Option<&JointSymbol>,
    new: &DocumentRecord,
) -> Option<Change> {
    let principal = &current.first()?.record;
    let agrees = |old: Option<&str>, new: Option<&str>| Some(old? == new?);
    let plain = |number: &Option<String>| {
        number
            .as_ref()
            .map(|number| number.trim_end_matches('*').trim_end().to_owned())
    };
    let job = agrees(
        plain(&principal.job_number).as_deref(),
        plain(&new.job_number).as_deref(),
    );
    let date = principal
        .issued
        .zip(new.issued)
        .map(|(old, new)| old == new);
    let title = agrees(principal.title.as_deref(), new.title.as_deref());
    if job == Some(false) || date == Some(false) {
        return None;
    }
    let marked = |printed: Option<&str>| printed.is_some_and(|printed| printed.ends_with('*'));
    let is_reissue = symbol.is_some_and(JointSymbol::is_reissue) || new.reissued.is_some();
    let was_reissue =
        marked(principal.identifier_printed.as_deref()) || principal.reissued.is_some();
    if is_reissue && !was_reissue {
        return Some(Change::Reissue);
    }
    let other_format = current
        .iter()
        .all(|document| document.media_type != media_type);
    let same_particulars = [job, date, title].contains(&Some(true));
    (other_format && is_reissue == was_reissue && same_particulars).then_some(Change::Rendition)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stated(symbol: &str) -> Vec<String> {
        let symbol = JointSymbol::parse(symbol).expect("a symbol").value;
        relations(&symbol, &[], &History::new())
            .iter()
            .map(crate::registry::field_text::relation_text)
            .collect()
    }

    #[test]
    fn the_last_suffix_states_the_relation() {
        assert_eq!(stated("A/61/5/Corr.1"), ["corrects A/61/5"]);
        assert_eq!(stated("A/61/5/Add.2"), ["supplements A/61/5"]);
        assert_eq!(stated("ST/SGB/2013/4/Amend.1"), ["amends ST/SGB/2013/4"]);
        assert_eq!(
            stated("S/2007/307/Rev.1/Add.1"),
            ["supplements S/2007/307/Rev.1"]
        );
        assert!(stated("A/61/5").is_empty());
        assert!(stated("INV-2024-17").is_empty());
    }

    #[test]
    fn a_later_revision_replaces_all_before() {
        assert_eq!(
            stated("A/C.3/78/L.49/Rev.2"),
            ["revises A/C.3/78/L.49", "revises A/C.3/78/L.49/Rev.1"]
        );
    }

    #[test]
    fn a_joint_document_is_related_once_to_a_joint_document() {
        assert_eq!(
            stated("A/67/65/Corr.1-E/2012/48/Corr.1"),
            ["corrects A/67/65"]
        );
    }
}
