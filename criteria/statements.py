"""What an imported table says of whole criteria beside what the sheets say: what is the same, what would change, what stays."""

from collections.abc import Iterable
from dataclasses import dataclass

from criteria import rules
from criteria.models import Assessment, IndicatorResult, Opinion, Status

HAS_RESULTS = "phiếu đã có kết quả chỉ tiêu của tiêu chí này"
IS_VERIFIED = "đã có kết quả thẩm định theo biểu nhập trước"


@dataclass
class Standing:
    """How the criteria of one place stand: its sheet, the letter of each number, and which have entered indicators."""

    assessment: Assessment | None
    letters: dict[int, str]
    entered: frozenset[int] = frozenset()

    def letter(self, number: int) -> str:
        return self.letters.get(number, "-")

    def status(self, number: int) -> Status:
        return rules.STATUS_OF_LETTER[self.letter(number)]

    def is_same(self, number: int, status: Status, opinion: str) -> bool:
        """Whether a table that says this says nothing new."""
        if self.status(number) != status:
            return False
        letter = self.letter(number)
        return opinion == Opinion.REPORTED or number in self.entered or letter == "-" or letter.isupper()

    def why_kept(self, number: int, opinion: str) -> str:
        """Why a table that says otherwise changes nothing; '' where it does."""
        if number in self.entered:
            return HAS_RESULTS
        if opinion == Opinion.REPORTED and self._stated(number).isupper():
            return IS_VERIFIED
        return ""

    def _stated(self, number):
        return self.assessment.stated.get(str(number), "") if self.assessment else ""


def load_standings(*, criteria_set, period, places: Iterable[int]) -> dict[int, Standing]:
    """How the criteria of some places stand, in three queries however many; a place without a sheet is not in it."""
    sheets = Assessment.objects.with_place().filter(criteria_set=criteria_set, period=period, locality__in=list(places))
    sheets = {sheet.pk: sheet for sheet in sheets}
    numbers = judged_numbers(criteria_set)
    entered = {}
    for pk, number in IndicatorResult.objects.entered().criteria_of(sheets):
        entered.setdefault(pk, set()).add(number)
    return {
        sheet.locality_id: Standing(
            sheet, dict(zip(numbers, sheet.strip, strict=False)), frozenset(entered.get(pk, ()))
        )
        for pk, sheet in sheets.items()
    }


def judged_numbers(criteria_set) -> list[int]:
    """The numbers of the criteria a sheet of the set has, as the letters of its strip stand."""
    criteria = criteria_set.criteria.filter(indicators__isnull=False)
    return list(criteria.order_by("number").values_list("number", flat=True).distinct())
