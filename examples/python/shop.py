"""A small shop that is paid through antom-checkout, with Python 3.9 or later and nothing else:

    CHECKOUT_URL=http://localhost:8080 API_KEY=ak_test_… WEBHOOK_SECRET=whsec_… python3 shop.py
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = os.environ.get("PORT", "3000")
CHECKOUT = os.environ.get("CHECKOUT_URL", "http://localhost:8080").rstrip("/")
SHOP = os.environ.get("SHOP_URL", f"http://localhost:{PORT}")
FILE = os.environ.get("ORDERS_FILE", "orders.json")
API_KEY = os.environ["API_KEY"]
SECRET = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))

# Prices are in minor units: 2400 is SGD 24.00.
PRODUCTS = {"mug": ("Enamel mug", 2400), "tea": ("Green tea, 100 g", 1250)}

# What the shop knows of its orders, by its own number, the reference.
orders = {}
lock = threading.Lock()
if os.path.exists(FILE):
    with open(FILE, encoding="utf-8") as stored:
        orders = json.load(stored)


def call(method, path, key=None, body=None):
    """Calls the checkout's API. The same idempotency key is the same order, however often it is sent."""
    headers = {"Authorization": f"Bearer {API_KEY}"}
    data = None
    if body is not None:
        headers.update({"Content-Type": "application/json", "Idempotency-Key": key})
        data = json.dumps(body).encode()
    request = urllib.request.Request(f"{CHECKOUT}/api/v1{path}", data, headers, method=method)
    with urllib.request.urlopen(request, timeout=15) as answer:
        return json.load(answer)


def verifies(headers, body):
    """Checks a signature of Standard Webhooks: by this secret, over these bytes, not older than
    five minutes. While the secret is rotated there are two signatures."""
    identity, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > 300:
        return False
    mac = hmac.new(SECRET, f"{identity}.{timestamp}.".encode() + body, hashlib.sha256)
    want = b"v1," + base64.b64encode(mac.digest())
    return any(hmac.compare_digest(given.encode(), want) for given in headers.get("webhook-signature", "").split())


def note(reference, status, sequence):
    """Stores what an event says. Events come again and out of order: one that is not newer than
    what is known changes nothing."""
    with lock:
        known = orders.get(reference, {"status": "", "sequence": 0, "ship": False})
        if sequence <= known["sequence"]:
            return
        paid = status == "paid"
        changed = {**orders, reference: {"status": status, "sequence": sequence, "ship": known["ship"] or paid}}
        with open(FILE + ".new", "w", encoding="utf-8") as file:
            json.dump(changed, file)
        os.replace(FILE + ".new", FILE)
        orders.update(changed)
        if paid and not known["ship"]:
            print("ship the order", json.dumps(reference), flush=True)


class Shop(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30  # seconds, for a client that is silent

    def do_GET(self):
        at = urllib.parse.urlsplit(self.path)
        if at.path == "/":
            self.show_products()
        elif at.path == "/thanks":
            self.thank(urllib.parse.parse_qs(at.query).get("order", [""])[0])
        elif at.path.startswith("/orders/"):
            self.show_order(urllib.parse.unquote(at.path[len("/orders/"):]))
        else:
            self.page(404, "Not here")

    def do_POST(self):
        body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), 1 << 20))
        if self.path == "/buy":
            self.buy({name: values[0] for name, values in urllib.parse.parse_qs(body.decode()).items()})
        elif self.path == "/webhooks":
            self.receive(body)
        else:
            self.page(404, "Not here")

    def show_products(self):
        """A form for each product. The reference in it makes of a double click one order."""
        forms = "".join(
            f'<form method="post" action="/buy"><input type="hidden" name="reference" value="{secrets.token_hex(5)}">'
            f'<input type="hidden" name="sku" value="{sku}"><p>{escape(name)}, SGD {price / 100:.2f} '
            f'<input name="email" type="email" placeholder="Email" required> <button data-test="buy-{sku}">Buy</button></p></form>'
            for sku, (name, price) in PRODUCTS.items())
        self.page(200, "The Python shop", forms)

    def buy(self, form):
        """Makes an order at the checkout and leads the buyer there."""
        if form.get("sku") not in PRODUCTS or not form.get("reference"):
            return self.page(422, "This cannot be bought")
        name, price = PRODUCTS[form["sku"]]
        try:
            order = call("POST", "/orders", form["reference"], {
                "reference": form["reference"], "currency": "SGD", "buyer": {"email": form.get("email", "")},
                "lines": [{"name": name, "quantity": 1, "unit_amount": price}],
                "success_url": f"{SHOP}/thanks", "cancel_url": f"{SHOP}/",
            })
        except urllib.error.URLError as problem:
            self.log_error("%s %s", problem, problem.read() if hasattr(problem, "read") else "")
            return self.page(502, "The checkout does not answer", "<p>Nothing was ordered. Please try again.</p>")
        self.answer(303, "", {"Location": order["checkout_url"]})

    def thank(self, order_id):
        """Asks the checkout how the order stands: that a buyer comes here proves nothing."""
        if not order_id:
            return self.page(404, "No such order")
        try:
            order = call("GET", "/orders/" + urllib.parse.quote(order_id, safe=""))
        except urllib.error.URLError as problem:
            self.log_error("%s", problem)
            return self.page(404, "No such order")
        title = "Thank you. Your order is paid." if order["status"] == "paid" else "We wait for your payment."
        self.page(200, title, f'<p data-test="status" data-status="{escape(order["status"])}">Order {escape(order["reference"])}</p>')

    def receive(self, body):
        """Takes an event. It is acknowledged once it is stored; until then the checkout sends it again."""
        if not verifies(self.headers, body):
            return self.answer(401, "not signed by the checkout")
        event = json.loads(body)
        reference = event["data"].get("order", {}).get("reference")
        if reference:
            note(reference, event["data"]["status"], event["sequence"])
        self.answer(204)

    def show_order(self, reference):
        """What the shop itself knows of an order."""
        if reference not in orders:
            return self.answer(404, "no such order")
        self.answer(200, json.dumps(orders[reference]), {"Content-Type": "application/json"})

    def page(self, status, title, body=""):
        self.answer(status, f'<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>{escape(title)}</title>'
                            f'<h1>{escape(title)}</h1>{body}<p><a href="/">Shop</a></p>', {"Content-Type": "text/html; charset=utf-8"})

    def answer(self, status, text="", headers=None):
        body = text.encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(PORT)), Shop)
    print(f"The shop is at {SHOP}", flush=True)
    server.serve_forever()
