package mail

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"antom-checkout/checkout"
	"antom-checkout/static"
)

// smtpServer is a mail server on this machine: real SMTP, one email at a time.
type smtpServer struct {
	t       *testing.T
	at      net.Listener
	mu      sync.Mutex
	refuses map[string]string // the answer to a verb that it refuses
	abrupt  bool              // it closes the connection once it has an email
	emails  []string
	to      []string // the recipients, as they were named
}

func openServer(t *testing.T) *smtpServer {
	t.Helper()
	at, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &smtpServer{t: t, at: at, refuses: map[string]string{}}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := at.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { s.serve(conn) })
		}
	})
	t.Cleanup(func() { at.Close(); serving.Wait() })
	return s
}

func (s *smtpServer) serve(conn net.Conn) {
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second)) //nolint:errcheck // a test that hangs fails anyway
	say := func(line string) { fmt.Fprint(conn, line+"\r\n") }
	say("220 here")
	for lines := bufio.NewReader(conn); ; {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		verb := strings.ToUpper(strings.Fields(line + " -")[0])
		s.mu.Lock()
		no, abrupt := s.refuses[verb], s.abrupt
		s.mu.Unlock()
		switch {
		case no != "":
			say(no)
		case verb == "EHLO":
			say("250-here\r\n250 8BITMIME")
		case verb == "DATA":
			say("354 go on")
			var email strings.Builder
			for {
				if line, err = lines.ReadString('\n'); err != nil || line == ".\r\n" {
					break
				}
				email.WriteString(strings.TrimPrefix(line, "."))
			}
			s.mu.Lock()
			s.emails = append(s.emails, email.String())
			s.mu.Unlock()
			say("250 taken")
			if abrupt {
				return
			}
		case verb == "QUIT":
			say("221 bye")
			return
		case verb == "RCPT":
			s.set(func() { s.to = append(s.to, strings.TrimSpace(line[len("RCPT TO:"):])) })
			say("250 fine")
		default:
			say("250 fine")
		}
	}
}

func (s *smtpServer) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *smtpServer) received() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.emails...)
}

func (s *smtpServer) mailer(change ...func(*Config)) *Mailer {
	s.t.Helper()
	server, err := ParseServer("smtp://" + s.at.Addr().String())
	if err != nil {
		s.t.Fatal(err)
	}
	cfg := Config{ShopName: "Plain Goods", From: "shop@example.com", Host: "pay.example.com", Server: server}
	for _, c := range change {
		c(&cfg)
	}
	return New(cfg)
}

func sgd(minor int64) checkout.Money { return checkout.Money{Minor: minor, Currency: "SGD"} }

func receipt(language string) checkout.Email {
	return checkout.Email{
		ID: "0123456789abcdef01234567", Kind: checkout.EmailReceipt, Link: "https://pay.example.com/orders/id/signature",
		Order: checkout.Order{
			ID: "id", Number: "AB2CD-EF3GH", Language: language, Total: sgd(4200), CreatedAt: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
			Buyer: checkout.Buyer{Email: "ann@example.com", Name: "Ann Lee", Address1: "1 Raffles Place", PostalCode: "048616", Country: "SG"},
			Lines: []checkout.OrderLine{{Name: "Enamel mug", Quantity: 2, Unit: sgd(2100)}},
		},
	}
}

// opened is an email as a mail program takes it apart.
type opened struct {
	header     netmail.Header
	subject    string
	text, html string
}

func open(t *testing.T, raw string) opened {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatalf("%v in\n%s", err, raw)
	}
	o := opened{header: m.Header}
	if o.subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("the email is %s: %v", kind, err)
	}
	for parts := multipart.NewReader(m.Body, params["boundary"]); ; {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return o
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			o.html = string(content)
		} else {
			o.text = string(content)
		}
	}
}

func TestAnEmailIsSentCompleteInBothForms(t *testing.T) {
	server := openServer(t)
	if err := server.mailer().Mail(t.Context(), receipt("en")); err != nil {
		t.Fatal(err)
	}
	got := server.received()
	if len(got) != 1 {
		t.Fatalf("%d emails arrived", len(got))
	}
	m := open(t, got[0])
	for name, want := range map[string]string{
		"From": `"Plain Goods" <shop@example.com>`, "To": "<ann@example.com>",
		"Message-Id": "<0123456789abcdef01234567@pay.example.com>", "Auto-Submitted": "auto-generated", "Content-Language": "en",
	} {
		if m.header.Get(name) != want {
			t.Errorf("%s: %s", name, m.header.Get(name))
		}
	}
	if m.subject != "Receipt · Order AB2CD-EF3GH · Plain Goods" {
		t.Error(m.subject)
	}
	for _, want := range []string{"Payment received. Thank you!", "AB2CD-EF3GH", "March 1, 2026", "Enamel mug", "SGD\u00a042.00", "Ann Lee", "048616", "https://pay.example.com/orders/id/signature"} {
		if !strings.Contains(m.text, want) || !strings.Contains(m.html, want) {
			t.Errorf("a part lacks %q", want)
		}
	}
	for _, fetched := range []string{"<img", "src=", "<script", "@import", "url("} {
		if strings.Contains(m.html, fetched) {
			t.Errorf("the email fetches something: %s", fetched)
		}
	}
}

// Servers know a domain in ASCII only, and dots at the end of a name in quotes only.
func TestOddAddressesReachTheServerAsItKnowsThem(t *testing.T) {
	server := openServer(t)
	for address, want := range map[string]string{
		"a..b@docomo.ne.jp": `<"a..b"@docomo.ne.jp>`, "ab.@docomo.ne.jp": `<"ab."@docomo.ne.jp>`, "ann@bücher.example": "<ann@xn--bcher-kva.example>",
		strings.Repeat("x", 65) + "@example.com": "<" + strings.Repeat("x", 65) + "@example.com>",
	} {
		email := receipt("en")
		email.Order.Buyer.Email = address
		if err := server.mailer().Mail(t.Context(), email); err != nil {
			t.Fatal(err)
		}
		server.mu.Lock()
		if got := server.to[len(server.to)-1]; got != want {
			t.Errorf("an email to %s goes to %s, want %s", address, got, want)
		}
		server.mu.Unlock()
	}
}

func TestAnEmailHasTheMerchantsColour(t *testing.T) {
	merchants, err := static.ParseAccent("#7a1fa2")
	if err != nil {
		t.Fatal(err)
	}
	for name, accent := range map[string]*static.Accent{"the merchant's": merchants, "the default": nil} {
		server := openServer(t)
		if err := server.mailer(func(c *Config) { c.Accent = accent }).Mail(t.Context(), receipt("en")); err != nil {
			t.Fatal(err)
		}
		html := open(t, server.received()[0]).html
		want := accent
		if want == nil {
			want = static.DefaultAccent()
		}
		for _, style := range []string{"background:" + want.Light.Ground + ";color:" + want.Light.Text, "background: " + want.Dark.Ground + " !important"} {
			if !strings.Contains(html, style) {
				t.Errorf("%s: the email lacks %q", name, style)
			}
		}
	}
}

func TestArabicIsWrittenFromTheRightAndThaiStaysWhole(t *testing.T) {
	server := openServer(t)
	for _, language := range []string{"ar", "th"} {
		if err := server.mailer().Mail(t.Context(), receipt(language)); err != nil {
			t.Fatal(err)
		}
	}
	got := server.received()
	arabic, thai := open(t, got[0]), open(t, got[1])
	if !strings.Contains(arabic.html, `lang="ar" dir="rtl"`) || !strings.Contains(arabic.subject, "إيصال") || !strings.Contains(arabic.text, "\u2068Enamel mug\u2069") {
		t.Errorf("%s\n%s", arabic.subject, arabic.text)
	}
	if !strings.Contains(thai.html, `lang="th" dir="ltr"`) || !strings.Contains(thai.subject, "ใบเสร็จรับเงิน") || !strings.Contains(thai.text, "ขอบคุณ") {
		t.Errorf("%s\n%s", thai.subject, thai.text)
	}
}

// A quotation mark in the shop's name once stopped every email.
func TestAShopMayHaveAnyName(t *testing.T) {
	for _, name := range []string{`The "Tea" Shop`, `"`, `Tea \ Co`, `a\`, "Tea, Coffee; Co.", "Müller & Söhne <Tee>", "杯子商店", "Shop @ Home", "(Tea)", strings.Repeat("茶", 100)} {
		server := openServer(t)
		mailer := server.mailer(func(c *Config) { c.ShopName, c.Operator = name, "owner@example.com" })
		if err := mailer.Mail(t.Context(), receipt("en")); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := mailer.MailOperator(t.Context(), checkout.OperatorEmail{ID: "0123456789abcdef01234567", Number: "AB2CD-EF3GH", Matter: checkout.MatterReview}); err != nil {
			t.Errorf("%s, to the operator: %v", name, err)
		}
		for _, email := range server.received() {
			m, err := netmail.ReadMessage(strings.NewReader(email))
			if err != nil {
				t.Fatal(err)
			}
			from, err := m.Header.AddressList("From")
			if err != nil || len(from) != 1 || from[0].Name != name || from[0].Address != "shop@example.com" {
				t.Errorf("%s: the sender is %v, %v", name, from, err)
			}
		}
	}
}

func TestANameNeverBecomesAHeader(t *testing.T) {
	server := openServer(t)
	mailer := server.mailer(func(c *Config) { c.ShopName = "Plain\r\nBcc: thief@example.com\r\n\r\nGoods" })
	l := receipt("en")
	l.Order.Number = "1\nX-Evil: yes"
	l.Order.Buyer.Name = "Ann\r\n.\r\nMAIL FROM:<thief@example.com>"
	l.Order.Lines[0].Name = "<b>mug</b>\r\n.\r\n"
	if err := mailer.Mail(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	got := server.received()
	if len(got) != 1 {
		t.Fatalf("%d emails arrived", len(got))
	}
	m := open(t, got[0])
	for name := range m.header {
		switch name {
		case "Auto-Submitted", "Content-Language", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Subject", "To":
		default:
			t.Errorf("a header %s: %s", name, m.header.Get(name))
		}
	}
	if to, err := m.header.AddressList("To"); err != nil || len(to) != 1 || strings.Contains(m.html, "<b>mug") {
		t.Error(to, err)
	}
	l.Order.Buyer.Email = "ann@example.com>\r\nRCPT TO:<thief@example.com"
	if err := mailer.Mail(t.Context(), l); !errors.Is(err, checkout.ErrUndeliverable) {
		t.Errorf("an address of two lines: %v", err)
	}
}

func TestARefusingServerIsDistinguishedFromAnAddressThatDoesNotExist(t *testing.T) {
	for _, c := range []struct {
		verb, answer  string
		undeliverable bool
	}{
		{"RCPT", "550 5.1.1 <Ann@example.com>: no such user", true},
		{"RCPT", "553 5.1.2 ann@example.com: no such domain", true},
		{"RCPT", "556 5.1.10 the domain of ann@example.com takes no mail", true},
		{"RCPT", "550 sorry, no mailbox here by that name (#5.1.1)", true},
		{"RCPT", "553 sorry, that domain is not in my list of allowed rcpthosts (#5.7.1)", false},
		{"RCPT", "554 5.7.1 <ann@example.com>: Relay access denied", false},
		{"RCPT", "550 5.4.5 Daily user sending limit exceeded", false},
		{"RCPT", "552 5.2.2 the mailbox of ann@example.com is full", false},
		{"RCPT", "550 5.3.0 mail system refuses", false},
		{"RCPT", "550 5.1.8 bad sender's system address", false},
		{"RCPT", "550 refused", false}, // it does not say why
		{"RCPT", "450 mailbox of ann@example.com busy", false},
		{"MAIL", "554 not from you", false},
		{"DATA", "451 try later", false},
		{"EHLO", "421 closing", false},
	} {
		server := openServer(t)
		server.set(func() { server.refuses[c.verb], server.refuses["HELO"] = c.answer, c.answer })
		err := server.mailer().Mail(t.Context(), receipt("en"))
		if err == nil || errors.Is(err, checkout.ErrUndeliverable) != c.undeliverable {
			t.Errorf("%s %s: %v", c.verb, c.answer, err)
		}
		if err != nil && strings.Contains(strings.ToLower(err.Error()), "ann@") {
			t.Errorf("the log would hold the address: %v", err)
		}
		server.set(func() { clear(server.refuses) })
		if err := server.mailer().Mail(t.Context(), receipt("en")); err != nil || len(server.received()) != 1 {
			t.Errorf("afterwards %d emails, %v", len(server.received()), err)
		}
	}
}

func TestAnAcceptedEmailIsSentWhateverTheServerDoesNext(t *testing.T) {
	server := openServer(t)
	server.set(func() { server.abrupt = true })
	if err := server.mailer().Mail(t.Context(), receipt("en")); err != nil {
		t.Error("it would be sent again:", err)
	}
}

func TestAServerThatIsDownFailsAtOnce(t *testing.T) {
	server := openServer(t)
	mailer := server.mailer()
	server.at.Close()
	if err := mailer.Mail(t.Context(), receipt("en")); err == nil {
		t.Error("sent to a closed server")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := openServer(t).mailer().Mail(ended, receipt("en")); err == nil {
		t.Error("sent although the context had ended")
	}
}

func TestWithoutTLSNoEmailLeavesTheMachine(t *testing.T) {
	listening := openServer(t)
	server, err := ParseServer("smtp://" + listening.at.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server.Host = strings.Replace(server.Host, "127.0.0.1", "0.0.0.0", 1) // reaches this machine without a loopback name
	if err := New(Config{From: "shop@example.com", Host: "x", Server: server}).Mail(t.Context(), receipt("en")); err == nil || len(listening.received()) != 0 {
		t.Errorf("%d emails sent unencrypted, %v", len(listening.received()), err)
	}
}

func TestServersAreReadFromAddresses(t *testing.T) {
	for text, want := range map[string]Server{
		"smtp://mail.example.com":                         {Host: "mail.example.com", Port: 587},
		"smtps://mail.example.com/":                       {Host: "mail.example.com", Port: 465, TLS: true},
		"smtp://ann%40example.com:p%40ss@mail.example:25": {Host: "mail.example", Port: 25, User: "ann@example.com", Password: "p@ss"},
	} {
		if got, err := ParseServer(text); err != nil || *got != want {
			t.Errorf("%s is %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"mail.example.com:587", "http://mail.example.com", "smtp://", "smtp://host:0", "smtp://host:99999", "smtp://host/path", "smtp://host?a=b", "smtp://u:hunter2@ho st"} {
		if got, err := ParseServer(text); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s is %+v, %v", text, got, err)
		}
	}
}

func TestAFolderKeepsAnEmailOnceAndForItsOwnerOnly(t *testing.T) {
	folder := t.TempDir() + "/mail"
	mailer := New(Config{ShopName: "Plain Goods", From: "shop@example.com", Host: "x", Folder: folder})
	for range 2 {
		if err := mailer.Mail(t.Context(), receipt("en")); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 1 {
		t.Fatalf("%d files, %v", len(entries), err)
	}
	if info, err := entries[0].Info(); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %o, %v", info.Mode().Perm(), err)
	}
	list, err := Folder(folder).Emails()
	if err != nil || len(list) != 1 || list[0].Subject != "Receipt · Order AB2CD-EF3GH · Plain Goods" || list[0].Text != "" {
		t.Fatalf("%+v, %v", list, err)
	}
	m, err := Folder(folder).Email(list[0].Name)
	if err != nil || !strings.Contains(m.Text, "Ann Lee") || !strings.Contains(m.HTML, "Ann Lee") {
		t.Errorf("%+v, %v", m, err)
	}
	for _, name := range []string{"", "../mailer.go", "x.eml", "a/b.eml", strings.Repeat("a", 500) + ".eml"} {
		if _, err := Folder(folder).Email(name); !checkout.IsNotFound(err) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if list, err := Folder(folder + "/none").Emails(); err != nil || len(list) != 0 {
		t.Errorf("no folder: %v, %v", list, err)
	}
}
