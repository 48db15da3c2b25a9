"""The head of an official paper: a State office's by Nghị định 30/2020/NĐ-CP, a Party office's by the Party's own rules."""

STATE, PARTY = "state", "party"


def letterhead_of(settings):
    """The lines of the office's letterhead: height in points, and left and right (text, look of xlsxwriter)."""
    regular, bold = {"font_size": 12}, {"font_size": 12, "bold": True}
    parent, body = settings.OFFICE_PARENT, settings.OFFICE_BODY
    if settings.OFFICE_LETTERHEAD == PARTY:
        yield 19, (parent, regular), ("ĐẢNG CỘNG SẢN VIỆT NAM", {"font_size": 13, "bold": True, "underline": 1})
        yield 17, (body, bold), ("", regular)
        yield 14, ("*" if body else "", regular), ("", regular)
        return
    yield 17, (parent, regular), ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold)
    # The rule under the motto is as long as its text (Nghị định 30/2020/NĐ-CP, Phụ lục I).
    yield 19, (body, bold), ("Độc lập - Tự do - Hạnh phúc", {"font_size": 13, "bold": True, "underline": 1})
    yield 11, ("⎯" * 9 if body else "", {"font_size": 8}), ("", regular)
