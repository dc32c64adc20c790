package proof_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"antom-checkout/antom/sandbox"
	"antom-checkout/checkout/cardhunt"
)

var hunts = flag.Int("hunts", short(10, 1), "how often a program is killed at a drawn moment while it takes a card")

// typedCard is a card as the shop's page posts it, and typedSecrets is what of it may be
// found nowhere.
const typedCard = `{"method":"CARD","card_number":"5162 7741 1497 4622","card_expiry":"12/39","card_cvc":"987","cardholder_first":"Zoë","cardholder_last":"Quarterman",` +
	`"billing_country":"SG","billing_city":"Singapore","billing_address1":"billing lane 77","billing_postal_code":"048616"}`

var typedSecrets = cardhunt.Spellings("5162774114974622", "5162 7741 1497 4622", "5162-7741-1497-4622", "Zoë Quarterman", "Quarterman", "billing lane 77")

// TestADeadProgramLeavesNoCard types cards into the real program in server mode, ends it
// in the middle of the call to Antom, with core dumps asked for, and looks for the card in
// the database and its log, the emails, the program's log, its metrics and a core dump.
// After the next start the payment must still come out right, with one request to Antom.
func TestADeadProgramLeavesNoCard(t *testing.T) {
	t.Parallel()
	dumps := false
	t.Run("a core dump would be seen", func(t *testing.T) { aCoreDumpIsSeen(t); dumps = true })
	for _, death := range []struct {
		name   string
		fault  sandbox.Fault
		signal syscall.Signal // 0: the program lives
	}{
		{"approved", sandbox.Fault{}, 0},
		{"declined", sandbox.Fault{Kind: sandbox.Refuse, Code: "INVALID_CARD_NUMBER"}, 0},
		{"killed, and Antom has the payment", sandbox.Fault{Kind: sandbox.Timeout, Apply: true}, syscall.SIGKILL},
		{"killed, and Antom has nothing", sandbox.Fault{Kind: sandbox.Timeout}, syscall.SIGKILL},
		{"aborted", sandbox.Fault{Kind: sandbox.Timeout, Apply: true}, syscall.SIGABRT},
	} {
		t.Run(death.name, func(t *testing.T) {
			if death.signal == syscall.SIGABRT && !dumps {
				t.Skip("a core dump would not be seen")
			}
			m := takesCards(t, "CARD_MODE=server")
			m.starts()
			if death.fault.Kind != "" {
				death.fault.On = "pay"
				_, err := m.control.AddFault(death.fault)
				must(t, err)
			}
			typed := make(chan error, 1)
			b, path, err := m.ordering(t.Context())
			must(t, err)
			go func() {
				_, _, err := b.do("POST", path+"/payments", "application/json", typedCard)
				typed <- err
			}()
			if death.signal == 0 {
				<-typed
			} else {
				await(t, "the call is under way", func() error {
					if m.control.Faults()[0].Hits == 0 {
						return errors.New("Antom has not been called")
					}
					return nil
				})
				m.hunted("under way")
				m.endsBy(death.signal)
				<-typed
			}
			m.hunted("afterwards")
			m.control.ClearFaults()
			m.comesOutRight()
			if sent := m.sentOnce(map[int]string{}); sent != 1 {
				t.Errorf("%d cards were sent to Antom", sent)
			}
		})
	}
	t.Run("killed at drawn moments", killedWhileTypingCards)
}

// killedWhileTypingCards kills the program on its way from the request to the answer.
func killedWhileTypingCards(t *testing.T) {
	fate := rand.New(rand.NewPCG(drawnSeed(t), 4))
	m := takesCards(t, "CARD_MODE=server")
	sent := map[int]string{}
	for range *hunts {
		m.starts()
		ctx, cancel := context.WithCancel(t.Context())
		b, path, err := m.ordering(ctx)
		must(t, err)
		typed := make(chan error, 1)
		go func() {
			_, _, err := b.do("POST", path+"/payments", "application/json", typedCard)
			typed <- err
		}()
		time.Sleep(time.Duration(fate.IntN(50_000)) * time.Microsecond) // a drawn moment: this waits for no condition
		m.endsBy(syscall.SIGKILL)
		cancel()
		<-typed
		m.hunted("afterwards")
		m.addSent(sent) // the sandbox forgets old messages
	}
	m.comesOutRight()
	t.Logf("%d kills, %d cards sent to Antom", *hunts, m.sentOnce(sent))
}

// aCoreDumpIsSeen shows that the hunt looks where this machine puts core dumps: a program
// that takes no cards leaves one, with its buyer in it.
func aCoreDumpIsSeen(t *testing.T) {
	m := takesCards(t, "CARD_MODE=antom")
	m.starts()
	_, _, err := m.ordering(t.Context())
	must(t, err)
	m.endsBy(syscall.SIGABRT)
	dumps, err := filepath.Glob(filepath.Join(filepath.Dir(m.database), "core*"))
	must(t, err)
	if len(dumps) == 0 {
		t.Skip("NOT PROVEN: no core dump is put into the working directory here")
	}
	dump, err := os.ReadFile(dumps[0])
	must(t, err)
	if !bytes.Contains(dump, []byte(ann.Email)) {
		t.Errorf("the core dump of %d bytes does not hold the buyer", len(dump))
	}
}

// takesCards is a merchant whose program may dump its memory into the folder of its
// database, and asks for that when it is aborted.
func takesCards(t *testing.T, mode string) *merchant {
	t.Helper()
	folder := t.TempDir()
	m := newMerchant(t, folder, "sh", "-c", `ulimit -c unlimited; cd "$0" && exec "$@"`, folder)
	m.settings = append(m.settings, mode, "PCI_ATTESTATION=saq-d:"+time.Now().AddDate(1, 0, 0).Format(time.DateOnly), "ANTOM_TIMEOUT=30s",
		"METRICS_ADDR=127.0.0.1:0", "MAIL_DIR="+filepath.Join(folder, "mail"), "LOG_LEVEL=debug", "GOTRACEBACK=crash")
	return m
}

// hunted looks for the card in everything that the program has written so far, its
// metrics and a core dump included.
func (m *merchant) hunted(when string) {
	m.t.Helper()
	places := map[string][]byte{"log": []byte(m.output.tail(1 << 30))}
	if m.process != nil {
		places["metrics"] = m.scraped()
	}
	must(m.t, filepath.WalkDir(filepath.Dir(m.database), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if strings.HasPrefix(entry.Name(), "core") {
			m.t.Errorf("%s: there is a core dump, %s", when, path)
		}
		places[path], err = os.ReadFile(path)
		return err
	}))
	stored := slices.Concat(places[m.database], places[m.database+"-wal"])
	if !bytes.Contains(stored, []byte("CREATE TABLE payments")) || !bytes.Contains(stored, []byte(ann.PostalCode)) || !bytes.Contains(places["log"], []byte("route=")) {
		m.t.Fatalf("the hunt sees too little: %d bytes of the database, %d of the log", len(stored), len(places["log"]))
	}
	for place, content := range places {
		for _, way := range cardhunt.Find(content, typedSecrets) {
			m.t.Errorf("%s: the card is in the %s (%s)", when, place, way)
		}
	}
}

// metricsAddress is where a program of this log serves its metrics.
var metricsAddress = regexp.MustCompile(`msg=metrics address=(\S+)`)

// scraped are the metrics of the running program.
func (m *merchant) scraped() []byte {
	m.t.Helper()
	found := metricsAddress.FindAllStringSubmatch(m.output.tail(1<<30), -1)
	res, err := http.Get("http://" + found[len(found)-1][1] + "/metrics") // the last program's
	must(m.t, err)
	defer res.Body.Close()
	scraped, err := io.ReadAll(res.Body)
	must(m.t, err)
	if !bytes.Contains(scraped, []byte("checkout_pci_attestation_seconds")) {
		m.t.Fatalf("the hunt does not see the metrics: %.200s", scraped)
	}
	return scraped
}

// comesOutRight starts the program two hours later, by both clocks: all laws hold, and the
// card is still nowhere.
func (m *merchant) comesOutRight() {
	m.t.Helper()
	m.dies()
	must(m.t, m.control.Advance(2*time.Hour))
	m.starts("CLOCK_OFFSET=2h")
	await(m.t, "all laws hold", func() error { return firstOf(m.truth().whenQuiet()) })
	m.hunted("after the next start")
}

// addSent adds which payment each message of pay was about, by the message's id.
func (m *merchant) addSent(sent map[int]string) {
	for _, message := range m.control.Messages() {
		if message.Operation == "pay" {
			sent[message.ID] = message.PaymentRequestID
		}
	}
}

// sentOnce is how many payments were sent to Antom, by the messages so far and those in
// sent. None may have been sent twice.
func (m *merchant) sentOnce(sent map[int]string) int {
	m.t.Helper()
	m.addSent(sent)
	times := map[string]int{}
	for _, payment := range sent {
		if times[payment]++; times[payment] == 2 {
			m.t.Errorf("the card of %s was sent to Antom twice", payment)
		}
	}
	return len(times)
}
