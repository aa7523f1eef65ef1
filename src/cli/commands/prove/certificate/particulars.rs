//! What a certificate says of its document, in as many lines as a sheet has room
//! for.

use docledger::registry::Register;
use docledger::statement::Document;

use crate::cli::render;
use crate::cli::standing::{self, Derived};

/// A label and a value, both as text.
pub(super) type Row = (&'static str, String);

/// The most columns of a title; the evidence file has the whole.
pub(super) const MOST_TITLE: usize = 430;
/// The most columns of another value.
const MOST_VALUE: usize = 180;
/// The most lines about what came after.
const MOST_STANDING: usize = 5;

/// Columns of a line of the title, of a row as wide as the page, and of one in half
/// of it, in letters of common width.
pub(super) const TITLE_LINE: usize = 78;
pub(super) const LONG_LINE: usize = 95;
const SHORT_LINE: usize = 36;

/// Fields that stand elsewhere on the page, or are the office's own business.
const LEFT_OUT: [&str; 5] = ["title", "relation", "from", "means", "SHA-256"];

/// How many lines a text takes.
pub(super) fn lines(text: &str, line: usize) -> usize {
    render::columns(text).div_ceil(line).max(1)
}

/// The document's particulars as they stand, in two columns of so many lines.
pub(super) fn of(document: &Document, room: usize) -> Vec<Row> {
    let mut fields = render::described(document);
    fields.retain(|(label, _)| !LEFT_OUT.contains(label));
    fields.extend(render::left_as_read(document));
    bounded(fields, 2 * room, "`docledger show`")
}

/// Where it stands as of the head, and what was changed in its record, in two
/// columns.
pub(super) fn standing(register: &Register, index: u64, derived: &Derived<'_>) -> Vec<Row> {
    let mut rows: Vec<_> = derived
        .lines()
        .into_iter()
        .map(|(label, value)| match label {
            "current" => ("standing", derived.headline()),
            label => (label.trim_start(), value),
        })
        .collect();
    let amended = standing::amendments(register, index).into_iter();
    rows.extend(amended.filter(|(label, _)| matches!(*label, "amended" | "assigned")));
    bounded(rows, 2 * MOST_STANDING, "`docledger status`")
}

/// How many lines rows in two columns take.
pub(super) fn height(rows: &[Row]) -> usize {
    let halves = rows.iter().map(|(_, value)| lines(value, SHORT_LINE));
    halves.sum::<usize>().div_ceil(2)
}

/// Rows cut to so many lines; what was cut is told, and what tells it.
fn bounded(rows: Vec<Row>, room: usize, told_by: &str) -> Vec<Row> {
    let all = rows.len();
    let mut used = 1;
    let mut kept: Vec<Row> = rows
        .into_iter()
        .map(|(label, value)| (label, render::shortened(&value, MOST_VALUE)))
        .take_while(|(_, value)| {
            used += lines(value, SHORT_LINE);
            used <= room
        })
        .collect();
    if kept.len() < all {
        let left_out = all - kept.len();
        kept.push(("and more", format!("{left_out} more: {told_by}")));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_is_told() {
        let rows = (1..=9).map(|number| ("signatory", format!("name {number}")));
        let rows: Vec<_> = rows.chain([("size", "x".repeat(200))]).collect();
        assert_eq!(bounded(rows.clone(), 10, "it").len(), 10);
        let kept = bounded(rows.clone(), 10, "it");
        assert_eq!(kept.last(), Some(&("and more", "1 more: it".to_owned())));
        let kept = bounded(rows, 15, "it");
        let (label, value) = kept.last().expect("a row");
        assert_eq!((*label, render::columns(value)), ("size", MOST_VALUE));
        assert!(value.ends_with('…'));
        assert_eq!(height(&kept), 7);
    }
}
