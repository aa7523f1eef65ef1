//! What a register lacks, and what it holds twice. Nothing of it is an error:
//! a number may never have been used, and a corrigendum may exist in one
//! language only.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::digest::ContentDigest;
use crate::revision::{History, OpenReference, Siblings, Standings};
use crate::symbol::Symbol;

/// Numbers between the lowest and the highest of a series that no document bears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberGap {
    /// What the numbers follow, such as `A/80/L.` or `S/2007/307/Rev.`.
    pub series: String,
    /// The highest number that is registered.
    pub highest: u64,
    /// The numbers not registered: first and last of each run.
    pub missing: Vec<(u64, u64)>,
}

/// A document that is not registered in all official languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingLanguages {
    /// Its register number.
    pub number: u64,
    /// The languages it is registered in.
    pub present: Vec<String>,
    /// The official languages it is not registered in.
    pub missing: Vec<&'static str>,
}

/// Bytes that are registered more than once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// Their SHA-256.
    pub digest: ContentDigest,
    /// The entries that name them, in log order.
    pub entries: Vec<u64>,
}

/// What a register lacks, and what it holds twice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gaps {
    /// Gaps in numbering, by series.
    pub numbers: Vec<NumberGap>,
    /// Documents with missing languages, in order of registration.
    pub languages: Vec<MissingLanguages>,
    /// References to documents that are not registered.
    pub open: Vec<OpenReference>,
    /// Bytes registered more than once, in order of registration.
    pub duplicates: Vec<Duplicate>,
}

impl Gaps {
    /// Looks through all documents once.
    #[must_use]
    pub fn of(history: &History, standings: &Standings<'_>) -> Self {
        let languages = history.documents().iter().filter_map(|document| {
            let siblings = Siblings::of(document);
            (!siblings.missing.is_empty()).then(|| MissingLanguages {
                number: document.number,
                present: siblings.present.iter().map(ToString::to_string).collect(),
                missing: siblings.missing,
            })
        });
        Self {
            numbers: number_gaps(history),
            languages: languages.collect(),
            open: standings.open().to_vec(),
            duplicates: duplicates(history),
        }
    }

    /// Whether there is nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn number_gaps(history: &History) -> Vec<NumberGap> {
    let mut series: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    let mut suffixed: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    for document in history.documents() {
        for symbol in history.symbols_of(&document.subject) {
            let Ok(parsed) = Symbol::parse(symbol) else {
                continue;
            };
            let symbol = parsed.value;
            match (symbol.suffixes().last(), symbol.parent()) {
                (Some(suffix), Some(parent)) => {
                    if let Some(number) = suffix.number {
                        let name = format!("{parent}/{}.", suffix.kind.abbreviation());
                        suffixed.entry(name).or_default().insert(number.into());
                    }
                }
                _ => {
                    if let Some((name, number)) = numbered(symbol.canonical()) {
                        series.entry(name.to_owned()).or_default().insert(number);
                    }
                }
            }
        }
    }
    // Suffixes count from 1; a series is known only from its lowest number on.
    let suffixed = suffixed
        .into_iter()
        .map(|(name, numbers)| gap(name, 1, &numbers));
    let series = series.into_iter().map(|(name, numbers)| {
        let lowest = numbers.first().copied().unwrap_or(1);
        gap(name, lowest, &numbers)
    });
    let mut gaps: Vec<_> = series.chain(suffixed).flatten().collect();
    gaps.sort_by(|one, other| one.series.cmp(&other.series));
    gaps
}

fn gap(series: String, lowest: u64, numbers: &BTreeSet<u64>) -> Option<NumberGap> {
    let mut missing = Vec::new();
    let mut next = lowest;
    for number in numbers {
        if *number > next {
            missing.push((next, number - 1));
        }
        next = number.saturating_add(1);
    }
    (!missing.is_empty()).then(|| NumberGap {
        series,
        highest: numbers.last().copied().unwrap_or(0),
        missing,
    })
}

/// A symbol parted before the number it ends with, whatever stands after that
/// in brackets: `S/RES/1139(1997)` is number 1139 of `S/RES/`.
fn numbered(symbol: &str) -> Option<(&str, u64)> {
    let plain = match symbol.find('(') {
        Some(bracket) if symbol.ends_with(')') => &symbol[..bracket],
        _ => symbol,
    };
    let series = plain.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = plain[series.len()..].parse().ok()?;
    (!series.is_empty()).then_some((series, number))
}

fn duplicates(history: &History) -> Vec<Duplicate> {
    let mut entries: HashMap<ContentDigest, Vec<u64>> = HashMap::new();
    let chains = history
        .documents()
        .iter()
        .flat_map(|document| &document.chains);
    for entry in chains.flat_map(|chain| &chain.entries) {
        entries.entry(entry.digest).or_default().push(entry.index);
    }
    let mut duplicates: Vec<_> = entries
        .into_iter()
        .filter(|(_, entries)| entries.len() > 1)
        .map(|(digest, mut entries)| {
            entries.sort_unstable();
            Duplicate { digest, entries }
        })
        .collect();
    duplicates.sort_by(|one, other| one.entries.cmp(&other.entries));
    duplicates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_series_is_the_last_one() {
        assert_eq!(numbered("A/80/L.12"), Some(("A/80/L.", 12)));
        assert_eq!(numbered("S/RES/1139(1997)"), Some(("S/RES/", 1139)));
        assert_eq!(numbered("INV-2024-17"), Some(("INV-2024-", 17)));
        assert_eq!(numbered("S/PV.9171(Resumption1)"), Some(("S/PV.", 9171)));
        assert_eq!(numbered("ADP.2015.8.InformalNote"), None);
        assert_eq!(numbered("17"), None);
    }

    #[test]
    fn runs_of_missing_numbers() {
        let found = gap("A/80/L.".into(), 3, &BTreeSet::from([3, 4, 7, 9])).expect("a gap");
        assert_eq!((found.highest, found.missing), (9, vec![(5, 6), (8, 8)]));
        assert_eq!(gap(String::new(), 1, &BTreeSet::from([1, 2])), None);
        let found = gap(String::new(), 1, &BTreeSet::from([2])).expect("a gap");
        assert_eq!(found.missing, [(1, 1)]);
    }
}
