"""E-mails: composed in the reader's language, queued in the database, sent by the worker.

    mail.send(to=…, language="fr", template="registrations/email/ticket",
              context={"name": …, "action_url": …, "action_label": …},
              attachments=["ticket:7K4Q2M9XTB"])

`composing.py` describes templates and contexts, `queue.py` the sending.
"""

from symposium.core.mail.composing import PARTS, Trusted, compose, fill_frame, sanitize, send

__all__ = ["PARTS", "Trusted", "compose", "fill_frame", "sanitize", "send"]
