"""Public holidays, from the package `holidays`: computed here, asked of nobody. Blocking; the first call imports it."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from types import ModuleType
from unicodedata import normalize

CODE_LENGTH = 16
"""Of a region, as it is stored."""
ENGLISH = ("en_GB", "en_US")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def holidays_between(country: str, region: str, first: date, last: date) -> dict[date, str]:
    """Day → name, in English where the package can, in order, both ends included; empty without a country.

    A region the package no longer knows counts as the whole country, a country it doesn't know as none.
    """
    found: dict[date, str] = {}
    if country:
        for year in range(first.year, last.year + 1):
            found |= {day: name for day, name in _of_year(country, region, year).items() if first <= day <= last}
    return dict(sorted(found.items()))


@cache
def countries() -> Mapping[str, str]:
    """ISO 3166-1 code → name, by name: the countries whose holidays are known."""
    spoken = _iso_names()
    registered = {codes[1]: codes[0] for codes in _package().registry.COUNTRIES.values()}
    codes = _package().list_supported_countries(include_aliases=False)
    names = {code: spoken.get(code) or _CAMEL.sub(" ", registered.get(code, code)) for code in codes}
    return _by_name(names)


@cache
def regions(country: str) -> Mapping[str, str]:
    """Code → name, by name: the regions of a country with holidays of their own; empty where there are none."""
    if country not in countries():
        return {}
    known = _package().country_holidays(country)
    names: dict[str, str] = {code: code for code in known.subdivisions if len(code) <= CODE_LENGTH}
    for name, code in known.subdivisions_aliases.items():
        # Several names of one region: the first in full; short ones repeat the code in another alphabet.
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
    # Without accents, so that Å stands with A.
    return dict(sorted(names.items(), key=lambda item: normalize("NFKD", item[1]).encode("ascii", "ignore")))


def _package() -> ModuleType:
    import holidays  # noqa: PLC0415 - takes a while, and only those who chose a country need it

    return holidays


def _iso_names() -> dict[str, str]:
    """From the tz database, which says how it spells the countries: code, tab, name; `#` begins a comment."""
    table = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {code: name for code, name, *_ in rows}
