//! What an element says of itself that hides its content, and whether a style
//! sheet may hide some. Rules of style sheets are not applied.

use html5gum::StartTag;

use super::attribute;

/// Whether an element hides its content by its name, `hidden` or its `style`.
pub(super) fn hides(tag: &StartTag<()>) -> bool {
    **tag.name == *b"del"
        || attribute(tag, b"hidden").is_some()
        || attribute(tag, b"style").is_some_and(|style| style_hides(&style))
}

/// Whether a style sheet holds a rule that hides something.
pub(super) fn sheet_hides(sheet: &str) -> bool {
    let mut sheet = without_comments(sheet).to_lowercase();
    sheet.retain(|c| !c.is_whitespace());
    ["display:none", "visibility:hidden"]
        .iter()
        .any(|rule| sheet.contains(rule))
}

/// The last declaration of a property counts (CSS Cascading, 6.4.4).
fn style_hides(style: &str) -> bool {
    let style = without_comments(style).to_lowercase();
    let (mut undisplayed, mut invisible, mut sizeless) = (false, false, false);
    for declaration in style.split(';') {
        let Some((property, value)) = declaration.split_once(':') else {
            continue;
        };
        let value = value.split('!').next().unwrap_or_default().trim();
        match property.trim() {
            "display" => undisplayed = value == "none",
            "visibility" => invisible = matches!(value, "hidden" | "collapse"),
            "font-size" => sizeless = is_zero(value),
            _ => {}
        }
    }
    undisplayed || invisible || sizeless
}

/// Whether a length is none, in whatever unit.
fn is_zero(length: &str) -> bool {
    let number = length.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
    number.parse::<f64>().is_ok_and(|number| number == 0.0)
}

fn without_comments(style: &str) -> String {
    let mut rest = style;
    let mut kept = String::new();
    while let Some((before, comment)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_hide_by_their_last_word() {
        for style in [
            "display:none",
            "color:red; DISPLAY :/**/ none !important",
            "visibility: hidden",
            "font-size:0",
            "font-size: 0.0pt",
            "display:block;display:none",
        ] {
            assert!(style_hides(style), "{style}");
        }
        for style in [
            "display:none;display:block",
            "font-size:0.5em",
            "font-size:x",
            "content:none",
            "/* display:none",
            "",
        ] {
            assert!(!style_hides(style), "{style}");
        }
    }
}
