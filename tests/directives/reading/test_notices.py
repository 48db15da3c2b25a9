"""The reader on real notices, measured with the scorer they came with."""

import importlib.util
import json
from pathlib import Path

import pytest

from directives.reading import _read, read
from directives.reading.text import clean
from tests.conftest import SCORES

NOTICES = Path(__file__).parent / "notices"
STEMS = ("001", "002", "003")


def _score():
    spec = importlib.util.spec_from_file_location("notice_score", NOTICES / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


score = _score()


def notice_text(stem):
    return (NOTICES / f"{stem}.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def total():
    counts = score.collections.Counter()
    for stem in STEMS:
        gold = json.loads((NOTICES / "gold" / f"{stem}.gold.json").read_text(encoding="utf-8"))
        part, _ = score.score_doc(read(notice_text(stem)).as_labels(), gold)
        SCORES[stem] = score.summary(part)
        counts.update(part)
    SCORES["all"] = score.summary(counts)
    return SCORES["all"]


@pytest.mark.parametrize(
    ("measure", "least"),
    [
        ("f1", 0.95),
        ("lead", 0.95),
        ("deadline", 0.95),
        ("dated", 0.95),
        ("criteria", 0.9),
        ("communes", 0.9),
        ("header", 0.95),
    ],
)
def test_labelled_notices_are_read(total, measure, least):
    assert total[measure] >= least


def test_no_date_is_invented_in_the_labelled_notices(total):
    assert total["dated_spurious"] == 0


@pytest.mark.parametrize("stem", ["000", "001", "002", "003", "004"])
def test_spans_hold_what_they_say(stem):
    # _read, unlike read, lets errors out.
    notice = _read(clean(notice_text(stem)), ())
    assert notice.tasks
    end = 0
    for task in notice.tasks:
        assert end <= task.start < task.end <= len(notice.text)
        end = task.end
        assert " ".join(notice.text[task.start : task.end].split()) == task.text
        if task.deadline.start is not None:
            words = notice.text[task.deadline.start : task.deadline.end]
            assert " ".join(words.split()) == task.deadline.text
        for names, spans in ((task.lead, task.lead_spans), (task.support, task.support_spans)):
            said = {" ".join(notice.text[s:e].replace("**", "").split()) for s, e in spans}
            assert said == set(names)
    for found in (*notice.figures, *notice.goals):
        assert " ".join(notice.text[found.start : found.end].split()) == found.text
    assert json.loads(json.dumps(notice.as_labels()))["header"]["kind"] == notice.header.kind


def test_figures_of_the_real_notices():
    found = {(f.subject, f.metric, f.value) for f in read(notice_text("003")).figures}
    assert ("huyện Tam Đường", "criteria_met", "03/9") in found
    assert ("huyện Tam Đường", "mean_criteria_per_commune", "17,8") in found
    found = {(f.metric, f.value) for f in read(notice_text("001")).figures}
    assert {("plan_achievement", "13/60 (22%)"), ("communes_recognised_total", "18 (56,25%)")} <= found
    assert ("xã Sơn Bình", "criteria_met", "15/19") in {
        (f.subject, f.metric, f.value) for f in read(notice_text("000"), communes=["Sơn Bình"]).figures
    } | {("xã Sơn Bình", f.metric, f.value) for f in read(notice_text("000")).figures}


def test_goals_take_their_year_from_the_heading():
    goals = {(g.year, g.tier, len(g.places)) for g in read(notice_text("001")).goals}
    assert (2020, "đạt chuẩn", 9) in goals
    assert (2020, "nâng cao", 1) in goals
    assert (2021, "đạt chuẩn", 5) in goals
