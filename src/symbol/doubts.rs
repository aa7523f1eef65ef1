//! What looks wrong in a canonical symbol and is kept as it is.
//!
//! Each check looks at the canonical characters only, so a stored symbol read
//! again raises the same doubts as the printed one.

use super::brackets::{Nest, nesting};
use super::normalise::{Glyph, characters, text};
use super::suffix::{self, SuffixKind};
use super::{Oddity, OddityKind, alphabet, grammar};

/// The doubts about a symbol of an official shape.
pub(super) fn of_official(glyphs: &[Glyph], doubts: &mut Vec<Oddity>) {
    let nesting = nesting(characters(glyphs));
    for (index, glyph) in glyphs.iter().enumerate() {
        let outside = nesting[index] == Nest::Outside;
        let after = &glyphs[index + 1..];
        let kind = match glyph.character {
            ' ' if outside => (!grammar::is_part_letter(&glyphs[..index], after))
                .then_some(OddityKind::SpaceInside),
            '-' if outside && may_join(&glyphs[..index], after) => Some(OddityKind::PossibleJoin),
            ',' if !outside => None,
            character => is_unusual(&glyphs[..index], character, after)
                .then_some(OddityKind::UnusualCharacter { character }),
        };
        doubts.extend(kind.map(|kind| kind.at(glyph.at)));
    }
    let unpaired = nesting.iter().position(|nest| *nest == Nest::Unpaired);
    doubts.extend(unpaired.map(|index| OddityKind::UnbalancedBracket.at(glyphs[index].at)));
    let parts: Vec<&[Glyph]> = components(glyphs).collect();
    for part in &parts[1..] {
        doubts.extend(suffix_number(part).or_else(|| letter_in_number(part)));
        doubts.extend(full_stop(part));
        doubts.extend(catalogue_addition(part));
    }
    doubts.extend(missing_slash(&parts));
}

/// The doubts about a free-form reference.
pub(super) fn of_free_form(glyphs: &[Glyph], doubts: &mut Vec<Oddity>) {
    doubts.extend(alphabet::look_alike_words(glyphs));
    doubts.extend(symbol_inside(glyphs));
    doubts.extend(file_name(glyphs));
}

fn may_join(before: &[Glyph], after: &[Glyph]) -> bool {
    grammar::is_official(before) && grammar::starts_with_unknown_root(after)
}

fn is_unusual(before: &[Glyph], character: char, after: &[Glyph]) -> bool {
    let neighbour = |glyph: Option<&Glyph>| glyph.map_or('/', |glyph| glyph.character);
    match character {
        '.' | '-' => {
            let (before, after) = (neighbour(before.last()), neighbour(after.first()));
            before == '/' || after == '/' || after == character
        }
        '/' | ' ' | '(' | ')' | '[' | ']' => false,
        other => !other.is_ascii_alphanumeric(),
    }
}

fn suffix_number(component: &[Glyph]) -> Option<Oddity> {
    let (word, rest) = leading_word(component);
    SuffixKind::of_abbreviation(&text(word)).filter(|kind| *kind != SuffixKind::Summary)?;
    let found = text(rest);
    let main = found.split(['(', '[']).next().unwrap_or_default();
    let at = word[0].at;
    if main.is_empty() {
        return Some(OddityKind::SuffixWithoutNumber.at(at));
    }
    let plain = main.strip_prefix('.').is_some_and(|digits| {
        suffix::number(digits).is_some() && (digits == "0" || !digits.starts_with('0'))
    });
    let found = main.to_owned();
    (!plain).then(|| OddityKind::SuffixNumber { found }.at(rest[0].at))
}

fn letter_in_number(component: &[Glyph]) -> Option<Oddity> {
    let bracket = |glyph: &Glyph| matches!(glyph.character, '(' | '[');
    let main = component.split(bracket).next()?;
    let number = main.rsplit(|glyph| glyph.character == '.').next()?;
    let digits = characters(number).filter(char::is_ascii_digit).count();
    let letters = characters(number).filter(|character| "IlOo".contains(*character));
    let letters = letters.count();
    let mixed = digits > 0 && letters > 0 && digits + letters == number.len();
    let found = text(number);
    mixed.then(|| OddityKind::LetterInNumber { found }.at(number[0].at))
}

/// A body, series or suffix after a digit and a full stop: `79.SR.37`.
fn full_stop(component: &[Glyph]) -> Option<Oddity> {
    let stop = component.windows(2).enumerate().find(|(index, pair)| {
        let (word, rest) = leading_word(&component[index + 2..]);
        pair[0].character.is_ascii_digit()
            && pair[1].character == '.'
            && grammar::is_dotted_word(&text(word))
            && rest.first().is_some_and(|after| after.character == '.')
    });
    stop.map(|(_, pair)| OddityKind::FullStopForSlash.at(pair[1].at))
}

fn catalogue_addition(component: &[Glyph]) -> Option<Oddity> {
    let addition = component.windows(6).find(|part| {
        let part = text(part);
        part == "(SUPP)" || part == "[SUPP]"
    });
    addition.map(|part| OddityKind::CatalogueAddition.at(part[0].at))
}

/// General Assembly documents carry their session from the 31st on, so a long
/// number that starts like such a session has lost its stroke: `A/78423`.
fn missing_slash(components: &[&[Glyph]]) -> Option<Oddity> {
    let [root, number] = components else {
        return None;
    };
    let digits = text(number);
    let session = digits.get(..2).and_then(suffix::number)?;
    let long = digits.len() >= 5 && suffix::number(&digits).is_some();
    (text(root) == "A" && long && session >= 31).then(|| OddityKind::MissingSlash.at(number[0].at))
}

fn symbol_inside(glyphs: &[Glyph]) -> Option<Oddity> {
    let starts = glyphs.windows(2).enumerate().find(|(index, pair)| {
        !pair[0].character.is_alphanumeric()
            && grammar::starts_with_known_root(&glyphs[index + 1..])
    });
    starts.map(|(_, pair)| OddityKind::SymbolInside.at(pair[1].at))
}

fn file_name(glyphs: &[Glyph]) -> Option<Oddity> {
    let name = text(glyphs);
    let (root, rest) = name.split_once('_')?;
    let looks_so = grammar::is_known_root(root)
        && rest.contains(|character: char| character.is_ascii_digit())
        && !name.contains('/');
    looks_so.then(|| OddityKind::FileName.at(glyphs[0].at))
}

fn components(glyphs: &[Glyph]) -> impl Iterator<Item = &[Glyph]> {
    glyphs.split(|glyph| glyph.character == '/')
}

fn leading_word(component: &[Glyph]) -> (&[Glyph], &[Glyph]) {
    let letters = component
        .iter()
        .take_while(|glyph| glyph.character.is_ascii_alphabetic())
        .count();
    component.split_at(letters)
}
