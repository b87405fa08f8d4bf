/** Returns the page that the browser asked for, if it is one of this server. */
function target() {
  const url = new URL(new URLSearchParams(location.search).get("to") ?? "/", location.origin);
  return url.origin === location.origin ? url.href : "/";
}

/** Opens the page if the browser is signed in. A link on another site does not send the cookie, and ends up here. */
async function openIfSignedIn() {
  if ((await fetch("/v2")).ok) location.replace(target());
}

document.getElementById("sign-in").addEventListener("submit", async event => {
  event.preventDefault();
  const token = document.getElementById("token").value.trim();
  const response = await fetch("/ui/session", {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
  });
  if (response.ok) location.replace(target());
  else document.getElementById("error").textContent = "This is not a token of this server.";
});

openIfSignedIn();
