"""Whether a .docx that somebody sends may be kept and filled: bounded, without macros, and reaching for nothing outside."""

import io
import re
import zipfile

from docx.opc.constants import CONTENT_TYPE

from ntm_tracker.vietnamese import format_number

MOST_PARTS = 1_000
MOST_MB = 40
# Of one part that is read as text. The library goes over it with patterns that take long over long texts.
MOST_TEXT_MB = 2
# Parts that hold programs or other files.
_FOREIGN = re.compile(r"vbaproject|vbadata|activex|/embeddings/|afchunk|\.(?:exe|dll|js|vbs|html?|mht)$", re.IGNORECASE)
_FOREIGN_KIND = re.compile(rb"Type=[\"'][^\"']*/(?:oleObject|package|vbaProject|control|aFChunk|subDocument)[\"']")
# Fields by which Word reads files or starts programs.
_REACHING = re.compile(rb"\b(?:DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|DATABASE)\b")
_INSTRUCTION = re.compile(rb"<w:instrText[^>]*>(.*?)</w:instrText>|w:instr=\"([^\"]*)\"", re.DOTALL)
_OUTSIDE = re.compile(rb"<Relationship\b[^>]*\bTargetMode=[\"']External[\"'][^>]*>")
_HOLDS_OTHERS = "Tệp có macro hoặc tệp khác nhúng bên trong. Bỏ các phần đó, lưu lại thành .docx rồi tải lên."
# The parts with places to fill.
_FILLED = re.compile(r"word/(?:document|header\d*|footer\d*|footnotes)\.xml")
_BRACES = re.compile(r"\{\{|\}\}|\{%|%\}")


def problem_with(content: bytes) -> str:
    """What keeps the file from being a template, a sentence for the officer; '' if nothing does."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return _problem_with_parts(package)
    # NotImplementedError: compressed in a way nobody uses. RuntimeError: with a password.
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError, RuntimeError, zipfile.zlib.error):
        return "Tệp không mở được như tệp .docx (hỏng hoặc có mật khẩu). Mở bằng Word, lưu lại rồi tải lên."


def _problem_with_parts(package):
    parts = package.infolist()
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_MB << 20:
        size = format_number(unpacked / 1024 / 1024, 0)
        return f"Tệp bung ra {size} MB, {len(parts)} phần; nhiều nhất {MOST_MB} MB, {MOST_PARTS} phần. Bỏ bớt hình rồi lưu lại."
    if any(_FOREIGN.search(part.filename) for part in parts):
        return _HOLDS_OTHERS
    names = {part.filename for part in parts}
    if not {"[Content_Types].xml", "word/document.xml"} <= names:
        return "Tệp không phải là văn bản Word .docx."
    if CONTENT_TYPE.WML_DOCUMENT_MAIN.encode() not in package.read("[Content_Types].xml"):
        return "Tệp là bản mẫu hoặc bản có macro của Word (.dotx, .docm). Lưu lại thành văn bản Word .docx rồi tải lên."
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            if part.file_size > MOST_TEXT_MB << 20:
                return f"Phần chữ của tệp nặng quá {MOST_TEXT_MB} MB: mẫu dài quá. Bỏ bớt nội dung rồi tải lên."
            if problem := _problem_with_text(part.filename, package.read(part)):
                return problem
    return ""


def _problem_with_text(name, text):
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        return "Tệp chứa khai báo lạ (DOCTYPE). Mở bằng Word, lưu lại rồi tải lên."
    if name.endswith(".rels"):
        outside = _OUTSIDE.findall(text)
        if _FOREIGN_KIND.search(text):
            return _HOLDS_OTHERS
        if any(b"/hyperlink" not in one for one in outside):
            return "Tệp lấy mẫu hoặc hình từ nơi khác. Nhúng hình vào tệp, bỏ liên kết rồi tải lên."
        return ""
    if any(_REACHING.search(b"".join(found)) for found in _INSTRUCTION.findall(text)):
        return "Tệp có trường lấy dữ liệu từ tệp khác (DDE, INCLUDETEXT …). Bỏ các trường đó rồi tải lên."
    return _problem_with_braces(text) if _FILLED.fullmatch(name) else ""


def _problem_with_braces(text):
    """Each place to fill is closed before the next one opens: checked here in one go, before any pattern looks for its end."""
    words = re.sub(r"<[^>]*>", "", text.decode("utf-8", "replace"))
    opened = None
    for found in _BRACES.finditer(words):
        mark = found.group()
        if mark in ("{{", "{%"):
            if opened:
                return _unclosed(words, opened)
            opened = found
        elif opened and {"{{": "}}", "{%": "%}"}[opened.group()] == mark:
            opened = None
        else:
            return _unclosed(words, opened or found)
    return _unclosed(words, opened) if opened else ""


def _unclosed(words, found):
    near = " ".join(words[max(0, found.start() - 20) : found.end() + 40].split())
    return f"Chỗ điền gần “{near}” thiếu dấu mở hoặc đóng {{{{ }}}}, {{% %}}. Sửa rồi tải lên."
