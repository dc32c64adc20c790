package webhooks

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"antom-checkout/checkout"
)

// try delivers an event once and stores how that ended. An event whose try could not be
// stored is delivered again: at least once.
func (c *Courier) try(ctx context.Context, endpoint checkout.WebhookEndpoint, d checkout.Delivery) error {
	if mine, err := c.store.ClaimDelivery(ctx, d); err != nil || !mine {
		return err
	}
	body, err := c.body(ctx, d.Event)
	if err != nil {
		return err
	}
	try := c.post(ctx, endpoint, d.Event, body)
	if ctx.Err() != nil && try.Status == 0 {
		return nil // the program stops, or the endpoint was switched off: the try does not count
	}
	try.Took = c.cfg.Now().Sub(try.At)
	c.cfg.Meter.WebhookTry(try.Succeeded(), try.Took)
	// Also while the program stops: what was delivered must not be delivered again.
	after, err := c.save(context.WithoutCancel(ctx), d, try)
	if err != nil {
		return err
	}
	c.logTry(ctx, after, try)
	return nil
}

// save stores a try. Of all lanes together few do at a time, so that the transaction of a
// payment is never behind many of them.
func (c *Courier) save(ctx context.Context, d checkout.Delivery, try checkout.DeliveryTry) (checkout.Delivery, error) {
	c.saving <- struct{}{}
	defer func() { <-c.saving }()
	return c.store.SaveTry(ctx, d.ID, try, func(e checkout.WebhookEndpoint, d checkout.Delivery) (checkout.WebhookEndpoint, checkout.Delivery) {
		return checkout.AfterTry(e, d, try, c.cfg.Schedule)
	})
}

// post sends an event to an endpoint.
func (c *Courier) post(ctx context.Context, endpoint checkout.WebhookEndpoint, e checkout.MerchantEvent, body []byte) checkout.DeliveryTry {
	now := c.cfg.Now()
	try := checkout.DeliveryTry{At: now}
	ctx, parent, end := c.cfg.Tracer.Delivery(ctx, e.PaymentRequestID, string(e.Type))
	defer func() { end(try.Status) }()
	fail := func(err error) checkout.DeliveryTry {
		try.Error = reason(err)
		return try
	}
	target, err := c.cfg.Dialer.ParseURL(endpoint.URL)
	if err != nil {
		return fail(err)
	}
	signature, err := sign(endpoint.Secrets(now), e.ID, now, body)
	if err != nil {
		return fail(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), bytes.NewReader(body))
	if err != nil {
		return fail(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "antom-checkout")
	req.Header.Set("Webhook-Id", e.ID)
	req.Header.Set("Webhook-Timestamp", strconv.FormatInt(now.Unix(), 10))
	req.Header.Set("Webhook-Signature", signature)
	if parent != "" {
		req.Header.Set("Traceparent", parent) // a name made by chance or by a hash: it tells nothing of the order
	}
	res, err := c.client.Do(req)
	if err != nil {
		return fail(err)
	}
	defer res.Body.Close()
	try.Status = res.StatusCode
	// The status says all: an answer that does not end takes nothing away from it.
	try.Answer, _ = io.ReadAll(io.LimitReader(res.Body, checkout.LongestAnswer))
	return try
}

// errSecretUnreadable says that SESSION_KEY has changed since the secret was made.
var errSecretUnreadable = errors.New("the secret cannot be read with this SESSION_KEY: rotate it")

// sign makes the header webhook-signature: a signature by each secret.
func sign(secrets []checkout.WebhookSecret, id string, at time.Time, body []byte) (string, error) {
	signatures := make([]string, 0, len(secrets))
	for _, secret := range secrets {
		key, err := secret.Key()
		if err != nil || len(key) == 0 {
			return "", errSecretUnreadable
		}
		mac := hmac.New(sha256.New, key)
		fmt.Fprintf(mac, "%s.%d.%s", id, at.Unix(), body)
		signatures = append(signatures, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	return strings.Join(signatures, " "), nil
}

// longestReason is in bytes.
const longestReason = 200

// reason is why there was no answer, without the address, which may hold a secret.
func reason(err error) string {
	var failed *url.Error
	if errors.As(err, &failed) {
		if failed.Timeout() {
			return "no answer in time"
		}
		err = failed.Err
	}
	text := err.Error()
	return text[:min(len(text), longestReason)]
}

// logTry writes a line about every try.
func (c *Courier) logTry(ctx context.Context, d checkout.Delivery, try checkout.DeliveryTry) {
	level, attrs := slog.LevelInfo, []slog.Attr{
		slog.String(checkout.LogOrder, d.Event.OrderID), slog.String(checkout.LogType, string(d.Event.Type)), slog.String(checkout.LogEvent, d.Event.ID),
		slog.String(checkout.LogWebhook, d.EndpointID), slog.Int(checkout.LogStatus, try.Status), slog.Int(checkout.LogAttempt, d.Attempts),
		slog.String(checkout.LogResult, string(d.State)), slog.Int64(checkout.LogMilliseconds, try.Took.Milliseconds()),
	}
	if try.Error != "" {
		attrs = append(attrs, slog.String(checkout.LogError, try.Error))
	}
	if d.State == checkout.DeliveryDead {
		level = slog.LevelWarn
	}
	c.cfg.Log.LogAttrs(ctx, level, "webhook", attrs...)
}
