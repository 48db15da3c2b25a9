"""The files of boundaries that officers bring."""

from django import forms
from django.core.exceptions import ValidationError

from ntm_tracker.forms import DayField, NfcCharField
from ntm_tracker.uploads import LARGEST_MB, check_size, clean_name, extension

GEOJSON = (".geojson", ".json")


def check_geojson(file):
    """Raise ValidationError unless the name and size are those of a GeoJSON file; its content is read afterwards."""
    check_size(file, "Giản lược đường ranh giới trong phần mềm bản đồ hoặc tách tệp theo huyện.")
    if extension(file.name) not in GEOJSON:
        raise ValidationError(
            f"Không nhận tệp “{clean_name(file.name)}”. Xuất lớp ranh giới thành GeoJSON (.geojson hoặc .json); với "
            "shapefile, mở bằng QGIS rồi lưu thành GeoJSON."
        )


class BoundaryFileForm(forms.Form):
    file = forms.FileField(
        label="Tệp ranh giới (GeoJSON)",
        validators=[check_geojson],
        widget=forms.FileInput({"accept": ",".join(GEOJSON)}),
        help_text=f"Tệp .geojson hoặc .json, hệ tọa độ WGS 84 (độ); nhiều nhất {LARGEST_MB} MB.",
        error_messages={"required": "Chọn tệp ranh giới.", "empty": "Tệp trống. Chọn tệp khác."},
    )
    source = NfcCharField(
        label="Nguồn ranh giới",
        max_length=200,
        help_text="Ghi dưới bản đồ. Ví dụ: Bản đồ địa giới hành chính 364, Sở Nông nghiệp và Môi trường, 2025",
        error_messages={"required": "Ghi nguồn ranh giới: cơ quan, bản đồ, năm."},
    )
    day = DayField(
        label="Địa giới tại ngày",
        help_text="So với danh sách xã của ngày này: mã cũ đã được dùng lại cho xã khác từ 01/7/2025.",
        error_messages={"required": "Nhập ngày, ví dụ 01/07/2025."},
    )
