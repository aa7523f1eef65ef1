//! The text that an HTML page shows.
//!
//! Works on the tokens of the WHATWG tokenizer and builds no tree, so that no
//! depth of nesting costs anything. Left out: the title, scripts, styles, and the
//! texts that stand in for pictures; and, told, templates, deleted text and what
//! an element hides by itself. Rules of style sheets are not applied: what they
//! hide is in the lines, and that they hide something is told.

mod hidden;
mod nesting;

use encoding_rs::Encoding;
use html5gum::emitters::default::DefaultEmitter;
use html5gum::{StartTag, Token, Tokenizer};

use super::limits::within;
use super::{Builder, Limits, ReadError, Text, plain};
use nesting::Nesting;

/// Elements whose content is never shown.
const UNSHOWN: [&[u8]; 8] = [
    b"title",
    b"script",
    b"style",
    b"template",
    b"noscript",
    b"svg",
    b"iframe",
    b"object",
];

/// Elements that begin and end a line (HTML Standard, 15.3: rendered as blocks).
const BLOCKS: [&[u8]; 39] = [
    b"address",
    b"article",
    b"aside",
    b"blockquote",
    b"body",
    b"caption",
    b"center",
    b"dd",
    b"details",
    b"dialog",
    b"dir",
    b"div",
    b"dl",
    b"dt",
    b"fieldset",
    b"figcaption",
    b"figure",
    b"footer",
    b"form",
    b"h1",
    b"h2",
    b"h3",
    b"h4",
    b"h5",
    b"h6",
    b"header",
    b"hr",
    b"legend",
    b"li",
    b"main",
    b"nav",
    b"ol",
    b"p",
    b"pre",
    b"section",
    b"summary",
    b"table",
    b"tr",
    b"ul",
];

/// Elements whose text keeps its spaces and lines.
const PREFORMATTED: [&[u8]; 2] = [b"pre", b"textarea"];

/// How far the declaration of an encoding is looked for (HTML Standard, 13.2.3.2).
const PRESCAN: usize = 1024;

/// The lines that a page shows.
///
/// # Errors
/// When the bytes are no text, or pass a limit.
pub(super) fn read(bytes: &[u8], limits: Limits) -> Result<Text, ReadError> {
    let decoded = plain::decode(bytes, declared_encoding(bytes))
        .ok_or_else(|| ReadError::damaged("the page", "it holds zero bytes and is no text"))?;
    within(decoded.text.len(), limits.unpacked, "bytes")?;
    let mut page = Page {
        builder: Builder::new(limits),
        unshown: None,
        nesting: Nesting::default(),
        pieces: 0,
        in_piece: false,
        style: String::new(),
        cells: 0,
    };
    if let Some(warning) = decoded.warning {
        page.builder.warn(warning);
    }
    for token in tokens(&decoded.text) {
        page.take(&token)?;
    }
    page.tell();
    page.builder.trim_line();
    page.builder.finish()
}

fn tokens(text: &str) -> impl Iterator<Item = Token> + '_ {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    Tokenizer::new_with_emitter(text, emitter).flatten()
}

/// The encoding that a `meta` element near the start names; UTF-16 there means
/// UTF-8, since the element itself was read as ASCII.
fn declared_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(PRESCAN)]);
    tokens(&head).find_map(|token| {
        let Token::StartTag(tag) = token else {
            return None;
        };
        if **tag.name != *b"meta" {
            return None;
        }
        let content = attribute(&tag, b"content")
            .unwrap_or_default()
            .to_lowercase();
        let label = attribute(&tag, b"charset").or_else(|| {
            let (_, rest) = content.split_once("charset=")?;
            Some(rest.trim_matches(['"', '\'', ' ']).to_owned())
        })?;
        Encoding::for_label(label.as_bytes()).map(Encoding::output_encoding)
    })
}

fn attribute(tag: &StartTag<()>, name: &[u8]) -> Option<String> {
    let value = tag.attributes.get(name)?;
    Some(String::from_utf8_lossy(value).into_owned())
}

struct Page {
    builder: Builder,
    /// The element of a kind that is never shown, and how often it is open in
    /// itself.
    unshown: Option<(&'static [u8], usize)>,
    nesting: Nesting,
    /// Pieces of text that were hidden, and whether the last one goes on.
    pieces: usize,
    in_piece: bool,
    /// The style sheets in the page.
    style: String,
    /// Cells of the open row so far.
    cells: usize,
}

impl Page {
    fn take(&mut self, token: &Token) -> Result<(), ReadError> {
        match token {
            Token::StartTag(tag) => self.open(tag),
            Token::EndTag(tag) => self.close(&tag.name),
            Token::String(text) => self.text(&String::from_utf8_lossy(text)),
            _ => Ok(()),
        }
    }

    /// What is not in the lines, or may not be seen.
    fn tell(&mut self) {
        match self.pieces {
            0 => {}
            1 => self.builder.warn("left out: 1 piece of hidden text"),
            pieces => self
                .builder
                .warn(format!("left out: {pieces} pieces of hidden text")),
        }
        if hidden::sheet_hides(&self.style) {
            self.builder.warn(
                "a style sheet hides parts of the page; what is read may not be what is seen",
            );
        }
    }

    /// Text, if it is shown.
    fn text(&mut self, text: &str) -> Result<(), ReadError> {
        match self.unshown {
            Some((b"style", _)) => self.style.push_str(text),
            Some((b"template", _)) => self.hide(text),
            Some(_) => {}
            None if self.nesting.is_hiding() => self.hide(text),
            None => return self.show(text),
        }
        Ok(())
    }

    fn hide(&mut self, text: &str) {
        if !self.in_piece && !text.trim().is_empty() {
            self.in_piece = true;
            self.pieces += 1;
        }
    }

    fn open(&mut self, tag: &StartTag<()>) -> Result<(), ReadError> {
        let name: &[u8] = &tag.name;
        if name == b"html"
            && let Some(language) = attribute(tag, b"lang")
        {
            self.builder.declare_language(&language);
        }
        if let Some((unshown, depth)) = &mut self.unshown {
            *depth += usize::from(*unshown == name);
            return Ok(());
        }
        if let Some(unshown) = UNSHOWN.iter().find(|unshown| **unshown == name) {
            if !tag.self_closing {
                self.unshown = Some((unshown, 1));
            }
            return Ok(());
        }
        let is_block = BLOCKS.contains(&name);
        let was_hiding = self.nesting.is_hiding();
        self.nesting.open(name, hidden::hides(tag), is_block);
        if self.nesting.is_hiding() {
            return if was_hiding { Ok(()) } else { self.edge(name) };
        }
        match name {
            b"br" => {
                self.builder.trim_line();
                return self.builder.end_line();
            }
            b"td" | b"th" => {
                if self.cells > 0 {
                    self.builder.trim_line();
                    self.builder.push("\t")?;
                }
                self.cells += 1;
            }
            b"tr" => self.cells = 0,
            _ => {}
        }
        self.edge(name)
    }

    fn close(&mut self, name: &[u8]) -> Result<(), ReadError> {
        if let Some((unshown, depth)) = &mut self.unshown {
            if *unshown == name {
                *depth -= 1;
                if *depth == 0 {
                    self.unshown = None;
                }
            }
            return Ok(());
        }
        self.nesting.close(name);
        if self.nesting.is_hiding() {
            return Ok(());
        }
        self.edge(name)?;
        if matches!(name, b"tr" | b"table") {
            self.cells = 0;
        }
        Ok(())
    }

    /// Ends the line at the edge of a block; blocks in a cell stay on its row's line.
    fn edge(&mut self, name: &[u8]) -> Result<(), ReadError> {
        if !BLOCKS.contains(&name) {
            return Ok(());
        }
        if self.cells > 0 && !matches!(name, b"tr" | b"table") {
            return self.space();
        }
        self.builder.trim_line();
        self.builder.break_line()
    }

    fn show(&mut self, text: &str) -> Result<(), ReadError> {
        self.in_piece = false;
        if PREFORMATTED.iter().any(|name| self.nesting.has(name)) {
            for (number, line) in text.split('\n').enumerate() {
                if number > 0 {
                    self.builder.end_line()?;
                }
                self.builder.push(line.trim_end_matches('\r'))?;
            }
            return Ok(());
        }
        let is_space = |c: char| c.is_ascii_whitespace();
        for (number, word) in text.split(is_space).enumerate() {
            if number > 0 {
                self.space()?;
            }
            self.builder.push(word)?;
        }
        Ok(())
    }

    /// A space, unless the line begins or has one.
    fn space(&mut self) -> Result<(), ReadError> {
        let line = self.builder.open_line();
        if line.is_empty() || line.ends_with([' ', '\t']) {
            return Ok(());
        }
        self.builder.push(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(page: &str) -> Vec<String> {
        let text = read(page.as_bytes(), Limits::default()).expect("a text");
        text.lines.into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn blocks_and_breaks_make_lines() {
        let page = "<p>a\n <b>b</b>c</p>text <div>d<br>e</div><ul><li>f<li> g </ul>";
        assert_eq!(lines(page), ["a bc", "text", "d", "e", "f", "g"]);
    }

    #[test]
    fn what_is_not_shown_is_left_out() {
        let page = "<html><head><title>t</title><style>p{}</style></head><body>\
            <script>if (1 < 2) { '</p>' }</script>a<!-- c --><template><p>x</template></body>";
        assert_eq!(lines(page), ["a"]);
        assert_eq!(lines("<head><title>t</title><p>a"), ["a"]);
    }

    #[test]
    fn hidden_elements_are_left_out_and_told() {
        for page in [
            "<p>a<p style='display:none'>x<p>b",
            "<p>a<p hidden>x<p>b",
            "<p>a<div><p hidden>x</div>b",
            "<p>a<p style='VISIBILITY: hidden'>x<b>x</b></p>b",
            "<p>a<p style='font-size:0'>x<ul><li>b</ul>",
            "<p>a<p><del>x</del><p>b",
            "<p>a<template><p>x</template><p>b",
            "<p>a<p><span hidden>x</p></p><p>b",
            "<p>a<p><b hidden>x<p>x</b><p>b",
            "a<ul><li hidden>x<ul><li>x</ul>x<li>b</ul>",
            "a<div hidden><div>x</div></p>x<img hidden>x</div>b",
            "a<div><table><tr><td hidden></div>x<p>x</table></div>b",
        ] {
            let text = read(page.as_bytes(), Limits::default()).expect("a text");
            let lines: Vec<_> = text.lines.iter().map(|line| line.text.as_str()).collect();
            assert_eq!(lines, ["a", "b"], "{page}");
            assert_eq!(
                text.warnings,
                ["left out: 1 piece of hidden text"],
                "{page}"
            );
        }
    }

    #[test]
    fn a_style_sheet_that_hides_is_told() {
        let page = "<style>.x { display: none }</style><p>a<p class=x>b";
        let text = read(page.as_bytes(), Limits::default()).expect("a text");
        assert_eq!(text.lines.len(), 2);
        assert_eq!(
            text.warnings,
            ["a style sheet hides parts of the page; what is read may not be what is seen"]
        );
    }

    #[test]
    fn rows_are_lines_and_cells_are_parted_by_tabs() {
        let page = "<table><tr><th>a</th><td><p>b</p><p>c</p></td></tr><tr><td>d<td></table>e";
        assert_eq!(lines(page), ["a\tb c", "d\t", "e"]);
    }

    #[test]
    fn entities_and_preformatted_text_are_read() {
        assert_eq!(lines("&eacute;&#x41;&amp;&nbsp;x"), ["\u{e9}A&\u{a0}x"]);
        assert_eq!(lines("<pre>a  b\n c</pre>d"), ["a  b", " c", "d"]);
    }

    #[test]
    fn the_language_and_the_encoding_are_the_declared_ones() {
        let page = b"<html lang=\"fr-CH\"><meta charset=windows-1252><p>d\xe9j\xe0";
        let text = read(page, Limits::default()).expect("a text");
        assert_eq!(text.language.as_deref(), Some("fr-CH"));
        assert_eq!(text.lines[0].text, "d\u{e9}j\u{e0}");
        assert_eq!(text.warnings, [""; 0]);
        let page = b"<meta http-equiv=content-type content='text/html; charset=koi8-r'>\xc1";
        let text = read(page, Limits::default()).expect("a text");
        assert_eq!(text.lines[0].text, "\u{430}");
    }

    #[test]
    fn depth_costs_nothing() {
        let page = "<div><b>".repeat(100_000) + "a" + &"</b></div>".repeat(100_000);
        assert_eq!(lines(&page), ["a"]);
        let page = "<li><b hidden>".repeat(50_000) + &"</i></p></td>".repeat(100_000) + "a";
        assert_eq!(lines(&page), [""; 0]);
    }
}
