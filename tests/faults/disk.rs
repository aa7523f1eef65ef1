//! A disk in memory that keeps what is seen and what lasts apart.
//!
//! It promises what POSIX does and no more:
//!
//! - A file's bytes last once `sync_file` returned. Before, a crash leaves it
//!   whole, empty, cut, or cut and filled up with zeros or garbage.
//! - A name lasts once `sync_folder` of its folder returned. Before, a crash
//!   leaves it as it was at any moment since the last such sync, each name by
//!   itself: renames, creations and removals survive in any order or not at
//!   all. So a rename across folders leaves both names, either, or neither; a
//!   journal would keep it whole, but nothing promises one. A rename onto a name
//!   never leaves that name empty, since it replaces it in one step.
//! - Syncing a file does not make its name last, nor syncing a folder its own.
//! - After a sync that failed, the bytes may be lost though a second one succeeds.
//! - A change that failed may have been carried out all the same.
//! - What is read comes in pieces, now and then interrupted.
//! - A killed process loses nothing; only a power cut does.
//!
//! Not modelled: sectors that go bad by themselves, and disks that lie about syncs.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{self, Read};
use std::path::{Component, Path};
use std::sync::{Arc, Mutex, MutexGuard};

use docledger::store::{FileKind, Volume, WriterLock};

use super::common::bulk::Dice;

/// What goes wrong at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The process is gone: nothing works until [`Sim::restart`].
    Stop,
    /// This step fails, the next succeed.
    Once,
    /// This step and all of its class fail until [`Sim::heal`].
    Always,
    /// Nothing more fits; steps that need no room succeed.
    Full,
}

/// Which steps are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// All.
    Any,
    /// Steps that change something, or make it last.
    Change,
    /// Those of them that put a file in its place.
    Rename,
    /// Looking, listing, opening and reading.
    Read,
}

impl Class {
    fn holds(self, step: Self) -> bool {
        self == step || self == Self::Any || self == Self::Change && step == Self::Rename
    }
}

/// Trouble at the step of a class that comes after so many others.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fault {
    pub(crate) class: Class,
    pub(crate) after: usize,
    pub(crate) trouble: Trouble,
}

/// A simulated disk.
pub(crate) struct Sim(Arc<Mutex<State>>);

#[derive(Clone)]
struct State {
    nodes: Vec<Node>,
    dice: Dice,
    fault: Option<Fault>,
    room: usize,
    stopped: bool,
    locked: bool,
    struck: bool,
    steps: Vec<String>,
}

#[derive(Clone)]
enum Node {
    File(Bytes),
    Folder(BTreeMap<OsString, Name>),
}

#[derive(Clone)]
struct Bytes {
    seen: Arc<[u8]>,
    lasts: bool,
    /// A failed sync may have dropped what was to be written.
    dropped: bool,
}

/// What a name stands for: now, and at each moment since it last was synced.
#[derive(Clone, Default)]
struct Name {
    now: Option<usize>,
    before: Vec<Option<usize>>,
}

impl Name {
    fn set(&mut self, node: Option<usize>) {
        if self.before.is_empty() {
            self.before.push(None);
        }
        self.before.push(node);
        self.now = node;
    }
}

const ROOT: usize = 0;
const ALL_ROOM: usize = usize::MAX;

impl Sim {
    /// An empty disk with a folder for a ledger, `/home`, that lasts.
    pub(crate) fn new(seed: u64) -> Self {
        let state = State {
            nodes: vec![Node::Folder(BTreeMap::new())],
            dice: Dice(seed),
            fault: None,
            room: ALL_ROOM,
            stopped: false,
            locked: false,
            struck: false,
            steps: Vec::new(),
        };
        let sim = Self(Arc::new(Mutex::new(state)));
        sim.create_folder(Path::new("/home"), false).expect("makes");
        sim.sync_folder(Path::new("/")).expect("lasts");
        sim.state().steps.clear();
        sim
    }

    /// Another disk with the same contents.
    pub(crate) fn copy(&self, seed: u64) -> Self {
        let mut state = self.state().clone();
        state.dice = Dice(seed);
        state.steps.clear();
        Self(Arc::new(Mutex::new(state)))
    }

    /// Sets the trouble to come; earlier trouble is over.
    pub(crate) fn plan(&self, fault: Fault) {
        self.heal();
        self.state().fault = Some(fault);
    }

    /// Ends all trouble. Tells whether any came.
    pub(crate) fn heal(&self) -> bool {
        let mut state = self.state();
        state.fault = None;
        state.room = ALL_ROOM;
        state.stopped = false;
        std::mem::take(&mut state.struck)
    }

    /// Whether the process is gone.
    pub(crate) fn is_stopped(&self) -> bool {
        self.state().stopped
    }

    /// The process is gone and another one comes; nothing is lost.
    pub(crate) fn restart(&self) -> bool {
        let mut state = self.state();
        state.locked = false;
        state.note("-- restart");
        drop(state);
        self.heal()
    }

    /// The power fails: what was not synced is left to the dice.
    pub(crate) fn cut_power(&self) {
        let mut state = self.state();
        state.locked = false;
        state.note("-- power cut");
        state.lose();
        drop(state);
        self.heal();
    }

    /// What was done so far, a line a step.
    pub(crate) fn steps(&self) -> Vec<String> {
        self.state().steps.clone()
    }

    /// Removes a folder that holds nothing, and makes that last.
    pub(crate) fn forget_folder(&self, folder: &Path) {
        self.remove_folder(folder).expect("is empty");
        let parent = folder.parent().expect("has one");
        self.sync_folder(parent).expect("lasts");
    }

    /// Adds a line to the steps.
    pub(crate) fn note(&self, line: impl Into<String>) {
        self.state().note(line);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// Whether a step is carried out, and what it returns.
enum Course {
    Fine,
    /// Fails, and is carried out or not.
    Fails(io::Error, bool),
}

fn broken() -> io::Error {
    io::Error::other("the simulated disk fails")
}

fn error(kind: io::ErrorKind) -> io::Error {
    io::Error::from(kind)
}

impl State {
    fn note(&mut self, line: impl Into<String>) {
        self.steps.push(line.into());
    }

    fn half(&mut self) -> bool {
        self.dice.below(2) == 0
    }

    /// Counts a step and tells what comes of it.
    fn step(&mut self, class: Class, what: &str, path: &Path) -> Course {
        if self.stopped {
            return Course::Fails(broken(), false);
        }
        let course = self.course(class);
        let told = match (&course, class) {
            (Course::Fails(error, done), _) => format!(" FAILS ({error}, done: {done})"),
            (Course::Fine, Class::Read) => return course,
            (Course::Fine, _) => String::new(),
        };
        self.note(format!("{what} {}{told}", path.display()));
        course
    }

    fn course(&mut self, step: Class) -> Course {
        let Some(fault) = self.fault.as_mut().filter(|fault| fault.class.holds(step)) else {
            return Course::Fine;
        };
        if let Some(left) = fault.after.checked_sub(1) {
            fault.after = left;
            return Course::Fine;
        }
        let trouble = fault.trouble;
        let is_first = !std::mem::replace(&mut self.struck, true);
        match trouble {
            Trouble::Stop => {
                self.stopped = true;
                Course::Fails(broken(), self.half())
            }
            Trouble::Once => {
                self.fault = None;
                Course::Fails(broken(), self.half())
            }
            Trouble::Always => Course::Fails(broken(), is_first && self.half()),
            Trouble::Full => {
                self.fault = None;
                self.room = self.dice.below(2_000);
                Course::Fine
            }
        }
    }

    fn find(&self, path: &Path) -> io::Result<usize> {
        let mut at = ROOT;
        for part in path.components() {
            if let Component::Normal(name) = part {
                at = self
                    .names(at)?
                    .get(name)
                    .and_then(|name| name.now)
                    .ok_or_else(|| error(io::ErrorKind::NotFound))?;
            }
        }
        Ok(at)
    }

    fn names(&self, node: usize) -> io::Result<&BTreeMap<OsString, Name>> {
        match &self.nodes[node] {
            Node::Folder(names) => Ok(names),
            Node::File(_) => Err(error(io::ErrorKind::NotADirectory)),
        }
    }

    fn name(&mut self, path: &Path) -> io::Result<&mut Name> {
        let folder = self.find(path.parent().unwrap_or(Path::new("/")))?;
        let name = path.file_name().unwrap_or(OsStr::new(""));
        match &mut self.nodes[folder] {
            Node::Folder(names) => Ok(names.entry(name.to_owned()).or_default()),
            Node::File(_) => Err(error(io::ErrorKind::NotADirectory)),
        }
    }

    fn file(&mut self, path: &Path) -> io::Result<&mut Bytes> {
        let node = self.find(path)?;
        match &mut self.nodes[node] {
            Node::File(bytes) => Ok(bytes),
            Node::Folder(_) => Err(error(io::ErrorKind::IsADirectory)),
        }
    }

    fn add(&mut self, path: &Path, node: Node) -> io::Result<()> {
        if self.find(path).is_ok() {
            return Err(error(io::ErrorKind::AlreadyExists));
        }
        let number = self.nodes.len();
        self.name(path)?.set(Some(number));
        self.nodes.push(node);
        Ok(())
    }

    /// Carries out a step as its course says.
    fn carry_out<T>(
        &mut self,
        course: Course,
        deed: impl FnOnce(&mut Self) -> io::Result<T>,
    ) -> io::Result<T> {
        match course {
            Course::Fine => deed(self),
            Course::Fails(error, done) => {
                if done {
                    deed(self).map(drop).unwrap_or_default();
                }
                Err(error)
            }
        }
    }

    /// What a power cut leaves.
    fn lose(&mut self) {
        for number in 0..self.nodes.len() {
            let mut node = self.nodes[number].clone();
            // Each folder has gone all the way, nowhere, or each name as it likes.
            let mood = self.dice.below(4);
            match &mut node {
                Node::File(bytes) if !bytes.lasts => {
                    bytes.seen = self.tear(&bytes.seen.clone()).into();
                    bytes.lasts = true;
                }
                Node::File(_) => {}
                Node::Folder(names) => {
                    for name in names.values_mut().filter(|name| !name.before.is_empty()) {
                        let last = name.before.len() - 1;
                        let moment = match mood {
                            0 => 0,
                            1 => last,
                            _ => self.dice.below(last + 1),
                        };
                        *name = Name {
                            now: name.before[moment],
                            before: Vec::new(),
                        };
                        name.before.push(name.now);
                    }
                }
            }
            self.nodes[number] = node;
        }
    }

    fn tear(&mut self, bytes: &[u8]) -> Vec<u8> {
        let whole = bytes.len();
        let kept = self.dice.below(whole + 1);
        let mut torn = bytes[..kept].to_vec();
        match self.dice.below(5) {
            0 => return bytes.to_vec(),
            1 => torn.clear(),
            2 => {}
            3 => torn.resize(whole, 0),
            _ => {
                let dice = &mut self.dice;
                torn.resize_with(whole, || u8::try_from(dice.below(256)).expect("a byte"));
            }
        }
        torn
    }
}

impl Volume for Sim {
    fn kind(&self, path: &Path) -> io::Result<Option<FileKind>> {
        let mut state = self.state();
        let course = state.step(Class::Read, "kind", path);
        state.carry_out(course, |state| match state.find(path) {
            Ok(node) => Ok(Some(kind_of(&state.nodes[node]))),
            Err(_) => Ok(None),
        })
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn Read>> {
        let mut state = self.state();
        let course = state.step(Class::Read, "open", path);
        let bytes = state.carry_out(course, |state| Ok(state.file(path)?.seen.clone()))?;
        let (fails_at, course) = match state.step(Class::Read, "read", path) {
            Course::Fine => (None, None),
            Course::Fails(error, _) => (Some(state.dice.below(bytes.len() + 1)), Some(error)),
        };
        let dice = Dice(state.dice.below(usize::MAX) as u64);
        Ok(Box::new(Reading {
            bytes,
            at: 0,
            fails_at,
            error: course,
            dice,
        }))
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<(OsString, FileKind)>> {
        let mut state = self.state();
        let course = state.step(Class::Read, "list", folder);
        state.carry_out(course, |state| {
            let names = state.names(state.find(folder)?)?;
            let listed = names.iter().filter_map(|(name, stands)| {
                Some((name.clone(), kind_of(&state.nodes[stands.now?])))
            });
            Ok(listed.collect())
        })
    }

    fn create(&self, path: &Path, contents: &mut dyn Read, _secret: bool) -> io::Result<u64> {
        let mut bytes = Vec::new();
        contents.read_to_end(&mut bytes)?;
        let mut state = self.state();
        let course = state.step(Class::Change, "create", path);
        let (whole, fails) = match course {
            Course::Fine if bytes.len() > state.room => {
                (state.room, Some(error(io::ErrorKind::StorageFull)))
            }
            Course::Fine => (bytes.len(), None),
            Course::Fails(error, false) => return Err(error),
            Course::Fails(error, true) => (state.dice.below(bytes.len() + 1), Some(error)),
        };
        if state.room != ALL_ROOM {
            state.room -= whole;
        }
        bytes.truncate(whole);
        state.add(
            path,
            Node::File(Bytes {
                seen: bytes.into(),
                lasts: false,
                dropped: false,
            }),
        )?;
        if fails.is_some() {
            state.note(format!("  only {whole} bytes of it"));
        }
        fails.map_or(Ok(whole as u64), Err)
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        match state.step(Class::Change, "sync_file", path) {
            Course::Fine => {
                let file = state.file(path)?;
                file.lasts |= !file.dropped;
                Ok(())
            }
            Course::Fails(error, _) => {
                if let Ok(file) = state.file(path) {
                    file.dropped = true;
                }
                Err(error)
            }
        }
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        let mut state = self.state();
        if let Course::Fails(error, _) = state.step(Class::Change, "sync_folder", folder) {
            return Err(error);
        }
        let node = state.find(folder)?;
        let Node::Folder(names) = &mut state.nodes[node] else {
            return Err(error(io::ErrorKind::NotADirectory));
        };
        names.retain(|_, name| name.now.is_some());
        for name in names.values_mut() {
            name.before = vec![name.now];
        }
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state();
        let course = state.step(Class::Rename, "rename", to);
        state.carry_out(course, |state| {
            let node = state.find(from)?;
            if state
                .find(to)
                .is_ok_and(|at| matches!(state.nodes[at], Node::Folder(_)))
            {
                return Err(error(io::ErrorKind::IsADirectory));
            }
            state.name(to)?.set(Some(node));
            state.name(from)?.set(None);
            Ok(())
        })
    }

    fn create_folder(&self, folder: &Path, _secret: bool) -> io::Result<()> {
        let mut state = self.state();
        let course = state.step(Class::Change, "create_folder", folder);
        if state.room == 0 {
            return Err(error(io::ErrorKind::StorageFull));
        }
        state.carry_out(course, |state| {
            state.add(folder, Node::Folder(BTreeMap::new()))
        })
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        let course = state.step(Class::Change, "remove", path);
        state.carry_out(course, |state| {
            state.file(path)?;
            state.name(path)?.set(None);
            Ok(())
        })
    }

    fn remove_folder(&self, folder: &Path) -> io::Result<()> {
        let mut state = self.state();
        let course = state.step(Class::Change, "remove_folder", folder);
        state.carry_out(course, |state| {
            let names = state.names(state.find(folder)?)?;
            if names.values().any(|name| name.now.is_some()) {
                return Err(error(io::ErrorKind::DirectoryNotEmpty));
            }
            state.name(folder)?.set(None);
            Ok(())
        })
    }

    fn lock(&self, path: &Path, _waiting: &mut dyn FnMut()) -> io::Result<WriterLock> {
        let mut state = self.state();
        let course = state.step(Class::Change, "lock", path);
        state.carry_out(course, |state| {
            assert!(!state.locked, "two writers at once");
            if state.find(path).is_err() {
                let file = Bytes {
                    seen: Arc::new([]),
                    lasts: false,
                    dropped: false,
                };
                state.add(path, Node::File(file))?;
            }
            Ok(())
        })?;
        state.locked = true;
        Ok(WriterLock::new(Locked(self.0.clone())))
    }
}

/// Releases the lock.
struct Locked(Arc<Mutex<State>>);

impl Drop for Locked {
    fn drop(&mut self) {
        let mut state = self
            .0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        state.locked = false;
    }
}

/// A file being read: in pieces, now and then interrupted, and failing where
/// it was told to.
struct Reading {
    bytes: Arc<[u8]>,
    at: usize,
    fails_at: Option<usize>,
    error: Option<io::Error>,
    dice: Dice,
}

impl Read for Reading {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.fails_at.is_some_and(|fails_at| self.at >= fails_at)
            && let Some(error) = self.error.take()
        {
            return Err(error);
        }
        if self.dice.below(8) == 0 {
            return Err(error(io::ErrorKind::Interrupted));
        }
        let end = self.fails_at.unwrap_or(self.bytes.len());
        let left = (end - self.at).min(buffer.len());
        let length = if left > 1 {
            left - self.dice.below(2) * self.dice.below(left - 1)
        } else {
            left
        };
        buffer[..length].copy_from_slice(&self.bytes[self.at..self.at + length]);
        self.at += length;
        Ok(length)
    }
}

fn kind_of(node: &Node) -> FileKind {
    match node {
        Node::File(_) => FileKind::File,
        Node::Folder(_) => FileKind::Folder,
    }
}
