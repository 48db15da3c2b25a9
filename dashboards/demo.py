"""Sets up the demonstration district from `data/tam-duong.yaml`, through the same actions as the screen."""

import zipfile
import zlib
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from html import escape
from io import BytesIO
from pathlib import Path

import yaml
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from communes.actions.visits import record_visit
from communes.imports import load_units
from communes.models import Agency, Charge, CommitteeMember, Level, Locality
from criteria.actions.conditions import record_condition
from criteria.actions.evidence import NewFile, attach
from criteria.actions.periods import close_period, save_period
from criteria.actions.plans import save_targets
from criteria.actions.results import open_assessments, save_results
from criteria.actions.states import move_sheets
from criteria.conditions import conditions_of
from criteria.imports import import_sets
from criteria.models import (
    Assessment,
    Condition,
    CriteriaSet,
    Criterion,
    CriterionLead,
    Direction,
    Indicator,
    Opinion,
    Period,
    Recognition,
    ReferenceFigure,
    Status,
    ValueType,
)
from criteria.rules import Entry, by_gender, share
from criteria.sheet import Row, load_sheet
from directives import actions as directives
from directives.models import Assignment, AssignmentEvent, Directive, TaskEvent

DATA = Path(__file__).parent / "data"
PASSWORD = "Ntm@2024!demo"
SET = "xa-ntm-2021-2025"
PROVINCE, DISTRICT = "12", "106"
# The unit list the places are taken from; the district ended on 1/7/2025.
PLACES_ON = date(2025, 1, 1)
ILLUSTRATIVE = "Số liệu minh họa."
# What may become of a part handed out: the action, and which of its arguments is the day.
STEPS = {
    "progress": (directives.report_progress, None),
    "report": (directives.report_done, "done_on"),
    "complete": (directives.complete_assignment, "done_on"),
    "confirm": (directives.confirm_assignment, None),
    "return": (directives.return_assignment, None),
    "extend": (directives.extend_assignments, "on"),
    "withdraw": (directives.withdraw_assignments, "on"),
}


@transaction.atomic
def build(say=print) -> None:
    """Set everything up in one transaction; does nothing where the demonstration is there already."""
    if get_user_model().objects.filter(username="quantri").exists():
        say("Dữ liệu trình diễn đã có, giữ nguyên.")
        return
    plan = yaml.safe_load((DATA / "tam-duong.yaml").read_text(encoding="utf-8"))
    for report in import_sets():
        say(f"  {report}")
    say("  Nạp địa bàn tỉnh Lai Châu, huyện Tam Đường")
    load_units(province=PROVINCE, district=DISTRICT, at=PLACES_ON)
    District(plan, say).build()


class District:
    """The district of the plan, with what later steps look up by name."""

    def __init__(self, plan, say):
        self.plan, self.say = plan, say
        self.district = Locality.objects.get(level=Level.DISTRICT, code=DISTRICT, parent__code=PROVINCE)
        self.communes = {c.name: c for c in Locality.objects.communes().within(self.district) if c.kind == "xã"}
        self.town = Locality.objects.communes().within(self.district).exclude(kind="xã").get()
        self.set = CriteriaSet.objects.get(code=SET)
        # The people's committees were set up with the places.
        committees = (
            Agency.objects.commune_committees().filter(locality__parent=self.district).select_related("locality")
        )
        self.agencies = {agency.locality.name: agency for agency in committees}

    def build(self):
        self.tasks = {}
        self.say("  Cơ quan, thành viên Ban Chỉ đạo, người dùng")
        self.add_bodies()
        self.add_users()
        self.add_charges()
        self.add_visits()
        for period in self.plan["periods"]:
            self.say(f"  Phiếu đánh giá {period['name']}")
            self.add_period(period)
        for name, year in self.plan["recognised"].items():
            Recognition.objects.create(locality=self.communes[name], year=year, is_illustrative=True)
        self.add_reference_figures()
        self.add_targets(self.plan["targets"])
        for notice in self.plan["notices"]:
            self.say(f"  {notice['title'][:70]}…")
            self.add_notice(notice)

    def add_bodies(self):
        for item in self.plan["agencies"]:
            self.agencies[item["key"]] = Agency.objects.create(
                name=item["name"], short_name=item.get("short", ""), kind=item["kind"], locality=self.district
            )
        self.members = [
            CommitteeMember.objects.create(
                position=item["position"], role=item.get("role", "Thành viên"), agency=self.agencies[item["agency"]]
            )
            for item in self.plan["members"]
        ]
        seats = {member.agency: member for member in self.members}
        self.criteria = {c.number: c for c in Criterion.objects.filter(criteria_set=self.set)}
        for number, key in self.plan["leads"].items():
            agency = self.agencies[key]
            CriterionLead.objects.create(criterion=self.criteria[number], agency=agency, member=seats.get(agency))

    def add_charges(self):
        plan = self.plan["charges"]
        seats = {member.position: member for member in self.members}
        for name, item in plan["communes"].items():
            shared = {"locality": self.communes[name], "since_on": plan["since_on"], "document": plan["document"]}
            Charge.objects.create(member=seats[item["member"]], **shared)
            Charge.objects.create(agency=self.agencies[item["sponsor"]], role=Charge.Role.SPONSOR, **shared)

    def add_reference_figures(self):
        for item in self.plan["reference_figures"]:
            ReferenceFigure.objects.create(
                locality=self.district,
                criteria_set=self.set,
                period=Period.objects.get(code=item["period"]),
                of_whom=item["of_whom"],
                mean_criteria=item["mean"],
                recognised=item.get("recognised"),
                communes=item.get("communes"),
                source=item["source"],
                is_illustrative=True,
            )

    def add_visits(self):
        for item in self.plan["visits"]:
            record_visit(
                locality=self.communes[item["commune"]],
                visited_on=item["day"],
                visitors=item["visitors"],
                note=item["note"],
                is_illustrative=True,
                by=self.officer,
            )

    def add_users(self):
        users, self.users = get_user_model().objects, {}
        for item in self.plan["users"]:
            commune = self.communes.get(item.get("commune"))
            agency = self.agencies.get(item.get("commune") or item.get("agency"))
            seat = next((one for one in self.members if one.position == item.get("member")), None)
            user = users.create_user(
                item["username"],
                password=PASSWORD,
                full_name=item["full_name"],
                role=item["role"],
                is_staff=item.get("is_staff", False),
                place=commune or self.district,
                agency=agency,
                member=seat,
            )
            self.users[user.username] = user
        self.officer = self.users["vanphong"]

    def add_period(self, plan):
        days = {name: plan[name] for name in ("starts_on", "ends_on", "due_on")}
        period = save_period(period=Period(code=plan["code"], name=plan["name"], **days), changes=[], by=self.officer)
        open_assessments(criteria_set=self.set, period=period, localities=self.communes.values(), is_illustrative=True)
        sources = plan.get("sources", {})
        for sheet in Assessment.objects.for_writing().filter(period=period):
            sheet.source_note = sources.get(sheet.locality.name) or plan.get("source") or ILLUSTRATIVE
            sheet.save(update_fields=["source_note"])
            entries = self._entries(sheet, plan)
            self._save(sheet, Opinion.REPORTED, entries | self._said_otherwise(sheet, plan, entries))
            if sheet.locality.name not in plan["reported_only"]:
                self._save(sheet, Opinion.VERIFIED, entries)
            self._attach(sheet, plan.get("evidence", []))
            self._record_conditions(sheet)
        self._move(period, plan)
        if plan["closed_on"]:
            close_period(period=period, by=self.officer, at=morning(plan["closed_on"]))

    def _move(self, period, plan):
        """Bring the sheets to the states of the plan, on its days; what cannot be sent yet stays with the commune."""
        states = plan["states"]
        stays = []
        for move, state, usual_day in zip(
            ("submit", "verify", "approve"), ("draft", "submitted", "verified"), states["days"], strict=True
        ):
            stays += states[state]
            days = {}
            sheets = Assessment.objects.filter(period=period).exclude(locality__name__in=stays)
            for sheet in sheets.select_related("locality"):
                late = states["sent_on"].get(sheet.locality.name) if move == "submit" else None
                days.setdefault(late or usual_day, []).append(sheet)
            for day, sheets in sorted(days.items()):
                seen = dict.fromkeys([sheet.pk for sheet in sheets])
                for moved in move_sheets(sheets, move=move, by=self.officer, seen=seen, at=morning(day)):
                    if not moved.is_done:
                        raise ValueError(f"{moved.assessment}: {moved.reason}")

    def _said_otherwise(self, sheet, plan, entries):
        """The entries in which the commune says another value than the office verified; that one gets its reason."""
        said = plan.get("reported_otherwise", {}).get(sheet.locality.name, {})
        found = Indicator.objects.filter(pk__in=entries, code__in=said)
        reported = {row.pk: Entry(value=Decimal(str(said[row.code]))) for row in found}
        for pk in reported:
            entries[pk] = replace(entries[pk], note="Theo số liệu của Chi cục Thống kê (minh họa)")
        return reported

    def _save(self, sheet, opinion, entries):
        saved = save_results(assessment=sheet, opinion=opinion, entries=entries, by=None, source="command")
        if saved.errors:
            raise ValueError(f"{sheet}: {saved.errors}")

    def _record_conditions(self, sheet):
        """What the set demands beside its criteria: a recognised commune has it all on record, others what needs no survey."""
        is_recognised = sheet.locality.name in self.plan["recognised"]
        for condition in conditions_of(self.set):
            if is_recognised or not condition.is_numeric:
                record_condition(assessment=sheet, condition=condition, entry=made_up_condition(condition), by=None)

    def _attach(self, sheet, plan):
        mine = [item for item in plan if item["commune"] == sheet.locality.name]
        indicators = {i.code: i.pk for i in Indicator.objects.filter(criterion__criteria_set=self.set)} if mine else {}
        files = [
            NewFile(
                indicator_id=indicators[item["indicator"]],
                content=ContentFile(made_up_document(f"{item['note']}, {sheet.locality.full_name}")),
                name=item["name"],
                note=f"{item['note']} (minh họa)",
                expires_on=timezone.localdate() + timedelta(days=item["expires_in"]) if "expires_in" in item else None,
            )
            for item in mine
        ]
        if files:
            attach(assessment=sheet, opinion=Opinion.REPORTED, files=files, by=self.officer)

    def _entries(self, sheet, plan):
        """An entry for each indicator, so that just the criteria of the plan are unmet or not assessed."""
        name = sheet.locality.name
        unmet, unknown = plan["unmet"].get(name, []), plan["unknown"].get(name, [])
        given = self.plan["values"].get(name, {})
        entries = {}
        for criterion in load_sheet(sheet, with_previous=False).criteria:
            number = criterion.criterion.number
            failing = self._failing(criterion) if number in unmet else set()
            for position, row in enumerate(criterion.rows):
                if number in unknown and position == 0:
                    continue
                code = row.indicator.code
                seed = zlib.crc32(f"{name} {code} {plan['code']}".encode()) % 1000 / 1000
                entries[row.indicator.pk] = made_up(row, passes=code not in failing, seed=seed, value=given.get(code))
        return entries

    def _failing(self, criterion):
        codes = self.plan["failing"].get(criterion.criterion.number) or [criterion.rows[0].indicator.code]
        return set(codes)

    def add_targets(self, plan):
        criteria = {(self.communes[name].pk, self.criteria[n].pk) for name, ns in plan["criteria"].items() for n in ns}
        save_targets(
            year=plan["year"],
            localities=[commune.pk for commune in self.communes.values()],
            criteria=[criterion.pk for criterion in self.criteria.values()],
            wanted=criteria | {(self.communes[name].pk, tier) for name, tier in plan["tiers"].items()},
            seen=set(),
            document=plan["document"],
            is_illustrative=True,
            by=self.officer,
        )

    def add_notice(self, plan):
        today = timezone.localdate()

        def day(name):
            if f"{name}_in" in plan:
                return today + timedelta(days=plan[f"{name}_in"])
            return plan.get(f"{name}_on")

        text = (DATA / plan["text_file"]).read_text(encoding="utf-8") if "text_file" in plan else ""
        directive = directives.register_directive(
            by=self.officer,
            kind="TB",
            title=plan["title"],
            issuer=plan["issuer"],
            locality=self.district,
            meeting_on=day("meeting"),
            issued_on=day("issued"),
            signer=plan.get("signer", ""),
            signer_title=plan.get("signer_title", ""),
            recipients=plan.get("recipients", ""),
            text=text.replace("**", "").strip(),
            is_illustrative=True,
            source_note=plan["source_note"],
        )
        tasks = directives.save_tasks(
            directive=directive, tasks=[self._task(task, today) for task in plan["tasks"]], by=self.officer
        )
        directives.issue_directive(directive=directive, by=self.officer)
        given_at = morning(directive.dated_on)
        AssignmentEvent.objects.filter(assignment__task__in=tasks).update(at=given_at)
        directive.tasks.update(assigned_at=given_at)
        Directive.objects.filter(pk=directive.pk).update(created_at=given_at, assigned_at=given_at)
        for task, item in zip(tasks, plan["tasks"], strict=True):
            if "done" in item:
                self._complete(task, item["done"], today)
            for step in item.get("steps", []):
                self._take(task, step, today)
            if "withdrawn" in item:
                given = {name: item["withdrawn"][name] for name in ("document", "note")}
                self._withdraw(task, _day(item["withdrawn"], today), **given)
            if "replaces" in item:
                before, note = self.tasks[item["replaces"]], "Thay theo kết luận sau (minh họa)"
                self._withdraw(before, directive.dated_on, replaced_by=task, note=note)
            if "key" in item:
                self.tasks[item["key"]] = task

    def _task(self, plan, today):
        due_on = today + timedelta(days=plan["due_in"]) if "due_in" in plan else plan.get("due_on")
        return {
            "section": plan.get("section", ""),
            "text": plan["text"],
            "lead_text": plan.get("lead_text", ""),
            "leads": self._bodies(plan.get("leads", [])),
            "lead_members": self.members if plan.get("lead_members") == "all" else [],
            "supports": self._bodies(plan.get("supports", [])),
            "communes": [self.communes.get(name, self.town) for name in plan.get("communes", [])],
            "criteria": [self.criteria[number] for number in plan.get("criteria", [])],
            "due_on": due_on,
            "due_text": plan.get("due_text", ""),
            "repeats": plan.get("repeats", ""),
            "repeats_until": plan.get("repeats_until"),
        }

    def _bodies(self, wanted):
        """The bodies a word means: all communes' committees, all of a kind, or those named."""
        if wanted == "communes":
            return [self.agencies[name] for name in self.communes]
        if wanted == "communes-and-town":
            return [self.agencies[name] for name in [*self.communes, self.town.name]]
        if isinstance(wanted, str):
            return list(Agency.objects.filter(locality=self.district, kind=wanted))
        return [self.agencies[name] for name in wanted]

    def _complete(self, task, done, today):
        left_open = {self.agencies[name].pk for name in done.get("except", [])}
        for assignment in Assignment.objects.filter(task=task).select_related("task__directive", "agency__locality"):
            done_on = done.get("day") or assignment.due_on - timedelta(days=done["days_before"])
            if assignment.agency_id not in left_open and done_on <= today:
                directives.complete_assignment(
                    assignment=assignment, done_on=done_on, note=done["note"], by=self.officer
                )

    def _take(self, task, step, today):
        """One step in the life of one body's part, in its history as of the morning of its day."""
        act, day_argument = STEPS[step["do"]]
        parts = list(Assignment.objects.filter(task=task, agency=self.agencies[step["body"]]).order_by("sequence"))
        day = _day(step, today)
        given = {name: step[name] for name in ("percent", "note", "reason", "document") if name in step}
        if day_argument:
            given[day_argument] = day
        if "due_in" in step:
            given["due_on"] = today + timedelta(days=step["due_in"])
        of = {"assignments": parts} if day_argument == "on" else {"assignment": parts[0]}
        last = AssignmentEvent.objects.latest("pk").pk
        act(**of, **given, by=self.users[step.get("by", "vanphong")])
        if step["do"] not in ("complete", "confirm"):
            # A completion stays as of now: the sheets were entered before it, and nothing in them changed since.
            AssignmentEvent.objects.filter(pk__gt=last).update(at=morning(day))
        if step["do"] in ("progress", "report"):
            Assignment.objects.filter(pk=parts[0].pk).update(progress_at=morning(day))

    def _withdraw(self, task, day, **given):
        directives.withdraw_task(task=task, on=day, by=self.officer, **given)
        for events in (AssignmentEvent.objects.filter(assignment__task=task), TaskEvent.objects.filter(task=task)):
            events.filter(kind__in=("withdrawn", "replaced")).update(at=morning(day))


def _day(plan, today: date) -> date:
    """A day of the plan: given, or counted from today."""
    return today + timedelta(days=plan["in"]) if "in" in plan else plan["day"]


def made_up_document(title: str) -> bytes:
    """The smallest Word document that opens: a title, and that what it says is made up."""
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    lines = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in (title, ILLUSTRATIVE))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{types}">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{relations}">'
        f'<Relationship Id="r1" Type="{office}" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{word}"><w:body>{lines}</w:body></w:document>',
    }
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return stream.getvalue()


def made_up_condition(condition: Condition) -> Entry:
    """An illustrative entry that meets a condition."""
    if condition.threshold is None:
        return Entry(judgement=Status.MET, note=ILLUSTRATIVE)
    better = {Direction.AT_LEAST: 3, Direction.AT_MOST: 0, Direction.EQUALS: 0}.get(condition.direction, 0)
    value = condition.threshold + better
    return Entry(value=min(value, Decimal(100)) if condition.is_share else value, note=ILLUSTRATIVE)


def morning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(9)))


def made_up(row: Row, *, passes: bool, seed: float, value=None) -> Entry:
    """An illustrative entry for an indicator that makes it met or not; `seed` from 0 to 1 spreads the values."""
    indicator, threshold = row.indicator, row.threshold_value
    verdict = Status.MET if passes else Status.UNMET
    if not indicator.is_numeric:
        if passes and "nếu có" in indicator.text.lower() and seed < 0.4:
            return Entry(judgement=Status.NOT_APPLICABLE)
        return Entry(judgement=verdict)
    if threshold is None:
        shown = Decimal(str(value)) if value is not None else Decimal(str(round(60 + 35 * seed, 1)))
        return Entry(value=shown, judgement=verdict)
    if isinstance(value, str):
        part, whole = map(Decimal, value.split("/"))
        return share(numerator=part, denominator=whole, direction=indicator.direction)
    if value is not None:
        return _measured(indicator, Decimal(str(value)))
    limit = float(threshold)
    if indicator.direction == Direction.EQUALS:
        made = limit if passes else limit + 3 + round(9 * seed)
    elif indicator.direction == Direction.AT_MOST:
        made = limit * (0.5 + 0.45 * seed) if passes else limit * (1.1 + 0.4 * seed)
    elif indicator.is_share:
        made = limit + (100 - limit) * 0.8 * seed if passes else limit - 3 - 12 * seed
    else:
        made = limit * (1 + 0.12 * seed) if passes else limit * (0.95 - 0.15 * seed)
    places = 0 if indicator.value_type == ValueType.COUNT else 1
    return _measured(indicator, Decimal(str(round(made, places))))


def _measured(indicator, value: Decimal) -> Entry:
    """An entry of a value, given for men and women where the indicator asks for both."""
    if indicator.is_by_gender:
        return by_gender(male=value, female=min(value + 1, Decimal(100)), direction=indicator.direction)
    return Entry(value=value)
