// Signs in, and makes the first admin.

const PATHS = { "setup": "api/v1/setup", "sign-in": "api/v1/session" };

const form = document.querySelector("form");
const refusal = document.querySelector("#refusal");

/** Why somebody who signed in at the provider was not let in, by the word in the address. */
const REASONS = {
  "closed": "Nobody signs in like this here, or not yet.",
  "expired": "That took too long, or was begun in another window. Please try again.",
  "declined": "The provider did not let you sign in, or you did not agree.",
  "unreachable": "The provider could not be reached. Please try again in a moment.",
  "untrusted": "What the provider said could not be trusted.",
  "not-admitted": "You are not known here. Ask an admin to add you.",
  "disabled": "You may not sign in here any more.",
  "failed": "Signing in failed. Please try again in a moment.",
};

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

/** Offers to sign in at the provider, where there is one, and says why that failed. */
async function offerElsewhere() {
  const reason = new URLSearchParams(location.search).get("reason");
  if (Object.hasOwn(REASONS, reason ?? "")) refusal.textContent = REASONS[reason];
  const response = await fetch("api/v1/session");
  const { provider } = response.ok ? await response.json() : {};
  if (!provider) return;
  const place = document.querySelector("#elsewhere");
  place.querySelector("a").textContent = `Continue with ${provider}`;
  place.hidden = false;
}

if (form.id === "sign-in") offerElsewhere();
