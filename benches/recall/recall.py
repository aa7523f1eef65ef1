#!/usr/bin/env python3
"""How many words of known texts the program finds in PDF files.

    recall.py PROGRAM PDF_FOLDER TEXT_FOLDER

For each NAME.pdf with a NAME.txt: recall (words of the text that were found) and
precision (words found that the text has), each occurrence counted once.
"""

import collections
import json
import pathlib
import re
import subprocess
import sys


def words(text):
    return collections.Counter(re.findall(r"\w+", text.lower()))


def read(program, path):
    with path.open("rb") as file:
        answer = subprocess.run(
            [program, "read-text", "--media-type", "application/pdf"],
            stdin=file, stdout=subprocess.PIPE, check=True, text=True,
        )
    head, *lines = [json.loads(line) for line in answer.stdout.split("\n") if line]
    if "error" in head:
        raise SystemExit(f"{path}: {head['error']}")
    return "\n".join(line["text"] for line in lines)


def main(program, pdfs, texts):
    recalls = []
    for path in sorted(pathlib.Path(pdfs).glob("*.pdf")):
        known = pathlib.Path(texts) / f"{path.stem}.txt"
        if not known.exists():
            continue
        expected, found = words(known.read_text()), words(read(program, path))
        hits = (expected & found).total()
        recalls.append(hits / expected.total())
        precision = hits / max(1, found.total())
        print(f"{path.stem:16} {recalls[-1]:.4f} {precision:.4f} {expected.total():6} words")
    print(f"{len(recalls)} files, mean recall {sum(recalls) / len(recalls):.4f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
