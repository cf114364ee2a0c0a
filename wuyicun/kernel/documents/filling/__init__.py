"""The office's own Excel form, filled as it is.

The file is a zip of XML parts. Only what must change is changed, in place: rows are written into the sheet's part, what
lies below them moves, what counts or colours them grows with them; every other byte stays (docs/decisions/0017).
"""

from wuyicun.kernel.documents.filling.fill import Form, columns_with_formulas, fill
from wuyicun.kernel.documents.filling.package import FormRefused, check

__all__ = ["Form", "FormRefused", "check", "columns_with_formulas", "fill"]
