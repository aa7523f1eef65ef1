//! The text of registered files, for the index and for what is shown of them.

use std::io::Read as _;

use docledger::digest::ContentDigest;
use docledger::index::Texts;
use docledger::reading;
use docledger::store::LedgerDir;

/// The longest file that is read as text.
const MAX_TEXT: u64 = 16 << 20;

/// Reads the files that a ledger stores.
pub(crate) struct Stored<'a>(pub(crate) LedgerDir<'a>);

impl Stored<'_> {
    /// Whether the text of such a file is there at once.
    pub(crate) fn is_quick(media_type: &str) -> bool {
        matches!(media_type, "text/plain" | "text/markdown" | "text/csv")
    }
}

impl Texts for Stored<'_> {
    fn version(&self) -> &str {
        "plain text 1"
    }

    fn text(&self, digest: &ContentDigest, media_type: &str) -> Result<String, String> {
        if !Self::is_quick(media_type) {
            return Err(format!("files of type {media_type} are not read"));
        }
        let file = self.0.open_document(digest);
        let file = file.map_err(|error| error.to_string())?;
        let file = file.ok_or("the file is not in this ledger")?;
        let mut bytes = Vec::new();
        let read = file.take(MAX_TEXT + 1).read_to_end(&mut bytes);
        read.map_err(|error| error.to_string())?;
        if bytes.len() as u64 > MAX_TEXT {
            return Err("the file is longer than 16 MiB".to_owned());
        }
        if ContentDigest::of(&bytes) != *digest {
            return Err("the stored file is damaged".to_owned());
        }
        let text = reading::decode_text(&bytes);
        text.ok_or_else(|| "the text is in no known encoding".to_owned())
    }
}
