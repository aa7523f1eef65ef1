//! QR codes (ISO/IEC 18004), as drawings within a page.

use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};

/// The largest version that is drawn: 117 modules a side, so that modules of four in a
/// row on A4 stay near 0.4 mm.
const LARGEST: u8 = 25;
/// The most bytes that one of that version carries.
pub(super) const MOST_BYTES: usize = 1_273;
/// The white margin that the standard asks for, in modules.
const QUIET: i32 = 4;

/// A text as a code.
pub(super) struct Code(QrCode);

impl Code {
    /// The smallest code that carries a text, with as much error correction as it
    /// has room for; `None` if a readable one can't carry it.
    ///
    /// All is in byte mode: others would be shorter for some texts, and readers
    /// differ in what they make of them.
    pub(super) fn of(text: &str) -> Option<Self> {
        let segment = QrSegment::make_bytes(text.as_bytes());
        let largest = Version::new(LARGEST);
        let made = QrCode::encode_segments_advanced(
            &[segment],
            QrCodeEcc::Low,
            Version::MIN,
            largest,
            None,
            true,
        );
        made.ok().map(Self)
    }

    /// How wide it is drawn: modules of all codes in a row are of one size, and at
    /// most 0.42 mm.
    pub(super) fn style(&self) -> String {
        let side = self.side();
        format!("flex:{side};max-width:{:.1}mm", 0.42 * f64::from(side))
    }

    /// Modules a side, with the margin.
    fn side(&self) -> i32 {
        self.0.size() + 2 * QUIET
    }

    /// The drawing: dark modules on white, whatever the page's colours are.
    /// `name` says what it is; it is no markup.
    pub(super) fn svg(&self, name: &str) -> String {
        let side = self.side();
        format!(
            "<svg viewBox=\"0 0 {side} {side}\" role=\"img\" aria-label=\"{name}\" \
             shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}h-{side}z\"/>\
             <path d=\"{}\"/></svg>",
            self.path()
        )
    }

    /// A bar for each row of dark modules beside each other.
    fn path(&self) -> String {
        let size = self.0.size();
        let mut path = String::new();
        for y in 0..size {
            let mut x = 0;
            while x < size {
                let dark = (x..size).take_while(|x| self.0.get_module(*x, y)).count();
                let dark = i32::try_from(dark).unwrap_or(0);
                if dark > 0 {
                    let (left, top) = (x + QUIET, y + QUIET);
                    path.push_str(&format!("M{left} {top}h{dark}v1h-{dark}z"));
                }
                x += dark + 1;
            }
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The modules that a path draws.
    fn drawn(path: &str, size: i32) -> Vec<(i32, i32)> {
        let bars = path.split('z').filter(|bar| !bar.is_empty());
        let modules = bars.flat_map(|bar| {
            let numbers = bar.strip_prefix('M').expect("a bar begins");
            let numbers: Vec<i32> = numbers
                .split([' ', 'h', 'v'])
                .map(|number| number.parse().expect("a number"))
                .collect();
            let [x, y, width, 1, back] = numbers[..] else {
                panic!("{bar}")
            };
            assert_eq!((width, width > 0), (-back, true));
            (x..x + width).map(move |x| (x - QUIET, y - QUIET))
        });
        let modules: Vec<_> = modules.collect();
        assert!(
            modules
                .iter()
                .all(|(x, y)| (0..size).contains(x) && (0..size).contains(y))
        );
        modules
    }

    #[test]
    fn the_drawing_has_every_dark_module_once() {
        for length in [0, 1, 100, MOST_BYTES] {
            let code = Code::of(&"x".repeat(length)).expect("fits");
            let size = code.0.size();
            let mut found = drawn(&code.path(), size);
            let all = (0..size).flat_map(|y| (0..size).map(move |x| (x, y)));
            let dark: Vec<_> = all.filter(|(x, y)| code.0.get_module(*x, *y)).collect();
            found.sort_unstable_by_key(|(x, y)| (*y, *x));
            assert_eq!(found, dark, "{length}");
        }
    }

    #[test]
    fn nothing_larger_than_paper_carries_is_drawn() {
        assert!(Code::of(&"x".repeat(MOST_BYTES)).is_some());
        assert!(Code::of(&"x".repeat(MOST_BYTES + 1)).is_none());
        assert!(Code::of(&"\u{2014}".repeat(425)).is_none());
    }
}
