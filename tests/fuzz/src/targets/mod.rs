//! What must hold for any bytes: a function for each parser of untrusted ones,
//! which panics where it does not hold. The engine runs them, and so does
//! `tests/fuzzing.rs`, over every seed and finding.

mod bag;
mod encoding;
mod evidence;
mod keys;
mod ledger;
mod log;
mod manifest;
mod masthead;
mod memory;
mod readers;
mod stamp;
mod symbol;

/// Checks one input.
pub(crate) type Check = fn(&[u8]);

/// Every target by its name, which is that of its folders.
pub(crate) const ALL: &[(&str, Check)] = &[
    ("bag", bag::bag),
    ("bundle", log::bundle),
    ("cbor", encoding::cbor),
    ("checkpoint", log::checkpoint),
    ("docx", readers::docx),
    ("entries", ledger::entries),
    ("evidence", evidence::evidence),
    ("fork", ledger::fork),
    ("html", readers::html),
    ("manifest", manifest::manifest),
    ("masthead", masthead::masthead),
    ("note", encoding::note),
    ("odt", readers::odt),
    #[cfg(feature = "pdf")]
    ("pdf", readers::pdf),
    ("plain", readers::plain),
    ("public_key", keys::public_key),
    ("secret_key", keys::secret_key),
    ("stamp", stamp::stamp),
    ("statement", encoding::statement),
    ("symbol", symbol::symbol),
    ("tile", log::tile),
    ("tile_path", log::tile_path),
    ("verify", ledger::verify),
];
