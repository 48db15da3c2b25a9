from django import template

from ntm_tracker import vietnamese

register = template.Library()


@register.filter
def number(value, places=None):
    """A number with decimal comma; `places` fixes the digits behind it."""
    return vietnamese.format_number(value, None if places is None else int(places))


@register.filter
def day(value):
    """A date as dd/mm/yyyy."""
    return vietnamese.format_date(value)


@register.simple_tag(takes_context=True)
def query(context, **changes):
    """The page's query string with some parameters changed; a value of '' or None drops the parameter."""
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        if value in ("", None):
            parameters.pop(name, None)
        else:
            parameters[name] = value
    return f"?{parameters.urlencode()}"
