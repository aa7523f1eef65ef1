//! The text layer of PDF (ISO 32000-2), in reading order.
//!
//! The interpreter draws each page onto a device that keeps glyphs with their
//! place; `rows` makes pieces of lines of them, `order` puts those in the order
//! in which a person reads.
//!
//! Not here: what is only a picture (a scan has no text layer), form fields that
//! were not drawn, the order that tagged files declare. Text without a trace is
//! read where a page has no other, since scans carry their text so.

mod glyphs;
mod ground;
mod order;
mod rows;

use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro_interpret::{
    Context, InterpreterCache, InterpreterSettings, RectExt as _, TransformExt as _, interpret_page,
};
use hayro_syntax::object::{Dict, String as PdfString};
use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use super::limits::within;
use super::{Builder, Limits, ReadError, Text, plain};
use glyphs::{Glyphs, Invisible};

/// # Errors
/// When the file is damaged, needs a password or passes a limit, or the
/// interpreter failed on it.
pub(super) fn read(bytes: &[u8], limits: Limits) -> Result<Text, ReadError> {
    let bytes = bytes.to_vec();
    // The interpreter is not ours: a panic of it must not become one of the caller's.
    catch_unwind(AssertUnwindSafe(|| read_pages(bytes, limits))).unwrap_or(Err(ReadError::Crashed))
}

fn read_pages(bytes: Vec<u8>, limits: Limits) -> Result<Text, ReadError> {
    let pdf = Pdf::new(bytes).map_err(|error| match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => ReadError::Encrypted,
        LoadPdfError::Decryption(_) => {
            ReadError::damaged("the encryption", "it is none that can be read")
        }
        LoadPdfError::Invalid => {
            ReadError::damaged("the file", "it has no pages that can be found")
        }
    })?;
    let pages = pdf.pages();
    within(pages.len(), limits.pages, "pages")?;
    let cache = InterpreterCache::new();
    let mut builder = Builder::new(limits);
    let (mut unnamed, mut off_page, mut blank) = (0, 0, Vec::new());
    let (mut white, mut has_white, mut invisible, mut overlaid) = (0, false, 0, Vec::new());
    let mut budget = limits.text;
    for (number, page) in (1..).zip(pages.iter()) {
        let (width, height) = page.render_dimensions();
        let place = page.initial_transform(true).to_kurbo();
        let settings = InterpreterSettings::default();
        let bounds = page.intersected_crop_box().to_kurbo();
        let mut context = Context::new(place, bounds, &cache, pdf.xref(), settings);
        let mut glyphs = Glyphs::new(f64::from(width), f64::from(height), budget);
        interpret_page(page, &mut context, &mut glyphs);
        budget = glyphs.left()?;
        unnamed += glyphs.unnamed;
        off_page += glyphs.off_page;
        white += glyphs.white;
        has_white |= glyphs.has_white;
        match glyphs.settle() {
            Invisible::Absent => {}
            Invisible::Kept => overlaid.push(number),
            Invisible::LeftOut(count) => invisible += count,
        }
        let lines = order::lines(rows::pieces(glyphs.kept));
        if lines.is_empty() {
            blank.push(number);
        }
        builder.begin_page(number);
        for line in lines {
            builder.push(&line)?;
            builder.end_line()?;
        }
    }
    if blank.len() == pages.len() {
        builder.warn("no text layer: the pages are blank, or pictures such as scans");
    } else if !blank.is_empty() {
        builder.warn(format!("no text layer on {}", numbers(&blank)));
    }
    if unnamed > 0 {
        builder.warn(format!(
            "{unnamed} glyphs do not say which character they are and stand as \u{fffd}"
        ));
    }
    if off_page > 0 {
        builder.warn(format!("left out: {off_page} glyphs off the page"));
    }
    if !overlaid.is_empty() {
        builder.warn(format!(
            "the text layer is invisible: text over a picture, as OCR makes it, on {}",
            numbers(&overlaid)
        ));
    }
    if invisible > 0 {
        builder.warn(format!("left out: {invisible} invisible glyphs"));
    }
    if white > 0 {
        builder.warn(format!("left out: {white} white glyphs on the bare page"));
    }
    if has_white {
        builder.warn("some text is white");
    }
    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
    let language = catalog.and_then(|catalog| catalog.get::<PdfString<'_>>("Lang"));
    if let Some(language) = language.and_then(|tag| plain::decode_text(tag.as_bytes())) {
        builder.declare_language(&language);
    }
    builder.finish()
}

/// Page numbers as text, the first few of many.
fn numbers(pages: &[u32]) -> String {
    const SHOWN: usize = 10;
    let word = if pages.len() == 1 { "page" } else { "pages" };
    let shown: Vec<_> = pages.iter().take(SHOWN).map(u32::to_string).collect();
    let more = match pages.len().checked_sub(SHOWN) {
        Some(more @ 1..) => format!(" and {more} more"),
        _ => String::new(),
    };
    format!("{word} {}{more}", shown.join(", "))
}
