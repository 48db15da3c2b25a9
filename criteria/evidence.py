"""Evidence as people see it: the files of a cell; over many sheets what expires, and what is met without a file."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from communes.models import Locality
from criteria.models import Assessment, Evidence, IndicatorResult, Opinion, Status
from criteria.rules import validity
from criteria.sheet import evidence_day


def evidence_of(assessment: Assessment, indicator: int) -> tuple[list[Evidence], list[Evidence]]:
    """The files of one indicator on a sheet, each with its `validity`: those kept, and those taken off, newest first."""
    kept, removed = [], []
    items = Evidence.objects.filter(assessment=assessment, indicator=indicator)
    for item in items.select_related("uploaded_by", "removed_by").order_by("-uploaded_at", "name", "pk"):
        day = evidence_day(assessment.period)
        item.validity = validity(item.expires_on, day=day, soon_days=settings.EVIDENCE_SOON_DAYS)
        (removed if item.removed_at else kept).append(item)
    return kept, removed


class Kind(StrEnum):
    """What is to be looked at; the values stand in the address."""

    EXPIRED = "het-han"
    EXPIRING = "sap-het-han"
    MISSING = "chua-co"

    @property
    def label(self) -> str:
        return {"het-han": "Hết hạn", "sap-het-han": "Sắp hết hạn", "chua-co": "Đạt mà chưa có minh chứng"}[self]


@dataclass
class PlaceTally:
    """One sheet's files and what is to be looked at on it."""

    sheet: Assessment
    files: int = 0
    expired: int = 0
    expiring: int = 0
    missing: int = 0

    def of(self, kind: Kind) -> int:
        return {Kind.EXPIRED: self.expired, Kind.EXPIRING: self.expiring, Kind.MISSING: self.missing}[kind]


class EvidenceOverview:
    """The evidence of all sheets of a period and a set in some places. Takes three queries, however many sheets."""

    def __init__(self, *, period, criteria_set, places: QuerySet[Locality]):
        self.period, self.criteria_set, self.places = period, criteria_set, places
        self.day = evidence_day(period)
        soon = self.day + timedelta(days=settings.EVIDENCE_SOON_DAYS)
        self._expired = Q(expires_on__lt=self.day)
        self._expiring = Q(expires_on__gte=self.day, expires_on__lte=soon)
        sheets = Assessment.objects.filter(**self._of("")).select_related("locality", "period", "criteria_set")
        self.tallies = {
            sheet.pk: PlaceTally(sheet) for sheet in sheets.order_by("locality__sort_key", "locality__name", "pk")
        }
        self._count()

    def _of(self, prefix):
        chosen = {"period": self.period, "criteria_set": self.criteria_set, "locality__in": self.places}
        return {f"{prefix}{name}": value for name, value in chosen.items()}

    def _count(self):
        counts = self.kept().values_list("assessment")
        counts = counts.annotate(
            files=Count("pk"),
            expired=Count("pk", filter=self._expired),
            expiring=Count("pk", filter=self._expiring),
        )
        for sheet, files, expired, expiring in counts:
            tally = self.tallies[sheet]
            tally.files, tally.expired, tally.expiring = files, expired, expiring
        for sheet, missing in self._missing().values_list("assessment").annotate(Count("pk")):
            self.tallies[sheet].missing = missing

    def total(self, kind: Kind) -> int:
        return sum(tally.of(kind) for tally in self.tallies.values())

    @property
    def files(self) -> int:
        return sum(tally.files for tally in self.tallies.values())

    def worst(self, kind: Kind) -> list[PlaceTally]:
        """The places with most of a kind first; those with as many in alphabetical order."""
        found = [tally for tally in self.tallies.values() if tally.of(kind)]
        return sorted(found, key=lambda tally: -tally.of(kind))

    def rows(self, kind: Kind, place: int | None = None) -> QuerySet:
        """The files, or for MISSING the results, of a kind, by place and indicator; with `place` of that one alone."""
        rows = {
            Kind.EXPIRED: lambda: self.kept().filter(self._expired),
            Kind.EXPIRING: lambda: self.kept().filter(self._expiring),
            Kind.MISSING: self._missing,
        }[kind]()
        if place:
            rows = rows.filter(assessment__locality=place)
        rows = rows.select_related(
            "assessment__locality", "assessment__period", "assessment__criteria_set", "indicator__criterion"
        )
        in_order = ["assessment__locality__sort_key", "indicator__criterion__number", "indicator__position", "pk"]
        return rows.order_by(*in_order if kind == Kind.MISSING else ["expires_on", *in_order])

    def kept(self) -> QuerySet:
        """The files that are kept on the sheets."""
        return Evidence.objects.kept().filter(**self._of("assessment__")).order_by()

    def _missing(self):
        """The results that stand, the verified one or else the reported, that say 'met' without a file."""
        same = {"assessment": OuterRef("assessment"), "indicator": OuterRef("indicator")}
        verified = IndicatorResult.objects.filter(opinion=Opinion.VERIFIED, **same).exclude(status=Status.UNKNOWN)
        return IndicatorResult.objects.filter(
            Q(opinion=Opinion.VERIFIED) | ~Exists(verified),
            ~Exists(Evidence.objects.kept().filter(**same)),
            status=Status.MET,
            **self._of("assessment__"),
        ).order_by()
