"""出生 and 去世: registered on a page of their own that says what follows, and taken back."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from wuyicun.domains.registry import access, actions
from wuyicun.domains.registry.labels import GROUP, SEX, WHEREABOUTS
from wuyicun.domains.registry.models import Person
from wuyicun.domains.registry.queries import brief
from wuyicun.domains.registry.roster.words.newborn import relation_of_child
from wuyicun.domains.registry.rules import Life, Sex
from wuyicun.domains.registry.web.common import fault
from wuyicun.domains.registry.web.forms import RegistryForm, choice_field, text_field
from wuyicun.domains.registry.web.meanwhile import seen, shown_of_person
from wuyicun.domains.registry.web.staying import News, news_of
from wuyicun.domains.territory import ending
from wuyicun.domains.territory.queries import Holder
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.roles import ROLES, Permission
from wuyicun.kernel.web import notices


def _past_day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget)


def _refuse_tomorrow(day: date) -> date:
    if day > timezone.localdate():
        raise forms.ValidationError(_("这一天还没到"))
    return day


class BirthForm(RegistryForm):
    """A child; the name can come later."""

    birth_date = _past_day(gettext_lazy("出生日期"))
    sex = choice_field("sex", SEX, widget=forms.RadioSelect)
    name = text_field("name", 64)
    relation = text_field("relation", 32)

    def clean_birth_date(self) -> date:
        """Nobody is born tomorrow."""
        return _refuse_tomorrow(self.cleaned_data["birth_date"])

    def newborn(self, mother: Person) -> actions.Newborn:
        """What was said; what the child is to the head of the household is told by the mother where nobody says it."""
        data, sex = self.cleaned_data, Sex(self.cleaned_data["sex"])
        relation = data["relation"] or relation_of_child(mother.relation, sex)
        return actions.Newborn(data["birth_date"], sex, data["name"], relation)


@require_http_methods(["GET", "POST"])
def person_birth(request: ScopedRequest, person_id: UUID) -> HttpResponse:
    """A child of this mother is born."""
    mother = access.person(request.scope, request.village.pk, person_id, Permission.EDIT_PEOPLE)
    form = BirthForm(request.POST or None, initial={"birth_date": timezone.localdate(), "sex": Sex.UNKNOWN})
    if request.method == "POST" and form.is_valid():
        try:
            event = actions.register_birth(
                mother=mother, newborn=form.newborn(mother), by=request.account.pk, at=clock.now()
            )
        except (actions.NotOnTheList, actions.AlreadyInHousehold) as refusal:
            fault(form, "name" if isinstance(refusal, actions.AlreadyInHousehold) else "", str(refusal))
        else:
            undo = reverse("life_undo", args=[event.pk])
            notices.say(request, _("已登记出生：%(name)s") % {"name": event.person.name}, undo_url=undo)
            return HttpResponseRedirect(reverse("person", args=[event.person_id]))
    back = reverse("person", args=[mother.pk])
    known = brief(mother.village_id, [mother.pk])[mother.pk]
    context = {"form": form, "mother": mother, "house": known.house, "back": back}
    return render(request, "registry/person_birth.html", context)


class DeathForm(RegistryForm):
    """When somebody died, and which posts end with it."""

    died_on = _past_day(gettext_lazy("去世日期"))

    def __init__(self, posts: list[Holder], *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        if posts:
            self.fields["posts"] = forms.MultipleChoiceField(
                label=_("一并结束的岗位（同名的人请核对）"),
                choices=[(str(each.id), _named(each)) for each in posts],
                required=False,
                widget=forms.CheckboxSelectMultiple,
                initial=[str(each.id) for each in posts],
            )

    def clean_died_on(self) -> date:
        """Nobody died tomorrow."""
        return _refuse_tomorrow(self.cleaned_data["died_on"])


def _named(post: Holder) -> str:
    return f"{post.unit or post.area} {ROLES[post.role].name}"


@require_http_methods(["GET", "POST"])
def person_death(request: ScopedRequest, person_id: UUID) -> HttpResponse:
    """Somebody has died; beforehand it is shown what that ends."""
    person = access.person(request.scope, request.village.pk, person_id, Permission.EDIT_PEOPLE)
    posts = list(ending.posts_of(request.scope, request.village.pk, person.pk, person.name, clock.now()))
    form, news = DeathForm(posts, request.POST or None, initial={"died_on": timezone.localdate()}), list[News]()
    here = reverse("person", args=[person.pk])
    if request.method == "POST" and form.is_valid():
        try:
            event = actions.register_death(
                person=person,
                died_on=form.cleaned_data["died_on"],
                posts=[UUID(each) for each in form.cleaned_data.get("posts", [])],
                seen=seen(request),
                by=request.account.pk,
                at=clock.now(),
            )
        except actions.ChangedMeanwhile as refusal:
            news = [*news_of(person, refusal)]
        except (actions.NotOnTheList, actions.BeforeBirth) as refusal:
            fault(form, "died_on", str(refusal))
        else:
            undo = reverse("life_undo", args=[event.pk])
            notices.say(request, _("已登记%(name)s去世") % {"name": person.name}, undo_url=undo)
            return HttpResponseRedirect(here)
    known = brief(person.village_id, [person.pk])[person.pk]
    context = {
        "form": form,
        "person": person,
        "seen": shown_of_person(person, ()),
        "news": news,
        "whereabouts": WHEREABOUTS.get(known.whereabouts, ""),
        "groups": [GROUP[code] for code in known.groups if code in GROUP],
        "back": here,
    }
    return render(request, "registry/person_death.html", context)


@require_POST
def life_undo(request: ScopedRequest, event_id: UUID) -> HttpResponse:
    """It was no birth, or no death."""
    event = access.life_event(request.scope, request.village.pk, event_id)
    by, at = request.account.pk, clock.now()
    if event.kind == Life.BIRTH:
        actions.undo_birth(event=event, by=by, at=at)
        notices.say(request, _("已撤销出生登记"))
    else:
        taken = actions.undo_death(event=event, by=by, at=at)
        words = _("%(name)s 又在名册里了") % {"name": event.person.name}
        if taken:
            kept = ngettext("有 %(number)s 个岗位已经换了人", "有 %(number)s 个岗位已经换了人", taken) % {
                "number": taken
            }
            words = _("%(first)s；%(second)s") % {"first": words, "second": kept}
        notices.say(request, words)
    return HttpResponseRedirect(reverse("person", args=[event.person_id]))
