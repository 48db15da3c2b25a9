"""A document given to be read: pasted or uploaded, it becomes a draft at once."""

from django.contrib import messages
from django.shortcuts import redirect, render

from accounts.policy import EDITORS, role_required
from directives.forms.intake import IntakeForm


@role_required(*EDITORS)
def directive_read(request):
    form = IntakeForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        directive = form.save()
        found = directive.tasks.count()
        if found:
            messages.success(request, f"Đã đọc văn bản và lưu bản nháp: tìm thấy {found} nhiệm vụ.")
        if form.remark:
            messages.warning(request, form.remark)
        return redirect("directives:review", directive.pk)
    return render(request, "directives/directive_read.html", {"form": form})
