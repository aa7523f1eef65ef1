//! Styles that hide text (ODF 1.3 part 3, 20.346 `text:display`).

use std::collections::BTreeMap;

use super::super::{Event, Xml};
use crate::reading::{Limits, ReadError};

/// The longest chain of parents that is followed.
const MAX_CHAIN: usize = 64;

/// The styles of a document, by family and name.
#[derive(Debug, Default)]
pub(super) struct Styles(BTreeMap<(String, String), Style>);

#[derive(Debug, Default)]
struct Style {
    /// Whether it hides text, if it says so.
    hides: Option<bool>,
    parent: Option<String>,
}

impl Styles {
    /// Adds the styles of a part.
    ///
    /// # Errors
    /// When the part is damaged or passes a limit.
    pub(super) fn read(
        &mut self,
        bytes: &str,
        part: &str,
        limits: Limits,
    ) -> Result<(), ReadError> {
        let mut xml = Xml::new(bytes, part, limits);
        let mut open = None;
        while let Some(event) = xml.next()? {
            match event {
                Event::Open(element) => match (element.name(), &mut open) {
                    ("style", _) => {
                        let names = element.attribute("family").zip(element.attribute("name"));
                        let parent = element.attribute("parent-style-name");
                        open = names.map(|names| {
                            (
                                names,
                                Style {
                                    hides: None,
                                    parent,
                                },
                            )
                        });
                    }
                    ("text-properties", Some((_, style))) => {
                        let display = element.attribute("display");
                        style.hides = display.map(|display| display == "none");
                    }
                    _ => {}
                },
                Event::Close(name) if name == "style" => self.0.extend(open.take()),
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether a style hides text, by itself or by its parents.
    pub(super) fn hide(&self, family: &str, name: &str) -> bool {
        let mut name = name.to_owned();
        for _ in 0..MAX_CHAIN {
            let Some(style) = self.0.get(&(family.to_owned(), name)) else {
                return false;
            };
            match (style.hides, &style.parent) {
                (Some(hides), _) => return hides,
                (None, Some(parent)) => name = parent.clone(),
                (None, None) => return false,
            }
        }
        false
    }
}
