//! The program `docledger`: starts the command line, returns the exit code.

mod cli;

fn main() -> std::process::ExitCode {
    cli::run()
}
