"""What the tables of one place, set and period are made of; each part is read once, when a table first asks for it."""

from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils import timezone

from communes.models import Locality
from criteria.choices import set_in_force
from criteria.models import Assessment, CriteriaSet, Period
from criteria.plans import Plan, load_plan
from criteria.sheet import Sheet, load_sheets
from dashboards.matrix import Matrix, load_matrix
from directives.board import Board
from directives.exports import work_lines
from directives.queries import Filters
from ntm_tracker.vietnamese import format_date, plain_name

ILLUSTRATIVE = "SỐ LIỆU MINH HỌA"


def seen_from(user, place: Locality | None):
    """The person as one who serves only `place`, which lies in their own; None leaves them as they are."""
    if place is None:
        return user
    reader = copy(user)
    reader.place = place
    return reader


@dataclass
class Report:
    # Whose eyes: the tables hold what this person sees, and name them as author.
    user: object
    criteria_set: CriteriaSet
    period: Period
    # All there are: periods the newest first.
    periods: list[Period]
    sets: list[CriteriaSet]
    # The day at which the work is judged.
    as_of: date

    @classmethod
    def of(cls, *, user, period, criteria_set=None, place=None, as_of=None):
        """A report for who is on no page: of the set in force at the period's end where none is named."""
        sets = list(CriteriaSet.objects.filter(is_complete=True).in_order())
        return cls(
            user=seen_from(user, place),
            criteria_set=criteria_set or set_in_force(sets, period.ends_on),
            period=period,
            periods=list(Period.objects.newest_first()),
            sets=sets,
            as_of=as_of or timezone.localdate(),
        )

    @property
    def place(self) -> Locality | None:
        return self.user.place if self.user.place_id else None

    @property
    def place_name(self) -> str:
        return self.place.full_name if self.place else "cả nước"

    @property
    def noun(self) -> str:
        return self.criteria_set.get_subject_display()

    @property
    def start(self) -> Period | None:
        """The last period before the year: what 'so với đầu năm' compares with."""
        return next((p for p in self.periods if p.ends_on < self.period.ends_on.replace(month=1, day=1)), None)

    @cached_property
    def matrix(self) -> Matrix:
        return load_matrix(user=self.user, criteria_set=self.criteria_set, period=self.period, previous=self.start)

    @cached_property
    def plan(self) -> Plan:
        return load_plan(
            user=self.user,
            criteria_set=self.criteria_set,
            sets=self.sets,
            year=self.period.ends_on.year,
            period=self.period,
            base=self.start,
        )

    @cached_property
    def board(self) -> Board:
        return Board(self.user, self.as_of, Filters())

    @cached_property
    def sheets(self) -> list[Sheet]:
        """The assessment sheets of the places, in alphabetical order."""
        places = self.criteria_set.places().visible_to(self.user).existing_on(self.period.ends_on)
        found = Assessment.objects.filter(criteria_set=self.criteria_set, period=self.period, locality__in=places)
        return load_sheets(found.with_place().order_by("locality__sort_key", "locality"), with_previous=False)

    @property
    def author(self) -> str:
        return self.user.get_full_name()

    # -- what every table says of itself ------------------------------------------------------------------------

    def lines(self, is_illustrative=None) -> list[str]:
        """Place, set, period, basis, date and author: no table goes without them."""
        matrix = self.matrix
        basis = matrix.basis + (f"; {matrix.basis_warning}" if matrix.basis_warning else "")
        decisions = ", ".join(item["number"] for item in self.criteria_set.legal_basis)
        made_up = matrix.is_illustrative if is_illustrative is None else is_illustrative
        return [
            f"(Địa bàn: {self.place_name}. {', '.join(filter(None, [self.criteria_set.name, decisions]))}. "
            f"Kỳ: {self.period.name}. Số liệu tính đến ngày {format_date(self.period.ends_on)}. Căn cứ: {basis})",
            self._signed,
            *[ILLUSTRATIVE] * made_up,
        ]

    def work_lines(self) -> list[str]:
        """The same for tables of work handed out, which go by a day and not by a period."""
        return work_lines(self.user, self.as_of, Filters(), self.board.summary())

    @property
    def _signed(self) -> str:
        return f"Người lập: {self.author}, lập ngày {format_date(timezone.localdate())}"

    @property
    def start_words(self) -> str:
        return f"Đầu năm: {self.start.name}." if self.start else "Chưa có kỳ đầu năm để so sánh."

    def file_name(self, what: str) -> str:
        """Place, period, basis, date and author in plain letters, which every mail program and disk takes.

        'bieu-01-tam-duong-2024-q1-da-tham-dinh-10-12-xa-ngay-2024-04-20-le-van-hoa.xlsx'
        """
        place = plain_name(self.place.name) if self.place else "ca-nuoc"
        day = f"ngay-{timezone.localdate():%Y-%m-%d}"
        parts = [what, place, plain_name(self.period.code), plain_name(self.matrix.basis), day, plain_name(self.author)]
        return f"{'-'.join(part[:40] for part in parts if part)}.xlsx"
