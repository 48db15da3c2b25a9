"""Nobody overwrites what they have not seen: a sweep over every edit form of the application.

Every named address must be known here: one that only reads answers 405 to a POST, one that edits an existing row has a
case, any other says why it needs none. A new page that is none of these makes the sweep fail.

A case is two people at the same form. Both open it, the first saves, the second saves something else: refused, the
first one's value stands, the page shows both. Saved again knowingly, the second one's value stands.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import pytest
from django.contrib import admin
from django.db import connections
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django.utils.html import escape

from accounts.models import Role, User
from communes.models import BodyAlias, Charge
from criteria.models import IndicatorResult, ReferenceFigure, Target
from directives.models import Task
from ntm_tracker.vietnamese import format_date
from tests import factories
from tests.directives.factories import District, draft, issued, task
from tests.reading import fields_of

# -- which pages there are --------------------------------------------------------------------------------------------

# Addresses that take a POST but overwrite nothing a person could have seen otherwise: why not.
EXEMPT = {
    "accounts:login": "signs in",
    "accounts:logout": "signs out",
    "accounts:password-change": "asks for the old password, which only its owner knows; nobody else's value is on the page",
    "accounts:second-step": "signs in",
    "accounts:second-step-on": "turns on what only its owner sees",
    "accounts:security-change": "asks for the own password; what it changes is the person's alone",
    "criteria:charge-create": "creates",
    "criteria:lead-create": "creates",
    "criteria:column-paste": "shows what a paste would write and writes nothing",
    "criteria:sheet-open": "opens sheets that are not there yet",
    "criteria:reorganise": "ends places that still stand, under a lock; a second time nothing happens (criteria/test_reorganise)",
    "criteria:sheet-inherit": "fills cells nobody has entered anything in; the others stay (criteria/test_succession)",
    "criteria:sheet-move": "moves a sheet only from where it was shown, by its token (criteria/test_states)",
    "criteria:recognition-create": "creates",
    "criteria:evidence": "adds files beside those that are there",
    "criteria:evidence-remove": "takes one file off once; a second time it says who did before (criteria/test_evidence)",
    "criteria:evidence-drop": "keeps files aside for the person alone",
    "criteria:evidence-drop-check": "adds the files kept aside; a name that is taken meanwhile is refused (test_evidence)",
    "criteria:sheets-upload": "keeps a form aside for the person alone",
    "criteria:sheets-upload-check": "writes cells only as they stood in the form that was taken, by the token of each; one "
    "changed meanwhile is shown with both values (criteria/test_offline)",
    "criteria:period-create": "creates",
    "criteria:review-approve": "approves sheets only as they were listed, by their tokens (criteria/test_review)",
    "criteria:period-close": "closes once, and only over the unapproved sheets it listed (criteria/test_periods)",
    "criteria:period-reopen": "opens what is closed once; the closing stays in the log",
    "criteria:sheet-crosswalk": "fills empty cells, and only as previewed, by its token (criteria/test_crosswalk)",
    "criteria:set-import": "adds a set beside the others; a code that was taken meanwhile is refused (test_set_import)",
    "criteria:set-threshold-add": "adds a row; one that would stand beside another for the same years is refused by name",
    "criteria:set-threshold-confirm": "replaces just the row of its address; a row replaced meanwhile is refused and both "
    "values shown (criteria/test_thresholds)",
    "criteria:set-threshold-enter": "adds the row that is missing; where one came meanwhile it is refused by name",
    "criteria:set-threshold-withdraw": "withdraws just the row of its address, once",
    "dashboards:visit-create": "creates",
    "dashboards:boundaries": "replaces boundaries only as they were listed, by their mark (communes/test_boundaries)",
    "dashboards:boundaries-remove": "takes off only what came with the upload of its address, once (test_boundaries)",
    "dashboards:import-file": "keeps a file aside for the person alone",
    "dashboards:import-preview": "takes in only what was shown, by its mark (dashboards/test_imports)",
    "dashboards:import-names": "remembers whom a name means; where it meant another place, the newer word counts",
    "dashboards:document-template": "replaces only the template that was shown, by its number, and keeps it "
    "(dashboards/test_document_templates)",
    "dashboards:document-template-drop": "takes off only the template that was shown, by its number, and keeps it "
    "(dashboards/test_document_templates)",
    "dashboards:meeting-decisions": "creates",
    "directives:create": "creates",
    "directives:issue": "hands out a draft once; a second time it is refused (test_actions)",
    "directives:read": "creates",
    "directives:review-add": "creates",
    "directives:review-include": "sets one box: who turns it from what was shown wants what another already set",
    "directives:review-due": "writes a deadline only where none is, and only the day that was shown (directives/test_review)",
    "directives:review-split": "cuts a task only as it was shown, by its mark (directives/test_drafting)",
    "directives:review-join": "joins two tasks only as they were shown, by their mark (directives/test_drafting)",
    "directives:review-delete": "deletes a task of a draft after showing it; it can be brought back",
    "directives:review-restore": "brings a dropped task back once; where its words were added again meanwhile it is refused "
    "(directives/test_drafting)",
    "directives:review-name": "adds bodies to tasks; a name remembered otherwise meanwhile is refused and both shown, by "
    "its mark (directives/test_drafting)",
    "directives:review-goals": "adds targets beside those that are there",
    "directives:task-create": "creates",
    "directives:task-delete": "deletes a task of a draft after showing it",
    "directives:assignment-progress": "adds a report beside the earlier ones, which stay in the history",
    "directives:assignment-complete": "closes an open assignment once; a second report is refused and shown (test_actions)",
    "directives:assignment-confirm": "confirms once, and only the report that was shown, by its mark (directives/test_steps)",
    "directives:assignment-return": "sends back once, and only the report that was shown, by its mark (directives/test_steps)",
    "directives:assignment-reopen": "takes a report back once; the report stays in the history",
    "directives:reminders-mail": "sets the person's own switch to what the button says; nobody else's value is on the page",
    "directives:reminders-address": "saves the person's own address only over the one that was shown, which an administrator "
    "may have changed (directives/test_bell)",
    "directives:calendar-create": "creates a person's own address; the one before is kept as revoked",
    "directives:calendar-revoke": "revokes just the person's own address that was shown, once",
    "directives:assignment-extend": "moves the date only from where it was shown, by its mark (directives/test_steps)",
    "directives:assignment-withdraw": "withdraws once what is open, and only as it was shown, by its mark",
    "directives:assignment-unchanged": "adds an answer to the history",
    "directives:task-bodies": "adds bodies; those that have the task are refused by name",
    "directives:task-extend": "moves dates only from where they were shown, by a mark (directives/test_following)",
    "directives:task-withdraw": "withdraws once; a second time it says since when it is",
    "directives:task-replace": "replaces once; a second time it says since when it is withdrawn",
}


def addresses(patterns=None, namespace=""):
    """Every pattern of our own applications, with its name."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":
                yield from addresses(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else namespace)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", pattern


def only_reads(name, pattern, people):
    """Whether the address answers 405 to a POST of everybody whom it does not turn away."""
    given = {
        parameter: 0 if "Int" in type(kind).__name__ else "x" for parameter, kind in pattern.pattern.converters.items()
    }
    answers = {signed_in(person).post(reverse(name, kwargs=given)).status_code for person in people}
    return 405 in answers and answers <= {403, 405}


def test_every_page_that_takes_a_post_is_a_case_or_says_why_not(db):
    place = factories.district()
    people = [factories.user(role, place) for role in Role.values]
    known = {name: only_reads(name, pattern, people) for name, pattern in addresses()}
    missing = [name for name, reads in known.items() if not reads and name not in EXEMPT and name not in PAGES]
    assert not missing, "give it a case in PAGES, a reason in EXEMPT, or @require_safe"
    told = {*EXEMPT, *PAGES}
    assert told <= set(known), "addresses that are no more"
    assert not [name for name in told if known[name]], "these only read"


def editable():
    """The administration pages on which an administrator changes rows."""
    person = User(role=Role.ADMINISTRATOR, is_active=True, is_staff=True)
    return {
        model._meta.label_lower
        for model, page in admin.site._registry.items()
        if page.has_change_permission(type("Request", (), {"user": person})())
    }


def test_every_administration_page_that_changes_rows_is_a_case():
    assert editable() == set(ADMINISTRATION)


def test_no_administration_page_edits_rows_in_a_list_or_beside_another():
    person = User(role=Role.ADMINISTRATOR, is_active=True, is_staff=True)
    request = type("Request", (), {"user": person})()
    for model, page in admin.site._registry.items():
        assert not page.list_editable, model
        for inline in page.get_inline_instances(request):
            assert not inline.has_change_permission(request), inline


# -- two people at one form -------------------------------------------------------------------------------------------


@dataclass
class Edit:
    """Where two people edit, what each puts into a field, and what is stored of it."""

    address: str
    field: str
    first: object
    second: object
    stored: Callable
    # The words under which the two values are shown, where they are not what is sent.
    first_shown: str = ""
    second_shown: str = ""
    # The page with the form, where it is sent elsewhere and answered in place.
    page: str = ""
    # The page with the form, where it is sent elsewhere and leads back.
    form: str = ""
    # What both send beside it, where the page does not carry it.
    beside: dict = field(default_factory=dict)
    # What the second person sends beside it to say that theirs counts, having seen both.
    knowingly: dict = field(default_factory=dict)


class World:
    """A district with its people and one of everything that can be edited."""

    def __init__(self):
        self.district = District(communes=["Sơn Bình", "Bản Bo"])
        self.place = self.district.communes[0]
        self.set = factories.small_set()
        self.period = factories.period()
        self.sheet = factories.assessment(self.place, self.set, self.period)
        self.people = [self.district.user(Role.ADMINISTRATOR) for _ in range(2)]

    @cached_property
    def cell(self):
        return factories.indicators_of(self.set)["2.1"].pk

    def value(self):
        return IndicatorResult.objects.get(indicator=self.cell).value

    def sheet_address(self, *more, name="sheet"):
        return reverse(f"criteria:{name}", args=[self.period.code, self.set.code, self.place.pk, *more])


@pytest.fixture
def world(db):
    return World()


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def now(row, name):
    """What is stored in a column."""
    return lambda: type(row).objects.values_list(name, flat=True).get(pk=row.pk)


def text_of(row, name, address):
    return Edit(address, name, "của người thứ nhất", "của người thứ hai", now(row, name))


def directive_edit(world):
    row = draft(world.district)
    return text_of(row, "title", reverse("directives:edit", args=[row.pk]))


def task_edit(world):
    row = task(draft(world.district))
    return text_of(row, "text", reverse("directives:task-edit", args=[row.directive_id, row.pk]))


def task_bodies(world):
    row = task(draft(world.district), [world.district.education])
    first, second = world.district.health, world.district.union
    return Edit(
        reverse("directives:task-edit", args=[row.directive_id, row.pk]),
        "leads",
        [first.pk],
        [second.pk],
        lambda: [agency.pk for agency in row.leads.all()],
        str(first),
        str(second),
    )


def review_header(world):
    row = draft(world.district)
    return text_of(row, "title", reverse("directives:review-header", args=[row.pk]))


def review_task(world):
    row = task(draft(world.district))
    return text_of(row, "text", reverse("directives:review-task", args=[row.directive_id, row.pk]))


def task_change(world):
    """Of a task that was handed out; each change says why."""
    directive = issued(world.district, [world.district.education])
    row = directive.tasks.get()
    edit = text_of(row, "text", reverse("directives:task-change", args=[directive.pk, row.pk]))
    return replace(edit, form=row.get_absolute_url(), beside={"note": "ghi sai"})


def task_criteria(world):
    """Of a task that was handed out: which criteria it is about."""
    edit = task_change(world)
    work = Task.objects.get()
    first, second = world.set.criteria.order_by("number")[:2]
    return replace(
        edit,
        field="criteria",
        first=[first.pk],
        second=[second.pk],
        stored=lambda: [criterion.pk for criterion in work.criteria.all()],
        first_shown="1. Tiêu chí thứ 1",
        second_shown="2. Tiêu chí thứ 2",
    )


def sheet(world):
    return Edit(
        world.sheet_address(),
        f"v-{world.cell}",
        "41,5",
        "38,5",
        lambda: str(world.value().normalize()).replace(".", ","),
        knowingly={f"c-{world.cell}": "replace", f"r-{world.cell}": "đếm lại"},
    )


def cell(world):
    edit = sheet(world)
    edit.page, edit.address = edit.address, world.sheet_address(world.cell, name="cell-save")
    return edit


def condition(world):
    asked = factories.condition(world.set)
    return Edit(
        world.sheet_address(asked.code, name="condition"),
        "note",
        "của người thứ nhất",
        "của người thứ hai",
        lambda: asked.results.latest("pk").note,
    )


def period_edit(world):
    return text_of(world.period, "name", reverse("criteria:period-edit", args=[world.period.code]))


def recognition_edit(world):
    row = factories.recognition(world.place)
    address = reverse("criteria:recognition-edit", args=[row.pk])
    return Edit(address, "decision_number", "01/QĐ-UBND", "02/QĐ-UBND", now(row, "decision_number"))


def recognition_revoke(world):
    row = factories.recognition(world.place, revoked_on="2024-01-05", revoked_note="lúc đầu")
    return text_of(row, "revoked_note", reverse("criteria:recognition-revoke", args=[row.pk]))


def visit_edit(world):
    row = factories.visit(world.place, by=world.people[0])
    return text_of(row, "note", reverse("dashboards:visit-edit", args=[row.pk]))


def visit_strike(world):
    """Of a note struck out already: the reason is corrected."""
    row = factories.visit(
        world.place,
        by=world.people[0],
        struck_at=timezone.now(),
        struck_by=world.people[0],
        struck_reason="lúc đầu",
    )
    return text_of(row, "struck_reason", reverse("dashboards:visit-strike", args=[row.pk]))


def plan_edit(world):
    """A box apiece: what the other one ticked is added to mine, so that both stand."""
    first, second = (f"{world.place.pk}:{criterion.pk}" for criterion in world.set.criteria.order_by("number")[:2])
    return Edit(
        f"{reverse('criteria:plan-edit')}?ky={world.period.code}&bo={world.set.code}",
        "t",
        [first],
        [first, second],
        lambda: [f"{t.locality_id}:{t.criterion_id}" for t in Target.objects.order_by("criterion__number")],
        "Sơn Bình: tiêu chí 1",
        "Sơn Bình: tiêu chí 1, 2",
    )


def reference_figure(world):
    row = ReferenceFigure.objects.create(
        locality=world.district.place,
        criteria_set=world.set,
        period=world.period,
        of_whom="tỉnh Lai Châu",
        mean_criteria=2,
        source="BC 1",
    )
    address = f"{reverse('criteria:figure-edit')}?ky={world.period.code}&bo={world.set.code}"
    return Edit(address, "source", "BC 2", "BC 3", now(row, "source"))


def charge(world):
    row = Charge.objects.create(locality=world.place, agency=world.district.health, since_on=date(2024, 1, 5))
    return Edit(
        reverse("criteria:charge-edit", args=[row.pk]), "document", "12/QĐ-BCĐ", "13/QĐ-BCĐ", now(row, "document")
    )


def charge_end(world):
    edit = charge(world)
    row = Charge.objects.get()
    return replace(
        edit,
        field="until_on",
        first="31/03/2024",
        second="30/06/2024",
        stored=lambda: format_date(now(row, "until_on")()),
    )


def lead(world):
    row = factories.lead(world.set.criteria.first(), world.district.health)
    return Edit(
        reverse("criteria:lead-edit", args=[row.pk]), "indicator_code", "1.1", "1.2", now(row, "indicator_code")
    )


def column(world):
    edit = sheet(world)
    edit.address = f"{reverse('criteria:column')}?ky={world.period.code}&bo={world.set.code}&ct=2.1"
    edit.field, place = f"v-{world.place.pk}", world.place.pk
    edit.knowingly = {f"c-{place}": "replace", f"r-{place}": "đếm lại"}
    return edit


PAGES = {
    "criteria:period-edit": [period_edit],
    "criteria:charge-edit": [charge, charge_end],
    "criteria:lead-edit": [lead],
    "dashboards:visit-edit": [visit_edit],
    "dashboards:visit-strike": [visit_strike],
    "directives:edit": [directive_edit],
    "directives:task-edit": [task_edit, task_bodies],
    "directives:review-header": [review_header],
    "directives:review-task": [review_task],
    "directives:task-change": [task_change, task_criteria],
    "criteria:sheet": [sheet],
    "criteria:cell-save": [cell],
    "criteria:condition": [condition],
    "criteria:recognition-edit": [recognition_edit],
    "criteria:recognition-revoke": [recognition_revoke],
    "criteria:plan-edit": [plan_edit],
    "criteria:figure-edit": [reference_figure],
    "criteria:column": [column],
}


def in_administration(row, field, *values):
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return Edit(address, field, *values, now(row, field)) if values else text_of(row, field, address)


ADMINISTRATION = {
    "accounts.user": lambda world: in_administration(world.district.officer(), "full_name"),
    "communes.locality": lambda world: in_administration(world.place, "name"),
    "communes.agency": lambda world: in_administration(world.district.health, "name"),
    "communes.committeemember": lambda world: in_administration(world.district.members[0], "position"),
    "communes.bodyalias": lambda world: in_administration(
        BodyAlias.objects.create(locality=world.district.place, name="phòng Nông nghiệp"), "name"
    ),
    "criteria.period": lambda world: in_administration(world.period, "name"),
    "criteria.assessment": lambda world: in_administration(world.sheet, "source_note"),
}

CASES = {f"{name}-{case.__name__}": case for name, cases in PAGES.items() for case in cases} | {
    f"admin:{name}": case for name, case in ADMINISTRATION.items()
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_what_one_person_saved_is_not_overwritten_by_another_who_has_not_seen_it(world, case):
    edit = case(world)
    first, second = (signed_in(person) for person in world.people)
    name_of_form = {"having": edit.field} if not isinstance(edit.first, list) else {"having": "seen"}
    opened = [
        fields_of(client.get(edit.page or edit.form or edit.address), **name_of_form) | edit.beside
        for client in (first, second)
    ]

    answer = first.post(edit.address, opened[0] | {edit.field: edit.first})
    assert answer.status_code == (200 if edit.page else 302), answer.content.decode()
    assert edit.stored() == edit.first

    refused = second.post(edit.address, opened[1] | {edit.field: edit.second})
    assert refused.status_code in (200, 409, 422)
    assert edit.stored() == edit.first
    text = refused.content.decode()
    for shown in (edit.first_shown or edit.first, edit.second_shown or edit.second):
        assert escape(shown) in text

    told = fields_of(refused, **({} if edit.page else name_of_form)) | edit.beside
    again = second.post(edit.address, opened[1] | {edit.field: edit.second} | told | edit.knowingly)
    assert again.status_code == (200 if edit.page else 302), again.content.decode()
    assert edit.stored() == edit.second


@pytest.mark.parametrize("name", ["directives:edit", "admin:communes.agency"])
@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_the_same_moment_one_is_refused(name):
    world = World()
    edit = (directive_edit if name == "directives:edit" else ADMINISTRATION["communes.agency"])(world)
    clients = [signed_in(person) for person in world.people]
    opened = [fields_of(client.get(edit.address), having=edit.field) for client in clients]
    together = threading.Barrier(2)
    answers = {}

    def save(client, data, value):
        together.wait()
        answers[value] = client.post(edit.address, data | {edit.field: value}).status_code
        connections.close_all()

    threads = [
        threading.Thread(target=save, args=[client, data, value])
        for client, data, value in zip(clients, opened, (edit.first, edit.second), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers.values()) == [200, 302]
    assert answers[edit.stored()] == 302
