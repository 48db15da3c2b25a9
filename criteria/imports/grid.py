"""A workbook as it was uploaded: the cells of its sheets as text, with every cell that cannot be taken told by address."""

import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from ntm_tracker.vietnamese import fold, format_date, nfc

# A set has a few hundred lines; what unpacks to more than this is no set.
MOST_ROWS, MOST_COLUMNS, MOST_BYTES = 2000, 60, 60 * 1024 * 1024


@dataclass(frozen=True)
class Cell:
    """One cell: its text, and whether the workbook holds it as a number."""

    text: str = ""
    is_number: bool = False


NOTHING = Cell()


@dataclass
class Grid:
    """The cells of the sheets that are wanted, by sheet, row and column."""

    sheets: dict[str, dict[tuple[int, int], Cell]]
    problems: list[str] = field(default_factory=list)

    def cell(self, sheet, row, column) -> Cell:
        return self.sheets[sheet].get((row, column), NOTHING)

    def last_row(self, sheet) -> int:
        return max((row for row, _ in self.sheets[sheet]), default=0)

    def last_column(self, sheet) -> int:
        return max((column for _, column in self.sheets[sheet]), default=0)

    def packed(self) -> dict:
        """What a page carries from the preview to the confirmation."""
        return {
            sheet: [[row, column, cell.text, cell.is_number] for (row, column), cell in cells.items()]
            for sheet, cells in self.sheets.items()
        }

    @classmethod
    def unpacked(cls, data):
        return cls(
            {
                sheet: {(row, column): Cell(text, is_number) for row, column, text, is_number in cells}
                for sheet, cells in data.items()
            }
        )


def at(sheet, row, column) -> str:
    return f"trang “{sheet}”, ô {get_column_letter(column)}{row}"


def read_grid(file, sheets) -> Grid:
    """The sheets of the names given (however they are accented), with every problem; nothing in it raises."""
    grid = Grid({sheet: {} for sheet in sheets})
    try:
        with zipfile.ZipFile(file) as package:
            if sum(part.file_size for part in package.infolist()) > MOST_BYTES:
                grid.problems.append("Tệp giải nén ra quá lớn. Chép nội dung sang tệp mẫu tải từ trang này.")
                return grid
        file.seek(0)
        workbook = load_workbook(file)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, OSError, EOFError):
        grid.problems.append("Không đọc được tệp Excel. Mở tệp, lưu lại dạng .xlsx rồi tải lên.")
        return grid
    named = {fold(sheet.title): sheet for sheet in workbook.worksheets}
    for name in sheets:
        sheet = named.get(fold(name))
        if sheet is None:
            there = ", ".join(f"“{title}”" for title in workbook.sheetnames[:5])
            grid.problems.append(f"Không có trang “{name}” (tệp có {there}). Dùng tệp mẫu tải từ trang này.")
            continue
        _read_sheet(sheet, name, grid)
    return grid


def _read_sheet(sheet, name, grid):
    if sheet.max_row > MOST_ROWS or sheet.max_column > MOST_COLUMNS:
        grid.problems.append(
            f"trang “{name}” dài {sheet.max_row} dòng, {sheet.max_column} cột; nhiều nhất {MOST_ROWS} dòng, "
            f"{MOST_COLUMNS} cột. Xóa các dòng, cột trống ở cuối."
        )
        return
    for merged in sheet.merged_cells.ranges:
        grid.problems.append(f"trang “{name}”, ô {merged.coord}: ô gộp. Bỏ gộp ô và ghi vào từng dòng.")
    for line in sheet.iter_rows():
        for cell in line:
            if cell.value is None:
                continue
            where = at(name, cell.row, cell.column)
            if cell.data_type == "f":
                grid.problems.append(f"{where}: có công thức. Chép rồi dán lại dạng giá trị (Paste Values).")
            elif cell.data_type == "e":
                grid.problems.append(f"{where}: giá trị lỗi {cell.value}. Sửa ô này.")
            else:
                read = _cell(cell)
                if read.text:
                    grid.sheets[name][cell.row, cell.column] = read


def _cell(cell) -> Cell:
    value = cell.value
    if isinstance(value, bool):
        return Cell("x" if value else "")
    if isinstance(value, int | float):
        number = Decimal(repr(value))
        # Excel keeps 90 % as 0.9 and shows the sign.
        if "%" in cell.number_format:
            number *= 100
        return Cell(format(number.normalize() if number else number, "f"), True)
    if isinstance(value, datetime):
        return Cell(format_date(value.date()))
    if isinstance(value, date):
        return Cell(format_date(value))
    return Cell(nfc(str(value)))
