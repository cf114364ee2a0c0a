"""The parts that pages are made of: what they say, what they escape, and that none needs an inline style."""

from datetime import timedelta

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory

from wuyicun.kernel.clock import now
from wuyicun.kernel.web.states import STATES
from wuyicun.kernel.web.timeline import Dot


def _render(source: str, **values: object) -> str:
    return Template("{% load i18n wuyi %}" + source).render(Context(values))


@pytest.mark.parametrize("code", STATES)
def test_a_state_is_a_colour_an_icon_and_a_word(code: str) -> None:
    shown = _render("{% state code word %}", code=code, word="" if STATES[code].word else "说明")
    assert f"state-{STATES[code].tone}" in shown
    assert f"#{STATES[code].icon}" in shown
    assert (str(STATES[code].word) or "说明") in shown


def test_a_page_may_have_a_better_word_for_a_state() -> None:
    shown = _render("{% state 'owed' '待采' %}")
    assert "待采" in shown
    assert "待办" not in shown


def test_a_figure_opens_its_list() -> None:
    shown = _render("{% figure 302 '已采' url='/done/' unit='人' tone='done' %}")
    assert 'href="/done/"' in shown
    assert "figure-done" in shown


@pytest.mark.parametrize("tone", ["owed", "late"])
def test_nothing_owed_or_late_is_no_reason_for_a_colour(tone: str) -> None:
    assert f"figure-{tone}" in _render("{% figure 1 '超时' tone=tone %}", tone=tone)
    assert f"figure-{tone}" not in _render("{% figure 0 '超时' tone=tone %}", tone=tone)


@pytest.mark.parametrize(
    ("part", "whole", "width"), [(302, 320, "94.38%"), (0, 0, "0.00%"), (5, 4, "100.00%"), (0, 9, "0.00%")]
)
def test_a_bar_is_as_wide_as_its_share(part: int, whole: int, width: str) -> None:
    shown = _render("{% bar part whole %}", part=part, whole=whole)
    assert f'width="{width}"' in shown
    assert "style=" not in shown


def test_what_stands_inside_a_block_part_keeps_its_markup_and_its_escaping() -> None:
    shown = _render(
        "{% page_head title answer=name %}<a class='btn'>{{ name }}</a>{% endpage_head %}", title="一户", name="<b>"
    )
    assert "<a class='btn'>&lt;b&gt;</a>" in shown
    assert "<b>" not in shown


def test_a_title_without_an_answer_stands_alone() -> None:
    assert "is-alone" in _render("{% page_head '设置' %}{% endpage_head %}")
    assert "is-alone" not in _render("{% page_head '今日' answer='都采完了' %}{% endpage_head %}")


def test_paging_keeps_the_filters_and_leads_on_and_back() -> None:
    request = RequestFactory().get("/people/", {"area": "3", "after": "a b"})
    shown = _render("{% pager cursor %}", request=request, cursor="c&d")
    assert 'href="?area=3&amp;after=c%26d"' in shown
    assert 'href="?area=3"' in shown


def test_a_list_of_one_page_has_no_pager() -> None:
    assert _render("{% pager cursor %}", request=RequestFactory().get("/people/"), cursor=None).strip() == ""


def test_the_step_we_are_at_is_marked_and_those_before_are_done() -> None:
    shown = _render("{% steps 2 '文件' '列' '完成' %}")
    assert shown.count("is-done") == 1
    assert shown.count('aria-current="step"') == 1


class _PersonForm(forms.Form):
    name = forms.CharField(label="姓名")
    phone = forms.CharField(label="手机", required=False, help_text="11 位")
    sex = forms.ChoiceField(label="性别", choices=[("female", "女")], widget=forms.RadioSelect)
    party = forms.BooleanField(label="党员", required=False)


def test_a_form_that_was_refused_says_so_on_top_and_beside_the_field() -> None:
    shown = _render(
        "{% form_errors form %}{% for each in form %}{% field each %}{% endfor %}", form=_PersonForm({"party": "on"})
    )
    assert 'href="#id_name"' in shown
    assert 'id="id_name_error"' in shown
    assert 'aria-describedby="id_name_error"' in shown


def test_a_form_that_nobody_sent_has_no_summary() -> None:
    assert _render("{% form_errors form %}", form=_PersonForm()).strip() == ""


def test_only_what_may_stay_empty_is_marked() -> None:
    assert "可不填" in _render("{% field form.phone %}", form=_PersonForm())
    assert "可不填" not in _render("{% field form.name %}", form=_PersonForm())


def test_a_choice_is_a_fieldset_with_a_legend() -> None:
    shown = _render("{% field form.sex %}", form=_PersonForm())
    assert "<fieldset" in shown
    assert "<legend>性别" in shown


def test_a_late_tube_is_another_shape_and_says_the_word() -> None:
    shown = _render("{% timeline dots %}", dots=[Dot(20, "X-1", "/1/"), Dot(71, "X-2", "/2/")])
    assert shown.count("<circle") == 1
    assert 'aria-label="X-2 1 小时 11 分 超时"' in shown
    assert "style=" not in shown


def test_a_moment_carries_its_exact_time() -> None:
    moment = now() - timedelta(minutes=5)
    assert f'datetime="{moment.astimezone().date().year}' in _render("{% when moment %}", moment=moment)
    assert _render("{% when moment %}", moment=None) == ""


def test_the_filters_pass_over_what_is_not_there() -> None:
    filters = ("day_time", "day", "clock_time", "duration", "since", "masked_phone", "age")
    assert _render("".join(f"{{{{ none|{name} }}}}" for name in filters), none=None) == ""


def test_a_live_fragment_asks_with_the_token_of_what_it_shows() -> None:
    shown = _render('<div {% live_attributes "/board/" token %}></div>', token='a"b')
    assert 'hx-get="/board/"' in shown
    assert "every 2s" in shown
    assert "X-Wuyi-Token&quot;: &quot;a\\&quot;b&quot;" in shown


def test_an_icon_with_a_label_is_read_out_and_one_without_is_not() -> None:
    assert 'aria-label="打印"' in _render("{% icon 'printer' '打印' %}")
    assert 'aria-hidden="true"' in _render("{% icon 'printer' %}")
