//! Keys in an SSH agent and behind other programs, and what hostile ones can't do.

#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod office;

use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use office::Office;

const REGISTER: [&str; 6] = [
    "register",
    "a.txt",
    "--symbol",
    "A/78/1",
    "--language=en",
    "--yes",
];

fn office() -> Office {
    let office = Office::open();
    office.write("a.txt", "one");
    office
}

/// The secret key file of a role.
fn secret(office: &Office, role: &str) -> PathBuf {
    let folder = office.path().join("office/keys/private");
    let mut files = std::fs::read_dir(folder).expect("a folder");
    files
        .find_map(|file| {
            let path = file.expect("a file").path();
            let is_it = path.file_name()?.to_str()?.contains(role);
            is_it.then_some(path)
        })
        .expect("a key")
}

/// Runs the program with an agent's socket, or with none.
fn run(office: &Office, socket: Option<&Path>, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_docledger"));
    command.current_dir(office.path());
    command.args(["--home", "office", "--state", "state"]);
    command.env_remove("SSH_AUTH_SOCK").args(arguments);
    if let Some(socket) = socket {
        command.env("SSH_AUTH_SOCK", socket);
    }
    command.output().expect("runs")
}

/// A registration that must fail, leave nothing, and say why and what to do.
fn refused(office: &Office, socket: Option<&Path>, key: &str, why: &str) {
    let output = run(office, socket, &[&REGISTER[..], &["--key", key]].concat());
    let told = String::from_utf8_lossy(&output.stderr).replace("\n  ", " ");
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains(why), "{why}: {told}");
    assert!(told.contains("hint: "), "{told}");
    assert_eq!(office.entries(), 1, "{told}");
}

/// A real agent; it ends with the test.
struct Agent(Child, PathBuf);

impl Agent {
    fn start(office: &Office) -> Self {
        let socket = office.path().join("agent");
        let agent = Command::new("ssh-agent")
            .args(["-D", "-a"])
            .arg(&socket)
            .stdout(Stdio::null())
            .spawn()
            .expect("openssh-client is installed");
        let end = Instant::now() + Duration::from_secs(5);
        while !socket.exists() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(10));
        }
        Self(agent, socket)
    }

    /// Adds a key by its 32 secret and 32 public bytes (SSH_AGENTC_ADD_IDENTITY),
    /// since OpenSSH reads no PKCS#8 files for Ed25519.
    fn add(&self, pem: &Path, comment: &str) {
        let key = docledger::key::SecretKey::from_pem(
            &std::fs::read_to_string(pem).expect("a key"),
            None,
        );
        let public = *key.expect("a key").public().as_bytes();
        let der = Command::new("openssl")
            .args(["pkey", "-outform", "DER", "-in"])
            .arg(pem)
            .output()
            .expect("openssl is installed")
            .stdout;
        // RFC 8410 §7: the last 32 bytes of this fixed form are the seed.
        let seed = &der[der.len() - 32..];
        let mut body = vec![17];
        for part in [
            &b"ssh-ed25519"[..],
            &public,
            &[seed, &public].concat(),
            comment.as_bytes(),
        ] {
            body.extend(framed(part));
        }
        let mut stream = std::os::unix::net::UnixStream::connect(&self.1).expect("connects");
        stream.write_all(&framed(&body)).expect("sends");
        let mut answer = [0; 5];
        stream.read_exact(&mut answer).expect("answers");
        assert_eq!(answer, [0, 0, 0, 1, 6], "success");
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.0.kill().unwrap_or_default();
        self.0.wait().map(drop).unwrap_or_default();
    }
}

fn framed(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).expect("short");
    [&length.to_be_bytes(), bytes].concat()
}

#[test]
fn officer_and_checkpoint_key_in_an_agent_sign() {
    let office = office();
    let agent = Agent::start(&office);
    for role in ["officer", "checkpoint"] {
        let file = secret(&office, role);
        agent.add(&file, role);
        std::fs::remove_file(file).expect("removes");
    }
    let output = run(&office, Some(&agent.1), &REGISTER);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    assert!(told.contains("in the SSH agent"), "{told}");
    assert_eq!(office.entries(), 2);
    for (name, key) in [("b", "agent:"), ("c", "agent:officer")] {
        office.write("b.txt", name);
        let symbol = format!("A/78/{name}");
        let arguments = [
            "register",
            "b.txt",
            "--symbol",
            &symbol,
            "--language=en",
            "--yes",
            "--key",
            key,
            "--checkpoint-key",
            "agent:checkpoint",
        ];
        let output = run(&office, Some(&agent.1), &arguments);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{told}");
    }
    assert_eq!(office.entries(), 4);
    let shown = run(&office, Some(&agent.1), &["key", "show", "agent:officer"]);
    let pem = String::from_utf8(shown.stdout).expect("text");
    assert!(docledger::key::PublicKey::from_pem(&pem).is_ok(), "{pem}");
}

#[test]
fn an_agent_without_the_right_key_is_told() {
    let office = office();
    let agent = Agent::start(&office);
    refused(&office, Some(&agent.1), "agent:", "holds no Ed25519 key");
    agent.add(&secret(&office, "registrar"), "other");
    refused(&office, Some(&agent.1), "agent:", "holds no Ed25519 key");
    refused(&office, Some(&agent.1), "agent:other", "may not sign this");
    let gone = office.path().join("gone");
    refused(&office, Some(&gone), "agent:", "can't be reached");
    refused(&office, None, "agent:", "SSH_AUTH_SOCK is not set");
}

/// A socket that answers each request with the next of some texts.
fn hostile(office: &Office, name: &str, answers: Vec<Vec<u8>>) -> PathBuf {
    let socket = office.path().join(name);
    let listener = UnixListener::bind(&socket).expect("binds");
    std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().expect("accepts");
            let mut length = [0; 4];
            stream.read_exact(&mut length).expect("a request");
            let mut request = vec![0; u32::from_be_bytes(length) as usize];
            stream.read_exact(&mut request).expect("a request");
            stream.write_all(&answer).expect("answers");
            if answer.is_empty() {
                std::thread::sleep(Duration::from_secs(20));
            }
        }
    });
    socket
}

#[test]
fn a_hostile_agent_gets_nowhere() {
    let office = office();
    let pem = std::fs::read_to_string(secret(&office, "officer")).expect("a key");
    let key = docledger::key::SecretKey::from_pem(&pem, None).expect("a key");
    let blob = [framed(b"ssh-ed25519"), framed(key.public().as_bytes())].concat();
    let list = [&[12, 0, 0, 0, 1][..], &framed(&blob), &framed(b"x")].concat();
    let list = framed(&list);
    let wrong = [framed(b"ssh-ed25519"), framed(&[1; 64])].concat();
    let wrong = framed(&[&[14][..], &framed(&wrong)].concat());
    for (name, answers, why) in [
        ("giant", vec![vec![0xff; 4]], "too long"),
        ("empty", vec![vec![0; 4]], "too long or empty"),
        ("garbage", vec![framed(b"garbage")], "malformed"),
        (
            "count",
            vec![framed(&[12, 0xff, 0xff, 0xff, 0xff])],
            "malformed",
        ),
        ("half", vec![vec![0, 0, 0, 9, 12]], "stopped answering"),
        (
            "silent",
            vec![Vec::new()],
            "did not answer within 5 seconds",
        ),
        ("no", vec![list.clone(), framed(&[5])], "refused"),
        ("wrong", vec![list, wrong], "does not verify"),
    ] {
        let socket = hostile(&office, name, answers);
        refused(&office, Some(&socket), "agent:", why);
    }
}

/// Writes a program.
fn program(office: &Office, name: &str, text: &str) {
    office.write(name, text);
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(office.path().join(name), mode).expect("sets");
}

#[test]
fn the_documented_program_signs() {
    let office = office();
    program(&office, "sign", include_str!("../docs/sign-openssl.sh"));
    let named = |role| format!("exec:./sign {}", secret(&office, role).display());
    let (officer, checkpoint) = (named("officer"), named("checkpoint"));
    let flags = ["--key", &officer, "--checkpoint-key", &checkpoint];
    office.text(&[&REGISTER[..], &flags].concat());
    assert_eq!(office.entries(), 2);
    let file = secret(&office, "officer");
    let shown = |key: &str| office.text(&["key", "show", key]);
    assert_eq!(shown(&officer), shown(file.to_str().expect("text")));
}

#[test]
fn a_program_that_fails_is_told_and_nothing_is_recorded() {
    let office = office();
    let file = secret(&office, "officer");
    let public = format!("openssl pkey -pubout -in {}", file.display());
    let on_sign =
        |what: &str| format!("#!/bin/sh\ncat >in; [ $1 = public ] && exec {public}\n{what}\n");
    for (text, why) in [
        ("#!/bin/sh\necho no PIN >&2; exit 3\n".to_owned(), "no PIN"),
        (
            "#!/bin/sh\nexec sleep 30\n".to_owned(),
            "longer than 10 seconds",
        ),
        ("#!/bin/sh\nexec yes\n".to_owned(), "printed more than"),
        ("#!/bin/sh\necho x\n".to_owned(), "not a PEM file"),
        (
            on_sign("printf '\\033[31mred' >&2; exit 1"),
            "\\u{1b}[31mred",
        ),
        (on_sign("head -c 64 /dev/zero"), "does not verify"),
        (on_sign("head -c 63 /dev/zero"), "does not verify"),
    ] {
        program(&office, "bad", &text);
        refused(&office, None, "exec:./bad", why);
    }
    refused(&office, None, "exec:./absent", "can't be run");
    refused(&office, None, "exec:", "can't be run");
}
