#!/usr/bin/env python3
"""Makes the seeds in corpus/ from the repository's own vectors, texts and
demonstration ledger. Run it after those change; needs openssl, which salts the
encrypted keys anew each time."""

import base64
import json
import re
import shutil
import subprocess
import zipfile
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
VECTORS = ROOT / "tests/vectors"
DATA = ROOT / "tests/data"
LARGEST = 32_000

DOCX = """<?xml version="1.0"?><w:document xmlns:w="x"><w:body>
<w:p><w:pPr><w:pStyle w:val="H"/><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:rPr><w:rStyle w:val="C"/><w:vanish w:val="0"/><w:lang w:val="en"/><w:color w:val="FFFFFF"/><w:shd w:fill="auto"/></w:rPr><w:t xml:space="preserve">a &amp; &#x62;</w:t><w:tab/><w:br/><w:br w:type="page"/><w:noBreakHyphen/><w:sym w:font="x" w:char="2019"/><w:footnoteReference w:id="1"/><w:endnoteReference w:id="2" w:customMarkFollows="1"/><w:commentReference w:id="1"/></w:r><w:ins><w:r><w:t>b</w:t></w:r></w:ins><w:del><w:r><w:delText>c</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>d</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>e</w:t></w:r></w:moveTo></w:p>
<w:tbl><w:tr><w:trPr/><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p><w:r><w:t>f</w:t></w:r></w:p></w:tc><w:tc><w:p/><w:p><w:r><w:t>g</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>DATE</w:instrText><w:fldChar w:fldCharType="separate"/><w:t>h</w:t><w:fldChar w:fldCharType="end"/></w:r><w:r><w:txbxContent><w:p><w:r><w:t>i</w:t></w:r></w:p></w:txbxContent><w:lastRenderedPageBreak/></w:r></w:p>
<w:sectPr><w:headerReference w:type="first" r:id="r1"/><w:titlePg/></w:sectPr></w:body></w:document>
%%
<w:styles><w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="fr-CH"/></w:rPr></w:rPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="H"><w:basedOn w:val="L"/><w:rPr><w:vanish/></w:rPr></w:style><w:style w:type="paragraph" w:styleId="L"><w:basedOn w:val="L"/></w:style><w:style w:type="character" w:styleId="C"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>
%%
<w:footnotes><w:footnote w:id="1"><w:p><w:r><w:t>a note</w:t></w:r></w:p></w:footnote></w:footnotes>
%%
<w:endnotes><w:endnote w:id="2"><w:p><w:r><w:t>another</w:t></w:r></w:p></w:endnote></w:endnotes>
%%
<Relationships><Relationship Id="r1" Target="header1.xml"/></Relationships>
%%
<w:hdr><w:p><w:r><w:t>A/78/1</w:t></w:r></w:p></w:hdr>"""

ODT = """<office:document-content><office:automatic-styles><style:style style:family="text" style:name="T" style:parent-style-name="U"><style:text-properties text:display="none" fo:language="fr" fo:country="CH"/></style:style></office:automatic-styles><office:body><office:text><text:tracked-changes><text:insertion/><text:deletion/></text:tracked-changes>
<text:h text:outline-level="1">a<text:s text:c="3"/><text:tab/><text:line-break/><text:span text:style-name="T">b</text:span></text:h><text:section text:display="condition" text:is-hidden="true"><text:p>c</text:p></text:section>
<text:p>d<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>e</text:p></text:note-body></text:note><text:soft-page-break/><office:annotation><text:p>f</text:p></office:annotation><text:hidden-text>g</text:hidden-text></text:p>
<table:table><table:table-row><table:table-cell><text:p>h</text:p></table:table-cell><table:covered-table-cell/></table:table-row></table:table><draw:text-box><text:p>i</text:p></draw:text-box><svg:title>j</svg:title></office:text></office:body></office:document-content>
%%
<office:document-styles><style:style style:family="paragraph" style:name="P"><style:text-properties text:display="none"/></style:style></office:document-styles>
%%
<manifest:manifest><manifest:file-entry/></manifest:manifest>"""

HTML = """<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>t</title><style>.x{display:none}</style><script>1<2</script></head><body>
<h1>a</h1><p>b&amp;&#x63;&nbsp;<br>d<!-- e --><span style="display:/**/none">f</span><b hidden>g</b>
<table><tr><td>h<td>i<th>j</table><ul><li>k<li>l</ul><pre>
m  n
</pre><noscript>o</noscript><template>p</template><textarea>q</textarea><details><summary>r</summary>s</details>
<del>t</del><ins>u</ins><svg><title>v</title></svg><blockquote>w</blockquote><a href="x">y</a></body></html>"""

MANIFEST = """file,symbols,language,date,distribution,bodies,session,agenda_items,title,kind,signatory,signatory_title,relations,from,means,change,of,proposed,note
in/a.txt,A/61/833; S/2007/179,en,2007-03-30,General,General Assembly; Security Council,Sixty-first session; Sixty-second year,14,"Letter, ""dated"" 30 March",letter,A. Name,Ambassador,corrects S/2007/421:fr,a mission,mail,,,issued; title,x

b.pdf,-,fr,2007-03,'=1+1,-,,,,,,,,,,revision,#17,,"two
lines"
"""

SEMICOLONS = "sep=;\r\nfile;language;title\r\na.txt;English;\"b;c\"\r\n;;\r\nd.txt;de;\r\n"


def put(target, name, content):
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    content = content.encode() if isinstance(content, str) else content
    if 0 < len(content) <= LARGEST:
        (folder / name).write_bytes(content)


def texts(value):
    """All texts inside a JSON value."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
        yield from texts(inner)


def vectors():
    for path in sorted(VECTORS.glob("*/*.json")):
        if path.parent.name == "wycheproof":
            continue
        for number, text in enumerate(texts(json.loads(path.read_text()))):
            name = f"{path.parent.name}-{path.stem}-{number}"
            if "\n\n\u2014 " in text:
                put("note", name, text)
                put("checkpoint", name, text)
            if not re.fullmatch(r"([0-9a-fA-F]{2})+", text):
                continue
            content = bytes.fromhex(text)
            if path.parent.name == "cbor":
                put("cbor", name, content)
            elif content[:1] == b"\xd2":
                put("statement", name, content)
                put("cbor", name, content[1:])
            elif b"\n\n\xe2\x80\x94 " in content:
                put("note", name, content)
                put("checkpoint", name, content)


def stamps():
    reply = bytes.fromhex((VECTORS / "rfc3161/freetsa-ctt-rsp.hex").read_text().strip())
    put("stamp", "freetsa.tsr", reply)
    vector = json.loads((VECTORS / "rfc/rfc9921-ctt-imprint.json").read_text())
    put(".", "stamped", bytes.fromhex("5840" + vector["signature"]))


def signed_parts(entry):
    """Protected header and payload of an entry, each behind its length."""

    def item(at):
        info = entry[at] & 0x1F
        width = {24: 1, 25: 2}.get(info, 0)
        length = int.from_bytes(entry[at + 1 : at + 1 + width], "big") if width else info
        start = at + 1 + width
        return entry[start : start + length], start + length

    protected, end = item(2)
    payload, _ = item(end + 1)
    return b"".join(len(part).to_bytes(2, "big") + part for part in [protected, payload])


def demonstration():
    ledger = ROOT / "ledger"
    put("checkpoint", "demonstration", (ledger / "checkpoint").read_bytes())
    put("note", "demonstration", (ledger / "checkpoint").read_bytes())
    bundles = (ledger / "tile/entries/000.p").iterdir()
    newest = max(bundles, key=lambda path: int(path.name))
    bundle = newest.read_bytes()
    put("bundle", "demonstration", bytes([int(newest.name) - 1]) + bundle)
    put("bundle", "first", bytes([0]) + (newest.parent / "1").read_bytes())
    number = 0
    several = b""
    while bundle:
        length = int.from_bytes(bundle[:2], "big")
        put("statement", f"demonstration-{number}", bundle[2 : 2 + length])
        put("cbor", f"demonstration-{number}", bundle[3 : 2 + length])
        if number:
            parts = signed_parts(bundle[2 : 2 + length])
            put("entries", str(number), parts)
            several += parts
        bundle, number = bundle[2 + length :], number + 1
    put("entries", "several", several)
    for key in (ROOT / "keys").glob("*.pem"):
        put("public_key", key.stem, key.read_bytes())


def paths():
    for number, path in enumerate(
        ["tile/0/000", "tile/entries/000.p/14", "tile/1/x001/x234/067", "tile/7/000.p/1", "tile/entries/x001/000.p/255"]
    ):
        put("tile_path", str(number), path)


def edits():
    for target in ["tile", "verify"]:
        put(target, "none", b"\0")
        for deed in range(8):
            put(target, f"deed-{deed}", bytes([deed, 3, 0, 40, 7, 5]))
        put(target, "several", bytes([7, 0, 0, 9, 1, 0, 6, 20, 1, 0, 0, 0, 4, 2, 0, 0, 0, 9]))


def keys():
    def openssl(*arguments):
        return subprocess.run(["openssl", *arguments], check=True, capture_output=True).stdout

    prefix = bytes.fromhex("302e020100300506032b657004220420")
    secret = base64.b64encode(prefix + bytes([1] * 32)).decode()
    plain = f"-----BEGIN PRIVATE KEY-----\n{secret}\n-----END PRIVATE KEY-----\n"
    put("secret_key", "plain", plain)
    put("public_key", "crlf", subprocess.run(
        ["openssl", "pkey", "-pubout"], input=plain.encode(), check=True, capture_output=True
    ).stdout.replace(b"\n", b"\r\n"))
    for name, options in {
        "scrypt": ["-scrypt", "-scrypt_N", "16", "-scrypt_r", "1", "-scrypt_p", "1"],
        "pbkdf2": ["-v2", "aes-256-cbc", "-iter", "2"],
        "pbkdf2-sha1": ["-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA1", "-iter", "2"],
    }.items():
        path = HERE / "seed.pem"
        path.write_text(plain)
        put("secret_key", name, openssl("pkcs8", "-topk8", "-in", path, "-passout", "pass:passphrase", *options))
        path.unlink()


def symbols():
    quirks = (DATA / "symbols/symbols-quirks.tsv").read_text().splitlines()
    for number, line in enumerate(quirks):
        if not line.startswith("#"):
            put("symbol", f"quirk-{number}", line.split("\t")[0])
    seen = set()
    for number, line in enumerate((DATA / "symbols/symbols-by-form.csv").read_text().splitlines()[1:]):
        form, symbol = line.split(",", 1)
        if form not in seen:
            seen.add(form)
            put("symbol", f"form-{number}", symbol.strip('"'))


def readable():
    for path in sorted((DATA / "mastheads").glob("*.txt")):
        text = path.read_text()
        put("masthead", path.stem, text[:6000])
    for path in sorted((DATA / "demonstration").glob("udhr.*.txt")):
        put("plain", path.stem, path.read_text()[:1500])
    russian = (DATA / "demonstration/udhr.ru.txt").read_text()[:800]
    for encoding in ["utf-16", "utf-32", "cp1251", "koi8-r"]:
        put("plain", encoding, russian.encode(encoding, errors="replace"))
    put("html", "all", HTML)
    put("docx", "parts", DOCX)
    put("odt", "parts", ODT)
    for target, text, names in [
        ("docx", DOCX, ["word/document.xml", "word/styles.xml"]),
        ("odt", ODT, ["content.xml", "styles.xml"]),
    ]:
        path = HERE / "seed.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
            for name, part in zip(names, text.split("\n%%\n")):
                package.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
        put(target, "package", path.read_bytes())
        path.unlink()
    first, second = (sha256(text).hexdigest() for text in (b"first\n", b"second\n"))
    put("bag", "whole", f"{first}  data/a.txt\n{second}  data/b/c.txt\n")
    put("bag", "marked", f"{first.upper()} *data/a.txt\r\n\n{second}\tdata/b/c.txt")
    put("bag", "escapes", f"{first}  data/../../a%0A%25.txt\n{second}  /data/b/c.txt\n")
    put("manifest", "commas", MANIFEST)
    put("manifest", "semicolons", SEMICOLONS)
    put("manifest", "tabs", "\ufefffile\tnote\na.txt\t\"\"\"x\"\"\"\n")


def pdf():
    def stream(entries, content):
        return f"<<{entries} /Length {len(content)}>>\nstream\n{content}\nendstream"

    def file(objects):
        body = "".join(f"{number} 0 obj\n{item}\nendobj\n" for number, item in enumerate(objects, 1))
        return f"%PDF-1.7\n{body}trailer\n<</Root 1 0 R>>\n%%EOF\n"

    head = [
        "<</Type/Catalog /Pages 2 0 R /Lang (fr-CH)>>",
        "<</Type/Pages /Kids [3 0 R] /Count 1>>",
        "<</Type/Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R"
        " /Resources <</Font <</F 5 0 R>> /XObject <</X 6 0 R>>>>>>",
    ]
    font = "<</Type/Font /Subtype/Type1 /BaseFont/Helvetica>>"
    form = stream("/Type/XObject /Subtype/Form /BBox [0 0 9 9]", "q 1 0 0 1 5 5 cm Q")
    for name, content in {
        "text": "BT /F 12 Tf 100 700 Td (upright) Tj ET BT /F 12 Tf 0 1 -1 0 50 100 Tm [(tur) -20 (ned)] TJ ET",
        "hidden": "BT 3 Tr /F 12 Tf 100 700 Td <6869> Tj ET 1 g BT /F 9 Tf 9 9 Td (white) Tj ET 0 0 9 9 re f",
        "form": "q 2 0 0 2 0 0 cm /X Do Q BT /F 1 Tf (x) ' T* ET",
    }.items():
        put("pdf", name, file([*head, stream("", content), font, form]))


# Those of these two were written by the program itself.
for folder in (HERE / "corpus").iterdir():
    if folder.is_dir() and folder.name not in ("evidence", "fork"):
        shutil.rmtree(folder)
for make in [vectors, stamps, demonstration, paths, edits, keys, symbols, readable, pdf]:
    make()
