// The form: live understanding, the reference's preview, sending without losing the file.

const form = document.getElementById("design");
const words = JSON.parse(document.getElementById("words").textContent);
const at = (id) => document.getElementById(id);
const language = document.documentElement.lang;
const TYPES = ["image/png", "image/jpeg", "image/webp"];

// ---- what is understood

const chips = at("chips");
let asked = 0;
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

function say(text) {
  const line = document.createElement("p");
  line.className = "fine";
  line.textContent = text;
  chips.replaceChildren(line);
}

async function understand() {
  const brief = at("brief").value;
  const mine = ++asked;
  if (!brief.trim()) return say(chips.dataset.empty);
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
  if (mine !== asked || !response.ok) return;
  const found = (await response.json()).chips;
  if (!found.some((chip) => chip.part !== "unknown")) say(words.nothing);
  else chips.replaceChildren();
  if (!found.length) return;
  const list = document.createElement("ul");
  list.className = "chip-list";
  list.append(...found.map(chipItem));
  chips.append(list);
}

at("brief").addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(understand, 250);
  mark("brief", "");
});
for (const example of document.querySelectorAll(".example")) {
  example.addEventListener("click", () => {
    at("brief").value = example.dataset.brief;
    at("brief").focus();
    understand();
  });
}
if (at("brief").value) understand();

// ---- the reference

const input = at("reference");
const drop = at("drop");
let shown;

function showReference() {
  const file = input.files[0];
  if (shown) URL.revokeObjectURL(shown);
  shown = file ? URL.createObjectURL(file) : undefined;
  if (file) at("reference_sha256").value = "";
  const kept = at("reference_sha256").value;
  at("preview").hidden = !file && !kept;
  if (file) at("preview").src = shown;
  drop.querySelector(".drop-words").hidden = Boolean(file || kept);
  at("reference-name").textContent = file ? `${file.name} · ${(file.size / 1048576).toFixed(1)} MiB` : "";
  at("reference-remove").hidden = !file && !kept;
  at("strength-field").classList.toggle("idle", !file && !kept);
  mark("reference", file ? complaint(file) : "");
}

function complaint(file) {
  if (file.size > Number(form.dataset.maxBytes)) return words.tooLarge;
  if (file.type && !TYPES.includes(file.type)) return words.notTaken;
  return "";
}

input.addEventListener("change", showReference);
at("preview").addEventListener("error", () => { at("preview").hidden = true; });
at("reference-remove").addEventListener("click", () => {
  input.value = "";
  at("reference_sha256").value = "";
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
  const one = new DataTransfer();
  one.items.add(event.dataTransfer.files[0]);
  input.files = one.files;
  showReference();
});
for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault());
at("strength-field").classList.toggle("idle", !at("reference_sha256").value);

// ---- options

const strength = at("reference_strength");
const showStrength = () => { at("strength-shown").textContent = `${Math.round(strength.value * 100)} %`; };
strength.addEventListener("input", showStrength);
showStrength();
at("seed-draw").addEventListener("click", () => {
  at("seed").value = crypto.getRandomValues(new Uint32Array(1))[0] >>> 1;
  mark("seed", "");
});

// ---- sending

function mark(field, message) {
  const line = document.querySelector(`[data-wrong="${field}"]`);
  if (!line) return;
  line.textContent = message;
  line.hidden = !message;
  at(field)?.setAttribute("aria-invalid", message ? "true" : "false");
}

function refuse(problem) {
  at("refusal").textContent = problem.fields.length ? words.look : problem.detail;
  at("refusal").hidden = false;
  for (const { field, message } of problem.fields) {
    const name = field.split(".")[0];
    mark(name === "briefs" ? "brief" : name, message);
    if (name in SEVERAL) at("several").open = true;
  }
  const first = form.querySelector('[aria-invalid="true"]');
  (first ?? at("refusal")).scrollIntoView({ block: "center" });
  first?.focus({ preventScroll: true });
}

function fieldsToSend() {
  const fields = new FormData(form);
  if (!input.files.length) fields.delete("reference");
  return fields;
}

const SEVERAL = { seeds: true, strengths: true };

let key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;

async function send() {
  const headers = { "Accept-Language": language, Accept: "application/json", "Idempotency-Key": key };
  const response = await fetch(form.action, { method: "POST", headers, body: fieldsToSend() });
  const answer = await response.json();
  if (response.ok) {
    location.assign(answer.links.page ?? `${form.dataset.jobs}/${answer.id}`);
    return true;
  }
  key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  refuse(answer);
  return false;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  at("refusal").hidden = true;
  for (const line of document.querySelectorAll("[data-wrong]")) mark(line.dataset.wrong, "");
  const file = input.files[0];
  if (file && complaint(file)) return refuse({ detail: "", fields: [{ field: "reference", message: complaint(file) }] });
  at("submit").disabled = true;
  at("submit").textContent = words.drawing;
  let gone = false;
  try {
    gone = await send();
  } catch {
    refuse({ detail: words.unreachable, fields: [] });
  }
  if (!gone) {
    at("submit").disabled = false;
    at("submit").textContent = words.draw;
  }
});
window.addEventListener("pageshow", () => {
  at("submit").disabled = false;
  at("submit").textContent = words.draw;
});
