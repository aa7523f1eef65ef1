//! Symbols in a masthead. A line that holds anything else is no place for one.

use crate::symbol::{JointSymbol, SymbolError};

/// The longest line that is tried, in bytes: joint symbols of three organs are
/// shorter.
const MAX_BYTES: usize = 120;

/// The most words that gaps make of one.
const MAX_WORDS: usize = 6;

/// The symbol that a text begins with, and what follows. It has a known root
/// and a number, which `and/or` and file names don't.
pub(super) fn at(text: &str) -> Option<(JointSymbol, &str)> {
    candidates(text).find_map(|end| {
        let symbol = parse(&text[..end])?;
        Some((symbol, &text[end..]))
    })
}

/// The symbol that a whole text is. In brackets stands another document's, such
/// as that of the supplement which a corrigendum corrects.
pub(super) fn parse(text: &str) -> Option<JointSymbol> {
    let is_long = text.len() > MAX_BYTES || text.split(' ').nth(MAX_WORDS).is_some();
    let is_other = text.starts_with('(') || is_long;
    if is_other || !text.contains('/') || !text.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let parsed = JointSymbol::parse(text).ok()?;
    let known = parsed.value.halves().iter().all(|half| {
        let canonical = half.canonical();
        half.has_known_root() && (!canonical.contains(' ') || is_resolution_part(canonical))
    });
    known.then_some(parsed.value)
}

/// The symbol that a supplement prints behind its number, in brackets.
pub(super) fn of_supplement(text: &str) -> Option<JointSymbol> {
    let (_, inside) = text.split_once('(')?;
    parse(inside.strip_suffix(')')?)
}

/// Whether a text ends in the dash that joins two symbols.
pub(super) fn is_half(text: &str) -> bool {
    parse(text.trim_end_matches(['–', '-', ' '])).is_some()
}

/// Why a whole text that has the shape of a symbol can't be taken as one.
pub(super) fn problem(text: &str) -> Option<String> {
    let shape = text.contains('/')
        && !text.contains("//")
        && text.split(' ').count() <= 2
        && text.contains(|c: char| c.is_ascii_digit());
    if !shape {
        return None;
    }
    match JointSymbol::parse(text) {
        Err(error @ (SymbolError::LookAlike { .. } | SymbolError::MixedAlphabets { .. })) => {
            Some(error.to_string())
        }
        Err(_) => None,
        Ok(parsed) => {
            let known = parsed
                .value
                .halves()
                .iter()
                .all(crate::symbol::Symbol::has_known_root);
            parsed
                .doubts()
                .next()
                .filter(|_| known)
                .map(ToString::to_string)
        }
    }
}

/// Where a symbol at the start of a text may end: before `(1997)`-like brackets
/// or after them.
fn candidates(text: &str) -> impl Iterator<Item = usize> + '_ {
    let first = text.find(' ').unwrap_or(text.len());
    let second = text[first..]
        .strip_prefix(" (")
        .and_then(|rest| rest.find(')'))
        .map(|close| first + 2 + close + 1);
    // `A /78/PV.16`: gaps that extraction leaves beside a stroke.
    let whole = (text.len() <= 80 && text.split(' ').count() <= 4).then_some(text.len());
    whole.into_iter().chain(second).chain([first])
}

/// `A/RES/55/33 V`: the one symbol with a space inside.
fn is_resolution_part(canonical: &str) -> bool {
    canonical
        .rsplit_once(' ')
        .is_some_and(|(before, part)| before.contains("/RES/") && part.chars().count() <= 2)
}
