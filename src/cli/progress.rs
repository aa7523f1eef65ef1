//! What long work shows on a terminal, and nowhere else.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressStyle};

use super::args::{Args, Format};

/// A bar on standard error that goes away when it is dropped.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Counts steps up to `total`.
    pub(crate) fn counting(args: &Args, what: &'static str, total: usize) -> Self {
        let bar = Self::bar(args, ProgressBar::new(total as u64));
        let style = ProgressStyle::with_template("{msg} {bar:40} {pos}/{len} {eta}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(what);
        Self(bar)
    }

    /// Says that something takes its time.
    pub(crate) fn waiting(args: &Args, what: &'static str) -> Self {
        let bar = Self::bar(args, ProgressBar::new_spinner());
        bar.set_message(what);
        bar.enable_steady_tick(std::time::Duration::from_millis(100));
        Self(bar)
    }

    fn bar(args: &Args, bar: ProgressBar) -> ProgressBar {
        if args.format == Format::Text && std::io::stderr().is_terminal() {
            bar
        } else {
            ProgressBar::hidden()
        }
    }

    /// One step is done.
    pub(crate) fn step(&self) {
        self.0.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
