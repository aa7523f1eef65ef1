//! Whole differences: properties, marks, hostile texts.

mod chains;
mod patch;

use proptest::prelude::*;

use super::{Diff, Fallback, Line, Stat, Tag, diff};

/// Texts of few pieces, so that two of them have much in common.
fn text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "the",
        "of",
        "report",
        "S/2007/307",
        " ",
        " ",
        "  ",
        "\t",
        "\n",
        "\n",
        "\n",
        "\r\n",
        "\r",
        ".",
        "(1)",
        "’",
        "条約",
        "カタカナ",
        "ひら",
        "e\u{301}",
        "\u{301}",
        "\u{200d}",
        "\u{2028}",
        "\u{1f1e9}\u{1f1ea}",
        "ไทย",
        "العربية",
    ]);
    prop_oneof![
        prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat()),
        any::<String>(),
    ]
}

/// Two texts, or one and what became of it when a stretch was rewritten.
fn texts() -> impl Strategy<Value = (String, String)> {
    let rewritten = (text(), any::<prop::sample::Index>(), 0_usize..20, text());
    let rewritten = rewritten.prop_map(|(old, at, len, text)| {
        let chars: Vec<char> = old.chars().collect();
        let at = at.index(chars.len() + 1);
        let after = chars[at..].iter().skip(len);
        let new = chars[..at]
            .iter()
            .copied()
            .chain(text.chars())
            .chain(after.copied());
        let new = new.collect();
        (old, new)
    });
    prop_oneof![(text(), text()), rewritten]
}

/// What is unmarked in all lines but those with `tag`, without white space.
fn unmarked(diff: &Diff, tag: Tag) -> String {
    let lines = diff.lines().filter(|line| line.tag != tag);
    let spans = lines.flat_map(|line| line.spans);
    let kept = spans
        .filter(|span| !span.changed)
        .flat_map(|span| span.text.chars());
    kept.filter(|c| !c.is_whitespace()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn lines_put_both_texts_together_again((old, new) in texts()) {
        let diff = diff(&old, &new);
        prop_assert_eq!(diff.old_text(), old.as_str());
        prop_assert_eq!(diff.new_text(), new.as_str());
        prop_assert_eq!(diff.is_empty(), old == new);
    }

    #[test]
    fn what_is_unmarked_is_in_both_texts((old, new) in texts()) {
        let diff = diff(&old, &new);
        prop_assert_eq!(unmarked(&diff, Tag::Added), unmarked(&diff, Tag::Removed));
    }

    #[test]
    fn spans_are_whole_and_alternate((old, new) in texts()) {
        for line in diff(&old, &new).lines() {
            prop_assert!(line.spans.iter().all(|span| !span.text.is_empty()));
            prop_assert!(line.spans.windows(2).all(|two| two[0].changed != two[1].changed));
            prop_assert_eq!(line.text().matches('\n').count(), usize::from(line.text().ends_with('\n')));
            if line.tag == Tag::Equal {
                prop_assert!(line.spans.iter().all(|span| !span.changed));
            }
        }
    }

    #[test]
    fn hunks_count_their_lines((old, new) in texts(), context in 0_usize..4) {
        let (old_lines, new_lines): (Vec<_>, Vec<_>) =
            (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
        for hunk in diff(&old, &new).hunks(context) {
            let side = |tag| -> Vec<String> {
                hunk.lines.iter().filter(|line| line.tag != tag).map(Line::text).collect()
            };
            let from = |start: usize, len: usize| start - usize::from(len > 0);
            let old_from = from(hunk.old_start, hunk.old_len);
            let new_from = from(hunk.new_start, hunk.new_len);
            prop_assert_eq!(side(Tag::Added), &old_lines[old_from..old_from + hunk.old_len]);
            prop_assert_eq!(side(Tag::Removed), &new_lines[new_from..new_from + hunk.new_len]);
        }
    }
}

/// The changed lines, each as `-` or `+` and its text with marks, without
/// its line break; a marked line break shows as `⏎`.
fn changes(diff: &Diff) -> Vec<String> {
    let changed = diff.lines().filter(|line| line.tag != Tag::Equal);
    changed.map(|line| show(&line)).collect()
}

fn show(line: &Line) -> String {
    let sign = if line.tag == Tag::Removed { "-" } else { "+" };
    let spans = line.spans.iter().map(|span| match span.changed {
        true => format!("⟦{}⟧", span.text.replace('\n', "⏎").replace('\r', "␍")),
        false => span.text.trim_end_matches('\n').to_string(),
    });
    std::iter::once(sign.to_string()).chain(spans).collect()
}

#[test]
fn paragraph_inserted_before_a_changed_one() {
    let old = "Preamble of the text\n\nThe Parties shall report each year.\n";
    let new = "Preamble of the text\n\nThis Article is new and long.\n\nThe Parties shall report every year.\n";
    assert_eq!(
        changes(&diff(old, new)),
        [
            "-The Parties shall report ⟦each⟧ year.",
            "+⟦This Article is new and long.⏎⟧",
            "+⟦⏎⟧",
            "+The Parties shall report ⟦every⟧ year.",
        ]
    );
}

#[test]
fn line_endings_are_part_of_lines() {
    assert_eq!(changes(&diff("a b\r\n", "a b\n")), ["-a b⟦␍⟧", "+a b"]);
    assert_eq!(
        changes(&diff("a b\rc d\n", "a b c d\n")),
        ["-a b⟦␍⟧c d", "+a b⟦ ⟧c d"]
    );
    assert_eq!(changes(&diff("a b", "a b\n")), ["-a b", "+a b⟦⏎⟧"]);
}

#[test]
fn texts_without_lines() {
    assert!(diff("", "").is_empty());
    assert_eq!(diff("", "").lines().count(), 0);
    assert_eq!(changes(&diff("", "a")), ["+⟦a⟧"]);
    assert_eq!(changes(&diff("\n", "")), ["-⟦⏎⟧"]);
}

#[test]
fn changes_whose_context_meets_share_a_hunk() {
    let old = "a\n1\n2\n3\n4\nb\n";
    let new = "A\n1\n2\n3\n4\nB\n";
    let diff = diff(old, new);
    assert_eq!(diff.hunks(1).count(), 2);
    assert_eq!(diff.hunks(2).count(), 1);
    assert_eq!(diff.hunks(usize::MAX).count(), 1);
}

/// Numbers that look random and are the same everywhere.
fn numbers(count: usize, below: u64) -> impl Iterator<Item = u64> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    })
    .take(count)
}

fn assert_exact(old: &str, new: &str) -> (Stat, Option<Fallback>) {
    let diff = diff(old, new);
    assert!(diff.old_text() == old);
    assert!(diff.new_text() == new);
    (diff.stat(), diff.fallback())
}

#[test]
fn all_lines_the_same() {
    let (stat, fallback) = assert_exact(&"same\n".repeat(50_000), &"same\n".repeat(49_999));
    assert_eq!((stat.lines_removed, stat.lines_added), (1, 0));
    assert_eq!(fallback, None);
}

#[test]
fn lines_at_random() {
    for kinds in [2, 50, 1_000_000] {
        let all: Vec<u64> = numbers(40_000, kinds).collect();
        let (old, new) = all.split_at(20_000);
        let text = |lines: &[u64]| {
            lines
                .iter()
                .map(|line| format!("{line}\n"))
                .collect::<String>()
        };
        let (_, fallback) = assert_exact(&text(old), &text(new));
        assert_eq!(fallback, None);
    }
}

/// Five million bytes in one line, of a thousand different words.
fn long_line(words: impl Iterator<Item = u64>) -> String {
    let line: String = words
        .take(320_000)
        .map(|word| format!("{word:015} "))
        .collect();
    assert!(line.len() > 5_000_000);
    line
}

/// Nothing divides such lines: the search is given up, and that is said.
#[test]
fn one_long_line_at_random() {
    let mut words = numbers(640_000, 1_000);
    let (old, new) = (long_line(words.by_ref()), long_line(words));
    let (stat, fallback) = assert_exact(&old, &new);
    assert_eq!((stat.lines_removed, stat.lines_added), (1, 1));
    assert_eq!(
        fallback,
        Some(Fallback {
            lines: 0,
            words: 640_000
        })
    );
}

#[test]
fn one_long_line_with_little_changed() {
    let old = long_line(numbers(320_000, 1_000));
    let new = old.replacen("000000000000007 ", "changed ", 2);
    let (stat, fallback) = assert_exact(&old, &new);
    assert_eq!((stat.words_removed, stat.words_added), (2, 2));
    assert_eq!(fallback, None);
}

#[test]
fn one_long_word() {
    assert_exact(&"a".repeat(5_000_000), &"b".repeat(5_000_000));
    assert_exact(&"a".repeat(5_000_000), "");
}
