"""The numbers and bullets that Word shows before the paragraphs of a list; the text of the file has none of them."""

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Levels of a list in Word.
DEEPEST = 9


class Numbering:
    """Counts through a document: ask `label` for each paragraph of a list, once and in order."""

    def __init__(self, numbering, styles):
        """`numbering` is the root of word/numbering.xml or None; `styles` finds a style's element by its id."""
        self._styles = styles
        self._lists, self._instances, self._counters, self._begun = {}, {}, {}, set()
        for element in numbering if numbering is not None else ():
            if element.tag == f"{W}abstractNum":
                self._lists[element.get(f"{W}abstractNumId")] = element
            elif element.tag == f"{W}num":
                self._instances[element.get(f"{W}numId")] = element

    def level_of_style(self, number, style):
        """The level that the list keeps for a paragraph style, such as 1 for Heading 2."""
        for index, level in self._levels(number).items():
            if _value(level, "pStyle") == style:
                return index
        return 0

    def label(self, number: str, depth: int) -> str:
        """'1.', 'a)', '2.1.' or '-', as it stands before the next paragraph on this level of the list."""
        levels = self._levels(number)
        if depth not in levels:
            return ""
        counters = self._count(number, depth, levels)
        level = levels[depth]
        form, pattern = _value(level, "numFmt", "decimal"), _value(level, "lvlText", "")
        if form == "none":
            return ""
        if form == "bullet":
            # The sign of a symbol font says nothing outside of it.
            return pattern if pattern in {"+", "*", "–"} else "-"
        plain = level.find(f"{W}isLgl") is not None
        for index in range(DEEPEST):
            if f"%{index + 1}" in pattern:
                above = levels.get(index)
                shown = "decimal" if plain or above is None else _value(above, "numFmt", "decimal")
                pattern = pattern.replace(f"%{index + 1}", _figure(counters.get(index, 1), shown))
        return pattern.strip()

    def _count(self, number, depth, levels):
        # Lists made of the same pattern count on where the other stopped, unless they say where to begin.
        counters = self._counters.setdefault(self._list_of(number), {})
        if number not in self._begun:
            self._begun.add(number)
            for index, start in self._restarts(number).items():
                counters[index] = start - 1
        for index in range(depth):
            counters.setdefault(index, _start(levels.get(index)))
        counters[depth] = counters[depth] + 1 if depth in counters else _start(levels[depth])
        for index in [index for index in counters if index > depth]:
            restart = _number(levels.get(index), "lvlRestart", index)
            if restart and depth < restart:
                del counters[index]
        return counters

    def _list_of(self, number):
        return _value(self._instances.get(number), "abstractNumId", "")

    def _levels(self, number):
        pattern = self._lists.get(self._list_of(number))
        linked = _value(pattern, "numStyleLink")
        if linked:
            # A list style keeps its levels with the list that the style names.
            other = self._styles(linked)
            properties = other.find(f"{W}pPr/{W}numPr") if other is not None else None
            pattern = self._lists.get(self._list_of(_value(properties, "numId")), pattern)
        levels = {_depth(level): level for level in pattern.findall(f"{W}lvl")} if pattern is not None else {}
        for override in self._overrides(number):
            if (level := override.find(f"{W}lvl")) is not None:
                levels[_depth(override)] = level
        return levels

    def _restarts(self, number):
        found = {_depth(override): _number(override, "startOverride") for override in self._overrides(number)}
        return {depth: start for depth, start in found.items() if start is not None}

    def _overrides(self, number):
        instance = self._instances.get(number)
        return instance.findall(f"{W}lvlOverride") if instance is not None else []


def _value(element, name, default=None):
    child = element.find(f"{W}{name}") if element is not None else None
    return child.get(f"{W}val", default) if child is not None else default


def _number(element, name, default=None):
    value = _value(element, name)
    return int(value) if value is not None and value.lstrip("-").isdecimal() else default


def _depth(element):
    depth = element.get(f"{W}ilvl", "")
    return int(depth) if depth.isdecimal() else 0


def _start(level):
    # A level that does not say starts at 0 by the standard, at 1 in every document seen.
    return _number(level, "start", 1)


def _figure(number, form):
    if form in {"lowerLetter", "upperLetter"} and 0 < number <= 26 * 9:
        # After z Word counts aa, bb, cc.
        letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letters if form == "lowerLetter" else letters.upper()
    if form in {"lowerRoman", "upperRoman"} and 0 < number < 4000:
        return _roman(number) if form == "upperRoman" else _roman(number).lower()
    if form == "decimalZero":
        return f"{number:02}"
    return str(number)


def _roman(number):
    signs = ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I")
    written = ""
    for value, sign in zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1), signs, strict=True):
        written += sign * (number // value)
        number %= value
    return written
