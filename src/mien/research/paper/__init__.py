"""The report on the paper: what it shows, reproduced from the data, and a verdict on each claim.

`evidence` gathers numbers from `published`, `facts` and `measured`; `claims` judges by them; the
words are in two templates, which `render` fills.
"""
