// Judgements of variants: the hearts of cards, and the buttons favourite, keep and reject.

import { Refused, send } from "./api.js";

const reviewPath = (job, variant) => `/api/v1/jobs/${job}/variants/${variant}/review`;

// Save what is pressed in forms of judgements; call `onSettled` once it is saved or refused.
export function watchReviews(onSettled = () => {}) {
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-review]");
    if (!form || event.defaultPrevented) return;
    event.preventDefault();
    const { name, value } = event.submitter;
    const body = name === "favourite" ? { favourite: value === "true" } : { verdict: value || null };
    for (const button of form.querySelectorAll("button")) button.disabled = true;
    try {
      const job = await send("PUT", form.dataset.review, body);
      showReview(form, job.library.reviews.find((review) => review.variant === Number(form.dataset.variant)));
      say(form, "");
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.gone) location.reload();
      say(form, error.message || form.dataset.wrong);
    } finally {
      for (const button of form.querySelectorAll("button")) button.disabled = false;
      event.submitter.focus({ preventScroll: true });
    }
    onSettled();
  });
}

// Say below a form why what was pressed is not saved; "": it is.
function say(form, message) {
  const shown = form.nextElementSibling?.matches("[data-refused]") ? form.nextElementSibling : document.createElement("p");
  if (!message) return shown.remove();
  Object.assign(shown, { className: "wrong", textContent: message });
  Object.assign(shown.dataset, { refused: "" });
  shown.setAttribute("role", "alert");
  form.after(shown);
}

function showReview(form, review) {
  for (const button of form.querySelectorAll("button")) {
    const { verdict } = button.dataset;
    const pressed = verdict ? review?.verdict === verdict : Boolean(review?.favourite);
    button.setAttribute("aria-pressed", String(pressed));
    button.value = verdict ? (pressed ? "" : verdict) : String(!pressed);
  }
}

// Make the lead variant of a card a favourite, or none of them.
export async function toggleHeart(card) {
  const button = card.querySelector(".heart");
  const on = button.getAttribute("aria-pressed") !== "true";
  const { job, lead, favourites } = card.dataset;
  button.setAttribute("aria-pressed", String(on));
  const variants = on ? [lead] : favourites.split(" ").filter(Boolean);
  try {
    for (const variant of variants) await send("PUT", reviewPath(job, variant), { favourite: on });
  } catch (error) {
    button.setAttribute("aria-pressed", String(!on));
    throw error;
  }
}
