// What people say of designs: favourites, verdicts, name and tags; and which are compared.

import { onParts, refresh } from "./live.js";

const root = document.getElementById("job");
const liveRegion = document.getElementById("spoken");
const MAX_COMPARED = 4;
const TAG_SEPARATORS = /[,，、;；]/;

function showCompare() {
  const link = root.querySelector("[data-compare]");
  if (!link) return;
  const boxes = [...root.querySelectorAll('input[name="design"]')];
  const chosen = boxes.filter((box) => box.checked);
  for (const box of boxes) box.disabled = !box.checked && chosen.length >= MAX_COMPARED;
  link.hidden = chosen.length < 2;
  link.href = `/compare?${new URLSearchParams(chosen.map((box) => ["design", box.value]))}`;
  link.textContent = link.dataset.text.replace("{}", chosen.length);
}

// Returns whether it was saved, and else why not.
async function send(method, url, body) {
  try {
    const headers = { "Content-Type": "application/json", Accept: "application/json" };
    const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
    const problem = response.ok ? null : await response.json();
    return { saved: response.ok, why: problem?.fields?.[0]?.message ?? problem?.detail };
  } catch {
    return { saved: false };
  }
}

// The button shows the new state at once; what the server has follows.
async function review(form, button) {
  const pressed = button.getAttribute("aria-pressed") !== "true";
  for (const each of form.querySelectorAll(`[name="${button.name}"]`)) each.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-pressed", String(pressed));
  const value = button.name === "favourite" ? pressed : (pressed && button.value) || null;
  const { saved } = await send("PUT", form.dataset.review, { [button.name]: value });
  if (!saved) {
    button.setAttribute("aria-pressed", String(!pressed));
    liveRegion.textContent = form.dataset.wrong;
  }
  await refresh();
}

async function rename(form) {
  const tags = form.elements.tags.value.split(TAG_SEPARATORS).filter((tag) => tag.trim());
  const { saved, why } = await send("PATCH", root.dataset.job, { name: form.elements.name.value, tags });
  const shown = form.querySelector(".wrong");
  shown.textContent = saved ? "" : why ?? root.dataset.unsaved;
  if (!saved) return;
  form.closest("details").open = false;
  form.closest("details").querySelector("summary").focus();
  await refresh();
}

export function startReviews() {
  onParts(showCompare);
  root.addEventListener("change", showCompare);
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-review], [data-name]")) return;
    event.preventDefault();
    if (form.matches("[data-review]")) review(form, event.submitter);
    else rename(form);
  });
}
