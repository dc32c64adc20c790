package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"antom-checkout/checkout"
	"antom-checkout/webhooks/safedial"
)

// This file holds what doctor examines of the merchant's systems: whether the webhook
// endpoints can be reached from here.

const (
	againCure  = "; an event is tried again for three days"
	startCure  = "start the server of the endpoint, and let this machine reach it" + againCure
	changeCure = "correct the endpoint's address: PATCH /api/v1/webhook-endpoints/"
)

// webhookEndpoints connects to each endpoint that is on, as deliveries do, and sends a HEAD:
// no event. Any answer of the endpoint's own server will do.
func (d *doctor) webhookEndpoints(ctx context.Context, c *check) {
	if d.Store == nil {
		c.skips("there is no database to read endpoints from")
		return
	}
	all, err := d.Store.Endpoints(ctx)
	if err != nil {
		c.warns("see what is wrong with the database", "the endpoints cannot be read: %v", err)
		return
	}
	if len(all) == 0 {
		c.skips("there is no webhook endpoint")
		return
	}
	problems, cures := make([]string, len(all)), make([]string, len(all))
	client := d.webhookDialer().Client(answerTime)
	defer client.CloseIdleConnections()
	var waiting sync.WaitGroup
	for i, e := range all {
		if e.Off == checkout.EndpointOn {
			waiting.Go(func() { problems[i], cures[i] = d.reaches(ctx, client, e) })
		}
	}
	waiting.Wait()
	reached, off := 0, ""
	for i, e := range all {
		switch {
		case e.Off != checkout.EndpointOn:
			off += fmt.Sprintf("; %s is switched off (%s)", endpointName(e), e.Off)
		case problems[i] != "":
			c.warns(cures[i], "%s %s", endpointName(e), problems[i])
		default:
			reached++
		}
	}
	c.sees("%s%s", plural(reached, "endpoint is reached", "endpoints are reached"), off)
	c.beside = off != ""
}

// endpointName is an endpoint without the path of its address, which may be a secret.
func endpointName(e checkout.WebhookEndpoint) string {
	host := "an address that cannot be read"
	if u, err := url.Parse(e.URL); err == nil {
		host = u.Host
	}
	return fmt.Sprintf("endpoint %s at %s", e.ID, host)
}

// reaches says why a delivery would not reach an endpoint, and what to do; "" if it would.
func (d *doctor) reaches(ctx context.Context, client *http.Client, e checkout.WebhookEndpoint) (problem, cure string) {
	target, err := d.webhookDialer().ParseURL(e.URL)
	if err != nil {
		return endpointProblem(e, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, target.String(), nil)
	if err != nil {
		return endpointProblem(e, err)
	}
	req.Header.Set("User-Agent", "antom-checkout")
	res, err := client.Do(req)
	if err != nil {
		return endpointProblem(e, err)
	}
	_ = res.Body.Close() // the answer to a HEAD has none
	switch status := res.StatusCode; {
	case status >= 300 && status < 400 && res.Header.Get("Location") != "":
		return "redirects, and no delivery follows a redirect", changeCure + e.ID
	case status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout:
		return fmt.Sprintf("is answered %d: a proxy reaches no program behind it", status), startCure
	}
	return "", ""
}

// endpointProblem says why there was no answer, without the address.
func endpointProblem(e checkout.WebhookEndpoint, err error) (problem, cure string) {
	var failed *url.Error
	if errors.As(err, &failed) {
		err = failed.Err
	}
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, safedial.ErrRefused):
		return "has an address that may not be called: " + err.Error(), "give it a public address, or list its network in WEBHOOK_ALLOW_NETWORKS if it is yours"
	case errors.Is(err, safedial.ErrURL):
		return "has an address that cannot be called: " + err.Error(), changeCure + e.ID
	case errors.As(err, &name):
		return "has no address: " + strings.TrimPrefix(name.Error(), "lookup "), "make a DNS record for its host, or " + changeCure + e.ID
	case errors.As(err, &certificate):
		return "has a certificate that is not trusted: " + certificate.Err.Error(), "have its server use a valid certificate for this host, with the intermediate certificates" + againCure
	}
	return "does not answer: " + err.Error(), startCure
}
