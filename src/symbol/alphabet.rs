//! Letters that a reader takes for others.
//!
//! The rule, by what a text looks like once look-alikes are read as the ASCII
//! characters they resemble:
//!
//! - With a known root it is an official symbol: everything must be ASCII.
//! - With any other root, in ASCII letters and followed by `/`: no look-alike.
//! - Otherwise it is a free-form reference, in any script; but letters of two
//!   alphabets that have look-alikes in each other never meet in one word, and
//!   a word that has only look-alikes doesn't stand beside Latin letters.
//! - Nowhere may a character only look like `/`.
//!
//! The table covers what a scanner or a forger would use. It is short on
//! purpose: whatever has no entry is still refused by the first rule.

use std::iter::once;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::grammar;
use super::normalise::{Glyph, characters, text};
use super::{Oddity, OddityKind, SymbolError};

/// Refuses a text that looks like another one.
pub(super) fn check(glyphs: &[Glyph]) -> Result<(), SymbolError> {
    refuse_foreign(glyphs)?;
    for word in words(glyphs) {
        refuse_mixture(word)?;
    }
    if characters(glyphs).any(|character| character.is_ascii_alphabetic()) {
        words(glyphs).try_for_each(refuse_look_alike)?;
    }
    Ok(())
}

/// Words of another alphabet that could as well be ASCII ones.
pub(super) fn look_alike_words(glyphs: &[Glyph]) -> impl Iterator<Item = Oddity> {
    words(glyphs).filter_map(|word| {
        let (first, resembles) = looks_ascii(word)?;
        let word = text(word);
        Some(OddityKind::LookAlikeWord { word, resembles }.at(first.at))
    })
}

/// The first look-alike of a word that has letters of no other kind, and what
/// the word looks like.
fn looks_ascii(word: &[Glyph]) -> Option<(&Glyph, String)> {
    let first = word.iter().find(|glyph| !glyph.character.is_ascii())?;
    let read = characters(word).map(|character| match character.is_ascii() {
        true => Some(character),
        false => resembles(character),
    });
    Some((first, read.collect::<Option<String>>()?))
}

fn refuse_look_alike(word: &[Glyph]) -> Result<(), SymbolError> {
    let Some((first, _)) = looks_ascii(word) else {
        return Ok(());
    };
    let character = first.character;
    resembles(character).map_or(Ok(()), |resembles| {
        Err(SymbolError::LookAlike {
            character,
            resembles,
            at: first.at,
        })
    })
}

fn refuse_foreign(glyphs: &[Glyph]) -> Result<(), SymbolError> {
    let root = grammar::first_component(glyphs);
    let official = grammar::is_known_root(&skeleton(root));
    let rooted = root.len() < glyphs.len() && grammar::has_root_shape(root);
    for glyph in glyphs.iter().filter(|glyph| !glyph.character.is_ascii()) {
        let (character, at) = (glyph.character, glyph.at);
        match resembles(character) {
            Some(resembles) if official || rooted || resembles == '/' => {
                return Err(SymbolError::LookAlike {
                    character,
                    resembles,
                    at,
                });
            }
            None if official => return Err(SymbolError::ForeignCharacter { character, at }),
            _ => {}
        }
    }
    Ok(())
}

fn refuse_mixture(word: &[Glyph]) -> Result<(), SymbolError> {
    let mut letters = word
        .iter()
        .filter_map(|glyph| Some((Alphabet::of(glyph.character)?, glyph)));
    let Some((alphabet, _)) = letters.next() else {
        return Ok(());
    };
    match letters.find(|(other, _)| *other != alphabet) {
        Some((_, glyph)) => Err(SymbolError::MixedAlphabets {
            character: glyph.character,
            at: glyph.at,
        }),
        None => Ok(()),
    }
}

/// Unbroken runs of letters, digits and their marks.
fn words(glyphs: &[Glyph]) -> impl Iterator<Item = &[Glyph]> {
    glyphs
        .split(|glyph| !glyph.character.is_alphanumeric() && !is_combining_mark(glyph.character))
        .filter(|word| !word.is_empty())
}

/// What the characters look like, accents left out.
fn skeleton(glyphs: &[Glyph]) -> String {
    glyphs
        .iter()
        .flat_map(|glyph| once(glyph.character).nfd())
        .filter(|character| !is_combining_mark(*character))
        .map(|character| resembles(character).unwrap_or(character))
        .collect()
}

/// Alphabets with look-alikes in each other. Other scripts aren't told apart:
/// nobody takes a Chinese or an Arabic letter for a Latin one.
#[derive(PartialEq)]
enum Alphabet {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Cherokee,
    Coptic,
    Lisu,
}

impl Alphabet {
    fn of(character: char) -> Option<Self> {
        if !character.is_alphabetic() {
            return None;
        }
        Some(match character {
            '\0'..='\u{2AF}' | '\u{1D00}'..='\u{1DBF}' | '\u{1E00}'..='\u{1EFF}' => Self::Latin,
            '\u{2C60}'..='\u{2C7F}' | '\u{A720}'..='\u{A7FF}' | '\u{AB30}'..='\u{AB6F}' => {
                Self::Latin
            }
            '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => Self::Greek,
            '\u{400}'..='\u{52F}' | '\u{1C80}'..='\u{1C8F}' | '\u{A640}'..='\u{A69F}' => {
                Self::Cyrillic
            }
            '\u{530}'..='\u{58F}' => Self::Armenian,
            '\u{13A0}'..='\u{13FF}' | '\u{AB70}'..='\u{ABBF}' => Self::Cherokee,
            '\u{2C80}'..='\u{2CFF}' => Self::Coptic,
            '\u{A4D0}'..='\u{A4FF}' => Self::Lisu,
            _ => return None,
        })
    }
}

/// The ASCII character that a reader takes this one for.
fn resembles(character: char) -> Option<char> {
    let found = LOOK_ALIKES
        .iter()
        .find(|(_, others)| others.contains(character));
    found.map(|(ascii, _)| *ascii)
}

/// Greek, Cyrillic, Armenian, Cherokee, Lisu and Latin letters, and strokes,
/// under what they resemble.
const LOOK_ALIKES: &[(char, &str)] = &[
    ('/', "⁄∕⧸╱"),
    ('3', "ЗзƷӠ"),
    ('A', "ΑАᎪꓮ"),
    ('B', "ΒВᏴꓐ"),
    ('C', "СᏟꓚ"),
    ('D', "ᎠꓓꓒᎴ"),
    ('E', "ΕЕᎬꓰ"),
    ('F', "Ϝꓝ"),
    ('G', "ԌᏀꓖ"),
    ('H', "ΗНᎻꓧ"),
    ('I', "ΙІӀꓲ"),
    ('J', "ЈᎫꓙͿ"),
    ('K', "ΚКᏦꓗ"),
    ('L', "ᏞꓡԼ"),
    ('M', "ΜМᎷꓟ"),
    ('N', "Νꓠ"),
    ('O', "ΟОՕꓳ"),
    ('P', "ΡРᏢꓑ"),
    ('Q', "Ԛ"),
    ('R', "ᎡᏒꓣ"),
    ('S', "ЅՏᏚꓢ"),
    ('T', "ΤТᎢꓔ"),
    ('U', "Սꓴ"),
    ('V', "ѴᏙꓦ"),
    ('W', "ԜᎳꓪ"),
    ('X', "ΧХꓫ"),
    ('Y', "ΥҮУꓬ"),
    ('Z', "ΖᏃꓜ"),
    ('a', "αаɑ"),
    ('c', "с"),
    ('e', "е"),
    ('g', "ɡց"),
    ('h', "һհ"),
    ('i', "іι"),
    ('j', "јϳյ"),
    ('k', "кκ"),
    ('l', "ӏ"),
    ('m', "м"),
    ('n', "пո"),
    ('o', "οоօ"),
    ('p', "ρр"),
    ('q', "ԛզ"),
    ('r', "гᴦ"),
    ('s', "ѕ"),
    ('t', "тτ"),
    ('u', "υս"),
    ('v', "νѵ"),
    ('w', "ԝѡ"),
    ('x', "χх"),
    ('y', "уγү"),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_look_alike_is_listed_once_and_survives_normalisation() {
        let mut seen = HashSet::new();
        for character in LOOK_ALIKES.iter().flat_map(|(_, others)| others.chars()) {
            assert!(
                !character.is_ascii() && seen.insert(character),
                "{character}"
            );
            assert!(once(character).nfkc().eq(once(character)), "{character}");
        }
    }
}
