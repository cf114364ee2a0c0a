"""The addresses of importing a roster and of what it leaves to be decided."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
