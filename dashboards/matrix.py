"""Places × criteria in one period, with the period before beside it: what every dashboard and table counts from."""

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.db.models import Max, OuterRef, Subquery

from criteria import counts, rules
from criteria.counts import GAINED, LOST, MET, UNMET, moves, share
from criteria.models import Assessment, CriteriaSet, Criterion, Period, Recognition, Status

NOT_APPLICABLE = "Xx"


@dataclass(slots=True)
class MatrixRow:
    """One place. `strip` and `before` hold a letter a criterion (`criteria.rules.STRIP`); '' where nothing is known yet."""

    locality_id: int
    kind: str
    name: str
    strip: str
    before: str
    is_illustrative: bool
    recognised_year: int | None

    @property
    def full_name(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def has_data(self) -> bool:
        return bool(self.strip)

    @property
    def met(self) -> int:
        return self.strip.count("M") + self.strip.count("m")

    @property
    def applicable(self) -> int:
        return len(self.strip) - self.strip.count("X") - self.strip.count("x")

    @property
    def is_full(self) -> bool:
        """Whether every criterion that applies is met; not the same as being recognised."""
        return self.has_data and self.met == self.applicable

    @property
    def is_reported_only(self) -> bool:
        """Whether some criterion stands on the commune's own word."""
        return any(letter.islower() for letter in self.strip)

    @property
    def change(self) -> int | None:
        """Criteria met more (or less) than in the period before; None if either is not known."""
        if not self.strip or not self.before:
            return None
        return self.met - self.before.count("M") - self.before.count("m")

    @property
    def gained(self) -> list[int]:
        """Numbers of the criteria met now and not before."""
        return [n for n, move in enumerate(moves(self.strip, self.before), start=1) if move == GAINED]

    @property
    def lost(self) -> list[int]:
        """Numbers of the criteria met before and found unmet now; one not assessed yet is not lost."""
        return [n for n, move in enumerate(moves(self.strip, self.before), start=1) if move == LOST]

    @property
    def unmet(self) -> list[int]:
        return [n for n, letter in enumerate(self.strip, start=1) if letter in UNMET]

    @property
    def unknown(self) -> list[int]:
        return [n for n, letter in enumerate(self.strip, start=1) if letter == "-"]

    @property
    def lacking(self) -> list[int]:
        """Numbers of the criteria not met or not known: what stands between the place and all of them."""
        return sorted(self.unmet + self.unknown)


@dataclass(slots=True)
class MatrixColumn:
    """One criterion over all places."""

    criterion: Criterion
    met: int
    applicable: int
    unmet_places: list[str]
    unknown_places: list[str]

    @property
    def percent(self) -> Decimal | None:
        """Places that meet it, of those it applies to and that have data, in %."""
        return share(self.met, self.applicable)


@dataclass
class Band:
    """The places whose number of criteria met falls between two bounds."""

    label: str
    rows: list[MatrixRow] = field(default_factory=list)


@dataclass
class Matrix:
    criteria_set: CriteriaSet
    period: Period
    # The period compared with; None if there is none.
    previous: Period | None
    criteria: list[Criterion]
    rows: list[MatrixRow]

    @cached_property
    def filled(self) -> list[MatrixRow]:
        """The places with data in this period: the denominator of means and shares."""
        return [row for row in self.rows if row.has_data]

    @cached_property
    def columns(self) -> list[MatrixColumn]:
        columns = []
        for position, criterion in enumerate(self.criteria):
            letters = [(row.strip[position], row.name) for row in self.filled]
            columns.append(
                MatrixColumn(
                    criterion=criterion,
                    met=sum(letter in MET for letter, _ in letters),
                    applicable=sum(letter not in NOT_APPLICABLE for letter, _ in letters),
                    unmet_places=[name for letter, name in letters if letter in UNMET],
                    unknown_places=[name for letter, name in letters if letter == "-"],
                )
            )
        return columns

    @cached_property
    def total_met(self) -> int:
        return sum(row.met for row in self.filled)

    @cached_property
    def mean(self) -> Decimal | None:
        """Criteria met a place, over the places with data."""
        return Decimal(self.total_met) / len(self.filled) if self.filled else None

    @cached_property
    def comparable(self) -> list[MatrixRow]:
        return [row for row in self.rows if row.change is not None]

    @property
    def change(self) -> int | None:
        """Criteria met more (or less) than before, over the places with data in both periods."""
        return sum(row.change for row in self.comparable) if self.comparable else None

    @property
    def mean_change(self) -> Decimal | None:
        return Decimal(self.change) / len(self.comparable) if self.comparable else None

    @property
    def gained(self) -> int:
        return sum(len(row.gained) for row in self.comparable)

    @property
    def lost(self) -> int:
        return sum(len(row.lost) for row in self.comparable)

    @property
    def full(self) -> list[MatrixRow]:
        return [row for row in self.filled if row.is_full]

    @property
    def recognised(self) -> list[MatrixRow]:
        return [row for row in self.rows if row.recognised_year]

    @property
    def reported_only(self) -> list[MatrixRow]:
        return [row for row in self.filled if row.is_reported_only]

    @property
    def is_illustrative(self) -> bool:
        return any(row.is_illustrative for row in self.filled)

    @cached_property
    def bands(self) -> list[Band]:
        """Places by criteria met, in the set's own bands; one that meets all that apply stands in the highest."""
        bounds = self.criteria_set.bands or [len(self.criteria), 0]
        bands = [Band(label) for label in rules.band_labels(bounds)]
        for row in sorted(self.filled, key=lambda row: -row.met):
            bands[0 if row.is_full else rules.band_of(row.met, bounds)].rows.append(row)
        return bands

    @property
    def basis(self) -> str:
        """On what the counts stand, in words: 'đã thẩm định 10/12 xã'."""
        return counts.basis((row.strip for row in self.rows), self.criteria_set.get_subject_display())

    @property
    def basis_warning(self) -> str:
        """What the basis leaves open: '2 xã mới tự đánh giá'; '' if nothing."""
        return counts.basis_gaps((row.strip for row in self.rows), self.criteria_set.get_subject_display())


def load_matrix(*, user, criteria_set: CriteriaSet, period: Period, previous: Period | None) -> Matrix:
    """Read the matrix of the places the person sees in two queries, however many there are."""
    places = criteria_set.places().visible_to(user).existing_on(period.ends_on)
    sheet = Assessment.objects.filter(locality=OuterRef("pk"), criteria_set=criteria_set)
    now = sheet.filter(period=period)
    recognition = (
        Recognition.objects.filter(locality=OuterRef("pk"), tier=criteria_set.tier)
        .in_force(period.ends_on)
        .order_by()
        .values("locality")
        .annotate(year=Max("year"))
    )
    rows = places.alphabetical().values_list(
        "pk",
        "kind",
        "name",
        Subquery(now.values("strip")[:1]),
        Subquery(sheet.filter(period=previous).values("strip")[:1]),
        Subquery(now.values("is_illustrative")[:1]),
        Subquery(recognition.values("year")[:1]),
    )
    return Matrix(
        criteria_set=criteria_set,
        period=period,
        previous=previous,
        criteria=list(Criterion.objects.filter(criteria_set=criteria_set).order_by("number")),
        rows=[
            MatrixRow(pk, kind, name, _known(strip), _known(before), bool(illustrative), year)
            for pk, kind, name, strip, before, illustrative, year in rows
        ],
    )


def _known(strip: str | None) -> str:
    # A sheet just begun may know no criterion yet: it counts neither as verified nor as data.
    return strip if strip and strip.strip("-") else ""


def status_of(letter: str) -> Status:
    return rules.STATUS_OF_LETTER[letter]
