"""What the forms of this app share."""

from crispy_forms.helper import FormHelper
from django import forms

from ntm_tracker.forms import SeenForm


def area(rows, **attributes):
    return forms.Textarea({"rows": rows, **attributes})


class PageForm(SeenForm):
    """A form whose page writes the form tag, for it may hold more than one."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
