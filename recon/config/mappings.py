"""``[sources.mapping.NAME]``: files of the workspace's own, described by their headers.

    [sources.mapping.erp]
    template = "orders"

    [sources.mapping.erp.columns]
    order_no = "单号"
    occurred_at = ["日期", "时间"]

What may stand there, and what it means, is said in recon/sources/mapping.py; here the tables of TOML become a
:class:`ColumnMapping`, or an error with its line; and a mapping that was learnt is written into the file.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from recon import sources
from recon.config.checking import Text, nearest
from recon.config.writing import toml
from recon.sources.mapping import ColumnMapping, problems

_HINTS: Final = typing.get_type_hints(ColumnMapping)
_HEADING: Final = re.compile(r"^\s*\[{1,2}\s*([^\[\]]+?)\s*\]")
_TABLES: Final = ("columns", "constants", "words")
_KEYS: Final = tuple(item.name for item in fields(ColumnMapping) if item.name != "name")


def read_mappings(text: Text, said: object) -> tuple[ColumnMapping, ...]:
    """Return the mappings, in their order. Raises UsageError for one that cannot be used."""
    if not isinstance(said, dict):
        raise text.error("sources", "mapping", "is a table of tables", "Write [sources.mapping.NAME]")
    return tuple(_mapping(text, name, table) for name, table in said.items())


def _mapping(text: Text, name: str, said: object) -> ColumnMapping:
    section = f"sources.mapping.{name}"
    if not isinstance(said, dict):
        raise text.error("sources.mapping", name, "is a section of its own", f"Write [{section}]")
    for key, value in said.items():
        if key not in _KEYS:
            raise text.error(section, key, "is no part of a mapping", nearest(key, dict.fromkeys(_KEYS)))
        if key in _TABLES and not isinstance(value, dict):
            raise text.error(section, key, "is a table", f"Write [{section}.{key}]")
    if name in {source.name for source in sources.discover()}:
        raise text.error(section, "", "has the name of a format that recon brings", "Give it another one.")
    plain = {key: _plain(text, section, key, value) for key, value in said.items() if key not in _TABLES}
    mapping = ColumnMapping(
        name=name,
        columns={key: _headers(text, section, key, value) for key, value in said.get("columns", {}).items()},
        constants={
            key: _text(text, f"{section}.constants", key, value) for key, value in said.get("constants", {}).items()
        },
        words={key: _words(text, f"{section}.words", key, value) for key, value in said.get("words", {}).items()},
        **({"template": ""} | plain),
    )
    for problem in problems(mapping):
        place = f"{section}.{problem.table}".rstrip(".")
        raise text.error(place, problem.key, problem.explanation, problem.remedy)
    return mapping


def _plain(text: Text, section: str, key: str, value: object) -> Any:  # noqa: ANN401 - of the type of its field
    """One key of the mapping itself."""
    hint = _HINTS[key]
    if typing.get_origin(hint) is Literal:
        choices = typing.get_args(hint)
        if value not in choices:
            raise text.error(section, key, f"is {toml(value)}", "One of: " + ", ".join(map(toml, choices)))
        return value
    if typing.get_origin(hint) is tuple:
        return _list(text, section, key, value)
    said = _text(text, section, key, value)
    if key == "zone" and said:
        try:
            ZoneInfo(said)
        except (KeyError, ValueError, OSError):
            raise text.error(section, key, f'is "{said}", which is no time zone', 'Example: "Europe/Berlin"') from None
    return said


def _headers(text: Text, section: str, key: str, value: object) -> tuple[str, ...]:
    return _list(text, f"{section}.columns", key, [value] if isinstance(value, str) else value)


def _list(text: Text, section: str, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise text.error(section, key, f"is {toml(value)}", 'A text in quotes, or several: ["Date", "Time"]')
    return tuple(value)


def _words(text: Text, section: str, key: str, value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise text.error(section, key, "is a table", f"Write [{section}.{key}]")
    return {name: _text(text, f"{section}.{key}", name, word) for name, word in value.items()}


def _text(text: Text, section: str, key: str, value: object) -> str:
    if not isinstance(value, str):
        raise text.error(section, key, f"is {toml(value)}, which is not a text in quotes")
    return value


# -- writing -----------------------------------------------------------------------------------------------------------


def render(mapping: ColumnMapping) -> str:
    """Write a mapping as it stands in recon.toml; what has its default is left out."""
    section = f"sources.mapping.{mapping.name}"
    lines = [f"[{section}]", f"template = {toml(mapping.template)}"]
    for item in fields(ColumnMapping):
        value = getattr(mapping, item.name)
        if item.name not in ("name", "template", *_TABLES) and value and value != item.default:
            lines.append(f"{item.name} = {toml(value)}")
    columns = {name: headers[0] if len(headers) == 1 else headers for name, headers in mapping.columns.items()}
    lines += _table(f"{section}.columns", columns)
    lines += _table(f"{section}.constants", mapping.constants)
    for name, words in mapping.words.items():
        lines += _table(f"{section}.words.{name}", words, quoted=True)
    return "\n".join(lines) + "\n"


def _table(heading: str, values: Mapping[str, object], *, quoted: bool = False) -> list[str]:
    shown = [f"{toml(name) if quoted else name} = {toml(value)}" for name, value in values.items()]
    return ["", f"[{heading}]", *shown] if shown else []


def with_mapping(text: str, mapping: ColumnMapping) -> str:
    """Return the text of a recon.toml with the mapping at its end; an older one of the same name is taken out.

    Everything else stays as it is: comments, order, blank lines, line ends.
    """
    end = "\r\n" if "\r\n" in text else "\n"
    kept = without_mapping(text, mapping.name).rstrip()
    added = render(mapping).replace("\n", end)
    return f"{kept}{end}{end}{added}" if kept else added


def without_mapping(text: str, name: str) -> str:
    """Return the text without the sections of one mapping. Comments above the section that follows stay with it."""
    lines = text.splitlines(keepends=True)
    kept: list[str] = []
    inside = False
    for place, line in enumerate(lines):
        heading = _HEADING.match(line)
        if heading:
            section = re.sub(r"[\s\"']", "", heading[1])
            inside = section == f"sources.mapping.{name}" or section.startswith(f"sources.mapping.{name}.")
        elif inside and _is_note(line) and _leads_to_another(lines[place:], name):
            inside = False
            if not line.strip() and kept and not kept[-1].strip():  # one blank line is enough where the mapping was
                continue
        if not inside:
            kept.append(line)
    return "".join(kept)


def _is_note(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _leads_to_another(lines: list[str], name: str) -> bool:
    """Whether only notes stand between here and a section that is none of the mapping's."""
    for line in lines:
        if heading := _HEADING.match(line):
            section = re.sub(r"[\s\"']", "", heading[1])
            return section != f"sources.mapping.{name}" and not section.startswith(f"sources.mapping.{name}.")
        if not _is_note(line):
            return False
    return False
