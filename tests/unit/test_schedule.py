"""Schedules: when, by which words, and how they come into a crontab or systemd without touching anything else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import example, given
from hypothesis import strategies as st

from archiver.cli import main
from archiver.errors import ArchiverError, UsageError
from archiver.schedule import DAY, HOUR, WEEK, Every, Job, crontab_block, crontab_line, every, unit_name, units
from archiver.schedule_install import check_alone, installed, unit_folder, with_block
from tests.unit import sample

NASTY = 'it\'s 100% $HOME "quoted" `x` \\n'
PERIODS = (5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, DAY, WEEK)
rhythms = st.sampled_from(PERIODS).flatmap(lambda period: st.builds(Every, st.just(period), st.integers(0, period - 1)))


def job(archive: Path, **more) -> Job:
    return Job(
        **{"every": Every(HOUR, 17), "python": Path("/usr/bin/python3"), "archive": archive, "max_time": 3000, **more}
    )


# ---- when


def field(text: str, least: int, most: int) -> set[int]:
    """What a field of a crontab line means: `*`, a number, `a-b/n`."""
    if text == "*":
        return set(range(least, most + 1))
    match = re.fullmatch(r"(\d+)(?:-(\d+)/(\d+))?", text)
    assert match
    assert least <= int(match[1]) <= most
    return set(range(int(match[1]), int(match[2]) + 1, int(match[3]))) if match[2] else {int(match[1])}


@given(rhythm=rhythms, now=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)))  # noqa: DTZ001 - as cron sees it
def test_a_crontab_line_means_what_was_asked_for(rhythm, now):
    minute, hour, day, month, weekday = rhythm.as_cron().split()
    assert (day, month) == ("*", "*")
    week = {
        ((d - 1) % 7 * 24 + h) * 60 + m
        for d in field(weekday, 0, 6) for h in field(hour, 0, 23) for m in field(minute, 0, 59)
    }  # fmt: skip
    assert week == {time for time in range(WEEK) if time % rhythm.period == rhythm.offset}
    following = rhythm.next_after(now)
    assert timedelta() < following - now.replace(second=0, microsecond=0) <= timedelta(minutes=rhythm.period)
    assert (following.weekday() * 24 + following.hour) * 60 + following.minute in week


@pytest.mark.parametrize("period", PERIODS)
def test_systemd_understands_the_same(period):
    if not shutil.which("systemd-analyze"):
        assert re.fullmatch(r"([A-Z][a-z]{2} )?\*-\*-\* [\d*/]+:[\d/]+:00", Every(period, period - 1).as_calendar())
        return
    rhythm, now = Every(period, period * 5 // 7), datetime(2026, 1, 7, 12, 34)  # noqa: DTZ001
    said = subprocess.run(
        ["systemd-analyze", "calendar", f"--base-time={now:%Y-%m-%d %H:%M:%S}", rhythm.as_calendar()],
        env={**os.environ, "TZ": "UTC", "LC_ALL": "C"}, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    found = re.search(r"Next elapse: \w+ (\d{4}-\d\d-\d\d \d\d:\d\d):00", said)
    assert found, said
    assert found[1] == f"{rhythm.next_after(now):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("words", "period"),
    [
        ("hour", HOUR), ("day", DAY), ("week", WEEK), ("every day", DAY), ("Hour", HOUR),
        ("30 minutes", 30), ("5m", 5), ("15 min", 15), ("60", HOUR), ("1440 minutes", DAY), ("every 120 minutes", 120),
    ],
)  # fmt: skip
def test_rhythms(words, period):
    assert every(words, Path("/srv/a"), "host").period == period


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("month", "it is neither hour, day, week nor a number of minutes. Write it such as '30 minutes'"),
        ("", "it is neither"),
        ("1.5 minutes", "it is neither"),
        ("0 minutes", "it is neither"),
        ("4 minutes", "that is too often; 5 minutes are the least"),
        ("7 minutes", "such runs cannot be spread evenly over a day. Take 6 or 8 minutes|Take 5 or 6 minutes"),
        ("90 minutes", "Take 60 or 120 minutes"),
        ("99999 minutes", "Take 720 or 1440 minutes"),
    ],
)
def test_rhythms_that_are_none(words, said):
    with pytest.raises(UsageError, match=said):
        every(words, Path("/srv/a"), "host")


def test_times_are_spread_and_stay():
    found = {every("day", Path(f"/srv/blog-{number}"), "host").offset for number in range(200)}
    assert len(found) > 150
    assert every("day", Path("/srv/a"), "one") == every("day", Path("/srv/a"), "one")
    assert every("day", Path("/srv/a"), "one") != every("day", Path("/srv/a"), "two")
    assert str(every("20 minutes", Path("/srv/a"), "one")) == "20 minutes"


# ---- by which words


def run_line(archive: Path, code: int) -> subprocess.CompletedProcess[str]:
    """Run what cron would make of the line, with a program that says how it was called and ends with `code`."""
    program = archive.parent / "bin" / "python 3%"
    program.parent.mkdir(exist_ok=True)
    program.write_text(
        f'#!/bin/sh\nfor word; do printf "<%s>\\n" "$word"; done >called\necho one; echo two >&2\nexit {code}\n'
    )
    program.chmod(0o755)
    line = crontab_line(job(archive, python=program, config=archive / "other.toml"))
    command = line.split(" ", 5)[5]
    assert not re.search(r"(?<!\\)%", command)
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(archive.parent), "SHELL": "/bin/sh"}
    return subprocess.run(
        ["/bin/sh", "-c", command.replace("\\%", "%")],
        env=environ,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("code", "said"), [(0, ""), (4, ""), (5, ""), (6, ""), (3, "one\ntwo\n"), (7, "one\ntwo\n")])
def test_the_line_speaks_only_of_trouble(tmp_path, code, said):
    archive = tmp_path / NASTY.replace("\\", "")
    archive.mkdir()
    done = run_line(archive, code)
    assert (done.returncode, done.stdout, done.stderr) == (0, said, "")
    assert (archive / "logs" / "schedule.log").read_text() == "one\ntwo\n"
    words = re.findall("<(.*)>", (archive / "called").read_text())
    assert words[:5] == ["-P", "-m", "archiver", "update", "-q"]
    assert words[5:9] == ["-a", str(archive), "-c", str(archive / "other.toml")]
    assert words[9:] == ["--max-time", "3000"]


def test_an_archive_that_is_away_is_said_to_be(tmp_path):
    (tmp_path / "bin").mkdir()
    done = run_line(tmp_path / "unmounted", 0)
    assert done.returncode != 0
    assert "unmounted" in done.stderr
    assert not (tmp_path / "unmounted").exists()


def test_what_no_line_can_hold(tmp_path):
    with pytest.raises(UsageError, match="its path is too long for a crontab"):
        crontab_line(job(tmp_path / ("x" * 1000)))
    with pytest.raises(UsageError, match="cron reads a backslash in ways of its own"):
        crontab_line(job(tmp_path / "a\\b"))
    with pytest.raises(UsageError, match="its name holds a line end"):
        job(tmp_path / "a\nb")


@pytest.mark.parametrize("name", ["blogs", NASTY, "ünï"])
@pytest.mark.parametrize("rhythm", [Every(HOUR, 7), Every(WEEK, 5000), Every(15, 3)])
def test_units_are_sound(tmp_path, name, rhythm):
    archive = tmp_path / name
    archive.mkdir()
    found = units(job(archive, every=rhythm, python=Path(sys.executable)))
    service, timer = (tmp_path / file for file in found)
    for path, text in zip((service, timer), found.values(), strict=True):
        path.write_text(text, encoding="utf-8")
        assert (
            text.splitlines()[0]
            == f"# Made by archiver schedule for {archive} (every {rhythm}); --systemd --remove takes it out."
        )
    assert service.stem == timer.stem == unit_name(archive)
    assert f"OnCalendar={rhythm.as_calendar()}" in found[timer.name].splitlines()
    assert "SuccessExitStatus=4 5 6" in found[service.name].splitlines()
    if shutil.which("systemd-analyze"):
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(timer), str(service)],
            capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        about = [line for line in (done.stdout + done.stderr).splitlines() if unit_name(archive) in line]
        assert (about, done.returncode) == ([], 0)


# ---- into the crontab

lines = st.lists(
    st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"])).map(lambda text: text + "\n")
)


@given(before=lines, after=lines)
@example(before=[], after=[])
@example(
    before=["MAILTO=ann\n"], after=["# BEGIN blog-archiver /srv/ab (every day; x)\n", "# END blog-archiver /srv/ab\n"]
)
def test_other_lines_stay(before, after):
    archive, others = Path("/srv/a"), "".join(before + after)
    block = crontab_block(job(archive))
    once = with_block(others, archive, block)
    assert with_block(once, archive, block) == once
    assert with_block(once, archive, []) == others
    middle = "".join([*before, "\n".join(block), "\n", *after])
    other = crontab_block(job(archive, every=Every(DAY, 100)))
    assert with_block(middle, archive, other) == "".join([*before, "\n".join(other), "\n", *after])
    assert with_block(middle, archive, []) == others


def test_a_last_line_without_its_end_gets_one():
    assert with_block("@daily x", Path("/srv/a"), ["b"]) == "@daily x\nb\n"


@pytest.mark.parametrize(
    "text",
    [
        "# BEGIN blog-archiver /srv/a\n0 0 * * * mine\n",
        "0 0 * * * mine\n# END blog-archiver /srv/a\n",
        "# END blog-archiver /srv/a\n# BEGIN blog-archiver /srv/a\n",
        "# BEGIN blog-archiver /srv/a\n# BEGIN blog-archiver /srv/a\n# END blog-archiver /srv/a\n",
    ],
)
def test_lost_marks_are_left_to_a_person(text):
    for block in ([], crontab_block(job(Path("/srv/a")))):
        with pytest.raises(UsageError, match="Mend it with `crontab -e`"):
            with_block(text, Path("/srv/a"), block)


# ---- the command


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return sample.make(tmp_path_factory.mktemp("schedule") / "archive")


@pytest.fixture
def tools(tmp_path, monkeypatch):
    """A directory that is all of PATH, with a scripted crontab; HOME is empty."""
    place = tmp_path / "bin"
    place.mkdir()
    table = tmp_path / "crontab"
    script(
        place / "crontab",
        f'case "$1" in -l) /bin/cat {table} 2>/dev/null || {{ echo "no crontab for ann" >&2; exit 1; }};;'
        f" -r) /bin/rm {table};; -) /bin/cat >{table};; esac",
    )
    monkeypatch.setenv("PATH", str(place))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr("archiver.schedule_install.check_alone", lambda _: None)
    return place


def script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def call(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["schedule", *words])
    assert result.exit_code == code, result.output
    return result


def test_what_is_printed_is_what_is_installed(tools, archive):
    printed = call("-a", str(archive), "--every", "hour").stdout
    begin, line, end = printed.splitlines()
    assert begin.startswith(f"# BEGIN blog-archiver {archive} (every hour;")
    assert end == f"# END blog-archiver {archive}"
    assert f"{sys.executable} -P -m archiver update -q -a {archive} --max-time 3000 >>" in line
    table = tools.parent / "crontab"
    assert not table.exists()
    table.write_text("MAILTO=ann\n0 1 * * * backup\n")
    assert "runs every hour by the crontab" in call("-a", str(archive), "--every", "hour", "--install").stdout
    assert table.read_text() == "MAILTO=ann\n0 1 * * * backup\n" + printed
    assert "is in the crontab already" in call("-a", str(archive), "--every", "hour", "--install").stdout
    call("-a", str(archive), "--every", "week", "--install")
    assert (installed(archive), table.read_text().count("BEGIN")) == ("week", 1)
    assert "is taken out of the crontab" in call("-a", str(archive), "--remove").stdout
    assert table.read_text() == "MAILTO=ann\n0 1 * * * backup\n"
    assert "was not in the crontab" in call("-a", str(archive), "--remove").stdout
    assert installed(archive) is None


def test_the_last_line_that_goes_takes_the_crontab_along(tools, archive):
    call("-a", str(archive), "--install")
    call("-a", str(archive), "--remove")
    assert not (tools.parent / "crontab").exists()


def test_an_archiver_toml_elsewhere_is_named(tools, archive, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "archiver.toml").write_text('[[blogs]]\nurl = "https://blog.example.org"\n')
    line = call("-a", str(archive)).stdout.splitlines()[1]
    assert f"-a {archive} -c {tmp_path}/archiver.toml --max-time 72000 >>" in line


def test_units_are_put_in_and_taken_out(tools, archive):
    calls = tools.parent / "calls"
    script(tools / "systemctl", f'echo "$*" >>{calls}')
    printed = call("-a", str(archive), "--systemd").stdout
    call("-a", str(archive), "--systemd", "--install")
    assert unit_folder() == tools.parent / ".config" / "systemd" / "user"
    name = unit_name(archive)
    for path in (unit_folder() / f"{name}.service", unit_folder() / f"{name}.timer"):
        assert f"# ~/.config/systemd/user/{path.name}\n{path.read_text()}" in printed
    assert installed(archive) == "day"
    assert "already" in call("-a", str(archive), "--systemd", "--install").stdout
    assert calls.read_text().splitlines()[:3] == [
        "--user show-environment", "--user daemon-reload", f"--user enable --now {name}.timer",
    ]  # fmt: skip
    call("-a", str(archive), "--systemd", "--remove")
    assert list(unit_folder().iterdir()) == []
    assert calls.read_text().splitlines()[-2:] == [f"--user disable --now {name}.timer", "--user daemon-reload"]
    assert "was not in systemd" in call("-a", str(archive), "--systemd", "--remove").stdout


def test_units_of_others_are_not_touched(tools, archive):
    script(tools / "systemctl", "true")
    unit_folder().mkdir(parents=True)
    theirs = unit_folder() / f"{unit_name(archive)}.timer"
    theirs.write_text("[Timer]\n")
    for option in ("--install", "--remove"):
        assert "was not made by archiver schedule" in call("-a", str(archive), "--systemd", option, code=2).stderr
    assert theirs.read_text() == "[Timer]\n"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--cron", "--systemd"], 2, "--cron and --systemd are two ways"),
        (["--install", "--remove"], 2, "--install and --remove undo each other"),
        (["--every", "moon"], 2, "it is neither hour, day, week"),
        (["--max-time", "5"], 2, "5 is not in the range"),
        (["--systemd", "--install"], 1, "there is no systemd on this machine"),
    ],
)
def test_bad_input_is_named(tools, archive, words, code, said):
    assert said in call("-a", str(archive), *words, code=code).stderr


def test_no_archive(tools, tmp_path):
    assert "there is no archive.db in it" in call("-a", str(tmp_path / "none"), code=3).stderr


def test_no_cron(tools, archive):
    (tools / "crontab").unlink()
    line = call("-a", str(archive), "--install", code=1).stderr
    assert "there is no cron on this machine. Install one (on Debian: apt-get install cron), or take --systemd" in line


def test_a_crontab_that_is_not_allowed(tools, archive):
    script(tools / "crontab", 'echo "You (ann) are not allowed to use this program (crontab)" >&2; exit 1')
    assert "You (ann) are not allowed to use this program" in call("-a", str(archive), "--install", code=1).stderr


def test_a_crontab_that_is_refused_is_said_to_be(tools, archive):
    script(tools / "crontab", 'test "$1" = -l && exit 0; echo "bad minute" >&2; exit 1')
    assert "bad minute. It is as it was before" in call("-a", str(archive), "--install", code=1).stderr


def test_no_session_of_systemd(tools, archive):
    script(tools / "systemctl", 'echo "Failed to connect to bus: No medium found" >&2; exit 1')
    line = call("-a", str(archive), "--systemd", "--install", code=1).stderr
    assert "there is no session of this user (Failed to connect to bus: No medium found)" in line
    assert not unit_folder().exists()


def test_a_program_that_is_only_found_here_is_no_use_to_cron(tmp_path):
    python = tmp_path / "python"
    script(python, 'echo "No module named archiver" >&2; exit 1')
    with pytest.raises(ArchiverError, match=r"outside of this directory \(No module named archiver\)"):
        check_alone(python)
    script(python, 'test "$(env | grep -c PYTHONPATH)" = 0 && test "$PWD" = / || exit 9')
    check_alone(python)
