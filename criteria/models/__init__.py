"""What is measured: criteria sets, periods, and what each place reached."""

from criteria.models.results import (
    Assessment,
    CriterionResult,
    IndicatorResult,
    Opinion,
    Period,
    Recognition,
    ResultChange,
    Status,
)
from criteria.models.sets import (
    CriteriaSet,
    Criterion,
    CriterionLead,
    Direction,
    Indicator,
    Subject,
    Threshold,
    Tier,
    ValueType,
    Verification,
)

__all__ = [
    "Assessment",
    "CriteriaSet",
    "Criterion",
    "CriterionLead",
    "CriterionResult",
    "Direction",
    "Indicator",
    "IndicatorResult",
    "Opinion",
    "Period",
    "Recognition",
    "ResultChange",
    "Status",
    "Subject",
    "Threshold",
    "Tier",
    "ValueType",
    "Verification",
]
