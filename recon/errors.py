"""Every error a user can meet: fields first, the message built from them, the exit code on the class.

Printed form (place, excerpt, explanation, remedy):

    recon: inbox/alipay.csv:1842: column 订单金额（元）: "12.345" has more decimals than CNY
      1842 | 2026020122001,ORD-1001,...,12.345
      Check that the export was not edited in a spreadsheet.

Three kinds and no more: a bad *cell* is a row in ``meta.reject`` and no exception; a bad *file* raises
:class:`SourceError` for that file while the others go on; a broken *invariant* (debits and credits that differ,
money that is not conserved) is a bug and raises an ordinary exception with its traceback.
"""

from __future__ import annotations


class ReconError(Exception):
    """Something the user can act on; the CLI prints it without a traceback and leaves with ``exit_code``."""

    exit_code = 2

    def __init__(self, explanation: str, *, place: str = "", excerpt: str = "", remedy: str = "") -> None:
        self.explanation = explanation
        self.place = place
        self.excerpt = excerpt
        self.remedy = remedy
        super().__init__(self.text())

    def text(self) -> str:
        """Return the message as printed: ``place: explanation``, then excerpt and remedy, two blanks indented."""
        first = f"{self.place}: {self.explanation}" if self.place else self.explanation
        rest = [*self.excerpt.splitlines(), *self.remedy.splitlines()]
        return "\n".join([first, *(f"  {line}" for line in rest)])


class UsageError(ReconError):
    """The command line or recon.toml asks for something that does not exist or does not fit."""

    exit_code = 2


class SourceError(ReconError):
    """A file could not be read. Nothing of it is stored; the other files go on.

    ``path`` is the name as shown to the user (``bill.zip!/member.csv`` for a member), ``line_no`` the physical
    line (1-based, 0 = the file as a whole), ``column`` and ``value`` as printed in the file.
    """

    exit_code = 3

    def __init__(
        self,
        explanation: str,
        *,
        path: str = "",
        line_no: int = 0,
        column: str = "",
        value: str = "",
        excerpt: str = "",
        remedy: str = "",
    ) -> None:
        self.path = path
        self.line_no = line_no
        self.column = column
        self.value = value
        place = f"{path}:{line_no}" if line_no else path
        what = explanation
        if column:
            what = f'column {column}: "{value}" {explanation}' if value else f"column {column}: {explanation}"
        super().__init__(what, place=place, excerpt=excerpt, remedy=remedy)


class NoTradesError(SourceError):
    """The channel's own word that there is no bill, because nothing was traded: nothing to load, nothing wrong."""

    exit_code = 0


class StoreError(ReconError):
    """The database is busy, missing, of another version, or refused a statement (``sql`` says which)."""

    exit_code = 4

    def __init__(
        self, explanation: str, *, sql: str = "", place: str = "", excerpt: str = "", remedy: str = ""
    ) -> None:
        self.sql = sql
        super().__init__(explanation, place=place, excerpt=excerpt, remedy=remedy)


class DeliveryError(ReconError):
    """A message or document did not arrive, or nobody can know whether it did."""

    exit_code = 6


class LockedPeriodError(ReconError):
    """The period was closed; it takes a stated reason to open it again."""

    exit_code = 5
