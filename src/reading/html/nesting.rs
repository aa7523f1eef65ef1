//! Which elements are open, as far as it tells where a hidden one ends.
//!
//! Follows the tree construction of the HTML Standard (13.2.6) where it ends
//! elements by itself: paragraphs, items and cells without an end tag, and
//! what is still open inside an element that ends. Each step looks names up,
//! so that depth costs nothing.

use std::collections::BTreeMap;

/// Elements without content (13.1.2).
const VOID: [&[u8]; 14] = [
    b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta", b"param",
    b"source", b"track", b"wbr",
];

/// Elements that go on in the next block when theirs ends (13.2.4.3).
const FORMATTING: [&[u8]; 14] = [
    b"a", b"b", b"big", b"code", b"em", b"font", b"i", b"nobr", b"s", b"small", b"strike",
    b"strong", b"tt", b"u",
];

/// The most elements that go on so at once.
const MAX_KEPT: usize = 16;

/// Elements that no end tag of an element around them passes.
const BARRIERS: [&[u8]; 3] = [b"td", b"th", b"caption"];

/// Parts of a table, which end where the table allows it.
const TABLE_PARTS: [&[u8]; 7] = [
    b"td", b"th", b"caption", b"tr", b"tbody", b"thead", b"tfoot",
];

#[derive(Debug, Default)]
pub(super) struct Nesting {
    open: Vec<Open>,
    /// Places in `open`, by name.
    places: BTreeMap<Vec<u8>, Vec<usize>>,
    /// How many of the open elements hide their content.
    hiding: usize,
}

#[derive(Debug)]
struct Open {
    name: Vec<u8>,
    hides: bool,
}

impl Nesting {
    /// Whether an open element hides what comes.
    pub(super) const fn is_hiding(&self) -> bool {
        self.hiding > 0
    }

    /// Whether an element of this name is open.
    pub(super) fn has(&self, name: &[u8]) -> bool {
        self.last(name).is_some()
    }

    /// An element begins; `is_block` if it ends a paragraph.
    pub(super) fn open(&mut self, name: &[u8], hides: bool, is_block: bool) {
        if is_block {
            self.end(b"p", &BARRIERS);
        }
        match name {
            b"li" => self.end(b"li", &[b"ul", b"ol", b"td", b"th"]),
            b"dt" | b"dd" => {
                self.end(b"dt", &[b"dl", b"td", b"th"]);
                self.end(b"dd", &[b"dl", b"td", b"th"]);
            }
            b"td" | b"th" => {
                self.end(b"td", &[b"table"]);
                self.end(b"th", &[b"table"]);
            }
            b"tr" => self.end(b"tr", &[b"table"]),
            b"tbody" | b"thead" | b"tfoot" => {
                for part in [b"tbody", b"thead", b"tfoot"] {
                    self.end(part, &[b"table"]);
                }
            }
            _ => {}
        }
        if !VOID.contains(&name) {
            self.push(Open {
                name: name.to_vec(),
                hides,
            });
        }
    }

    /// An end tag.
    pub(super) fn close(&mut self, name: &[u8]) {
        match name {
            b"table" => self.end(name, &[]),
            part if TABLE_PARTS.contains(&part) => self.end(name, &[b"table"]),
            _ => self.end(name, &BARRIERS),
        }
    }

    /// Ends the innermost element of a name and all in it, unless a barrier
    /// stands between.
    fn end(&mut self, name: &[u8], barriers: &[&[u8]]) {
        let Some(place) = self.last(name) else {
            return;
        };
        let is_kept = |barrier: &&[u8]| self.last(barrier).is_some_and(|other| other > place);
        if barriers.iter().any(is_kept) {
            return;
        }
        let mut kept = Vec::new();
        while self.open.len() > place + 1 {
            kept.extend(
                self.pop()
                    .filter(|inner| inner.hides && FORMATTING.contains(&inner.name.as_slice())),
            );
        }
        self.pop();
        kept.truncate(MAX_KEPT);
        if !BARRIERS.contains(&name) {
            kept.into_iter().rev().for_each(|inner| self.push(inner));
        }
    }

    fn last(&self, name: &[u8]) -> Option<usize> {
        self.places.get(name)?.last().copied()
    }

    fn push(&mut self, element: Open) {
        self.hiding += usize::from(element.hides);
        let places = self.places.entry(element.name.clone()).or_default();
        places.push(self.open.len());
        self.open.push(element);
    }

    fn pop(&mut self) -> Option<Open> {
        let element = self.open.pop()?;
        self.hiding -= usize::from(element.hides);
        if let Some(places) = self.places.get_mut(&element.name) {
            places.pop();
        }
        Some(element)
    }
}
