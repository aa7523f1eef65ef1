//! Where in a printed text something stands.

use std::fmt;

/// A position in the text that was given to a parser.
///
/// Both numbers count from 0; [`Display`](fmt::Display) counts characters from
/// 1, as a reader does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// Offset in bytes, always on a character boundary.
    pub byte: usize,
    /// Offset in characters (Unicode scalar values).
    pub character: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "character {}", self.character + 1)
    }
}
