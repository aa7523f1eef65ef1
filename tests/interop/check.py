"""Does other people's software agree with docledger, and refuse tampered twins?

usage: check.py PROGRAM SCRATCH
"""

import base64
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import cbor2
import proofbundle.checkpoint as notes
import proofbundle.merkle as pb_merkle
import proofbundle.tlogproof as tlogproof
import scitt_cose
import scitt_cose.merkle as sc_merkle
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ISSUER = "https://records.example.org"
ORIGIN = "records.example.org/register"
PASSPHRASE = "correct horse battery staple"

# name of the file, its text, and how it is registered
DOCUMENTS = [
    ("letter.txt", "Letter dated 1 May 2024.\n", ["--symbol", "A/78/1", "--language", "en"]),
    (
        "letter-rev.txt",
        "Letter dated 2 May 2024.\n",
        ["--symbol", "A/78/1", "--language", "en", "--change", "revision"],
    ),
    ("lettre.txt", "Lettre datée du 3 mai 2024.\n", ["--symbol", "A/78/2", "--language", "fr"]),
    ("report.txt", "Report.\n" * 40, ["--symbol", "S/2024/3", "--language", "en"]),
    ("note.txt", "Note by the Secretariat.\n", ["--symbol", "A/78/4", "--language", "en"]),
]

passed = 0
failed = 0


def check(name, test):
    """Runs one check: it passes if `test` returns True, and nothing else."""
    global passed, failed
    try:
        outcome = test()
        why = "" if outcome is True else f": {outcome!r}"
    except Exception as error:  # a check that cannot be made has failed
        outcome, why = False, f": {type(error).__name__}: {error}"
    if outcome is True:
        passed += 1
        print(f"ok    {name}")
    else:
        failed += 1
        print(f"FAIL  {name}{why}")


def equal(left, right):
    return True if left == right else f"{left!r} is not {right!r}"


def flip(data, at, bit=0x01):
    """The same bytes but one bit."""
    twin = bytearray(data)
    twin[at] ^= bit
    return bytes(twin)


def environment(**more):
    env = {k: v for k, v in os.environ.items() if not k.startswith("DOCLEDGER_")}
    env.update(more)
    return env


def docledger(home, *arguments, **env):
    command = [PROGRAM, "--home", home, "--state", home.parent / "state", *arguments]
    done = subprocess.run(command, env=environment(**env), capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def init(home, *arguments, **env):
    home.mkdir()
    docledger(home, "init", "--issuer", ISSUER, "--origin", ORIGIN, *arguments, **env)


def entries_of(bundle):
    entries, at = [], 0
    while at < len(bundle):
        size = int.from_bytes(bundle[at : at + 2], "big")
        entries.append(bundle[at + 2 : at + 2 + size])
        if len(entries[-1]) != size:
            raise ValueError("the bundle ends inside an entry")
        at += 2 + size
    return entries


# ---------------------------------------------------------------- statements


def signed(entry, key):
    return scitt_cose.parse_signed_statement(entry, public_key_pem=key)["signature_verified"]


def refused(entry, key):
    return equal(signed(entry, key), False)


def refused_at_every_byte(entry, key):
    accepted = [at for at in range(len(entry)) if signed(flip(entry, at), key) is not False]
    return True if not accepted else f"accepted with a flipped bit at {accepted}"


def statements(home, entries, files):
    keys = home / "keys"
    for number, entry in enumerate(entries):
        protected, _, payload, signature = cbor2.loads(entry).value
        role, other = ("registrar", "officer") if number == 0 else ("officer", "registrar")
        kid = cbor2.loads(protected)[4].hex()
        key = (keys / f"{role}-{kid[:8]}.pem").read_bytes()
        wrong = next(keys.glob(f"{other}-*.pem")).read_bytes()
        name = f"scitt-cose: entry {number}"

        parsed = scitt_cose.parse_signed_statement(entry, public_key_pem=key)
        check(f"{name}: signature verifies under {role}-{kid[:8]}", lambda: equal(parsed["signature_verified"], True))
        check(f"{name}: issuer", lambda: equal(parsed["issuer"], ISSUER))
        check(f"{name}: algorithm is EdDSA", lambda: equal(parsed["alg"], "EdDSA"))
        if number > 0:
            path, symbol = files[number - 1]
            check(f"{name}: subject is {symbol}", lambda: equal(parsed["subject"], symbol))
            digest = hashlib.sha256(path.read_bytes()).digest()
            check(f"{name}: payload is the file's SHA-256", lambda: equal(parsed["payload"], digest))
        check(f"{name}: refused under the {other}'s key", lambda: refused(entry, wrong))
        for part, content in [("protected header", protected), ("payload", payload), ("signature", signature)]:
            at = entry.rindex(content) + len(content) // 2
            check(f"{name}: refused with a flipped bit in the {part}", lambda: refused(flip(entry, at), key))
        check(f"{name}: refused with any byte changed", lambda: refused_at_every_byte(entry, key))
        check(f"{name}: refused without its last byte", lambda: refused(entry[:-1], key))


# ---------------------------------------------------------------------- tree


def tree(home, entries, checkpoints):
    size, root = checkpoints[-1]
    hexes = [entry.hex() for entry in entries]
    check("tree: the checkpoint counts the entries", lambda: equal(size, len(entries)))
    check("scitt-cose: root of the entries is the checkpoint's", lambda: equal(sc_merkle.merkle_root(hexes), root.hex()))
    check("proofbundle: root of the entries is the checkpoint's", lambda: equal(pb_merkle.merkle_tree_hash(entries), root))

    twin = entries[:2] + [flip(entries[2], 40)] + entries[3:]
    swapped = entries[:1] + [entries[2], entries[1]] + entries[3:]
    for what, other in [("a changed entry", twin), ("two swapped entries", swapped), ("an entry lost", entries[:-1])]:
        check(
            f"scitt-cose: another root with {what}",
            lambda: sc_merkle.merkle_root([entry.hex() for entry in other]) != root.hex(),
        )
        check(f"proofbundle: another root with {what}", lambda: pb_merkle.merkle_tree_hash(other) != root)

    tile = (home / f"ledger/tile/0/000.p/{size}").read_bytes()
    for name, leaves in [
        ("scitt-cose", b"".join(bytes.fromhex(sc_merkle.leaf_hash(entry)) for entry in hexes)),
        ("proofbundle", b"".join(pb_merkle.leaf_hash(entry) for entry in entries)),
    ]:
        check(f"{name}: the tile holds exactly the leaf hashes", lambda: equal(tile, leaves))
        check(f"{name}: a changed tile does not", lambda: flip(tile, 32) != leaves)

    for index, entry in enumerate(hexes):
        proof = sc_merkle.inclusion_proof(hexes, index)
        check(
            f"scitt-cose: entry {index} is included under the checkpoint's root",
            lambda: sc_merkle.verify_inclusion(entry, index, size, proof, root.hex()),
        )
        check(
            f"scitt-cose: entry {index} is refused under a changed root",
            lambda: equal(sc_merkle.verify_inclusion(entry, index, size, proof, flip(root, 0).hex()), False),
        )

    for old, old_root in checkpoints[:-1]:
        proof = pb_merkle.consistency_proof(entries, old)
        verify = pb_merkle.verify_consistency
        check(f"proofbundle: checkpoint {old} is consistent with {size}", lambda: verify(old, size, proof, old_root, root))
        check(
            f"proofbundle: refused if the root of {old} is changed",
            lambda: equal(verify(old, size, proof, flip(old_root, 0), root), False),
        )
        proof_hex = [step.hex() for step in proof]
        verify_hex = sc_merkle.verify_consistency
        check(
            f"scitt-cose: checkpoint {old} is consistent with {size}",
            lambda: verify_hex(old_root.hex(), root.hex(), old, size, proof_hex),
        )
        check(
            f"scitt-cose: refused if the root of {old} is changed",
            lambda: equal(verify_hex(flip(old_root, 0).hex(), root.hex(), old, size, proof_hex), False),
        )


# ---------------------------------------------------------------- checkpoint


def parse_checkpoint(note):
    lines = note.split("\n")
    return int(lines[1]), base64.b64decode(lines[2], validate=True)


def note_verdict(note, vkey):
    """What proofbundle says; a refusal to read is a refusal."""
    try:
        return notes.verify_checkpoint(note, vkey)["ok"]
    except notes.BundleFormatError:
        return False


def plain_verdict(note, vkey):
    """The same with nothing but `cryptography`."""
    text, signatures = note.split("\n\n", 1)
    name, key = vkey.split("+", 2)[0], base64.b64decode(vkey.split("+", 2)[2])
    key_id = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
    for line in signatures.splitlines():
        raw = base64.b64decode(line.split(" ")[2])
        if line.startswith(f"\u2014 {name} ") and raw[:4] == key_id:
            try:
                Ed25519PublicKey.from_public_bytes(key[1:]).verify(raw[4:], (text + "\n").encode())
                return True
            except InvalidSignature:
                return False
    return False


def policy_vkey(home):
    line = (home / "keys/policy").read_text(encoding="utf-8").splitlines()[0]
    return line.removeprefix("log ")


def twins(note):
    """Tampered twins of a checkpoint, by name."""
    text, line = note.removesuffix("\n").split("\n\n")
    origin, size, root = text.split("\n")
    prefix, signature = line.rsplit(" ", 1)

    def made(origin=origin, size=size, root=root, signature=signature):
        return f"{origin}\n{size}\n{root}\n\n{prefix} {signature}\n"

    def encoded(field, at):
        return base64.b64encode(flip(base64.b64decode(field), at)).decode()

    assert made() == note
    return [
        ("changed origin", made(origin=origin + "s")),
        ("changed size", made(size=str(int(size) + 1))),
        ("changed root", made(root=encoded(root, 7))),
        ("changed signature", made(signature=encoded(signature, 40))),
        ("changed key id", made(signature=encoded(signature, 0))),
    ]


def checkpoint(home, note, stranger):
    vkey = policy_vkey(home)
    pem = next((home / "keys").glob("checkpoint-*.pem")).read_text()
    raw = base64.b64decode("".join(pem.splitlines()[1:-1]))[-32:]
    check("proofbundle: the policy's vkey is the checkpoint key's", lambda: equal(notes.vkey(ORIGIN, raw), vkey))
    for name, verdict in [("proofbundle", note_verdict), ("cryptography", plain_verdict)]:
        check(f"{name}: the checkpoint verifies", lambda: equal(verdict(note, vkey), True))
        for what, twin in twins(note):
            check(f"{name}: checkpoint with {what} refused", lambda: equal(verdict(twin, vkey), False))
        check(f"{name}: checkpoint refused under another log's vkey", lambda: equal(verdict(note, stranger), False))


def verify_proof(scratch, text, leaf, vkey):
    """The exit code of `proofbundle verify-proof`."""
    (scratch / "entry.tlog-proof").write_bytes(text.encode())
    (scratch / "entry").write_bytes(leaf)
    start = "import sys; from proofbundle.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", start, "verify-proof", scratch / "entry.tlog-proof"]
    command += ["--payload-file", scratch / "entry", "--log-vkey", vkey, "--expected-origin", ORIGIN]
    done = subprocess.run(command, capture_output=True, text=True)
    if "Traceback" in done.stderr:
        raise RuntimeError(done.stderr)
    return done.returncode


def tlog_proof(home, scratch, entries, note, stranger):
    vkey = policy_vkey(home)
    index = 2
    path = pb_merkle.inclusion_proof(entries, index)
    proof = tlogproof.format_tlog_proof(index, path, note)
    entry = entries[index]

    def no(text, leaf, key=vkey):
        code = verify_proof(scratch, text, leaf, key)
        return True if code == 1 else f"exit {code}, not 1"

    check("proofbundle verify-proof: entry 2 is proved", lambda: equal(verify_proof(scratch, proof, entry, vkey), 0))
    check("proofbundle verify-proof: changed entry refused", lambda: no(proof, flip(entry, -1)))
    check("proofbundle verify-proof: another entry refused", lambda: no(proof, entries[3]))
    check("proofbundle verify-proof: another log's vkey refused", lambda: no(proof, entry, stranger))
    bent = tlogproof.format_tlog_proof(index, [flip(path[0], 0), *path[1:]], note)
    check("proofbundle verify-proof: changed path refused", lambda: no(bent, entry))
    moved = tlogproof.format_tlog_proof(index + 1, path, note)
    check("proofbundle verify-proof: another index refused", lambda: no(moved, entry))
    for what, twin in twins(note):
        text = proof.replace(note, twin)
        check(f"proofbundle verify-proof: {what} of the checkpoint refused", lambda: text != proof and no(text, entry))


# -------------------------------------------------------------------- proofs


def receipt_holds(receipt, entry, key):
    """What scitt-cose says of a receipt; a refusal to read is a refusal."""
    try:
        return scitt_cose.verify_receipt(receipt, leaf_entry_hex=entry.hex(), log_public_key_pem=key).ok
    except ValueError:
        return False


def proofs(home, scratch, entries, note, older, stranger):
    """What `docledger prove` writes is good for others, and its twins are not."""
    vkey = policy_vkey(home)
    index = 2
    entry = entries[index]
    docledger(home, "prove", f"#{index}", "--out", scratch / "two")
    text = (scratch / "two.tlog-proof").read_text(encoding="utf-8")
    check("proofbundle verify-proof: what `prove` wrote", lambda: equal(verify_proof(scratch, text, entry, vkey), 0))
    check("proofbundle verify-proof: it proves no other entry", lambda: equal(verify_proof(scratch, text, entries[3], vkey), 1))
    check("proofbundle verify-proof: not under another log's key", lambda: equal(verify_proof(scratch, text, entry, stranger), 1))

    statement = (scratch / "two.scitt").read_bytes()
    tag = cbor2.loads(statement)
    protected, unprotected, payload, signature = tag.value
    check("transparent statement: tagged as COSE_Sign1", lambda: equal(tag.tag, 18))
    check("transparent statement: receipts alone in the unprotected header", lambda: equal(list(unprotected), [394]))
    bare = cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, signature]), canonical=True)
    check("transparent statement: without receipts it is the entry", lambda: equal(bare, entry))
    officer = (home / "keys" / f"officer-{cbor2.loads(protected)[4].hex()[:8]}.pem").read_bytes()
    check("scitt-cose: transparent statement's signature", lambda: equal(signed(statement, officer), True))
    [receipt] = unprotected[394]
    log_key = next((home / "keys").glob("receipt-*.pem")).read_bytes()
    other = next((home / "keys").glob("checkpoint-*.pem")).read_bytes()
    check("scitt-cose: the receipt holds", lambda: equal(receipt_holds(receipt, entry, log_key), True))
    check("scitt-cose: not under the checkpoint's key", lambda: equal(receipt_holds(receipt, entry, other), False))
    check("scitt-cose: not for another entry", lambda: equal(receipt_holds(receipt, entries[3], log_key), False))
    good = [at for at in range(len(receipt)) if receipt_holds(flip(receipt, at, 0x02), entry, log_key)]
    # Size and index are not authenticated (RFC 9942): a change that folds to the same root holds.
    proof = cbor2.loads(receipt).value[1][396][-1][0]
    at = receipt.index(proof)
    loose = set(range(at, at + len(proof) - 3 * 34))
    check("scitt-cose: no other flipped byte of the receipt holds", lambda: equal([it for it in good if it not in loose], []))

    size, root = older
    docledger(home, "prove", "--growth", scratch / "older", "--out", scratch / "growth")
    grown = cbor2.loads((scratch / "growth.receipt").read_bytes()).value
    old, new, path = cbor2.loads(grown[1][396][-2][0])
    newest = parse_checkpoint(note)
    check("receipt of growth: its sizes", lambda: equal((old, new), (size, newest[0])))
    verify = pb_merkle.verify_consistency
    check("proofbundle: the path of growth holds", lambda: verify(old, new, path, root, newest[1]))
    message = cbor2.dumps(["Signature1", grown[0], b"", newest[1]])
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode("".join(log_key.decode().splitlines()[1:-1]))[-32:])
    check("cryptography: the receipt key signed the newer root", lambda: equal(key.verify(grown[3], message), None))


# ---------------------------------------------------------------------- keys


def pkey(path, *options, passphrase=None):
    """What `openssl pkey` writes, or None if it refuses."""
    secret = ["-passin", "env:INTEROP_PASSPHRASE"]
    done = subprocess.run(
        ["openssl", "pkey", "-in", path, *options, *secret],
        env=environment(INTEROP_PASSPHRASE=passphrase or ""),
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    return done.stdout if done.returncode == 0 else None


def damaged(path, scratch, at):
    """A twin of a PEM file with one bit of its DER flipped."""
    first, *body, last = path.read_text().splitlines()
    text = base64.b64encode(flip(base64.b64decode("".join(body)), at)).decode()
    lines = [text[n : n + 64] for n in range(0, len(text), 64)]
    twin = scratch / f"damaged-{path.name}"
    twin.write_text("\n".join([first, *lines, last]) + "\n")
    return twin


def cut(path, scratch):
    twin = scratch / f"cut-{path.name}"
    twin.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    return twin


def keys(home, scratch, what, passphrase=None):
    publics = sorted((home / "keys").glob("*.pem"))
    secrets = sorted((home / "keys/private").glob("*.key"))
    check(f"openssl pkey: {what}: four pairs of keys", lambda: equal((len(publics), len(secrets)), (4, 4)))
    for path in publics:
        name = f"openssl pkey: {what}: {path.name}"
        check(f"{name} read, and written back the same", lambda: equal(pkey(path, "-pubin"), path.read_bytes()))
        twin = damaged(path, scratch, 8)  # in the algorithm's object identifier
        check(f"{name} refused if damaged", lambda: equal(pkey(twin, "-pubin"), None))
        short = cut(path, scratch)
        check(f"{name} refused if cut", lambda: equal(pkey(short, "-pubin"), None))
    for path in secrets:
        name = f"openssl pkey: {what}: {path.name}"
        public = (home / "keys" / f"{path.stem}.pem").read_bytes()

        def pubout(path, passphrase=passphrase):
            return pkey(path, "-pubout", passphrase=passphrase)

        check(f"{name} read, and belongs to its public key", lambda: equal(pubout(path), public))
        # in the object identifier; if encrypted, in the first block of the ciphertext
        twin = damaged(path, scratch, -64 if passphrase else 10)
        check(f"{name} refused if damaged", lambda: equal(pubout(twin), None))
        short = cut(path, scratch)
        check(f"{name} refused if cut", lambda: equal(pubout(short), None))
        if passphrase:
            check(f"{name} is marked as encrypted", lambda: path.read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"))
            check(f"{name} refused with a wrong passphrase", lambda: equal(pubout(path, passphrase + "r"), None))
            check(f"{name} refused without a passphrase", lambda: equal(pubout(path, None), None))
        else:
            other = damaged(path, scratch, -1)  # in the secret itself
            check(f"{name} with another secret has another public key", lambda: pubout(other) not in (None, public))


def keys_of_openssl(home, scratch):
    """Secret keys that `openssl pkcs8` wrote are good for docledger."""
    key = next((home / "keys/private").glob("officer-*.key"))
    secrets = ["-passin", "env:DOCLEDGER_PASSPHRASE", "-passout", "env:DOCLEDGER_PASSPHRASE"]
    env = environment(DOCLEDGER_PASSPHRASE=PASSPHRASE)
    kinds = [["-nocrypt"], ["-scrypt"], ["-v2", "aes-256-cbc"], ["-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA256"]]
    for number, kind in enumerate(kinds, 1):
        made = scratch / f"openssl-{number}.key"
        convert = ["openssl", "pkcs8", "-topk8", *kind, "-in", key, "-out", made, *secrets]
        subprocess.run(convert, env=env, check=True, capture_output=True)
        path = scratch / f"paper-{number}.txt"
        path.write_text(f"Paper {number}.\n")

        def register(made, passphrase=PASSPHRASE):
            command = [PROGRAM, "--home", home, "--state", scratch / "state", "register", path, "--key", made]
            command += ["--symbol", f"A/79/{number}", "--language", "en", "--yes"]
            env = environment(DOCLEDGER_PASSPHRASE=passphrase)
            return subprocess.run(command, env=env, capture_output=True).returncode

        name = f"openssl pkcs8 {' '.join(kind)}: docledger"
        twin = damaged(made, scratch, 10 if kind == ["-nocrypt"] else -64)
        check(f"{name} refuses the key if damaged", lambda: equal(register(twin), 2))
        if kind != ["-nocrypt"]:
            check(f"{name} refuses a wrong passphrase", lambda: equal(register(made, PASSPHRASE + "r"), 2))
        check(f"{name} signs with the key", lambda: equal(register(made), 0))
        entry = entries_of((home / f"ledger/tile/entries/000.p/{number + 1}").read_bytes())[-1]
        public = (home / "keys" / f"{key.stem}.pem").read_bytes()
        check(f"{name}'s entry verifies with scitt-cose", lambda: equal(signed(entry, public), True))


def main():
    scratch = Path(tempfile.mkdtemp(prefix="interop-", dir=SCRATCH))
    home = scratch / "plain"
    init(home, "--no-passphrase")
    note_of = lambda: (home / "ledger/checkpoint").read_bytes().decode("utf-8")
    checkpoints = [parse_checkpoint(note_of())]
    files = []
    for name, text, options in DOCUMENTS:
        path = scratch / name
        path.write_bytes(text.encode())
        docledger(home, "register", path, *options, "--yes")
        files.append((path, options[1]))
        checkpoints.append(parse_checkpoint(note_of()))
        if len(files) == 3:
            (scratch / "older").write_text(note_of(), encoding="utf-8")
    entries = entries_of((home / f"ledger/tile/entries/000.p/{len(files) + 1}").read_bytes())

    locked = scratch / "encrypted"
    init(locked, DOCLEDGER_PASSPHRASE=PASSPHRASE)
    stranger = policy_vkey(locked)

    check("ledger: one entry more than documents", lambda: equal(len(entries), len(files) + 1))
    statements(home, entries, files)
    tree(home, entries, checkpoints)
    checkpoint(home, note_of(), stranger)
    tlog_proof(home, scratch, entries, note_of(), stranger)
    proofs(home, scratch, entries, note_of(), checkpoints[3], stranger)
    keys(home, scratch, "plain")
    keys(locked, scratch, "encrypted", PASSPHRASE)
    keys_of_openssl(locked, scratch)
    print(f"interop: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    PROGRAM = Path(sys.argv[1]).resolve()
    SCRATCH = Path(sys.argv[2]).resolve()
    SCRATCH.mkdir(parents=True, exist_ok=True)
    sys.exit(main())
