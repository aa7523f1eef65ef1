//! The text of a file, line by line, with its place.

/// One line of a file's text. Its number is its place in [`Text::lines`],
/// counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The page it stands on, counted from 1; 1 throughout where a format has
    /// no pages.
    pub page: u32,
    /// What it says, without the line's end.
    pub text: String,
}

/// What a file says, and what the reader of it should know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// All lines, in reading order.
    pub lines: Vec<Line>,
    /// The language that the file itself declares (BCP 47), if it does.
    pub language: Option<String>,
    /// What is not in the lines, or not as it stands in the file: sentences
    /// for a person.
    pub warnings: Vec<String>,
}

impl Text {
    /// The lines of a plain text; a form feed begins a new page, on which the
    /// line that holds it stands.
    #[must_use]
    pub fn plain(text: &str) -> Self {
        let mut page = 1_u32;
        let lines = text.lines().map(|line| {
            let feeds = line.matches('\u{c}').count();
            page = page.saturating_add(u32::try_from(feeds).unwrap_or(u32::MAX));
            Line {
                page,
                text: line.replace('\u{c}', ""),
            }
        });
        Self {
            lines: lines.collect(),
            ..Self::default()
        }
    }

    /// The lines as one plain text, each with its `\n`.
    #[must_use]
    pub fn to_plain(&self) -> String {
        self.lines
            .iter()
            .flat_map(|line| [line.text.as_str(), "\n"])
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_feed_begins_a_page() {
        let text = Text::plain("a\nb\n\u{c}c\n");
        let lines: Vec<_> = text
            .lines
            .iter()
            .map(|line| (line.page, line.text.as_str()))
            .collect();
        assert_eq!(lines, [(1, "a"), (1, "b"), (2, "c")]);
    }
}
