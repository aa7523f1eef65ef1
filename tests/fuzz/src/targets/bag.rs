//! Bags from elsewhere: only a whole one is read. And names of exports.

use std::collections::BTreeMap;

use docledger::digest::ContentDigest;
use docledger::export::bagit::{Bag, DECLARATION, DECLARATION_FILE, Folder, MANIFEST_FILE};
use docledger::export::safe_name;

/// The payload of every bag here.
const PAYLOAD: [(&str, &str); 2] = [("data/a.txt", "first\n"), ("data/b/c.txt", "second\n")];

struct Files(BTreeMap<String, Vec<u8>>);

impl Folder for Files {
    fn paths(&self) -> Result<Vec<String>, String> {
        Ok(self.0.keys().cloned().collect())
    }

    fn read(&self, path: &str, show: &mut dyn FnMut(&[u8])) -> Result<(), String> {
        show(self.0.get(path).ok_or("not there")?);
        Ok(())
    }
}

/// Whatever the manifest says, a bag is read only if each file stands in it once
/// with its digest, and nothing else does.
pub(super) fn bag(bytes: &[u8]) {
    let mut files = BTreeMap::from([
        (DECLARATION_FILE.to_owned(), DECLARATION.into()),
        (MANIFEST_FILE.to_owned(), bytes.to_vec()),
    ]);
    for (path, text) in PAYLOAD {
        files.insert(path.to_owned(), text.into());
    }
    if Bag::read(&Files(files)).is_ok() {
        let text = std::str::from_utf8(bytes).expect("a manifest is text");
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        assert_eq!(lines.clone().count(), PAYLOAD.len());
        for (path, text) in PAYLOAD {
            let digest = ContentDigest::of(text.as_bytes()).to_string();
            let mut named = lines.clone().filter(|line| line.ends_with(path));
            let line = named.next().expect("each file is named").to_lowercase();
            assert!(line.starts_with(&digest) && named.next().is_none());
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let name = safe_name(text);
        assert!(!name.is_empty() && !name.starts_with('.') && !name.ends_with(['.', ' ']));
        assert!(!name.contains(['/', '\\', ':', '%', '\0', '\n', '\r']));
        assert_eq!(safe_name(&name), name);
    }
}
