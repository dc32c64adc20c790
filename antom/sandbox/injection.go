package sandbox

import (
	"bytes"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"antom-checkout/antom"
)

// carriesOut says whether the request takes effect although its answer is changed.
func (f Fault) carriesOut() bool {
	switch f.Kind {
	case Timeout, Unknown, HTTPError, HTML, ResetByPeer:
		return f.Apply
	case Refuse, Outage:
		return false
	}
	return true
}

// refusal is what the kinds Refuse and Unknown answer.
func (f Fault) refusal() *Refusal {
	r := &Refusal{Code: antom.ResultCode(f.Code), Status: antom.StatusFailed, Reason: "an injected fault"}
	switch {
	case f.Kind == Unknown && f.Code == "":
		r.Code, r.Status = "UNKNOWN_EXCEPTION", antom.StatusUnknown
	case f.Kind == Unknown:
		r.Status = antom.StatusUnknown
	case f.Code == "":
		r.Code = "SYSTEM_ERROR"
	}
	return r
}

const (
	proxyPage = "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>\n"
	loginPage = "<!doctype html><title>Sign in to the network</title><p>Please sign in to use this network.</p>\n"
)

// inject turns a right answer into the one that the fault asks for.
func (a *reply) inject(f Fault, keys Keys, strangerKeys func() Keys) {
	switch f.Kind {
	case Timeout:
		a.lose()
		a.hang = orElse(time.Duration(f.Delay), time.Minute)
	case Slow:
		a.hang = time.Duration(f.Delay)
	case ResetByPeer, Outage:
		a.lose()
	case Truncate:
		a.header.Set("Content-Length", strconv.Itoa(len(a.body)))
		a.body, a.broken = a.body[:len(a.body)/2], true
	case HTTPError:
		a.page(proxyPage)
		a.status = http.StatusBadGateway
		if f.Status != 0 {
			a.status = f.Status
		}
	case HTML:
		a.page(loginPage)
	case Unsigned:
		a.header.Del("Signature")
		a.signed = ""
	case WrongSignature:
		a.resign(strangerKeys())
	case WrongAmount, WrongCurrency:
		a.body = otherMoney(a.body, f.Kind == WrongCurrency)
		a.resign(keys)
	}
}

// lose makes it no answer: the connection breaks.
func (a *reply) lose() {
	a.broken, a.status, a.header, a.body, a.signed = true, 0, nil, nil, ""
}

// page makes it a page of a server between the merchant and the gateway.
func (a *reply) page(html string) {
	a.header, a.body, a.signed = http.Header{"Content-Type": {"text/html"}}, []byte(html), ""
}

// resign signs a changed body, with Antom's key or a stranger's.
func (a *reply) resign(keys Keys) {
	method, path, _ := bytes.Cut([]byte(a.signed), []byte(" "))
	path, _, _ = bytes.Cut(path, []byte("\n"))
	a.sign(keys.antom, string(method), string(path))
}

var (
	amountValue    = regexp.MustCompile(`("value":\s*")(\d+)"`)
	amountCurrency = regexp.MustCompile(`("currency":\s*")([A-Z]{3})"`)
)

// otherMoney changes every amount in a JSON text: one unit more, or another
// currency.
func otherMoney(body []byte, currency bool) []byte {
	if currency {
		return amountCurrency.ReplaceAllFunc(body, func(found []byte) []byte {
			parts := amountCurrency.FindSubmatch(found)
			other := "USD"
			if string(parts[2]) == other {
				other = "EUR"
			}
			return []byte(string(parts[1]) + other + `"`)
		})
	}
	return amountValue.ReplaceAllFunc(body, func(found []byte) []byte {
		parts := amountValue.FindSubmatch(found)
		value, err := strconv.ParseInt(string(parts[2]), 10, 64)
		if err != nil {
			return found
		}
		return []byte(string(parts[1]) + strconv.FormatInt(value+100, 10) + `"`)
	})
}
