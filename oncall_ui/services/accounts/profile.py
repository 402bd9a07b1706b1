"""A member's profile: name, time zone and public holidays."""

from dataclasses import dataclass
from datetime import date, timedelta

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.errors import InvalidInput, NotAllowed, all_valid
from oncall_ui.hub import MemberChanged
from oncall_ui.models import Member
from oncall_ui.services.accounts.members import valid_name, valid_zone
from oncall_ui.services.audit.record import record
from oncall_ui.services.availability.holidays import countries, holidays_between, regions
from oncall_ui.services.imports.rules import read_again

A_YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Profile:
    """`country` and `region` are codes of services.availability.holidays, or empty."""

    name: str
    zone: str
    country: str = ""
    region: str = ""
    holidays_block: bool = False


def get_profile(app: App, member_id: int) -> Profile:
    """Raises NotAllowed when the account is gone."""
    with app.db.read() as session:
        row = session.get(Member, member_id)
        if row is None:
            raise NotAllowed
        return Profile(row.name, row.zone, row.country, row.region, row.holidays_block)


def save_profile(app: App, member_id: int, profile: Profile) -> Profile:
    """Returns what was stored. A new time zone imports the calendars again. Raises InvalidInput, NotAllowed."""
    profile = _valid(profile)
    with app.db.write() as session:
        row = session.get(Member, member_id)
        if row is None:
            raise NotAllowed
        if row.zone != profile.zone:
            read_again(session, member_id)
        changed = _changed(row, profile)
        row.name, row.zone = profile.name, profile.zone
        row.country, row.region, row.holidays_block = profile.country, profile.region, profile.holidays_block
        if changed:
            record(session, AuditAction.PROFILE_CHANGED, by=member_id, what=", ".join(changed), also=changed)
    app.hub.publish(MemberChanged(member_id))
    return profile


def next_holiday(country: str, region: str, today: date) -> tuple[date, str] | None:
    """The next public holiday from `today` on, with its name; None if none is known."""
    return next(iter(holidays_between(country, region, today, today + A_YEAR).items()), None)


def _changed(row: Member, profile: Profile) -> dict[str, str]:
    """The new values by what they are called, as the audit log keeps them."""
    new = {
        "name": profile.name,
        "zone": profile.zone,
        "holidays": " ".join((profile.country, profile.region, "block" if profile.holidays_block else "")).strip(),
    }
    holidays = " ".join((row.country, row.region, "block" if row.holidays_block else "")).strip()
    former = {"name": row.name, "zone": row.zone, "holidays": holidays}
    return {key: value for key, value in new.items() if value != former[key]}


def _valid(profile: Profile) -> Profile:
    name, zone, country, region = all_valid(
        lambda: valid_name(profile.name),
        lambda: valid_zone(profile.zone),
        lambda: _valid_country(profile.country),
        lambda: _valid_region(profile.country, profile.region),
    )
    return Profile(name, zone, country, region, profile.holidays_block and bool(country))


def _valid_country(country: str) -> str:
    if country and country not in countries():
        raise InvalidInput("Country", "We don’t know the holidays of this country. Choose one from the list.")
    return country


def _valid_region(country: str, region: str) -> str:
    is_known = not country or country in countries()
    if region and is_known and region not in regions(country):
        raise InvalidInput("Region", "This region isn’t part of the country above. Choose one from the list.")
    return region
