"""What people look at: an assessment as text or HTML, a classification, a table of cases."""
