//! Finds the blocks of lines that differ, and the spans inside their lines.

use std::ops::Range;

use super::align::{self, Gap, align};
use super::slide::slide;
use super::words;
use super::{Fallback, Line, Span, Tag};

/// A text and its lines, each with the `\n` that ends it.
#[derive(Debug)]
pub(super) struct Text<'a> {
    text: &'a str,
    lines: Vec<&'a str>,
    /// Where in the text each line starts, and then where the text ends.
    starts: Vec<usize>,
}

impl<'a> Text<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let mut starts = Vec::with_capacity(lines.len() + 1);
        let mut at = 0;
        starts.push(at);
        for line in &lines {
            at += line.len();
            starts.push(at);
        }
        Text {
            text,
            lines,
            starts,
        }
    }

    pub(super) fn lines(&self) -> &[&'a str] {
        &self.lines
    }

    fn slice(&self, lines: &Range<usize>) -> &'a str {
        &self.text[self.starts[lines.start]..self.starts[lines.end]]
    }

    /// Cuts `lines` at the marks found in `passage`, the lines around them.
    fn cut(
        &self,
        lines: &Range<usize>,
        passage: &Range<usize>,
        marks: &[Range<usize>],
        tag: Tag,
    ) -> impl Iterator<Item = Line<'a>> {
        let origin = self.starts[passage.start];
        lines.clone().map(move |at| Line {
            tag,
            spans: spans(self.lines[at], self.starts[at] - origin, marks),
        })
    }
}

/// Lines of the old text and the lines that took their place.
#[derive(Debug)]
pub(super) struct Block<'a> {
    pub(super) old: Range<usize>,
    pub(super) new: Range<usize>,
    /// The removed lines, then the added ones.
    pub(super) lines: Vec<Line<'a>>,
}

/// Finds the blocks, in order; equal lines lie between any two.
pub(super) fn blocks<'a>(old: &Text<'a>, new: &Text<'a>) -> (Vec<Block<'a>>, Fallback) {
    let (old_numbers, new_numbers) = align::number(old.lines.iter(), new.lines.iter());
    let found = align(&old_numbers, &new_numbers);
    let mut gaps = align::gaps(&found.runs, old.lines.len(), new.lines.len());
    slide(&mut gaps, &old_numbers, &new_numbers, |_, _| 0);

    let mut fallback = Fallback {
        lines: found.unsearched,
        words: 0,
    };
    let mut blocks = Vec::with_capacity(gaps.len());
    // Blank lines hold nothing together: a paragraph may have been changed
    // and yet lie on another side of an equal blank line.
    for gaps in gaps.chunk_by(|gap, next| are_blank(&old.lines[gap.old.end..next.old.start])) {
        let Some(passage) = passage(gaps) else {
            continue;
        };
        let marks = words::mark(old.slice(&passage.old), new.slice(&passage.new));
        fallback.words += marks.unsearched;
        for gap in gaps {
            let removed = old.cut(&gap.old, &passage.old, &marks.old, Tag::Removed);
            let added = new.cut(&gap.new, &passage.new, &marks.new, Tag::Added);
            blocks.push(Block {
                old: gap.old.clone(),
                new: gap.new.clone(),
                lines: removed.chain(added).collect(),
            });
        }
    }
    (blocks, fallback)
}

fn are_blank(lines: &[&str]) -> bool {
    lines.iter().all(|line| line.trim().is_empty())
}

/// From where the first gap begins to where the last one ends.
fn passage(gaps: &[Gap]) -> Option<Gap> {
    let (first, last) = (gaps.first()?, gaps.last()?);
    Some(Gap {
        old: first.old.start..last.old.end,
        new: first.new.start..last.new.end,
    })
}

/// Cuts a line, which starts at byte `start` of what was marked.
fn spans<'a>(line: &'a str, start: usize, marks: &[Range<usize>]) -> Vec<Span<'a>> {
    let end = start + line.len();
    let first = marks.partition_point(|mark| mark.end <= start);
    let mut spans = Vec::new();
    let mut at = 0;
    let mut push = |to: usize, changed: bool| {
        if at < to {
            spans.push(Span {
                text: &line[at..to],
                changed,
            });
            at = to;
        }
    };
    for mark in marks[first..].iter().take_while(|mark| mark.start < end) {
        push(mark.start.saturating_sub(start), false);
        push(mark.end.min(end) - start, true);
    }
    push(line.len(), false);
    spans
}
