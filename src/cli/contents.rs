//! The text of registered files, for the index and for what is shown of them.

use std::io::Read as _;

use docledger::digest::ContentDigest;
use docledger::index::Texts;
use docledger::reading::{Kind, Limits};
use docledger::store::LedgerDir;

use super::reader;

/// Reads the files that a ledger stores.
pub(crate) struct Stored<'a>(pub(crate) LedgerDir<'a>);

impl Stored<'_> {
    /// Whether the text of such a file is there at once.
    pub(crate) fn is_quick(media_type: &str) -> bool {
        matches!(Kind::of(media_type), Some(Kind::Plain))
    }
}

impl Texts for Stored<'_> {
    fn version(&self) -> &str {
        "plain, html, docx, odt, pdf 2"
    }

    fn text(&self, digest: &ContentDigest, media_type: &str) -> Result<String, String> {
        if Kind::of(media_type).is_none() {
            return Err(format!("the text of {media_type} is not read"));
        }
        let file = self.0.open_document(digest);
        let file = file.map_err(|error| error.to_string())?;
        let file = file.ok_or("the file is not in this ledger")?;
        let most = Limits::default().input;
        let mut bytes = Vec::new();
        let read = file.take(most as u64 + 1).read_to_end(&mut bytes);
        read.map_err(|error| error.to_string())?;
        if bytes.len() > most {
            return Err(format!("the file is longer than {} MiB", most >> 20));
        }
        if ContentDigest::of(&bytes) != *digest {
            return Err("the stored file is damaged".to_owned());
        }
        let text = reader::read_text(media_type, bytes).map_err(|error| format!("{error:#}"))?;
        if text.lines.is_empty() && !text.warnings.is_empty() {
            return Err(text.warnings.join("; "));
        }
        let lines: Vec<_> = text.lines.into_iter().map(|line| line.text).collect();
        Ok(lines.join("\n"))
    }
}
