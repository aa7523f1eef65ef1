//! Pieces of lines in reading order.
//!
//! A page is cut into regions at the white between them (recursive XY cut):
//! from left to right where a gutter runs through a region and both sides are
//! columns of text, else at the widest white between two rows. Rows of a table
//! stay rows: pieces that share baselines with their neighbours and do not fill
//! their columns.

use std::ops::Range;

use super::rows::{MAX_PIECES, Piece, is_right_to_left};

/// Lengths in font sizes.
///
/// A gutter between columns.
const GUTTER: f64 = 0.9;
/// A gap at which what stands in one row is two lines, not one.
const APART: f64 = 4.0;
/// A gap in a row that is more than a space.
const TAB: f64 = 2.0;
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
    if is_mirrored(&pieces) {
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

/// Whether a page is laid out from right to left.
fn is_mirrored(pieces: &[Piece]) -> bool {
    let turned = |piece: &&Piece| piece.text.chars().any(is_right_to_left);
    2 * pieces.iter().filter(turned).count() > pieces.len()
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
                return match row_of_blocks(&left, &right, size) {
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

/// The white below the first row of blocks, where there are more: blocks stand
/// beside each other above and below it.
fn row_of_blocks(left: &[&Piece], right: &[&Piece], size: f64) -> Option<Range<f64>> {
    let extent = |side: &[&Piece]| {
        let top = side
            .iter()
            .map(|piece| piece.bottom())
            .fold(f64::INFINITY, f64::min);
        let bottom = side
            .iter()
            .map(|piece| piece.top())
            .fold(f64::NEG_INFINITY, f64::max);
        (top, bottom)
    };
    let ((left_top, left_bottom), (right_top, right_bottom)) = (extent(left), extent(right));
    let spans = left.iter().chain(right);
    gaps(spans.map(|piece| (piece.top(), piece.bottom())))
        .into_iter()
        .find(|gap| {
            gap.end - gap.start >= BLOCK_GAP * size
                && gap.start >= left_top.max(right_top)
                && gap.end <= left_bottom.min(right_bottom)
        })
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
    let baseline = |row: &Vec<&Piece>| row.first().map_or(f64::NAN, |piece| piece.y);
    let is_shared = |row: &&Vec<&Piece>| {
        let y = baseline(row);
        let near = right_rows.partition_point(|other| baseline(other) < y - ROW * size);
        right_rows
            .get(near)
            .is_some_and(|other| baseline(other) - y <= ROW * size)
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
