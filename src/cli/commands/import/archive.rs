//! Files of a folder as one archive, put together whenever it is read.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use docledger::export::{self, MemberName, Pieces};
use docledger::store::Contents;

use crate::cli::machine::NamedFile;

/// How much of a file is read at once, in bytes.
const BLOCK: u64 = 64 * 1024;

/// An archive, as yet of names only.
#[derive(Debug, Clone)]
pub(super) struct Archive {
    name: PathBuf,
    folder: PathBuf,
    members: Vec<Member>,
}

#[derive(Debug, Clone)]
struct Member {
    path: String,
    header: Vec<u8>,
    size: u64,
}

impl Archive {
    /// An archive called `name` of files of a folder, with their lengths.
    pub(super) fn new<'a>(
        name: &str,
        folder: &Path,
        files: impl IntoIterator<Item = (&'a String, &'a u64)>,
    ) -> anyhow::Result<Self> {
        let members = files.into_iter().map(|(path, size)| {
            Ok(Member {
                path: path.clone(),
                header: export::member_header(&MemberName::new(path)?, *size)?,
                size: *size,
            })
        });
        Ok(Self {
            name: PathBuf::from(name),
            folder: folder.to_owned(),
            members: members.collect::<anyhow::Result<_>>()?,
        })
    }
}

impl Contents for Archive {
    fn open(&self) -> io::Result<Box<dyn Read + '_>> {
        let members = self.members.iter().flat_map(|member| {
            let header = std::iter::once(Ok(member.header.clone()));
            let padding = std::iter::once(Ok(export::member_padding(member.size)));
            header.chain(blocks(&self.folder, member)).chain(padding)
        });
        let trailer = std::iter::once_with(|| Ok(export::trailer()));
        Ok(Box::new(Pieces::new(members.chain(trailer))))
    }

    fn name(&self) -> &Path {
        &self.name
    }
}

/// The bytes of a file, which must have the length that its header says.
fn blocks(folder: &Path, member: &Member) -> impl Iterator<Item = io::Result<Vec<u8>>> {
    let path = folder.join(&member.path);
    let mut left = member.size;
    let mut file = None;
    let mut next = move || {
        let opened = match &mut file {
            Some(opened) => opened,
            none => none.insert(open(&path)?),
        };
        // One more than is left shows a file that has grown.
        let mut block = Vec::new();
        let room = BLOCK.min(left.saturating_add(1));
        opened.by_ref().take(room).read_to_end(&mut block)?;
        let length = block.len() as u64;
        if length > left || (length == 0 && left > 0) {
            let why = format!("{} changed while it was read", path.display());
            return Err(io::Error::other(why));
        }
        left -= length;
        Ok(block)
    };
    std::iter::from_fn(move || match next() {
        Ok(block) if block.is_empty() => None,
        block => Some(block),
    })
}

fn open(path: &Path) -> io::Result<Box<dyn Read>> {
    NamedFile::new(path).map_err(io::Error::other)?.into_read()
}
