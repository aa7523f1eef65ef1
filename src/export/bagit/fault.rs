//! What can be wrong with a bag.

use super::{DECLARATION_FILE, FETCH_FILE, INFO_FILE, OXUM};

/// What is wrong with a bag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BagFault {
    /// The folder.
    #[error("{0}")]
    Folder(String),
    /// No declaration, or one of another kind.
    #[error("{DECLARATION_FILE}: {0}")]
    Declaration(&'static str),
    /// No manifest of the payload that this program can check.
    #[error(
        "there is no payload manifest with SHA-256 or SHA-512; weaker digests are not accepted"
    )]
    NoManifest,
    /// Something else has to be fetched.
    #[error("{FETCH_FILE}: the bag is not complete, and nothing is fetched")]
    Fetch,
    /// A line that is not of its file's form.
    #[error("{file}: line {line}: {problem}")]
    Line {
        /// Which file.
        file: String,
        /// Which line, from 1.
        line: usize,
        /// What is wrong.
        problem: &'static str,
    },
    /// A file that a manifest names is not there.
    #[error("{path} is missing; {manifest} names it")]
    Missing {
        /// Which file.
        path: String,
        /// Which manifest.
        manifest: String,
    },
    /// A file that a manifest does not name.
    #[error("{path} is surplus: {manifest} does not name it")]
    Surplus {
        /// Which file.
        path: String,
        /// Which manifest.
        manifest: String,
    },
    /// A file whose bytes are not those that were put into the bag.
    #[error("{path} is altered: its digest is not the one in {manifest}")]
    Altered {
        /// Which file.
        path: String,
        /// Which manifest.
        manifest: String,
    },
    /// The sum of the payload.
    #[error("{INFO_FILE}: the payload is {found}, not {said} as {OXUM} says")]
    Oxum {
        /// What it says.
        said: String,
        /// What was counted.
        found: String,
    },
}
