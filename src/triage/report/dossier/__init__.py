"""The dossier of one case: what the guidance page asks to keep as evidence and the police ask to bring, as a BagIt bag.

It suggests and does not judge: what it says of a case is what `triage cases --case` says, with every message, figure and setting.
"""

from triage.report.dossier.making import Choices, write_dossier

__all__ = ["Choices", "write_dossier"]
