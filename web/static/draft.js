// Draft of the form: kept for this tab until it is submitted, so that a reload or another language loses nothing.

import { keepFile, keptFile } from "./kept_files.js";
import { newKey } from "./keys.js";

const KEPT = [
  "brief", "product", "variants", "size", "seed", "reference_strength", "reference_sha256", "seeds", "strengths", "lines",
  "palette_saved", "palette_earlier", "palette_only",
];
const FILES = ["reference", "palette"];
const PREFIX = "codesigner.draft.";

function storage() {
  try {
    return sessionStorage;
  } catch {
    return null; // blocked by the browser
  }
}

function tab() {
  const name = "codesigner.tab";
  const known = storage()?.getItem(name) ?? newKey();
  try {
    storage()?.setItem(name, known);
  } catch {
    // Without room files are not found again.
  }
  return known;
}

export class Draft {
  // form: with the data attribute "draft", the id of the job that it is filled in from.
  // choice: reads (without an argument) or sets what the user changed of the brief by hand.
  constructor(form, choice) {
    this.form = form;
    this.choice = choice;
    this.name = `${PREFIX}${form.dataset.draft}`;
    this.tab = tab();
    this.initial = this.content();
    this.submitted = false;
    form.addEventListener("input", () => this.save());
    form.addEventListener("change", (event) => {
      this.save();
      if (FILES.includes(event.target.name)) this.keep(event.target);
    });
    window.addEventListener("pagehide", () => this.save());
    window.addEventListener("pageshow", () => { this.submitted = false; });
  }

  // Groups of radio buttons have a value, and no type.
  fields() {
    return KEPT.map((name) => [name, this.form.elements.namedItem(name)]).filter(([, field]) => field);
  }

  content() {
    const values = Object.fromEntries(
      this.fields().map(([name, field]) => [name, field.type === "checkbox" ? field.checked : field.value]),
    );
    return JSON.stringify({ values, choice: this.choice() });
  }

  save() {
    if (this.submitted) return;
    const content = this.content();
    try {
      if (content === this.initial) storage()?.removeItem(this.name);
      else storage()?.setItem(this.name, content);
    } catch {
      // Without room the draft is not kept.
    }
  }

  fileName(field) {
    return `${this.tab}.${this.name}.${field}`;
  }

  keep(input) {
    return keepFile(this.fileName(input.name), input.files[0] ?? null);
  }

  // Fill in the form from the draft; return whether there was one.
  restore() {
    let kept;
    try {
      kept = JSON.parse(storage()?.getItem(this.name) ?? "null");
    } catch {
      return false;
    }
    if (!kept?.values) return false;
    for (const [name, field] of this.fields()) {
      const value = kept.values[name];
      if (value === undefined) continue;
      if (field.type === "checkbox") field.checked = value;
      else field.value = value;
    }
    if (kept.choice) this.choice(kept.choice);
    return true;
  }

  // Fill in the files; return the names of the fields that have one now.
  async restoreFiles() {
    const restored = [];
    for (const name of FILES) {
      const input = this.form.elements.namedItem(name);
      const file = input.files.length ? null : await keptFile(this.fileName(name));
      if (!file || input.files.length) continue;
      const transfer = new DataTransfer();
      transfer.items.add(file);
      input.files = transfer.files;
      restored.push(name);
    }
    return restored;
  }

  async clear() {
    this.submitted = true;
    storage()?.removeItem(this.name);
    await Promise.all(FILES.map((name) => keepFile(this.fileName(name), null)));
  }
}
