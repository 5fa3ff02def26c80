// Batch page: polls the page's fragment until every job has ended.

import { answered, onChange } from "./connection.js";
import { morphInto } from "./morph.js";

const root = document.getElementById("batch");
const liveRegion = document.getElementById("spoken");
const POLL_MS = 1500;
const MAX_POLL_MS = 15000;
const state = () => root.querySelector("[data-state]").dataset.state;

let etag;
let delayMs = POLL_MS;
let timer;
let loading = false;

async function refresh() {
  if (loading || state() === "ended") return;
  loading = true;
  clearTimeout(timer);
  let succeeded = false;
  try {
    const headers = etag ? { "If-None-Match": etag } : {};
    const response = await fetch(root.dataset.parts, { headers, cache: "no-store" });
    if (response.status === 404 || response.status === 410) return location.reload();
    if (response.ok) {
      etag = response.headers.get("ETag");
      show(await response.text());
    }
    succeeded = response.ok || response.status === 304;
  } catch {
    succeeded = false;
  }
  answered(succeeded);
  delayMs = succeeded ? POLL_MS : Math.min(MAX_POLL_MS, delayMs * 2);
  loading = false;
  if (state() !== "ended") timer = setTimeout(refresh, delayMs);
}

function show(html) {
  morphInto(root, html);
  if (state() === "ended") liveRegion.textContent = root.querySelector("#counts").textContent;
}

if (state() !== "ended") timer = setTimeout(refresh, POLL_MS);
onChange(refresh);
