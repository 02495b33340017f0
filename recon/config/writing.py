"""The commented recon.toml that ``recon init`` writes."""

from __future__ import annotations

import textwrap
import typing
from collections.abc import Mapping
from typing import Final, Literal

from recon.config.known import Key, every_section

_HEAD: Final = """\
# recon.toml: the settings of this workspace.
#
# A line that starts with # and a blank explains; a line that starts with # alone is a setting at its default: take
# the # away to change it. Settings that are left out keep the default of the program.
"""


def default_toml(*, merchant: str = "", ledger_accounts: Mapping[str, str] | None = None) -> str:
    """Render the commented recon.toml that ``recon init`` writes: every section, every setting, its default."""
    parts, explained = [_HEAD], set[type]()
    for section in every_section():
        lines = [f"\n# {line}" if not number else f"# {line}" for number, line in enumerate(section.about.splitlines())]
        lines.append(f"[{section.name}]")
        tables = []
        told = not section.name.startswith("channel.") or section.record not in explained
        explained.add(section.record)
        for key in section.keys:
            if isinstance(key.default, Mapping) or typing.get_origin(key.hint) in (dict, Mapping):
                tables.append(key)
                continue
            lines += _comment(key) if told else []
            value = merchant if (section.name, key.name) == ("workspace", "merchant") else key.default
            lines.append(f"{'' if section.name == 'workspace' else '#'}{key.name} = {toml(value)}")
        for key in tables:
            lines += ["", *(_comment(key) if told else []), f"[{section.name}.{key.name}]"]
            given = ledger_accounts if (section.name, key.name) == ("ledger", "accounts") else None
            default = key.default if isinstance(key.default, Mapping) else {}
            marks = "" if given else "#"
            lines += [f"{marks}{toml(name)} = {toml(value)}" for name, value in (given or default).items()]
        parts.append("\n".join(lines) + "\n")
    return "".join(parts)


def _comment(key: Key) -> list[str]:
    """Return the sentence of a setting, and what it may be when that is a closed set."""
    choices = typing.get_args(key.hint) if typing.get_origin(key.hint) is Literal else ()
    words = f"{key.about} One of: {', '.join(map(toml, choices))}." if choices else key.about
    plain = " ".join(words.replace("``", "").split())
    return textwrap.wrap(plain, 116, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)


def toml(value: object) -> str:
    """Write a value as TOML; texts with a backslash in single quotes, as a regular expression is best read."""
    if value is None:
        return '""'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        if "\\" in value and "'" not in value:
            return f"'{value}'"
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    return str(value)
