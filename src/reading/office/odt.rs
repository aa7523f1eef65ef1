//! ODT (ODF 1.3 part 3).
//!
//! In the lines: the body, text boxes after the paragraph they are anchored in,
//! then footnotes and endnotes as `[mark] …` with the mark the file gives. Not in
//! the lines: headers and footers, comments, hidden text, list numbers.

use std::collections::BTreeSet;

use super::{Element, Event, Flow, Package, Reservations, Xml};
use crate::reading::{Builder, Limits, Line, ReadError, Text};

const CONTENT: &str = "content.xml";
const STYLES: &str = "styles.xml";

/// The most spaces that one element stands for; more are not worth a line.
const MAX_SPACES: usize = 1_000;

/// Elements whose content is not shown.
const HIDDEN: [&str; 6] = [
    "tracked-changes",
    "annotation",
    "hidden-text",
    "hidden-paragraph",
    "forms",
    "scripts",
];

/// # Errors
/// When the file is damaged, encrypted or passes a limit.
pub(in crate::reading) fn read(bytes: &[u8], limits: Limits) -> Result<Text, ReadError> {
    const MANIFEST: &str = "META-INF/manifest.xml";
    let mut package = Package::open(bytes, limits)?;
    let manifest = package.part(MANIFEST)?.unwrap_or_default();
    if declares(&manifest, MANIFEST, "encryption-data", limits)? {
        return Err(ReadError::Encrypted);
    }
    let mut builder = Builder::new(limits);
    let content = package.needed(CONTENT)?;
    let mut story = Story::new(limits);
    let lines = story.read(&content, limits)?;
    let last_page = lines.last().map_or(1, |line| line.page);
    builder.append(lines)?;
    let mut notes = std::mem::take(&mut story.notes);
    notes.iter_mut().for_each(|line| line.page = last_page);
    builder.append(notes)?;
    let styles = package.part(STYLES)?.unwrap_or_default();
    let mut languages = languages(&styles, STYLES, limits)?;
    languages.extend(self::languages(&content, CONTENT, limits)?);
    if let [language] = languages.iter().collect::<Vec<_>>()[..] {
        builder.declare_language(language);
    }
    story.reservations.tell(&mut builder);
    builder.finish()
}

fn declares(bytes: &str, part: &str, name: &str, limits: Limits) -> Result<bool, ReadError> {
    let mut xml = Xml::new(bytes, part, limits);
    while let Some(event) = xml.next()? {
        if matches!(&event, Event::Open(element) if element.name() == name) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The languages that the styles of a part declare; `zxx` and `none` are none.
fn languages(bytes: &str, part: &str, limits: Limits) -> Result<BTreeSet<String>, ReadError> {
    let mut xml = Xml::new(bytes, part, limits);
    let mut languages = BTreeSet::new();
    while let Some(event) = xml.next()? {
        let Event::Open(element) = event else {
            continue;
        };
        if element.name() == "body" {
            break;
        }
        if element.name() != "text-properties" {
            continue;
        }
        let language = element.attribute("language");
        let Some(language) = language.filter(|tag| !matches!(tag.as_str(), "" | "none" | "zxx"))
        else {
            continue;
        };
        let country = element.attribute("country");
        languages.insert(
            match country.filter(|tag| !matches!(tag.as_str(), "" | "none")) {
                Some(country) => format!("{language}-{country}"),
                None => language,
            },
        );
    }
    Ok(languages)
}

#[derive(Debug)]
struct Story {
    reservations: Reservations,
    body: Flow,
    /// The open note, and the lines of closed ones.
    note: Flow,
    notes: Vec<Line>,
    /// The mark of the open note.
    mark: String,
    place: Place,
}

/// Where the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Body,
    Note,
    /// In the mark of a note.
    Mark,
}

impl Story {
    fn new(limits: Limits) -> Self {
        Self {
            reservations: Reservations::default(),
            body: Flow::new(limits),
            note: Flow::new(limits),
            notes: Vec::new(),
            mark: String::new(),
            place: Place::Body,
        }
    }

    fn read(&mut self, content: &str, limits: Limits) -> Result<Vec<Line>, ReadError> {
        let mut xml = Xml::new(content, CONTENT, limits);
        let mut hidden: usize = 0;
        while let Some(event) = xml.next()? {
            match &event {
                Event::Open(element) => {
                    self.count(element.name());
                    if hidden > 0 || is_hidden(element) {
                        hidden += 1;
                    } else {
                        self.open(element)?;
                    }
                }
                Event::Close(_) if hidden > 0 => hidden -= 1,
                Event::Close(name) => self.close(name)?,
                Event::Text(_) if hidden > 0 => {}
                Event::Text(text) if self.place == Place::Mark => self.mark.push_str(text.trim()),
                Event::Text(text) => shown(text, self.flow())?,
            }
        }
        Ok(self.body.take_lines())
    }

    fn flow(&mut self) -> &mut Flow {
        match self.place {
            Place::Body => &mut self.body,
            Place::Note | Place::Mark => &mut self.note,
        }
    }

    fn open(&mut self, element: &Element<'_>) -> Result<(), ReadError> {
        match element.name() {
            "note" => {
                self.place = Place::Note;
                self.mark.clear();
            }
            "note-citation" => self.place = Place::Mark,
            _ => return open(element, self.flow()),
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), ReadError> {
        match name {
            "note" => {
                self.place = Place::Body;
                let mut lines = self.note.take_lines();
                if let Some(line) = lines.first_mut() {
                    line.text = format!("[{}] {}", self.mark, line.text.trim_start());
                }
                self.notes.extend(lines);
            }
            "note-citation" => {
                self.place = Place::Note;
                return self.body.text(&format!("[{}]", self.mark));
            }
            name => close(name, self.flow()),
        }
        Ok(())
    }

    fn count(&mut self, name: &str) {
        match name {
            "insertion" => self.reservations.insertions += 1,
            "deletion" => self.reservations.deletions += 1,
            "annotation" => self.reservations.comments += 1,
            "hidden-text" | "hidden-paragraph" => self.reservations.hidden += 1,
            _ => {}
        }
    }
}

/// Whether an element's content is not shown; pictures' descriptions are not.
fn is_hidden(element: &Element<'_>) -> bool {
    HIDDEN.contains(&element.name())
        || element.has_prefix("svg") && matches!(element.name(), "title" | "desc")
}

fn open(element: &Element<'_>, flow: &mut Flow) -> Result<(), ReadError> {
    match element.name() {
        "p" | "h" => flow.open_paragraph(),
        "table-row" => flow.open_row(),
        "table-cell" | "covered-table-cell" => flow.open_cell(),
        "text-box" => flow.open_box(),
        "tab" => return flow.text("\t"),
        "line-break" => return flow.text("\n"),
        "soft-page-break" => flow.next_page(),
        "s" => {
            let count = element.attribute("c").and_then(|count| count.parse().ok());
            return flow.text(&" ".repeat(count.unwrap_or(1).min(MAX_SPACES)));
        }
        _ => {}
    }
    Ok(())
}

fn close(name: &str, flow: &mut Flow) {
    match name {
        "p" | "h" => flow.close_paragraph(),
        "table-row" => flow.close_row(),
        "table-cell" | "covered-table-cell" => flow.close_cell(),
        "text-box" => flow.close_box(),
        _ => {}
    }
}

/// Text with white space as one space, none at a paragraph's start (ODF 1.3
/// part 3, 6.1.2).
fn shown(text: &str, flow: &mut Flow) -> Result<(), ReadError> {
    for (number, word) in text.split([' ', '\t', '\r', '\n']).enumerate() {
        let open = flow.open_text();
        if number > 0 && !open.is_empty() && !open.ends_with([' ', '\n', '\t']) {
            flow.text(" ")?;
        }
        flow.text(word)?;
    }
    Ok(())
}
