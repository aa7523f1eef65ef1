//! ZIP in one form only: what a reader accepts is exactly what a writer of the
//! same files writes, so that no byte of a container can change unseen.
//!
//! Files are stored, never compressed, without time stamps, attributes, comments
//! or extra fields, one after another, and then the central directory (APPNOTE
//! 6.3.10, §4.3). A file of 4 GiB or more has the sizes in a ZIP64 extra field
//! (§4.5.3).

use std::borrow::Cow;
use std::io::{self, Cursor, Read};

use crate::digest::{ContentDigest, ContentHasher};

/// A file's header and the central directory's.
const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
/// The end of the central directory; of ZIP64, and its locator.
const END: u32 = 0x0605_4b50;
const END_64: u32 = 0x0606_4b50;
const LOCATOR_64: u32 = 0x0706_4b50;
/// Length of a file's header without name and extra field.
const LOCAL_LEN: usize = 30;
/// 1 January 1980, the earliest date that there is.
const DATE: u16 = 0x0021;
/// Where ZIP64 begins.
const LIMIT: u64 = 0xffff_ffff;
/// How much is read at a time.
const BLOCK: usize = 256 * 1024;
/// The longest name.
const MAX_NAME: usize = 255;

/// Why bytes are no such container.
#[derive(Debug, thiserror::Error)]
pub enum ZipError {
    /// The file can't be read.
    #[error("it can't be read: {0}")]
    Io(#[from] io::Error),
    /// It ends before its time.
    #[error("it ends in the middle of {0}")]
    Cut(String),
    /// Something is not in the one form.
    #[error("{0} is not in the one accepted form")]
    Form(String),
    /// The bytes of a file are not those its header names.
    #[error("{0} does not have the CRC-32 that its header names")]
    Crc(String),
}

/// A file in a container, but for its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its name: ASCII, with `/` between folders.
    pub name: String,
    /// Its length in bytes.
    pub size: u64,
    /// CRC-32 of its bytes.
    pub crc: u32,
}

impl Member {
    /// The member that holds these bytes.
    #[must_use]
    pub fn of(name: &str, bytes: &[u8]) -> Self {
        Self {
            name: name.to_owned(),
            size: bytes.len() as u64,
            crc: crc32fast::hash(bytes),
        }
    }

    /// The member that holds what a source gives, and the SHA-256 of that.
    ///
    /// # Errors
    /// If the source fails.
    pub fn measure(name: &str, input: &mut dyn Read) -> io::Result<(Self, ContentDigest)> {
        let (mut crc, mut hasher) = (crc32fast::Hasher::new(), ContentHasher::new());
        let mut block = vec![0; BLOCK];
        loop {
            let length = match input.read(&mut block) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read?,
            };
            if length == 0 {
                break;
            }
            crc.update(&block[..length]);
            hasher.update(&block[..length]);
        }
        let (digest, size) = hasher.finish();
        let (name, crc) = (name.to_owned(), crc.finalize());
        Ok((Self { name, size, crc }, digest))
    }

    fn is_big(&self) -> bool {
        self.size >= LIMIT
    }

    fn version(&self) -> u16 {
        if self.is_big() { 45 } else { 10 }
    }

    /// What both headers have in common, from the version on.
    fn common(&self, extra: usize) -> Vec<u8> {
        let size = u32::try_from(self.size).unwrap_or(u32::MAX);
        let mut bytes = Vec::new();
        put16(&mut bytes, self.version());
        // No flags, stored, at 00:00.
        bytes.extend_from_slice(&[0; 6]);
        put16(&mut bytes, DATE);
        put32(&mut bytes, self.crc);
        put32(&mut bytes, size);
        put32(&mut bytes, size);
        put16(&mut bytes, self.name.len() as u16);
        put16(&mut bytes, extra as u16);
        bytes
    }

    fn local(&self) -> Vec<u8> {
        let extra = if self.is_big() {
            extra(&[self.size, self.size])
        } else {
            Vec::new()
        };
        let mut bytes = LOCAL.to_le_bytes().to_vec();
        bytes.extend(self.common(extra.len()));
        bytes.extend_from_slice(self.name.as_bytes());
        bytes.extend(extra);
        bytes
    }

    fn central(&self, offset: u64) -> Vec<u8> {
        let mut wide = Vec::new();
        if self.is_big() {
            wide.extend([self.size, self.size]);
        }
        if offset >= LIMIT {
            wide.push(offset);
        }
        let extra = extra(&wide);
        let mut bytes = CENTRAL.to_le_bytes().to_vec();
        put16(&mut bytes, self.version());
        bytes.extend(self.common(extra.len()));
        // No comment, disk 0, no attributes.
        bytes.extend_from_slice(&[0; 10]);
        put32(&mut bytes, u32::try_from(offset).unwrap_or(u32::MAX));
        bytes.extend_from_slice(self.name.as_bytes());
        bytes.extend(extra);
        bytes
    }
}

fn put16(bytes: &mut Vec<u8>, number: u16) {
    bytes.extend_from_slice(&number.to_le_bytes());
}

fn put32(bytes: &mut Vec<u8>, number: u32) {
    bytes.extend_from_slice(&number.to_le_bytes());
}

fn put64(bytes: &mut Vec<u8>, number: u64) {
    bytes.extend_from_slice(&number.to_le_bytes());
}

/// The ZIP64 extra field; nothing for no numbers.
fn extra(numbers: &[u64]) -> Vec<u8> {
    let mut bytes = Vec::new();
    if !numbers.is_empty() {
        put16(&mut bytes, 1);
        put16(&mut bytes, numbers.len() as u16 * 8);
        numbers.iter().for_each(|number| put64(&mut bytes, *number));
    }
    bytes
}

/// Members written or read so far, from which the end of the file follows.
#[derive(Debug, Default)]
struct Directory {
    members: Vec<(Member, u64)>,
    /// Where the next header begins.
    offset: u64,
}

impl Directory {
    fn push(&mut self, member: Member) {
        let offset = self.offset;
        self.offset = offset + member.local().len() as u64 + member.size;
        self.members.push((member, offset));
    }

    /// Everything after the last file.
    fn tail(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (member, offset) in &self.members {
            bytes.extend(member.central(*offset));
        }
        let (size, count) = (bytes.len() as u64, self.members.len() as u64);
        let wide = self.offset >= LIMIT || size >= LIMIT || count >= 0xffff;
        if wide {
            let end = self.offset + size;
            put32(&mut bytes, END_64);
            put64(&mut bytes, 44);
            put16(&mut bytes, 45);
            put16(&mut bytes, 45);
            put64(&mut bytes, 0);
            for number in [count, count, size, self.offset] {
                put64(&mut bytes, number);
            }
            put32(&mut bytes, LOCATOR_64);
            put32(&mut bytes, 0);
            put64(&mut bytes, end);
            put32(&mut bytes, 1);
        }
        let short = |number: u64, limit: u64| if wide { limit } else { number };
        put32(&mut bytes, END);
        put32(&mut bytes, 0);
        put16(&mut bytes, short(count, 0xffff) as u16);
        put16(&mut bytes, short(count, 0xffff) as u16);
        put32(&mut bytes, short(size, LIMIT) as u32);
        put32(&mut bytes, short(self.offset, LIMIT) as u32);
        put16(&mut bytes, 0);
        bytes
    }
}

/// A container of small files and, last, perhaps a big one, to be read from its
/// beginning to its end. The big one's bytes must be those of its member.
pub(super) fn pack<'a>(
    files: &[(String, Cow<'_, [u8]>)],
    big: Option<(Member, Box<dyn Read + 'a>)>,
) -> Box<dyn Read + 'a> {
    let mut directory = Directory::default();
    let mut bytes = Vec::new();
    for (name, contents) in files {
        let member = Member::of(name, contents);
        bytes.extend(member.local());
        bytes.extend_from_slice(contents);
        directory.push(member);
    }
    let Some((member, contents)) = big else {
        bytes.extend(directory.tail());
        return Box::new(Cursor::new(bytes));
    };
    bytes.extend(member.local());
    directory.push(member);
    let tail = Cursor::new(directory.tail());
    Box::new(Cursor::new(bytes).chain(contents).chain(tail))
}

/// Reads a container from its beginning to its end, once.
pub(super) struct Reader<'a> {
    input: &'a mut dyn Read,
    directory: Directory,
    /// The four bytes that tell a header from the directory.
    ahead: [u8; 4],
}

impl<'a> Reader<'a> {
    /// Where the bytes of the member at hand begin.
    pub(super) fn offset_of(&self, member: &Member) -> u64 {
        self.directory.offset + member.local().len() as u64
    }

    /// Begins at the first byte.
    pub(super) fn new(input: &'a mut dyn Read) -> Self {
        Self {
            input,
            directory: Directory::default(),
            ahead: [0; 4],
        }
    }

    /// The next file, if there is one; its bytes must be read next, by
    /// [`Self::bytes`].
    ///
    /// # Errors
    /// If what follows is no file in the one form, and not the directory.
    pub(super) fn next(&mut self) -> Result<Option<Member>, ZipError> {
        let place = || format!("file {} in it", self.directory.members.len() + 1);
        let place = place();
        self.ahead = fill(self.input, &place)?;
        if self.ahead == CENTRAL.to_le_bytes() {
            return Ok(None);
        }
        let rest: [u8; LOCAL_LEN - 4] = fill(self.input, &place)?;
        let number = |at: usize| u16::from_le_bytes([rest[at], rest[at + 1]]);
        let wide =
            |at: usize| u32::from_le_bytes([rest[at], rest[at + 1], rest[at + 2], rest[at + 3]]);
        let (crc, size) = (wide(10), u64::from(wide(18)));
        let (name_len, extra_len) = (usize::from(number(22)), usize::from(number(24)));
        if name_len > MAX_NAME || extra_len > 20 {
            return Err(ZipError::Form(place));
        }
        let name = take(self.input, name_len, &place)?;
        let extra = take(self.input, extra_len, &place)?;
        let name = String::from_utf8(name).ok().filter(|name| name.is_ascii());
        let name = name.ok_or_else(|| ZipError::Form(place.clone()))?;
        let size = match extra.get(4..12).and_then(|it| it.try_into().ok()) {
            Some(wide) => u64::from_le_bytes(wide),
            None => size,
        };
        let member = Member { name, size, crc };
        let found = [&self.ahead[..], &rest, member.name.as_bytes(), &extra].concat();
        if member.local() != found || self.directory.offset.checked_add(size).is_none() {
            return Err(ZipError::Form(place));
        }
        Ok(Some(member))
    }

    /// Hands the bytes of a file on, block by block.
    ///
    /// # Errors
    /// If they end too early or have another CRC-32.
    pub(super) fn bytes(
        &mut self,
        member: Member,
        mut each: impl FnMut(&[u8]),
    ) -> Result<(), ZipError> {
        let mut crc = crc32fast::Hasher::new();
        let mut left = member.size;
        let mut block = vec![0; BLOCK];
        while left > 0 {
            let length = block.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let length = match self.input.read(&mut block[..length]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read?,
            };
            if length == 0 {
                return Err(ZipError::Cut(member.name));
            }
            let block = &block[..length];
            crc.update(block);
            each(block);
            left -= length as u64;
        }
        if crc.finalize() != member.crc {
            return Err(ZipError::Crc(member.name));
        }
        self.directory.push(member);
        Ok(())
    }

    /// Holds what follows the last file against what must follow, to the end.
    ///
    /// # Errors
    /// If it is anything else.
    pub(super) fn finish(self) -> Result<(), ZipError> {
        let place = "the directory at its end";
        let expected = self.directory.tail();
        let found = take(self.input, expected.len().saturating_sub(4), place)?;
        if expected.get(..4) != Some(&self.ahead[..]) || expected.get(4..) != Some(&found[..]) {
            return Err(ZipError::Form(place.to_owned()));
        }
        match self.input.read(&mut [0])? {
            0 => Ok(()),
            _ => Err(ZipError::Form("what follows its end".to_owned())),
        }
    }
}

fn fill<const N: usize>(input: &mut dyn Read, place: &str) -> Result<[u8; N], ZipError> {
    let bytes = take(input, N, place)?;
    bytes
        .try_into()
        .map_err(|_| ZipError::Cut(place.to_owned()))
}

fn take(input: &mut dyn Read, length: usize, place: &str) -> Result<Vec<u8>, ZipError> {
    let mut bytes = Vec::new();
    input.take(length as u64).read_to_end(&mut bytes)?;
    if bytes.len() < length {
        return Err(ZipError::Cut(place.to_owned()));
    }
    Ok(bytes)
}
