//! Writes a difference as a patch in unified format.
//!
//! The format is that of POSIX `diff -u`, with the words GNU `diff` adds
//! where a text doesn't end with a line break.

use std::borrow::Cow;

use super::{Diff, Hunk, Line, Tag};

impl Diff<'_> {
    /// A patch that turns the old text into the new one, byte for byte.
    ///
    /// Empty if the texts are the same. The names are quoted as GNU `diff`
    /// quotes them, so that no name can be taken for another part of the patch.
    pub fn to_unified(&self, old_name: &str, new_name: &str, context: usize) -> String {
        let mut patch = String::new();
        for hunk in self.hunks(context) {
            if patch.is_empty() {
                patch.push_str(&format!(
                    "--- {}\n+++ {}\n",
                    quoted(old_name),
                    quoted(new_name)
                ));
            }
            push_hunk(&mut patch, &hunk);
        }
        patch
    }
}

fn push_hunk(patch: &mut String, hunk: &Hunk) {
    patch.push_str(&format!(
        "@@ -{} +{} @@\n",
        range(hunk.old_start, hunk.old_len),
        range(hunk.new_start, hunk.new_len),
    ));
    for line in &hunk.lines {
        push_line(patch, line);
    }
}

fn push_line(patch: &mut String, line: &Line) {
    patch.push(match line.tag {
        Tag::Equal => ' ',
        Tag::Removed => '-',
        Tag::Added => '+',
    });
    for span in &line.spans {
        patch.push_str(span.text);
    }
    if !patch.ends_with('\n') {
        patch.push_str("\n\\ No newline at end of file\n");
    }
}

fn range(start: usize, len: usize) -> String {
    match len {
        1 => start.to_string(),
        _ => format!("{start},{len}"),
    }
}

/// A file name as it stands in the head of a patch: as a C string if it has
/// characters that end a name there.
fn quoted(name: &str) -> Cow<'_, str> {
    let unsafe_in_head = |c: char| c.is_ascii_control() || matches!(c, ' ' | '"' | '\\');
    if !name.is_empty() && !name.contains(unsafe_in_head) {
        return Cow::Borrowed(name);
    }
    let mut quoted = String::from('"');
    for c in name.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            _ if c.is_ascii_control() => quoted.push_str(&format!("\\{:03o}", u32::from(c))),
            _ => quoted.push(c),
        }
    }
    quoted.push('"');
    Cow::Owned(quoted)
}
