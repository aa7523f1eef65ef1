//! Differences between two texts, line by line, with the words that changed
//! inside a line marked.
//!
//! Not here: how a difference is shown, and how a file becomes text.

use similar::{Algorithm, ChangeTag, TextDiff, TextDiffConfig};

/// What happened to a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// It stands in both texts.
    Equal,
    /// It stands in the old text only.
    Removed,
    /// It stands in the new text only.
    Added,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Its text.
    pub text: String,
    /// Whether the other text has something else here.
    pub changed: bool,
}

/// A line with its pieces, which in order are its text, line ending included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What happened to it.
    pub tag: Tag,
    /// Its pieces.
    pub spans: Vec<Span>,
}

impl Line {
    /// The line's text.
    #[must_use]
    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }
}

/// Lines that changed, with those around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// First line in the old text, counted from 1 (0 if it has none there).
    pub old_start: usize,
    /// How many lines of the old text.
    pub old_len: usize,
    /// First line in the new text.
    pub new_start: usize,
    /// How many lines of the new text.
    pub new_len: usize,
    /// The lines.
    pub lines: Vec<Line>,
}

/// Compares two texts; hunks have up to `context` equal lines around a change.
/// Two texts that are the same give no hunk.
#[must_use]
pub fn diff(old: &str, new: &str, context: usize) -> Vec<Hunk> {
    let mut config = TextDiffConfig::default();
    config.algorithm(Algorithm::Myers);
    let diff: TextDiff<'_, '_, str> = config.diff_lines(old, new);
    let groups = diff.grouped_ops(context);
    groups
        .iter()
        .filter_map(|group| {
            let (first, last) = (group.first()?, group.last()?);
            let (old_from, old_to) = (first.old_range().start, last.old_range().end);
            let (new_from, new_to) = (first.new_range().start, last.new_range().end);
            let lines = group
                .iter()
                .flat_map(|op| diff.iter_inline_changes(op))
                .map(line)
                .collect();
            Some(Hunk {
                old_start: old_from + usize::from(old_to > old_from),
                old_len: old_to - old_from,
                new_start: new_from + usize::from(new_to > new_from),
                new_len: new_to - new_from,
                lines,
            })
        })
        .collect()
}

fn line(change: similar::InlineChange<'_, str>) -> Line {
    let tag = match change.tag() {
        ChangeTag::Equal => Tag::Equal,
        ChangeTag::Delete => Tag::Removed,
        ChangeTag::Insert => Tag::Added,
    };
    let spans = change
        .iter_strings_lossy()
        .map(|(changed, text)| Span {
            text: text.into_owned(),
            changed,
        })
        .collect();
    Line { tag, spans }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn side(hunks: &[Hunk], without: Tag) -> String {
        let lines = hunks.iter().flat_map(|hunk| &hunk.lines);
        lines
            .filter(|line| line.tag != without)
            .map(Line::text)
            .collect()
    }

    #[test]
    fn changed_words_are_marked() {
        let hunks = diff("a\none two three\nb\n", "a\none 2 three\nb\n", 1);
        let marked: Vec<_> = hunks[0]
            .lines
            .iter()
            .flat_map(|line| &line.spans)
            .filter(|span| span.changed)
            .map(|span| span.text.as_str())
            .collect();
        assert_eq!(marked, ["two", "2"]);
        assert_eq!((hunks[0].old_start, hunks[0].old_len), (1, 3));
    }

    #[test]
    fn equal_texts_have_no_hunks() {
        assert_eq!(diff("a\nb", "a\nb", 3), []);
        assert_eq!(diff("", "", 3), []);
    }

    proptest! {
        #[test]
        fn both_sides_come_back_from_the_lines(
            old in "([a-c é\r\n]{0,30})", new in "([a-c é\r\n]{0,30})",
        ) {
            prop_assume!(old != new);
            let hunks = diff(&old, &new, 1000);
            prop_assert_eq!(side(&hunks, Tag::Added), old);
            prop_assert_eq!(side(&hunks, Tag::Removed), new);
        }
    }
}
