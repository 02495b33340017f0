"""The forms in which vouchers are written, found by looking: every module here that defines a :class:`Layout` is one.

    template        vouchers-2026-02.csv                  recon's own import template
    k3              vouchers-2026-02-kingdee-k3.xlsx      金蝶 K/3, KIS 标准凭证
    cloud           vouchers-2026-02-kingdee-cloud.xlsx   金蝶云星空 凭证引入
    u8              vouchers-2026-02-yonyou-u8.txt        用友 U8 总账工具
    beancount       vouchers-2026-02.beancount
    hledger         vouchers-2026-02.journal

A new one is one module with one subclass. What recon writes for a finance system, recon reads back as that system's own
export (``recon/sources/``), row by row: a test holds each layout to it.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache

from recon.errors import UsageError
from recon.report.vouchers.layouts.layout import Import, Layout

__all__ = ["ALL", "Import", "Layout", "chosen", "discover"]

ALL = "all"


@cache
def discover() -> dict[str, Layout]:
    """Return one instance of every layout by its name, sorted."""
    found: dict[str, Layout] = {}
    for module_info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{module_info.name}")
        for _, item in inspect.getmembers(module, inspect.isclass):
            if issubclass(item, Layout) and item.__module__ == module.__name__ and not inspect.isabstract(item):
                found[item.name] = item()
    return dict(sorted(found.items()))


def chosen(names: Sequence[str], *, place: str) -> list[Layout]:
    """Return the layouts of these names, each once; ``all`` is all. Raises UsageError about ``place`` for any other."""
    known = discover()
    wanted = dict.fromkeys(name for each in names for name in (known if each == ALL else (each,)))
    for name in wanted:
        if name not in known:
            close = get_close_matches(name, known, n=1, cutoff=0.5)
            remedy = f"Did you mean {close[0]}?" if close else f"There are: {', '.join(known)}, {ALL}"
            raise UsageError(f'has "{name}", which is no format', place=place, remedy=remedy)
    return [known[name] for name in wanted]
