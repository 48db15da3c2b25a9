"""The changes of results in words."""

from criteria.actions.results import PARTS
from criteria.models import ResultChange, Status
from ntm_tracker.vietnamese import format_number


def readable(change: ResultChange) -> ResultChange:
    """The change with what it began and ended at in words: `before_text`, `after_text`."""

    def words(facts):
        if not facts:
            return "trống"
        label = Status(facts["status"]).label
        shown = f"{_figures(facts)}, {label}" if facts["value"] is not None else label
        if facts.get("is_carried"):
            shown = f"{shown} (chưa xác nhận lại)"
        return f"{shown}; ghi chú: {facts['note']}" if facts["note"] else shown

    change.before_text, change.after_text = words(change.before), words(change.after)
    return change


def _figures(facts):
    """The value in a cell's history with the parts it was given by: '88,8888 (8/9)', 'nam 93, nữ 95'."""
    parts = {name: format_number(facts[name]) for name in PARTS if name in facts}
    if "male" in parts:
        return f"nam {parts['male']}, nữ {parts['female']}"
    value = format_number(facts["value"])
    return f"{value} ({parts['numerator']}/{parts['denominator']})" if "numerator" in parts else value
