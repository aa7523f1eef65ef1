//! Signed notes (C2SP signed-note): a text, a blank line, signature lines.
//! Knows no keys; who may sign what is said elsewhere.

use sha2::{Digest as _, Sha256};

use super::base64;

/// How long a note may be, in bytes.
pub const MAX_NOTE: usize = 65_536;
/// How many signature lines are read.
pub const MAX_SIGNATURES: usize = 64;
/// What a signature line begins with: U+2014 and a space.
const SIGNATURE_START: &str = "— ";

/// Signature type of a plain Ed25519 signature over the text.
pub const TYPE_ED25519: u8 = 0x01;

/// Why bytes are not a signed note.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// See [`MAX_NOTE`].
    #[error("longer than 65,536 bytes")]
    TooLong,
    /// Notes are UTF-8.
    #[error("not UTF-8 text")]
    NotUtf8,
    /// Only line feeds are allowed below U+0020.
    #[error("a control character other than a line feed, at byte {0}")]
    Control(usize),
    /// Text and signatures are separated by a blank line.
    #[error("no blank line between text and signatures")]
    NoSeparator,
    /// The last line must end too.
    #[error("does not end with a line feed")]
    Unterminated,
    /// At least one signature.
    #[error("no signature line")]
    NoSignature,
    /// See [`MAX_SIGNATURES`].
    #[error("more than 64 signature lines")]
    TooManySignatures,
    /// `— name base64`, numbered from 1 after the blank line.
    #[error("signature line {0} is malformed")]
    BadSignatureLine(usize),
    /// A key name that a note can't carry.
    #[error(
        "{0:?} can't be a key name: empty, or with a space, a plus sign or a control character"
    )]
    BadName(String),
}

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// The key's name.
    pub name: String,
    /// The first four bytes of the key id.
    pub key_id: [u8; 4],
    /// The signature after the key id.
    pub signature: Vec<u8>,
}

/// A note as received. No signature has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The signed text, with its last line feed.
    pub text: String,
    /// All signature lines, in order.
    pub signatures: Vec<NoteSignature>,
}

impl Note {
    /// Reads a note.
    ///
    /// # Errors
    /// The first rule of C2SP signed-note that is broken.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE {
            return Err(NoteError::TooLong);
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::NotUtf8)?;
        if let Some((place, _)) = note
            .char_indices()
            .find(|(_, c)| c.is_control() && *c != '\n')
        {
            return Err(NoteError::Control(place));
        }
        let split = note.rfind("\n\n").ok_or(NoteError::NoSeparator)?;
        let (text, lines) = (&note[..=split], &note[split + 2..]);
        if lines.is_empty() {
            return Err(NoteError::NoSignature);
        }
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Unterminated)?;
        if lines.split('\n').count() > MAX_SIGNATURES {
            return Err(NoteError::TooManySignatures);
        }
        let numbered = lines.split('\n').zip(1..);
        let signatures = numbered
            .map(|(line, number)| {
                NoteSignature::parse(line).ok_or(NoteError::BadSignatureLine(number))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            text: text.to_owned(),
            signatures,
        })
    }

    /// Writes the note.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut note = format!("{}\n", self.text);
        for line in &self.signatures {
            note.push_str(&line.to_line());
        }
        note
    }
}

impl NoteSignature {
    /// Writes the line, with its line feed.
    #[must_use]
    pub fn to_line(&self) -> String {
        let value = base64::encode(&[&self.key_id[..], &self.signature].concat());
        format!("{SIGNATURE_START}{} {value}\n", self.name)
    }

    fn parse(line: &str) -> Option<Self> {
        let (name, value) = line.strip_prefix(SIGNATURE_START)?.split_once(' ')?;
        check_key_name(name).ok()?;
        let value = base64::decode(value)?;
        let (key_id, signature) = value.split_first_chunk::<4>()?;
        if signature.is_empty() {
            return None;
        }
        Some(Self {
            name: name.to_owned(),
            key_id: *key_id,
            signature: signature.to_vec(),
        })
    }
}

/// Checks that a name can stand in a signature line.
///
/// # Errors
/// If it is empty or holds white space, a plus sign or a control character.
pub fn check_key_name(name: &str) -> Result<(), NoteError> {
    let bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    if name.is_empty() || name.contains(bad) {
        return Err(NoteError::BadName(name.to_owned()));
    }
    Ok(())
}

/// The key id of C2SP signed-note: SHA-256(name ‖ LF ‖ type ‖ key), first four bytes.
#[must_use]
pub fn key_id(name: &str, signature_type: u8, public_key: &[u8]) -> [u8; 4] {
    let hash = Sha256::new()
        .chain_update(name)
        .chain_update([b'\n', signature_type])
        .chain_update(public_key)
        .finalize();
    [hash[0], hash[1], hash[2], hash[3]]
}

/// The verifier key text of C2SP signed-note: `name+id+base64(type ‖ key)`.
#[must_use]
pub fn verifier_key(name: &str, signature_type: u8, public_key: &[u8]) -> String {
    let id = u32::from_be_bytes(key_id(name, signature_type, public_key));
    let key = [&[signature_type], public_key].concat();
    format!("{name}+{id:08x}+{}", base64::encode(&key))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = "text\n\nmore\n\n— example.com/foo Uw2QOkn8srV1yJGh2VY=\n";

    #[test]
    fn the_last_blank_line_separates() {
        let note = Note::parse(EXAMPLE.as_bytes()).expect("well formed");
        assert_eq!(note.text, "text\n\nmore\n");
        assert_eq!(note.signatures[0].name, "example.com/foo");
        assert_eq!(note.to_text(), EXAMPLE);
    }

    #[test]
    fn each_rule_refuses_its_own() {
        let refused = |text: &str| Note::parse(text.as_bytes()).expect_err("must be refused");
        assert_eq!(refused("text\n— a AAAAAAA=\n"), NoteError::NoSeparator);
        assert_eq!(refused("text\n\n"), NoteError::NoSignature);
        assert_eq!(refused("text\n\n— a AAAAAAA="), NoteError::Unterminated);
        assert_eq!(refused("te\txt\n\n— a AAAAAAA=\n"), NoteError::Control(2));
        for line in [
            "- a AAAAAAA=",
            "— a AAAA",
            "— a AAAAAA==",
            "— a+b AAAAAAA=",
            "—  AAAAAAA=",
            "— a AAAAAAB=",
        ] {
            assert_eq!(
                refused(&format!("text\n\n{line}\n")),
                NoteError::BadSignatureLine(1),
                "{line}"
            );
        }
        assert_eq!(Note::parse(b"\xff"), Err(NoteError::NotUtf8));
        assert_eq!(Note::parse(&[b'a'; MAX_NOTE + 1]), Err(NoteError::TooLong));
        let many = format!("t\n\n{}", "— a AAAAAAA=\n".repeat(65));
        assert_eq!(refused(&many), NoteError::TooManySignatures);
    }
}
