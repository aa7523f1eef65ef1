//! What a reader is told about a symbol that was taken.

use std::fmt;

use super::Place;

/// One thing to tell about a printed symbol, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oddity {
    /// What it is.
    pub kind: OddityKind,
    /// Where it stands in the text that was parsed.
    pub at: Place,
}

/// Whether an oddity was removed or is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Nature {
    /// Normalised away. The canonical form doesn't have it.
    Changed,
    /// Looks wrong, and was kept: letters and digits are never repaired by
    /// guess. The canonical form still has it.
    Doubtful,
}

/// The kinds of oddity.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OddityKind {
    /// A dash of another kind became `-`.
    Dash {
        /// The dash as printed.
        printed: char,
    },
    /// A character was replaced by its Unicode NFKC form.
    UnicodeForm {
        /// As printed.
        printed: String,
        /// As read.
        read: String,
    },
    /// An invisible mark of writing direction was removed.
    DirectionMark {
        /// The mark.
        mark: char,
    },
    /// White space was removed, or became one space.
    Space,
    /// A line break was read as the join of two symbols.
    LineBreakJoin,
    /// `//` became `/`.
    DoubledSlash,
    /// A bracket around the symbol was removed.
    OuterBracket {
        /// The bracket.
        bracket: char,
    },
    /// Punctuation after the symbol was removed.
    FinalPunctuation {
        /// The mark.
        mark: char,
    },
    /// More asterisks followed than the one that marks a reissue.
    ExtraAsterisk,
    /// A word was put in its usual case.
    Case {
        /// As printed.
        printed: String,
        /// In the canonical form.
        canonical: String,
    },

    /// A space is left that isn't the one before a resolution's part letter.
    SpaceInside,
    /// What follows `Add`, `Amend`, `Corr` or `Rev` isn't a full stop and a
    /// plain number, as in `Add.l` or `Corr.02`.
    SuffixNumber {
        /// What follows instead.
        found: String,
    },
    /// `Add`, `Amend`, `Corr` or `Rev` stands without a number.
    SuffixWithoutNumber,
    /// A number has an `I`, `l`, `O` or `o` among its digits.
    LetterInNumber {
        /// The number.
        found: String,
    },
    /// A full stop stands where a slash is usual, as in `A/C.6/79.SR.37`.
    FullStopForSlash,
    /// A session number seems to run into the document number, as in `A/78423`.
    MissingSlash,
    /// A second symbol may follow this dash: what stands there could be a root,
    /// but isn't a known one.
    PossibleJoin,
    /// The same symbol stands twice in a joint one.
    RepeatedSymbol,
    /// A bracket has no partner.
    UnbalancedBracket,
    /// A character that symbols don't usually have in this place.
    UnusualCharacter {
        /// The character.
        character: char,
    },
    /// `(SUPP)` is added by catalogues; the item prints the symbol without it.
    CatalogueAddition,
    /// A free-form reference has an official symbol inside.
    SymbolInside,
    /// A free-form reference looks like a file name made from a symbol. Such
    /// names lose characters and can't be turned back.
    FileName,
    /// A word in another alphabet has only letters that look like ASCII ones.
    LookAlikeWord {
        /// The word.
        word: String,
        /// What it looks like.
        resembles: String,
    },
}

impl OddityKind {
    /// Whether it was normalised away or is still in the canonical form.
    pub fn nature(&self) -> Nature {
        use OddityKind::*;
        match self {
            Dash { .. }
            | UnicodeForm { .. }
            | DirectionMark { .. }
            | Space
            | LineBreakJoin
            | DoubledSlash
            | OuterBracket { .. }
            | FinalPunctuation { .. }
            | ExtraAsterisk
            | Case { .. } => Nature::Changed,
            SpaceInside
            | SuffixNumber { .. }
            | SuffixWithoutNumber
            | LetterInNumber { .. }
            | FullStopForSlash
            | MissingSlash
            | PossibleJoin
            | RepeatedSymbol
            | UnbalancedBracket
            | UnusualCharacter { .. }
            | CatalogueAddition
            | SymbolInside
            | FileName
            | LookAlikeWord { .. } => Nature::Doubtful,
        }
    }

    /// A stable name for machines.
    pub fn code(&self) -> &'static str {
        use OddityKind::*;
        match self {
            Dash { .. } => "dash",
            UnicodeForm { .. } => "unicode-form",
            DirectionMark { .. } => "direction-mark",
            Space => "space",
            LineBreakJoin => "line-break-join",
            DoubledSlash => "doubled-slash",
            OuterBracket { .. } => "outer-bracket",
            FinalPunctuation { .. } => "final-punctuation",
            ExtraAsterisk => "extra-asterisk",
            Case { .. } => "case",
            SpaceInside => "space-inside",
            SuffixNumber { .. } => "suffix-number",
            SuffixWithoutNumber => "suffix-without-number",
            LetterInNumber { .. } => "letter-in-number",
            FullStopForSlash => "full-stop-for-slash",
            MissingSlash => "missing-slash",
            PossibleJoin => "possible-join",
            RepeatedSymbol => "repeated-symbol",
            UnbalancedBracket => "unbalanced-bracket",
            UnusualCharacter { .. } => "unusual-character",
            CatalogueAddition => "catalogue-addition",
            SymbolInside => "symbol-inside",
            FileName => "file-name",
            LookAlikeWord { .. } => "look-alike-word",
        }
    }

    pub(super) fn at(self, at: Place) -> Oddity {
        Oddity { kind: self, at }
    }
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, at {}", self.kind, self.at)
    }
}

impl fmt::Display for OddityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use OddityKind::*;
        match self {
            Dash { printed } => write!(f, "dash {printed:?} read as a hyphen"),
            UnicodeForm { printed, read } => write!(f, "{printed:?} read as {read:?}"),
            DirectionMark { .. } => f.write_str("invisible direction mark removed"),
            Space => f.write_str("white space removed or made one space"),
            LineBreakJoin => f.write_str("line break read as the join of two symbols"),
            DoubledSlash => f.write_str("doubled '/' read as one"),
            OuterBracket { bracket } => write!(f, "outer {bracket:?} removed"),
            FinalPunctuation { mark } => write!(f, "closing {mark:?} removed"),
            ExtraAsterisk => f.write_str("second asterisk removed, perhaps a footnote mark"),
            Case { printed, canonical } => {
                write!(f, "unusual case: {printed:?} written {canonical:?}")
            }
            SpaceInside => f.write_str("space inside the symbol, kept"),
            SuffixNumber { found } => {
                write!(
                    f,
                    "{found:?} where a full stop and a plain number belong, kept"
                )
            }
            SuffixWithoutNumber => f.write_str("suffix without a number"),
            LetterInNumber { found } => {
                write!(f, "letter among the digits of {found:?}, kept")
            }
            FullStopForSlash => f.write_str("full stop where a '/' is usual, kept"),
            MissingSlash => f.write_str("a '/' seems to be missing in the number"),
            PossibleJoin => f.write_str("a second symbol may follow this dash; not split"),
            RepeatedSymbol => f.write_str("the same symbol a second time"),
            UnbalancedBracket => f.write_str("bracket without a partner, kept"),
            UnusualCharacter { character } => {
                write!(f, "{character:?} is unusual in this place, kept")
            }
            CatalogueAddition => {
                f.write_str("\"(SUPP)\" is a catalogue's addition to the printed symbol, kept")
            }
            SymbolInside => f.write_str("an official symbol stands inside a longer text"),
            FileName => f.write_str("looks like a file name, which can't be turned into a symbol"),
            LookAlikeWord { word, resembles } => {
                write!(f, "{word:?} only looks like {resembles:?}")
            }
        }
    }
}
