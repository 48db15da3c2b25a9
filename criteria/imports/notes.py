"""What a file says beside its figures, in sentences for the officer."""

from datetime import date

from criteria.imports.lines import Mapping
from ntm_tracker.vietnamese import format_date, nfc

NOTE_LABELS = {
    "warning": "Cảnh báo",
    "reading_trap": "Dễ nhầm",
    "pass_rule": "Cách xét",
    "special_rules": "Quy định riêng",
    "conditions": "Điều kiện khác",
    "recognition": "Điều kiện công nhận",
    "prerequisite": "Phải đạt trước",
    "structure_note": "Cấu trúc",
    "variants": "Biến thể",
    "national_targets": "Mục tiêu cả nước",
    "effective_note": "Hiệu lực",
    "dates_note": "Hiệu lực",
    "obsolete_note": "Hiệu lực",
    "groups_note": "Nhóm tiêu chí",
    "counts_source": "Nguồn số lượng",
    "region_source": "Nguồn phân vùng",
    "related": "Văn bản liên quan",
}
DETAIL_LABELS = {
    "rule": "Cách xét",
    "required_level_by_region": "mức phải đạt theo vùng",
    "level_1_share_percent_by_region": "tỷ lệ đạt mức độ 1 theo vùng (%)",
    "more_than_3_schools": "xã có hơn 3 trường",
    "3_schools_or_fewer": "xã có từ 3 trường trở xuống",
    "any": "mọi xã",
    "grade_1_entry_at_age_6_percent_at_least": "tỷ lệ trẻ 6 tuổi vào lớp 1 từ (%)",
    "preschool_universalisation_age_5": "phổ cập mầm non 5 tuổi",
    "primary_universalisation_level": "phổ cập tiểu học mức độ",
    "lower_secondary_universalisation_level": "phổ cập trung học cơ sở mức độ",
    "literacy_level": "xóa mù chữ mức độ",
}


def set_notes(data):
    """The notes of a set, in the order of their labels; any kind of value is taken as it is."""
    notes = []
    for key, label in NOTE_LABELS.items():
        value = data.get(key)
        for item in value if isinstance(value, list) else [value] if value else []:
            notes.append(_note(label, item))
    regions = data.get("regions")
    for region in regions if isinstance(regions, list) else []:
        if isinstance(region, Mapping) and region.get("definition"):
            notes.append({"text": f"{region.get('name')}: {region['definition']}"})
    return notes


def _note(label, item):
    if not isinstance(item, Mapping):
        return {"text": f"{label}: {nfc(str(item))}"}
    if "text" in item:
        text = item["text"]
    elif "difference" in item:
        text = f"{item.get('subject')}: {item['difference']}"
    else:
        issued_on = item.get("date")
        text = f"{item.get('number')}{f' ngày {format_date(issued_on)}' if type(issued_on) is date else ''}"
        text += f": {item['note']}" if item.get("note") else ""
    if item.get("scope"):
        text += f" (phạm vi: {item['scope']})"
    note = {"text": f"{label}: {nfc(str(text))}"}
    return note | {key: str(item[key]) for key in ("confidence", "source") if item.get(key)}


def detail(value):
    """A rule of several parts, on one line."""
    if isinstance(value, Mapping):
        return "; ".join(f"{DETAIL_LABELS.get(key, key)}: {detail(part)}" for key, part in value.items())
    if isinstance(value, list):
        return ", ".join(detail(part) for part in value)
    return str(value).rstrip(".")
