//! Gathers a text from its pieces, within limits.

use super::limits::within;
use super::{Limits, Line, ReadError, Text};

/// A text that is being read: pieces come in reading order.
#[derive(Debug)]
pub(super) struct Builder {
    limits: Limits,
    text: Text,
    line: String,
    page: u32,
    /// Bytes of text taken so far.
    taken: usize,
}

impl Builder {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            text: Text::default(),
            line: String::new(),
            page: 1,
            taken: 0,
        }
    }

    /// Adds to the line that is open.
    ///
    /// # Errors
    /// When the text is longer than the limit.
    pub(super) fn push(&mut self, piece: &str) -> Result<(), ReadError> {
        self.taken = self.taken.saturating_add(piece.len());
        within(self.taken, self.limits.text, "bytes of text")?;
        self.line.push_str(piece);
        Ok(())
    }

    /// Ends the open line, even an empty one.
    ///
    /// # Errors
    /// When there are more lines than the limit.
    pub(super) fn end_line(&mut self) -> Result<(), ReadError> {
        within(self.text.lines.len() + 1, self.limits.lines, "lines")?;
        self.text.lines.push(Line {
            page: self.page,
            text: std::mem::take(&mut self.line),
        });
        Ok(())
    }

    /// Ends the open line unless nothing is on it.
    ///
    /// # Errors
    /// As [`Builder::end_line`].
    pub(super) fn break_line(&mut self) -> Result<(), ReadError> {
        if self.line.is_empty() {
            return Ok(());
        }
        self.end_line()
    }

    /// The line that is open.
    pub(super) fn open_line(&self) -> &str {
        &self.line
    }

    /// Adds whole lines after those that are there.
    ///
    /// # Errors
    /// As [`Builder::push`] and [`Builder::end_line`].
    pub(super) fn append(&mut self, lines: Vec<Line>) -> Result<(), ReadError> {
        for line in lines {
            self.page = line.page;
            self.push(&line.text)?;
            self.end_line()?;
        }
        Ok(())
    }

    /// Cuts white space off the end of the open line.
    pub(super) fn trim_line(&mut self) {
        self.line.truncate(self.line.trim_end_matches(' ').len());
    }

    /// What follows stands on a page.
    #[cfg(feature = "pdf")]
    pub(super) fn begin_page(&mut self, page: u32) {
        self.page = page;
    }

    pub(super) fn declare_language(&mut self, tag: &str) {
        let tag = tag.trim();
        let is_tag = !tag.is_empty()
            && tag.len() <= 35
            && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if is_tag && self.text.language.is_none() {
            self.text.language = Some(tag.to_owned());
        }
    }

    pub(super) fn warn(&mut self, warning: impl Into<String>) {
        self.text.warnings.push(warning.into());
    }

    /// The text, the open line included if something is on it.
    ///
    /// # Errors
    /// As [`Builder::end_line`].
    pub(super) fn finish(mut self) -> Result<Text, ReadError> {
        self.break_line()?;
        Ok(self.text)
    }
}
