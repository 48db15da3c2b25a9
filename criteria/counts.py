"""Shares and means as every page, file and sentence counts and rounds them."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

# The letters of a strip (`rules.STRIP`) of what is met, and of what is not.
MET = "Mm"
UNMET = "Uu"
# What stands for the strip of a place of which the number of criteria met alone is known.
COUNT_ONLY = "#"
# How a criterion moved since the period before.
GAINED, LOST, STAYED = "gained", "lost", ""
# What else became of one: assessed for the first time and not met, assessed no more, or no longer (or anew) applicable.
ASSESSED, UNASSESSED, REAPPLIED = "assessed", "unassessed", "reapplied"


def moves(strip: str, before: str) -> list[str]:
    """How each criterion moved between two strips; nothing moved where there is no strip before.

    Newly met is gained; met before and found unmet now is lost; one not assessed yet is not lost.
    """
    if not before or not strip:
        return [STAYED] * len(strip)
    return [
        GAINED if now in MET and was not in MET else LOST if was in MET and now in UNMET else STAYED
        for was, now in zip(before, strip, strict=True)
    ]


def changes(strip: str, before: str) -> list[str]:
    """How the result of each criterion changed between two strips: its move, and where it made none what else became of it.

    Who said it, the commune or the verifier, is not its result.
    """
    moved = moves(strip, before)
    if not before or not strip:
        return moved
    return [move or _change(was.upper(), now.upper()) for move, was, now in zip(moved, before, strip, strict=True)]


def _change(was: str, now: str) -> str:
    if was == now:
        return STAYED
    if now == "-":
        return UNASSESSED
    return ASSESSED if was == "-" else REAPPLIED


def share(part: int, whole: int) -> Decimal | None:
    """`part` of `whole` in %, unrounded; None where there is no whole."""
    return Decimal(part) * 100 / whole if whole else None


def rounded(number: Decimal | None, places: int = 1) -> Decimal | None:
    """Half up, as people round: 17,85 is 17,9."""
    return None if number is None else number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def whole_percent(part: int, whole: int) -> Decimal | None:
    """`part` of `whole` in whole %: 13 of 60 is 22. What is begun never reads 0, what is left undone never 100."""
    percent = rounded(share(part, whole), 0)
    if percent is None or part in (0, whole):
        return percent
    return min(max(percent, Decimal(1)), Decimal(99))


def basis(strips: Iterable[str], noun: str) -> str:
    """On what the counts of places stand, in words: 'đã thẩm định 10/12 xã'.

    A place's strip is '' without data, COUNT_ONLY where nothing but the number of criteria met is known.
    """
    strips = list(strips)
    verified = sum(strip not in ("", COUNT_ONLY) and not is_reported(strip) for strip in strips)
    return f"đã thẩm định {verified}/{len(strips)} {noun}"


def basis_gaps(strips: Iterable[str], noun: str) -> str:
    """What the basis leaves open: '2 xã mới tự đánh giá, 1 xã chưa có số liệu'; '' if nothing."""
    strips = list(strips)
    found = [
        (sum(map(is_reported, strips)), "mới tự đánh giá"),
        (strips.count(COUNT_ONLY), "chỉ có số tiêu chí, không có chi tiết"),
        (strips.count(""), "chưa có số liệu"),
    ]
    return ", ".join(f"{number} {noun} {words}" for number, words in found if number)


def is_reported(strip: str) -> bool:
    """Whether some criterion stands on the place's own word: a small letter of `rules.STRIP`."""
    return strip != strip.upper()
