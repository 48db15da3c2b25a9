"""What a file may say: the keys at each level, and the values that the models do not list as such."""

from communes.models import Locality, Region
from criteria.models import Indicator, ValueType, Verification

ZONES = {*Region.values, *(code for code, _ in Locality._meta.get_field("commune_group").choices)}
NUMERIC = {kind for kind in ValueType if Indicator(value_type=kind).is_numeric}
TEXT_STATUSES = {Verification.VERIFIED, Verification.PARTLY_VERIFIED, Verification.RECALLED}


# The units a figure may be given in; a share is in "%", "% số xã" and the like.
UNITS = (
    "triệu đồng/người/năm", "triệu đồng", "tỷ đồng", "đồng", "người", "hộ", "nhà", "thôn", "xã", "km", "m", "m2", "m2/người",
    "ha", "m3", "lít", "lít/người/ngày", "kg", "tấn", "kWh", "trường", "lớp", "phòng học", "mô hình", "sản phẩm",
    "hợp tác xã", "tổ hợp tác", "doanh nghiệp", "lĩnh vực", "công trình", "điểm", "điểm dân cư", "câu lạc bộ", "vườn", "cây",
    "vụ", "vụ việc", "lần", "năm", "tháng", "ngày", "giờ", "văn bản", "nội dung", "tiêu chí", "chỉ tiêu", "máy", "thiết bị",
    "bác sĩ", "giường bệnh", "bác sĩ/vạn dân", "camera", "tổ", "đội",
)  # fmt: skip


def is_known_unit(unit, *, is_share) -> bool:
    return unit == "%" or unit.startswith("% ") if is_share else unit in UNITS


def _words(text):
    return frozenset(text.split())


# What a file may say at each level; anything else is a slip of the keyboard that would otherwise be lost in silence.
SET_KEYS = _words(
    "code name short_name bands legal_basis related annex amendments_applied amendments_recorded subject tier "
    "effective_from effective_to effective_note dates_note obsolete_note completeness expected_counts counts_source "
    "indicator_term structure_note depends_on prerequisite pass_rule recognition conditions variants special_rules "
    "national_targets region_kind region_source regions groups groups_note warning reading_trap criteria"
)
CRITERION_KEYS = _words(
    "number name short_name group name_status name_source lead_agency indicator_count_recalled indicators_complete "
    "indicators"
)
INDICATOR_KEYS = _words(
    "code code_status text value_type unit direction threshold threshold_by_region threshold_by_year threshold_detail "
    "candidate_threshold_unconfirmed delegated content_delegated notes confidence text_status threshold_status source "
    "amended"
)
AMENDED_KEYS = {*INDICATOR_KEYS, "number", "date", "code_mapping"} - {"code", "code_status", "amended"}
# What an amended wording takes from the original where it says nothing itself.
INHERITED_KEYS = ("text", "value_type", "unit", "direction", "delegated")
