"""Content codings: what goes in comes out, and what is torn is never taken for whole."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import coding
from archiver.coding import BadBody, decoded

MOST = 1 << 20


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "": lambda data: data,
    "identity": lambda data: data,
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "GZIP": gzip.compress,
    "deflate": zlib.compress,
    "deflate ": raw_deflate,
    "deflate, gzip": lambda data: gzip.compress(zlib.compress(data)),
    "gzip, identity": gzip.compress,
    "br": import_module("brotli").compress,
    "zstd": import_module("backports.zstd").compress,
    "br, gzip": lambda data: gzip.compress(import_module("brotli").compress(data)),
}
TORN = ["gzip", "deflate", "deflate ", "br", "zstd"]


@given(st.sampled_from(sorted(CODINGS)), st.binary(max_size=5000))
def test_there_and_back(name: str, data: bytes) -> None:
    assert decoded(CODINGS[name](data), name, MOST) == data


@given(st.sampled_from(TORN), st.binary(min_size=1, max_size=3000), st.data())
def test_a_cut_body_is_never_whole(name: str, data: bytes, draw: st.DataObject) -> None:
    body = CODINGS[name](data)
    cut = draw.draw(st.integers(1, len(body) - 1))
    with pytest.raises(BadBody):
        decoded(body[:cut], name, MOST)


def test_members_one_after_the_other_and_padding() -> None:
    assert decoded(gzip.compress(b"one ") + gzip.compress(b"two") + b"\0" * 20, "gzip", MOST) == b"one two"
    frames = CODINGS["zstd"](b"one ") + CODINGS["zstd"](b"two") + b"\0" * 20
    assert decoded(frames, "zstd", MOST) == b"one two"


@pytest.mark.parametrize("name", TORN)
def test_a_bomb_is_stopped(name: str) -> None:
    with pytest.raises(BadBody, match="larger than 1 MiB") as caught:
        decoded(CODINGS[name](b"\0" * (50 << 20)), name, MOST)
    assert caught.value.lasting


def test_exactly_as_much_as_is_allowed() -> None:
    assert len(decoded(gzip.compress(b"x" * MOST), "gzip", MOST)) == MOST


@pytest.mark.parametrize("name", ["br", "zstd"])
def test_without_its_library(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coding, "_LIBRARIES", {"br": ("no_such_module",), "zstd": ("no_such_module",)})
    with pytest.raises(BadBody, match=rf"not asked for \({name}\)") as caught:
        decoded(CODINGS[name](b"text"), name, MOST)
    assert caught.value.lasting


@pytest.mark.parametrize("name", ["compress", "gzip, dcb", "nonsense" * 9])
def test_what_was_not_asked_for(name: str) -> None:
    with pytest.raises(BadBody, match="not asked for") as caught:
        decoded(b"\x8b\x01\x80abc\x03", name, MOST)
    assert caught.value.lasting


@pytest.mark.parametrize("name", ["gzip", "deflate", "br"])
def test_nothing_is_nothing(name: str) -> None:
    assert decoded(b"", name, MOST) == b""


@given(st.sampled_from(["gzip", "zstd"]), st.binary(min_size=1, max_size=300))
def test_noise_is_an_error_and_no_other(name: str, data: bytes) -> None:
    if data.startswith(CODINGS[name](b"")[:4]):
        return
    with pytest.raises(BadBody, match="not whole"):
        decoded(data, name, MOST)


@given(st.sampled_from(["deflate", "br"]), st.binary(max_size=300))
def test_noise_is_never_another_error(name: str, data: bytes) -> None:
    """These have no mark at their beginning, and noise may happen to be one of them."""
    with suppress(BadBody):
        assert isinstance(decoded(data, name, MOST), bytes)


def test_a_damaged_byte_is_found_by_the_checksum() -> None:
    body = bytearray(gzip.compress(bytes(range(256)) * 20, compresslevel=0))
    body[100] ^= 1
    with pytest.raises(BadBody, match="cannot be decompressed"):
        decoded(bytes(body), "gzip", MOST)
