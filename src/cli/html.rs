//! Text in pages of HTML.

use super::render;

/// Text as it stands in a page: on one line, and nothing in it is markup or hides
/// or reorders what stands beside it.
pub(crate) fn text(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in render::one_line(text).chars() {
        push(&mut safe, character);
    }
    safe
}

/// Lines as they stand in a `pre` of a page, each to its end.
pub(crate) fn lines(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in render::escape(text).chars() {
        push(&mut safe, character);
    }
    safe
}

fn push(safe: &mut String, character: char) {
    match character {
        '&' => safe.push_str("&amp;"),
        '<' => safe.push_str("&lt;"),
        '>' => safe.push_str("&gt;"),
        '"' => safe.push_str("&quot;"),
        '\'' => safe.push_str("&#39;"),
        other => safe.push(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_markup_and_nothing_reorders() {
        assert_eq!(
            text("<b a='\"'>&\u{202e}\nx"),
            "&lt;b a=&#39;&quot;&#39;&gt;&amp;\\u{202e}\\nx"
        );
        assert_eq!(lines("a\n<\u{1b}"), "a\n&lt;\\u{1b}");
    }
}
