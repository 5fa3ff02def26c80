// Lineage page: says how many designs are chosen to be compared, and takes no more than four.

const form = document.getElementById("lineage");
const count = document.getElementById("compare-count");
const MAX = 4;

function show() {
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const number = boxes.filter((box) => box.checked).length;
  for (const box of boxes) box.disabled = !box.checked && number >= MAX;
  count.textContent = count.dataset.chosen.replace("{count}", number);
  form.querySelector(".bar button").disabled = number < 2;
  form.querySelector(".bar").classList.toggle("shown", number > 0);
}

if (count) {
  form.addEventListener("change", show);
  window.addEventListener("pageshow", show);
  show();
}
