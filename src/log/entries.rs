//! Entry bundles (C2SP tlog-tiles): entries after each other, each behind its
//! length in two bytes, the greater first.

/// Why bytes are not a bundle of the expected number of entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// The bytes end before the entry does.
    #[error("the bytes end inside entry {0} of the bundle")]
    Truncated(usize),
    /// An entry is never empty.
    #[error("entry {0} of the bundle is empty")]
    Empty(usize),
    /// Bytes follow the last entry.
    #[error("{0} bytes after the last entry")]
    Trailing(usize),
}

/// Takes a bundle of `count` entries apart.
///
/// # Errors
/// If it holds fewer or more bytes than those entries.
pub fn read_bundle(bytes: &[u8], count: u16) -> Result<Vec<&[u8]>, BundleError> {
    let mut rest = bytes;
    let mut entries = Vec::with_capacity(usize::from(count));
    for number in 0..usize::from(count) {
        let (entry, after) = match split_first(rest) {
            Some(([], _)) => return Err(BundleError::Empty(number)),
            Some(split) => split,
            None => return Err(BundleError::Truncated(number)),
        };
        entries.push(entry);
        rest = after;
    }
    if rest.is_empty() {
        Ok(entries)
    } else {
        Err(BundleError::Trailing(rest.len()))
    }
}

/// The whole entries that a damaged bundle begins with.
#[must_use]
pub fn leading_entries(bytes: &[u8]) -> Vec<&[u8]> {
    let mut rest = bytes;
    let next = std::iter::from_fn(|| {
        let (entry, after) = split_first(rest).filter(|(entry, _)| !entry.is_empty())?;
        rest = after;
        Some(entry)
    });
    next.collect()
}

/// The first entry, which may be empty, and what follows it; `None` if the
/// bytes end inside it.
fn split_first(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, body) = bytes.split_first_chunk::<2>()?;
    body.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

/// Puts entries into a bundle; `None` if one is empty or longer than 65,535 bytes.
#[must_use]
pub fn write_bundle<T: AsRef<[u8]>>(entries: &[T]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for entry in entries.iter().map(AsRef::as_ref) {
        let length = u16::try_from(entry.len())
            .ok()
            .filter(|length| *length > 0)?;
        bytes.extend(length.to_be_bytes());
        bytes.extend(entry);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bundles_read_back_and_every_truncation_is_refused() {
        let entries = [vec![1], vec![2; 300], vec![3; 65_535]];
        let bytes = write_bundle(&entries).expect("within bounds");
        assert_eq!(
            read_bundle(&bytes, 3),
            Ok(entries.iter().map(Vec::as_slice).collect())
        );
        for end in (0..400).chain([bytes.len() - 1]) {
            assert!(matches!(
                read_bundle(&bytes[..end], 3),
                Err(BundleError::Truncated(_))
            ));
        }
        assert_eq!(read_bundle(&bytes, 2), Err(BundleError::Trailing(65_537)));
        assert_eq!(read_bundle(&[0, 0], 1), Err(BundleError::Empty(0)));
        assert_eq!(write_bundle(&[vec![0; 65_536]]), None);
        assert_eq!(write_bundle(&[vec![]]), None);
    }
}
