//! The symbols that an opening bears.

use crate::symbol::{JointSymbol, Symbol};

use super::super::Warning;
use super::super::atoms::Atom;
use super::super::field::{Confidence, Field};
use super::super::lines::Printed;
use super::super::symbols;
use super::{Opening, is_supplement};

/// How many lines at the top and at the end of a page hold a running head.
const RUNNING_HEAD_LINES: usize = 3;

impl Opening {
    /// The symbols of the masthead, else of a supplement's number, else of the
    /// running heads.
    pub(in super::super) fn symbols(
        &self,
        lines: &[Printed],
    ) -> (Vec<Field<Symbol>>, Vec<Warning>) {
        let mut warnings = self.oddities();
        let mut symbols = self.masthead_symbols();
        if symbols.is_empty() {
            symbols = self.symbol_of_supplement();
        }
        if symbols.is_empty() {
            symbols = running_heads(lines);
        }
        if let Some(symbol) = symbols.first().filter(|symbol| is_likely(symbol)) {
            let line = symbol.line;
            let text = "the symbol was read from a running head".to_owned();
            warnings.push(Warning { line, text });
        }
        (symbols, warnings)
    }

    /// What looks like a symbol and isn't one, or has something odd in it.
    fn oddities(&self) -> Vec<Warning> {
        let odd = self.items.iter().filter_map(|item| {
            let problem = symbols::problem(&item.text)?;
            Some(Warning {
                line: item.number,
                text: format!("{:?}: {problem}", item.text),
            })
        });
        odd.collect()
    }

    /// The first symbol on the page where the masthead stands. Others belong to
    /// the document only right below it.
    fn masthead_symbols(&self) -> Vec<Field<Symbol>> {
        let mut symbols: Vec<Field<Symbol>> = Vec::new();
        let mut last = None;
        let first = self.items.iter().find(|item| item.is_masthead());
        let page = first.map_or(u32::MAX, |first| first.page);
        let on_page = self.items.iter().take_while(|item| item.page <= page);
        for (at, item) in on_page.enumerate() {
            let Atom::Symbol(joint) = &item.atom else {
                continue;
            };
            if last.is_some_and(|last| at != last + 1) {
                break;
            }
            last = Some(at);
            let mut place = item.field(());
            if symbols::problem(&item.text).is_some() {
                place.confidence = Confidence::Guess;
            }
            add_halves(&mut symbols, joint, &place);
        }
        symbols
    }

    /// The symbol in brackets at the number of a supplement, or right below it.
    /// On a corrigendum that is the corrected supplement's.
    fn symbol_of_supplement(&self) -> Vec<Field<Symbol>> {
        let mut symbols = Vec::new();
        let at = self.items.iter().position(is_supplement);
        if let Some(at) = at.filter(|_| self.suffix_line().is_none()) {
            let lines = self.items[at..].iter().take(2);
            let found = lines.filter_map(|item| Some((item, symbols::of_supplement(&item.text)?)));
            for (item, joint) in found {
                add_halves(&mut symbols, &joint, &item.field(()));
            }
        }
        symbols
    }
}

fn is_likely(symbol: &Field<Symbol>) -> bool {
    symbol.confidence == Confidence::Likely
}

/// Adds the symbols of a joint one that aren't there yet.
fn add_halves(symbols: &mut Vec<Field<Symbol>>, joint: &JointSymbol, place: &Field<()>) {
    for half in joint.halves() {
        if !symbols.iter().any(|known| known.value.key() == half.key()) {
            symbols.push(place.clone_as(half.clone()));
        }
    }
}

/// The symbol that stands alone at the top or foot of pages, if it is one only.
fn running_heads(lines: &[Printed]) -> Vec<Field<Symbol>> {
    let mut symbols = Vec::new();
    let mut since_page = usize::MAX;
    let mut page = lines.first().map_or(1, |line| line.page);
    for (at, line) in lines.iter().enumerate() {
        since_page = if line.page == page {
            since_page.saturating_add(1)
        } else {
            0
        };
        page = line.page;
        let last = at + RUNNING_HEAD_LINES >= lines.len();
        if !(last || since_page < RUNNING_HEAD_LINES) {
            continue;
        }
        if let Some(joint) = symbols::parse(&line.text) {
            let place = Field {
                value: (),
                printed: line.text.clone(),
                line: line.number,
                page: line.page,
                confidence: Confidence::Likely,
            };
            add_halves(&mut symbols, &joint, &place);
        }
    }
    symbols.truncate(2);
    symbols
}
