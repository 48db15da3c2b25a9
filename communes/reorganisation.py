"""Merging, dividing and renaming places: what is asked for, why it may be impossible, and what follows from it."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.db import models
from django.dispatch import Signal
from django.utils import timezone

from communes.models import Charge, Level, Locality, circle
from ntm_tracker.vietnamese import nfc, sort_key

# Sent before places end, in the same transaction, with `places` and `on`, the first day without them. What stands on
# the places (their results) refuses by raising NotPossible.
ending = Signal()

# What a commune may be called, in the order in which it is offered.
COMMUNE_KINDS = ["xã", "phường", "thị trấn", "đặc khu"]
CODE_LENGTH = 5
# Further ahead a day is a slip of the pen.
FURTHEST_AHEAD = timedelta(days=366)


class NotPossible(Exception):
    """Nothing was written; `problems` are the reasons, worded for the officer."""

    def __init__(self, problems):
        self.problems = problems
        super().__init__(" ".join(problems))


class Kind(models.TextChoices):
    """What is done to places; the value stands in the page's address."""

    MERGE = "sap-nhap", "Sáp nhập"
    SPLIT = "chia-tach", "Chia tách"
    RENAME = "doi-ten", "Đổi tên"


@dataclass(frozen=True)
class NewPlace:
    """A place that is to begin."""

    name: str
    kind: str
    parent: Locality
    code: str = ""
    region: str = ""
    commune_group: str = ""

    def __post_init__(self):
        object.__setattr__(self, "name", nfc(self.name))

    @property
    def full_name(self):
        return f"{self.kind} {self.name}"

    def is_called(self, place):
        """Whether a place has this very name below the same parent; xã and thị trấn of one name are two places."""
        return (
            place.parent_id == self.parent.pk
            and place.kind == self.kind
            and sort_key(place.name) == sort_key(self.name)
        )


@dataclass(frozen=True)
class Plan:
    """A reorganisation as it was asked for.

    Places go into new ones, or into the `receiver`, which stays as it is. `main` is the position of the new place that
    takes most of a place that is divided.
    """

    kind: Kind
    predecessors: list[Locality]
    effective_on: date
    decision: str
    successors: list[NewPlace] = field(default_factory=list)
    receiver: Locality | None = None
    main: int = 0

    @property
    def names(self):
        return ", ".join(place.full_name for place in self.predecessors)

    def with_places(self, places):
        """The same with its places as they stand in the database now."""
        return replace(
            self,
            predecessors=[places[place.pk] for place in self.predecessors],
            receiver=self.receiver and places[self.receiver.pk],
            successors=[replace(new, parent=places[new.parent.pk]) for new in self.successors],
        )


def check(plan):
    """Raise NotPossible with every reason why the plan cannot be carried out. Takes a constant number of queries."""
    problems = [*_wrong_numbers(plan), *_wrong_predecessors(plan)]
    if plan.receiver:
        problems += _wrong_receiver(plan)
    problems += _wrong_day(plan)
    problems += _wrong_successors(plan)
    if problems:
        raise NotPossible(problems)
    ending.send(Plan, places=plan.predecessors, on=plan.effective_on)


def _wrong_numbers(plan):
    """Whether there are as many places, old and new, as the kind of change needs."""
    old, new = len(plan.predecessors), len(plan.successors)
    if not old:
        yield "Chưa chọn địa bàn cũ. Đánh dấu ít nhất một địa bàn trong danh sách."
    elif plan.kind == Kind.MERGE and old < 2 and not plan.receiver:
        yield (
            f"Sáp nhập cần từ hai địa bàn cũ, mới chọn {plan.names}. Đánh dấu thêm, hoặc dùng “Đổi tên” cho một địa bàn."
        )
    elif plan.kind != Kind.MERGE and old > 1:
        yield f"{plan.kind.label} chỉ làm với một địa bàn, đang chọn {old}: {plan.names}. Bỏ bớt đánh dấu."
    if plan.receiver and new:
        yield f"Chọn một trong hai: nhập vào {plan.receiver.full_name}, hoặc lập {plan.successors[0].full_name}."
    elif not plan.receiver and not new:
        yield "Chưa có địa bàn mới. Ghi tên, loại và nơi trực thuộc của địa bàn mới."
    elif plan.kind == Kind.SPLIT and new < 2:
        yield "Chia tách cần từ hai địa bàn mới. Ghi thêm địa bàn mới, hoặc dùng “Đổi tên”."
    elif plan.kind != Kind.SPLIT and new > 1:
        yield f"{plan.kind.label} chỉ ra một địa bàn mới, đang ghi {new}. Xóa bớt, hoặc dùng “Chia tách”."


def _wrong_predecessors(plan):
    for place in plan.predecessors:
        if place.level != Level.COMMUNE:
            yield f"{place.title} không phải đơn vị cấp xã. Trang này chỉ sắp xếp cấp xã."
        if place.dissolved_on:
            yield f"{place.title} đã kết thúc từ ngày {place.dissolved_on:%d/%m/%Y}, không sắp xếp lần nữa được."


def _wrong_receiver(plan):
    receiver = plan.receiver
    if receiver.level != Level.COMMUNE:
        yield f"{receiver.title} không phải đơn vị cấp xã, không nhận nhập được."
    if receiver in plan.predecessors:
        yield f"{receiver.title} vừa là địa bàn cũ vừa là nơi nhận. Bỏ đánh dấu ở một bên."
        return
    # A place that took part in a circle has ended: the circle is the reason to tell.
    circles = [problem for place in plan.predecessors if (problem := circle(place, receiver))]
    yield from circles
    if receiver.dissolved_on and not circles:
        yield f"{receiver.title} đã kết thúc từ ngày {receiver.dissolved_on:%d/%m/%Y}, không nhận nhập được."


def _wrong_day(plan):
    day = plan.effective_on
    if day > timezone.localdate() + FURTHEST_AHEAD:
        yield f"Ngày hiệu lực {day:%d/%m/%Y} quá xa. Kiểm tra lại năm."
    places = [*plan.predecessors, *([plan.receiver] if plan.receiver else [])]
    for place in places:
        if place.founded_on and place.founded_on >= day:
            yield (
                f"{place.title} thành lập ngày {place.founded_on:%d/%m/%Y}, nên ngày hiệu lực phải sau ngày đó "
                f"(đang ghi {day:%d/%m/%Y})."
            )


def _wrong_successors(plan):
    names, codes = set(), set()
    parents = {new.parent.pk for new in plan.successors}
    others = Locality.objects.living().exclude(pk__in=[place.pk for place in plan.predecessors])
    neighbours = list(others.filter(level=Level.COMMUNE, parent__in=parents)) if parents else []
    wanted = {new.code for new in plan.successors if new.code}
    bearers = {place.code: place for place in others.filter(level=Level.COMMUNE, code__in=wanted)} if wanted else {}
    for new in plan.successors:
        if not new.name or len(new.name) > 100:
            yield "Ghi tên địa bàn mới, không quá 100 ký tự."
        if new.kind not in COMMUNE_KINDS:
            yield f"Loại “{new.kind}” không phải một loại đơn vị cấp xã: chọn {', '.join(COMMUNE_KINDS)}."
        yield from _wrong_parent(plan, new)
        name = new.kind, sort_key(new.name), new.parent.pk
        if name in names:
            yield f"Hai địa bàn mới cùng tên {new.full_name} thuộc {new.parent}. Đổi tên một địa bàn."
        names.add(name)
        if any(new.is_called(place) for place in neighbours):
            yield f"{new.parent.title} đang có {new.full_name}. Chọn tên khác, hoặc đánh dấu địa bàn đó là địa bàn cũ."
        if plan.kind == Kind.RENAME and any(new.is_called(place) for place in plan.predecessors):
            yield f"Tên mới trùng tên cũ: {new.full_name}. Ghi tên hoặc loại mới."
        if new.code:
            if not (new.code.isascii() and new.code.isdigit() and len(new.code) == CODE_LENGTH):
                yield f"Mã “{new.code}” của {new.full_name} phải gồm {CODE_LENGTH} chữ số, hoặc để trống."
            elif new.code in codes:
                yield f"Hai địa bàn mới cùng mã {new.code}. Sửa một mã."
            elif new.code in bearers:
                yield f"Mã {new.code} đang là của {bearers[new.code]}. Kiểm tra lại mã, hoặc để trống."
            codes.add(new.code)


def _wrong_parent(plan, new):
    parent = new.parent
    if parent.level not in (Level.DISTRICT, Level.PROVINCE):
        yield f"{new.full_name} phải thuộc một huyện hoặc một tỉnh, không thể thuộc {parent}."
    elif not parent.exists_on(plan.effective_on):
        yield f"{parent.title} không tồn tại vào ngày {plan.effective_on:%d/%m/%Y}, chọn nơi trực thuộc khác."


@dataclass
class Consequences:
    """What follows besides the places themselves; counted before anything is written."""

    # (place, how many people in use of the app serve it), where there are any.
    users: list[tuple[Locality, int]]
    # Villages that go over with their commune, or that must be put below one of the new communes by hand.
    villages: int
    moves_villages: bool
    # Bodies and members in charge of the places that end.
    charges: int

    @property
    def user_count(self):
        return sum(count for _, count in self.users)


def foresee(plan):
    """What the plan entails, in three queries."""
    served = Locality.objects.filter(pk__in=[place.pk for place in plan.predecessors], users__is_active=True)
    return Consequences(
        users=[(place, place.people) for place in served.annotate(people=models.Count("users")).alphabetical()],
        villages=Locality.objects.living().filter(level=Level.VILLAGE, parent__in=plan.predecessors).count(),
        moves_villages=plan.kind != Kind.SPLIT,
        charges=Charge.objects.filter(locality__in=plan.predecessors).in_force(plan.effective_on).count(),
    )


def common(places, attribute):
    """The value that all places share; '' where they differ."""
    values = {getattr(place, attribute) for place in places}
    return values.pop() if len(values) == 1 else Locality._meta.get_field(attribute).get_default()
