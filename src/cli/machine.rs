//! What only the program asks the machine: clock, randomness, environment,
//! files a user names, folders of this user.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use docledger::digest::{ContentDigest, ContentHasher};
use docledger::store::{Contents, Disk, LedgerDir, StateDir};

use super::args::Args;
use super::error::hinted;

/// The file system that everything stands on.
pub(crate) static DISK: Disk = Disk;

/// Seconds since 1970-01-01T00:00:00Z.
#[expect(
    clippy::disallowed_methods,
    reason = "the program tells the time to the library"
)]
pub(crate) fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs())
}

/// Random bytes from the system.
pub(crate) fn random<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    Ok(bytes)
}

/// A variable of the environment.
#[expect(
    clippy::disallowed_methods,
    reason = "the program reads its environment"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Where the ledger and keys of this call are.
pub(crate) fn ledger_dir(args: &Args) -> LedgerDir<'static> {
    LedgerDir::new(&DISK, &ledger_path(args), &keys_path(args))
}

pub(crate) fn ledger_path(args: &Args) -> PathBuf {
    args.ledger
        .clone()
        .unwrap_or_else(|| args.home.join("ledger"))
}

pub(crate) fn keys_path(args: &Args) -> PathBuf {
    args.keys.clone().unwrap_or_else(|| args.home.join("keys"))
}

/// Whether something new at a path would stand inside the ledger or its keys.
#[expect(
    clippy::disallowed_methods,
    reason = "the program knows its own folders"
)]
pub(crate) fn is_in_office(args: &Args, path: &Path) -> bool {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let own = [ledger_path(args), keys_path(args)].map(|path| path.canonicalize().ok());
    let folder = folder.canonicalize().ok();
    let mut own = own.into_iter().flatten();
    folder.is_some_and(|folder| own.any(|own| folder.starts_with(own)))
}

/// Makes the folder that a new ledger goes into.
#[expect(clippy::disallowed_methods, reason = "a folder that a user named")]
pub(crate) fn make_home(args: &Args) -> anyhow::Result<()> {
    std::fs::create_dir_all(&args.home).with_context(|| format!("{}", args.home.display()))
}

/// The folder of what is kept for this user.
pub(crate) fn state_dir(args: &Args) -> anyhow::Result<StateDir<'static>> {
    use etcetera::BaseStrategy as _;
    let folder = match &args.state {
        Some(folder) => folder.clone(),
        None => {
            let base = etcetera::choose_base_strategy().map_err(|error| {
                hinted(
                    format!("there is no folder for your state: {error}"),
                    "name one with --state",
                )
            })?;
            base.state_dir()
                .unwrap_or_else(|| base.data_dir())
                .join("docledger")
        }
    };
    Ok(StateDir::new(&DISK, &folder))
}

/// An absolute path as text, with control characters escaped.
#[expect(
    clippy::disallowed_methods,
    reason = "the program knows its own folder"
)]
pub(crate) fn absolute(path: &Path) -> String {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    path.to_string_lossy()
        .chars()
        .flat_map(|c| {
            if c.is_control() {
                c.escape_default().collect::<Vec<_>>()
            } else {
                vec![c]
            }
        })
        .collect()
}

/// A file that a user named.
pub(crate) struct NamedFile(PathBuf);

impl NamedFile {
    /// Takes a path that must be a plain file.
    #[expect(clippy::disallowed_methods, reason = "a file that a user named")]
    pub(crate) fn new(path: &Path) -> anyhow::Result<Self> {
        let metadata = std::fs::metadata(path).with_context(|| format!("{}", path.display()))?;
        if metadata.is_dir() {
            return Err(hinted(
                format!("{} is a folder", path.display()),
                "name a file in it",
            ));
        }
        if !metadata.is_file() {
            return Err(hinted(
                format!("{} is not a plain file", path.display()),
                "copy its contents to a file first",
            ));
        }
        Ok(Self(path.to_owned()))
    }

    /// Digest, length, and the first bytes.
    pub(crate) fn read_through(&self) -> anyhow::Result<(ContentDigest, u64, Vec<u8>)> {
        let read = || -> io::Result<_> {
            let mut file = self.open()?;
            let mut hasher = ContentHasher::new();
            let mut head = Vec::new();
            let mut block = vec![0; 256 * 1024];
            loop {
                let length = file.read(&mut block)?;
                if length == 0 {
                    break;
                }
                hasher.update(&block[..length]);
                if head.len() < 64 * 1024 {
                    head.extend_from_slice(&block[..length.min(64 * 1024)]);
                }
            }
            let (digest, size) = hasher.finish();
            Ok((digest, size, head))
        };
        read().with_context(|| format!("{}: can't be read", self.0.display()))
    }

    /// Its bytes, from their beginning.
    #[expect(clippy::disallowed_methods, reason = "a file that a user named")]
    pub(crate) fn into_read(self) -> io::Result<Box<dyn Read>> {
        Ok(Box::new(File::open(self.0)?))
    }

    /// Its name, if it is text without control characters.
    pub(crate) fn file_name(&self) -> Option<String> {
        let name = self.0.file_name()?.to_str()?;
        (!name.chars().any(char::is_control)).then(|| name.to_owned())
    }
}

impl Contents for NamedFile {
    #[expect(clippy::disallowed_methods, reason = "a file that a user named")]
    fn open(&self) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(File::open(&self.0)?))
    }

    fn name(&self) -> &Path {
        &self.0
    }
}

/// The longest first line that is read, in bytes.
const MAX_LINE: u64 = 64 << 10;

/// The first line of a file that a user named.
#[expect(clippy::disallowed_methods, reason = "a file that a user named")]
pub(crate) fn first_line(path: &Path) -> anyhow::Result<String> {
    let mut line = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_LINE).read_to_end(&mut line));
    read.with_context(|| format!("{}", path.display()))?;
    let text = String::from_utf8(line).with_context(|| format!("{}", path.display()))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

/// The longest file that is read whole: a manifest.
const MAX_WHOLE: u64 = 64 << 20;

/// All bytes of a file that a user named.
#[expect(clippy::disallowed_methods, reason = "a file that a user named")]
pub(crate) fn whole(path: &Path) -> anyhow::Result<Vec<u8>> {
    let named = NamedFile::new(path)?;
    let mut bytes = Vec::new();
    let read =
        File::open(&named.0).and_then(|file| file.take(MAX_WHOLE + 1).read_to_end(&mut bytes));
    read.with_context(|| format!("{}", path.display()))?;
    if bytes.len() as u64 > MAX_WHOLE {
        return Err(hinted(
            format!("{} is longer than {} MiB", path.display(), MAX_WHOLE >> 20),
            "part it",
        ));
    }
    Ok(bytes)
}

/// Writes a file that must not be there yet.
#[expect(clippy::disallowed_methods, reason = "a file that a user named")]
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    use std::io::Write as _;
    let mut file = File::create_new(path).with_context(|| format!("{}", path.display()))?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        // A part of it would be taken for the whole.
        std::fs::remove_file(path).unwrap_or_default();
    }
    written.with_context(|| format!("{}", path.display()))
}

/// How many of the files that are passed over are named.
const MOST_NAMED: usize = 10;

/// The PEM files right in a folder, in order of names.
pub(crate) fn pem_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(folder)
        .max_depth(1)
        .sort_by_file_name()
        .follow_root_links(true)
    {
        let entry = entry.with_context(|| format!("{}", folder.display()))?;
        let is_pem = entry.path().extension().is_some_and(|it| it == "pem");
        if is_pem && entry.file_type().is_file() {
            files.push(entry.into_path());
        }
    }
    Ok(files)
}

/// Every plain file among and below what a user named, in order of names. Hidden
/// files and links below a folder are passed over and told; so are ledgers and
/// folders of secret keys.
#[expect(clippy::disallowed_methods, reason = "folders that a user named")]
pub(crate) fn files_below(args: &Args, named: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let own = [ledger_path(args), keys_path(args)].map(|path| path.canonicalize().ok());
    let is_own = |path: &Path| {
        let path = path.canonicalize().ok();
        path.is_some() && own.contains(&path)
    };
    let is_hidden = |entry: &walkdir::DirEntry| {
        entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.')
    };
    // A folder that is another office's home, too.
    let is_office = |path: &Path| {
        path.join("checkpoint").is_file() && path.join("tile").is_dir()
            || path.file_name().is_some_and(|name| name == "private")
                && path
                    .parent()
                    .is_some_and(|keys| keys.join("ledger-id").is_file())
    };
    let mut files = Vec::new();
    for path in named {
        let mut passed_over = Vec::new();
        let walk = walkdir::WalkDir::new(path)
            .sort_by_file_name()
            .follow_root_links(true);
        let entries = walk.into_iter().filter_entry(|entry| {
            let skip = is_hidden(entry)
                || (entry.depth() > 0 && entry.path_is_symlink())
                || (entry.file_type().is_dir()
                    && (is_own(entry.path()) || is_office(entry.path())));
            if skip {
                passed_over.push(entry.path().display().to_string());
            }
            !skip
        });
        for entry in entries {
            let entry = entry.map_err(|error| {
                let place = error.path().unwrap_or(path).display().to_string();
                let error = error.into_io_error();
                let error = error.unwrap_or_else(|| io::Error::other("links lead in a circle"));
                anyhow::Error::from(error).context(place)
            })?;
            if !entry.file_type().is_dir() {
                files.push(entry.into_path());
            }
        }
        let more = passed_over.len().saturating_sub(MOST_NAMED);
        for skipped in passed_over.iter().take(MOST_NAMED) {
            super::render::remark(&format!("passed over {skipped}"));
        }
        if more > 0 {
            super::render::remark(&format!("passed over {more} more"));
        }
    }
    if files.is_empty() && !named.is_empty() {
        return Err(hinted(
            "there are no files there",
            "name files, or a folder with files",
        ));
    }
    Ok(files)
}

/// A path as it is written in a file of `folder`: from there, if it is below,
/// else absolute.
pub(crate) fn seen_from(folder: &Path, path: &Path) -> String {
    let [folder_whole, whole] = [folder, path].map(absolute_path);
    let below = whole.strip_prefix(&folder_whole).map(Path::to_owned);
    below.unwrap_or(whole).to_string_lossy().into_owned()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the program knows its own folder"
)]
fn absolute_path(path: &Path) -> PathBuf {
    let path = if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    };
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
