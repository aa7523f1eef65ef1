//! File names for exports. A name in a record is data: what comes out here is
//! one plain name on any of the usual file systems, and no two are the same
//! there.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization as _;

/// The longest name, in bytes of UTF-8.
const MAX_NAME: usize = 100;
/// The longest ending that is kept when a name is cut, with its dot.
const MAX_ENDING: usize = 16;
/// The longest part of a folder's name that comes from a symbol.
const MAX_SYMBOL: usize = 40;

/// Names that Windows keeps for devices, whatever their ending.
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

/// The folder of a document: its register number, which makes it unlike any
/// other, and its symbol for people.
#[must_use]
pub fn document_folder(number: u64, symbol: Option<&str>) -> String {
    let symbol = symbol.map(|symbol| cut(&plain(symbol), MAX_SYMBOL));
    match symbol.as_deref().map(str::trim_end) {
        None | Some("") => number.to_string(),
        Some(symbol) => format!("{number}_{}", symbol.trim_end_matches('.')),
    }
}

/// A name as it can stand in a folder anywhere.
///
/// In NFC; `_` for what a path, a shell or a bag's manifest would take apart
/// (`/ \ : * ? " < > | %`), for controls and for marks that turn or hide text;
/// no leading dot, no dot or space at the end, no device of Windows, at most
/// 100 bytes.
#[must_use]
pub fn safe_name(name: &str) -> String {
    let mut name = plain(name);
    while name.ends_with(['.', ' ']) {
        name.pop();
    }
    let name = name.trim_start();
    let name = match name.strip_prefix('.') {
        Some(rest) => format!("_{rest}"),
        None => name.to_owned(),
    };
    // A name that is cut may become a device's.
    let mut name = shortened(&name, MAX_NAME);
    if is_device(&name) {
        name = shortened(&format!("_{name}"), MAX_NAME);
    }
    match name.is_empty() {
        true => "file".to_owned(),
        false => name,
    }
}

/// Text in NFC, with what can't stand in a name replaced.
fn plain(text: &str) -> String {
    let replaced = text.nfc().map(|character| match character {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '%' => '_',
        _ if character.is_control() => '_',
        // Zero widths, directions, line ends, byte order marks, tags.
        '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffd}'
        | '\u{e0000}'..='\u{e007f}' => '_',
        // Private use and what is no character show as anything.
        '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{f0000}'..='\u{10ffff}' => '_',
        _ if character.is_whitespace() => ' ',
        other => other,
    });
    replaced.collect()
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    let stem = stem.trim_end().to_uppercase();
    let numbered = |device: &str| {
        let rest = stem.strip_prefix(device);
        rest.is_some_and(|rest| {
            let mut digits = rest.chars();
            let digit = digits.next();
            digits.next().is_none()
                && digit.is_some_and(|digit| matches!(digit, '0'..='9' | '¹' | '²' | '³'))
        })
    };
    DEVICES.contains(&stem.as_str()) || numbered("COM") || numbered("LPT")
}

/// A name cut to a length, its ending kept.
fn shortened(name: &str, most: usize) -> String {
    if name.len() <= most {
        return name.to_owned();
    }
    let (stem, ending) = parted(name);
    let stem = cut(stem, most - ending.len());
    format!("{}{ending}", stem.trim_end_matches(['.', ' ']))
}

/// Stem and ending with its dot; a long ending is none.
fn parted(name: &str) -> (&str, &str) {
    let dot = name.rfind('.').filter(|dot| *dot > 0);
    let dot = dot.filter(|dot| name.len() - dot <= MAX_ENDING);
    name.split_at(dot.unwrap_or(name.len()))
}

/// The longest beginning of at most so many bytes.
fn cut(text: &str, most: usize) -> String {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}

/// The names given so far: no two are the same where letter case and Unicode
/// forms make no difference.
#[derive(Debug, Default)]
pub struct Names(HashSet<String>);

impl Names {
    /// Gives a file a name in a folder. One that is taken gets the entry's
    /// number before its ending.
    pub fn give(&mut self, folder: &str, name: &str, entry: u64) -> String {
        let mut name = safe_name(name);
        loop {
            let path = format!("{folder}/{name}");
            if self.0.insert(same(&path)) {
                return path;
            }
            let mark = format!(".e{entry}");
            let short = shortened(&name, MAX_NAME - mark.len());
            let (stem, ending) = parted(&short);
            name = format!("{stem}{mark}{ending}");
        }
    }
}

/// What file systems that don't tell letter cases or Unicode forms apart make of
/// a name; rather more is the same here than there.
fn same(name: &str) -> String {
    let folded: String = name.nfkc().collect();
    let folded = folded.to_uppercase().to_lowercase();
    folded.nfkc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_data_and_never_paths() {
        for (name, safe) in [
            ("letter.docx", "letter.docx"),
            ("Note verbale – éàü 1.pdf", "Note verbale – éàü 1.pdf"),
            ("../../etc/passwd", "_._.._etc_passwd"),
            ("..", "file"),
            (".", "file"),
            ("", "file"),
            ("  ", "file"),
            (".hidden", "_hidden"),
            ("a\\b:c*d?e\"f<g>h|i%j", "a_b_c_d_e_f_g_h_i_j"),
            ("line\r\nfeed.txt", "line__feed.txt"),
            ("end. . ", "end"),
            ("CON", "_CON"),
            ("nul.tar.gz", "_nul.tar.gz"),
            ("Com1.txt", "_Com1.txt"),
            ("LPT³", "_LPT³"),
            ("COM10.txt", "COM10.txt"),
            ("console.txt", "console.txt"),
            ("tab\there", "tab_here"),
            ("a\u{a0}b", "a b"),
            ("fdp.\u{202e}txt", "fdp._txt"),
        ] {
            assert_eq!(safe_name(name), safe, "{name:?}");
        }
        // One form of Unicode.
        assert_eq!(safe_name("e\u{301}.txt"), "\u{e9}.txt");
    }

    #[test]
    fn long_names_keep_their_ending() {
        let long = format!("{}.docx", "é".repeat(200));
        let safe = safe_name(&long);
        assert!(safe.len() <= MAX_NAME && safe.ends_with("é.docx"), "{safe}");
        let no_ending = format!("a.{}", "b".repeat(200));
        assert_eq!(safe_name(&no_ending).len(), MAX_NAME);
    }

    #[test]
    fn folders_begin_with_the_register_number() {
        assert_eq!(document_folder(7, None), "7");
        assert_eq!(document_folder(7, Some("A/78/1")), "7_A_78_1");
        assert_eq!(document_folder(7, Some("A/C.1.")), "7_A_C.1");
        assert!(document_folder(7, Some(&"A/1".repeat(99))).len() < 50);
    }

    #[test]
    fn names_that_some_file_systems_take_for_the_same_are_parted() {
        let mut names = Names::default();
        let given = [
            ("Letter.pdf", 3),
            ("letter.PDF", 4),
            ("LETTER.pdf", 5),
            ("letter.e5.pdf", 6),
            ("stra\u{df}e.txt", 7),
            ("STRASSE.txt", 8),
            ("e\u{301}", 9),
            ("\u{e9}", 10),
            ("\u{c9}", 11),
            ("a/b", 12),
            ("a_b", 13),
        ]
        .map(|(name, entry)| names.give("en", name, entry));
        assert_eq!(
            given,
            [
                "en/Letter.pdf",
                "en/letter.e4.PDF",
                "en/LETTER.e5.pdf",
                "en/letter.e5.e6.pdf",
                "en/stra\u{df}e.txt",
                "en/STRASSE.e8.txt",
                "en/\u{e9}",
                "en/\u{e9}.e10",
                "en/\u{c9}.e11",
                "en/a_b",
                "en/a_b.e13",
            ]
        );
    }

    proptest! {
        #[test]
        fn whatever_the_name_it_is_one_plain_one(name in any::<String>()) {
            let safe = safe_name(&name);
            prop_assert!(!safe.is_empty() && safe.len() <= MAX_NAME + 1, "{safe:?}");
            prop_assert!(!safe.contains(['/', '\\', ':', '%', '\0', '\n', '\r']), "{safe:?}");
            prop_assert!(!safe.starts_with('.') && !safe.ends_with(['.', ' ']), "{safe:?}");
            prop_assert!(!is_device(&safe), "{safe:?}");
            prop_assert_eq!(safe_name(&safe), safe);
        }

        #[test]
        fn no_two_are_the_same(list in prop::collection::vec("[aAbBéÉß.]{0,3}", 0..20)) {
            let mut names = Names::default();
            let mut seen = HashSet::new();
            for (entry, name) in (0..).zip(list) {
                prop_assert!(seen.insert(same(&names.give("v1", &name, entry))));
            }
        }
    }
}
