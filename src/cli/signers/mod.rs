//! Keys that sign from outside this program: in an SSH agent, or behind another
//! program, which may speak to a hardware token. What a user writes for either
//! is explained in `docs/signers.md`.

#[cfg(unix)]
pub(super) mod agent;
pub(super) mod program;

use std::convert::Infallible;
use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;

/// A key as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeyName {
    /// A file, or the stem of one in `keys/private`.
    File(PathBuf),
    /// `agent:` and a fingerprint or comment; empty for the only one.
    Agent(String),
    /// `exec:` and a program with its first arguments, separated by spaces.
    Program(Vec<String>),
}

impl From<OsString> for KeyName {
    fn from(typed: OsString) -> Self {
        match typed.into_string() {
            Ok(text) => text
                .parse()
                .unwrap_or_else(|never: Infallible| match never {}),
            Err(typed) => Self::File(typed.into()),
        }
    }
}

impl FromStr for KeyName {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(if let Some(name) = text.strip_prefix("agent:") {
            Self::Agent(name.to_owned())
        } else if let Some(words) = text.strip_prefix("exec:") {
            Self::Program(words.split_whitespace().map(str::to_owned).collect())
        } else {
            Self::File(text.into())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_named_by_its_prefix() {
        for (typed, expected) in [
            ("agent:", KeyName::Agent(String::new())),
            ("agent:a b", KeyName::Agent("a b".to_owned())),
            (
                "exec:sign  $x;y",
                KeyName::Program(vec!["sign".to_owned(), "$x;y".to_owned()]),
            ),
            ("officer-1", KeyName::File("officer-1".into())),
            ("./agent:x", KeyName::File("./agent:x".into())),
        ] {
            assert_eq!(KeyName::from(OsString::from(typed)), expected);
        }
    }
}
