"""Data as the rooms pass them to the print templates, and a reader for what comes out."""

from typing import Any

import pypdfium2
import zxingcpp

from wuyicun.domains.screening import signing
from wuyicun.kernel.documents import qr

NAMES = ("张秀英", "李建国", "阿不都热合曼·艾尼瓦尔·买买提江", "𠮷田䶮", "㛃梅", "欧阳震华")
HOSTILE = (
    "#panic()",
    "*x* _y_ $z$",
    "@r <l> `c`",
    '\\u{41} " // /* {page}',
    "#read(data.json)",
    "A" * 60,
    "\u202e反\ufeff",
    "\x07\t",
    "",
    "'; --",
)
MADE = {"by": "梁会明", "at": "2022-11-18 12:05"}
ROUND = {"made": MADE, "village": "西头岭村", "round": "第 3 轮核酸检测"}


def _name(names: tuple[str, ...], number: int) -> str:
    return names[number % len(names)]


def cards(names: tuple[str, ...] = NAMES, count: int = 12) -> dict[str, Any]:
    return {
        "made": MADE,
        "village": "西头岭村",
        "cards": [
            {
                "letter": "PH"[number % 2],
                "title": _name(names, number),
                "subtitle": "北头岭 12 号" if number % 3 else None,
                "code": f"H7K2-{number:04}",
                "qr": qr.svg(f"P{number:026}"),
            }
            for number in range(count)
        ],
    }


def badges(names: tuple[str, ...] = NAMES, count: int = 12) -> dict[str, Any]:
    return cards(names, count)


def tube_labels(names: tuple[str, ...] = NAMES, count: int = 44) -> dict[str, Any]:
    codes = [f"X-{number:04}" for number in range(count - 1)] + ["LAB-2022-11-18-0123456789-0123456789-XYZ"] * bool(
        count
    )
    labels = [{"code": code, "qr": qr.svg(code)} for code in codes]
    return {"village": names[0], "round": names[-1], "labels": labels}


def handover_slip(names: tuple[str, ...] = NAMES, count: int = 9) -> dict[str, Any]:
    tubes = [
        {
            "code": f"X-{number:04}",
            "station": _name(names, number),
            "closed_at": "09:42",
            "count": 10 - number % 3,
            "pool": 10,
            "waiting_minutes": 11 * number,
            "late": 11 * number > 60,
            "note": _name(names, number) if number % 3 else None,
        }
        for number in range(count)
    ]
    return ROUND | {
        "place": "村委会广场",
        "laboratory": None,
        "at": "11月18日 10:05",
        "giver": names[0],
        "receiver": names[-1],
        "boxes": None,
        "signatures": [signing.drawing([[100, 100, 300, 300], [500, 50]]), None],
        "tubes": tubes,
        "samples": sum(tube["count"] for tube in tubes),
        "within_minutes": 60,
    }


def setup_sheet(names: tuple[str, ...] = NAMES, count: int = 12) -> dict[str, Any]:
    points = [
        {"words": _name(names, number), "at": "11-18 06:40" if number % 2 else "", "by": _name(names, number + 1)}
        for number in range(count)
    ]
    kit = [{"word": _name(names, number), "number": 1200 * number} for number in range(count)]
    return ROUND | {"station": "村委会广场", "windows": 2, "points": points, "kit": kit}


def _households(names: tuple[str, ...], count: int) -> list[dict[str, Any]]:
    def person(number: int) -> dict[str, Any]:
        return {
            "name": _name(names, number),
            "sex": "女",
            "age": "71",
            "groups": ["高龄", "独居"] if number % 2 else [],
            "state": ("待采", "联系不上", "拒绝")[number % 3],
            "attempts": "2 次,最近 09:30" if number % 3 else None,
        }

    return [
        {
            "house": f"北头岭 {number + 1} 号",
            "area": "第二微网格",
            "phone": "138****5678" if number % 2 else None,
            "people": [person(number + member) for member in range(number % 4 + 1)],
        }
        for number in range(count)
    ]


def call_sheet(names: tuple[str, ...] = NAMES, count: int = 14) -> dict[str, Any]:
    sentence = "还有 18 人未采"
    return ROUND | {"area": "北头岭", "due_at": "11:20", "sentence": sentence, "households": _households(names, count)}


def _slot(area: str) -> dict[str, Any]:
    return {"area": area, "station": "村委会广场", "day": "11月20日", "time": "08:00–09:10", "people": "118 人"}


def call_up(names: tuple[str, ...] = NAMES, count: int = 14) -> dict[str, Any]:
    sheet = _slot("北头岭微网格") | {"households": _households(names, count)}
    return ROUND | {"draft": True, "sheets": [sheet]}


def slot_notices(names: tuple[str, ...] = NAMES, count: int = 14) -> dict[str, Any]:
    sheets = [_slot(_name(names, number)) for number in range(count)]
    return ROUND | {"draft": True, "sheets": sheets}


def visit_route(names: tuple[str, ...] = NAMES, count: int = 14) -> dict[str, Any]:
    doors = [
        household | {"number": number, "way": "60 米" if number % 2 else ""}
        for number, household in enumerate(_households(names, count), 1)
    ]
    outings = [{"title": "第 1 队", "about": "29 人，约 1 小时 55 分", "doors": doors}] if doors else []
    return ROUND | {"due_at": "11:20", "outings": outings}


def round_proof(names: tuple[str, ...] = NAMES, count: int = 27) -> dict[str, Any]:
    counts = {"current": count, "done": count, "excused": 0, "unreachable": 0, "refused": 0, "owed": 0}
    people = [
        {
            "house": f"北头岭 {number} 号",
            "name": _name(names, number),
            "state": "已采",
            "what": "试管 X-0001，村委会广场",
            "when": "11-18 09:42",
            "by": "王海斌",
            "result": "阴性",
        }
        for number in range(count)
    ]
    address = "https://village.example/check/140321201205-P0123456789AB/"
    return ROUND | {
        "area": "西头岭村",
        "final": True,
        "figures": counts,
        "areas": [counts | {"name": "第一微网格"}],
        "people": people,
        "all_listed": True,
        "code": "140321201205-P-0123-4567-89AB",
        "address": address,
        "qr": qr.svg(address),
        "digest": "0123456789abcdef" * 4,
    }


def result_slips(names: tuple[str, ...] = NAMES, count: int = 14) -> dict[str, Any]:
    slips = [
        {
            "name": _name(names, number),
            "about": "女 71",
            "house": "北头岭 12 号",
            "round": "第 3 轮核酸检测",
            "result": "阴性",
            "positive": False,
            "sampled_at": "2022-11-18 09:42",
            "result_at": "2022-11-18 15:10",
            "station": "村委会广场",
            "tube": "LAB-2022-11-18-0123456789-0123456789-XYZ",
            "kind": "混采，最多 10 人一管",
            "qr": qr.svg(f"https://village.example/check/140321201205-R{number:039}/", error="l"),
        }
        for number in range(count)
    ]
    return ROUND | {"single": False, "slips": slips}


def round_report(names: tuple[str, ...] = NAMES, count: int = 27) -> dict[str, Any]:
    people = [
        {"name": _name(names, number), "house": f"北头岭 {number} 号", "reason": "外出", "until": "11月20日"}
        for number in range(count)
    ]
    counts = {"current": 1337, "due": 1310, "done": 1307, "excused": 27, "unreachable": 2, "refused": 1}
    counts |= {"coverage": "99.8 %"}
    return ROUND | {
        "version": 2,
        "amended": "收到 1 份关闭前的样本",
        "opened": {"at": "07:00", "by": "梁会明"},
        "closed": {"at": "11:55", "by": "王海斌"},
        "sentence": "1335 人应采,每人都有着落",
        "figures": counts | {"opening": 1335},
        "areas": [counts | {"name": name, "depth": depth} for depth, name in enumerate(("北头岭", "第二微网格"))],
        "tubes": {"sent": 34, "short": 3, "late": 1, "lost": 0, "positive": 1},
        "excused": people,
        "unreachable": people[:2],
        "refused": people[:1],
        "joined": people[:3],
        "left": people[:1],
        "flagged": people[:2],
        "retests": people[:9],
        "digest": "0123456789abcdef" * 4,
    }


def ledger(names: tuple[str, ...] = NAMES, count: int = 60) -> dict[str, Any]:
    columns = (("序号", None), ("姓名", 3), ("身份证号", 4), ("现住址", 5))
    return {
        "made": MADE,
        "from": "西头岭村",
        "title": "西头岭村常住人员台账",
        "about": ["2022-11-18", f"{count} 人"],
        "columns": [{"title": title, "weight": weight} for title, weight in columns],
        "rows": [
            [str(number + 1), _name(names, number), "140321196001010018", None if number % 9 == 8 else "北头岭 12 号"]
            for number in range(count)
        ],
        "notes": ["按户号排列。"],
    }


def slips(names: tuple[str, ...] = NAMES, count: int = 6) -> dict[str, Any]:
    address = "https://village.example/account/login/"
    return {
        "made": MADE,
        "village": names[0],
        "address": address,
        "qr": qr.svg(address),
        "slips": [
            {
                "name": _name(names, number),
                "tasks": ["西头岭 · 网格员", names[-1]][: 1 + number % 2],
                "username": "wanghaibin" if number % 2 else _name(names, number),
                "password": "tds5c4qfc9",
                "until": "12月9日 周三 11:43",
            }
            for number in range(count)
        ],
    }


def org_chart(names: tuple[str, ...] = NAMES, count: int = 9) -> dict[str, Any]:
    def box(number: int) -> dict[str, Any]:
        member = {"word": "成员", "names": _name(names, number), "vacant": False}
        vacant = {"word": "负责人", "names": "", "vacant": True}
        return {
            "title": _name(names, number + 1),
            "there": number % 3 > 0,
            "phone": "",
            "notes": ["08:00–20:00"] if number % 2 else [],
            "lines": [vacant, member],
        }

    depths = [min(number, 1 + number % 3 // 2) for number in range(count)]
    rows = [
        {
            "ends": [step == depth - 1 and number == count - 1 for step in range(depth)],
            "area": _name(names, number),
            "command": box(number),
            "party": box(number + 3),
            "hubs": [_name(names, number)] if depth == 2 else None,
        }
        for number, depth in enumerate(depths)
    ]
    about = {"made": MADE, "village": "西头岭村", "sentence": "5 个岗位空缺"}
    return about | {"rows": rows, "support": [box(number) for number in range(min(count, 6))], "loads": []}


TEMPLATES = {
    make.__name__: make
    for make in (
        *(
            cards,
            badges,
            slips,
            tube_labels,
            handover_slip,
            setup_sheet,
            call_sheet,
            call_up,
            slot_notices,
            visit_route,
        ),
        *(round_report, round_proof, result_slips, ledger, org_chart),
    )
}


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, without white space and the marks that only say where a line may break."""
    document = pypdfium2.PdfDocument(pdf)
    texts = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return ["".join(text.replace("\u200b", "").split()) for text in texts]


def codes_on(pdf: bytes, page: int = 0) -> set[str]:
    """What a scanner reads off the printed page, at 216 dots per inch."""
    document = pypdfium2.PdfDocument(pdf)
    bitmap = document[page].render(scale=3, grayscale=True)
    pixels = memoryview(bytes(bitmap.buffer)).cast("B", shape=[bitmap.height, bitmap.stride])
    found = {barcode.text for barcode in zxingcpp.read_barcodes(pixels)}
    document.close()
    return found
