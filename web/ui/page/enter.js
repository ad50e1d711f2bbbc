// Signs in, and makes the first admin.

const PATHS = { "setup": "api/v1/setup", "sign-in": "api/v1/session" };

const form = document.querySelector("form");
const refusal = document.querySelector("#refusal");

/** Returns what the form sends; empty fields are left out. */
function filled() {
  const fields = [...new FormData(form)].filter(([, value]) => value !== "");
  const sent = Object.fromEntries(fields);
  if (form.id === "setup") sent.token = location.hash.slice(1);
  return sent;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  refusal.textContent = "";
  const response = await fetch(PATHS[form.id], {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Footnote-Request": "1" },
    body: JSON.stringify(filled()),
  });
  if (response.ok) {
    location.replace("./");
    return;
  }
  const problem = await response.json().catch(() => ({ title: response.statusText }));
  refusal.textContent = problem.detail ?? problem.title;
});
