//! XML as events, within a depth; names without their prefix, since the formats
//! read here never give two meanings to one name in a place where it matters.

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event as Raw};

use crate::reading::limits::within;
use crate::reading::{Limits, ReadError};

/// A part of a package as events.
pub(super) struct Xml<'a> {
    reader: Reader<&'a [u8]>,
    /// Name of the part, for errors.
    part: &'a str,
    depth: usize,
    limits: Limits,
}

pub(super) enum Event<'a> {
    Open(Element<'a>),
    Close(String),
    Text(String),
}

/// An element's start: its name and attributes.
pub(super) struct Element<'a>(BytesStart<'a>);

impl Element<'_> {
    pub(super) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// Whether the name has this prefix, which is the usual one of a namespace.
    pub(super) fn has_prefix(&self, prefix: &str) -> bool {
        let name = self.0.name();
        name.prefix().is_some_and(|own| own.into_inner() == prefix)
    }

    /// The value of an attribute, of whatever prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        let attribute = attributes
            .with_checks(false)
            .flatten()
            .find(|attribute| attribute.key.local_name().into_inner() == name)?;
        Some(
            attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .ok()?
                .into_owned(),
        )
    }

    /// Whether an attribute that says yes or no (ECMA-376-1, 22.9.2.7) says yes.
    pub(super) fn is_on(&self) -> bool {
        let value = self.attribute("val");
        !matches!(value.as_deref(), Some("0" | "false" | "off"))
    }
}

impl<'a> Xml<'a> {
    pub(super) fn new(text: &'a str, part: &'a str, limits: Limits) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Self {
            reader,
            part,
            depth: 0,
            limits,
        }
    }

    /// # Errors
    /// When the part is not well-formed, or nested too deep.
    pub(super) fn next(&mut self) -> Result<Option<Event<'a>>, ReadError> {
        loop {
            let event = self.reader.read_event();
            let event = event.map_err(|error| self.damaged(error))?;
            return Ok(Some(match event {
                Raw::Start(start) => {
                    self.depth += 1;
                    within(self.depth, self.limits.depth, "elements inside each other")?;
                    Event::Open(Element(start))
                }
                Raw::End(end) => {
                    self.depth = self.depth.saturating_sub(1);
                    Event::Close(end.local_name().into_inner().to_owned())
                }
                Raw::Text(text) => Event::Text(text.xml10_content().into_owned()),
                Raw::CData(text) => Event::Text(text.xml10_content().into_owned()),
                Raw::GeneralRef(reference) => {
                    let character = reference.resolve_char_ref().ok().flatten();
                    let name = reference.into_inner();
                    Event::Text(match (character, name.as_ref()) {
                        (Some(character), _) => character.to_string(),
                        (None, name) => quick_xml::escape::resolve_predefined_entity(name)
                            .map_or_else(|| format!("&{name};"), str::to_owned),
                    })
                }
                Raw::Eof if self.depth > 0 => {
                    return Err(self.damaged("it ends inside an element"));
                }
                Raw::Eof => return Ok(None),
                Raw::Comment(_) | Raw::PI(_) | Raw::Decl(_) | Raw::DocType(_) | Raw::Empty(_) => {
                    continue;
                }
            }));
        }
    }

    fn damaged(&self, problem: impl ToString) -> ReadError {
        let place = format!("{}, byte {}", self.part, self.reader.buffer_position());
        ReadError::damaged(place, problem)
    }
}
