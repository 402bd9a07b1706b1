"""The words of requests: who asks for what, what it means, how far it is, and the buttons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from oncall_ui.domain.imports.wording import MONTHS, WEEKDAYS
from oncall_ui.domain.schedules.cover.states import Answer, Pace, RequestKind, RequestState
from oncall_ui.services.schedules.cover.counted import Part
from oncall_ui.services.schedules.cover.views import AskedView, RequestView
from pages.widgets.dates import clock, count, moment_words
from pages.widgets.people import first_name

TAKE, SWAP, NO, LATER, EVERYONE, WITHDRAW = "take", "swap", "no", "later", "everyone", "withdraw"
AGREE, REFUSE, APPROVE, REJECT, UNDO, ANSWER_FOR = "agree", "refuse", "approve", "reject", "undo", "answer_for"
KEPT = "It stays {whose} shift until someone takes it."
PACES = {
    Pace.ONE: "Asking one at a time",
    Pace.THREE: "Asking three at a time",
    Pace.ALL: "Asking everyone",
}


@dataclass(frozen=True, slots=True)
class Act:
    """A button of a request. `of` names the participant it is about, where it isn't the viewer."""

    word: str
    do: str
    css: str = ""
    of: int = 0


def span_words(part: Part, zone: ZoneInfo) -> str:
    """`Sat 12 Dec, 18:00 to 23:00`, `Fri 18 Dec, 10:00 to Mon 21 Dec, 10:00`."""
    start, end = part.start.astimezone(zone), part.end.astimezone(zone)
    until = clock(part.end, zone) if start.date() == end.date() else f"{_day(end)}, {clock(part.end, zone)}"
    return f"{_day(start)}, {clock(part.start, zone)} to {until}"


def slot_words(part: Part, zone: ZoneInfo, *, is_whole: bool) -> str:
    """As `part_words`; of a whole shift the day alone: `Sat 12 Dec, primary`."""
    return f"{_day(part.start.astimezone(zone))}, {part.role}" if is_whole else part_words(part, zone)


def shift_words(part: Part, zone: ZoneInfo, *, is_whole: bool) -> str:
    """As `part_words`; of a whole shift its days: `Fri 18 to Mon 21 Dec, secondary`."""
    return f"{days_words(part, zone)}, {part.role}" if is_whole else part_words(part, zone)


def days_words(part: Part, zone: ZoneInfo) -> str:
    """`Sat 12 Dec`, `Fri 18 to Mon 21 Dec`, `Mon 28 Dec to Fri 1 Jan`."""
    start, end = part.start.astimezone(zone), part.end.astimezone(zone)
    if start.date() == end.date():
        return _day(start)
    first = _day(start) if start.month != end.month else f"{WEEKDAYS[start.weekday()]} {start.day}"
    return f"{first} to {_day(end)}"


def part_words(part: Part, zone: ZoneInfo) -> str:
    """With the role: `Sat 12 Dec, 18:00 to 23:00, primary`."""
    return f"{span_words(part, zone)}, {part.role}"


def points_words(points: float) -> str:
    """`0.3 points`."""
    text = f"{points:.1f}".removesuffix(".0")
    return f"{text} {'point' if text == '1' else 'points'}"


def head_words(each: RequestView) -> str:
    """The first words of a request that waits, or that others made."""
    holder, taker = first_name(each.holder.name), first_name(each.taker.name) if each.taker else ""
    if each.state is RequestState.APPROVAL:
        return f"{taker} and {holder} agreed on a swap" if each.back else f"{taker} takes a shift of {holder}"
    if each.state is RequestState.TAKEN:
        other = taker if each.holder.is_me else holder
        return f"{other} wants to undo the {'swap' if each.back else 'cover'} of"
    if each.kind is RequestKind.OFFER and _is_swap_of_roles(each):
        return f"{taker} offers to swap roles"
    if each.kind is RequestKind.OFFER:
        return f"{taker} offers to {'swap' if each.back else 'take'}"
    if each.holder.is_me and each.proposals:
        return "You asked for cover of"
    return f"{holder} asks you to cover" if each.mine else f"{holder} asks for cover of"


def what_words(each: RequestView, zone: ZoneInfo) -> str:
    """The part, and what is given in return."""
    if each.back is not None and each.state is RequestState.OPEN and _is_swap_of_roles(each):
        return _roles_words(each, each.back, zone)
    found = shift_words(each.part, zone, is_whole=each.is_whole)
    return f"{found}, for {part_words(each.back, zone)}" if each.back else found


def _is_swap_of_roles(each: RequestView) -> bool:
    """Whether both would be on call at the same time as before, in the other role."""
    back, part = each.back, each.part
    return back is not None and (back.start, back.end, back.of_shift) == (part.start, part.end, part.of_shift)


def _roles_words(each: RequestView, back: Part, zone: ZoneInfo) -> str:
    """`on Wed 27 to Fri 29 Jan: you primary, Bob secondary`, as it would be."""
    when = days_words(each.part, zone) if each.is_whole else span_words(each.part, zone)
    pairs = ((each.holder, back.role), (each.taker, each.part.role))
    names = ", ".join(f"{'you' if who.is_me else first_name(who.name)} {role}" for who, role in pairs if who)
    return f"on {when}: {names}"


def detail_words(each: RequestView, zone: ZoneInfo, now: datetime) -> str:
    """What it means, and until when."""
    said = [] if each.is_whole else [f"Part of a {each.type} shift"]
    said.append(_points(each))
    if each.by:
        said.append(f"Asked by {each.by}")
    mine = each.mine
    if each.state is RequestState.OPEN and mine is not None and mine.until and mine.answer is None:
        said.append(_deadline(each, mine, zone, now))
    elif each.state is RequestState.OPEN and mine is not None and mine.answer is Answer.LATER:
        said.append("You wanted to be asked later")
    if each.state is RequestState.APPROVAL:
        said.append("A manager has to approve it")
    return ". ".join(said) + "."


def progress_words(each: RequestView, zone: ZoneInfo, now: datetime) -> str:
    """`Asking one at a time: Chidi declined at 07:50, Farid has until 09:00, then Elif. It stays your shift …`"""
    if each.kind is RequestKind.OFFER:
        return f"Waiting for {first_name(each.holder.name)} to answer."
    whose = "your" if each.holder.is_me else f"{first_name(each.holder.name)}’s"
    today = now.astimezone(zone).date()
    steps = [_step(asked, zone, now) for asked in each.asked if asked.asked_at]
    waiting = [first_name(asked.who.name) for asked in each.asked if asked.asked_at is None]
    if waiting and each.pace is not Pace.ALL:
        steps.append(f"then {waiting[0]}" + (f" and {len(waiting) - 1} more" if len(waiting) > 1 else ""))
    if each.state is RequestState.APPROVAL and each.taker:
        return f"{first_name(each.taker.name)} takes it once a manager approves it. {KEPT.format(whose=whose)}"
    if not any(_is_running(asked, now) for asked in each.asked) and not waiting:
        start = moment_words(each.part.start, zone, today)
        steps.append(f"nobody is left to ask. It stays open until {start}")
    return f"{PACES[each.pace]}: {', '.join(steps)}. {KEPT.format(whose=whose)}"


def acts_of(each: RequestView, *, is_member: bool) -> list[Act]:
    """The buttons of a request that waits for the viewer, or that others made."""
    if each.state is RequestState.APPROVAL:
        return [Act("Decline", REJECT, "quiet"), Act("Approve", APPROVE)] if each.may_manage else []
    if each.state is RequestState.TAKEN:
        return [Act("Undo", UNDO)]
    if each.holder.is_me and each.kind is RequestKind.COVER:
        return []
    if each.kind is RequestKind.OFFER:
        return _acts_of_offer(each)
    acts: list[Act] = []
    if each.mine is not None:
        acts += [Act("Decline", NO, "quiet")]
        acts += [Act("Ask me later", LATER, "quiet")] if each.mine.answer is None else []
    if is_member:
        acts += [Act("Swap", SWAP), Act("Take it", TAKE)]
    return acts + _acts_of_manager(each)


def acts_of_own(each: RequestView) -> list[Act]:
    """The buttons of what one asked for."""
    acts = [Act("Withdraw", WITHDRAW, "quiet")]
    asks_all = each.kind is RequestKind.COVER and each.state is RequestState.OPEN and each.pace is not Pace.ALL
    return acts + ([Act("Ask everyone now", EVERYONE)] if asks_all else [])


def _acts_of_offer(each: RequestView) -> list[Act]:
    if not each.holder.is_me:
        return _acts_of_manager(each)
    accept = Act("Swap", TAKE) if each.back else Act("Hand over", TAKE)
    later = [Act("Ask me later", LATER, "quiet")] if each.mine and each.mine.answer is None else []
    return [Act("Decline", NO, "quiet"), *later, accept]


def _acts_of_manager(each: RequestView) -> list[Act]:
    if not each.may_manage or each.mine is not None or each.is_mine:
        return []
    return [Act("Withdraw", WITHDRAW, "quiet"), Act("Answer for …", ANSWER_FOR, "quiet")]


def _points(each: RequestView) -> str:
    if each.back is None:
        return repaid_words(each) or points_words(each.points)
    more = each.points - each.points_back
    if each.holder.is_me:
        more = -more
    if not round(more, 1):
        return "The points are even"
    if not each.is_about_me:
        return f"{points_words(each.points)} for {points_words(each.points_back)}"
    return repaid_words(each) or f"{points_words(abs(more))} {'more' if more > 0 else 'less'} for you"


def repaid_words(each: RequestView) -> str:
    """`+1.5 points for you, repaid in about 6 weeks`; empty where that can't be said."""
    if each.repaid is None:
        return ""
    gained = f"+{points_words(abs(each.points - each.points_back))} for you"
    if not each.repaid.weeks:
        return f"{gained}, still below a fair share"
    return f"{gained}, repaid in about {count(each.repaid.weeks, 'week')}"


def _deadline(each: RequestView, mine: AskedView, zone: ZoneInfo, now: datetime) -> str:
    until = mine.until or each.part.start
    today = now.astimezone(zone).date()
    if until <= now or until >= each.part.start or each.kind is RequestKind.OFFER:
        return f"Open until {moment_words(each.part.start, zone, today)}"
    others = [asked for asked in each.asked if asked.asked_at is None]
    then = f", then {first_name(others[0].who.name)} is asked" if others else ""
    return f"Answer by {moment_words(until, zone, today)}{then}"


def _step(asked: AskedView, zone: ZoneInfo, now: datetime) -> str:
    name, today = first_name(asked.who.name), now.astimezone(zone).date()
    at = f"at {clock(asked.answered_at, zone)}" if asked.answered_at else ""
    if asked.answered_at and asked.answered_at.astimezone(zone).date() != today:
        at = f"on {_day(asked.answered_at.astimezone(zone))}"
    if asked.answer is Answer.NO:
        return f"{name} declined {at}"
    if asked.answer is Answer.LATER:
        return f"{name} wants to be asked later"
    if asked.answer is Answer.SWAP:
        return f"{name} proposed a swap"
    if asked.until is None or asked.until <= now:
        return f"{name} hasn’t answered"
    return f"{name} has until {moment_words(asked.until, zone, today)}"


def _is_running(asked: AskedView, now: datetime) -> bool:
    return asked.asked_at is not None and asked.answer is None and asked.until is not None and asked.until > now


def _day(local: datetime) -> str:
    return f"{WEEKDAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}"


def listed(names: Sequence[str]) -> str:
    """`Bob, Carol and Dana`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
