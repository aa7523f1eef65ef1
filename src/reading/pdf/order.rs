//! Pieces of lines in reading order.
//!
//! A page is cut into regions at the white between them (recursive XY cut):
//! from left to right where a gutter runs through a region and both sides are
//! columns of text, else at the widest white between two rows. Rows of a table
//! stay rows: pieces that share baselines with their neighbours and do not fill
//! their columns.

use std::ops::Range;

use super::rows::{MAX_PIECES, Piece, reads_from_right};

/// Lengths in font sizes.
///
/// A gutter between columns.
const GUTTER: f64 = 0.9;
/// A gap at which what stands in one row is two lines, not one.
const APART: f64 = 4.0;
/// A gap in a row that is more than a space.
const TAB: f64 = 2.0;
/// How far sizes that count as one may lie apart.
const SAME_SIZE: f64 = 0.15;
/// How far baselines of one row may lie apart.
const ROW: f64 = 0.3;
/// Fewer rows beside each other are no table, and no columns of text.
const MIN_ROWS: usize = 3;
/// Characters of the usual line of a column of text; cells of tables have fewer.
const TEXT_LINE: f64 = 28.0;
/// White between rows that parts blocks standing beside each other.
const BLOCK_GAP: f64 = 0.5;

/// The lines of a page.
pub(super) fn lines(mut pieces: Vec<Piece>) -> Vec<String> {
    let mut lines = Vec::new();
    if reads_from_right(pieces.iter().flat_map(|piece| piece.text.chars())) {
        for piece in &mut pieces {
            (piece.x, piece.end) = (-piece.end, -piece.x);
        }
    }
    for direction in pieces.chunk_by(|a, b| a.turns == b.turns) {
        if direction.len() > MAX_PIECES {
            let all: Vec<_> = direction.iter().collect();
            lines.extend(region_lines(&rows(&all), true));
            continue;
        }
        let mut regions: Vec<Vec<&Piece>> = vec![direction.iter().collect()];
        while let Some(region) = regions.pop() {
            match cut(&region) {
                Cut::Lines(read) => lines.extend(read),
                // The last in is the next out.
                Cut::Regions(first, second) => regions.extend([second, first]),
            }
        }
    }
    lines
}

enum Cut<'a> {
    Regions(Vec<&'a Piece>, Vec<&'a Piece>),
    Lines(Vec<String>),
}

fn cut<'a>(region: &[&'a Piece]) -> Cut<'a> {
    let rows = rows(region);
    if rows.iter().all(|row| row.len() == 1) {
        return Cut::Lines(region_lines(&rows, false));
    }
    let size = usual(region.iter().map(|piece| piece.size));
    let across = widest_gap(region.iter().map(|piece| (piece.x, piece.end)));
    if let Some(gap) = across.filter(|gap| gap.end - gap.start >= GUTTER * size) {
        let (left, right): (Vec<_>, Vec<_>) = region
            .iter()
            .copied()
            .partition(|piece| piece.end <= gap.start);
        match relation(&left, &right, &gap, size) {
            Beside::Columns => return Cut::Regions(left, right),
            Beside::Blocks => {
                return match row_of_blocks(region, size) {
                    Some(gap) => split_at(region, &gap),
                    None => Cut::Regions(left, right),
                };
            }
            Beside::Table => return Cut::Lines(region_lines(&rows, true)),
            Beside::Neither => {}
        }
    }
    let down = widest_gap(region.iter().map(|piece| (piece.top(), piece.bottom())));
    match down.filter(|gap| gap.end > gap.start) {
        Some(gap) => split_at(region, &gap),
        None => Cut::Lines(region_lines(&rows, false)),
    }
}

fn split_at<'a>(region: &[&'a Piece], gap: &Range<f64>) -> Cut<'a> {
    let is_upper = |piece: &&Piece| piece.bottom() <= gap.start;
    let (upper, lower) = region.iter().copied().partition(is_upper);
    Cut::Regions(upper, lower)
}

/// The white below the first row of blocks, if more follows it.
fn row_of_blocks(region: &[&Piece], size: f64) -> Option<Range<f64>> {
    gaps(region.iter().map(|piece| (piece.top(), piece.bottom())))
        .into_iter()
        .find(|gap| gap.end - gap.start >= BLOCK_GAP * size)
}

/// How two sides of a gutter belong together.
enum Beside {
    /// Columns of running text: one after the other.
    Columns,
    /// Rows that go through both.
    Table,
    /// Blocks of few lines, as in a masthead.
    Blocks,
    Neither,
}

fn relation(left: &[&Piece], right: &[&Piece], gap: &Range<f64>, size: f64) -> Beside {
    let (left_rows, right_rows) = (rows(left), rows(right));
    let fewer = left_rows.len().min(right_rows.len());
    if fewer >= MIN_ROWS && is_text(&left_rows) && is_text(&right_rows) {
        return Beside::Columns;
    }
    // A table is in letters of one size; a masthead is not.
    let place = |row: &Vec<&Piece>| {
        row.first()
            .map_or((f64::NAN, 0.0), |piece| (piece.y, piece.size))
    };
    let is_shared = |row: &&Vec<&Piece>| {
        let (y, own) = place(row);
        let near = right_rows.partition_point(|other| place(other).0 < y - ROW * size);
        right_rows.get(near).map(place).is_some_and(|(other, its)| {
            other - y <= ROW * size && (own - its).abs() <= SAME_SIZE * own
        })
    };
    let shared = left_rows.iter().filter(is_shared).count();
    if shared >= MIN_ROWS && 2 * shared >= fewer {
        return Beside::Table;
    }
    let is_single = left_rows.len() + right_rows.len() == 2;
    if gap.end - gap.start >= TAB * size && !is_single {
        return Beside::Blocks;
    }
    Beside::Neither
}

/// Whether the usual line is as long as those of running text.
fn is_text(rows: &[Vec<&Piece>]) -> bool {
    let mut lengths = Vec::new();
    for row in rows {
        let near = |a: &&Piece, b: &&Piece| b.x - a.end < GUTTER * a.size.max(b.size);
        lengths.extend(row.chunk_by(near).map(|line| {
            let letters = line.iter().map(|piece| piece.text.chars().count());
            letters.map(|count| count as f64).sum::<f64>()
        }));
    }
    usual(lengths.into_iter()) >= TEXT_LINE
}

/// Pieces by their baselines, from the top; each row from the left.
fn rows<'a>(region: &[&'a Piece]) -> Vec<Vec<&'a Piece>> {
    let mut sorted = region.to_vec();
    sorted.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut rows: Vec<Vec<_>> = sorted
        .chunk_by(|a, b| b.y - a.y <= ROW * a.size.min(b.size))
        .map(<[_]>::to_vec)
        .collect();
    rows.iter_mut()
        .for_each(|row| row.sort_by(|a, b| a.x.total_cmp(&b.x)));
    rows
}

/// Rows as lines; of a table, a row is one line with tabs.
fn region_lines(rows: &[Vec<&Piece>], is_table: bool) -> Vec<String> {
    rows.iter()
        .flat_map(|row| row_lines(row, is_table))
        .collect()
}

fn row_lines(row: &[&Piece], is_table: bool) -> Vec<String> {
    let gap = |a: &Piece, b: &Piece| (b.x - a.end) / a.size.max(b.size);
    let mut groups: Vec<_> = row
        .chunk_by(|a, b| is_table || gap(a, b) <= APART)
        .collect();
    // The larger letters of a symbol at the right reach higher than the line
    // they stand on: they are read first.
    let top = |group: &[&Piece]| {
        group
            .iter()
            .map(|piece| piece.top())
            .fold(f64::INFINITY, f64::min)
    };
    if let [first, second] = groups[..]
        && top(second) < top(first) - ROW * first.first().map_or(0.0, |piece| piece.size)
    {
        groups.swap(0, 1);
    }
    let line = |group: &[&Piece]| {
        let mut line = String::new();
        let mut last: Option<&Piece> = None;
        for piece in group {
            match last.map(|last| gap(last, piece)) {
                None => {}
                Some(gap) if gap > TAB || is_table && gap > GUTTER => line.push('\t'),
                Some(_) => line.push(' '),
            }
            line.push_str(&piece.text);
            last = Some(piece);
        }
        line
    };
    groups.into_iter().map(line).collect()
}

/// The widest stretch that none of the spans covers; of equal ones the first.
fn widest_gap(spans: impl Iterator<Item = (f64, f64)>) -> Option<Range<f64>> {
    let width = |gap: &Range<f64>| gap.end - gap.start;
    gaps(spans).into_iter().reduce(|widest, gap| {
        if width(&gap) > width(&widest) {
            gap
        } else {
            widest
        }
    })
}

/// The stretches between spans that none of them covers, in order.
fn gaps(spans: impl Iterator<Item = (f64, f64)>) -> Vec<Range<f64>> {
    let mut spans: Vec<_> = spans.collect();
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut gaps = Vec::new();
    let mut reached = f64::INFINITY;
    for (start, end) in spans {
        if start > reached {
            gaps.push(reached..start);
        }
        reached = if reached.is_finite() {
            reached.max(end)
        } else {
            end
        };
    }
    gaps
}

/// The median; 0 of nothing.
fn usual(lengths: impl Iterator<Item = f64>) -> f64 {
    let mut lengths: Vec<_> = lengths.collect();
    let middle = lengths.len() / 2;
    lengths.sort_by(f64::total_cmp);
    lengths.get(middle).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A piece in letters half a size wide.
    fn piece(text: &str, x: f64, y: f64, size: f64) -> Piece {
        Piece {
            text: text.to_owned(),
            x,
            end: x + text.chars().count() as f64 * size / 2.0,
            y,
            size,
            turns: 0,
        }
    }

    #[test]
    fn a_masthead_is_read_block_by_block() {
        let page = vec![
            piece("United Nations", 60.0, 58.0, 14.0),
            piece("A/80/L.1", 480.0, 57.0, 20.0),
            piece("General Assembly", 60.0, 86.0, 20.0),
            piece("Security Council", 60.0, 110.0, 20.0),
            piece("Distr.: Limited", 397.0, 86.5, 10.0),
            piece("9 September 2025", 397.0, 98.5, 10.0),
            piece("Original: English", 397.0, 110.5, 10.0),
            piece("Eightieth session", 60.0, 222.0, 10.0),
        ];
        let read = lines(page);
        assert_eq!(
            read,
            [
                "A/80/L.1",
                "United Nations",
                "General Assembly",
                "Security Council",
                "Distr.: Limited",
                "9 September 2025",
                "Original: English",
                "Eightieth session",
            ]
        );
    }

    #[test]
    fn columns_of_text_are_read_one_after_the_other() {
        let line = |number: usize, side: &str| {
            format!("{side}{number} runs on for the whole of its column")
        };
        let page = (0..6).flat_map(|number| {
            let y = 100.0 + 12.0 * number as f64;
            [
                piece(&line(number, "left"), 60.0, y, 10.0),
                piece(&line(number, "right"), 300.0, y, 10.0),
            ]
        });
        let read = lines(page.collect());
        let expected: Vec<_> = ["left", "right"]
            .iter()
            .flat_map(|side| (0..6).map(|number| line(number, side)))
            .collect();
        assert_eq!(read, expected);
    }

    #[test]
    fn rows_of_a_table_are_lines_with_tabs() {
        let page = (0..4).flat_map(|number| {
            let y = 100.0 + 12.0 * f64::from(number);
            [
                piece(&format!("item {number}"), 60.0, y, 10.0),
                piece("some text", 200.0, y, 10.0),
                piece("9", 400.0, y, 10.0),
            ]
        });
        let read = lines(page.collect());
        assert_eq!(read.len(), 4);
        assert_eq!(read[1], "item 1\tsome text\t9");
    }

    #[test]
    fn a_page_from_right_to_left_begins_at_the_right() {
        let page = vec![
            piece("\u{627}", 300.0, 100.0, 10.0),
            piece("\u{628}", 60.0, 100.0, 10.0),
        ];
        assert_eq!(lines(page), ["\u{627}", "\u{628}"]);
    }
}
