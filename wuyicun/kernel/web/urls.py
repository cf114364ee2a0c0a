"""Addresses of the shell itself; included at the root of the site."""

from django.urls import path

from wuyicun.kernel.web.alerts import alerts
from wuyicun.kernel.web.appearance import set_appearance

urlpatterns = [path("appearance/", set_appearance, name="set_appearance"), path("alerts/", alerts, name="alerts")]
