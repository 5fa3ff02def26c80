// Design form: submits without a reload and keeps a draft; the parts of the page are modules of their own.

import { changes, hexes, takeEarlierColours } from "./colours.js";
import { Draft } from "./draft.js";
import { newKey } from "./keys.js";
import { isChosen, motifs } from "./motifs.js";
import { savedColours, showKeep } from "./palettes.js";
import { choice, hasChoice, onBriefUnderstood, onChoiceChanged, understand } from "./recognised.js";
import { fileError, showReference } from "./reference.js";
import { byId, language, setFieldError, texts } from "./texts.js";

const form = byId("design");
const input = byId("reference");

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

function showErrors(problem) {
  const lines = [problem.fields.length ? texts.look : problem.detail];
  for (const { field, message } of problem.fields) {
    const name = field.split(".")[0];
    if (!setFieldError(name === "briefs" ? "brief" : name, message)) lines.push(`${field}: ${message}`);
    if (name in BATCH_FIELDS) byId("several").open = true;
  }
  byId("refusal").textContent = lines.join(" ");
  byId("refusal").hidden = false;
  const first = [...form.querySelectorAll('[aria-invalid="true"]')].find((field) => field.offsetParent);
  (first ?? byId("refusal")).scrollIntoView({ block: "center" });
  first?.focus({ preventScroll: true });
}

// With "no other colours" and without a palette, the palette is what the brief and the hand say.
function submittedFields() {
  const fields = new FormData(form);
  for (const field of form.querySelectorAll('input[type="file"]')) if (!field.files.length) fields.delete(field.name);
  if (isChosen()) {
    const keys = motifs().map((chip) => chip.key);
    for (const key of keys.length ? keys : [""]) fields.append("motifs", key);
  }
  fields.set("colour_changes", changes().length ? JSON.stringify(changes()) : "");
  const hasPalette = fields.has("palette") || fields.get("palette_earlier") || savedColours().length;
  if (byId("palette_only").checked && !hasPalette && hexes().length) {
    fields.set("palette_earlier", JSON.stringify(hexes().map((hex) => ({ hex, name: "" }))));
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
  if (hasChoice() || byId("palette_only").checked) await understand(); // the brief may have changed since
  const fields = submittedFields();
  const headers = { "Accept-Language": language, Accept: "application/json", "Idempotency-Key": keyOf(fields) };
  const response = await fetch(form.action, { method: "POST", headers, body: fields });
  const body = await response.json();
  unanswered = null;
  if (response.ok) {
    await draft.clear();
    location.assign(body.links.page ?? `${form.dataset.jobs}/${body.id}`);
    return true;
  }
  showErrors(body);
  return false;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (byId("submit").disabled) return;
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
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  form.requestSubmit();
});
byId("shortcut").hidden = false;
window.addEventListener("pageshow", () => {
  unanswered = null;
  byId("submit").disabled = false;
  byId("submit").textContent = texts.draw;
});

// ---- draft

takeEarlierColours();
const draft = new Draft(form, choice);
onChoiceChanged(() => {
  draft.save();
  showKeep();
});
let directions = null; // loaded once a brief leaves something open
onBriefUnderstood(async (brief, open) => {
  showKeep();
  if (open.length) directions ??= import("./directions.js");
  (await directions)?.offerDirections(brief, open);
});

async function restoreDraft() {
  if (draft.restore()) {
    showStrength();
    if (byId("seeds").value || byId("strengths").value || byId("lines").checked) byId("several").open = true;
  }
  showReference();
  if (byId("brief").value || hasChoice()) understand();
  if ((await draft.restoreFiles()).length) {
    showReference();
    showKeep();
  }
}

byId("start-over").addEventListener("click", async (event) => {
  event.preventDefault();
  await draft.clear();
  location.assign(event.target.href);
});
if (!form.dataset.posted) restoreDraft();
else if (byId("brief").value) understand();
