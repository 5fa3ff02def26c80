// Which variants are compared.

import { onParts } from "./live.js";

const root = document.getElementById("job");
const MAX_COMPARED = 4;

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

export function startReviews() {
  onParts(showCompare);
  root.addEventListener("change", showCompare);
}
