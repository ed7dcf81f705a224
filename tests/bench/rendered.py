"""Middleware that adds a byte to the file `RENDERED` for each page not served from the cache."""

import os


def counting(get_response):
    def count(request):
        with open(os.environ["RENDERED"], "ab", buffering=0) as file:
            file.write(b".")
        return get_response(request)

    return count
