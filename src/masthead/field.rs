//! A value, and where it was read.

/// How sure the reader is of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Confidence {
    /// The line says it: a label, or the one form that only this field has.
    Certain,
    /// Read from the place where the field usually stands.
    Likely,
    /// Read from damaged text, or inferred from another field.
    Guess,
}

impl Confidence {
    /// The word that is shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Guess => "guess",
        }
    }
}

/// One field as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field<T> {
    /// What it says.
    pub value: T,
    /// The words it was read from, white space folded.
    pub printed: String,
    /// The line it begins on, counted from 1.
    pub line: usize,
    /// The page of that line, counted from 1.
    pub page: u32,
    /// How sure the reading is.
    pub confidence: Confidence,
}

impl<T> Field<T> {
    /// Another value that was read from the same words.
    pub fn clone_as<U>(&self, value: U) -> Field<U> {
        Field {
            value,
            printed: self.printed.clone(),
            line: self.line,
            page: self.page,
            confidence: self.confidence,
        }
    }
}
