//! DOCX (ECMA-376-1, part WordprocessingML).
//!
//! In the lines: the header of the first page if it has one of its own (where a
//! masthead may stand), the body, text boxes after the paragraph they are
//! anchored in, then footnotes as `[1] …` and endnotes as `[e1] …`. Not in the
//! lines: other headers and footers, comments, text that is hidden by itself or
//! by a style, instructions of fields, list numbers.

mod styles;

use std::collections::{BTreeMap, BTreeSet};

use super::{Element, Event, Flow, Package, Reservations, Xml};
use crate::reading::{Builder, Limits, Line, ReadError, Text};
use styles::{Look, Styles};

const MAIN: &str = "word/document.xml";

/// Properties, whose elements are no content though some have its names.
const PROPERTIES: [&str; 8] = [
    "pPr", "rPr", "tblPr", "tblPrEx", "trPr", "tcPr", "sectPr", "sdtPr",
];

/// # Errors
/// When the file is damaged, encrypted or passes a limit.
pub(in crate::reading) fn read(bytes: &[u8], limits: Limits) -> Result<Text, ReadError> {
    let mut package = Package::open(bytes, limits)?;
    let mut builder = Builder::new(limits);
    let mut story = Story::default();
    if let Some(styles) = package.part("word/styles.xml")? {
        story.default_language = default_language(&styles, limits)?;
        story.styles = Styles::read(&styles, limits)?;
    }
    let body = story.part(&package.needed(MAIN)?, MAIN, limits)?;
    if let Some(header) = first_header(&mut package, &mut story, limits)? {
        builder.append(header)?;
    }
    let last_page = body.last().map_or(1, |line| line.page);
    builder.append(body)?;
    for kind in [NoteKind::Foot, NoteKind::End] {
        let references: Vec<_> = story
            .notes
            .iter()
            .filter(|n| n.kind == kind)
            .cloned()
            .collect();
        let name = kind.part();
        let Some(part) = package.part(name)?.filter(|_| !references.is_empty()) else {
            continue;
        };
        let mut notes = story.notes_of(&part, kind, limits)?;
        for reference in references {
            let Some(mut lines) = notes.remove(&reference.id) else {
                continue;
            };
            if let Some((number, line)) = reference.number.zip(lines.first_mut()) {
                line.text = format!("[{}{number}] {}", kind.mark(), line.text.trim_start());
            }
            lines.iter_mut().for_each(|line| line.page = last_page);
            builder.append(lines)?;
        }
    }
    if let Some(language) = story.language() {
        builder.declare_language(&language);
    }
    story.reservations.tell(&mut builder);
    builder.finish()
}

/// The lines of the header that only the first page has.
fn first_header(
    package: &mut Package<'_>,
    story: &mut Story,
    limits: Limits,
) -> Result<Option<Vec<Line>>, ReadError> {
    const RELATIONS: &str = "word/_rels/document.xml.rels";
    let Some(id) = story.first_header.clone().filter(|_| story.title_page) else {
        return Ok(None);
    };
    let relations = package.part(RELATIONS)?.unwrap_or_default();
    let mut xml = Xml::new(&relations, RELATIONS, limits);
    while let Some(event) = xml.next()? {
        let Event::Open(element) = event else {
            continue;
        };
        if element.attribute("Id").as_ref() != Some(&id) {
            continue;
        }
        let Some(target) = element.attribute("Target") else {
            continue;
        };
        let name = match target.strip_prefix('/') {
            Some(absolute) => absolute.to_owned(),
            None => format!("word/{target}"),
        };
        let Some(part) = package.part(&name)? else {
            return Ok(None);
        };
        return story.header(&part, &name, limits).map(Some);
    }
    Ok(None)
}

/// The language of text that says nothing else (17.3.2.20).
fn default_language(styles: &str, limits: Limits) -> Result<Option<String>, ReadError> {
    let mut xml = Xml::new(styles, "word/styles.xml", limits);
    while let Some(event) = xml.next()? {
        match event {
            Event::Open(element) if element.name() == "lang" => {
                return Ok(element.attribute("val"));
            }
            Event::Close(name) if name == "docDefaults" => break,
            _ => {}
        }
    }
    Ok(None)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NoteKind {
    Foot,
    End,
}

impl NoteKind {
    const fn part(self) -> &'static str {
        match self {
            Self::Foot => "word/footnotes.xml",
            Self::End => "word/endnotes.xml",
        }
    }

    /// What stands before its number.
    const fn mark(self) -> &'static str {
        match self {
            Self::Foot => "",
            Self::End => "e",
        }
    }
}

#[derive(Debug, Clone)]
struct NoteReference {
    kind: NoteKind,
    id: String,
    /// Its number, unless the text itself gives a mark, such as an asterisk.
    number: Option<usize>,
}

/// What is gathered over the parts of a document.
#[derive(Debug, Default)]
struct Story {
    reservations: Reservations,
    notes: Vec<NoteReference>,
    /// Numbers given so far.
    footnotes: usize,
    endnotes: usize,
    /// Relation of the header of the first page of the first section.
    first_header: Option<String>,
    title_page: bool,
    /// Whether the properties of the first section are read.
    sectioned: bool,
    default_language: Option<String>,
    styles: Styles,
    /// Languages that runs with text declare; `None` for the default.
    languages: BTreeSet<Option<String>>,
}

/// Where in a part the reader is.
#[derive(Debug, Default)]
struct Place {
    /// Open elements that hold properties, outermost first.
    properties: Vec<&'static str>,
    /// Open elements whose content is deleted or a repetition.
    removed: usize,
    /// Open `w:t`.
    text: usize,
    /// Open paragraphs and runs; a text box in a run holds more of both.
    paragraphs: Vec<Paragraph>,
    runs: Vec<Run>,
    /// Whether each open cell is shaded.
    cells: Vec<bool>,
    /// Whether each open field is in its result, past its instruction (17.16.18).
    fields: Vec<bool>,
}

#[derive(Debug, Default)]
struct Paragraph {
    style: Option<String>,
    shaded: bool,
    /// Whether its end is deleted.
    end_deleted: bool,
}

#[derive(Debug, Default)]
struct Run {
    style: Option<String>,
    look: Look,
    language: Option<String>,
    /// Whether it is hidden, by itself or by a run that it stands in.
    hidden: bool,
}

impl Place {
    fn is_hidden(&self) -> bool {
        self.runs.last().is_some_and(|run| run.hidden) || self.fields.contains(&false)
    }

    /// Whether the open run is white on white, as far as it is known.
    fn is_white(&self, look: Look) -> bool {
        let is_shaded = self.paragraphs.last().is_some_and(|open| open.shaded)
            || self.cells.last() == Some(&true)
            || look.shaded == Some(true);
        look.white == Some(true) && !is_shaded
    }
}

impl Story {
    fn part(&mut self, bytes: &str, name: &str, limits: Limits) -> Result<Vec<Line>, ReadError> {
        let mut xml = Xml::new(bytes, name, limits);
        let (mut flow, mut place) = (Flow::new(limits), Place::default());
        while let Some(event) = xml.next()? {
            self.take(&event, &mut flow, &mut place)?;
        }
        Ok(flow.take_lines())
    }

    /// The lines of a header. Its notes, sections and languages count for nothing.
    fn header(&mut self, bytes: &str, name: &str, limits: Limits) -> Result<Vec<Line>, ReadError> {
        let mut header = Self {
            styles: std::mem::take(&mut self.styles),
            ..Self::default()
        };
        let lines = header.part(bytes, name, limits);
        self.styles = header.styles;
        self.reservations.hidden += header.reservations.hidden;
        self.reservations.white |= header.reservations.white;
        lines
    }

    /// The notes of a part by their ids; separators are none.
    fn notes_of(
        &mut self,
        bytes: &str,
        kind: NoteKind,
        limits: Limits,
    ) -> Result<BTreeMap<String, Vec<Line>>, ReadError> {
        let mut xml = Xml::new(bytes, kind.part(), limits);
        let mut notes = BTreeMap::new();
        let (mut flow, mut place, mut id) = (Flow::new(limits), Place::default(), None);
        while let Some(event) = xml.next()? {
            match &event {
                Event::Open(element) if matches!(element.name(), "footnote" | "endnote") => {
                    id = element.attribute("id");
                }
                Event::Close(name) if matches!(name.as_str(), "footnote" | "endnote") => {
                    let lines = flow.take_lines();
                    notes.extend(id.take().map(|id| (id, lines)));
                }
                event => self.take(event, &mut flow, &mut place)?,
            }
        }
        Ok(notes)
    }

    fn take(
        &mut self,
        event: &Event<'_>,
        flow: &mut Flow,
        place: &mut Place,
    ) -> Result<(), ReadError> {
        match event {
            Event::Open(element) => return self.open(element, flow, place),
            Event::Close(name) => self.close(name, flow, place),
            Event::Text(text) if place.text > 0 && place.removed == 0 => {
                if place.is_hidden() {
                    self.reservations.hidden += 1;
                    return Ok(());
                }
                let run = place.runs.last();
                let white = run.is_some_and(|run| place.is_white(self.look(run, place)));
                self.reservations.white |= white;
                let language = run.and_then(|run| run.language.clone());
                self.languages.insert(language);
                return flow.text(text);
            }
            Event::Text(_) => {}
        }
        Ok(())
    }

    fn open(
        &mut self,
        element: &Element<'_>,
        flow: &mut Flow,
        place: &mut Place,
    ) -> Result<(), ReadError> {
        let name = element.name();
        if place.removed == 0 {
            self.count(name);
        }
        if let Some(properties) = PROPERTIES.iter().find(|properties| **properties == name) {
            place.properties.push(properties);
            return Ok(());
        }
        if !place.properties.is_empty() {
            self.property(name, element, place);
            return Ok(());
        }
        match name {
            "Fallback" | "del" | "moveFrom" => place.removed += 1,
            _ if place.removed > 0 => {}
            "t" => place.text += 1,
            "p" => {
                place.paragraphs.push(Paragraph::default());
                flow.open_paragraph();
            }
            "r" => {
                self.open_run(Run::default(), place);
            }
            "tr" => flow.open_row(),
            "tc" => {
                place.cells.push(false);
                flow.open_cell();
            }
            "fldChar" => match element.attribute("fldCharType").as_deref() {
                Some("begin") => place.fields.push(false),
                Some("separate") => {
                    if let Some(in_result) = place.fields.last_mut() {
                        *in_result = true;
                    }
                }
                Some("end") => {
                    place.fields.pop();
                }
                _ => {}
            },
            "txbxContent" => flow.open_box(),
            "footnoteReference" => return self.refer(NoteKind::Foot, element, flow),
            "endnoteReference" => return self.refer(NoteKind::End, element, flow),
            _ if place.is_hidden() => {}
            "tab" | "ptab" => return flow.text("\t"),
            "br" if element.attribute("type").as_deref() == Some("page") => {
                flow.text("\n")?;
                flow.next_page();
            }
            "br" | "cr" => return flow.text("\n"),
            "lastRenderedPageBreak" => flow.next_page(),
            "noBreakHyphen" => return flow.text("\u{2011}"),
            "sym" => return flow.text(&symbol(element).map(String::from).unwrap_or_default()),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str, flow: &mut Flow, place: &mut Place) {
        if PROPERTIES.contains(&name) {
            place.properties.pop();
            self.sectioned |= name == "sectPr";
            return;
        }
        if !place.properties.is_empty() {
            return;
        }
        match name {
            "Fallback" | "del" | "moveFrom" => place.removed = place.removed.saturating_sub(1),
            _ if place.removed > 0 => {}
            "t" => place.text = place.text.saturating_sub(1),
            "p" => match place.paragraphs.pop() {
                Some(paragraph) if paragraph.end_deleted => flow.join_paragraph(),
                _ => flow.close_paragraph(),
            },
            "r" => {
                place.runs.pop();
            }
            "tc" => {
                place.cells.pop();
                flow.close_cell();
            }
            "tr" => flow.close_row(),
            "txbxContent" => flow.close_box(),
            _ => {}
        }
    }

    /// Counts what is tracked and remarked, wherever it stands.
    fn count(&mut self, name: &str) {
        match name {
            "ins" | "moveTo" => self.reservations.insertions += 1,
            "del" | "moveFrom" => self.reservations.deletions += 1,
            "commentReference" => self.reservations.comments += 1,
            _ => {}
        }
    }

    fn property(&mut self, name: &str, element: &Element<'_>, place: &mut Place) {
        // A run's properties are one set; those of a paragraph's end are in another.
        match place.properties[..] {
            ["rPr"] => self.run_property(element, place),
            ["pPr"] => {
                if let Some(paragraph) = place.paragraphs.last_mut() {
                    paragraph.take(element);
                }
            }
            ["tcPr"] => {
                let mut look = Look::default();
                look.take(element);
                if let Some(shaded) = place.cells.last_mut() {
                    *shaded |= look.shaded == Some(true);
                }
            }
            [_, _] if matches!(name, "del" | "moveFrom") => {
                if let Some(paragraph) = place.paragraphs.last_mut() {
                    paragraph.end_deleted = true;
                }
            }
            _ => {}
        }
        match name {
            "titlePg" if !self.sectioned => self.title_page = element.is_on(),
            "headerReference"
                if !self.sectioned && element.attribute("type").as_deref() == Some("first") =>
            {
                self.first_header = element.attribute("id");
            }
            _ => {}
        }
    }

    fn run_property(&self, element: &Element<'_>, place: &mut Place) {
        let Some(mut run) = place.runs.pop() else {
            return;
        };
        match element.name() {
            "rStyle" => run.style = element.attribute("val"),
            "lang" => run.language = element.attribute("val"),
            _ => run.look.take(element),
        }
        self.open_run(run, place);
    }

    /// Makes a run the innermost one.
    fn open_run(&self, mut run: Run, place: &mut Place) {
        let is_inside = place.runs.last().is_some_and(|outer| outer.hidden);
        run.hidden = is_inside || self.look(&run, place).vanish == Some(true);
        place.runs.push(run);
    }

    fn look(&self, run: &Run, place: &Place) -> Look {
        let paragraph = place.paragraphs.last();
        let style = paragraph.and_then(|paragraph| paragraph.style.as_ref());
        self.styles.run(run.look, run.style.as_ref(), style)
    }

    fn refer(
        &mut self,
        kind: NoteKind,
        element: &Element<'_>,
        flow: &mut Flow,
    ) -> Result<(), ReadError> {
        let Some(id) = element.attribute("id") else {
            return Ok(());
        };
        let own_mark = element.attribute("customMarkFollows");
        let number = match own_mark.as_deref() {
            None | Some("0" | "false" | "off") => {
                let count = match kind {
                    NoteKind::Foot => &mut self.footnotes,
                    NoteKind::End => &mut self.endnotes,
                };
                *count += 1;
                flow.text(&format!("[{}{count}]", kind.mark()))?;
                Some(*count)
            }
            Some(_) => None,
        };
        self.notes.push(NoteReference { kind, id, number });
        Ok(())
    }

    /// The language that all text declares, as far as they agree.
    fn language(&self) -> Option<String> {
        let declared =
            |language: &Option<String>| language.clone().or(self.default_language.clone());
        let mut languages = self.languages.iter().map(declared);
        let first = languages.next()??;
        let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_lowercase();
        let mut same = true;
        for language in languages {
            let language = language?;
            same &= language == first;
            if primary(&language) != primary(&first) {
                return None;
            }
        }
        Some(if same { first } else { primary(&first) })
    }
}

impl Paragraph {
    fn take(&mut self, element: &Element<'_>) {
        if element.name() == "pStyle" {
            self.style = element.attribute("val");
        }
        let mut look = Look::default();
        look.take(element);
        self.shaded |= look.shaded == Some(true);
    }
}

/// The character of a symbol font (17.3.3.30), which may be a private one.
fn symbol(element: &Element<'_>) -> Option<char> {
    let code = element.attribute("char")?;
    char::from_u32(u32::from_str_radix(&code, 16).ok()?)
}
