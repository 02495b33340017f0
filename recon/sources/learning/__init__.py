"""Learning what an unknown table is: header names and values -> a proposed column mapping, with a reason for each part.

aliases      what columns and their words are called: facts
profiles     what the cells of a column are: amounts, days, numbers, words
assigning    which header plays which part in a template
proposing    the proposal: mapping, reasons, what it would read, and what only a person can say

Nothing is guessed that would change a date or an amount: the order of day and month, and the decimal mark, are proved
by the file's own cells, or asked.
"""

from __future__ import annotations

from recon.sources.learning.proposing import Answers, Proposal, Question, Reason, propose

__all__ = ["Answers", "Proposal", "Question", "Reason", "propose"]
