"""The periodic work of `manage.py worker`, in the order in which it is done.

A task does nothing twice, since the rows say what was done; it treats a batch of people at a time,
each in a transaction of their own.
"""
