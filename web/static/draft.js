// Draft of the form: kept for this tab until it is submitted, so that a reload or another language loses nothing.

const KEPT = ["brief", "product", "variants", "size", "seed", "reference_strength", "reference_sha256", "seeds", "strengths", "lines"];

function storage() {
  try {
    return sessionStorage;
  } catch {
    return null; // blocked by the browser
  }
}

export class Draft {
  // form: with the data attribute "draft", the id of the job that it is filled in from.
  // choice: reads (without an argument) or sets what the user chose of the motifs.
  constructor(form, choice) {
    this.form = form;
    this.choice = choice;
    this.name = `codesigner.draft.${form.dataset.draft}`;
    this.initial = this.content();
    this.submitted = false;
    form.addEventListener("input", () => this.save());
    form.addEventListener("change", () => this.save());
    window.addEventListener("pagehide", () => this.save());
    window.addEventListener("pageshow", () => { this.submitted = false; });
  }

  fields() {
    return KEPT.map((name) => this.form.elements.namedItem(name)).filter(Boolean);
  }

  content() {
    const values = Object.fromEntries(
      this.fields().map((field) => [field.name, field.type === "checkbox" ? field.checked : field.value]),
    );
    return JSON.stringify({ values, motifs: this.choice() });
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

  // Fill in the form from the draft; return whether there was one.
  restore() {
    let kept;
    try {
      kept = JSON.parse(storage()?.getItem(this.name) ?? "null");
    } catch {
      return false;
    }
    if (!kept?.values) return false;
    for (const field of this.fields()) {
      const value = kept.values[field.name];
      if (value === undefined) continue;
      if (field.type === "checkbox") field.checked = value;
      else field.value = value;
    }
    if (kept.motifs) this.choice(kept.motifs);
    return true;
  }

  clear() {
    this.submitted = true;
    storage()?.removeItem(this.name);
  }
}
