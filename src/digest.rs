//! One type for each thing that is hashed, so that a file's digest can never
//! stand where a leaf hash belongs.
//!
//! All are SHA-256 (FIPS 180-4), 32 bytes, written as 64 lower-case
//! hexadecimal digits. What is hashed is said by each type; the hashing of
//! trees lives in [`crate::merkle`], of keys in [`crate::key`].

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use sha2::{Digest as _, Sha256};

/// Bytes in every digest of this program.
pub const DIGEST_LEN: usize = 32;

/// A text that is not 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a SHA-256 digest is 64 hexadecimal digits; this is {0:?}")]
pub struct NotADigest(String);

macro_rules! digest_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; DIGEST_LEN]);

        impl $name {
            /// Takes 32 bytes as such a digest; nothing is hashed or checked.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; DIGEST_LEN]) -> Self {
                Self(bytes)
            }

            /// The 32 bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; DIGEST_LEN] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_hex(f, &self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = NotADigest;

            fn from_str(text: &str) -> Result<Self, NotADigest> {
                parse_hex(text).map(Self)
            }
        }
    };
}

digest_type! {
    /// SHA-256 of a document's bytes as received.
    ContentDigest
}
digest_type! {
    /// RFC 6962 §2.1 leaf hash of an entry: SHA-256(0x00 ‖ entry).
    LeafHash
}
digest_type! {
    /// RFC 6962 §2.1 hash of a subtree; of a single entry it equals the leaf hash.
    TreeHash
}
digest_type! {
    /// RFC 9679 COSE key thumbprint: what a statement's `kid` holds.
    Thumbprint
}
digest_type! {
    /// The leaf hash of entry 0: the one fingerprint an office publishes.
    LedgerId
}

impl ContentDigest {
    /// Hashes bytes that are already in memory.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The RFC 6920 name `ni:///sha-256;…` of these bytes.
    #[must_use]
    pub fn ni_name(&self) -> String {
        let value = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(self.0);
        format!("{NI_PREFIX}{value}")
    }

    /// Reads an RFC 6920 name; `None` if it is not a SHA-256 one.
    #[must_use]
    pub fn from_ni_name(name: &str) -> Option<Self> {
        let value = name.strip_prefix(NI_PREFIX)?;
        let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(value)
            .ok()?;
        Some(Self(bytes.try_into().ok()?))
    }
}

/// What an RFC 6920 name of a SHA-256 digest without authority begins with.
pub const NI_PREFIX: &str = "ni:///sha-256;";

/// Hashes a stream of bytes, counting them.
#[derive(Debug, Clone, Default)]
pub struct ContentHasher {
    hasher: Sha256,
    length: u64,
}

impl ContentHasher {
    /// Starts with no bytes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.length += bytes.len() as u64;
    }

    /// The digest, and how many bytes it covers.
    #[must_use]
    pub fn finish(self) -> (ContentDigest, u64) {
        (ContentDigest(self.hasher.finalize().into()), self.length)
    }
}

impl From<LeafHash> for LedgerId {
    fn from(leaf: LeafHash) -> Self {
        Self(leaf.0)
    }
}

impl From<LedgerId> for LeafHash {
    fn from(id: LedgerId) -> Self {
        Self(id.0)
    }
}

impl From<LeafHash> for TreeHash {
    fn from(leaf: LeafHash) -> Self {
        Self(leaf.0)
    }
}

fn write_hex(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

fn parse_hex(text: &str) -> Result<[u8; DIGEST_LEN], NotADigest> {
    let refuse = || NotADigest(text.chars().take(80).collect());
    if text.len() != 2 * DIGEST_LEN || !text.is_ascii() {
        return Err(refuse());
    }
    let mut bytes = [0; DIGEST_LEN];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let [high, low] = [pair[0], pair[1]].map(|digit| char::from(digit).to_digit(16));
        let (Some(high), Some(low)) = (high, low) else {
            return Err(refuse());
        };
        *byte = u8::try_from(high * 16 + low).map_err(|_| refuse())?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_text_reads_back() {
        let digest = ContentDigest::of(b"abc");
        // FIPS 180-4 example.
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digest.to_string(), text);
        assert_eq!(text.parse(), Ok(digest));
        assert_eq!(text.to_uppercase().parse(), Ok(digest));
        for bad in [
            "",
            "ba78",
            &text[1..],
            &format!("{text}0"),
            &text.replace('b', "g"),
        ] {
            assert!(bad.parse::<ContentDigest>().is_err(), "{bad}");
        }
    }

    #[test]
    fn ni_names_follow_rfc_6920() {
        // RFC 6920 §8.1.
        let name = "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk";
        let digest = ContentDigest::of(b"Hello World!");
        assert_eq!(digest.ni_name(), name);
        assert_eq!(ContentDigest::from_ni_name(name), Some(digest));
        assert_eq!(ContentDigest::from_ni_name("ni:///sha-256;f4Ox"), None);
    }
}
