"""What travels between the two processes arrives as it was."""

from hypothesis import given, settings

from archiver.crawl.parcels import LENGTH, packed, unpacked
from archiver.crawl.reading import Question, Reading
from archiver.model import Site, Target, TargetKind
from archiver.page import Page
from tests.unit.readings import visits


@settings(max_examples=50)  # of up to three visits with all kinds of records in them
@given(visits(most=3))
def test_records_arrive_as_they_were(drawn):
    for visit in drawn:
        reading = Reading(engine="wordpress", extract=visit.extract, discovery=visit.discovery)
        parcel = packed(reading)
        assert int.from_bytes(parcel[:LENGTH], "big") == len(parcel) - LENGTH
        assert unpacked(parcel[LENGTH:]) == reading
        assert unpacked(packed(visit)[LENGTH:]) == visit


def test_a_question_arrives_with_its_page():
    page = Page("http://blog.example/", b"<p>Hello</p>", status=203, headers={"content-type": "text/html"})
    site = Site(key="blog.example", home=page.url, open_routes=frozenset({"posts"}))
    target = Target(url=page.url, kind=TargetKind.HOME, hint={"post": "1"})
    there = unpacked(packed(Question(page=page, target=target, site=site))[LENGTH:])
    assert (there.target, there.site, there.engine) == (target, site, None)
    assert (there.page.url, there.page.body, there.page.status, there.page.headers) == (
        page.url,
        page.body,
        203,
        {"content-type": "text/html"},
    )
