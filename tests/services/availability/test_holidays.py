"""Public holidays: by country and region, in English, across the turn of a year."""

import subprocess
import sys
from datetime import date

import pytest

from oncall_ui.models import Member
from oncall_ui.services.availability.holidays import countries, holidays_between, regions

NEW_YEAR = date(2027, 1, 1)


def test_holidays_of_a_region_are_sorted_across_the_turn_of_the_year() -> None:
    found = holidays_between("DE", "BY", date(2026, 12, 20), date(2027, 1, 6))
    assert found == {
        date(2026, 12, 25): "Christmas Day",
        date(2026, 12, 26): "Second Day of Christmas",
        NEW_YEAR: "New Year's Day",
        date(2027, 1, 6): "Epiphany",
    }
    assert list(found) == sorted(found)


def test_a_region_has_holidays_of_its_own() -> None:
    epiphany = date(2027, 1, 6)
    assert holidays_between("DE", "", epiphany, epiphany) == {}
    assert holidays_between("DE", "BY", epiphany, epiphany)


@pytest.mark.parametrize("country", ["JP", "FR", "US", "GB", "SA"])
def test_names_are_english_where_the_package_has_them(country: str) -> None:
    names = holidays_between(country, "", date(2026, 1, 1), date(2026, 12, 31)).values()
    assert names and all(name.isascii() for name in names)


def test_without_a_country_there_are_none() -> None:
    assert holidays_between("", "", NEW_YEAR, NEW_YEAR) == {}


def test_unknown_countries_have_none_and_unknown_regions_those_of_the_country() -> None:
    assert holidays_between("XX", "", NEW_YEAR, NEW_YEAR) == {}
    assert holidays_between("DE", "gone", NEW_YEAR, NEW_YEAR) == holidays_between("DE", "", NEW_YEAR, NEW_YEAR)


def test_countries_and_regions_are_named_and_can_be_stored() -> None:
    names = countries()
    assert (names["DE"], names["XK"], names["GB"]) == ("Germany", "Kosovo", "Britain (UK)")
    listed = list(names.values())
    assert listed.index("Åland Islands") < listed.index("Albania") < listed.index("Zimbabwe")
    assert regions("DE")["BY"] == "Bayern" and regions("US")["NY"] == "New York"
    assert regions("JP") == {} == regions("XX") == regions("")
    region_length = Member.__table__.c.region.type.length  # type: ignore[attr-defined]
    codes = [(country, region) for country in names for region in regions(country)]
    assert len(codes) > 500
    assert all(len(country) == 2 and len(region) <= region_length for country, region in codes)


@pytest.mark.slow
def test_starting_the_app_does_not_import_the_package() -> None:
    line = "import sys, pages.site; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", line], check=False).returncode == 0
