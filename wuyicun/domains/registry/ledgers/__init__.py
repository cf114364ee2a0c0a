"""台账: a ledger is a row of data, never a table of its own: who stands in it, which columns, which order and paper.

``definition`` says what a ledger is, ``fields`` what can stand in one and be asked for, ``builtin`` holds those that
the village's plan names, ``shelf`` finds a ledger for who may see it, ``making`` makes and changes the village's own,
``lines`` reads them, ``taking`` logs each that leaves the program, ``templates`` keeps the office's own forms.

The titles and words are those of the forms that the township asks for. An export is written in Chinese whoever takes
it, so that it can be handed in, and read in again.
"""
