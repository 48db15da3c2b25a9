"""A set as a file gives it, before anything is written."""

from dataclasses import dataclass, field
from pathlib import Path

from criteria.models import CriteriaSet

COMPLETENESS = {
    "name_only": "Tệp mới có tên bộ tiêu chí.",
    "titles_only": "Tệp mới có tên các tiêu chí.",
    "titles_and_partial_indicators": "Tệp mới có tên các tiêu chí và một phần chỉ tiêu.",
    "partial": "Tệp mới có một phần nội dung.",
}


@dataclass
class Draft:
    """A set as a file gives it: unsaved objects, each criterion with its indicators, each with its thresholds."""

    path: Path
    criteria_set: CriteriaSet
    requires: str
    requires_line: int
    criteria: list = field(default_factory=list)
    # Numbers of the criteria that have indicators, though not all of them.
    unfinished: list = field(default_factory=list)

    @property
    def indicators(self):
        """The indicators in their first wording."""
        return [i for _, indicators in self.criteria for i, _ in indicators if i.since_on is None]

    def why_incomplete(self, completeness):
        """Why the set cannot be assessed yet, in a sentence; '' if it can."""
        criteria_set, indicators = self.criteria_set, self.indicators
        reasons = []
        if completeness:
            reasons.append(COMPLETENESS.get(str(completeness).split(" ")[0], f"Tệp ghi: {completeness}."))
        if not self.criteria:
            reasons.append("Chưa có tiêu chí nào.")
        elif criteria_set.expected_criteria and len(self.criteria) < criteria_set.expected_criteria:
            reasons.append(f"Mới có {len(self.criteria)} trên {criteria_set.expected_criteria} tiêu chí.")
        if criteria_set.expected_indicators and len(indicators) < criteria_set.expected_indicators:
            reasons.append(f"Mới có {len(indicators)} trên {criteria_set.expected_indicators} chỉ tiêu.")
        empty = [str(criterion.number) for criterion, read in self.criteria if not read]
        if empty:
            reasons.append(f"Chưa có chỉ tiêu: tiêu chí {', '.join(empty)}.")
        if self.unfinished:
            reasons.append(f"Chưa đủ chỉ tiêu: tiêu chí {', '.join(map(str, self.unfinished))}.")
        if not all(indicator.code for indicator in indicators):
            reasons.append("Có chỉ tiêu chưa rõ số hiệu.")
        return " ".join(reasons)[:300]
