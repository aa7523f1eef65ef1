//! Lookup keys, and the scopes that cover them.

use std::fmt;

use super::normalise::{self, Glyph};
use super::{SymbolError, alphabet, grammar};

/// The form a symbol is looked up by: its canonical form in upper case.
///
/// Two printed symbols are the same symbol exactly when their keys are equal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SymbolKey(String);

impl SymbolKey {
    /// The key of a canonical symbol, or of any other lasting identity of a
    /// document, read from a ledger.
    ///
    /// It only changes case and never fails, so a ledger written under older
    /// rules stays readable. For text that a person typed, parse a
    /// [`Symbol`](super::Symbol).
    pub fn of_canonical(canonical: &str) -> Self {
        Self(canonical.to_uppercase())
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SymbolKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A part of the register: every symbol that starts with given components.
///
/// `A/78` covers `A/78` and `A/78/1`, but neither `A/7`, `A/780` nor
/// `A/RES/78/1`. There are no wildcards, and no scope covers everything. The
/// scope `ni:` covers the identities of documents without a symbol, which are
/// RFC 6920 names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope(String);

impl Scope {
    /// Reads a scope, normalised like a symbol; it may end with `/`.
    ///
    /// # Errors
    ///
    /// As for a symbol, and if there is an asterisk in it.
    pub fn parse(text: &str) -> Result<Self, SymbolError> {
        let mut unreported = Vec::new();
        let glyphs = normalise::tidy(text, &mut unreported)?;
        if let Some(star) = glyphs.iter().find(|glyph| glyph.character == '*') {
            return Err(SymbolError::Wildcard { at: star.at });
        }
        let whole = strip_strokes(&glyphs);
        let joins = grammar::joins(whole);
        let glyphs = normalise::without_line_breaks(whole, &mut unreported);
        if !joins.is_empty() {
            let canonical = normalise::text(&glyphs);
            let halves = joins.len() + 1;
            return Err(SymbolError::Joint { canonical, halves });
        }
        if let Some(first) = glyphs.first().filter(|first| first.character == '/') {
            return Err(SymbolError::Incomplete { at: first.at });
        }
        alphabet::check(&glyphs)?;
        if grammar::is_official(&glyphs) {
            grammar::refuse_several(&glyphs)?;
        }
        normalise::bounded_text(&glyphs).map(|canonical| Self(canonical.to_uppercase()))
    }

    /// The components it covers, as in a key, without a closing `/`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a symbol is in this scope. Of a joint symbol, ask for each half.
    pub fn covers(&self, key: &SymbolKey) -> bool {
        key.0
            .strip_prefix(&self.0)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Takes closing strokes away, with what [`normalise::strip`] takes.
fn strip_strokes(glyphs: &[Glyph]) -> &[Glyph] {
    let mut whole = glyphs;
    loop {
        whole = normalise::strip(whole, &mut Vec::new()).0;
        match whole {
            [before @ .., last] if last.character == '/' && !before.is_empty() => whole = before,
            _ => return whole,
        }
    }
}
