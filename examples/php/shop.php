<?php
// A small shop that is paid through antom-checkout, with PHP 8.0 or later and nothing else:
//
//   CHECKOUT_URL=http://localhost:8080 API_KEY=ak_test_… WEBHOOK_SECRET=whsec_… php -S 127.0.0.1:3000 shop.php
declare(strict_types=1);

$checkout = rtrim(getenv('CHECKOUT_URL') ?: 'http://localhost:8080', '/');
$shop = getenv('SHOP_URL') ?: 'http://localhost:3000';
$file = getenv('ORDERS_FILE') ?: 'orders.json';
$apiKey = getenv('API_KEY');
$secret = base64_decode(preg_replace('/^whsec_/', '', getenv('WEBHOOK_SECRET') ?: ''));
if (!$apiKey || !$secret) {
    throw new RuntimeException('API_KEY and WEBHOOK_SECRET are needed');
}

// Prices are in minor units: 2400 is SGD 24.00.
const PRODUCTS = ['mug' => ['Enamel mug', 2400], 'tea' => ['Green tea, 100 g', 1250]];

function escaped(string $text): string
{
    return htmlspecialchars($text, ENT_QUOTES);
}

function page(int $status, string $title, string $body = ''): void
{
    http_response_code($status);
    header('Content-Type: text/html; charset=utf-8');
    echo '<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>', escaped($title),
        '</title><h1>', escaped($title), "</h1>$body<p><a href=\"/\">Shop</a></p>";
}

// A form for each product. The reference in it makes of a double click one order.
function showProducts(): void
{
    $forms = '';
    foreach (PRODUCTS as $sku => [$name, $price]) {
        $forms .= '<form method="post" action="/buy"><input type="hidden" name="reference" value="' . bin2hex(random_bytes(5)) . '">'
            . "<input type=\"hidden\" name=\"sku\" value=\"$sku\"><p>" . escaped($name) . ', SGD ' . number_format($price / 100, 2)
            . " <input name=\"email\" type=\"email\" placeholder=\"Email\" required> <button data-test=\"buy-$sku\">Buy</button></p></form>";
    }
    page(200, 'The PHP shop', $forms);
}

// Calls the checkout's API; null if it refuses. The same idempotency key is the same order,
// however often it is sent.
function call(string $method, string $path, ?string $key = null, ?array $body = null): ?array
{
    global $checkout, $apiKey;
    $headers = ["Authorization: Bearer $apiKey"];
    if ($body !== null) {
        array_push($headers, 'Content-Type: application/json', "Idempotency-Key: $key");
    }
    $options = ['method' => $method, 'header' => $headers, 'timeout' => 15, 'ignore_errors' => true, 'follow_location' => 0];
    if ($body !== null) {
        $options['content'] = json_encode($body, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES);
    }
    $answer = @file_get_contents("$checkout/api/v1$path", false, stream_context_create(['http' => $options]));
    $status = (int) (explode(' ', $http_response_header[0] ?? '')[1] ?? 0);
    if ($answer === false || $status < 200 || $status >= 300) {
        error_log("$method $path is answered $status $answer");
        return null;
    }
    return json_decode($answer, true, 64, JSON_THROW_ON_ERROR);
}

// Makes an order at the checkout and leads the buyer there.
function buy(): void
{
    global $shop;
    [$name, $price] = PRODUCTS[$_POST['sku'] ?? ''] ?? ['', 0];
    $reference = $_POST['reference'] ?? '';
    if ($name === '' || $reference === '') {
        page(422, 'This cannot be bought');
        return;
    }
    $order = call('POST', '/orders', $reference, [
        'reference' => $reference, 'currency' => 'SGD', 'buyer' => ['email' => $_POST['email'] ?? ''],
        'lines' => [['name' => $name, 'quantity' => 1, 'unit_amount' => $price]],
        'success_url' => "$shop/thanks", 'cancel_url' => "$shop/",
    ]);
    if ($order === null) {
        page(502, 'The checkout does not answer', '<p>Nothing was ordered. Please try again.</p>');
        return;
    }
    header('Location: ' . $order['checkout_url'], true, 303);
}

// Asks the checkout how the order stands: that a buyer comes here proves nothing.
function thank(string $id): void
{
    $order = $id === '' ? null : call('GET', '/orders/' . rawurlencode($id));
    if ($order === null) {
        page(404, 'No such order');
        return;
    }
    $title = $order['status'] === 'paid' ? 'Thank you. Your order is paid.' : 'We wait for your payment.';
    page(200, $title, '<p data-test="status" data-status="' . escaped($order['status']) . '">Order ' . escaped($order['reference']) . '</p>');
}

// Checks a signature of Standard Webhooks: by this secret, over these bytes, not older than
// five minutes. While the secret is rotated there are two signatures.
function verifies(string $body): bool
{
    global $secret;
    $id = $_SERVER['HTTP_WEBHOOK_ID'] ?? '';
    $timestamp = $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '';
    if (!ctype_digit($timestamp) || abs(time() - (int) $timestamp) > 300) {
        return false;
    }
    $want = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $secret, true));
    foreach (explode(' ', $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '') as $given) {
        if (hash_equals($want, $given)) {
            return true;
        }
    }
    return false;
}

// What the shop knows of its orders, by its own number, the reference.
function orders(): array
{
    global $file;
    return is_file($file) ? json_decode(file_get_contents($file), true, 64, JSON_THROW_ON_ERROR) : [];
}

// Stores what an event says. Events come again and out of order: one that is not newer than
// what is known changes nothing.
function note(string $reference, string $status, int $sequence): void
{
    global $file;
    $lock = fopen("$file.lock", 'c');
    flock($lock, LOCK_EX);
    $orders = orders();
    $known = $orders[$reference] ?? ['status' => '', 'sequence' => 0, 'ship' => false];
    if ($sequence > $known['sequence']) {
        $paid = $status === 'paid';
        $orders[$reference] = ['status' => $status, 'sequence' => $sequence, 'ship' => $known['ship'] || $paid];
        if (file_put_contents("$file.new", json_encode($orders, JSON_THROW_ON_ERROR)) === false || !rename("$file.new", $file)) {
            throw new RuntimeException('the event is not stored');
        }
        if ($paid && !$known['ship']) {
            error_log('ship the order ' . json_encode($reference));
        }
    }
    fclose($lock);
}

// Takes an event. It is acknowledged once it is stored; until then the checkout sends it again.
function receive(): void
{
    $body = file_get_contents('php://input');
    if (!verifies($body)) {
        http_response_code(401);
        echo 'not signed by the checkout';
        return;
    }
    $event = json_decode($body, true, 64, JSON_THROW_ON_ERROR);
    $reference = $event['data']['order']['reference'] ?? '';
    if ($reference !== '') {
        note($reference, $event['data']['status'], $event['sequence']);
    }
    http_response_code(204);
}

// What the shop itself knows of an order.
function showOrder(string $reference): void
{
    $order = orders()[$reference] ?? null;
    http_response_code($order === null ? 404 : 200);
    header('Content-Type: application/json');
    echo json_encode($order);
}

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$request = $_SERVER['REQUEST_METHOD'] . ' ' . $path;
try {
    match (true) {
        $request === 'GET /' => showProducts(),
        $request === 'POST /buy' => buy(),
        $request === 'GET /thanks' => thank($_GET['order'] ?? ''),
        $request === 'POST /webhooks' => receive(),
        str_starts_with($request, 'GET /orders/') => showOrder(rawurldecode(substr($path, strlen('/orders/')))),
        default => page(404, 'Not here'),
    };
} catch (Throwable $problem) {
    error_log((string) $problem);
    page(500, 'Something went wrong');
}
