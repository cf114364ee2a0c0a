"""What a column can be."""

from __future__ import annotations

from enum import StrEnum

from wuyicun.domains.registry.rules import Group


class Field(StrEnum):
    """What a column of a roster holds. `GROUP_…` columns hold yes or no for one group."""

    SEQUENCE = "sequence"
    HOUSEHOLD = "household"
    SECTION = "section"
    MICRO_GRID = "micro_grid"
    NAME = "name"
    SEX = "sex"
    BIRTH_DATE = "birth_date"
    AGE = "age"
    ID_KIND = "id_kind"
    ID_NUMBER = "id_number"
    PHONE = "phone"
    RELATION = "relation"
    HEAD_NAME = "head_name"
    ADDRESS = "address"
    REGISTERED_ADDRESS = "registered_address"
    PARTY = "party"
    RESIDENCE = "residence"
    WHEREABOUTS = "whereabouts"
    GROUPS = "groups"
    HOME_VISIT = "home_visit"
    SAMPLING_CODE = "sampling_code"
    NOTE = "note"
    WORKPLACE = "workplace"
    LIVING_PLACE = "living_place"
    PLACE_KIND = "place_kind"
    MANAGER = "manager"
    PROBLEM = "problem"
    GROUP_ELDERLY = "group_elderly"
    GROUP_INFIRM = "group_infirm"
    GROUP_ILL = "group_ill"
    GROUP_DISABLED = "group_disabled"
    GROUP_PREGNANT = "group_pregnant"
    GROUP_INFANT = "group_infant"
    GROUP_ALONE = "group_alone"
    GROUP_OUTSIDER = "group_outsider"
    GROUP_RISK = "group_risk"


FLAGS = {
    Field.GROUP_ELDERLY: Group.ELDERLY,
    Field.GROUP_INFIRM: Group.INFIRM,
    Field.GROUP_ILL: Group.ILL,
    Field.GROUP_DISABLED: Group.DISABLED,
    Field.GROUP_PREGNANT: Group.PREGNANT,
    Field.GROUP_INFANT: Group.INFANT,
    Field.GROUP_ALONE: Group.ALONE,
    Field.GROUP_OUTSIDER: Group.OUTSIDER,
    Field.GROUP_RISK: Group.RISK,
}
"""Columns that ask about one group each."""


class SheetKind(StrEnum):
    """What a sheet lists."""

    PEOPLE = "people"
    WORKERS = "workers"
    PLACES = "places"
    IGNORE = "ignore"
