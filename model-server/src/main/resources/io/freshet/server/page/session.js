/** Shows the button that signs out, if the browser is signed in. */
export async function offerSignOut() {
  const button = document.getElementById("sign-out");
  button.addEventListener("click", async () => {
    await fetch("/ui/session", { method: "DELETE" });
    location.replace("/ui/sign-in");
  });
  button.hidden = !(await (await fetch("/ui/session")).json()).signed_in;
}
