"""Who may do what, in one place. Every answer is about a person; what they may see is bounded by `visible_to`."""

from functools import wraps

from django.core.exceptions import PermissionDenied

from accounts.models import Role

EDITORS = {Role.ADMINISTRATOR, Role.OFFICER}
# Who verifies what the communes report: the office everything, a department what it leads.
REVIEWERS = EDITORS | {Role.SECTOR_OFFICER}
# Who visits communes and notes what was said there.
VISITORS = EDITORS | {Role.COMMITTEE_MEMBER}


def role_required(*roles):
    """Guard a view: only people with one of the roles pass, others see the page that says so (403)."""

    def guard(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if request.user.role not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return guard


def may_report(user, locality) -> bool:
    """Whether the person enters the commune's own results: the commune's officer, for their commune."""
    return user.role == Role.COMMUNE_OFFICER and user.place_id == locality.pk


def reports(user) -> bool:
    """Whether what the person enters is the commune's own word, wherever they may."""
    return user.role == Role.COMMUNE_OFFICER


def enters_results(user) -> bool:
    """Whether the person enters results at all, of whatever places and indicators."""
    return user.role in REVIEWERS or reports(user)


def may_verify(user, locality, *, as_lead=False) -> bool:
    """Whether the person enters verified results in this place, of a criterion their agency leads (`as_lead`) or not.

    Officers verify everything in their place, a sector officer what their agency leads.
    """
    if not _reaches(user, locality):
        return False
    return user.role in EDITORS or (user.role == Role.SECTOR_OFFICER and as_lead)


def may_review(user, locality) -> bool:
    """Whether the person confirms, approves and returns the sheets of this place."""
    return user.role in EDITORS and _reaches(user, locality)


def may_move(user, locality, move) -> bool:
    """Whether the person makes a move of `criteria.rules.MOVES` here: the commune sends its own sheet, the office any."""
    return may_review(user, locality) or (move == "submit" and may_report(user, locality))


def may_record_conditions(user, locality) -> bool:
    """Whether the person records what a place reached of the conditions outside the criteria."""
    return may_review(user, locality)


def may_note_visits(user, locality) -> bool:
    """Whether the person keeps notes of visits to a place: the office and the committee, who go there."""
    return user.role in VISITORS and _reaches(user, locality)


def may_change_visit(user, visit) -> bool:
    """Whether the person changes a note of a visit or strikes it out: the office any, a member of the committee their own.

    `visit` with its locality.
    """
    mine = user.role in EDITORS or visit.created_by_id == user.pk
    return mine and may_note_visits(user, visit.locality)


def may_open_sheets(user) -> bool:
    """Whether the person opens assessment sheets of a period, for the places they see."""
    return user.role in EDITORS or user.role == Role.COMMUNE_OFFICER


def may_plan(user) -> bool:
    """Whether the person plans what places are to reach, and keeps the decisions that recognise them."""
    return user.role in EDITORS


def may_enter_figures(user) -> bool:
    """Whether the person enters what the level above reports, to stand beside the figures of their place."""
    return user.role in EDITORS and user.place_id is not None


def may_keep_sets(user) -> bool:
    """Whether the person enters sets, confirms or sets thresholds, and carries results from one set to another."""
    return user.role in EDITORS


def may_keep_boundaries(user) -> bool:
    """Whether the person uploads and removes the boundaries that the map draws, in the places they see."""
    return user.role in EDITORS


def may_manage_directives(user) -> bool:
    """Whether the person registers notices, hands out their tasks and reopens what was reported done."""
    return user.role in EDITORS


def may_keep_templates(user) -> bool:
    """Whether the person puts the office's own templates in the place of ours, for the documents of their place."""
    return user.role in EDITORS


def sees_all_work(user) -> bool:
    """Whether the person sees the work of every body in their place: the office and the committee, not the bodies."""
    return user.role in EDITORS or user.role == Role.COMMITTEE_MEMBER


def sees_work_on_led_criteria(user) -> bool:
    """Whether the person sees the work of others on the criteria their agency leads."""
    return user.role == Role.SECTOR_OFFICER


def may_report_on(user, assignment) -> bool:
    """Whether the person reports how far an assignment is, and that it is done.

    Someone of the body it was given to, the committee member whose own work it is, or an officer in their stead.
    """
    if user.role in EDITORS:
        return _reaches(user, assignment.agency.locality)
    if user.member_id is not None and user.member_id == assignment.member_id:
        return True
    return user.role in (Role.SECTOR_OFFICER, Role.COMMUNE_OFFICER) and user.agency_id == assignment.agency_id


def may_confirm(user, assignment) -> bool:
    """Whether the person says that work is done, sends it back, extends or withdraws it: the office that ordered it.

    `assignment` with its task's directive and that one's locality.
    """
    return may_report_on(user, assignment) and may_follow_up(user, assignment.task.directive)


def may_follow_up(user, directive) -> bool:
    """Whether the person changes, withdraws and replaces the tasks of a directive, and confirms its work."""
    return may_manage_directives(user) and _reaches(user, directive.locality)


def _reaches(user, locality) -> bool:
    if user.place_id is None:
        return user.sees_everything
    return locality.path.startswith(user.place.path)
