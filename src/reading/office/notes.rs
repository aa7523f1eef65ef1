//! What a reader of an office document's lines should know.

use crate::reading::Builder;

/// What stands in the file and not, or not so, in the lines.
#[derive(Debug, Default)]
pub(super) struct Reservations {
    pub(super) insertions: usize,
    pub(super) deletions: usize,
    pub(super) comments: usize,
    /// Pieces of text that the file marks as hidden.
    pub(super) hidden: usize,
    /// Whether some text is white, with nothing known to lie behind it.
    pub(super) white: bool,
}

impl Reservations {
    pub(super) fn tell(&self, builder: &mut Builder) {
        if self.insertions + self.deletions > 0 {
            builder.warn(format!(
                "tracked changes are read as accepted: {}, {}",
                count(self.insertions, "insertion"),
                count(self.deletions, "deletion"),
            ));
        }
        if self.comments > 0 {
            builder.warn(format!("left out: {}", count(self.comments, "comment")));
        }
        if self.hidden > 0 {
            let pieces = count(self.hidden, "piece");
            builder.warn(format!("left out: {pieces} of hidden text"));
        }
        if self.white {
            builder.warn("some text is white");
        }
    }
}

fn count(number: usize, thing: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{ending}")
}
