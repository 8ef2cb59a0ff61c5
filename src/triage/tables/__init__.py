"""Arrow in, Arrow out: exports are read, messages scored, cases gathered, results written."""

from triage.tables.assessing import assess_table, case_of, cases_of
from triage.tables.cases import group_findings
from triage.tables.columns import find_columns
from triage.tables.engine import Summary, score_files
from triage.tables.reading import read_messages
from triage.tables.rejects import Rejects
from triage.tables.schema import CASE_SCHEMA, MESSAGE_SCHEMA, MODEL_SCHEMA, SOURCE_SCHEMA
from triage.tables.scoring import score_batch, score_table
from triage.tables.workfolder import work_folder
from triage.tables.writing import check_output, open_writer, write_table

__all__ = [
    "CASE_SCHEMA",
    "MESSAGE_SCHEMA",
    "MODEL_SCHEMA",
    "SOURCE_SCHEMA",
    "Rejects",
    "Summary",
    "assess_table",
    "case_of",
    "cases_of",
    "check_output",
    "find_columns",
    "group_findings",
    "open_writer",
    "read_messages",
    "score_batch",
    "score_files",
    "score_table",
    "work_folder",
    "write_table",
]
