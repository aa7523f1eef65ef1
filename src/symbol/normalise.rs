//! From printed text to canonical characters: Unicode form, dashes, white
//! space, doubled strokes, and what surrounds a symbol.
//!
//! Each character keeps its place in the printed text, so that whatever is
//! told later can point there. Nothing here knows what a symbol means.

use std::iter::once;

use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

use super::brackets::{Nest, nesting};
use super::{MAX_CANONICAL_BYTES, MAX_PRINTED_BYTES, Oddity, OddityKind, Place, SymbolError};

/// One character of the text as normalised so far.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glyph {
    pub(super) character: char,
    /// The character it was read from.
    pub(super) printed: char,
    pub(super) at: Place,
}

/// Normalises everything but the ends. A line break stays as `\n`, since it
/// may join two symbols.
pub(super) fn tidy(printed: &str, oddities: &mut Vec<Oddity>) -> Result<Vec<Glyph>, SymbolError> {
    if printed.len() > MAX_PRINTED_BYTES {
        return Err(SymbolError::TooLong {
            bytes: printed.len(),
            limit: MAX_PRINTED_BYTES,
        });
    }
    let glyphs = to_nfkc(printed, oddities)?;
    if !characters(&glyphs).any(char::is_alphanumeric) {
        return Err(SymbolError::Empty);
    }
    let glyphs = close_up(&glyphs, oddities);
    Ok(collapse_strokes(glyphs, oddities))
}

/// The characters as text.
pub(super) fn text(glyphs: &[Glyph]) -> String {
    glyphs.iter().map(|glyph| glyph.character).collect()
}

/// The characters as text, unless it is longer than any symbol.
pub(super) fn bounded_text(glyphs: &[Glyph]) -> Result<String, SymbolError> {
    let text = text(glyphs);
    check_length(&text).map(|()| text)
}

/// Refuses a canonical text that is longer than any symbol.
pub(super) fn check_length(canonical: &str) -> Result<(), SymbolError> {
    if canonical.len() > MAX_CANONICAL_BYTES {
        return Err(SymbolError::TooLong {
            bytes: canonical.len(),
            limit: MAX_CANONICAL_BYTES,
        });
    }
    Ok(())
}

/// Line breaks that join nothing are spaces.
pub(super) fn without_line_breaks(glyphs: &[Glyph], oddities: &mut Vec<Oddity>) -> Vec<Glyph> {
    let space = |glyph: &Glyph| match glyph.character {
        '\n' => {
            oddities.push(OddityKind::Space.at(glyph.at));
            Glyph {
                character: ' ',
                ..*glyph
            }
        }
        _ => *glyph,
    };
    glyphs.iter().map(space).collect()
}

/// Takes away what surrounds a symbol: white space, brackets, closing
/// punctuation, and asterisks, whose number it returns.
pub(super) fn strip<'a>(glyphs: &'a [Glyph], oddities: &mut Vec<Oddity>) -> (&'a [Glyph], usize) {
    let mut inner = glyphs;
    let mut asterisks = 0;
    while let ([first, ..], [.., last]) = (inner, inner) {
        let nesting = nesting(characters(inner));
        let end = inner.len() - 1;
        inner = match last.character {
            ' ' | '\n' => &inner[..end],
            '*' => {
                asterisks += 1;
                if asterisks > 1 {
                    oddities.push(OddityKind::ExtraAsterisk.at(last.at));
                }
                &inner[..end]
            }
            mark @ ('.' | ',' | ';') => {
                oddities.push(OddityKind::FinalPunctuation { mark }.at(last.at));
                &inner[..end]
            }
            _ if nesting[end] == Nest::Unpaired => {
                oddities.push(outer_bracket(last));
                &inner[..end]
            }
            _ if nesting[0] == Nest::Unpaired => {
                oddities.push(outer_bracket(first));
                &inner[1..]
            }
            _ if end > 0 && nesting[0] == Nest::Paired(end) => {
                oddities.extend([outer_bracket(first), outer_bracket(last)]);
                &inner[1..end]
            }
            _ if first.character == ' ' || first.character == '\n' => &inner[1..],
            _ => break,
        };
    }
    (inner, asterisks)
}

/// The characters alone.
pub(super) fn characters(glyphs: &[Glyph]) -> impl Iterator<Item = char> {
    glyphs.iter().map(|glyph| glyph.character)
}

fn outer_bracket(glyph: &Glyph) -> Oddity {
    let bracket = glyph.character;
    OddityKind::OuterBracket { bracket }.at(glyph.at)
}

/// Unicode NFKC, with every dash a hyphen and every space a plain one.
fn to_nfkc(printed: &str, oddities: &mut Vec<Oddity>) -> Result<Vec<Glyph>, SymbolError> {
    let mut glyphs = Vec::with_capacity(printed.len());
    for (at, cluster) in clusters(printed, oddities)? {
        let printed = cluster.chars().next().unwrap_or_default();
        let read: String = cluster.nfkc().collect();
        for character in read.chars() {
            refuse_unprintable(character, at)?;
            let character = plain(character);
            glyphs.push(Glyph {
                character,
                printed,
                at,
            });
        }
        let plain = plain(printed);
        if plain == '-' && printed != '-' {
            oddities.push(OddityKind::Dash { printed }.at(at));
        }
        let told_elsewhere =
            matches!(plain, '-' | ' ' | '\n') && cluster.len() == printed.len_utf8();
        if cluster != read && !told_elsewhere {
            tell_form(at, cluster, read, oddities);
        }
    }
    Ok(glyphs)
}

/// Tells of a change of form; changes side by side are told as one.
fn tell_form(at: Place, printed: String, read: String, oddities: &mut Vec<Oddity>) {
    if let Some(Oddity {
        kind:
            OddityKind::UnicodeForm {
                printed: before,
                read: read_before,
            },
        at: start,
    }) = oddities.last_mut()
        && start.byte + before.len() == at.byte
    {
        before.push_str(&printed);
        read_before.push_str(&read);
        return;
    }
    oddities.push(OddityKind::UnicodeForm { printed, read }.at(at));
}

/// Parts of the text that normalise independently of each other, without
/// direction marks.
fn clusters(
    printed: &str,
    oddities: &mut Vec<Oddity>,
) -> Result<Vec<(Place, String)>, SymbolError> {
    let mut clusters: Vec<(Place, String)> = Vec::with_capacity(printed.len());
    for (character, (byte, mark)) in printed.char_indices().enumerate() {
        let at = Place { byte, character };
        if matches!(mark, '\u{200E}' | '\u{200F}' | '\u{61C}') {
            // Taken out first: between a letter and its accent it would keep
            // them from composing, and the canonical form would compose later.
            oddities.push(OddityKind::DirectionMark { mark }.at(at));
            continue;
        }
        refuse_unprintable(mark, at)?;
        if is_set_apart(mark) {
            let character = mark;
            return Err(SymbolError::SetApart { character, at });
        }
        match clusters.last_mut() {
            Some((_, cluster)) if extends(mark) => cluster.push(mark),
            _ => clusters.push((at, mark.to_string())),
        }
    }
    Ok(clusters)
}

/// Whether normalisation may compose or reorder this with what stands before.
fn extends(character: char) -> bool {
    once(character).nfkd().next().is_some_and(|first| {
        canonical_combining_class(first) != 0 || is_nfkc_quick(once(first)) == IsNormalized::Maybe
    })
}

fn plain(character: char) -> char {
    match character {
        '\n' | '\r' | '\u{2028}' | '\u{2029}' => '\n',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}' => '-',
        space if space.is_whitespace() => ' ',
        other => other,
    }
}

/// Removes white space beside strokes, full stops, dashes and inside of
/// brackets, and before them; any other becomes one space or one line break.
fn close_up(glyphs: &[Glyph], oddities: &mut Vec<Oddity>) -> Vec<Glyph> {
    let mut closed: Vec<Glyph> = Vec::with_capacity(glyphs.len());
    let mut rest = glyphs;
    while let Some(first) = rest.first() {
        let spaces = rest.iter().take_while(|glyph| is_space(glyph)).count();
        if spaces == 0 {
            closed.push(*first);
            rest = &rest[1..];
            continue;
        }
        let (run, after) = rest.split_at(spaces);
        rest = after;
        let (Some(before), Some(after)) = (closed.last(), after.first()) else {
            continue;
        };
        if matches!(before.character, '/' | '.' | '-' | '(' | '[')
            || matches!(after.character, '/' | '.' | '-' | '(' | '[' | ')' | ']')
        {
            oddities.push(OddityKind::Space.at(first.at));
            continue;
        }
        let breaks = run.iter().any(|glyph| glyph.character == '\n');
        if !breaks && (spaces > 1 || first.printed != ' ') {
            oddities.push(OddityKind::Space.at(first.at));
        }
        closed.push(Glyph {
            character: if breaks { '\n' } else { ' ' },
            ..*first
        });
    }
    closed
}

fn collapse_strokes(mut glyphs: Vec<Glyph>, oddities: &mut Vec<Oddity>) -> Vec<Glyph> {
    glyphs.dedup_by(|second, first| {
        let doubled = first.character == '/' && second.character == '/';
        if doubled {
            oddities.push(OddityKind::DoubledSlash.at(second.at));
        }
        doubled
    });
    glyphs
}

fn is_space(glyph: &Glyph) -> bool {
    matches!(glyph.character, ' ' | '\n')
}

fn refuse_unprintable(character: char, at: Place) -> Result<(), SymbolError> {
    match character {
        '\t' | '\n' | '\r' => Ok(()),
        _ if character.is_control() => Err(SymbolError::ControlCharacter { character, at }),
        _ if is_unprintable(character) => Err(SymbolError::Unprintable { character, at }),
        _ => Ok(()),
    }
}

/// Format characters, variation selectors, invisible fillers, private use,
/// the replacement character and noncharacters.
fn is_unprintable(character: char) -> bool {
    matches!(character,
        '\u{AD}' | '\u{34F}' | '\u{600}'..='\u{605}' | '\u{61C}' | '\u{6DD}' | '\u{70F}'
        | '\u{890}'..='\u{891}' | '\u{8E2}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{E000}'..='\u{F8FF}'
        | '\u{FDD0}'..='\u{FDEF}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFF}' | '\u{110BD}' | '\u{110CD}' | '\u{13430}'..='\u{1343F}'
        | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{10FFFF}')
        || u32::from(character) & 0xFFFE == 0xFFFE
}

/// Superscripts, subscripts, enclosed characters and fractions, for which NFKC
/// puts plain ones. The ordinal signs (`N.º 17`) aren't among them.
fn is_set_apart(character: char) -> bool {
    let letter_or_sign = matches!(character,
        '\u{2B0}'..='\u{2B8}' | '\u{2E0}'..='\u{2E4}' | '\u{1D2C}'..='\u{1D6A}'
        | '\u{1D9B}'..='\u{1DBF}' | '\u{2070}'..='\u{209F}' | '\u{249C}'..='\u{24E9}'
        | '\u{2C7C}'..='\u{2C7D}' | '\u{A7F1}'..='\u{A7F4}' | '\u{A7F8}'..='\u{A7F9}'
        | '\u{10780}'..='\u{107BF}' | '\u{1F110}'..='\u{1F169}');
    // Any other character that holds digits, unless it is a decimal digit.
    let decimal = matches!(character,
        '0'..='9' | '\u{FF10}'..='\u{FF19}' | '\u{1CCF0}'..='\u{1CCF9}'
        | '\u{1D7CE}'..='\u{1D7FF}' | '\u{1FBF0}'..='\u{1FBF9}');
    letter_or_sign || !decimal && once(character).nfkc().any(|read| read.is_ascii_digit())
}
