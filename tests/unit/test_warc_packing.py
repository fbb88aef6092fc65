"""Gzip members, whoever packs them."""

import gzip
import sys
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.warc import packing

LIBRARIES = {"isal.isal_zlib": 3, "zlib": 4}


@pytest.fixture(params=LIBRARIES, scope="module")
def library(request):
    """The library that is used: zlib where the other is not installed."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "zlib":
            patch.setitem(sys.modules, "isal.isal_zlib", None)
        packing._library.cache_clear()
        yield request.param
    packing._library.cache_clear()


def test_the_library_is_the_quick_one_where_it_is_installed(library):
    found, level = packing._library()
    assert (found.__name__, level) == (library, LIBRARIES[library])


@given(st.lists(st.binary(max_size=2000), max_size=4))
def test_one_member_of_all_parts(library, parts):
    member = packing.packed(*parts)
    inflater = zlib.decompressobj(31)
    assert inflater.decompress(member + b"next") == b"".join(parts)
    assert (inflater.eof, inflater.unused_data) == (True, b"next")


def test_members_one_after_the_other_are_a_file(library):
    assert gzip.decompress(packing.packed(b"one ", b"two ") + packing.packed(b"three")) == b"one two three"
    page = b"<p>The same words again and again.</p>" * 500
    assert len(packing.packed(page)) < len(page) / 50
