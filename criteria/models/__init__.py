"""What is measured: criteria sets, periods, and what each place reached."""

from criteria.models.figures import ReferenceFigure
from criteria.models.imports import CriterionStatement, FileImport, ReportedCount
from criteria.models.periods import Period, PeriodEvent
from criteria.models.recognition import Recognition, Target
from criteria.models.results import (
    Assessment,
    AssessmentMove,
    ConditionResult,
    CriterionResult,
    Evidence,
    IndicatorResult,
    Opinion,
    ResultChange,
    Source,
    State,
    Status,
)
from criteria.models.sets import (
    Condition,
    CriteriaSet,
    Criterion,
    CriterionLead,
    CriterionLink,
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
    "AssessmentMove",
    "Condition",
    "ConditionResult",
    "CriteriaSet",
    "Criterion",
    "CriterionLead",
    "CriterionLink",
    "CriterionResult",
    "CriterionStatement",
    "Direction",
    "Evidence",
    "FileImport",
    "Indicator",
    "IndicatorResult",
    "Opinion",
    "Period",
    "PeriodEvent",
    "Recognition",
    "ReferenceFigure",
    "ReportedCount",
    "ResultChange",
    "Source",
    "State",
    "Status",
    "Subject",
    "Target",
    "Threshold",
    "Tier",
    "ValueType",
    "Verification",
]
