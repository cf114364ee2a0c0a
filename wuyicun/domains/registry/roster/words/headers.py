"""Column titles: every wording that clerks use for a field, and how a title is made comparable."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from wuyicun.domains.registry.roster.fields import Field

_NOISE = re.compile(r"[\s*:\-_.·\u200b-\u200f\ufeff]")
_BRACKETED = re.compile(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】|〔[^〕]*〕")

_EXACT: dict[Field, str] = {
    Field.SEQUENCE: "序号 编号 行号 号 no 序 项次",
    Field.HOUSEHOLD: "户号 户编号 户序号 家庭编号 家庭户号 户籍号 户口号 户口簿号 户口本编号 户主编号 户",
    Field.SECTION: "片区 所属片区 网格 所属网格 网格名称 网格片区 网格(片区) 自然村 所属自然村 居民组 村民小组 "
    "小组 组别 村组",
    Field.MICRO_GRID: "微网格 所属微网格 微网格名称 细化片区 微格 微网格号",
    Field.NAME: "姓名 名字 人员姓名 成员姓名 居民姓名 村民姓名 家庭成员 家庭成员姓名 人名 名称 单位名称 点位 "
    "点位名称 场所名称 商户名称 name",
    Field.SEX: "性别 男女 sex gender",
    Field.BIRTH_DATE: "出生日期 出生年月日 出生年月 生日 出生时间 出生 birthdate dateofbirth birthday",
    Field.AGE: "年龄 周岁 岁数 age",
    Field.ID_KIND: "证件类型 证件种类 证件类别 证件名称",
    Field.ID_NUMBER: "身份证号码 身份证号 身份证 公民身份号码 公民身份证号码 居民身份证号 居民身份证号码 "
    "身份证件号码 证件号码 证件号 身份号码 身份证编号 idnumber idcard idno",
    Field.PHONE: "联系电话 电话 手机 手机号 手机号码 电话号码 联系方式 联系号码 本人电话 移动电话 联系人电话 "
    "负责人电话 phone mobile tel",
    Field.RELATION: "与户主关系 户主关系 关系 家庭关系 与户主的关系 称谓 与户主 与家庭成员关系 relation",
    Field.HEAD_NAME: "户主 户主姓名 户主名字 所属户主",
    Field.ADDRESS: "家庭住址 住址 地址 家庭地址 现住址 居住地址 详细地址 门牌号 门牌 常住地址 现住地址 "
    "实际居住地址 居住住址 位置 所在位置 具体位置 地点 address",
    Field.REGISTERED_ADDRESS: "户籍地址 户籍所在地 户口所在地 户籍地 户籍住址 户口地址",
    Field.PARTY: "政治面貌 党员 是否党员 面貌 是否为党员 是否中共党员",
    Field.RESIDENCE: "人员类别 居住类别 人员类型 人口类别 人口类型 人员性质 居住情况 居住状态 常住类别 居住性质 "
    "人员状态",
    Field.WHEREABOUTS: "现居住地 目前所在地 现在何处 去向 现在位置 居住地 实际居住地 人员去向 外出地 现居地 "
    "现居住地址 目前居住地 现所在地 外出地点 所在地",
    Field.GROUPS: "特殊人群 人群标签 特殊群体 重点人群 人群类别 人群类型 特殊情况 特殊人员 人群 特殊人群类别 "
    "特殊人群类型 健康状况 重点人群类别",
    Field.HOME_VISIT: "是否需上门 需上门 是否上门 上门采样 是否需要上门 需上门核酸 上门核酸 是否需上门核酸 "
    "是否需上门采样 需要上门",
    Field.SAMPLING_CODE: "采样码 核酸采样码 采样码状态 采样二维码 二维码 核酸码 采样码注册 是否注册采样码 "
    "采样码是否注册 是否注册 注册二维码",
    Field.NOTE: "备注 说明 备注说明 其他 remark note 其它",
    Field.WORKPLACE: "用工单位 工作单位 单位 所属单位 工作地点 务工单位 企业 企业名称 所属企业 所属工地 工地 "
    "施工单位 从业单位 就业单位",
    Field.LIVING_PLACE: "居住地点 住宿地点 住宿地 宿舍 居住场所 住宿 现居住地点 住处",
    Field.PLACE_KIND: "类型 类别 点位类型 场所类型 种类 点位类别 场所类别 性质 kind type",
    Field.MANAGER: "负责人 联系人 责任人 管理人 负责人姓名 责任人姓名 法人 法定代表人 店主 经营者 管理员",
    Field.PROBLEM: "问题 错误原因 问题说明",
    Field.GROUP_ELDERLY: "老人 老年人 是否老人 是否老年人 60岁以上 60岁以上老人 60岁以上老年人 65岁以上 "
    "65岁以上老人 高龄老人",
    Field.GROUP_INFIRM: "行动不便 是否行动不便 行动不便人员 失能 是否失能 失能半失能",
    Field.GROUP_ILL: "慢病 慢性病 是否慢病 是否慢性病 基础病 基础疾病 是否有基础病 是否有基础疾病 慢病患者 慢性病患者",
    Field.GROUP_DISABLED: "残疾 残疾人 是否残疾 是否残疾人",
    Field.GROUP_PREGNANT: "孕妇 孕产妇 是否孕妇 是否孕产妇",
    Field.GROUP_INFANT: "婴幼儿 是否婴幼儿 婴儿 3岁以下 3岁以下婴幼儿",
    Field.GROUP_ALONE: "独居 独居老人 是否独居 是否独居老人",
    Field.GROUP_OUTSIDER: "外来人员 是否外来 是否外来人员",
    Field.GROUP_RISK: "风险人员 是否风险人员",
}

_CONTAINED: tuple[tuple[Field, str], ...] = (
    (Field.ID_NUMBER, r"身份证|身份号码|证件号"),
    (Field.RELATION, r"户主.*关系|关系"),
    (Field.HEAD_NAME, r"户主"),
    (Field.HOUSEHOLD, r"户号|户编号"),
    (Field.MICRO_GRID, r"微网格"),
    (Field.SECTION, r"片区|网格"),
    (Field.PHONE, r"电话|手机|联系方式"),
    (Field.BIRTH_DATE, r"出生"),
    (Field.HOME_VISIT, r"上门"),
    (Field.SAMPLING_CODE, r"采样码|二维码"),
    (Field.PARTY, r"党员|政治"),
    (Field.REGISTERED_ADDRESS, r"户籍.*(?:地|址)|户口.*(?:地|址)"),
    (Field.WHEREABOUTS, r"现居|去向|目前.*(?:住|所在)"),
    (Field.ADDRESS, r"住址|地址"),
    (Field.RESIDENCE, r"人员类|居住类|人口类"),
    (Field.GROUPS, r"特殊|重点人"),
    (Field.WORKPLACE, r"单位|工地"),
    (Field.LIVING_PLACE, r"住宿|居住地点"),
    (Field.NAME, r"姓名"),
    (Field.SEX, r"性别"),
    (Field.NOTE, r"备注"),
)


@cache
def normal(title: str) -> str:
    """A title without spaces, stars, colons and what stands in brackets, in plain lower-case characters."""
    full = _NOISE.sub("", unicodedata.normalize("NFKC", title)).lower()
    return _BRACKETED.sub("", full) or full


_FIELD_OF_TITLE = {normal(title): field for field, titles in _EXACT.items() for title in titles.split()}
_PATTERNS = tuple((field, re.compile(pattern)) for field, pattern in _CONTAINED)
_LONGEST_TITLE = 20


@cache
def known(title: str) -> Field | None:
    """The field whose wording this title is exactly."""
    return _FIELD_OF_TITLE.get(normal(title))


@cache
def resembled(title: str) -> Field | None:
    """The field that a longer title speaks of ('户主或成员身份证号码(18位)')."""
    short = normal(title)
    if len(short) > _LONGEST_TITLE:
        return None
    return next((field for field, pattern in _PATTERNS if pattern.search(short)), None)
