"""The pictures of the guide are taken here, and are refused once the page they show says other words.

`make pictures` takes them anew. Beside each stands a mark of the words on the page (headings, buttons, labels, columns):
where that differs, the picture is old. Figures and dates may differ: those of the demonstration move with the day.
"""

import hashlib
import io
import json
import os
import re

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from PIL import Image

from dashboards.views.guides import GUIDES
from tests.browser.conftest import sign_in_at_once
from tests.conftest import ROOT
from tests.pages import CHOICE, District

FOLDER = ROOT / "static" / "help"
MARKS = FOLDER / "pictures.json"
WORDS = """() => [...document.querySelectorAll(
    "main h1, main h2, main h3, main th, main label, main button, main .btn, main summary, .tabs a, .topnav a"
)].filter((one) => one.checkVisibility()).map((one) => one.innerText.replace(/[\\d\\s.,/%]+/g, " ").trim())"""


# Name: who looks, at what. Those of a phone are as wide as one.
PICTURES = {
    "tong-quan": ("bcd", lambda district: reverse("dashboards:overview") + CHOICE),
    "ma-tran": ("bcd", lambda district: reverse("dashboards:matrix") + CHOICE),
    "xa": ("bcd", lambda district: reverse("dashboards:commune", args=[district.place.pk]) + CHOICE),
    "phieu-tham-dinh": ("vanphong", lambda district: reverse("criteria:sheet", args=district.sheet)),
    "ra-soat": ("vanphong", lambda district: reverse("directives:review", args=[district.draft.pk])),
    "nhiem-vu": ("vanphong", lambda district: reverse("directives:tasks")),
    "cua-toi": ("phonggiaoduc", lambda district: reverse("dashboards:mine") + CHOICE),
    "nhap-theo-chi-tieu": ("phonggiaoduc", lambda district: reverse("criteria:column") + CHOICE),
    "phieu-xa": ("xasonbinh", lambda district: reverse("criteria:sheet", args=district.sheet)),
    "minh-chung": ("xasonbinh", lambda district: reverse("criteria:evidence-drop", args=district.sheet)),
    "bao-cao-viec": (
        "xasonbinh",
        lambda district: district.assignment(done_on=None).get_absolute_url(),
    ),
    "quan-tri": ("quantri", lambda district: reverse("admin:index")),
}


def in_few_colours(picture):
    """The picture in a third of its weight: communes are far away, and a page has few colours."""
    return Image.open(io.BytesIO(picture)).convert("RGB").quantize(128, dither=Image.Dither.NONE)


def test_each_picture_of_the_guide_is_taken_and_each_taken_one_is_shown():
    text = "".join(render_to_string(f"help/{role.value}.html") for role in GUIDES)
    shown = set(re.findall(r"help/([\w-]+)\.png", text))
    assert shown == set(PICTURES) == {path.stem for path in FOLDER.glob("*.png")} == set(json.loads(MARKS.read_text()))


@pytest.mark.browser
def test_the_pictures_of_the_guide_show_the_pages_as_they_are(live_server, transactional_db, context):
    district = District()
    page = context.new_page()
    page.set_viewport_size({"width": 1100, "height": 560})
    marks, signed_in = {}, None
    for name, (person, address) in sorted(PICTURES.items(), key=lambda item: item[1][0]):
        if person != signed_in:
            sign_in_at_once(context, live_server, district.user(person))
            signed_in = person
        page.goto(live_server.url + address(district))
        words = " | ".join(sorted(set(page.evaluate(WORDS))))
        marks[name] = hashlib.sha256(words.encode()).hexdigest()[:16]
        if "PICTURES" in os.environ:
            in_few_colours(page.screenshot()).save(FOLDER / f"{name}.png", optimize=True)
    if "PICTURES" in os.environ:
        MARKS.write_text(json.dumps(marks, indent=1) + "\n")
    old = [name for name, mark in json.loads(MARKS.read_text()).items() if marks.get(name) != mark]
    assert not old, f"These pictures of the guide are old, take them anew with `make pictures`: {', '.join(old)}"
