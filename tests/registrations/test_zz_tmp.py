import time, pytest, io, zipfile, openpyxl
from symposium.registrations import messages as letters, invitations
from symposium.registrations.models import Message
from tests.factories import *
pytestmark = pytest.mark.django_db

def test_speed(settings):
    settings.EMAIL_BACKEND = "symposium.mail.Outbox"
    settings.POST_OFFICE = {"BACKENDS": {"default": "django.core.mail.backends.locmem.EmailBackend"}}
    edition = open_edition(is_current=True)
    c = make_category(edition)
    people = [make_registration(c, user=make_user(f"p{n}@example.org", language=["fr","en","ar"][n%3])) for n in range(300)]
    for i in range(3):
        m = Message(edition=edition, by=make_organiser(), subject_fr="Le tram %d" % i, body_fr="La ligne est arrêtée.\n\n" * 20)
        qs = type(people[0]).objects.filter(edition=edition)
        s, p = time.perf_counter(), time.process_time()
        letters.send(m, qs)
        print("MS", (time.perf_counter() - s) / 300 * 1000, "cpu", (time.process_time() - p) / 300 * 1000)
    open("/proc/loadavg"); print(open("/proc/loadavg").read())

def test_fuzz():
    import random, collections
    random.seed(1)
    book, f = openpyxl.Workbook(), io.BytesIO()
    for n in range(30): book.active.append([f"a{n}@example.org", "Nom", n])
    book.save(f)
    seen = collections.Counter()
    def tryit(content, what):
        try:
            list(invitations.lines_of_workbook(io.BytesIO(content)))
        except Exception as e:
            if type(e).__name__ != "ValidationError": seen[(what, type(e).__mro__[0:3], str(e)[:60])] += 1
    data = f.getvalue()
    for n in range(600):
        b = bytearray(data)
        for _ in range(random.choice([1, 3, 20])): b[random.randrange(len(b))] = random.randrange(256)
        tryit(bytes(b), "raw")
    with zipfile.ZipFile(f) as z: parts = {n: z.read(n) for n in z.namelist()}
    def packed(p):
        o = io.BytesIO()
        with zipfile.ZipFile(o, "w") as w:
            for n, c in p.items(): w.writestr(n, c)
        return o.getvalue()
    for name in parts:
        for bad in (b"", b"<broken", b"<a/>", b"\xff\xfe", b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"):
            tryit(packed(parts | {name: bad}), name)
        tryit(packed({k: v for k, v in parts.items() if k != name}), "no " + name)
        for _ in range(150):
            b = bytearray(parts[name])
            for _ in range(random.choice([1, 2, 5])): b[random.randrange(len(b))] = random.choice(b"<>\"'/=abc019\x00")
            tryit(packed(parts | {name: bytes(b)}), name)
    for k, v in seen.most_common(): print(v, k)
