package handlers_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// onTheWire is an answer as a browser gets it: its bytes, and what they say.
func (b *buyer) onTheWire(path string) (bytes int, text string, header http.Header) {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), "GET", b.shop.url+path, nil)
	must(b.t, err)
	req.Header.Set("Accept-Encoding", "gzip, deflate, br, zstd") // set by hand, so the client unpacks nothing
	res, err := b.client.Do(req)
	must(b.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	must(b.t, err)
	if res.Header.Get("Content-Encoding") != "gzip" {
		return len(body), string(body), res.Header
	}
	unpacked, err := gzip.NewReader(strings.NewReader(string(body)))
	must(b.t, err)
	plain, err := io.ReadAll(unpacked)
	must(b.t, err)
	return len(body), string(plain), res.Header
}

// One initial window of TCP carries the whole pay page as it is served: HTML, CSS
// and JavaScript of the shop.
func TestThePayPageAsServedFitsOneWindow(t *testing.T) {
	buyer := newShop(t).newBuyer()
	total, page, header := buyer.onTheWire(buyer.orders())
	if header.Get("Content-Encoding") != "gzip" || !strings.HasSuffix(page, "</html>") {
		t.Fatalf("the page comes as %v", header)
	}
	files := regexp.MustCompile(`(?:src|href)="(/static/[^"]+\.(?:css|js))"`).FindAllStringSubmatch(page, -1)
	if len(files) < 3 {
		t.Fatalf("the page loads only %q", files)
	}
	for _, file := range files {
		bytes, _, header := buyer.onTheWire(file[1])
		if header.Get("Content-Encoding") != "br" {
			t.Errorf("%s is not packed", file[1])
		}
		total += bytes
	}
	t.Logf("%d bytes", total)
	if total > 14_600 {
		t.Errorf("the pay page is %d bytes, more than 14,600", total)
	}
}

// Beside a text that an attacker chose, the length of a packed page would reveal
// the secrets on it.
func TestWhatAnswersAPostIsNotPacked(t *testing.T) {
	buyer := newShop(t).newBuyer()
	req, err := http.NewRequestWithContext(t.Context(), "POST", buyer.shop.url+"/orders", strings.NewReader("email=x"))
	must(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := buyer.client.Do(req)
	must(t, err)
	defer res.Body.Close()
	if coding := res.Header.Get("Content-Encoding"); coding != "" || res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("%s, packed as %q", res.Status, coding)
	}
}
