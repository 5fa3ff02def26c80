// Reference image of the form: chosen, dropped, pasted or photographed, and shown at once.

import { byId, setFieldError, texts } from "./texts.js";

const form = byId("design");
const input = byId("reference");
const drop = byId("drop");
const TYPES = input.accept.split(",");
let previewUrl;

export function showReference() {
  const file = input.files[0];
  if (previewUrl) URL.revokeObjectURL(previewUrl);
  previewUrl = file ? URL.createObjectURL(file) : undefined;
  if (file) byId("reference_sha256").value = "";
  const earlierReference = byId("reference_sha256").value;
  const isEmpty = !file && !earlierReference;
  byId("preview").hidden = isEmpty;
  if (file) byId("preview").src = previewUrl;
  drop.querySelector(".drop-words").hidden = !isEmpty;
  byId("reference-name").textContent = file ? `${file.name} · ${(file.size / 1048576).toFixed(1)} MiB` : "";
  byId("reference-remove").hidden = isEmpty;
  showStrengthUse(isEmpty);
  setFieldError("reference", file ? fileError(file) : "");
}

function showStrengthUse(isIdle) {
  byId("strength-field").classList.toggle("idle", isIdle);
  byId("strength-idle").hidden = !isIdle;
}

// Return why a file is not accepted; empty if it may be.
export function fileError(file) {
  if (file.size > Number(form.dataset.maxBytes)) return texts.tooLarge;
  if (file.type && !TYPES.includes(file.type)) return texts.notTaken;
  return "";
}

function takeFiles(files) {
  if (!files.length) return;
  const transfer = new DataTransfer();
  transfer.items.add(files[0]);
  input.files = transfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  if (files.length > 1 && byId("reference-wrong").hidden) setFieldError("reference", texts.oneImage);
}

input.addEventListener("change", showReference);
byId("preview").addEventListener("error", () => { byId("preview").hidden = true; });
byId("reference-remove").addEventListener("click", () => {
  input.value = "";
  byId("reference_sha256").value = "";
  input.dispatchEvent(new Event("change", { bubbles: true }));
  input.focus();
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
  takeFiles(event.dataTransfer.files);
});
for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault());

// Text that is pasted into a field stays text, also where the clipboard has a picture of it.
document.addEventListener("paste", (event) => {
  const images = [...event.clipboardData.files].filter((file) => file.type.startsWith("image/"));
  const isText = event.target.closest("input, textarea") && event.clipboardData.types.includes("text/plain");
  if (!images.length || isText) return;
  event.preventDefault();
  takeFiles(images);
  drop.scrollIntoView({ block: "nearest" });
});

// Devices without a camera open a choice of files instead.
const camera = document.createElement("input");
Object.assign(camera, { type: "file", accept: "image/*" });
camera.setAttribute("capture", "environment"); // browsers of desktops have no property of it
camera.addEventListener("change", () => takeFiles(camera.files));
byId("reference-camera").hidden = false;
byId("reference-camera").addEventListener("click", () => {
  camera.value = "";
  camera.click();
});

showStrengthUse(!byId("reference_sha256").value);
