// Design form: parses the brief as it is typed, previews the reference, submits without a reload.

const form = document.getElementById("design");
const texts = JSON.parse(document.getElementById("words").textContent);
const byId = (id) => document.getElementById(id);
const language = document.documentElement.lang;
const TYPES = ["image/png", "image/jpeg", "image/webp"];

// ---- recognised terms

const chips = byId("chips");
let latestRequest = 0;
let timer;

function chipItem(chip) {
  const item = document.createElement("li");
  item.className = chip.part === "unknown" ? "chip unknown" : "chip";
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
  item.append(chip.name);
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
  if (!brief.trim()) return showChipsText(chips.dataset.empty);
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
  const recognised = (await response.json()).chips;
  if (!recognised.some((chip) => chip.part !== "unknown")) showChipsText(texts.nothing);
  else chips.replaceChildren();
  if (!recognised.length) return;
  const list = document.createElement("ul");
  list.className = "chip-list";
  list.append(...recognised.map(chipItem));
  chips.append(list);
}

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
  return fields;
}

const BATCH_FIELDS = { seeds: true, strengths: true };

let idempotencyKey = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;

async function submitForm() {
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
