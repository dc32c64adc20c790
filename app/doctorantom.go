package app

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"antom-checkout/antom"
	"antom-checkout/checkout"
)

// antomChecks are those that one call to Antom answers.
type antomChecks struct {
	gateway, clock, methods *check
	last                    lastAnswer
}

func (a *antomChecks) skip(why string) {
	for _, c := range []*check{a.gateway, a.clock, a.methods} {
		c.skips("%s", why)
	}
}

// reachAntom makes a client of the account, or of the server's sandbox; nil if there is
// none to ask.
func (d *doctor) reachAntom(ctx context.Context, checks *antomChecks) *antom.Client {
	if d.Settings.Antom.ClientID == "" && !d.sandboxAnswers() {
		checks.skip("the sandbox is a part of serve, which is not running")
		return nil
	}
	if err := d.useServersSandbox(ctx); err != nil {
		checks.gateway.fails("restore the file from a backup, or remove it, and start serve again", "the sandbox's keys: %v", err)
		return nil
	}
	client, err := d.newClient(checks.last.note)
	if err != nil {
		checks.skip("the keys cannot be used")
		return nil
	}
	return client
}

// antom asks Antom which methods it offers for an amount, as every checkout page does.
// The answer shows whether the region's host is reached, whether client id and keys are
// taken, and what Antom's clock says.
func (d *doctor) antom(ctx context.Context, checks *antomChecks, client *antom.Client, sample checkout.Money) {
	if client == nil {
		return
	}
	market := checkout.Market{Currency: sample.Currency, Terminal: checkout.TerminalWeb}
	options, err := d.newGateway(client, checkout.NewIDs(d.Now).New).Consult(ctx, market, sample)
	d.tellClock(checks.clock, &checks.last)
	if err != nil {
		d.tellRefusal(checks.gateway, err)
		checks.methods.skips("Antom has not answered")
		return
	}
	checks.gateway.sees("%s takes the client id, and the signatures verify on both sides", d.Settings.Antom.BaseURL)
	d.tellMethods(checks.methods, options, sample)
}

// sandboxAnswers reports whether the server's sandbox listens.
func (d *doctor) sandboxAnswers() bool {
	s := &d.Settings
	if _, err := os.Stat(s.besideDatabase(sandboxKeys)); err != nil || !d.running {
		return false
	}
	conn, err := net.DialTimeout("tcp", s.SandboxAddr, time.Second)
	if err != nil {
		return false
	}
	_ = conn.Close() // it has answered
	return true
}

// lastAnswer is what is seen of a call.
type lastAnswer struct {
	mu sync.Mutex
	antom.Observation
}

func (l *lastAnswer) note(_ context.Context, o antom.Observation) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Observation = o
}

// farOff is a difference of clocks at which Antom takes no signature and no expiry.
const farOff = 10 * time.Minute

func (d *doctor) tellClock(c *check, last *lastAnswer) {
	last.mu.Lock()
	defer last.mu.Unlock()
	if last.AnsweredAt.IsZero() {
		c.skips("Antom's clock is not known without its answer")
		return
	}
	ahead := d.Now().Sub(last.AnsweredAt).Round(time.Second)
	cure := "set this machine's clock by NTP"
	if d.Settings.ClockOffset != 0 {
		cure = "take CLOCK_OFFSET out of the settings"
	}
	switch {
	case ahead.Abs() > farOff:
		c.fails(cure, "the clock is %s Antom's", direction(ahead))
	case ahead.Abs() > clockTrouble+last.Duration.Round(time.Second):
		c.warns(cure, "the clock is %s Antom's", direction(ahead))
	default:
		c.sees("within %v of Antom's", (ahead.Abs()+last.Duration).Round(time.Second)+time.Second)
	}
}

func direction(ahead time.Duration) string {
	if ahead < 0 {
		return (-ahead).String() + " behind"
	}
	return ahead.String() + " ahead of"
}

// tellRefusal says why Antom's gateway lists no methods.
func (d *doctor) tellRefusal(c *check, err error) {
	s := &d.Settings
	var failed *antom.Error
	switch {
	case errors.As(err, &failed) && failed.HTTPStatus == http.StatusOK && errors.Is(err, antom.ErrSignature):
		c.fails("set ANTOM_PUBLIC_KEY to the key that Antom Dashboard shows as Antom's for this client id", "%s answers, and its signature does not fit ANTOM_PUBLIC_KEY: %v", s.Antom.BaseURL, err)
	case !errors.As(err, &failed) || failed.Code == "" && failed.HTTPStatus == 0:
		c.fails("correct ANTOM_URL, which is the gateway of your region, and let this machine reach it by https", "%s is not reached: %v", s.Antom.BaseURL, err)
	case failed.Code == "":
		c.fails("correct ANTOM_URL: another program, or a proxy on the way, answers there", "%s answers, and not as Antom does: %v", s.Antom.BaseURL, err)
	case failed.Unknown():
		c.warns("run doctor again in a minute", "%s is busy: %s", s.Antom.BaseURL, failed.Code)
	default:
		cure, _ := antom.Cure(failed.Code)
		c.fails(cure, "%s refuses the shop: %s %s", s.Antom.BaseURL, failed.Code, failed.Message)
	}
}

// tellMethods compares what Antom offers with what the settings want.
func (d *doctor) tellMethods(c *check, options []checkout.MethodOption, sample checkout.Money) {
	var offered, missing []string
	for _, o := range options {
		if o.Enabled {
			offered = append(offered, o.Code)
		}
	}
	for _, wanted := range d.Settings.Methods {
		if !slices.Contains(offered, wanted) {
			missing = append(missing, wanted)
		}
	}
	switch {
	case len(offered) == 0:
		c.fails("ask Antom's support to enable methods for this currency, or sell in another CURRENCY", "Antom offers no method for %s", amountText(sample))
	case len(missing) > 0:
		c.warns("ask Antom's support to enable them, or take them out of PAYMENT_METHODS", "Antom does not offer %s for %s", strings.Join(missing, ", "), amountText(sample))
	}
	c.sees("Antom offers %s for %s", strings.Join(offered, ", "), amountText(sample))
}
