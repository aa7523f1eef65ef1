//! What was painted on a page before a text: enough to tell white text that
//! nobody sees from white text on something dark.

use hayro_interpret::kurbo::{BezPath, Point, Rect};
use hayro_interpret::{DrawMode, DrawProps, Paint};

/// The most shapes that are kept of a page; past them nothing is known.
const MAX_SHAPES: usize = 1_000;

/// The shapes of a page that aren't white, as the boxes around them.
#[derive(Debug, Default)]
pub(super) struct Ground {
    boxes: Vec<Rect>,
    /// Whether something was painted whose place is not known.
    anywhere: bool,
}

impl Ground {
    /// A picture, wherever it lies.
    pub(super) const fn picture(&mut self) {
        self.anywhere = true;
    }

    pub(super) fn shape(&mut self, path: &BezPath, props: &DrawProps<'_>, mode: &DrawMode) {
        if is_white(&props.paint) || is_clear(&props.paint) {
            return;
        }
        if self.boxes.len() == MAX_SHAPES {
            self.anywhere = true;
            return;
        }
        let width = match mode {
            DrawMode::Stroke(stroke) | DrawMode::FillAndStroke(_, stroke) => stroke.line_width,
            DrawMode::Fill(_) | DrawMode::Invisible => 0.0,
        };
        let around = path.control_box().inflate(width.into(), width.into());
        self.boxes.push(props.transform.transform_rect_bbox(around));
    }

    /// Whether something that isn't white may lie under a point of the page.
    pub(super) fn is_painted(&self, point: Point) -> bool {
        self.anywhere || self.boxes.iter().any(|shape| shape.contains(point))
    }
}

/// Whether a paint is white and opaque.
pub(super) fn is_white(paint: &Paint<'_>) -> bool {
    rgba(paint) == Some([u8::MAX; 4])
}

/// Whether a paint leaves no trace.
pub(super) fn is_clear(paint: &Paint<'_>) -> bool {
    rgba(paint).is_some_and(|[_, _, _, opacity]| opacity == 0)
}

fn rgba(paint: &Paint<'_>) -> Option<[u8; 4]> {
    match paint {
        Paint::Color(color) => Some(color.to_rgba().to_rgba8()),
        Paint::Pattern(_) => None,
    }
}
