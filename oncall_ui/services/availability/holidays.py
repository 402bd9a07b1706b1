"""Public holidays, computed offline by the `holidays` package. Blocking; the first call imports the package."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from types import ModuleType
from unicodedata import normalize

CODE_LENGTH = 16
"""Longest region code the database stores."""
ENGLISH = ("en_GB", "en_US")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def holidays_between(country: str, region: str, first: date, last: date) -> dict[date, str]:
    """Day → name for `first` to `last` inclusive, sorted by day. Names are English where the package has them.

    No country or an unknown one has no holidays; an unknown region has those of the whole country.
    """
    found: dict[date, str] = {}
    if country:
        for year in range(first.year, last.year + 1):
            found |= {day: name for day, name in _of_year(country, region, year).items() if first <= day <= last}
    return dict(sorted(found.items()))


@cache
def countries() -> Mapping[str, str]:
    """Supported countries, ISO 3166-1 code → name, sorted by name."""
    spoken = _iso_names()
    registered = {codes[1]: codes[0] for codes in _package().registry.COUNTRIES.values()}
    codes = _package().list_supported_countries(include_aliases=False)
    names = {code: spoken.get(code) or _CAMEL.sub(" ", registered.get(code, code)) for code in codes}
    return _by_name(names)


@cache
def regions(country: str) -> Mapping[str, str]:
    """Regions with their own holidays, code → name, sorted by name; empty for a country without any."""
    if country not in countries():
        return {}
    known = _package().country_holidays(country)
    names: dict[str, str] = {code: code for code in known.subdivisions if len(code) <= CODE_LENGTH}
    for name, code in known.subdivisions_aliases.items():
        # A region can have several names: take the first full one. Short ones repeat the code in another alphabet.
        if names.get(code) == code and len(name) > len(code):
            names[code] = name
    return _by_name(names)


@lru_cache(maxsize=1024)
def _of_year(country: str, region: str, year: int) -> Mapping[date, str]:
    if country not in countries():
        return {}
    known = _package().country_holidays(country)
    language = next((each for each in ENGLISH if each in known.supported_languages), None)
    subdivision = region if region in known.subdivisions else None
    return dict(_package().country_holidays(country, subdiv=subdivision, years=year, language=language).items())


def _by_name(names: Mapping[str, str]) -> dict[str, str]:
    # Without accents, so that Å is sorted under A.
    return dict(sorted(names.items(), key=lambda item: normalize("NFKD", item[1]).encode("ascii", "ignore")))


def _package() -> ModuleType:
    import holidays  # noqa: PLC0415 - slow to import, and only needed once a member has chosen a country

    return holidays


def _iso_names() -> dict[str, str]:
    """Country names from the tz database, whose lines are code, tab, name; `#` starts a comment."""
    table = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {code: name for code, name, *_ in rows}
