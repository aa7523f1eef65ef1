//! Agenda items: `Agenda item 72 (a)`, `Items 3 and 5 of the provisional agenda`.

use super::phrase::after_phrase;
use super::words::{AGENDA_ENDS, AGENDA_LABELS, ITEM_LABELS};

/// The most items that one line may name.
const MAX_ITEMS: usize = 200;

/// The items that a text begins with, each as printed, and what follows. `64
/// (a) and (b)` names `64 (a)` and `64 (b)`.
pub(super) fn at(text: &str) -> Option<(Vec<String>, &str)> {
    let (rest, must_end) = label(text)?;
    let (items, rest) = numbers(rest.trim_start_matches([' ', ':']));
    if items.is_empty() {
        return None;
    }
    let trimmed = rest.trim_start();
    if let Some(after) = AGENDA_ENDS
        .iter()
        .find_map(|end| after_phrase(trimmed, end))
    {
        let printed = &trimmed[..trimmed.len() - after.len()];
        let whole = items.iter().map(|item| format!("{item} {printed}"));
        return Some((whole.collect(), after));
    }
    let ends = trimmed.trim_matches(['*', '.', ' ']).is_empty();
    (ends || !must_end).then_some((items, rest))
}

/// Whether a line begins with an agenda item.
pub(super) fn is_item(text: &str) -> bool {
    at(text).is_some()
}

/// Whether the list of a line goes on in the next one.
pub(super) fn goes_on(text: &str, next: &str) -> bool {
    if label(text).is_none() {
        return false;
    }
    let open = text.ends_with([',', '–']) || text.ends_with(" and") || text.ends_with(" to");
    let is_number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit() || c == '(');
    let next_adds = next.strip_prefix("and ").is_some_and(is_number)
        || AGENDA_ENDS
            .iter()
            .any(|end| after_phrase(next, end).is_some());
    open && is_number(next) || next_adds && numbers_end(text)
}

fn numbers_end(text: &str) -> bool {
    text.ends_with(|c: char| c.is_ascii_digit() || c == ')')
}

/// What follows the label, and whether only the agenda's name may follow.
fn label(text: &str) -> Option<(&str, bool)> {
    let find = |labels: &[&str]| labels.iter().find_map(|label| after_phrase(text, label));
    find(&AGENDA_LABELS)
        .map(|rest| (rest, false))
        .or_else(|| find(&ITEM_LABELS).map(|rest| (rest, true)))
}

/// A list of numbers with their sub-items, and what follows it.
fn numbers(text: &str) -> (Vec<String>, &str) {
    let mut items: Vec<String> = Vec::new();
    let mut number = "";
    let mut rest = text;
    loop {
        let separated = skip_separators(rest, !items.is_empty());
        let digits = separated.len()
            - separated
                .trim_start_matches(|c: char| c.is_ascii_digit())
                .len();
        let (subitem, after) = if (1..=3).contains(&digits) {
            number = &separated[..digits];
            subitem(&separated[digits..])
        } else {
            match subitem(separated) {
                (sub, after) if !sub.is_empty() && !number.is_empty() => (sub, after),
                _ => return (items, rest),
            }
        };
        let item = if subitem.is_empty() {
            number.to_owned()
        } else {
            format!("{number} {subitem}")
        };
        items.push(item);
        rest = after;
        if items.len() == MAX_ITEMS {
            return (items, rest);
        }
    }
}

/// Groups in brackets that stand together: `(a)`, `(a) (i)`, and `b)` as in
/// French and Spanish.
fn subitem(text: &str) -> (String, &str) {
    let mut groups: Vec<&str> = Vec::new();
    let mut rest = text;
    loop {
        let trimmed = rest.trim_start();
        let group = trimmed.find(')').map(|end| &trimmed[..=end]);
        let Some(group) = group.filter(|group| is_group(group)) else {
            return (groups.join(" "), rest);
        };
        groups.push(group);
        rest = &trimmed[group.len()..];
    }
}

fn is_group(group: &str) -> bool {
    let inside = group.trim_start_matches('(').trim_end_matches(')');
    let roman = inside.chars().all(|c| matches!(c, 'i' | 'v' | 'x'));
    let short = matches!(inside.chars().count(), 1..=2) || roman && inside.len() <= 4;
    short && inside.chars().all(char::is_alphanumeric)
}

/// What follows the commas and joining words, if some are there or none are needed.
fn skip_separators(text: &str, needed: bool) -> &str {
    let mut rest = text.trim_start();
    let mut seen = false;
    loop {
        let after = rest
            .strip_prefix([',', ';', '、', '和', '及', '–', '-'])
            .or_else(|| {
                ["and", "to", "et", "y", "и", "و"]
                    .iter()
                    .find_map(|word| after_phrase(rest, word))
            });
        let Some(after) = after else {
            break;
        };
        seen = true;
        rest = after.trim_start();
    }
    if seen || !needed { rest } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        at(text).map(|(items, rest)| format!("{}|{rest}", items.join("; ")))
    }

    #[test]
    fn items_are_read() {
        for (text, expected) in [
            ("Agenda item 72 (a)", "72 (a)|"),
            ("AGENDA ITEM 93", "93|"),
            ("Agenda items 31, 61 and 129", "31; 61; 129|"),
            ("Agenda items 64 (a) and (b) and 70", "64 (a); 64 (b); 70|"),
            ("Agenda item 3 (a) (i)", "3 (a) (i)|"),
            (
                "Item 35 of the provisional agenda*",
                "35 of the provisional agenda|*",
            ),
            (
                "Agenda item 7 Organization of work",
                "7| Organization of work",
            ),
            (
                "Point 35 b) de l’ordre du jour",
                "35 b) de l’ordre du jour|",
            ),
            ("Tema 25 b) del programa", "25 b) del programa|"),
            ("Пункт 35 повестки дня", "35 повестки дня|"),
            ("议程项目 35", "35|"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_item_is_none() {
        for text in [
            "Item 7 is new",
            "Agenda items",
            "Agenda for peace",
            "Points of order",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn lists_go_on_in_the_next_line() {
        assert!(goes_on("Agenda items 31, 61,", "83 and 129"));
        assert!(goes_on("Agenda items 31 and", "83"));
        assert!(goes_on("Agenda items 31", "and 83"));
        assert!(goes_on("Item 35", "of the provisional agenda*"));
        assert!(!goes_on("Agenda item 31", "Question of Ruritania"));
        assert!(!goes_on("Notes on 31,", "83"));
    }
}
