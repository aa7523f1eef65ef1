//! The organs a document is submitted to, each with its session and agenda.

use crate::statement;

use super::atoms::{Atom, Item};
use super::field::{Confidence, Field};
use super::words::ORGAN_OPENINGS;

/// The most lines that the name of an organ takes.
const MAX_LINES: usize = 4;

/// An organ as a masthead prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Its name, in its usual letter case.
    pub name: Field<String>,
    /// Session or year.
    pub session: Option<Field<String>>,
    /// Items of its agenda, one by one.
    pub agenda: Vec<Field<String>>,
}

impl Body {
    /// The same without the places.
    #[must_use]
    pub fn to_record(&self) -> statement::Body {
        statement::Body {
            name: self.name.value.clone(),
            session: self.session.as_ref().map(|session| session.value.clone()),
            agenda: self.agenda.iter().map(|item| item.value.clone()).collect(),
        }
    }
}

/// The organs of a masthead. A session belongs to the organ named before it,
/// agenda items to the last organ that has a session: a Main Committee
/// considers items of the Assembly's agenda.
pub(super) fn read(items: &[Item]) -> Vec<Body> {
    let mut bodies: Vec<Body> = Vec::new();
    let mut current = 0;
    for item in items {
        match &item.atom {
            Atom::Organ(name) => {
                let known = bodies.iter().position(|body| body.name.value == *name);
                current = known.unwrap_or(bodies.len());
                if known.is_none() {
                    bodies.push(Body {
                        name: item.field(name.clone()),
                        session: None,
                        agenda: Vec::new(),
                    });
                }
            }
            Atom::Session(session) => {
                if let Some(body) = bodies.get_mut(current)
                    && body.session.is_none()
                {
                    body.session = Some(item.field(session.clone()));
                }
            }
            Atom::Agenda(numbers) => {
                let sitting = bodies[..bodies.len().min(current + 1)]
                    .iter()
                    .rposition(|body| body.session.is_some());
                if let Some(body) = bodies.get_mut(sitting.unwrap_or(current)) {
                    let fields = numbers.iter().map(|number| item.field(number.clone()));
                    body.agenda.extend(fields);
                }
            }
            _ => {}
        }
    }
    bodies
}

/// Turns lines into organs where only their place tells: before a session, or
/// between the name of the Organization and the distribution.
pub(super) fn name_by_place(items: &mut [Item]) {
    let mut at = 0;
    while at < items.len() {
        let run = items[at..].iter().take_while(|item| item.is_text()).count();
        if run == 0 {
            at += 1;
            continue;
        }
        let before = at.checked_sub(1).map(|before| items[before].atom.clone());
        let after = items.get(at + run).map(|after| after.atom.clone());
        for start in at..at + run {
            let length = at + run - start;
            let first = &items[start].text;
            let opens_name = ORGAN_OPENINGS
                .iter()
                .any(|opening| first.starts_with(opening));
            let sits = matches!(after, Some(Atom::Session(_) | Atom::Period))
                || matches!(before, Some(Atom::Session(_)))
                    && matches!(after, Some(Atom::Agenda(_)));
            let heads = start == at
                && matches!(before, Some(Atom::UnitedNations | Atom::Symbol(_)))
                && matches!(after, Some(Atom::Distribution(_)))
                && first.contains(' ')
                && first
                    .chars()
                    .all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '’' | '\'' | ','));
            if length <= MAX_LINES && (opens_name && sits || heads) {
                make_organ(items, start, length);
                break;
            }
        }
        at += run;
    }
}

fn make_organ(items: &mut [Item], start: usize, length: usize) {
    let words: Vec<&str> = items[start..start + length]
        .iter()
        .map(|item| item.text.trim_end_matches('*'))
        .collect();
    let name = words.join(" ");
    items[start].atom = Atom::Organ(name.clone());
    items[start].text = name;
    for item in &mut items[start + 1..start + length] {
        item.atom = Atom::Mark;
    }
}

impl Item {
    /// A field that this item holds.
    pub(super) fn field<T>(&self, value: T) -> Field<T> {
        Field {
            value,
            printed: self.text.clone(),
            line: self.number,
            page: self.page,
            confidence: if self.spaced {
                Confidence::Guess
            } else {
                Confidence::Certain
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::masthead::{atoms, lines};
    use crate::reading::Text;

    fn bodies(text: &str) -> Vec<String> {
        let mut items = atoms::items(&lines::printed(&Text::plain(text).lines));
        name_by_place(&mut items);
        let bodies = read(&items).into_iter().map(|body| {
            let record = body.to_record();
            format!(
                "{}|{}|{}",
                record.name,
                record.session.unwrap_or_default(),
                record.agenda.join(", ")
            )
        });
        bodies.collect()
    }

    #[test]
    fn each_organ_keeps_its_own_session_and_items() {
        let text = "General Assembly\nSecurity Council\nDistr.: General\n\nGeneral Assembly\n\
            Tenth session\nAgenda items 3 and 4 (a)\nSome matter\nSecurity Council\nTenth year\n";
        assert_eq!(
            bodies(text),
            [
                "General Assembly|Tenth session|3, 4 (a)",
                "Security Council|Tenth year|"
            ]
        );
    }

    #[test]
    fn a_committee_considers_items_of_its_parent() {
        let text = "General Assembly\nTenth session\nThird Committee\nAgenda item 7\nMatter\n";
        assert_eq!(
            bodies(text),
            ["General Assembly|Tenth session|7", "Third Committee||"]
        );
    }

    #[test]
    fn organs_without_a_known_name_are_read_by_place() {
        let text = "United Nations\nEconomic and Social Council\nDistr.: General\n\
            Commission on the Weather\nand the Tides\nThird session\nItem 4 of the provisional agenda*\n";
        assert_eq!(
            bodies(text),
            [
                "Economic and Social Council||",
                "Commission on the Weather and the Tides|Third session|4 of the provisional agenda"
            ]
        );
        assert_eq!(
            bodies("United Nations\nConvention on the Tides\nDistr.: General\n"),
            ["Convention on the Tides||"]
        );
    }
}
