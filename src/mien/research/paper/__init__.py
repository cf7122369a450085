"""The report on the paper: what it shows, made again from the data, and what each claim is worth.

`results` and `facts` gather numbers, `claims` judges, `tables`, `figures` and `workflow` show,
`content` puts the parts in order, `page` makes one HTML file of them, `command` runs it all.
"""
