//! A tar archive (ustar, IEEE Std 1003.1, `pax`) that is the same bytes whenever
//! the same files are put into it: it can be hashed, and read again, without
//! being written anywhere.
//!
//! Plain files only, mode 0644, without owners and times.

/// The size of a header and the unit of contents, in bytes.
const BLOCK: usize = 512;
/// Where the fields that are used begin (ustar interchange format).
const MODE: usize = 100;
const SIZE: usize = 124;
const TIME: usize = 136;
const CHECKSUM: usize = 148;
const KIND: usize = 156;
const MAGIC: usize = 257;
const PREFIX: usize = 345;
/// The longest parts of a path, on either side of a slash.
const MAX_NAME: usize = 100;
const MAX_PREFIX: usize = 155;
/// The longest file: eleven octal digits.
const MAX_SIZE: u64 = (1 << 33) - 1;

/// Why a file can't be put into an archive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// Its path can't be parted into 155 and 100 bytes.
    #[error("{0}: the path is too long to be kept as proof")]
    Path(String),
    /// It is too long.
    #[error("{0}: longer than 8 GiB, the most that is kept as proof")]
    Size(String),
}

/// A path that an archive can hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberName {
    prefix: String,
    name: String,
}

impl MemberName {
    /// Parts a path where the two halves fit.
    ///
    /// # Errors
    /// If they fit nowhere.
    pub fn new(path: &str) -> Result<Self, ArchiveError> {
        let slashes = path.match_indices('/').map(|(place, _)| place);
        let parted = slashes.map(|place| (&path[..place], &path[place + 1..]));
        let mut halves = std::iter::once(("", path)).chain(parted);
        let fit = halves.find(|(prefix, name)| {
            prefix.len() <= MAX_PREFIX && !name.is_empty() && name.len() <= MAX_NAME
        });
        let (prefix, name) = fit.ok_or_else(|| ArchiveError::Path(path.to_owned()))?;
        Ok(Self {
            prefix: prefix.to_owned(),
            name: name.to_owned(),
        })
    }
}

/// The header of a file of `size` bytes.
///
/// # Errors
/// If that is more than a header can say.
pub fn member_header(name: &MemberName, size: u64) -> Result<Vec<u8>, ArchiveError> {
    if size > MAX_SIZE {
        return Err(ArchiveError::Size(name.name.clone()));
    }
    let mut header = vec![0; BLOCK];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, name.name.as_bytes());
    put(MODE, b"0000644\x000000000\x000000000\0");
    put(SIZE, format!("{size:011o}\0").as_bytes());
    put(TIME, b"00000000000\0");
    put(CHECKSUM, b"        ");
    put(KIND, b"0");
    put(MAGIC, b"ustar\x0000");
    put(PREFIX, name.prefix.as_bytes());
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[CHECKSUM..CHECKSUM + 8].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Ok(header)
}

/// What follows the contents of a file of `size` bytes.
#[must_use]
pub fn member_padding(size: u64) -> Vec<u8> {
    let over = usize::try_from(size % BLOCK as u64).unwrap_or(0);
    vec![0; (BLOCK - over) % BLOCK]
}

/// What ends an archive.
#[must_use]
pub fn trailer() -> Vec<u8> {
    vec![0; 2 * BLOCK]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_parted_at_a_slash() {
        let name = MemberName::new("ledger/tile/0/000").expect("short");
        assert_eq!(
            (name.prefix.as_str(), name.name.as_str()),
            ("", "ledger/tile/0/000")
        );
        let long = format!("{}/{}", "a".repeat(100), "b".repeat(90));
        let name = MemberName::new(&long).expect("fits");
        assert_eq!((name.prefix.len(), name.name.len()), (100, 90));
        assert!(MemberName::new(&"a".repeat(101)).is_err());
        assert!(MemberName::new(&format!("{}/b", "a".repeat(156))).is_err());
        assert!(member_header(&name, MAX_SIZE + 1).is_err());
    }

    #[test]
    fn a_header_sums_up_and_contents_fill_blocks() {
        let name = MemberName::new("keys/policy").expect("short");
        let header = member_header(&name, 1234).expect("a header");
        assert_eq!(header.len(), BLOCK);
        assert_eq!(&header[SIZE..SIZE + 11], b"00000002322");
        let mut blank = header.clone();
        blank[CHECKSUM..CHECKSUM + 8].fill(b' ');
        let sum: u32 = blank.iter().map(|byte| u32::from(*byte)).sum();
        assert_eq!(
            &header[CHECKSUM..CHECKSUM + 6],
            format!("{sum:06o}").as_bytes()
        );
        for (size, padding) in [(0, 0), (1, 511), (511, 1), (512, 0), (513, 511)] {
            assert_eq!(member_padding(size).len(), padding);
        }
    }
}
