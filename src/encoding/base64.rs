//! Base 64 as C2SP writes it (RFC 4648 §4, with padding), read strictly: one
//! text for one value.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Encodes with the standard alphabet and padding.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Decodes exactly what [`encode`] writes: padding required, no spare bits.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_text_is_read() {
        assert_eq!(decode("AQ=="), Some(vec![1]));
        for bad in ["AQ", "AQ=", "AR==", "AQ==\n", " AQ==", "A-_="] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }
}
