//! Gathers blocks into hunks, with the equal lines around them.

use std::ops::Range;

use super::blocks::Block;
use super::{Diff, Line, Span, Tag};

/// A part of a difference: changed lines with equal lines around them.
///
/// Lines are counted from 1. Where a text has no line in the hunk, its start
/// is the number of the line before, as in a unified diff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk<'a> {
    /// The number of the first line of the old text.
    pub old_start: usize,
    /// How many lines of the old text there are.
    pub old_len: usize,
    /// The number of the first line of the new text.
    pub new_start: usize,
    /// How many lines of the new text there are.
    pub new_len: usize,
    /// The lines of both texts; in each change the removed ones come first.
    pub lines: Vec<Line<'a>>,
}

impl<'a> Diff<'a> {
    /// Every line of both texts, changed or not.
    pub fn lines(&self) -> impl Iterator<Item = Line<'a>> {
        self.lines_within(0..self.old.lines().len(), &self.blocks)
    }

    /// The changes, each with up to `context` equal lines before and after.
    ///
    /// Changes whose equal lines meet share a hunk.
    pub fn hunks(&self, context: usize) -> impl Iterator<Item = Hunk<'a>> {
        let between = context.saturating_mul(2);
        self.blocks
            .chunk_by(move |block, next| next.old.start - block.old.end <= between)
            .filter_map(move |blocks| self.hunk(blocks, context))
    }

    fn hunk(&self, blocks: &[Block<'a>], context: usize) -> Option<Hunk<'a>> {
        let (first, last) = (blocks.first()?, blocks.last()?);
        let before = context.min(first.old.start);
        let after = context.min(self.old.lines().len() - last.old.end);
        let old = first.old.start - before..last.old.end + after;
        let new = first.new.start - before..last.new.end + after;
        Some(Hunk {
            old_start: start_number(&old),
            old_len: old.len(),
            new_start: start_number(&new),
            new_len: new.len(),
            lines: self.lines_within(old, blocks).collect(),
        })
    }

    /// The lines of `blocks`, and the equal ones around them within `old`.
    fn lines_within(
        &self,
        old: Range<usize>,
        blocks: &[Block<'a>],
    ) -> impl Iterator<Item = Line<'a>> {
        let equal = |lines: Range<usize>| self.old.lines()[lines].iter().map(|line| equal(line));
        let mut from = old.start;
        let rest = blocks.last().map_or(from, |block| block.old.end)..old.end;
        let changes = blocks.iter().flat_map(move |block| {
            let before = from..block.old.start;
            from = block.old.end;
            equal(before).chain(block.lines.iter().cloned())
        });
        changes.chain(equal(rest))
    }
}

fn start_number(lines: &Range<usize>) -> usize {
    lines.start + usize::from(!lines.is_empty())
}

fn equal(text: &str) -> Line<'_> {
    Line {
        tag: Tag::Equal,
        spans: vec![Span {
            text,
            changed: false,
        }],
    }
}
