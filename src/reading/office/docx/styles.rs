//! Whether text is seen, by its own properties and by its styles
//! (ECMA-376-1, 17.7). Table styles are not asked.

use std::collections::BTreeMap;

use super::super::{Element, Event, Xml};
use crate::reading::{Limits, ReadError};

const STYLES: &str = "word/styles.xml";
const WHITE: &str = "FFFFFF";

/// What one set of properties says; absent is left to what stands under it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Look {
    /// Hidden text (17.3.2.41).
    pub(super) vanish: Option<bool>,
    pub(super) white: Option<bool>,
    /// Whether something that isn't white lies behind it.
    pub(super) shaded: Option<bool>,
}

impl Look {
    /// Takes a property; others than these three change nothing.
    pub(super) fn take(&mut self, element: &Element<'_>) {
        let is_white = |name| {
            let color = element.attribute(name).unwrap_or_default();
            color.eq_ignore_ascii_case(WHITE)
        };
        match element.name() {
            "vanish" => self.vanish = Some(element.is_on()),
            "color" => self.white = Some(is_white("val")),
            "shd" => {
                let fill = element.attribute("fill").unwrap_or_default();
                let none = matches!(fill.as_str(), "" | "auto") || is_white("fill");
                self.shaded = Some(!none);
            }
            _ => {}
        }
    }

    fn over(self, under: Self) -> Self {
        Self {
            vanish: self.vanish.or(under.vanish),
            white: self.white.or(under.white),
            shaded: self.shaded.or(under.shaded),
        }
    }
}

/// The styles of paragraphs and characters, each with what it is based on.
#[derive(Debug, Default)]
pub(super) struct Styles {
    defaults: Look,
    /// The style of paragraphs that name none.
    usual: Option<String>,
    looks: BTreeMap<String, Look>,
}

/// A style as the file has it.
#[derive(Debug, Default)]
struct Style {
    look: Look,
    based_on: Option<String>,
}

impl Styles {
    /// # Errors
    /// When the part is damaged or passes a limit.
    pub(super) fn read(part: &str, limits: Limits) -> Result<Self, ReadError> {
        let mut xml = Xml::new(part, STYLES, limits);
        let mut styles = Self::default();
        let mut written = BTreeMap::new();
        let mut open: Option<(String, Style)> = None;
        let mut in_defaults = false;
        while let Some(event) = xml.next()? {
            match event {
                Event::Open(element) => match (element.name(), &mut open) {
                    ("docDefaults", _) => in_defaults = true,
                    ("style", _) => open = styles.begin(&element),
                    ("basedOn", Some((_, style))) => style.based_on = element.attribute("val"),
                    (_, Some((_, style))) => style.look.take(&element),
                    (_, None) if in_defaults => styles.defaults.take(&element),
                    _ => {}
                },
                Event::Close(name) if name == "style" => written.extend(open.take()),
                Event::Close(name) if name == "docDefaults" => in_defaults = false,
                _ => {}
            }
        }
        styles.resolve(&written);
        Ok(styles)
    }

    fn begin(&mut self, element: &Element<'_>) -> Option<(String, Style)> {
        let kind = element.attribute("type")?;
        let id = element.attribute("styleId")?;
        let is_usual = element
            .attribute("default")
            .is_some_and(|on| !matches!(on.as_str(), "0" | "false" | "off"));
        if kind == "paragraph" && is_usual {
            self.usual = Some(id.clone());
        }
        matches!(kind.as_str(), "paragraph" | "character").then(|| (id, Style::default()))
    }

    /// Lays each style over what it is based on; each is visited once, and a
    /// style that is based on itself ends there.
    fn resolve(&mut self, written: &BTreeMap<String, Style>) {
        for id in written.keys() {
            let mut chain = Vec::new();
            let mut next = Some(id);
            let mut under = Look::default();
            while let Some(id) = next {
                if let Some(known) = self.looks.get(id) {
                    under = *known;
                    break;
                }
                let Some(style) = written.get(id) else {
                    break;
                };
                self.looks.insert(id.clone(), Look::default());
                chain.push((id, style.look));
                next = style.based_on.as_ref();
            }
            for (id, look) in chain.into_iter().rev() {
                under = look.over(under);
                self.looks.insert(id.clone(), under);
            }
        }
    }

    fn of(&self, style: Option<&String>) -> Look {
        let look = style.and_then(|id| self.looks.get(id));
        look.copied().unwrap_or_default()
    }

    /// The look of a run with these properties, of these styles. What two levels
    /// of styles both hide is shown (17.7.3).
    pub(super) fn run(
        &self,
        direct: Look,
        character: Option<&String>,
        paragraph: Option<&String>,
    ) -> Look {
        let character = self.of(character);
        let paragraph = self.of(paragraph.or(self.usual.as_ref()));
        let toggled = character.vanish.unwrap_or(false) != paragraph.vanish.unwrap_or(false);
        let by_style = toggled || self.defaults.vanish.unwrap_or(false);
        let look = direct.over(character).over(paragraph).over(self.defaults);
        Look {
            vanish: direct.vanish.or(Some(by_style)),
            ..look
        }
    }
}
