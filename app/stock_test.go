package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// serves starts the program with a catalogue, as a merchant does after changing it.
func serves(t *testing.T, folder, catalogue string) *program {
	t.Helper()
	file := filepath.Join(folder, "goods.csv")
	if err := os.WriteFile(file, []byte("sku,name,price,stock\n"+catalogue), 0o600); err != nil {
		t.Fatal(err)
	}
	return runProgram(t, environ{"DATABASE_URL": filepath.Join(folder, "shop.db"), "CATALOG_FILE": file})
}

func (p *program) shows(sku string) bool {
	p.t.Helper()
	_, _, text := p.send("GET", p.shop+"/", "", "")
	return strings.Contains(text, "/products/"+sku)
}

// What a recalled toy's file no longer names is not sold, and its orders stay.
func TestWhatTheFileDoesNotNameIsNoLongerSold(t *testing.T) {
	folder := t.TempDir()
	p := serves(t, folder, "MUG-01,Mug,2400,5\nTOY,Toy,1000,5\n")
	path := p.orders()
	if !p.shows("TOY") || !p.shows("MUG-01") {
		t.Error("the file's products are not shown")
	}
	p.stops()
	p = serves(t, folder, "TOY,Toy,1000,5\n")
	if p.shows("MUG-01") || !p.shows("TOY") {
		t.Error("a withdrawn product is shown, or another is not")
	}
	form := "application/x-www-form-urlencoded"
	if status, _, _ := p.send("POST", p.shop+"/cart", form, "sku=MUG-01&quantity=1"); status != 404 {
		t.Errorf("a withdrawn product goes into the cart: %d", status)
	}
	if status, _, text := p.send("GET", p.shop+path, "", ""); status != 200 || !strings.Contains(text, "Mug") {
		t.Errorf("the order is answered %d", status)
	}
	p.stops()
	if p = serves(t, folder, "TOY,Toy,1000,5\nMUG-01,Mug,2400,5\n"); !p.shows("MUG-01") {
		t.Error("a product that came back is not shown")
	}
}

// Two are sold, two new ones come in: the file's number is the same, and stock says so.
func TestAnOperatorSaysHowManyThereAre(t *testing.T) {
	folder := t.TempDir()
	p := serves(t, folder, "MUG-01,Mug,2400,1\n")
	number := p.paysByWallet()
	env := environ{"DATABASE_URL": p.settings["DATABASE_URL"]}
	says := func(want, line string) {
		t.Helper()
		if code, stdout, stderr := runs(t, env, line); code != 0 || !strings.HasPrefix(stdout, want) {
			t.Errorf("%s is answered %d %q %q, want %q", line, code, stdout, stderr, want)
		}
	}
	says("MUG-01: 0 in stock", "stock MUG-01")
	p.stops()
	p = serves(t, folder, "MUG-01,Mug,2400,1\n")
	says("MUG-01: 0 in stock", "stock MUG-01")
	says("MUG-01: 2 in stock, 0 of them reserved", "stock MUG-01 2")
	p.orders()
	says("MUG-01: pieces are not counted", "stock MUG-01 unlimited")
	says("MUG-01: 3 in stock", "stock MUG-01 3")
	if code, _, stderr := p.desk("cancel --key c --order " + number); code != 0 {
		t.Fatal(stderr)
	}
	says("MUG-01: 4 in stock", "stock MUG-01") // a cancelled order gives its goods back
	if code, _, stderr := runs(t, env, "stock NONE 1"); code != 1 || !strings.Contains(stderr, `never had a product "NONE"`) {
		t.Errorf("an unknown product is answered %d %q", code, stderr)
	}
	for _, line := range []string{"stock", "stock MUG-01 -1", "stock MUG-01 many", "stock MUG-01 1 2"} {
		if code, _, _ := runs(t, env, line); code != 2 {
			t.Errorf("%s ends with %d", line, code)
		}
	}
}

func TestALiveShopWithoutProductsSaysSo(t *testing.T) {
	private, public := merchantKeys(t)
	folder := t.TempDir()
	log := newSaid()
	s := load(t, environ{
		"ANTOM_CLIENT_ID": "5Y1234", "ANTOM_PRIVATE_KEY": private, "ANTOM_PUBLIC_KEY": public, "PUBLIC_URL": "https://pay.example.com",
		"ADDR": "127.0.0.1:0", "DATABASE_URL": filepath.Join(folder, "shop.db"),
	})
	p, err := Build(t.Context(), s, Outside{Log: newLog(s.Log, log)})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if text := log.String(); !strings.Contains(text, "level=WARN") || !strings.Contains(text, "setting=CATALOG_FILE") || !strings.Contains(text, "the shop is empty") {
		t.Errorf("the log is\n%s", text)
	}
}
