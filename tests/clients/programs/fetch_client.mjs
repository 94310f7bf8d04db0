// Prints the ids of all products with fetch.
const key = process.argv[2];
const authorization = `Basic ${Buffer.from(`${key}:`).toString("base64")}`;
let url = `https://api.${key.split("-").pop()}.cliniko.com/v1/products?per_page=20`;
while (url) {
  const answer = await fetch(url, { headers: { authorization }, redirect: "error" });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  const page = await answer.json();
  for (const product of page.products) console.log(product.id);
  url = page.links.next;
}
