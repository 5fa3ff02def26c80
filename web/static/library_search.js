// The search line: colours from a picker, pictures that are chosen, dropped or pasted, short URLs.

import { send } from "./api.js";
import { explain } from "./library_actions.js";

const form = document.getElementById("search");
const line = form.querySelector(".search-line");
const picture = document.getElementById("picture");
const picker = document.getElementById("colour-picker");
const panel = document.getElementById("by-colour");

form.addEventListener("formdata", ({ formData }) => {
  for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
});
for (const field of form.querySelectorAll("[data-auto]")) field.addEventListener("change", () => form.requestSubmit());
// The order of an earlier search is not that of a new one.
document.getElementById("q").addEventListener("change", () => { form.elements.sort.value = ""; });

// Back shows a page as it was left: with the words that were typed for the next one. The list is that of its URL.
window.addEventListener("pageshow", ({ persisted }) => { if (persisted) form.reset(); });

picker.hidden = false;
picker.addEventListener("change", () => {
  form.elements.colour.value = picker.value;
  form.requestSubmit();
});
document.addEventListener("click", (event) => { if (panel.open && !panel.contains(event.target)) panel.open = false; });
panel.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  panel.open = false;
  panel.querySelector("summary").focus();
});

// ---- by picture

async function searchBy(file) {
  const body = new FormData();
  body.append("picture", file);
  line.setAttribute("aria-busy", "true");
  try {
    const { sha256 } = await send("POST", picture.dataset.url, body);
    location.href = `${location.pathname}?picture=${sha256}`;
  } catch (error) {
    explain(error);
  } finally {
    line.removeAttribute("aria-busy");
  }
}

const pictureIn = (files) => [...files].find((file) => file.type.startsWith("image/") || /\.(hei[cf]|tiff?)$/i.test(file.name));

picture.addEventListener("change", () => { if (picture.files[0]) searchBy(picture.files[0]); });
document.addEventListener("paste", (event) => {
  const file = pictureIn(event.clipboardData.files);
  if (file) {
    event.preventDefault();
    searchBy(file);
  }
});
const hasFiles = (event) => event.dataTransfer.types.includes("Files");
document.addEventListener("dragover", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  line.classList.add("over");
});
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) line.classList.remove("over"); });
document.addEventListener("drop", (event) => {
  line.classList.remove("over");
  if (!hasFiles(event)) return;
  event.preventDefault();
  const { files } = event.dataTransfer;
  const file = pictureIn(files) ?? files[0]; // the server says what is wrong with one that is no picture
  if (file) searchBy(file);
});
