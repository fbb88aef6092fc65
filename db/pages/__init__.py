"""What the pages for people show, asked of an open archive: each module one kind of page.

Every function takes a connection whose rows are `sqlite3.Row` and only reads. What is handed back are plain
dictionaries, by the names of the columns.
"""
