"""What recognition asks for beside the criteria: conditions, withdrawal, and the crosswalk between two sets.

It is read from a file of its own (`data/recognition.yaml`) after the sets, and never touches a set's checksum.
"""

from pathlib import Path

from criteria.imports.lines import Sequence
from criteria.imports.values import ValueReader, shown
from criteria.imports.writer import ImportRefused
from criteria.models import Condition, CriteriaSet, Criterion, CriterionLink, Direction, ValueType, Verification

RECOGNITION = Path(__file__).resolve().parents[1] / "data" / "recognition.yaml"

STATUSES = {Verification.VERIFIED, Verification.PARTLY_VERIFIED, Verification.RECALLED, Verification.UNKNOWN}
CONDITION_KEYS = {"code", "name", "text", "value_type", "unit", "direction", "threshold", "status", "source"}
KINDS = {ValueType.BOOLEAN, ValueType.PERCENT, ValueType.NUMBER, ValueType.COUNT, ValueType.CURRENCY}


def load_recognition(path=RECOGNITION):
    """Write what the file says over what is there; loading again changes nothing.

    A condition keeps its row and its results; raises ImportRefused, with every problem by line, if the file is
    malformed, names a set or criterion that is not there, or drops or turns into another kind a condition that has
    results. To be called in a transaction with the sets.
    """
    reader = RecognitionReader(Path(path))
    reader.read()
    if reader.problems:
        raise ImportRefused(reader.problems)
    reader.write()


class RecognitionReader(ValueReader):
    def __init__(self, path):
        super().__init__(path)
        self.sets = {s.code: s for s in CriteriaSet.objects.all()}
        self.criteria = {(c.criteria_set_id, c.number): c for c in Criterion.objects.all()}
        # Conditions and revocation by set, links by pair of sets.
        self.rules, self.links = {}, {}

    def read(self):
        data = self.load()
        if data is None:
            return
        self.known_keys(data, {"sets", "links"})
        for item in self.mappings(data, "sets", required=False):
            self._rules(item)
        for item in self.mappings(data, "links", required=False):
            self._links(item)
        if not self.problems:
            self._keep_results()

    def _set(self, item, key):
        code = self.text(item, key, required=True)
        if code and code not in self.sets:
            self.problem(item.line_of(key), f"không có bộ tiêu chí “{code}”.")
        return self.sets.get(code)

    def _criterion(self, criteria_set, number, line):
        """The criterion of a number, or None with the problem told."""
        found = self.criteria.get((criteria_set.pk, number)) if type(number) is int else None
        if found is None:
            self.problem(line, f"bộ “{criteria_set.code}” không có tiêu chí số {shown(number)}.")
        return found

    # What one set asks for.

    def _rules(self, item):
        self.known_keys(item, {"set", "conditions", "revocation"})
        criteria_set = self._set(item, "set")
        if criteria_set is None:
            return
        if criteria_set in self.rules:
            self.problem(item.line_of("set"), f"bộ “{criteria_set.code}” ghi hai lần.")
        conditions = {}
        for position, each in enumerate(self.mappings(item, "conditions", required=False), start=1):
            condition = self._condition(each, criteria_set, position)
            if condition.code in conditions:
                self.problem(each.line_of("code"), f"mã điều kiện “{condition.code}” ghi hai lần.")
            conditions[condition.code] = condition
        revocation = [
            self._revocation(each, criteria_set) for each in self.mappings(item, "revocation", required=False)
        ]
        self.rules[criteria_set] = (conditions, revocation, item.line)

    def _condition(self, item, criteria_set, position):
        self.known_keys(item, CONDITION_KEYS)
        value_type = self.choice(item, "value_type", KINDS)
        direction = self.choice(item, "direction", Direction.values)
        is_boolean = value_type == ValueType.BOOLEAN
        if value_type and direction and is_boolean != (direction == Direction.ACHIEVED):
            self.problem(item.line_of("direction"), f"chiều “{direction}” không hợp với kiểu giá trị “{value_type}”.")
        unit = self.text(item, "unit", required=bool(value_type) and not is_boolean, longest=30)
        threshold = self.amount(item, "threshold", unit=unit)
        status = self.choice(item, "status", STATUSES)
        if is_boolean and threshold is not None:
            self.problem(item.line_of("threshold"), "điều kiện đạt/chưa đạt không có mức bằng số.")
        if value_type and not is_boolean and threshold is None and status != Verification.UNKNOWN:
            self.problem(item.line_of("status"), "chưa có mức bằng số thì “status” là unknown.")
        return Condition(
            criteria_set=criteria_set,
            code=self.text(item, "code", required=True, longest=30),
            position=position,
            name=self.text(item, "name", required=True, longest=100),
            text=self.text(item, "text", required=True),
            value_type=value_type,
            unit=unit,
            direction=direction,
            threshold=threshold,
            status=status,
            source=self.text(item, "source", required=True),
        )

    def _revocation(self, item, criteria_set):
        self.known_keys(item, {"from_percent", "below_percent", "any_of", "status", "source"})
        rule = {"from_percent": self._percent(item, "from_percent", required=True)}
        below = self._percent(item, "below_percent")
        if below is not None:
            rule["below_percent"] = below
            if rule["from_percent"] is not None and below <= rule["from_percent"]:
                self.problem(item.line_of("below_percent"), "“below_percent” phải lớn hơn “from_percent”.")
        if "any_of" in item:
            numbers, line = item["any_of"], item.line_of("any_of")
            if not isinstance(numbers, Sequence) or not numbers:
                self.problem(line, "“any_of” phải là danh sách số tiêu chí.")
                numbers = []
            rule["any_of"] = [number for number in numbers if self._criterion(criteria_set, number, line)]
        rule["status"] = self.choice(item, "status", STATUSES)
        rule["source"] = self.text(item, "source", required=True)
        return rule

    def _percent(self, item, key, *, required=False):
        value = self.whole(item, key, required=required)
        if value is not None and not 0 < value <= 100:
            self.problem(item.line_of(key), f"“{key}” phải từ 1 đến 100, đang ghi {value}.")
        return value

    # Which criterion takes up which.

    def _links(self, item):
        self.known_keys(item, {"from", "to", "status", "source", "criteria"})
        old_set, new_set = self._set(item, "from"), self._set(item, "to")
        status, source = self.choice(item, "status", STATUSES), self.text(item, "source", required=True)
        if old_set is None or new_set is None:
            return
        if old_set == new_set:
            self.problem(item.line_of("to"), "không quy đổi một bộ tiêu chí sang chính nó.")
        if (old_set, new_set) in self.links:
            self.problem(item.line_of("from"), f"quy đổi từ “{old_set.code}” sang “{new_set.code}” ghi hai lần.")
        pairs = {}
        for each in self.mappings(item, "criteria"):
            self.known_keys(each, {"new", "old"})
            new = self._criterion(new_set, each.get("new"), each.line_of("new"))
            numbers = each.get("old")
            if not isinstance(numbers, Sequence) or not numbers:
                self.problem(each.line_of("old"), "“old” phải là danh sách số tiêu chí của bộ cũ.")
                continue
            for number in numbers:
                old = self._criterion(old_set, number, each.line_of("old"))
                if new and old:
                    if (old.pk, new.pk) in pairs:
                        self.problem(
                            each.line_of("old"), f"tiêu chí cũ {number} ghi hai lần cho tiêu chí mới {new.number}."
                        )
                    pairs[old.pk, new.pk] = CriterionLink(old=old, new=new, status=status, source=source)
        self.links[old_set, new_set] = pairs

    # What people recorded stays.

    def _keep_results(self):
        for criteria_set, (conditions, _, line) in self.rules.items():
            used = Condition.objects.filter(criteria_set=criteria_set, results__isnull=False).distinct()
            for old in used:
                new = conditions.get(old.code)
                if new is None:
                    self.problem(
                        line,
                        f"bỏ điều kiện “{old.code}” của bộ “{criteria_set.code}” đang có kết quả. Giữ lại điều kiện đó.",
                    )
                elif (new.value_type, new.direction) != (old.value_type, old.direction):
                    self.problem(
                        line,
                        f"đổi kiểu của điều kiện “{old.code}” của bộ “{criteria_set.code}” đang có kết quả. Thêm điều kiện mới "
                        "với mã khác.",
                    )

    def write(self):
        for criteria_set, (conditions, revocation, _) in self.rules.items():
            old = {row.code: row for row in Condition.objects.filter(criteria_set=criteria_set)}
            for code, condition in conditions.items():
                condition.pk = old.pop(code).pk if code in old else None
                condition.save()
            Condition.objects.filter(pk__in=[row.pk for row in old.values()]).delete()
            if criteria_set.revocation != revocation:
                criteria_set.revocation = revocation
                criteria_set.save(update_fields=["revocation"])
        for (old_set, new_set), pairs in self.links.items():
            there = CriterionLink.objects.filter(old__criteria_set=old_set, new__criteria_set=new_set)
            there.exclude(pk__in=[row.pk for row in there if (row.old_id, row.new_id) in pairs]).delete()
            CriterionLink.objects.bulk_create(
                pairs.values(), update_conflicts=True, unique_fields=["old", "new"], update_fields=["status", "source"]
            )
