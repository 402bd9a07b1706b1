"""Databases of every released schema, with rows in every table, and what becomes of them in an upgrade.

`NNNN.sql` is a database as SQLite's shell would write it: the app of that time filled it, `keep.py` the tables that
the demo leaves empty. Revisions that landed together with a later one begin with those of an earlier release.
"""
