//go:build bench

package app

import (
	"bufio"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"antom-checkout/antom"
	"antom-checkout/antom/sandbox"
)

// BenchmarkOrder: a whole order, from the catalogue to the page that says it is paid, by
// eight buyers at once. The limit is one RSA signature. Processor time is that of the
// server alone: the buyers are this process, and the sandbox is another one.
//
// In "walk" each buyer goes at their own pace. In "steps" all of them have taken a step
// before one takes the next, so that each step's share can be told.
func BenchmarkOrder(b *testing.B) {
	const warm, orders = 100, 300
	binary := buildBinary(b)
	box := startSandbox(b, binary)
	defer box.stop(b)
	shop := start(b, binary, filepath.Join(b.TempDir(), "checkout.db"), box.settings()...)
	defer shop.stop(b)
	signing := newSigning(b)
	shop.walk(b, warm)
	b.Run("walk", func(b *testing.B) {
		var ratios, sizes, rates []float64
		for b.Loop() {
			signature := signing.cpuEach(b)
			before, begun := shop.cpu(b), time.Now()
			shop.walk(b, orders)
			each := float64(shop.cpu(b)-before) / orders
			ratios, sizes = append(ratios, each/float64(signature)), append(sizes, each/float64(time.Millisecond))
			rates = append(rates, orders/time.Since(begun).Seconds())
		}
		b.ReportMetric(median(ratios), "cpu/sign")
		b.ReportMetric(median(sizes), "cpu-ms")
		b.ReportMetric(median(rates), "orders/s")
		b.ReportMetric(0, "ns/op")
	})
	b.Run("steps", func(b *testing.B) {
		shares := make([][]float64, len(buyersSteps))
		for b.Loop() {
			signature := signing.cpuEach(b)
			buyers := make([]*buyer, orders)
			for i := range buyers {
				buyers[i] = newBuyer(shop.url)
			}
			for i, step := range buyersSteps {
				before := shop.cpu(b)
				eightAtOnce(b, orders, func(n int) error { return step.do(buyers[n]) })
				shares[i] = append(shares[i], float64(shop.cpu(b)-before)/orders/float64(signature))
			}
		}
		for i, step := range buyersSteps {
			b.ReportMetric(median(shares[i]), step.name+"/sign")
		}
		b.ReportMetric(0, "ns/op")
	})
}

// walk has so many orders placed and paid.
func (r *running) walk(b *testing.B, orders int) {
	b.Helper()
	eightAtOnce(b, orders, func(int) error {
		buyer := newBuyer(r.url)
		for _, step := range buyersSteps {
			if err := step.do(buyer); err != nil {
				return fmt.Errorf("%s: %w", step.name, err)
			}
		}
		return nil
	})
}

func eightAtOnce(b *testing.B, n int, do func(i int) error) {
	b.Helper()
	var next atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && !b.Failed(); i = int(next.Add(1)) - 1 {
				if err := do(i); err != nil {
					b.Error(err)
				}
			}
		})
	}
	all.Wait()
	if b.Failed() {
		b.FailNow()
	}
}

// signing makes signatures like those of requests to Antom.
type signing struct{ key *rsa.PrivateKey }

func newSigning(b *testing.B) signing {
	b.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	noError(b, err)
	return signing{key}
}

// cpuEach is the processor time that one takes, while as many are made at once as orders are placed.
func (s signing) cpuEach(b *testing.B) time.Duration {
	b.Helper()
	const n = 600
	used := func() time.Duration {
		var usage syscall.Rusage
		noError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
		return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	before := used()
	eightAtOnce(b, n, func(int) error {
		_, err := antom.Sign(s.key, []byte("as long as a request is, more or less"))
		return err
	})
	return (used() - before) / n
}

// runningSandbox is a sandbox in a process of its own.
type runningSandbox struct {
	process     *exec.Cmd
	credentials sandbox.Credentials
}

func startSandbox(b *testing.B, binary string) *runningSandbox {
	b.Helper()
	s := &runningSandbox{process: exec.Command(binary, "sandbox", "--sandbox-addr", "127.0.0.1:0", "--keys", filepath.Join(b.TempDir(), "keys.json"))}
	s.process.Env = []string{"LOG_LEVEL=error"}
	stdout, err := s.process.StdoutPipe()
	noError(b, err)
	noError(b, s.process.Start())
	line, err := bufio.NewReader(stdout).ReadString('\n')
	noError(b, err)
	_, rest, _ := strings.Cut(line, "The sandbox is at ")
	address, _, _ := strings.Cut(rest, " ")
	res, err := http.Get(address + "/control/credentials")
	noError(b, err)
	defer res.Body.Close()
	noError(b, json.NewDecoder(res.Body).Decode(&s.credentials))
	return s
}

// settings are those of a shop that uses it.
func (s *runningSandbox) settings() []string {
	c := s.credentials
	return []string{
		"ANTOM_URL=" + c.BaseURL, "ANTOM_CLIENT_ID=" + c.ClientID, "ANTOM_SDK_URL=" + c.SDKURL,
		"ANTOM_PRIVATE_KEY=" + c.MerchantPrivateKey, "ANTOM_PUBLIC_KEY=" + c.AntomPublicKey,
	}
}

func (s *runningSandbox) stop(b *testing.B) {
	b.Helper()
	noError(b, s.process.Process.Signal(syscall.SIGTERM))
	noError(b, s.process.Wait())
}

// buyer buys in a browser without scripts, and pays with a wallet.
type buyer struct {
	shop    string
	browser *http.Client
	form    url.Values
	order   string // its checkout page
	wallet  string // where they pay
	back    string // where the wallet leads them
}

// buyersTransport keeps the buyers' connections, as browsers do.
var buyersTransport = &http.Transport{MaxIdleConnsPerHost: 16}

func newBuyer(shop string) *buyer {
	jar, _ := cookiejar.New(nil) // never fails without options
	return &buyer{shop: shop, browser: &http.Client{
		Jar: jar, Transport: buyersTransport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// buyersSteps are what they do, in order: eight requests or more to the shop, and one to the wallet.
var buyersSteps = []struct {
	name string
	do   func(*buyer) error
}{
	{"catalogue", func(bu *buyer) error { _, err := bu.get(bu.shop + "/"); return err }},
	{"add", func(bu *buyer) error {
		_, _, err := bu.post(bu.shop+"/cart", url.Values{"sku": {"MUG-01"}, "quantity": {"1"}})
		return err
	}},
	{"cart", func(bu *buyer) error {
		page, err := bu.get(bu.shop + "/cart")
		bu.form = url.Values{
			"form_id": {between(page, `name="form_id" value="`, `"`)}, "shown": {between(page, `name="shown" value="`, `"`)},
			"email": {"ann@example.com"}, "name": {"Ann Lee"}, "country": {"SG"},
			"city": {"Singapore"}, "address1": {"1 Raffles Place"}, "postal_code": {"048616"},
		}
		return err
	}},
	{"order", func(bu *buyer) (err error) { bu.order, _, err = bu.post(bu.shop+"/orders", bu.form); return err }},
	{"checkout", func(bu *buyer) error { _, err := bu.get(bu.order); return err }},
	{"start", func(bu *buyer) error {
		_, page, err := bu.post(bu.order+"/payments", url.Values{"method": {"ALIPAY_CN"}})
		bu.wallet = between(page, `content="0;url=`, `"`)
		return err
	}},
	{"pay", func(bu *buyer) (err error) {
		bu.back, _, err = bu.post(bu.wallet, url.Values{"act": {"pay"}})
		return err
	}},
	{"return", func(bu *buyer) error { _, err := bu.get(bu.back); return err }},
	{"paid", (*buyer).awaitPaid},
}

// awaitPaid asks for the status until the order is paid.
func (bu *buyer) awaitPaid() error {
	for range 500 {
		text, err := bu.get(bu.order + "/status")
		if err != nil {
			return err
		}
		var answer struct{ Status string }
		if err := json.Unmarshal([]byte(text), &answer); err != nil {
			return err
		}
		if answer.Status == "paid" {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return errors.New("the order is not paid")
}

func (bu *buyer) get(address string) (page string, err error) {
	_, page, err = bu.ask(bu.browser.Get(address))
	return page, err
}

// post posts a form; next is where the answer leads, if it does.
func (bu *buyer) post(address string, form url.Values) (next, page string, err error) {
	return bu.ask(bu.browser.PostForm(address, form))
}

func (bu *buyer) ask(res *http.Response, err error) (next, page string, _ error) {
	if err != nil {
		return "", "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK && res.StatusCode != http.StatusSeeOther {
		err = fmt.Errorf("%s answers %s\n%s", res.Request.URL, res.Status, body)
	}
	if at, none := res.Location(); none == nil {
		next = at.String()
	}
	return next, string(body), err
}

// between is the text between two others, or "".
func between(text, before, after string) string {
	_, rest, _ := strings.Cut(text, before)
	found, _, _ := strings.Cut(rest, after)
	return found
}
