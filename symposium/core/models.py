from symposium.core.mail.models import Email

__all__ = ["Email"]
