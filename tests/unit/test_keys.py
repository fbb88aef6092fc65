"""Keys never change: archives of one blog, made years apart, meet in them."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.keys import blog_key, digest, fingerprint, key, site_prefix, work_key

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "keys.json").read_text("utf-8"))
PARTS = st.lists(st.text(max_size=6), max_size=4)
BASE32 = set("abcdefghijklmnopqrstuvwxyz234567")


def golden(name):
    return [pytest.param(case, id=" ".join(map(str, case["of"]))) for case in GOLDEN[name]]


@pytest.mark.parametrize("case", golden("keys"))
def test_keys_are_frozen(case):
    assert key(*case["of"]) == case["key"]


@pytest.mark.parametrize("case", golden("works"))
def test_keys_of_works_are_frozen(case):
    assert work_key(*case["of"]) == case["key"]


@pytest.mark.parametrize("case", golden("digests"))
def test_digests_are_frozen(case):
    assert digest(*case["of"]) == case["digest"]


@pytest.mark.parametrize("case", golden("fingerprints"))
def test_fingerprints_are_frozen(case):
    assert fingerprint(*case["of"]) == case["digest"]


@given(st.text(min_size=1, max_size=8), st.text(max_size=20), PARTS)
def test_the_shape_of_a_key(kind, site, native):
    made = key(kind, site, *native)
    assert len(made) == 20
    assert set(made) <= BASE32
    assert made.startswith(site_prefix(site))
    assert site_prefix(site) == blog_key(site)[:4]


@given(PARTS, PARTS)
def test_parts_are_told_apart_whatever_they_hold(one, other):
    """Length-prefixed: ("a", "bc") is not ("ab", "c"), ("a",) is not ("a", "")."""
    assert (key("post", "blog.example", *one) == key("post", "blog.example", *other)) == (one == other)
    assert (digest(*one) == digest(*other)) == (one == other)


@given(st.text(max_size=8), st.text(max_size=8), st.text(max_size=8))
def test_the_parts_do_not_run_into_each_other(kind, site, native):
    shifted = [(kind + site[:1], site[1:], native), (kind, site + native[:1], native[1:])]
    for other in shifted:
        assert (key(*other) == key(kind, site, native)) == (other == (kind, site, native))


def test_a_missing_value_is_not_an_empty_one():
    assert len({digest(None), digest(""), digest("-"), digest("+")}) == 4
    assert len({fingerprint(None), fingerprint(""), fingerprint("-"), fingerprint()}) == 4


def test_a_work_is_the_same_for_all_blogs_and_no_key_of_one():
    assert work_key("doi", "10.1/x").startswith("work")
    assert work_key("doi", "10.1/x") != key("work", "doi", "10.1/x")
