// A small shop that is paid through antom-checkout, with Node 18 or later and nothing else:
//
//   CHECKOUT_URL=http://localhost:8080 API_KEY=ak_test_… WEBHOOK_SECRET=whsec_… node shop.mjs
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';

const { API_KEY, WEBHOOK_SECRET, PORT = '3000', ORDERS_FILE = 'orders.json' } = process.env;
const checkout = (process.env.CHECKOUT_URL ?? 'http://localhost:8080').replace(/\/$/, '');
const shop = process.env.SHOP_URL ?? `http://localhost:${PORT}`;
if (!API_KEY || !WEBHOOK_SECRET) throw new Error('API_KEY and WEBHOOK_SECRET are needed');
const secret = Buffer.from(WEBHOOK_SECRET.replace(/^whsec_/, ''), 'base64');

// Prices are in minor units: 2400 is SGD 24.00.
const products = { mug: { name: 'Enamel mug', price: 2400 }, tea: { name: 'Green tea, 100 g', price: 1250 } };

// What the shop knows of its orders, by its own number, the reference.
const orders = new Map(existsSync(ORDERS_FILE) ? Object.entries(JSON.parse(readFileSync(ORDERS_FILE, 'utf8'))) : []);

const escaped = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const page = (status, title, body = '') => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>${escaped(title)}</title><h1>${escaped(title)}</h1>${body}<p><a href="/">Shop</a></p>`,
});

// A form for each product. The reference in it makes of a double click one order.
function showProducts() {
  const forms = Object.entries(products).map(([sku, { name, price }]) => `<form method="post" action="/buy">
<input type="hidden" name="reference" value="${randomBytes(5).toString('hex')}"><input type="hidden" name="sku" value="${sku}">
<p>${escaped(name)}, SGD ${(price / 100).toFixed(2)} <input name="email" type="email" placeholder="Email" required> <button data-test="buy-${sku}">Buy</button></p></form>`);
  return page(200, 'The Node shop', forms.join(''));
}

// Calls the checkout's API. The same idempotency key is the same order, however often it is sent.
async function calls(method, path, key, body) {
  const answer = await fetch(`${checkout}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${API_KEY}`, ...(body && { 'content-type': 'application/json', 'idempotency-key': key }) },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(15_000),
  });
  if (!answer.ok) throw new Error(`${method} ${path} is answered ${answer.status} ${await answer.text()}`);
  return answer.json();
}

// Makes an order at the checkout and leads the buyer there.
async function buy(form) {
  const product = Object.hasOwn(products, form.get('sku')) && products[form.get('sku')];
  const reference = form.get('reference');
  if (!product || !reference) return page(422, 'This cannot be bought');
  try {
    const order = await calls('POST', '/orders', reference, {
      reference,
      currency: 'SGD',
      buyer: { email: form.get('email') },
      lines: [{ name: product.name, quantity: 1, unit_amount: product.price }],
      success_url: `${shop}/thanks`,
      cancel_url: `${shop}/`,
    });
    return { status: 303, headers: { location: order.checkout_url }, body: '' };
  } catch (problem) {
    console.error(problem);
    return page(502, 'The checkout does not answer', '<p>Nothing was ordered. Please try again.</p>');
  }
}

// Asks the checkout how the order stands: that a buyer comes here proves nothing.
async function thank(id) {
  if (!id) return page(404, 'No such order');
  try {
    const { reference, status } = await calls('GET', `/orders/${encodeURIComponent(id)}`);
    const title = status === 'paid' ? 'Thank you. Your order is paid.' : 'We wait for your payment.';
    return page(200, title, `<p data-test="status" data-status="${escaped(status)}">Order ${escaped(reference)}</p>`);
  } catch (problem) {
    console.error(problem);
    return page(404, 'No such order');
  }
}

// Checks a signature of Standard Webhooks: by this secret, over these bytes, not older than
// five minutes. While the secret is rotated there are two signatures.
function verifies(headers, body) {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures = '' } = headers;
  if (!/^\d+$/.test(timestamp ?? '') || Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) return false;
  const want = createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest();
  return signatures.split(' ').some((signature) => {
    const [version, value = ''] = signature.split(',');
    const given = Buffer.from(value, 'base64');
    return version === 'v1' && given.length === want.length && timingSafeEqual(given, want);
  });
}

// Takes an event. It is acknowledged once it is stored; until then the checkout sends it
// again. Events come out of order, too: one that is not newer than what is known changes
// nothing.
function receive(headers, body) {
  if (!verifies(headers, body)) return { status: 401, headers: {}, body: 'not signed by the checkout' };
  const { sequence, data } = JSON.parse(body);
  const reference = data.order?.reference;
  const known = orders.get(reference) ?? { status: '', sequence: 0, ship: false };
  if (reference && sequence > known.sequence) {
    const paid = data.status === 'paid';
    const all = new Map(orders).set(reference, { status: data.status, sequence, ship: known.ship || paid });
    writeFileSync(`${ORDERS_FILE}.new`, JSON.stringify(Object.fromEntries(all)), { mode: 0o600 });
    renameSync(`${ORDERS_FILE}.new`, ORDERS_FILE);
    orders.set(reference, all.get(reference));
    if (paid && !known.ship) console.log('ship the order', JSON.stringify(reference));
  }
  return { status: 204, headers: {}, body: '' };
}

// What the shop itself knows of an order.
function showOrder(reference) {
  if (!orders.has(reference)) return { status: 404, headers: {}, body: 'no such order' };
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(orders.get(reference)) };
}

async function answer(request) {
  const at = new URL(request.url, shop);
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const reference = /^\/orders\/([^/]+)$/.exec(at.pathname);
  switch (`${request.method} ${reference ? '/orders' : at.pathname}`) {
    case 'GET /': return showProducts();
    case 'POST /buy': return buy(new URLSearchParams(body.toString()));
    case 'GET /thanks': return thank(at.searchParams.get('order') ?? '');
    case 'POST /webhooks': return receive(request.headers, body);
    case 'GET /orders': return showOrder(decodeURIComponent(reference[1]));
    default: return page(404, 'Not here');
  }
}

createServer(async (request, response) => {
  const { status, headers, body } = await answer(request).catch((problem) => {
    console.error(problem);
    return page(500, 'Something went wrong');
  });
  response.writeHead(status, headers).end(body);
}).listen(Number(PORT), '127.0.0.1', () => console.log(`The shop is at ${shop}`));
