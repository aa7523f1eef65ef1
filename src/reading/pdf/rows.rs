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
    let mut words: Vec<String> = vec![String::new()];
    let mut end = first.x;
    for glyph in glyphs {
        let gap = glyph.x - end > WORD_GAP * glyph.size;
        if (glyph.text == " " || gap) && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut()
            && glyph.text != " "
        {
            word.push_str(&glyph.text);
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

/// Words from left to right as they are read: from right to left if most of
/// them are of such a script, in which PDF shows glyphs as they stand.
fn logical(mut words: Vec<String>) -> String {
    words.retain(|word| !word.is_empty());
    let is_turned = |word: &&String| word.chars().any(is_right_to_left);
    if 2 * words.iter().filter(is_turned).count() <= words.len() {
        return words.join(" ");
    }
    // Numbers and foreign words keep their own direction, and so does a run of
    // foreign words.
    let mut turned: Vec<String> = Vec::new();
    let runs = words.chunk_by(|a, b| !is_turned(&a) && !is_turned(&b));
    for run in runs.collect::<Vec<_>>().into_iter().rev() {
        match run {
            [word] if is_turned(&word) => {
                turned.push(word.chars().rev().nfkc().collect());
            }
            run => turned.extend(run.iter().cloned()),
        }
    }
    turned.join(" ")
}

/// Hebrew, Arabic and their presentation forms (Unicode, `Bidi_Class` R and AL).
pub(super) fn is_right_to_left(c: char) -> bool {
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
            pieces[host].text.push_str(&small.text);
            pieces[host].end = small.end;
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
