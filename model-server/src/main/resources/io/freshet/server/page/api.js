/** Returns the JSON of a response; fails with the error that the server names. */
async function read(response) {
  const body = await response.json();
  if (!response.ok) throw new Error(body.error ?? `status ${response.status}`);
  return body;
}

export const get = async path => read(await fetch(path));

export const post = async (path, body) => read(await fetch(path, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
}));

export const remove = async path => read(await fetch(path, { method: "DELETE" }));
