"""Column mappings in recon.toml: what may stand there, what is said when one is wrong, how one is written into it."""

from __future__ import annotations

from pathlib import Path

import pytest

from recon import config
from recon.errors import UsageError
from recon.sources.mapping import ColumnMapping

GOOD = """\
[sources.mapping.erp]
template = "orders"
date_order = "D/M/Y"
fill_down = ["order_no"]

[sources.mapping.erp.columns]
order_no = "No"
occurred_at = ["Day", "Time"]
amount = "Sum"
status = "State"

[sources.mapping.erp.constants]
record = "payment"

[sources.mapping.erp.words.status]
"Done" = "success"
"""
ERP = ColumnMapping(
    name="erp",
    template="orders",
    columns={"order_no": ("No",), "occurred_at": ("Day", "Time"), "amount": ("Sum",), "status": ("State",)},
    constants={"record": "payment"},
    words={"status": {"Done": "success"}},
    date_order="D/M/Y",
    fill_down=("order_no",),
)


def read(text: str) -> tuple[ColumnMapping, ...]:
    return config.parse(text).ingest.sources.mappings


def test_a_mapping_is_handed_to_the_stage_that_reads_files() -> None:
    assert read(GOOD) == (ERP,)
    assert read("") == ()


def test_other_settings_of_that_stage_stand_beside_it() -> None:
    settings = config.parse(f'[sources]\nwechat_account = "1900"\n\n{GOOD}').ingest.sources
    assert (settings.wechat_account, len(settings.mappings)) == ("1900", 1)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('template = "orders"', 'template = "order"', 2, "[sources.mapping.erp] template is no template"),
        ('date_order = "D/M/Y"', 'date_order = "DMY"', 3, '[sources.mapping.erp] date_order is "DMY"'),
        ('date_order = "D/M/Y"', 'dates = "D/M/Y"', 3, "[sources.mapping.erp] dates is no part of a mapping"),
        ('date_order = "D/M/Y"', 'zone = "Berlin"', 3, 'zone is "Berlin", which is no time zone'),
        ('date_order = "D/M/Y"', 'once = "pay_no"', 3, "for which there is no header under columns"),
        ('date_order = "D/M/Y"', "totals = 5", 3, "totals is 5, which is not a text in quotes"),
        ('amount = "Sum"', "amount = 5", 9, "amount is 5"),
        ('amount = "Sum"', 'colour = "Sum"', 9, "[sources.mapping.erp.columns] colour is no column of orders"),
        ('record = "payment"', 'record = "sale"', 13, '[sources.mapping.erp.constants] record is "sale"'),
        ('"Done" = "success"', '"Done" = "done"', 16, '[sources.mapping.erp.words.status] Done becomes "done"'),
        ("mapping.erp", "mapping.taobao", 1, "has the name of a format that recon brings"),
        ("mapping.erp", "mapping.My-ERP", 1, "has a name that is none"),
    ],
)  # fmt: skip
def test_a_mapping_that_is_wrong_is_told_with_its_line(old: str, new: str, line: int, said: str) -> None:
    assert old in GOOD
    with pytest.raises(UsageError) as problem:
        config.parse(GOOD.replace(old, new))
    assert problem.value.place == f"recon.toml:{line}"
    assert said in problem.value.explanation


def test_a_mapping_reads_back_as_it_is_written() -> None:
    full = ColumnMapping(
        name="full",
        title='Der "Export"',
        template="orders",
        columns=ERP.columns,
        constants={"record": "sign", "currency": "EUR"},
        words={"status": {'say "paid"': "success", "a = b": "closed", "": "skip"}},
        decimal_mark=",",
        zone="Europe/Berlin",
        once="order_no",
        totals="Summe",
        lacks=("Item", "C:\\x"),
    )
    assert read(config.rendered(full)) == (full,)


# -- writing -----------------------------------------------------------------------------------------------------------

OWN = """\
# Our settings.
[workspace]
merchant = "云杉"   # the shop

[sources.mapping.other]
template = "rates"   # by hand

[sources.mapping.other.columns]
rate_date = "Day"
currency = "Unit"
rate = "Rate"

# The ledger.
[ledger.accounts]
"1012.01" = "alipay"
"""


def written(folder: Path, text: str, mapping: ColumnMapping) -> str:
    (folder / "recon.toml").write_bytes(text.encode())
    config.add_mapping(folder, mapping)
    return (folder / "recon.toml").read_bytes().decode()


def test_a_mapping_is_added_at_the_end_and_all_else_stays(tmp_path: Path) -> None:
    assert written(tmp_path, OWN, ERP) == f"{OWN}\n{config.rendered(ERP)}"


def test_only_the_mapping_of_the_same_name_is_replaced(tmp_path: Path) -> None:
    other = ColumnMapping(
        name="other", template="rates", columns={"rate_date": ("D",), "currency": ("U",), "rate": ("R",)}
    )
    now = written(tmp_path, f"{OWN}\n{GOOD}", other)
    first, _, rest = OWN.partition("[sources.mapping.other]")
    _, _, ledger = rest.partition("# The ledger.")
    assert now == f"{first}# The ledger.{ledger}\n{GOOD}\n{config.rendered(other)}"


def test_line_ends_and_a_byte_order_mark_stay(tmp_path: Path) -> None:
    text = "\ufeff" + OWN.replace("\n", "\r\n")
    now = written(tmp_path, text, ERP)
    assert now.startswith(text)
    assert "\n" not in now.replace("\r\n", "")


def test_what_could_not_be_read_back_is_not_written(tmp_path: Path) -> None:
    text = "sources = {zone_of_mine = 1}\n"
    (tmp_path / "recon.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError):
        config.add_mapping(tmp_path, ERP)
    assert [path.name for path in tmp_path.iterdir()] == ["recon.toml"]
    assert (tmp_path / "recon.toml").read_text(encoding="utf-8") == text


def test_the_new_file_has_the_rights_of_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "recon.toml").write_text("", encoding="utf-8")
    (tmp_path / "recon.toml").chmod(0o640)
    config.add_mapping(tmp_path, ERP)
    assert (tmp_path / "recon.toml").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["recon.toml"]
