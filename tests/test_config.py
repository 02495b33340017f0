"""recon.toml: what it may say, what it means, and what is said when it is wrong."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
import tomllib
import typing
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path

import pytest

from recon import config
from recon.config import known
from recon.contract import DEFAULTS, FeeTerms
from recon.errors import UsageError
from recon.model import Leg

SET = re.compile(r"^#(?=[^ #\n])", re.MULTILINE)  # "#key = value" is a setting at its default; "# text" explains


def refused(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        config.parse(text)
    return caught.value.text()


def contract(text: str, channel: str = "alipay"):
    return next(item for item in config.parse(text).contracts if item.channel == channel)


# ------------------------------------------------------------------------------------------------ defaults


def test_settings_load_neither_what_sends_nor_the_calendars_of_all_countries() -> None:
    code = (
        "import sys; from recon import config\n"
        "config.parse('')\n"
        "heavy = {'urllib3', 'smtplib', 'ssl', 'holidays', 'pyarrow', 'jinja2'} & set(sys.modules)\n"
        "sys.exit(','.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_empty_file_is_the_default_of_every_stage() -> None:
    settings = config.parse("")
    assert settings.contracts == DEFAULTS
    assert settings.workspace == config.Workspace()
    assert settings.match.contracts == DEFAULTS
    assert settings.ingest.sources.unionpay_cutoff == "23:00"


def test_the_rendered_default_says_nothing_new() -> None:
    assert config.parse(config.default_toml()) == config.parse("")


def test_every_rendered_line_taken_from_behind_its_mark_is_still_the_default() -> None:
    text = SET.sub("", config.default_toml())
    assert len(text.splitlines()) > 100
    assert config.parse(text) == config.parse("")


def test_every_setting_of_every_stage_is_rendered() -> None:
    said = tomllib.loads(SET.sub("", config.default_toml()))
    for section in known.every_section():
        above, _, below = section.name.partition(".")
        table = said[above][below] if below else said[above]
        assert set(table) == {key.name for key in section.keys}


def test_every_setting_that_is_rendered_says_what_it_is_for() -> None:
    silent = {
        f"[{section.name}] {key.name}" for section in known.every_section() for key in section.keys if not key.about
    }
    assert silent == {"[report] target_match_ppm", "[fulfilment] same_city_hours", "[fulfilment] remote_hours"}


def test_every_field_of_a_stage_is_a_setting_or_comes_from_another_one() -> None:
    for section in known.every_section():
        if section.name.startswith("channel."):
            continue
        names = {key.name for key in section.keys}
        assert {field.name for field in fields(section.record)} - names <= known.supplied_to(section.name)


def test_every_setting_has_a_type_that_a_file_can_say() -> None:
    for section in known.every_section():
        for key in section.keys:
            hint = known.given(key.hint)
            kind = typing.get_origin(hint) or hint
            assert kind in (str, int, bool, Path, tuple, dict, Mapping, typing.Literal), key


def test_the_names_given_stand_in_the_rendered_file() -> None:
    text = config.default_toml(merchant="云杉家居", ledger_accounts={"1012.01": "alipay"})
    settings = config.parse(text)
    assert settings.workspace.merchant == settings.report.merchant == "云杉家居"
    assert settings.ingest.ledger.accounts == {"1012.01": "alipay"}


# ------------------------------------------------------------------------------------------------ meaning


@pytest.mark.parametrize(
    ("text", "ppm"), [("0.60%", 6000), ("0.6%", 6000), ("0%", 0), ("3.4 %", 34000), ("0.0001%", 1), ("12%", 120_000)]
)
def test_a_rate_in_per_cent_is_an_exact_number_of_millionths(text: str, ppm: int) -> None:
    assert contract(f'[channel.alipay]\nfee_rate = "{text}"').fee_rate_ppm == ppm


@pytest.mark.parametrize(
    ("text", "days", "unit"), [("T+1", 1, "natural"), ("T+0", 0, "natural"), ("T+2 working", 2, "working")]
)
def test_a_lag_is_written_as_people_say_it(text: str, days: int, unit: str) -> None:
    terms = contract(f'[channel.alipay]\nlag = "{text}"')
    assert (terms.lag_days, terms.lag_unit) == (days, unit)


def test_a_fixed_fee_is_written_as_money() -> None:
    assert contract('[channel.paypal]\nfee_fixed = "0.49"', "paypal").fee_fixed_minor == 49


def test_one_term_that_is_set_leaves_the_others_at_their_default() -> None:
    terms = contract('[channel.unionpay]\nfee_rate = "0.45%"', "unionpay")
    assert (terms.fee_rate_ppm, terms.fee_min_minor, terms.cutoff, terms.lag_unit) == (4500, 1, "23:00", "working")


def test_a_fact_is_written_once_and_reaches_every_stage() -> None:
    settings = config.parse(
        '[workspace]\nzone = "Asia/Tokyo"\nbase_currency = "JPY"\n[channel.unionpay]\ncutoff = "22:58"\n'
        '[bank.accounts]\n"3105" = "USD"\n'
    )
    stages = (settings.match, settings.differences, settings.fulfilment, settings.report, settings.ingest.sources)
    assert {stage.zone for stage in stages} == {"Asia/Tokyo"}
    assert settings.ingest.base_currency == settings.ingest.sources.base_currency == "JPY"
    assert settings.ingest.sources.unionpay_cutoff == "22:58"
    assert settings.ingest.accounts == {"3105": "USD"}


def test_the_days_of_a_valid_refund_are_said_once() -> None:
    settings = config.parse("[fulfilment]\nvalid_refund_days = 10")
    assert settings.report.valid_refund_days == settings.fulfilment.valid_refund_days == 10


def test_a_path_is_relative_to_the_workspace() -> None:
    folder = Path("books")
    assert config.parse("", folder=folder).report.proof_root == folder
    assert config.parse('[report]\nproof_root = "proofs"', folder=folder).report.proof_root == folder / "proofs"
    assert config.parse('[report]\ntemplates = ""', folder=folder).report.templates is None


def test_a_file_saved_by_a_windows_editor_is_read(tmp_path: Path) -> None:
    (tmp_path / "recon.toml").write_text('[workspace]\r\nmerchant = "云杉"\r\n', encoding="utf-8-sig", newline="")
    assert config.load(tmp_path).workspace.merchant == "云杉"


RULE = """
[[rules.add]]
leg = "order_channel"
code = "TEST_ORDER"
zh = "测试订单"
en = "test order"
when = "shape = 'right' AND right_minor = 1"
because_zh = "一分钱测试单。"
because_en = "A one-fen test order."
before = "ORDER_MISSING"
"""


def test_a_workspace_adds_rules_and_switches_rules_off() -> None:
    settings = config.parse('[rules]\noff = ["CROSS_DAY"]\n' + RULE).differences
    (added,) = settings.rules_added
    assert settings.rules_off == ("CROSS_DAY",)
    assert (added.leg, added.before, added.rule.code) == ("order_channel", "ORDER_MISSING", "TEST_ORDER")
    assert (added.rule.action, added.rule.kind) == ("investigate", "break")


@pytest.mark.parametrize(
    ("before", "after", "explanation"),
    [
        ('when = "shape', 'wenn = "shape', "[rules.add] wenn is no part of a rule"),
        ('"order_channel"', '"orders"', '[rules.add] leg is "orders"'),
        ('en = "test order"\n', "", "[rules.add] lacks en"),
        ('zh = "测试订单"', "zh = 1", "[rules.add] zh is 1, which is not a text in quotes"),
        ("[[rules.add]]", "[rules.add]", "[rules] add is a list of tables"),
    ],
)
def test_a_rule_of_another_form_is_told(before: str, after: str, explanation: str) -> None:
    assert explanation in refused(RULE.replace(before, after))


def test_a_rule_to_switch_off_that_there_is_not_is_told_with_its_line() -> None:
    text = refused('[rules]\noff = ["CROSS_DAYS"]')
    assert text.startswith('recon.toml:2: [rules] off "CROSS_DAYS" is no rule\n  2 | off = ["CROSS_DAYS"]')


# ------------------------------------------------------------------------------------------------ errors


def test_a_missing_file_names_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        config.load(tmp_path)
    assert caught.value.text() == (
        f"{tmp_path}: there is no recon.toml\n"
        "  Make a workspace: recon init DIR   (or name one: recon -w DIR, or RECON_WORKSPACE=DIR)"
    )


def test_a_misspelt_setting_is_told_with_its_line_and_the_nearest_one() -> None:
    assert refused('[workspace]\nmerchant = "x"\n\n[channel.alipay]\nfee_rat = "0.60%"\n') == (
        'recon.toml:5: [channel.alipay] fee_rat is no setting\n  5 | fee_rat = "0.60%"\n  Did you mean fee_rate?'
    )


def test_a_misspelt_section_is_told_with_the_nearest_one() -> None:
    assert refused("[workspaces]\n") == (
        "recon.toml:1: [workspaces] is no section of recon.toml\n  1 | [workspaces]\n  Did you mean workspace?"
    )


def test_a_misspelt_channel_is_told_with_the_nearest_one() -> None:
    assert refused("[channel.alypay]\n") == (
        "recon.toml:1: [channel.alypay] is no channel\n  1 | [channel.alypay]\n  Did you mean alipay?"
    )


@pytest.mark.parametrize(
    ("line", "explanation"),
    [
        ("[match]\nwindow_s = 0.5", "[match] window_s is 0.5, which is not a whole number"),
        ('[match]\nwindow_s = "2d"', '[match] window_s is "2d", which is not a whole number'),
        ("[match]\nwindow_s = true", "[match] window_s is true, which is not a whole number"),
        ('[report]\nshow_personal_data = "no"', '[report] show_personal_data is "no", which is not true or false'),
        ("[channel.alipay]\nfee_rate = 0.6", "[channel.alipay] fee_rate is 0.6, which is not a text in quotes"),
        ('[channel.alipay]\nfee_rate = "0.6"', '[channel.alipay] fee_rate is "0.6" but is written in per cent'),
        ('[channel.alipay]\nfee_rate = "0.00001%"', '"0.00001" has more decimals than a rate allows'),
        ('[channel.alipay]\nfee_fixed = "0.305"', '"0.305" has more decimals than a fee allows'),
        ('[channel.alipay]\nlag = "next day"', '[channel.alipay] lag is "next day" but is written "T+1" or'),
        ('[channel.alipay]\ncutoff = "25:00"', '[channel.alipay] cutoff is "25:00" but is a time of the day'),
        ('[channel.alipay]\nsettle = "weekly"', 'not one of "daily", "merged", "balance"'),
        ('[channel.alipay]\npayout_patterns = "支付宝"', "which is not a list of texts in quotes"),
        ("[channel.alipay]\npayout_patterns = ['(支付宝']", "which is no regular expression: missing )"),
        ('[workspace]\nzone = "Asia/Peking"', 'zone is "Asia/Peking", which is no time zone'),
        ('[workspace]\nbase_currency = "RMB元"', "which is no currency code"),
        ('[workspace]\nlanguage = "de"', 'language is "de", which is not one of "zh", "en"'),
        ('[ledger.accounts]\n"1012.01" = "taobao"', '[ledger.accounts] 1012.01 is "taobao", which is no channel'),
        ('[bank.accounts]\n"3105" = "yuan"', '[bank.accounts] 3105 is "yuan", which is no currency code'),
        ("[ledger.accounts]\n1012 = 1", "[ledger] accounts is"),
        ('[sources]\npaypal_date_order = "DMY"', 'is "DMY", which is not one of "", "D/M/Y", "M/D/Y"'),
        ('[sources.paypal_types]\n"Refund" = "1107"', '[sources] paypal_types "Refund" is "1107", which is no event'),
        ('[sources.paypal_zones]\nCST = "Chicago"', '[sources] paypal_zones "CST" is "Chicago", which is no time zone'),
    ],
)
def test_a_wrong_value_is_told_with_what_is_wanted(line: str, explanation: str) -> None:
    assert explanation in refused(line)


def test_a_wrong_value_is_told_with_its_place() -> None:
    text = refused('[workspace]\nmerchant = "x"\n\n[ledger.accounts]\n"1012.01" = "alipay"\n"1012.02" = "wehcat"\n')
    assert text == (
        'recon.toml:6: [ledger.accounts] 1012.02 is "wehcat", which is no channel\n'
        '  6 | "1012.02" = "wehcat"\n'
        "  Did you mean wechat?"
    )


def test_a_wrong_value_of_a_stage_is_told_once() -> None:
    assert refused("[match]\nwindow_s = true") == (
        "recon.toml:2: [match] window_s is true, which is not a whole number\n"
        "  2 | window_s = true\n"
        "  Default: window_s = 172800"
    )


def test_what_a_stage_refuses_is_told_with_its_place() -> None:
    assert refused("[fulfilment]\nremote_hours = 0") == (
        "recon.toml:2: [fulfilment] remote_hours is not above zero\n  2 | remote_hours = 0"
    )


def test_a_setting_outside_of_a_section_is_refused() -> None:
    assert refused('merchant = "x"').startswith("recon.toml")
    assert "merchant" in refused('merchant = "x"')
    assert "workspace stands outside of a section" in refused('workspace = "x"')


def test_what_is_no_toml_is_told_with_its_line() -> None:
    text = refused("[workspace]\nmerchant = 云杉家居\n")
    assert text.startswith("recon.toml:2: this is no TOML: ")
    assert "  2 | merchant = 云杉家居" in text


# ------------------------------------------------------------------------------------------------ fees and calendars


def test_fees_change_on_a_day_and_differ_by_account_and_currency() -> None:
    terms = contract(
        '[channel.wechat]\nfee_min = "0.01"\n'
        '[[channel.wechat.fees]]\nsince = "2026-04-01"\nrate = "0.54%"\n'
        '[[channel.wechat.fees]]\naccount = "1900012345"\nrate = "0.38%"\nrounding = "up"\nrefund = "kept"\n'
        '[[channel.wechat.fees]]\ncurrency = "USD"\nfixed = "0.49"\nmax = "100.00"\non = "received"\n',
        "wechat",
    )
    base = FeeTerms(rate_ppm=6000, min_minor=1, refund="rate")
    assert terms.fee_terms == (
        base,
        replace(base, since=dt.date(2026, 4, 1), rate_ppm=5400),
        replace(base, account="1900012345", rate_ppm=3800, rounding="up", refund="kept"),
        replace(base, currency="USD", fixed_minor=49, max_minor=10_000, on="received"),
    )


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('rate = "0.54"', '[channel.wechat.fees] rate is "0.54" but is written in per cent'),
        ('since = "April"', '[channel.wechat.fees] since is "April" but is a day'),
        ('currency = "usd"', '[channel.wechat.fees] currency is "usd" but is a currency code'),
        ('rounding = "even"', '[channel.wechat.fees] rounding is "even" but is one of half_up, up, down'),
        ('fixed = "0.001"', '[channel.wechat.fees] fixed is "0.001" but'),
        ("rate = 1", "[channel.wechat.fees] rate is 1, which is not a text in quotes"),
        ('from = "2026-04-01"', "[channel.wechat.fees] from is no part of the terms of a fee"),
        ('rate = "0.54%"', "[channel.wechat.fees] say twice what holds for the same days, account and currency"),
    ],
)
def test_terms_of_a_fee_that_are_none_are_refused(lines: str, message: str) -> None:
    assert message in refused(f"[[channel.wechat.fees]]\n{lines}\n")


def test_a_workspace_knows_days_off_that_the_library_does_not() -> None:
    settings = config.parse(
        '[calendar.off]\nCN = ["2031-02-03..2031-02-05"]\n[calendar.working]\nCN = ["2031-02-08"]\n'
    )
    assert settings.match.calendar == settings.differences.calendar
    assert settings.match.calendar.add_working_days(dt.date(2031, 1, 31), 1) == dt.date(2031, 2, 6)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[calendar.off]\nCN = ["2031-02-30"]', "recon.toml:2: [calendar.off] CN is wrong: "),
        ('[calendar.off]\nXX = ["2031-02-03"]', '[calendar.off] XX is wrong: "XX" is no country'),
        ('[calendar.off]\nCN = "2031-02-03"', "is not lines of the form"),
        ('[channel.paypal]\ncountry = "USB"', '[channel.paypal] country is wrong: "USB" is no country'),
        ('[channel.paypal.countries]\nEUR = "EU"', '[channel.paypal.countries] EUR is wrong: "EU" is no country'),
    ],
)
def test_days_and_countries_that_are_none_are_refused(text: str, message: str) -> None:
    assert message in refused(text)


def test_payouts_of_a_currency_follow_their_own_banking_days() -> None:
    terms = contract('[channel.paypal.countries]\nEUR = "ECB"', "paypal")
    assert (terms.calendar_of("EUR"), terms.calendar_of("USD")) == ("ECB", "US")


# ------------------------------------------------------------------------------------------------ tolerance


def test_a_tolerance_is_said_by_leg_or_by_leg_and_channel() -> None:
    settings = config.parse('[match.tolerance]\norder_channel = 1\n"channel_bank.paypal" = 500\n')
    tolerated = settings.match.tolerance_of
    assert [tolerated(Leg.ORDER_CHANNEL, "alipay"), tolerated(Leg.CHANNEL_BANK, "paypal")] == [1, 500]
    assert [tolerated(Leg.CHANNEL_BANK, "alipay"), tolerated(Leg.CHANNEL_LEDGER, "paypal")] == [0, 0]
    assert settings.differences.tolerance == settings.match.tolerance


@pytest.mark.parametrize("line", ["orders = 1", '"channel_bank.cash" = 1', "order_channel = -1"])
def test_a_tolerance_of_nothing_is_refused(line: str) -> None:
    assert "tolerance: " in refused(f"[match.tolerance]\n{line}\n")


def test_codes_of_accounts_in_an_import_are_not_the_banks_accounts() -> None:
    found = config.parse('[bank.accounts]\n"6222" = "USD"\n[vouchers.account_codes]\n"1012.01" = "101201"\n')
    assert found.report.vouchers.account_codes == {"1012.01": "101201"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[vouchers]\nformats = ["k4"]', 'recon.toml:2: [vouchers] formats has "k4", which is no format'),
        ('[vouchers]\nword = " "', "recon.toml:2: [vouchers] word is blank"),
        ("[vouchers]\nfirst_number = -1", "recon.toml:2: [vouchers] first_number is negative"),
        ('[vouchers.u8_items]\n"1122" = ["仓库=1"]', '[vouchers] u8_items has "仓库=1"'),
        ('[mail]\nto = ["cfo"]', 'recon.toml:2: [mail] to has "cfo", which is no mail address'),
        (
            '[mail]\ntls = "ssl"',
            'recon.toml:2: [mail] tls is "ssl", which is not one of "starttls", "implicit"',
        ),
        ("[mail]\nattempts = 0", "recon.toml:2: [mail] attempts is not above zero"),
    ],
)
def test_settings_of_vouchers_and_mail_that_make_no_sense_are_told(text: str, told: str) -> None:
    with pytest.raises(UsageError) as wrong:
        config.parse(text)
    assert told in wrong.value.text()
