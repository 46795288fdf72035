// Says that a file is being read or applied, from sending to the next page; works without it.
for (const form of document.querySelectorAll("form[data-busy]")) {
  form.addEventListener("submit", () => {
    document.getElementById(form.dataset.busy).hidden = false;
    // After sending: a button that is disabled would not be sent along.
    setTimeout(() => {
      for (const button of form.querySelectorAll("button")) button.disabled = true;
    });
  });
}
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
