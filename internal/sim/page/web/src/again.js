import * as api from "./api.js";
import { forget } from "./hints.js";

// again lets the button start everything over, after a question.
export function again(button, dialog, possible) {
  const error = dialog.querySelector(".error");
  button.hidden = !possible;
  button.addEventListener("click", () => {
    error.hidden = true;
    dialog.showModal();
  });
  dialog.querySelector("form").addEventListener("submit", async (event) => {
    if (event.submitter?.value !== "yes") return;
    event.preventDefault();
    dialog.classList.add("busy");
    forget(); // now, because news of the fresh start may reload the page before the answer is here
    const { outcome, text } = await api.restart();
    dialog.classList.remove("busy");
    error.hidden = outcome !== "failed";
    error.textContent = text ?? "";
    if (outcome === "failed") return;
    location.reload();
  });
}
