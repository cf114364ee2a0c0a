"""What stands in the way, in one clear line. Standard library only: used before anything is installed."""


class Failure(Exception):
    """Something outside the program must be put right by a person.

    code: stable name of what is wrong; chinese and english: one line each, saying what to do.
    """

    def __init__(self, code: str, chinese: str, english: str) -> None:
        super().__init__(f"{chinese}\n{english}")
        self.code = code
        self.chinese = chinese
        self.english = english
