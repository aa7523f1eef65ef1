//! Glyphs to pieces of lines: what stands on one baseline without a wide gap.

use unicode_normalization::UnicodeNormalization as _;

use super::glyphs::Glyph;

/// Lengths in font sizes.
///
/// A gap that parts words.
const WORD_GAP: f64 = 0.18;
/// A gap that parts pieces: the narrowest that may be a gutter. Justified words
/// may be as far apart; they end up in one line all the same.
const PIECE_GAP: f64 = 0.7;
/// The widest gap between the mark of a footnote and its text.
const MARK_GAP: f64 = 3.0;
/// How far baselines of one row may lie apart.
const ROW: f64 = 0.25;
/// How far a smaller glyph may be raised or lowered in a row.
const RAISED: f64 = 0.6;
/// A glyph below this share of its row's size is small.
const SMALL: f64 = 0.8;
/// How near a glyph drawn a second time, to look bold, lies to the first.
const DOUBLE: f64 = 0.12;
/// What a glyph takes above and below its baseline.
const ABOVE: f64 = 0.75;
const BELOW: f64 = 0.22;

/// Above this many pieces a page is read as it stands; no document prints so many.
pub(super) const MAX_PIECES: usize = 10_000;

/// A piece of a line, in the coordinates of its [`Glyph`]s.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) x: f64,
    pub(super) end: f64,
    pub(super) y: f64,
    pub(super) size: f64,
    pub(super) turns: u8,
}

impl Piece {
    pub(super) fn top(&self) -> f64 {
        self.y - ABOVE * self.size
    }

    /// Adds a small piece that stands behind this one. A raised number must not
    /// become part of the word or number before it.
    fn append_small(&mut self, small: &Self) {
        let is_mark = small.y < self.y && small.text.chars().all(|c| c.is_ascii_digit());
        if is_mark && self.text.ends_with(char::is_alphanumeric) {
            self.text.push(' ');
        }
        self.text.push_str(&small.text);
        self.end = small.end;
    }

    pub(super) fn bottom(&self) -> f64 {
        self.y + BELOW * self.size
    }
}

/// The pieces of a page, by direction, then from the top, then from the left.
pub(super) fn pieces(mut glyphs: Vec<Glyph>) -> Vec<Piece> {
    glyphs.sort_by(|a, b| a.turns.cmp(&b.turns).then(a.y.total_cmp(&b.y)));
    let rows = glyphs
        .chunk_by(|a, b| a.turns == b.turns && b.y - a.y <= ROW * a.size.min(b.size).max(1.0));
    let mut pieces: Vec<_> = rows.flat_map(|row| row_pieces(row.to_vec())).collect();
    if pieces.len() <= MAX_PIECES {
        attach_small(&mut pieces);
    }
    pieces
}

/// The pieces of glyphs on one baseline.
fn row_pieces(mut row: Vec<Glyph>) -> Vec<Piece> {
    row.sort_by(|a, b| a.x.total_cmp(&b.x));
    row.dedup_by(|b, a| a.text == b.text && (b.x - a.x).abs() < DOUBLE * a.size);
    // Spaces at either end of a piece, and those that fill a line, say nothing.
    let mut pieces = Vec::new();
    let mut piece: Vec<Glyph> = Vec::new();
    for glyph in row
        .into_iter()
        .filter(|glyph| !glyph.text.trim().is_empty() || glyph.text == " ")
    {
        if glyph.text == " " && piece.is_empty() {
            continue;
        }
        let inked = piece.iter().rev().find(|glyph| glyph.text != " ");
        let parts = glyph.text != " "
            && inked.is_some_and(|last| glyph.x - last.end > PIECE_GAP * last.size.max(glyph.size));
        if parts {
            pieces.extend(joined(std::mem::take(&mut piece)));
        }
        piece.push(glyph);
    }
    pieces.extend(joined(piece));
    pieces
}

/// One piece of glyphs from left to right.
fn joined(glyphs: Vec<Glyph>) -> Option<Piece> {
    let inked = glyphs.iter().rposition(|glyph| glyph.text != " ")?;
    let glyphs = &glyphs[..=inked];
    let (first, last) = (glyphs.first()?, glyphs.last()?);
    let sized = |glyph: &&Glyph| glyph.text != " ";
    let size = glyphs
        .iter()
        .filter(sized)
        .map(|glyph| glyph.size)
        .fold(0.0, f64::max);
    let mut words: Vec<Vec<String>> = vec![Vec::new()];
    let mut end = first.x;
    for glyph in glyphs {
        let gap = glyph.x - end > WORD_GAP * glyph.size;
        if (glyph.text == " " || gap) && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(Vec::new());
        }
        if let Some(word) = words.last_mut()
            && glyph.text != " "
        {
            word.push(glyph.text.clone());
        }
        end = end.max(glyph.end);
    }
    Some(Piece {
        text: logical(words),
        x: first.x,
        end,
        y: last.y.min(first.y),
        size,
        turns: first.turns,
    })
}

/// Words, each of the texts of its glyphs, from left to right as they are drawn,
/// as they are read: from right to left if most letters are of such a script.
fn logical(mut words: Vec<Vec<String>>) -> String {
    words.retain(|word| !word.is_empty());
    let turned = |word: &Vec<String>| {
        word.iter()
            .flat_map(|text| text.chars())
            .any(is_right_to_left)
    };
    if !reads_from_right(words.iter().flatten().flat_map(|text| text.chars())) {
        let words: Vec<_> = words.iter().map(|word| word.concat()).collect();
        return words.join(" ");
    }
    // Numbers and foreign words keep their own direction, and so do runs of them.
    let mut read: Vec<String> = Vec::new();
    let runs: Vec<_> = words.chunk_by(|a, b| !turned(a) && !turned(b)).collect();
    for run in runs.into_iter().rev() {
        for word in run {
            read.push(if turned(word) {
                word.iter().rev().flat_map(|text| text.nfkc()).collect()
            } else {
                word.concat()
            });
        }
    }
    read.join(" ")
}

/// Whether text is mostly in letters that are read from right to left.
pub(super) fn reads_from_right(text: impl Iterator<Item = char>) -> bool {
    let letters = text.filter(|c| c.is_alphabetic());
    let (turned, all) = letters.fold((0_usize, 0_usize), |(turned, all), c| {
        (turned + usize::from(is_right_to_left(c)), all + 1)
    });
    2 * turned > all
}

/// Hebrew, Arabic and their presentation forms (Unicode, `Bidi_Class` R and AL).
fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

/// Joins raised and lowered small pieces, such as the marks of footnotes, to the
/// piece they stand behind or, at the start of a line, before.
fn attach_small(pieces: &mut Vec<Piece>) {
    /// How far in the list the piece beside may be.
    const NEAR: usize = 40;
    let mut index = 0;
    while index < pieces.len() {
        let small = &pieces[index];
        let beside = |host: &Piece| {
            host.turns == small.turns
                && small.size < SMALL * host.size
                && (host.y - small.y).abs() < RAISED * host.size
        };
        let near = || index.saturating_sub(NEAR)..(index + NEAR).min(pieces.len());
        let behind = near().find(|other| {
            let host = &pieces[*other];
            beside(host) && is_gap(small.x - host.end, 2.0 * WORD_GAP * host.size, host.size)
        });
        let before = || {
            near().find(|other| {
                let host = &pieces[*other];
                beside(host) && is_gap(host.x - small.end, MARK_GAP * host.size, host.size)
            })
        };
        if let Some(host) = behind {
            let small = pieces.remove(index);
            let host = if host > index { host - 1 } else { host };
            pieces[host].append_small(&small);
            join_follower(pieces, host, NEAR);
        } else if let Some(host) = before() {
            let small = pieces.remove(index);
            let host = &mut pieces[if host > index { host - 1 } else { host }];
            host.text = format!("{} {}", small.text, host.text);
            host.x = small.x;
        } else {
            index += 1;
        }
    }
}

/// Joins a piece that a small one had parted from the text before it.
fn join_follower(pieces: &mut Vec<Piece>, host: usize, near: usize) {
    let follower = (host + 1..pieces.len().min(host + near)).find(|other| {
        let (host, other) = (&pieces[host], &pieces[*other]);
        other.turns == host.turns
            && (other.y - host.y).abs() <= ROW * host.size
            && is_gap(other.x - host.end, PIECE_GAP * host.size, host.size)
    });
    if let Some(follower) = follower {
        let follower = pieces.remove(follower);
        let host = &mut pieces[host];
        if follower.x - host.end > WORD_GAP * host.size {
            host.text.push(' ');
        }
        host.text.push_str(&follower.text);
        host.end = follower.end;
    }
}

/// Whether a distance is no more than a gap; an overlap of a hair is none.
fn is_gap(distance: f64, most: f64, size: f64) -> bool {
    (-0.1 * size..most).contains(&distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Glyphs half a size wide, one after another; a space moves on without a glyph.
    fn glyphs(text: &str, x: f64, y: f64, size: f64) -> Vec<Glyph> {
        let letters = text.chars().enumerate().filter(|(_, c)| *c != ' ');
        letters
            .map(|(place, c)| Glyph {
                text: c.to_string(),
                x: x + place as f64 * size / 2.0,
                end: x + (place + 1) as f64 * size / 2.0,
                y,
                size,
                turns: 0,
            })
            .collect()
    }

    fn texts(glyphs: Vec<Glyph>) -> Vec<String> {
        pieces(glyphs).into_iter().map(|piece| piece.text).collect()
    }

    #[test]
    fn gaps_part_words_and_wide_gaps_pieces() {
        let mut row = glyphs("far", 200.0, 11.0, 10.0);
        row.extend(glyphs("two words", 0.0, 10.0, 10.0));
        assert_eq!(texts(row), ["two words", "far"]);
    }

    #[test]
    fn a_glyph_drawn_twice_is_one() {
        let mut row = glyphs("bold", 0.0, 10.0, 10.0);
        row.extend(glyphs("bold", 0.3, 10.0, 10.0));
        assert_eq!(texts(row), ["bold"]);
    }

    #[test]
    fn the_mark_of_a_footnote_stays_with_its_text() {
        let mut page = glyphs("end", 0.0, 100.0, 10.0);
        page.extend(glyphs("1", 15.0, 96.0, 6.0));
        page.extend(glyphs("and;", 23.0, 100.0, 10.0));
        page.extend(glyphs("2", 43.0, 96.0, 6.0));
        page.extend(glyphs("1", 0.0, 196.0, 6.0));
        page.extend(glyphs("Note.", 10.0, 200.0, 10.0));
        assert_eq!(texts(page), ["end 1 and;2", "1 Note."]);
    }

    #[test]
    fn arabic_is_read_from_right_to_left_with_its_numbers() {
        // As drawn, from the left: a number, then a word whose first letter is
        // the rightmost, in presentation forms.
        let row = glyphs(
            "62 \u{fe94}\u{fed8}\u{fef4}\u{fe9b}\u{feed}",
            0.0,
            10.0,
            10.0,
        );
        assert_eq!(texts(row), ["\u{648}\u{62b}\u{64a}\u{642}\u{629} 62"]);
    }
}
