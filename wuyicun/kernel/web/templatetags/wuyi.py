"""Template tags of the shell: `{% load wuyi %}`. What each looks like is in templates/components/README.md."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django import template
from django.forms import BaseForm, BoundField
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from wuyicun.kernel.clock import now
from wuyicun.kernel.web import assets, formatting, live, notices
from wuyicun.kernel.web.states import STATES
from wuyicun.kernel.web.timeline import Dot, lay_out

register = template.Library()
Words = str | Promise


@register.simple_tag
def asset(entry: str) -> SafeString:
    """The style sheets and scripts of an entry of the front end: `{% asset "pages/main.ts" %}`."""
    styles, scripts = assets.styles_and_scripts(entry)
    return format_html(
        "{}{}",
        format_html_join("\n", '<link rel="stylesheet" href="{}">', ((address,) for address in styles)),
        format_html_join("\n", '<script type="module" src="{}"></script>', ((address,) for address in scripts)),
    )


@register.simple_tag
def icon(name: str, label: Words = "") -> SafeString:
    """An icon from the sprite; with `label` it is read out, without it is decoration."""
    address = assets.address(assets.ICONS) or ""
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>', label, address, name
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', address, name)


@register.filter
def day_time(moment: datetime | date | None) -> str:
    """今天 09:42, 昨天 18:00, 11月18日 周五 09:42; a date without time: 今天, 11月18日 周五."""
    return "" if moment is None else formatting.day_time_words(moment, now())


@register.filter
def day(moment: datetime | date | None) -> str:
    """The day only: 今天, 昨天, 11月18日 周五."""
    if isinstance(moment, datetime):
        moment = timezone.localtime(moment).date()
    return day_time(moment)


@register.filter
def clock_time(moment: datetime | None) -> str:
    """The time of day only: 09:42."""
    return "" if moment is None else f"{timezone.localtime(moment):%H:%M}"


@register.simple_tag
def when(moment: datetime | date | None) -> SafeString:
    """`day_time` as a <time> that carries the exact moment."""
    if moment is None:
        return SafeString("")
    exact = timezone.localtime(moment) if isinstance(moment, datetime) else moment
    title = date_format(exact, "Y-m-d H:i:s" if isinstance(exact, datetime) else "Y-m-d")
    return format_html('<time datetime="{}" title="{}">{}</time>', exact.isoformat(), title, day_time(moment))


@register.filter
def duration(span: timedelta | int | None) -> str:
    """42 分, 3 小时 5 分; a plain number is minutes."""
    if span is None:
        return ""
    return formatting.duration_words(span if isinstance(span, timedelta) else timedelta(minutes=span))


@register.filter
def since(moment: datetime | None) -> str:
    """How long ago: 42 分."""
    return "" if moment is None else formatting.duration_words(now() - moment)


@register.filter
def masked_phone(number: str | None) -> str:
    """138****5678."""
    return formatting.masked_phone(number) if number else ""


@register.filter
def age(born: date | None) -> str:
    """Completed years, or months under the first birthday."""
    return "" if born is None else formatting.age_words(born, timezone.localtime(now()).date())


@register.filter
def percent(part: int, whole: int) -> str:
    """94 %, never 100 while something is missing: `{{ done|percent:total }}`."""
    return f"{formatting.whole_percent(part, whole)} %"


@register.filter
def undo_url(extra_tags: str | None) -> str:
    """The address behind 撤销 in a toast."""
    return notices.undo_url(extra_tags or "")


@register.inclusion_tag("components/state.html")
def state(code: str, word: Words = "", icon: str = "") -> dict[str, object]:
    """A state as colour + icon + word: `{% state "done" %}`, `{% state "owed" "待采" %}`."""
    known = STATES[code]
    return {"tone": known.tone, "icon": icon or known.icon, "word": word or known.word}


@register.inclusion_tag("components/figure.html")
def figure(
    number: object, label: Words, *, url: str = "", unit: Words = "", tone: str = "", note: Words = ""
) -> dict[str, object]:
    """One big number in `<ul class="figures">`, opening the list behind it. Nothing owed or late has no colour."""
    if not number and tone in ("owed", "late"):
        tone = ""
    return {"number": number, "label": label, "url": url, "unit": unit, "tone": tone, "note": note}


@register.inclusion_tag("components/bar.html")
def bar(part: int, whole: int, label: Words = "", tone: str = "", thick: bool = False) -> dict[str, object]:
    """The bar alone: `part` of `whole`, drawn as SVG since inline styles are forbidden."""
    share = 0.0 if whole <= 0 else min(max(part * 100 / whole, 0.0), 100.0)
    return {
        "width": f"{share:.2f}%",
        "label": label or _("%(part)s / %(whole)s") % {"part": part, "whole": whole},
        "tone": tone,
        "thick": thick,
    }


@register.inclusion_tag("components/bar_row.html")
def bar_row(
    label: Words, part: int, whole: int, *, link: Words = "", url: str = "", tone: str = "done", below: bool = False
) -> dict[str, object]:
    """A row in `<ul class="bars">`: label, bar, percent, link to what is missing; `below` the row before it."""
    return {
        "label": label, "part": part, "whole": whole, "link": link, "url": url, "tone": tone, "below": below,
    }  # fmt: skip


@register.simple_block_tag(takes_context=True)
def page_head(
    context: Context,
    content: str,
    title: Words,
    *,
    answer: Words = "",
    tone: str = "",
    back: str = "",
    back_word: Words = "",
    note: Words = "",
) -> SafeString:
    """Title and answer sentence; what stands inside are the page's actions."""
    return _render("components/page_head.html", context, {
        "title": title, "answer": answer, "tone": tone, "back": back, "back_word": back_word, "note": note,
        "actions": _inside(content), "tone_icon": STATES[tone].icon if tone else "",
    })  # fmt: skip


@register.simple_block_tag(takes_context=True)
def empty(context: Context, content: str, title: Words, icon: str = "inbox") -> SafeString:
    """An empty place that says what to do; what stands inside are the words and the action."""
    return _render("components/empty.html", context, {"title": title, "icon": icon, "actions": _inside(content)})


@register.simple_block_tag(takes_context=True)
def note(context: Context, content: str, tone: str = "plain", icon: str = "") -> SafeString:
    """A remark in the page: `tone` done, owed, late or plain."""
    return _render("components/note.html", context, {
        "tone": tone, "icon": icon or STATES[tone].icon, "words": _inside(content),
    })  # fmt: skip


@register.simple_block_tag(takes_context=True)
def person_head(context: Context, content: str, name: Words, about: Words = "") -> SafeString:
    """The head of a person or household; what stands inside are `<div><dt>…<dd>…</div>` pairs."""
    return _render("components/person_head.html", context, {"name": name, "about": about, "pairs": _inside(content)})


@register.inclusion_tag("components/person.html")
def person(name: str, sex: str = "", age: object = "", house: Words = "", url: str = "") -> dict[str, object]:
    """A person in one line: 张秀英 女 71 北头岭 12 号. `sex`: male, female or unknown."""
    words = {"male": _("男"), "female": _("女")}
    return {"name": name, "sex": words.get(sex, ""), "age": age, "house": house, "url": url}


@register.inclusion_tag("components/chip.html")
def chip(label: Words, url: str, active: bool = False, count: int | None = None) -> dict[str, object]:
    """A filter chip in `<ul class="chips">`."""
    return {"label": label, "url": url, "active": active, "count": count}


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Context, next_cursor: str | None, name: str = "after") -> dict[str, object]:
    """Keyset paging: a link to what follows (`?after=cursor`), and back to the first page."""
    parameters = context["request"].GET.copy()
    first = name in parameters
    parameters.pop(name, None)
    start = parameters.urlencode()
    parameters[name] = next_cursor or ""
    return {"next": f"?{parameters.urlencode()}" if next_cursor else "", "first": f"?{start}" if first else ""}


@register.inclusion_tag("components/steps.html")
def steps(here: int, *words: Words) -> dict[str, object]:
    """The steps of a wizard, `here` counted from 1: `{% steps 2 "文件" "列" "预览" "完成" %}`."""
    return {"steps": [{"word": word, "done": n < here, "here": n == here} for n, word in enumerate(words, 1)]}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, hint: Words = "") -> dict[str, object]:
    """A form field: label, hint, error and the widget, tied together for screen readers."""
    kind = getattr(bound.field.widget, "input_type", "")
    if bound.field.widget.attrs.get("placeholder") == bound.label:
        del bound.field.widget.attrs["placeholder"]  # allauth says it twice
    return {
        "field": bound,
        "hint": hint or bound.help_text,
        "check": kind == "checkbox" and not bound.use_fieldset,
        "group": bound.use_fieldset,
    }


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, object]:
    """The summary on top of a form that was refused; nothing otherwise."""
    faulty = [form[name] for name in form.fields if form[name].errors]
    return {"faulty": faulty, "general": form.non_field_errors(), "shown": form.is_bound and bool(form.errors)}


@register.inclusion_tag("components/timeline.html")
def timeline(dots: Sequence[Dot], limit_minutes: int = 60) -> dict[str, object]:
    """One dot per tube since its closing; past the limit red, with the word."""
    return {"line": lay_out(dots, limit_minutes=limit_minutes), "limit": limit_minutes}


@register.simple_tag
def live_attributes(url: str, token: str) -> SafeString:
    """Attributes of a fragment that keeps itself current: `<div id="board" {% live_attributes url token %}>`."""
    headers = json.dumps({live.HEADER: token})
    return format_html(
        'data-live hx-get="{}" hx-trigger="every 2s, wake" hx-swap="outerHTML" hx-headers="{}"', url, headers
    )


def _inside(content: str) -> SafeString:
    """What a block tag holds is rendered already; `strip` alone would lose the mark that says so."""
    return SafeString(content.strip())


def _render(name: str, context: Context, values: dict[str, object]) -> SafeString:
    return render_to_string(name, {**values, "request": context.get("request")})
