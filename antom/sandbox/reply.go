package sandbox

import (
	"crypto/rsa"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"antom-checkout/antom"
)

// reply is an answer of the gateway, right or changed by an injected fault.
type reply struct {
	status int
	header http.Header
	body   []byte
	signed string        // its signing string
	hang   time.Duration // wait so long first
	broken bool          // then break the connection, after body if there is one
}

func (g *gateway) newReply(r *http.Request, c *call, d decision) *reply {
	body, err := json.Marshal(d.answer)
	if err != nil {
		panic(err) // every answer can be written as JSON
	}
	a := &reply{status: http.StatusOK, header: http.Header{}, body: body}
	a.header.Set("Content-Type", "application/json;charset=UTF-8")
	a.header.Set("Client-Id", clip(r.Header.Get("Client-Id"), 64))
	a.header.Set("Response-Time", d.at.In(antomZone).Format(time.RFC3339))
	a.sign(g.keys.antom, r.Method, c.path)
	return a
}

// sign signs the answer over the request's method and path.
func (a *reply) sign(key *rsa.PrivateKey, method, path string) {
	text := antom.SigningString(method, path, a.header.Get("Client-Id"), a.header.Get("Response-Time"), a.body)
	signature, err := antom.Sign(key, text)
	if err != nil {
		panic(err) // a key that made signatures before makes this one
	}
	a.signed = string(text)
	a.header.Set("Signature", signature.String())
}

// send writes the answer. The names of its headers are in lower case, as Antom writes
// them: one of its SDKs finds no signature under another spelling and fails, another
// finds none and verifies nothing.
func (a *reply) send(g *gateway, w http.ResponseWriter, r *http.Request) {
	if a.hang > 0 {
		timer := time.NewTimer(a.hang)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
		case <-g.ctx.Done():
		}
	}
	if a.broken && len(a.body) == 0 {
		panic(http.ErrAbortHandler)
	}
	for name, values := range a.header {
		if name != "Content-Type" { // which net/http looks for by this spelling
			name = strings.ToLower(name)
		}
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
	if _, err := w.Write(a.body); err != nil && !errors.Is(err, http.ErrHandlerTimeout) {
		g.log.Debug("the caller did not wait for the answer", "error", err)
	}
	if a.broken {
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
		panic(http.ErrAbortHandler)
	}
}
