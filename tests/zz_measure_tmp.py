import time, datetime
import pytest
from django.utils import timezone
from tests.registrations.test_door_views import *
from django.test.utils import CaptureQueriesContext
from django.db import connection

def test_measure(door, edition, nadia):
    crowd(edition, nadia, 2000)
    door.get(LIST)
    for q in ("", "?page=20"):
        s=time.time(); c=time.process_time()
        with CaptureQueriesContext(connection, ) as cap: r=door.get(LIST+q)
        print("LIST 2000", q, round(time.time()-s,3), "cpu", round(time.process_time()-c,3), len(cap), len(r.content))
