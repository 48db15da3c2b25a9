"""The logs as workbooks."""

from django.utils import timezone

from ntm_tracker.spreadsheet.writing import CENTRE, NUMBER, TEXT, Column, Sheet, download, start_workbook

# Of more rows an administrator takes a day or a person at a time.
MOST_ROWS = 50_000
_WIDTHS = {"at": 18, "last_at": 18, "kind": 20, "user": 28, "by": 28, "path": 70, "page": 30, "browser": 60}
_KINDS = {"at": CENTRE, "last_at": CENTRE, "times": NUMBER}


def log_workbook(rows, names, *, by):
    """The rows of a log, with the fields named, as an .xlsx to take away."""
    model = rows.model
    title = model._meta.verbose_name_plural
    book = start_workbook(title=title.capitalize(), author=by.get_full_name())
    fields = [model._meta.get_field(name) for name in names]
    columns = [
        Column(field.verbose_name.capitalize(), _WIDTHS.get(field.name, 16), _KINDS.get(field.name, TEXT))
        for field in fields
    ]
    lines = [f"Người lập: {by.get_full_name()}, lập lúc {timezone.localtime():%H:%M %d/%m/%Y}"]
    if (count := rows.count()) > MOST_ROWS:
        lines.append(f"Có {count} dòng, tệp này chỉ giữ {MOST_ROWS} dòng mới nhất: lọc theo ngày hoặc người để lấy đủ.")
    sheet = Sheet(book, "Nhật ký", columns, title=title.upper(), subtitles=lines)
    for row in rows[:MOST_ROWS].iterator(chunk_size=2000):
        sheet.row([_shown(row, field) for field in fields])
    name = f"nhat-ky-{model._meta.model_name}-{timezone.localdate():%Y-%m-%d}.xlsx"
    return download(book, name)


def _shown(row, field):
    if field.choices:
        return getattr(row, f"get_{field.name}_display")()
    value = getattr(row, field.name)
    if field.get_internal_type() == "DateTimeField":
        return f"{timezone.localtime(value):%d/%m/%Y %H:%M:%S}"
    return value if isinstance(value, int) else str(value or "")
