// Page "Your data": polls the list of exports until all have ended.

import { answered, onChange } from "./connection.js";
import { morphInto } from "./morph.js";

const root = document.getElementById("exports");
const liveRegion = document.getElementById("spoken");
const POLL_MS = 1500;
const MAX_POLL_MS = 15000;
const isActive = () => root.querySelector("[data-active]").dataset.active === "yes";

let delayMs = POLL_MS;
let timer;
let loading = false;

async function refresh() {
  if (loading || !isActive()) return;
  loading = true;
  clearTimeout(timer);
  let succeeded = false;
  try {
    const response = await fetch(root.dataset.parts, { cache: "no-store" });
    succeeded = response.ok;
    if (succeeded) show(await response.text());
  } catch {
    succeeded = false;
  }
  answered(succeeded);
  delayMs = succeeded ? POLL_MS : Math.min(MAX_POLL_MS, delayMs * 2);
  loading = false;
  if (isActive()) timer = setTimeout(refresh, delayMs);
}

function show(html) {
  morphInto(root, html);
  if (!isActive()) liveRegion.textContent = root.querySelector("li p").textContent;
}

if (isActive()) timer = setTimeout(refresh, POLL_MS);
onChange(refresh);
