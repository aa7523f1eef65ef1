//! BagIt (RFC 8493): the texts that a bag is made of, and whether a bag that
//! came from elsewhere is complete and undamaged.

mod fault;
mod line;
mod read;
#[cfg(test)]
mod tests;

pub use fault::BagFault;
pub use read::{Bag, Folder};

use super::{Package, rfc3339};

/// Declares a bag (section 2.1.1).
pub const DECLARATION_FILE: &str = "bagit.txt";
/// What [`DECLARATION_FILE`] holds.
pub const DECLARATION: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
/// What is said of the bag as a whole (section 2.2.2).
pub const INFO_FILE: &str = "bag-info.txt";
/// Digests of the payload (section 2.1.3).
pub const MANIFEST_FILE: &str = "manifest-sha256.txt";
/// Digests of everything else (section 2.2.1).
pub const TAG_MANIFEST_FILE: &str = "tagmanifest-sha256.txt";
/// The folder of the payload.
pub const PAYLOAD: &str = "data";
/// Names what is to be fetched; such a bag is not complete.
const FETCH_FILE: &str = "fetch.txt";

/// Label of the sender in [`INFO_FILE`].
pub const SOURCE: &str = "Source-Organization";
/// Label of what the sender calls the bag's contents.
const IDENTIFIER: &str = "External-Identifier";
/// Label that this program adds: size and root of the ledger's head.
pub const HEAD: &str = "Docledger-Head";
/// Label of bytes and files of the payload.
const OXUM: &str = "Payload-Oxum";

/// A line of a manifest.
#[must_use]
pub fn manifest_line(digest: &str, path: &str) -> String {
    let path = path
        .replace('%', "%25")
        .replace('\n', "%0A")
        .replace('\r', "%0D");
    format!("{digest}  {path}\n")
}

/// What a bag says of itself: so many payload files, so many bytes.
#[must_use]
pub fn info(package: &Package, files: u64, bytes: u64) -> String {
    let day = rfc3339(package.now).unwrap_or_default();
    let day = day.split('T').next().unwrap_or_default();
    let left_out = package.items.len() as u64 - files;
    let mut lines = vec![
        (SOURCE, package.issuer.clone()),
        ("Bagging-Date", day.to_owned()),
        (IDENTIFIER, format!("ledger {}", package.ledger)),
        (
            "External-Description",
            format!("{files} registered files of the ledger {}", package.origin),
        ),
        (OXUM, format!("{bytes}.{files}")),
        (
            "Bag-Software-Agent",
            format!("docledger {}", env!("CARGO_PKG_VERSION")),
        ),
        (HEAD, format!("{} {}", package.head.size, package.head.root)),
    ];
    if left_out > 0 {
        let said = format!("{left_out} registered files that are missing or damaged");
        lines.push(("Docledger-Left-Out", said));
    }
    let one_line = |text: &str| {
        let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
        plain.collect::<String>()
    };
    let lines = lines.iter();
    lines
        .map(|(label, value)| format!("{label}: {}\n", one_line(value)))
        .collect()
}
