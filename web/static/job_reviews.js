// What people say of designs: favourites, verdicts, name and tags; and which are compared.

import { Refused, send } from "./api.js";
import { onParts, refresh } from "./live.js";
import { watchReviews } from "./reviews.js";

const root = document.getElementById("job");
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

async function rename(form) {
  const tags = form.elements.tags.value.split(TAG_SEPARATORS).filter((tag) => tag.trim());
  const shown = form.querySelector(".wrong");
  try {
    await send("PATCH", root.dataset.job, { name: form.elements.name.value, tags });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    shown.textContent = error.message || root.dataset.unsaved;
    return;
  }
  shown.textContent = "";
  form.closest("details").open = false;
  form.closest("details").querySelector("summary").focus();
  await refresh();
}

export function startReviews() {
  onParts(showCompare);
  root.addEventListener("change", showCompare);
  root.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-name]")) return;
    event.preventDefault();
    rename(event.target);
  });
  watchReviews(refresh);
}
