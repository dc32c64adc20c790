package app

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"antom-checkout/checkout"
)

const (
	cardThatPays      = "4035501000000008"
	cardThatIsRefused = "4054692760174822"
)

// buyerData is what a buyer fills in: none of it may stand in the log.
var buyerData = map[string]string{
	"email": "zoe.quill@buyers.example", "name": "Zoe Quillfeather", "phone": "+65 8123 4567", "region": "Northshire", "city": "Quillhaven",
	"address1": "17 Larkspur Crescent", "address2": "Unit 04-19", "postal_code": "048616",
}

// followed is a purchase by card in the running program, and its log.
type followed struct {
	*program
	payment string   // its payment_request_id
	secrets []string // what the log may not hold
}

// secretOfSessions is the program's SESSION_KEY.
var secretOfSessions = strings.Repeat("secret-of-the-sessions.", 2)

// buysByCard runs a program and buys there.
func buysByCard(t *testing.T, format, number string) *followed {
	t.Helper()
	f := &followed{program: runProgram(t, environ{"LOG_FORMAT": format, "LOG_LEVEL": "debug", "SESSION_KEY": secretOfSessions})}
	f.buysByCard(t, number)
	return f
}

// buysByCard places an order and submits a card to Antom's SDK.
func (f *followed) buysByCard(t *testing.T, number string) {
	t.Helper()
	const form = "application/x-www-form-urlencoded"
	f.send("POST", f.shop+"/cart", form, "sku=MUG-01&quantity=1")
	fields := url.Values{"form_id": {"form-of-zoe"}, "country": {"SG"}}
	for name, value := range buyerData {
		fields.Set(name, value)
		f.secrets = append(f.secrets, value, url.QueryEscape(value))
	}
	status, header, text := f.send("POST", f.shop+"/orders", form, fields.Encode())
	if status != http.StatusSeeOther {
		t.Fatalf("the order is answered %d %.500s", status, text)
	}
	path := header.Get("Location")
	status, _, text = f.send("POST", f.shop+path+"/payments", "application/json", `{"method":"CARD"}`)
	var started struct {
		PaymentRequestID string `json:"payment_request_id"`
		Action           struct {
			SessionData string `json:"session_data"`
		}
	}
	if err := json.Unmarshal([]byte(text), &started); err != nil || status != http.StatusOK {
		t.Fatalf("the start is answered %d %s", status, text)
	}
	f.payment = started.PaymentRequestID
	session, _, _ := strings.Cut(started.Action.SessionData, "&&")
	card, err := json.Marshal(map[string]string{"session": session, "act": "pay", "number": number, "month": "12", "year": "39", "cvv": "123"})
	if err != nil {
		t.Fatal(err)
	}
	if status, _, text := f.send("POST", f.sandbox+"/sdk/payment", "application/json", string(card)); status != http.StatusOK {
		t.Fatalf("the SDK is answered %d %s", status, text)
	}
	f.secrets = append(f.secrets, secretOfSessions, strings.TrimPrefix(path, "/checkout/"), started.Action.SessionData, session, number, number[:6])
}

// collectSecrets adds keys, cookies, signatures, and the link in the email.
func (f *followed) collectSecrets(t *testing.T) {
	t.Helper()
	_, _, text := f.send("GET", f.sandbox+"/control/credentials", "", "")
	var keys struct {
		Merchant string `json:"merchant_private_key"`
		Antom    string `json:"antom_public_key"`
	}
	if err := json.Unmarshal([]byte(text), &keys); err != nil {
		t.Fatal(err)
	}
	f.secrets = append(f.secrets, keys.Merchant, keys.Antom)
	_, _, text = f.send("GET", f.sandbox+"/control/messages", "", "")
	signatures := regexp.MustCompile(`signature=([\w%+/=-]{40,})`).FindAllStringSubmatch(text, -1)
	if len(signatures) < 4 {
		t.Fatalf("%d signatures are in the messages of the sandbox", len(signatures))
	}
	for _, signature := range signatures {
		f.secrets = append(f.secrets, signature[1])
	}
	shop, err := url.Parse(f.shop)
	if err != nil {
		t.Fatal(err)
	}
	for _, cookie := range f.client.Jar.Cookies(shop) {
		f.secrets = append(f.secrets, cookie.Value)
	}
	folder := filepath.Join(filepath.Dir(f.settings["DATABASE_URL"]), "mail")
	mails, err := os.ReadDir(folder)
	if err != nil || len(mails) == 0 {
		t.Fatalf("%d emails were written, %v", len(mails), err)
	}
	mail, err := os.ReadFile(filepath.Join(folder, mails[0].Name()))
	if err != nil {
		t.Fatal(err)
	}
	link := regexp.MustCompile(`/orders/[\w-]+/([\w-]{16})`).FindStringSubmatch(strings.ReplaceAll(string(mail), "=\r\n", ""))
	if link == nil {
		t.Fatalf("no link is in the email:\n%s", mail)
	}
	f.secrets = append(f.secrets, link[1])
}

// expectNothingPersonal wants none of the secrets in the whole log.
func (f *followed) expectNothingPersonal(t *testing.T) {
	t.Helper()
	for _, secret := range f.secrets {
		if len(secret) < 6 {
			t.Errorf("%q is too short to be looked for", secret)
		}
		for line := range strings.Lines(f.log.String()) {
			if strings.Contains(line, secret) {
				t.Errorf("the log tells %q: %s", secret, line)
			}
		}
	}
}

// logLine is a line of the log by its attributes, in either format.
type logLine map[string]string

var textAttr = regexp.MustCompile(`([\w.]+)=("(?:[^"\\]|\\.)*"|\S*)`)

func readLine(t *testing.T, format, text string) logLine {
	t.Helper()
	line := logLine{}
	if format == "json" {
		var attrs map[string]any
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		if err := decoder.Decode(&attrs); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		for name, value := range attrs {
			switch value := value.(type) {
			case string:
				line[name] = value
			case bool:
				line[name] = strconv.FormatBool(value)
			case json.Number:
				line[name] = value.String()
			}
		}
		return line
	}
	for _, attr := range textAttr.FindAllStringSubmatch(text, -1) {
		value, err := strconv.Unquote(attr[2])
		if err != nil {
			value = attr[2]
		}
		line[attr[1]] = value
	}
	return line
}

// search is what one search for an id finds. Each line has it under the name.
func (f *followed) search(t *testing.T, format, name, id string) []logLine {
	t.Helper()
	var found []logLine
	for text := range strings.Lines(f.log.String()) {
		if !strings.Contains(text, id) {
			continue
		}
		line := readLine(t, format, text)
		if line[name] != id {
			t.Errorf("the id is not named %q in %s", name, text)
		}
		found = append(found, line)
	}
	return found
}

// expectLine finds the one line that holds all of want; a value that ends in ":"
// is the beginning of what the line says.
func expectLine(t *testing.T, lines []logLine, want logLine) (line logLine, at int) {
	t.Helper()
	at = -1
	for i, l := range lines {
		fits := true
		for name, value := range want {
			fits = fits && (l[name] == value || strings.HasSuffix(value, ":") && strings.HasPrefix(l[name], value))
		}
		if fits && at >= 0 {
			t.Errorf("two lines say %v: %v and %v", want, lines[at], l)
		}
		if fits {
			at = i
		}
	}
	if at < 0 {
		t.Errorf("no line says %v among %d:", want, len(lines))
		for _, l := range lines {
			t.Log(l)
		}
		return nil, at
	}
	return lines[at], at
}

func TestAPaymentIsFollowedThroughTheLogFromClickToReceipt(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		t.Run(format, func(t *testing.T) {
			f := buysByCard(t, format, cardThatPays)
			f.log.find(t, `(email sent)`)
			f.collectSecrets(t)
			f.stops()
			lines := f.search(t, format, checkout.LogPayment, f.payment)

			start, clicked := expectLine(t, lines, logLine{"msg": "payment started", "level": "INFO", "method": "CARD", "mode": "sdk", "amount": "SGD 2400", "from": "", "to": "created", "cause": "shopper:"})
			call, called := expectLine(t, lines, logLine{"msg": "call", "level": "DEBUG", "op": "createPaymentSession", "result": "S", "code": "SUCCESS", "attempt": "1"})
			expectLine(t, lines, logLine{"msg": "order", "from": "open", "to": "processing"})
			expectLine(t, lines, logLine{"msg": "payment", "from": "created", "to": "processing", "cause": "response:"})
			notified, _ := expectLine(t, lines, logLine{"msg": "notification", "level": "INFO", "type": "PAYMENT_RESULT", "applied": "true", "code": "SUCCESS", "cause": "notification:"})
			expectLine(t, lines, logLine{"msg": "notification", "level": "INFO", "type": "CAPTURE_RESULT", "applied": "true"})
			expectLine(t, lines, logLine{"msg": "capture", "level": "INFO", "amount": "SGD 2400", "from": "", "to": "success"})
			_, paid := expectLine(t, lines, logLine{"msg": "order", "level": "INFO", "to": "paid", "cause": "notification:"})
			expectLine(t, lines, logLine{"msg": "payment", "level": "INFO", "method": "CARD", "to": "paid", "cause": "notification:"})
			_, told := expectLine(t, lines, logLine{"msg": "email sent", "level": "INFO", "effect": "mail.receipt"})
			if !(clicked < called && called < paid && paid < told) {
				t.Errorf("start, call, paid and email are lines %d, %d, %d, %d", clicked, called, paid, told)
			}
			if start["request"] == "" || call["request"] != start["request"] || notified["request"] == "" || notified["request"] == start["request"] {
				t.Errorf("the requests of start, call, notification are %q, %q, %q", start["request"], call["request"], notified["request"])
			}
			if ms, err := strconv.ParseFloat(call["ms"], 64); err != nil || ms <= 0 {
				t.Errorf("the call took %q ms", call["ms"])
			}
			for _, line := range lines {
				if line["msg"] != "call" && (line["order"] == "" || line["order"] != start["order"]) {
					t.Errorf("the order is not named: %v", line)
				}
			}
			if n := len(lines); n > 14 {
				t.Errorf("%d lines are about one payment", n)
			}
			expectLine(t, f.search(t, format, checkout.LogOrder, start["order"]), logLine{"msg": "order placed", "amount": "SGD 2400", "from": "", "to": "open", "cause": "shopper:"})
			f.expectNothingPersonal(t)
		})
	}
}

func TestADeclinedCardTellsMethodCodeAndCause(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		t.Run(format, func(t *testing.T) {
			f := buysByCard(t, format, cardThatIsRefused)
			f.log.find(t, `(payment failed)`)
			f.stops()
			lines := f.search(t, format, checkout.LogPayment, f.payment)
			expectLine(t, lines, logLine{"msg": "payment failed", "level": "INFO", "method": "CARD", "from": "processing", "to": "failed", "code": "ACCESS_DENIED", "cause": "notification:"})
			expectLine(t, lines, logLine{"msg": "order", "level": "INFO", "from": "processing", "to": "open"})
			expectLine(t, lines, logLine{"msg": "notification", "type": "PAYMENT_RESULT", "code": "ACCESS_DENIED", "applied": "true"})
			if slices.ContainsFunc(lines, func(l logLine) bool { return l["level"] != "INFO" && l["level"] != "DEBUG" }) {
				t.Errorf("the buyer's own matter is a warning: %v", lines)
			}
			f.expectNothingPersonal(t)
		})
	}
}
