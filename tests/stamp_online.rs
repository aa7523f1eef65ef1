//! Stamps that are asked for over a network: from an authority behind a socket of
//! this machine, and from what is none.

#![cfg(feature = "net")]
#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod office;
mod tsa;

use std::io::{Read, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use office::Office;
use tsa::{Authority, openssl};

const EC: &str = "-newkey ec -pkeyopt ec_paramgen_curve:P-256";

fn authority() -> Authority {
    let usage = "extendedKeyUsage=critical,timeStamping";
    Authority::open(EC, usage, "sha256", 2_000)
}

fn office() -> Office {
    let office = Office::open();
    office.write("1.txt", "document 1\n");
    office.text(&["register", "1.txt", "--symbol", "A/78/1", "--yes"]);
    office
}

/// Reads a request: its head and its body.
fn read(stream: &mut impl Read) -> (String, Vec<u8>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).expect("a head");
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).expect("text").to_ascii_lowercase();
    let length = head.split_once("content-length: ").expect("a length").1;
    let length = length.split_once('\r').expect("a line").0;
    let mut body = vec![0; length.parse().expect("a number")];
    stream.read_exact(&mut body).expect("a body");
    (head, body)
}

fn reply(kind: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n");
    [head.as_bytes(), b"Connection: close\r\n\r\n", body].concat()
}

const REPLY: &str = "application/timestamp-reply";

/// Serves one request by `answer`, which gets its body and the connection, while
/// `asked` gets the address.
fn serving<T>(
    answer: impl FnOnce(Vec<u8>, &mut TcpStream) + Send,
    asked: impl FnOnce(&str) -> T,
) -> T {
    let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
    let url = format!("http://{}/tsa", listener.local_addr().expect("an address"));
    thread::scope(|scope| {
        scope.spawn(move || {
            let (mut stream, _) = listener.accept().expect("accepts");
            let (head, body) = read(&mut stream);
            assert!(head.starts_with("post /tsa http/1.1\r\n"), "{head}");
            assert!(
                head.contains("content-type: application/timestamp-query\r\n"),
                "{head}"
            );
            answer(body, &mut stream);
        });
        asked(&url)
    })
}

/// Serves these bytes, whatever was asked.
fn sends(bytes: Vec<u8>) -> impl FnOnce(Vec<u8>, &mut TcpStream) + Send {
    move |_, stream| stream.write_all(&bytes).unwrap_or_default()
}

#[test]
fn one_command_stamps_the_head() {
    let tsa = authority();
    let office = office();
    std::fs::copy(
        tsa.folder.path().join("root.pem"),
        office.path().join("tsa.pem"),
    )
    .expect("copies");
    let answer = |body: Vec<u8>, stream: &mut TcpStream| {
        sends(reply(REPLY, &tsa.answer(&body)))(body, stream);
    };
    let kept = serving(answer, |url| {
        office.text(&[
            "stamp",
            "request",
            "--tsa",
            url,
            "--tsa-certificates",
            "tsa.pem",
        ])
    });
    assert!(
        kept.starts_with("kept: the first 2 entries existed on "),
        "{kept}"
    );
    assert!(!kept.contains("was not checked"), "{kept}");
    let (report, code) = office.summary(&["verify", "--tsa-certificates", "tsa.pem"]);
    assert_eq!(
        (report["stamped"][0]["size"].as_u64(), code),
        (Some(2), Some(0))
    );
    // Stamped again, with the request in a file too; openssl reads it.
    let answer = |body: Vec<u8>, stream: &mut TcpStream| {
        let kind = "Application/Timestamp-Reply; charset=binary";
        sends(reply(kind, &tsa.answer(&body)))(body, stream);
    };
    let kept = serving(answer, |url| {
        let flags = [
            "stamp", "request", "--renew", "--tsa", url, "--out", "a.tsq",
        ];
        office.text(&flags)
    });
    assert!(
        kept.contains("\nkept: the first 2 entries existed on "),
        "{kept}"
    );
    let request = office.path().join("a.tsq");
    let request = format!("ts -query -in {} -text", request.display());
    openssl(tsa.folder.path(), &request);
    let list = office.text(&["stamp", "list"]);
    assert!(list.contains("2 entries, stamped again\n"), "{list}");
}

#[test]
fn nothing_is_kept_of_what_is_no_stamp() {
    let office = office();
    let tsa = authority();
    let early = Mutex::new(Vec::new());
    // What the authority says to another request for the same head.
    let answer = |body: Vec<u8>, _: &mut TcpStream| {
        *early.lock().expect("whole") = tsa.answer(&body);
    };
    serving(answer, |url| {
        office.run(&["stamp", "request", "--tsa", url])
    });
    let early = early.into_inner().expect("whole");
    let wrong = tsa.answer(&elsewhere());
    let cases = [
        (reply(REPLY, &early), "is no reply to this request"),
        (reply(REPLY, &wrong), "is no reply to this request"),
        (reply(REPLY, &early[..early.len() - 1]), "answered: "),
        (reply(REPLY, b""), "answered: "),
        (
            reply("text/html", &early),
            "\"text/html\", which is no time stamp",
        ),
        (
            b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n".to_vec(),
            "HTTP status 500",
        ),
        (
            b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n".to_vec(),
            "HTTP status 403",
        ),
        (
            b"HTTP/1.1 307 Go\r\nLocation: http://elsewhere/\xe2\x80\xae\r\nContent-Length: 0\r\n\r\n"
                .to_vec(),
            "refers to http://elsewhere/",
        ),
        (b"nothing of the kind\r\n\r\n".to_vec(), "http://127.0.0.1"),
        (Vec::new(), "http://127.0.0.1"),
    ];
    for (bytes, expected) in cases {
        let refused = serving(sends(bytes), |url| {
            office.run(&["stamp", "request", "--tsa", url])
        });
        let told = String::from_utf8_lossy(&refused.stderr);
        assert_eq!(refused.status.code(), Some(2), "{told}");
        assert!(told.contains(expected), "{expected}: {told}");
        assert!(
            told.contains("hint: ") && !told.contains('\u{202e}'),
            "{told}"
        );
    }
    // Nobody there, and what is no address.
    for url in [
        "http://127.0.0.1:9/",
        "ftp://127.0.0.1/",
        "nonsense",
        "http://",
    ] {
        let refused = office.run(&["stamp", "request", "--tsa", url]);
        assert_eq!(refused.status.code(), Some(2), "{url}");
        let told = String::from_utf8_lossy(&refused.stderr);
        assert!(told.contains("hint: "), "{url}: {told}");
    }
    assert!(!office.path().join("office/ledger/stamps").exists());
    let (_, code) = office.summary(&["verify"]);
    assert_eq!(code, Some(0));
}

/// A request of another office.
fn elsewhere() -> Vec<u8> {
    let other = Office::open();
    other.text(&["stamp", "request", "--out", "b.tsq"]);
    std::fs::read(other.path().join("b.tsq")).expect("reads")
}

#[test]
fn tls_is_judged_by_the_roots_of_the_machine() {
    let office = office();
    let tsa = authority();
    let name = "-nodes -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1";
    let purpose = "-addext extendedKeyUsage=serverAuth -addext basicConstraints=CA:FALSE";
    openssl(
        tsa.folder.path(),
        &format!("req -x509 {EC} -keyout web.key -out web.pem {name} {purpose}"),
    );
    let port = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr());
    let port = port.expect("a free port").port();
    let mut server = Command::new("openssl")
        .current_dir(tsa.folder.path())
        .args(["s_server", "-quiet", "-cert", "web.pem", "-key", "web.key"])
        .args(["-accept", &format!("127.0.0.1:{port}")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("openssl is here");
    let is_up = || {
        thread::sleep(Duration::from_millis(20));
        TcpStream::connect(("127.0.0.1", port)).is_ok()
    };
    assert!((0..500).any(|_| is_up()), "openssl serves");
    let url = format!("https://127.0.0.1:{port}/tsa");
    let ask = |roots: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_docledger"));
        command
            .current_dir(office.path())
            .env("SSL_CERT_FILE", tsa.folder.path().join(roots))
            .args(["--home", "office", "--state", "state", "stamp", "request"]);
        command.args(["--tsa", &url]).output().expect("runs")
    };
    let refused = ask("root.pem");
    let told = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{told}");
    assert!(told.contains("certificate"), "{told}");
    let mut input = server.stdin.take().expect("a pipe");
    let mut output = server.stdout.take().expect("a pipe");
    let kept = thread::scope(|scope| {
        scope.spawn(|| {
            let (_, body) = read(&mut output);
            input
                .write_all(&reply(REPLY, &tsa.answer(&body)))
                .expect("answers");
        });
        ask("web.pem")
    });
    server.kill().expect("ends");
    server.wait().expect("ends");
    let told = String::from_utf8_lossy(&kept.stderr);
    assert!(kept.status.success(), "{told}");
}

#[test]
fn an_authority_that_is_endless_or_silent_is_given_up() {
    let office = office();
    let asked = |url: &str| {
        let start = Instant::now();
        let flags = ["stamp", "request", "--tsa", url, "--timeout", "2"];
        let refused = office.run(&flags);
        assert_eq!(refused.status.code(), Some(2));
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "given up in time"
        );
        String::from_utf8_lossy(&refused.stderr).into_owned()
    };
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {REPLY}\r\n\r\n");
    let endless = |_: Vec<u8>, stream: &mut TcpStream| {
        stream.write_all(head.as_bytes()).unwrap_or_default();
        while stream.write_all(&[b'x'; 65_536]).is_ok() {}
    };
    let told = serving(endless, asked);
    assert!(told.contains("larger than"), "{told}");
    let silent = |_: Vec<u8>, stream: &mut TcpStream| {
        // Until the client leaves.
        assert_eq!(stream.read(&mut [0]).unwrap_or(0), 0);
    };
    let told = serving(silent, asked);
    assert!(told.contains("timeout"), "{told}");
    let drips = |_: Vec<u8>, stream: &mut TcpStream| {
        stream.write_all(head.as_bytes()).unwrap_or_default();
        while stream.write_all(b"x").is_ok() {
            thread::sleep(Duration::from_millis(50));
        }
    };
    let told = serving(drips, asked);
    assert!(told.contains("timeout"), "{told}");
    assert!(!office.path().join("office/ledger/stamps").exists());
}

#[test]
fn flags_that_say_nothing_are_refused() {
    let office = Office::open();
    for flags in [
        &["stamp", "request"][..],
        &["stamp", "request", "--out", "a", "--timeout", "3"],
        &["stamp", "request", "--out", "a", "--tsa-certificates", "b"],
        &["stamp", "request", "--tsa", "http://a", "--timeout", "0"],
    ] {
        let refused = office.run(flags);
        assert_eq!(refused.status.code(), Some(2), "{flags:?}");
        assert!(!office.path().join("a").exists(), "{flags:?}");
    }
}
