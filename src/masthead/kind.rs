//! Kinds of document: what a suffix makes of one, and which are signed.

use crate::symbol::{Suffix, SuffixKind, Symbol};

/// Kinds that nobody signs.
const UNSIGNED: [&str; 12] = [
    "amendment",
    "decision",
    "draft",
    "NGO statement",
    "note",
    "statement by the President",
    "provisional agenda",
    "report",
    "resolution",
    "summary",
    "supplement",
    "verbatim record",
];

/// A kind with what the document is to its parent: `letter (revision)`.
pub(super) fn with_suffix(kind: &str, suffix: Option<&str>) -> String {
    match suffix {
        Some(suffix) => format!("{kind} ({suffix})"),
        None => kind.to_owned(),
    }
}

/// The word for the last suffix of a symbol.
pub(super) fn suffix_of(symbol: &Symbol) -> Option<&'static str> {
    let kind = |suffix: &Suffix| match suffix.kind {
        SuffixKind::Addendum => Some("addendum"),
        SuffixKind::Amendment => Some("amendment"),
        SuffixKind::Corrigendum => Some("corrigendum"),
        SuffixKind::Revision => Some("revision"),
        SuffixKind::Summary => None,
    };
    symbol.suffixes().last().and_then(kind)
}

/// The kind that a component of the symbol tells, where no heading does.
pub(super) fn of_symbol(symbol: &Symbol) -> Option<&'static str> {
    symbol.components().find_map(|component| {
        let series = component.split('.').next().unwrap_or_default();
        match series {
            "PV" => Some("verbatim record"),
            "SR" => Some("summary record"),
            "PRST" => Some("statement by the President"),
            "RES" => Some("resolution"),
            _ => None,
        }
    })
}

/// Whether the title of such a document holds the date of a letter.
pub(super) fn is_letter(kind: &str) -> bool {
    ["letter", "identical letters", "note verbale", "telegram"]
        .iter()
        .any(|letter| kind.starts_with(letter))
}

/// Whether the symbol or heading is that of a meeting's record.
pub(super) fn is_record(kind: &str) -> bool {
    kind.starts_with("verbatim record") || kind.starts_with("summary record")
}

/// Whether such a document bears signatures. Notes verbales are initialled.
pub(super) fn may_be_signed(kind: &str) -> bool {
    !UNSIGNED.iter().any(|unsigned| kind.starts_with(unsigned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suffix_is_told_in_brackets() {
        assert_eq!(with_suffix("letter", Some("revision")), "letter (revision)");
        assert_eq!(with_suffix("resolution", None), "resolution");
    }

    #[test]
    fn letters_are_signed_and_notes_are_not() {
        assert!(may_be_signed("identical letters"));
        assert!(!may_be_signed("note verbale"));
        assert!(!may_be_signed("report of the Fifth Committee"));
        assert!(is_letter("letter (addendum)"));
    }
}
