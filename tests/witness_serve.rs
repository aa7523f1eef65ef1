//! A witness that serves: what it answers over a socket, to whom it is kind, and
//! who can't hold it.

#![cfg(all(unix, feature = "net"))]
#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod office;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use docledger::key::SecretKey;
use docledger::log::SignedCheckpoint;
use docledger::witness::WitnessKey;
use office::{Office, copy};

/// A serving witness, stopped when dropped.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    /// Serves for the office's log on this machine, with state in its folder.
    fn start(office: &Office, more: &[&str]) -> Self {
        Self::listen(office, "127.0.0.1:0", more)
    }

    fn listen(office: &Office, listen: &str, more: &[&str]) -> Self {
        let pem = SecretKey::from_seed([1; 32]).to_plain_pem();
        office.write("w.key", &pem);
        let mut command = Command::new(env!("CARGO_BIN_EXE_docledger"));
        command.current_dir(office.path()).args([
            "witness",
            "serve",
            "--state",
            "witness-state",
            "--policy",
            "office/keys/policy",
            "--name",
            "w.example/w",
            "--key",
            "w.key",
            "--listen",
            listen,
        ]);
        let log = std::fs::File::create(office.path().join("log")).expect("makes");
        command.args(more).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().expect("runs");
        let printed = BufReader::new(child.stdout.take().expect("a pipe"));
        let address = printed.lines().find_map(|line| {
            let line = line.expect("text");
            let (_, rest) = line.split_once("http://")?;
            rest.split('"').next()?.parse().ok()
        });
        let address = address.expect("an address is printed");
        Self { child, address }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("connects");
        let limit = Some(Duration::from_secs(30));
        stream.set_read_timeout(limit).expect("sets");
        stream
    }

    /// Sends bytes; the status and the rest of what comes back, `None` if nothing
    /// does.
    fn send(&self, bytes: &[u8]) -> Option<(u16, String)> {
        let mut stream = self.connect();
        stream.write_all(bytes).expect("sends");
        answer(stream)
    }

    fn post(&self, body: &str) -> (u16, String) {
        self.send(&post(body)).expect("an answer")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap_or_default();
        self.child.wait().expect("ends");
    }
}

fn post(body: &str) -> Vec<u8> {
    let length = body.len();
    format!("POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

fn answer(mut stream: TcpStream) -> Option<(u16, String)> {
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("reads");
    if text.is_empty() {
        return None;
    }
    let (line, rest) = text.split_once("\r\n").expect("lines");
    let status = line.strip_prefix("HTTP/1.1 ").expect("a status line");
    Some((status[..3].parse().expect("a status"), rest.to_owned()))
}

fn register(office: &Office, number: u8) {
    let file = format!("{number}.txt");
    office.write(&file, &format!("document {number}\n"));
    let symbol = format!("A/78/{number}");
    office.text(&["register", &file, "--symbol", &symbol, "--yes"]);
}

/// A request for the newest head, from a size.
fn request(office: &Office, old: u64) -> String {
    let name = "a.request";
    std::fs::remove_file(office.path().join(name)).unwrap_or_default();
    let old = old.to_string();
    office.text(&["checkpoint", "request", "--old", &old, "--out", name]);
    std::fs::read_to_string(office.path().join(name)).expect("reads")
}

fn log(office: &Office) -> String {
    std::fs::read_to_string(office.path().join("log")).expect("reads")
}

#[test]
fn each_request_gets_the_answer_of_the_specification() {
    let office = Office::open();
    register(&office, 1);
    copy(&office.path().join("office"), &office.path().join("before"));
    register(&office, 2);
    let server = Server::start(&office, &[]);
    let (first, status) = (request(&office, 0), |body: &str| server.post(body).0);
    // Cosigned; the lines behind the checkpoint make a note that verifies.
    let (code, rest) = server.post(&first);
    assert_eq!(code, 200, "{rest}");
    let line = rest.split_once("\r\n\r\n").expect("a body").1;
    assert!(
        line.starts_with("— w.example/w ") && line.ends_with('\n'),
        "{line}"
    );
    let note = first.split_once("\n\n").expect("a checkpoint").1.to_owned() + line;
    let cosigned = SignedCheckpoint::parse(note.as_bytes()).expect("a note");
    let public = SecretKey::from_seed([1; 32]).public();
    let witness = WitnessKey::new("w.example/w", public).expect("a name");
    assert!(witness.cosigned(&cosigned).expect("verifies").is_some());
    // Stale: the size that it knows, for a client to prove from.
    let (code, rest) = server.post(&first);
    assert_eq!(code, 409);
    assert!(
        rest.contains("Content-Type: text/x.tlog.size\r\n"),
        "{rest}"
    );
    assert!(rest.ends_with("\r\n\r\n3\n"), "{rest}");
    // The same head again is fine.
    assert_eq!(status(&request(&office, 3)), 200);
    register(&office, 3);
    let grown = request(&office, 3);
    let (_, proof) = grown.split_once('\n').expect("lines");
    assert_eq!(
        status(&format!(
            "old 3\n\n{}",
            proof.split_once("\n\n").expect("a proof").1
        )),
        422
    );
    assert_eq!(
        status(&grown.replacen("old 3", "old 5", 1)),
        400,
        "beyond its head"
    );
    assert_eq!(
        status(&grown.replacen("example.org/log", "example.org/other", 1)),
        404
    );
    let signature = grown.rfind("— example.org/log ").expect("a signature line");
    assert_eq!(
        status(&format!("{}— other AAAAAAA=\n", &grown[..signature])),
        403
    );
    for malformed in [
        "",
        "old 3",
        "old 03\n\n",
        "new\n\n",
        "old 3\nxx\n\n",
        "\u{0}",
    ] {
        assert_eq!(status(malformed), 400, "{malformed:?}");
    }
    assert_eq!(status(&grown), 200);
    // Another history of the same size.
    std::fs::remove_dir_all(office.path().join("office")).expect("removes");
    std::fs::rename(office.path().join("before"), office.path().join("office")).expect("renames");
    register(&office, 4);
    register(&office, 5);
    let (code, rest) = server.post(&request(&office, 4));
    assert_eq!(code, 409);
    assert!(
        !rest.contains("x.tlog.size"),
        "asking again would not help: {rest}"
    );
    // Every request has its line.
    let log = log(&office);
    assert_eq!(log.lines().count(), 15, "{log}");
    assert!(log.contains(" 200 example.org/log 3: cosigned\n"), "{log}");
    assert!(log.contains("FORKED"), "{log}");
}

#[test]
fn other_requests_are_refused() {
    let office = Office::open();
    let server = Server::start(&office, &["--format", "json"]);
    let status = |head: &str| {
        let told = server.send(head.replace('\n', "\r\n").as_bytes());
        told.map_or(0, |(status, _)| status)
    };
    assert_eq!(status("GET /add-checkpoint HTTP/1.1\n\n"), 405);
    assert_eq!(status("GET / HTTP/1.1\n\n"), 404);
    assert_eq!(
        status("POST /add-checkpoint/ HTTP/1.1\nContent-Length: 0\n\n"),
        404
    );
    let post = "POST /add-checkpoint HTTP/1.1\n";
    assert_eq!(status(&format!("{post}\n")), 411);
    assert_eq!(
        status(&format!("{post}Transfer-Encoding: chunked\n\n1\na\n0\n\n")),
        411
    );
    assert_eq!(
        status(&format!("{post}Content-Length: 10000000000\n\n")),
        413
    );
    assert_eq!(status(&format!("{post}X: {}\n\n", "x".repeat(20_000))), 431);
    assert_eq!(status("\u{16}\u{3}\u{1}\u{2}"), 400, "TLS");
    // A client that leaves without a word is no request.
    let silent = server.connect();
    silent.shutdown(Shutdown::Write).expect("closes");
    assert_eq!(answer(silent), None);
    // One that ends early.
    let mut cut = server.connect();
    cut.write_all(b"POST /add-ch").expect("sends");
    cut.shutdown(Shutdown::Write).expect("closes");
    assert_eq!(answer(cut).expect("an answer").0, 400);
    // A client that is told to go ahead does.
    let body = request(&office, 0);
    let mut careful = server.connect();
    let head = format!(
        "POST /add-checkpoint HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    careful.write_all(head.as_bytes()).expect("sends");
    let mut told = [0; 25];
    careful.read_exact(&mut told).expect("reads");
    assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");
    careful.write_all(body.as_bytes()).expect("sends");
    assert_eq!(answer(careful).expect("an answer").0, 200);
    let log = log(&office);
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(line["schema"], "docledger.witness-request/1");
        assert!(
            line["status"].is_u64() && line["peer"].is_string(),
            "{line}"
        );
    }
    assert_eq!(log.lines().count(), 10, "{log}");
}

#[test]
fn a_long_body_is_refused_without_being_read() {
    let office = Office::open();
    let server = Server::start(&office, &[]);
    let body = "x".repeat(500_000);
    let (code, _) = server.post(&body);
    assert_eq!(code, 413, "the answer is seen, whatever is still under way");
}

#[test]
fn random_bytes_get_an_answer_or_none_and_harm_nothing() {
    let office = Office::open();
    let server = Server::start(&office, &[]);
    let whole = post(&request(&office, 0));
    let mut random = 1_u64;
    let mut next = |below: usize| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (random >> 33) as usize % below
    };
    for _ in 0..300 {
        let mut bytes = whole.clone();
        for _ in 0..=next(4) {
            let place = next(bytes.len());
            bytes[place] = next(256) as u8;
        }
        bytes.truncate(next(4 * bytes.len()).max(1));
        let mut stream = server.connect();
        stream.write_all(&bytes).expect("sends");
        stream.shutdown(Shutdown::Write).expect("closes");
        if let Some((code, _)) = answer(stream) {
            assert!((200..=505).contains(&code) && code != 500, "{code}");
        }
    }
    let (code, _) = server.post(&request(&office, 0));
    assert!([200, 409].contains(&code), "{code}");
    assert!(!log(&office).contains("panicked"));
}

#[test]
fn slow_clients_hold_nobody() {
    let office = Office::open();
    let server = Server::start(&office, &[]);
    let start = Instant::now();
    let mut slow: Vec<_> = (0..80).map(|_| server.connect()).collect();
    for stream in &mut slow {
        stream
            .write_all(b"POST /add-checkpoint HTTP/1.1\r\n")
            .unwrap_or_default();
    }
    assert_eq!(server.post(&request(&office, 0)).0, 200);
    assert!(
        start.elapsed() < Duration::from_secs(9),
        "sooner than they are given up"
    );
    // One that drips is given up, however steadily it does.
    let mut drip = server.connect();
    let start = Instant::now();
    drip.set_nonblocking(true).expect("sets");
    let mut told = [0; 64];
    let told = loop {
        assert!(start.elapsed() < Duration::from_secs(20), "given up");
        drip.write_all(b"A").unwrap_or_default();
        match drip.read(&mut told) {
            Ok(length) => break String::from_utf8_lossy(&told[..length]).into_owned(),
            Err(_) => std::thread::sleep(Duration::from_millis(100)),
        }
    };
    assert!(told.starts_with("HTTP/1.1 408 "), "{told}");
    assert!(start.elapsed() > Duration::from_secs(9));
}

#[test]
fn of_two_histories_sent_at_once_one_is_cosigned() {
    let office = Office::open();
    let ledger = office.path().join("office");
    copy(&ledger, &office.path().join("before"));
    register(&office, 1);
    let one = request(&office, 0);
    std::fs::remove_dir_all(&ledger).expect("removes");
    copy(&office.path().join("before"), &ledger);
    register(&office, 2);
    let other = request(&office, 0);
    let server = Server::start(&office, &[]);
    let codes = std::thread::scope(|scope| {
        let sent: Vec<_> = (0..24)
            .map(|number| {
                let body = if number % 2 == 0 { &one } else { &other };
                scope.spawn(|| server.post(body).0)
            })
            .collect();
        let codes = sent.into_iter().map(|it| it.join().expect("answers"));
        codes.collect::<Vec<_>>()
    });
    assert_eq!(
        codes.iter().filter(|it| **it == 200).count(),
        1,
        "{codes:?}"
    );
    assert_eq!(
        codes.iter().filter(|it| **it == 409).count(),
        23,
        "{codes:?}"
    );
}

#[test]
fn a_witness_that_is_stopped_forgets_nothing() {
    let office = Office::open();
    let mut known = 0;
    for round in 0..6 {
        register(&office, round);
        let mut server = Server::start(&office, &[]);
        let body = request(&office, known);
        let mut stream = server.connect();
        stream.write_all(&post(&body)).expect("sends");
        std::thread::sleep(Duration::from_millis(u64::from(round)));
        let pid = server.child.id().to_string();
        let stopped = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(stopped.expect("runs").success());
        server.child.wait().expect("ends");
        let mut told = String::new();
        // Reset, if it was stopped before it answered.
        stream.read_to_string(&mut told).unwrap_or_default();
        let size = u64::from(round) + 2;
        let server = Server::start(&office, &[]);
        let (code, rest) = server.post(&body);
        if told.starts_with("HTTP/1.1 200 ") || code == 409 {
            assert_eq!(code, 409, "what was answered was remembered");
            assert!(rest.ends_with(&format!("\n{size}\n")), "{rest}");
        } else {
            assert_eq!(code, 200, "{rest}");
        }
        known = size;
    }
    assert!(is_whole(&office.path().join("witness-state/witness")));
}

/// Whether the folder holds the lock and one state, and nothing half written.
fn is_whole(folder: &Path) -> bool {
    let listed = std::fs::read_dir(folder).expect("lists");
    let names = listed.map(|it| it.expect("reads").file_name());
    let hidden: Vec<_> = names
        .filter(|name| name.to_string_lossy().starts_with('.'))
        .collect();
    hidden == [".lock"]
}

#[test]
fn a_witness_listens_on_this_machine_unless_told_otherwise() {
    let office = Office::open();
    let beyond = Server::listen(&office, "0.0.0.0:0", &[]);
    drop(beyond);
    assert!(log(&office).contains("without TLS"), "{}", log(&office));
    let server = Server::start(&office, &[]);
    assert!(server.address.ip().is_loopback());
    assert_eq!(log(&office), "");
    let taken = office.run(&[
        "witness",
        "serve",
        "--policy",
        "office/keys/policy",
        "--name",
        "w.example/w",
        "--key",
        "w.key",
        "--listen",
        &server.address.to_string(),
    ]);
    assert_eq!(taken.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&taken.stderr).contains("--listen"));
}

#[test]
fn an_office_asks_a_serving_witness_in_one_command() {
    let office = Office::open();
    let server = Server::start(&office, &[]);
    let url = format!("http://{}/", server.address);
    let ask = || office.run(&["checkpoint", "request", "--witness", &url]);
    // One that the policy does not name is asked in vain.
    let refused = ask();
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{told}");
    assert!(
        told.contains("cosigned by no witness of this ledger's policy"),
        "{told}"
    );
    let public = SecretKey::from_seed([1; 32]).public();
    let vkey = WitnessKey::new("w.example/w", public)
        .expect("a name")
        .vkey();
    let named = format!("--witness=w={vkey}");
    office.text(&["key", "policy", &named, "--quorum=w", "--yes"]);
    // From what it knows, which is learnt from it.
    register(&office, 1);
    let asked = ask();
    let told = String::from_utf8_lossy(&asked.stderr).into_owned();
    assert!(asked.status.success(), "{told}");
    assert_eq!(asked.stdout, b"kept: 3 entries, 1 cosignatures\n");
    let (report, code) = office.summary(&["verify"]);
    assert_eq!(
        (report["witnessed"]["size"].as_u64(), code),
        (Some(3), Some(0))
    );
    let codes = |log: &str| {
        let codes = log.lines().filter_map(|line| line.split(' ').nth(2));
        codes.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(codes(&log(&office)), ["200", "409", "200"]);
    // Another history is told as what it is.
    let ledger = office.path().join("office");
    copy(&ledger, &office.path().join("before"));
    register(&office, 2);
    assert!(ask().status.success());
    std::fs::remove_dir_all(&ledger).expect("removes");
    copy(&office.path().join("before"), &ledger);
    let behind = ask();
    let told = String::from_utf8_lossy(&behind.stderr).into_owned();
    assert!(
        told.contains("the witness knows 4 entries, and this ledger has 3"),
        "{told}"
    );
    register(&office, 3);
    let forked = ask();
    let told = String::from_utf8_lossy(&forked.stderr).into_owned();
    assert_eq!(forked.status.code(), Some(2));
    assert!(
        told.contains("FORKED") && told.contains("hint: the witness saw another"),
        "{told}"
    );
    drop(server);
    let nobody = ask();
    let told = String::from_utf8_lossy(&nobody.stderr).into_owned();
    assert!(told.contains("hint: nothing was kept"), "{told}");
}
