"""The values of one file, each of the kind its key asks for."""

from datetime import date
from decimal import Decimal

import yaml

from criteria.imports.lines import LineLoader, Mapping, Sequence
from ntm_tracker.vietnamese import nfc


class ValueReader:
    """Reads values from one file and collects every problem in it by line."""

    def __init__(self, path):
        self.path, self.problems = path, []

    def problem(self, line, text):
        self.problems.append(f"tệp {self.path.name}, dòng {line}: {text}")

    def load(self):
        """The mapping that the file holds, or None if it holds none."""
        try:
            content = self.path.read_bytes()
            loader = LineLoader(content.decode("utf-8-sig"))
            data = loader.get_single_data()
        except OSError as error:
            self.problems.append(f"tệp {self.path}: không mở được ({error.strerror}).")
            return None
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            self.problem(line, "chữ không ở bảng mã UTF-8. Lưu lại tệp với bảng mã UTF-8.")
            return None
        except yaml.reader.ReaderError as error:
            # The position counts characters, of which a Vietnamese one takes several bytes.
            line = content.decode().count("\n", 0, error.position) + 1
            self.problem(line, "có ký tự không được phép trong tệp YAML.")
            return None
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self.problem(mark.line + 1 if mark else 1, f"không đúng cú pháp YAML ({error.problem or error.context}).")
            return None
        for line, text in loader.problems:
            self.problem(line, f"{text}.")
        if not isinstance(data, Mapping):
            self.problem(1, "tệp không có nội dung của một bộ tiêu chí.")
            return None
        return data

    # One value of a mapping. Where the file is wrong, each tells the problem and answers as if nothing stood there.

    def known_keys(self, data, keys):
        for key in data:
            if key not in keys:
                self.problem(data.line_of(key), f"không biết khóa “{key}”. Xem lại chính tả.")

    def text(self, data, key, *, required=False, longest=None):
        value = data.get(key)
        if value is None or value == "":
            if required:
                self.problem(data.line_of(key), f"thiếu “{key}”.")
            return ""
        if not isinstance(value, str):
            self.problem(data.line_of(key), f"“{key}” phải là chữ (đặt trong dấu nháy), đang ghi {shown(value)}.")
            return ""
        value = nfc(value)
        if longest and len(value) > longest:
            self.problem(data.line_of(key), f"“{key}” dài {len(value)} ký tự, nhiều nhất {longest}.")
        return value

    def choice(self, data, key, choices):
        value = data.get(key)
        if value in [str(choice) for choice in choices]:
            return value
        if value is None:
            self.problem(data.line_of(key), f"thiếu “{key}”.")
        else:
            listed = ", ".join(sorted(map(str, choices)))
            self.problem(data.line_of(key), f"“{key}” không nhận giá trị {shown(value)}; chọn một trong: {listed}.")
        return None

    def flag(self, data, key, default=False):
        value = data.get(key, default)
        if not isinstance(value, bool):
            self.problem(data.line_of(key), f"“{key}” phải là true hoặc false, đang ghi {shown(value)}.")
            return default
        return value

    def whole(self, data, key, *, required=False):
        value = data.get(key)
        if value is None and not required:
            return None
        if type(value) is not int or not 0 <= value <= 1000:
            self.problem(data.line_of(key), f"“{key}” phải là số nguyên không âm, đang ghi {shown(value)}.")
            return None
        return value

    def day(self, data, key, *, required=False):
        value = data.get(key)
        if value is None and not required:
            return None
        if type(value) is not date:
            self.problem(
                data.line_of(key), f"“{key}” phải là ngày có thật dạng năm-tháng-ngày, đang ghi {shown(value)}."
            )
            return None
        return value

    def amount(self, data, key, *, unit):
        """A threshold: a number that fits the table, or None."""
        value, line = data.get(key), data.line_of(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            self.problem(line, f"mức “{key}” phải là số, đang ghi {shown(value)}.")
            return None
        value = Decimal(value)
        if value < 0 or value >= 10**10 or value != round(value, 4):
            self.problem(line, f"mức “{key}” phải từ 0 đến dưới 10 tỷ, nhiều nhất 4 chữ số thập phân.")
            return None
        if unit == "%" and value > 100:
            self.problem(line, f"mức “{key}” là {value} %, quá 100 %.")
            return None
        return value

    def mappings(self, data, key, *, required=True):
        """The items of a list of mappings."""
        value = data.get(key)
        if value is None and not required:
            return []
        if not isinstance(value, Sequence):
            self.problem(data.line_of(key), f"thiếu “{key}” hoặc “{key}” không phải là danh sách.")
            return []
        items = []
        for item, line in zip(value, value.lines, strict=True):
            if isinstance(item, Mapping):
                items.append(item)
            else:
                self.problem(line, f"mỗi mục của “{key}” phải gồm các khóa và giá trị.")
        return items


def shown(value):
    """A wrong value as a problem quotes it."""
    if value is None:
        return "trống"
    text = str(value)
    return f"“{text}”" if len(text) <= 40 else f"“{text[:40]}…”"
