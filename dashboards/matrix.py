"""Places × criteria in one period, with the period before beside it: what every dashboard and table counts from."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache

from django.db.models import CharField, F, FilteredRelation, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce, Concat

from criteria import counts, rules
from criteria.counts import GAINED, LOST, MET, UNMET, moves, share
from criteria.models import CriteriaSet, Criterion, CriterionResult, Period, Recognition, Status, Target, Tier
from ntm_tracker.aggregates import Lines
from ntm_tracker.statements import Statement

NOT_APPLICABLE = "Xx"


@lru_cache(maxsize=8192)
def _tally(strip: str) -> tuple[int, int]:
    """Criteria met, and criteria that apply."""
    return sum(map(strip.count, MET)), len(strip) - sum(map(strip.count, NOT_APPLICABLE))


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
    area: str = ""
    # The numbers of the criteria planned for the year, and whether the place is to be recognised in it.
    planned: tuple[int, ...] = ()
    is_registered: bool = False
    # The highest tier it is recognised at; '' for none.
    tier: str = ""
    # The indicators not met or not known, where they were asked for.
    lacking: int = 0
    # Criteria met, and of how many, of a place of which the count alone is known: it has no `strip` then.
    counted: tuple[int, int] | None = None

    @property
    def full_name(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def has_detail(self) -> bool:
        """Whether it is known which criteria are met, and not only how many."""
        return bool(self.strip)

    @property
    def has_data(self) -> bool:
        return self.has_detail or self.counted is not None

    @property
    def is_counted_only(self) -> bool:
        """Whether a table said how many criteria are met and nothing says which."""
        return self.counted is not None and not self.strip

    @property
    def standing(self) -> str:
        """What the basis of counts goes by: the strip, or that the number alone is known; '' without data."""
        return counts.COUNT_ONLY if self.is_counted_only else self.strip

    @property
    def tally(self) -> tuple[int, int]:
        """Criteria met, and criteria that apply."""
        return self.counted if self.counted and not self.strip else _tally(self.strip)

    @property
    def met(self) -> int:
        return self.tally[0]

    @property
    def applicable(self) -> int:
        return self.tally[1]

    @property
    def is_full(self) -> bool:
        """Whether every criterion that applies is met; not the same as being recognised."""
        met, applicable = self.tally
        return self.has_data and met == applicable

    @property
    def is_reported_only(self) -> bool:
        """Whether some criterion stands on the commune's own word."""
        return counts.is_reported(self.strip)

    @property
    def is_to_be_recognised(self) -> bool:
        """Whether the plan of the year has it recognised and it is not yet."""
        return self.is_registered and not self.recognised_year

    @property
    def change(self) -> int | None:
        """Criteria met more (or less) than in the period before; None if either is not known."""
        if not self.strip or not self.before:
            return None
        return self.met - _tally(self.before)[0]

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
    def open_criteria(self) -> list[int]:
        """Numbers of the criteria not met or not known: what stands between the place and all of them."""
        return sorted(self.unmet + self.unknown)

    @property
    def open_count(self) -> int:
        """How many criteria that is, also where it is not known which."""
        return self.applicable - self.met


@dataclass
class MatrixColumn:
    """One criterion over all places of which it is known; `letters` are theirs."""

    criterion: Criterion
    letters: tuple[str, ...]
    places: list[MatrixRow]

    @cached_property
    def met(self) -> int:
        return sum(map(self.letters.count, MET))

    @cached_property
    def unmet(self) -> int:
        return sum(map(self.letters.count, UNMET))

    @cached_property
    def applicable(self) -> int:
        return len(self.letters) - sum(map(self.letters.count, NOT_APPLICABLE))

    @property
    def unmet_places(self) -> list[str]:
        return self._names(UNMET)

    @property
    def unknown_places(self) -> list[str]:
        return self._names("-")

    def _names(self, wanted: str) -> list[str]:
        return [row.name for letter, row in zip(self.letters, self.places, strict=True) if letter in wanted]

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
    def detailed(self) -> list[MatrixRow]:
        """The places of which each criterion is known: what the columns count."""
        return [row for row in self.rows if row.has_detail]

    @cached_property
    def columns(self) -> list[MatrixColumn]:
        known = self.detailed
        letters = zip(*(row.strip for row in known), strict=True) if known else ((),) * len(self.criteria)
        return [MatrixColumn(one, tuple(its), known) for one, its in zip(self.criteria, letters, strict=True)]

    @cached_property
    def total_met(self) -> int:
        return sum(row.met for row in self.filled)

    @cached_property
    def mean(self) -> Decimal | None:
        """Criteria met a place, over the places with data."""
        return Decimal(self.total_met) / len(self.filled) if self.filled else None

    @cached_property
    def comparable(self) -> list[MatrixRow]:
        return [row for row in self.rows if row.strip and row.before]

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
    def counted_only(self) -> list[MatrixRow]:
        """The places of which the number of criteria met alone is known."""
        return [row for row in self.rows if row.is_counted_only]

    @property
    def is_illustrative(self) -> bool:
        return any(row.is_illustrative for row in self.filled)

    @property
    def bounds(self) -> list[int]:
        """The lower bounds of the bands, from the top."""
        return self.criteria_set.bands or [len(self.criteria), 0]

    @cached_property
    def bands(self) -> list[Band]:
        """Places by criteria met, in the set's own bands; one that meets all that apply stands in the highest."""
        bands = [Band(label) for label in rules.band_labels(self.bounds)]
        for row in sorted(self.filled, key=lambda row: -row.met):
            bands[0 if row.is_full else rules.band_of(row.met, self.bounds)].rows.append(row)
        return bands

    @property
    def basis(self) -> str:
        """On what the counts stand, in words: 'đã thẩm định 10/12 xã'."""
        return counts.basis((row.standing for row in self.rows), self.criteria_set.get_subject_display())

    @property
    def basis_warning(self) -> str:
        """What the basis leaves open: '2 xã mới tự đánh giá'; '' if nothing."""
        return counts.basis_gaps((row.standing for row in self.rows), self.criteria_set.get_subject_display())


def load_matrix(**asked) -> Matrix:
    """The matrix of the places the person sees, in the two queries of `ask_matrix`, which says what is to be given."""
    return ask_matrix(**asked).matrix()


def ask_matrix(
    *, user, criteria_set: CriteriaSet, period: Period, previous: Period | None, with_lacking: bool = False
) -> "Answer":
    """Ask for the places the person sees and for the criteria: two queries, however many there are."""
    question = _Question(
        path=user.place.path if user.place_id else None,
        sees_everything=user.is_superuser or user.sees_everything,
        set_id=criteria_set.pk,
        subject=criteria_set.subject,
        period_id=period.pk,
        day=period.ends_on,
        previous_id=previous.pk if previous else None,
        with_lacking=with_lacking,
        user=user,
        criteria_set=criteria_set,
    )
    return Answer(criteria_set, period, previous, _criteria(criteria_set.pk).rows(), _rows(question).rows())


@dataclass(frozen=True, slots=True)
class Answer:
    """What the database says of the places and the criteria. Equal answers, of equal choices, give equal matrices."""

    criteria_set: CriteriaSet
    period: Period
    previous: Period | None
    criteria: tuple[tuple, ...]
    places: tuple[tuple, ...]

    def matrix(self) -> Matrix:
        criteria, tier = _criteria(self.criteria_set.pk).objects(self.criteria), self.criteria_set.tier
        numbers = {str(criterion.pk): criterion.number for criterion in criteria}
        rows = []
        for (
            pk,
            kind,
            name,
            area,
            strip,
            before,
            illustrative,
            met,
            total,
            made_up,
            decisions,
            targets,
            lacking,
        ) in self.places:
            year, highest = _decided(decisions, tier) if decisions else (None, "")
            planned = targets.split("\n") if targets else ()
            rows.append(
                MatrixRow(
                    pk,
                    kind,
                    name,
                    _known(strip),
                    _known(before),
                    bool(illustrative or made_up),
                    year,
                    area,
                    tuple(numbers[one] for one in planned if one in numbers),
                    tier in planned,
                    highest,
                    lacking or 0,
                    None if met is None else (met, total),
                )
            )
        return Matrix(self.criteria_set, self.period, self.previous, criteria, rows)


@lru_cache(maxsize=4096)
def _decided(decisions: str, tier: str) -> tuple[int | None, str]:
    """The newest year of recognition at a tier, and the highest tier of all; of lines such as 'basic 2019'."""
    pairs = [line.split() for line in decisions.split("\n")]
    years = [int(year) for its, year in pairs if its == tier]
    return max(years, default=None), max((its for its, _ in pairs), key=Tier.values.index)


@dataclass(frozen=True)
class _Question:
    """Everything that decides how the query of a matrix reads."""

    path: str | None
    sees_everything: bool
    set_id: int
    subject: str
    period_id: int
    day: date
    previous_id: int | None
    with_lacking: bool
    # The same, as the rules of places take them.
    user: object = field(compare=False)
    criteria_set: CriteriaSet = field(compare=False)


@lru_cache(maxsize=64)
def _criteria(set_id: int) -> Statement:
    return Statement(Criterion.objects.filter(criteria_set=set_id).order_by("number"))


@lru_cache(maxsize=256)
def _rows(question: _Question) -> Statement:
    # Of recognitions and targets a place has several: they come as lines, for a join would repeat its row.
    decisions = Recognition.objects.filter(locality=OuterRef("pk")).in_force(question.day)
    decided = Concat("tier", Value(" "), Cast("year", CharField()), output_field=CharField())
    targets = Target.objects.filter(locality=OuterRef("pk"), year=question.day.year, dropped_at=None)
    aimed_at = Coalesce(Cast("criterion_id", CharField()), "tier", output_field=CharField())
    of_set = Q(assessments__criteria_set=question.set_id)
    return Statement(
        question.criteria_set.places()
        .visible_to(question.user)
        .existing_on(question.day)
        .annotate(
            now=FilteredRelation("assessments", condition=of_set & Q(assessments__period=question.period_id)),
            # Before the first period there is none, and no sheet has the number 0.
            before=FilteredRelation("assessments", condition=of_set & Q(assessments__period=question.previous_id or 0)),
            # Of a place whose criteria no sheet knows, how many it met may be known.
            counted=FilteredRelation(
                "reported_counts",
                condition=Q(
                    reported_counts__criteria_set=question.set_id,
                    reported_counts__period=question.period_id,
                    reported_counts__replaced_at=None,
                ),
            ),
            decisions=_lines(decisions, decided),
            planned=_lines(targets, aimed_at),
            lacking=_lacking() if question.with_lacking else Cast(Value(None), CharField()),
        )
        .alphabetical()
        .values_list(
            *("pk", "kind", "name", "area", "now__strip", "before__strip", "now__is_illustrative"),
            *("counted__criteria_met", "counted__criteria_total", "counted__is_illustrative"),
            *("decisions", "planned", "lacking"),
        )
    )


def _lines(of_place, text) -> Subquery:
    return Subquery(of_place.order_by().values("locality").annotate(lines=Lines(text)).values("lines"))


def _lacking() -> Subquery:
    """The indicators not met or not known, as `nearness.open_indicators`."""
    results = CriterionResult.objects.filter(assessment=OuterRef("now__pk")).order_by().values("assessment")
    return Subquery(results.annotate(lacking=Sum(F("indicators_total") - F("indicators_met"))).values("lacking"))


def _known(strip: str | None) -> str:
    # A sheet just begun may know no criterion yet: it counts neither as verified nor as data.
    return strip if strip and strip.strip("-") else ""


def status_of(letter: str) -> Status:
    return rules.STATUS_OF_LETTER[letter]
