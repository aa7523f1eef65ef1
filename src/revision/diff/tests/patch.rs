//! Patches: as GNU `diff` writes them, and applied.

use proptest::prelude::*;

use crate::revision::diff::diff;

fn patch(old: &str, new: &str, context: usize) -> String {
    diff(old, new).to_unified("old", "new", context)
}

const TWELVE: &str = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\neleven\ntwelve\n";

// What follows was written by GNU diff 3.8 with `--label old --label new`.

#[test]
fn as_diff_writes_hunks() {
    let new = TWELVE.replace("two\n", "2\n").replace("eleven\n", "");
    let three = "--- old\n+++ new\n@@ -1,5 +1,5 @@\n one\n-two\n+2\n three\n four\n five\n\
        @@ -8,5 +8,4 @@\n eight\n nine\n ten\n-eleven\n twelve\n";
    assert_eq!(patch(TWELVE, &new, 3), three);
    let none = "--- old\n+++ new\n@@ -2 +2 @@\n-two\n+2\n@@ -11 +10,0 @@\n-eleven\n";
    assert_eq!(patch(TWELVE, &new, 0), none);
    let five = "--- old\n+++ new\n@@ -1,12 +1,11 @@\n one\n-two\n+2\n three\n four\n five\n \
        six\n seven\n eight\n nine\n ten\n-eleven\n twelve\n";
    assert_eq!(patch(TWELVE, &new, 5), five);
}

#[test]
fn as_diff_places_a_paragraph() {
    let old = "Preamble\n\n1. First.\n\n2. Second.\n";
    let new = "Preamble\n\n1. First.\n\n1a. Between.\n\n2. Second.\n";
    let added = "--- old\n+++ new\n@@ -2,4 +2,6 @@\n \n 1. First.\n \n\
        +1a. Between.\n+\n 2. Second.\n";
    assert_eq!(patch(old, new, 3), added);
    let removed = "--- old\n+++ new\n@@ -2,6 +2,4 @@\n \n 1. First.\n \n\
        -1a. Between.\n-\n 2. Second.\n";
    assert_eq!(patch(new, old, 3), removed);
}

#[test]
fn as_diff_writes_a_missing_line_break() {
    let added = "--- old\n+++ new\n@@ -1,2 +1,2 @@\n same\n-last\n\
        \\ No newline at end of file\n+last\n";
    assert_eq!(patch("same\nlast", "same\nlast\n", 3), added);
    let removed = "--- old\n+++ new\n@@ -1,2 +1,2 @@\n same\n-last\n+last\n\
        \\ No newline at end of file\n";
    assert_eq!(patch("same\nlast\n", "same\nlast", 3), removed);
    let kept = "--- old\n+++ new\n@@ -1,2 +1,3 @@\n same\n+changed\n last\n\
        \\ No newline at end of file\n";
    assert_eq!(patch("same\nlast", "same\nchanged\nlast", 3), kept);
}

#[test]
fn as_diff_writes_carriage_returns_and_empty_texts() {
    let carriage = "--- old\n+++ new\n@@ -1,2 +1,2 @@\n a\r\n-b\r\n+b\n";
    assert_eq!(patch("a\r\nb\r\n", "a\r\nb\n", 3), carriage);
    let first = "--- old\n+++ new\n@@ -0,0 +1,2 @@\n+new\n+text\n\
        \\ No newline at end of file\n";
    assert_eq!(patch("", "new\ntext", 3), first);
    let gone = "--- old\n+++ new\n@@ -1,2 +0,0 @@\n-new\n-text\n\
        \\ No newline at end of file\n";
    assert_eq!(patch("new\ntext", "", 3), gone);
    assert_eq!(patch("same\n", "same\n", 3), "");
}

#[test]
fn no_name_ends_its_line() {
    let patch = diff("a", "b").to_unified("a b\n+++ c", "\"\\\u{7}é", 3);
    let head: Vec<_> = patch.lines().take(2).collect();
    assert_eq!(head, [r#"--- "a b\n+++ c""#, r#"+++ "\"\\\007é""#]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn applies_exactly(
        old in "(a|b|-|\\\\|@@ -1 \\+1 @@|\r|\n|\n|\n){0,30}",
        new in "(a|b|-|\\\\|@@ -1 \\+1 @@|\r|\n|\n|\n){0,30}",
        context in 0_usize..4,
    ) {
        prop_assert_eq!(apply(&old, &patch(&old, &new, context)), new);
    }
}

/// Applies a patch, and sees that it says what the text has.
fn apply(old: &str, patch: &str) -> String {
    let mut rest = old.split_inclusive('\n');
    let mut new = String::new();
    let mut read = 0;
    let mut lines = patch.split_inclusive('\n').skip(2).peekable();
    let mut open = (0, 0);
    while let Some(line) = lines.next() {
        if open == (0, 0) {
            let (old_range, new_range) = ranges(line);
            while read + usize::from(old_range.1 > 0) < old_range.0 {
                new.extend(rest.next());
                read += 1;
            }
            open = (old_range.1, new_range.1);
            continue;
        }
        let mut text = &line[1..];
        if lines.next_if(|next| next.starts_with('\\')).is_some() {
            text = text
                .strip_suffix('\n')
                .expect("the note is on a line of its own");
        }
        if !line.starts_with('+') {
            assert_eq!(rest.next(), Some(text));
            read += 1;
            open.0 -= 1;
        }
        if !line.starts_with('-') {
            new.push_str(text);
            open.1 -= 1;
        }
    }
    assert_eq!(open, (0, 0));
    new.extend(rest);
    new
}

/// Start and length of both sides of a hunk.
fn ranges(head: &str) -> ((usize, usize), (usize, usize)) {
    let mut sides = head
        .strip_prefix("@@ -")
        .and_then(|head| head.strip_suffix(" @@\n"))
        .and_then(|head| head.split_once(" +"))
        .into_iter()
        .flat_map(|(old, new)| [old, new])
        .map(|side| side.split_once(',').unwrap_or((side, "1")))
        .map(|(start, len)| (start.parse().ok(), len.parse().ok()))
        .map(|(start, len)| (start.expect("a number"), len.expect("a number")));
    let old = sides.next().expect("the head of a hunk");
    (old, sides.next().expect("the new side"))
}
