//! Pairs the equal items of two sequences, within a bounded amount of work.
//!
//! Items are numbers: two lines, or two words, are equal if their numbers
//! are. Items found once on each side are paired first, since they hold a
//! text together (a heading, a rare word), then what lies between them, by
//! the shortest way from one to the other. This module knows nothing of text.

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::hash::Hash;
use std::ops::Range;

use similar::algorithms::{DiffHook, myers};

/// The most items, of both sides together, that one search is given.
///
/// A search takes some `n * sqrt(n)` steps for `n` items, so this bounds it
/// by about fifty million. Longer pieces that can't be cut are left unpaired.
const PIECE: usize = 1 << 17;

/// How often a piece is cut at what has become unique within it.
const ROUNDS: usize = 4;

/// In a long piece without unique items, unique series of this many do.
const SERIES: usize = 8;

/// A stretch of equal items: `old[old..][..len]` equals `new[new..][..len]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) old: usize,
    pub(super) new: usize,
    pub(super) len: usize,
}

impl Run {
    pub(super) fn old_end(&self) -> usize {
        self.old + self.len
    }

    pub(super) fn new_end(&self) -> usize {
        self.new + self.len
    }
}

/// A stretch that differs; one side of it may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Gap {
    pub(super) old: Range<usize>,
    pub(super) new: Range<usize>,
}

impl Gap {
    pub(super) fn is_empty(&self) -> bool {
        self.old.is_empty() && self.new.is_empty()
    }
}

/// The pairs found, as runs in order.
#[derive(Debug, Default)]
pub(super) struct Alignment {
    pub(super) runs: Vec<Run>,
    /// Items that both sides have but that were not paired, for their number.
    pub(super) unsearched: usize,
}

/// Pairs the items of two sequences.
pub(super) fn align(old: &[usize], new: &[usize]) -> Alignment {
    align_pieces(old, new, PIECE)
}

fn align_pieces(old: &[usize], new: &[usize], piece: usize) -> Alignment {
    let mut search = Search {
        old,
        new,
        piece,
        sightings: Vec::new(),
        found: Alignment::default(),
    };
    search.cut(0..old.len(), 0..new.len(), ROUNDS);
    search.found
}

/// Numbers things from 0 on, so that equal things get equal numbers.
pub(super) fn number<T: Eq + Hash>(
    old: impl Iterator<Item = T>,
    new: impl Iterator<Item = T>,
) -> (Vec<usize>, Vec<usize>) {
    let mut numbers = HashMap::new();
    let mut number = |item| {
        let next = numbers.len();
        *numbers.entry(item).or_insert(next)
    };
    (
        old.map(&mut number).collect(),
        new.map(&mut number).collect(),
    )
}

/// What the runs leave out.
pub(super) fn gaps(runs: &[Run], old_len: usize, new_len: usize) -> Vec<Gap> {
    let (mut old, mut new) = (0, 0);
    let end = Run {
        old: old_len,
        new: new_len,
        len: 0,
    };
    let mut gaps = Vec::new();
    for run in runs.iter().chain([&end]) {
        gaps.push(Gap {
            old: old..run.old,
            new: new..run.new,
        });
        (old, new) = (run.old_end(), run.new_end());
    }
    gaps.retain(|gap| !gap.is_empty());
    gaps
}

/// How many items two sequences begin with in common.
fn common_prefix<T: PartialEq>(old: &[T], new: &[T]) -> usize {
    old.iter().zip(new).take_while(|(a, b)| a == b).count()
}

/// How many items two sequences end with in common.
fn common_suffix<T: PartialEq>(old: &[T], new: &[T]) -> usize {
    let ends = old.iter().rev().zip(new.iter().rev());
    ends.take_while(|(a, b)| a == b).count()
}

struct Search<'a> {
    old: &'a [usize],
    new: &'a [usize],
    piece: usize,
    /// Kept from one call of `unique_pairs` to the next.
    sightings: Vec<Sighting>,
    found: Alignment,
}

impl Search<'_> {
    /// Pairs the ends two ranges have in common, and cuts the rest at anchors.
    fn cut(&mut self, old: Range<usize>, new: Range<usize>, rounds: usize) {
        let head = common_prefix(&self.old[old.clone()], &self.new[new.clone()]);
        self.pair(old.start, new.start, head);
        let (old_start, new_start) = (old.start + head, new.start + head);
        let tail = common_suffix(&self.old[old_start..old.end], &self.new[new_start..new.end]);
        let (old_end, new_end) = (old.end - tail, new.end - tail);

        let anchors = match rounds {
            0 => Vec::new(),
            _ => self.anchors(old_start..old_end, new_start..new_end),
        };
        let (mut old_from, mut new_from) = (old_start, new_start);
        for &(old_at, new_at) in &anchors {
            self.cut(old_from..old_at, new_from..new_at, rounds - 1);
            self.pair(old_at, new_at, 1);
            (old_from, new_from) = (old_at + 1, new_at + 1);
        }
        match anchors.is_empty() {
            true => self.search(old_start..old_end, new_start..new_end),
            false => self.cut(old_from..old_end, new_from..new_end, rounds - 1),
        }
        self.pair(old_end, new_end, tail);
    }

    /// Places that belong together, rising on both sides.
    fn anchors(&mut self, old: Range<usize>, new: Range<usize>) -> Vec<(usize, usize)> {
        let (old_items, new_items) = (&self.old[old.clone()], &self.new[new.clone()]);
        let mut pairs = unique_pairs(old_items, new_items, &mut self.sightings);
        if pairs.is_empty() && old.len() + new.len() > self.piece {
            let (old_series, new_series) =
                number(old_items.windows(SERIES), new_items.windows(SERIES));
            pairs = unique_pairs(&old_series, &new_series, &mut self.sightings);
        }
        let places = |(old_at, new_at)| (old.start + old_at, new.start + new_at);
        longest_rising(&pairs).into_iter().map(places).collect()
    }

    fn search(&mut self, old: Range<usize>, new: Range<usize>) {
        if old.is_empty() || new.is_empty() {
            return;
        }
        let items = old.len() + new.len();
        if items > self.piece {
            self.found.unsearched += shared(&self.old[old], &self.new[new]);
            return;
        }
        let (old_items, new_items) = (self.old, self.new);
        let Ok(()) = myers::diff(self, old_items, old, new_items, new);
    }

    fn pair(&mut self, old: usize, new: usize, len: usize) {
        match self.found.runs.last_mut() {
            Some(last) if last.old_end() == old && last.new_end() == new => {
                last.len += len;
            }
            _ if len > 0 => self.found.runs.push(Run { old, new, len }),
            _ => {}
        }
    }
}

impl DiffHook for Search<'_> {
    type Error = Infallible;

    fn equal(&mut self, old: usize, new: usize, len: usize) -> Result<(), Infallible> {
        self.pair(old, new, len);
        Ok(())
    }
}

/// Where an item was seen.
#[derive(Clone, Copy, Default)]
struct Sighting {
    old: Seen,
    new: Seen,
}

#[derive(Clone, Copy, Default)]
enum Seen {
    #[default]
    Never,
    Once(usize),
    Often,
}

impl Seen {
    fn again(&mut self, at: usize) {
        *self = match self {
            Seen::Never => Seen::Once(at),
            Seen::Once(_) | Seen::Often => Seen::Often,
        };
    }
}

/// Pairs the items found once on each side, in the order of the new one.
///
/// `sightings`, one for each number an item may have, are left as they were:
/// blank. So a call costs no more than its items, however large the numbers.
fn unique_pairs(
    old: &[usize],
    new: &[usize],
    sightings: &mut Vec<Sighting>,
) -> Vec<(usize, usize)> {
    let numbers = old.iter().chain(new).max().map_or(0, |max| max + 1);
    if sightings.len() < numbers {
        sightings.resize(numbers, Sighting::default());
    }
    for (at, &item) in old.iter().enumerate() {
        sightings[item].old.again(at);
    }
    for (at, &item) in new.iter().enumerate() {
        sightings[item].new.again(at);
    }
    let pair = |&item: &usize| match (sightings[item].old, sightings[item].new) {
        (Seen::Once(old_at), Seen::Once(new_at)) => Some((old_at, new_at)),
        _ => None,
    };
    let pairs = new.iter().filter_map(pair).collect();
    for &item in old.iter().chain(new) {
        sightings[item] = Sighting::default();
    }
    pairs
}

/// How many items of either side the other has too.
fn shared(old: &[usize], new: &[usize]) -> usize {
    let in_old: HashSet<_> = old.iter().collect();
    let in_new: HashSet<_> = new.iter().collect();
    let shared_old = old.iter().filter(|item| in_new.contains(item));
    let shared_new = new.iter().filter(|item| in_old.contains(item));
    shared_old.count() + shared_new.count()
}

/// The most pairs whose first places rise as their second do, by patience
/// sorting.
fn longest_rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // `piles[n]` is the end of that series of n + 1 pairs which ends lowest;
    // `before` leads from a pair to the one it follows.
    let mut piles: Vec<usize> = Vec::new();
    let mut before = Vec::with_capacity(pairs.len());
    for (at, pair) in pairs.iter().enumerate() {
        let pile = piles.partition_point(|&top| pairs[top].0 < pair.0);
        before.push(pile.checked_sub(1).map(|left| piles[left]));
        match piles.get_mut(pile) {
            Some(top) => *top = at,
            None => piles.push(at),
        }
    }
    let last = piles.last().copied();
    let mut series: Vec<_> = std::iter::successors(last, |&at| before[at])
        .map(|at| pairs[at])
        .collect();
    series.reverse();
    series
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn items(text: &str) -> Vec<usize> {
        text.bytes().map(usize::from).collect()
    }

    /// What was paired, runs apart by spaces.
    fn paired(old: &str, new: &str, piece: usize) -> (String, usize) {
        let found = align_pieces(&items(old), &items(new), piece);
        let runs: Vec<_> = found
            .runs
            .iter()
            .map(|run| &old[run.old..run.old_end()])
            .collect();
        (runs.join(" "), found.unsearched)
    }

    #[test]
    fn unique_items_come_first() {
        // Longer, but made of dashes only, would be "----".
        assert_eq!(paired("--A----", "----A--", PIECE).0, "-- A --");
    }

    #[test]
    fn what_moved_is_paired_once() {
        assert_eq!(paired("ABCD", "BCDA", PIECE).0, "BCD");
    }

    #[test]
    fn long_pieces_without_anchors_are_given_up() {
        assert_eq!(paired("aabbaabb", "babababa", 16).1, 0);
        assert_eq!(paired("aabbaabb", "babababa", 15), (String::new(), 16));
        // Ends in common need no search, and what only one side has no excuse.
        assert_eq!(paired("xaabby", "xbabay", 3), ("x y".to_string(), 8));
        assert_eq!(paired("aaaa", "bbbb", 3), (String::new(), 0));
    }

    #[test]
    fn long_pieces_are_cut_at_unique_series() {
        let (old, new) = (
            "ab".repeat(9) + "bbaabaabbab",
            "ba".repeat(9) + "bbaabaabbba",
        );
        let (runs, unsearched) = paired(&old, &new, 40);
        assert_eq!(unsearched, 0);
        assert!(runs.contains("bbaabaabb"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn pairs_are_equal_and_in_order(old in "[a-e]{0,60}", new in "[a-e]{0,60}", piece in 0_usize..130) {
            let (old, new) = (items(&old), items(&new));
            let (mut old_at, mut new_at) = (0, 0);
            for run in align_pieces(&old, &new, piece).runs {
                prop_assert!(run.len > 0 && run.old >= old_at && run.new >= new_at);
                prop_assert_eq!(&old[run.old..run.old_end()], &new[run.new..run.new_end()]);
                (old_at, new_at) = (run.old_end(), run.new_end());
            }
        }
    }
}
