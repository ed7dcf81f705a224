"""Drive Firefox by WebDriver BiDi and WebKitGTK by WebDriver, with the few steps that tests take.

Debian has no geckodriver, but its Firefox speaks BiDi itself.
"""

import itertools
import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from urllib.parse import urljoin

import websocket
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

PATIENCE = 60  # seconds
# Firefox asks its maker for nothing, and reaches no other machine: nothing listens on this port.
PREFERENCES = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.aboutwelcome.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "intl.accept_languages": "fr",
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.type": 1,
    "toolkit.telemetry.enabled": False,
}
CALL = "Promise.resolve(({script})(...{given})).then((found) => JSON.stringify(found) ?? 'null')"
FIND = "(css) => Boolean(document.querySelector(css)?.checkVisibility())"
BRING = (
    "(css) => document.querySelector(css).scrollIntoView({ block: 'center', behavior: 'instant' })"
)
CHOOSE = """
(css, value) => {
  const field = document.querySelector(css);
  field.value = value;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}
"""


class Window:
    """What both browsers share. `site` is the address before the paths."""

    site = ""

    def run(self, script: str, *given):
        """Return what a function of JavaScript returns, or resolves to, in the page."""
        return json.loads(self.evaluate(CALL.format(script=script, given=json.dumps(given))))

    def wait(self, script: str, *given):
        """Return the first true value of a function of JavaScript."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if found := self.run(script, *given):
                return found
            time.sleep(0.05)
        raise AssertionError(
            f"Still not true: {script}{given} at {self.run('() => location.href')}"
        )

    def see(self, css: str) -> None:
        """Wait until the first element of a selector is visible."""
        self.wait(FIND, css)

    def bring(self, css: str) -> None:
        """Scroll to an element at once; what a driver does itself would move smoothly."""
        self.see(css)
        self.run(BRING, css)

    def text(self, css: str) -> str:
        self.see(css)
        return self.run("(css) => document.querySelector(css).innerText.trim()", css)

    def choose(self, css: str, value: str) -> None:
        self.see(css)
        self.run(CHOOSE, css, value)


class WebKit(Window):
    """MiniBrowser of WebKitGTK; it needs a display."""

    def __init__(self, _folder: Path, display: str):
        options = Options()
        options.add_argument("--automation")
        environment = {**os.environ, "DISPLAY": display, "GDK_BACKEND": "x11"}
        self.service = Service(shutil.which("WebKitWebDriver"), env=environment)
        self.service.start()
        server = RemoteConnection(client_config=ClientConfig(self.service.service_url))
        self.driver = webdriver.Remote(server, options=options)
        self.driver.set_script_timeout(PATIENCE)
        self.errors: list[str] = []  # its WebDriver does not tell them

    def resize(self, width: int, height: int) -> None:
        self.driver.set_window_size(width, height)

    def open(self, path: str) -> None:
        self.driver.get(urljoin(self.site, path))

    def evaluate(self, script: str) -> str:
        return self.driver.execute_script(f"return {script}")

    def click(self, css: str) -> None:
        self.bring(css)
        self.driver.find_element(By.CSS_SELECTOR, css).click()

    def type(self, css: str, words: str) -> None:
        self.see(css)
        self.driver.find_element(By.CSS_SELECTOR, css).send_keys(words)

    def close(self) -> None:
        self.driver.quit()
        self.service.stop()


class Firefox(Window):
    """Firefox without a screen, with a profile of its own in `folder`."""

    def __init__(self, folder: Path, _display: str):
        lines = [f'user_pref("{key}", {json.dumps(value)});' for key, value in PREFERENCES.items()]
        (folder / "user.js").write_text("\n".join(lines))
        command = ["firefox-esr", "--headless", "--no-remote", "--remote-debugging-port=0"]
        self.process = subprocess.Popen(
            [*command, "--profile", str(folder)], env={**os.environ, "HOME": str(folder)},
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        said = next(line for line in self.process.stderr if "BiDi listening" in line)
        address = re.search(r"ws://\S+", said)[0]
        self.socket = websocket.create_connection(
            f"{address}/session", suppress_origin=True, timeout=2 * PATIENCE
        )
        self.numbers = itertools.count(1)
        self.errors: list[str] = []
        self.send("session.new", capabilities={})
        self.send("session.subscribe", events=["log.entryAdded"])
        self.context = self.send("browsingContext.getTree")["contexts"][0]["context"]

    def send(self, method: str, **params) -> dict:
        """Return the result of a command; collect the page errors received meanwhile."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while (told := json.loads(self.socket.recv())).get("id") != number:
            entry = told["params"]
            if entry.get("level") == "error":
                self.errors.append(entry["text"])
        if told["type"] == "error":
            raise RuntimeError(f"{method}: {told['error']}: {told['message']}")
        return told["result"]

    def resize(self, width: int, height: int) -> None:
        viewport = {"width": width, "height": height}
        self.send("browsingContext.setViewport", context=self.context, viewport=viewport)

    def open(self, path: str) -> None:
        address = urljoin(self.site, path)
        self.send("browsingContext.navigate", context=self.context, url=address, wait="complete")

    def evaluate(self, script: str) -> str:
        target = {"context": self.context}
        answer = self.send("script.evaluate", expression=script, target=target, awaitPromise=True)
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return answer["result"]["value"]

    def act(self, **source) -> None:
        self.send("input.performActions", context=self.context, actions=[source])

    def click(self, css: str) -> None:
        self.bring(css)
        locator = {"type": "css", "value": css}
        found = self.send("browsingContext.locateNodes", context=self.context, locator=locator)
        element = {"sharedId": found["nodes"][0]["sharedId"]}
        move = {"type": "pointerMove", "x": 0, "y": 0}
        move["origin"] = {"type": "element", "element": element}
        press = [{"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")]
        self.act(type="pointer", id="mouse", actions=[move, *press])

    def type(self, css: str, words: str) -> None:
        self.see(css)
        self.run("(css) => document.querySelector(css).focus()", css)
        keys = [{"type": kind, "value": key} for key in words for kind in ("keyDown", "keyUp")]
        self.act(type="key", id="keys", actions=keys)

    def close(self) -> None:
        self.send("browser.close")
        self.socket.close()
        self.process.wait(PATIENCE)
        self.process.stderr.close()
