// Prints the ids of all products with Node's own https, over one kept connection.
const https = require("node:https");

const key = process.argv[2];
const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });

function get(url) {
  const options = { agent, auth: `${key}:` };
  return new Promise((resolve, reject) => {
    https
      .get(url, options, (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (piece) => (text += piece));
        answer.on("end", () => resolve(JSON.parse(text)));
      })
      .on("error", reject);
  });
}

async function main() {
  let url = `https://api.${key.split("-").pop()}.cliniko.com/v1/products?per_page=20`;
  while (url) {
    const page = await get(url);
    for (const product of page.products) console.log(product.id);
    url = page.links.next;
  }
  agent.destroy();
}

main();
