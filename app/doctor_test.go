package app

import (
	"bytes"
	"crypto/x509"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom"
	"antom-checkout/antom/sandbox"
	"antom-checkout/checkout"
	"antom-checkout/db/dbtest"
)

// diagnosis is what doctor prints as JSON.
type diagnosis struct {
	OK       bool
	Checks   []struct{ Check, Result, Seen string }
	Findings []struct{ Check, Severity, Problem, Cure string }
}

// result is what has come of a check.
func (d diagnosis) result(check string) string {
	for _, c := range d.Checks {
		if c.Check == check {
			return c.Result
		}
	}
	return "missing"
}

// examines runs doctor, and holds what is true of every diagnosis.
func examines(t *testing.T, env environ) diagnosis {
	t.Helper()
	code, text, problems := runs(t, env, "doctor --json")
	var d diagnosis
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatalf("doctor prints %s %s: %v", text, problems, err)
	}
	stops := false
	for _, f := range d.Findings {
		stops = stops || f.Severity == "error"
		if f.Problem == "" || f.Cure == "" || d.result(f.Check) != f.Severity && d.result(f.Check) != "error" {
			t.Errorf("the finding %+v is not whole, or its check is %s", f, d.result(f.Check))
		}
	}
	if d.OK == stops || (code == 1) != stops || code > 1 {
		t.Errorf("exit code %d, ok is %v, findings %+v", code, d.OK, d.Findings)
	}
	return d
}

// beside is what doctor is told of a running program.
func (p *program) beside(more environ) environ {
	env := environ{"DATABASE_URL": p.settings["DATABASE_URL"], "ADDR": strings.TrimPrefix(p.shop, "http://"), "SANDBOX_ADDR": strings.TrimPrefix(p.sandbox, "http://")}
	for name, value := range more {
		env[name] = value
	}
	return env
}

// account are the settings of a shop whose Antom is the program's sandbox.
func (p *program) account(more environ) environ {
	p.t.Helper()
	var c sandbox.Credentials
	_, _, text := p.send("GET", p.sandbox+"/control/credentials", "", "")
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		p.t.Fatal(err)
	}
	env := p.beside(environ{"ANTOM_CLIENT_ID": c.ClientID, "ANTOM_URL": c.BaseURL, "ANTOM_PRIVATE_KEY": c.MerchantPrivateKey, "ANTOM_PUBLIC_KEY": c.AntomPublicKey, "INTEGRATION": "api"})
	for name, value := range more {
		env[name] = value
	}
	return env
}

// Nothing is wrong with a shop that runs as it is delivered.
func TestDoctorFindsAShopWell(t *testing.T) {
	p := runProgram(t, nil)
	for name, env := range map[string]environ{"its sandbox": p.beside(nil), "an account": p.account(nil)} {
		d := examines(t, env)
		if len(d.Findings) > 0 {
			t.Errorf("%s: %+v", name, d.Findings)
		}
		for _, check := range []string{checkSettings, checkDatabase, checkDisk, checkPublic, checkAntom, checkClock, checkMethods, checkMode, checkCurrency} {
			if got := d.result(check); got != "ok" {
				t.Errorf("%s: %s is %s", name, check, got)
			}
		}
	}
	code, text, problems := runs(t, p.beside(nil), "doctor")
	if code != 0 || problems != "" || !strings.Contains(text, "leads to this shop\n") || !strings.HasSuffix(text, "\nNothing is wrong.\n") {
		t.Errorf("doctor is answered %d %s %s", code, text, problems)
	}
}

// Before the first start doctor asks itself by the public address, and leaves no file.
func TestDoctorExaminesAShopThatDoesNotRun(t *testing.T) {
	folder := t.TempDir()
	env := environ{"ADDR": "127.0.0.1:0", "SANDBOX_ADDR": "127.0.0.1:0", "DATABASE_URL": filepath.Join(folder, "data", "shop.db")}
	d := examines(t, env)
	if len(d.Findings) > 0 || d.result(checkPublic) != "ok" || d.result(checkAntom) != "skipped" {
		t.Errorf("the diagnosis is %+v", d)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("doctor leaves %v %v", left, err)
	}
}

// Each thing that would stop a payment is found, under the check that it belongs to.
func TestDoctorFindsWhatWouldStopAPayment(t *testing.T) {
	p := runProgram(t, nil)
	otherPrivate, otherPublic := merchantKeys(t)
	own, err := antom.ParsePrivateKey(p.account(nil)["ANTOM_PRIVATE_KEY"])
	if err != nil {
		t.Fatal(err)
	}
	ownPublic := base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PublicKey(&own.PublicKey))
	stranger := httptest.NewServer(http.NotFoundHandler())
	defer stranger.Close()
	moved := httptest.NewServer(http.RedirectHandler("https://www.shop.example/", http.StatusMovedPermanently))
	defer moved.Close()
	foreign := filepath.Join(t.TempDir(), "foreign.db")
	if err := os.WriteFile(foreign, []byte(strings.Repeat("no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		env    environ
		check  string
		says   string
		byCure string
	}{
		"a setting that cannot be taken":  {p.beside(environ{"CURRENCY": "XX"}), checkSettings, "CURRENCY: ", "CURRENCY"},
		"half an account":                 {p.beside(environ{"ANTOM_CLIENT_ID": "SANDBOX_X"}), checkSettings, "ANTOM_PRIVATE_KEY: missing", "ANTOM_PRIVATE_KEY"},
		"a damaged key":                   {p.account(environ{"ANTOM_PUBLIC_KEY": "public"}), checkSettings, "ANTOM_PUBLIC_KEY: ", "Antom Dashboard"},
		"the own public key":              {p.account(environ{"ANTOM_PUBLIC_KEY": ownPublic}), checkSettings, "belongs to ANTOM_PRIVATE_KEY", "ANTOM_PUBLIC_KEY"},
		"another public key":              {p.account(environ{"ANTOM_PUBLIC_KEY": otherPublic}), checkAntom, "does not fit ANTOM_PUBLIC_KEY", "ANTOM_PUBLIC_KEY"},
		"another private key":             {p.account(environ{"ANTOM_PRIVATE_KEY": otherPrivate}), checkAntom, "INVALID_SIGNATURE", "private key"},
		"another client id":               {p.account(environ{"ANTOM_CLIENT_ID": "SANDBOX_X"}), checkAntom, "refuses the shop", "client id"},
		"no gateway":                      {p.account(environ{"ANTOM_URL": "http://127.0.0.1:9"}), checkAntom, "is not reached", "ANTOM_URL"},
		"a gateway that is none":          {p.account(environ{"ANTOM_URL": stranger.URL}), checkAntom, "not as Antom does", "ANTOM_URL"},
		"a live account without Antom":    {p.account(environ{"ANTOM_CLIENT_ID": "LIVE_1", "ANTOM_URL": "http://127.0.0.1:9"}), checkMode, "no money moves", "ANTOM_URL"},
		"a clock":                         {p.account(environ{"CLOCK_OFFSET": "-1h"}), checkClock, "behind Antom's", "CLOCK_OFFSET"},
		"no server at the public address": {p.beside(environ{"PUBLIC_URL": "http://127.0.0.1:9"}), checkPublic, "does not answer", "proxy"},
		"another server at it":            {p.beside(environ{"PUBLIC_URL": stranger.URL}), checkPublic, "another program", "DNS"},
		"a redirect":                      {p.beside(environ{"PUBLIC_URL": moved.URL}), checkPublic, "https://www.shop.example/", "PUBLIC_URL"},
		"a name without an address":       {p.beside(environ{"PUBLIC_URL": "https://shop.invalid", "SANDBOX": "on"}), checkPublic, "has no address", "DNS"},
		"an address of another machine":   {p.beside(environ{"ADDR": "192.0.2.1:8080"}), checkPublic, "cannot listen on ADDR", "ADDR"},
		"a file that is no database":      {p.beside(environ{"DATABASE_URL": foreign}), checkDatabase, "not a database", "DATABASE_URL"},
		"an address that is taken": {environ{"ADDR": "127.0.0.1:0", "DATABASE_URL": filepath.Join(t.TempDir(), "shop.db"), "SANDBOX_ADDR": strings.TrimPrefix(p.sandbox, "http://")},
			checkPublic, "cannot listen on SANDBOX_ADDR", "SANDBOX_ADDR"},
	} {
		t.Run(name, func(t *testing.T) {
			d := examines(t, row.env)
			found := slices.ContainsFunc(d.Findings, func(f struct{ Check, Severity, Problem, Cure string }) bool {
				return f.Check == row.check && f.Severity == "error" && strings.Contains(f.Problem, row.says) && strings.Contains(f.Cure, row.byCure)
			})
			if !found {
				t.Errorf("%s %q is not among %+v", row.check, row.says, d.Findings)
			}
			code, text, problems := runs(t, row.env, "doctor")
			if code != 1 || !strings.Contains(text, "cure: ") || !strings.Contains(problems, "would stop a payment") {
				t.Errorf("for people it is %d %s %s", code, text, problems)
			}
		})
	}
}

// What stops no payment is warned of, and the exit code says that payments work.
func TestDoctorWarnsOfTheRest(t *testing.T) {
	p := runProgram(t, nil)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		env   environ
		check string
		says  string
	}{
		"no mail server":         {p.beside(environ{"SMTP_URL": "smtp://127.0.0.1:9", "MAIL_FROM": "shop@example.com"}), checkMail, "mail server"},
		"no folder for emails":   {p.beside(environ{"MAIL_DIR": filepath.Join(file, "mail")}), checkDisk, "no email can be written"},
		"a method not offered":   {p.beside(environ{"PAYMENT_METHODS": "CARD,BANCONTACT"}), checkMethods, "BANCONTACT"},
		"a clock that is wrong":  {p.account(environ{"CLOCK_OFFSET": "3m"}), checkClock, "ahead of Antom's"},
		"an address of everyone": {p.beside(environ{"TRUSTED_PROXIES": "0.0.0.0/0"}), checkSettings, "TRUSTED_PROXIES"},
	} {
		t.Run(name, func(t *testing.T) {
			d := examines(t, row.env)
			if len(d.Findings) != 1 || d.Findings[0].Check != row.check || d.Findings[0].Severity != "warning" || !strings.Contains(d.Findings[0].Problem, row.says) {
				t.Errorf("the findings are %+v", d.Findings)
			}
		})
	}
}

// A catalogue's prices are shown as buyers will see them, so that a wrong number of
// decimals is seen, too.
func TestDoctorShowsThePrices(t *testing.T) {
	folder := t.TempDir()
	env := func(currency, price string) environ {
		file := filepath.Join(folder, "goods.csv")
		if err := os.WriteFile(file, []byte("sku,name,price\nMUG,Mug,"+price+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return environ{"ADDR": "127.0.0.1:0", "SANDBOX_ADDR": "127.0.0.1:0", "DATABASE_URL": filepath.Join(folder, "shop.db"), "CATALOG_FILE": file, "CURRENCY": currency}
	}
	d := examines(t, env("KWD", "1250"))
	if i := slices.IndexFunc(d.Checks, func(c struct{ Check, Result, Seen string }) bool { return c.Check == checkCurrency }); !strings.Contains(d.Checks[i].Seen, "3 decimals; the prices go from KWD 1.250 to KWD 1.250") {
		t.Errorf("the currency is %+v", d.Checks[i])
	}
	if d := examines(t, env("KWD", "12.50")); d.result(checkSettings) != "error" {
		t.Errorf("a file with a wrong price is found well: %+v", d)
	}
}

// Doctor changes no database: not one of an earlier version, which a start would
// migrate, either.
func TestDoctorMigratesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.db")
	dbtest.Make(t, path)
	on, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := on.ExecContext(t.Context(), `DELETE FROM goose_db_version WHERE version_id = (SELECT max(version_id) FROM goose_db_version)`); err != nil {
		t.Fatal(err)
	}
	on.Close()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	d := examines(t, environ{"ADDR": "127.0.0.1:0", "SANDBOX_ADDR": "127.0.0.1:0", "DATABASE_URL": path})
	if len(d.Findings) != 1 || d.Findings[0].Check != checkDatabase || d.Findings[0].Severity != "warning" || !strings.Contains(d.Findings[0].Cure, "backup") {
		t.Errorf("the findings are %+v", d.Findings)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the database has changed, %v", err)
	}
}

func TestDoctorMeasuresTheDisk(t *testing.T) {
	for free, want := range map[uint64]string{10 << 20: "error", 500 << 20: "warning", 5 << 30: "ok"} {
		c := &check{name: checkDisk}
		if tellFree(c, "/data", free); c.result() != want {
			t.Errorf("with %d MiB the disk is %s, want %s", free>>20, c.result(), want)
		}
	}
	if free, err := freeBytes(t.TempDir()); err != nil || free == 0 {
		t.Errorf("free are %d, %v", free, err)
	}
}

// Keys of the mode that the shop has left open nothing.
func TestDoctorTellsOfKeysOfTheOtherMode(t *testing.T) {
	p := runProgram(t, nil)
	d := &doctor{Program: &Program{Settings: load(t, p.beside(nil))}}
	c := &check{name: checkDatabase}
	d.Now, d.stop = time.Now, func() {}
	if d.database(t.Context(), c); d.Store == nil {
		t.Fatalf("the database is %+v", c)
	}
	defer d.Close()
	for _, realMoney := range []bool{true, false} {
		key := checkout.APIKey{ID: checkout.NewAPIKeySecret(realMoney), Name: "shop", Hash: checkout.NewAPIKeySecret(realMoney), RealMoney: realMoney, Scopes: checkout.Scopes(), CreatedAt: time.Now()}
		if err := d.Store.AddAPIKey(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
	if d := examines(t, p.beside(nil)); len(d.Findings) != 1 || d.Findings[0].Check != checkMode || !strings.HasPrefix(d.Findings[0].Problem, "1 API key is for the other mode") {
		t.Errorf("the findings are %+v", d.Findings)
	}
}

// A server without the shop's keys cannot pass for one of the shop's.
func TestAServerProvesWhoseItIs(t *testing.T) {
	p := runProgram(t, nil)
	_, _, plain := p.send("GET", p.shop+"/healthz", "", "")
	_, _, one := p.send("GET", p.shop+"/healthz?nonce=one", "", "")
	_, _, two := p.send("GET", p.shop+"/healthz?nonce=two", "", "")
	if plain != "ok\n" || !strings.HasPrefix(one, "ok\n") || len(one) < 64 || one == two {
		t.Errorf("healthz is answered %q %q %q", plain, one, two)
	}
	if d := examines(t, p.beside(environ{"SESSION_KEY": strings.Repeat("another ", 5)})); d.result(checkPublic) != "error" {
		t.Errorf("a server with another key is taken for one of the shop's: %+v", d)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	silent := listener.Addr().String()
	listener.Close()
	if d := examines(t, p.beside(environ{"ADDR": silent, "SANDBOX_ADDR": "127.0.0.1:0", "PUBLIC_URL": p.shop})); d.result(checkPublic) != "ok" {
		t.Errorf("a public address that leads to the server is %+v", d)
	}
}
