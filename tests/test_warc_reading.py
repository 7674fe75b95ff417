"""Archives of every make, and broken ones: what is there is read, what is not is said."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

import brotli
import pytest
from backports import zstd
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.corpus.warc import Capture, Fault, captures
from crawler.corpus.warc.payload import decoded, digest_right
from crawler.errors import UsageError

URL = "http://www.lanjiang.example.cn/2026/1101/{}.shtml"
DATE = "2026-11-01T02:03:04.567890Z"
WHEN = dt.datetime(2026, 11, 1, 2, 3, 4, 567890, tzinfo=dt.UTC)
#: Differs from page to page, so that no two compressed members are alike.
PAGES = [f"<html><body>第{n}页：{'江边的晨雾慢慢散去。' * (n + 1)}</body></html>".encode() for n in range(5)]


class Writer(WARCWriter):  # type: ignore[misc]
    """warcio's leaves its temporary files to the garbage collector, which here counts as an error."""

    def _create_temp_file(self) -> io.BytesIO:
        return io.BytesIO()


def write(
    path: Path, pages: Iterable[bytes] = PAGES, headers: tuple[tuple[str, str], ...] = (), *, compressed: bool = True
) -> list[int]:
    """An archive as warcio writes it, a request beside every answer; where each answer begins."""
    offsets = []
    with path.open("wb") as file:
        writer = Writer(file, gzip=compressed, warc_version="1.1")
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "test"}))
        for number, body in enumerate(pages):
            url = URL.format(number)
            asked = StatusAndHeaders(
                "/ HTTP/1.1", [("Host", "www.lanjiang.example.cn")], protocol="GET", is_http_request=True
            )
            writer.write_record(writer.create_warc_record(url, "request", http_headers=asked))
            offsets.append(file.tell())
            sent = StatusAndHeaders("200 OK", [("Content-Type", "text/html"), *headers], protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(
                    url, "response", io.BytesIO(body), http_headers=sent, warc_headers_dict={"WARC-Date": DATE}
                )
            )
    return offsets


def read(path: Path, **options: int) -> tuple[list[Capture], list[Fault]]:
    faults: list[Fault] = []
    return list(captures(path, report=faults.append, **options)), faults


@pytest.mark.parametrize("compressed", [True, False])
def test_answers_in_order_with_all_that_is_said_of_them(tmp_path: Path, compressed: bool) -> None:
    path = tmp_path / ("a.warc.gz" if compressed else "a.warc")
    offsets = write(path, compressed=compressed)
    found, faults = read(path)
    assert not faults
    assert [c.body for c in found] == PAGES
    first = found[0]
    assert (first.url, first.fetched_at, first.status, first.reason) == (URL.format(0), WHEN, 200, "OK")
    assert first.header("content-TYPE") == "text/html"
    assert (first.kind, first.refers_to, first.digest_right) == ("response", None, True)
    assert first.record_id.startswith("<urn:uuid:")
    assert [c.offset for c in found] == offsets
    assert all(c.file == str(path) for c in found)


@pytest.mark.parametrize("compressed", [True, False])
def test_one_capture_by_its_offset(tmp_path: Path, compressed: bool) -> None:
    path = tmp_path / "a.warc"
    write(path, compressed=compressed)
    for capture in captures(path):
        assert next(iter(captures(capture.file, start=capture.offset))) == capture
        if compressed:
            member = path.read_bytes()[capture.offset : capture.offset + capture.length]
            assert gzip.decompress(member).startswith(b"WARC/1.1")


def test_a_file_compressed_as_a_whole(tmp_path: Path) -> None:
    plain = tmp_path / "a.warc"
    write(plain, compressed=False)
    whole = tmp_path / "whole.warc.gz"
    whole.write_bytes(gzip.compress(plain.read_bytes()))
    found, faults = read(whole)
    assert [c.body for c in found] == PAGES
    assert not faults


@pytest.mark.parametrize("compressed", [True, False])
def test_arc(tmp_path: Path, compressed: bool) -> None:
    pages = [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body for body in PAGES]
    head = b"1 0 Test\nURL IP-address Archive-date Content-type Archive-length\n"
    parts = [b"filedesc://a.arc 0.0.0.0 20081101020304 text/plain %d\n%s\n" % (len(head), head)]
    parts += [
        b"%s 10.0.0.1 20081101020304 text/html %d\n%s\n" % (URL.format(n).encode(), len(page), page)
        for n, page in enumerate(pages)
    ]
    path = tmp_path / "a.arc.gz"
    path.write_bytes(b"".join(map(gzip.compress, parts)) if compressed else b"".join(parts))
    found, faults = read(path)
    assert [c.body for c in found] == PAGES
    assert found[0].fetched_at == dt.datetime(2008, 11, 1, 2, 3, 4, tzinfo=dt.UTC)
    assert not faults


def test_folder_pattern_and_package_mean_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "warc" / "deep"
    folder.mkdir(parents=True)
    write(folder / "b.warc.gz", PAGES[2:])
    write(folder / "a.warc.gz", PAGES[:2])
    (folder / "notes.txt").write_text("no archive")
    for kind in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        with zipfile.ZipFile(tmp_path / f"{kind}.wacz", "w", kind) as package:
            package.writestr("datapackage.json", "{}")
            for name in ("a", "b"):
                package.write(folder / f"{name}.warc.gz", f"archive/{name}.warc.gz")
    for path in (tmp_path / "warc", folder / "*.warc.gz", tmp_path / "0.wacz", tmp_path / "8.wacz"):
        found, faults = read(path)
        assert [c.body for c in found] == PAGES
        assert not faults
        for capture in found:
            again = next(iter(captures(capture.file, start=capture.offset)))
            assert again == capture


@pytest.mark.parametrize("name", ["none.warc.gz", "empty", "bad.wacz", "none*.warc"])
def test_no_archive_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad.wacz").write_bytes(b"no zip")
    with pytest.raises(UsageError, match=r"no archive there|no WACZ package"):
        list(captures(tmp_path / name))


def _chunked(body: bytes) -> bytes:
    parts = [body[:100], body[100:]]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def _bare_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [
        ("gzip", gzip.compress),
        ("GZIP", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", _bare_deflate),
        ("br", brotli.compress),
        ("zstd", zstd.compress),
        ("identity", bytes),
        ("gzip", bytes),  # says so and is not
        ("deflate, br", lambda body: brotli.compress(zlib.compress(body))),
    ],
)
@pytest.mark.parametrize("chunked", [True, False])
def test_bodies_as_they_travel(tmp_path: Path, encoding: str, encode, chunked: bool) -> None:  # type: ignore[no-untyped-def]
    headers: tuple[tuple[str, str], ...] = (("Content-Encoding", encoding),)
    bodies = [encode(body) for body in PAGES]
    if chunked:
        headers += (("Transfer-Encoding", "chunked"),)
        bodies = list(map(_chunked, bodies))
    write(tmp_path / "a.warc.gz", bodies, headers)
    found, faults = read(tmp_path / "a.warc.gz")
    assert [c.body for c in found] == PAGES
    assert not faults


@pytest.mark.parametrize("encode", [gzip.compress, brotli.compress, zstd.compress, zlib.compress])
def test_a_bomb_is_left_out(encode) -> None:  # type: ignore[no-untyped-def]
    packed = encode(bytes(50_000_000))
    name = {gzip.compress: "gzip", brotli.compress: "br", zstd.compress: "zstd"}.get(encode, "deflate")
    tracemalloc.start()
    with pytest.raises(ValueError, match="more than 1000000 bytes"):
        decoded(packed, name, 1_000_000)
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_a_record_of_200_mb_is_left_out_and_what_follows_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    write(path, [PAGES[0], bytes(200_000_000), PAGES[1]])
    tracemalloc.start()
    found, faults = read(path)
    assert tracemalloc.get_traced_memory()[1] < 100_000_000
    tracemalloc.stop()
    assert [c.body for c in found] == PAGES[:2]
    (fault,) = faults
    assert "bytes" in fault.why
    assert fault.url == URL.format(1)


@pytest.mark.parametrize("compressed", [True, False])
def test_damage_costs_the_record_it_hits(tmp_path: Path, compressed: bool) -> None:
    path = tmp_path / "a.warc"
    offsets = write(path, compressed=compressed)
    data = bytearray(path.read_bytes())
    middle = offsets[2] + 40 if compressed else offsets[2] + 2
    data[middle : middle + 12] = b"\xff" * 12
    path.write_bytes(data)
    found, faults = read(path)
    assert [c.body for c in found] == [*PAGES[:2], *PAGES[3:]]
    assert len(faults) == 1
    assert faults[0].offset == offsets[2]


@pytest.mark.parametrize("compressed", [True, False])
def test_bytes_that_are_missing_in_the_middle(tmp_path: Path, compressed: bool) -> None:
    path = tmp_path / "a.warc"
    offsets = write(path, compressed=compressed)
    data = path.read_bytes()
    cut = offsets[2] + 60 if compressed else data.index("第2页".encode())
    path.write_bytes(data[:cut] + data[cut + 30 :])
    found, faults = read(path)
    assert [c.body for c in found] == [*PAGES[:2], *PAGES[3:]]
    assert len(faults) == 1


@pytest.mark.parametrize("compressed", [True, False])
def test_a_file_that_breaks_off(tmp_path: Path, compressed: bool) -> None:
    path = tmp_path / "a.warc"
    write(path, compressed=compressed)
    data = path.read_bytes()
    # Of a plain record the blank lines behind it may be missing.
    ends = [c.offset + c.length - (0 if compressed else 4) for c in captures(path)]
    for cut in (*range(ends[2] - 50, ends[3] + 50, 7), len(data) - 5):
        path.write_bytes(data[:cut])
        found, faults = read(path)
        assert [c.body for c in found] == [body for body, end in zip(PAGES, ends, strict=True) if end <= cut]
        assert len(faults) <= 1
    assert len(faults) == 1


def test_rubbish_is_no_archive_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    for rubbish in (b"<html>not an archive</html>", bytes(3_000_000), b"\x1f\x8b\x08 broken", b"WARC/1.1\r\n\r\n"):
        path.write_bytes(rubbish)
        found, faults = read(path)
        assert not found
        assert len(faults) == 1
    path.write_bytes(b"")
    assert read(path) == ([], [])


def test_wrong_digests_are_reported_and_the_page_is_given(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    write(path, compressed=False)
    path.write_bytes(path.read_bytes().replace("第1页".encode(), "第9页".encode()))
    found, faults = read(path)
    assert [c.digest_right for c in found] == [True, False, True, True, True]
    assert [(f.url, f.why) for f in faults] == [(URL.format(1), "wrong digest of its payload")]


def test_digests_of_every_spelling() -> None:
    data = "城闻".encode()
    sha1, sha256 = "sha1:KPG5LGJ4HBHZX57YPW3HYZLJFTSTKK5Q", "sha256:"
    import base64
    import hashlib

    raw = hashlib.sha1(data).digest()
    assert digest_right(sha1, b"another") is False
    for spelled in (raw.hex(), raw.hex().upper(), base64.b32encode(raw).decode(), base64.b64encode(raw).decode()):
        assert digest_right(f"sha1:{spelled}", b"another", data) is True
    assert digest_right(sha256 + hashlib.sha256(data).hexdigest(), data) is True
    assert digest_right("sha-256:" + hashlib.sha256(data).hexdigest(), data) is True
    assert digest_right(None, data) is None
    assert digest_right("xxh3:0", data) is None


def test_revisits_say_what_they_repeat(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    with path.open("wb") as file:
        writer = Writer(file, gzip=True, warc_version="1.1")
        sent = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        args = (URL.format(7), "sha1:ABC", URL.format(1), DATE)
        writer.write_record(writer.create_revisit_record(*args, http_headers=sent))
        writer.write_record(writer.create_revisit_record(*args))
        same = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
        writer.write_record(
            writer.create_warc_record(URL.format(7), "revisit", warc_headers_dict={"WARC-Profile": same})
        )
    found, faults = read(path)
    assert not faults
    assert [(c.kind, c.status, c.body, c.refers_to) for c in found] == [
        ("revisit", 200, b"", (URL.format(1), WHEN)),
        ("revisit", 200, b"", (URL.format(1), WHEN)),
        ("revisit", 304, b"", (None, None)),
    ]


def test_resources_are_pages_without_an_exchange_and_the_rest_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    with path.open("wb") as file:
        writer = Writer(file, gzip=True)
        for url in (URL.format(1), "urn:text:x", "dns:example.cn"):
            record = writer.create_warc_record(url, "resource", io.BytesIO(PAGES[1]), warc_content_type="text/html")
            writer.write_record(record)
        writer.write_record(writer.create_warc_record(URL.format(2), "metadata", io.BytesIO(b"outlink: x")))
        block = b"no status line\r\n\r\nx"
        head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {URL.format(3)}\r\nWARC-Date: {DATE}\r\n"
        file.write(gzip.compress(head.encode() + b"Content-Length: %d\r\n\r\n%s\r\n\r\n" % (len(block), block)))
    found, faults = read(path)
    assert [(c.kind, c.url, c.status, c.body, c.header("Content-Type")) for c in found] == [
        ("resource", URL.format(1), 200, PAGES[1], "text/html")
    ]
    assert [f.url for f in faults] == [URL.format(3)]


def test_a_writers_notes_are_handed_on(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    with path.open("wb") as file:
        writer = Writer(file, gzip=True)
        sent = StatusAndHeaders("301 Moved Permanently", [("Location", "/x")], protocol="HTTP/1.1")
        note = {"WARC-JSON-Metadata": '{"role":"article"}'}
        writer.write_record(
            writer.create_warc_record(URL.format(1), "response", http_headers=sent, warc_headers_dict=note)
        )
    (found,), _ = read(path)
    assert (found.status, found.about, found.header("location")) == (301, '{"role":"article"}', "/x")
