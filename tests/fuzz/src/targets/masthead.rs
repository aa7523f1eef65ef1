//! Mastheads: every value stands somewhere in the text.

use docledger::masthead::{Field, Masthead};
use docledger::reading::{Line, Text};
use docledger::registry::{Readings, masthead_of};

/// Every place lies within the text, and what is proposed can be made.
pub(super) fn masthead(bytes: &[u8]) {
    let text = Text::plain(&String::from_utf8_lossy(bytes));
    let masthead = masthead_of(&text);
    check(&masthead, &text.lines);
    let (readings, _) = Readings::of(&masthead, &text);
    assert!(readings.symbol.is_none() || !masthead.symbols.is_empty());
}

fn check(masthead: &Masthead, lines: &[Line]) {
    let Masthead {
        symbols,
        date,
        distribution,
        language_line,
        original_language,
        only_in,
        bodies,
        title,
        kind,
        signatories,
        job_number,
        letter_date,
        adopted_on,
        reissued_on,
        adopts,
        warnings,
    } = masthead;
    all_stand(symbols, lines);
    all_stand(date, lines);
    all_stand(distribution, lines);
    all_stand(language_line, lines);
    all_stand(original_language, lines);
    all_stand(only_in, lines);
    for body in bodies {
        all_stand([&body.name], lines);
        all_stand(&body.session, lines);
        all_stand(&body.agenda, lines);
    }
    all_stand(title, lines);
    all_stand(kind, lines);
    all_stand(signatories, lines);
    all_stand(job_number, lines);
    all_stand(letter_date, lines);
    all_stand(adopted_on, lines);
    all_stand(reissued_on, lines);
    all_stand(adopts, lines);
    for warning in warnings {
        assert!((1..=lines.len()).contains(&warning.line), "{warning:?}");
    }
}

fn all_stand<'a, T: 'a>(fields: impl IntoIterator<Item = &'a Field<T>>, lines: &[Line]) {
    for field in fields {
        let line = field.line.checked_sub(1).and_then(|index| lines.get(index));
        let line = line.unwrap_or_else(|| panic!("line {} of {}", field.line, lines.len()));
        assert_eq!(field.page, line.page, "line {}", field.line);
        assert!(!field.printed.trim().is_empty(), "line {}", field.line);
    }
}
