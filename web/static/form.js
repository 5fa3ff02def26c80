// Design form: previews the reference, submits without a reload, keeps a draft.

import { Draft } from "./draft.js";
import { newKey } from "./keys.js";
import { choice, isChosen, motifs, onChoiceChanged, understand } from "./recognised.js";

const form = document.getElementById("design");
const texts = JSON.parse(document.getElementById("words").textContent);
const byId = (id) => document.getElementById(id);
const language = document.documentElement.lang;
const TYPES = byId("reference").accept.split(",");

byId("brief").addEventListener("input", () => setFieldError("brief", ""));
byId("motif-words").addEventListener("chosen", () => setFieldError("motifs", ""));
for (const example of document.querySelectorAll(".example")) {
  example.addEventListener("click", () => {
    byId("brief").value = example.dataset.brief;
    byId("brief").focus();
    draft.save();
    understand();
  });
}

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
  draft.save();
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
  for (const field of form.querySelectorAll('input[type="file"]')) if (!field.files.length) fields.delete(field.name);
  if (isChosen()) {
    const keys = motifs().map((chip) => chip.key);
    for (const key of keys.length ? keys : [""]) fields.append("motifs", key);
  }
  return fields;
}

const BATCH_FIELDS = { seeds: true, strengths: true };

// A key is for one submission. It is kept only while no answer came, for the same content.
let unanswered = null;

function keyOf(fields) {
  const content = JSON.stringify(
    [...fields].map(([name, value]) => (value instanceof File ? [name, value.name, value.size, value.lastModified] : [name, value])),
  );
  if (unanswered?.content !== content) unanswered = { content, key: newKey() };
  return unanswered.key;
}

async function submitForm() {
  if (isChosen()) await understand(); // the brief may have changed since
  const fields = submittedFields();
  const headers = { "Accept-Language": language, Accept: "application/json", "Idempotency-Key": keyOf(fields) };
  const response = await fetch(form.action, { method: "POST", headers, body: fields });
  const body = await response.json();
  unanswered = null;
  if (response.ok) {
    draft.clear();
    location.assign(body.links.page ?? `${form.dataset.jobs}/${body.id}`);
    return true;
  }
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
  unanswered = null;
  byId("submit").disabled = false;
  byId("submit").textContent = texts.draw;
});

// ---- draft

const draft = new Draft(form, choice);
onChoiceChanged(() => draft.save());
if (byId("refusal").hidden && draft.restore()) {
  showStrength();
  showReference();
  if (byId("seeds").value || byId("strengths").value || byId("lines").checked) byId("several").open = true;
}
if (byId("brief").value) understand();
