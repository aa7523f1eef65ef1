//! What a masthead prints twice and differently. Text that nobody sees can't
//! always be told from text that is seen; but it can name a document only
//! beside what is seen, and then neither is sure.

use crate::statement::PartialDate;
use crate::symbol::Symbol;

use super::super::Warning;
use super::super::atoms::{Atom, Item};
use super::super::field::{Confidence, Field};
use super::Opening;

impl Opening {
    /// Makes guesses of symbols beside another one: a document bears several only
    /// if each is of another organ.
    pub(in super::super) fn doubt_symbols(
        &self,
        symbols: &mut [Field<Symbol>],
        warnings: &mut Vec<Warning>,
    ) {
        let Some(first) = symbols.first() else {
            return;
        };
        let same_root = symbols[1..].iter().find(|field| {
            let mut before = symbols.iter().take_while(|other| other != field);
            before.any(|other| other.value.root() == field.value.root())
        });
        let rival = same_root
            .map(|field| (field.line, field.printed.clone()))
            .or_else(|| {
                let item = self.masthead_on(first.page).find(|item| match &item.atom {
                    Atom::Symbol(joint) => !joint
                        .halves()
                        .iter()
                        .any(|half| symbols.iter().any(|known| known.value.key() == half.key())),
                    _ => false,
                })?;
                Some((item.number, item.text.clone()))
            });
        if let Some((line, other)) = rival {
            warnings.push(told("symbols", line, &first.printed, &other));
            for symbol in symbols {
                symbol.confidence = Confidence::Guess;
            }
        }
    }

    /// Makes a guess of a date beside another one.
    pub(in super::super) fn doubt_date(
        &self,
        date: &mut Field<PartialDate>,
        warnings: &mut Vec<Warning>,
    ) {
        let mut before = None;
        let rival = self.masthead_on(date.page).find(|item| {
            // A date below a line of text may be the end of a sentence.
            let goes_on = !item.opens && before.replace(*item).is_some_and(Item::is_text);
            !goes_on && matches!(item.atom, Atom::Date(other) if other != date.value)
        });
        if let Some(item) = rival {
            warnings.push(told("dates", item.number, &date.printed, &item.text));
            date.confidence = Confidence::Guess;
        }
    }

    fn masthead_on(&self, page: u32) -> impl Iterator<Item = &Item> {
        self.masthead().iter().filter(move |item| item.page == page)
    }
}

/// The warning that two values of a field were printed.
pub(in super::super) fn told(fields: &str, line: usize, first: &str, other: &str) -> Warning {
    Warning {
        line,
        text: format!("two {fields} are printed, {first:?} and {other:?}"),
    }
}
