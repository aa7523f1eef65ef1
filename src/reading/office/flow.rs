//! Lines out of paragraphs, tables and boxes that may hold each other.

use crate::reading::limits::within;
use crate::reading::{Limits, Line, ReadError};

/// A document's content as it is met. Every `open_` is closed by its `close_`;
/// a close without an open does nothing.
#[derive(Debug)]
pub(super) struct Flow {
    limits: Limits,
    /// Bytes of text taken so far.
    taken: usize,
    page: u32,
    /// Whether there was text since the page began.
    written: bool,
    /// Where ended lines go: the body, and each cell and box that is open.
    sinks: Vec<Vec<Line>>,
    rows: Vec<Row>,
    paragraphs: Vec<Paragraph>,
    /// A closed paragraph that the next one goes on from.
    carried: Option<Paragraph>,
}

#[derive(Debug, Default)]
struct Row {
    cells: Vec<Vec<Line>>,
}

#[derive(Debug, Default)]
struct Paragraph {
    /// Page of its first text.
    page: Option<u32>,
    text: String,
    /// Lines of the boxes anchored in it.
    boxes: Vec<Line>,
    /// Whether nothing of it is shown.
    hidden: bool,
}

impl Flow {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            taken: 0,
            page: 1,
            written: false,
            sinks: vec![Vec::new()],
            rows: Vec::new(),
            paragraphs: Vec::new(),
            carried: None,
        }
    }

    /// The lines so far, in order; open paragraphs are closed.
    pub(super) fn take_lines(&mut self) -> Vec<Line> {
        self.paragraphs.extend(self.carried.take());
        while !self.paragraphs.is_empty() {
            self.close_paragraph();
        }
        self.sinks.iter_mut().flat_map(std::mem::take).collect()
    }

    pub(super) fn open_paragraph(&mut self) {
        self.paragraphs
            .push(self.carried.take().unwrap_or_default());
    }

    pub(super) fn close_paragraph(&mut self) {
        let Some(paragraph) = self.paragraphs.pop() else {
            return;
        };
        if paragraph.hidden {
            return;
        }
        let page = paragraph.page.unwrap_or(self.page);
        let Some(sink) = self.sinks.last_mut() else {
            return;
        };
        let lines = paragraph.text.split('\n').map(str::trim_end);
        sink.extend(
            lines
                .filter(|line| !line.trim().is_empty())
                .map(|line| Line {
                    page,
                    text: line.to_owned(),
                }),
        );
        sink.extend(paragraph.boxes);
    }

    /// Leaves out the open paragraph, whatever comes in it. Whether it was shown
    /// before.
    pub(super) fn hide_paragraph(&mut self) -> bool {
        let open = self.paragraphs.last_mut();
        open.is_some_and(|paragraph| !std::mem::replace(&mut paragraph.hidden, true))
    }

    /// Closes a paragraph whose end was deleted: the next one goes on in its line.
    pub(super) fn join_paragraph(&mut self) {
        self.carried = self.paragraphs.pop();
    }

    /// Text in the open paragraph; text outside paragraphs is none.
    ///
    /// # Errors
    /// When the text is longer than the limit.
    pub(super) fn text(&mut self, text: &str) -> Result<(), ReadError> {
        let Some(paragraph) = self.paragraphs.last_mut() else {
            return Ok(());
        };
        self.taken = self.taken.saturating_add(text.len());
        within(self.taken, self.limits.text, "bytes of text")?;
        if paragraph.page.is_none() && !text.trim().is_empty() {
            paragraph.page = Some(self.page);
        }
        self.written |= !text.trim().is_empty();
        paragraph.text.push_str(text);
        Ok(())
    }

    /// What the open paragraph holds so far.
    pub(super) fn open_text(&self) -> &str {
        self.paragraphs
            .last()
            .map_or("", |paragraph| paragraph.text.as_str())
    }

    /// A page begins, unless the last one is still empty: programs write both the
    /// break that was asked for and the one that came of it.
    pub(super) fn next_page(&mut self) {
        if std::mem::take(&mut self.written) {
            self.page = self.page.saturating_add(1);
        }
    }

    pub(super) fn open_row(&mut self) {
        self.rows.push(Row::default());
    }

    pub(super) fn open_cell(&mut self) {
        self.sinks.push(Vec::new());
    }

    pub(super) fn close_cell(&mut self) {
        let Some(cell) = self.close_sink() else {
            return;
        };
        match self.rows.last_mut() {
            Some(row) => row.cells.push(cell),
            None => self.emit(cell),
        }
    }

    pub(super) fn close_row(&mut self) {
        let Some(row) = self.rows.pop() else {
            return;
        };
        if row.cells.iter().any(|cell| cell.len() > 1) {
            self.emit(row.cells.into_iter().flatten().collect());
            return;
        }
        let page = row.cells.iter().flatten().next().map(|line| line.page);
        let Some(page) = page else {
            return;
        };
        let texts: Vec<_> = row
            .cells
            .iter()
            .map(|cell| cell.first().map_or("", |line| line.text.as_str()))
            .collect();
        let text = texts.join("\t").trim_end().to_owned();
        self.emit(vec![Line { page, text }]);
    }

    pub(super) fn open_box(&mut self) {
        self.sinks.push(Vec::new());
    }

    /// The lines of a box follow the paragraph it is anchored in.
    pub(super) fn close_box(&mut self) {
        let Some(lines) = self.close_sink() else {
            return;
        };
        match self.paragraphs.last_mut() {
            Some(paragraph) => paragraph.boxes.extend(lines),
            None => self.emit(lines),
        }
    }

    fn emit(&mut self, lines: Vec<Line>) {
        if let Some(sink) = self.sinks.last_mut() {
            sink.extend(lines);
        }
    }

    /// The innermost sink, but never the body's.
    fn close_sink(&mut self) -> Option<Vec<Line>> {
        (self.sinks.len() > 1).then(|| self.sinks.pop()).flatten()
    }
}
