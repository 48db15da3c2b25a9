"""YAML with the number of the line each thing stands on."""

from datetime import date
from decimal import Decimal, InvalidOperation

import yaml


class Mapping(dict):
    """A YAML mapping that knows the line of each key."""

    def __init__(self, line):
        super().__init__()
        self.line, self.lines = line, {}

    def line_of(self, key):
        return self.lines.get(key, self.line)


class Sequence(list):
    """A YAML list that knows the line of each item."""

    def __init__(self):
        super().__init__()
        self.lines = []


class LineLoader(yaml.SafeLoader):
    """Keeps line numbers and exact decimals, and leaves a day that is not in the calendar as the text it is."""

    def __init__(self, stream):
        super().__init__(stream)
        self.problems = []

    def read_mapping(self, node):
        mapping = Mapping(node.start_mark.line + 1)
        yield mapping
        for key_node, value_node in node.value:
            key, line = self.construct_object(key_node, deep=True), key_node.start_mark.line + 1
            if not isinstance(key, str | int):
                self.problems.append((line, "khóa phải là một từ hoặc một số"))
                continue
            if key in mapping:
                self.problems.append((line, f"khóa “{key}” ghi hai lần"))
            mapping[key], mapping.lines[key] = self.construct_object(value_node, deep=True), line

    def read_sequence(self, node):
        sequence = Sequence()
        yield sequence
        for item in node.value:
            sequence.append(self.construct_object(item, deep=True))
            sequence.lines.append(item.start_mark.line + 1)

    def read_decimal(self, node):
        try:
            number = Decimal(node.value)
        except InvalidOperation:
            return node.value
        return number if number.is_finite() else node.value

    def read_day(self, node):
        try:
            return date.fromisoformat(node.value)
        except ValueError:
            return node.value


LineLoader.add_constructor("tag:yaml.org,2002:map", LineLoader.read_mapping)
LineLoader.add_constructor("tag:yaml.org,2002:seq", LineLoader.read_sequence)
LineLoader.add_constructor("tag:yaml.org,2002:float", LineLoader.read_decimal)
LineLoader.add_constructor("tag:yaml.org,2002:timestamp", LineLoader.read_day)
