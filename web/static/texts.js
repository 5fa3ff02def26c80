// Texts of the form in the visitor's language, and short helpers for elements.

export const texts = JSON.parse(document.getElementById("words").textContent);
export const language = document.documentElement.lang;
export const byId = (id) => document.getElementById(id);

// Show what is wrong with a field, or nothing; return whether the page has a line for it.
export function setFieldError(field, message) {
  const line = document.querySelector(`[data-wrong="${CSS.escape(field)}"]`);
  if (!line) return false;
  line.textContent = message;
  line.hidden = !message;
  document.querySelector(`[aria-describedby~="${line.id}"]`)?.setAttribute("aria-invalid", String(Boolean(message)));
  return true;
}

// Act on the Enter key in a field instead of submitting the form; not while an input method composes.
export function onEnter(field, act) {
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing) return;
    event.preventDefault();
    act();
  });
}

export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export function button(className, text, label, onClick) {
  const made = element("button", { type: "button", className, textContent: text });
  if (label) {
    made.title = label;
    made.setAttribute("aria-label", label);
  }
  made.addEventListener("click", onClick);
  return made;
}

export const fineLine = (text) => element("p", { className: "fine", textContent: text });
export const fineItem = (text) => element("li", { className: "fine", textContent: text });

export function dot(hex) {
  const made = element("span", { className: "dot" });
  made.style.background = hex;
  return made;
}
