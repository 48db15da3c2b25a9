"""Views, a module a subject: read the request, make one call, answer."""
