//! Small files, made here.

use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{docx, odt};
use crate::reading::{Limits, ReadError, Text};

fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default())
            .expect("a part");
        zip.write_all(content.as_bytes()).expect("writes");
    }
    zip.finish().expect("a file").into_inner()
}

fn document(body: &str) -> String {
    format!("<?xml version=\"1.0\"?><w:document xmlns:w=\"x\"><w:body>{body}</w:body></w:document>")
}

/// Reads a DOCX whose body is this, with further parts.
fn docx_with(body: &str, parts: &[(&str, &str)]) -> Text {
    let document = document(body);
    let mut all = vec![("word/document.xml", document.as_str())];
    all.extend_from_slice(parts);
    docx::read(&packed(&all), Limits::default()).expect("a text")
}

fn odt_with(body: &str, parts: &[(&str, &str)]) -> Text {
    let content = format!(
        "<office:document-content><office:body><office:text>{body}</office:text></office:body></office:document-content>"
    );
    let mut all = vec![("content.xml", content.as_str())];
    all.extend_from_slice(parts);
    odt::read(&packed(&all), Limits::default()).expect("a text")
}

fn lines(text: &Text) -> Vec<&str> {
    text.lines.iter().map(|line| line.text.as_str()).collect()
}

/// A paragraph with one run of text.
fn p(text: &str) -> String {
    format!("<w:p><w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>")
}

#[test]
fn paragraphs_breaks_and_special_characters_are_lines() {
    let body = p("a &amp; b")
        + "<w:p/>"
        + "<w:p><w:pPr><w:tabs><w:tab w:val=\"left\"/></w:tabs></w:pPr><w:r><w:t>c</w:t><w:tab/>\
           <w:t>d</w:t><w:br/><w:t>e</w:t><w:noBreakHyphen/><w:t>f</w:t><w:softHyphen/>\
           <w:t>g</w:t><w:sym w:font=\"x\" w:char=\"2019\"/></w:r></w:p>";
    let text = docx_with(&body, &[]);
    assert_eq!(lines(&text), ["a & b", "c\td", "e\u{2011}fg\u{2019}"]);
    assert_eq!(text.warnings, [""; 0]);
}

#[test]
fn a_row_is_a_line_unless_a_cell_holds_several() {
    let cell = |text: &str| format!("<w:tc><w:tcPr/>{text}</w:tc>");
    let row = |cells: &str| format!("<w:tr><w:trPr/>{cells}</w:tr>");
    let body = "<w:tbl>".to_owned()
        + &row(&(cell(&p("a")) + &cell("<w:p/>") + &cell(&p("b"))))
        + &row(&(cell(&p("c")) + &cell(&(p("d") + &p("e")))))
        + "</w:tbl>"
        + &p("f");
    assert_eq!(
        lines(&docx_with(&body, &[])),
        ["a\t\tb", "c", "d", "e", "f"]
    );
}

#[test]
fn tracked_changes_read_as_accepted_and_are_told() {
    let body = "<w:p><w:r><w:t>a</w:t></w:r><w:ins><w:r><w:t>b</w:t></w:r></w:ins>\
        <w:del><w:r><w:delText>c</w:delText><w:tab/></w:r></w:del>\
        <w:moveFrom><w:r><w:t>d</w:t></w:r></w:moveFrom>\
        <w:moveTo><w:r><w:t>e</w:t></w:r></w:moveTo></w:p>\
        <w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>f</w:t></w:r></w:p>\
        <w:p><w:r><w:t>g</w:t></w:r></w:p>";
    let text = docx_with(body, &[]);
    assert_eq!(
        lines(&text),
        ["abe", "fg"],
        "a deleted end joins paragraphs"
    );
    assert_eq!(
        text.warnings,
        ["tracked changes are read as accepted: 2 insertions, 3 deletions"]
    );
}

#[test]
fn comments_and_hidden_text_are_left_out_and_told() {
    let body = "<w:p><w:r><w:t>a</w:t><w:commentReference w:id=\"1\"/></w:r>\
        <w:r><w:rPr><w:vanish/></w:rPr><w:t>b</w:t></w:r>\
        <w:r><w:rPr><w:vanish w:val=\"0\"/></w:rPr><w:t>c</w:t></w:r></w:p>";
    let text = docx_with(body, &[("word/comments.xml", &document(&p("d")))]);
    assert_eq!(lines(&text), ["ac"]);
    assert_eq!(
        text.warnings,
        ["left out: 1 comment", "left out: 1 piece of hidden text"]
    );
}

const STYLES: &str = "<w:styles>\
    <w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val=\"en\"/></w:rPr></w:rPrDefault></w:docDefaults>\
    <w:style w:type=\"paragraph\" w:styleId=\"I\"><w:basedOn w:val=\"H\"/></w:style>\
    <w:style w:type=\"paragraph\" w:styleId=\"H\"><w:basedOn w:val=\"L\"/><w:rPr><w:vanish/></w:rPr></w:style>\
    <w:style w:type=\"paragraph\" w:styleId=\"L\"><w:basedOn w:val=\"L\"/></w:style>\
    <w:style w:type=\"character\" w:styleId=\"C\"><w:rPr><w:vanish/></w:rPr></w:style>\
    <w:style w:type=\"character\" w:styleId=\"W\"><w:rPr><w:color w:val=\"ffffff\"/></w:rPr></w:style>\
    </w:styles>";

#[test]
fn what_a_style_hides_is_left_out_and_told() {
    let run = |properties: &str, text: &str| {
        format!("<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>")
    };
    let in_style = |style: &str, runs: &str| {
        format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>{runs}</w:p>")
    };
    let of_c = "<w:rStyle w:val=\"C\"/>";
    let boxed = format!("<w:txbxContent>{}</w:txbxContent>", p("x"));
    let body = p("a")
        + &in_style("H", &run("", "x"))
        + &in_style("I", &run("", "x"))
        + &in_style("I", &run("<w:vanish w:val=\"0\"/>", "b"))
        + &in_style("", &run(of_c, "x"))
        + &in_style("I", &run(of_c, "c"))
        + &in_style(
            "",
            &run(of_c, "x").replace("<w:t>", &format!("{boxed}<w:t>")),
        );
    let text = docx_with(&body, &[("word/styles.xml", STYLES)]);
    assert_eq!(lines(&text), ["a", "b", "c"], "two styles undo each other");
    assert_eq!(text.warnings, ["left out: 5 pieces of hidden text"]);
    let hidden = STYLES.replace("<w:lang w:val=\"en\"/>", "<w:vanish/>");
    let text = docx_with(&body, &[("word/styles.xml", &hidden)]);
    assert_eq!(lines(&text), ["b"]);
}

#[test]
fn the_instruction_of_a_field_is_hidden_and_its_result_is_not() {
    let mark = |kind: &str| format!("<w:r><w:fldChar w:fldCharType=\"{kind}\"/></w:r>");
    let run = |text: &str| format!("<w:r><w:t>{text}</w:t></w:r>");
    let body = [
        mark("begin"),
        run("x"),
        mark("separate"),
        run("a"),
        mark("end"),
        run("b"),
    ];
    let text = docx_with(&format!("<w:p>{}</w:p>", body.concat()), &[]);
    assert_eq!(lines(&text), ["ab"]);
    assert_eq!(text.warnings, ["left out: 1 piece of hidden text"]);
}

#[test]
fn white_text_is_told_unless_something_lies_behind_it() {
    let white = |shade: &str| {
        format!("<w:p><w:r><w:rPr>{shade}<w:rStyle w:val=\"W\"/></w:rPr><w:t>a</w:t></w:r></w:p>")
    };
    let dark = "<w:shd w:fill=\"000000\"/>";
    let cell = format!(
        "<w:tbl><w:tr><w:tc><w:tcPr>{dark}</w:tcPr>{}</w:tc></w:tr></w:tbl>",
        white("")
    );
    for (body, told) in [
        (white(""), true),
        (white("<w:shd w:fill=\"auto\"/>"), true),
        (white(dark), false),
        (cell, false),
        (p("a"), false),
    ] {
        let text = docx_with(&body, &[("word/styles.xml", STYLES)]);
        assert_eq!(lines(&text), ["a"]);
        assert_eq!(text.warnings == ["some text is white"], told, "{body}");
    }
}

#[test]
fn a_text_box_is_read_once_after_its_paragraph() {
    let boxed = format!("<w:txbxContent>{}</w:txbxContent>", p("b"));
    let body = format!(
        "<w:p><w:r><mc:AlternateContent><mc:Choice>{boxed}</mc:Choice><mc:Fallback>{boxed}\
         </mc:Fallback></mc:AlternateContent><w:t>a</w:t></w:r></w:p>"
    );
    assert_eq!(lines(&docx_with(&body, &[])), ["a", "b"]);
}

#[test]
fn notes_follow_the_body_with_their_marks() {
    let body = "<w:p><w:r><w:t>a</w:t><w:footnoteReference w:id=\"7\"/><w:t>b</w:t>\
        <w:footnoteReference w:id=\"3\" w:customMarkFollows=\"1\"/><w:t>*</w:t>\
        <w:endnoteReference w:id=\"1\"/></w:r></w:p>";
    let note = |id: u8, text: &str| format!("<w:footnote w:id=\"{id}\">{}</w:footnote>", p(text));
    let footnotes = format!(
        "<w:footnotes>{}{}{}</w:footnotes>",
        note(0, "separator"),
        note(3, "* own"),
        note(7, " seven")
    );
    let endnotes = note(1, "end").replace("footnote", "endnote");
    let text = docx_with(
        body,
        &[
            ("word/footnotes.xml", &footnotes),
            ("word/endnotes.xml", &endnotes),
        ],
    );
    assert_eq!(
        lines(&text),
        ["a[1]b*[e1]", "[1] seven", "* own", "[e1] end"]
    );
}

#[test]
fn the_header_of_the_first_page_alone_is_read() {
    let section = "<w:sectPr><w:headerReference w:type=\"default\" r:id=\"r1\"/>\
        <w:headerReference w:type=\"first\" r:id=\"r2\"/><w:titlePg/></w:sectPr>";
    let relations = "<Relationships><Relationship Id=\"r1\" Target=\"header1.xml\"/>\
        <Relationship Id=\"r2\" Target=\"header2.xml\"/></Relationships>";
    let (running, first) = (p("running"), p("A/80/L.1"));
    let parts = [
        ("word/_rels/document.xml.rels", relations),
        ("word/header1.xml", running.as_str()),
        ("word/header2.xml", first.as_str()),
    ];
    let text = docx_with(&(p("a") + section), &parts);
    assert_eq!(lines(&text), ["A/80/L.1", "a"]);
    let section = section.replace("<w:titlePg/>", "");
    assert_eq!(lines(&docx_with(&(p("a") + &section), &parts)), ["a"]);
}

#[test]
fn a_page_begins_once_however_often_it_is_said() {
    let body = p("a")
        + "<w:p><w:r><w:br w:type=\"page\"/></w:r></w:p>"
        + "<w:p><w:r><w:lastRenderedPageBreak/><w:t>b</w:t></w:r></w:p>";
    let text = docx_with(&body, &[]);
    let pages: Vec<_> = text.lines.iter().map(|line| line.page).collect();
    assert_eq!(pages, [1, 2]);
}

#[test]
fn the_language_is_told_if_all_text_agrees() {
    let run = |tag: &str| format!("<w:p><w:r><w:rPr>{tag}</w:rPr><w:t>a</w:t></w:r></w:p>");
    let styles = "<w:styles><w:docDefaults><w:lang w:val=\"fr-FR\"/></w:docDefaults></w:styles>";
    let styles = [("word/styles.xml", styles)];
    let language = |body: &str| docx_with(body, &styles).language;
    assert_eq!(language(&run("")).as_deref(), Some("fr-FR"));
    let swiss = run("") + &run("<w:lang w:val=\"fr-CH\"/>");
    assert_eq!(language(&swiss).as_deref(), Some("fr"));
    assert_eq!(language(&(run("") + &run("<w:lang w:val=\"de\"/>"))), None);
}

#[test]
fn paragraphs_spaces_and_tables_of_odt_are_lines() {
    let body = "<text:h>a</text:h><text:p>  b\n  c<text:s text:c=\"2\"/>d<text:tab/>e\
        <text:line-break/>f <text:span>g</text:span></text:p>\
        <table:table><table:table-row><table:table-cell><text:p>h</text:p></table:table-cell>\
        <table:table-cell><text:p>i</text:p></table:table-cell></table:table-row></table:table>\
        <text:p>j<draw:frame><draw:text-box><text:p>k</text:p></draw:text-box>\
        <svg:title>l</svg:title></draw:frame> m</text:p>\
        <text:p><text:soft-page-break/>n</text:p>";
    let text = odt_with(body, &[]);
    assert_eq!(
        lines(&text),
        ["a", "b c  d\te", "f g", "h\ti", "j m", "k", "n"]
    );
    let pages: Vec<_> = text.lines.iter().map(|line| line.page).collect();
    assert_eq!(pages, [1, 1, 1, 1, 1, 1, 2]);
}

#[test]
fn changes_comments_and_notes_of_odt_are_read_like_those_of_docx() {
    let body = "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p>\
        </text:deletion></text:changed-region><text:changed-region><text:insertion/>\
        </text:changed-region></text:tracked-changes>\
        <text:p>a<text:change-start/>b<text:change-end/><office:annotation><text:p>c</text:p>\
        </office:annotation><text:note><text:note-citation>1</text:note-citation><text:note-body>\
        <text:p>d</text:p></text:note-body></text:note>e</text:p>";
    let styles = "<s><style:text-properties fo:language=\"fr\" fo:country=\"CH\"/></s>";
    let text = odt_with(body, &[("styles.xml", styles)]);
    assert_eq!(lines(&text), ["ab[1]e", "[1] d"]);
    assert_eq!(text.language.as_deref(), Some("fr-CH"));
    assert_eq!(
        text.warnings,
        [
            "tracked changes are read as accepted: 1 insertion, 1 deletion",
            "left out: 1 comment"
        ]
    );
}

#[test]
fn an_encrypted_odt_is_told() {
    let manifest = "<m><manifest:encryption-data/></m>";
    let file = packed(&[
        ("META-INF/manifest.xml", manifest),
        ("content.xml", "\u{7}"),
    ]);
    let read = odt::read(&file, Limits::default());
    assert_eq!(read, Err(ReadError::Encrypted));
}

#[test]
fn damage_is_told_with_its_place() {
    let read = |bytes: &[u8]| docx::read(bytes, Limits::default());
    let place = |read: Result<Text, ReadError>| match read {
        Err(ReadError::Damaged { place, .. }) => place,
        other => panic!("{other:?}"),
    };
    assert_eq!(place(read(b"PK")), "the list of its parts");
    assert_eq!(place(read(&packed(&[("a", "b")]))), "word/document.xml");
    let open = packed(&[("word/document.xml", "<a><b></b>")]);
    assert_eq!(place(read(&open)), "word/document.xml, byte 10");
    let whole = packed(&[("word/document.xml", &document(&p(&"a b c ".repeat(99))))]);
    let mut broken = whole.clone();
    broken[60] ^= 0xff;
    assert_eq!(place(read(&broken)), "word/document.xml");
}

#[test]
fn bombs_and_depths_are_refused() {
    let body = p(&"a".repeat(10 << 20));
    let file = packed(&[("word/document.xml", &document(&body))]);
    assert!(file.len() < 100_000, "{}", file.len());
    let limits = Limits {
        unpacked: 1 << 20,
        ..Limits::default()
    };
    let refused = |read: Result<Text, ReadError>| match read {
        Err(ReadError::TooLarge { what, .. }) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(docx::read(&file, limits)), "bytes unpacked");
    let limits = Limits {
        text: 1 << 20,
        ..Limits::default()
    };
    assert_eq!(refused(docx::read(&file, limits)), "bytes of text");
    let deep = "<w:p>".repeat(100_000) + &"</w:p>".repeat(100_000);
    let file = packed(&[("word/document.xml", &document(&deep))]);
    assert_eq!(
        refused(docx::read(&file, Limits::default())),
        "elements inside each other"
    );
    let spaces = "<text:s text:c=\"4294967295\"/>".repeat(100_000);
    let content = format!("<a><text:p>{spaces}</text:p></a>");
    let file = packed(&[("content.xml", &content)]);
    assert_eq!(refused(odt::read(&file, limits)), "bytes of text");
    let many: Vec<_> = (0..20).map(|n| n.to_string()).collect();
    let many: Vec<_> = many.iter().map(|name| (name.as_str(), "")).collect();
    let limits = Limits {
        parts: 10,
        ..Limits::default()
    };
    assert_eq!(refused(docx::read(&packed(&many), limits)), "parts");
}

#[test]
fn what_odt_hides_is_left_out_and_told() {
    let style = |name: &str, rest: &str| {
        format!(
            "<style:style style:name=\"{name}\" style:family=\"paragraph\" {rest}</style:style>"
        )
    };
    let hiding = "><style:text-properties text:display=\"none\"/>";
    let styles = format!(
        "<x>{}{}</x>",
        style("H", hiding),
        style("L", "style:parent-style-name=\"L\">")
    );
    let child = style("C", "style:parent-style-name=\"H\">");
    let span = style("S", hiding).replace("paragraph", "text");
    for hidden in [
        "<text:p text:style-name=\"H\">x</text:p>",
        "<text:p text:style-name=\"C\">x<text:span>x</text:span></text:p>",
        "<text:p>a<text:span text:style-name=\"S\">x</text:span></text:p>",
        "<text:p>x<text:hidden-paragraph text:is-hidden=\"true\"/>x</text:p>",
        "<text:p><text:hidden-text text:is-hidden=\"true\">x</text:hidden-text></text:p>",
        "<text:section text:display=\"none\"><text:p>x</text:p><text:p>x</text:p></text:section>",
    ] {
        let content = format!(
            "<c><s>{child}{span}</s><office:text>{hidden}<text:p text:style-name=\"L\">b</text:p>\
             <text:p>c<text:hidden-paragraph text:is-hidden=\"false\"/></text:p></office:text></c>"
        );
        let parts = [("content.xml", content.as_str()), ("styles.xml", &styles)];
        let text = odt::read(&packed(&parts), Limits::default()).expect("a text");
        let shown: Vec<_> = lines(&text)
            .into_iter()
            .filter(|line| *line != "a")
            .collect();
        assert_eq!(shown, ["b", "c"], "{hidden}");
        assert_eq!(
            text.warnings,
            ["left out: 1 piece of hidden text"],
            "{hidden}"
        );
    }
}
