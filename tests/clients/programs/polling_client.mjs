// Prints the id of each product that changed since the last poll: first all, then its own writes.
// A second may go on after it was asked for, so each poll asks for the last one again and passes
// over what it has seen.
const page = 20;
const key = process.argv[2];
const url = `https://api.${key.split("-").pop()}.cliniko.com/v1/products`;
const headers = {
  authorization: `Basic ${Buffer.from(`${key}:`).toString("base64")}`,
  "content-type": "application/json",
};
const seen = new Set();
let since = "2000-01-01T00:00:00Z";

async function call(method, path, body) {
  const answer = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer.json();
}

async function poll() {
  for (;;) {
    const asked = new URLSearchParams({
      "q[]": `updated_at:>=${since}`,
      sort: "updated_at:asc",
      per_page: page,
    });
    const { products } = await call("GET", `?${asked}`);
    for (const { id, updated_at } of products) {
      const state = `${id} ${updated_at}`;
      if (!seen.has(state)) console.log(id);
      seen.add(state);
      since = updated_at;
    }
    if (products.length < page) return;
  }
}

await poll();
const [first] = [...seen][0].split(" ");
await call("PATCH", `/${first}`, { name: "Changed" });
await call("POST", "", { name: "Added" });
await poll();
await poll();
