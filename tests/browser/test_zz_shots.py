from __future__ import annotations
import os
from tests.browser.conftest import Visit

def test_shots(visit: Visit, busy_round) -> None:
    out="/tmp/shots-planner/"
    os.makedirs(out,exist_ok=True)
    for phone, english in ((False,False),(True,False),(False,True),(True,True)):
        v=visit("shuji", phone=phone, english=english); p=v.page; s=("phone" if phone else "desk")+("-en" if english else "")
        v.open("/people/micro-grids/"); p.screenshot(path=f"{out}{s}-1-overview.png",full_page=True)
        p.locator("tbody th a").nth(1).click(); p.wait_for_load_state(); p.screenshot(path=f"{out}{s}-2-page.png",full_page=True)
        p.goto(v.site.url+"/people/micro-grids/map/?layer=A"); p.screenshot(path=f"{out}{s}-4-mapA.png",full_page=True)
        p.goto(v.site.url+"/people/micro-grids/rebalancing/"); p.screenshot(path=f"{out}{s}-5-start.png",full_page=True)
        if english:
            p.locator("form .btn-primary").click(); p.wait_for_load_state(); p.screenshot(path=f"{out}{s}-6-proposal.png",full_page=True)
        print(v.address)
