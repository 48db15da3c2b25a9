"""The smallest valid objects of a district with its communes, bodies and people, and of a notice."""

import json
from datetime import date
from pathlib import Path

from accounts.models import Role, User
from communes.models import Agency, AgencyKind, CommitteeMember, Locality
from directives import actions
from directives.models import Assignment

NOTICE_DAY = date(2024, 3, 28)
COMMUNES = [
    "Sơn Bình",
    "Bình Lư",
    "Bản Bo",
    "Nà Tăm",
    "Bản Giang",
    "Hồ Thầu",
    "Bản Hon",
    "Tả Lèng",
    "Khun Há",
    "Nùng Nàng",
    "Giang Ma",
    "Thèn Sin",
]


class District:
    """A district with a town, communes and departments; 12 communes unless told otherwise."""

    def __init__(self, communes=COMMUNES, name="Tam Đường"):
        self.place = Locality.objects.create(level="district", kind="huyện", name=name)
        self.communes = [self.commune(commune) for commune in communes]
        self.committees = [self.committee(commune) for commune in self.communes]
        self.town = self.commune("Tam Đường", kind="thị trấn")
        self.town_committee = self.committee(self.town)
        self.office = self.agency("Ủy ban nhân dân huyện", short_name="UBND huyện", kind=AgencyKind.COMMITTEE)
        self.agriculture = self.agency("Phòng Nông nghiệp và PTNT", short_name="Phòng NN&PTNT")
        self.education = self.agency("Phòng Giáo dục và Đào tạo", short_name="Phòng GD&ĐT")
        self.health = self.agency("Trung tâm Y tế huyện")
        self.union = self.agency("Hội Phụ nữ huyện", kind=AgencyKind.ORGANISATION)
        self.departments = [self.agriculture, self.education, self.health]
        self.members = [
            CommitteeMember.objects.create(position=f"Lãnh đạo {agency}", agency=agency)
            for agency in [self.office, *self.departments, self.union]
        ]

    def commune(self, name, kind="xã"):
        return Locality.objects.create(level="commune", kind=kind, name=name, parent=self.place)

    def committee(self, commune):
        return Agency.objects.create(
            name=f"Ủy ban nhân dân {commune.full_name}",
            short_name=f"UBND {commune.full_name}",
            kind=AgencyKind.COMMITTEE,
            locality=commune,
        )

    def agency(self, name, short_name="", kind=AgencyKind.DEPARTMENT):
        return Agency.objects.create(name=name, short_name=short_name, kind=kind, locality=self.place)

    def user(self, role, place=None, agency=None):
        return User.objects.create_user(
            username=f"{role}{User.objects.count()}",
            full_name="Nguyễn Thị Hoa",
            role=role,
            place=place or self.place,
            agency=agency,
        )

    def officer(self):
        return self.user(Role.OFFICER)

    def commune_officer(self, index=0):
        return self.user(Role.COMMUNE_OFFICER, self.communes[index], self.committees[index])


def draft(district, by=None, **fields):
    return actions.register_directive(
        by=by,
        **{
            "title": "Kết luận cuộc họp triển khai kế hoạch",
            "issuer": "UBND huyện Tam Đường",
            "locality": district.place,
            "meeting_on": NOTICE_DAY,
            **fields,
        },
    )


def task(directive, leads=(), **fields):
    return actions.save_task(directive=directive, by=None, **{"text": "Rà soát kế hoạch", "leads": leads, **fields})


def issued(district, leads, due_on=date(2024, 4, 15), **fields):
    """A directive handed out with one task; `fields` are the task's."""
    directive = draft(district)
    task(directive, leads, due_on=due_on, **fields)
    return actions.issue_directive(directive=directive, by=None)


def assignment(work, agency, **fields):
    """One row of work, not through the actions: for the promises of the table and for boards of a thousand."""
    row = Assignment(task=work, agency=agency, **{"given_on": NOTICE_DAY, **fields})
    row.original_due_on = row.original_due_on or row.due_on
    row.reported_on = row.reported_on or row.done_on
    return row


NOTICE_003 = json.loads((Path(__file__).parent / "notice_003.json").read_text(encoding="utf-8"))


def notice_003(district, by=None):
    """Notice 003 of 28/3/2024 with its ten tasks as labelled, as a draft."""
    header = NOTICE_003["header"]
    directive = draft(
        district,
        by,
        title=header["title"],
        issuer=header["issuer"],
        signer=header["signer_name"],
        signer_title=header["signer_title"],
        recipients="\n".join(header["recipients"]),
    )
    named = {commune.name: committee for commune, committee in zip(district.communes, district.committees, strict=True)}
    named["Tam Đường"] = district.town_committee
    leads = {
        4: [named[name] for name in ("Sơn Bình", "Tả Lèng", "Giang Ma", "Nà Tăm")],
        6: [district.town_committee],
        7: [],
        8: [district.agriculture],
        9: district.departments,
        10: [*district.departments, district.union],
    }
    tasks = []
    for label in NOTICE_003["tasks"]:
        due, number = label["deadline"]["due"], label["id"]
        fields = {
            "section": label["section"],
            "text": label["text"],
            "lead_text": "; ".join(label["lead"]),
            "leads": leads.get(number, district.committees),
            "due_on": date.fromisoformat(due) if due else None,
            "due_text": label["deadline"]["text"] or "",
        }
        if label["deadline"]["recurrence"] == "monthly:25":
            fields |= {"due_on": date(2024, 4, 25), "repeats": "monthly", "lead_members": district.members}
        tasks.append(fields)
    actions.save_tasks(directive=directive, tasks=tasks, by=by)
    return directive
