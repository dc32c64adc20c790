package safedial_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"antom-checkout/webhooks/safedial"
)

func TestOnlyPublicAddressesAreDialled(t *testing.T) {
	d := safedial.New(safedial.Config{})
	for _, address := range []string{"8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "172.32.0.1", "100.128.0.1"} {
		if err := d.Check(netip.MustParseAddr(address)); err != nil {
			t.Error(err)
		}
	}
	for _, address := range []string{
		"127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", // own
		"169.254.169.254", "100.100.100.200", "192.0.0.192", "168.63.129.16", "fd00:ec2::254", "fd20:ce::254", // clouds
		"224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
		"::", "::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "ff02::1", "2001:db8::1", "2001::1", "2002:7f00:1::",
		"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "100::1", "5f00::1",
	} {
		if err := d.Check(netip.MustParseAddr(address)); !errors.Is(err, safedial.ErrRefused) {
			t.Errorf("%s is dialled: %v", address, err)
		}
	}
}

func TestAnOperatorAllowsNetworks(t *testing.T) {
	_, own, _ := net.ParseCIDR("10.1.0.0/16")
	d := safedial.New(safedial.Config{Allow: []*net.IPNet{own}})
	for address, allowed := range map[string]bool{"10.1.2.3": true, "::ffff:10.1.2.3": true, "10.2.0.1": false, "127.0.0.1": false} {
		if err := d.Check(netip.MustParseAddr(address)); (err == nil) != allowed {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestURLsThatMayBeCalled(t *testing.T) {
	live, test := safedial.New(safedial.Config{}), safedial.New(safedial.Config{Loopback: true})
	for text, want := range map[string]struct{ live, test bool }{
		"https://shop.example/hook?a=b":                  {true, true},
		"https://shop.example:8443":                      {true, true},
		"https://8.8.8.8/":                               {true, true},
		"https://[2606:4700:4700::1111]/":                {true, true},
		"http://shop.example/":                           {},
		"http://8.8.8.8/":                                {},
		"http://localhost:3000/hook":                     {false, true},
		"http://shop.localhost/":                         {false, true},
		"http://127.0.0.1:3000/":                         {false, true},
		"http://[::1]:3000/":                             {false, true},
		"https://127.0.0.1/":                             {false, true},
		"https://[::ffff:127.0.0.1]/":                    {false, true},
		"http://localhost.shop.example/":                 {},
		"https://10.0.0.1/":                              {},
		"https://169.254.169.254/latest":                 {},
		"https://[::ffff:169.254.169.254]/":              {},
		"https://[fe80::1%25eth0]/":                      {},
		"https://2130706433/":                            {},
		"https://0x7f000001/":                            {},
		"https://0x7f.1/":                                {},
		"https://0177.0.0.1/":                            {},
		"https://127.1/":                                 {},
		"https://127.0.0.1./":                            {},
		"https://user@shop.example/":                     {},
		"https://shop.example:x@10.0.0.1/":               {},
		"https://shop.example/#hook":                     {},
		"https:shop.example":                             {},
		"https:///hook":                                  {},
		"//shop.example/":                                {},
		"ftp://shop.example/":                            {},
		"file:///etc/passwd":                             {},
		"javascript:alert(1)":                            {},
		"https://shop.example/\n":                        {},
		"":                                               {},
		"https://a.example/" + strings.Repeat("a", 2048): {},
	} {
		if _, err := live.ParseURL(text); (err == nil) != want.live {
			t.Errorf("%q: %v", text, err)
		}
		if _, err := test.ParseURL(text); (err == nil) != want.test {
			t.Errorf("%q in test mode: %v", text, err)
		}
	}
}

// names is a name server that answers each question about IPv4 with the next of its addresses, and
// the last one for good.
func names(t *testing.T, addresses ...string) *net.Resolver {
	t.Helper()
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = socket.Close() })
	var asked atomic.Int32
	go func() {
		for buffer := make([]byte, 1500); ; {
			n, from, err := socket.ReadFrom(buffer)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buffer[:n]) != nil {
				continue
			}
			m.Response, m.Additionals = true, nil
			if m.Questions[0].Type == dnsmessage.TypeA {
				i := min(int(asked.Add(1)), len(addresses)) - 1
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: m.Questions[0].Name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET},
					Body:   &dnsmessage.AResource{A: netip.MustParseAddr(addresses[i]).As4()},
				}}
			}
			if answer, err := m.Pack(); err == nil {
				_, _ = socket.WriteTo(answer, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", socket.LocalAddr().String())
	}}
}

// A name is trusted at no moment but that of the connection: it leads to an allowed address
// first, and into the own network afterwards.
func TestANameThatChangesItsAddressIsRefused(t *testing.T) {
	reached := atomic.Int32{}
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer server.Close()
	_, first, _ := net.ParseCIDR("127.0.0.1/32") // stands for a public address
	d := safedial.New(safedial.Config{Allow: []*net.IPNet{first}, Resolver: names(t, "127.0.0.1", "127.0.0.2")})
	client := d.Client(5 * time.Second)
	defer client.CloseIdleConnections()
	call := func() error {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://rebinding.example:"+server.URL[strings.LastIndex(server.URL, ":")+1:], nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Close = true
		res, err := client.Do(req)
		if err == nil {
			_ = res.Body.Close()
		}
		return err
	}
	if err := call(); err != nil || reached.Load() != 1 {
		t.Fatalf("the allowed address was reached %d times, %v", reached.Load(), err)
	}
	for range 3 {
		if err := call(); !errors.Is(err, safedial.ErrRefused) {
			t.Errorf("the second address is not refused: %v", err)
		}
	}
	if reached.Load() != 1 {
		t.Error("the second address was reached")
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	reached := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/there" {
			reached = true
		}
		http.Redirect(w, r, "/there", http.StatusFound)
	}))
	defer server.Close()
	client := safedial.New(safedial.Config{Loopback: true}).Client(5 * time.Second)
	defer client.CloseIdleConnections()
	res, err := client.Get(server.URL + "/here")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusFound || reached {
		t.Errorf("the answer is %d, followed: %v, %v", res.StatusCode, reached, err)
	}
}

// A proxy of the environment would be dialled in the endpoint's place, and dial for it.
func TestNoProxyIsUsed(t *testing.T) {
	transport := safedial.New(safedial.Config{}).Client(time.Second).Transport.(*http.Transport)
	if transport.Proxy != nil || transport.DialContext == nil {
		t.Error("the client may use a proxy, or a dialer of its own")
	}
}
