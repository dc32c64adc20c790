//go:build bench

package app

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// filledFiles are databases of few orders and of many. BENCH_DATABASES names a folder that
// keeps them for another run.
func filledFiles(b *testing.B) (small, large string) {
	b.Helper()
	folder := os.Getenv("BENCH_DATABASES")
	if folder == "" {
		folder = b.TempDir()
	}
	small, large = filepath.Join(folder, "few.db"), filepath.Join(folder, "many.db")
	for file, n := range map[string]int{small: few, large: many} {
		if _, err := os.Stat(file); os.IsNotExist(err) {
			fill(b, file, n)
		}
	}
	return small, large
}

// deskPages are pages of the dashboard, each with what is worst for it in a filled database. The
// orders after which a list goes on stand where 50 pages of it were read.
func deskPages(n int) map[string]string {
	at := func(i int) string { return fmt.Sprintf("0190%08x", i) }
	some, card := n/2, n/2/4*4+1 // i % 4 = 1 is paid by card
	from := func(day int) string { return time.UnixMilli(filledFrom).UTC().AddDate(0, 0, day).Format(time.DateOnly) }
	orders := func(pairs ...string) string {
		asked := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			asked.Set(pairs[i], pairs[i+1])
		}
		return "/dashboard/orders?" + asked.Encode()
	}
	const order, payment = "-0000-7000-8000-000000000000", "-0000-7000-8000-000000000001"
	return map[string]string{
		"list/first":             orders(),
		"list/50 pages on":       orders("after", at(max(n-2500, 60))+order),
		"list/status":            orders("status", "paid"),
		"list/status of none":    orders("status", "review"),
		"list/method":            orders("method", "CARD"),
		"list/method, 50 on":     orders("method", "CARD", "after", at(max(n-10000, 300))+order),
		"list/method of none":    orders("method", "PAYNOW"),
		"list/currency":          orders("currency", "SGD"),
		"list/amount of most":    orders("currency", "SGD", "amount_from", "42", "amount_to", "42"),
		"list/amount of old":     orders("currency", "SGD", "amount_from", "50"),
		"list/amount and status": orders("currency", "SGD", "amount_from", "50", "status", "paid"),
		"list/amount and method": orders("currency", "SGD", "amount_from", "50", "method", "CARD"),
		"list/status and method": orders("status", "refunded", "method", "CARD"),
		"list/days":              orders("from", from(100), "to", from(101)),
		"list/days and method":   orders("from", from(100), "to", from(101), "method", "CARD"),
		"list/waiting":           orders("waiting", "true"),
		"search/number":          orders("q", fmt.Sprintf("N-%d", some)),
		"search/reference":       orders("q", fmt.Sprintf("R-%d", some)),
		"search/Antom id":        orders("q", fmt.Sprintf("antom-%d", some)),
		"search/request id":      orders("q", at(some)+payment),
		"search/last four":       orders("q", fmt.Sprintf("%04d", card%10000)),
		"search/nothing":         orders("q", "nothing"),
		"search/email of all":    orders("q", "ann@example.com"),
		"order":                  "/dashboard/orders/" + at(some) + order,
		"inbox":                  "/dashboard/inbox",
		"report/month by day":    "/dashboard/reports?by=day&from=" + from(100) + "&to=" + from(130),
		"report/year by day":     "/dashboard/reports?by=day&from=" + from(0) + "&to=" + from(365),
		"report/year by month":   "/dashboard/reports?by=month&from=" + from(0) + "&to=" + from(365),
	}
}

// BenchmarkDesk: pages of the dashboard with 1,000,000 orders against those with 1,000, over
// HTTP, the two programs in turns; and the export of all orders.
func BenchmarkDesk(b *testing.B) {
	small, large := filledFiles(b)
	binary := buildBinary(b)
	for i, file := range []string{small, large} {
		store := open(b, file, 0).store
		begun := time.Now()
		noError(b, store.SumUpSales(b.Context(), time.Now().UTC()))
		b.Logf("past days of %d orders are summed up in %v", []int{few, many}[i], time.Since(begun))
		noError(b, store.Close())
	}
	both := []*signedIn{signIn(b, start(b, binary, small)), signIn(b, start(b, binary, large))}
	defer both[0].stop(b)
	defer both[1].stop(b)
	pages := []map[string]string{deskPages(few), deskPages(many)}
	for _, name := range slices.Sorted(maps.Keys(pages[0])) {
		b.Run(name, func(b *testing.B) {
			var waits [2][]time.Duration
			for b.Loop() {
				for range 40 {
					for i, shop := range both {
						begun := time.Now()
						shop.read(b, pages[i][name])
						waits[i] = append(waits[i], time.Since(begun))
					}
				}
			}
			b.ReportMetric(p99(waits[1])/p99(waits[0]), "p99/p99")
			b.ReportMetric(mid(waits[1])/mid(waits[0]), "many/few")
			b.ReportMetric(mid(waits[1])/1e6, "ms")
			b.ReportMetric(p99(waits[1])/1e6, "p99-ms")
			b.ReportMetric(0, "ns/op")
		})
	}
	b.Run("live", func(b *testing.B) { benchLive(b, both) })
	b.Run("export", func(b *testing.B) { benchExport(b, both[1]) })
}

func mid(waits []time.Duration) float64 {
	return float64(slices.Sorted(slices.Values(waits))[len(waits)/2])
}

// benchLive: what an open list of orders costs while nothing happens, a second: twenty are open.
func benchLive(b *testing.B, both []*signedIn) {
	const lists, seconds = 20, 10
	var each [2][]float64
	for b.Loop() {
		for i, shop := range both {
			var open sync.WaitGroup
			var streams []io.Closer
			for range lists {
				res := shop.ask(b, "/dashboard/orders/events")
				streams = append(streams, res.Body)
				open.Go(func() { _, _ = io.Copy(io.Discard, res.Body) })
			}
			time.Sleep(time.Second)
			before := shop.cpu(b)
			time.Sleep(seconds * time.Second)
			each[i] = append(each[i], float64((shop.cpu(b)-before).Microseconds())/lists/seconds)
			for _, stream := range streams {
				_ = stream.Close()
			}
			open.Wait()
		}
	}
	b.ReportMetric(median(each[0]), "few-µs/list/s")
	b.ReportMetric(median(each[1]), "many-µs/list/s")
	b.ReportMetric(0, "ns/op")
}

// benchExport: all orders as one file, and the most memory that the program has had (target: 200 MB).
func benchExport(b *testing.B, shop *signedIn) {
	var took []float64
	lines := 0
	for b.Loop() {
		begun := time.Now()
		res := shop.ask(b, "/dashboard/orders/export/orders")
		lines = 0
		for part := make([]byte, 1<<16); ; {
			n, err := res.Body.Read(part)
			lines += bytes.Count(part[:n], []byte{'\n'})
			if err == io.EOF {
				break
			}
			noError(b, err)
		}
		res.Body.Close()
		took = append(took, time.Since(begun).Seconds())
	}
	if lines != many+1 {
		b.Errorf("the file has %d lines", lines)
	}
	b.ReportMetric(median(took), "s")
	b.ReportMetric(shop.status(b, "VmHWM:"), "most-MB")
	b.ReportMetric(0, "ns/op")
}

// signedIn is the program with a person who is signed in at its dashboard.
type signedIn struct {
	*running
	client *http.Client
}

func signIn(b *testing.B, shop *running) *signedIn {
	b.Helper()
	jar, _ := cookiejar.New(nil) // never fails without options
	s := &signedIn{shop, &http.Client{Jar: jar}}
	s.read(b, shop.signIn)
	return s
}

func (s *signedIn) ask(b *testing.B, path string) *http.Response {
	res, err := s.client.Get(s.url + path)
	noError(b, err)
	if res.StatusCode != http.StatusOK {
		b.Fatalf("%s answers %s", path, res.Status)
	}
	return res
}

func (s *signedIn) read(b *testing.B, path string) {
	res := s.ask(b, path)
	defer res.Body.Close()
	_, err := io.Copy(io.Discard, res.Body)
	noError(b, err)
}
