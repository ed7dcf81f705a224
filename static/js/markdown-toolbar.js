// Buttons over the Markdown texts of a form. They write as if it were typed, so that Undo works.
const template = document.getElementById("markdown-toolbar");
const { words, address, files: prefix } = template.dataset;
const PICTURE = /\.(jpe?g|png|webp)$/;

// Replace what is selected by `text`; then select `length` characters from `start` on in it.
function write(field, text, start, length) {
  const from = field.selectionStart;
  field.focus();
  // Deprecated, but all browsers have it, and nothing else keeps the history of changes.
  if (!document.execCommand("insertText", false, text)) {
    field.setRangeText(text);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  field.setSelectionRange(from + start, from + start + length);
}

const selected = (field) => field.value.slice(field.selectionStart, field.selectionEnd);

function around(field, mark) {
  const text = selected(field) || words;
  write(field, mark + text + mark, mark.length, text.length);
}

// Begin each selected line with `mark`, or take it away where all have it.
function before(field, mark) {
  const { value } = field;
  const start = value.lastIndexOf("\n", field.selectionStart - 1) + 1;
  const end = value.indexOf("\n", field.selectionEnd);
  field.setSelectionRange(start, end < 0 ? value.length : end);
  const lines = selected(field).split("\n");
  const isMarked = lines.every((line) => line.startsWith(mark));
  const text = lines.map((line) => (isMarked ? line.slice(mark.length) : mark + line)).join("\n");
  write(field, text, text.length, 0);
}

function link(field) {
  const text = selected(field) || words;
  write(field, `[${text}](${address})`, text.length + 3, address.length);
}

function showFile(field, name) {
  if (!PICTURE.test(name)) {
    const text = selected(field) || words;
    write(field, `[${text}](${name})`, 1, text.length);
    return;
  }
  const above = field.value.slice(0, field.selectionStart);
  const gap = above === "" || above.endsWith("\n\n") ? "" : "\n\n";
  const text = `${gap}![](${name})\n\n`;
  write(field, text, text.length, 0);
}

// The name that the server gives a file without one: see `short_name` in editions/models.py.
function shortName(typed, file) {
  const extension = file.slice(file.lastIndexOf(".") + 1).toLowerCase();
  const whole = (typed || file).normalize("NFKC").toLowerCase();
  const stem = whole.replace(/\.[^.]*$/, "").replace(/[^\p{L}\p{N}_\s-]/gu, "");
  const short = stem.replace(/[-\s]+/g, "-").replace(/^[-_]+|[-_]+$/g, "").slice(0, 60);
  return `${short || "file"}.${extension}`;
}

// The names of the files of this page, those to be uploaded included.
function fileNames() {
  const names = [];
  for (const row of document.querySelectorAll(`[id^="${prefix}-"].inline-related:not(.empty-form)`)) {
    const typed = row.querySelector("input[name$='-name']").value;
    const file = row.querySelector("input[type=file]").files[0]?.name ?? typed;
    if (file && !row.querySelector("input[name$='-DELETE']")?.checked) names.push(shortName(typed, file));
  }
  return names;
}

function showNames(panel, pick) {
  const list = panel.querySelector("ul");
  const names = fileNames();
  panel.querySelector("p").hidden = names.length > 0;
  list.replaceChildren(...names.map((name) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.dir = "ltr";
    button.textContent = name;
    button.addEventListener("click", () => pick(name));
    item.append(button);
    return item;
  }));
  list.querySelector("button")?.focus();
}

// One stop of the Tab key; the arrows, Home and End go from button to button.
function rove(bar) {
  const buttons = [...bar.querySelectorAll("button")];
  const isRightToLeft = getComputedStyle(bar).direction === "rtl";
  const steps = isRightToLeft ? { ArrowLeft: 1, ArrowRight: -1 } : { ArrowRight: 1, ArrowLeft: -1 };
  const stop = (number) => buttons.forEach((one, place) => { one.tabIndex = place === number ? 0 : -1; });
  stop(0);
  bar.addEventListener("focusin", (event) => stop(buttons.indexOf(event.target.closest("button"))));
  bar.addEventListener("keydown", (event) => {
    const now = buttons.indexOf(document.activeElement);
    const last = buttons.length - 1;
    const ends = { Home: 0, End: last };
    const next = ends[event.key] ?? now + (steps[event.key] ?? 0);
    if (!(event.key in ends) && !(event.key in steps)) return;
    event.preventDefault();
    buttons[(next + buttons.length) % buttons.length].focus();
  });
}

function addTo(field) {
  const tools = template.content.firstElementChild.cloneNode(true);
  const bar = tools.querySelector("[role=toolbar]");
  const panel = tools.querySelector(".md-files");
  const chooser = bar.querySelector("[data-choose]");
  bar.setAttribute("aria-label", `${bar.getAttribute("aria-label")} – ${field.labels[0].textContent.trim()}`);
  bar.setAttribute("aria-controls", field.id);
  panel.id = `${field.id}-files`;
  chooser.setAttribute("aria-controls", panel.id);
  const open = (isOpen) => {
    panel.hidden = !isOpen;
    chooser.setAttribute("aria-expanded", isOpen);
  };
  const pick = (name) => {
    open(false);
    showFile(field, name);
  };
  bar.addEventListener("click", (event) => {
    const data = event.target.closest("button")?.dataset ?? {};
    if (data.around) around(field, data.around);
    if (data.before) before(field, data.before);
    if ("link" in data) link(field);
    if ("choose" in data) {
      open(panel.hidden);
      if (!panel.hidden) showNames(panel, pick);
    }
  });
  tools.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || panel.hidden) return;
    open(false);
    chooser.focus();
  });
  field.before(tools);
  rove(bar);
}

document.querySelectorAll(template.dataset.fields).forEach(addTo);
