//! Why a file gave no text.

/// Why the text of a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// Its kind is none whose text is read; holds the media type.
    #[error("{0} is no kind of file whose text is read")]
    Kind(String),
    /// Its bytes are not what its kind calls for.
    #[error("the file is damaged: {place}: {problem}")]
    Damaged {
        /// Where: a part of the file, and the place in it where known.
        place: String,
        /// What is wrong there.
        problem: String,
    },
    /// One of the [`Limits`](super::Limits) was passed.
    #[error("the file is too large to read: more than {limit} {what}")]
    TooLarge {
        /// What there was too much of.
        what: &'static str,
        /// How much would have been read.
        limit: u64,
    },
    /// It opens with a password only.
    #[error("the file is encrypted and opens with a password only")]
    Encrypted,
    /// The parser of this kind of file failed on it.
    #[error("the reader crashed on this file: it is damaged or made to do harm")]
    Crashed,
}

impl ReadError {
    pub(super) fn damaged(place: impl Into<String>, problem: impl ToString) -> Self {
        Self::Damaged {
            place: place.into(),
            problem: problem.to_string(),
        }
    }
}
