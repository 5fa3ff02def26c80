// Design form: parses the brief as it is typed, previews the reference, submits without a reload.

const form = document.getElementById("design");
const texts = JSON.parse(document.getElementById("words").textContent);
const byId = (id) => document.getElementById(id);
const language = document.documentElement.lang;
const TYPES = byId("reference").accept.split(",");

// ---- recognised terms

const chips = byId("chips");
let latestRequest = 0;
let timer;
let recognised = [];
const removed = new Set();
const added = [];
let swapped = null;
let foundTimer;
let latestSearch = 0;

function chipItem(chip) {
  const item = document.createElement("li");
  item.className = chip.part === "unknown" || chip.part === "motif" ? `chip ${chip.part}` : "chip";
  if (chip.picture) item.append(motifPicture(chip));
  const part = document.createElement("span");
  part.className = "chip-part";
  part.textContent = chip.part_name;
  if (chip.part_name !== chip.name) item.append(part);
  if (chip.hex) {
    const dot = document.createElement("span");
    dot.className = "dot";
    dot.style.background = chip.hex;
    item.append(dot);
  }
  if (chip.part === "motif") item.append(...motifButtons(chip));
  else item.append(chip.name);
  return item;
}

function showChipsText(text) {
  const line = document.createElement("p");
  line.className = "fine";
  line.textContent = text;
  chips.replaceChildren(line);
}

async function understand() {
  const brief = byId("brief").value;
  const requestNumber = ++latestRequest;
  if (!brief.trim()) {
    recognised = [];
    return added.length ? showChips() : showChipsText(chips.dataset.empty);
  }
  let response;
  try {
    response = await fetch("/api/v1/understand", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Accept-Language": language },
      body: JSON.stringify({ brief }),
    });
  } catch {
    return;
  }
  if (requestNumber !== latestRequest || !response.ok) return;
  recognised = (await response.json()).chips;
  takeEarlierChoice();
  showChips();
}

function showChips() {
  const shown = [...motifs(), ...recognised.filter((chip) => chip.part !== "motif")];
  byId("motif-search").hidden = false;
  if (!shown.some((chip) => chip.part !== "unknown")) showChipsText(texts.nothing);
  else chips.replaceChildren();
  if (!shown.length) return;
  const list = document.createElement("ul");
  list.className = "chip-list";
  list.append(...shown.map(chipItem));
  chips.append(list);
}

// ---- motifs: those of the brief, but for what is removed or swapped, and what is added

const named = () => recognised.filter((chip) => chip.part === "motif");
const isChosen = () => added.length > 0 || named().some((chip) => removed.has(chip.key));

function motifs() {
  const kept = named().filter((chip) => !removed.has(chip.key));
  return [...kept, ...added.filter((chip) => !kept.some((other) => other.key === chip.key))];
}

// Of the job that the form is filled in from: chosen instead of what its brief names.
function takeEarlierChoice() {
  if (!chips.dataset.motifs) return;
  const chosen = JSON.parse(chips.dataset.motifs);
  delete chips.dataset.motifs;
  const keys = new Set(chosen.map((chip) => chip.key));
  for (const chip of named()) if (!keys.has(chip.key)) removed.add(chip.key);
  added.push(...chosen.filter((chip) => !named().some((other) => other.key === chip.key)));
}

function motifPicture(chip) {
  const picture = document.createElement("img");
  Object.assign(picture, { className: "chip-picture", src: chip.picture, width: 28, height: 28 });
  picture.alt = texts.motifPicture.replace("%", chip.name);
  return picture;
}

function button(className, text, label, onClick) {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", className, textContent: text, title: label });
  made.setAttribute("aria-label", label);
  made.addEventListener("click", onClick);
  return made;
}

function motifButtons(chip) {
  const swap = () => {
    swapped = chip;
    byId("motif-label").textContent = texts.swapMotif.replace("%", chip.name);
    byId("motif-words").focus();
  };
  const remove = () => {
    removeMotif(chip);
    endSearch();
    showChips();
    byId("motif-words").focus();
  };
  return [
    button("chip-swap", chip.name, texts.swapButton.replace("%", chip.name), swap),
    button("chip-remove", "×", texts.removeMotif.replace("%", chip.name), remove),
  ];
}

function removeMotif(chip) {
  removed.add(chip.key);
  const place = added.findIndex((other) => other.key === chip.key);
  if (place >= 0) added.splice(place, 1);
}

function addMotif(motif) {
  if (swapped) removeMotif(swapped);
  removed.delete(motif.id);
  if (!motifs().some((chip) => chip.key === motif.id)) {
    const { id: key, name, picture } = motif;
    added.push({ part: "motif", part_name: texts.chosenMotif, key, name, picture });
  }
  endSearch();
  setFieldError("motifs", "");
  showChips();
}

function endSearch() {
  latestSearch += 1;
  swapped = null;
  byId("motif-words").value = "";
  byId("motif-label").textContent = texts.addMotif;
  byId("motif-found").replaceChildren();
}

function foundItem(motif) {
  const item = document.createElement("li");
  const made = button("chip motif", "", motif.name, () => addMotif(motif));
  made.append(motifPicture(motif), motif.name);
  item.append(made);
  return item;
}

async function searchMotifs() {
  const words = byId("motif-words").value.trim();
  const searchNumber = ++latestSearch;
  if (!words) return byId("motif-found").replaceChildren();
  let response;
  try {
    const query = new URLSearchParams({ q: words, limit: 12 });
    response = await fetch(`/api/v1/motifs?${query}`, { headers: { "Accept-Language": language } });
  } catch {
    return;
  }
  if (searchNumber !== latestSearch || !response.ok) return;
  const found = (await response.json()).motifs;
  if (found.length) return byId("motif-found").replaceChildren(...found.map(foundItem));
  const none = document.createElement("li");
  Object.assign(none, { className: "fine", textContent: texts.noMotif });
  byId("motif-found").replaceChildren(none);
}

byId("motif-words").addEventListener("input", () => {
  clearTimeout(foundTimer);
  foundTimer = setTimeout(searchMotifs, 200);
});
byId("motif-words").addEventListener("keydown", (event) => {
  if (event.key === "Escape") endSearch();
  if (event.key !== "Enter") return;
  event.preventDefault(); // it does not submit the form
  byId("motif-found").querySelector("button")?.click();
});

byId("brief").addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(understand, 250);
  setFieldError("brief", "");
});
for (const example of document.querySelectorAll(".example")) {
  example.addEventListener("click", () => {
    byId("brief").value = example.dataset.brief;
    byId("brief").focus();
    understand();
  });
}
if (byId("brief").value) understand();

// ---- reference image

const input = byId("reference");
const drop = byId("drop");
let previewUrl;

function showReference() {
  const file = input.files[0];
  if (previewUrl) URL.revokeObjectURL(previewUrl);
  previewUrl = file ? URL.createObjectURL(file) : undefined;
  if (file) byId("reference_sha256").value = "";
  const earlierReference = byId("reference_sha256").value;
  byId("preview").hidden = !file && !earlierReference;
  if (file) byId("preview").src = previewUrl;
  drop.querySelector(".drop-words").hidden = Boolean(file || earlierReference);
  byId("reference-name").textContent = file ? `${file.name} · ${(file.size / 1048576).toFixed(1)} MiB` : "";
  byId("reference-remove").hidden = !file && !earlierReference;
  byId("strength-field").classList.toggle("idle", !file && !earlierReference);
  setFieldError("reference", file ? fileError(file) : "");
}

function fileError(file) {
  if (file.size > Number(form.dataset.maxBytes)) return texts.tooLarge;
  if (file.type && !TYPES.includes(file.type)) return texts.notTaken;
  return "";
}

input.addEventListener("change", showReference);
byId("preview").addEventListener("error", () => { byId("preview").hidden = true; });
byId("reference-remove").addEventListener("click", () => {
  input.value = "";
  byId("reference_sha256").value = "";
  showReference();
});
for (const name of ["dragenter", "dragover"]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  if (!event.dataTransfer.files.length) return;
  const transfer = new DataTransfer();
  transfer.items.add(event.dataTransfer.files[0]);
  input.files = transfer.files;
  showReference();
});
for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault());
byId("strength-field").classList.toggle("idle", !byId("reference_sha256").value);

// ---- options

const strength = byId("reference_strength");
const showStrength = () => { byId("strength-shown").textContent = `${Math.round(strength.value * 100)} %`; };
strength.addEventListener("input", showStrength);
showStrength();
byId("seed-draw").addEventListener("click", () => {
  byId("seed").value = crypto.getRandomValues(new Uint32Array(1))[0] >>> 1;
  setFieldError("seed", "");
});

// ---- submitting

function setFieldError(field, message) {
  const line = document.querySelector(`[data-wrong="${field}"]`);
  if (!line) return;
  line.textContent = message;
  line.hidden = !message;
  byId(field)?.setAttribute("aria-invalid", message ? "true" : "false");
}

function showErrors(problem) {
  byId("refusal").textContent = problem.fields.length ? texts.look : problem.detail;
  byId("refusal").hidden = false;
  for (const { field, message } of problem.fields) {
    const name = field.split(".")[0];
    setFieldError(name === "briefs" ? "brief" : name, message);
    if (name in BATCH_FIELDS) byId("several").open = true;
  }
  const first = form.querySelector('[aria-invalid="true"]');
  (first ?? byId("refusal")).scrollIntoView({ block: "center" });
  first?.focus({ preventScroll: true });
}

function submittedFields() {
  const fields = new FormData(form);
  if (!input.files.length) fields.delete("reference");
  if (isChosen()) {
    const keys = motifs().map((chip) => chip.key);
    for (const key of keys.length ? keys : [""]) fields.append("motifs", key);
  }
  return fields;
}

const BATCH_FIELDS = { seeds: true, strengths: true };

let idempotencyKey = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;

async function submitForm() {
  if (isChosen()) await understand(); // the brief may have changed since
  const headers = { "Accept-Language": language, Accept: "application/json", "Idempotency-Key": idempotencyKey };
  const response = await fetch(form.action, { method: "POST", headers, body: submittedFields() });
  const body = await response.json();
  if (response.ok) {
    location.assign(body.links.page ?? `${form.dataset.jobs}/${body.id}`);
    return true;
  }
  idempotencyKey = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  showErrors(body);
  return false;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  byId("refusal").hidden = true;
  for (const line of document.querySelectorAll("[data-wrong]")) setFieldError(line.dataset.wrong, "");
  const file = input.files[0];
  if (file && fileError(file)) return showErrors({ detail: "", fields: [{ field: "reference", message: fileError(file) }] });
  byId("submit").disabled = true;
  byId("submit").textContent = texts.drawing;
  let submitted = false;
  try {
    submitted = await submitForm();
  } catch {
    showErrors({ detail: texts.unreachable, fields: [] });
  }
  if (!submitted) {
    byId("submit").disabled = false;
    byId("submit").textContent = texts.draw;
  }
});
window.addEventListener("pageshow", () => {
  byId("submit").disabled = false;
  byId("submit").textContent = texts.draw;
});
