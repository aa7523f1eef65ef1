//! The command line: flags, prompts, output, exit codes. The one place that
//! asks the machine for files a user names, the clock, randomness and the
//! environment; everything else is the library's.

mod args;
mod commands;
mod contents;
mod error;
mod html;
#[cfg(feature = "net")]
mod http;
mod keys;
mod machine;
mod progress;
mod reader;
mod render;
mod signers;
mod standing;

use std::process::ExitCode;

use clap::Parser as _;

/// Exit codes; they never change.
mod exit {
    /// Verified, or no difference, or done.
    pub(super) const GOOD: u8 = 0;
    /// Failed, or differs.
    pub(super) const BAD: u8 = 1;
    /// Could not do it.
    pub(super) const UNABLE: u8 = 2;
    /// Nothing wrong found, but not established.
    pub(super) const OPEN: u8 = 3;
}

/// What a command came to, as its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Good,
    Bad,
    Open,
}

pub(crate) fn run() -> ExitCode {
    let args = args::Args::parse();
    args.color.write_global();
    match commands::run(&args) {
        Ok(Outcome::Good) => ExitCode::from(exit::GOOD),
        Ok(Outcome::Bad) => ExitCode::from(exit::BAD),
        Ok(Outcome::Open) => ExitCode::from(exit::OPEN),
        Err(error) if error::is_closed_pipe(&error) => ExitCode::from(exit::GOOD),
        Err(error) => {
            error::show(&error);
            ExitCode::from(exit::UNABLE)
        }
    }
}
