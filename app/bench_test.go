//go:build bench

package app

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// These need some minutes and two gigabytes of disk, so they stand behind a tag; how
// to run them, and what they found, stands in BENCH.md.

const many, few = 1_000_000, 1000

// BenchmarkMemory: the resident memory of the program with its sandbox, after
// the start and while 64 buyers fill carts, order and start to pay (target 8).
func BenchmarkMemory(b *testing.B) {
	binary := buildBinary(b)
	var idle, busy []float64
	for b.Loop() {
		shop := start(b, binary, filepath.Join(b.TempDir(), "checkout.db"))
		shop.get(b, "/")
		time.Sleep(2 * time.Second)
		idle = append(idle, shop.resident(b))
		var all sync.WaitGroup
		for range 64 {
			all.Go(func() { shop.buy(b, 5*time.Second) })
		}
		peak := 0.0
		for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			peak = max(peak, shop.resident(b))
		}
		all.Wait()
		busy = append(busy, peak)
		shop.stop(b)
	}
	b.ReportMetric(median(idle), "idle-MB")
	b.ReportMetric(median(busy), "busy-MB")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkManyOrders: from exec to the first answer with 1,000,000 orders on
// disk (target 9), and the p99 of single steps compared to that with 1,000 (target
// 10), where the two databases take turns call by call.
func BenchmarkManyOrders(b *testing.B) {
	small, large := filledFiles(b)
	b.Run("start", func(b *testing.B) {
		binary := buildBinary(b)
		start(b, binary, large).stop(b) // makes the keys
		var took []float64
		for b.Loop() {
			for range 5 {
				begun := time.Now()
				shop := start(b, binary, large)
				shop.get(b, "/healthz")
				took = append(took, float64(time.Since(begun))/float64(time.Millisecond))
				shop.stop(b)
			}
		}
		b.ReportMetric(median(took), "start-ms")
		b.ReportMetric(0, "ns/op")
	})
	both := []*filled{open(b, small, few), open(b, large, many)}
	benchLists(b, both)
	for _, step := range []struct {
		name string
		do   func(*filled) error
	}{
		{"order", (*filled).order}, {"notification", (*filled).notification}, {"read", (*filled).read},
	} {
		b.Run(step.name, func(b *testing.B) {
			var ratios []float64
			for b.Loop() {
				var waits [2][]time.Duration
				for range 2000 {
					for i, shop := range both {
						begun := time.Now()
						noError(b, step.do(shop))
						waits[i] = append(waits[i], time.Since(begun))
					}
				}
				ratios = append(ratios, p99(waits[1])/p99(waits[0]))
			}
			b.ReportMetric(median(ratios), "p99/p99")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// benchLists: a list of the newest 50 orders by each filter (target 10). It asks the
// store, because what HTTP costs is the same with few orders and with many.
func benchLists(b *testing.B, both []*filled) {
	for name := range both[0].filters() {
		b.Run("list/"+name, func(b *testing.B) {
			var ratios []float64
			for b.Loop() {
				var waits [2][]float64
				for range 100 {
					for i, shop := range both {
						begun := time.Now()
						_, err := shop.newest(shop.filters()[name])
						noError(b, err)
						waits[i] = append(waits[i], float64(time.Since(begun)))
					}
				}
				ratios = append(ratios, median(waits[1])/median(waits[0]))
			}
			b.ReportMetric(median(ratios), "many/few")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// running is the program as an operator runs it.
type running struct {
	url     string
	signIn  string // the path that signs in at the dashboard, once
	process *exec.Cmd
}

// buildBinary builds the program. BENCH_BINARY names one that is taken instead, so that two
// builds can take turns.
func buildBinary(b *testing.B) string {
	b.Helper()
	if built := os.Getenv("BENCH_BINARY"); built != "" {
		return built
	}
	binary := filepath.Join(b.TempDir(), "antom-checkout")
	if out, err := exec.Command("go", "build", "-trimpath", "-o", binary, "antom-checkout").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	return binary
}

func start(b *testing.B, binary, file string, settings ...string) *running {
	b.Helper()
	r := &running{process: exec.Command(binary, "serve")}
	r.process.Env = []string{"ADDR=127.0.0.1:0", "SANDBOX_ADDR=127.0.0.1:0", "DATABASE_URL=" + file, "RATE_LIMITS=off", "TIME_ZONE=UTC"}
	r.process.Env = append(r.process.Env, settings...)
	stdout, err := r.process.StdoutPipe()
	noError(b, err)
	noError(b, r.process.Start())
	for lines := bufio.NewScanner(stdout); r.signIn == "" && lines.Scan(); {
		if at, found := strings.CutPrefix(lines.Text(), "The shop is at"); found {
			r.url = strings.TrimSpace(at)
		}
		if at := strings.Index(lines.Text(), "/dashboard/welcome/"); at >= 0 {
			r.signIn, _, _ = strings.Cut(lines.Text()[at:], " ")
		}
	}
	if r.url == "" || r.signIn == "" {
		b.Fatal("the shop did not say where it is")
	}
	go io.Copy(io.Discard, stdout) //nolint:errcheck // nothing reads the rest
	return r
}

func (r *running) stop(b *testing.B) {
	b.Helper()
	noError(b, r.process.Process.Signal(syscall.SIGTERM))
	noError(b, r.process.Wait())
}

func (r *running) get(b *testing.B, path string) {
	b.Helper()
	res, err := http.Get(r.url + path)
	noError(b, err)
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusOK {
		b.Fatalf("%s answers %s: %v", path, res.Status, err)
	}
}

// resident is the process's resident memory in megabytes.
func (r *running) resident(b *testing.B) float64 { return r.status(b, "VmRSS:") }

// cpu is the processor time that the process has had.
func (r *running) cpu(b *testing.B) time.Duration {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", r.process.Process.Pid))
	if err != nil {
		b.Skip("processor time is read from /proc")
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	var ticks int64
	for _, field := range fields[11:13] { // utime and stime
		n, err := strconv.ParseInt(field, 10, 64)
		noError(b, err)
		ticks += n
	}
	return time.Duration(ticks) * time.Second / 100
}

// status is an amount of memory that the kernel tells of the process, in megabytes.
func (r *running) status(b *testing.B, name string) float64 {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", r.process.Process.Pid))
	if err != nil {
		b.Skip("resident memory is read from /proc")
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); fields[0] == name {
			kilobytes, err := strconv.Atoi(fields[1])
			noError(b, err)
			return float64(kilobytes) / 1000
		}
	}
	b.Fatalf("no %s", name)
	return 0
}

var formID = regexp.MustCompile(`name="form_id" value="([^"]+)"`)

// buy fills a cart, orders, and starts to pay, over and over.
func (r *running) buy(b *testing.B, d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end) && !b.Failed(); {
		jar, _ := cookiejar.New(nil) // never fails without options
		client := &http.Client{Jar: jar}
		post := func(path string, form url.Values) *http.Response {
			res, err := client.PostForm(r.url+path, form)
			if err != nil {
				b.Error(err)
				return nil
			}
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			if err != nil || res.StatusCode != http.StatusOK {
				b.Errorf("%s answers %s, %v", path, res.Status, err)
				return nil
			}
			if found := formID.FindSubmatch(body); found != nil {
				form.Set("form_id", string(found[1]))
			}
			return res
		}
		form := url.Values{"sku": {"MUG-01"}, "quantity": {"1"}}
		if post("/cart", form) == nil {
			return
		}
		res := post("/orders", url.Values{
			"form_id": form["form_id"], "email": {"ann@example.com"}, "name": {"Ann Lee"}, "country": {"SG"},
			"city": {"Singapore"}, "address1": {"1 Raffles Place"}, "postal_code": {"048616"},
		})
		if res == nil || post(res.Request.URL.Path+"/payments", url.Values{"method": {"ALIPAY_CN"}}) == nil {
			return
		}
	}
}

func median(values []float64) float64 {
	return slices.Sorted(slices.Values(values))[len(values)/2]
}

func p99(waits []time.Duration) float64 {
	return float64(slices.Sorted(slices.Values(waits))[len(waits)*99/100])
}
