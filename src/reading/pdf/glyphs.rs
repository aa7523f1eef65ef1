//! A device that keeps glyphs, and draws nothing.

use hayro_interpret::font::{Glyph as Drawn, GlyphRun};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::kurbo::{BezPath, Point};
use hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, SoftMask,
};

use super::ground::{Ground, is_clear, is_white};
use crate::reading::ReadError;
use crate::reading::limits::within;

/// Units of a font's own space in its size.
const UNITS: f64 = 1000.0;
/// Width of a glyph whose font does not tell, in sizes.
const USUAL_WIDTH: f64 = 0.5;

/// The most glyphs of one page: a hundred times a dense one.
const MAX_GLYPHS: usize = 300_000;

/// A glyph on a page. Lengths are in points; `x` grows to the right in the
/// direction of the text, `y` downwards across it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Glyph {
    /// What it says: usually one character.
    pub(super) text: String,
    /// Its left edge.
    pub(super) x: f64,
    /// Its right edge.
    pub(super) end: f64,
    /// Its baseline.
    pub(super) y: f64,
    /// Font size.
    pub(super) size: f64,
    /// Direction of the text: quarter turns clockwise.
    pub(super) turns: u8,
}

/// Whether a glyph is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    Plainly,
    /// Where something lies behind it.
    White,
    Never,
}

/// What became of a page's invisible text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Invisible {
    Absent,
    /// It is all the text there is.
    Kept,
    /// So many glyphs; the page has text that is seen.
    LeftOut(usize),
}

/// The glyphs of one page.
pub(super) struct Glyphs {
    pub(super) kept: Vec<Glyph>,
    /// Those that are drawn without a trace, as over a scanned picture.
    invisible: Vec<Glyph>,
    /// How many are white on the bare page; they are not kept.
    pub(super) white: usize,
    /// Whether some that are kept are white, on whatever lies there.
    pub(super) has_white: bool,
    ground: Ground,
    /// How many do not say which character they are.
    pub(super) unnamed: usize,
    /// How many lie off the page or have no size; they are not kept.
    pub(super) off_page: usize,
    width: f64,
    height: f64,
    /// Bytes of text that may be kept, and those that were drawn.
    budget: usize,
    drawn: usize,
    count: usize,
}

impl Glyphs {
    /// For a page of a size in points, and so many bytes of text.
    pub(super) fn new(width: f64, height: f64, budget: usize) -> Self {
        Self {
            kept: Vec::new(),
            invisible: Vec::new(),
            white: 0,
            has_white: false,
            ground: Ground::default(),
            unnamed: 0,
            off_page: 0,
            width,
            height,
            budget,
            drawn: 0,
            count: 0,
        }
    }

    /// What of the budget is left.
    ///
    /// # Errors
    /// When more was drawn than the budget allows; it was not kept.
    pub(super) fn left(&self) -> Result<usize, ReadError> {
        within(self.count, MAX_GLYPHS, "glyphs on a page")?;
        within(self.drawn, self.budget, "bytes of text")?;
        Ok(self.budget - self.drawn)
    }

    /// Takes the invisible glyphs for the page's text if it has no other, and
    /// tells what became of them.
    pub(super) fn settle(&mut self) -> Invisible {
        let is_text = |glyph: &&Glyph| !glyph.text.trim().is_empty();
        let count = self.invisible.iter().filter(is_text).count();
        if count == 0 {
            return Invisible::Absent;
        }
        if self.kept.iter().any(|glyph| is_text(&glyph)) {
            return Invisible::LeftOut(count);
        }
        self.kept.append(&mut self.invisible);
        Invisible::Kept
    }

    fn keep(&mut self, text: String, [origin, advance, top]: [Point; 3], seen: Seen) {
        let along = advance - origin;
        let (turns, x, end, y) = if along.x.abs() >= along.y.abs() {
            if along.x >= 0.0 {
                (0, origin.x, advance.x, origin.y)
            } else {
                (2, -origin.x, -advance.x, -origin.y)
            }
        } else if along.y > 0.0 {
            (1, origin.y, advance.y, -origin.x)
        } else {
            (3, -origin.y, -advance.y, origin.x)
        };
        let size = (top - origin).hypot();
        let is_on_page =
            (0.0..=self.width).contains(&origin.x) && (0.0..=self.height).contains(&origin.y);
        let is_drawn = [x, end, y, size].iter().all(|length| length.is_finite()) && size > 0.0;
        let is_text = !text.trim().is_empty();
        if !is_on_page || !is_drawn {
            self.off_page += usize::from(is_text);
            return;
        }
        let glyphs = match seen {
            Seen::White if !self.ground.is_painted(origin) => {
                self.white += usize::from(is_text);
                return;
            }
            Seen::White => {
                self.has_white |= is_text;
                &mut self.kept
            }
            Seen::Plainly => &mut self.kept,
            Seen::Never => &mut self.invisible,
        };
        glyphs.push(Glyph {
            text,
            x,
            end,
            y,
            size,
            turns,
        });
    }
}

impl<'a> Device<'a> for Glyphs {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        let seen = if matches!(mode, DrawMode::Invisible) || is_clear(&props.paint) {
            Seen::Never
        } else if is_white(&props.paint) {
            Seen::White
        } else {
            Seen::Plainly
        };
        for glyph in run.glyphs() {
            let text = match glyph.as_unicode() {
                Some(BfString::Char(character)) => character.to_string(),
                Some(BfString::String(text)) => text,
                None => {
                    self.unnamed += 1;
                    char::REPLACEMENT_CHARACTER.to_string()
                }
            };
            self.drawn = self.drawn.saturating_add(text.len());
            self.count += 1;
            if self.drawn > self.budget || self.count > MAX_GLYPHS {
                return;
            }
            let width = match &**glyph {
                Drawn::Outline(glyph) => glyph.advance_width().map(f64::from),
                Drawn::Type3(glyph) => glyph.advance_width().map(f64::from),
            };
            let transform = props.transform * glyph.transform();
            let width = width.filter(|w| *w > 0.0).unwrap_or(UNITS * USUAL_WIDTH);
            let corners = [(0.0, 0.0), (width, 0.0), (0.0, UNITS)]
                .map(|point| transform * Point::from(point));
            self.keep(text, corners, seen);
        }
    }

    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.ground.shape(path, &props, mode);
    }

    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {
        self.ground.picture();
    }

    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn pop_clip(&mut self) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_transparency_group(&mut self) {}
}
