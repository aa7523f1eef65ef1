//! `diff`: two registered texts, and the metadata that changed.

use anstyle::{AnsiColor, Effects, Style};
use docledger::registry::Register;
use docledger::revision::diff::{Hunk, Line, Tag, diff};
use docledger::statement::Document;
use serde_json::json;

use crate::cli::args::{Args, Diff, Format};
use crate::cli::error::hinted;
use crate::cli::{Outcome, reader, render};

/// The longest text that is compared.
const MAX_TEXT: usize = 16 << 20;

pub(super) fn run(args: &Args, command: &Diff) -> anyhow::Result<Outcome> {
    let register = super::open_register(args)?;
    let [old, new] = [&command.old, &command.new].map(|typed| side(args, &register, typed));
    let (old, new) = (old?, new?);
    if old.document.record.language != new.document.record.language {
        return Err(hinted(
            format!(
                "{} is in {} and {} in {}: texts in different languages are not compared",
                old.name, old.document.record.language, new.name, new.document.record.language
            ),
            "name two versions in one language",
        ));
    }
    let difference = diff(&old.text, &new.text);
    if let Some(fallback) = difference.fallback() {
        render::remark(&format!(
            "the texts are too alike in too many places to compare wholly: {} lines and {} words were not aligned",
            fallback.lines, fallback.words
        ));
    }
    let hunks: Vec<_> = difference.hunks(command.context).collect();
    let metadata = changed_metadata(&old.document, &new.document);
    if args.format == Format::Json {
        render::json_line(&to_json(&old, &new, &hunks, &metadata))?;
    } else {
        render::out(&to_text(&old, &new, &hunks, &metadata))?;
    }
    Ok(
        if hunks.is_empty() && old.text == new.text && metadata.is_empty() {
            Outcome::Good
        } else {
            Outcome::Bad
        },
    )
}

struct Side {
    name: String,
    /// With its record as it stands.
    document: Document,
    text: String,
}

fn side(args: &Args, register: &Register, typed: &std::path::Path) -> anyhow::Result<Side> {
    let target = super::target(register, typed)?;
    let index = target.find(register)?.one()?.index;
    let Some(document) = register.effective(index) else {
        anyhow::bail!("entry {index} is no document")
    };
    let name = format!("{}@{}", typed.display(), document.record.version);
    let name = if typed.to_string_lossy().contains('@') {
        typed.display().to_string()
    } else {
        name
    };
    let text = read_text(args, &document, &name)?;
    Ok(Side {
        name,
        document,
        text,
    })
}

fn read_text(args: &Args, document: &Document, name: &str) -> anyhow::Result<String> {
    let text = reader::registered(args, document, name)?.to_plain();
    if text.len() > MAX_TEXT {
        return Err(hinted(
            format!("the text of {name} is longer than 16 MiB"),
            "compare the files with another program",
        ));
    }
    Ok(text)
}

fn changed_metadata(old: &Document, new: &Document) -> Vec<(&'static str, String, String)> {
    // What tells two files apart says nothing about the document.
    const NOT_COMPARED: [&str; 5] = ["SHA-256", "size", "version", "file name", "media type"];
    let [old, new] = [old, new].map(render::described);
    let gather = |fields: &[(&'static str, String)], name: &str| {
        let values: Vec<_> = fields
            .iter()
            .filter(|(n, _)| *n == name)
            .map(|(_, v)| v.as_str())
            .collect();
        values.join(" | ")
    };
    let mut names: Vec<&'static str> = Vec::new();
    for (name, _) in old.iter().chain(&new) {
        if !names.contains(name) && !NOT_COMPARED.contains(name) {
            names.push(name);
        }
    }
    let pairs = names
        .into_iter()
        .map(|name| (name, gather(&old, name), gather(&new, name)));
    pairs.filter(|(_, before, after)| before != after).collect()
}

fn to_text(
    old: &Side,
    new: &Side,
    hunks: &[Hunk<'_>],
    metadata: &[(&str, String, String)],
) -> String {
    let mut text = format!(
        "--- {}  SHA-256 {}\n+++ {}  SHA-256 {}\n",
        render::one_line(&old.name),
        old.document.digest,
        render::one_line(&new.name),
        new.document.digest,
    );
    for (name, before, after) in metadata {
        let shown = |value: &str| {
            if value.is_empty() {
                "(blank)".to_owned()
            } else {
                render::one_line(value)
            }
        };
        text.push_str(&format!("{name}: {} -> {}\n", shown(before), shown(after)));
    }
    if hunks.is_empty() {
        text.push_str("the texts are the same\n");
    }
    for hunk in hunks {
        text.push_str(&format!(
            "@@ -{},{} +{},{} @@\n",
            hunk.old_start, hunk.old_len, hunk.new_start, hunk.new_len
        ));
        for line in &hunk.lines {
            text.push_str(&line_text(line));
        }
    }
    text
}

/// A line with its changed words in colour, which a pipe does not get.
fn line_text(line: &Line<'_>) -> String {
    let (sign, color) = match line.tag {
        Tag::Equal => (' ', None),
        Tag::Removed => ('-', Some(AnsiColor::Red)),
        Tag::Added => ('+', Some(AnsiColor::Green)),
    };
    let plain = color.map_or(Style::new(), |color| {
        Style::new().fg_color(Some(color.into()))
    });
    let strong = plain.effects(Effects::BOLD | Effects::UNDERLINE);
    let mut text = format!("{plain}{sign}{plain:#}");
    for span in &line.spans {
        let style = if span.changed { strong } else { plain };
        let words = render::escape(span.text.trim_end_matches('\n'));
        text.push_str(&format!("{style}{words}{style:#}"));
    }
    if !line.text().ends_with('\n') {
        text.push_str("\n\\ No newline at end of file");
    }
    text.push('\n');
    text
}

fn to_json(
    old: &Side,
    new: &Side,
    hunks: &[Hunk<'_>],
    metadata: &[(&str, String, String)],
) -> serde_json::Value {
    let side =
        |side: &Side| json!({"target": side.name, "digest": side.document.digest.to_string()});
    let metadata: Vec<_> = metadata
        .iter()
        .map(|(name, before, after)| json!({"field": name, "old": before, "new": after}))
        .collect();
    let hunks: Vec<_> = hunks
        .iter()
        .map(|hunk| {
            let lines: Vec<_> = hunk.lines.iter().map(line_json).collect();
            json!({"old_start": hunk.old_start, "old_len": hunk.old_len,
                   "new_start": hunk.new_start, "new_len": hunk.new_len, "lines": lines})
        })
        .collect();
    json!({"schema": "docledger.diff/1", "old": side(old), "new": side(new),
           "metadata": metadata, "hunks": hunks})
}

fn line_json(line: &Line<'_>) -> serde_json::Value {
    let tag = match line.tag {
        Tag::Equal => "equal",
        Tag::Removed => "removed",
        Tag::Added => "added",
    };
    let spans: Vec<_> = line
        .spans
        .iter()
        .map(|span| json!({"text": span.text, "changed": span.changed}))
        .collect();
    json!({"tag": tag, "spans": spans})
}
