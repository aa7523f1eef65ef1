//! Official document symbols: as printed, canonical, and as a lookup key.
//!
//! A symbol such as `A/C.3/78/L.49/Rev.1` names a document in every language
//! and format. It is printed with other dashes, spaces and cases than it is
//! cited with, so three forms are kept: *as printed* (verbatim, for evidence),
//! *canonical* (for display and storage) and *key* (for lookup).
//! `A/61/833–S/2007/179` is one document with two symbols: [`JointSymbol`].
//!
//! Follows the United Nations' rules for symbols as its library and Editorial
//! Manual publish them. Reading is lenient: components nobody foresaw are
//! kept, and so are references of another shape (`INV-2024-17`, `Вх-17`),
//! which have no family. Reading never guesses: digits and letters stay as they
//! are, what looks wrong is told as an [`Oddity`], and what could be mistaken
//! for another symbol is refused.
//!
//! Not here: finding symbols in running text, file names made from symbols,
//! and what a registered document is to its family.

mod alphabet;
mod brackets;
mod doubts;
mod error;
mod grammar;
mod joint;
mod key;
mod normalise;
mod oddity;
mod place;
mod suffix;
#[cfg(test)]
mod tests;

use std::fmt;

pub use self::error::SymbolError;
pub use self::joint::JointSymbol;
pub use self::key::{Scope, SymbolKey};
pub use self::oddity::{Nature, Oddity, OddityKind};
pub use self::place::Place;
pub use self::suffix::{Suffix, SuffixKind};

use self::normalise::Glyph;

/// The longest canonical form that is taken, joint symbols as a whole.
pub const MAX_CANONICAL_BYTES: usize = 256;

/// The longest printed text that is looked at.
pub const MAX_PRINTED_BYTES: usize = 1024;

/// What was read, and what to tell about the printed text, in its order.
///
/// Without oddities, the printed form is the canonical one, but for the
/// asterisk of a reissue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed<T> {
    /// What was read.
    pub value: T,
    /// What was normalised away, and what looks wrong.
    pub oddities: Vec<Oddity>,
}

impl<T> Parsed<T> {
    /// The oddities that look wrong and were kept.
    pub fn doubts(&self) -> impl Iterator<Item = &Oddity> {
        let doubtful = |oddity: &&Oddity| oddity.kind.nature() == Nature::Doubtful;
        self.oddities.iter().filter(doubtful)
    }
}

/// One official symbol, or a reference of another shape.
///
/// Equality compares all three forms. To ask whether two symbols are the same,
/// compare their [keys](Self::key).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    printed: String,
    canonical: String,
    key: SymbolKey,
    reissue: bool,
    official: bool,
    base_len: usize,
    suffixes: Vec<Suffix>,
}

impl Symbol {
    /// Reads exactly one symbol.
    ///
    /// # Errors
    ///
    /// When the text can't be a symbol, looks like another one, or is a joint
    /// symbol.
    pub fn parse(printed: &str) -> Result<Parsed<Self>, SymbolError> {
        let Parsed { value, oddities } = JointSymbol::parse(printed)?;
        let value = value.into_single()?;
        Ok(Parsed { value, oddities })
    }

    /// Reads one half, which has its line breaks and ends put in order.
    fn read(
        printed: &str,
        mut glyphs: Vec<Glyph>,
        reissue: bool,
        oddities: &mut Vec<Oddity>,
    ) -> Result<Self, SymbolError> {
        for end in [glyphs.first(), glyphs.last()].into_iter().flatten() {
            if end.character == '/' {
                return Err(SymbolError::Incomplete { at: end.at });
            }
        }
        alphabet::check(&glyphs)?;
        let official = grammar::is_official(&glyphs);
        if official {
            grammar::refuse_several(&glyphs)?;
            grammar::spell(&mut glyphs, oddities);
            doubts::of_official(&glyphs, oddities);
        } else {
            doubts::of_free_form(&glyphs, oddities);
        }
        let canonical = normalise::bounded_text(&glyphs)?;
        let (base_len, suffixes) = match official {
            true => suffix::split(&canonical),
            false => (canonical.len(), Vec::new()),
        };
        Ok(Self {
            printed: printed.to_owned(),
            key: SymbolKey::of_canonical(&canonical),
            canonical,
            reissue,
            official,
            base_len,
            suffixes,
        })
    }

    /// As printed, without the white space around. Of a joint symbol, what was
    /// printed for this half.
    pub fn printed(&self) -> &str {
        &self.printed
    }

    /// The form to show and to store. Parsing it gives the same symbol.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// The form to look up.
    pub fn key(&self) -> &SymbolKey {
        &self.key
    }

    /// Whether a closing asterisk marks the document as reissued for technical
    /// reasons. The mark is no part of the identity.
    pub fn is_reissue(&self) -> bool {
        self.reissue
    }

    /// Whether this has the shape of a United Nations symbol: a root, then `/`.
    /// The root needn't be a known one. Other references have no family.
    pub fn is_official(&self) -> bool {
        self.official
    }

    /// Whether the root is one that the United Nations is known to use.
    pub fn has_known_root(&self) -> bool {
        self.official && grammar::is_known_root(self.root())
    }

    /// The trailing suffixes from left to right, which is the order of history.
    pub fn suffixes(&self) -> &[Suffix] {
        &self.suffixes
    }

    /// The canonical symbol of the item that the last suffix applies to.
    pub fn parent(&self) -> Option<&str> {
        self.suffixes.last()?;
        let (parent, _) = self.canonical.rsplit_once('/')?;
        Some(parent)
    }

    /// The canonical symbol without any of its suffixes, which groups a family.
    pub fn base(&self) -> &str {
        &self.canonical[..self.base_len]
    }

    /// The first component.
    pub fn root(&self) -> &str {
        let root = self.canonical.split('/').next();
        root.unwrap_or_default()
    }

    /// The parts between strokes.
    pub fn components(&self) -> impl Iterator<Item = &str> {
        self.canonical.split('/')
    }
}

impl fmt::Display for Symbol {
    /// The canonical form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.canonical)
    }
}
