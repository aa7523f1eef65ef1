//! Suffixes: what a symbol says about its own history.

use std::fmt;

use super::brackets::{Nest, nesting};

/// One trailing component that relates an item to its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Suffix {
    /// What the item is to its parent.
    pub kind: SuffixKind,
    /// Its number among the parent's suffixes of this kind. A summary has
    /// none, nor has a suffix spelled out (`Corrigendum`) or cut short (`Corr`).
    pub number: Option<u32>,
}

/// What an item with a suffix is to the item without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SuffixKind {
    /// `Add.n`: adds to the parent; both are read together.
    Addendum,
    /// `Amend.n`: changes part of an adopted text, by decision of a competent
    /// authority.
    Amendment,
    /// `Corr.n`: corrects the parent, perhaps in some languages only.
    Corrigendum,
    /// `Rev.n`: replaces the parent.
    Revision,
    /// `Summary`: a summarized version.
    Summary,
}

impl SuffixKind {
    const ALL: [Self; 5] = [
        Self::Addendum,
        Self::Amendment,
        Self::Corrigendum,
        Self::Revision,
        Self::Summary,
    ];

    /// How it is spelled in a symbol, before the full stop and the number.
    pub fn abbreviation(self) -> &'static str {
        match self {
            Self::Addendum => "Add",
            Self::Amendment => "Amend",
            Self::Corrigendum => "Corr",
            Self::Revision => "Rev",
            Self::Summary => "Summary",
        }
    }

    fn in_full(self) -> &'static str {
        match self {
            Self::Addendum => "Addendum",
            Self::Amendment => "Amendment",
            Self::Corrigendum => "Corrigendum",
            Self::Revision => "Revision",
            Self::Summary => "Summary",
        }
    }

    /// The kind whose abbreviation is `word`, in any case.
    pub(super) fn of_abbreviation(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.abbreviation().eq_ignore_ascii_case(word))
    }
}

impl fmt::Display for SuffixKind {
    /// The English word in lower case.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_full().to_ascii_lowercase())
    }
}

impl fmt::Display for Suffix {
    /// In English words: `revision 1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            Some(number) => write!(f, "{} {number}", self.kind),
            None => write!(f, "{}", self.kind),
        }
    }
}

impl Suffix {
    /// Reads one component. Brackets may follow: `Add.1(Part II)`.
    pub(super) fn read(component: &str) -> Option<Self> {
        let bracket = component.find(['(', '[']).unwrap_or(component.len());
        let (main, brackets) = component.split_at(bracket);
        if !only_brackets(brackets) {
            return None;
        }
        let Some((word, digits)) = main.split_once('.') else {
            return Self::without_number(main);
        };
        let kind = SuffixKind::of_abbreviation(word).filter(|kind| *kind != SuffixKind::Summary)?;
        let number = number(digits)?;
        Some(Self {
            kind,
            number: Some(number),
        })
    }

    fn without_number(word: &str) -> Option<Self> {
        SuffixKind::ALL
            .into_iter()
            .find(|kind| {
                kind.abbreviation().eq_ignore_ascii_case(word)
                    || kind.in_full().eq_ignore_ascii_case(word)
            })
            .map(|kind| Self { kind, number: None })
    }
}

/// Takes every trailing suffix off an official symbol: the length of the base,
/// and the suffixes from left to right.
///
/// It stops where a root alone would remain, or a base that isn't canonical.
pub(super) fn split(canonical: &str) -> (usize, Vec<Suffix>) {
    let mut base = canonical;
    let mut suffixes = Vec::new();
    while let Some((before, component)) = base.rsplit_once('/') {
        let Some(suffix) = Suffix::read(component) else {
            break;
        };
        if !before.contains('/') || !ends_as_symbols_do(before) {
            break;
        }
        suffixes.push(suffix);
        base = before;
    }
    suffixes.reverse();
    (base.len(), suffixes)
}

/// The plain number that `digits` writes, leading zeros included.
pub(super) fn number(digits: &str) -> Option<u32> {
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

fn only_brackets(text: &str) -> bool {
    let enclosed = |nest| matches!(nest, Nest::Inside | Nest::Paired(_));
    nesting(text.chars()).into_iter().all(enclosed)
}

/// Whether normalising takes nothing from the end of this prefix.
fn ends_as_symbols_do(prefix: &str) -> bool {
    prefix.ends_with(|last: char| last.is_ascii_alphanumeric())
        || matches!(nesting(prefix.chars()).last(), Some(Nest::Paired(_)))
}
