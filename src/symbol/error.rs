//! Why a text can't be a symbol.

use thiserror::Error;

use super::Place;

/// The rule that a refused text breaks.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SymbolError {
    /// The text has no letter or digit.
    #[error("there is no letter or digit")]
    Empty,

    /// The text is longer than any symbol.
    #[error("the symbol is {bytes} bytes long; at most {limit} are taken")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// [`MAX_CANONICAL_BYTES`](super::MAX_CANONICAL_BYTES) or
        /// [`MAX_PRINTED_BYTES`](super::MAX_PRINTED_BYTES).
        limit: usize,
    },

    /// A control character other than tab, line feed or carriage return.
    #[error("control character {} at {at}", code_point(*.character))]
    ControlCharacter {
        /// The character.
        character: char,
        /// Where it stands.
        at: Place,
    },

    /// A character that prints nothing, or nothing that two readers agree on.
    #[error("character without a printed form, {}, at {at}", code_point(*.character))]
    Unprintable {
        /// The character.
        character: char,
        /// Where it stands.
        at: Place,
    },

    /// A digit, letter or sign printed raised, lowered, circled or as part of
    /// a fraction. Unicode normalisation would melt it into the number beside
    /// it, and a note's mark would become part of the symbol.
    #[error("{character:?} ({}) at {at} is set apart from the line, as for a note; it can't be part of a symbol", code_point(*.character))]
    SetApart {
        /// The character.
        character: char,
        /// Where it stands.
        at: Place,
    },

    /// A character that a reader takes for another one.
    #[error("{character:?} ({}) at {at} only looks like {resembles:?}", code_point(*.character))]
    LookAlike {
        /// The character.
        character: char,
        /// The ASCII character it resembles.
        resembles: char,
        /// Where it stands.
        at: Place,
    },

    /// A character outside ASCII in an official symbol.
    #[error("{character:?} ({}) at {at} doesn't belong in an official symbol", code_point(*.character))]
    ForeignCharacter {
        /// The character.
        character: char,
        /// Where it stands.
        at: Place,
    },

    /// A word whose letters come from two alphabets with look-alike letters.
    #[error("{character:?} ({}) at {at} belongs to another alphabet than the word it stands in", code_point(*.character))]
    MixedAlphabets {
        /// The first letter of the second alphabet.
        character: char,
        /// Where it stands.
        at: Place,
    },

    /// The text starts or ends with `/`, so a component is missing.
    #[error("nothing stands on one side of the '/' at {at}: part of the symbol is missing")]
    Incomplete {
        /// Where the stroke stands.
        at: Place,
    },

    /// A citation of several symbols, such as `A/36/353 and Corr.2`.
    #[error("{word:?} at {at} makes this a list of symbols; give each one in full, by itself")]
    Citation {
        /// The word or mark that makes it a list.
        word: String,
        /// Where it stands.
        at: Place,
    },

    /// A second symbol after a space. Joint symbols are joined by a dash or a
    /// line break; whether these two are joined can't be told.
    #[error("a second symbol starts at {at}; join it with a dash, or give it by itself")]
    SecondSymbol {
        /// Where it starts.
        at: Place,
    },

    /// A joint symbol where exactly one symbol is taken.
    #[error("{canonical:?} joins {halves} symbols; one is expected")]
    Joint {
        /// The joint symbol.
        canonical: String,
        /// How many symbols it joins.
        halves: usize,
    },

    /// An asterisk in a scope, which has no wildcards.
    #[error("a scope is whole components of a symbol; '*' at {at} has no meaning in it")]
    Wildcard {
        /// Where it stands.
        at: Place,
    },
}

fn code_point(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}
