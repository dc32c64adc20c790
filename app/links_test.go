package app

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// An operator makes a payment link beside a running server, sells by it, and switches it
// off.
func TestAnOperatorMakesAPaymentLink(t *testing.T) {
	folder := t.TempDir()
	p := serves(t, folder, "MUG-01,Mug,2400,5\n")
	env := environ{"DATABASE_URL": filepath.Join(folder, "shop.db"), "PUBLIC_URL": p.shop}
	says := func(line string) string {
		t.Helper()
		code, stdout, stderr := runs(t, env, line)
		if code != 0 {
			t.Fatalf("%s ends with %d: %s", line, code, stderr)
		}
		return stdout
	}
	var link struct{ ID, URL, Status string }
	if err := json.Unmarshal([]byte(says("links create --name Mug --sku MUG-01 --max-uses 3 --expires-in 72h --json")), &link); err != nil {
		t.Fatal(err)
	}
	path := strings.TrimPrefix(link.URL, p.shop)
	if status, _, text := p.send("GET", p.shop+path, "", ""); status != http.StatusOK || !strings.Contains(text, "Mug") {
		t.Errorf("the link's page is answered with %d", status)
	}
	says("links create --name Dinner --amount 4200")
	if list := says("links list"); !strings.Contains(list, link.ID+"  open  0 of 3 paid  "+link.URL+"  Mug\n") || strings.Count(list, "\n") != 2 || strings.Index(list, "Dinner") > strings.Index(list, "Mug") {
		t.Errorf("the list is %q", list)
	}
	if off := says("links off " + link.ID); !strings.Contains(off, "  off  ") {
		t.Errorf("switched off it is %q", off)
	}
	if status, _, _ := p.send("GET", p.shop+path, "", ""); status != http.StatusGone {
		t.Errorf("switched off it is answered with %d", status)
	}
	if on := says("links on " + link.ID); !strings.Contains(on, "  open  ") {
		t.Errorf("switched on it is %q", on)
	}
	for line, want := range map[string]int{
		"links off none": 1, "links create --name X --sku NONE": 1, "links create --name X": 2, "links create --name X --sku A --amount 1": 2, "links": 2, "links off": 2, "links sell": 2,
	} {
		if code, _, stderr := runs(t, env, line); code != want || stderr == "" {
			t.Errorf("%s ends with %d and says %q, want %d", line, code, stderr, want)
		}
	}
}
