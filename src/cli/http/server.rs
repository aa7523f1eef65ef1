//! A server of one path that takes POST, for a few clients at once. A thread
//! reads and answers one request, then closes the connection.
//!
//! Nobody can hold it: a request must be whole in [`READ`], and where connections
//! are short, the oldest that is still not whole after [`PATIENCE`] is closed.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::request::{Head, Refusal, Unread, refused};

/// The most connections at once.
const MOST: usize = 32;
/// How long a whole request may take to come in.
const READ: Duration = Duration::from_secs(10);
/// How long a whole answer may take to be taken.
const WRITE: Duration = Duration::from_secs(10);
/// How long a connection may lie idle while others wait for one.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long what a client still sends is read and dropped, so that it sees the
/// answer instead of a reset.
const LINGER: Duration = Duration::from_secs(1);
/// How much of it, in bytes.
const MAX_LINGER: u64 = 1 << 20;
/// The pause after the system could not give a connection.
const PAUSE: Duration = Duration::from_millis(200);

/// An answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) body: String,
}

impl Answer {
    /// A line for people.
    pub(crate) fn text(status: u16, line: &str) -> Self {
        Self {
            status,
            content_type: "text/plain; charset=utf-8",
            body: format!("{line}\n"),
        }
    }
}

/// What is served.
pub(crate) trait Service: Sync {
    /// The one path.
    fn path(&self) -> &'static str;

    /// The longest body, in bytes.
    fn max_body(&self) -> usize;

    /// Answers a body that was posted. Several threads may call it at once.
    fn post(&self, peer: SocketAddr, body: &[u8]) -> Answer;

    /// Learns of a request that was answered without being posted.
    fn refused(&self, peer: SocketAddr, answer: &Answer);

    /// Learns of a connection that the system could not give.
    fn trouble(&self, error: &io::Error);
}

/// Serves until the process ends.
pub(crate) fn serve(listener: &TcpListener, service: &dyn Service) -> ! {
    let connections = &Connections::default();
    thread::scope(|scope| {
        loop {
            connections.make_room();
            let served = listener.accept().and_then(|(stream, peer)| {
                let connection = connections.open(stream);
                let converse = move || connection.converse(peer, service);
                thread::Builder::new().spawn_scoped(scope, converse)
            });
            if let Err(error) = served {
                service.trouble(&error);
                thread::sleep(PAUSE);
            }
        }
    })
}

/// The connections that are open, the oldest first.
#[derive(Default)]
struct Connections {
    open: Mutex<Vec<Arc<Held>>>,
    closed: Condvar,
}

/// What is known of a connection while it is open.
struct Held {
    stream: TcpStream,
    since: Instant,
    /// Its request is whole: only the server keeps it open.
    is_whole: AtomicBool,
}

impl Connections {
    /// Waits until another connection may be opened.
    fn make_room(&self) {
        let mut open = self.list();
        while open.len() >= MOST {
            let is_idle = |held: &&Arc<Held>| {
                held.since.elapsed() > PATIENCE && !held.is_whole.load(Ordering::Relaxed)
            };
            if let Some(oldest) = open.iter().find(is_idle) {
                // Its thread reads the end, and leaves. It may have left by now.
                oldest.stream.shutdown(Shutdown::Both).unwrap_or_default();
            }
            let waited = self.closed.wait_timeout(open, PAUSE);
            open = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn open(&self, stream: TcpStream) -> Connection<'_> {
        let held = Arc::new(Held {
            stream,
            since: Instant::now(),
            is_whole: AtomicBool::new(false),
        });
        self.list().push(Arc::clone(&held));
        Connection { among: self, held }
    }

    /// A thread that panicked leaves the list as it should be.
    fn list(&self) -> MutexGuard<'_, Vec<Arc<Held>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection among others, until it is dropped.
struct Connection<'a> {
    among: &'a Connections,
    held: Arc<Held>,
}

impl Drop for Connection<'_> {
    fn drop(&mut self) {
        let mut open = self.among.list();
        open.retain(|held| !Arc::ptr_eq(held, &self.held));
        self.among.closed.notify_one();
    }
}

impl Connection<'_> {
    /// Reads a request and answers it.
    fn converse(&self, peer: SocketAddr, service: &dyn Service) {
        let Held { stream, since, .. } = &*self.held;
        let mut source = Timed {
            stream,
            until: *since + READ,
        };
        let answer = match read(&mut source, service) {
            Ok(body) => {
                self.held.is_whole.store(true, Ordering::Relaxed);
                service.post(peer, &body)
            }
            Err(Unread::Refused(Refusal { status, why })) => {
                let answer = Answer::text(status, why);
                service.refused(peer, &answer);
                answer
            }
            Err(Unread::Nothing) => return,
        };
        // A client that left has no use for an answer.
        send(stream, &answer).unwrap_or_default();
    }
}

/// The body of a request that is to be posted.
fn read(source: &mut Timed<'_>, service: &dyn Service) -> Result<Vec<u8>, Unread> {
    let head = Head::read(source)?;
    if head.target != service.path() {
        return Err(refused(404, "there is nothing here"));
    }
    if head.method != "POST" {
        return Err(refused(405, "only POST is answered here"));
    }
    let length = head.length.map_err(Unread::Refused)?;
    if length > service.max_body() {
        return Err(refused(413, "the body is too long"));
    }
    if head.is_waiting {
        // If this fails, so does reading on.
        let go_ahead = b"HTTP/1.1 100 Continue\r\n\r\n";
        source.write_all(go_ahead).unwrap_or_default();
    }
    head.body(source, length)
}

/// Sends an answer, and ends the connection.
fn send(stream: &TcpStream, answer: &Answer) -> io::Result<()> {
    let Answer {
        status,
        content_type,
        body,
    } = answer;
    let allow = match status {
        405 => "Allow: POST\r\n",
        _ => "",
    };
    let length = body.len();
    let whole = format!(
        "HTTP/1.1 {status} \r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\
         {allow}Connection: close\r\n\r\n{body}"
    );
    let until = Instant::now() + WRITE;
    Timed { stream, until }.write_all(whole.as_bytes())?;
    stream.shutdown(Shutdown::Write)?;
    let until = Instant::now() + LINGER;
    let rest = Timed { stream, until }.take(MAX_LINGER);
    io::copy(&mut { rest }, &mut io::sink())?;
    Ok(())
}

/// A socket up to a point in time.
struct Timed<'a> {
    stream: &'a TcpStream,
    until: Instant,
}

impl Timed<'_> {
    fn left(&self) -> io::Result<Duration> {
        let left = self.until.checked_duration_since(Instant::now());
        left.filter(|left| !left.is_zero())
            .ok_or_else(|| ErrorKind::TimedOut.into())
    }
}

impl Read for Timed<'_> {
    fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(self.left()?))?;
        self.stream.read(block)
    }
}

impl Write for Timed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(self.left()?))?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
