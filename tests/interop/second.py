"""A second verifier of evidence files, written from FORMAT.md alone.

    second.py EVIDENCE --ledger-id HEX [--document FILE]

Prints `verified`, `failed: …` or `not established: …`; exit code 0, 1 or 3. It
shares no code with docledger. What it does not weigh (thresholds above one, four
eyes, events but endorsements) it says is not established, unless nothing asks for
it. Of time stamps it checks what they hang on; their tokens are for `openssl ts`.
"""

import argparse
import base64
import hashlib
import struct
import sys
import zlib

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493


class Failed(Exception):
    """Something is provably wrong."""


class Open(Exception):
    """Nothing is wrong, and something can't be told."""


def need(condition, why):
    if not condition:
        raise Failed(why)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def leaf_hash(entry):
    return sha256(b"\0", entry)


def node_hash(left, right):
    return sha256(b"\1", left, right)


# ------------------------------------------------------------------ container


def read_zip(data):
    """Names and bytes in order; the container must be in its one form."""
    files, at = [], 0
    while data[at : at + 4] == b"PK\x03\x04":
        need(len(data) >= at + 30, "a header is cut")
        fields = struct.unpack("<HHHHHIIIHH", data[at + 4 : at + 30])
        crc, size, name_len = fields[5], fields[6], fields[8]
        need(size < 0xFFFFFFFF, "files of 4 GiB are not read by this program")
        name = data[at + 30 : at + 30 + name_len]
        body = data[at + 30 + name_len : at + 30 + name_len + size]
        need(len(body) == size and zlib.crc32(body) == crc, f"{name!r} is cut or damaged")
        files.append((name, body, at))
        at += 30 + name_len + size
    need(data == write_zip(files), "the container is not in its one form")
    return [(name.decode("ascii"), body) for name, body, _ in files]


def write_zip(files):
    out, directory = b"", b""
    for name, body, _ in files:
        common = struct.pack("<HHHHHIIIHH", 10, 0, 0, 0, 0x21, zlib.crc32(body), len(body), len(body), len(name), 0)
        directory += b"PK\x01\x02" + struct.pack("<H", 10) + common + bytes(10) + struct.pack("<I", len(out)) + name
        out += b"PK\x03\x04" + common + name + body
    count = len(files)
    end = b"PK\x05\x06" + bytes(4) + struct.pack("<HHIIH", count, count, len(directory), len(out), 0)
    return out + directory + end


# ----------------------------------------------------------------------- CBOR


def encode(value):
    """Deterministic CBOR (RFC 8949, section 4.2.1)."""
    if isinstance(value, cbor2.CBORTag):
        return b"\xd2" + encode(value.value)
    if isinstance(value, (list, tuple)):
        return head(4, len(value)) + b"".join(map(encode, value))
    if isinstance(value, dict) or hasattr(value, "items"):
        pairs = sorted((encode(key), encode(item)) for key, item in value.items())
        return head(5, len(pairs)) + b"".join(key + item for key, item in pairs)
    if isinstance(value, bool) or value is None:
        return cbor2.dumps(value)
    if isinstance(value, (int, bytes, str)):
        return cbor2.dumps(value)
    raise Failed(f"{type(value).__name__} has no place in an entry")


def head(major, number):
    coded = bytearray(cbor2.dumps(number))
    coded[0] |= major << 5
    return bytes(coded)


def decode(data):
    try:
        value = cbor2.loads(data)
    except Exception as error:
        raise Failed(f"no CBOR: {error}") from error
    need(encode(value) == data, "CBOR that is not in its one form")
    return value


# ----------------------------------------------------------------- signatures


def verify(key, message, signature, what):
    need(len(signature) == 64, f"{what}: no Ed25519 signature")
    need(int.from_bytes(signature[32:], "little") < GROUP_ORDER, f"{what}: S is too large")
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise Failed(f"{what}: the signature does not verify") from error


def thumbprint(key):
    return sha256(bytes.fromhex("a3010120062158" + "20"), key)


def cose_key(value):
    need(dict(value) == {1: 1, -1: 6, -2: value[-2]} and len(value[-2]) == 32, "a key is none")
    return value[-2]


class Entry:
    """An entry taken apart, unchecked."""

    def __init__(self, index, data):
        self.index, self.data, self.leaf = index, data, leaf_hash(data)
        need(len(data) <= 65535, f"entry {index} is too long")
        tagged = decode(data)
        need(isinstance(tagged, cbor2.CBORTag) and tagged.tag == 18, f"entry {index} is no COSE_Sign1")
        protected, unprotected, self.payload, self.signature = tagged.value
        need(unprotected == {}, f"entry {index} has an unprotected header")
        self.protected, header = protected, decode(protected)
        if header.get(1) not in (-8, -19) or len(header.get(4, b"")) != 32:
            raise Open(f"entry {index} is signed in a way that is not known")
        need(header.get(16) == "application/scitt-statement+cose", f"entry {index} is no statement")
        claims = header[15]
        self.kid, self.issuer, self.subject = header[4], claims[1], claims[2]
        self.kind_of_header = header.get(3)
        if 258 in header:
            need(header[258] == -16 and len(self.payload) == 32 and 3 not in header, f"entry {index} is no document")
            self.record = claims[-65537]
        else:
            self.record = decode(self.payload)
        self.kind = self.record["kind"]
        if self.record.get("v") != 1 or self.record.get("must"):
            raise Open(f"entry {index} asks for what is not known")

    def check_signature(self, key):
        message = encode(["Signature1", self.protected, b"", self.payload])
        verify(key, message, self.signature, f"entry {self.index}")


# ----------------------------------------------------------------------- tree


class Tree:
    """The subtrees of `tree` with the entries at hand."""

    def __init__(self, text, size, leaves, sizes):
        self.leaves, self.sizes, self.nodes = leaves, sizes, {}
        self.lines = text.decode("ascii").splitlines()
        need("".join(line + "\n" for line in self.lines).encode() == text, "the tree is not in its one form")
        need(all(index < size for index in leaves), "an entry lies beyond the head")
        self.root = self.node(0, size)
        need(not self.lines, "the tree has lines too many")

    def node(self, start, end):
        parted = any(start <= index < end for index in self.leaves)
        parted = parted or any(start < size < end for size in self.sizes)
        if not parted:
            need(self.lines, "the tree has too few lines")
            fields = self.lines.pop(0).split(" ")
            need(fields[:2] == [str(start), str(end)] and len(fields) == 3, "a line of the tree is misplaced")
            value = base64.b64decode(fields[2], validate=True)
            need(len(value) == 32 and base64.b64encode(value).decode() == fields[2], "a hash of the tree is none")
        elif end - start == 1:
            value = self.leaves[start]
        else:
            middle = start + split(end - start)
            value = node_hash(self.node(start, middle), self.node(middle, end))
        self.nodes[start, end] = value
        return value

    def root_at(self, size):
        return self.range(0, size)

    def range(self, start, end):
        if (start, end) in self.nodes:
            return self.nodes[start, end]
        need(end - start > 1, "an older root can't be worked out")
        middle = start + split(end - start)
        return node_hash(self.range(start, middle), self.range(middle, end))


def split(length):
    return 1 << ((length - 1).bit_length() - 1)


# ----------------------------------------------------------------- the ledger


class Ledger:
    """Roles and chains, replayed entry by entry."""

    def __init__(self, opening, ledger_id):
        need(opening.leaf == ledger_id, "it is another ledger than the id names")
        record = opening.record
        need(opening.kind == "open" and opening.index == 0, "entry 0 does not open a ledger")
        self.id, self.issuer, self.origin = opening.leaf, record["issuer"], record["origin"]
        need((opening.issuer, opening.subject) == (self.issuer, self.origin), "entry 0 says two names")
        self.keys, self.newest = {}, opening.leaf
        self.checkpoint_keys = [(0, cose_key(record["checkpointKey"]))]
        self.receipt_keys = [(0, cose_key(record["receiptKey"]))]
        for holder in record["registrars"]:
            self.give(holder, "registrar", 0)
        for holder in record.get("officers", []):
            self.give(holder, "officer", 0)
        self.check_policy(record["policy"], record["threshold"])
        need(opening.kid in self.keys and self.keys[opening.kid]["role"] == "registrar", "entry 0 is by no registrar")
        opening.check_signature(self.keys[opening.kid]["key"])
        self.void, self.endorsed = {}, set()
        self.chains, self.documents = {}, {}

    def give(self, holder, role, since):
        key = cose_key(holder["key"])
        known = self.keys.setdefault(thumbprint(key), {"key": key, "role": role, "since": since, "ended": None, "scope": holder.get("scope")})
        need(known["role"] == role, "a key has two roles")
        known["scope"] = holder.get("scope")

    def check_policy(self, policy, threshold):
        if threshold != 1 or policy.get("fourEyes"):
            raise Open("the policy asks for what this program does not weigh")
        self.policy = policy
        self.witnesses = getattr(self, "witnesses", {})
        for witness in policy.get("witnesses", []):
            name, key = verifier_key(witness["vkey"])
            self.witnesses[name, sha256(name.encode() + b"\n\x04" + key)[:4]] = key

    def take(self, entry, tree):
        record, index = entry.record, entry.index
        what = f"entry {index}"
        size, root = record["on"]
        need(record["ledger"] == self.id, f"{what} was made for another ledger")
        need(1 <= size <= index and tree.root_at(size) == root, f"{what} was signed on another tree")
        need(record["authority"] == self.newest, f"{what} does not name the decision before it")
        need(entry.issuer == self.issuer, f"{what} is another office's")
        need(entry.kid in self.keys, f"{what} is by a key without a role")
        key = self.keys[entry.kid]
        entry.check_signature(key["key"])
        governs = (entry.kind_of_header or "").endswith("governance+cbor")
        need(key["role"] == ("registrar" if governs else "officer"), f"{what} is by a key of another role")
        need(index > key["since"] and key["ended"] is None, f"{what} is by a key that was not good then")
        if governs:
            need(entry.subject == self.origin, f"{what} is about something else")
            self.decide(entry)
        elif entry.kind_of_header is None:
            self.document(entry, key)
        elif record["kind"] == "endorse":
            need(record["target"] in self.documents, f"{what} is about nothing known")
            target = self.documents[record["target"]]
            need(target.kid != entry.kid, f"{what} endorses its own signer's entry")
            self.endorsed.add(target.index)
        else:
            raise Open(f"{what} is an event that this program does not weigh")

    def decide(self, entry):
        record, index = entry.record, entry.index
        if record["kind"] == "grant":
            self.give(record, record["role"], index)
        elif record["kind"] == "retire":
            self.keys[record["kid"]]["ended"] = index
        elif record["kind"] == "rotate":
            keys = self.checkpoint_keys if record["log"] == "checkpoint" else self.receipt_keys
            keys.append((index, cose_key(record["key"])))
        elif record["kind"] == "compromise" and self.keys[record["kid"]]["role"] == "officer":
            need(1 <= record["from"] <= index, f"entry {index} declares from nowhere")
            self.void[record["kid"]] = record["from"]
            self.keys[record["kid"]]["ended"] = index
        elif record["kind"] == "policy":
            self.check_policy(record["policy"], record.get("threshold", 1))
        else:
            raise Open(f"entry {index} is a decision that this program does not weigh")
        self.newest = entry.leaf

    def document(self, entry, key):
        record, what = entry.record, f"entry {entry.index}"
        symbols = record.get("identifier", [])
        for symbol in symbols or ["ni:"]:
            scope = key["scope"]
            parts = symbol.split("/")
            inside = scope is None or any(parts[: len(own)] == own for own in (it.rstrip("/").split("/") for it in scope))
            need(inside, f"{what} is out of its signer's scope")
        for field in self.policy.get("required", []):
            need(field in record, f"{what} lacks the field {field}")
        chain = self.chains.setdefault((entry.subject, record["language"]), [])
        change, version = record["change"], record["version"]
        if not chain:
            need((change, version) == ("first", 1) and "previous" not in record, f"{what} does not begin its chain")
        elif change == "rendition":
            rendered = [it for it in chain if it.record["version"] == version]
            need(rendered and record["previous"] == rendered[0].leaf, f"{what} renders nothing")
        else:
            need(change in ("revision", "reissue"), f"{what} begins a chain anew")
            newest = [it for it in chain if it.record["change"] != "rendition"][-1]
            need(version == newest.record["version"] + 1 and record["previous"] == newest.leaf, f"{what} does not follow the version before")
        chain.append(entry)
        self.documents[entry.leaf] = entry

    def key_at(self, keys, size):
        return [key for since, key in keys if since < size or since == 0][-1]


# ------------------------------------------------------------------- evidence


def verifier_key(text):
    """Name and key of a witness (C2SP signed-note, type 04)."""
    name, key_id, value = text.split("+", 2)
    raw = base64.b64decode(value, validate=True)
    need(raw[:1] == b"\x04" and len(raw) == 33, "a witness has no verifier key")
    need(sha256(name.encode() + b"\n" + raw)[:4].hex() == key_id, "a witness's key id is wrong")
    return name, raw[1:]


def signed_note(note, origin, key, witnesses):
    """Checks the log's line; the times of the witnesses that cosigned, by their keys."""
    text, separator, lines = note.partition("\n\n")
    need(separator and lines.endswith("\n"), "the checkpoint is no note")
    key_id = sha256(origin.encode() + b"\n\x01" + key)[:4]
    own, times, unknown = 0, {}, False
    for line in lines[:-1].split("\n"):
        prefix, _, value = line.rpartition(" ")
        raw = base64.b64decode(value, validate=True)
        need(base64.b64encode(raw).decode() == value, "a signature line is not in its one form")
        name = prefix.removeprefix("\u2014 ")
        need(prefix != name, "a signature line is none")
        witness = witnesses.get((name, raw[:4]))
        if (name, raw[:4]) == (origin, key_id):
            verify(key, (text + "\n").encode(), raw[4:], "the checkpoint")
            own += 1
        elif witness is not None:
            need(len(raw) == 76, "a cosignature is none")
            time = int.from_bytes(raw[4:12], "big")
            message = f"cosignature/v1\ntime {time}\n{text}\n".encode()
            verify(witness, message, raw[12:], f"the cosignature of {name}")
            times[witness] = min(time, times.get(witness, time))
        else:
            unknown = True
    need(own == 1, "the log's key did not sign the checkpoint")
    return times, unknown


def head_of(note):
    origin, size, root = note.split("\n")[:3]
    need(str(int(size)) == size, "the size is not in its one form")
    return origin, int(size), base64.b64decode(root, validate=True)


def is_met(policy, times):
    """Whether those who cosigned are the quorum of a policy."""
    met = {it["name"]: verifier_key(it["vkey"])[1] in times for it in policy.get("witnesses", [])}
    for group in policy.get("groups", []):
        count = sum(met[member] for member in group["members"])
        asked = {"any": 1, "all": len(group["members"])}.get(group["threshold"], group["threshold"])
        met[group["name"]] = count >= asked
    return met[policy["quorum"]]


def fold(leaf, index, size, path):
    need(index < size, "a proof is of no place")
    value, start, end, sides = leaf, 0, size, []
    while end - start > 1:
        middle = start + split(end - start)
        sides.append(index < middle)
        start, end = (start, middle) if index < middle else (middle, end)
    need(len(path) == len(sides), "a proof has the wrong length")
    for left, sibling in zip(reversed(sides), path):
        value = node_hash(value, sibling) if left else node_hash(sibling, value)
    return value


def check_stamps(held, stamped, stamps, ledger, tree):
    """What stamps hang on: heads of this ledger, and stamps before them."""
    sound, foreign, open_ones = set(), set(), []
    for name in stamped:
        note = held[name].decode("utf-8")
        need(sha256(held[name]).hex() == name[7:-11], "a stamped head has another name")
        origin, at, root = head_of(note)
        try:
            need(origin == ledger.origin, "it is another log's")
            signed_note(note, origin, ledger.key_at(ledger.checkpoint_keys, at), {})
        except Failed:  # what the ledger's key did not sign says nothing
            foreign.add(name[7:-11])
            continue
        need(root == tree.root_at(at), "a stamped head is another one")
        sound.add(name[7:-11])
    for name in stamps:
        about, _, reply = name[7:-4].partition("-")
        need(sha256(held[name]).hex() == reply, "a stamp has another name")
        open_ones.append((about, reply))
    while any(about in sound for about, _ in open_ones):
        sound |= {reply for about, reply in open_ones if about in sound}
        open_ones = [(about, reply) for about, reply in open_ones if about not in sound]
    if any(about not in foreign for about, _ in open_ones):
        raise Open("a stamp is about nothing that is here")


def check(data, ledger_id, document=None):
    files = read_zip(data)
    held = dict(files)
    need(len(held) == len(files), "a name stands twice")
    indices = sorted(int(name[8:-5]) for name in held if name.startswith("entries/"))
    last = [name for name in held if name.startswith("last/")]
    names = ["README.txt", "checkpoint", "tree", "proof.tlog-proof"]
    names += ["statement.scitt"] * ("statement.scitt" in held)
    names += [f"entries/{index}.cose" for index in indices] + last[:1]
    cosigned = sorted(int(name[12:]) for name in held if name.startswith("checkpoints/"))
    stamped = sorted(name for name in held if name.startswith("stamps/") and name.endswith(".checkpoint"))
    stamps = sorted(name for name in held if name.startswith("stamps/") and name.endswith(".tsr"))
    names += [f"checkpoints/{size}" for size in cosigned] + stamped + stamps
    names += [name for name, _ in files[-1:] if name.startswith("document")]
    need([name for name, _ in files] == names, "files are missing, too many or out of order")
    need(held["README.txt"].startswith(b"EVIDENCE OF REGISTRATION, format 1\n"), "another format")

    entries = {index: Entry(index, held[f"entries/{index}.cose"]) for index in indices}
    need(0 in entries, "entry 0 is missing")
    newest = None
    if last:
        newest = Entry(int(last[0][5:-5]), held[last[0]])
    everything = list(entries.values()) + [newest] * (newest is not None)

    note = held["checkpoint"].decode("utf-8")
    origin, size, root = head_of(note)
    sizes = {entry.record["on"][0] for entry in everything if entry.index and 1 <= entry.record["on"][0] <= entry.index}
    older = cosigned + [head_of(held[name].decode("utf-8"))[1] for name in stamped]
    sizes |= {at for at in older if at <= size}
    tree = Tree(held["tree"], size, {entry.index: entry.leaf for entry in everything}, sizes)
    need(tree.root == root, "the entries lead to another root")

    ledger = Ledger(entries[0], ledger_id)
    for index in indices[1:]:
        ledger.take(entries[index], tree)
    need(origin == ledger.origin, "the checkpoint is another log's")
    heads, strange = [(size, note)], False
    for at in cosigned:
        heads.append((at, held[f"checkpoints/{at}"].decode("utf-8")))
        need(head_of(heads[-1][1]) == (origin, at, tree.root_at(at)), "a cosigned head is another one")
    met = None
    for at, text in heads:
        times, unknown = signed_note(text, origin, ledger.key_at(ledger.checkpoint_keys, at), ledger.witnesses)
        strange = strange or unknown
        if "quorum" in ledger.policy and is_met(ledger.policy, times):
            met = max(at, met or 0)
    need(met is None or met <= size, "a cosigned head is beyond the newest")
    check_stamps(held, stamped, stamps, ledger, tree)
    if strange:
        raise Open("a checkpoint holds lines that are nobody's known")
    if "quorum" in ledger.policy and ledger.policy["quorum"] != "none" and met is None:
        raise Open("no head here is cosigned by the quorum")
    if newest is None:
        if max(indices) != size - 1:
            raise Open("that no decision was left out is not shown")
    else:
        need(newest.index == size - 1 and newest.index not in entries, "the last entry is not the newest")
        record = newest.record
        need(record["ledger"] == ledger.id and record["authority"] == ledger.newest, "a decision was left out")
        need(tree.root_at(record["on"][0]) == record["on"][1], "the newest entry was signed on another tree")
        newest.check_signature(ledger.keys[newest.kid]["key"])

    lines = held["proof.tlog-proof"].decode("utf-8")
    head_text, _, inner = lines.partition("\n\n")
    head_lines = head_text.split("\n")
    need(head_lines[0] == "c2sp.org/tlog-proof@v1" and inner == note, "the tlog-proof is of another checkpoint")
    index = int(head_lines[1].removeprefix("index "))
    path = [base64.b64decode(line, validate=True) for line in head_lines[2:]]
    again = ["c2sp.org/tlog-proof@v1", f"index {index}"] + [base64.b64encode(it).decode() for it in path]
    need(again == head_lines and index in entries, "the tlog-proof is not in its one form")
    target = entries[index]
    need(target.leaf in ledger.documents and fold(target.leaf, index, size, path) == root, "the tlog-proof proves something else")

    if "statement.scitt" in held:
        protected, unprotected, payload, signature = decode(held["statement.scitt"]).value
        need((protected, payload, signature) == (target.protected, target.payload, target.signature), "the transparent statement is another entry")
        need(list(unprotected) == [394] and len(unprotected[394]) == 1, "it has not one receipt")
        receipt = decode(unprotected[394][0]).value
        header = decode(receipt[0])
        key = ledger.key_at(ledger.receipt_keys, size)
        need(header.get(395) == 1 and header.get(4) == thumbprint(key) and receipt[2] is None, "the receipt is another log's")
        (inclusion,) = receipt[1][396][-1]
        need(list(receipt[1]) == [396] and list(receipt[1][396]) == [-1], "the receipt proves something else")
        of, at, siblings = decode(inclusion)
        need((of, at) == (size, index) and fold(target.leaf, at, of, siblings) == root, "the receipt is for another place")
        verify(key, encode(["Signature1", receipt[0], b"", root]), receipt[3], "the receipt")

    enclosed = files[-1][0].startswith("document")
    if enclosed:
        name = target.record["file"].get("name", "")
        ending = name.rpartition(".")[2] if "." in name else ""
        plain = 1 <= len(ending) <= 8 and ending.isascii() and ending.isalnum()
        need(files[-1][0] == ("document." + ending.lower() if plain else "document"), "the document has another name")
        need(sha256(files[-1][1]) == target.payload, "the document is another one")
    if document is not None:
        known = [entry for entry in ledger.documents.values() if entry.payload == sha256(document)]
        if not known:
            raise Open("the file is not registered by any entry here")
        target = target if target in known else known[-1]
    elif not enclosed:
        raise Open("the document is not enclosed")
    declared = ledger.void.get(target.kid)
    need(declared is None or target.index < declared or target.index in ledger.endorsed, "the entry is void")
    return f"verified: entry {target.index} of {size}, {target.subject}"


def judge(data, ledger_id, document=None):
    try:
        return 0, check(data, ledger_id, document)
    except Failed as error:
        return 1, f"failed: {error}"
    except Open as error:
        return 3, f"not established: {error}"
    except Exception as error:  # whatever is not as the format says
        return 1, f"failed: not as the format says ({type(error).__name__}: {error})"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("evidence")
    parser.add_argument("--ledger-id", required=True)
    parser.add_argument("--document")
    args = parser.parse_args()
    with open(args.evidence, "rb") as file:
        data = file.read()
    document = None
    if args.document:
        with open(args.document, "rb") as file:
            document = file.read()
    code, verdict = judge(data, bytes.fromhex(args.ledger_id), document)
    print(verdict)
    return code


if __name__ == "__main__":
    sys.exit(main())
