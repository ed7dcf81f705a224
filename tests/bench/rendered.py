"""What the site renders, and does not hand out from memory, is a byte more in a file, RENDERED."""

import os


def counting(get_response):
    def count(request):
        with open(os.environ["RENDERED"], "ab", buffering=0) as file:
            file.write(b".")
        return get_response(request)

    return count
