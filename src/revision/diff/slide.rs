//! Moves insertions and removals to where a reader expects them.
//!
//! Between "a b d" and "a b c b d" either "b c" or "c b" was inserted. Both
//! are true; one may read better.

use super::align::Gap;

/// Slides each gap that has items on one side only to its best place.
///
/// `worth` values a place between two items, as the beginning or the end of
/// a gap; of places worth the same the last is taken. Gaps that come to touch
/// are joined.
pub(super) fn slide<T: PartialEq>(
    gaps: &mut Vec<Gap>,
    old: &[T],
    new: &[T],
    worth: impl Fn(&[T], usize) -> u32,
) {
    for at in 0..gaps.len() {
        let (before, after) = room(gaps, at, new.len());
        let gap = &mut gaps[at];
        let (items, start, end) = match (gap.old.is_empty(), gap.new.is_empty()) {
            (true, false) => (new, gap.new.start, gap.new.end),
            (false, true) => (old, gap.old.start, gap.old.end),
            _ => continue,
        };
        let left = (0..before)
            .take_while(|by| items[start - by - 1] == items[end - by - 1])
            .count();
        let right = (0..after)
            .take_while(|by| items[start + by] == items[end + by])
            .count();
        // Counted from the leftmost place, so that no distance is negative.
        let best = (0..=left + right)
            .max_by_key(|by| worth(items, start - left + by) + worth(items, end - left + by))
            .unwrap_or(left);
        for side in [&mut gap.old, &mut gap.new] {
            *side = side.start - left + best..side.end - left + best;
        }
    }
    join_touching(gaps);
}

/// How many equal items lie between a gap and its neighbours.
fn room(gaps: &[Gap], at: usize, new_len: usize) -> (usize, usize) {
    let from = match at.checked_sub(1) {
        Some(previous) => gaps[previous].new.end,
        None => 0,
    };
    let to = gaps.get(at + 1).map_or(new_len, |next| next.new.start);
    (gaps[at].new.start - from, to - gaps[at].new.end)
}

fn join_touching(gaps: &mut Vec<Gap>) {
    gaps.dedup_by(|next, gap| {
        let touch = gap.old.end == next.old.start && gap.new.end == next.new.start;
        if touch {
            gap.old.end = next.old.end;
            gap.new.end = next.new.end;
        }
        touch
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slid(
        mut gaps: Vec<Gap>,
        old: &str,
        new: &str,
        worth: impl Fn(&[u8], usize) -> u32,
    ) -> Vec<Gap> {
        slide(&mut gaps, old.as_bytes(), new.as_bytes(), worth);
        gaps
    }

    #[test]
    fn takes_the_last_of_equal_places() {
        let inserted = vec![Gap {
            old: 1..1,
            new: 1..3,
        }];
        let expected = vec![Gap {
            old: 2..2,
            new: 2..4,
        }];
        assert_eq!(slid(inserted, "abd", "abcbd", |_, _| 0), expected);
    }

    #[test]
    fn takes_the_place_worth_most() {
        let removed = vec![Gap {
            old: 2..4,
            new: 2..2,
        }];
        let expected = vec![Gap {
            old: 1..3,
            new: 1..1,
        }];
        assert_eq!(
            slid(removed, "abcbd", "abd", |_, at| u32::from(at == 1)),
            expected
        );
    }

    #[test]
    fn joins_what_comes_to_touch() {
        let apart = vec![
            Gap {
                old: 0..0,
                new: 0..1,
            },
            Gap {
                old: 1..2,
                new: 2..3,
            },
        ];
        let joined = vec![Gap {
            old: 1..2,
            new: 1..3,
        }];
        assert_eq!(slid(apart, "ax", "aay", |_, _| 0), joined);
    }
}
