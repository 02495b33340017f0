"""Which vouchers are reversed, and by how much.

For each refund that the channel paid and finance did not book, the original sale voucher is found and repeated: same
accounts, same direction, negative amounts (红字), the amount of the refund. For each transaction booked twice the
superfluous voucher is reversed as a whole.

Of an original with two lines both get the refund's amount. Of one with more, each line gets its proportion, half up,
and what rounding leaves goes to the largest line of that side, which the summary says. A voucher whose debit and credit
differ, or whose original cannot be named with certainty, is not written; it is listed as skipped, with the reason.

A proposal has two numbers: its own (``冲-202602-0001``), and one among the ledger's vouchers: the next ones after the
highest that is loaded of the accounting period with the voucher word of the settings.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from recon import money, times
from recon.report.bridge import select
from recon.report.settings import Settings
from recon.report.vouchers.voucher import Line, Proposals, Skipped, Voucher
from recon.store import Store

log = logging.getLogger(__name__)

_NO_ORIGINAL: Final = ("找不到原销售凭证", "the original sale voucher was not found")
_SEVERAL: Final = (
    "有多张原销售凭证，无法确定对应哪一张",
    "several sale vouchers fit, none can be named with certainty",
)
_TOO_MUCH: Final = ("退款金额大于原凭证金额", "the refund is larger than the original voucher")
_NO_LINE: Final = (
    "原凭证没有该渠道该币种的分录",
    "the original voucher has no line on this channel's account in this currency",
)
_UNBALANCED: Final = ("原凭证借贷不平", "the original voucher does not balance")
_NOT_SPARE: Final = ("无法确定哪一张凭证是多余的", "none of the vouchers can be named as the superfluous one")


def propose(store: Store, settings: Settings, *, period: str, as_of_s: int, into: str = "") -> Proposals:
    """Reversal vouchers for the open differences of ``period``, numbered in the order of day and difference.

    They are booked on the last day of the accounting period ``into``, of ``period`` itself when that is blank.
    Reads the store only. Every refund and duplicate is either in ``vouchers`` or, with its reason, in ``skipped``.
    """
    booked_in = into or period
    booked_on = times.month_bounds(booked_in)[1]
    first, last = times.month_bounds(period)
    params: dict[str, object] = {"first": first, "last": last}
    refunds = select(store, "reversal_refunds", params)
    candidates: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in select(store, "reversal_originals", params):
        candidates[row[0]].append(row)
    duplicates: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in select(store, "reversal_duplicates", params):
        duplicates[row[0]].append(row)
    keys = {f"{row[2]}:{row[3]}" for rows in candidates.values() for row in rows}
    keys |= {f"{row[5]}:{row[6]}" for rows in duplicates.values() for row in rows}
    originals = _lines(store, keys)

    made: list[Voucher | Skipped] = [
        _refund(row, candidates.get(row[0], []), originals, settings, as_of_s) for row in refunds
    ]
    for rows in duplicates.values():
        made.extend(_duplicate(rows, originals, settings))
    found = [each for each in made if isinstance(each, Voucher)]
    skipped = [each for each in made if isinstance(each, Skipped)]
    before = _highest(store, settings, booked_in)
    numbered = [
        replace(
            voucher,
            voucher_no=f"冲-{period.replace('-', '')}-{place:04d}",
            number=before + place,
            day=booked_on,
            period=booked_in,
        )
        for place, voucher in enumerate(found, start=1)
    ]
    for entry in skipped:
        log.warning(
            "no reversal voucher for %s (%s %s): %s", entry.diff_id, entry.code, entry.reference, entry.reason_en
        )
    return Proposals(tuple(numbered), tuple(skipped))


def _highest(store: Store, settings: Settings, period: str) -> int:
    """Return the number before the first reversal's."""
    terms = settings.vouchers
    if terms.first_number:
        return terms.first_number - 1
    return int(select(store, "voucher_highest", {"period": period, "word": terms.word})[0][0])


def _lines(store: Store, keys: set[str]) -> dict[str, list[Line]]:
    result: dict[str, list[Line]] = defaultdict(list)
    if keys:
        for row in select(store, "voucher_lines", {"vouchers": sorted(keys)}):
            result[row[0]].append(Line(*row[3:]))
    return result


def _refund(
    row: tuple[Any, ...],
    candidates: list[tuple[Any, ...]],
    originals: dict[str, list[Line]],
    settings: Settings,
    as_of_s: int,
) -> Voucher | Skipped:
    diff_id, channel, order_no, reference, currency, amount, *_, signed_s, order_refunds, day = row

    def skip(reason: tuple[str, str]) -> Skipped:
        return Skipped(diff_id, "REFUND_NOT_SYNCED", channel, order_no, reference, currency, amount, *reason)

    chosen = _original(candidates, order_no, amount)
    if chosen is None:
        return skip(_SEVERAL if candidates else _NO_ORIGINAL)
    lines = originals[chosen]
    if sum(line.debit_minor for line in lines) != sum(line.credit_minor for line in lines):
        return skip(_UNBALANCED)
    scaled = _scaled(lines, channel, amount, currency, settings.base_currency)
    if isinstance(scaled, tuple):
        return skip(scaled)
    is_valid = signed_s is not None and signed_s < as_of_s - settings.valid_refund_days * times.DAY_S
    words = [f"冲正 {chosen.replace(':', ' ')}", f"退款 {reference}", f"渠道退款日 {day}"]
    if order_no not in ("", reference):
        words.insert(2, f"订单 {order_no}")
    if is_valid:
        signed = times.local_date(signed_s, settings.zone)
        words.append(f"有效退款（{signed} 签收，已超过 {settings.valid_refund_days} 天）")
    words.append("订单系统已登记退款" if order_refunds else "订单系统未登记退款")
    if len(lines) > 2:  # noqa: PLR2004 - channel and revenue
        words.append("原凭证多行：按比例，尾差计入最大行")
    made = Voucher(
        "", 0, day, "", "；".join(words), reference, tuple(scaled), diff_id, "REFUND_NOT_SYNCED", channel, order_no,
        chosen, currency, amount, is_valid,
    )  # fmt: skip
    return made if made.is_balanced else skip(_UNBALANCED)


def _original(candidates: list[tuple[Any, ...]], order_no: str, amount: int) -> str | None:
    """Name the voucher if one way of asking has exactly one answer: matched, of this order, of this very amount."""
    for road in (1, 2):
        rows = [row for row in candidates if row[1] == road]
        for fits in (rows, [row for row in rows if row[4] == order_no], [row for row in rows if row[5] == amount]):
            names = {f"{row[2]}:{row[3]}" for row in fits}
            if len(names) == 1:
                return names.pop()
    return None


def _scaled(
    lines: list[Line], channel: str, amount: int, currency: str, base_currency: str
) -> list[Line] | tuple[str, str]:
    """Negative lines that come to ``amount`` on the channel's account, or the reason why there are none.

    In a foreign currency the base amounts are taken at the original's own rate. Lines of the channel's account come to
    the refund exactly; what rounding leaves of the others goes to the largest of that side.
    """
    is_foreign = currency != base_currency
    own = [
        i
        for i, line in enumerate(lines)
        if line.own_channel == channel and (line.currency == currency or not is_foreign)
    ]
    whole = sum(lines[i].net_minor for i in own)
    whole_paid = sum(abs(lines[i].fc_amount_minor or 0) for i in own) if is_foreign else whole
    if not own or whole <= 0 or whole_paid <= 0:
        return _NO_LINE
    if whole_paid < amount:
        return _TOO_MUCH
    target = money.half_up(amount * whole, whole_paid)
    made = [
        replace(
            line,
            debit_minor=-money.half_up(line.debit_minor * target, whole),
            credit_minor=-money.half_up(line.credit_minor * target, whole),
            fc_amount_minor=_part(line.fc_amount_minor, amount, whole_paid) if is_foreign else None,
        )
        for line in lines
    ]
    others = [i for i in range(len(lines)) if i not in own]
    _settle(made, own, "debit_minor", -target - sum(made[i].net_minor for i in own))
    for side in ("debit_minor", "credit_minor"):
        wanted = -money.half_up(sum(getattr(line, side) for line in lines) * target, whole)
        _settle(
            made,
            [i for i in others if getattr(lines[i], side)],
            side,
            wanted - sum(getattr(line, side) for line in made),
        )
    return [line for line in made if line.debit_minor or line.credit_minor]


def _part(fc_amount_minor: int | None, amount: int, whole: int) -> int | None:
    return None if fc_amount_minor is None else -money.half_up(abs(fc_amount_minor) * amount, whole)


def _settle(made: list[Line], places: list[int], side: str, left: int) -> None:
    """Add what rounding left to the largest of the lines at ``places``."""
    if left and places:
        place = max(places, key=lambda i: (abs(getattr(made[i], side)), -i))
        made[place] = replace(made[place], **{side: getattr(made[place], side) + left})


def _duplicate(
    rows: list[tuple[Any, ...]], originals: dict[str, list[Line]], settings: Settings
) -> Iterable[Voucher | Skipped]:
    """Reverse every voucher of the difference but the one that counts: the one matched elsewhere, else the earliest."""
    spare = [row for row in rows if not row[7]]
    if len(spare) == len(rows) and len(rows) > 1:
        spare = spare[1:]
    if not spare:
        diff_id, channel, order_no, reference, currency = rows[0][:5]
        yield Skipped(diff_id, "DUPLICATE_ENTRY", channel, order_no, reference, currency, 0, *_NOT_SPARE)
    for diff_id, channel, order_no, known_as, currency, period, voucher_no, _, day, cited in spare:
        # The number of the voucher it takes back: so the two are found to belong together once it is posted.
        reference = cited or known_as
        original = f"{period}:{voucher_no}"
        lines = originals[original]
        negative = tuple(
            replace(
                line,
                debit_minor=-line.debit_minor,
                credit_minor=-line.credit_minor,
                fc_amount_minor=None if line.fc_amount_minor is None else -abs(line.fc_amount_minor),
            )
            for line in lines
        )
        own = [line for line in lines if line.own_channel == channel]
        is_foreign = currency != settings.base_currency
        amount = sum(abs(line.fc_amount_minor or 0) if is_foreign else abs(line.net_minor) for line in own)
        made = Voucher(
            "", 0, day, "", f"冲正 {period} {voucher_no}；重复记账 {reference}；整张冲销", reference, negative, diff_id,
            "DUPLICATE_ENTRY", channel, order_no, original, currency, amount, is_valid_refund=False,
        )  # fmt: skip
        if made.is_balanced and lines:
            yield made
        else:
            yield Skipped(diff_id, "DUPLICATE_ENTRY", channel, order_no, reference, currency, amount, *_UNBALANCED)
