//! ODT (ODF 1.3 part 3).
//!
//! In the lines: the body, text boxes after the paragraph they are anchored in,
//! then footnotes and endnotes as `[mark] …` with the mark the file gives. Not in
//! the lines: headers and footers, comments, list numbers, and text that is hidden
//! by itself, by its style or by its section.

mod styles;

use std::collections::BTreeSet;

use super::{Element, Event, Flow, Package, Reservations, Xml};
use crate::reading::{Builder, Limits, Line, ReadError, Text};
use styles::Styles;

const CONTENT: &str = "content.xml";
const STYLES: &str = "styles.xml";

/// The most spaces that one element stands for; more are not worth a line.
const MAX_SPACES: usize = 1_000;

/// Elements that hold no text of the document.
const APART: [&str; 4] = ["tracked-changes", "annotation", "forms", "scripts"];

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
    let styles = package.part(STYLES)?.unwrap_or_default();
    let mut story = Story::new(limits);
    story.styles.read(&styles, STYLES, limits)?;
    story.styles.read(&content, CONTENT, limits)?;
    let lines = story.read(&content, limits)?;
    let last_page = lines.last().map_or(1, |line| line.page);
    builder.append(lines)?;
    let mut notes = std::mem::take(&mut story.notes);
    notes.iter_mut().for_each(|line| line.page = last_page);
    builder.append(notes)?;
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
    styles: Styles,
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
            styles: Styles::default(),
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
        // Open elements that are left out, and whether text in them is to be told.
        let (mut left_out, mut untold) = (0_usize, false);
        while let Some(event) = xml.next()? {
            match &event {
                Event::Open(element) => {
                    self.count(element.name());
                    let is_hidden = left_out == 0 && self.hides(element);
                    untold |= is_hidden;
                    if left_out > 0 || is_hidden || is_apart(element) {
                        left_out += 1;
                    } else {
                        self.open(element)?;
                    }
                }
                Event::Close(_) if left_out > 0 => {
                    left_out -= 1;
                    untold &= left_out > 0;
                }
                Event::Close(name) => self.close(name)?,
                Event::Text(text) if left_out > 0 => {
                    if untold && !text.trim().is_empty() {
                        self.reservations.hidden += 1;
                        untold = false;
                    }
                }
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
            // It hides the paragraph that it stands in (ODF 1.3 part 3, 7.7.9).
            "hidden-paragraph" if element.attribute("is-hidden").as_deref() != Some("false") => {
                self.reservations.hidden += usize::from(self.flow().hide_paragraph());
            }
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

    /// Whether an element's text is there and is hidden.
    fn hides(&self, element: &Element<'_>) -> bool {
        let by_style = |family| {
            let style = element.attribute("style-name");
            style.is_some_and(|style| self.styles.hide(family, &style))
        };
        match element.name() {
            "hidden-text" => true,
            "section" => match element.attribute("display").as_deref() {
                Some("none") => true,
                Some("condition") => element.attribute("is-hidden").as_deref() == Some("true"),
                _ => false,
            },
            "p" | "h" => by_style("paragraph"),
            "span" | "a" => by_style("text"),
            _ => false,
        }
    }

    fn count(&mut self, name: &str) {
        match name {
            "insertion" => self.reservations.insertions += 1,
            "deletion" => self.reservations.deletions += 1,
            "annotation" => self.reservations.comments += 1,
            _ => {}
        }
    }
}

/// Whether an element's content is no text of the document; pictures'
/// descriptions are none.
fn is_apart(element: &Element<'_>) -> bool {
    APART.contains(&element.name())
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
