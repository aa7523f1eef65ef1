//! Notes at the foot of a page: when a document was reissued.

use crate::statement::PartialDate;

use super::dates;
use super::field::{Confidence, Field};
use super::lines::Printed;
use super::phrase::after_phrase;
use super::words::REISSUED;

/// The date of the first note of a reissue.
pub(super) fn read(lines: &[Printed]) -> Option<Field<PartialDate>> {
    lines.iter().enumerate().find_map(|(index, line)| {
        let note = line.text.trim_start_matches(['*', ' ']);
        let rest = REISSUED
            .iter()
            .find_map(|words| after_phrase(note, words))?;
        let next = lines.get(index + 1).map_or("", |next| next.text.as_str());
        let whole = format!("{rest} {next}");
        let (found, printed) = match dates::first(rest) {
            Some(found) => (found, line.text.clone()),
            None => (dates::first(&whole)?, format!("{} {next}", line.text)),
        };
        Some(Field {
            value: found.date,
            printed,
            line: line.number,
            page: line.page,
            confidence: Confidence::Certain,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::masthead::lines;
    use crate::reading::Text;

    #[test]
    fn the_note_of_a_reissue_is_read() {
        let read = |text: &str| {
            read(&lines::printed(&Text::plain(text).lines)).map(|field| field.value.to_string())
        };
        let note = "* Reissued for technical reasons on 23 October 2025.";
        assert_eq!(read(note).as_deref(), Some("2025-10-23"));
        assert_eq!(
            read("* Reissued for technical reasons on\n3 May 1999.").as_deref(),
            Some("1999-05-03")
        );
        assert_eq!(read("* Any changes on 3 May 1999"), None);
    }
}
