"""A district that fills every slide of a meeting to its edge: many communes, long names and words, much that is late."""

from datetime import date

from accounts.models import Role
from communes.models import AgencyKind, Charge
from criteria.actions.results import open_assessments, save_results
from criteria.models import Assessment, Indicator, Opinion, Recognition
from directives import actions
from tests import factories

# As long as names of communes get.
LONGEST = "Nông trường Phong Hải"
NAMES = ["Nông trường Ba Vì", "Nghĩa Trung Hạ", "Phước Vĩnh Đông", "Thượng Trưng Nam"]
LONG = (
    "Tỷ lệ thôn, bản, ấp có nhà văn hóa hoặc nơi sinh hoạt văn hóa, thể thao phục vụ cộng đồng bảo đảm đủ chỗ ngồi, "
    "trang thiết bị và người phụ trách theo quy định của cơ quan có thẩm quyền"
)
DAY = date(2024, 4, 20)


class Long:
    """`places` communes with verified sheets; the further down the list, the less is met. All is late or soon due."""

    def __init__(self, places):
        self.set = factories.large_set(indicators=1)
        Indicator.objects.filter(criterion__criteria_set=self.set).update(text=LONG)
        self.set.criteria.update(name="Cơ sở vật chất văn hóa, thể thao và thông tin truyền thông", short_name="")
        self.before, self.now = factories.period(2023, 4), factories.period(2024, 1)
        self.district = factories.district("Phong Nha Kẻ Bàng Thượng")
        names = [LONGEST, *(f"{NAMES[number % len(NAMES)]} {number + 1}" for number in range(1, places))]
        self.places = [factories.commune(name, self.district) for name in names]
        self.officer = factories.user(Role.OFFICER, self.district, full_name="Nguyễn Thị Hoa")
        self._assess()
        self._order()

    @property
    def query(self):
        return f"?ky={self.now.code}&bo={self.set.code}&ngay={DAY:%d/%m/%Y}"

    def _assess(self):
        indicators = list(factories.indicators_of(self.set).values())
        open_assessments(criteria_set=self.set, period=self.now, localities=self.places, is_illustrative=True)
        for number, sheet in enumerate(Assessment.objects.with_place().order_by("locality")):
            unmet = set(range(number % 12)) | ({18} if number % 3 else set())
            entries = {
                indicator.pk: factories.value("41.5" if position in unmet else "93.4")
                for position, indicator in enumerate(indicators)
            }
            save_results(assessment=sheet, opinion=Opinion.VERIFIED, entries=entries, by=None)
        # Each has gained criterion 18 since; some have lost 19.
        Assessment.objects.bulk_create(
            Assessment(locality_id=place, criteria_set=self.set, period=self.before, strip=f"{strip[:17]}UM")
            for place, strip in list(Assessment.objects.values_list("locality", "strip"))
        )
        for place in self.places[::4]:
            Recognition.objects.create(locality=place, year=2019)

    def _order(self):
        office = factories.agency(self.district, "Phòng Nông nghiệp và Phát triển nông thôn huyện Phong Nha Kẻ Bàng")
        for criterion in self.set.criteria.all():
            factories.lead(criterion, office)
        bodies = [
            factories.agency(place, f"Ủy ban nhân dân xã {place.name}", kind=AgencyKind.COMMITTEE)
            for place in self.places
        ]
        for place in self.places:
            Charge.objects.create(locality=place, agency=office, since_on=date(2024, 1, 15))
            Charge.objects.create(locality=place, agency=office, since_on=date(2024, 1, 15), role="sponsor")
        directive = actions.register_directive(
            by=None, title="Kết luận", issuer="UBND huyện", locality=self.district, meeting_on=date(2024, 3, 28)
        )
        dues = [date(2024, 4, 5), date(2024, 4, 8), date(2024, 4, 15), *(date(2024, 4, 21 + n) for n in range(7))]
        for due_on in dues:
            actions.save_task(directive=directive, by=None, text=LONG, leads=[office, *bodies], due_on=due_on)
        actions.issue_directive(directive=directive, by=None)


def build(places):
    return Long(places)
