//! What a certificate says of its document, in as many lines as a sheet has room
//! for.

use docledger::registry::Register;
use docledger::statement::Document;

use crate::cli::render;
use crate::cli::standing::{self, Derived};

/// A label and a value, both as text.
pub(super) type Row = (&'static str, String);

/// The most columns of a title; the evidence file has the whole.
pub(super) const MOST_TITLE: usize = 480;
/// The most columns of another value.
const MOST_VALUE: usize = 150;
/// The most rows under one label.
const MOST_ROWS: usize = 6;
/// The most rows about what came after.
const MOST_STANDING: usize = 7;

/// Fields that stand elsewhere on the page, or are the office's own business.
const LEFT_OUT: [&str; 5] = ["title", "relation", "from", "means", "SHA-256"];

/// The document's particulars as they stand.
pub(super) fn of(document: &Document) -> Vec<Row> {
    let mut fields = render::described(document);
    fields.retain(|(label, _)| !LEFT_OUT.contains(label));
    fields.extend(render::left_as_read(document));
    bounded(fields)
}

/// Where it stands as of the head, and what was changed in its record.
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
    let left_out = rows.len().saturating_sub(MOST_STANDING);
    rows.truncate(MOST_STANDING);
    let mut rows = bounded(rows);
    if left_out > 0 {
        rows.push(("and", format!("{left_out} more lines: `docledger status`")));
    }
    rows
}

/// Rows cut to the room there is; what was cut is told.
fn bounded(rows: Vec<Row>) -> Vec<Row> {
    let mut kept: Vec<Row> = Vec::new();
    let mut last = ("", 0);
    for (label, value) in rows {
        last = (label, if last.0 == label { last.1 + 1 } else { 1 });
        match last.1 {
            count if count <= MOST_ROWS => {
                kept.push((label, render::shortened(&value, MOST_VALUE)));
            }
            count => {
                kept.truncate(kept.len() - usize::from(count > MOST_ROWS + 1));
                kept.push((label, format!("and {} more", count - MOST_ROWS)));
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_is_told() {
        let rows = (1..=9).map(|number| ("signatory", format!("name {number}")));
        let rows = [("symbol", "A/1".to_owned())].into_iter().chain(rows);
        let kept = bounded(rows.chain([("size", "x".repeat(200))]).collect());
        assert_eq!(kept.len(), 1 + MOST_ROWS + 1 + 1);
        assert_eq!(kept[7], ("signatory", "and 3 more".to_owned()));
        assert!(kept[8].1.ends_with('…') && kept[8].1.chars().count() == MOST_VALUE);
    }
}
