"""Arrow in, Arrow out: exports are read, messages scored, cases gathered, results written."""

from triage.tables.assessing import RankedCases, assess_table, case_of, case_rows, cases_of, ranked_cases, whole_cases
from triage.tables.columns import find_columns
from triage.tables.corrections import Corrections, corrected, read_corrections
from triage.tables.engine import Summary, score_files
from triage.tables.reading import read_messages
from triage.tables.rejects import Rejects
from triage.tables.schema import CASE_SCHEMA, MESSAGE_SCHEMA, MODEL_SCHEMA, SOURCE_SCHEMA
from triage.tables.scored import read_scored
from triage.tables.scoring import score_batch, score_table
from triage.tables.workfolder import work_folder
from triage.tables.writing import check_output, open_writer, write_table

__all__ = [
    "CASE_SCHEMA",
    "MESSAGE_SCHEMA",
    "MODEL_SCHEMA",
    "SOURCE_SCHEMA",
    "Corrections",
    "RankedCases",
    "Rejects",
    "Summary",
    "assess_table",
    "case_of",
    "case_rows",
    "cases_of",
    "check_output",
    "corrected",
    "find_columns",
    "open_writer",
    "ranked_cases",
    "read_corrections",
    "read_messages",
    "read_scored",
    "score_batch",
    "score_files",
    "score_table",
    "whole_cases",
    "work_folder",
    "write_table",
]
