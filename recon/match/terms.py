"""The terms of a run as tables: contracts, fees, tolerances, rates. The models join them; they take no parameters."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import polars as pl

from recon import money, times
from recon.match.counting import show_counted
from recon.match.reading import model
from recon.model import Leg

if TYPE_CHECKING:
    from recon.match.settings import Settings
    from recon.store import Store

_NO_LIMIT: Final = 2**53
# Added to a fee before it is rounded half up; rates have six decimals, so that this half is less than any of them.
_ROUND_E7: Final = {"half_up": 0, "up": 4_999_999, "down": -4_999_999}


def show_settings(store: Store, settings: Settings) -> None:
    """Make the temporary tables ``setting`` (one row), ``contract``, ``contract_fee``, ``tolerance`` and ``rate``.

    And the views of what is stored: ``txn``, ``counted``, ``member``, ``match_of``, ``published_rate``.
    """
    offset = dt.datetime(2026, 1, 1, tzinfo=ZoneInfo(settings.zone)).utcoffset() or dt.timedelta()
    store.temp(
        "setting",
        pl.DataFrame(
            {
                "window_s": [settings.window_s],
                "near_payout_ppm": [settings.near_payout_ppm],
                "voucher_days": [settings.voucher_days],
                "base_currency": [settings.base_currency],
                "zone_offset_s": [int(offset.total_seconds())],
            }
        ),
    )
    store.temp(
        "contract",
        pl.DataFrame(
            [
                {
                    "channel": item.channel,
                    "settle": item.settle,
                    "lag_s": item.lag_hours * 3600,
                    "early_s": times.DAY_S - _cutoff_s(item.cutoff),
                }
                for item in settings.contracts
            ]
        ),
    )
    store.temp("contract_fee", pl.DataFrame(_fee_rows(settings)))
    channels = ("", *(item.channel for item in settings.contracts))
    store.temp(
        "tolerance",
        pl.DataFrame(
            [
                {"leg": str(leg), "channel": channel, "tolerance_minor": settings.tolerance_of(leg, channel)}
                for leg in Leg
                for channel in channels
            ]
        ),
    )
    show_counted(store)
    store.temp("scale", _scales(store, settings.base_currency))
    store.run("CREATE OR REPLACE TEMP VIEW txn AS SELECT * FROM canon.txn")
    store.run("CREATE OR REPLACE TEMP VIEW member AS SELECT * FROM match.member")
    store.run("CREATE OR REPLACE TEMP VIEW match_of AS SELECT leg, match_id, pass, state, delta_minor FROM match.match")
    store.run("CREATE OR REPLACE TEMP VIEW published_rate AS SELECT * FROM canon.rate")
    store.temp("rate", model("rate"))


def _scales(store: Store, base_currency: str) -> pl.DataFrame:
    """Currencies that have another number of decimals than the base currency; factor_e3: what a rate is scaled by."""
    base = money.exponent(base_currency)
    known = store.rows("SELECT currency FROM counted UNION SELECT currency FROM canon.rate ORDER BY currency")
    places = {currency: money.exponent(currency) for (currency,) in known}
    return pl.DataFrame(
        [
            {"currency": currency, "factor_e3": 10 ** (3 + base - count)}
            for currency, count in places.items()
            if count != base
        ],
        schema={"currency": pl.String, "factor_e3": pl.Int64},
    )


def _fee_rows(settings: Settings) -> list[dict[str, object]]:
    """Terms of every contract's fees, those of the contract itself first."""
    return [
        {
            "channel": item.channel,
            "term_no": number,
            "account": term.account,
            "currency": term.currency,
            "since": term.since,
            "rate_ppm": term.rate_ppm,
            "fixed_minor": term.fixed_minor,
            "min_minor": term.min_minor,
            "max_minor": term.max_minor or _NO_LIMIT,
            "fee_on": term.on,
            "refund_fee": term.refund,
            "round_e7": _ROUND_E7[term.rounding],
            "tolerance_minor": item.fee_tolerance_minor,
        }
        for item in settings.contracts
        for number, term in enumerate(item.fee_terms)
    ]


def show_fees(store: Store) -> None:
    """Make the tables that tell what each row of ``work`` should have cost, for ``channel_side``."""
    for name in ("original", "paid_on", "fee_term", "fee_row"):
        store.temp(name, model(name))


def _cutoff_s(cutoff: str) -> int:
    hour, minute = (int(part) for part in cutoff.split(":"))
    return hour * 3600 + minute * 60
