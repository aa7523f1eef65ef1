//! Manifests: no row is lost in silence.

use docledger::registry::manifest::{guarded, read};

/// Each row that says something is read or refused, once and in order, and a
/// cell that was written comes back.
pub(super) fn manifest(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match read(text) {
        Ok(rows) => {
            assert_eq!(rows.len(), records(text).saturating_sub(1), "rows");
            assert!(rows.iter().all(|row| !row.file.is_empty()));
            assert!(rows.is_sorted_by(|one, next| one.line < next.line));
        }
        Err(errors) => assert!(!errors.is_empty()),
    }
    cell_comes_back(text);
}

/// A cell as it is written, read again; line ends and the white space around
/// are not a cell's own.
fn cell_comes_back(cell: &str) {
    let plain = cell.replace("\r\n", "\n").replace('\r', "\n");
    let cell = plain.trim();
    if cell.is_empty() {
        return;
    }
    let quoted = guarded(cell.to_owned()).replace('"', "\"\"");
    let rows = read(&format!("file\n\"{quoted}\"\n")).expect("one row");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].file, cell);
}

/// How many records hold anything, the header included (RFC 4180, §2).
fn records(text: &str) -> usize {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = match text.strip_prefix("sep=") {
        Some(rest) => rest.split_once('\n').map_or("", |(_, rest)| rest),
        None => &text,
    };
    let separator = separator(text);
    let (mut count, mut says, mut quoted, mut begins) = (0, false, false, true);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                says = true;
            }
            '"' if quoted => quoted = false,
            '"' if begins => quoted = true,
            '\n' if !quoted => {
                count += usize::from(says);
                (says, begins) = (false, true);
                continue;
            }
            _ if character == separator && !quoted => {
                begins = true;
                continue;
            }
            _ => says |= !character.is_whitespace(),
        }
        begins = false;
    }
    count + usize::from(says)
}

fn separator(text: &str) -> char {
    let header = text
        .trim_start_matches('\n')
        .lines()
        .next()
        .unwrap_or_default();
    let count = |separator: char| header.matches(separator).count();
    let other = if count('\t') >= count(';') { '\t' } else { ';' };
    if count(other) > count(',') {
        other
    } else {
        ','
    }
}
