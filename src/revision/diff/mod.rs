//! The difference between two texts, by line, with changed words marked.
//!
//! A text is compared as it is: nothing is normalised, no line is joined, no
//! page furniture skipped. Whoever wants that prepares both texts first. Nor
//! does this module know of documents, languages or files, or look for
//! passages that moved: what moved is removed in one place and added in
//! another.
//!
//! Every line of both texts is in the difference once. Lines end with `\n`
//! and keep it; a `\r` before it is part of the line like any character, so
//! texts that differ only in their line endings differ in every line.
//!
//! The same texts give the same difference everywhere, in an amount of work
//! that their lengths bound. Where that bound cuts a search short,
//! [`Diff::fallback`] says so.
//!
//! | file | what it does |
//! |---|---|
//! | `align.rs` | pairs equal items of two sequences, lines or words |
//! | `slide.rs` | moves insertions and removals to where they read best |
//! | `words.rs` | marks changed words |
//! | `blocks.rs` | finds the lines that differ and cuts them at the marks |
//! | `hunks.rs` | gathers them, with lines around them |
//! | `patch.rs` | writes the unified format |

mod align;
mod blocks;
mod hunks;
mod patch;
mod slide;
#[cfg(test)]
mod tests;
mod words;

use blocks::{Block, Text};
pub use hunks::Hunk;

/// Compares two texts.
pub fn diff<'a>(old: &'a str, new: &'a str) -> Diff<'a> {
    let (old, new) = (Text::new(old), Text::new(new));
    let (blocks, fallback) = blocks::blocks(&old, &new);
    Diff {
        old,
        blocks,
        fallback,
    }
}

/// The difference between an old text and a new one.
#[derive(Debug)]
pub struct Diff<'a> {
    old: Text<'a>,
    blocks: Vec<Block<'a>>,
    fallback: Fallback,
}

/// How much changed.
///
/// Words are those marked as changed. A word is what Unicode takes for one
/// and has a letter or digit; each Han or kana character counts as one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stat {
    /// Lines only in the new text.
    pub lines_added: usize,
    /// Lines only in the old text.
    pub lines_removed: usize,
    /// Words marked in added lines.
    pub words_added: usize,
    /// Words marked in removed lines.
    pub words_removed: usize,
}

/// What both texts have but the difference shows as changed, unsearched.
///
/// A search is given up in a stretch of more than 131,072 lines or words, both
/// texts together, that can't be cut at a line, word or series of eight which
/// occurs once in each text. The difference is exact all the same, only longer
/// than it need be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fallback {
    /// Lines of both texts together.
    pub lines: usize,
    /// Words and punctuation marks of both texts together.
    pub words: usize,
}

/// Which texts a line is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// In both.
    Equal,
    /// In the old text only.
    Removed,
    /// In the new text only.
    Added,
}

/// A line of one text or of both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// Which texts the line is in.
    pub tag: Tag,
    /// The whole line in pieces, its `\n` included.
    ///
    /// A removed or added line may have no changed span: then its words are
    /// in the other text too, in lines that break elsewhere.
    pub spans: Vec<Span<'a>>,
}

/// A piece of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span<'a> {
    /// The text of the piece, never empty.
    pub text: &'a str,
    /// Whether it is only in the text the line belongs to.
    pub changed: bool,
}

impl<'a> Diff<'a> {
    /// Whether the texts are the same, byte for byte.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Counts changed lines and words.
    pub fn stat(&self) -> Stat {
        let mut stat = Stat::default();
        for line in self.blocks.iter().flat_map(|block| &block.lines) {
            let (lines, words) = match line.tag {
                Tag::Equal => continue,
                Tag::Removed => (&mut stat.lines_removed, &mut stat.words_removed),
                Tag::Added => (&mut stat.lines_added, &mut stat.words_added),
            };
            *lines += 1;
            *words += line.changed().map(words::count).sum::<usize>();
        }
        stat
    }

    /// What the limit of work left uncompared, if anything.
    pub fn fallback(&self) -> Option<Fallback> {
        Some(self.fallback).filter(|fallback| *fallback != Fallback::default())
    }

    /// The old text, put together again from the lines of the difference.
    pub fn old_text(&self) -> String {
        self.text_without(Tag::Added)
    }

    /// The new text, put together again from the lines of the difference.
    pub fn new_text(&self) -> String {
        self.text_without(Tag::Removed)
    }

    fn text_without(&self, tag: Tag) -> String {
        let lines = self.lines().filter(|line| line.tag != tag);
        lines.map(|line| line.text()).collect()
    }
}

impl<'a> Line<'a> {
    /// The whole line, its `\n` included.
    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.text).collect()
    }

    /// The pieces marked as changed.
    fn changed(&self) -> impl Iterator<Item = &'a str> {
        let changed = self.spans.iter().filter(|span| span.changed);
        changed.map(|span| span.text)
    }
}
