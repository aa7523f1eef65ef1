//! Roots, words and joins of official symbols.
//!
//! ```text
//! joint     = symbol , { "-" , symbol } ;      (* the later roots are known ones *)
//! symbol    = root , "/" , component , { "/" , component } ;
//! root      = known | letter , { letter | digit | "." | "-" | "(" | ")" | "[" | "]" } ;
//! component = suffix | other ;                 (* a suffix counts at the end only *)
//! suffix    = ("Add"|"Amend"|"Corr"|"Rev") , "." , digits , [ brackets ] | "Summary" ;
//! ```
//!
//! Components are kept whatever they are; a word in a list below only gets its
//! usual case.

use super::brackets::{Nest, nesting};
use super::normalise::{Glyph, characters, text};
use super::suffix::Suffix;
use super::{Oddity, OddityKind, SymbolError};

/// Roots of the principal organs, then of bodies with a series of their own.
const ROOTS: &[&str] = &[
    "A", "S", "E", "T", "ST", //
    "AT", "BWC", "CAC", "CAT", "CBD", "CCPR", "CCW", "CD", "CED", "CEDAW", "CERD", "CLCS", "CMW",
    "CRC", "CRPD", "CTOC", "DP", "FCCC", "GC", "GOV", "HRC", "HRI", "ID", "ISBA", "JIU", "NPT",
    "SPLOS", "TD", "TPNW", "UNEP", "WFC",
];

/// Bodies and series, alone or before a full stop.
const CAPITALS: &[&str] = &[
    "AC", "BMS", "C", "CN", "CONF", "CRP", "GC", "HLPF", "HRC", "INF", "L", "NGO", "PC", "PCN",
    "PET", "PM", "PRST", "PV", "R", "RC", "SC", "SR", "WG", "WP",
];

/// Series in capitals when alone. Before a full stop the organs differ:
/// `EC-M-33/DEC.1`, but `UNEP/EA.4/Res.10`.
const CAPITALS_ALONE: &[&str] = &["DEC", "RES"];

/// Words with one capital, alone or before a full stop.
const CAPITALISED: &[&str] = &["Add", "Agenda", "Amend", "Corr", "Rev", "Sub", "Vol"];

/// Words with one capital that are a component by themselves.
const CAPITALISED_ALONE: &[&str] = &[
    "Addendum",
    "Amendment",
    "Corrigendum",
    "Revision",
    "Summary",
];

/// Whether this is a root in use at the United Nations, in any case. A session
/// in brackets may follow: `GC(49)`.
pub(super) fn is_known_root(root: &str) -> bool {
    let name = root.split(['(', '[']).next().unwrap_or_default();
    is_in(ROOTS, name) && (name.len() == root.len() || root.ends_with([')', ']']))
}

/// Whether this could be the root of some organ.
pub(super) fn has_root_shape(root: &[Glyph]) -> bool {
    let mut characters = characters(root);
    characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && characters.all(|character| {
            character.is_ascii_alphanumeric()
                || matches!(character, '.' | '-' | '(' | ')' | '[' | ']')
        })
}

/// Whether this has the shape of an official symbol.
pub(super) fn is_official(glyphs: &[Glyph]) -> bool {
    let root = first_component(glyphs);
    root.len() + 1 < glyphs.len()
        && has_root_shape(root)
        && characters(glyphs).all(|character| character.is_ascii())
}

/// Where a joint symbol joins: at a dash or line break between an official
/// symbol and a known root followed by `/`, outside brackets.
pub(super) fn joins(glyphs: &[Glyph]) -> Vec<usize> {
    let nesting = nesting(characters(glyphs));
    let mut joins = Vec::new();
    let mut start = 0;
    for (index, glyph) in glyphs.iter().enumerate() {
        if matches!(glyph.character, '-' | '\n')
            && nesting[index] == Nest::Outside
            && starts_with_known_root(&glyphs[index + 1..])
            && is_official(&glyphs[start..index])
        {
            joins.push(index);
            start = index + 1;
        }
    }
    joins
}

/// Whether a known root and `/` stand at the start.
pub(super) fn starts_with_known_root(glyphs: &[Glyph]) -> bool {
    let root = first_component(glyphs);
    root.len() < glyphs.len() && is_known_root(&text(root))
}

/// Whether letters that may be the root of an organ, and `/`, stand at the
/// start. A Roman number (`A/S-XII/3`) or a single letter isn't taken for one.
pub(super) fn starts_with_unknown_root(glyphs: &[Glyph]) -> bool {
    let root = text(first_component(glyphs));
    let name = root.split(['(', '[']).next().unwrap_or_default();
    root.chars().count() < glyphs.len()
        && name.len() > 1
        && name.bytes().all(|byte| byte.is_ascii_alphabetic())
        && !name
            .bytes()
            .all(|byte| b"IVXLCDM".contains(&byte.to_ascii_uppercase()))
}

/// Refuses an official symbol with something that makes several of it.
pub(super) fn refuse_several(glyphs: &[Glyph]) -> Result<(), SymbolError> {
    refuse_citation(glyphs)?;
    let nesting = nesting(characters(glyphs));
    for (index, glyph) in glyphs.iter().enumerate() {
        let (before, after) = (&glyphs[..index], &glyphs[index + 1..]);
        if glyph.character == ' '
            && nesting[index] == Nest::Outside
            && starts_with_known_root(after)
            && !is_part_letter(before, after)
        {
            return Err(SymbolError::SecondSymbol { at: after[0].at });
        }
    }
    Ok(())
}

fn refuse_citation(glyphs: &[Glyph]) -> Result<(), SymbolError> {
    let nesting = nesting(characters(glyphs));
    let mut start = 0;
    for word in glyphs.split_inclusive(|glyph| matches!(glyph.character, ' ' | ',' | ';' | '&')) {
        let outside = nesting[start] == Nest::Outside;
        let end = start + word.len();
        let [letters @ .., last] = word else { continue };
        let mark = matches!(last.character, ',' | ';' | '&') && nesting[end - 1] == Nest::Outside;
        if mark {
            let word = last.character.to_string();
            return Err(SymbolError::Citation { word, at: last.at });
        }
        let word = text(letters);
        if outside && last.character == ' ' && word.eq_ignore_ascii_case("and") {
            let at = letters[0].at;
            return Err(SymbolError::Citation { word, at });
        }
        start = end;
    }
    Ok(())
}

/// Whether a resolution's part letter follows a number: `79/573 B`,
/// `217 A(III)`, `46/185 A-C/Corr.1`.
pub(super) fn is_part_letter(before: &[Glyph], after: &[Glyph]) -> bool {
    let numbered = before
        .last()
        .is_some_and(|last| last.character.is_ascii_digit() || matches!(last.character, ')' | ']'));
    let mut rest = after.split(|glyph| glyph.character == '/');
    let part = text(rest.next().unwrap_or_default());
    let letters = part.split(['(', '[']).next().unwrap_or_default();
    let mut letters = letters.splitn(2, '-');
    numbered
        && letters.all(|letters| {
            matches!(letters.len(), 1 | 2) && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
        })
        && rest.all(|component| Suffix::read(&text(component)).is_some())
}

/// Puts the known words of an official symbol in their usual case.
pub(super) fn spell(glyphs: &mut [Glyph], oddities: &mut Vec<Oddity>) {
    let mut before = None;
    let mut start = 0;
    while start < glyphs.len() {
        let letters = glyphs[start..]
            .iter()
            .take_while(|glyph| glyph.character.is_ascii_alphabetic())
            .count();
        let end = start + letters;
        if letters > 0 && matches!(before, None | Some('/' | '(' | '[')) {
            let after = glyphs.get(end).map(|glyph| glyph.character);
            let word = &mut glyphs[start..end];
            if let Some(usual) = usual_spelling(&text(word), before, after) {
                respell(word, usual, oddities);
            }
        }
        start = end.max(start + 1);
        before = Some(glyphs[start - 1].character);
    }
}

fn respell(word: &mut [Glyph], usual: &str, oddities: &mut Vec<Oddity>) {
    let (printed, at) = (text(word), word[0].at);
    if printed == usual {
        return;
    }
    for (glyph, character) in word.iter_mut().zip(usual.chars()) {
        glyph.character = character;
    }
    let canonical = usual.to_owned();
    oddities.push(OddityKind::Case { printed, canonical }.at(at));
}

/// How a word is usually spelled, by what stands before and after it.
fn usual_spelling(word: &str, before: Option<char>, after: Option<char>) -> Option<&'static str> {
    let alone = matches!(after, None | Some('/' | '(' | '['));
    let lists: &[&[&'static str]] = match (before, after) {
        (None, _) if alone => &[ROOTS],
        (None, _) => &[],
        (Some('/'), Some('.')) => &[CAPITALS, CAPITALISED],
        (Some('/'), Some('-')) => &[&["S", "ES"]],
        (Some('/'), _) if alone => &[CAPITALS, CAPITALS_ALONE, CAPITALISED, CAPITALISED_ALONE],
        (_, Some('.')) => &[&["Vol"]],
        (_, Some('-')) => &[&["S", "ES"]],
        (_, Some(')' | ']')) => &[&["SUPP"]],
        _ => &[],
    };
    lists
        .iter()
        .copied()
        .flatten()
        .find(|usual| usual.eq_ignore_ascii_case(word))
        .copied()
}

/// Whether a body, a series or a suffix is called so, before a full stop.
pub(super) fn is_dotted_word(word: &str) -> bool {
    is_in(CAPITALS, word) || is_in(CAPITALISED, word)
}

pub(super) fn first_component(glyphs: &[Glyph]) -> &[Glyph] {
    let root = glyphs.split(|glyph| glyph.character == '/').next();
    root.unwrap_or_default()
}

fn is_in(list: &[&str], word: &str) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(word))
}
