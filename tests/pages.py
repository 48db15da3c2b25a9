"""Every page of the project with an address to look at it in the demonstration district; each sweep goes over this list.

A new address gets a line in `PAGES` (`"app:name": Page()`, with what stands in its address and behind it), or in
`NO_PAGES` the reason why there is nothing to look at. `tests/test_pages.py` misses whoever is forgotten.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from communes.models import Charge, Locality
from criteria import staging
from criteria.models import Assessment, CriterionLead, IndicatorResult, Recognition
from dashboards import demo
from directives.bodies import names_in
from directives.forms.intake import IntakeForm
from directives.models import Assignment, Directive
from directives.queries import late_agencies
from ntm_tracker import jobs, waiting
from tests.conftest import ROOT
from tests.criteria import forms
from tests.workbooks import book, upload

NOTICE = ROOT / "tests" / "directives" / "reading" / "notices" / "001.txt"
CHOICE = "?ky=2024-q1&bo=xa-ntm-2021-2025"


class District:
    """The demonstration district, with one of everything a page is about."""

    def __init__(self):
        demo.build(say=lambda line: None)
        self.read_notice()

    def read_notice(self):
        """A draft as the office has it before checking: what the reader found in a real notice."""
        form = IntakeForm({"text": NOTICE.read_text(encoding="utf-8")}, user=self.user("vanphong"))
        assert form.is_valid(), form.errors
        self.draft = form.save()

    def user(self, username):
        return get_user_model().objects.get(username=username)

    @cached_property
    def place(self):
        return Locality.objects.communes().get(name="Sơn Bình")

    @cached_property
    def sheet(self):
        """What the address of a sheet begins with."""
        return ["2024-q1", "xa-ntm-2021-2025", self.place.pk]

    @cached_property
    def assessment(self):
        return Assessment.objects.get(period__code="2024-q1", locality=self.place)

    @cached_property
    def result(self):
        """A measured value of the sheet."""
        return IndicatorResult.objects.get(
            assessment=self.assessment, indicator__criterion__number=11, opinion="verified"
        )

    @cached_property
    def indicator(self):
        return self.result.indicator

    @cached_property
    def threshold(self):
        return self.indicator.thresholds.filter(replaced_at=None).order_by("pk")[0]

    @cached_property
    def drop(self):
        """Files of Sơn Bình that were sent and not yet saved."""
        upload = SimpleUploadedFile("11_danh-sach-ho-ngheo.pdf", b"%PDF-1.4 minh hoa")
        return staging.stage(uploads=[(upload, upload.name)], assessment=self.assessment, by=self.user("vanphong"))

    def job(self, state):
        """Work of the officer that is made aside; no process is behind it."""
        token = f"{state}-job"
        folder = jobs.folder_of(token)
        folder.mkdir(parents=True, exist_ok=True)
        facts = {"by": self.user("vanphong").pk, "asked": [state], "title": "Bộ biểu, 10 biểu, huyện Tam Đường"}
        facts |= {"file_name": "bo-bieu-hop.xlsx", "back": reverse("dashboards:reports") + CHOICE}
        (folder / "job.json").write_text(json.dumps(facts), encoding="utf-8")
        jobs.tell(folder / "progress", 3, 10, "Biểu 03")
        if state == "taken-in":
            facts |= {"title": "Nhập từ tệp “bieu-01.xlsx”", "file_name": ""}
            (folder / "job.json").write_text(json.dumps(facts), encoding="utf-8")
            says = "Đã nhập từ tệp “bieu-01.xlsx”: 11.400 kết quả tiêu chí của 600 xã, mở 600 phiếu."
            jobs.Outcome(says, reverse("dashboards:matrix") + CHOICE).write(folder / "result")
        if state == "failed":
            (folder / "code").write_text("1", encoding="utf-8")
            (folder / "errors").write_text("CommandError: Không có phiếu nào.", encoding="utf-8")
        return token

    def waiting(self, name):
        """A matrix of two communes that an officer has sent: a right one, or one with a wrong cell and a name nobody knows."""
        row = [1, "Sơn Bình", "x", None, "x"] if name == "ma-tran.xlsx" else [1, "Sơn Bình", "x", "đang làm", "x"]
        other = [2, "Thèn Sin" if name == "ma-tran.xlsx" else "Thèn Xin", "x", "x", "0"]
        return waiting.keep(
            upload(book([["STT", "Tên xã", "TC1", "TC2", "TC3"], row, other]), name), by=self.user("vanphong")
        )

    @cached_property
    def visit(self):
        return self.place.visits.filter(struck_at=None).order_by("pk")[0]

    @cached_property
    def directive(self):
        return Directive.objects.exclude(pk=self.draft.pk).order_by("pk")[0]

    @cached_property
    def task(self):
        return self.directive.tasks.order_by("position")[0]

    @cached_property
    def draft_task(self):
        return self.draft.tasks.order_by("position")[0]

    @cached_property
    def name(self):
        """Words of the draft that stand for a body."""
        return next(name for task in self.draft.tasks.order_by("position") for name in names_in(task.lead_text))

    @cached_property
    def late_body(self):
        """A body with overdue work."""
        return late_agencies(self.user("vanphong"), timezone.localdate())[0][0]

    def assignment(self, **found):
        return Assignment.objects.filter(agency__locality=self.place, **found).order_by("pk")[0]


@dataclass(frozen=True)
class Page:
    """How to look at an address: what stands in it, what is asked for behind it, and who looks."""

    args: Callable[[District], list] = lambda district: []
    query: str | Callable[[District], str] = ""
    username: str = "vanphong"

    def address(self, name, district):
        query = self.query(district) if callable(self.query) else self.query
        return reverse(name, args=self.args(district)) + query


# Name to page, or to several where one address shows very different things.
PAGES: dict[str, Page | list[Page]] = {
    "accounts:login": Page(username=""),
    "accounts:signed-in": Page(),
    "accounts:password-change": Page(),
    "accounts:password-change-done": Page(),
    "accounts:security": Page(),
    "accounts:second-step-on": Page(),
    "dashboards:overview": [Page(query=CHOICE), Page(username="bcd", query="?ky=2022-12&bo=xa-ntm-2021-2025")],
    "dashboards:matrix": [
        Page(query=CHOICE),
        Page(query=lambda d: f"{CHOICE}&nhom=so-dat&o={d.place.pk}-11"),
    ],
    "dashboards:criterion": [
        Page(lambda d: [11], CHOICE),
        Page(lambda d: [17], CHOICE),
        Page(lambda d: [15], f"{CHOICE}&ct=15.3"),
    ],
    "dashboards:map": [Page(query=CHOICE), Page(query=f"{CHOICE}&xem=qua-han")],
    "dashboards:boundaries": Page(),
    "dashboards:compare": [Page(query=CHOICE), Page(query=lambda d: f"{CHOICE}&xa={d.place.pk}")],
    "dashboards:search": [Page(query="?q=son+binh"), Page(query="?q=kh%C3%B4ng+c%C3%B3+g%C3%AC"), Page()],
    "dashboards:meeting": Page(query=CHOICE),
    "dashboards:reports": [Page(query=CHOICE), Page(query=lambda d: f"{CHOICE}&noi={d.place.pk}")],
    "dashboards:job": [
        Page(lambda d: [d.job("running")]),
        Page(lambda d: [d.job("failed")]),
        Page(lambda d: [d.job("taken-in")]),
    ],
    "dashboards:import-file": Page(),
    "dashboards:import-preview": [Page(lambda d: [d.waiting("ma-tran.xlsx")]), Page(lambda d: [d.waiting("loi.xlsx")])],
    "dashboards:visit-create": Page(lambda d: [d.place.pk]),
    "dashboards:visit-edit": Page(lambda d: [d.visit.pk]),
    "dashboards:visit-strike": Page(lambda d: [d.visit.pk]),
    "dashboards:mine": [Page(username="phonggiaoduc"), Page(username="xasonbinh"), Page(username="bcd")],
    "dashboards:communes": Page(query=CHOICE),
    "dashboards:near": Page(query=CHOICE),
    "dashboards:commune": Page(lambda d: [d.place.pk], CHOICE),
    "dashboards:document-draft": [
        Page(lambda d: ["bao-cao"], lambda d: f"?van_ban={d.directive.pk}"),
        Page(lambda d: ["tinh-hinh-thang"], CHOICE, username="bcd"),
        Page(lambda d: ["don-doc"], lambda d: f"?gui={d.late_body}"),
        Page(lambda d: ["ket-luan"]),
    ],
    "dashboards:document-templates": Page(),
    "dashboards:document-template": Page(lambda d: ["bao-cao", "nha-nuoc"]),
    "dashboards:guide": Page(lambda d: ["van-phong"]),
    "criteria:reorganisations": Page(),
    "criteria:reorganise": Page(lambda d: ["sap-nhap"]),
    "criteria:sets": Page(),
    "criteria:set-import": Page(),
    "criteria:set-detail": Page(lambda d: ["xa-ntm-2021-2025"]),
    "criteria:periods": Page(),
    "criteria:period-create": Page(),
    "criteria:period": Page(lambda d: ["2024-q1"]),
    "criteria:period-edit": Page(lambda d: ["2024-q1"]),
    "criteria:period-close": Page(lambda d: ["2024-q1"]),
    "criteria:period-reopen": Page(lambda d: ["2022-12"], username="quantri"),
    "criteria:figure-edit": Page(query=CHOICE),
    "criteria:plan": Page(),
    "criteria:plan-edit": Page(),
    "criteria:recognitions": Page(),
    "criteria:recognition-create": Page(),
    "criteria:recognition-edit": Page(lambda d: [Recognition.objects.order_by("pk")[0].pk]),
    "criteria:recognition-revoke": Page(lambda d: [Recognition.objects.order_by("pk")[0].pk]),
    "criteria:set-threshold": Page(lambda d: ["xa-ntm-2021-2025", d.indicator.pk]),
    "criteria:set-threshold-enter": Page(lambda d: ["xa-ntm-2021-2025", d.indicator.pk]),
    "criteria:set-threshold-confirm": Page(lambda d: ["xa-ntm-2021-2025", d.indicator.pk, d.threshold.pk]),
    "criteria:set-threshold-add": Page(lambda d: ["xa-ntm-2021-2025", d.indicator.pk]),
    "criteria:charges": Page(),
    "criteria:charge-create": Page(),
    "criteria:charge-edit": Page(lambda d: [Charge.objects.order_by("pk")[0].pk]),
    "criteria:leads": Page(),
    "criteria:lead-create": Page(),
    "criteria:lead-edit": Page(lambda d: [CriterionLead.objects.order_by("pk")[0].pk]),
    "criteria:review": Page(query=CHOICE),
    "criteria:differences": Page(query=CHOICE),
    "criteria:sheets": Page(query=CHOICE),
    "criteria:sheets-upload": Page(lambda d: d.sheet[:2]),
    "criteria:sheets-upload-check": [
        Page(lambda d: [*d.sheet[:2], forms.returned(d)]),
        Page(lambda d: [*d.sheet[:2], forms.returned(d, changed=0)]),
    ],
    "criteria:sheet-crosswalk": Page(lambda d: ["2024-q1", "xa-ntm-2026-2030"]),
    "criteria:sheet": [Page(lambda d: d.sheet), Page(lambda d: d.sheet, username="xasonbinh")],
    "criteria:sheet-moves": Page(lambda d: d.sheet),
    "criteria:sheet-move": Page(lambda d: [*d.sheet, "gui"]),
    "criteria:cell": Page(lambda d: [*d.sheet, d.indicator.pk]),
    "criteria:column": Page(query=CHOICE),
    "criteria:evidence-list": Page(query=CHOICE),
    "criteria:evidence": Page(lambda d: [*d.sheet, d.indicator.pk]),
    "criteria:evidence-drop": Page(lambda d: d.sheet),
    "criteria:evidence-drop-check": Page(lambda d: [*d.sheet, d.drop]),
    "criteria:condition": Page(lambda d: [*d.sheet, d.assessment.criteria_set.conditions.order_by("pk")[0].code]),
    "directives:list": Page(),
    "directives:create": Page(),
    "directives:read": Page(),
    "directives:detail": [Page(lambda d: [d.directive.pk]), Page(lambda d: [d.draft.pk])],
    "directives:edit": Page(lambda d: [d.directive.pk]),
    "directives:issue": Page(lambda d: [d.draft.pk]),
    "directives:review": Page(lambda d: [d.draft.pk]),
    "directives:review-header": Page(lambda d: [d.draft.pk]),
    "directives:review-name": Page(lambda d: [d.draft.pk], lambda d: f"?{urlencode({'loi': d.name})}"),
    "directives:review-task": Page(lambda d: [d.draft.pk, d.draft_task.pk]),
    "directives:review-split": Page(lambda d: [d.draft.pk, d.draft_task.pk]),
    "directives:task-create": Page(lambda d: [d.draft.pk]),
    "directives:task-edit": Page(lambda d: [d.draft.pk, d.draft_task.pk]),
    "directives:task-delete": Page(lambda d: [d.draft.pk, d.draft_task.pk]),
    "directives:task-detail": Page(lambda d: [d.directive.pk, d.task.pk]),
    "directives:tasks": [Page(), Page(query="?loc=1"), Page(query="?xem=tong-hop")],
    "directives:assignment": [
        Page(lambda d: [d.assignment(done_on=None).pk], username="xasonbinh"),
        Page(lambda d: [d.assignment(done_on__isnull=False).pk]),
    ],
    "directives:reminders": Page(),
    "admin:index": Page(username="quantri"),
}

# Pages that show each role something else, and who looks at them too.
OTHERWISE = [
    "dashboards:overview",
    "dashboards:commune",
    "dashboards:reports",
    "criteria:plan",
    "criteria:recognitions",
    "criteria:sheets",
    "criteria:evidence-list",
    "directives:tasks",
    "directives:list",
]
OTHERS = ["xasonbinh", "phonggiaoduc", "bcd"]

TAKES_POST = "takes a POST and leads to a page"
PART = "a part of a page, fetched by its script"
FILE = "a file to keep"
NO_PAGES = {
    "healthz": "for whatever watches over the process",
    "readyz": "for whatever watches over the process",
    "dashboards:boundaries-remove": TAKES_POST,
    "dashboards:import-names": TAKES_POST,
    "dashboards:import-errors": FILE,
    "dashboards:meeting-file": FILE,
    "dashboards:document-file": FILE,
    "dashboards:document-template-file": FILE,
    "dashboards:document-template-default": FILE,
    "dashboards:document-template-drop": TAKES_POST,
    "dashboards:meeting-decisions": PART,
    "accounts:logout": TAKES_POST,
    "accounts:second-step": TAKES_POST,
    "accounts:security-change": TAKES_POST,
    "criteria:set-template": FILE,
    "criteria:recognition-file": FILE,
    "criteria:set-threshold-withdraw": TAKES_POST,
    "criteria:review-approve": TAKES_POST,
    "criteria:sheet-open": TAKES_POST,
    "criteria:sheet-inherit": TAKES_POST,
    "criteria:cell-save": TAKES_POST,
    "criteria:column-paste": "shows what was pasted, and takes a POST for it",
    "criteria:evidence-file": FILE,
    "criteria:evidence-remove": TAKES_POST,
    "criteria:sheets-download": FILE,
    "criteria:sheet-download": FILE,
    "criteria:evidence-zip": FILE,
    "criteria:evidence-zip-all": FILE,
    "criteria:evidence-zip-criterion": FILE,
    "dashboards:workbook": FILE,
    "dashboards:report-file": FILE,
    "dashboards:job-file": FILE,
    "dashboards:my-guide": "leads to the guide of the person's role",
    "directives:file": FILE,
    "directives:review-add": TAKES_POST,
    "directives:review-goals": TAKES_POST,
    "directives:review-row": PART,
    "directives:review-include": TAKES_POST,
    "directives:review-due": TAKES_POST,
    "directives:review-join": TAKES_POST,
    "directives:review-delete": TAKES_POST,
    "directives:review-restore": TAKES_POST,
    "directives:task-change": TAKES_POST,
    "directives:task-bodies": TAKES_POST,
    "directives:task-extend": TAKES_POST,
    "directives:task-withdraw": TAKES_POST,
    "directives:task-replace": TAKES_POST,
    "directives:tasks-choices": PART,
    "directives:tasks-workbook": FILE,
    "directives:assignment-progress": TAKES_POST,
    "directives:assignment-complete": "leads to the page of the part",
    "directives:assignment-confirm": TAKES_POST,
    "directives:assignment-return": TAKES_POST,
    "directives:assignment-reopen": TAKES_POST,
    "directives:assignment-extend": TAKES_POST,
    "directives:assignment-withdraw": TAKES_POST,
    "directives:assignment-unchanged": TAKES_POST,
    "directives:assignment-file": FILE,
    "directives:reminders-address": TAKES_POST,
    "directives:reminders-mail": TAKES_POST,
    "directives:calendar-create": TAKES_POST,
    "directives:calendar-revoke": TAKES_POST,
    "directives:calendar": "a feed of a calendar",
}


def every_page(district):
    """(name for people and files, username, address) of each page, those of a person together."""
    found = []
    for name, pages in PAGES.items():
        several = pages if isinstance(pages, list) else [pages]
        for number, page in enumerate(several, 1):
            label = name.replace(":", "-") + (f"-{number}" if number > 1 else "")
            found.append((label, page.username, page.address(name, district)))
    for name in OTHERWISE:
        page = PAGES[name][0] if isinstance(PAGES[name], list) else PAGES[name]
        for username in OTHERS:
            found.append((f"{name.replace(':', '-')}-{username}", username, page.address(name, district)))
    return sorted(found, key=lambda page: page[1])
