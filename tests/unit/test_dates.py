"""Dates: what is printed is read, to the precision that is printed, and a guess is not a date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import dates
from archiver.dates import from_iso, from_printed, from_rfc822, month_label
from archiver.model import Precision
from archiver.printed.months import month_number
from archiver.printed.spelling import read_words

NOW = datetime(2026, 11, 22, 12, 34, 56, tzinfo=UTC)
DAY = ("2021-02-10T00:00:00Z", "day")
MORNING = ("2021-02-10T08:00:00Z", "minute")
EVENING = ("2021-02-10T20:15:00Z", "minute")


def read(text: str, **more: Any) -> tuple[str, str] | None:
    moment = from_printed(text, **more)
    return (moment.at, moment.precision.value) if moment else None


@pytest.mark.parametrize(
    ("text", "offset", "at", "precision"),
    [
        ("2021-02-10T07:30:00+00:00", None, "2021-02-10T07:30:00Z", "second"),
        ("2021-02-10T07:30:00Z", None, "2021-02-10T07:30:00Z", "second"),
        ("2021-02-10T07:30:00.123Z", None, "2021-02-10T07:30:00Z", "second"),
        ("2021-02-10t07:30:00z", None, "2021-02-10T07:30:00Z", "second"),
        ("2021-02-10T07:30:00-05:00", None, "2021-02-10T12:30:00Z", "second"),
        ("2021-02-10T00:30:00+0530", None, "2021-02-09T19:00:00Z", "second"),
        ("2021-02-10T07:30:00+01", None, "2021-02-10T06:30:00Z", "second"),
        ("2021-02-10T07:30:00 +01:00", None, "2021-02-10T06:30:00Z", "second"),
        ("2021-02-10 07:30:00", None, "2021-02-10T07:30:00Z", "second"),
        ("2021-02-10 07:30:00 UTC", 60, "2021-02-10T07:30:00Z", "second"),
        ("2021-02-10T07:30:00", 0, "2021-02-10T07:30:00Z", "second"),
        ("2021-02-10T07:30:00", 60, "2021-02-10T06:30:00Z", "second"),
        ("2021-02-10T07:30:00", -300, "2021-02-10T12:30:00Z", "second"),
        ("2021-02-10T07:30:00+02:00", 60, "2021-02-10T05:30:00Z", "second"),
        ("2021-02-10T07:30", None, "2021-02-10T07:30:00Z", "minute"),
        ("2021-02-10T07:30+01:00", None, "2021-02-10T06:30:00Z", "minute"),
        ("20210210T073000Z", None, "2021-02-10T07:30:00Z", "second"),
        ("2021-02-10", None, "2021-02-10T00:00:00Z", "day"),
        ("2021-02-10", 600, "2021-02-10T00:00:00Z", "day"),
        (" 2021-02-10\n", None, "2021-02-10T00:00:00Z", "day"),
        ("20210210", None, "2021-02-10T00:00:00Z", "day"),
        ("2021-02", None, "2021-02-01T00:00:00Z", "month"),
        ("2021", None, "2021-01-01T00:00:00Z", "year"),
        ("2016-12-31T23:59:60Z", None, "2016-12-31T23:59:59Z", "second"),
        ("2020-02-29", None, "2020-02-29T00:00:00Z", "day"),
    ],
)
def test_from_iso(text: str, offset: int | None, at: str, precision: str) -> None:
    moment = from_iso(text, offset)
    assert moment is not None
    assert (moment.at, moment.precision.value) == (at, precision)
    assert moment.printed == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "yesterday", "0000-00-00 00:00:00", "0000-00-00", "-0001-11-30T00:00:00", "2021-13-01", "2021-02-30",
        "2021-02-10T25:00:00", "2021-02-10T07:61:00", "1234", "9999-01-01", "2021-02-10T07", "2021-2-1", "10/02/2021",
        "2021-02-10T07:30:00Z trailing", "٢٠٢١-٠٢-١٠",
    ],
)  # fmt: skip
def test_from_iso_takes_nothing_else(text: str) -> None:
    assert from_iso(text) is None


@pytest.mark.parametrize(
    ("text", "at", "precision"),
    [
        ("Wed, 10 Feb 2021 07:30:00 +0000", "2021-02-10T07:30:00Z", "second"),
        ("Wed, 10 Feb 2021 07:30:00 GMT", "2021-02-10T07:30:00Z", "second"),
        ("Wed, 10 Feb 2021 07:30:00 -0000", "2021-02-10T07:30:00Z", "second"),
        ("Wed, 10 Feb 2021 07:30:00 -0500", "2021-02-10T12:30:00Z", "second"),
        ("10 Feb 2021 07:30:00 EST", "2021-02-10T12:30:00Z", "second"),
        ("10 Feb 21 07:30:00 +0000", "2021-02-10T07:30:00Z", "second"),
        ("Wed, 10 Feb 2021 07:30 +0000", "2021-02-10T07:30:00Z", "minute"),
        ("Wed, 10 Feb 2021", "2021-02-10T00:00:00Z", "day"),
        ("2021-02-10T07:30:00Z", "2021-02-10T07:30:00Z", "second"),
        ("2021-02-10", "2021-02-10T00:00:00Z", "day"),
        ("mer., 10 févr. 2021 07:30:00 +0100", "2021-02-10T06:30:00Z", "second"),
    ],
)
def test_from_rfc822(text: str, at: str, precision: str) -> None:
    moment = from_rfc822(text)
    assert moment is not None
    assert (moment.at, moment.precision.value) == (at, precision)


@pytest.mark.parametrize("text", ["", "Mon, 99 Foo", "now: then", ":", "Wed, 40 Feb 2021 07:30:00"])
def test_from_rfc822_takes_nothing_else(text: str) -> None:
    assert from_rfc822(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # English, in the formats of themes
        ("February 10, 2021", DAY),
        ("Feb 10, 2021", DAY),
        ("Feb. 10, 2021", DAY),
        ("FEBRUARY 10, 2021", DAY),
        ("February 10th, 2021", DAY),
        ("February 10 2021", DAY),
        ("10 February 2021", DAY),
        ("10 February, 2021", DAY),
        ("10th February 2021", DAY),
        ("10th of February 2021", DAY),
        ("10-Feb-2021", DAY),
        ("10-Feb-21", DAY),
        ("10/Feb/2021", DAY),
        ("Feb 10, '21", DAY),
        ("Feb.10.2021", DAY),
        ("2021 February 10", DAY),
        ("Wednesday, February 10, 2021", DAY),
        ("Wed, Feb 10, 2021", DAY),
        ("Posted on February 10, 2021 by Ann", DAY),
        ("on February 10, 2021", DAY),
        ("Last updated: 10 February 2021.", DAY),
        ("February 10, 2021February 12, 2021", DAY),
        ("Chapter 3 February 10, 2021 and March 1, 2022", DAY),
        ("February\N{NO-BREAK SPACE}10,\n 2021", DAY),
        ("February 10, 2021 at 8:00 am", MORNING),
        ("February 10, 2021 at 8:00 a.m.", MORNING),
        ("February 10, 2021 8:00", MORNING),
        ("February 10, 2021 @ 08:00", MORNING),
        ("8:00 am on February 10, 2021", MORNING),
        ("on February 10, 2021 at 8:00 am says:", MORNING),
        ("February 10, 2021 at 8:15 pm", EVENING),
        ("February 10, 2021 at 20:15", EVENING),
        ("February 10, 2021 8.15 pm", EVENING),
        ("February 10, 2021 at 12:00 am", ("2021-02-10T00:00:00Z", "minute")),
        ("February 10, 2021 at 12:00 pm", ("2021-02-10T12:00:00Z", "minute")),
        ("February 10, 2021, 20:15:30", ("2021-02-10T20:15:30Z", "second")),
        ("February 10, 2021 at 9 pm", ("2021-02-10T21:00:00Z", "hour")),
        ("February 10, 2021 at 9pm", ("2021-02-10T21:00:00Z", "hour")),
        ("Wed Feb 10 2021 07:30:00 GMT+0100", ("2021-02-10T06:30:00Z", "second")),
        ("10 Feb 2021 07:30 UTC", ("2021-02-10T07:30:00Z", "minute")),
        ("February 2021", ("2021-02-01T00:00:00Z", "month")),
        ("Published in February 2021", ("2021-02-01T00:00:00Z", "month")),
        # numbers that can be read in one way only
        ("2021-02-10", DAY),
        ("2021/02/10", DAY),
        ("2021.02.10.", DAY),
        ("2021. 2. 10.", DAY),
        ("10.02.2021", DAY),
        ("10. 2. 2021", DAY),
        ("10.02.21", DAY),
        ("28/02/2021", ("2021-02-28T00:00:00Z", "day")),
        ("02/28/2021", ("2021-02-28T00:00:00Z", "day")),
        ("28-2-2021", ("2021-02-28T00:00:00Z", "day")),
        ("02/02/2021", ("2021-02-02T00:00:00Z", "day")),
        ("10.02.2021 20:15", EVENING),
        ("Published: 2021-02-10T20:15:00+00:00", ("2021-02-10T20:15:00Z", "second")),
        ("2021-02-10 20:15", EVENING),
        # other languages
        ("10. Februar 2021", DAY),
        ("10. Februar 2021 um 8:00", MORNING),
        ("10. Februar 2021 um 8:00 Uhr", MORNING),
        ("Mittwoch, 10. Feb. 2021, 20.15 Uhr", EVENING),
        ("10. März 2021", ("2021-03-10T00:00:00Z", "day")),
        ("10. Jänner 2021", ("2021-01-10T00:00:00Z", "day")),
        ("10 février 2021", DAY),
        ("1er février 2021", ("2021-02-01T00:00:00Z", "day")),
        ("le 10 févr. 2021 à 20 h 15 min", EVENING),
        ("10 FEVRIER 2021 à 20h15", EVENING),
        ("mar. 10 août 2021", ("2021-08-10T00:00:00Z", "day")),
        ("10 de febrero de 2021", DAY),
        ("10 febrero, 2021 a las 20:15", EVENING),
        ("febrero 10, 2021", DAY),
        ("10 febbraio 2021 alle 20:15", EVENING),
        ("10 de fevereiro de 2021 às 20:15", EVENING),
        ("10 de março de 2021", ("2021-03-10T00:00:00Z", "day")),
        ("10 februari 2021 om 20:15", EVENING),
        ("10 februari, 2021 kl. 20:15", EVENING),
        ("10. februar 2021 kl. 20.15", EVENING),
        ("10. helmikuuta 2021 klo 20.15", EVENING),
        ("10 lutego 2021 o 20:15", EVENING),
        ("10. února 2021", DAY),
        ("10. februára 2021", DAY),
        ("10 veljače, 2021", DAY),
        ("10 февраля 2021 в 20:15", EVENING),
        ("10.02.2021 в 20:15", EVENING),
        ("10 Лютого, 2021", DAY),
        ("10 фебруар 2021", DAY),
        ("10.02.2021 г.", DAY),
        ("10 februarie 2021", DAY),
        ("2021. február 10.", DAY),
        ("2021.02.10. 20:15", EVENING),
        ("10 Şubat 2021, 20:15", EVENING),
        ("10 Φεβρουαρίου 2021, 8:15 μμ", EVENING),
        ("10 ΦΕΒΡΟΥΑΡΙΟΥ 2021", DAY),
        ("2021 m. vasario 10 d.", DAY),
        ("2021. gada 10. februāris", DAY),
        ("10. veebruar 2021", DAY),
        ("10 de febrer de 2021", DAY),
        ("10 d'octubre de 2021", ("2021-10-10T00:00:00Z", "day")),
        ("10 d’abril de 2021", ("2021-04-10T00:00:00Z", "day")),
        ("2021(e)ko otsailaren 10(a)", DAY),
        ("10 Chwefror 2021", DAY),
        ("10 בפברואר 2021", DAY),
        ("10 فبراير، 2021", DAY),
        ("١٠ فبراير ٢٠٢١", DAY),
        ("10 كانون الثاني 2021", ("2021-01-10T00:00:00Z", "day")),
        ("10 फ़रवरी 2021", DAY),
        ("10 Februari 2021 pukul 20.15", EVENING),
        ("10 Tháng Hai, 2021", DAY),
        ("10 Tháng Mười Hai, 2021", ("2021-12-10T00:00:00Z", "day")),
        ("10 tháng 2, 2021", DAY),
        ("Ngày 10 tháng 2 năm 2021", DAY),
        ("10 กุมภาพันธ์ 2021", DAY),
        ("10 กุมภาพันธ์ 2564", DAY),
        ("2021年2月10日", DAY),
        ("2021年02月10日 20:15", EVENING),
        ("2021 年 2 月 10 日 下午 8:15", EVENING),
        ("2021年2月10日 午後8:15", EVENING),
        ("2021年2月10日 20時15分", EVENING),
        ("2021年2月10日星期三", DAY),
        ("10.02.2021 1点热度 0人点赞", DAY),  # so many points
        ("2021年2月10日 20点15分", EVENING),
        ("2021년 2월 10일", DAY),
        ("2021년 2월 10일 오후 8:15", EVENING),
        ("10 თებერვალი, 2021", DAY),
        ("2021年二月10日", DAY),
        ("10 二月, 2021", DAY),
        ("10 2月 2021", DAY),
        ("2월 10, 2021", DAY),
        ("10. 2월 2021", DAY),
        ("10.2.2021 v 20.15", EVENING),
        ("February 10, 2021 at 20.15", EVENING),
        ("10 فبراير، 2021 الساعة 8:15 مساء", EVENING),
        ("۲۲ بهمن ۱۳۹۹", DAY),
        ("چهارشنبه ۲۲ بهمن ماه ۱۳۹۹ در ۸:۱۵ ب.ظ", EVENING),
        ("1399/11/22 20:15", EVENING),
        ("30 اسفند 1399", ("2021-03-20T00:00:00Z", "day")),
        ("1 فروردین 1403", ("2024-03-20T00:00:00Z", "day")),
        ("29 اسفند 1402", ("2024-03-19T00:00:00Z", "day")),
        ("Feb 10, 21", DAY),
        ("Feb 10 21 at 8:15 pm", EVENING),
        ("Posted on Wed, Feb 10th, 21", DAY),
        ("10 February 21", DAY),
        ("10. Feb. 21, 20:15", EVENING),
        ("21年2月10日", DAY),
        ("令和3年2月10日 20:15", EVENING),
        ("平成元年2月10日", ("1989-02-10T00:00:00Z", "day")),
    ],
)
def test_from_printed(text: str, expected: tuple[str, str]) -> None:
    assert read(text) == expected
    assert read(text, language="en-US", now=NOW) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "x", "15 comments", "8:00 am", "2021", "Select Month", "May", "May 6", "Phase 3 trial",
        "February 10", "10/02", "Version 2.10.2021.5", "1.2.34", "10.0.0.1", "1,234 views", "12:30",
        "100 February 2021", "10 listopada",
        "99/99/2021", "32.01.2021", "February 10, 1830", "10 Smarch 2021", "2021-02-30", "31 February 2021",
        "by Ann, 3 min read", "31 اسفند 1399", "30 اسفند 1400", "1399/13/01", "بهمن 1399",
        "You may 2 or 3 times", "Feb 10, 20 comments", "10 Feb 12:30", "10 Feb 20.15", "Feb 31, 21", "1年2月10日",
        "in 10 February 21 of us met", "February 10, 2021 " + "and so on " * 30,
    ],
)  # fmt: skip
def test_nothing_printed(text: str) -> None:
    assert read(text, now=NOW) is None
    assert read(text, now=NOW, language="en") is None


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, None),
        ({"day_first": True}, "2021-02-10T00:00:00Z"),
        ({"day_first": False}, "2021-10-02T00:00:00Z"),
        ({"language": "en"}, None),
        ({"language": "en-US"}, "2021-10-02T00:00:00Z"),
        ({"language": "en_US"}, "2021-10-02T00:00:00Z"),
        ({"language": "en-GB"}, "2021-02-10T00:00:00Z"),
        ({"language": "en-AU"}, "2021-02-10T00:00:00Z"),
        ({"language": "en-CA"}, None),
        ({"language": "fr"}, "2021-02-10T00:00:00Z"),
        ({"language": "de-DE"}, "2021-02-10T00:00:00Z"),
        ({"language": "pt_BR"}, "2021-02-10T00:00:00Z"),
        ({"language": "ja"}, None),
        ({"language": "en-US", "day_first": True}, "2021-02-10T00:00:00Z"),
        ({"language": "fr", "day_first": False}, "2021-10-02T00:00:00Z"),
    ],
)
@pytest.mark.parametrize("text", ["10/02/2021", "10-02-2021", "Posted 10/02/21", "10 / 02 / 2021"])
def test_a_date_of_two_readings_is_settled_or_left(text: str, more: dict[str, Any], expected: str | None) -> None:
    assert read(text, **more) == (expected and (expected, "day"))


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("10 listopada 2021", "pl", "2021-11-10T00:00:00Z"),
        ("10 listopada 2021", "hr", "2021-10-10T00:00:00Z"),
        ("10 listopada 2021", "cs-CZ", None),
        ("10 listopada 2021", None, None),
        ("10 srpna 2021", None, "2021-08-10T00:00:00Z"),
        ("10 srpnja 2021", None, "2021-07-10T00:00:00Z"),
        ("10 out 2021", "pt-BR", "2021-10-10T00:00:00Z"),
        ("10 out 2021", "en", None),
        ("10 Feb 2021", "ja", "2021-02-10T00:00:00Z"),
        ("10 փետրվարի, 2021", "hy", "2021-02-10T00:00:00Z"),  # these two by dateparser
        ("10 பிப்ரவரி 2021", "ta", "2021-02-10T00:00:00Z"),
        ("10 qwertz 2021", "xx", None),
    ],
)
def test_the_language_settles_a_month(text: str, language: str | None, expected: str | None) -> None:
    assert read(text, language=language) == (expected and (expected, "day"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10 փետրվարի, 2021", "2021-02-10T00:00:00Z"),
        ("10 பிப்ரவரி 2021", "2021-02-10T00:00:00Z"),
        ("10 oṣù kejì 2021", None),
        ("10 mē 2021", "2021-05-10T00:00:00Z"),  # Tongan; 205 locales took it for October
    ],
)
def test_without_a_language_the_letters_tell_which_may_be_meant(text: str, expected: str | None) -> None:
    assert read(text) == (expected and (expected, "day"))


@pytest.mark.parametrize(
    "text", ["© 2018 A name", "José, 2018", "Über uns 2018", "Fußball – 2018", "Σ 2018", "— 2018 —"]
)
def test_without_a_language_few_locales_are_asked(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(dates, "_by_dateparser", lambda _, languages: asked.append(languages))
    assert from_printed(text) is None
    assert sum(map(len, asked)) <= 20


def test_a_line_without_letters_of_a_month_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dates, "_by_dateparser", lambda *_: pytest.fail("it was asked"))
    for text in ("© 2018 A name", "— name 2018", "name™ 2018"):
        assert from_printed(text) is None


@pytest.mark.parametrize(
    ("text", "offset", "expected"),
    [
        ("February 10, 2021 at 8:00 am", 0, "2021-02-10T08:00:00Z"),
        ("February 10, 2021 at 8:00 am", 60, "2021-02-10T07:00:00Z"),
        ("February 10, 2021 at 8:00 pm", -300, "2021-02-11T01:00:00Z"),
        ("February 10, 2021 at 8:00 am", 330, "2021-02-10T02:30:00Z"),
        ("February 10, 2021 8:00 +0200", 60, "2021-02-10T06:00:00Z"),
        ("February 10, 2021", 600, "2021-02-10T00:00:00Z"),
        ("February 2021", 600, "2021-02-01T00:00:00Z"),
    ],
)
def test_local_time_becomes_utc_and_days_stay(text: str, offset: int, expected: str) -> None:
    found = from_printed(text, clock=offset)
    assert found is not None
    assert found.at == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("6 years ago", ("2020-01-01T00:00:00Z", "year")),
        ("לפני שעתיים", ("2026-11-22T10:00:00Z", "hour")),
        ("לפני שנה", ("2025-01-01T00:00:00Z", "year")),
        ("منذ سنتين", ("2024-01-01T00:00:00Z", "year")),
        ("منذ ساعة واحدة", ("2026-11-22T11:00:00Z", "hour")),
        ("۳ روز پیش", ("2026-11-19T00:00:00Z", "day")),
        ("duela 3 egun", ("2026-11-19T00:00:00Z", "day")),
        ("duela ordu 1", ("2026-11-22T11:00:00Z", "hour")),
        ("преди 3 дни", ("2026-11-19T00:00:00Z", "day")),
        ("6 aastat tagasi", ("2020-01-01T00:00:00Z", "year")),
        ("6 ปี มาแล้ว", ("2020-01-01T00:00:00Z", "year")),
        ("a year ago", ("2025-01-01T00:00:00Z", "year")),
        ("3 months ago", ("2026-08-01T00:00:00Z", "month")),
        ("14 months ago", ("2025-09-01T00:00:00Z", "month")),
        ("2 weeks ago", ("2026-11-01T00:00:00Z", "month")),
        ("3 days ago", ("2026-11-19T00:00:00Z", "day")),
        ("yesterday", ("2026-11-21T00:00:00Z", "day")),
        ("Today", ("2026-11-22T00:00:00Z", "day")),
        ("3 hours ago", ("2026-11-22T09:00:00Z", "hour")),
        ("an hour ago", ("2026-11-22T11:00:00Z", "hour")),
        ("Posted 5 mins ago", ("2026-11-22T12:29:00Z", "minute")),
        ("30 seconds ago", ("2026-11-22T12:34:26Z", "second")),
        ("just now", ("2026-11-22T12:34:00Z", "minute")),
        ("vor 6 Jahren", ("2020-01-01T00:00:00Z", "year")),
        ("vor einer Stunde", ("2026-11-22T11:00:00Z", "hour")),
        ("il y a 6 ans", ("2020-01-01T00:00:00Z", "year")),
        ("il y a un an", ("2025-01-01T00:00:00Z", "year")),
        ("hace 3 días", ("2026-11-19T00:00:00Z", "day")),
        ("há 3 meses", ("2026-08-01T00:00:00Z", "month")),
        ("6 anni fa", ("2020-01-01T00:00:00Z", "year")),
        ("6 jaar geleden", ("2020-01-01T00:00:00Z", "year")),
        ("för 3 dagar sedan", ("2026-11-19T00:00:00Z", "day")),
        ("3 päivää sitten", ("2026-11-19T00:00:00Z", "day")),
        ("6 lat temu", ("2020-01-01T00:00:00Z", "year")),
        ("6 лет назад", ("2020-01-01T00:00:00Z", "year")),
        ("3 gün önce", ("2026-11-19T00:00:00Z", "day")),
        ("לפני 3 ימים", ("2026-11-19T00:00:00Z", "day")),
        ("منذ ٣ أيام", ("2026-11-19T00:00:00Z", "day")),
        ("6年前", ("2020-01-01T00:00:00Z", "year")),
        ("3か月前", ("2026-08-01T00:00:00Z", "month")),
        ("3 小时前", ("2026-11-22T09:00:00Z", "hour")),
        ("5분 전", ("2026-11-22T12:29:00Z", "minute")),
        ("2 tháng trước", ("2026-09-01T00:00:00Z", "month")),
    ],
)
def test_relative_dates(text: str, expected: tuple[str, str]) -> None:
    assert read(text, now=NOW) == expected


def test_relative_days_are_those_of_the_blog() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert read("today", now=late, clock=60) == ("2026-11-23T00:00:00Z", "day")
    assert read("3 hours ago", now=late, clock=60) == ("2026-11-22T20:00:00Z", "hour")
    assert read("3 hours ago", now=late.astimezone(timezone(timedelta(hours=5)))) == ("2026-11-22T20:00:00Z", "hour")


def test_a_relative_date_is_seen_from_now() -> None:
    moment = from_printed("3 years ago")
    assert moment is not None
    assert int(moment.at[:4]) == datetime.now(UTC).year - 3


def test_the_printed_text_is_kept() -> None:
    moment = from_printed("  Posted on\n February 10, 2021 ")
    assert moment is not None
    assert moment.printed == "Posted on February 10, 2021"


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("June 2026", (2026, 6)),
        ("June 2026  (3)", (2026, 6)),
        ("June 2026\N{NO-BREAK SPACE}(1,234)", (2026, 6)),
        ("May 2021", (2021, 5)),
        ("Jun 2026", (2026, 6)),
        ("June, 2026", (2026, 6)),
        ("juin 2026", (2026, 6)),
        ("Juni 2026 (12)", (2026, 6)),
        ("junio 2026", (2026, 6)),
        ("junho de 2026", (2026, 6)),
        ("giugno 2026", (2026, 6)),
        ("kesäkuu 2026", (2026, 6)),
        ("czerwiec 2026", (2026, 6)),
        ("Июнь 2026", (2026, 6)),
        ("Červen 2026", (2026, 6)),
        ("Ιούνιος 2026", (2026, 6)),
        ("2026. június (4)", (2026, 6)),
        ("2026 m. birželis", (2026, 6)),
        ("2026年6月", (2026, 6)),
        ("2026 年 6 月 (3)", (2026, 6)),
        ("2026년 6월", (2026, 6)),
        ("6월 2026", (2026, 6)),
        ("يونيو 2026", (2026, 6)),
        ("יוני 2026", (2026, 6)),
        ("มิถุนายน 2569", (2026, 6)),
        ("Tháng Sáu 2026", (2026, 6)),
        ("Tháng Mười Một 2026", (2026, 11)),
        ("tháng 6 2026", (2026, 6)),
        ("06/2026", (2026, 6)),
        ("2026-06", (2026, 6)),
        ("2026.06", (2026, 6)),
        ("listopad 2026", None),
        ("2026", None),
        ("June", None),
        ("Select Month", None),
        ("June 10, 2026", None),
        ("10/06/2026", None),
        ("13/2026", None),
        ("COVID 2020", None),
        ("Top 10 of 2020", None),
        ("", None),
    ],
)
def test_month_label(label: str, expected: tuple[int, int] | None) -> None:
    assert month_label(label) == expected


def test_month_label_in_a_language() -> None:
    assert month_label("listopad 2026", "pl-PL") == (2026, 11)
    assert month_label("listopad 2026", "cs") == (2026, 11)
    assert month_label("listopad 2026", "hr") == (2026, 10)


def test_the_vocabulary_is_whole() -> None:
    words = read_words("months.txt")
    assert len(words) > 45
    for language, names in words.items():
        assert names.count("|") == 11, language
        for month, group in enumerate(" ".join(names).split("|"), 1):
            first = group.split()[0]
            assert month_number(first if "thang" not in group else "_".join(group.split()[:1]), language) in {
                month,
                None,
            }


MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 31)).map(lambda d: d.replace(microsecond=0))  # noqa: DTZ001
OFFSETS = st.integers(-12 * 60, 14 * 60)
ENGLISH = "January February March April May June July August September October November December".split()  # noqa: SIM905
GERMAN = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()  # noqa: SIM905
SPANISH = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()  # noqa: SIM905


def printings(d: datetime) -> dict[str, Precision]:
    """One moment as themes print it, and what each printing states."""
    english, german, spanish = ENGLISH[d.month - 1], GERMAN[d.month - 1], SPANISH[d.month - 1]
    hour, half = (d.hour - 1) % 12 + 1, "am" if d.hour < 12 else "pm"
    return {
        f"{english} {d.day}, {d.year}": Precision.DAY,
        f"{english[:3]} {d.day}, {d.year}": Precision.DAY,
        f"{d.day} {english} {d.year}": Precision.DAY,
        f"Posted on {english} {d.day}, {d.year} by Ann": Precision.DAY,
        f"{d.day}. {german} {d.year}": Precision.DAY,
        f"{d.day} de {spanish} de {d.year}": Precision.DAY,
        f"{d.day:02}.{d.month:02}.{d.year}": Precision.DAY,
        f"{d.year}/{d.month}/{d.day}": Precision.DAY,
        f"{d.year}年{d.month}月{d.day}日": Precision.DAY,
        f"{english} {d.day}, {d.year} at {hour}:{d.minute:02} {half}": Precision.MINUTE,
        f"{d.day}. {german} {d.year} um {d.hour}:{d.minute:02}": Precision.MINUTE,
        f"{d.day} {english} {d.year} {d.hour:02}:{d.minute:02}:{d.second:02}": Precision.SECOND,
        f"{d.year}-{d.month:02}-{d.day:02} {d.hour:02}:{d.minute:02}": Precision.MINUTE,
        f"{english} {d.year}": Precision.MONTH,
    }


def cut(d: datetime, precision: Precision) -> str:
    length = {Precision.MONTH: 7, Precision.DAY: 10, Precision.MINUTE: 16, Precision.SECOND: 19}[precision]
    return d.isoformat()[:length] + "0000-01-01T00:00:00"[length:].replace("-00", "-01") + "Z"


@given(MOMENTS)
def test_what_is_printed_comes_back(moment: datetime) -> None:
    for text, precision in printings(moment).items():
        assert read(text) == (cut(moment, precision), precision.value), text


@given(MOMENTS, OFFSETS)
def test_what_is_printed_comes_back_in_utc(moment: datetime, offset: int) -> None:
    local = moment + timedelta(minutes=offset)
    for text, precision in printings(local).items():
        expected = moment if precision in {Precision.MINUTE, Precision.SECOND} else local
        assert read(text, clock=offset) == (cut(expected, precision), precision.value), text


@given(MOMENTS, OFFSETS)
def test_machine_dates_come_back(moment: datetime, offset: int) -> None:
    aware = moment.replace(tzinfo=UTC)
    local = aware.astimezone(timezone(timedelta(minutes=offset)))
    expected = moment.isoformat() + "Z"
    for found in (
        from_iso(local.isoformat()),
        from_iso(local.replace(tzinfo=None).isoformat(), offset),
        from_rfc822(format_datetime(local)),
    ):
        assert found is not None
        assert (found.at, found.precision) == (expected, Precision.SECOND)


@given(st.dates(date(1990, 1, 1), date(2037, 12, 31)), st.sampled_from(["/", "-"]))
def test_only_settled_dates_of_two_readings_are_read(day: date, mark: str) -> None:
    text = f"{day.day}{mark}{day.month}{mark}{day.year}"
    expected = (f"{day.isoformat()}T00:00:00Z", "day")
    assert read(text, day_first=True) == expected
    assert read(text) == (expected if day.day > 12 or day.day == day.month else None)
    assert read(f"{day.month}{mark}{day.day}{mark}{day.year}", language="en-US") == expected


@given(
    st.text(alphabet=st.sampled_from("0123456789 .,:/-TZ+年月日年FebruaryMai agoémpv"), max_size=40),
    st.sampled_from([None, "en", "de", "pl"]),
)
def test_any_text_is_read(text: str, language: str | None) -> None:
    for moment in (from_printed(text, language=language, now=NOW), from_iso(text), from_rfc822(text)):
        if moment is not None:
            again = from_iso(moment.at)
            assert again is not None
            assert again.at == moment.at
    label = month_label(text, language)
    assert label is None or 1 <= label[1] <= 12
