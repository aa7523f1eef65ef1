//! How much of a file is read.

use super::ReadError;

/// Bounds on what reading one file may take. Memory used is a small multiple
/// of the three sizes in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The file itself, in bytes.
    pub input: usize,
    /// What a packed file unpacks to, in bytes, over all parts that are read.
    /// Bounds the gain of a decompression bomb, whatever its ratio.
    pub unpacked: usize,
    /// Parts of a packed file, read or not.
    pub parts: usize,
    /// Elements inside each other.
    pub depth: usize,
    /// Pages.
    pub pages: usize,
    /// Lines of text.
    pub lines: usize,
    /// The text, in bytes of UTF-8.
    pub text: usize,
}

impl Default for Limits {
    /// Far above any document an office circulates.
    fn default() -> Self {
        Self {
            input: 64 << 20,
            unpacked: 128 << 20,
            parts: 10_000,
            depth: 512,
            pages: 10_000,
            lines: 1_000_000,
            text: 32 << 20,
        }
    }
}

/// Refuses what passes a limit.
///
/// # Errors
/// [`ReadError::TooLarge`], with `what` for its message.
pub(super) fn within(amount: usize, limit: usize, what: &'static str) -> Result<(), ReadError> {
    if amount <= limit {
        return Ok(());
    }
    Err(ReadError::TooLarge {
        what,
        limit: u64::try_from(limit).unwrap_or(u64::MAX),
    })
}
