"""Validation on a Dask cluster, for packages that are larger than one machine's memory.

No rule is written for it: the ordinary checks and rules are run on small packages that are cut out of the large one,
in which every row that a rule must see for its judgement is there (`Scope` says which these are).

`cluster` finds or makes the workers, `blocks` cuts files, `looking` is what a worker does with one block, `columns`
says what is kept of a table, `exchange` brings rows of one key together, `judging` tries rules across rows, and
`engine` is the whole course of it.
"""
