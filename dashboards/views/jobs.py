"""A long piece of work of one's own: how far it is, then its file, or why there is none."""

from django.http import FileResponse, Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from ntm_tracker import jobs


@require_safe
@vary_on_headers("HX-Request")
def job(request, token):
    template = "_job" if request.htmx else "job"
    return render(request, f"dashboards/{template}.html", {"job": _own(request, token)})


@require_safe
def job_file(request, token):
    found = _own(request, token)
    if not found.is_done or not found.file_name:
        raise Http404("Tệp chưa xong.")
    answer = FileResponse(found.path.open("rb"), as_attachment=True, filename=found.file_name)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _own(request, token):
    found = jobs.find(token, by_pk=request.user.pk)
    if found is None:
        raise Http404("Tệp này không còn; lập lại từ trang Báo cáo.")
    return found
