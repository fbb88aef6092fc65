"""What is printed for Slurm, Kubernetes and cron does what it says: run by sh, with a Python that takes notes."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from archiver.fleet.shards import MARK, of_blog
from tests.crawl.running import environment
from tests.fleet.running import command

BLOGS = [f"https://b{n}.{'blogspot.com' if n % 2 else f'example{n}.org'}/" for n in range(6)]
GROUPED = {url for url in BLOGS if "blogspot" in url}


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """Stands where Python stands: notes its target, and ends as the file `codes` says of it."""
    path = tmp_path / "python"
    path.write_text(
        f'#!/bin/sh\necho "$5 $*" >>{tmp_path}/called\n'
        f'code=$(grep -F "$5 " {tmp_path}/codes | cut -d" " -f2)\nexit "${{code:-0}}"\n'
    )
    path.chmod(0o755)
    (tmp_path / "codes").touch()
    return path


def emitted(kind: str, folder: Path, *options: str) -> str:
    given = ("--shards", str(folder / "shards"), "--no-resolve", "--python", str(folder / "python"), "--delay", "2")
    ran = command("emit", kind, *BLOGS, *given, *options)
    assert (ran.code, ran.err) == (0, "")
    return ran.out


def shell(folder: Path, script: str, **variables: str) -> int:
    bin_ = folder / "bin"
    bin_.mkdir(exist_ok=True)
    (bin_ / "scontrol").write_text(f'#!/bin/sh\necho "$*" >>{folder}/scontrol\n')
    (bin_ / "scontrol").chmod(0o755)
    env = environment(PATH=f"{bin_}:/usr/bin:/bin", **variables)
    return subprocess.run(["sh"], input=script, text=True, env=env, cwd=folder, check=False, timeout=60).returncode


def called(folder: Path) -> list[str]:
    """Targets of the units that were run, in order; then all is forgotten."""
    path = folder / "called"
    found = [line.split()[0] for line in path.read_text().splitlines()] if path.exists() else []
    path.unlink(missing_ok=True)
    return found


def test_slurm(tmp_path: Path, python: Path) -> None:
    script = emitted("slurm", tmp_path, "-j", "7", "--max-time", "600", "--partition", "long")
    assert "#SBATCH --array=0-3%7\n" in script
    assert "#SBATCH --time=15\n" in script
    assert "#SBATCH --partition=long\n" in script

    def index(number: int) -> tuple[int, list[str]]:
        variables = {"SLURM_ARRAY_TASK_ID": str(number), "SLURM_ARRAY_JOB_ID": "77"}
        return shell(tmp_path, script, **variables), called(tmp_path)

    first = index(0)
    line = f"{BLOGS[1]} --shards {tmp_path}/shards --verb crawl -q --delay=2.0 --max-time "
    assert (first[0], set(first[1])) == (0, GROUPED)
    index(0)
    assert sorted(url for number in (1, 2, 3) for url in index(number)[1]) == sorted(set(BLOGS) - GROUPED)
    assert not (tmp_path / "scontrol").exists()

    (tmp_path / "codes").write_text(f"{BLOGS[1]} 7\n{BLOGS[3]} 5\n")
    assert index(0) == (0, [BLOGS[1], BLOGS[3], BLOGS[5]])
    assert (tmp_path / "scontrol").read_text() == "requeue 77_0\n"
    (tmp_path / "codes").write_text(f"{BLOGS[1]} 7\n{BLOGS[3]} 4\n")
    assert index(0)[0] == 1
    (tmp_path / "codes").write_text(f"{BLOGS[3]} 137\n")
    assert index(0) == (1, [BLOGS[1], *[BLOGS[3]] * 3, BLOGS[5]])
    (tmp_path / "codes").write_text("")

    whole = of_blog(tmp_path / "shards", BLOGS[3]).final
    whole.mkdir(parents=True)
    (whole / MARK).write_text("{}")
    shell(tmp_path, script, SLURM_ARRAY_TASK_ID="0")
    words = (tmp_path / "called").read_text()
    assert re.search(re.escape(line) + r"(?:600|59\d)\n", words)
    assert called(tmp_path) == [BLOGS[1], BLOGS[5]]


def test_few_indices_hold_whole_groups(tmp_path: Path, python: Path) -> None:
    script = emitted("slurm", tmp_path, "--indices", "2")
    by_index: dict[str, set[str]] = {}
    for number, _, url in re.findall(r"^(\d+) (\S+) (https:\S+)$", script, re.MULTILINE):
        by_index.setdefault(number, set()).add(url)
    assert sorted(map(len, by_index.values())) == [3, 3]
    assert GROUPED in by_index.values()


def test_kubernetes(tmp_path: Path, python: Path) -> None:
    text = emitted("k8s", tmp_path, "--image", "registry.example.org/archiver:1", "--claim", "blogs", "-j", "2")
    listed, job = yaml.safe_load_all(text)
    assert (listed["kind"], job["kind"], job["apiVersion"]) == ("ConfigMap", "Job", "batch/v1")
    spec, pod = job["spec"], job["spec"]["template"]["spec"]
    assert (spec["completionMode"], spec["completions"], spec["parallelism"]) == ("Indexed", 4, 2)
    assert (pod["restartPolicy"], pod["containers"][0]["image"]) == ("Never", "registry.example.org/archiver:1")
    assert pod["volumes"][0]["persistentVolumeClaim"]["claimName"] == "blogs"
    assert pod["volumes"][1]["configMap"]["name"] == listed["metadata"]["name"]
    assert {mount["name"] for mount in pod["containers"][0]["volumeMounts"]} == {"shards", "blogs"}
    assert len(listed["data"]["blogs.txt"].splitlines()) == len(BLOGS)

    (tmp_path / "blogs.txt").write_text(listed["data"]["blogs.txt"])
    (script,) = pod["containers"][0]["args"]
    (tmp_path / "codes").write_text(f"{BLOGS[1]} 5\n")
    script = script.replace("/etc/archiver/blogs.txt", str(tmp_path / "blogs.txt"))
    assert shell(tmp_path, script, JOB_COMPLETION_INDEX="0") == 5
    assert set(called(tmp_path)) == GROUPED


def test_cron(tmp_path: Path, python: Path) -> None:
    lines = [line for line in emitted("cron", tmp_path, "--every", "hour").splitlines() if not line.startswith("#")]
    assert len(lines) == len(BLOGS)
    assert len({line.split()[0] for line in lines}) > 1, "not all at the same minute"
    locks = {}
    for line in lines:
        minute, hour, *_, shell_line = line.split(" ", 5)
        assert 0 <= int(minute) < 60
        assert hour == "*"
        assert shell(tmp_path, shell_line.replace("\\%", "%")) == 0
        (url,) = called(tmp_path)
        locks[url] = shlex.split(shell_line)[shlex.split(shell_line).index("flock") + 1]
        assert "--verb update" in shell_line
    assert set(locks) == set(BLOGS)
    assert len({locks[url] for url in GROUPED}) == 1
    assert len(set(locks.values())) == 4


def test_what_cannot_be_emitted(tmp_path: Path) -> None:
    for words, said in (
        (("emit", "slurm", "--shards", str(tmp_path)), "no URL is given"),
        (("emit", "k8s", "b.example.org", "--shards", "/s", "--no-resolve"), "no image is named"),
    ):
        ran = command(*words)
        assert (ran.code, said in ran.err, len(ran.said)) == (2, True, 1)


def test_shards_behind_a_store(tmp_path: Path, python: Path) -> None:
    """Units get the URL as it is, also of what is whole elsewhere; a volume is claimed for a folder alone."""
    url = "s3://bucket/shards"
    given = ("--no-resolve", "--python", str(python))
    ran = command("emit", "slurm", BLOGS[0], "--shards", url, *given)
    assert (ran.code, ran.err) == (0, "")
    assert shell(tmp_path, ran.out, SLURM_ARRAY_TASK_ID="0", SLURM_ARRAY_JOB_ID="77") == 0
    (line,) = (tmp_path / "called").read_text().splitlines()
    assert f"run-one {BLOGS[0]} --shards {url} --verb crawl" in line
    assert "shard.json" not in ran.out

    ran = command("emit", "k8s", BLOGS[0], "--shards", url, "--image", "archiver", *given)
    _, job = yaml.safe_load_all(ran.out)
    pod = job["spec"]["template"]["spec"]
    assert [volume["name"] for volume in pod["volumes"]] == ["blogs"]
    assert [mount["name"] for mount in pod["containers"][0]["volumeMounts"]] == ["blogs"]
    assert f"--shards {url}" in pod["containers"][0]["args"][0]

    ran = command("emit", "cron", BLOGS[0], "--shards", url, *given)
    why = "cron wants a folder, where blogs of a group wait for each other. Name one, or emit slurm or k8s"
    assert (ran.code, ran.said) == (2, [f"archiver: --shards {url}: {why}"])
