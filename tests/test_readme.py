"""README.md is held to what the program does: its examples are run, and its lists are complete.

An example is a ``console`` block: lines that start with ``$ `` are commands, what follows is their output. ``...`` on a
line of its own stands for lines left out; what stands before it must be the beginning of the output, what stands after
it the end. ``pytest tests/test_readme.py --update-golden -m slow`` writes the present output into the blocks, as many
lines of it as stand there now.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from recon import sources
from recon.differences import titles
from recon.differences.classifying import RULES
from recon.match.passes import PASSES

README = Path(__file__).resolve().parents[1] / "README.md"
BLOCK = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
LEFT_OUT = "..."


def examples(block: str) -> list[tuple[str, list[str]]]:
    """Return the commands of a block with the lines printed below each."""
    parts = re.split(r"^\$ (.*)\n", block, flags=re.MULTILINE)[1:]
    return [
        (command, output.rstrip("\n").split("\n") if output.strip() else [])
        for command, output in zip(parts[::2], parts[1::2], strict=True)
    ]


def shown(lines: list[str], real: list[str]) -> list[str]:
    """Return what the README would show of ``real``, with as many lines as it shows now."""
    if LEFT_OUT not in lines:
        return real
    cut = lines.index(LEFT_OUT)
    tail = len(lines) - cut - 1
    return [*real[:cut], LEFT_OUT, *(real[len(real) - tail :] if tail else [])]


def run(command: str, folder: Path) -> list[str]:
    words = shlex.split(command)
    assert words[0] == "recon", command
    done = subprocess.run(
        [sys.executable, "-m", "recon", *words[1:]],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "118", "NO_COLOR": "1"},
    )
    assert done.returncode == 0, f"{command}: {done.stderr}"
    text = "\n".join(line.rstrip() for line in done.stdout.split("\n")).rstrip("\n")
    return text.split("\n") if text else []


@pytest.mark.slow
def test_every_example_prints_what_the_readme_shows(tmp_path: Path, update_golden: bool) -> None:
    text = README.read_text(encoding="utf-8")
    blocks = BLOCK.findall(text)
    assert len(blocks) >= 5
    renewed = []
    for block in blocks:
        parts = []
        for command, lines in examples(block):
            now = shown(lines, run(command, tmp_path))
            if not update_golden:
                assert lines == now, command
            parts += [f"$ {command}", *now]
        renewed.append("\n".join(parts) + "\n")
    if update_golden:
        fresh = iter(renewed)
        README.write_text(BLOCK.sub(lambda _: next(fresh), text), encoding="utf-8")


def test_every_code_is_listed_with_its_names_in_both_languages() -> None:
    text = README.read_text(encoding="utf-8")
    chinese, english = titles("zh"), titles("en")
    missing = [
        (leg, rule.code)
        for leg, rules in RULES.items()
        for rule in rules
        if not re.search(
            rf"^\| (?:any|`{leg}`) \| `{rule.code}`[^|]* \| {chinese[rule.code]} \| {english[rule.code]} \|",
            text,
            re.MULTILINE,
        )
    ]
    assert missing == []


FORMATS = re.compile(r"(?<=<!-- formats: written by script/readme -->\n).*?(?=<!-- end of formats -->)", re.DOTALL)


def formats() -> str:
    """Return the tables of formats, as ``script/readme`` writes them: by book, from what the formats say themselves."""
    tables = []
    for title, group in sources.by_book():
        rows = [f"| `{source.name}` | {source.title} | {source.where} |\n" for source in group]
        tables.append(f"\n**{title}**\n\n| name | what | where |\n|---|---|---|\n{''.join(rows)}")
    return "".join(tables) + "\n"


def test_the_tables_of_formats_are_what_the_formats_say_of_themselves(update_golden: bool) -> None:
    text = README.read_text(encoding="utf-8")
    if update_golden:
        README.write_text(FORMATS.sub(lambda _: formats(), text), encoding="utf-8")
        return
    found = FORMATS.search(text)
    assert found is not None
    assert found[0] == formats(), "run script/readme"


@pytest.mark.parametrize("source", sources.discover(), ids=lambda source: source.name)
def test_a_format_says_where_its_file_is_downloaded(source: sources.Source) -> None:
    assert source.where, "its module docstring wants a paragraph that begins with Where:"
    assert len(source.where) < 90


def test_every_pass_is_listed() -> None:
    text = README.read_text(encoding="utf-8")
    assert [item.name for item in PASSES if f"`{item.name}`" not in text] == []


def test_every_command_is_listed() -> None:
    from recon.cli.app import app  # noqa: PLC0415 - a test of its own module must not fail for this one

    text = README.read_text(encoding="utf-8")
    names = [command.callback.__name__ for command in app.registered_commands if command.callback]
    assert len(names) > 10
    assert [name for name in names if f"recon {name}" not in text] == []


def test_every_exit_code_is_listed() -> None:
    text = README.read_text(encoding="utf-8")
    assert [code for code in range(6) if f"\n| {code} | " not in text] == []


NUMBER = re.compile(r"\d(?:[\d,.]*\d)?")


def test_what_is_said_of_speed_are_figures_of_the_benchmarks_table_and_no_others() -> None:
    said = README.read_text(encoding="utf-8").partition("\n## Speed\n")[2].partition("\n## ")[0]
    measured = (README.parent / "benchmarks" / "README.md").read_text(encoding="utf-8")
    measured = measured.partition("\n## What a month, a day and an hour cost\n")[2].partition("\nHow to read it")[0]
    shown = [line for line in measured.splitlines() if line.startswith(("|", "**", "What arrived"))]
    figures = set(NUMBER.findall("\n".join(shown)))
    assert len(NUMBER.findall(said)) > 20
    assert sorted(set(NUMBER.findall(said)) - figures) == []
