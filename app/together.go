package app

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"antom-checkout/checkout/methods"
	"antom-checkout/db"
	"antom-checkout/handlers"
	"antom-checkout/handlers/web"
)

// This file holds what settings say together: groups of which a part is missing,
// settings that contradict each other, and those that are taken with a warning.

// A Warning is about a setting that is taken although it is probably not what the
// operator wants. Text says what follows from it, and what to do.
type Warning struct{ Setting, Text string }

// incomplete are the groups of settings of which only a part is given: a misspelt name
// must not turn a shop with an account into one that practises.
func (all values) incomplete(rows []setting) (problems []error) {
	missing := map[string]bool{}
	for _, row := range rows {
		if !all[row.env].given || all[row.env].wrong {
			continue
		}
		for _, needed := range row.needs {
			v := all[needed]
			chosen := needed == clientID && v.byFlag // an empty flag chooses the sandbox, whatever the environment holds
			if v.given || v.wrong || chosen || missing[needed] {
				continue
			}
			missing[needed] = true
			problems = append(problems, fmt.Errorf("%s: missing; %s is given and needs it", needed, row.env))
		}
	}
	if from := all["MAIL_FROM"]; from.given && !all["SMTP_URL"].given && !all["SMTP_URL"].wrong && !all["MAIL_DIR"].given {
		problems = append(problems, errors.New("SMTP_URL: missing; MAIL_FROM is given and no email would leave. To write emails into a folder instead, name it in MAIL_DIR"))
	}
	return problems
}

// contradictions are settings that do not fit together.
func (s *Settings) contradictions(all values) (problems []error) {
	problem := func(is bool, text string) {
		if is {
			problems = append(problems, errors.New(text))
		}
	}
	embedded := s.Antom.ClientID == ""
	public := s.PublicURL != nil && !web.IsLoopback(s.PublicURL) && !s.onNetwork()
	problem(!embedded && s.onNetwork(), "PUBLIC_URL: http on a local network is for trying the embedded sandbox on a phone; with an account at Antom it is an https address")
	problem(s.ClockOffset != 0 && s.LiveMode(), "CLOCK_OFFSET: not in live mode")
	problem(!embedded && s.SDK.URL == nil && !s.FormsOnly, "ANTOM_SDK_URL: missing")
	problem(embedded && s.SDK.URL == nil && s.SDK.Integrity != "", "ANTOM_SDK_INTEGRITY: the sandbox's own script has another hash; give ANTOM_SDK_URL, too, or neither")
	problem(s.SDK.ShopSubmits && s.SDK.UI != handlers.Inline, "SDK_SUBMIT_BUTTON: shop needs SDK_UI=inline, where the card form is inside the page; otherwise the SDK has a button of its own")
	problem(embedded && public && !s.SandboxOnPublic && !all[clientID].wrong,
		"ANTOM_CLIENT_ID: missing, and PUBLIC_URL is not on this machine. Give your account, or SANDBOX=on for a shop whose payments are practice")
	problem(!embedded && s.SandboxOnPublic, "SANDBOX: on starts the embedded sandbox, and ANTOM_CLIENT_ID names an account at Antom; give one of them")
	problem(s.LiveMode() && s.atAntom() && !public && !s.onNetwork() && !all["PUBLIC_URL"].wrong,
		"PUBLIC_URL: missing, or on this machine; with a live account it is the https address at which buyers and Antom reach this shop")
	problem(db.OnServer(s.Database) && s.SessionKey.Empty() && !all["SESSION_KEY"].wrong,
		"SESSION_KEY: missing; all programs that share a PostgreSQL database need the same. Make one by: openssl rand -base64 48")
	problem(s.Addr == s.MetricsAddr && onePort(s.Addr), "METRICS_ADDR: the shop listens there (ADDR); take another port")
	problem(embedded && slices.Contains([]string{s.Addr, s.MetricsAddr}, s.SandboxAddr) && onePort(s.SandboxAddr),
		"SANDBOX_ADDR: the shop listens there (ADDR, METRICS_ADDR); take another port")
	problems = append(problems, s.cardProblems(all)...)
	if err := methods.Check(s.Methods, s.Shop.Currency); err != nil {
		problems = append(problems, fmt.Errorf("PAYMENT_METHODS: %w", err))
	}
	return problems
}

// onNetwork reports whether the shop is tried out on a local network, at a private IP address by
// http.
func (s *Settings) onNetwork() bool {
	return s.PublicURL != nil && s.PublicURL.Scheme == "http" && isPrivate(s.PublicURL)
}

// listenOnNetwork has shop and sandbox listen where a phone on the local network reaches them,
// unless settings say where. This machine's own people stay developers.
func (s *Settings) listenOnNetwork(all values) {
	if !all["ADDR"].given {
		s.Addr = ":" + cmp.Or(s.PublicURL.Port(), "80")
	}
	if !all["SANDBOX_ADDR"].given {
		s.SandboxAddr = ":8081"
	}
	if !all["DEVELOPER_NETWORKS"].given {
		s.Pages.Developers = loopback
	}
}

// loopback are this machine's addresses for itself.
var loopback = []*net.IPNet{
	{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)},
	{IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)},
}

// onePort reports whether an address names its port, and does not let the system choose.
func onePort(address string) bool {
	_, port, err := net.SplitHostPort(address)
	return err == nil && port != "0"
}

// warnings are what the settings hold that works, and that an operator would not want
// to find out later.
func (s *Settings) warnings(all values) (warnings []Warning) {
	warn := func(is bool, setting, text string) {
		if is {
			warnings = append(warnings, Warning{setting, text})
		}
	}
	atAntom := s.Antom.ClientID != "" && s.atAntom()
	warn(s.LiveMode() && !all["SHOP_NAME"].given, "SHOP_NAME", "not given: buyers read the name Plain Goods on pages and receipts")
	warn(s.LiveMode() && s.SMTPURL.Empty(), "SMTP_URL", "not given: no receipt and no other email reaches a buyer; emails are written to "+s.mailFolder())
	warn(s.LiveMode() && !s.Pages.RateLimits, "RATE_LIMITS", "off: nothing limits how often a machine may order, pay and look up")
	warn(!s.LiveMode() && atAntom && (s.PublicURL == nil || web.IsLoopback(s.PublicURL)), "PUBLIC_URL",
		"on this machine: Antom's notifications cannot reach it, and payments are known by inquiry only")
	warn(!s.CardServer && all[attestationSetting].given, attestationSetting, "not used: without CARD_MODE=server cards are entered at Antom's")
	warn(s.CardServer && s.Attestation.endsSoon(s.clock(time.Now)()), attestationSetting, s.Attestation.reminder())
	warn(holdsAll(s.Pages.TrustedProxies), "TRUSTED_PROXIES", "holds every address: all who reach this shop past the proxy may claim to be another")
	warn(holdsAll(s.Pages.Developers), "DEVELOPER_NETWORKS", "holds every address: all who reach this shop may read the emails at /dev/mail and drive the sandbox")
	warn(all["DATABASE_URL"].byFlag && holdsPassword(s.Database), "DATABASE_URL", "its password is given as a flag, which every user of this machine can read in the list of processes; give it in the environment, or the password in PGPASSWORD or ~/.pgpass")
	_, err := parseTimeZone(strings.TrimPrefix(all["TZ"].text, ":"))
	warn(err != nil && !all["TIME_ZONE"].given, "TZ", "no known time zone, so dates are in "+time.Local.String()+"; give TIME_ZONE, such as Asia/Singapore")
	warn(!s.SMTPURL.Empty() && all["MAIL_DIR"].given, "MAIL_DIR", "not used: with SMTP_URL emails are sent")
	return warnings
}

// holdsPassword reports whether the address of a database on a server names its password.
func holdsPassword(address string) bool {
	u, err := url.Parse(address)
	if err != nil || !db.OnServer(address) {
		return false
	}
	_, holds := u.User.Password()
	return holds
}

// holdsAll reports whether one of the networks is the whole internet.
func holdsAll(networks []*net.IPNet) bool {
	return slices.ContainsFunc(networks, func(n *net.IPNet) bool {
		ones, _ := n.Mask.Size()
		return ones == 0
	})
}

// exposed are the secrets that the list of processes shows.
func (all values) exposed(rows []setting) (warnings []Warning) {
	for _, row := range rows {
		if v := all[row.env]; row.into.secret && !row.open && v.given && v.byFlag {
			warnings = append(warnings, Warning{row.env, "given as a flag, which every user of this machine can read in the list of processes; give it in the environment, or name a file in " + row.env + "_FILE"})
		}
	}
	return warnings
}

// atAntom reports whether the gateway is another machine's.
func (s *Settings) atAntom() bool {
	u, err := url.Parse(s.Antom.BaseURL)
	return err == nil && !web.IsLoopback(u)
}
