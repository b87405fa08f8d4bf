/** Opens the overview if the browser is signed in. A link on another site does not send the cookie, and ends up here. */
async function openIfSignedIn() {
  if ((await fetch("/v2")).ok) location.replace("/");
}

document.getElementById("sign-in").addEventListener("submit", async event => {
  event.preventDefault();
  const token = document.getElementById("token").value.trim();
  const response = await fetch("/ui/session", { method: "POST", headers: { Authorization: `Bearer ${token}` } });
  if (response.ok) location.replace("/");
  else document.getElementById("error").textContent = "This is not a token of this server.";
});

openIfSignedIn();
