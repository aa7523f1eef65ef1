//! Joint symbols: one document of several organs.

use std::fmt;

use super::normalise::{self, Glyph};
use super::{Oddity, OddityKind, Parsed, Symbol, SymbolError, grammar};

/// What a document bears: one symbol, or several joined.
///
/// A dash joins only between an official symbol and a known root followed by
/// `/`, and outside brackets: `A/61/833–S/2007/179` is two symbols, while
/// `A/ES-10/794`, `A/C.6/64/SR.1–28`, `EC-M-33/DEC.1` and `A/RES/104(S-1)` are
/// one each. Before a root that isn't known the dash stays, with a doubt
/// ([`OddityKind::PossibleJoin`]): splitting wrongly would claim the symbol of
/// another document. A line break joins like a dash, as in running heads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JointSymbol {
    printed: String,
    canonical: String,
    /// Never empty.
    halves: Vec<Symbol>,
}

impl JointSymbol {
    /// Reads one symbol or several joined ones.
    ///
    /// # Errors
    ///
    /// When the text can't be a symbol, or looks like another one.
    pub fn parse(printed: &str) -> Result<Parsed<Self>, SymbolError> {
        let mut oddities = Vec::new();
        let glyphs = normalise::tidy(printed, &mut oddities)?;
        let (whole, asterisks) = normalise::strip(&glyphs, &mut oddities);
        let mut reissue = asterisks > 0;
        let mut parts = Vec::new();
        for (printed, glyphs) in split(printed, whole, &mut oddities) {
            let glyphs = normalise::without_line_breaks(glyphs, &mut oddities);
            let (glyphs, asterisks) = normalise::strip(&glyphs, &mut oddities);
            reissue |= asterisks > 0;
            parts.push((printed, glyphs.to_vec()));
        }
        let mut halves: Vec<Symbol> = Vec::with_capacity(parts.len());
        for (printed, glyphs) in parts {
            let start = glyphs.first().map(|first| first.at);
            let half = Symbol::read(printed, glyphs, reissue, &mut oddities)?;
            if halves.iter().any(|earlier| earlier.key() == half.key()) {
                oddities.extend(start.map(|at| OddityKind::RepeatedSymbol.at(at)));
            }
            halves.push(half);
        }
        let canonical = join(&halves);
        normalise::check_length(&canonical)?;
        oddities.sort_by_key(|oddity| oddity.at);
        let value = Self {
            printed: printed.trim().to_owned(),
            canonical,
            halves,
        };
        Ok(Parsed { value, oddities })
    }

    /// As printed, without the white space around.
    pub fn printed(&self) -> &str {
        &self.printed
    }

    /// The canonical forms of the halves, joined with `-`.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// The symbols in printed order; at least one. Each is a complete key.
    pub fn halves(&self) -> &[Symbol] {
        &self.halves
    }

    /// The first symbol, which identifies the document.
    pub fn first(&self) -> &Symbol {
        &self.halves[0]
    }

    /// Whether there is more than one symbol.
    pub fn is_joint(&self) -> bool {
        self.halves.len() > 1
    }

    /// Whether an asterisk marks the document as reissued for technical
    /// reasons. It is one document: a mark on one half counts for all.
    pub fn is_reissue(&self) -> bool {
        self.first().is_reissue()
    }

    /// The only half, or the error that tells there are more.
    pub(super) fn into_single(mut self) -> Result<Symbol, SymbolError> {
        match self.halves.pop() {
            Some(only) if self.halves.is_empty() => Ok(only),
            _ => Err(SymbolError::Joint {
                canonical: self.canonical,
                halves: self.halves.len() + 1,
            }),
        }
    }
}

impl fmt::Display for JointSymbol {
    /// The canonical form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.canonical)
    }
}

/// The halves, each with what was printed for it.
fn split<'p, 'g>(
    printed: &'p str,
    glyphs: &'g [Glyph],
    oddities: &mut Vec<Oddity>,
) -> Vec<(&'p str, &'g [Glyph])> {
    let mut halves = Vec::new();
    let (mut byte, mut index) = (0, 0);
    for join in grammar::joins(glyphs) {
        let Glyph {
            character,
            printed: mark,
            at,
        } = glyphs[join];
        halves.push((printed[byte..at.byte].trim(), &glyphs[index..join]));
        byte = at.byte + mark.len_utf8();
        index = join + 1;
        if character == '\n' {
            oddities.push(OddityKind::LineBreakJoin.at(at));
        }
    }
    halves.push((printed[byte..].trim(), &glyphs[index..]));
    halves
}

fn join(halves: &[Symbol]) -> String {
    let halves: Vec<&str> = halves.iter().map(Symbol::canonical).collect();
    halves.join("-")
}
