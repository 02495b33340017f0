"""What ``recon doctor`` looks at, before it is needed.

Each check is a name, a result and, when it fails, the error that a command would meet.
"""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from recon.cli.session import Session
from recon.errors import ReconError, UsageError

LIBRARIES: Final = ("duckdb", "polars", "pyarrow", "openpyxl", "python-calamine", "jinja2", "weasyprint", "holidays")
FREE_BYTES: Final = 1_000_000_000
"""Less than this on the workspace's disk is worth a word: the store spills and rewrites."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at."""

    name: str
    detail: str
    problem: ReconError | None = None

    @property
    def result(self) -> str:
        """``ok`` or ``failed``."""
        return "failed" if self.problem else "ok"


def examine(session: Session) -> list[Check]:
    """Look at everything; a failed check does not keep the others from being made."""
    checks: list[tuple[str, Callable[[Session], str]]] = [
        ("python", lambda _: platform.python_version()),
        ("libraries", _libraries),
        ("pdf", _pdf),
        ("fonts", _fonts),
        ("settings", _settings),
        ("calendars", _calendars),
        ("formats", _formats),
        ("mail", _mail),
        ("inbox", _inbox),
        ("database", _database),
        ("audit", _audit),
        ("disk", _disk),
    ]
    return list(_made(session, checks))


def _made(session: Session, checks: list[tuple[str, Callable[[Session], str]]]) -> Iterator[Check]:
    for name, look in checks:
        try:
            yield Check(name=name, detail=look(session))
        except ReconError as problem:
            yield Check(name=name, detail=problem.explanation, problem=problem)


def _libraries(_: Session) -> str:
    from importlib.metadata import PackageNotFoundError, version

    found = []
    for name in LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            remedy = "Install recon with its dependencies: script/bootstrap"
            raise UsageError(f"{name} is not installed", place="libraries", remedy=remedy) from None
    return ", ".join(found)


def _pdf(_: Session) -> str:
    try:
        import weasyprint
    except OSError as error:
        raise UsageError(
            f"WeasyPrint does not load: {error}",
            place="pdf",
            remedy="Install pango and harfbuzz: script/bootstrap, or\n"
            "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
        ) from None
    return f"WeasyPrint {weasyprint.__version__} loads"


def _fonts(session: Session) -> str:
    from recon.report.pages import find_font

    return f"a font with {len(find_font(session.config.report.fonts).characters)} characters"


def _settings(session: Session) -> str:
    config = session.config
    mapped = len(config.ingest.ledger.accounts)
    return f"{config.workspace.zone}, {config.workspace.base_currency}, {mapped} ledger accounts mapped to channels"


def _calendars(session: Session) -> str:
    """Look whether the make-up workdays of this year are known: without them payouts and refunds fall due too early."""
    from recon import times

    calendar = session.config.match.calendar
    year = times.local_date(session.as_of_s, session.config.workspace.zone).year
    countries = sorted({"CN"}.union(*({each.country, *each.countries.values()} for each in session.config.contracts)))
    if unknown := [country for country in countries if not calendar.knows(year, country)]:
        raise UsageError(
            f"the make-up workdays of {year} are not known ({', '.join(unknown)})",
            place="calendars",
            remedy="Update the holidays library, or say them in recon.toml: [calendar.off] and [calendar.working]",
        )
    ahead = "known too" if calendar.knows(year + 1) else "not known yet"
    return f"{', '.join(countries)}; holidays and make-up workdays of {year} are known, of {year + 1} {ahead}"


def _formats(_: Session) -> str:
    from recon.sources import discover

    return f"{len(discover())} formats"


def _mail(session: Session) -> str:
    """Look whether the report can be mailed, where that is set up; nothing is sent."""
    from recon.delivery.mail import USER, Postman

    mail = session.config.mail
    if not mail.host:
        return "not set up"
    Postman(mail=mail, secrets=os.environ)
    login = "with a login" if os.environ.get(USER) else "without a login"
    return f"{mail.host}:{mail.door}, {mail.tls}, {login}, to {len(mail.to)} recipients"


def _inbox(session: Session) -> str:
    if not session.inbox.is_dir():
        raise UsageError("there is no inbox", place=str(session.inbox), remedy="Make the folder.")
    return f"{sum(1 for path in session.inbox.rglob('*') if path.is_file())} files"


def _database(session: Session) -> str:
    if not session.database.exists():
        return "none yet"
    with session.reading() as store:
        found = store.path
    size = session.database.stat().st_size
    return f"{found}, {size // 1_000_000} MB, free to use"


def _audit(session: Session) -> str:
    if not session.database.exists():
        return "none yet"
    from recon.store import anchors
    from recon.store.journal import verify

    with session.reading() as store:
        broken = verify(store, anchors.heads(session.heads))
    if broken:
        raise UsageError("the chain is broken", place="audit", excerpt=broken[0], remedy="See: recon verify")
    return "the chain is intact"


def _disk(session: Session) -> str:
    free = shutil.disk_usage(session.folder if session.folder.is_dir() else ".").free
    if free < FREE_BYTES:
        raise UsageError(f"{free // 1_000_000} MB free", place=str(session.folder), remedy="Make room for the store.")
    return f"{free // 1_000_000_000} GB free"
