//! Marks what changed inside a stretch of differing lines, by word.
//!
//! Words are those of Unicode Standard Annex #29. Each character outside
//! words (punctuation, Han, kana, Thai) stands alone, so that a change in it
//! marks no more than itself. Words are compared as they are: no case is
//! folded and nothing is normalised.
//!
//! White space is never what two texts have in common. It is compared only
//! between words that are, and there a line break equals a space, so that
//! text wrapped anew shows no changed words.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::align::{Gap, Run, align, number};
use super::slide::slide;

/// Up to this many words between two changes, both at least as long, are taken
/// to be in common by chance and marked along with them.
const CHANCE_WORDS: usize = 2;

/// Two passages are marked whole unless at least one part in this many of the
/// shorter is in common. White space doesn't count.
const RELATED_PART: usize = 4;

/// Byte ranges that changed, in order; each ends before the next begins.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) old: Vec<Range<usize>>,
    pub(super) new: Vec<Range<usize>>,
    /// Contents that both have but that were not paired, for their number.
    pub(super) unsearched: usize,
}

/// Compares two texts by word.
///
/// What is unmarked is in both texts, in the same order, except that a line
/// break in one may be a space in the other.
pub(super) fn mark(old: &str, new: &str) -> Marks {
    let mut marks = Marks {
        old: whole(old),
        new: whole(new),
        unsearched: 0,
    };
    if old.is_empty() || new.is_empty() {
        return marks;
    }
    let (old, new) = (Side::new(old), Side::new(new));
    let (old_numbers, new_numbers) = number(old.contents(), new.contents());
    let found = align(&old_numbers, &new_numbers);
    marks.unsearched = found.unsearched;
    let runs = drop_chance(&found.runs, &old, &new);
    if are_related(&runs, &old, &new) {
        let mut gaps = token_gaps(&runs, &old, &new);
        slide(&mut gaps, &old.tokens, &new.tokens, worth);
        marks.old = byte_ranges(&old.tokens, gaps.iter().map(|gap| &gap.old));
        marks.new = byte_ranges(&new.tokens, gaps.iter().map(|gap| &gap.new));
    }
    marks
}

/// How many words a text has: pieces with a letter or a digit in them.
pub(super) fn count(text: &str) -> usize {
    tokens(text).iter().filter(|token| is_word(token)).count()
}

/// A text in pieces. Those that are not white space are its contents.
struct Side<'a> {
    tokens: Vec<&'a str>,
    /// Where in `tokens` the contents are.
    contents: Vec<usize>,
    /// The size of the first n contents together.
    sizes: Vec<Size>,
}

#[derive(Clone, Copy, Default)]
struct Size {
    chars: usize,
    words: usize,
}

impl<'a> Side<'a> {
    fn new(text: &'a str) -> Self {
        let tokens = tokens(text);
        let mut contents = Vec::new();
        let mut total = Size::default();
        let mut sizes = vec![total];
        for (at, token) in tokens.iter().enumerate() {
            if !is_space(token) {
                contents.push(at);
                total.chars += token.chars().count();
                total.words += usize::from(is_word(token));
                sizes.push(total);
            }
        }
        Side {
            tokens,
            contents,
            sizes,
        }
    }

    fn contents(&self) -> impl Iterator<Item = &'a str> {
        self.contents.iter().map(|&at| self.tokens[at])
    }

    fn size(&self, contents: Range<usize>) -> Size {
        let (from, to) = (self.sizes[contents.start], self.sizes[contents.end]);
        Size {
            chars: to.chars - from.chars,
            words: to.words - from.words,
        }
    }
}

/// Leaves out what is in common only by chance: few words between two changes
/// that are both at least as long.
fn drop_chance(runs: &[Run], old: &Side, new: &Side) -> Vec<Run> {
    let end = Run {
        old: old.contents.len(),
        new: new.contents.len(),
        len: 0,
    };
    let change_before = |run: &Run, last: Option<&(usize, Run)>| {
        let (old_from, new_from) =
            last.map_or((0, 0), |(_, last)| (last.old_end(), last.new_end()));
        let removed = old.size(old_from..run.old).chars;
        let added = new.size(new_from..run.new).chars;
        removed.max(added)
    };
    // Each run with the size of the change before it.
    let mut kept: Vec<(usize, Run)> = Vec::new();
    for run in runs.iter().chain([&end]) {
        // To drop one run joins the changes around it, so that the run before
        // may now lie between longer ones.
        while let Some((before, last)) = kept.last() {
            let size = old.size(last.old..last.old_end());
            let after = change_before(run, kept.last());
            if size.words > CHANCE_WORDS || size.chars > after.min(*before) {
                break;
            }
            kept.pop();
        }
        kept.push((change_before(run, kept.last()), *run));
    }
    kept.pop();
    kept.into_iter().map(|(_, run)| run).collect()
}

fn are_related(runs: &[Run], old: &Side, new: &Side) -> bool {
    let common = runs
        .iter()
        .map(|run| old.size(run.old..run.old_end()).chars);
    let old_chars = old.size(0..old.contents.len()).chars;
    let new_chars = new.size(0..new.contents.len()).chars;
    common.sum::<usize>() * RELATED_PART >= old_chars.min(new_chars)
}

/// What lies between the paired contents, white space included.
fn token_gaps(runs: &[Run], old: &Side, new: &Side) -> Vec<Gap> {
    let pairs = runs.iter().flat_map(|run| {
        (0..run.len).map(|n| (old.contents[run.old + n], new.contents[run.new + n]))
    });
    let (mut old_from, mut new_from) = (0, 0);
    let mut gaps = Vec::new();
    for (old_at, new_at) in pairs.chain([(old.tokens.len(), new.tokens.len())]) {
        let gap = Gap {
            old: old_from..old_at,
            new: new_from..new_at,
        };
        gaps.push(trim(gap, &old.tokens, &new.tokens));
        (old_from, new_from) = (old_at + 1, new_at + 1);
    }
    gaps.retain(|gap| !gap.is_empty());
    gaps
}

/// Takes from both ends of a gap what its sides have in common there.
fn trim(gap: Gap, old: &[&str], new: &[&str]) -> Gap {
    let exact = trim_by(gap, old, new, |a, b| a == b);
    trim_by(exact, old, new, |a, b| unwrapped(a) == unwrapped(b))
}

fn trim_by(gap: Gap, old: &[&str], new: &[&str], equal: impl Fn(&str, &str) -> bool) -> Gap {
    let Gap { old: o, new: n } = gap;
    let pairs = old[o.clone()].iter().zip(&new[n.clone()]);
    let head = pairs.take_while(|(a, b)| equal(a, b)).count();
    let (old_rest, new_rest) = (&old[o.start + head..o.end], &new[n.start + head..n.end]);
    let pairs = old_rest.iter().rev().zip(new_rest.iter().rev());
    let tail = pairs.take_while(|(a, b)| equal(a, b)).count();
    Gap {
        old: o.start + head..o.end - tail,
        new: n.start + head..n.end - tail,
    }
}

/// A line break as the space it would be in a longer line.
fn unwrapped(token: &str) -> &str {
    match token {
        "\n" => " ",
        _ => token,
    }
}

/// A change reads best if it begins and ends with a line, else with a word.
fn worth(tokens: &[&str], at: usize) -> u32 {
    match at.checked_sub(1).map(|before| tokens[before]) {
        None | Some("\n") => 2,
        Some(before) if is_space(before) => 1,
        Some(_) => 0,
    }
}

fn byte_ranges<'r>(
    tokens: &[&str],
    ranges: impl Iterator<Item = &'r Range<usize>>,
) -> Vec<Range<usize>> {
    let bytes = |range: Range<usize>| -> usize { tokens[range].iter().map(|t| t.len()).sum() };
    let (mut at_token, mut at_byte) = (0, 0);
    let mut found = Vec::new();
    for range in ranges.filter(|range| !range.is_empty()) {
        let start = at_byte + bytes(at_token..range.start);
        let end = start + bytes(range.clone());
        found.push(start..end);
        (at_token, at_byte) = (range.end, end);
    }
    found
}

fn whole(text: &str) -> Vec<Range<usize>> {
    let all = std::iter::once(0..text.len());
    all.filter(|all| !all.is_empty()).collect()
}

/// Cuts a text into words, single characters outside words, and single
/// characters of white space.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    for piece in text.split_word_bounds() {
        if is_space(piece) {
            tokens.extend(piece.split_inclusive(|_: char| true));
        } else if piece.chars().any(is_katakana) {
            tokens.extend(piece.graphemes(true));
        } else {
            tokens.push(piece);
        }
    }
    tokens
}

fn is_space(token: &str) -> bool {
    token.chars().all(char::is_whitespace)
}

fn is_word(token: &str) -> bool {
    token.chars().any(char::is_alphanumeric)
}

/// The one kana the Annex joins to words; hiragana it leaves single.
fn is_katakana(c: char) -> bool {
    matches!(c, '\u{30a0}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both texts with what changed in brackets.
    fn marked(old: &str, new: &str) -> (String, String) {
        let marks = mark(old, new);
        (bracket(old, &marks.old), bracket(new, &marks.new))
    }

    fn bracket(text: &str, marks: &[Range<usize>]) -> String {
        let mut shown = String::new();
        let mut at = 0;
        for mark in marks {
            shown += &format!("{}[{}]", &text[at..mark.start], &text[mark.clone()]);
            at = mark.end;
        }
        shown + &text[at..]
    }

    fn assert_marked(old: &str, new: &str) {
        let plain = |text: &str| text.replace(['[', ']'], "");
        let found = marked(&plain(old), &plain(new));
        assert_eq!(found, (old.to_string(), new.to_string()));
    }

    #[test]
    fn words_and_punctuation_stand_alone() {
        assert_marked("shall report [annually].", "shall report [each year].");
        assert_marked(
            "the meeting[,] held in Geneva",
            "the meeting held in Geneva",
        );
    }

    #[test]
    fn numbers_and_names_are_words() {
        assert_marked("of [5,197] persons", "of [5,917] persons");
        assert_marked("the [N’Djamena] Agreement", "the [Abuja] Agreement");
        assert_marked("in A/78/383", "in A/78/383[/Rev.1]");
    }

    #[test]
    fn spelling_counts() {
        assert_marked("the [Member] States", "the [member] States");
        assert_marked("in [Türkiye] today", "in [Tu\u{308}rkiye] today");
        assert_marked("the [im plementation] of", "the [implementation] of");
    }

    #[test]
    fn scripts_without_spaces_go_by_character() {
        assert_marked("第[一]条 缔约国", "第[二]条 缔约国");
        assert_marked("ジュネー[ブ]条約", "ジュネー[ヴ]条約");
        assert_marked("この規[則]は", "この規[程]は");
    }

    #[test]
    fn wrapping_is_not_a_change() {
        assert_marked("to the\nSecurity Council\n", "to the Security\nCouncil\n");
        assert_marked("one\n[\n]two", "one two");
    }

    #[test]
    fn other_white_space_is() {
        assert_marked("one[\r]\ntwo", "one\ntwo");
        assert_marked("one[\t]two", "one[ ]two");
        assert_marked("one two", "one [ ]two");
        assert_marked("2[ ]°C is", "2[\u{a0}]°C is");
    }

    #[test]
    fn insertions_begin_with_a_line_or_a_word() {
        assert_marked(
            "(4) One.\n(6) Three.\n",
            "(4) One.\n[(5) Two.\n](6) Three.\n",
        );
        assert_marked("one, three", "one, [two, ]three");
    }

    #[test]
    fn a_word_kept_by_chance_is_marked() {
        assert_marked(
            "It is agreed that [annual reports of the Parties] shall be public.",
            "It is agreed that [statements of Ministers] shall be public.",
        );
    }

    #[test]
    fn unrelated_texts_are_marked_whole() {
        assert_marked(
            "[The Parties shall meet, and report, each year.]",
            "[Nothing here is alike, but commas, remain.]",
        );
    }

    #[test]
    fn counts_words() {
        assert_eq!(count("Article 5, paragraph 2 (a)\n"), 5);
        assert_eq!(count("条約 カタカナ"), 6);
        assert_eq!(count(" .\n"), 0);
    }
}
