"""The five real notices, each from its text or file through the screen to its tasks handed out."""

import json
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from dashboards import demo
from directives.models import Assignment, Directive
from directives.reading import read
from tests.browser.conftest import sign_in
from tests.directives.files.making import docx, p
from tests.directives.reading.test_notices import NOTICES

# A body of the demonstration, for what only somebody who knows the place could say.
STAND_IN = "UBND huyện"


@pytest.fixture
def district(live_server, transactional_db):
    demo.build(say=lambda line: None)


def given(page, way, stem, text):
    """The notice given to the screen: pasted, as a text file, or as a Word document."""
    page.goto(reverse("directives:read"))
    if way == "pasted":
        page.get_by_label("Nội dung văn bản").fill(text)
    else:
        content = text.encode() if way == "txt" else docx("".join(p(line) for line in text.splitlines()))
        name = f"thong-bao-{stem}.{way}"
        page.get_by_label("hoặc tệp văn bản").set_input_files(
            {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        )
    page.get_by_role("button", name="Đọc văn bản").click()


def row_of(element):
    """The id of the row an element stands in."""
    return element.locator("xpath=ancestor::tbody").get_attribute("id")


@contextmanager
def renewed(page):
    """Wait until the whole table has been put anew, as no person is quick enough to press in between."""
    page.locator(".review-row").first.evaluate("row => { row.dataset.old = '1'; }")
    yield
    expect(page.locator("[data-old]")).to_have_count(0)


def answer_for_every_lead(page):
    """Say who is meant wherever the page asks: once for each name, and for each task that names nobody."""
    asked = page.locator(".review-row .c-who a.open.must-look")
    while asked.count():
        number = row_of(asked.first)
        asked.first.click()
        form = page.locator(f"#{number} form")
        box = form.get_by_role("checkbox", name=STAND_IN, exact=True)
        expect(box).to_be_visible()
        # What the page proposes stays; where it proposes nothing, somebody has to say.
        if not form.locator("[name=agencies]:checked").count():
            box.check()
        with renewed(page):
            form.get_by_role("button", name="Ghi cho").click()
    nobody = page.locator(".review-row .c-who a.must-look:not(.open)")
    while nobody.count():
        number = row_of(nobody.first)
        nobody.first.click()
        form = page.locator(f"#{number} form[data-editor]")
        # The form opens at what was pressed: the boxes of the leads.
        form.locator("details[open]").get_by_role("checkbox", name=STAND_IN, exact=True).check()
        form.get_by_role("button", name="Lưu nhiệm vụ").click()
        expect(form).to_have_count(0)


@pytest.mark.parametrize(
    ("stem", "way"), [("000", "pasted"), ("001", "docx"), ("002", "pasted"), ("003", "txt"), ("004", "docx")]
)
def test_a_real_notice_goes_through_the_screen_to_tasks_handed_out(page, district, stem, way):
    text = (NOTICES / f"{stem}.txt").read_text(encoding="utf-8")
    sign_in(page, "vanphong")
    given(page, way, stem, text)
    found = len(read(text.replace("**", "")).tasks)
    rows = page.locator(".review-row")
    expect(rows).to_have_count(found)
    draft = Directive.objects.latest("pk")
    # What no officer would leave open: who issued it, and its title.
    for label, words in (("Cơ quan ban hành", "Ban Chỉ đạo huyện"), ("Trích yếu", "Văn bản đọc thử")):
        field = page.locator("#review-header").get_by_label(label)
        if not field.input_value():
            field.fill(words)
            field.blur()
            expect(page.locator("#review-header .saved")).to_be_visible()
    answer_for_every_lead(page)
    boxes = page.locator(".review-row .tick [type=checkbox]")
    for index in range(found):
        if not boxes.nth(index).is_checked():
            boxes.nth(index).check()
            expect(rows.nth(index).locator(".count")).not_to_have_text("–")
    assert not Assignment.objects.filter(task__directive=draft).exists()
    foot = page.locator("#review-foot").get_by_role("link", name=f"Giao {found} nhiệm vụ")
    promised = foot.inner_text()
    foot.click()
    page.get_by_role("button", name=promised).click()
    expect(page.get_by_text(f"Đã {promised[0].lower()}{promised[1:]}")).to_be_visible()
    work = Assignment.objects.filter(task__directive=draft)
    assert f"{found} nhiệm vụ, {work.count()} phần việc" in promised
    # Each task is a quotation, and where it stands is known.
    draft.refresh_from_db()
    for task in draft.tasks.all():
        assert task.assigned_at
        assert " ".join(draft.text[task.start : task.end].split()) == task.text
        assert task.text in " ".join(text.replace("**", "").split())


def test_what_is_handed_out_of_notice_003_is_what_its_labels_say(page, district):
    text = (NOTICES / "003.txt").read_text(encoding="utf-8")
    labels = json.loads((Path(NOTICES) / "gold" / "003.gold.json").read_text(encoding="utf-8"))
    sign_in(page, "vanphong")
    given(page, "pasted", "003", text)
    answer_for_every_lead(page)
    drafts = {task.position: task for task in Directive.objects.latest("pk").tasks.all()}
    assert len(drafts) == len(labels["tasks"])
    for label in labels["tasks"]:
        due = label["deadline"]["due"]
        draft = drafts[label["id"]]
        if label["deadline"]["recurrence"] == "monthly:25":
            assert (draft.due_on.isoformat(), draft.repeats) == ("2024-04-25", "monthly")
        else:
            assert (draft.due_on and draft.due_on.isoformat()) == due
