#!/usr/bin/env python3
"""Reads damaged files and counts what comes of it.

    damage.py PROGRAM FOLDER [--times N] [--kind pdf,docx] [--inspect] [--keep FOLDER]

Every file below FOLDER whose ending names a kind that is read is damaged N times
(bytes flipped, cut short, a stretch repeated, a stretch zeroed; in ZIP files also
inside a part, which is then packed again) and read by `PROGRAM read-text`, the
process that the program starts for itself. The same N gives the same damages.

With --inspect each is given to `PROGRAM inspect` instead: the whole program, its
reader in a process of its own and the masthead after it.

Each reading must end by itself within 10 seconds and 500 MB, with a text or with
an error that says why. "crashed" counts readings whose parser failed and said so
in a clean answer: no fault of ours, but told. The exit code is 1 if a reading
died, ran too long, or took too much memory; --keep saves those files.
"""

import argparse
import collections
import io
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time
import zipfile

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "html": "text/html",
    "htm": "text/html",
    "txt": "text/plain",
    "md": "text/markdown",
    "xml": "application/xml",
}
SECONDS = 10
MEGABYTES = 500


def damaged(data, chance):
    """The bytes with one to three damages."""
    data = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 3])):
        if not data:
            break
        at = chance.randrange(len(data))
        length = chance.randrange(1, max(2, len(data) // 8))
        way = chance.randrange(4)
        if way == 0:
            for _ in range(chance.choice([1, 5, 50, 500])):
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        elif way == 1:
            del data[at:]
        elif way == 2:
            data[at:at] = data[at : at + length]
        else:
            end = min(at + length, len(data))
            data[at:end] = bytes(end - at)
    return bytes(data)


def damaged_inside(data, chance):
    """A ZIP file with one damaged part."""
    packed = zipfile.ZipFile(io.BytesIO(data))
    parts = [(info, packed.read(info)) for info in packed.infolist()]
    texts = [i for i, (info, _) in enumerate(parts) if info.filename.endswith(".xml")]
    hit = chance.choice(texts or range(len(parts)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as again:
        for i, (info, content) in enumerate(parts):
            again.writestr(info, damaged(content, chance) if i == hit else content)
    return out.getvalue()


def read(program, media_type, data):
    """How a reading ends: (outcome, seconds, megabytes)."""
    with tempfile.TemporaryFile() as file, tempfile.TemporaryFile() as errors:
        file.write(data)
        file.seek(0)
        start = time.monotonic()
        child = subprocess.Popen(
            [program, "read-text", "--media-type", media_type],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        timer = threading.Timer(SECONDS, child.kill)
        timer.start()
        answer = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        timer.cancel()
        seconds = time.monotonic() - start
        errors.seek(0)
        complaint = errors.read().decode(errors="replace")
    megabytes = usage.ru_maxrss / 1024
    if seconds >= SECONDS:
        return "too long", seconds, megabytes
    if megabytes > MEGABYTES:
        return "too much memory", seconds, megabytes
    if child.returncode < 0:
        return f"died (signal {-child.returncode})", seconds, megabytes
    if child.returncode != 0 or complaint:
        return f"died (code {child.returncode}) {complaint[:100]!r}", seconds, megabytes
    head = json.loads(answer.split(b"\n", 1)[0])
    if "error" not in head:
        return "text", seconds, megabytes
    return "crashed" if "crashed" in head["error"] else "refused", seconds, megabytes


def inspect(program, kind, data):
    """How an inspection ends: (outcome, seconds, megabytes)."""
    with tempfile.NamedTemporaryFile(suffix=f".{kind}") as file:
        file.write(data)
        file.flush()
        start = time.monotonic()
        child = subprocess.Popen(
            [program, "inspect", file.name, "--format", "json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        timer = threading.Timer(SECONDS, child.kill)
        timer.start()
        answer, complaint = child.stdout.read(), child.stderr.read()
        # Counts the reader's process, too.
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        timer.cancel()
        seconds = time.monotonic() - start
    megabytes = usage.ru_maxrss / 1024
    if seconds >= SECONDS:
        return "too long", seconds, megabytes
    if megabytes > MEGABYTES:
        return "too much memory", seconds, megabytes
    if child.returncode != 0 or b"panicked" in complaint:
        return f"died (code {child.returncode}) {complaint[:100]!r}", seconds, megabytes
    report = json.loads(answer)
    if any("crashed" in warning for warning in report["warnings"]):
        return "crashed", seconds, megabytes
    return "text" if report["fields"] else "refused", seconds, megabytes


def main():
    options = argparse.ArgumentParser()
    options.add_argument("program")
    options.add_argument("folder", type=pathlib.Path)
    options.add_argument("--times", type=int, default=20)
    options.add_argument("--kind", default=",".join(TYPES))
    options.add_argument("--inspect", action="store_true")
    options.add_argument("--keep", type=pathlib.Path)
    options = options.parse_args()
    kinds = options.kind.split(",")
    counts = collections.defaultdict(collections.Counter)
    worst = collections.defaultdict(lambda: [0.0, 0.0])
    bad = 0
    for path in sorted(options.folder.rglob("*")):
        kind = path.suffix[1:].lower()
        if kind not in kinds or kind not in TYPES or not path.is_file():
            continue
        data = path.read_bytes()
        for number in range(options.times + 1):
            chance = random.Random(f"{path.relative_to(options.folder)} {number}")
            if number == 0:
                case = data
            elif data.startswith(b"PK") and number % 2:
                case = damaged_inside(data, chance)
            else:
                case = damaged(data, chance)
            if options.inspect:
                outcome, seconds, megabytes = inspect(options.program, kind, case)
            else:
                outcome, seconds, megabytes = read(options.program, TYPES[kind], case)
            counts[kind][outcome] += 1
            worst[kind] = [max(a, b) for a, b in zip(worst[kind], (seconds, megabytes))]
            if outcome in ("text", "refused"):
                continue
            print(f"{outcome}: {path.name} damage {number}", flush=True)
            bad += outcome != "crashed"
            if options.keep:
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / f"{path.stem}-{number}.{kind}").write_bytes(case)
    for kind, count in counts.items():
        total = ", ".join(f"{number} {outcome}" for outcome, number in count.most_common())
        seconds, megabytes = worst[kind]
        print(f"{kind}: {total}; at most {seconds:.1f} s, {megabytes:.0f} MB")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
